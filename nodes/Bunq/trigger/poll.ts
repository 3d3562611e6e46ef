import type { IDataObject } from 'n8n-workflow';
import { DAY_MS, toBunqClock } from '../api/clock';
import type { BunqError } from '../api/errors';
import { pollBalances, thresholdKeyOf } from './balancePoll';
import { pollLists } from './listPoll';
import { countFailures, foldResults, reportErrors, reportUnreadable } from './pollResult';
import { ACCOUNT_LIST, type AccountResults, type PollRun } from './pollRun';
import type { Cursor, PollState } from './pollState';

/** One poll: takes the state, returns the events since and the next state. It depends on n8n for types only, and does not know its caller. */

/** What the state belongs to. */
type StateOwner = Pick<PollState, 'scope' | 'user'>;

export interface PollOptions extends Omit<PollRun, 'oldestEventTime'>, StateOwner {
	/** Whether this process stored the state in the poll before: then this is not the poll of an activation. */
	isContinued: boolean;
	/** For a first poll, the time from which on events are new; milliseconds UTC, this machine's clock. */
	startedAt: number;
}

export interface PollOutcome {
	/** The events to emit, oldest first. */
	items: IDataObject[];
	/** The state to store in the same step that emits the items. Undefined after a failed first poll: store nothing. */
	state?: Omit<PollState, 'revision'>;
	/** What this poll read: account IDs, or ACCOUNT_LIST. */
	read: Set<string>;
	/** Whether bunq answered nothing because it is down or unreachable. */
	isDown: boolean;
	/** Why the poll has to fail: it has nothing to emit, and a person must know what could not be read. */
	error?: BunqError;
}

/** Reads the due accounts and folds their results. Returns errors as part of the outcome. */
export const poll = async (options: PollOptions): Promise<PollOutcome> => {
	const { bunq, event, params, state, scope, user, startedAt } = options;
	const days = Number(params.catchUpDays);
	const run = { ...options, oldestEventTime: () => bunq.now() - days * DAY_MS };
	const results = 'path' in event ? await pollLists(event, run) : await pollBalances(event, run);
	// bunq's clock is known only now that bunq has replied.
	const baseline = state?.baseline ?? toBunqClock(startedAt, bunq)();
	const { state: next, ...outcome } = conclude(results, state, options);
	if (outcome.error && !state) return outcome;
	return {
		...outcome,
		state: {
			version: 1,
			...next,
			scope,
			user: { ...user, grantorId: user.grantorId ?? state?.user.grantorId },
			thresholdKey: 'path' in event ? undefined : thresholdKeyOf(event, params),
			baseline,
			accounts: state ? next.accounts : withBaseline(next.accounts, baseline),
		},
	};
};

/** A poll that could not even start to read, because of this error. The state keeps everything but the count of failures. */
export const failPoll = (error: BunqError, state: PollState, isContinued: boolean): PollOutcome => {
	const [account] = state.listing ? [ACCOUNT_LIST] : Object.keys(state.accounts).map(Number);
	const results = [{ account: account ?? ACCOUNT_LIST, error }];
	const { state: next, ...outcome } = conclude({ ...state, results }, state, { isContinued });
	return { ...outcome, state: { ...state, ...next } };
};

/** What the results of a poll make of the state, and what the poll emits or reports. */
const conclude = (
	{ results, ranOutOfTime, listing = undefined }: AccountResults,
	state: PollState | undefined,
	{ isContinued, called }: Pick<PollOptions, 'isContinued' | 'called'>,
) => {
	const { items, accounts, lastTried, read, ...folded } = foldResults(results, state);
	const isByClock = called === undefined;
	const errors = isByClock ? folded.errors : {};
	const mayFail = isContinued && isByClock && items.length === 0;
	const neverRead = items.length === 0 && Object.keys(accounts).length === 0;
	const hasOthers = (listing ?? state?.listing) !== undefined;
	const counted = countFailures(state, { read, errors });
	const { error, ...failed } =
		items.length > 0
			? { ...counted, error: undefined }
			: reportErrors(errors, counted, { neverRead, hasOthers, mayFail });
	const unreadable = mayFail && !error ? reportUnreadable(accounts) : undefined;
	return {
		items,
		read,
		isDown: read.size === 0 && Object.values(folded.errors).some(isUnavailable),
		error: error ?? unreadable?.error,
		state: {
			...failed,
			listing: listing ?? state?.listing,
			accounts: unreadable?.accounts ?? accounts,
			lastTried,
			ranOutOfTime,
		},
	};
};

/** Whether bunq could not be asked, and a later poll may succeed. */
export const isUnavailable = ({ kind }: { kind?: string }) =>
	kind === 'unavailable' || kind === 'rateLimited';

/** The cursors of a first poll, which learns bunq's clock only from bunq's replies. */
const withBaseline = (accounts: Record<string, Cursor>, baseline: number) =>
	Object.fromEntries(
		Object.entries(accounts).map(([id, cursor]) => [
			id,
			{ ...cursor, baseline: Math.min(cursor.baseline, baseline) },
		]),
	);
