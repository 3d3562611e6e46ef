import { sleep } from 'n8n-workflow';
import { abortable, abortError } from './abort';
import { monotonicNow, recordServerTime, sentNow } from './clock';
import type { HttpRequest } from './exchange';
import { type ApiRequest, type RequestKeys, type SentReply, roundTrip } from './http';
import { pauseEndpoint, acquireSlot } from './rateLimiter';
import { classifyReply, MAX_RATE_LIMIT_WAIT_MS, rateLimitWindowMs } from './replies';
import type { BunqCredential } from './credential';
import type { Send } from './handshake';

/** bunq replies 429 before it acts (docs/bunq-api.md 4), so any request may be repeated. After ten, something else is wrong. */
const MAX_RATE_LIMIT_RETRIES = 10;

/** The pauses between attempts when nothing reached bunq. */
const RETRY_DELAYS_MS = [1_000, 3_000];

/** How long bunq may take to reply. */
const RESPONSE_TIMEOUT_MS = 60_000;

/** Everything that a client needs to send requests. */
export interface ClientOptions {
	httpRequest: HttpRequest;
	credential: BunqCredential;
	/** The execution's signal: it ends waiting and reading, and no write begins after it. */
	signal?: AbortSignal;
	/** Takes what bunq warns of (`Reply.warning`), with every reply that does. */
	onWarning?: (warning: string) => void;
	/** How long to wait for each reply, milliseconds; 60,000 by default. */
	timeout?: number;
}

/** Sends the requests of a handshake. Executions share it, so no execution's signal ends it. */
export const createSend =
	(options: ClientOptions): Send =>
	async (request, keys) =>
		await sendWithRetry(options, request, keys);

/**
 * Sends a request, and repeats it while bunq certainly did not act: after a 429, when nothing reached bunq, and, once, a
 * read whose reply was lost. The only loop that repeats a request. Throws `abortError` when `signal` fires before the
 * request, or during a read, and what the renewal of a body throws.
 * @returns the last reply, whatever it means
 */
export const sendWithRetry = async (
	options: ClientOptions,
	request: ApiRequest,
	keys: RequestKeys | undefined,
	signal?: AbortSignal,
): Promise<SentReply> => {
	const { host } = options.credential;
	const retries = { rateLimited: 0, notSent: 0, outcomeUnknown: 0 };
	for (;;) {
		const reply = await sendRateLimited(options, request, keys, signal);
		const replyClass = classifyReply(reply);
		const windowMs = rateLimitWindowMs(reply);
		if (
			replyClass === 'rateLimited' &&
			windowMs <= MAX_RATE_LIMIT_WAIT_MS &&
			retries.rateLimited++ < MAX_RATE_LIMIT_RETRIES
		) {
			pauseEndpoint(host, request.method, request.path, windowMs);
		} else if (replyClass === 'notSent' && retries.notSent < RETRY_DELAYS_MS.length) {
			await abortable(sleep(RETRY_DELAYS_MS[retries.notSent++]), signal);
		} else if (
			replyClass !== 'outcomeUnknown' ||
			request.method !== 'GET' ||
			retries.outcomeUnknown++ > 0
		) {
			return reply;
		}
	}
};

/** Sends a request once, when bunq's limits allow it. */
const sendRateLimited = async (
	{ httpRequest, credential: { host }, onWarning, timeout = RESPONSE_TIMEOUT_MS }: ClientOptions,
	request: ApiRequest,
	keys: RequestKeys | undefined,
	signal?: AbortSignal,
): Promise<SentReply> => {
	const releaseSlot = await acquireSlot(host, request.method, request.path, signal);
	if (signal?.aborted) {
		releaseSlot();
		throw abortError(signal);
	}
	const current = await renewBody(request).catch(async (error: Error) => {
		releaseSlot();
		return await Promise.reject(error);
	});
	const sentAt = sentNow(host);
	const readSignal = request.method === 'GET' ? signal : undefined;
	// A key that cannot sign throws before anything is sent.
	const reply = await roundTrip(httpRequest, host, current, keys, timeout, readSignal).finally(
		releaseSlot,
	);
	if (reply.serverTime) recordServerTime(host, reply.serverTime);
	if (reply.warning) onWarning?.(reply.warning);
	if (readSignal?.aborted) throw abortError(readSignal);
	return { ...reply, sentAt };
};

/** The request, with a new body where bunq's limits have delayed it for too long. */
const renewBody = async (request: ApiRequest): Promise<ApiRequest> => {
	const { renewal } = request;
	const isCurrent = !renewal || monotonicNow() <= renewal.currentUntil;
	return isCurrent ? request : { ...request, body: await renewal.renew() };
};
