import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import type { Bunq } from '../connect';
import type { AnyParams } from '../parameters/field';
import { simplified } from '../simplify';
import type { Event } from './event';
import type { Cursor, PollState } from './pollState';

/** What a poll knows when it begins to look, and what it notes while it looks. */

/** What the user set. */
export interface Settings {
	event: Event;
	params: AnyParams;
	/** The one account to watch; undefined: all. */
	account?: number;
}

export interface Poll extends Settings {
	bunq: Bunq;
	/** Undefined: the first poll, which only notes where things stand. */
	state?: PollState;
	/** Whether this process noted the account's mark, or read the list, itself: no later note can have been lost. */
	wasReadByThisProcess(id: number | typeof ACCOUNT_LIST): boolean;
	/** What happened before this is passed over; milliseconds UTC, bunq's clock, which the first answer tells. */
	oldestEventTime(): number;
	/** When to begin nothing further; milliseconds UTC, this machine's clock. */
	deadline: number;
}

/** What a poll found. */
export interface PollResult {
	items: IDataObject[];
	accounts: Record<string, Cursor>;
	lastTried: Record<string, number>;
	ranOutOfTime: boolean;
	/** What could be read, by id. */
	read: Set<string>;
	/** Why others could not. */
	errors: Record<string, BunqError>;
}

/** Where the list of accounts stands among what is read. */
export const ACCOUNT_LIST = 'accounts' as const;

/**
 * Reads an account, or the list of them. The failure of one is nobody else's: it is noted, and the account is read
 * again by the next poll. That includes an object that nothing here can make sense of.
 */
export const tryAccount = async <T>(
	id: number | string,
	found: PollResult,
	read: () => Promise<T>,
) => {
	if (id !== ACCOUNT_LIST) found.lastTried[id] = Math.max(0, ...Object.values(found.lastTried)) + 1;
	return await read().then(
		(result) => {
			found.read.add(String(id));
			return result;
		},
		(error: Error) => {
			found.read.delete(String(id));
			found.errors[id] =
				error instanceof BunqError
					? error
					: new BunqError('invalidInput', error.message, { description: 'Please report this.' });
			return undefined;
		},
	);
};

/** Runs `read`, and says at which moment of bunq's clock, or before, what it shows was so. */
export const withServerTime = async <T>(bunq: Bunq, read: () => Promise<T>) => {
	const sent = Date.now();
	const result = await read();
	// bunq's clock is known for certain only now that it has answered.
	return { result, at: bunq.now() - (Date.now() - sent) };
};

/** An object as the user wants it. */
export const toOutput = (object: object, { params }: Settings) =>
	(params.simplify ? simplified(object) : { ...object }) as IDataObject;
