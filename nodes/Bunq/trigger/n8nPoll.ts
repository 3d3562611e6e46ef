import type { ITriggerFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError, type FailureKind } from '../api/errors';
import type { Account } from '../api/types';
import { connect } from '../connect';
import { withEventAccountName } from '../simplify/accountNames';
import { withAlternative } from '../nodeError';
import type { Event } from './event';
import { failPoll, poll, type PollOutcome } from './poll';
import { isStateOf, parsePollState, toStoredState, type PollState } from './pollState';
import { readPollSettings, type FoundAccount } from './settings';
import {
	keepState,
	newestFirst,
	newRevision,
	readByThisProcess,
	type TriggerMemory,
} from './triggerMemory';

/** A poll in n8n: loads the state, connects, polls, stores the state and emits the events. */

/** How long a poll may take; milliseconds. */
const BUDGET_MS = 60_000;
/** One reply may not use up the time of a poll, and all requests together end before the next poll of a minute. */
const limits = (stopped: AbortSignal) => ({
	timeout: BUDGET_MS / 4,
	signal: AbortSignal.any([AbortSignal.timeout(BUDGET_MS * 0.8), stopped]),
});

/** What the polls of a trigger share, from its start to its end; `pollFromN8n` notes here what the next one is to know. */
export interface PollContext {
	/** n8n's context, with the parameters as they were at the start. */
	ctx: ITriggerFunctions;
	event: Event;
	memory: TriggerMemory;
	/** Whether n8n has stopped it: then it neither stores nor emits anything. */
	isOver: boolean;
	/** Ends the poll in progress, which has nobody to read for any more. */
	endPoll?: () => void;
	/** Whether it has polled before: then a poll is not that of an activation. */
	hasPolled: boolean;
	/** The account that its name or IBAN identified. */
	found?: FoundAccount;
	/** The accounts as bunq listed them last, for their names: a poll because bunq called does not read the list. */
	accounts?: Account[];
}

/**
 * Polls once. Never two polls of a trigger at a time: the caller sees to that. Rejects with a BunqError, or with an error
 * of n8n's; otherwise says whether bunq is down.
 * @param called for a poll because bunq called, the accounts that it named, or none for a poll of everything. Such a poll
 * leaves failures to the polls by the clock.
 */
export const pollFromN8n = async (
	context: PollContext,
	called?: ReadonlySet<number>,
): Promise<{ isDown: boolean }> => {
	const { ctx, event, memory, hasPolled: isContinued } = context;
	const startedAt = monotonicNow();
	const { pollState } = ctx.getWorkflowStaticData('node');
	const states = newestFirst(memory, parsePollState(pollState));
	const stopping = new AbortController();
	context.endPoll = () => stopping.abort();
	const bunq = await connect(ctx, limits(stopping.signal));
	const reading = readPollSettings(ctx, event, bunq, context.found);
	const { settings, failure } = await tryReadSettings(reading);
	// Where nobody knows the user, the stored state may be a copy of another trigger's, so the one in memory comes first.
	const state = settings ? states.find((one) => isStateOf(settings, one)) : states.at(0);
	if (failure && (!state || called)) throw failure;
	const accountsRead = readByThisProcess(memory, state);
	const outcome = settings
		? await poll({
				...settings,
				bunq,
				state,
				called,
				isContinued,
				startedAt,
				deadline: startedAt + BUDGET_MS / 2,
				wasReadByThisProcess: (account) => accountsRead.has(String(account)),
			})
		: failPoll(failure, state!, isContinued);

	// No await from here on: storing the state and emitting the items is one step.
	if (context.isOver) return { isDown: false };
	if (settings) context.found = settings.found;
	const listed = bunq.knownAccounts();
	if (listed.length > 0) context.accounts = listed;
	storeAndEmit(context, state, outcome);
	if (!outcome.error) return { isDown: outcome.isDown };
	const authentication = ctx.getNodeParameter('authentication', undefined);
	throw withAlternative(outcome.error, event.oauthAlternative, authentication);
};

const storeAndEmit = (
	{ ctx, memory, accounts = [] }: PollContext,
	before: PollState | undefined,
	{ state, items, read }: PollOutcome,
) => {
	if (state) {
		const next = toStoredState({ ...state, revision: newRevision() });
		ctx.getWorkflowStaticData('node').pollState = next;
		keepState(memory, before, { next, read });
	}
	const named = items.map((item) => ({ json: withEventAccountName(item, accounts) }));
	if (named.length > 0) ctx.emit([named]);
};

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
