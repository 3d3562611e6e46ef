import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { connect } from '../connect';
import type { Event } from './event';
import { poll } from './poll';
import { readPollState } from './pollState';
import { readScope, readSettings } from './settings';
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
	const memory = memoryOf(`${ctx.getWorkflow().id} ${ctx.getNode().id}`);
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
	const isStored = stored.pollState !== undefined;
	const scope = readScope(ctx);
	const state = readPollState(isStored ? stored.pollState : memory.unsavedState, scope);
	const budget = ctx.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const bunq = await connect(ctx, limitsOf(budget));
	const settings = await readSettings(ctx, events, bunq, state);
	const accountsRead = readByThisProcess(memory, state);
	const outcome = await poll({
		...settings,
		bunq,
		state,
		scope,
		startedAt,
		deadline: startedAt + budget / 2,
		wasReadByThisProcess: (account) => accountsRead.has(String(account)),
	});

	// No await from here on: storing the state and emitting the items is one step.
	const { items, state: next, read, error } = outcome;
	if (next) {
		stored.pollState = next;
		memory.unsavedState = isStored || items.length > 0 ? undefined : next;
		memory.lastWritten = { revision: next.revision, accounts: new Set([...accountsRead, ...read]) };
	}
	if (error) return await Promise.reject(error);
	return items.length > 0 ? [items.map((json) => ({ json }))] : null;
};

/** One reply may not use up the time of a poll, and all requests together must end before n8n's limit. */
const limitsOf = (budget: number) => ({
	timeout: Math.max(Math.min(budget, DEFAULT_BUDGET_MS), MIN_BUDGET_MS) / 4,
	signal: AbortSignal.timeout(Math.max(budget * 0.8, MIN_BUDGET_MS)),
});
