import { sleep } from 'n8n-workflow';
import { templateOf } from './path';
import { stoppable } from './abort';

interface Limit {
	method: string;
	/** Only this path; without it every path of the method, each counted for itself. */
	path?: string;
	calls: number;
	/** Milliseconds in which `calls` fit. */
	per: number;
}

/**
 * bunq's limits per caller and endpoint, first match counts (docs/bunq-api.md 4, classic table, read 2026-11-23).
 * DELETE is not documented: it gets the tightest.
 */
const LIMITS: Limit[] = [
	{ method: 'POST', path: '/session-server', calls: 1, per: 30_000 },
	{ method: 'GET', calls: 3, per: 3_000 },
	{ method: 'POST', calls: 5, per: 3_000 },
	{ method: 'PUT', calls: 2, per: 3_000 },
	{ method: 'DELETE', calls: 2, per: 3_000 },
];

interface Bucket {
	/** When each taken slot is free again; Infinity while its request is on the wire. */
	freeAt: number[];
	/** Who waits, in order of arrival. */
	queue: Promise<unknown>;
	/** After a 429: nothing before this time. */
	closedUntil: number;
}

const buckets = new Map<string, Bucket>();

const bucketOf = (host: string, method: string, url: string) => {
	const key = `${host} ${method} ${templateOf(url)}`;
	const bucket = buckets.get(key) ?? { freeAt: [], queue: Promise.resolve(), closedUntil: 0 };
	buckets.set(key, bucket);
	return bucket;
};

/** Small steps while every slot is on the wire: nobody knows yet when one will be free. */
const PATIENCE = 50;

/**
 * Waits for a slot and takes it. Callers of one endpoint queue behind each other, in the whole process: bunq counts
 * by caller. The slot stays taken until `per` after the answer came, so the network cannot squeeze two windows into
 * one. Returns the function that says the answer came. Throws when `signal` fires first; then no slot is taken.
 */
export const takeSlot = async (host: string, method: string, url: string, signal?: AbortSignal) => {
	const template = templateOf(url);
	const { calls, per } = LIMITS.find(
		(limit) => limit.method === method && (limit.path ?? template) === template,
	)!;
	const bucket = bucketOf(host, method, url);

	const turn = bucket.queue.then(async () => {
		for (;;) {
			if (signal?.aborted) return;
			const now = Date.now();
			bucket.freeAt = bucket.freeAt.filter((time) => time > now);
			const slotAt = bucket.freeAt.length < calls ? now : Math.min(...bucket.freeAt);
			const wait = Math.max(slotAt, bucket.closedUntil) - now;
			if (wait <= 0) break;
			await stoppable(sleep(Number.isFinite(wait) ? wait : PATIENCE), signal);
		}
		bucket.freeAt.push(Infinity);
	});
	bucket.queue = turn.catch(() => undefined);
	await stoppable(turn, signal);

	return () => {
		const taken = bucket.freeAt.indexOf(Infinity);
		if (taken >= 0) bucket.freeAt[taken] = Date.now() + per;
	};
};

/** bunq said 429: somebody else on this address used the slots. Nobody here asks that endpoint for `ms`. */
export const closeFor = (host: string, method: string, url: string, ms: number) => {
	const bucket = bucketOf(host, method, url);
	bucket.closedUntil = Math.max(bucket.closedUntil, Date.now() + ms);
};
