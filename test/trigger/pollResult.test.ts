import { BunqError, type FailureKind } from '../../nodes/Bunq/api/errors';
import { countFailures, foldResults, reportErrors } from '../../nodes/Bunq/trigger/pollResult';
import { ACCOUNT_LIST, type AccountResult } from '../../nodes/Bunq/trigger/pollRun';
import { newCursor } from '../../nodes/Bunq/trigger/pollState';

/** The outcome of a poll, from the results of its accounts: pure functions, no bank. */

const errorOf = (kind: FailureKind = 'unavailable') => new BunqError(kind, 'No answer');
const cursorOf = (checkedAt: number) => ({ ...newCursor(0), checkedAt });
const event = (at: number, id?: number) => ({ at, id, json: { at, id } });

describe('the results of a poll, folded', () => {
	const state = { accounts: { 1: cursorOf(1), 2: cursorOf(1) }, lastTried: { 1: 4, 2: 7, 9: 5 } };
	const fold = (...results: AccountResult[]) => foldResults(results, state);

	test('events of all accounts by time, then ID', () => {
		const { items } = fold(
			{ account: 1, items: [event(5, 9), event(8, 1)] },
			{ account: 2, items: [event(5, 3), event(6, 2)] },
		);
		expect(items.map(({ at, id }) => [at, id])).toEqual([
			[5, 3],
			[5, 9],
			[6, 2],
			[8, 1],
		]);
	});

	test('equal times without an ID stay in the order of reading', () => {
		const items = [1, 2, 3].map((name) => ({ at: 5, json: { name } }));
		expect(fold({ account: 1, items }).items).toEqual(items.map(({ json }) => json));
	});

	test('a successful read moves the cursor, a failed one does not', () => {
		const { accounts, read, errors } = fold(
			{ account: ACCOUNT_LIST, items: [] },
			{ account: 1, items: [], cursor: cursorOf(2) },
			{ account: 2, error: errorOf() },
		);
		expect(accounts).toEqual({ 1: cursorOf(2), 2: cursorOf(1) });
		expect([...read]).toEqual([ACCOUNT_LIST, '1']);
		expect(Object.keys(errors)).toEqual(['2']);
	});

	test('the last result of an account counts', () => {
		const { accounts, read, errors } = fold(
			{ account: 1, items: [] },
			{ account: 1, error: errorOf() },
		);
		expect([accounts, [...read], Object.keys(errors)]).toEqual([state.accounts, [], ['1']]);
	});

	test('each request of an account counts as a try, failed or not, unlike the list of accounts', () => {
		const { lastTried } = fold(
			{ account: ACCOUNT_LIST, items: [] },
			{ account: 3, items: [], isFromList: true },
			{ account: 2, error: errorOf() },
			{ account: 1, items: [] },
		);
		expect(lastTried).toEqual({ 2: 8, 1: 9, 9: 5 });
	});
});

describe('failures', () => {
	test.each<
		[
			rule: string,
			before: Record<string, number> | undefined,
			read: string[],
			failed: string[],
			after: object,
		]
	>([
		['count polls in a row', { 1: 2 }, [], ['1', '2'], { 1: 3, 2: 1 }],
		['end with a successful read', { 1: 2 }, ['1'], [], {}],
		['stay for an account that was not tried', { 1: 2 }, ['3'], [], { 1: 2 }],
		['start with the first poll', undefined, [], ['1'], { 1: 1 }],
	])('%s', (_rule, before, read, failed, after) => {
		const errors = Object.fromEntries(failed.map((id) => [id, errorOf()]));
		const record = before && { failures: before, refusals: {} };
		expect(countFailures(record, { read: new Set(read), errors }).failures).toEqual(after);
	});

	interface Reported {
		failures: Record<string, number>;
		neverRead?: boolean;
		hasOthers?: boolean;
		mayFail?: boolean;
		kind?: FailureKind;
	}
	const report = ({
		failures,
		neverRead = false,
		hasOthers = true,
		mayFail = true,
		kind,
	}: Reported) => {
		const errors = Object.fromEntries(Object.keys(failures).map((id) => [id, errorOf(kind)]));
		const context = { neverRead, hasOthers, mayFail };
		return reportErrors(errors, { failures, refusals: {} }, context);
	};

	test.each<[rule: string, reported: Reported, names: string | undefined, after: object]>([
		['three polls in a row are silent', { failures: { 1: 3 } }, undefined, { 1: 3 }],
		[
			'the fourth names the account, which counts from zero again',
			{ failures: { 1: 4, 2: 1 } },
			'The account with the ID 1 could not be read.',
			{ 1: 0, 2: 1 },
		],
		[
			'several accounts are named together',
			{ failures: { 1: 4, 2: 5 } },
			'The accounts with the IDs 1, 2 could not be read.',
			{ 1: 0, 2: 0 },
		],
		[
			'the list of accounts is named alone',
			{ failures: { 1: 4, [ACCOUNT_LIST]: 4 } },
			'The list of accounts could not be read.',
			{ 1: 0, [ACCOUNT_LIST]: 0 },
		],
		[
			'the first failure is named if no account was ever read',
			{ failures: { 1: 1 }, neverRead: true },
			'The account with the ID 1 could not be read.',
			{ 1: 0 },
		],
	])('%s', (_rule, reported, names, after) => {
		const { error, failures } = report(reported);
		expect(error?.description.split(/(?<=read\.) /)[0]).toBe(names);
		expect(failures).toEqual(after);
	});

	test('a refused credential is reported at once and unchanged', () => {
		expect(report({ failures: { 1: 1 }, kind: 'authentication' })).toEqual({
			error: errorOf('authentication'),
			failures: { 1: 1 },
			refusals: {},
		});
	});
});
