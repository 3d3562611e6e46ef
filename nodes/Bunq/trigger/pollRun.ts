import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import type { AnyParams } from '../parameters/field';
import { simplified } from '../simplify';
import type { Event } from './event';
import type { Cursor, PollState } from './pollState';

/** What a poll knows while it reads accounts, and what it learns of each. */

/** The node's settings. */
export interface Settings {
	event: Event;
	/** The checked values of the event's fields, by name. */
	params: AnyParams;
	/** The ID of the one account to watch; undefined: all. */
	account?: number;
}

export interface PollRun extends Settings {
	bunq: Bunq;
	/** Undefined: the first poll, which records the starting point and emits nothing. */
	state?: PollState;
	/**
	 * Whether this process read the account (or the list of accounts) itself for this state, so that no later version of
	 * the state can have been lost.
	 */
	wasReadByThisProcess(account: number | typeof ACCOUNT_LIST): boolean;
	/** Events before this time are skipped; milliseconds UTC, bunq's clock, which is known once bunq has replied. */
	oldestEventTime(): number;
	/** When to begin no further request; milliseconds UTC, this machine's clock. */
	deadline: number;
}

/** An event to emit. */
export interface EventItem {
	/** What events of several accounts are sorted by: milliseconds UTC, bunq's clock, … */
	at: number;
	/** … and among equal times the ID; undefined: in the order in which accounts were read. */
	id?: number;
	json: IDataObject;
}

/** Stands for the list of accounts where its read is a result like an account's. */
export const ACCOUNT_LIST = 'accounts' as const;

interface Account {
	account: number | typeof ACCOUNT_LIST;
	/** The list of accounts told; the account had no request of its own. */
	isFromList?: true;
}

/** An account that was read: its events, and the cursor to store with them, if it has changed. */
export interface AccountRead extends Account {
	items: EventItem[];
	cursor?: Cursor;
	/** How many pages were requested. */
	pages?: number;
	error?: undefined;
}

/** An account that could not be read: its cursor stays, and the next poll tries again. */
export interface AccountFailure extends Account {
	error: BunqError;
}

export type AccountResult = AccountRead | AccountFailure;

/** What the accounts that a poll read gave, in the order in which they were read. */
export interface AccountResults {
	/** The last result of an account counts. */
	results: AccountResult[];
	/** Whether time ran out before every account was read that was due. */
	ranOutOfTime: boolean;
}

/**
 * Reads an account, or the list of accounts. One account's failure does not stop the others, so errors are returned: a
 * BunqError as it is, anything else (an object of bunq's that this package cannot interpret) as one.
 */
export const tryAccount = async <A extends Account['account'], T extends object>(
	account: A,
	read: () => Promise<T>,
): Promise<(T & { account: A; error?: undefined }) | { account: A; error: BunqError }> =>
	await read().then(
		(result) => ({ ...result, account }),
		(error: Error) => ({ account, error: asBunqError(error) }),
	);

const asBunqError = (error: Error) =>
	error instanceof BunqError
		? error
		: new BunqError('invalidInput', error.message, { description: 'Please report this.' });

/** Runs `read`; `at` is when bunq answered, or earlier: milliseconds UTC, bunq's clock. */
export const withServerTime = async <T>(bunq: Bunq, read: () => Promise<T>) => {
	const sentAt = Date.now();
	const result = await read();
	// bunq's clock is known only now that bunq has replied.
	return { result, at: bunq.now() - (Date.now() - sentAt) };
};

/** An object of bunq's as the user wants it: simplified, or as bunq sent it. */
export const toOutput = (object: object, { params }: Pick<Settings, 'params'>) =>
	(params.simplify ? simplified(object) : { ...object }) as IDataObject;
