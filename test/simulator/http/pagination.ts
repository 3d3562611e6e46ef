import { refusals, refuse } from './refusal';
import type { Json } from '../bank/state';

const DEFAULT_COUNT = 10;
const MAX_COUNT = 200;

export interface Page<T> {
	/** Newest first. */
	items: T[];
	pagination: Json;
}

/** The index of the first item whose id is at least `id`; items ascend by id. */
export const indexOf = (items: readonly { id: number }[], id: number): number => {
	let low = 0;
	let high = items.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (items[middle].id < id) low = middle + 1;
		else high = middle;
	}
	return low;
};

/** The item with an ID. Items ascend by ID. Throws a refusal if there is none. */
export const itemOf = <T extends { id: number }>(items: readonly T[], id: string): T => {
	const item = items[indexOf(items, Number(id))];
	if (item?.id !== Number(id)) throw refusals.notFound();
	return item;
};

const integer = (query: Record<string, string>, name: string): number | undefined => {
	if (query[name] === undefined) return undefined;
	if (!/^\d+$/.test(query[name])) throw refusals.wrongType(name, 'INTEGER');
	return Number(query[name]);
};

/**
 * A page of a list (§6): newest first, 10 items by default and 200 at most, with `older_id` or `newer_id` but not both.
 * `newer_id` returns the page next to that ID, so that a client can read upwards.
 */
export const pageOf = <T extends { id: number }>(
	ascending: readonly T[],
	path: string,
	query: Record<string, string>,
): Page<T> => {
	const count = integer(query, 'count') ?? DEFAULT_COUNT;
	const olderId = integer(query, 'older_id');
	const newerId = integer(query, 'newer_id');
	if (count < 1 || count > MAX_COUNT) {
		throw refusals.wrongValue('count', `1 to ${MAX_COUNT}`);
	}
	if (olderId !== undefined && newerId !== undefined) {
		throw refuse('bothIds');
	}

	const end = newerId === undefined ? indexOf(ascending, olderId ?? Infinity) : undefined;
	const from =
		end === undefined ? indexOf(ascending, Number(newerId) + 1) : Math.max(0, end - count);
	const to = end ?? Math.min(ascending.length, from + count);
	const items = ascending.slice(from, to);

	const link = (name: string, id: number | undefined) => {
		if (id === undefined) return null;
		const others = Object.entries(query).filter(([key]) => !/^(older|newer)_id$/.test(key));
		return `/v1${path}?${new URLSearchParams([...others, [name, String(id)]])}`;
	};
	const lowest = items.at(0)?.id;
	const highest = items.at(-1)?.id;
	const hasNewer = to < ascending.length;
	return {
		items: items.reverse(),
		pagination: {
			future_url: hasNewer ? null : link('newer_id', highest ?? newerId),
			newer_url: hasNewer ? link('newer_id', highest) : null,
			older_url: from > 0 ? link('older_id', lowest) : null,
		},
	};
};

/** The answer of a list: the page that a request asks for, each item as `show` has it. */
export const shownPage = <T extends { id: number }>(
	{ path, query }: { path: string; query: Record<string, string> },
	ascending: readonly T[],
	show: (item: T) => Json,
): { items: Json[]; pagination: Json } => {
	const { items, pagination } = pageOf(ascending, path, query);
	return { items: items.map(show), pagination };
};
