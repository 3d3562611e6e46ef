import type { IDataObject } from 'n8n-workflow';
import { readSpendingPolicy } from '../../nodes/Bunq/spendingPolicy';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator } from '../support/parameters';

/**
 * The limits of an API key credential: only an exact "true" lets payments to others pass, and only an exact "false" lifts
 * their limit: what cannot be read never does.
 */

const bank = useBank();

const toSam = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: await bank.locate('Main'),
	...(await bank.toThirdParty()),
	amount: 10,
	...more,
});

/** How each kind of payment to others is made. */
const PAYMENTS: Array<[string, () => Promise<IDataObject>]> = [
	['a payment', toSam],
	['a batch', async () => await toSam({ operation: 'createBatch' })],
	['an accepted request', async () => await accept(await asked())],
];

const asked = async () =>
	await bank.control.addRequestResponse({
		accountId: await bank.accountId('Main'),
		amount: '10.00',
	});
const accept = async (id: number): Promise<IDataObject> => ({
	resource: 'requestResponse',
	operation: 'accept',
	account: await bank.locate('Main'),
	requestResponseId: `${id}`,
	atMost: 9_999,
});

describe('of the fields', () => {
	const others = { allowPaymentsToOthers: true };

	test.each([undefined, null, '', false, 'true', 1, 'yes', {}, []])(
		'Allow Payments to Others %p allows none',
		(allowPaymentsToOthers) => {
			const policy = readSpendingPolicy({ allowPaymentsToOthers, limitAmount: false });
			expect(policy).toEqual({ toOthers: 'never' });
		},
	);

	test.each([undefined, null, '', 0, 'false', true, 'true', 1, {}])(
		'Limit Each Payment %p is a limit',
		(limitAmount) => {
			const maxAmount = '9.99';
			const policy = readSpendingPolicy({ ...others, limitAmount, maxAmount });
			expect(policy).toEqual({ toOthers: 'limited', maxCents: 999 });
			expect(readSpendingPolicy({ ...others, limitAmount })).toMatchObject({
				toOthers: 'unreadable',
			});
		},
	);

	test('only turning Limit Each Payment off lifts the limit', () => {
		const policy = readSpendingPolicy({ ...others, limitAmount: false, maxAmount: 1 });
		expect(policy).toEqual({ toOthers: 'unlimited' });
	});

	test.each([
		...[undefined, null, '', ' ', NaN, Infinity, false, true, -1, '-1', 'a lot', {}, []],
		...['1.000', '1,000', '10.005', '[object Object]', '-0,01'],
	])('Maximum Amount (EUR) %p is none', (maxAmount) => {
		const policy = readSpendingPolicy({ ...others, limitAmount: true, maxAmount });
		expect(policy).toMatchObject({ toOthers: 'unreadable' });
	});

	test.each([
		['0', 0],
		[0, 0],
		['0,00', 0],
		[10, 1000],
		['10,5', 1050],
		['1.000,00', 100000],
		['1,000.00', 100000],
	])('Maximum Amount (EUR) %p is %p cents', (maxAmount, maxCents) => {
		expect(readSpendingPolicy({ ...others, maxAmount })).toEqual({ toOthers: 'limited', maxCents });
	});
});

describe.each(PAYMENTS)('%s', (_what, make) => {
	const pay = async (credential: IDataObject) =>
		await bank.apiKey(await make(), { credential: { allowPaymentsToOthers: true, ...credential } });

	test('is stopped before anything is sent by a Maximum Amount (EUR) that is no amount', async () => {
		for (const maxAmount of [undefined, null, '', NaN, false]) {
			const { error } = await pay({ limitAmount: true, maxAmount });
			expect(error?.message).toBe('"Maximum Amount (EUR)" in the credential is not an amount');
			expect(error?.description).toContain('Nothing was sent');
		}
		expect(await bank.changes()).toBe(0);
	});

	test('passes up to Maximum Amount (EUR); 0 allows none', async () => {
		const refused = '10.00 is more than this credential may pay to others at once';
		expect((await pay({ maxAmount: '9,99' })).error?.message).toBe(refused);
		expect((await pay({ maxAmount: '0' })).error?.message).toBe(refused);
		expect(await bank.changes()).toBe(0);
		expect((await pay({ maxAmount: '10,00' })).error).toBeUndefined();
		expect((await pay({ maxAmount: 1, limitAmount: false })).error).toBeUndefined();
		expect(await bank.changes()).toBe(2);
	});
});

test('a Maximum Amount (EUR) with two readings names both', async () => {
	const credential = { allowPaymentsToOthers: true, maxAmount: '1.000' };
	const { error } = await bank.apiKey(await toSam(), { credential });
	expect(error?.description).toContain('1000.00 or 1.00');
});

test('a limit that cannot be read does not stop what pays nobody', async () => {
	const credential = { allowPaymentsToOthers: true, maxAmount: '' };
	const { json } = await bank.apiKey({ resource: 'account', operation: 'getAll' }, { credential });
	expect(json.length).toBeGreaterThan(0);
	const draft = await bank.apiKey(await toSam({ resource: 'draftPayment' }), { credential });
	expect(draft.error).toBeUndefined();
});

test('each item meets the limit', async () => {
	const { json } = await bank.apiKey(await toSam({ amount: '={{ $json.amount }}' }), {
		credential: { allowPaymentsToOthers: true, maxAmount: '10' },
		items: ['10', '10,01', '1.000,00', '9,99'].map((amount) => ({ amount })),
		settings: CONTINUE_ON_FAIL,
	});
	expect(json.map((one) => one.amount ?? one.error)).toEqual([
		-10,
		expect.stringContaining('10.01 is more'),
		expect.stringContaining('1000.00 is more'),
		-9.99,
	]);
});

describe('a request to accept', () => {
	/** bunq shows the request with another amount. */
	const show = async (amount: unknown) => {
		const id = await asked();
		const object = {
			id,
			status: 'PENDING',
			amount_inquired: amount,
			counterparty_alias: { iban: (await bank.thirdParty()).iban },
		};
		const body = JSON.stringify({ Response: [{ RequestResponse: object }] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: `${id}$`, body });
		return id;
	};
	const CREDENTIALS = [
		{ allowPaymentsToOthers: true, limitAmount: true, maxAmount: '100' },
		{ allowPaymentsToOthers: true, limitAmount: false },
	];

	test.each([
		null,
		{},
		'8.00',
		{ value: null, currency: 'EUR' },
		{ value: 'ten', currency: 'EUR' },
		{ value: '-8.00', currency: 'EUR' },
		{ value: '0.00', currency: 'EUR' },
		{ value: '8,00', currency: 'EUR' },
		{ value: '8.005', currency: 'EUR' },
		{ value: '8.00' },
		{ value: '8.00', currency: 7 },
	])('with the amount %j is never accepted', async (amount) => {
		for (const credential of CREDENTIALS) {
			const { error } = await bank.apiKey(await accept(await show(amount)), { credential });
			expect(error?.message).toBe('bunq does not say how much the request is for');
			expect(error?.description).toContain('Nothing was sent');
		}
		expect(await bank.requestCount('PUT')).toBe(0);
	});

	test('in another currency does not pass a limit', async () => {
		const id = await show({ value: '8.00', currency: 'GBP' });
		const { error } = await bank.apiKey(await accept(id), { credential: CREDENTIALS[0] });
		expect(error?.message).toBe('"Maximum Amount (EUR)" is in euros, and this is in GBP');
		expect(await bank.requestCount('PUT')).toBe(0);
	});
});

describe('an own account', () => {
	const FIELDS = { allowPaymentsToOthers: false };
	/** bunq lists Household with these changes. */
	const list = async (change: IDataObject) => {
		const { id, iban } = await bank.account('Household');
		const { type = 'MonetaryAccountBank', ...rest } = change;
		const object = {
			id,
			description: 'Household',
			status: 'ACTIVE',
			user_id: (await bank.world()).person.id,
			alias: [{ type: 'IBAN', value: iban, name: 'E. Levy' }],
			...rest,
		};
		const body = JSON.stringify({ Response: [{ [String(type)]: object }], Pagination: null });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'monetary-account$', body });
		return { id, iban };
	};
	/** By IBAN and by ID. */
	const pays = async (change: IDataObject) => {
		const errors: unknown[] = [];
		for (const by of ['iban', 'id'] as const) {
			const { id, iban } = await list(change);
			const recipient =
				by === 'iban'
					? { recipientIban: iban }
					: { recipientType: 'ownAccount', recipientAccount: locator('id', id) };
			const { error } = await bank.apiKey(await toSam(recipient), { credential: FIELDS });
			errors.push(error?.message);
		}
		return errors;
	};

	test.each<[string, IDataObject]>([
		['a bank account', {}],
		['a savings account', { type: 'MonetaryAccountSavings', all_co_owner: [] }],
		['an owner as text', { user_id: '=' }],
	])('is %s of the user', async (_what, change) => {
		const { person } = await bank.world();
		const exact = change.user_id ? { ...change, user_id: String(person.id) } : change;
		expect(await pays(exact)).toEqual([undefined, undefined]);
		expect(await bank.changes()).toBe(2);
	});

	test.each<[string, IDataObject]>([
		['of another user', { user_id: 7 }],
		['without an owner', { user_id: null }],
		['whose owner cannot be read', { user_id: 'E. Levy' }],
		['that is joint', { type: 'MonetaryAccountJoint' }],
		['with co-owners', { type: 'MonetaryAccountSavings', all_co_owner: [{}] }],
		['whose co-owners cannot be read', { type: 'MonetaryAccountSavings', all_co_owner: 'Sam' }],
		['that somebody shares', { relation_user: { user_id: '7' } }],
		['at another bank', { type: 'MonetaryAccountExternal' }],
		['at another bank, for savings', { type: 'MonetaryAccountExternalSavings' }],
		['of an unknown kind', { type: 'MonetaryAccountMystery' }],
	])('is none %s', async (_what, change) => {
		const refused = 'This credential may only pay between your own accounts';
		expect(await pays(change)).toEqual([refused, refused]);
		expect(await bank.changes()).toBe(0);
	});

	test('is known however bunq writes its IBAN', async () => {
		const { iban } = await bank.account('Household');
		const spaced = iban!.toLowerCase().replace(/(.{4})/g, '$1 ');
		await list({ alias: [null, { type: 'IBAN', value: spaced }] });
		const { error } = await bank.apiKey(await toSam({ recipientIban: iban }), {
			credential: FIELDS,
		});
		expect(error).toBeUndefined();
	});

	test('of an access token is one of the user who granted it', async () => {
		const { oauth } = await bank.world();
		const { iban } = await bank.account('Household');
		const credential = { ...FIELDS, apiKey: oauth.accessToken };
		const own = await bank.apiKey(await toSam({ recipientIban: iban }), { credential });
		expect(own.error).toBeUndefined();
		const other = await bank.apiKey(await toSam(), { credential });
		expect(other.error?.message).toBe('This credential may only pay between your own accounts');
	});
});
