import { sleep } from 'n8n-workflow';
import { abortable, abortError } from './abort';
import { recordServerTime } from './clock';
import { type ApiRequest, type HttpRequest, type RequestKeys, type Reply, roundTrip } from './http';
import { pauseEndpoint, acquireSlot } from './rateLimiter';
import { classifyReply, MAX_RATE_LIMIT_WAIT_MS, rateLimitWindowMs } from './replies';
import type { BunqCredential } from './credential';
import type { Send } from './handshake';

/** A 429 is refused before bunq acts, so any request may be repeated; ten windows later something else is wrong. */
const MAX_RATE_LIMIT_RETRIES = 10;

/** Between tries when nothing reached bunq. */
const RETRY_DELAYS_MS = [1_000, 3_000];

/** How long bunq may take to answer, milliseconds. */
const RESPONSE_TIMEOUT_MS = 60_000;

export interface ClientOptions {
	httpRequest: HttpRequest;
	credential: BunqCredential;
	/** The execution's: ends waiting and reading, and lets no further write begin. */
	signal?: AbortSignal;
	/** Milliseconds without an answer; 60,000 if not given. */
	timeout?: number;
}

/** The handshake is shared by executions, so no single one's signal may end it. */
export const createSend =
	(options: ClientOptions): Send =>
	async (request, keys) =>
		await sendWithRetry(options, request, keys);

/**
 * The only place that repeats a request, and only one that bunq certainly did not act on: after a 429, when nothing
 * reached bunq, and a read whose answer was lost (once).
 */
export const sendWithRetry = async (
	options: ClientOptions,
	request: ApiRequest,
	keys: RequestKeys,
	signal?: AbortSignal,
): Promise<Reply> => {
	const { host } = options.credential;
	const tries = { rateLimited: 0, notSent: 0, noResponse: 0 };
	for (;;) {
		const reply = await sendRateLimited(options, request, keys, signal);
		const verdict = classifyReply(reply);
		const window = rateLimitWindowMs(reply);
		if (
			verdict === 'rateLimited' &&
			window <= MAX_RATE_LIMIT_WAIT_MS &&
			tries.rateLimited++ < MAX_RATE_LIMIT_RETRIES
		) {
			pauseEndpoint(host, request.method, request.path, window);
		} else if (verdict === 'notSent' && tries.notSent < RETRY_DELAYS_MS.length) {
			await abortable(sleep(RETRY_DELAYS_MS[tries.notSent++]), signal);
		} else if (verdict !== 'outcomeUnknown' || request.method !== 'GET' || tries.noResponse++ > 0) {
			return reply;
		}
	}
};

const sendRateLimited = async (
	{ httpRequest, credential: { host }, timeout = RESPONSE_TIMEOUT_MS }: ClientOptions,
	request: ApiRequest,
	keys: RequestKeys,
	signal?: AbortSignal,
) => {
	const answered = await acquireSlot(host, request.method, request.path, signal);
	if (signal?.aborted) {
		answered();
		throw abortError(signal);
	}
	const readSignal = request.method === 'GET' ? signal : undefined;
	const reply = await roundTrip(httpRequest, host, request, keys, timeout, readSignal);
	answered();
	if (reply.serverTime) recordServerTime(host, reply.serverTime);
	if (readSignal?.aborted) throw abortError(readSignal);
	return reply;
};
