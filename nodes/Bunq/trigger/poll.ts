import { randomUUID } from 'node:crypto';
import type { IPollFunctions, INodeExecutionData } from 'n8n-workflow';
import { connect, type Bunq } from '../connect';
import { BunqError } from '../api/errors';
import { triggerFields, type Event } from './event';
import { CLOCK_SKEW_MS } from '../api/clock';
import { readPollState, type PollState } from './pollState';
import { readParams, type Locator } from '../parameters/readParams';
import { thresholdKeyOf, pollBalances } from './balancePoll';
import { pollLists } from './listPoll';
import { fetchTestEvent } from './testEvent';
import { ACCOUNT_LIST, type PollResult, type Poll, type Settings } from './pollRun';

/** One poll of the trigger: from the stored marks to the events since, and the marks to store. */

const DAY_MS = 24 * 60 * 60_000;
/** How long a poll may take where n8n does not say, milliseconds. */
const DEFAULT_BUDGET_MS = 60_000;
/** What a poll has begun gets so long at least, however little n8n gives it. */
const MIN_BUDGET_MS = 10_000;
/** After so many failed polls running, an account is named by an error. */
const MAX_SILENT_FAILURES = 3;

/** What this process wrote last for each trigger: the marks' id, and the accounts that it looked at itself. */
const written = new Map<string, { id: string; ours: Set<string> }>();
/**
 * Where silent polls of a trigger began, as long as n8n stores nothing of them: its durable scheduler drops what the poll
 * at activation noted (docs/design.md, How n8n polls), and the next one would begin anew.
 */
const beginnings = new Map<string, PollState>();
/** The poll that runs and the one that waits for it, of each trigger. */
const running = new Map<string, Promise<unknown>>();
const waiting = new Set<string>();

/**
 * Polls once. Null: nothing happened. n8n may start a poll while another of the same trigger still runs: it waits for
 * its turn, so that no event is handed over by both. Throws BunqErrors and n8n's own.
 */
export const poll = async (ctx: IPollFunctions, events: Record<string, Event>) => {
	if (ctx.getMode() === 'manual') {
		const bunq = await connect(ctx);
		return [[{ json: await fetchTestEvent(await readSettings(ctx, events, bunq), bunq) }]];
	}
	const key = `${ctx.getWorkflow().id} ${ctx.getNode().id}`;
	if (waiting.has(key)) return null;
	waiting.add(key);
	const before = running.get(key);
	await before?.catch(() => undefined);
	waiting.delete(key);
	// A durable n8n gave this poll the marks from before that one: what is new since comes with the next.
	const stored = ctx.getWorkflowStaticData('node').pollState as Partial<PollState> | undefined;
	if (before && stored?.revision !== written.get(key)?.id) return null;
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
	const isStored = stored.pollState !== undefined;
	const marks = readPollState(isStored ? stored : { pollState: beginnings.get(key) }, scope);
	const budget = ctx.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const bunq = await connect(ctx, limitsOf(budget));
	const settings = await readSettings(ctx, events, bunq, marks);
	const last = written.get(key);
	const ours = last && last.id === marks?.revision ? last.ours : new Set<string>();
	const { items, errors, accounts, read, lastTried, ranOutOfTime } = await readAccounts({
		...settings,
		bunq,
		state: marks,
		wasReadByThisProcess: (id) => ours.has(String(id)),
		oldestEventTime: () => bunq.now() - Number(settings.params.catchUpDays) * DAY_MS,
		deadline: started + budget / 2,
	});

	// bunq's clock is known only now that it has answered.
	const baseline = marks?.baseline ?? bunq.now() - (Date.now() - started) - CLOCK_SKEW_MS;
	if (!marks)
		for (const mark of Object.values(accounts)) mark.baseline = Math.min(mark.baseline, baseline);
	const failures = countFailures(marks, read, errors);
	const isUseless = Object.keys(accounts).length === 0;
	const error = items.length > 0 ? undefined : errorToReport(errors, failures, isUseless);
	if (error && !marks) return await Promise.reject(error);

	// From here on nothing can fail any more: marked and handed over is one step.
	const revision = randomUUID();
	const thresholdKey = 'path' in settings.event ? undefined : thresholdKeyOf(settings);
	const next: PollState = {
		version: 1,
		revision,
		scope,
		thresholdKey,
		baseline,
		accounts,
		lastTried,
		ranOutOfTime,
		failures,
	};
	stored.pollState = next;
	if (isStored || items.length > 0) beginnings.delete(key);
	else beginnings.set(key, next);
	written.set(key, { id: revision, ours: new Set([...ours, ...read]) });
	if (error) return await Promise.reject(error);
	return items.length > 0 ? [items.map((json) => ({ json }))] : null;
};

/** No answer may take all the time of a poll, and all answers together not more than n8n gives. */
const limitsOf = (budget: number) => ({
	timeout: Math.max(Math.min(budget, DEFAULT_BUDGET_MS), MIN_BUDGET_MS) / 4,
	signal: AbortSignal.timeout(Math.max(budget * 0.8, MIN_BUDGET_MS)),
});

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

const readSettings = async (
	ctx: IPollFunctions,
	events: Record<string, Event>,
	bunq: Bunq,
	marks?: PollState,
): Promise<Settings> => {
	const name = String(ctx.getNodeParameter('event'));
	const event = events[name];
	if (!event)
		throw new BunqError('invalidInput', `There is no event "${name}"`, {
			description: 'Choose the event in the node again.',
		});
	// An account that is given by name or IBAN was found at the first poll already.
	const [known] = Object.keys(marks?.accounts ?? {});
	const reader = {
		getNodeParameter: (parameter: string, _item: number, fallback?: unknown) =>
			parameter === 'account' && known ? known : ctx.getNodeParameter(parameter, fallback),
		getTimezone: () => ctx.getTimezone(),
	};
	const fields = [...triggerFields.where, ...event.fields, ...triggerFields.how];
	const params = await readParams(reader, fields, 0, bunq);
	return { event, params, account: params.account as number | undefined };
};

const readAccounts = async (poll: Poll): Promise<PollResult> => {
	const { event, state } = poll;
	const found: PollResult = {
		items: [],
		accounts: { ...state?.accounts },
		lastTried: { ...state?.lastTried },
		ranOutOfTime: false,
		read: new Set(),
		errors: {},
	};
	if ('path' in event) await pollLists(event, poll, found);
	else await pollBalances(event, poll, found);
	return found;
};

/** How many polls running each account failed; one that was not tried now keeps what it had. */
const countFailures = (
	marks: PollState | undefined,
	read: Set<string>,
	errors: PollResult['errors'],
) => {
	const failures = Object.fromEntries(
		Object.entries(marks?.failures ?? {}).filter(([id]) => !read.has(id)),
	);
	for (const id of Object.keys(errors)) failures[id] = (failures[id] ?? 0) + 1;
	return failures;
};

/** Why a poll without events fails: nobody would notice otherwise. Undefined: it does not, there is hope. */
const errorToReport = (
	errors: PollResult['errors'],
	failures: Record<string, number>,
	isUseless: boolean,
) => {
	const fatal = Object.values(errors).find(({ kind }) => kind === 'authentication');
	if (fatal) return fatal;
	const named = Object.keys(errors).filter((id) => isUseless || failures[id] > MAX_SILENT_FAILURES);
	if (named.length === 0) return undefined;
	for (const id of named) failures[id] = 0;
	const ids = named.filter((id) => id !== ACCOUNT_LIST);
	const what = named.includes(ACCOUNT_LIST)
		? 'The list of accounts'
		: ids.length === 1
			? `The account with the ID ${ids[0]}`
			: `The accounts with the IDs ${ids.join(', ')}`;
	return errors[named[0]].withHint(
		`${what} could not be read. Nothing is lost: what happened meanwhile comes once it can be read again.`,
	);
};
