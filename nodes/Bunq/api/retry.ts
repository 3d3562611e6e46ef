import { sleep } from 'n8n-workflow';
import { stoppable, stoppedError } from './abort';
import { type Call, type HttpRequest, type Keys, type Reply, roundTrip } from './http';
import { closeFor, takeSlot } from './rateLimiter';
import { judge, LONGEST_WAIT, windowOf } from './replies';
import type { BunqCredential } from './credential';
import type { Exchange } from './session';

/** A 429 is refused before bunq acts, so any request may be repeated; ten windows later something else is wrong. */
const MOST_WAITS = 10;

/** Between tries when nothing reached bunq. */
const UNSENT_PAUSES = [1_000, 3_000];

/** How long bunq may take to answer, milliseconds. */
const TIMEOUT = 60_000;

export interface ClientOptions {
	httpRequest: HttpRequest;
	credential: BunqCredential;
	/** The execution's: ends waiting and reading, and lets no further write begin. */
	signal?: AbortSignal;
	/** Milliseconds without an answer; 60,000 if not given. */
	timeout?: number;
}

/** How far bunq's clock is ahead of this machine's, by host, milliseconds. */
export const clocks = new Map<string, number>();

/** The handshake is shared by executions, so no single one's signal may end it. */
export const exchangeWith =
	(options: ClientOptions): Exchange =>
	async (request, keys) =>
		await persist(options, request, keys);

/**
 * The only place that repeats a request, and only one that bunq certainly did not act on: after a 429, when nothing
 * reached bunq, and a read whose answer was lost (once).
 */
export const persist = async (
	options: ClientOptions,
	request: Call,
	keys: Keys,
	signal?: AbortSignal,
): Promise<Reply> => {
	const { host } = options.credential;
	const tries = { limited: 0, unsent: 0, unclear: 0 };
	for (;;) {
		const reply = await inSlot(options, request, keys, signal);
		const verdict = judge(reply);
		const window = windowOf(reply);
		if (verdict === 'limited' && window <= LONGEST_WAIT && tries.limited++ < MOST_WAITS) {
			closeFor(host, request.method, request.path, window);
		} else if (verdict === 'unsent' && tries.unsent < UNSENT_PAUSES.length) {
			await stoppable(sleep(UNSENT_PAUSES[tries.unsent++]), signal);
		} else if (verdict !== 'unclear' || request.method !== 'GET' || tries.unclear++ > 0) {
			return reply;
		}
	}
};

const inSlot = async (
	{ httpRequest, credential: { host }, timeout = TIMEOUT }: ClientOptions,
	request: Call,
	keys: Keys,
	signal?: AbortSignal,
) => {
	const answered = await takeSlot(host, request.method, request.path, signal);
	if (signal?.aborted) {
		answered();
		throw stoppedError(signal);
	}
	const readSignal = request.method === 'GET' ? signal : undefined;
	const reply = await roundTrip(httpRequest, host, request, keys, timeout, readSignal);
	answered();
	if (reply.at) clocks.set(host, reply.at - Date.now());
	if (readSignal?.aborted) throw stoppedError(readSignal);
	return reply;
};
