import type { IDataObject } from 'n8n-workflow';
import { isOpen } from '../api/objects';
import { CLOCK_SKEW_MS, createdAt } from '../api/pagination';
import { path } from '../api/path';
import type { Account, Payment } from '../api/types';
import { paymentsPath } from '../movements';
import type { BalanceEvent } from './event';
import { attempt, dated, type Found, LIST, type Poll, type Settings, shown } from './pollRun';

/** A poll for balances that cross a line: what is on the other side than when it was last looked at. */

export const lookAtBalances = async (event: BalanceEvent, poll: Poll, found: Found) => {
	const { account, marks, bunq, params } = poll;
	const { result: accounts = [], at } = await dated(
		bunq,
		async () =>
			await (account === undefined
				? attempt(LIST, found, bunq.accounts)
				: attempt(account, found, async () => [
						await bunq.get<Account>(path`/user/{user}/monetary-account/${account}`),
					])),
	);
	const turnOf = ({ id }: Account) => marks?.turns[id] ?? 0;
	const side = (balance: string) => event.side(balance, params);
	const note = (one: Account, balance: string, crossing?: IDataObject) => {
		found.accounts[one.id] = { ...NOTHING_SEEN, balance, at };
		found.read.add(String(one.id));
		if (crossing) found.items.push({ ...shown(one, poll), ...crossing });
	};

	const doubtful: Array<() => Promise<void>> = [];
	for (const one of accounts.filter(isOpen).sort((a, b) => turnOf(a) - turnOf(b))) {
		const balance = one.balance?.value;
		if (typeof balance !== 'string') continue;
		const mark = marks?.accounts[one.id];
		// An account that was opened since then began with nothing.
		const isYoung = marks !== undefined && createdAt(one) >= marks.since;
		const before = mark?.balance ?? (isYoung ? '0.00' : balance);
		const to = side(balance);
		if (side(before) !== to) {
			const isWanted = event.isWanted(to, params);
			note(one, balance, isWanted ? event.crossing(before, balance, params) : undefined);
		} else if ((mark || isYoung) && isHidden(event, one, to, poll)) {
			const since = mark?.at ?? marks?.since ?? at;
			doubtful.push(async () => {
				const crossing = await attempt(one.id, found, async () => ({
					item: await hiddenCrossing(event, one.id, { before, balance, since }, poll),
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

const NOTHING_SEEN = { since: 0, top: 0, seen: [], pending: [], stops: [] };

/**
 * Whether a crossing may be hidden behind a balance that is on the side where it was: a poll that hands nothing over
 * may have seen it on the other side, and n8n lost the note of it. Where that crossing is wanted too, the poll would
 * have handed it over, and so marked it; and under another line than now nothing was looked for.
 */
const isHidden = (event: BalanceEvent, { id }: Account, to: string, poll: Poll) => {
	const { marks, params } = poll;
	const isTold = event.isWanted('below', params) && event.isWanted('above', params);
	// Where this process read the list before, an account without a mark was not in it.
	const isOurs = poll.isOurs(marks?.accounts[id] ? id : LIST);
	return (
		marks !== undefined &&
		marks.line === lineOf(poll) &&
		!isOurs &&
		event.isWanted(to, params) &&
		!isTold
	);
};

/** What balances are compared with: the event's own settings. */
export const lineOf = ({ event, params }: Settings) =>
	JSON.stringify(event.fields.map(({ name }) => params[name]));

/** The last time since the mark that the balance came to the side where it is, as the payments tell. */
const hiddenCrossing = async (
	event: BalanceEvent,
	account: number,
	{ before, balance, since }: { before: string; balance: string; since: number },
	{ floor, bunq, params, deadline }: Poll,
) => {
	const balances = [balance];
	for await (const { items } of bunq.pages<Payment>(paymentsPath(account))) {
		const isKnown = (payment: Payment) =>
			createdAt(payment) < Math.max(since - CLOCK_SKEW_MS, floor()) ||
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
