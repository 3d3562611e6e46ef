import type { BunqClient } from './client';
import { BunqError } from './errors';
import type { FileContent } from './files';
import type { Note } from './fileTypes';
import { isRecord } from './json';
import { attachmentsPath } from './listPaths';
import { path } from './path';
import { readId } from './readable';

/** The files of notes (docs/bunq-api.md 9.9, 9.10). */

/** The IDs of a note's files, which bunq shows as objects or as bare IDs; undefined for each and for all that cannot be read. */
export const attachmentIdsOf = ({ attachment }: Pick<Note, 'attachment'>) =>
	Array.isArray(attachment)
		? attachment.map((one: unknown) => readId(isRecord(one) ? one.id : one))
		: undefined;

/** Reads a file of an account: at its user, or else at its account. Clients differ in where they find it. */
export const downloadAttachment = async (
	bunq: BunqClient,
	account: number,
	id: number,
): Promise<FileContent> =>
	await bunq.download(path`/user/{user}/attachment/${id}/content`).catch(async (error: unknown) => {
		const isElsewhere = error instanceof BunqError && error.httpCode === '404';
		if (!isElsewhere) throw error;
		return await bunq.download(attachmentsPath(account) + path`/${id}/content`);
	});
