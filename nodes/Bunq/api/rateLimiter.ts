import { sleep } from 'n8n-workflow';
import { routeTemplate } from './path';
import { abortable } from './abort';
import { monotonicNow } from './clock';

interface RateLimit {
	method: string;
	/** Only this path; otherwise every path of the method, each counted separately. */
	path?: string;
	calls: number;
	/** The time in which bunq accepts `calls`, milliseconds. */
	windowMs: number;
}

/** bunq's limits per IP address and endpoint (docs/bunq-api.md 4); the first match applies. */
const RATE_LIMITS: RateLimit[] = [
	{ method: 'POST', path: '/session-server', calls: 1, windowMs: 30_000 },
	{ method: 'GET', calls: 3, windowMs: 3_000 },
	{ method: 'POST', calls: 5, windowMs: 3_000 },
	{ method: 'PUT', calls: 2, windowMs: 3_000 },
	{ method: 'DELETE', calls: 2, windowMs: 3_000 },
];

interface Bucket {
	/** When each taken slot is free again, `monotonicNow`; Infinity while its request is on the wire. */
	freeAt: number[];
	/** The callers that wait, in order of arrival. */
	queue: Promise<unknown>;
	/** After a 429: nothing is sent before this time, `monotonicNow`. */
	pausedUntil: number;
}

const buckets = new Map<string, Bucket>();

const bucketOf = (host: string, method: string, url: string) => {
	const key = `${host} ${method} ${routeTemplate(url)}`;
	const bucket = buckets.get(key) ?? { freeAt: [], queue: Promise.resolve(), pausedUntil: 0 };
	buckets.set(key, bucket);
	return bucket;
};

/** While every slot is on the wire, it is unknown when one will be free. */
const RECHECK_MS = 50;

/**
 * Waits for a slot of an endpoint and takes it. All callers in this process queue for the same slots, because bunq
 * counts per IP address (docs/bunq-api.md 4). A slot stays taken until one window after the reply, so that a slow network
 * cannot squeeze two windows into one. Throws `abortError` when `signal` fires first, without taking a slot.
 * @returns a function to call when the reply has arrived
 */
export const acquireSlot = async (
	host: string,
	method: string,
	url: string,
	signal?: AbortSignal,
) => {
	const template = routeTemplate(url);
	const { calls, windowMs } = RATE_LIMITS.find(
		(limit) => limit.method === method && (limit.path ?? template) === template,
	)!;
	const bucket = bucketOf(host, method, url);

	const acquired = bucket.queue.then(async () => {
		for (;;) {
			if (signal?.aborted) return false;
			const now = monotonicNow();
			bucket.freeAt = bucket.freeAt.filter((time) => time > now);
			const slotAt = bucket.freeAt.length < calls ? now : Math.min(...bucket.freeAt);
			const wait = Math.max(slotAt, bucket.pausedUntil) - now;
			if (wait <= 0) break;
			await abortable(sleep(Number.isFinite(wait) ? wait : RECHECK_MS), signal);
		}
		bucket.freeAt.push(Infinity);
		return true;
	});
	const release = () => {
		const taken = bucket.freeAt.indexOf(Infinity);
		if (taken >= 0) bucket.freeAt[taken] = monotonicNow() + windowMs;
	};
	bucket.queue = acquired.catch(() => undefined);
	await abortable(acquired, signal).catch((error: Error) => {
		// The signal may fire in the very moment in which the slot is taken. The stopped caller does not wait for that.
		void acquired.then(
			(isTaken) => isTaken && release(),
			() => undefined,
		);
		throw error;
	});
	return release;
};

/**
 * Sends nothing to an endpoint for `ms` milliseconds, after bunq replied 429: something else at this IP address used its
 * slots.
 */
export const pauseEndpoint = (host: string, method: string, url: string, ms: number) => {
	const bucket = bucketOf(host, method, url);
	bucket.pausedUntil = Math.max(bucket.pausedUntil, monotonicNow() + ms);
};
