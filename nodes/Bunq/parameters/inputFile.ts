import type { IBinaryData, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { contentTypeOf, plainName, type FileContent } from '../api/files';

/** A file of the item. Nothing is read of it before `read`. */
export interface InputFile {
	/** The file's name without folders and special characters; empty for none. */
	name: string;
	/** Its bytes and its type, by its content. Throws a BunqError for a file that bunq does not take. */
	read(): Promise<FileContent>;
}

/** Ours: bunq names no limit (docs/bunq-api.md 9.10), and n8n keeps all of it in memory. */
const MAX_FILE_MB = 15;
const MAX_FILE_BYTES = MAX_FILE_MB * 1024 * 1024;

type Context = Pick<IExecuteFunctions, 'helpers' | 'getInputData'>;
type Helpers = IExecuteFunctions['helpers'];

/**
 * The file in the item's binary field of this name, wherever n8n keeps it. Throws a BunqError that names the field where
 * the item has none.
 */
export const inputFile = (
	ctx: Context,
	{ displayName }: INodeProperties,
	item: number,
	name: string,
): InputFile => {
	const { helpers } = ctx;
	const data = binaryData(helpers, item, name);
	if (!data) throw noFile(displayName, name, Object.keys(ctx.getInputData()[item]?.binary ?? {}));
	const said = plainName(data.fileName ?? '');
	const refused = ([what, next]: readonly [string, string]) =>
		new BunqError('invalidInput', `"${displayName}": the file${said && ` "${said}"`} ${what}`, {
			description: `Nothing was sent. ${next}`,
		});
	return {
		name: said,
		read: async () => {
			if ((await sizeOf(helpers, data)) > MAX_FILE_BYTES) throw refused(TOO_LARGE);
			const bytes = await helpers.getBinaryDataBuffer(item, name).catch(() => undefined);
			if (!bytes) throw refused(UNREADABLE);
			if (bytes.length === 0) throw refused(EMPTY);
			if (bytes.length > MAX_FILE_BYTES) throw refused(TOO_LARGE);
			const contentType = contentTypeOf(bytes);
			if (!contentType) throw refused(OTHER_TYPE);
			return { bytes, contentType };
		},
	};
};

const CHECK_SOURCE = 'Check the node that gives it.';
const UNREADABLE = ['cannot be read', CHECK_SOURCE] as const;
const EMPTY = ['is empty', CHECK_SOURCE] as const;
const TOO_LARGE = [
	`is larger than ${MAX_FILE_MB} MB`,
	'Make it smaller, for example with a lower resolution.',
] as const;
const OTHER_TYPE = [
	'is not a PNG, JPEG, GIF or PDF',
	'bunq takes these four types. The content counts, whatever the name says: convert the file first.',
] as const;

/** What n8n says of a binary field; undefined for none. */
const binaryData = (helpers: Helpers, item: number, name: string) => {
	try {
		return helpers.assertBinaryData(item, name) as IBinaryData | undefined;
	} catch {
		return undefined;
	}
};

/** In bytes, without reading the file; 0 where nothing tells it. */
const sizeOf = async (helpers: Helpers, { id, bytes, data }: IBinaryData) => {
	if (typeof bytes === 'number') return bytes;
	if (!id) return Math.floor((String(data ?? '').length * 3) / 4);
	return await helpers.getBinaryMetadata(id).then(
		({ fileSize }) => fileSize,
		() => 0,
	);
};

const noFile = (displayName: string, name: string, others: string[]) =>
	new BunqError(
		'invalidInput',
		`"${displayName}": the item has no binary field "${name.slice(0, 60)}"`,
		{
			description: `Nothing was sent. ${
				others.length > 0
					? `This item has ${others
							.slice(0, 5)
							.map((one) => `"${one}"`)
							.join(', ')}.`
					: 'This item has no file at all.'
			} The node before must give a file, for example Read/Write Files from Disk, HTTP Request or an email trigger that downloads attachments.`,
		},
	);
