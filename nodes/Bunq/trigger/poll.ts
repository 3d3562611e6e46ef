import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { DAY_MS, toBunqClock } from '../api/clock';
import type { BunqError } from '../api/errors';
import { pollBalances, thresholdKeyOf } from './balancePoll';
import { pollLists } from './listPoll';
import { countFailures, foldResults, reportErrors } from './pollResult';
import type { PollRun } from './pollRun';
import type { Cursor, PollState } from './pollState';

/** One poll: takes the state, returns the events since and the next state. It depends on n8n for types only, and does not know its caller. */

export interface PollOptions extends Omit<PollRun, 'oldestEventTime'> {
	/** The settings that the state belongs to. */
	scope: string;
	/** For a first poll, the time from which on events are new; `monotonicNow`. */
	startedAt: number;
}

export interface PollOutcome {
	/** The events to emit, oldest first. */
	items: IDataObject[];
	/** The state to store in the same step that emits the items. Undefined after a failed first poll: store nothing. */
	state?: PollState;
	/** What this poll read: account IDs, or ACCOUNT_LIST. */
	read: Set<string>;
	/** Why the poll has to fail: it has nothing to emit, and a person must know what could not be read. */
	error?: BunqError;
}

/** Reads the due accounts and folds their results. Returns errors as part of the outcome. */
export const poll = async (options: PollOptions): Promise<PollOutcome> => {
	const { bunq, event, params, state, scope, startedAt } = options;
	const days = Number(params.catchUpDays);
	const run = { ...options, oldestEventTime: () => bunq.now() - days * DAY_MS };
	const { results, ranOutOfTime } =
		'path' in event ? await pollLists(event, run) : await pollBalances(event, run);

	const { items, accounts, lastTried, read, errors } = foldResults(results, state);
	const counted = countFailures(state?.failures, { read, errors });
	const { error, failures } =
		items.length > 0
			? { failures: counted }
			: reportErrors(errors, counted, Object.keys(accounts).length === 0);
	if (error && !state) return { items, read, error };

	// bunq's clock is known only now that bunq has replied.
	const baseline = state?.baseline ?? toBunqClock(startedAt, bunq)();
	return {
		items,
		read,
		error,
		state: {
			version: 1,
			revision: randomUUID(),
			scope,
			thresholdKey: 'path' in event ? undefined : thresholdKeyOf(event, params),
			baseline,
			accounts: state ? accounts : withBaseline(accounts, baseline),
			lastTried,
			ranOutOfTime,
			failures,
		},
	};
};

/** The cursors of a first poll, which learns bunq's clock only from bunq's replies. */
const withBaseline = (accounts: Record<string, Cursor>, baseline: number) =>
	Object.fromEntries(
		Object.entries(accounts).map(([id, cursor]) => [
			id,
			{ ...cursor, baseline: Math.min(cursor.baseline, baseline) },
		]),
	);
