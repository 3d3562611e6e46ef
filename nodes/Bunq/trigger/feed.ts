import type { Bunq } from '../connect';
import type { FeedRecord, ListEvent } from './event';
import { createdAt } from '../api/clock';
import { MAX_RECENT_IDS, type Cursor } from './pollState';
import { withServerTime } from './pollRun';

/** Reading what happened in an account since its mark. */

export interface ReadLimits {
	/** For an account without a mark: only what happened from this time on is new; milliseconds UTC, bunq's clock. */
	baseline: number;
	/** What happened before this is passed over. */
	oldestEventTime(): number;
	/** When to begin no further page; milliseconds UTC, this machine's clock. */
	deadline: number;
}

export interface FeedResult {
	/** Oldest first. */
	events: FeedRecord[];
	cursor: Cursor;
	/** How many pages were read. */
	pages: number;
}

/** When the event happened: an answer changes the thing. Whether that time passing by does, nobody knows. */
export const eventTime = ({ isResolved }: ListEvent, one: FeedRecord) => {
	if (!isResolved) return createdAt(one);
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
export const readFeed = async (
	event: ListEvent,
	account: number,
	mark: Cursor | undefined,
	bunq: Bunq,
	{ baseline, oldestEventTime, deadline }: ReadLimits,
): Promise<FeedResult> => {
	const known = mark ?? {
		checkedAt: 0,
		baseline,
		highWaterId: 0,
		recentIds: [],
		pendingIds: [],
		gaps: [],
	};
	const from = known.gaps.at(-1);
	const earlier = known.gaps.slice(0, -1);
	const lowest = known.pendingIds.reduce((low, id) => Math.min(low, id), known.highWaterId);
	/** Everything older is known: by id, or, where it cannot change any more, by time. */
	const isAllKnownBelow = (one: FeedRecord) =>
		one.id <= lowest ||
		(!event.isResolved && createdAt(one) < Math.max(known.baseline, oldestEventTime()));

	const found = new Map<number, FeedRecord>();
	const path = event.path(account) + (from === undefined ? '' : `?older_id=${from}`);
	/** Reads down to what is known. Returns where it had to end for lack of time, and whether bunq had nothing older. */
	const read = async () => {
		let pages = 0;
		for await (const { items, isLast } of bunq.pages<FeedRecord>(path)) {
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
	} = await withServerTime(bunq, read);
	if (stop !== undefined && stop > known.highWaterId)
		return {
			events: [],
			cursor: { ...known, checkedAt: readAt, gaps: [...known.gaps, stop], isBackfilling: true },
			pages,
		};

	const isOver = event.isResolved ?? (() => true);
	const at = (one: FeedRecord) => eventTime(event, one);
	const waited = new Set(known.pendingIds);
	// What waited when it was last looked at was answered after that, even if none of its times says so.
	const isTooOld = (one: FeedRecord) =>
		at(one) < oldestEventTime() && !(waited.has(one.id) && at(one) < known.checkedAt);
	const isUnseen = unseenFilter(known);
	const isNew = (one: FeedRecord) =>
		isOver(one) && !isTooOld(one) && (waited.has(one.id) || isUnseen(one.id, at(one)));
	const waiting = [...found.values()].filter((one) => !isOver(one)).map(({ id }) => id);
	const isUnread = (id: number) => id >= (from ?? Infinity) || id < (stop ?? 0);
	const highest = [...found.keys()].reduce((high, id) => Math.max(high, id), 0);
	const seen = [...new Set([...found.keys(), ...known.recentIds])].sort((a, b) => b - a);
	return {
		events: [...found.values()].filter(isNew).sort((a, b) => at(a) - at(b) || a.id - b.id),
		cursor: {
			...known,
			checkedAt: readAt,
			baseline: isWhole && from === undefined ? 0 : known.baseline,
			highWaterId: Math.max(known.highWaterId, from ?? highest + 1),
			// What is newer than this part was not read yet: no id in it is late.
			recentIds:
				from !== undefined && known.recentIds.length === 0 ? [] : seen.slice(0, MAX_RECENT_IDS),
			pendingIds: [...known.pendingIds.filter(isUnread), ...waiting],
			gaps: stop === undefined ? earlier : [...earlier, stop],
			isBackfilling: from !== undefined || stop !== undefined || undefined,
		},
		pages,
	};
};

/** Tells what shows up for the first time: above all that was looked at, or late, between or below what was. */
const unseenFilter = ({ highWaterId, recentIds, baseline }: Cursor) => {
	const known = new Set(recentIds);
	const lowest = recentIds.at(-1) ?? Infinity;
	return (id: number, at: number) => {
		if (known.has(id)) return false;
		// A time that cannot be read hides nothing.
		const isRecent = !(at < baseline);
		if (id >= highWaterId) return known.size > 0 || isRecent;
		return id > lowest || (known.size > 0 && known.size < MAX_RECENT_IDS && isRecent);
	};
};
