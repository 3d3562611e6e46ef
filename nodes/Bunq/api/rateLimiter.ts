import { sleep } from 'n8n-workflow';
import { routeTemplate } from './path';
import { abortable } from './abort';
import { BoundedMap } from './boundedMap';
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

interface Slot {
	/** When it is free again, `monotonicNow`; while its request is on the wire, the latest. */
	freeAt: number;
	isOnWire: boolean;
}

interface Bucket {
	/** The taken ones. */
	slots: Slot[];
	/** The callers that wait, in order of arrival. */
	queue: Promise<unknown>;
	/** After a 429: nothing is sent before this time, `monotonicNow`. */
	pausedUntil: number;
}

/** More endpoints than bunq has; any path can be requested. */
const MAX_BUCKETS = 1_000;
const buckets = new BoundedMap<string, Bucket>(MAX_BUCKETS);

/** Longer than any exchange takes: whatever ends a request without a release, its slot is not lost. */
const MAX_ON_WIRE_MS = 5 * 60_000;

const bucketOf = (host: string, method: string, url: string) => {
	const key = `${host} ${method} ${routeTemplate(url)}`;
	const bucket = buckets.get(key) ?? { slots: [], queue: Promise.resolve(), pausedUntil: 0 };
	// The map drops the one that was not used for the longest time.
	buckets.delete(key);
	buckets.set(key, bucket);
	return bucket;
};

/** While every slot is on the wire, it is unknown when one will be free. */
const RECHECK_MS = 50;

const nextFreeAt = (slots: Slot[], now: number) => {
	const known = slots.filter(({ isOnWire }) => !isOnWire).map(({ freeAt }) => freeAt);
	const first = known.reduce((earliest, time) => Math.min(earliest, time), Infinity);
	return known.length > 0 ? first : now + RECHECK_MS;
};

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

	const slot: Slot = { freeAt: 0, isOnWire: true };
	const acquired = bucket.queue.then(async () => {
		for (;;) {
			if (signal?.aborted) return false;
			const now = monotonicNow();
			bucket.slots = bucket.slots.filter(({ freeAt }) => freeAt > now);
			const slotAt = bucket.slots.length < calls ? now : nextFreeAt(bucket.slots, now);
			const wait = Math.max(slotAt, bucket.pausedUntil) - now;
			if (wait <= 0) break;
			await abortable(sleep(wait), signal);
		}
		slot.freeAt = monotonicNow() + MAX_ON_WIRE_MS;
		bucket.slots.push(slot);
		return true;
	});
	const release = () =>
		void Object.assign(slot, { freeAt: monotonicNow() + windowMs, isOnWire: false });
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
