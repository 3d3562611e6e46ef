import type { IDataObject } from 'n8n-workflow';
import { isOpen } from '../api/objects';
import { CLOCK_SKEW_MS, createdAt } from '../api/clock';
import { path } from '../api/path';
import type { Account, Payment } from '../api/types';
import { paymentsPath } from '../movements';
import type { BalanceEvent } from './event';
import {
	tryAccount,
	withServerTime,
	type PollResult,
	ACCOUNT_LIST,
	type Poll,
	type Settings,
	toOutput,
} from './pollRun';

/** A poll for balances that cross a line: what is on the other side than when it was last looked at. */

export const pollBalances = async (event: BalanceEvent, poll: Poll, found: PollResult) => {
	const { account, state, bunq, params } = poll;
	const { result: accounts = [], at: checkedAt } = await withServerTime(
		bunq,
		async () =>
			await (account === undefined
				? tryAccount(ACCOUNT_LIST, found, bunq.accounts)
				: tryAccount(account, found, async () => [
						await bunq.get<Account>(path`/user/{user}/monetary-account/${account}`),
					])),
	);
	const turnOf = ({ id }: Account) => state?.lastTried[id] ?? 0;
	const side = (balance: string) => event.side(balance, params);
	const note = (one: Account, balance: string, crossing?: IDataObject) => {
		found.accounts[one.id] = { ...EMPTY_CURSOR, balance, checkedAt };
		found.read.add(String(one.id));
		if (crossing) found.items.push({ ...toOutput(one, poll), ...crossing });
	};

	const doubtful: Array<() => Promise<void>> = [];
	for (const one of accounts.filter(isOpen).sort((a, b) => turnOf(a) - turnOf(b))) {
		const balance = one.balance?.value;
		if (typeof balance !== 'string') continue;
		const mark = state?.accounts[one.id];
		// An account that was opened since then began with nothing.
		const isYoung = state !== undefined && createdAt(one) >= state.baseline;
		const before = mark?.balance ?? (isYoung ? '0.00' : balance);
		const to = side(balance);
		if (side(before) !== to) {
			const isWanted = event.isWanted(to, params);
			note(one, balance, isWanted ? event.crossing(before, balance, params) : undefined);
		} else if ((mark || isYoung) && mayHaveMissedCrossing(event, one, to, poll)) {
			const since = mark?.checkedAt ?? state?.baseline ?? checkedAt;
			doubtful.push(async () => {
				const crossing = await tryAccount(one.id, found, async () => ({
					item: await findMissedCrossing(event, one.id, { before, balance, since }, poll),
				}));
				if (crossing) note(one, balance, crossing.item);
			});
		} else {
			note(one, balance);
		}
	}
	for (const [index, read] of doubtful.entries()) {
		if (index > 0 && Date.now() >= poll.deadline) break;
		await read();
	}
};

const EMPTY_CURSOR = { baseline: 0, highWaterId: 0, recentIds: [], pendingIds: [], gaps: [] };

/**
 * Whether a crossing may be hidden behind a balance that is on the side where it was: a poll that hands nothing over
 * may have seen it on the other side, and n8n lost the note of it. Where that crossing is wanted too, the poll would
 * have handed it over, and so marked it; and under another line than now nothing was looked for.
 */
const mayHaveMissedCrossing = (event: BalanceEvent, { id }: Account, to: string, poll: Poll) => {
	const { state, params } = poll;
	const isTold = event.isWanted('below', params) && event.isWanted('above', params);
	// Where this process read the list before, an account without a mark was not in it.
	const isOurs = poll.wasReadByThisProcess(state?.accounts[id] ? id : ACCOUNT_LIST);
	return (
		state !== undefined &&
		state.thresholdKey === thresholdKeyOf(poll) &&
		!isOurs &&
		event.isWanted(to, params) &&
		!isTold
	);
};

/** What balances are compared with: the event's own settings. */
export const thresholdKeyOf = ({ event, params }: Settings) =>
	JSON.stringify(event.fields.map(({ name }) => params[name]));

/** The last time since the mark that the balance came to the side where it is, as the payments tell. */
const findMissedCrossing = async (
	event: BalanceEvent,
	account: number,
	{ before, balance, since }: { before: string; balance: string; since: number },
	{ oldestEventTime, bunq, params, deadline }: Poll,
) => {
	const balances = [balance];
	for await (const { items } of bunq.pages<Payment>(paymentsPath(account))) {
		const isKnown = (payment: Payment) =>
			createdAt(payment) < Math.max(since - CLOCK_SKEW_MS, oldestEventTime()) ||
			(createdAt(payment) < since + CLOCK_SKEW_MS &&
				payment.balance_after_mutation?.value === before);
		const end = items.findIndex(isKnown);
		for (const { balance_after_mutation: after } of end < 0 ? items : items.slice(0, end))
			if (after?.value) balances.unshift(after.value);
		if (end >= 0 || Date.now() >= deadline) break;
	}
	balances.unshift(before);
	const sides = balances.map((one) => event.side(one, params));
	let index = sides.length - 1;
	while (index > 0 && sides[index] === sides[index - 1]) index--;
	return index === 0 ? undefined : event.crossing(balances[index - 1], balances[index], params);
};
