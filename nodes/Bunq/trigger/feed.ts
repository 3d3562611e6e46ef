import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import type { Feed, FeedRecord } from './event';
import {
	creationTimes,
	eventTime,
	hasHappened,
	isWaiting,
	keepPending,
	keepUnreadable,
	readEntry,
	stillKnown,
	unreadableIn,
} from './feedEntries';
import { withServerTime, type PollRun } from './pollRun';
import { MAX_RECENT_IDS, type Cursor, type UnreadableEntries } from './pollState';

/**
 * Reads one account's list since its cursor. Reading is the only I/O: which records are new and where the cursor moves
 * are pure functions of the cursor and the records. bunq's lists are newest first (docs/bunq-api.md 6).
 */

/** What reading a list needs of its poll. */
export type ReadContext = Pick<PollRun, 'bunq' | 'oldestEventTime' | 'deadline'>;

/** The part of a list that a poll read: the newest records, or the next part of a gap. */
export interface FeedRead {
	/** Each record once. */
	records: FeedRecord[];
	/** When each record was created, by ID; milliseconds UTC, bunq's clock. NaN where neither it nor a newer one says so. */
	createdAt: ReadonlyMap<number, number>;
	/** Entries that are no records, and records whose status cannot be read. */
	unreadable: Array<Omit<UnreadableEntries, 'isNamed'>>;
	/** How many pages were requested. */
	pages: number;
	/** When bunq answered, or earlier; milliseconds UTC, bunq's clock. */
	checkedAt: number;
	/** The lowest ID that was read when time ran out; undefined: the read reached known records. */
	interruptedAtId?: number;
	/** Whether bunq has nothing older. */
	reachedEnd: boolean;
}

export interface FeedEvent {
	record: FeedRecord;
	/** When it happened, or the best that is known; milliseconds UTC, bunq's clock. */
	at: number;
}

export interface FeedResult {
	/** Oldest first. */
	events: FeedEvent[];
	cursor: Cursor;
	pages: number;
	/** What this poll read of the list. */
	read: FeedRead;
	/** The newest record of the list, if it was read. */
	newest?: FeedRecord;
}

/**
 * Returns the events since the cursor, and the cursor to store together with them. Older events are always emitted before
 * newer ones: if time runs out among new records, nothing is emitted yet, and the cursor says where to resume. Throws a
 * BunqError if the list cannot be read; the caller keeps the old cursor.
 */
export const readFeed = async (
	event: Feed,
	account: number,
	cursor: Cursor,
	run: ReadContext,
): Promise<FeedResult> => {
	const read = await readUntilKnown(event, account, cursor, run);
	return {
		events: newEvents(event, cursor, read, run.oldestEventTime()),
		cursor: advance(event, cursor, read),
		pages: read.pages,
		read,
		newest: resumeIdOf(cursor) === undefined ? newestOf(read) : undefined,
	};
};

const newestOf = ({ records }: FeedRead) =>
	records.length > 0 ? records.reduce((high, one) => (one.id > high.id ? one : high)) : undefined;

/** Reads the list from its newest record, or from the cursor's last gap, down to known records. */
const readUntilKnown = async (
	event: Feed,
	account: number,
	cursor: Cursor,
	{ bunq, oldestEventTime, deadline }: ReadContext,
): Promise<FeedRead> => {
	const resumeId = resumeIdOf(cursor);
	const { bunqId = Number, readEntry: toRecord = readEntry } = event;
	const older = resumeId === undefined ? '' : `?older_id=${bunqId(resumeId)}`;
	const path = event.path(account) + older;
	const entries: Array<FeedRecord | undefined> = [];
	const isKnownBelowPage = (page: typeof entries) => {
		const oldest = page.filter((entry) => entry !== undefined).at(-1);
		const created = oldest && creationTimes(page).get(oldest.id);
		return oldest && isKnownBelow(event, cursor, oldest.id, created ?? NaN, oldestEventTime());
	};
	const readPages = async () => {
		let pages = 0;
		for await (const { items, isLast } of bunq.pages(path)) {
			pages++;
			const page = items.map(toRecord);
			for (const entry of page) entries.push(entry);
			if (isLast) return { pages, reachedEnd: true };
			if (isKnownBelowPage(page)) break;
			if (monotonicNow() >= deadline)
				return { pages, reachedEnd: false, interruptedAtId: lowestId(entries) };
		}
		return { pages, reachedEnd: false };
	};
	const { result, at: checkedAt } = await withServerTime(bunq, readPages);
	const records = new Map(entries.flatMap((entry) => (entry ? [[entry.id, entry]] : [])));
	return {
		...result,
		checkedAt,
		records: [...records.values()],
		createdAt: creationTimes(entries),
		unreadable: unreadableIn(event, entries, cursor.highWaterId),
	};
};

/** The lowest ID, to resume below it. Throws a BunqError if there is none: the read came to nothing. */
const lowestId = (entries: Array<FeedRecord | undefined>) => {
	const ids = entries.flatMap((entry) => entry?.id ?? []);
	if (ids.length > 0) return ids.reduce((low, id) => Math.min(low, id));
	throw new BunqError('unavailable', 'bunq listed only entries without a readable ID', {
		description: 'The poll ran out of time among them.',
	});
};

/**
 * Whether everything older than a record is known: by ID, or by time if records of this event never change.
 * @param created when the record was created, NaN if unknown; as `oldestTime`, milliseconds UTC, bunq's clock
 */
export const isKnownBelow = (
	{ isResolved }: Feed,
	{ highWaterId, pendingIds, baseline }: Cursor,
	id: number,
	created: number,
	oldestTime: number,
) => {
	const lowestKnown = pendingIds.reduce((low, pendingId) => Math.min(low, pendingId), highWaterId);
	const start = Math.max(baseline, oldestTime);
	return id <= lowestKnown || (!isResolved && (created < start || start === Infinity));
};

/**
 * The new events, oldest first. If the event is an answer, a record counts once it is resolved.
 * @param oldestTime events before this time are skipped; milliseconds UTC, bunq's clock
 */
export const newEvents = (
	event: Feed,
	cursor: Cursor,
	read: FeedRead,
	oldestTime: number,
): FeedEvent[] => {
	if (wasInterruptedAboveKnown(cursor, read)) return [];
	const isUnseen = unseenFilter(cursor, event);
	const pending = new Set(cursor.pendingIds);
	const isNew = (record: FeedRecord, time: number) => {
		const wasPending = pending.has(record.id);
		// A record that was pending at the last check was resolved after it, even if none of its times says so.
		const isTooOld = time < oldestTime && !(wasPending && time < cursor.checkedAt);
		return !isTooOld && hasHappened(event, record) && (wasPending || isUnseen(record.id, time));
	};
	const timed = read.records.map((record) => ({
		record,
		time: eventTime(event, record, read.createdAt.get(record.id)),
	}));
	// Nothing newer has a time either, so the record comes last.
	const latest = timed.reduce((max, { time }) => (time > max ? time : max), read.checkedAt);
	return timed
		.filter(({ record, time }) => isNew(record, time))
		.map(({ record, time }) => ({ record, at: Number.isNaN(time) ? latest : time }))
		.sort((a, b) => a.at - b.at || a.record.id - b.record.id);
};

/** The cursor to store when the events of this read are emitted. */
export const advance = (event: Feed, cursor: Cursor, read: FeedRead): Cursor => {
	const { records, checkedAt, interruptedAtId, reachedEnd } = read;
	if (wasInterruptedAboveKnown(cursor, read))
		return {
			...cursor,
			checkedAt,
			gaps: addGap(cursor.gaps, interruptedAtId),
			isBackfilling: true,
		};

	const resumeId = resumeIdOf(cursor);
	const isPartial = resumeId !== undefined || interruptedAtId !== undefined;
	const ids = records.map(({ id }) => id);
	const highest = ids.reduce((high, id) => Math.max(high, id), 0);
	// The IDs above the gap were not kept. With those below it alone, old records above it would look new.
	const isFirstPart = resumeId !== undefined && cursor.recentIds.length === 0;
	const isOutsideRead = (id: number) => id >= (resumeId ?? Infinity) || id < (interruptedAtId ?? 0);
	const waiting = records.filter((record) => isWaiting(event, cursor, record)).map(({ id }) => id);
	const pending = keepPending(cursor, { ids, waiting, checkedAt, isOutsideRead });
	const known = stillKnown(event, cursor, pending);
	const recentIds = [...new Set([...ids, ...known])].sort((a, b) => b - a);
	return {
		...cursor,
		checkedAt,
		baseline: reachedEnd && resumeId === undefined ? 0 : cursor.baseline,
		highWaterId: Math.max(cursor.highWaterId, resumeId ?? highest + 1),
		recentIds: isFirstPart ? [] : recentIds.slice(0, keptIdsOf(event)),
		...pending,
		gaps: addGap(cursor.gaps.slice(0, -1), interruptedAtId),
		unreadable: keepUnreadable(cursor.unreadable, read.unreadable, {
			isSilent: cursor.baseline === Infinity,
			isPartial,
		}),
		isBackfilling: isPartial || undefined,
	};
};

/** bunq's `older_id` to resume from; undefined: the newest record. */
const resumeIdOf = ({ gaps }: Cursor) => gaps.at(-1);

const addGap = (gaps: number[], id?: number) => (id === undefined ? gaps : [...gaps, id]);

/** Whether time ran out among new records. Then older ones are still unread, and must be emitted first. */
const wasInterruptedAboveKnown = ({ highWaterId }: Cursor, { interruptedAtId = 0 }: FeedRead) =>
	interruptedAtId > highWaterId;

const keptIdsOf = ({ keptIds = MAX_RECENT_IDS }: Feed) => keptIds;

/** Recognizes IDs that were never read: above all known IDs, or late arrivals between or below them. */
export const unseenFilter = ({ highWaterId, recentIds, baseline }: Cursor, event: Feed) => {
	const known = new Set(recentIds);
	const lowest = recentIds.at(-1) ?? Infinity;
	return (id: number, time: number) => {
		if (known.has(id)) return false;
		// Without a readable time, a record above all known IDs counts as recent, and one below them as old.
		if (id >= highWaterId) return known.size > 0 || !(time < baseline);
		const isRecent = baseline === 0 || time >= baseline;
		return id > lowest || (known.size > 0 && known.size < keptIdsOf(event) && isRecent);
	};
};
