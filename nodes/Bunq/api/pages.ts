import type { IDataObject } from 'n8n-workflow';
import { BunqError } from './errors';
import { innerOf, isRecord } from './json';
import { readId } from './readable';

/** Walking through a list's pages (docs/bunq-api.md 6). */

/** One page of a list. */
export interface Page<T> {
	items: T[];
	/** Whether bunq has no further page in the direction that is read. */
	isLast: boolean;
}

/** The path of a page as bunq gives it. */
const PAGE_PATH = /^\/v1(\/[\w-]+)+(\?[\w=&%.,:+-]*)?$/;

/**
 * The paths of further pages, below `/v1`. A link that cannot be read is not the end of the list: `hasUnknownUrl`. bunq
 * always shows both links, null at the end, or no `Pagination` at all (docs/bunq-api.md 6).
 */
export const readPagination = (pagination: unknown) => {
	if ((pagination ?? undefined) === undefined) return { hasUnknownUrl: false };
	const { older_url, newer_url } = isRecord(pagination) ? pagination : {};
	const isPath = (link: unknown): link is string =>
		typeof link === 'string' && PAGE_PATH.test(link);
	const [olderUrl, newerUrl] = [older_url, newer_url].map((link) =>
		isPath(link) ? link.replace('/v1', '') : undefined,
	);
	const hasUnknownUrl = [older_url, newer_url].some((link) => link !== null && !isPath(link));
	return { olderUrl, newerUrl, hasUnknownUrl, hasPagination: true };
};

/** The part of a reply that a page is: its objects, and the paths of further pages. */
interface PageReply {
	items: IDataObject[];
	olderUrl?: string;
	newerUrl?: string;
	hasPagination?: boolean;
}

/** More pages than any list has that a person can use: 2,000,000 objects. */
const MAX_PAGES = 10_000;

/**
 * A list page by page for as long as the caller reads: towards older objects, or towards newer ones where the path asks
 * for those by `newer_id`. Throws a BunqError where bunq's links lead back to a page that was read, or on without end, and
 * after a full page that does not say whether there are more.
 * @param read one page. Throws a BunqError.
 */
export async function* walkPages(
	read: (path: string) => Promise<PageReply>,
	path: string,
): AsyncGenerator<Page<IDataObject>> {
	const isUpwards = new URLSearchParams(path.split('?')[1]).has('newer_id');
	const visited = new Set<string>();
	let before: number[] = [];
	for (let url: string | undefined = path; url; ) {
		visited.add(url);
		const { items, olderUrl, newerUrl, hasPagination } = await read(url);
		const ids = idsOf(items);
		if (ids.length > 0 && !leadsOn(before, ids, isUpwards)) throw endlessList();
		if (ids.length > 0) before = ids;
		const next: string | undefined = isUpwards ? newerUrl : olderUrl;
		if (next && (visited.has(next) || visited.size >= MAX_PAGES)) throw endlessList();
		const isUnknownEnd = !hasPagination && items.length >= countOf(url);
		yield { items, isLast: !next && !isUnknownEnd };
		if (isUnknownEnd) throw unknownEnd();
		url = next;
	}
}

/** The IDs of a page that can be read, from the lowest to the highest. */
const idsOf = (items: IDataObject[]) =>
	items
		.map((item) => readId(innerOf(item)?.id))
		.filter((id) => id !== undefined)
		.sort((a, b) => a - b);

/** Whether a page continues the one before it: at an end or in the middle, as a single ID may be out of order. */
const leadsOn = (before: number[], ids: number[], isUpwards: boolean) =>
	before.length === 0 ||
	[0, 0.5, 1].some((place) => {
		const [from, to] = [before, ids].map((all) => all[Math.floor(place * (all.length - 1))]);
		return isUpwards ? to > from : to < from;
	});

/** How many objects a page may have (docs/bunq-api.md 6). */
const countOf = (path: string) =>
	Number(new URLSearchParams(path.split('?')[1]).get('count') ?? 10);

const unknownEnd = () =>
	new BunqError('unavailable', 'bunq does not say whether this list goes on', {
		description:
			'A page is full and has no link to the next one. Try again later, or read less with a limit.',
	});

const endlessList = () =>
	new BunqError('unavailable', "bunq's pages of this list lead in a circle", {
		description:
			'A further page shows what was read before, so the list may be incomplete and nothing of it is returned. Try again later, or read less with a limit.',
	});
