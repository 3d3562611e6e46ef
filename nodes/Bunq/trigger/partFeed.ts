import { CLOCK_SKEW_MS, createdAt, DAY_MS, monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import type { FeedRecord, ListEvent, PartList } from './event';
import { readFeed, unseenFilter, type FeedEvent, type FeedResult, type ReadContext } from './feed';
import { hasHappened } from './feedEntries';
import { newCursor, type Cursor, type PartCursor } from './pollState';

/**
 * The lists that the records of a list have, such as the runs of scheduled payments. A list is read when its record shows
 * something new, so an idle poll reads none of them; and one in rotation among those that may change without such a sign.
 */

/** bunq may list an entry a moment after the record has changed; milliseconds. */
const LISTED_LATE_MS = 60 * 60_000;
/** For how long an entry that may still change is looked at; milliseconds. */
const OPEN_MS = 7 * DAY_MS;

/** A new entry, and the list that it is in. */
export interface PartEvent extends FeedEvent {
	list: PartList;
}

export interface PartsRead {
	events: PartEvent[];
	/** The cursors to store with the events; undefined if there are none. */
	parts?: Record<string, PartCursor>;
	/** Whether a list still has to be read. */
	isUnfinished: boolean;
	/** Why a list could not be read: its cursor stays, and the next poll tries again. */
	error?: BunqError;
}

/** A record whose list is watched. */
interface Watched {
	id: number;
	list: PartList;
	part: PartCursor;
	/** Whether the record has not ended. */
	isWaiting: boolean;
}

/**
 * Reads the lists of records after the list with the records was read. Throws a BunqError where nobody is logged in; any
 * other failure of a list is a part of the result, because the events of other lists are to be emitted.
 * @param cursor how far the list with the records was read before
 */
export const readParts = async (
	event: ListEvent,
	account: number,
	cursor: Cursor,
	feed: Pick<FeedResult, 'read' | 'cursor'>,
	run: ReadContext,
): Promise<PartsRead> => {
	const watched = watchedRecords(event, cursor, feed.read);
	const next = new Map(watched.map((one) => [one.id, one]));
	const result: PartsRead = { events: [], isUnfinished: false };
	for (const [index, one] of selectDue(watched, feed.read.checkedAt).entries()) {
		if (index > 0 && monotonicNow() >= run.deadline) {
			result.isUnfinished = true;
			break;
		}
		const read = await readFeed(one.list, account, one.part, run).catch(toFailure);
		if (read instanceof BunqError) {
			result.error ??= read;
			continue;
		}
		const { list } = one;
		for (const found of read.events) result.events.push({ ...found, list });
		result.isUnfinished ||= read.cursor.isBackfilling === true;
		next.set(one.id, { ...one, part: advancePart(one, read) });
	}
	return { ...result, parts: toStored(cursor, feed, next) };
};

/** One list's failure does not stop the others. */
const toFailure = async (error: unknown) =>
	error instanceof BunqError && error.kind !== 'authentication'
		? error
		: await Promise.reject(error as Error);

/** The records that have not ended or were watched before, and those that are new. */
const watchedRecords = (event: ListEvent, cursor: Cursor, read: FeedResult['read']): Watched[] => {
	const isSilent = cursor.baseline === Infinity;
	const isUnseen = unseenFilter(cursor, event);
	const isNew = ({ id }: FeedRecord) => isUnseen(id, read.createdAt.get(id) ?? NaN);
	const listed = read.records.flatMap((record) => {
		const list = event.parts?.(record);
		const known = cursor.parts?.[record.id];
		const isWaiting = !hasHappened(event, record);
		if (!list || !(known || isWaiting || (!isSilent && isNew(record)))) return [];
		const part = known ?? firstPart(list, isSilent, isSilent || !isNew(record) ? read : cursor);
		return [{ id: record.id, list, part, isWaiting }];
	});
	return [...listed, ...missingRecords(event, cursor, read)];
};

/** Records that wait and that bunq no longer lists: they may have ended, and their lists may have grown before. */
const missingRecords = (
	{ parts: listOf }: ListEvent,
	{ parts = {}, pendingIds }: Cursor,
	{ records }: FeedResult['read'],
): Watched[] => {
	const listed = new Set(records.map(({ id }) => id));
	return pendingIds.flatMap((id) => {
		const [list, part] = [listOf?.({ _type: '', id }), parts[id]];
		const isMissing = !listed.has(id) && list && part;
		return isMissing ? [{ id, list: { ...list, shown: undefined }, part, isWaiting: true }] : [];
	});
};

/** The cursor of a list that was never read: of a record that is older than the trigger, what comes from now on is new. */
const firstPart = (
	{ shown = '' }: PartList,
	isSilent: boolean,
	since: Pick<Cursor, 'checkedAt'> & Partial<Pick<Cursor, 'baseline'>>,
): PartCursor => ({
	...newCursor(since.baseline ?? since.checkedAt - CLOCK_SKEW_MS),
	shown: isSilent ? shown : undefined,
	changedAt: 0,
	openUntil: 0,
});

/** Whether the record shows that its list was not read to its end. */
const isChanged = ({ part, list: { shown } }: Watched) =>
	part.shown === undefined ||
	part.isBackfilling === true ||
	(shown !== undefined && shown !== part.shown);

/** Whether the list may have changed without a sign of its record. */
const mayHaveChanged = ({ part, list, isWaiting }: Watched, now: number) =>
	Math.max(part.openUntil, part.changedAt + LISTED_LATE_MS) > now ||
	(isWaiting && list.shown === undefined);

/** Which lists to read: those that changed, and of the others the one that was read longest ago. */
const selectDue = (watched: Watched[], now: number) => {
	const byAge = [...watched].sort((a, b) => a.part.checkedAt - b.part.checkedAt || a.id - b.id);
	const rest = byAge.filter((one) => !isChanged(one) && mayHaveChanged(one, now));
	return [...byAge.filter(isChanged), ...rest.slice(0, 1)];
};

const advancePart = (one: Watched, { read, cursor }: FeedResult): PartCursor => {
	const { part, list } = one;
	const open = read.records.filter((entry) => list.isOpen(entry));
	const ends = open
		.map((entry) => createdAt(entry) + OPEN_MS)
		.filter((time) => !Number.isNaN(time));
	const openUntil = ends.reduce(
		(latest, time) => Math.max(latest, time),
		cursor.isBackfilling ? part.openUntil : 0,
	);
	return {
		...cursor,
		shown: cursor.isBackfilling ? part.shown : (list.shown ?? ''),
		changedAt: isChanged(one) ? read.checkedAt : part.changedAt,
		openUntil,
	};
};

/** The cursors to keep: of records that have not ended, and of lists that still may change. */
const toStored = (
	cursor: Cursor,
	{ read, cursor: { pendingIds } }: Pick<FeedResult, 'read' | 'cursor'>,
	next: Map<number, Watched>,
) => {
	const pending = new Set(pendingIds);
	const others = Object.entries(cursor.parts ?? {}).filter(([id]) => !next.has(Number(id)));
	const kept = [
		...[...next.values()].flatMap((one) =>
			one.isWaiting || isChanged(one) || mayHaveChanged(one, read.checkedAt)
				? [[one.id, one.part]]
				: [],
		),
		...others.filter(([id, part]) => pending.has(Number(id)) || part.openUntil > read.checkedAt),
	];
	return kept.length > 0 ? (Object.fromEntries(kept) as Cursor['parts']) : undefined;
};
