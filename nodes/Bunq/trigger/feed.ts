import type { Bunq } from '../connect';
import type { Happening, ListEvent } from './event';
import { createdAt } from '../api/pagination';
import { MOST_SEEN, type Mark } from './pollState';
import { dated } from './pollRun';

/** Reading what happened in an account since its mark. */

export interface Look {
	/** For an account without a mark: only what happened from this time on is new; milliseconds UTC, bunq's clock. */
	since: number;
	/** What happened before this is passed over. */
	floor(): number;
	/** When to begin no further page; milliseconds UTC, this machine's clock. */
	deadline: number;
}

export interface News {
	/** Oldest first. */
	events: Happening[];
	mark: Mark;
	/** How many pages were read. */
	pages: number;
}

/** When the event happened: an answer changes the thing. Whether that time passing by does, nobody knows. */
export const happenedAt = ({ isAnswered }: ListEvent, one: Happening) => {
	if (!isAnswered) return createdAt(one);
	const expired = one.status === 'EXPIRED' && one.time_expiry;
	const [first, ...others] = [one.updated ?? one.created, one.time_responded, expired].filter(
		Boolean,
	);
	const at = (created: unknown) => createdAt({ created: String(created) });
	return Math.max(at(first), ...others.map(at));
};

/**
 * What happened since the mark, and the mark to keep once that is handed over. Newest first, as bunq lists, down to
 * what is known. If the time is over before that, there are no events yet and the mark tells where to go on, so that
 * nothing newer is ever handed over before something older; only what waited for an answer behind all that is new may
 * come later. Throws a BunqError; nothing is marked then.
 */
export const lookAt = async (
	event: ListEvent,
	account: number,
	mark: Mark | undefined,
	bunq: Bunq,
	{ since, floor, deadline }: Look,
): Promise<News> => {
	const known = mark ?? { at: 0, since, top: 0, seen: [], pending: [], stops: [] };
	const from = known.stops.at(-1);
	const earlier = known.stops.slice(0, -1);
	const lowest = known.pending.reduce((low, id) => Math.min(low, id), known.top);
	/** Everything older is known: by id, or, where it cannot change any more, by time. */
	const isAllKnownBelow = (one: Happening) =>
		one.id <= lowest || (!event.isAnswered && createdAt(one) < Math.max(known.since, floor()));

	const found = new Map<number, Happening>();
	const path = event.path(account) + (from === undefined ? '' : `?older_id=${from}`);
	/** Reads down to what is known. Returns where it had to end for lack of time, and whether bunq had nothing older. */
	const read = async () => {
		let pages = 0;
		for await (const { items, isLast } of bunq.pages<Happening>(path)) {
			pages++;
			for (const one of items) found.set(one.id, one);
			const last = items.at(-1);
			if (!last || isLast) return { pages, isWhole: true };
			if (isAllKnownBelow(last)) break;
			if (Date.now() >= deadline) return { pages, isWhole: false, stop: last.id };
		}
		return { pages, isWhole: false };
	};
	const {
		at: readAt,
		result: { pages, isWhole, stop },
	} = await dated(bunq, read);
	if (stop !== undefined && stop > known.top)
		return {
			events: [],
			mark: { ...known, at: readAt, stops: [...known.stops, stop], isUnfinished: true },
			pages,
		};

	const isOver = event.isAnswered ?? (() => true);
	const at = (one: Happening) => happenedAt(event, one);
	const waited = new Set(known.pending);
	// What waited when it was last looked at was answered after that, even if none of its times says so.
	const isTooOld = (one: Happening) =>
		at(one) < floor() && !(waited.has(one.id) && at(one) < known.at);
	const isUnseen = unseenBy(known);
	const isNew = (one: Happening) =>
		isOver(one) && !isTooOld(one) && (waited.has(one.id) || isUnseen(one.id, at(one)));
	const waiting = [...found.values()].filter((one) => !isOver(one)).map(({ id }) => id);
	const isUnread = (id: number) => id >= (from ?? Infinity) || id < (stop ?? 0);
	const highest = [...found.keys()].reduce((high, id) => Math.max(high, id), 0);
	const seen = [...new Set([...found.keys(), ...known.seen])].sort((a, b) => b - a);
	return {
		events: [...found.values()].filter(isNew).sort((a, b) => at(a) - at(b) || a.id - b.id),
		mark: {
			...known,
			at: readAt,
			since: isWhole && from === undefined ? 0 : known.since,
			top: Math.max(known.top, from ?? highest + 1),
			// What is newer than this part was not read yet: no id in it is late.
			seen: from !== undefined && known.seen.length === 0 ? [] : seen.slice(0, MOST_SEEN),
			pending: [...known.pending.filter(isUnread), ...waiting],
			stops: stop === undefined ? earlier : [...earlier, stop],
			isUnfinished: from !== undefined || stop !== undefined || undefined,
		},
		pages,
	};
};

/** Tells what shows up for the first time: above all that was looked at, or late, between or below what was. */
const unseenBy = ({ top, seen, since }: Mark) => {
	const known = new Set(seen);
	const lowest = seen.at(-1) ?? Infinity;
	return (id: number, at: number) => {
		if (known.has(id)) return false;
		// A time that cannot be read hides nothing.
		const isRecent = !(at < since);
		if (id >= top) return known.size > 0 || isRecent;
		return id > lowest || (known.size > 0 && known.size < MOST_SEEN && isRecent);
	};
};
