/**
 * What a trigger has seen, as n8n stores it between polls. n8n saves it for certain only when a poll gives events, so
 * after a restart it may be as it was then: whatever later polls wrote must follow again from what bunq shows.
 */

/** What is known of one account. */
export type Cursor = {
	/** The balance when the account was last looked at; decimal string. */
	balance?: string;
	/** When it was last looked at; milliseconds UTC, bunq's clock. */
	checkedAt: number;
	/**
	 * What happened before this time is known or passed over; milliseconds UTC, bunq's clock. 0: its list was read to
	 * the end, so whatever is not known by its id is new, whenever it happened.
	 */
	baseline: number;
	/** Everything with a lower id was looked at. */
	highWaterId: number;
	/** The newest that were looked at, by id: one that shows up late is not among them. */
	recentIds: number[];
	/** What waits for an answer, by id. */
	pendingIds: number[];
	/** Where reading ended for lack of time, newest first: what is older than the last of these ids comes next. */
	gaps: number[];
	/** Whether reading has still to come back to the newest. */
	isBackfilling?: boolean;
	/** Closed, and looked at since: nothing happens there any more. */
	isClosed?: boolean;
};

export type PollState = {
	version: 1;
	/** Of this writing, and of no other: tells whether the marks at hand are the last ones of this process. */
	revision: string;
	/** What they were made for; for anything else they count as none. */
	scope: string;
	/** The line that balances were compared with. */
	thresholdKey?: string;
	/** For accounts without a mark of their own; milliseconds UTC, bunq's clock. */
	baseline: number;
	accounts: Record<string, Cursor>;
	/** When each account was tried last, as numbers that grow with every try. */
	lastTried: Record<string, number>;
	/** Whether the time was over before every account was tried that was due. */
	ranOutOfTime: boolean;
	/** How many polls running an account could not be read. */
	failures: Record<string, number>;
};

/** So many ids of an account are kept. */
export const MAX_RECENT_IDS = 200;

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

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

/** The stored marks, if they are whole and made for this scope. */
export const readPollState = (
	stored: { pollState?: unknown },
	scope: string,
): PollState | undefined =>
	isPollState(stored.pollState) && stored.pollState.scope === scope ? stored.pollState : undefined;
