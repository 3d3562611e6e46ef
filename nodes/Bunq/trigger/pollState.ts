import { isRecord } from '../api/json';

/**
 * What a trigger stores between polls. n8n is certain to save it only when a poll emits items, so after a restart it may
 * be older than the last poll. Therefore everything in it can be derived from bunq again (docs/design.md, The trigger's state).
 */

/** How far an account was read. */
export type Cursor = {
	/** The account's balance when it was last read: a decimal string in the account's currency. */
	balance?: string;
	/** When the account was last read; milliseconds UTC, bunq's clock. */
	checkedAt: number;
	/**
	 * Events before this time are not new; milliseconds UTC, bunq's clock. 0 once the list was read to its end: then IDs
	 * alone decide which records are new.
	 */
	baseline: number;
	/** Every lower ID was read. */
	highWaterId: number;
	/** The newest IDs that were read, highest first: an ID that shows up late is not among them. */
	recentIds: number[];
	/** IDs of records that wait for an answer. */
	pendingIds: number[];
	/** IDs at which reads ran out of time, lowest last. The next read resumes below the last one. */
	gaps: number[];
	/** Whether the newest records are still unread, because a gap is open or this poll closed one. */
	isBackfilling?: boolean;
	/** Whether the account is closed and was read since, so that nothing more can happen in it. */
	isClosed?: boolean;
};

export type PollState = {
	version: 1;
	/** Unique to each version of the state, so that a process recognizes the version that it wrote. */
	revision: string;
	/** The settings that the state belongs to; with any other settings the trigger starts over. */
	scope: string;
	/** The settings that balances were compared with. */
	thresholdKey?: string;
	/** For accounts without a cursor: events before this time are not new; milliseconds UTC, bunq's clock. */
	baseline: number;
	/** By account ID. */
	accounts: Record<string, Cursor>;
	/** When each account was last requested, by account ID, as a counter that grows with every request. */
	lastTried: Record<string, number>;
	/** Whether the last poll ran out of time before it had read all due accounts. */
	ranOutOfTime: boolean;
	/** How many polls in a row failed to read an account, by account ID. */
	failures: Record<string, number>;
};

/** How many IDs of each account are kept. */
export const MAX_RECENT_IDS = 200;

/** The cursor of an account that was never read. */
export const newCursor = (baseline: number): Cursor => ({
	checkedAt: 0,
	baseline,
	highWaterId: 0,
	recentIds: [],
	pendingIds: [],
	gaps: [],
});

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

const isCursor = (value: unknown) =>
	isRecord(value) &&
	[value.checkedAt, value.baseline, value.highWaterId].every(isNumber) &&
	(value.balance === undefined || typeof value.balance === 'string') &&
	[value.recentIds, value.pendingIds, value.gaps].every(
		(ids) => Array.isArray(ids) && ids.every(isNumber),
	);

const isPollState = (value: unknown): value is PollState =>
	isRecord(value) &&
	value.version === 1 &&
	typeof value.revision === 'string' &&
	typeof value.scope === 'string' &&
	isNumber(value.baseline) &&
	isRecord(value.accounts) &&
	Object.values(value.accounts).every(isCursor) &&
	[value.lastTried, value.failures].every(
		(numbers) => isRecord(numbers) && Object.values(numbers).every(isNumber),
	);

/** The stored state. Undefined if it is damaged or belongs to another scope: then the trigger starts over. */
export const readPollState = (stored: unknown, scope: string): PollState | undefined =>
	isPollState(stored) && stored.scope === scope ? stored : undefined;
