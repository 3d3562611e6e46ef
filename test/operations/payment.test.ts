import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator, MAY_PAY_OTHERS } from '../support/parameters';

const bank = useBank();

/** Main pays Household: an own account, picked from the list. */
const toHousehold = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: locator('list', await bank.accountId('Main')),
	recipientType: 'ownAccount',
	recipientAccount: locator('list', await bank.accountId('Household')),
	amount: 12.5,
	description: 'Groceries',
	...more,
});

/** Main pays Sam, at bunq but somebody else. */
const toSam = async (more: IDataObject = {}): Promise<IDataObject> => {
	const [sam] = (await bank.world()).thirdParties;
	return {
		...(await toHousehold()),
		recipientType: 'iban',
		recipientIban: sam.iban,
		recipientName: sam.displayName,
		...more,
	};
};

describe('create', () => {
	test('between own accounts under OAuth: one list of accounts, one payment', async () => {
		const { json, items } = await bank.oauth(await toHousehold());
		const [main, household] = [await bank.account('Main'), await bank.account('Household')];
		expect(json).toEqual([
			{
				id: expect.any(Number),
				accountId: main.id,
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

	test('to an IBAN with an API key that allows it: one request', async () => {
		const { json } = await bank.apiKey(await toSam(), { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([{ amount: -12.5, counterpartyName: 'S. Friend' }]);
		expect(await bank.requests()).toHaveLength(1);
		expect((await bank.log())[0].body).toEqual({
			amount: { value: '12.50', currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: expect.any(String), name: 'S. Friend' },
			description: 'Groceries',
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

	test('to a third party under OAuth: bunq refuses, the error names what works', async () => {
		const { error } = await bank.oauth(await toSam());
		expect(error).toMatchObject({
			message: 'Not enough permissions to create payment.',
			httpCode: '403',
			context: { itemIndex: 0 },
		});
		expect(error?.description).toMatch(
			/^An OAuth app may only pay between your own accounts\. Use "Draft Payment: Create"/,
		);
		expect(await bank.changes()).toBe(0);
	});

	test('to a third party with a key that does not allow it: nothing is sent to anybody', async () => {
		const { error } = await bank.apiKey(await toSam());
		expect(error?.message).toBe('This credential may only pay between your own accounts');
		expect(error?.description).toContain('Allow Payments to Others');
		expect((await bank.requests()).filter((one) => one.startsWith('POST'))).toEqual([]);
	});

	test("an IBAN of one's own counts as own, also with a key that does not allow others", async () => {
		const { iban } = await bank.account('Holiday');
		const { json } = await bank.apiKey(await toSam({ recipientIban: iban }));
		expect(json).toMatchObject([{ counterpartyIban: iban }]);
	});

	test('Max Amount holds for others, not for own accounts', async () => {
		const credential = { ...MAY_PAY_OTHERS, maxAmount: 10 };
		const { error } = await bank.apiKey(await toSam(), { credential });
		expect(error?.message).toContain('12.50 is more than');
		expect(await bank.changes()).toBe(0);
		expect((await bank.apiKey(await toSam({ amount: 10 }), { credential })).error).toBeUndefined();
		expect((await bank.apiKey(await toHousehold(), { credential })).error).toBeUndefined();
	});

	test('Max Amount is in euros: another currency is refused, not compared', async () => {
		const [{ iban }] = (await bank.world()).thirdParties;
		const to = { recipientType: 'iban', recipientIban: iban, recipientName: 'Sam' };
		const credential = { allowPaymentsToOthers: true, maxAmount: 100 };
		const { error } = await bank.apiKey(
			{ ...(await toHousehold({ currency: 'GBP', amount: 99 })), ...to },
			{ credential },
		);
		expect(error?.message).toBe('"Max Amount" is in euros, and this is in GBP');
		expect(error?.description).toContain('Nothing was sent');
		expect(await bank.requests()).toEqual([expect.stringContaining('GET')]);
	});

	test('a Max Amount that is no number is an error, not "no limit"', async () => {
		const { error } = await bank.apiKey(await toSam(), {
			credential: { ...MAY_PAY_OTHERS, maxAmount: 'a lot' },
		});
		expect(error?.message).toContain('"Max Amount"');
		expect(await bank.changes()).toBe(0);
	});

	test('payer and recipient must differ', async () => {
		const { id, iban } = await bank.account('Main');
		const same = await bank.oauth(await toHousehold({ recipientAccount: locator('id', id) }));
		expect(same.error?.message).toBe('Payer and recipient are the same account');
		const byIban = await bank.apiKey(await toSam({ recipientIban: iban }));
		expect(byIban.error?.message).toBe('Payer and recipient are the same account');
		expect(await bank.changes()).toBe(0);
	});

	test('an own account without IBAN cannot be paid', async () => {
		const { id } = await bank.account('Other Bank');
		const { error } = await bank.oauth(await toHousehold({ recipientAccount: locator('id', id) }));
		expect(error?.message).toContain('has no IBAN');
		expect(await bank.changes()).toBe(0);
	});

	test('more than there is: bunq refuses, other items go on', async () => {
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

	test('a failing run names the writes that were already made', async () => {
		const { error } = await bank.oauth(await toHousehold({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: 1 }, { amount: 2 }, { amount: 0 }],
		});
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).toMatch(
			/Already done before this item, and not undone: item 0 \(ID \d+, -1 EUR\); item 1 \(ID \d+, -2 EUR\)\./,
		);
	});

	describe('what comes back', () => {
		const reference = { additionalFields: { merchantReference: 'invoice-7' } };

		test('returnFullObject reads it back, with the reference that bunq echoes', async () => {
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

		test('says so when bunq drops the reference', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const { json } = await bank.oauth(
				await toHousehold({ ...reference, options: { returnFullObject: true } }),
			);
			expect(json).toMatchObject([{ merchantReference: null, _referenceDropped: true }]);
		});

		test('done, though the reading after it fails', async () => {
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

	describe('skipIfDuplicate', () => {
		const once = async (more: IDataObject = {}) =>
			await toHousehold({
				additionalFields: { merchantReference: 'invoice 12' },
				options: { skipIfDuplicate: true },
				description: 'invoice 12',
				...more,
			});

		test.each(['echo', 'drop'] as const)('pays once, reference %sed', async (merchantReference) => {
			await bank.control.switches({ merchantReference });
			const first = await bank.oauth(await once());
			const second = await bank.oauth(await once());
			expect(first.json[0]).not.toHaveProperty('skipped');
			expect(second.json).toMatchObject([{ id: first.json[0].id, skipped: true }]);
			expect(await bank.balance('Household')).toBe('312.50');
		});

		test.each([
			['amount', { amount: 13 }],
			['recipient', { recipientAccount: locator('name', 'Holiday') }],
			[
				'reference',
				{ additionalFields: { merchantReference: 'invoice 1' }, description: 'invoice 1' },
			],
		])('another %s is another payment', async (_what, more) => {
			await bank.oauth(await once());
			const { json } = await bank.oauth(await once(more));
			expect(json[0]).not.toHaveProperty('skipped');
			expect(await bank.changes()).toBe(2);
		});

		test('a reference that bunq shows decides alone, whatever the description holds', async () => {
			const sent = { additionalFields: { merchantReference: 'invoice 11' } };
			await bank.oauth(await toHousehold({ ...sent, description: 'invoice 12 and invoice 11' }));
			const second = await bank.oauth(await once());
			expect(second.json[0]).not.toHaveProperty('skipped');
			const third = await bank.oauth(await once({ description: 'Rent' }));
			expect(third.json).toMatchObject([{ id: second.json[0].id, skipped: true }]);
			expect(await bank.changes()).toBe(2);
		});

		test('bunq shows no reference, and no description has it: refused, for nobody can tell', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const first = await bank.oauth(await once({ description: 'Rent' }));
			const second = await bank.oauth(await once({ description: 'Rent' }));
			expect(second.error?.message).toBe('Nobody can tell whether this was made before');
			expect(second.error?.description).toMatch(/^Nothing was sent\..*put it in the Description/);
			expect(second.error?.description).toContain(`ID ${first.json[0].id}`);
			expect(await bank.changes()).toBe(1);
			// As the error says.
			const third = await bank.oauth(await once());
			expect(third.json[0]).not.toHaveProperty('skipped');
			expect((await bank.oauth(await once())).json[0]).toMatchObject({ skipped: true });
			expect(await bank.changes()).toBe(2);
		});

		test('to an email address, where bunq shows the account behind it: amount and reference count', async () => {
			const [{ email }] = (await bank.world()).thirdParties;
			const toEmail = async (more: IDataObject) =>
				await bank.apiKey(
					{ ...(await once(more)), recipientType: 'email', recipientEmail: email },
					{ credential: MAY_PAY_OTHERS },
				);
			const first = await toEmail({});
			expect((await toEmail({})).json).toMatchObject([{ id: first.json[0].id, skipped: true }]);
			expect((await toEmail({ amount: 13 })).json[0]).not.toHaveProperty('skipped');
		});

		test('the same amount that came in from there is no duplicate', async () => {
			const [main, household] = [await bank.account('Main'), await bank.account('Household')];
			await bank.control.addPayments({
				accountId: main.id,
				amount: '12.50',
				counterpartyIban: household.iban,
				description: 'invoice 12',
			});
			expect((await bank.oauth(await once())).json[0]).not.toHaveProperty('skipped');
			expect(await bank.balance('Household')).toBe('312.50');
		});

		test('looks back as many days as asked for', async () => {
			await bank.oauth(await once());
			await bank.control.advance(3 * 24 * 60 * 60_000);
			await bank.control.switches({ sessionTimeoutSeconds: 10_000_000 });
			const options = { skipIfDuplicate: true, lookBackDays: 2 };
			const { json } = await bank.oauth(await once({ options }));
			expect(json[0]).not.toHaveProperty('skipped');
		});

		test('needs a reference', async () => {
			const { error } = await bank.oauth(await once({ additionalFields: {} }));
			expect(error?.message).toBe('"Skip If Duplicate" needs a "Merchant Reference"');
			expect(await bank.changes()).toBe(0);
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

	test('one payment, simplified or as bunq sent it; one request each', async () => {
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
	])('the id %p: only digits reach bunq', async (paymentId) => {
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

	test('newest first, every type also an unknown one', async () => {
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
	])('filter %j', async (filters, expected) => {
		expect(await texts(filters)).toEqual(expected);
	});

	test('the counterparty can be an IBAN, with or without spaces', async () => {
		const { json } = await bank.oauth(await list({ filters: { counterparty: 'green' } }));
		const iban = String(json[0].counterpartyIban);
		expect(await texts({ counterparty: iban.replace(/(.{4})/g, '$1 ') })).toEqual([
			'Groceries / week 1',
		]);
	});

	test('dates without a zone are in the time zone of the workflow; reading stops at Created After', async () => {
		const { id } = await bank.account('Main');
		await bank.control.addPayments({ accountId: id, count: 450, description: 'old' });
		await bank.control.advance(10 * 60 * 60_000);
		await bank.control.addPayments({ accountId: id, count: 3, description: 'new' });
		const { json } = await bank.oauth(await list({ limit: 1, returnAll: false }));
		await bank.control.clearLog();
		// 14 hours ahead of UTC: the same clock on the wall is an earlier moment there.
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

	test('a limit never asks for more than it needs', async () => {
		const { json } = await bank.oauth(await list({ returnAll: false, limit: 3 }));
		expect(json).toHaveLength(3);
		const log = await bank.log();
		expect(log.map(({ query }) => query)).toEqual([{ count: '3' }]);
	});

	test('1,234 payments with Return All: seven requests, seven seconds, each once', async () => {
		const { id } = await bank.account('Main');
		await bank.control.addPayments({ accountId: id, count: 1228 });
		const started = Date.now();
		const { json } = await bank.oauth(await list());
		expect(new Set(json.map(({ id }) => id)).size).toBe(1234);
		expect(await bank.requests()).toHaveLength(7);
		expect(Date.now() - started).toBeLessThan(7_000);
		expect((await bank.log()).filter(({ status }) => status === 429)).toEqual([]);
	});

	test('all accounts: one stream, newest first, one request an account', async () => {
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
