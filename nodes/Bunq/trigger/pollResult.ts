import type { IDataObject } from 'n8n-workflow';
import type { BunqError } from '../api/errors';
import { ACCOUNT_LIST, type AccountResult, type EventItem } from './pollRun';
import type { Cursor, PollState } from './pollState';

/** Folds the results of a poll's accounts, and decides which failures to report. Pure functions. */

/** How many polls in a row may fail to read an account before an error says so. */
const MAX_SILENT_FAILURES = 3;

/** By account ID, and ACCOUNT_LIST for the list of accounts. */
type Errors = Record<string, BunqError>;
type Failures = PollState['failures'];

export interface PollResult {
	/** Oldest first. */
	items: IDataObject[];
	accounts: Record<string, Cursor>;
	lastTried: PollState['lastTried'];
	/** Successful reads: account IDs, or ACCOUNT_LIST. */
	read: Set<string>;
	/** Failed reads. */
	errors: Errors;
}

/**
 * Applies the results of a poll to the state before it.
 * @param results in the order of reading; the last result of an account counts
 */
export const foldResults = (
	results: AccountResult[],
	state?: Pick<PollState, 'accounts' | 'lastTried'>,
): PollResult => {
	const outcomes = [...new Map(results.map((result) => [String(result.account), result]))];
	const reads = outcomes.flatMap(([id, result]) => (result.error ? [] : [{ id, ...result }]));
	const failures = outcomes.flatMap(([id, { error }]) => (error ? [[id, error]] : []));
	const events = reads.flatMap(({ items }) => items).sort(byTime);
	const cursors = reads.flatMap(({ id, cursor }) => (cursor ? [[id, cursor]] : []));

	const requests = results.filter(
		({ account, isFromList }) => account !== ACCOUNT_LIST && !isFromList,
	);
	const tries = Math.max(0, ...Object.values(state?.lastTried ?? {}));
	const lastTried = requests.map(({ account }, index) => [account, tries + index + 1]);
	return {
		items: events.map(({ json }) => json),
		accounts: { ...state?.accounts, ...Object.fromEntries(cursors) },
		lastTried: { ...state?.lastTried, ...Object.fromEntries(lastTried) },
		read: new Set(reads.map(({ id }) => id)),
		errors: Object.fromEntries(failures),
	};
};

const byTime = (a: EventItem, b: EventItem) => a.at - b.at || (a.id ?? 0) - (b.id ?? 0);

/** Counts how many polls in a row each account failed. An account that this poll did not try keeps its count. */
export const countFailures = (
	before: Failures = {},
	{ read, errors }: Pick<PollResult, 'read' | 'errors'>,
): Failures => {
	const kept = Object.entries(before).filter(([id]) => !read.has(id));
	const failed = Object.keys(errors).map((id) => [id, (before[id] ?? 0) + 1]);
	return { ...Object.fromEntries(kept), ...Object.fromEntries(failed) };
};

/**
 * The error of a poll that emits nothing, and the counts after it: accounts that the error names count from 0 again. No
 * error while the next polls may still succeed.
 * @param neverRead whether no account was ever read, so that waiting makes no sense
 */
export const reportErrors = (
	errors: Errors,
	failures: Failures,
	neverRead: boolean,
): { error?: BunqError; failures: Failures } => {
	const fatal = Object.values(errors).find(({ kind }) => kind === 'authentication');
	if (fatal) return { error: fatal, failures };
	const named = Object.keys(errors).filter((id) => neverRead || failures[id] > MAX_SILENT_FAILURES);
	if (named.length === 0) return { failures };
	const error = errors[named[0]].withHint(
		`${subjectOf(named)} could not be read. Nothing is lost: events that you missed are emitted once reading works again.`,
	);
	return { error, failures: { ...failures, ...Object.fromEntries(named.map((id) => [id, 0])) } };
};

const subjectOf = (named: string[]) => {
	if (named.includes(ACCOUNT_LIST)) return 'The list of accounts';
	if (named.length === 1) return `The account with the ID ${named[0]}`;
	return `The accounts with the IDs ${named.join(', ')}`;
};
