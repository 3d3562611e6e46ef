import { CLOCK_SKEW_MS, createdAt } from '../api/clock';
import { BunqError } from '../api/errors';
import { readCents, readId } from '../api/readable';
import { formatCents } from '../api/totals';
import type { Account } from '../api/types';
import {
	ACCOUNT_LIST,
	tryAccount,
	withServerTime,
	type AccountFailure,
	type AccountRead,
	type AccountResult,
	type PollRun,
} from './pollRun';
import { cursorOf, type AccountListing, type Cursor, type PollState } from './pollState';

/** The list of accounts: which accounts a poll watches, and where one begins that was never read. */

/** The accounts with a readable ID, and the result of reading the list. Returns a failure as a result. */
export const readAccountList = async ({ bunq }: Pick<PollRun, 'bunq'>) => {
	const { result, at } = await withServerTime(
		bunq,
		async () => await tryAccount(ACCOUNT_LIST, async () => ({ listed: await bunq.accounts() })),
	);
	if (result.error) return { accounts: undefined, listing: undefined, result };
	const accounts = result.listed.flatMap((account) => {
		const id = readId(account.id);
		return id === undefined ? [] : [{ ...account, id }];
	});
	const unreadable = result.listed.length - accounts.length;
	const error = unreadable > 0 ? withoutId(unreadable, accounts.length) : undefined;
	if (error && accounts.length === 0)
		return { accounts: undefined, listing: undefined, result: { account: ACCOUNT_LIST, error } };
	const listing: AccountListing = { at: at - CLOCK_SKEW_MS, ids: accounts.map(({ id }) => id) };
	return { accounts, at, listing, result: toResult(error) };
};

const toResult = (error?: BunqError): AccountResult =>
	error ? { account: ACCOUNT_LIST, error } : { account: ACCOUNT_LIST, items: [] };

/** Final where there are other accounts, so that it is reported once. */
const withoutId = (unreadable: number, readable: number) =>
	new BunqError(
		readable > 0 ? 'rejected' : 'unavailable',
		`Accounts in bunq's list without a readable ID: ${unreadable}`,
		{ description: 'The trigger cannot watch these.' },
	);

/**
 * The watched accounts that bunq does not list any more, each as a failure, except closed ones. Of a list with an entry that
 * cannot be read, nobody knows.
 */
export const missingAccounts = (
	accounts: Account[],
	{ error }: AccountResult,
	{ state }: Pick<PollRun, 'state'>,
): AccountFailure[] =>
	Object.entries((!error && state?.accounts) || {})
		.filter(([id, { isClosed }]) => !isClosed && !accounts.some((one) => String(one.id) === id))
		.map(([id]) => ({ account: Number(id), isFromList: true, error: notListed() }));

/**
 * A closed account in which nothing can be new: it was read since, or was closed before the trigger began.
 * @param unread its cursor where it has none
 */
export const markClosed = (
	{ id }: Pick<Account, 'id'>,
	{ state }: PollRun,
	unread?: Cursor,
): AccountRead => {
	const cursor = cursorOf(state, id) ?? unread;
	return { account: id, items: [], cursor: cursor && { ...cursor, isClosed: true } };
};

/** Final, so that it is told once. */
const notListed = () =>
	new BunqError('rejected', 'bunq does not list this account any more', {
		description:
			'It is not shared with this connection any more, or bunq removed it. To watch it, connect the credential again and share it.',
	});

/** bunq may list an account a while after it was opened; milliseconds. */
const ACCOUNT_LATE_MS = 30_000;

/**
 * How an account that was never read relates to the last list: `known` from it, `opened` since, or `shared` with this
 * connection since; `unknown` where its time cannot be read. Without a list, all are `known`.
 */
export const arrivalOf = (account: Account, listing?: AccountListing) => {
	if (!listing || listing.ids.includes(account.id)) return 'known';
	const created = createdAt(account);
	if (created < listing.at - ACCOUNT_LATE_MS) return 'shared';
	return Number.isNaN(created) ? 'unknown' : 'opened';
};

/**
 * Events in an account that was never read are new from this time on; milliseconds UTC, bunq's clock. Infinity: what
 * is in it now is not new.
 */
export const firstBaseline = (
	account: Account,
	state?: Pick<PollState, 'baseline' | 'listing'>,
) => {
	if (!state) return Infinity;
	const { baseline, listing } = state;
	const arrival = arrivalOf(account, listing);
	if (arrival === 'shared') return Infinity;
	if (!listing || arrival === 'known') return baseline;
	return arrival === 'opened' ? Math.min(createdAt(account), listing.at) : listing.at;
};

/** An account's balance as a decimal string with two decimals; undefined where bunq shows none that can be read. */
export const balanceOf = ({ balance }: Pick<Account, 'balance'>) => {
	const cents = readCents(balance?.value);
	return cents === undefined ? undefined : formatCents(cents);
};
