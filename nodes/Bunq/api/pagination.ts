import { MAX_PAGE_SIZE, type BunqClient } from './client';

/** Reading bunq's lists, which come newest first, no further than needed. */

/** bunq's time as milliseconds UTC; NaN when there is none. */
export const createdAt = ({ created }: { created?: string }) =>
	Date.parse(
		`${String(created ?? '')
			.replace(' ', 'T')
			.slice(0, 23)}Z`,
	);

/** bunq's `Date` header has whole seconds, so its clock is known to within two; milliseconds. */
export const CLOCK_SKEW_MS = 2_000;

/**
 * A time of this machine's by bunq's clock, less what that may be wrong by. Asked anew each time: after a restart it is
 * bunq's next answer that tells its clock.
 */
export const toBunqClock = (time: number, bunq: Pick<BunqClient, 'now'>) => () =>
	time + bunq.now() - Date.now() - CLOCK_SKEW_MS;

/** How many objects a page should have: no more than asked for, the most where a filter may drop some. */
export const pageSize = (most: number, isFiltered: boolean) =>
	isFiltered ? MAX_PAGE_SIZE : Math.min(most, MAX_PAGE_SIZE);

/** The newest ones that pass, at most so many. */
export const take = async <T>(
	stream: AsyncIterable<T>,
	most: number,
	passes: (one: T) => boolean = () => true,
) => {
	const found: T[] = [];
	for await (const one of stream) {
		if (passes(one)) found.push(one);
		if (found.length >= most) break;
	}
	return found;
};

interface StatusList {
	returnAll: boolean;
	limit: number;
	filters: { status?: string[] };
}

/** The newest objects of a list that have one of the statuses, or any where none is asked for. */
export const listByStatus = async (
	bunq: BunqClient,
	path: string,
	{ returnAll, limit, filters: { status = [] } }: StatusList,
) => {
	const most = returnAll ? Infinity : limit;
	const isFiltered = status.length > 0;
	return await take(
		bunq.each(path, pageSize(most, isFiltered)),
		most,
		(one) => !isFiltered || status.includes(String(one.status)),
	);
};

/** What was created at this time (milliseconds UTC) or later. */
export async function* takeSince<T extends { created?: string }>(
	stream: AsyncIterable<T>,
	time: number | (() => number),
) {
	for await (const one of stream) {
		if (createdAt(one) < (typeof time === 'number' ? time : time())) return;
		yield one;
	}
}
