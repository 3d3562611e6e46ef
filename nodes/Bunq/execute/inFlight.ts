import type { IDataObject } from 'n8n-workflow';
import { BoundedMap } from '../api/boundedMap';
import { unwrap } from '../api/client';
import { readId } from '../api/readable';

/**
 * Which of bunq's objects the writes of this process created, and which creates are still in flight: an object that a
 * lost response created is attributed to one write only, whatever execution, node or item it belongs to.
 */

const MAX_CLAIMS = 100_000;
const claimed = new BoundedMap<string, true>(MAX_CLAIMS);
const inFlight = new Map<string, Set<Promise<unknown>>>();

/** One list of one environment: the user is the connected one, however a path names it. */
const listKey = (host: string, path: string) =>
	host + path.replace(/^\/user\/\d+\//, '/user/{user}/');

/** Whether no write of this process has created or claimed this object of the list. */
export const isUnclaimed = (host: string, path: string, id: unknown) =>
	readId(id) === undefined || !claimed.has(`${listKey(host, path)} ${readId(id)}`);

/** Claims an object for one write. False: another write has it. */
export const claim = (host: string, path: string, id: unknown) => {
	if (!isUnclaimed(host, path, id)) return false;
	if (readId(id) !== undefined) claimed.set(`${listKey(host, path)} ${readId(id)}`, true);
	return true;
};

/** Tracks a request that creates objects in a list, and claims those that its response names. */
export const trackCreate = (host: string, path: string, sending: Promise<IDataObject[]>) => {
	const key = listKey(host, path);
	const all = inFlight.get(key) ?? new Set();
	const claiming = sending
		.then(
			(created) => created.forEach((one) => claim(host, path, unwrap(one).id)),
			// The engine handles the failure: nothing was created that is known.
			() => undefined,
		)
		.finally(() => {
			all.delete(claiming);
			if (all.size === 0) inFlight.delete(key);
		});
	inFlight.set(key, all.add(claiming));
};

/** Waits until every create in flight has settled: only then is it known which objects of the list are unclaimed. */
export const createsSettled = async (host: string, path: string) => {
	await Promise.allSettled([...(inFlight.get(listKey(host, path)) ?? [])]);
};
