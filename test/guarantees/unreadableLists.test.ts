import type { IDataObject } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { collect } from '../../nodes/Bunq/api/pagination';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { requestHelper, type RunResult } from '../support/engine';

/**
 * Get Many has what bunq has: an object with a value that cannot be read, an account that bunq does not list, and pages
 * that lead in a circle make no list shorter without a word.
 */

const bank = useBank();

const LISTS = [
	['payment', 'payment'],
	['cardTransaction', 'mastercard-action'],
] as const;

beforeEach(async () => {
	for (const name of ['Household', 'Main', 'Holiday', 'Main']) {
		await bank.control.advance(60_000);
		await bank.receive(name);
		await bank.control.addCardTransactions(await bank.accountId(name), [{ amount: '2.00' }]);
	}
	await bank.control.clearLog();
});

const getMany = async (resource: string, more: IDataObject = {}) =>
	await bank.apiKey({ resource, operation: 'getAll', allAccounts: true, returnAll: true, ...more });

const ids = ({ json }: RunResult) => json.map(({ id }) => id as number);
const ascending = (numbers: number[]) => [...numbers].sort((one, other) => one - other);
const hintsOf = ({ run }: RunResult) =>
	(run.data.resultData.runData.Bunq?.at(-1)?.hints ?? []).map(({ message }) => message);

const client = async () => {
	const credential = toBunqCredential({ apiKey: (await bank.world()).apiKey });
	return createClient({ httpRequest: await requestHelper(), credential });
};

/** Answers every read of an account's list with what bunq has, each object changed. */
const show = async (
	account: string,
	list: string,
	change: (object: IDataObject, index: number) => Record<string, unknown>,
) => {
	const path = `/user/{user}/monetary-account/${await bank.accountId(account)}/${list}`;
	const wrapped = await collect((await client()).eachRaw(`${path}?count=200`));
	const objects = wrapped.map((one, index) => {
		const [[type, object]] = Object.entries(one);
		return { [type]: change(object as IDataObject, index) };
	});
	const body = JSON.stringify({ Response: objects, Pagination: null });
	await bank.control.clearLog();
	await bank.control.fault({
		kind: 'other',
		method: 'GET',
		path: `/${await bank.accountId(account)}/${list}$`,
		body,
		times: 99,
	});
};

const asIso = (time: unknown, zone: string) => `${String(time).replace(' ', 'T')}${zone}`;
const TIMES: Array<[what: string, timeOf: (time: unknown) => unknown, isReadable: boolean]> = [
	['null', () => null, false],
	['missing', () => undefined, false],
	['a number', () => 1_767_871_203, false],
	['an object', () => ({ toString: 1 }), false],
	['another word', () => 'yesterday', false],
	['with T and Z', (time) => asIso(time, 'Z'), true],
	['with an offset', (time) => asIso(time, '+00:00'), true],
];

describe.each(LISTS)('%s: times', (resource, list) => {
	test.each(TIMES)('%s, in one account or in one object', async (_what, timeOf, isReadable) => {
		const all = await getMany(resource);
		expect(all.json.length).toBeGreaterThan(6);
		for (const changes of [() => true, (index: number) => index === 0]) {
			await show('Main', list, (object, index) =>
				changes(index) ? { ...object, created: timeOf(object.created) } : object,
			);
			const shown = await getMany(resource);
			expect(ascending(ids(shown))).toEqual(ascending(ids(all)));
			// What can be read stays in its order.
			const readable = shown.json.filter(({ created }) => created !== null);
			expect(readable).toEqual(all.json.filter(({ id }) => readable.some((one) => one.id === id)));
			expect(readable.length === shown.json.length).toBe(isReadable);
		}
	});

	test('one that cannot be read passes Created After and Created Before', async () => {
		const all = await getMany(resource);
		await show('Main', list, (object, index) =>
			index === 1 ? { ...object, created: null } : object,
		);
		const future = { filters: { createdAfter: '2100-01-01' } };
		const past = { filters: { createdBefore: '2000-01-01' } };
		for (const filter of [future, past]) {
			const { json } = await getMany(resource, filter);
			expect(json).toMatchObject([{ created: null }]);
		}
		expect(ids(await getMany(resource))).toHaveLength(all.json.length);
	});

	test('an older one on top does not end reading', async () => {
		const [newest] = (await getMany(resource)).json;
		const created = newest.created as string;
		const createdAfter = new Date(Date.parse(created) - 1_000).toISOString();
		const shown: unknown[] = [];
		await show('Main', list, (object, index) => {
			shown.push(object.id);
			return { ...object, created: index === 0 ? '2020-01-01 00:00:00' : created };
		});
		expect(shown.length).toBeGreaterThan(3);
		const { json } = await getMany(resource, { filters: { createdAfter } });
		expect(json.map(({ id }) => id)).toEqual(expect.arrayContaining(shown.slice(1)));
		expect(json.map(({ id }) => id)).not.toContain(shown[0]);
	});
});

const bunqError = (reason: string) =>
	JSON.stringify({ Error: [{ error_description: reason, error_description_translated: reason }] });

describe.each(LISTS)('%s: an account that bunq does not list', (resource, list) => {
	const refuse = async (account: string, status: number, reason = 'No such list.') =>
		await bank.control.fault({
			kind: 'status',
			method: 'GET',
			path: `/${await bank.accountId(account)}/${list}$`,
			status,
			body: bunqError(reason),
			times: 99,
		});

	test.each([400, 403, 404])('%d is named once, and the others are listed', async (status) => {
		const all = await getMany(resource);
		const main = await bank.accountId('Main');
		await refuse('Main', status);
		const run = await bank.apiKey(
			{ resource, operation: 'getAll', allAccounts: true, returnAll: true },
			{ items: [{}, {}] },
		);
		const others = all.json.filter(({ accountId }) => accountId !== main);
		expect(run.error).toBeUndefined();
		expect(run.json).toEqual([...others, ...others]);
		expect(hintsOf(run)).toEqual([
			`Without 1 of 6 accounts, which bunq does not list. Main (ID ${main}): No such list.`,
		]);
	});

	test.each([
		['500-before', 'unhandled exception'],
		['429', 'requests'],
		['drop-before', ''],
		['maintenance', 'maintenance'],
		['truncated', 'could not be read'],
	] as const)('%s is an error that names it', async (kind, message) => {
		const id = await bank.accountId('Holiday');
		await bank.control.fault({ kind, method: 'GET', path: `/${id}/${list}$`, times: 99 });
		const run = await getMany(resource);
		expect(run.json).toEqual([]);
		expect(run.error?.message).toContain(message);
		expect(run.error?.description).toContain(`Holiday (ID ${id}): `);
		expect(hintsOf(run)).toEqual([]);
	});

	test('if bunq refuses all, it is an error', async () => {
		await bank.control.fault({
			kind: 'status',
			method: 'GET',
			path: `/${list}$`,
			status: 403,
			body: bunqError('Not enough permissions to read.'),
			times: 99,
		});
		const { error, json } = await getMany(resource);
		expect(json).toEqual([]);
		expect(error?.message).toBe('Not enough permissions to read.');
	});

	test('a refusal half way through is an error that names it', async () => {
		const id = await bank.accountId('Main');
		if (list === 'payment') await bank.receive('Main', { count: 250 });
		else
			await bank.control.addCardTransactions(
				id,
				Array.from({ length: 250 }, () => ({ amount: '0.01' })),
			);
		await bank.control.fault({
			kind: 'status',
			method: 'GET',
			path: `/${id}/${list}$`,
			status: 404,
			body: bunqError('Gone.'),
			times: 99,
			skip: 1,
		});
		const { error, json } = await getMany(resource);
		expect(json).toEqual([]);
		expect(error?.description).toContain(`Main (ID ${id}): Gone.`);
	});

	test('an account without an ID is named, and no request is sent for it', async () => {
		const accounts = await collect((await client()).eachRaw('/user/{user}/monetary-account'));
		const [[type, account]] = Object.entries(accounts[0]);
		const changed = { [type]: { ...(account as IDataObject), id: null } };
		await bank.control.clearLog();
		await bank.control.fault({
			kind: 'other',
			method: 'GET',
			path: 'monetary-account$',
			body: JSON.stringify({ Response: [changed, ...accounts.slice(1)] }),
		});
		const run = await getMany(resource);
		expect(hintsOf(run)).toEqual([
			expect.stringMatching(/^Without 1 of 6 .* \(its ID cannot be read\): /),
		]);
		expect((await bank.requests()).join()).not.toContain('null');
	});
});

describe('an entry that cannot be read is in the list all the same', () => {
	const onMain = async () => ({ account: await bank.locate('Main') });
	const OTHER_LISTS: Array<[resource: string, path: string, more: () => Promise<IDataObject>]> = [
		['statement', 'customer-statement$', onMain],
		['invoice', '/invoice$', async () => ({})],
		['bunqMeLink', 'bunqme-tab$', onMain],
		['scheduledPayment', 'schedule-payment$', onMain],
		[
			'note',
			'note-text$',
			async () => ({ ...(await onMain()), subjectId: String((await bank.receive('Main'))[0]) }),
		],
	];

	test.each(OTHER_LISTS)('%s', async (resource, path, more) => {
		const entries = [null, 7, {}, [], { Unknown: null }, { Unknown: { id: 'x' } }];
		const body = JSON.stringify({ Response: entries, Pagination: null });
		await bank.control.fault({ kind: 'other', method: 'GET', path, body, times: 9 });
		const order = { resource, operation: 'getAll', ...(await more()) };
		for (const simplify of [true, false]) {
			const { json, error } = await bank.apiKey({ ...order, simplify });
			expect(error).toBeUndefined();
			expect(json).toHaveLength(entries.length);
		}
	});
});
