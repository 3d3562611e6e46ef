import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { isOpen } from './accounts';
import { connect, type Bunq } from './api/connect';
import { BunqError } from './api/errors';
import { path } from './api/path';
import type { Account, Payment } from './api/types';
import {
	watchFields,
	type BalanceEvent,
	type Event,
	type Happening,
	type ListEvent,
} from './event';
import { CLOCK_DOUBT, timeOf } from './lists';
import { happenedAt, lookAt } from './look';
import { marksIn, type Mark, type Marks } from './marks';
import type { AnyParams } from './operation';
import { readParams, type Locator } from './params';
import { newestFirst, paymentsPath } from './payments';
import { simplified } from './simplify';

/** One poll of the trigger: from the stored marks to the events since, and the marks to store. */

/** What the user set. */
interface Settings {
	event: Event;
	params: AnyParams;
	/** The one account to watch; undefined: all. */
	account?: number;
}

interface Poll extends Settings {
	bunq: Bunq;
	/** Undefined: the first poll, which only notes where things stand. */
	marks?: Marks;
	/** Whether the marks may be older than the last poll: n8n was started since, or the workflow activated again. */
	isStale: boolean;
	/** What happened before this is passed over; milliseconds UTC, bunq's clock. */
	floor: number;
	/** When to begin nothing further; milliseconds UTC, this machine's clock. */
	deadline: number;
}

/** What a poll found. */
interface Found {
	items: IDataObject[];
	accounts: Record<string, Mark>;
	turn: number;
	/** Why accounts could not be read, by id. */
	errors: Record<string, BunqError>;
}

const DAY = 24 * 60 * 60_000;
/** How long a poll may take where n8n does not say, milliseconds. */
const BUDGET = 60_000;
/** So many accounts beyond those with a changed balance are looked at in turn. */
const IN_TURN = 3;
/** After so many failed polls running, an account is named by an error. */
const PATIENCE = 3;
/** Where the list of accounts stands among the failures. */
const LIST = 'accounts';

/** How often this process wrote the marks of each trigger. */
const written = new Map<string, number>();
/** The poll that runs and the one that waits for it, of each trigger. */
const running = new Map<string, Promise<unknown>>();
const waiting = new Set<string>();

/**
 * Polls once. Null: nothing happened. n8n may start a poll while another of the same trigger still runs: it waits for
 * its turn, so that no event is handed over by both. Throws BunqErrors and n8n's own.
 */
export const poll = async (ctx: IPollFunctions, events: Record<string, Event>) => {
	if (ctx.getMode() === 'manual') return await sample(ctx, events);
	const key = `${ctx.getWorkflow().id} ${ctx.getNode().id}`;
	if (waiting.has(key)) return null;
	waiting.add(key);
	await running.get(key)?.catch(() => undefined);
	waiting.delete(key);
	const turn = pollNow(ctx, events, key);
	running.set(key, turn);
	return await turn.finally(() => running.delete(key));
};

const pollNow = async (
	ctx: IPollFunctions,
	events: Record<string, Event>,
	key: string,
): Promise<INodeExecutionData[][] | null> => {
	const started = Date.now();
	const stored = ctx.getWorkflowStaticData('node');
	const scope = scopeOf(ctx);
	const marks = marksIn(stored, scope);
	const bunq = await connect(ctx);
	const settings = await settingsOf(ctx, events, bunq, marks);
	const found = await look({
		...settings,
		bunq,
		marks,
		isStale: marks?.polls !== written.get(key),
		floor: bunq.now() - Number(settings.params.catchUpDays) * DAY,
		deadline: started + (ctx.getPollBudgetMs?.() ?? BUDGET) / 2,
	});

	const { items, errors, accounts, turn } = found;
	const now = bunq.now();
	// bunq's clock is known only now that it has answered.
	const since = marks?.since ?? now - (Date.now() - started) - CLOCK_DOUBT;
	if (!marks) for (const mark of Object.values(accounts)) mark.since = since;
	const failures = Object.fromEntries(
		Object.keys(errors).map((id) => [id, (marks?.failures[id] ?? 0) + 1]),
	);
	const error = items.length > 0 ? undefined : failureOf(found, failures);
	if (error && !marks) return await Promise.reject(error);

	// From here on nothing can fail any more: marked and handed over is one step.
	const polls = (marks?.polls ?? 0) + 1;
	const next: Marks = { version: 1, scope, since, at: now, polls, turn, accounts, failures };
	stored.marks = next;
	written.set(key, polls);
	if (error) return await Promise.reject(error);
	return items.length > 0 ? [items.map((json) => ({ json }))] : null;
};

/** What the marks are for: another event, account or credential begins anew. */
const scopeOf = (ctx: IPollFunctions) => {
	const [event, authentication, allAccounts, account] = [
		'event',
		'authentication',
		'allAccounts',
		'account',
	].map((name) => ctx.getNodeParameter(name, ''));
	const { mode, value } = (account || {}) as Partial<Locator>;
	const credentials = Object.values(ctx.getNode().credentials ?? {}).map(({ id }) => id);
	const watched = allAccounts === false ? [mode, value ?? account] : 'all';
	return JSON.stringify([event, watched, authentication, credentials]);
};

const settingsOf = async (
	ctx: IPollFunctions,
	events: Record<string, Event>,
	bunq: Bunq,
	marks?: Marks,
): Promise<Settings> => {
	const name = String(ctx.getNodeParameter('event'));
	const event = events[name];
	if (!event)
		throw new BunqError('input', `There is no event "${name}"`, {
			description: 'Choose the event in the node again.',
		});
	// An account that is given by name or IBAN was found at the first poll already.
	const [known] = Object.keys(marks?.accounts ?? {});
	const reader = {
		getNodeParameter: (parameter: string, _item: number, fallback?: unknown) =>
			parameter === 'account' && known ? known : ctx.getNodeParameter(parameter, fallback),
		getTimezone: () => ctx.getTimezone(),
	};
	const fields = [...watchFields.where, ...event.fields, ...watchFields.how];
	const params = await readParams(reader, fields, 0, bunq);
	return { event, params, account: params.account as number | undefined };
};

const look = async (poll: Poll): Promise<Found> => {
	const { event, marks } = poll;
	const found: Found = {
		items: [],
		accounts: { ...marks?.accounts },
		turn: marks?.turn ?? 0,
		errors: {},
	};
	if ('path' in event) await lookAtLists(event, poll, found);
	else await lookAtBalances(event, poll, found);
	return found;
};

/** The failure of one account is nobody else's: it is noted, and the account is read again by the next poll. */
const attempt = async <T>(id: number | string, found: Found, read: () => Promise<T>) =>
	await read().catch(async (error: unknown) => {
		if (!(error instanceof BunqError)) return await Promise.reject(error);
		found.errors[id] = error;
		return undefined;
	});

const lookAtLists = async (event: ListEvent, poll: Poll, found: Found) => {
	const { account, marks, bunq, floor, deadline } = poll;
	const accounts: Watched[] =
		account === undefined
			? ((await attempt(LIST, found, bunq.accounts)) ?? [])
			: [{ id: account, _type: 'MonetaryAccount' }];
	const { urgent, inTurn } =
		account === undefined ? choice(event, accounts, marks) : { urgent: accounts, inTurn: [] };
	const happened: Happening[] = [];
	for (const [index, { id, balance }] of [...urgent, ...inTurn].entries()) {
		if (index > 0 && Date.now() >= deadline) break;
		const since = marks?.since ?? Infinity;
		const news = await attempt(id, found, async () => {
			const { events, mark } = await lookAt(event, id, marks?.accounts[id], bunq, {
				since,
				floor,
				deadline,
			});
			const isWanted = await Promise.all(
				events.map(async (one) => await event.passes(one, poll.params, bunq)),
			);
			return { events: events.filter((_, number) => isWanted[number]), mark };
		});
		if (index >= urgent.length) found.turn = id;
		if (found.errors[id]?.kind === 'credential') break;
		if (!news) continue;
		found.accounts[id] = { ...news.mark, balance: balance?.value };
		happened.push(...news.events);
	}
	const at = (one: Happening) => happenedAt(event, one);
	happened.sort((a, b) => at(a) - at(b) || a.id - b.id);
	found.items = happened.map((one) => shown(one, poll));
};

type Watched = Pick<Account, 'id' | '_type' | 'balance' | 'status'>;

/**
 * Which accounts to look at: those where something must have happened or reading did not end, and some more in turn,
 * for what moves no balance. Without marks all.
 */
const choice = (event: ListEvent, accounts: Watched[], marks?: Marks) => {
	const open = accounts.filter(isOpen);
	if (!marks) return { urgent: open, inTurn: [] };
	const hasMoved = ({ id, balance }: Watched) =>
		typeof balance?.value === 'string' && balance.value !== marks.accounts[id]?.balance;
	const urgent = accounts.filter((one) => {
		const mark = marks.accounts[one.id];
		// What emptied an account before it was closed is still to be told.
		const moved = event.movesBalance && hasMoved(one) && (isOpen(one) || mark);
		return moved || (isOpen(one) && (marks.failures[one.id] || mark?.stops.length));
	});
	const rest = open.filter((one) => !urgent.includes(one)).sort((a, b) => a.id - b.id);
	const after = rest.filter(({ id }) => id > marks.turn);
	return { urgent, inTurn: [...new Set([...after, ...rest])].slice(0, IN_TURN) };
};

const lookAtBalances = async (event: BalanceEvent, poll: Poll, found: Found) => {
	const { account, marks, bunq } = poll;
	const accounts =
		(account === undefined
			? await attempt(LIST, found, bunq.accounts)
			: await attempt(account, found, async () => [
					await bunq.get<Account>(path`/user/{user}/monetary-account/${account}`),
				])) ?? [];
	for (const one of accounts.filter(isOpen)) {
		const balance = one.balance?.value;
		if (typeof balance !== 'string') continue;
		const mark = marks?.accounts[one.id];
		// An account that was opened since then began with nothing.
		const isYoung = marks !== undefined && timeOf(one) >= marks.since;
		const before = mark?.balance ?? (isYoung ? '0.00' : undefined);
		const crossing =
			before === undefined
				? undefined
				: await attempt(
						one.id,
						found,
						async () => await crossed(event, one, before, balance, poll),
					);
		if (found.errors[one.id]) continue;
		found.accounts[one.id] = { ...(mark ?? NOTHING_SEEN), balance };
		if (crossing) found.items.push({ ...shown(one, poll), ...crossing });
	}
};

const NOTHING_SEEN = { since: 0, top: 0, seen: [], pending: [], stops: [] };

/**
 * Whether a balance crossed the line since the mark. What silent polls noted may be lost after a restart, so then the
 * payments since the mark tell whether it was on the other side in between.
 */
const crossed = async (
	event: BalanceEvent,
	{ id }: Account,
	before: string,
	after: string,
	{ marks, isStale, floor, bunq, params }: Poll,
) => {
	const side = (balance: string) => event.side(balance, params);
	if (side(before) !== side(after)) return event.crossed(before, after, params);
	if (!isStale || !marks) return undefined;

	const balances = [after];
	for await (const payment of bunq.each<Payment>(paymentsPath(id))) {
		const balance = payment.balance_after_mutation?.value;
		const at = timeOf(payment);
		if (at < Math.max(marks.at - CLOCK_DOUBT, floor)) break;
		if (at < marks.at + CLOCK_DOUBT && balance === before) break;
		if (balance) balances.unshift(balance);
	}
	balances.unshift(before);
	const sides = balances.map(side);
	for (let index = sides.length - 1; index > 0; index--)
		if (sides[index] !== sides[index - 1])
			return event.crossed(balances[index - 1], balances[index], params);
	return undefined;
};

/** An object as the user wants it. */
const shown = (object: object, { params }: Settings) =>
	(params.simplify ? simplified(object) : { ...object }) as IDataObject;

/** Why a poll without events fails: nobody would notice otherwise. Undefined: it does not, there is hope. */
const failureOf = ({ accounts, errors }: Found, failures: Record<string, number>) => {
	const fatal = Object.values(errors).find(({ kind }) => kind === 'credential');
	if (fatal) return fatal;
	const isUseless = Object.keys(accounts).length === 0;
	const [id] = Object.entries(failures).find(([, times]) => isUseless || times > PATIENCE) ?? [];
	if (id === undefined) return undefined;
	failures[id] = 0;
	const what = id === LIST ? 'The list of accounts' : `The account with the ID ${id}`;
	return errors[id].withHint(
		`${what} could not be read. Nothing is lost: what happened meanwhile comes once it can be read again.`,
	);
};

/** The newest event that the user wants, as an example; no mark is read or moved. Throws when there is none. */
const sample = async (ctx: IPollFunctions, events: Record<string, Event>) => {
	const bunq = await connect(ctx);
	const settings = await settingsOf(ctx, events, bunq);
	const found =
		'path' in settings.event
			? await newestOf(settings.event, settings, bunq)
			: await currentOf(settings.event, settings, bunq);
	if (found) return [[{ json: found }]];
	throw new BunqError('input', 'bunq has nothing yet that matches this event', {
		description:
			'This was only a test: nothing is wrong. Loosen the filters, or let it happen once at bunq and test again. Once the workflow is active, it runs when it happens.',
	});
};

/** So many of an account's newest are tried for an example. */
const MOST_TRIED = 200;

const newestOf = async (event: ListEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const ids =
		account === undefined ? (await bunq.accounts()).filter(isOpen).map(({ id }) => id) : [account];
	const streams = ids.map((id) => bunq.each<Happening>(event.path(id), MOST_TRIED));
	const tried = { now: 0 };
	for await (const one of newestFirst(streams)) {
		const isOver = event.isAnswered?.(one) ?? true;
		if (isOver && (await event.passes(one, params, bunq))) return shown(one, settings);
		if (++tried.now >= MOST_TRIED) return undefined;
	}
	return undefined;
};

/** An account as it stands, as if its balance had just come to where it is. */
const currentOf = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const accounts =
		settings.account === undefined
			? (await bunq.accounts()).filter(isOpen)
			: [await bunq.get<Account>(path`/user/{user}/monetary-account/${settings.account}`)];
	for (const one of accounts) {
		const balance = one.balance?.value;
		const crossing = balance && event.crossed(balance, balance, settings.params);
		if (crossing) return { ...shown(one, settings), ...crossing };
	}
	return undefined;
};
