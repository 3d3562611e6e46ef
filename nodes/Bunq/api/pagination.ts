import { MAX_PAGE_SIZE, type BunqClient, type BunqObject, type BunqRecord } from './client';
import { createdAt } from './clock';
import type { Page } from './pages';
import { readText } from './readable';

/** Reading bunq's lists, which come newest first (docs/bunq-api.md 6), only as far as needed. */

/** The size of a page when `limit` objects are wanted: the largest where a filter may drop some. */
export const pageSize = (limit: number, isFiltered: boolean) =>
	isFiltered ? MAX_PAGE_SIZE : Math.min(limit, MAX_PAGE_SIZE);

/** Reads a stream to its end. */
export const collect = async <T>(stream: AsyncIterable<T>) => {
	const items: T[] = [];
	for await (const item of stream) items.push(item);
	return items;
};

/** The first `limit` items of a stream that match; reads no further. */
export const take = async <T>(
	stream: AsyncIterable<T>,
	limit: number,
	matches: (item: T) => boolean = () => true,
) => {
	const items: T[] = [];
	for await (const item of stream) {
		if (matches(item)) items.push(item);
		if (items.length >= limit) break;
	}
	return items;
};

/** Whether a word of bunq's is one of these, or may be: a word that cannot be read is not another one. */
export const isOneOf = (words: string[], word: unknown) => {
	const text = readText(word);
	return text === undefined || words.includes(text);
};

/** The fields of a list: how many objects it is to have. */
interface ListQuery {
	returnAll: boolean;
	limit: number;
}

/**
 * The newest objects of a list that match, as many as the user wants. Throws a BunqError.
 * @param matches not given: all do
 */
export const listNewest = async <T extends BunqRecord = BunqObject>(
	bunq: BunqClient,
	path: string,
	{ returnAll, limit }: ListQuery,
	matches?: (object: T) => boolean,
) => {
	const maxItems = returnAll ? Infinity : limit;
	return await take(
		bunq.each<T>(path, pageSize(maxItems, matches !== undefined)),
		maxItems,
		matches,
	);
};

/** The same by status: with one of these, or any when none is given. One that cannot be read is one of them. */
export const listByStatus = async (
	bunq: BunqClient,
	path: string,
	{ filters: { status = [] }, ...query }: ListQuery & { filters: { status?: string[] } },
) => {
	const matches = (object: BunqObject) => isOneOf(status, object.status);
	return await listNewest(bunq, path, query, status.length > 0 ? matches : undefined);
};

/**
 * The objects of a list that were created at `since` (milliseconds UTC by bunq's clock) or later, and those whose time
 * cannot be read. Reads pages until one ends with an older object: a single older one among newer ones ends nothing.
 */
export async function* createdSince<T extends { created?: unknown }>(
	pages: AsyncIterable<Page<T>>,
	since: () => number,
) {
	for await (const { items } of pages) {
		for (const item of items) if (!(createdAt(item) < since())) yield item;
		const last = items.at(-1);
		if (!last || createdAt(last) < since()) return;
	}
}
