import type { IDataObject } from 'n8n-workflow';
import { isOpen } from '../api/objects';
import type { Account } from '../api/types';
import type { ListEvent } from './event';
import { eventTime, readFeed } from './feed';
import { tryAccount, type PollResult, ACCOUNT_LIST, type Poll, toOutput } from './pollRun';
import type { PollState } from './pollState';

/** A poll for what appears in lists, or is answered there: which accounts to look at, and in which order. */

/** So many accounts beyond those where something must have happened are looked at in turn. */
const ROUND_ROBIN_SIZE = 3;

type WatchedAccount = Pick<Account, 'id' | '_type' | 'balance' | 'status'>;

/** An event on its way: as the user wants it, and by what it is sorted among those of other accounts. */
interface EventItem {
	id: number;
	at: number;
	json: IDataObject;
}

export const pollLists = async (event: ListEvent, poll: Poll, found: PollResult) => {
	const { account, state, bunq, deadline } = poll;
	const accounts: WatchedAccount[] =
		account === undefined
			? ((await tryAccount(ACCOUNT_LIST, found, bunq.accounts)) ?? [])
			: [{ id: account, _type: 'MonetaryAccount' }];
	const { due, lastInTurn } =
		state && account === undefined
			? selectDueAccounts(event, accounts, state)
			: { due: accounts.filter(isOpen) };
	const happened: EventItem[] = [];
	let hasTurnedPages = false;
	for (const [index, one] of due.entries()) {
		if (index > 0 && Date.now() >= deadline) {
			found.ranOutOfTime = true;
			break;
		}
		// Further pages take the place of one account in turn, so that such a poll stays cheap as well.
		if (hasTurnedPages && one === lastInTurn) continue;
		const news = await tryAccount(one.id, found, async () => await readAccount(event, one, poll));
		if (news) {
			hasTurnedPages ||= news.pages > 1;
			found.accounts[one.id] = news.mark;
			happened.push(...news.items);
			continue;
		}
		const { kind } = found.errors[one.id];
		if (kind === 'authentication') break;
		if (kind === 'rejected' && !isOpen(one)) markClosed(one, found);
	}
	happened.sort((a, b) => a.at - b.at || a.id - b.id);
	found.items = happened.map(({ json }) => json);
};

/** What happened in one account that the user wants, and the account's new mark. */
const readAccount = async (event: ListEvent, one: WatchedAccount, poll: Poll) => {
	const { state, bunq, params } = poll;
	const baseline = state?.baseline ?? Infinity;
	const { events, cursor, pages } = await readFeed(event, one.id, state?.accounts[one.id], bunq, {
		...poll,
		baseline,
	});
	const items: EventItem[] = [];
	for (const happening of state ? events : []) {
		if (await event.matches(happening, params, bunq))
			items.push({
				id: happening.id,
				at: eventTime(event, happening),
				json: toOutput(happening, poll),
			});
	}
	const isClosed = isOpen(one) || cursor.isBackfilling ? undefined : true;
	return { items, mark: { ...cursor, balance: one.balance?.value, isClosed }, pages };
};

/** bunq does not show what is closed any more: there is nothing to wait for. */
const markClosed = ({ id }: WatchedAccount, found: PollResult) => {
	delete found.errors[id];
	found.read.add(String(id));
	found.accounts[id] = { ...found.accounts[id], isClosed: true };
};

/**
 * Which accounts to look at: those where something must have happened or reading did not end, then some in turn for
 * what moves no balance, and last those that failed, as they may take all the time. A closed one is looked at once
 * more. If the last poll's time was not enough for all, those come first that were tried longest ago.
 */
const selectDueAccounts = (event: ListEvent, accounts: WatchedAccount[], marks: PollState) => {
	const markOf = ({ id }: WatchedAccount) => marks.accounts[id];
	const turnOf = ({ id }: WatchedAccount) => marks.lastTried[id] ?? 0;
	const byTurn = (a: WatchedAccount, b: WatchedAccount) => turnOf(a) - turnOf(b) || a.id - b.id;
	const hasMoved = (one: WatchedAccount) =>
		typeof one.balance?.value === 'string' && one.balance.value !== markOf(one)?.balance;
	const hasNews = (one: WatchedAccount) =>
		!isOpen(one) || markOf(one)?.isBackfilling || (event.movesBalance && hasMoved(one));

	const watched = accounts
		.filter((one) => isOpen(one) || (markOf(one) && !markOf(one).isClosed))
		.sort(byTurn);
	const failing = watched.filter(({ id }) => id in marks.failures);
	const others = watched.filter((one) => !failing.includes(one));
	const urgent = others.filter(hasNews);
	const inTurn = others.filter((one) => !urgent.includes(one)).slice(0, ROUND_ROBIN_SIZE);
	const due = [...urgent, ...inTurn, ...failing];
	return {
		due: marks.ranOutOfTime ? due.sort(byTurn) : due,
		lastInTurn: inTurn.at(ROUND_ROBIN_SIZE - 1),
	};
};
