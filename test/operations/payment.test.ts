import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator, MAY_PAY_OTHERS, OWN_REFERENCE } from '../support/parameters';

const bank = useBank();
const MAX_10 = { allowPaymentsToOthers: true, maxAmount: '10' };

/** Main pays Household, an own account that is picked from the list. */
const toHousehold = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: locator('list', await bank.accountId('Main')),
	recipientType: 'ownAccount',
	recipientAccount: locator('list', await bank.accountId('Household')),
	amount: 12.5,
	paymentDescription: 'Groceries',
	...more,
});

/** Main pays Sam, another user of bunq. */
const toSam = async (more: IDataObject = {}): Promise<IDataObject> => ({
	...(await toHousehold()),
	...(await bank.toThirdParty()),
	...more,
});

describe('create', () => {
	test('between own accounts with OAuth: one list of accounts, one payment', async () => {
		const { json, items } = await bank.oauth(await toHousehold());
		const [main, household] = [await bank.account('Main'), await bank.account('Household')];
		expect(json).toEqual([
			{
				id: expect.any(Number),
				created: expect.any(String),
				accountId: main.id,
				accountName: 'Main',
				amount: -12.5,
				currency: 'EUR',
				direction: 'out',
				description: 'Groceries',
				counterpartyName: expect.any(String),
				counterpartyIban: household.iban,
			},
		]);
		expect(items[0].pairedItem).toEqual({ item: 0 });
		expect([main.balance, household.balance]).toEqual(['2487.50', '312.50']);
		expect((await bank.requests()).map((one) => one.replace(/\/\d+/g, ''))).toEqual([
			'GET /user/monetary-account',
			'POST /user/monetary-account/payment',
		]);
	});

	test('says when it was made, by the clock of bunq', async () => {
		const { json } = await bank.oauth(await toHousehold());
		const account = await bank.locate('Main');
		const made = { resource: 'payment', operation: 'get', account, paymentId: `${json[0].id}` };
		const [shown] = (await bank.oauth(made)).json;
		const [told, created] = [json[0].created, shown.created].map((one) => Date.parse(String(one)));
		expect(Math.abs(told - created)).toBeLessThanOrEqual(1_000);
	});

	test('to a third party with an API key that allows it: one request', async () => {
		const { json } = await bank.apiKey(await toSam(), { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([{ amount: -12.5, counterpartyName: 'S. Friend' }]);
		expect(await bank.requests()).toHaveLength(1);
		expect((await bank.log())[0].body).toEqual({
			amount: { value: '12.50', currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: expect.any(String), name: 'S. Friend' },
			description: 'Groceries',
			merchant_reference: expect.stringMatching(OWN_REFERENCE),
		});
	});

	test.each([
		['email', { recipientEmail: 'sam@example.com' }, 'EMAIL', 'sam@example.com'],
		['phone', { recipientPhone: '+31 6 1200 0002' }, 'PHONE_NUMBER', '+31612000002'],
	])('to %s', async (recipientType, given, type, value) => {
		const { json } = await bank.apiKey(await toSam({ recipientType, ...given }), {
			credential: MAY_PAY_OTHERS,
		});
		expect(json).toMatchObject([{ amount: -12.5 }]);
		expect((await bank.log())[0].body).toMatchObject({ counterparty_alias: { type, value } });
	});

	test('to a third party with OAuth: bunq refuses, and the error names an alternative', async () => {
		const { error } = await bank.oauth(await toSam());
		expect(error).toMatchObject({
			message: 'Not enough permissions to create payment.',
			httpCode: '403',
			context: { itemIndex: 0 },
		});
		expect(error?.description).toMatch(
			/^Nothing was done: bunq does not grant this right to the connected credential\. An OAuth app may only pay between your own accounts\. Use "Draft Payment: Create"/,
		);
		expect(await bank.changes()).toBe(0);
	});

	test('to a third party with an API key that does not allow it: nothing is paid', async () => {
		const { error } = await bank.apiKey(await toSam());
		expect(error?.message).toBe('This credential may only pay between your own accounts');
		expect(error?.description).toContain('Allow Payments to Others');
		expect((await bank.requests()).filter((one) => one.startsWith('POST'))).toEqual([]);
	});

	test('the IBAN of an own account needs no permission to pay others', async () => {
		const { iban } = await bank.account('Holiday');
		const { json } = await bank.apiKey(await toSam({ recipientIban: iban }));
		expect(json).toMatchObject([{ counterpartyIban: iban }]);
	});

	test('Maximum Amount (EUR) limits payments to others, not between own accounts', async () => {
		const credential = MAX_10;
		const { error } = await bank.apiKey(await toSam(), { credential });
		expect(error?.message).toContain('12.50 is more than');
		expect(await bank.changes()).toBe(0);
		expect((await bank.apiKey(await toSam({ amount: 10 }), { credential })).error).toBeUndefined();
		expect((await bank.apiKey(await toHousehold(), { credential })).error).toBeUndefined();
	});

	test('Maximum Amount (EUR) is in euros: another currency is refused, not compared', async () => {
		const { error } = await bank.apiKey(await toSam({ currency: 'GBP', amount: 9 }), {
			credential: MAX_10,
		});
		expect(error?.message).toBe('"Maximum Amount (EUR)" is in euros, and this is in GBP');
		expect(error?.description).toContain('Nothing was sent');
		expect(await bank.requests()).toEqual([expect.stringContaining('GET')]);
	});

	test('payer and recipient must differ', async () => {
		const { id, iban } = await bank.account('Main');
		const same = await bank.oauth(await toHousehold({ recipientAccount: locator('id', id) }));
		expect(same.error?.message).toBe('Payer and recipient are the same account');
		const byIban = await bank.apiKey(await toSam({ recipientIban: iban }));
		expect(byIban.error?.message).toBe('Payer and recipient are the same account');
		expect(await bank.changes()).toBe(0);
	});

	test('an own account without an IBAN cannot be paid', async () => {
		const { id } = await bank.account('Other Bank');
		const { error } = await bank.oauth(await toHousehold({ recipientAccount: locator('id', id) }));
		expect(error?.message).toContain('has no IBAN');
		expect(await bank.changes()).toBe(0);
	});

	test('more than the balance: bunq refuses, and the other items continue', async () => {
		const { items } = await bank.oauth(await toHousehold({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: 1 }, { amount: 999999 }, { amount: '2.00' }],
			settings: CONTINUE_ON_FAIL,
		});
		expect(items.map(({ json, pairedItem }) => [json.amount ?? 'refused', pairedItem])).toEqual([
			[-1, { item: 0 }],
			['refused', { item: 1 }],
			[-2, { item: 2 }],
		]);
		expect(items[1].json.error).toEqual(expect.stringMatching(/balance/i));
		expect(await bank.balance('Household')).toBe('303.00');
	});

	test('a failing run names the payments that were already made', async () => {
		const { error } = await bank.oauth(await toHousehold({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: 1 }, { amount: 2 }, { amount: 99_999 }],
		});
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).toMatch(
			/^Already done, and not undone: the 1st item \(ID \d+, -1\.00 EUR\) and the 2nd item \(ID \d+, -2\.00 EUR\)\. Not done: the 3rd item\./,
		);
	});

	describe('output', () => {
		const reference = { additionalFields: { merchantReference: 'invoice-7' } };

		test('Return Full Object reads the payment back, with the reference that bunq echoes', async () => {
			const { json } = await bank.oauth(
				await toHousehold({ ...reference, options: { returnFullObject: true } }),
			);
			expect(json).toEqual([
				expect.objectContaining({
					created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
					type: 'BUNQ',
					balanceAfter: 2487.5,
					merchantReference: 'invoice-7',
				}),
			]);
			expect(json[0]).not.toHaveProperty('_referenceDropped');
		});

		test('tells if bunq dropped the reference', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const { json } = await bank.oauth(
				await toHousehold({ ...reference, options: { returnFullObject: true } }),
			);
			expect(json).toMatchObject([{ merchantReference: null, _referenceDropped: true }]);
		});

		test('the payment is reported even if reading it back fails', async () => {
			await bank.control.fault({
				kind: 'drop-before',
				method: 'GET',
				path: '/payment/\\d+$',
				times: 2,
			});
			const { json, error } = await bank.oauth(
				await toHousehold({ options: { returnFullObject: true } }),
			);
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ id: expect.any(Number), amount: -12.5, _readFailed: true }]);
			expect(await bank.balance('Household')).toBe('312.50');
		});
	});
});

describe('get', () => {
	const get = async (paymentId: unknown) => ({
		resource: 'payment',
		operation: 'get',
		account: await bank.locate('Main'),
		paymentId: paymentId as string,
	});

	test('one payment, simplified or as bunq sent it: one request each', async () => {
		const { id } = await bank.account('Main');
		const [paymentId] = await bank.control.addPayments({
			accountId: id,
			amount: '-3.20',
			description: 'Tea',
		});
		const { json } = await bank.oauth(await get(paymentId));
		expect(json).toEqual([
			{
				id: paymentId,
				created: expect.stringMatching(/Z$/),
				accountId: id,
				// The account was given by its ID: its name would cost a request.
				accountName: null,
				accountIban: (await bank.account('Main')).iban,
				amount: -3.2,
				currency: 'EUR',
				direction: 'out',
				description: 'Tea',
				type: expect.any(String),
				counterpartyName: expect.any(String),
				counterpartyIban: null,
				balanceAfter: 2496.8,
				merchantReference: null,
			},
		]);
		const raw = await bank.oauth({ ...(await get(String(paymentId))), simplify: false });
		expect(raw.json).toMatchObject([{ _type: 'Payment', amount: { value: '-3.20' } }]);
		expect(await bank.requests()).toHaveLength(2);
	});

	test.each([
		'1/2',
		'..',
		'.',
		'ten',
		'12 ',
		' ',
		'１２',
		'1?x=1',
		'%2e%2e',
		'={{ "" }}',
		'={{ null }}',
		'={{ $json.missing }}',
		{ id: 1 },
	])('only digits reach bunq: ID %p', async (paymentId) => {
		const { error } = await bank.oauth(await get(paymentId));
		const requests = await bank.requests();
		if (paymentId === '12 ') expect(requests).toEqual([expect.stringMatching(/\/payment\/12$/)]);
		else {
			expect(error?.message).toContain('"Payment ID"');
			expect(error?.context?.itemIndex).toBe(0);
			expect(requests).toEqual([]);
		}
	});
});

describe('getAll', () => {
	const list = async (more: IDataObject = {}): Promise<IDataObject> => ({
		resource: 'payment',
		operation: 'getAll',
		account: await bank.locate('Main'),
		returnAll: true,
		...more,
	});
	const texts = async (filters: IDataObject) =>
		(await bank.oauth(await list({ filters }))).json.map(({ description }) => description);

	test('newest first, with payments of unknown types', async () => {
		const { json } = await bank.oauth(await list());
		expect(json.map(({ type }) => type)).toEqual([
			'EBA_SCT',
			'HOLOGRAM',
			'EBA_SDD',
			'MASTERCARD',
			'IDEAL',
			'EBA_SCT',
		]);
	});

	test.each([
		[{ direction: 'in' }, ['Something new', 'Salary for December']],
		[
			{ direction: 'out', amountMin: 20, amountMax: 24.95 },
			['73d6df4a 680498 Your order #1234567'],
		],
		[{ amountMin: '54' }, ['Groceries / week 1', 'Salary for December']],
		[{ counterparty: 'green' }, ['Groceries / week 1']],
		[{ descriptionContains: 'café' }, ['Café De Zwaan ☕ AMSTERDAM, NL']],
		[{ types: ['HOLOGRAM', 'IDEAL'] }, ['Something new', '73d6df4a 680498 Your order #1234567']],
		[{ direction: 'any', counterparty: '' }, expect.arrayContaining(['bunq Elite'])],
	])('filter by %j', async (filters, expected) => {
		expect(await texts(filters)).toEqual(expected);
	});

	test('Counterparty may be an IBAN, with or without spaces', async () => {
		const { json } = await bank.oauth(await list({ filters: { counterparty: 'green' } }));
		const iban = String(json[0].counterpartyIban);
		expect(await texts({ counterparty: iban.replace(/(.{4})/g, '$1 ') })).toEqual([
			'Groceries / week 1',
		]);
	});

	test('dates without a zone are in the time zone of the workflow, and reading stops at Created After', async () => {
		const { id } = await bank.account('Main');
		await bank.control.addPayments({ accountId: id, count: 450, description: 'old' });
		await bank.control.advance(10 * 60 * 60_000);
		await bank.control.addPayments({ accountId: id, count: 3, description: 'new' });
		const { json } = await bank.oauth(await list({ limit: 1, returnAll: false }));
		await bank.control.clearLog();
		// Kiritimati is 14 hours ahead of UTC, so the same local time is an earlier moment there.
		const wall = new Date(Date.parse(String(json[0].created)) - 60 * 60_000 + 14 * 60 * 60_000);
		const createdAfter = wall.toISOString().slice(0, 19);
		const after = { filters: { createdAfter } };
		const there = await bank.oauth(await list(after), { timezone: 'Pacific/Kiritimati' });
		expect(there.json.map(({ description }) => description)).toEqual(['new', 'new', 'new']);
		expect(await bank.requests()).toHaveLength(1);
		const here = await bank.oauth(await list(after), { timezone: 'UTC' });
		expect(here.json).toEqual([]);
	});

	test('Created Before', async () => {
		const { json } = await bank.oauth(await list({ limit: 1, returnAll: false }));
		const { id } = await bank.account('Main');
		await bank.control.advance(60_000);
		await bank.control.addPayments({ accountId: id });
		const createdBefore = String(json[0].created).replace(/\.\d+Z$/, '.999Z');
		expect((await bank.oauth(await list({ filters: { createdBefore } }))).json).toHaveLength(6);
	});

	test('a limit requests no more than it needs', async () => {
		const { json } = await bank.oauth(await list({ returnAll: false, limit: 3 }));
		expect(json).toHaveLength(3);
		const log = await bank.log();
		expect(log.map(({ query }) => query)).toEqual([{ count: '3' }]);
	});

	test('1,234 payments with Return All: seven requests in seven seconds, no duplicates', async () => {
		const { id } = await bank.account('Main');
		await bank.control.addPayments({ accountId: id, count: 1228 });
		const started = Date.now();
		const { json } = await bank.oauth(await list());
		expect(new Set(json.map(({ id }) => id)).size).toBe(1234);
		expect(await bank.requests()).toHaveLength(7);
		expect(Date.now() - started).toBeLessThan(7_000);
		expect((await bank.log()).filter(({ status }) => status === 429)).toEqual([]);
	});

	test('all accounts: one list, newest first, one request per account', async () => {
		for (const name of ['Household', 'Main', 'Holiday', 'Household']) {
			await bank.control.advance(1000);
			await bank.control.addPayments({
				accountId: (await bank.account(name)).id,
				description: name,
			});
		}
		const { json } = await bank.oauth(
			await list({ allAccounts: true, returnAll: false, limit: 4 }),
		);
		expect(json.map(({ description }) => description)).toEqual([
			'Household',
			'Holiday',
			'Main',
			'Household',
		]);
		expect(await bank.requests()).toHaveLength(1 + 6);
	});
});

describe('both rows of a transfer between own accounts', () => {
	const rows = async (more: IDataObject) => {
		const { json } = await bank.oauth({
			resource: 'payment',
			operation: 'getAll',
			limit: 2,
			...more,
		});
		return json;
	};

	test('have the IBANs of both sides, each the other way round, and the names that are known', async () => {
		await bank.oauth(await toHousehold());
		const both = await rows({ allAccounts: true });
		const [main, household] = [await bank.account('Main'), await bank.account('Household')];
		const ibans = both.map(({ accountName, accountIban, counterpartyIban, amount }) => [
			accountName,
			accountIban,
			counterpartyIban,
			amount,
		]);
		expect(ibans).toHaveLength(2);
		expect(ibans).toContainEqual(['Main', main.iban, household.iban, -12.5]);
		expect(ibans).toContainEqual(['Household', household.iban, main.iban, 12.5]);
	});

	test('the name of an account is null where it would cost a request', async () => {
		await bank.oauth(await toHousehold());
		await bank.control.clearLog();
		const [byId] = await rows({ account: await bank.locate('Main'), limit: 1 });
		expect(byId.accountName).toBeNull();
		expect(await bank.requests()).toHaveLength(1);
		const [byName] = await rows({ account: locator('name', 'Main'), limit: 1 });
		expect(byName.accountName).toBe('Main');
		expect(await bank.requests()).toHaveLength(3);
	});
});

test('an own account whose ID bunq sends as text is found', async () => {
	const accounts = (await bank.world()).accounts.map(({ id, type, iban, description }) => ({
		[type]: {
			id: String(id),
			description,
			alias: [{ type: 'IBAN', value: iban, name: 'E. Levy' }],
		},
	}));
	const body = JSON.stringify({ Response: accounts });
	await bank.control.fault({ kind: 'other', path: 'monetary-account$', body });
	const { json, error } = await bank.oauth(await bank.payHousehold());
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ amount: -10 }]);
});
