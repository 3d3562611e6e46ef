import type { DirtChange } from '..';
import { isSignedBy } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Dirt: answers with changed values, which are signed all the same. */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });

const mainPayments = () => `{user}/monetary-account/${bank.account('Main').id}/payment`;
/** The newest payment under these changes. */
const soiled = async (...changes: DirtChange[]) => {
	await bank.control.dirty({ changes });
	return (await bank.session.get(mainPayments())).json;
};
const keyed = (kind: DirtChange['kind'], key: string) => ({ kind, key: `Payment\\.${key}$` });

beforeEach(
	async () =>
		await bank.control.addPayments({ accountId: bank.account('Main').id, amount: '12.50' }),
);

test.each<[change: DirtChange, key: string, value: unknown]>([
	[keyed('null', 'id'), 'id', null],
	[keyed('missing', 'amount'), 'amount', undefined],
	[keyed('a number', 'description'), 'description', 7],
	[keyed('a text', 'amount'), 'amount', '?'],
	[keyed('an object', 'created'), 'created', {}],
	[keyed('a list', 'counterparty_alias'), 'counterparty_alias', []],
	[keyed('an unknown word', 'type'), 'type', 'SOMETHING_NEW'],
	[keyed('no time', 'created'), 'created', '0000-00-00 00:00:00'],
	[keyed('id as text', 'id'), 'id', expect.stringMatching(/^\d+$/)],
	[keyed('time in ISO format', 'created'), 'created', expect.stringMatching(/T.*Z$/)],
	[keyed('amount as number', 'amount.value'), 'amount', { value: 12.5, currency: 'EUR' }],
	[
		keyed('amount with fewer decimals', 'amount.value'),
		'amount',
		expect.objectContaining({ value: '12.5' }),
	],
])('%j', async (change, key, value) => {
	const { Response } = await soiled(change);
	expect(Response[0].Payment[key]).toEqual(value);
});

test('in entries and pages', async () => {
	const whole = (await bank.session.get(mainPayments())).json.Response;
	const entry = { key: '^Response\\.\\*$', entry: 0 };
	const { Response } = await soiled(
		{ kind: 'without its wrapper', ...entry },
		{ kind: 'null', ...entry, entry: 1 },
		{ kind: 'in another order', key: '^Response$' },
	);
	expect(Response.at(-1)).toEqual(whole[0].Payment);
	expect(Response.at(-2)).toBeNull();
	await bank.control.clearDirt();
	await bank.control.addPayments({ accountId: bank.account('Main').id, count: 12 });
	const { Pagination } = await soiled({ kind: 'the same page again' });
	expect(Pagination.older_url).toMatch(/\/payment$/);
});

test('all places, those of one shape, or one place', async () => {
	const nulls = async (change: Partial<DirtChange>) => {
		await bank.control.clearDirt();
		await bank.control.clearLog();
		await soiled({ kind: 'null', key: 'Payment\\.(id|type)$', ...change });
		return (await bank.control.log()).flatMap(({ dirt = [] }) => dirt);
	};
	const count = (await bank.session.get(mainPayments())).json.Response.length;
	expect(await nulls({})).toHaveLength(2 * count);
	expect(await nulls({ at: 3 })).toHaveLength(count);
	expect(await nulls({ at: 0, entry: 1 })).toEqual(['Response.1.Payment.id: null']);
});

test('signed, in answers to reads, until it is cleared', async () => {
	await bank.control.dirty({ changes: [{ kind: 'null', key: 'id$' }], times: 2 });
	const body = { currency: 'EUR' };
	const { json } = await bank.session.post('{user}/monetary-account-bank', body);
	expect(json.Response[0].Id.id).toEqual(expect.any(Number));
	const dirty = await bank.session.get('{user}/monetary-account');
	expect(dirty.json.Response[0].MonetaryAccountBank.id).toBeNull();
	expect(isSignedBy(bank.session.serverPublicKey, dirty)).toBe(true);

	await expect(
		bank.control.dirty({ changes: [{ kind: 'mud' as DirtChange['kind'] }] }),
	).rejects.toThrow('not "mud"');
});

test('in answers to writes where that is asked', async () => {
	await bank.control.dirty({ changes: [{ kind: 'null', key: 'Id\\.id$' }], method: 'POST' });
	const { json } = await bank.session.post('{user}/monetary-account-bank', { currency: 'EUR' });
	expect(json.Response[0].Id.id).toBeNull();
});
