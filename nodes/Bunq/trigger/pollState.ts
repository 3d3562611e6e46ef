/**
 * What a trigger has seen, as n8n stores it between polls. n8n saves it for certain only when a poll gives events, so
 * after a restart it may be as it was then: whatever later polls wrote must follow again from what bunq shows.
 */

/** What is known of one account. */
export type Mark = {
	/** The balance when the account was last looked at; decimal string. */
	balance?: string;
	/** When it was last looked at; milliseconds UTC, bunq's clock. */
	at: number;
	/**
	 * What happened before this time is known or passed over; milliseconds UTC, bunq's clock. 0: its list was read to
	 * the end, so whatever is not known by its id is new, whenever it happened.
	 */
	since: number;
	/** Everything with a lower id was looked at. */
	top: number;
	/** The newest that were looked at, by id: one that shows up late is not among them. */
	seen: number[];
	/** What waits for an answer, by id. */
	pending: number[];
	/** Where reading ended for lack of time, newest first: what is older than the last of these ids comes next. */
	stops: number[];
	/** Whether reading has still to come back to the newest. */
	isUnfinished?: boolean;
	/** Closed, and looked at since: nothing happens there any more. */
	isClosed?: boolean;
};

export type Marks = {
	version: 1;
	/** Of this writing, and of no other: tells whether the marks at hand are the last ones of this process. */
	id: string;
	/** What they were made for; for anything else they count as none. */
	scope: string;
	/** The line that balances were compared with. */
	line?: string;
	/** For accounts without a mark of their own; milliseconds UTC, bunq's clock. */
	since: number;
	accounts: Record<string, Mark>;
	/** When each account was tried last, as numbers that grow with every try. */
	turns: Record<string, number>;
	/** Whether the time was over before every account was tried that was due. */
	isCut: boolean;
	/** How many polls running an account could not be read. */
	failures: Record<string, number>;
};

/** So many ids of an account are kept. */
export const MOST_SEEN = 200;

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isMark = (value: unknown) =>
	isRecord(value) &&
	[value.at, value.since, value.top].every(isNumber) &&
	(value.balance === undefined || typeof value.balance === 'string') &&
	[value.seen, value.pending, value.stops].every(
		(ids) => Array.isArray(ids) && ids.every(isNumber),
	);

const isMarks = (value: unknown): value is Marks =>
	isRecord(value) &&
	value.version === 1 &&
	typeof value.id === 'string' &&
	typeof value.scope === 'string' &&
	isNumber(value.since) &&
	isRecord(value.accounts) &&
	Object.values(value.accounts).every(isMark) &&
	[value.turns, value.failures].every(
		(numbers) => isRecord(numbers) && Object.values(numbers).every(isNumber),
	);

/** The stored marks, if they are whole and made for this scope. */
export const marksIn = (stored: { marks?: unknown }, scope: string): Marks | undefined =>
	isMarks(stored.marks) && stored.marks.scope === scope ? stored.marks : undefined;
