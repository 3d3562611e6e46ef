import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { ACCOUNT_LIST, type AccountResult, type EventItem } from './pollRun';
import type { Cursor, PollState } from './pollState';

/** Folds the results of a poll's accounts, and decides which failures to report. Pure functions. */

/** How many polls in a row may fail to read an account before an error says so. */
const MAX_SILENT_FAILURES = 3;

/** By account ID, and ACCOUNT_LIST for the list of accounts. */
type Errors = Record<string, BunqError>;

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
	const tries = Object.values(state?.lastTried ?? {}).reduce((most, one) => Math.max(most, one), 0);
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

/** What bunq said, if it refused for good: to ask again changes nothing until a person acts. */
export const finalAnswer = ({ kind, httpCode = '', message }: BunqError) =>
	kind === 'rejected' ? `${httpCode} ${message}`.trim() : undefined;

/** What a poll knows about failures: how many polls in a row, and which final refusals an error has named. */
export type FailureRecord = Pick<PollState, 'failures' | 'refusals'>;

/**
 * Counts how many polls in a row each account failed. An account that this poll did not try keeps its count. A refusal
 * that was named does not count again until bunq answers differently.
 */
export const countFailures = (
	{ failures, refusals }: FailureRecord = { failures: {}, refusals: {} },
	{ read, errors }: Pick<PollResult, 'read' | 'errors'>,
): FailureRecord => {
	const isNamed = (id: string) => id in refusals && refusals[id] === finalAnswer(errors[id]);
	const failed = Object.keys(errors).filter((id) => !isNamed(id));
	const keep = <T>(before: Record<string, T>) =>
		Object.fromEntries(Object.entries(before).filter(([id]) => !read.has(id)));
	const counts = failed.map((id) => [id, (failures[id] ?? 0) + 1]);
	const named = Object.entries(keep(refusals)).filter(([id]) => !failed.includes(id));
	return {
		failures: { ...keep(failures), ...Object.fromEntries(counts) },
		refusals: Object.fromEntries(named),
	};
};

/** Whose failures may be reported. */
export interface ReportContext {
	/** Whether no account was ever read, so that waiting makes no sense. */
	neverRead: boolean;
	/** Whether the trigger watches several accounts, and goes on with the others. */
	hasOthers: boolean;
	/** Whether this poll may fail: it emits nothing, and it is not the poll of an activation, which must not fail for long. */
	mayFail: boolean;
}

/**
 * The error of a poll that emits nothing, and the record after it. Accounts that the error names count from 0 again; one
 * that bunq refused for good is named once. No error while the next polls may still succeed.
 */
export const reportErrors = (
	errors: Errors,
	{ failures, refusals }: FailureRecord,
	{ neverRead, hasOthers, mayFail }: ReportContext,
): FailureRecord & { error?: BunqError } => {
	const fatal = Object.values(errors).find(({ kind }) => kind === 'authentication');
	if (fatal) return { error: fatal, failures, refusals };
	const isDue = (id: string) => neverRead || (mayFail && failures[id] > MAX_SILENT_FAILURES);
	const due = Object.keys(errors).filter(isDue);
	if (due.length === 0) return { failures, refusals };
	const answerOf = (id: string) => (hasOthers ? finalAnswer(errors[id]) : undefined);
	const [first] = [...due.filter(answerOf), ...due];
	const answer = answerOf(first);
	const named = due.filter((id) => answerOf(id) === answer);
	const without = Object.entries(failures).filter(([id]) => !named.includes(id));
	const entries = <T>(value: T) => Object.fromEntries(named.map((id) => [id, value]));
	return {
		error: errors[first].withHint(
			`${subjectOf(named)} could not be read. ${answer ? REFUSED : KEPT}`,
		),
		failures: { ...Object.fromEntries(without), ...(answer ? {} : entries(0)) },
		refusals: { ...refusals, ...(answer && entries(answer)) },
	};
};

const KEPT = 'Nothing is lost: events that you missed are emitted once reading works again.';
const REFUSED =
	'The trigger continues with everything else, and tells you again only if bunq answers differently. Events that you missed are emitted once bunq allows it.';

const subjectOf = (named: string[]) => {
	if (named.includes(ACCOUNT_LIST)) return 'The list of accounts';
	if (named.length === 1) return `The account with the ID ${named[0]}`;
	return `The accounts with the IDs ${named.join(', ')}`;
};

/** The error that names entries which no event could be made of, and the cursors after it. Undefined: all are named. */
export const reportUnreadable = (accounts: Record<string, Cursor>) => {
	const unnamed = Object.entries(accounts).flatMap(([id, { unreadable = [], parts = {} }]) => {
		const all = [unreadable, ...Object.values(parts).map((part) => part.unreadable ?? [])].flat();
		const count = all.reduce((sum, entry) => sum + (entry.isNamed ? 0 : entry.count), 0);
		return count > 0 ? [{ id, count }] : [];
	});
	if (unnamed.length === 0) return undefined;
	const total = unnamed.reduce((sum, { count }) => sum + count, 0);
	const where = unnamed.map(({ id, count }) => `${count} with the ID ${id}`).join(', ');
	const toNamed = <T extends Pick<Cursor, 'unreadable'>>(cursor: T): T => ({
		...cursor,
		unreadable: cursor.unreadable?.map((entry) => ({ ...entry, isNamed: true })),
	});
	const named = Object.entries(accounts).map(([id, { parts, ...cursor }]) => {
		const lists = parts && Object.entries(parts).map(([part, one]) => [part, toNamed(one)]);
		return [id, { ...toNamed(cursor), parts: lists && Object.fromEntries(lists) }];
	});
	return {
		error: new BunqError('rejected', `Entries in bunq's lists that cannot be read: ${total}`, {
			description: `Without an ID, or without the status that would be the event, nothing could be emitted for them. By account: ${where}. Open these accounts in the bunq app. Everything else was emitted, and you are told once.`,
		}),
		accounts: Object.fromEntries(named) as Record<string, Cursor>,
	};
};
