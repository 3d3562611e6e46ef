import { createdAt, parseBunqTime } from '../api/clock';
import type { Bunq } from '../connect';
import type { FeedRecord, ListEvent } from './event';
import { withServerTime } from './pollRun';
import { MAX_RECENT_IDS, type Cursor } from './pollState';

/**
 * One account's list since its cursor. Reading it is the only I/O; what is new and where the cursor moves are pure
 * functions of the cursor and of what was read. bunq's lists are newest first (docs/bunq-api.md 6).
 */

export interface ReadLimits {
	/** Events before this time are skipped; milliseconds UTC, bunq's clock, which is known once bunq has replied. */
	oldestEventTime(): number;
	/** When to request no further page; milliseconds UTC, this machine's clock. */
	deadline: number;
}

/** What one poll read of a list: the newest records, or the next part of a gap. */
export interface FeedRead {
	/** Each record once. */
	records: FeedRecord[];
	/** How many pages were requested. */
	pages: number;
	/** When bunq answered, or earlier; milliseconds UTC, bunq's clock. */
	checkedAt: number;
	/** The lowest ID that was read when time ran out; undefined: reading got down to what is known. */
	interruptedAt?: number;
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
 * The events since the cursor, and the cursor to store together with them. Nothing newer is emitted before something
 * older: where time runs out among new records, nothing is emitted and the cursor tells where to resume. Throws a
 * BunqError when bunq cannot be read; the old cursor then stays.
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

/** Reads the account's list from its newest record, or from the cursor's last gap, down to what is known. */
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
			const oldest = items.at(-1);
			if (!oldest || isLast) return { pages, reachedEnd: true };
			if (isKnownBelow(event, cursor, oldest, oldestEventTime())) break;
			if (Date.now() >= deadline) return { pages, reachedEnd: false, interruptedAt: oldest.id };
		}
		return { pages, reachedEnd: false };
	};
	const { result, at: checkedAt } = await withServerTime(bunq, readPages);
	return { ...result, checkedAt, records: [...records.values()] };
};

/**
 * Whether everything older than this record is known: by its ID, or, where records never change, by its time.
 * @param oldest milliseconds UTC, bunq's clock
 */
export const isKnownBelow = (
	{ isResolved }: ListEvent,
	{ highWaterId, pendingIds, baseline }: Cursor,
	record: FeedRecord,
	oldest: number,
) => {
	const lowestKnown = pendingIds.reduce((low, id) => Math.min(low, id), highWaterId);
	return (
		record.id <= lowestKnown || (!isResolved && createdAt(record) < Math.max(baseline, oldest))
	);
};

/**
 * The records that are new, oldest first. A record counts once it is resolved, where the event is an answer.
 * @param oldest events before this time are skipped; milliseconds UTC, bunq's clock
 */
export const newEvents = (
	event: ListEvent,
	cursor: Cursor,
	read: FeedRead,
	oldest: number,
): FeedRecord[] => {
	if (wasInterruptedAboveKnown(cursor, read)) return [];
	const timeOf = (record: FeedRecord) => eventTime(event, record);
	const isUnseen = unseenFilter(cursor);
	const pending = new Set(cursor.pendingIds);
	const isNew = (record: FeedRecord) => {
		const time = timeOf(record);
		const wasPending = pending.has(record.id);
		// A record that was pending when last read was resolved after that, even if no time in it says so.
		const isTooOld = time < oldest && !(wasPending && time < cursor.checkedAt);
		return isDone(event, record) && !isTooOld && (wasPending || isUnseen(record.id, time));
	};
	return read.records.filter(isNew).sort((a, b) => timeOf(a) - timeOf(b) || a.id - b.id);
};

/** The cursor after the events of this read are emitted. */
export const advance = (event: ListEvent, cursor: Cursor, read: FeedRead): Cursor => {
	const { records, checkedAt, interruptedAt, reachedEnd } = read;
	if (wasInterruptedAboveKnown(cursor, read))
		return { ...cursor, checkedAt, gaps: addGap(cursor.gaps, interruptedAt), isBackfilling: true };

	const resumeId = resumeIdOf(cursor);
	const ids = records.map(({ id }) => id);
	const highest = ids.reduce((high, id) => Math.max(high, id), 0);
	const recentIds = [...new Set([...ids, ...cursor.recentIds])].sort((a, b) => b - a);
	// Without recent IDs nothing above the gap was read yet, so no ID below it can be late.
	const isFirstPart = resumeId !== undefined && cursor.recentIds.length === 0;
	const wasUnread = (id: number) => id >= (resumeId ?? Infinity) || id < (interruptedAt ?? 0);
	return {
		...cursor,
		checkedAt,
		baseline: reachedEnd && resumeId === undefined ? 0 : cursor.baseline,
		highWaterId: Math.max(cursor.highWaterId, resumeId ?? highest + 1),
		recentIds: isFirstPart ? [] : recentIds.slice(0, MAX_RECENT_IDS),
		pendingIds: [
			...cursor.pendingIds.filter(wasUnread),
			...records.filter((record) => !isDone(event, record)).map(({ id }) => id),
		],
		gaps: addGap(cursor.gaps.slice(0, -1), interruptedAt),
		isBackfilling: resumeId !== undefined || interruptedAt !== undefined || undefined,
	};
};

/** bunq's `older_id` to resume from; undefined: the newest record. */
const resumeIdOf = ({ gaps }: Cursor) => gaps.at(-1);

const addGap = (gaps: number[], id?: number) => (id === undefined ? gaps : [...gaps, id]);

/** Whether time ran out among new records: older new ones must be emitted first. */
const wasInterruptedAboveKnown = ({ highWaterId }: Cursor, { interruptedAt = 0 }: FeedRead) =>
	interruptedAt > highWaterId;

const isDone = ({ isResolved }: ListEvent, record: FeedRecord) => isResolved?.(record) ?? true;

/** Tells IDs that are new: above everything that was read, or late, between or below what was. */
const unseenFilter = ({ highWaterId, recentIds, baseline }: Cursor) => {
	const known = new Set(recentIds);
	const lowest = recentIds.at(-1) ?? Infinity;
	return (id: number, time: number) => {
		if (known.has(id)) return false;
		// A time that cannot be read hides nothing.
		const isRecent = !(time < baseline);
		if (id >= highWaterId) return known.size > 0 || isRecent;
		return id > lowest || (known.size > 0 && known.size < MAX_RECENT_IDS && isRecent);
	};
};

/**
 * When the event happened, milliseconds UTC by bunq's clock: the creation, or the latest time that an answer left.
 * Whether bunq updates a request when it expires is not documented (docs/bunq-api.md 9.5), so the expiry counts too.
 */
export const eventTime = ({ isResolved }: ListEvent, record: FeedRecord) => {
	if (!isResolved) return createdAt(record);
	const expiry = record.status === 'EXPIRED' && record.time_expiry;
	const times = [record.updated ?? record.created, record.time_responded, expiry].filter(
		(time) => typeof time === 'string',
	);
	return times.length > 0 ? Math.max(...times.map(parseBunqTime)) : NaN;
};
