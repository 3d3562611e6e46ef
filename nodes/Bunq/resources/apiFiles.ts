import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { FileItem, extensionOf, type Upload } from '../api/files';
import { withoutQuery } from '../api/path';
import type { Bunq } from '../connect';
import type { InputFile } from '../parameters/inputFile';

/** Files in API Request. */

/** Paths that return a file, and paths that take one (docs/bunq-api.md 9.10). */
export const FILE_PATH = /\/(content|pdf-content)$/;
const UPLOAD_PATH = /\/attachment(-public)?$/;

interface RequestParams {
	method: string;
	body?: IDataObject;
	inputDataFieldName?: InputFile;
	fileDescription: string;
}

/**
 * The file to send. Only a path for files gets one: elsewhere its bytes would be a body that nobody checked. Throws a
 * BunqError for a file or a body in the wrong place.
 */
export const fileToSend = async (
	{ method, body, inputDataFieldName: file, fileDescription }: RequestParams,
	path: string,
): Promise<Upload | undefined> => {
	const bare = withoutQuery(path);
	const isUpload = method === 'POST' && UPLOAD_PATH.test(bare);
	if (!file && isUpload)
		throw new BunqError('invalidInput', `POST ${bare} takes a file, not JSON`, {
			description:
				'Nothing was sent. Name the binary field of the file in "Input Data Field Name".',
		});
	if (!file) return undefined;
	if (!isUpload)
		throw new BunqError('invalidInput', `${method} ${bare} takes JSON, not a file`, {
			description:
				'Nothing was sent. A file goes to a path that ends with /attachment. For JSON, leave "Input Data Field Name" empty.',
		});
	if (Object.keys(body ?? {}).length > 0)
		throw new BunqError('invalidInput', '"Body" and "Input Data Field Name" are both given', {
			description: 'Nothing was sent. bunq takes the file alone: clear one of the two.',
		});
	const content = await file.read();
	return { ...content, description: fileDescription || file.name || 'File' };
};

/** A file, named by its path: `/user/7/attachment/9/content` → `attachment-9.pdf`. */
export const readFile = async (path: string, field: string, bunq: Bunq) => {
	const file = await bunq.download(path);
	const name = withoutQuery(path).split('/').slice(-3, -1).join('-');
	const extension = extensionOf(file.contentType) ?? 'bin';
	return new FileItem(
		{ path: withoutQuery(path) },
		{ ...file, name: `${name}.${extension}` },
		field,
	);
};
