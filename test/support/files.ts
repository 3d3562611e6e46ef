import { randomBytes } from 'node:crypto';
import type { IBinaryData, IBinaryKeyData } from 'n8n-workflow';

/** Files for tests. */

/** The beginning of each type that bunq takes. */
const STARTS = {
	png: '89504e470d0a1a0a',
	jpg: 'ffd8ffe000104a464946',
	gif: '474946383961',
	pdf: '255044462d312e370a',
} as const;

export type FileType = keyof typeof STARTS;

/** A file of this type with bytes that are no text. */
export const fileOf = (type: FileType, size = 64) => {
	const start = Buffer.from(STARTS[type], 'hex');
	return Buffer.concat([start, randomBytes(Math.max(size - start.length, 0))]);
};

/** A file as an item has it where n8n keeps binary data in memory. */
export const inMemory = (
	bytes: Buffer,
	fileName = 'receipt.pdf',
	more: Partial<IBinaryData> = {},
): IBinaryData => ({
	data: bytes.toString('base64'),
	mimeType: 'application/octet-stream',
	fileName,
	...more,
});

/** What an item has in the field `data`, where a test gives nothing else. */
export const SAMPLE_BINARY: IBinaryKeyData = { data: inMemory(fileOf('pdf')) };

/** The bytes of an item's file, where n8n keeps binary data in memory. */
export const bytesOf = (binary: IBinaryKeyData | undefined, field = 'data') =>
	Buffer.from(binary?.[field]?.data ?? '', 'base64');
