import { createdAt, DAY_MS, parseBunqTime } from '../api/clock';
import type { BunqRecord } from '../api/client';
import { readId, readText } from '../api/readable';
import type { Feed, FeedRecord } from './event';
import type { Cursor, UnreadableEntries } from './pollState';

/** The entries of bunq's lists, read: an entry of any shape stops nobody, and one that cannot be read is never absent. */

/** An entry with its ID as a number; undefined for an entry without an ID that can be read. */
export const readEntry = (entry: BunqRecord & { id?: unknown }): FeedRecord | undefined => {
	const id = readId(entry.id);
	return id === undefined ? undefined : { ...entry, id };
};

/** Whether the event of a record has happened. With a status that cannot be read, nobody knows: it still waits. */
export const hasHappened = ({ isResolved }: Feed, record: FeedRecord) =>
	isResolved === undefined || (hasStatus(record) && isResolved(record));

/**
 * Whether a record waits for its answer. One that had it does not wait again: bunq's list may be behind for a moment, or
 * show a status that cannot be read.
 */
export const isWaiting = (event: Feed, { recentIds, pendingIds }: Cursor, record: FeedRecord) =>
	!hasHappened(event, record) && (pendingIds.includes(record.id) || !recentIds.includes(record.id));

const hasStatus = ({ status }: FeedRecord) => readText(status) !== undefined;

/** Entries of a list, newest first; undefined for those without a readable ID. */
type Entries = Array<FeedRecord | undefined>;

/**
 * When each record was created, by ID; milliseconds UTC, bunq's clock. A record whose time cannot be read was created no
 * later than the next newer one that has a time; NaN if there is none.
 */
export const creationTimes = (entries: Entries) => {
	const times = new Map<number, number>();
	let newer = NaN;
	for (const record of entries) {
		if (!record) continue;
		const time = createdAt(record);
		if (!Number.isNaN(time)) newer = time;
		times.set(record.id, newer);
	}
	return times;
};

/**
 * The entries that an error has to name: those without an ID among the new records, as one group for each place between
 * two records, and records that wait for an answer but have no status.
 * @param highWaterId what is listed below a record with a lower ID than this is not new
 */
export const unreadableIn = (event: Feed, entries: Entries, highWaterId: number) => {
	const groups = new Map<number, Omit<UnreadableEntries, 'isNamed'>>();
	const add = (nextTo: number, more: number) => {
		const count = (groups.get(nextTo)?.count ?? 0) + more;
		if (more > 0) groups.set(nextTo, { nextTo, count });
	};
	let waiting = 0;
	let isKnown = false;
	for (const record of entries) {
		if (!record) {
			waiting += isKnown ? 0 : 1;
			continue;
		}
		add(record.id, waiting);
		waiting = 0;
		isKnown ||= record.id < highWaterId;
		if (event.isResolved && !hasStatus(record)) add(record.id, 1);
	}
	add(0, waiting);
	return [...groups.values()];
};

/** How many groups of unreadable entries are kept for each account. */
const MAX_UNREADABLE = 50;

/**
 * The unreadable entries to keep: those of this read, those that no error has named yet, and after a partial read all.
 * @param isSilent whether what is there now is older than the trigger
 */
export const keepUnreadable = (
	before: UnreadableEntries[] = [],
	found: Array<Omit<UnreadableEntries, 'isNamed'>>,
	{ isSilent, isPartial }: { isSilent: boolean; isPartial: boolean },
): UnreadableEntries[] | undefined => {
	const known = new Map(before.map((group) => [group.nextTo, group]));
	const now = found.map(({ nextTo, count }) => {
		const last = known.get(nextTo);
		return { nextTo, count, isNamed: isSilent || (last?.isNamed === true && last.count >= count) };
	});
	const isFound = new Set(now.map(({ nextTo }) => nextTo));
	const others = before.filter(
		({ nextTo, isNamed }) => (isPartial || !isNamed) && !isFound.has(nextTo),
	);
	const kept = [...now, ...others].slice(0, MAX_UNREADABLE);
	return kept.length > 0 ? kept : undefined;
};

/** For how long a list may lack a record that waits for an answer, until it counts as removed. */
const MAX_MISSING_MS = DAY_MS;

/**
 * The records that wait for an answer after a read: those that it showed, those outside it, and those that the list lacks,
 * perhaps for a moment, or shows without an ID that can be read. An answer to any of them is still an event.
 */
export const keepPending = (
	{ pendingIds, missingSince = {} }: Pick<Cursor, 'pendingIds' | 'missingSince'>,
	read: { ids: number[]; waiting: number[]; checkedAt: number; isOutsideRead(id: number): boolean },
): Pick<Cursor, 'pendingIds' | 'missingSince'> => {
	const listed = new Set(read.ids);
	const sinceOf = (id: number) =>
		missingSince[id] ?? (read.isOutsideRead(id) ? undefined : read.checkedAt);
	const kept = pendingIds
		.filter((id) => !listed.has(id))
		.map((id) => ({ id, since: sinceOf(id) }))
		.filter(({ since = read.checkedAt }) => read.checkedAt - since < MAX_MISSING_MS);
	const missing = kept.flatMap(({ id, since }) => (since === undefined ? [] : [[id, since]]));
	return {
		pendingIds: [...kept.map(({ id }) => id), ...read.waiting],
		missingSince: missing.length > 0 ? Object.fromEntries(missing) : undefined,
	};
};

/**
 * The IDs that stay known: not those that no longer wait although they had no answer, as one that is listed again waits
 * again. Records with lists stay known, as their entries would look new.
 */
export const stillKnown = (
	{ parts }: Feed & { parts?: unknown },
	{ recentIds, pendingIds }: Cursor,
	next: Pick<Cursor, 'pendingIds'>,
) => recentIds.filter((id) => parts || !pendingIds.includes(id) || next.pendingIds.includes(id));

/**
 * When the event happened; milliseconds UTC, bunq's clock. An answer happens at the latest of its times. Whether bunq
 * updates a request on expiry is undocumented (docs/bunq-api.md 9.5), so the expiry counts too. NaN if no time can be read.
 * @param created when the record was created, NaN if unknown
 */
export const eventTime = ({ isResolved }: Feed, record: FeedRecord, created = NaN) => {
	if (!isResolved) return created;
	const expiry = record.status === 'EXPIRED' ? record.time_expiry : undefined;
	const times = [record.updated, record.time_responded, expiry].map(parseBunqTime);
	const known = times.filter((time) => !Number.isNaN(time));
	return known.length > 0 ? known.reduce((latest, time) => Math.max(latest, time)) : created;
};
