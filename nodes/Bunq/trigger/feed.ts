import { createdAt, monotonicNow, parseBunqTime } from '../api/clock';
import type { Bunq } from '../connect';
import type { FeedRecord, ListEvent } from './event';
import { withServerTime } from './pollRun';
import { MAX_RECENT_IDS, type Cursor } from './pollState';

/**
 * Reads one account's list since its cursor. Reading is the only I/O: which records are new and where the cursor moves
 * are pure functions of the cursor and the records. bunq's lists are newest first (docs/bunq-api.md 6).
 */

export interface ReadLimits {
	/** Events before this time are skipped; milliseconds UTC, bunq's clock, which is known once bunq has replied. */
	oldestEventTime(): number;
	/** After this time no further page is requested; `monotonicNow`. */
	deadline: number;
}

/** The part of a list that a poll read: the newest records, or the next part of a gap. */
export interface FeedRead {
	/** Each record once. */
	records: FeedRecord[];
	/** How many pages were requested. */
	pages: number;
	/** When bunq answered, or earlier; milliseconds UTC, bunq's clock. */
	checkedAt: number;
	/** The lowest ID that was read when time ran out; undefined: the read reached known records. */
	interruptedAtId?: number;
	/** Whether bunq has nothing older. */
	reachedEnd: boolean;
}

export interface FeedResult {
	/** Oldest first. */
	events: FeedRecord[];
	cursor: Cursor;
	pages: number;
}

/**
 * Returns the events since the cursor, and the cursor to store together with them. Older events are always emitted before
 * newer ones: if time runs out among new records, nothing is emitted yet, and the cursor says where to resume. Throws a
 * BunqError if the list cannot be read; the caller keeps the old cursor.
 */
export const readFeed = async (
	event: ListEvent,
	account: number,
	cursor: Cursor,
	bunq: Bunq,
	limits: ReadLimits,
): Promise<FeedResult> => {
	const read = await readUntilKnown(event, account, cursor, bunq, limits);
	return {
		events: newEvents(event, cursor, read, limits.oldestEventTime()),
		cursor: advance(event, cursor, read),
		pages: read.pages,
	};
};

/** Reads the list from its newest record, or from the cursor's last gap, down to known records. */
const readUntilKnown = async (
	event: ListEvent,
	account: number,
	cursor: Cursor,
	bunq: Bunq,
	{ oldestEventTime, deadline }: ReadLimits,
): Promise<FeedRead> => {
	const resumeId = resumeIdOf(cursor);
	const path = event.path(account) + (resumeId === undefined ? '' : `?older_id=${resumeId}`);
	const records = new Map<number, FeedRecord>();
	const readPages = async () => {
		let pages = 0;
		for await (const { items, isLast } of bunq.pages<FeedRecord>(path)) {
			pages++;
			for (const record of items) records.set(record.id, record);
			const oldestRecord = items.at(-1);
			if (!oldestRecord || isLast) return { pages, reachedEnd: true };
			if (isKnownBelow(event, cursor, oldestRecord, oldestEventTime())) break;
			if (monotonicNow() >= deadline)
				return { pages, reachedEnd: false, interruptedAtId: oldestRecord.id };
		}
		return { pages, reachedEnd: false };
	};
	const { result, at: checkedAt } = await withServerTime(bunq, readPages);
	return { ...result, checkedAt, records: [...records.values()] };
};

/**
 * Whether everything older than this record is known: by ID, or by time if records of this event never change.
 * @param oldestTime milliseconds UTC, bunq's clock
 */
export const isKnownBelow = (
	{ isResolved }: ListEvent,
	{ highWaterId, pendingIds, baseline }: Cursor,
	record: FeedRecord,
	oldestTime: number,
) => {
	const lowestKnown = pendingIds.reduce((low, id) => Math.min(low, id), highWaterId);
	return (
		record.id <= lowestKnown || (!isResolved && createdAt(record) < Math.max(baseline, oldestTime))
	);
};

/**
 * The new events, oldest first. If the event is an answer, a record counts once it is resolved.
 * @param oldestTime events before this time are skipped; milliseconds UTC, bunq's clock
 */
export const newEvents = (
	event: ListEvent,
	cursor: Cursor,
	read: FeedRead,
	oldestTime: number,
): FeedRecord[] => {
	if (wasInterruptedAboveKnown(cursor, read)) return [];
	const timeOf = (record: FeedRecord) => eventTime(event, record);
	const isUnseen = unseenFilter(cursor);
	const pending = new Set(cursor.pendingIds);
	const isNew = (record: FeedRecord) => {
		const time = timeOf(record);
		const wasPending = pending.has(record.id);
		// A record that was pending at the last check was resolved after it, even if none of its times says so.
		const isTooOld = time < oldestTime && !(wasPending && time < cursor.checkedAt);
		return isDone(event, record) && !isTooOld && (wasPending || isUnseen(record.id, time));
	};
	return read.records.filter(isNew).sort((a, b) => timeOf(a) - timeOf(b) || a.id - b.id);
};

/** The cursor to store when the events of this read are emitted. */
export const advance = (event: ListEvent, cursor: Cursor, read: FeedRead): Cursor => {
	const { records, checkedAt, interruptedAtId, reachedEnd } = read;
	if (wasInterruptedAboveKnown(cursor, read))
		return {
			...cursor,
			checkedAt,
			gaps: addGap(cursor.gaps, interruptedAtId),
			isBackfilling: true,
		};

	const resumeId = resumeIdOf(cursor);
	const ids = records.map(({ id }) => id);
	const highest = ids.reduce((high, id) => Math.max(high, id), 0);
	const recentIds = [...new Set([...ids, ...cursor.recentIds])].sort((a, b) => b - a);
	// The IDs above the gap were not kept. With those below it alone, old records above it would look new.
	const isFirstPart = resumeId !== undefined && cursor.recentIds.length === 0;
	const isOutsideRead = (id: number) => id >= (resumeId ?? Infinity) || id < (interruptedAtId ?? 0);
	return {
		...cursor,
		checkedAt,
		baseline: reachedEnd && resumeId === undefined ? 0 : cursor.baseline,
		highWaterId: Math.max(cursor.highWaterId, resumeId ?? highest + 1),
		recentIds: isFirstPart ? [] : recentIds.slice(0, MAX_RECENT_IDS),
		pendingIds: [
			...cursor.pendingIds.filter(isOutsideRead),
			...records.filter((record) => !isDone(event, record)).map(({ id }) => id),
		],
		gaps: addGap(cursor.gaps.slice(0, -1), interruptedAtId),
		isBackfilling: resumeId !== undefined || interruptedAtId !== undefined || undefined,
	};
};

/** bunq's `older_id` to resume from; undefined: the newest record. */
const resumeIdOf = ({ gaps }: Cursor) => gaps.at(-1);

const addGap = (gaps: number[], id?: number) => (id === undefined ? gaps : [...gaps, id]);

/** Whether time ran out among new records. Then older ones are still unread, and must be emitted first. */
const wasInterruptedAboveKnown = ({ highWaterId }: Cursor, { interruptedAtId = 0 }: FeedRead) =>
	interruptedAtId > highWaterId;

const isDone = ({ isResolved }: ListEvent, record: FeedRecord) => isResolved?.(record) ?? true;

/** Recognizes IDs that were never read: above all known IDs, or late arrivals between or below them. */
const unseenFilter = ({ highWaterId, recentIds, baseline }: Cursor) => {
	const known = new Set(recentIds);
	const lowest = recentIds.at(-1) ?? Infinity;
	return (id: number, time: number) => {
		if (known.has(id)) return false;
		// A record without a readable time counts as recent.
		const isRecent = !(time < baseline);
		if (id >= highWaterId) return known.size > 0 || isRecent;
		return id > lowest || (known.size > 0 && known.size < MAX_RECENT_IDS && isRecent);
	};
};

/**
 * When the event happened; milliseconds UTC, bunq's clock. An answer happens at the latest of its times. Whether bunq
 * updates a request on expiry is undocumented (docs/bunq-api.md 9.5), so the expiry counts too. NaN without any time.
 */
export const eventTime = ({ isResolved }: ListEvent, record: FeedRecord) => {
	if (!isResolved) return createdAt(record);
	const expiry = record.status === 'EXPIRED' && record.time_expiry;
	const candidates = [record.updated ?? record.created, record.time_responded, expiry];
	const times = candidates.flatMap((time) => time || []);
	return times.length > 0 ? Math.max(...times.map(parseBunqTime)) : NaN;
};
