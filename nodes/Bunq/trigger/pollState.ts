import { BunqError } from '../api/errors';
import type { SessionUser } from '../api/handshake';
import { isRecord, parseJson } from '../api/json';
import { readCents } from '../api/readable';

/**
 * What a trigger stores between polls. n8n is certain to save it only when a poll emits items, so after a restart it may
 * be older than the last poll. Therefore everything in it can be derived from bunq again (docs/design.md, The trigger's state).
 */

/** Entries of a list that this package cannot place: without a readable ID, or without the status that is the event. */
export type UnreadableEntries = {
	/** The next older ID in the list, 0 for none; of an entry without a status, its own ID. */
	nextTo: number;
	count: number;
	/** Whether an error has named them, or they are older than the trigger. */
	isNamed: boolean;
};

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
	/** Of those, which the list did not show, by ID, and since when; milliseconds UTC, bunq's clock. */
	missingSince?: Record<string, number>;
	/** IDs at which reads ran out of time, lowest last. The next read resumes below the last one. */
	gaps: number[];
	unreadable?: UnreadableEntries[];
	/** Whether the newest records are still unread, because a gap is open or this poll closed one. */
	isBackfilling?: boolean;
	/** Whether the account is closed and was read since, so that nothing more can happen in it. */
	isClosed?: boolean;
	/** How far the lists that records have were read, by the record's ID. */
	parts?: Record<string, PartCursor>;
};

/** How far the list of a record was read. Times are milliseconds UTC, bunq's clock. */
export type PartCursor = Omit<Cursor, 'parts'> & {
	/** What the record showed when its list was last read to its end, empty where it showed nothing; undefined: never. */
	shown?: string;
	/** When the record last showed something new, or 0. */
	changedAt: number;
	/** Until when an entry may change, or 0. */
	openUntil: number;
};

/** The last list of accounts. */
export type AccountListing = {
	/** When bunq showed it, or earlier; milliseconds UTC, bunq's clock. */
	at: number;
	ids: number[];
};

export type PollState = {
	version: 1;
	/** Unique to each version of the state, so that a process recognizes the version that it wrote. */
	revision: string;
	/** What the state belongs to, serialized; with anything else the trigger starts over. */
	scope: string;
	/** The bunq user that the state belongs to. */
	user: SessionUser;
	/** The settings that balances were compared with. */
	thresholdKey?: string;
	/** For accounts without a cursor: events before this time are not new; milliseconds UTC, bunq's clock. */
	baseline: number;
	/** Undefined for a trigger on one account. */
	listing?: AccountListing;
	/** By account ID. */
	accounts: Record<string, Cursor>;
	/** When each account was last requested, by account ID, as a counter that grows with every request. */
	lastTried: Record<string, number>;
	/** Whether the last poll ran out of time before it had read all due accounts. */
	ranOutOfTime: boolean;
	/** How many polls in a row failed to read an account, by account ID. */
	failures: Record<string, number>;
	/** bunq's final refusals that an error has named, by account ID. */
	refusals: Record<string, string>;
};

/** How many IDs of each account are kept. */
export const MAX_RECENT_IDS = 200;

/** How far an account was read; undefined: it never was. */
export const cursorOf = (
	state: Pick<PollState, 'accounts'> | undefined,
	account: number,
): Cursor | undefined => state?.accounts[account];

/** The cursor of an account that was never read. */
export const newCursor = (baseline: number): Cursor => ({
	checkedAt: 0,
	baseline,
	highWaterId: 0,
	recentIds: [],
	pendingIds: [],
	gaps: [],
});

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => Number.isFinite(value);
/** An ID, or 0 for none. */
const isWhole: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isBalance: Check = (value) => isText(value) && readCents(value) !== undefined;

const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);
const listOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(check);
const byId =
	(check: Check): Check =>
	(value) =>
		isRecord(value) && Object.values(value).every(check);
/** The checks of all keys of a type: a key without one does not compile. */
const shape =
	<T>(checks: Record<keyof T, Check>): Check =>
	(value) =>
		isRecord(value) && Object.entries<Check>(checks).every(([key, check]) => check(value[key]));

const cursorChecks = {
	balance: optional(isBalance),
	checkedAt: isNumber,
	baseline: isNumber,
	highWaterId: isWhole,
	recentIds: listOf(isWhole),
	pendingIds: listOf(isWhole),
	missingSince: optional(byId(isNumber)),
	gaps: listOf(isWhole),
	unreadable: optional(
		listOf(shape<UnreadableEntries>({ nextTo: isWhole, count: isWhole, isNamed: isFlag })),
	),
	isBackfilling: optional(isFlag),
	isClosed: optional(isFlag),
};

const isPartCursor = shape<PartCursor>({
	...cursorChecks,
	shown: optional(isText),
	changedAt: isNumber,
	openUntil: isNumber,
});

const isCursor = shape<Cursor>({ ...cursorChecks, parts: optional(byId(isPartCursor)) });

const isPollState = shape<PollState>({
	version: (value) => value === 1,
	revision: isText,
	scope: isText,
	user: shape<SessionUser>({ userId: isWhole, grantorId: optional(isWhole) }),
	thresholdKey: optional(isText),
	baseline: isNumber,
	listing: optional(shape<AccountListing>({ at: isNumber, ids: listOf(isWhole) })),
	accounts: byId(isCursor),
	lastTried: byId(isNumber),
	ranOutOfTime: isFlag,
	failures: byId(isNumber),
	refusals: byId(isText),
});

/**
 * A stored state, whatever it belongs to; undefined where nothing is stored. Throws a BunqError where something else is
 * stored: it is never taken for nothing.
 */
export const parsePollState = (stored: unknown): PollState | undefined => {
	if (stored === undefined || isPollState(stored)) return stored as PollState | undefined;
	throw new BunqError('invalidInput', "The trigger's stored state cannot be read", {
		description:
			'Nothing was emitted, and n8n still has that state: another version of this package wrote it, or another node changed it. To start again from now on, copy this node, delete the original, keep the new name, and publish the workflow.',
	});
};

/** A new state as n8n will give it back. Throws a BunqError where the next poll could not read it. */
export const toStoredState = (state: PollState): PollState => {
	const { value } = parseJson(JSON.stringify(state));
	if (isPollState(value)) return value as PollState;
	throw new BunqError('invalidInput', "The trigger's new state cannot be stored", {
		description:
			'Nothing was emitted, and the stored state did not change: the next poll tries again. Please report this.',
	});
};

/** Whether two users of sessions are the same person or company. */
const isSameUser = (a: SessionUser, b: SessionUser) => {
	const personOf = ({ userId, grantorId }: SessionUser) => grantorId ?? userId;
	const isGrantorShown = a.grantorId !== undefined && b.grantorId !== undefined;
	return personOf(a) === personOf(b) || (!isGrantorShown && a.userId === b.userId);
};

/** Whether a state belongs to this scope and user; with any other the trigger starts over. */
export const isStateOf = (
	{ scope, user }: Pick<PollState, 'scope' | 'user'>,
	state: Pick<PollState, 'scope' | 'user'>,
) => state.scope === scope && isSameUser(state.user, user);
