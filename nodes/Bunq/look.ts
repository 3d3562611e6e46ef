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
 * lists, down to what is known; if the time is over before that, there are no events yet and the mark tells where to
 * go on, so that nothing newer is ever handed over before something older. Throws a BunqError; nothing is marked then.
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
	const lowest = Math.min(known.top, ...known.pending);
	const oldest = Math.max(known.since, floor);
	/** Everything older is known: by id, or, where it cannot change any more, by time. */
	const isAllKnownBelow = (one: Happening) =>
		one.id <= lowest || (!event.isAnswered && timeOf(one) < oldest);

	const found = new Map<number, Happening>();
	const path = event.path(account) + (from === undefined ? '' : `?older_id=${from}`);
	for await (const { items, isLast } of bunq.pages<Happening>(path)) {
		for (const one of items) found.set(one.id, one);
		const last = items.at(-1);
		if (!last || isLast || isAllKnownBelow(last)) break;
		if (Date.now() >= deadline)
			return { events: [], mark: { ...known, stops: [...known.stops, last.id] } };
	}

	const isOver = event.isAnswered ?? (() => true);
	const at = (one: Happening) => happenedAt(event, one);
	const newestFirst = [...found.values()]
		.filter(isOver)
		.sort((a, b) => at(b) - at(a) || b.id - a.id);
	const isNew = (one: Happening) =>
		!known.seen.includes(one.id) &&
		at(one) >= floor &&
		(at(one) >= known.since || known.pending.includes(one.id) || isLate(event, one, known));
	const seen = [...new Set([...newestFirst.map(({ id }) => id), ...known.seen])];
	const waiting = [...found.values()].filter((one) => !isOver(one)).map(({ id }) => id);
	return {
		events: newestFirst.filter(isNew).reverse(),
		mark: {
			...known,
			// The ids that are not kept any more must be known by their time.
			since: newestFirst.length > MOST_SEEN ? at(newestFirst[MOST_SEEN - 1]) : known.since,
			top: Math.max(known.top, from ?? Math.max(...found.keys(), 0) + 1),
			seen: seen.slice(0, MOST_SEEN),
			pending: [...known.pending.filter((id) => from !== undefined && id >= from), ...waiting],
			stops: known.stops.slice(0, -1),
		},
	};
};

/** Shows up only now, between ones that were seen before. */
const isLate = ({ isAnswered }: ListEvent, { id }: Happening, { seen }: Mark) =>
	!isAnswered && seen.length > 0 && id > Math.min(...seen);
