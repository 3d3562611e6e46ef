import { sleep } from 'n8n-workflow';
import { routeTemplate } from './path';
import { abortable } from './abort';

interface RateLimit {
	method: string;
	/** Only this path; without it every path of the method, each counted for itself. */
	path?: string;
	calls: number;
	/** Milliseconds in which `calls` fit. */
	windowMs: number;
}

/**
 * bunq's limits per caller and endpoint, first match counts (docs/bunq-api.md 4, classic table, read 2026-11-23).
 * DELETE is not documented: it gets the tightest.
 */
const RATE_LIMITS: RateLimit[] = [
	{ method: 'POST', path: '/session-server', calls: 1, windowMs: 30_000 },
	{ method: 'GET', calls: 3, windowMs: 3_000 },
	{ method: 'POST', calls: 5, windowMs: 3_000 },
	{ method: 'PUT', calls: 2, windowMs: 3_000 },
	{ method: 'DELETE', calls: 2, windowMs: 3_000 },
];

interface Bucket {
	/** When each taken slot is free again; Infinity while its request is on the wire. */
	freeAt: number[];
	/** Who waits, in order of arrival. */
	queue: Promise<unknown>;
	/** After a 429: nothing before this time. */
	pausedUntil: number;
}

const buckets = new Map<string, Bucket>();

const bucketOf = (host: string, method: string, url: string) => {
	const key = `${host} ${method} ${routeTemplate(url)}`;
	const bucket = buckets.get(key) ?? { freeAt: [], queue: Promise.resolve(), pausedUntil: 0 };
	buckets.set(key, bucket);
	return bucket;
};

/** Small steps while every slot is on the wire: nobody knows yet when one will be free. */
const RECHECK_MS = 50;

/**
 * Waits for a slot and takes it. Callers of one endpoint queue behind each other, in the whole process: bunq counts
 * by caller. The slot stays taken until `per` after the answer came, so the network cannot squeeze two windows into
 * one. Returns the function that says the answer came. Throws when `signal` fires first; then no slot is taken.
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

	const turn = bucket.queue.then(async () => {
		for (;;) {
			if (signal?.aborted) return;
			const now = Date.now();
			bucket.freeAt = bucket.freeAt.filter((time) => time > now);
			const slotAt = bucket.freeAt.length < calls ? now : Math.min(...bucket.freeAt);
			const wait = Math.max(slotAt, bucket.pausedUntil) - now;
			if (wait <= 0) break;
			await abortable(sleep(Number.isFinite(wait) ? wait : RECHECK_MS), signal);
		}
		bucket.freeAt.push(Infinity);
	});
	bucket.queue = turn.catch(() => undefined);
	await abortable(turn, signal);

	return () => {
		const taken = bucket.freeAt.indexOf(Infinity);
		if (taken >= 0) bucket.freeAt[taken] = Date.now() + windowMs;
	};
};

/** bunq said 429: somebody else on this address used the slots. Nobody here asks that endpoint for `ms`. */
export const pauseEndpoint = (host: string, method: string, url: string, ms: number) => {
	const bucket = bucketOf(host, method, url);
	bucket.pausedUntil = Math.max(bucket.pausedUntil, Date.now() + ms);
};
