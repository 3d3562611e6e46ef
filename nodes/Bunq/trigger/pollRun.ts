import type { IDataObject } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import type { AnyParams } from '../parameters/field';
import { simplified } from '../simplify';
import type { Event, FeedRecord, ListEvent } from './event';
import type { AccountListing, Cursor, PollState } from './pollState';

/** The input of a poll while it reads accounts, and its result for each account. */

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
	 * Whether this process itself read the account, or the list of accounts, for this state: then no newer version of the
	 * state was lost.
	 */
	wasReadByThisProcess(account: number | typeof ACCOUNT_LIST): boolean;
	/** Events before this time are skipped; milliseconds UTC, bunq's clock, which is known once bunq has replied. */
	oldestEventTime(): number;
	/** After this time the poll starts no further request; `monotonicNow`. */
	deadline: number;
	/**
	 * For a poll because bunq called: the accounts that it named, and nothing else is read; none: everything is read.
	 * Undefined: a poll by the clock.
	 */
	called?: ReadonlySet<number>;
}

/** An event to emit. */
export interface EventItem {
	/** When it happened; milliseconds UTC, bunq's clock. Items are emitted in this order. */
	at: number;
	/** Orders items of equal times; undefined: they keep the order in which accounts were read. */
	id?: number;
	json: IDataObject;
}

/** Identifies the list of accounts where results are kept by account ID. */
export const ACCOUNT_LIST = 'accounts' as const;

interface ResultBase {
	account: number | typeof ACCOUNT_LIST;
	/** The list of accounts had everything; the account needed no request of its own. */
	isFromList?: true;
}

/** An account that was read: its events, and the cursor to store with them, if it has changed. */
export interface AccountRead extends ResultBase {
	items: EventItem[];
	cursor?: Cursor;
	/** How many pages were requested. */
	pages?: number;
	error?: undefined;
}

/** An account that could not be read: its cursor stays, and the next poll tries again. */
export interface AccountFailure extends ResultBase {
	error: BunqError;
}

export type AccountResult = AccountRead | AccountFailure;

/** The results of all accounts that a poll read, in the order in which it read them. */
export interface AccountResults {
	/** The last result of an account counts. */
	results: AccountResult[];
	/** Whether time ran out before all due accounts were read. */
	ranOutOfTime: boolean;
	/** The list of accounts, where this poll read it. */
	listing?: AccountListing;
}

/**
 * Reads an account, or the list of accounts. One account's failure does not stop the others, so an error is returned, not
 * thrown. Any other error than a BunqError, for example for an object that this package cannot interpret, becomes one.
 */
export const tryAccount = async <A extends ResultBase['account'], T extends object>(
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
	const sentAt = monotonicNow();
	const result = await read();
	// bunq's clock is known only now that bunq has replied.
	return { result, at: bunq.now() - (monotonicNow() - sentAt) };
};

/** A bunq object as an item: simplified, or as bunq sent it, whichever the user chose. */
export const toOutput = (object: object, { params }: Pick<Settings, 'params'>) =>
	(params.simplify ? simplified(object) : { ...object }) as IDataObject;

/**
 * A record as an item, or undefined if the user's filters exclude it. A record that they cannot judge is emitted as bunq
 * sent it, because it may be what the user waits for. Throws a BunqError.
 */
export const toItem = async (
	event: Pick<ListEvent, 'matches' | 'item'>,
	record: FeedRecord,
	{ params, bunq }: Pick<PollRun, 'params' | 'bunq'>,
): Promise<IDataObject | undefined> => {
	const matches = async () => await event.matches(record, params, bunq);
	const output = async () =>
		(await event.item?.(record, params, bunq)) ?? toOutput(record, { params });
	const item = async () => ((await matches()) ? await output() : undefined);
	return await item().catch(async (error: unknown) =>
		error instanceof BunqError ? await Promise.reject(error) : { ...record },
	);
};
