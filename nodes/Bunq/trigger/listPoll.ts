import type { IDataObject } from 'n8n-workflow';
import { isOpen } from '../api/objects';
import type { Account } from '../api/types';
import type { ListEvent } from './event';
import { happenedAt, lookAt } from './feed';
import { attempt, type Found, LIST, type Poll, shown } from './pollRun';
import type { Marks } from './pollState';

/** A poll for what appears in lists, or is answered there: which accounts to look at, and in which order. */

/** So many accounts beyond those where something must have happened are looked at in turn. */
const IN_TURN = 3;

type Watched = Pick<Account, 'id' | '_type' | 'balance' | 'status'>;

/** An event on its way: as the user wants it, and by what it is sorted among those of other accounts. */
interface Item {
	id: number;
	at: number;
	json: IDataObject;
}

export const lookAtLists = async (event: ListEvent, poll: Poll, found: Found) => {
	const { account, marks, bunq, deadline } = poll;
	const accounts: Watched[] =
		account === undefined
			? ((await attempt(LIST, found, bunq.accounts)) ?? [])
			: [{ id: account, _type: 'MonetaryAccount' }];
	const { due, lastInTurn } =
		marks && account === undefined
			? dueOf(event, accounts, marks)
			: { due: accounts.filter(isOpen) };
	const happened: Item[] = [];
	let hasTurnedPages = false;
	for (const [index, one] of due.entries()) {
		if (index > 0 && Date.now() >= deadline) {
			found.isCut = true;
			break;
		}
		// Further pages take the place of one account in turn, so that such a poll stays cheap as well.
		if (hasTurnedPages && one === lastInTurn) continue;
		const news = await attempt(one.id, found, async () => await newsOf(event, one, poll));
		if (news) {
			hasTurnedPages ||= news.pages > 1;
			found.accounts[one.id] = news.mark;
			happened.push(...news.items);
			continue;
		}
		const { kind } = found.errors[one.id];
		if (kind === 'authentication') break;
		if (kind === 'rejected' && !isOpen(one)) giveUp(one, found);
	}
	happened.sort((a, b) => a.at - b.at || a.id - b.id);
	found.items = happened.map(({ json }) => json);
};

/** What happened in one account that the user wants, and the account's new mark. */
const newsOf = async (event: ListEvent, one: Watched, poll: Poll) => {
	const { marks, bunq, params } = poll;
	const since = marks?.since ?? Infinity;
	const { events, mark, pages } = await lookAt(event, one.id, marks?.accounts[one.id], bunq, {
		...poll,
		since,
	});
	const items: Item[] = [];
	for (const happening of marks ? events : []) {
		if (await event.passes(happening, params, bunq))
			items.push({
				id: happening.id,
				at: happenedAt(event, happening),
				json: shown(happening, poll),
			});
	}
	const isClosed = isOpen(one) || mark.isUnfinished ? undefined : true;
	return { items, mark: { ...mark, balance: one.balance?.value, isClosed }, pages };
};

/** bunq does not show what is closed any more: there is nothing to wait for. */
const giveUp = ({ id }: Watched, found: Found) => {
	delete found.errors[id];
	found.read.add(String(id));
	found.accounts[id] = { ...found.accounts[id], isClosed: true };
};

/**
 * Which accounts to look at: those where something must have happened or reading did not end, then some in turn for
 * what moves no balance, and last those that failed, as they may take all the time. A closed one is looked at once
 * more. If the last poll's time was not enough for all, those come first that were tried longest ago.
 */
const dueOf = (event: ListEvent, accounts: Watched[], marks: Marks) => {
	const markOf = ({ id }: Watched) => marks.accounts[id];
	const turnOf = ({ id }: Watched) => marks.turns[id] ?? 0;
	const byTurn = (a: Watched, b: Watched) => turnOf(a) - turnOf(b) || a.id - b.id;
	const hasMoved = (one: Watched) =>
		typeof one.balance?.value === 'string' && one.balance.value !== markOf(one)?.balance;
	const hasNews = (one: Watched) =>
		!isOpen(one) || markOf(one)?.isUnfinished || (event.movesBalance && hasMoved(one));

	const watched = accounts
		.filter((one) => isOpen(one) || (markOf(one) && !markOf(one).isClosed))
		.sort(byTurn);
	const failing = watched.filter(({ id }) => id in marks.failures);
	const others = watched.filter((one) => !failing.includes(one));
	const urgent = others.filter(hasNews);
	const inTurn = others.filter((one) => !urgent.includes(one)).slice(0, IN_TURN);
	const due = [...urgent, ...inTurn, ...failing];
	return { due: marks.isCut ? due.sort(byTurn) : due, lastInTurn: inTurn.at(IN_TURN - 1) };
};
