import type { IDataObject } from 'n8n-workflow';
import { CLOCK_SKEW_MS, createdAt, monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import { accountPath, paymentsPath } from '../api/listPaths';
import { isOpen } from '../api/objects';
import type { Account, Payment } from '../api/types';
import { arrivalOf, balanceOf, markClosed, missingAccounts, readAccountList } from './accountList';
import type { BalanceEvent } from './event';
import {
	ACCOUNT_LIST,
	toOutput,
	tryAccount,
	withServerTime,
	type AccountResult,
	type AccountResults,
	type PollRun,
	type Settings,
} from './pollRun';
import { cursorOf, newCursor, type Cursor } from './pollState';

/**
 * A poll for balances that cross a threshold. One request shows all balances; an account's payments are read only if a
 * crossing may have been missed.
 */

/** Two balances on the same side of the threshold, between which a crossing may have been missed. */
export interface BalanceSpan {
	/** The earlier balance; decimal string in the account's currency. */
	before: string;
	/** When the account had it; milliseconds UTC, bunq's clock. */
	since: number;
	/** The balance now. */
	after: string;
}

export interface BalanceDecision {
	account: Account;
	/** The cursor to store together with the crossing, or after verification. */
	cursor: Cursor;
	/** The crossing to emit. */
	crossing?: IDataObject;
	/** Where a crossing may have been missed: the account's payments have to be read first. */
	verify?: BalanceSpan;
}

/** Reads the balances and compares each with its cursor. Returns failures as results. */
export const pollBalances = async (event: BalanceEvent, run: PollRun): Promise<AccountResults> => {
	const { state, deadline } = run;
	const { accounts, at = 0, listing, result } = await readBalances(run);
	if (!accounts) return { results: [result], ranOutOfTime: false };

	const lastTriedOf = ({ id }: Account) => state?.lastTried[id] ?? 0;
	const open = accounts.filter(isOpen).sort((a, b) => lastTriedOf(a) - lastTriedOf(b));
	const decisions = open.flatMap((account) => decideBalance(event, account, at, run) ?? []);
	const toResult = ({ account, cursor }: BalanceDecision, crossing?: IDataObject) => ({
		account: account.id,
		items: crossing ? [{ at, json: { ...toOutput(account, run), ...crossing } }] : [],
		cursor,
	});

	const unreadable = open.filter((account) => hasUnreadableBalance(account, run));
	const results: AccountResult[] = [
		result,
		...missingAccounts(accounts, result, run),
		...unreadable.map(({ id }) => unreadableBalance(id)),
	];
	for (const account of accounts)
		if (!isOpen(account)) results.push({ ...markClosed(account, run), isFromList: true });
	for (const decision of decisions.filter(({ verify }) => !verify))
		results.push({ ...toResult(decision, decision.crossing), isFromList: true });
	for (const [index, decision] of decisions.filter(({ verify }) => verify).entries()) {
		if (index > 0 && monotonicNow() >= deadline) break;
		const verify = async () => toResult(decision, await findMissedCrossing(event, decision, run));
		results.push(await tryAccount(decision.account.id, verify));
	}
	return { results, ranOutOfTime: false, listing };
};

/** The accounts to watch, with their balances. */
const readBalances = async (run: PollRun) => {
	const { account, bunq } = run;
	if (account === undefined) return await readAccountList(run);
	const { result, at } = await withServerTime(
		bunq,
		async () =>
			await tryAccount(account, async () => await bunq.get<Account>(accountPath(account))),
	);
	if (result.error) return { accounts: undefined, listing: undefined, result };
	return {
		accounts: [{ ...result, id: account }],
		at,
		listing: undefined,
		result: { account, items: [] },
	};
};

/**
 * Whether a balance that matters cannot be read. Some external accounts have none, which matters only where nothing else is
 * watched.
 */
const hasUnreadableBalance = (account: Account, { account: onlyOne }: PollRun) =>
	balanceOf(account) === undefined &&
	(onlyOne !== undefined || (account.balance ?? undefined) !== undefined);

const unreadableBalance = (account: number): AccountResult => ({
	account,
	isFromList: true,
	error: new BunqError('unavailable', 'bunq shows no balance that can be read'),
});

type BalanceContext = Pick<PollRun, 'state' | 'params' | 'wasReadByThisProcess'>;

/**
 * Compares an account's balance with its cursor. Undefined if bunq does not show the balance: the old cursor stays.
 * @param checkedAt when bunq showed the account; milliseconds UTC, bunq's clock
 */
export const decideBalance = (
	event: BalanceEvent,
	account: Account,
	checkedAt: number,
	context: BalanceContext,
): BalanceDecision | undefined => {
	const { state, params } = context;
	const after = balanceOf(account);
	if (after === undefined) return undefined;
	const decision = { account, cursor: { ...newCursor(0), balance: after, checkedAt } };
	const last = cursorOf(state, account.id);
	// An account that was opened since the last list began at zero.
	const wasOpenedSince = !last && arrivalOf(account, state?.listing) === 'opened';
	const before = last?.balance ?? (wasOpenedSince ? '0.00' : after);
	const side = event.side(after, params);
	if (event.side(before, params) !== side) {
		const crossing = event.crossing(before, after, params);
		return event.isWanted(side, params) ? { ...decision, crossing } : decision;
	}
	const hasHistory = last !== undefined || wasOpenedSince;
	if (!hasHistory || !mayHaveMissedCrossing(event, account, side, context)) return decision;
	const since = last?.checkedAt ?? state?.listing?.at ?? checkedAt;
	return { ...decision, verify: { before, since, after } };
};

/**
 * Whether a balance may have crossed the threshold and returned: a poll without events may have seen it on the other side,
 * and n8n may not have saved that state. If the user wants both directions, that poll emitted the crossing, so n8n saved
 * it. A state of another threshold says nothing about this one.
 */
const mayHaveMissedCrossing = (
	event: BalanceEvent,
	{ id }: Account,
	side: string,
	{ state, params, wasReadByThisProcess }: BalanceContext,
) => {
	const reportsBothWays = event.isWanted('below', params) && event.isWanted('above', params);
	return (
		state !== undefined &&
		state.thresholdKey === thresholdKeyOf(event, params) &&
		// An account without a cursor was not in the list when this process read it.
		!wasReadByThisProcess(cursorOf(state, id) ? id : ACCOUNT_LIST) &&
		event.isWanted(side, params) &&
		!reportsBothWays
	);
};

/** The settings that balances are compared with, serialized. */
export const thresholdKeyOf = (event: BalanceEvent, params: Settings['params']) =>
	JSON.stringify(event.fields.map(({ name }) => params[name]));

/** The last crossing in the span to verify, found in the account's payments. Throws a BunqError. */
const findMissedCrossing = async (
	event: BalanceEvent,
	{ account: { id }, verify: span }: BalanceDecision,
	{ oldestEventTime, bunq, params, deadline }: PollRun,
) => {
	if (!span) return undefined;
	const newestFirst = [span.after];
	for await (const { items } of bunq.pages<Payment>(paymentsPath(id))) {
		const payments = paymentsIn(span, items, oldestEventTime());
		for (const balance of payments.flatMap(balanceAfter)) newestFirst.push(balance);
		if (payments.length < items.length || monotonicNow() >= deadline) break;
	}
	return lastCrossing(event, params, [...newestFirst, span.before].reverse());
};

/** The balance after a payment, where it can be read. */
const balanceAfter = ({ balance_after_mutation: balance }: Payment) => balanceOf({ balance }) ?? [];

/**
 * The payments of a page that belong to the span. Near its start, within the clock skew, a payment that led to the first
 * balance is the last payment before the span.
 * @param payments newest first
 * @param oldest payments before this time are skipped; milliseconds UTC, bunq's clock
 */
export const paymentsIn = ({ before, since }: BalanceSpan, payments: Payment[], oldest: number) => {
	const end = payments.findIndex((payment) => {
		const time = createdAt(payment);
		const ledToFirst = balanceOf({ balance: payment.balance_after_mutation }) === before;
		return (
			time < Math.max(since - CLOCK_SKEW_MS, oldest) || (time < since + CLOCK_SKEW_MS && ledToFirst)
		);
	});
	return end < 0 ? payments : payments.slice(0, end);
};

/**
 * The last crossing among successive balances. Undefined if they stay on one side.
 * @param balances decimal strings, oldest first
 */
export const lastCrossing = (
	event: BalanceEvent,
	params: Settings['params'],
	balances: string[],
) => {
	const sides = balances.map((balance) => event.side(balance, params));
	let index = sides.length - 1;
	while (index > 0 && sides[index] === sides[index - 1]) index--;
	return index === 0 ? undefined : event.crossing(balances[index - 1], balances[index], params);
};
