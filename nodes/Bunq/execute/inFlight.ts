import type { IDataObject } from 'n8n-workflow';

/**
 * Which of bunq's objects were given to somebody in this process: what a lost answer made is never found for two
 * wishes, in whatever execution, node or item they are.
 */

const MOST_CLAIMS = 100_000;
const claimed = new Set<string>();
const underWay = new Map<string, Set<Promise<unknown>>>();

/** One list of one environment: the user is the connected one, however a path names it. */
const keyOf = (host: string, path: string) =>
	host + path.replace(/^\/user\/\d+\//, '/user/{user}/');

const isId = (id: unknown) => typeof id === 'number' || typeof id === 'string';

export const isFree = (host: string, path: string, id: unknown) =>
	!claimed.has(`${keyOf(host, path)} ${String(id)}`);

/** Takes it. False: somebody was faster. */
export const claim = (host: string, path: string, id: unknown) => {
	if (!isFree(host, path, id)) return false;
	if (isId(id)) claimed.add(`${keyOf(host, path)} ${String(id)}`);
	for (const oldest of claimed) {
		if (claimed.size <= MOST_CLAIMS) break;
		claimed.delete(oldest);
	}
	return true;
};

/** Sends what makes something in a list, and claims what came of it. */
export const making = async <T extends IDataObject>(
	host: string,
	path: string,
	send: () => Promise<T>,
): Promise<T> => {
	const key = keyOf(host, path);
	const sending = send().then((made) => {
		claim(host, path, made.id);
		return made;
	});
	const all = underWay.get(key) ?? new Set();
	underWay.set(key, all.add(sending));
	return await sending.finally(() => {
		all.delete(sending);
		if (all.size === 0) underWay.delete(key);
	});
};

/** Waits until everything that is being made in this list has its answer: only then is it known what nobody claims. */
export const settledAt = async (host: string, path: string) => {
	await Promise.allSettled([...(underWay.get(keyOf(host, path)) ?? [])]);
};
