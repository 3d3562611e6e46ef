import { CLOCK_SKEW_MS, monotonicNow } from '../api/clock';
import { isOpen } from '../api/objects';
import type { Account, Payment } from '../api/types';
import {
	arrivalOf,
	balanceOf,
	firstBaseline,
	markClosed,
	missingAccounts,
	readAccountList,
} from './accountList';
import type { FeedRecord, ListEvent } from './event';
import { readFeed } from './feed';
import { readParts } from './partFeed';
import {
	toItem,
	tryAccount,
	type AccountResult,
	type AccountResults,
	type EventItem,
	type PollRun,
} from './pollRun';
import { cursorOf, newCursor, type PollState } from './pollState';

/** A poll for events in lists: which accounts to read, in which order, and the events in each. */

/** How many accounts a poll reads in rotation, in addition to those that are known to have new records. */
const ROUND_ROBIN_SIZE = 3;

type WatchedAccount = Pick<Account, 'id' | '_type' | 'balance' | 'status' | 'created'>;

/** Reads the due accounts until time runs out. Returns failures as results. */
export const pollLists = async (event: ListEvent, run: PollRun): Promise<AccountResults> => {
	const { account, state } = run;
	if (account !== undefined)
		return await readAccounts(event, [{ id: account, _type: 'MonetaryAccount' }], undefined, run);
	if (run.called && run.called.size > 0) return await readNamed(event, run.called, run);
	const { accounts, listing, result } = await readAccountList(run);
	if (!accounts) return { results: [result], ranOutOfTime: false };
	const { due, lastInRotation } = state
		? selectDueAccounts(event, accounts, state)
		: { due: accounts.filter(isOpen) };
	const { results, ranOutOfTime } = await readAccounts(event, due, lastInRotation, run);
	const isBegun = ({ id }: WatchedAccount) =>
		cursorOf(state, id) !== undefined ||
		results.some((read) => read.account === id && !read.error && read.cursor);
	// One that was shared begins when it is read first. Listed before, it would count as known from the start.
	const listed = accounts
		.filter((one) => arrivalOf(one, state?.listing) !== 'shared' || isBegun(one))
		.map(({ id }) => id);
	// One that was listed and never read stays known where this list lacks it, or it would count as shared afterwards.
	const unread = state?.listing?.ids.filter((id) => !cursorOf(state, id)) ?? [];
	const ids = [...new Set([...listed, ...unread])];
	const isFirst = !state && results.some(({ error }) => !error);
	const closed = isFirst ? accounts.filter((one) => !isOpen(one)) : [];
	const known = closed.map((one) => ({ ...endAccount(one, run), isFromList: true as const }));
	return {
		results: [result, ...missingAccounts(accounts, result, run), ...known, ...results],
		ranOutOfTime,
		listing: { ...listing, ids },
	};
};

/** Reads only the accounts that bunq named. Where bunq has more, the polls by the clock go on as before. */
const readNamed = async (event: ListEvent, ids: ReadonlySet<number>, run: PollRun) => {
	const { state } = run;
	const accounts = [...ids].map((id) => ({ id, _type: 'MonetaryAccount' }));
	const { results, ranOutOfTime } = await readAccounts(event, accounts, undefined, run);
	return { results, ranOutOfTime: ranOutOfTime || state?.ranOutOfTime === true };
};

/**
 * Reads these accounts.
 * @param lastInRotation skipped if an earlier account needed further pages, so that a busy poll stays cheap as well
 */
const readAccounts = async (
	event: ListEvent,
	due: WatchedAccount[],
	lastInRotation: WatchedAccount | undefined,
	run: PollRun,
): Promise<AccountResults> => {
	const results: AccountResult[] = [];
	let hasFurtherPages = false;
	for (const [index, account] of due.entries()) {
		if (index > 0 && monotonicNow() >= run.deadline) return { results, ranOutOfTime: true };
		if (hasFurtherPages && account === lastInRotation) continue;
		const result = await tryAccount(account.id, async () => await readAccount(event, account, run));
		hasFurtherPages ||= !result.error && result.pages > 1;
		// bunq no longer shows a closed account.
		const isGone = result.error?.kind === 'rejected' && !isOpen(account);
		results.push(isGone ? endAccount(account, run) : result);
		if (result.error?.kind === 'authentication') break;
	}
	return { results, ranOutOfTime: false };
};

const endAccount = (account: WatchedAccount, run: PollRun) =>
	markClosed(account, run, newCursor(run.state?.baseline ?? Infinity));

/** The account's events that match the user's filters, and its new cursor. Throws a BunqError. */
const readAccount = async (event: ListEvent, account: WatchedAccount, run: PollRun) => {
	const { state } = run;
	const known = cursorOf(state, account.id);
	const cursor = known ?? newCursor(firstBaseline(account, state));
	const feed = await readFeed(event, account.id, cursor, run);
	const isSilent = cursor.baseline === Infinity;
	const items: EventItem[] = [];
	for (const { record, at } of isSilent ? [] : feed.events) {
		const json = await toItem(event, record, run);
		if (json) items.push({ at, id: record.id, json });
	}
	const lists = event.parts && (await readParts(event, account.id, cursor, feed, run));
	for (const { record, at, list } of lists?.events ?? []) {
		const json = await toItem(list, record, run);
		if (json) items.push({ at, id: record.id, json });
	}
	if (lists?.error && items.length === 0) throw lists.error;
	const isBackfilling = (feed.cursor.isBackfilling ?? lists?.isUnfinished) || undefined;
	const isClosed = isOpen(account) || isBackfilling ? undefined : true;
	// A silent read knows by the IDs that it read what was there before.
	const baseline = Math.min(feed.cursor.baseline, feed.cursor.checkedAt - CLOCK_SKEW_MS);
	const balance = run.called
		? (balanceAfter(event, feed.newest) ?? balanceOf(account) ?? known?.balance)
		: balanceOf(account);
	const next = { ...feed.cursor, baseline, balance, isBackfilling, isClosed, parts: lists?.parts };
	return { items, cursor: next, pages: feed.pages };
};

/**
 * The account's balance as its newest record shows it, so that the next poll by the clock need not read what this one read.
 */
const balanceAfter = ({ showsBalance }: ListEvent, newest?: FeedRecord) =>
	showsBalance && newest
		? balanceOf({ balance: (newest as Partial<Payment>).balance_after_mutation })
		: undefined;

/**
 * The accounts to read, in this order:
 * 1. those that moved, are only partly read, or were closed since, which are read once more;
 * 2. a few in rotation, because some events do not move the balance, among them those that bunq refuses;
 * 3. those that failed, because they may use up the time.
 * After a poll that ran out of time, those come first that were tried longest ago.
 */
export const selectDueAccounts = (
	event: Pick<ListEvent, 'movesBalance'>,
	accounts: WatchedAccount[],
	state: Pick<
		PollState,
		'accounts' | 'lastTried' | 'failures' | 'refusals' | 'ranOutOfTime' | 'listing'
	>,
) => {
	const isUnfinished = (account: WatchedAccount) => {
		const cursor = cursorOf(state, account.id);
		return cursor ? !cursor.isClosed : arrivalOf(account, state.listing) !== 'shared';
	};
	const lastTriedOf = ({ id }: WatchedAccount) => state.lastTried[id] ?? 0;
	const byLastTried = (a: WatchedAccount, b: WatchedAccount) =>
		lastTriedOf(a) - lastTriedOf(b) || a.id - b.id;
	const hasMoved = (account: WatchedAccount) =>
		balanceOf(account) !== undefined && balanceOf(account) !== cursorOf(state, account.id)?.balance;
	const isUrgent = (account: WatchedAccount) =>
		!(account.id in state.refusals) &&
		(!isOpen(account) ||
			cursorOf(state, account.id)?.isBackfilling ||
			(event.movesBalance && hasMoved(account)));

	const watched = accounts
		.filter((account) => isOpen(account) || isUnfinished(account))
		.sort(byLastTried);
	const failing = watched.filter(({ id }) => id in state.failures);
	const others = watched.filter((account) => !failing.includes(account));
	const urgent = others.filter(isUrgent);
	const inRotation = others
		.filter((account) => !urgent.includes(account))
		.slice(0, ROUND_ROBIN_SIZE);
	const due = [...urgent, ...inRotation, ...failing];
	return {
		due: state.ranOutOfTime ? due.sort(byLastTried) : due,
		/** Undefined if there are fewer accounts than a full round. */
		lastInRotation: inRotation.at(ROUND_ROBIN_SIZE - 1),
	};
};
