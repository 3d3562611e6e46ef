import type { Bunq } from './api/connect';
import type { Happening, ListEvent } from './event';
import { timeOf } from './lists';
import { MOST_SEEN, type Mark } from './marks';

/** Reading what happened in an account since its mark. */

export interface Look {
	/** For an account without a mark: only what happened from this time on is new; milliseconds UTC, bunq's clock. */
	since: number;
	/** What happened before this is passed over. */
	floor: number;
	/** When to begin no further page; milliseconds UTC, this machine's clock. */
	deadline: number;
}

/** When the event happened: an answer changes the thing. Whether that time passing by does, nobody knows. */
export const happenedAt = ({ isAnswered }: ListEvent, one: Happening) => {
	if (!isAnswered) return timeOf(one);
	const expired = one.status === 'EXPIRED' && one.time_expiry;
	const times = [one.updated ?? one.created, expired || undefined];
	return Math.max(...times.filter(Boolean).map((created) => timeOf({ created })));
};

/**
 * What happened since the mark, oldest first, and the mark to keep once that is handed over. Newest first, as bunq
 * lists, down to what is known. If the time is over before that, there are no events yet and the mark tells where to
 * go on, so that nothing newer is ever handed over before something older; only what waited for an answer behind all
 * that is new may come later. Throws a BunqError; nothing is marked then.
 */
export const lookAt = async (
	event: ListEvent,
	account: number,
	mark: Mark | undefined,
	bunq: Bunq,
	{ since, floor, deadline }: Look,
): Promise<{ events: Happening[]; mark: Mark }> => {
	const known = mark ?? { since, top: 0, seen: [], pending: [], stops: [] };
	const from = known.stops.at(-1);
	const earlier = known.stops.slice(0, -1);
	const lowest = Math.min(known.top, ...known.pending);
	const oldest = Math.max(known.since, floor);
	/** Everything older is known: by id, or, where it cannot change any more, by time. */
	const isAllKnownBelow = (one: Happening) =>
		one.id <= lowest || (!event.isAnswered && timeOf(one) < oldest);

	const found = new Map<number, Happening>();
	const path = event.path(account) + (from === undefined ? '' : `?older_id=${from}`);
	let stops = earlier;
	for await (const { items, isLast } of bunq.pages<Happening>(path)) {
		for (const one of items) found.set(one.id, one);
		const last = items.at(-1);
		if (!last || isLast || isAllKnownBelow(last)) break;
		if (Date.now() < deadline) continue;
		if (last.id > known.top)
			return { events: [], mark: { ...known, stops: [...known.stops, last.id] } };
		stops = [...earlier, last.id];
		break;
	}

	const isOver = event.isAnswered ?? (() => true);
	const at = (one: Happening) => happenedAt(event, one);
	const isNew = (one: Happening) =>
		isOver(one) &&
		at(one) >= floor &&
		(known.pending.includes(one.id) || isUnseen(one.id, at(one), known));
	const waiting = [...found.values()].filter((one) => !isOver(one)).map(({ id }) => id);
	const [above, below] = [from ?? Infinity, stops.length > earlier.length ? stops.at(-1)! : 0];
	const isUnread = (id: number) => id >= above || id < below;
	const seen = [...new Set([...found.keys(), ...known.seen])].sort((a, b) => b - a);
	return {
		events: [...found.values()].filter(isNew).sort((a, b) => at(a) - at(b) || a.id - b.id),
		mark: {
			...known,
			top: Math.max(known.top, from ?? Math.max(...found.keys(), 0) + 1),
			// What is newer than this part was not read yet: no id in it is late.
			seen: from !== undefined && known.seen.length === 0 ? [] : seen.slice(0, MOST_SEEN),
			pending: [...known.pending.filter(isUnread), ...waiting],
			stops,
		},
	};
};

/** Whether it shows up for the first time: above all that was looked at, or late, between or below what was. */
const isUnseen = (id: number, at: number, { top, seen, since }: Mark) => {
	if (seen.includes(id)) return false;
	if (id >= top) return at >= since || seen.length > 0;
	const isLate = id > Math.min(...seen);
	return seen.length > 0 && (isLate || (seen.length < MOST_SEEN && at >= since));
};
