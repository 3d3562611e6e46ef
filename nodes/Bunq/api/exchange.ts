import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { abortable } from './abort';
import { networkFailure, noResponse, TIMED_OUT, type NetworkFailure } from './networkFailure';

/** n8n's `helpers.httpRequest`, which every request of this package uses. */
export type HttpRequest = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;

/** An HTTP answer, read to its end. */
export interface Answer extends Omit<IN8nHttpFullResponse, 'body'> {
	body: Buffer;
}

/** Far more than bunq's largest answer, and little enough for n8n's memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/**
 * One HTTP request and its whole answer. Follows no redirect. A failure of the network is returned, never thrown.
 * @param timeout milliseconds until the last byte of the answer; n8n's own timeout restarts with each byte
 * @param signal ends the exchange earlier; never given for a write, which must not be cut off halfway
 */
export const exchange = async (
	httpRequest: HttpRequest,
	options: IHttpRequestOptions,
	timeout: number,
	signal?: AbortSignal,
): Promise<Answer | NetworkFailure> => {
	const deadline = AbortSignal.timeout(timeout);
	const abortSignal = signal ? AbortSignal.any([deadline, signal]) : deadline;
	const answer = httpRequest({
		...options,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout,
		abortSignal,
	}).then(readToEnd);
	return await abortable(answer, abortSignal).catch((error: unknown) =>
		deadline.aborted ? noResponse(TIMED_OUT) : networkFailure(error),
	);
};

const isStream = (body: unknown): body is AsyncIterable<Buffer> =>
	typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

const readToEnd = async (response: IN8nHttpFullResponse): Promise<Answer | NetworkFailure> => {
	if (!isStream(response.body)) return noResponse("bunq's answer cannot be read");
	// As many as announced: a file that is joined from its parts at the end would be in memory twice.
	let bytes = Buffer.alloc(
		Math.min(Number(response.headers['content-length']) || 0, MAX_ANSWER_BYTES),
	);
	let size = 0;
	for await (const chunk of response.body) {
		const start = size;
		size += chunk.length;
		// Leaving the loop closes the connection.
		if (size > MAX_ANSWER_BYTES) return noResponse("bunq's answer is too large");
		if (size > bytes.length) bytes = Buffer.concat([bytes.subarray(0, start)], 2 * size);
		chunk.copy(bytes, start);
	}
	return { ...response, body: bytes.subarray(0, size) };
};
