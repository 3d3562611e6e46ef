import { createHash } from 'node:crypto';
import { unwrap } from '../api/client';
import { contentOf } from '../api/requestBody';
import { BunqError } from '../api/errors';
import { readId } from '../api/readable';
import type { Bunq } from '../connect';
import type { PlannedUpload, WritePlan, WriteRequest } from '../resources/operation';
import type { WriteLog } from './writeLog';

/** A file that a write names: it is uploaded once, however often the write is repeated. */

/** Identifies a file at one place, as one user. */
const uploadKey = ({ access }: Bunq, { path, file }: PlannedUpload) =>
	createHash('sha256')
		.update(JSON.stringify([access, path, contentOf({ file })]))
		.digest('base64');

/**
 * Uploads the file that a request names, unless an earlier attempt of these items has.
 * @param send sends a write once
 * @returns the request with the file's ID
 */
export const uploadFirst = async (
	{ bunq, log, items }: { bunq: Bunq; log: WriteLog; items: number[] },
	{ request, upload }: Required<Pick<WritePlan, 'request' | 'upload'>>,
	send: (request: WriteRequest) => Promise<unknown[]>,
): Promise<{ request: WriteRequest; id: number }> => {
	const key = uploadKey(bunq, upload);
	let id = log.uploaded(items[0], key);
	if (id === undefined) {
		const { path, file } = upload;
		const sending = send({ method: 'POST', path, file, expectsObject: true });
		const [created] = await sending.catch(withNothingLinked);
		id = readId(unwrap(created).id);
		if (id === undefined) throw unreadableId();
		log.saveUpload(items[0], key, id);
	}
	return { request: { ...request, body: { ...request.body, [upload.key]: id } }, id };
};

const NOTHING_LINKED = 'Only the file was sent: one that is linked to nothing has no effect.';

const unreadableId = () =>
	new BunqError('unavailable', 'bunq took the file, but its ID could not be read', {
		description: NOTHING_LINKED,
	});

/** Adds to the error of an upload that it is all that was sent. */
const withNothingLinked = async (error: unknown) =>
	await Promise.reject(
		error instanceof BunqError && error.kind === 'outcomeUnknown'
			? error.withHint(NOTHING_LINKED)
			: error,
	);

/** Adds to the error of a write that the file it names was uploaded before. */
export const withUploadedFile = (id: number) => async (error: unknown) =>
	await Promise.reject(
		error instanceof BunqError
			? error.withHint(
					`The file was uploaded as attachment ${id}; a repetition by Retry On Fail uses it again.`,
				)
			: error,
	);
