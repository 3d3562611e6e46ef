/** Files that go to bunq and come from it (docs/bunq-api.md 9.10). Their bytes never come into an error or a log. */

/** A file and its MIME type. */
export interface FileContent {
	bytes: Buffer;
	contentType: string;
}

/** A file to send. */
export interface Upload extends FileContent {
	/** Its `X-Bunq-Attachment-Description`. */
	description: string;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * A file as the body of a request. Node would join a Buffer with the headers, and keep all of it again while TLS encrypts:
 * two copies. n8n's helper (axios) sends a Blob chunk by chunk, and needs no more of one than this. A real Blob would be a
 * copy too, and n8n takes an object without keys of its own for no body.
 */
export const bodyOf = ({ bytes, contentType }: FileContent) => ({
	[Symbol.toStringTag]: 'Blob',
	size: bytes.length,
	type: contentType,
	*stream() {
		for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
			yield bytes.subarray(start, start + CHUNK_BYTES);
	},
});

/** A file that an operation returns: the engine puts it into the binary field of an item. */
export class FileItem {
	constructor(
		/** The item's JSON. */
		readonly json: object,
		readonly file: FileContent & { name: string },
		/** The name of the binary field. */
		readonly field: string,
	) {}
}

/** The types that bunq takes (docs/bunq-api.md 9.10), by the bytes that they begin with, in hexadecimal. */
const TYPES: Array<[contentType: string, extension: string, start: RegExp]> = [
	['image/png', 'png', /^89504e470d0a1a0a/],
	['image/jpeg', 'jpg', /^ffd8ff/],
	['image/gif', 'gif', /^474946383[79]61/],
	['application/pdf', 'pdf', /^255044462d/],
];

const START_BYTES = 8;

/** The MIME type of a file by its content; undefined for one that bunq does not take. */
export const contentTypeOf = (bytes: Buffer) => {
	const start = bytes.subarray(0, START_BYTES).toString('hex');
	return TYPES.find(([, , pattern]) => pattern.test(start))?.[0];
};

const EXTENSIONS: Record<string, string> = {
	...Object.fromEntries(TYPES.map(([contentType, extension]) => [contentType, extension])),
	'text/csv': 'csv',
	'text/plain': 'txt',
};

/** The extension of a MIME type, without a dot; undefined for one that is not known here. */
export const extensionOf = (contentType: string): string | undefined =>
	Object.hasOwn(EXTENSIONS, contentType) ? EXTENSIONS[contentType] : undefined;

const MAX_NAME_LENGTH = 100;

/**
 * A plain file name from any text: no folder, no control character, none that a file system refuses, at most 100
 * characters. Empty where nothing remains.
 */
export const plainName = (text: string) => {
	const [name = ''] = text.normalize('NFC').split(/[/\\]/).slice(-1);
	const plain = name
		.replace(/[\p{C}<>:"|?*]/gu, '')
		.replace(/\s+/g, ' ')
		.replace(/^[. ]+|[. ]+$/g, '');
	const characters = [...plain];
	if (characters.length <= MAX_NAME_LENGTH) return plain;
	const extension = /\.\w{1,5}$/.exec(plain)?.[0] ?? '';
	const kept = characters.slice(0, MAX_NAME_LENGTH - extension.length).join('');
	return kept.trimEnd() + extension;
};

/** A plain file name with the extension of its type, in place of another known one. */
export const namedByType = (text: string, contentType: string) => {
	const extension = extensionOf(contentType);
	const name = plainName(text);
	if (!extension || name === '') return name;
	const [ending = ''] = /\.\w+$/.exec(name.toLowerCase()) ?? [];
	if (ending.replace('.jpeg', '.jpg') === `.${extension}`) return name;
	const isKnown = /^\.(png|jpe?g|gif|pdf|csv|txt)$/.test(ending);
	return `${isKnown ? name.slice(0, -ending.length) : name}.${extension}`;
};

/** A file name with something before its extension: `scan.pdf` with `-7` is `scan-7.pdf`. */
export const withSuffix = (name: string, suffix: string) => {
	const [extension = ''] = /\.\w{1,5}$/.exec(name) ?? [];
	return name.slice(0, name.length - extension.length) + suffix + extension;
};

const MAX_HEADER_LENGTH = 200;

/** A text as the value of a header, which takes ASCII only: `Café ☕.pdf` → `Cafe .pdf`. */
export const headerText = (text: string) =>
	text
		.normalize('NFKD')
		.replace(/[^\x20-\x7e]/g, '')
		.trim()
		.slice(0, MAX_HEADER_LENGTH) || 'file';

/** The MIME type in a header, without its parameters; a neutral one where it cannot be read. */
export const mimeType = (header: unknown) => {
	const [type] = String(header ?? '').split(';');
	const plain = type.trim().toLowerCase();
	return /^[\w.+-]+\/[\w.+-]+$/.test(plain) ? plain : 'application/octet-stream';
};

/** A file in words, without its content: `a file of 20480 bytes (application/pdf), "invoice.pdf"`. */
export const describeFile = ({ bytes, contentType, description }: Upload) =>
	`a file of ${bytes.length} bytes (${contentType}), "${description}"`;
