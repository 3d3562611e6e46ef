import { MAX_PAGE_SIZE, type BunqClient } from './client';
import { createdAt } from './clock';

/** Reading bunq's lists, which come newest first, no further than needed. */

/** How many objects a page should have: no more than asked for, the most where a filter may drop some. */
export const pageSize = (most: number, isFiltered: boolean) =>
	isFiltered ? MAX_PAGE_SIZE : Math.min(most, MAX_PAGE_SIZE);

/** A stream read to its end. */
export const collect = async <T>(stream: AsyncIterable<T>) => {
	const items: T[] = [];
	for await (const item of stream) items.push(item);
	return items;
};

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
