import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError, type FailureKind } from '../api/errors';
import { connect } from '../connect';
import type { Event } from './event';
import { failPoll, poll } from './poll';
import { isStateOf, parsePollState, toStoredState, type PollState } from './pollState';
import { readPollSettings, readSettings } from './settings';
import { fetchTestEvent } from './testEvent';
import { memoryOf, readByThisProcess, runExclusively, type TriggerMemory } from './triggerMemory';

/** A poll as n8n calls it: load the state, connect, poll, store the state, return the items. */

/** How long a poll may take if n8n does not say. */
const DEFAULT_BUDGET_MS = 60_000;
/** Minimum time for requests in progress, however little time n8n allows. */
const MIN_BUDGET_MS = 10_000;

/**
 * Returns the new events, or null if there are none. In manual mode ("Fetch Test Event") it returns the newest match and
 * leaves the state alone. n8n may start a poll while another one of the trigger runs: the second waits, so that no event
 * is emitted twice. Throws a BunqError, or an error of n8n's.
 */
export const pollFromN8n = async (
	ctx: IPollFunctions,
	events: Record<string, Event>,
): Promise<INodeExecutionData[][] | null> => {
	if (ctx.getMode() === 'manual') {
		const bunq = await connect(ctx);
		return [[{ json: await fetchTestEvent(await readSettings(ctx, events, bunq), bunq) }]];
	}
	const memory = memoryOf(`${ctx.getWorkflow().id} ${ctx.getNode().name}`);
	return await runExclusively(memory, async (hasWaited) => {
		const stored = ctx.getWorkflowStaticData('node').pollState as { revision?: string } | undefined;
		// The durable scheduler gave this poll the state from before the poll that it waited for. The next poll continues.
		const isStale = hasWaited && stored?.revision !== memory.lastWritten?.revision;
		return isStale ? null : await pollNow(ctx, events, memory);
	});
};

const pollNow = async (
	ctx: IPollFunctions,
	events: Record<string, Event>,
	memory: TriggerMemory,
): Promise<INodeExecutionData[][] | null> => {
	const startedAt = monotonicNow();
	const stored = ctx.getWorkflowStaticData('node');
	const storedState = parsePollState(stored.pollState);
	const budget = ctx.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const bunq = await connect(ctx, limitsOf(budget));
	const { settings, failure } = await tryReadSettings(readPollSettings(ctx, events, bunq, memory));
	const state = stateOf(settings, storedState, memory);
	if (failure && !state) throw failure;
	const accountsRead = readByThisProcess(memory, state);
	const isContinued = state !== undefined && state.revision === memory.lastWritten?.revision;
	const outcome = settings
		? await poll({
				...settings,
				bunq,
				state,
				isContinued,
				startedAt,
				deadline: startedAt + budget / 2,
				wasReadByThisProcess: (account) => accountsRead.has(String(account)),
			})
		: failPoll(failure, state!, isContinued);

	// No await from here on: storing the state and emitting the items is one step.
	const { items, read, error } = outcome;
	if (outcome.state) {
		const next = toStoredState(outcome.state);
		stored.pollState = next;
		const isStored = state !== undefined && state === storedState;
		memory.unsavedState = isStored || items.length > 0 ? undefined : next;
		memory.lastWritten = { revision: next.revision, accounts: new Set([...accountsRead, ...read]) };
	}
	if (error) return await Promise.reject(error);
	return items.length > 0 ? [items.map((json) => ({ json }))] : null;
};

/**
 * The trigger's state: the stored one, or else the one that this process kept. Where nobody knows the user, the stored one
 * may be a copy of another trigger's, so the kept one comes first.
 */
const stateOf = (
	settings: Parameters<typeof isStateOf>[0] | undefined,
	stored: PollState | undefined,
	{ unsavedState }: TriggerMemory,
) =>
	settings
		? [stored, unsavedState].find((state) => state && isStateOf(settings, state))
		: (unsavedState ?? stored);

/**
 * The settings of this poll, or why bunq does not tell what they need: then nobody knows which state is the trigger's. Any
 * other error is thrown.
 */
const tryReadSettings = async (reading: ReturnType<typeof readPollSettings>) =>
	await reading.then(
		(settings) => ({ settings, failure: undefined }),
		(failure: unknown) => {
			const isTold = failure instanceof BunqError && !FATAL_KINDS.includes(failure.kind);
			if (!isTold) throw failure;
			return { settings: undefined, failure };
		},
	);

/** A person has to act: the next poll would end in the same way. */
const FATAL_KINDS: FailureKind[] = ['authentication', 'invalidInput'];

/** One reply may not use up the time of a poll, and all requests together must end before n8n's limit. */
const limitsOf = (budget: number) => ({
	timeout: Math.max(Math.min(budget, DEFAULT_BUDGET_MS), MIN_BUDGET_MS) / 4,
	signal: AbortSignal.timeout(Math.max(budget * 0.8, MIN_BUDGET_MS)),
});
