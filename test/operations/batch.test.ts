import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { LOST_RESPONSES } from '../support/faults';
import {
	CONTINUE_ON_FAIL,
	emptyItems,
	locator,
	MAY_PAY_OTHERS,
	RETRY_ON_FAIL,
} from '../support/parameters';

/** Many items, one write an account: all of them or none. */

const bank = useBank();
const OUTSIDE = 'NL14RABO0169202917';

const posts = async () => (await bank.log()).filter(({ method }) => method === 'POST');
const all = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));
const to = (path: string) => `POST /user/{}/monetary-account/{}/${path}`;

/** Each item says what it pays from where; what it does not say is Main's, and goes outside. */
const batch = async (resource: string, more: IDataObject = {}): Promise<IDataObject> => ({
	resource,
	operation: 'createBatch',
	account: locator('name', '={{ $json.from ?? "Main" }}'),
	recipientType: 'iban',
	recipientIban: `={{ $json.iban ?? "${OUTSIDE}" }}`,
	recipientName: 'Peter',
	amount: '={{ $json.amount ?? 1 }}',
	currency: '={{ $json.currency ?? "EUR" }}',
	description: '={{ "Invoice " + ($json.number ?? $itemIndex) }}',
	...more,
});

const payAll = async (items: IDataObject[], order: IDataObject = {}, more: IDataObject = {}) =>
	await bank.apiKey(await batch('payment', more), { items, credential: MAY_PAY_OTHERS, ...order });
const draftAll = async (items: IDataObject[], order: IDataObject = {}) =>
	await bank.oauth(await batch('draftPayment'), { items, ...order });

const askAll = async (items: IDataObject[], order: IDataObject = {}, more: IDataObject = {}) =>
	await bank.oauth(await batch('requestInquiry', more), { items, ...order });

/** An item that only bunq finds a fault with. */
const tooLong = async (from: string): Promise<IDataObject> => ({ from, number: 'x'.repeat(140) });
const itself = async (from: string): Promise<IDataObject> => ({
	from,
	iban: (await bank.account(from)).iban,
});

const KINDS = [
	{
		path: 'draft-payment',
		run: draftAll,
		status: { status: 'PENDING' },
		refused: tooLong,
		words: /140 characters/,
	},
	{
		path: 'payment-batch',
		run: payAll,
		status: {},
		refused: tooLong,
		words: /140 characters/,
	},
	{
		path: 'request-inquiry-batch',
		run: askAll,
		status: {},
		refused: itself,
		words: /from the same account/,
	},
];

test('thirty invoices, one draft under OAuth, one approval in the app: thirty payments', async () => {
	const { json, items } = await draftAll(
		Array.from({ length: 30 }, (_, number) => ({ number, amount: (number + 1) / 10 })),
	);
	expect(json).toEqual([
		{
			id: expect.any(Number),
			accountId: await bank.accountId('Main'),
			entries: 30,
			amount: 46.5,
			currency: 'EUR',
			status: 'PENDING',
		},
	]);
	expect(items[0].pairedItem).toEqual(all(30));
	expect(await bank.requestShapes()).toEqual([
		'GET /user/{}/monetary-account',
		to('draft-payment'),
	]);
	expect((await posts())[0].body).toMatchObject({
		number_of_required_accepts: 1,
		entries: Array.from({ length: 30 }, (_, number) => ({
			amount: { value: ((number + 1) / 10).toFixed(2), currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: OUTSIDE, name: 'Peter' },
			description: `Invoice ${number}`,
		})),
	});
	expect(await bank.balance('Main')).toBe('2500.00');
	expect(await bank.control.approveDraft(Number(json[0].id))).toHaveLength(30);
	expect(await bank.balance('Main')).toBe('2453.50');
});

test('thirty invoices with an API key: one request pays them', async () => {
	const { json, items } = await payAll(
		Array.from({ length: 30 }, (_, number) => ({ number })),
		{},
		{ account: await bank.locate('Main'), additionalFields: { merchantReference: 'week 7' } },
	);
	expect(json).toEqual([
		{
			id: expect.any(Number),
			accountId: await bank.accountId('Main'),
			entries: 30,
			amount: 30,
			currency: 'EUR',
		},
	]);
	expect(items[0].pairedItem).toEqual(all(30));
	expect(await bank.requestShapes()).toEqual([to('payment-batch')]);
	expect((await posts())[0].body).toEqual({
		payments: Array.from({ length: 30 }, (_, number) => ({
			amount: { value: '1.00', currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: OUTSIDE, name: 'Peter' },
			description: `Invoice ${number}`,
			merchant_reference: 'week 7',
		})),
	});
	expect(await bank.balance('Main')).toBe('2470.00');
});

test('thirty items, one batch of requests under OAuth: thirty requests with a link to pay by', async () => {
	const { json, items } = await askAll(
		Array.from({ length: 30 }, (_, number) => ({ number, amount: (number + 1) / 10 })),
		{},
		{
			recipientType: 'email',
			recipientEmail: '={{ "nathan" + $json.number + "@example.com" }}',
			additionalFields: { merchantReference: 'week 7', minimumAge: '18' },
		},
	);
	const accountId = await bank.accountId('Main');
	expect(json).toEqual([
		{ id: expect.any(Number), accountId, entries: 30, amount: 46.5, currency: 'EUR' },
	]);
	expect(items[0].pairedItem).toEqual(all(30));
	expect(await bank.requestShapes()).toEqual([
		'GET /user/{}/monetary-account',
		to('request-inquiry-batch'),
	]);
	expect((await posts())[0].body).toEqual({
		request_inquiries: Array.from({ length: 30 }, (_, number) => {
			const value = `nathan${number}@example.com`;
			return {
				amount_inquired: { value: ((number + 1) / 10).toFixed(2), currency: 'EUR' },
				counterparty_alias: { type: 'EMAIL', value, name: value },
				description: `Invoice ${number}`,
				merchant_reference: 'week 7',
				minimum_age: 18,
				allow_bunqme: true,
			};
		}),
		total_amount_inquired: { value: '46.50', currency: 'EUR' },
	});
	const listed = await bank.oauth({
		resource: 'requestInquiry',
		operation: 'getAll',
		account: locator('id', accountId),
		limit: 30,
	});
	expect(listed.json.map(({ description }) => description)).toEqual(
		Array.from({ length: 30 }, (_, number) => `Invoice ${29 - number}`),
	);
	expect(listed.json.every(({ payUrl }) => payUrl)).toBe(true);
	expect(await bank.balance('Main')).toBe('2500.00');
});

test.each(['payment', 'draftPayment'])(
	'%s: an item that pays its own account',
	async (resource) => {
		const own = await bank.apiKey(
			await batch(resource, {
				recipientType: 'ownAccount',
				recipientAccount: locator('name', '={{ $json.to }}'),
			}),
			{ items: [{ to: 'Household' }, { to: 'Main' }] },
		);
		expect(own.error).toMatchObject({
			message: 'Payer and recipient are the same account',
			context: { itemIndex: 1 },
		});
		expect(await posts()).toEqual([]);
	},
);

describe.each(KINDS)('$path', ({ path, run, status, refused, words }) => {
	test('two accounts, two groups, in the order of their first items; one list of accounts', async () => {
		const items = [{ amount: 0.1 }, { from: 'Household', amount: 5 }, { amount: 0.2 }];
		const outcome = await run(items);
		expect(outcome.error).toBeUndefined();
		expect(outcome.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[
				{
					id: expect.any(Number),
					accountId: await bank.accountId('Main'),
					entries: 2,
					amount: 0.3,
					currency: 'EUR',
					...status,
				},
				[{ item: 0 }, { item: 2 }],
			],
			[
				expect.objectContaining({ accountId: await bank.accountId('Household'), amount: 5 }),
				{ item: 1 },
			],
		]);
		expect(await bank.requestShapes()).toEqual([
			'GET /user/{}/monetary-account',
			to(path),
			to(path),
		]);
	});

	test('no items: nothing is sent', async () => {
		expect((await run([])).json).toEqual([]);
		expect(await bank.requests()).toEqual([]);
	});

	describe('a bad item', () => {
		const HOUSEHOLD = { from: 'Household' };
		const bads: Array<[string, IDataObject, RegExp]> = [
			['amount', { amount: 1.234 }, /^"Amount" must be an amount/],
			['IBAN', { iban: 'NL15RABO0169202917' }, /^"(Recipient IBAN|Payer IBAN)" is not an IBAN/],
			['currency', { currency: ' ' }, /^"Currency" is empty/],
		];

		test.each(bads)('%s: is named, and nothing of any account is sent', async (_, bad, reason) => {
			const { error, items } = await run([HOUSEHOLD, {}, {}, bad]);
			expect(error).toMatchObject({
				message: expect.stringMatching(reason),
				context: { itemIndex: 3 },
			});
			expect(items).toEqual([]);
			expect(await posts()).toEqual([]);
		});

		test.each(bads)('%s: its group gets the reason, other groups go', async (_, bad, reason) => {
			const { items } = await run([{}, HOUSEHOLD, bad, {}, HOUSEHOLD], {
				settings: CONTINUE_ON_FAIL,
			});
			const [first, household, third, fourth] = items;
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
				{ item: 0 },
				[{ item: 1 }, { item: 4 }],
				{ item: 2 },
				{ item: 3 },
			]);
			expect(household.json).toMatchObject({ entries: 2, amount: 2 });
			expect(third.json.error).toMatch(reason);
			for (const { json } of [first, fourth]) {
				expect(json.error).toBe(
					`Not sent because of item 2 of the same account: ${String(third.json.error)}`,
				);
				expect(json.message).toMatch(/^Nothing of this account was sent\. Correct item 2/);
			}
			expect(await posts()).toHaveLength(1);
		});

		test('two in one group: each its own reason', async () => {
			const items = [{ amount: 0 }, {}, { iban: 'x' }];
			const { json } = await run(items, { settings: CONTINUE_ON_FAIL });
			expect(json.map(({ error }) => error)).toEqual([
				expect.stringMatching(/^"Amount" must be more than zero/),
				expect.stringMatching(/^Not sent because of item 0/),
				expect.stringMatching(/^"(Recipient IBAN|Payer IBAN)"/),
			]);
			expect(await posts()).toEqual([]);
		});

		test('whose account nobody knows may belong to any group: nothing at all is sent', async () => {
			const { json } = await run([{}, { from: 'Nowhere' }, HOUSEHOLD], {
				settings: CONTINUE_ON_FAIL,
			});
			expect(json[1].error).toMatch(/none of your open accounts is named "Nowhere"/);
			for (const { error } of [json[0], json[2]])
				expect(error).toMatch(
					/^Not sent: the account of item 1 could not be determined: .*"Nowhere"/,
				);
			expect(await posts()).toEqual([]);
		});
	});

	test('fifty go; more are refused before anything is sent, also of other accounts', async () => {
		const items = [{ from: 'Household' }, ...emptyItems(51)];
		const { error } = await run(items);
		expect(error).toMatchObject({
			message: `51 items are for the account ${await bank.accountId('Main')}, and bunq takes at most 50 at once`,
			description: expect.stringMatching(/Loop Over Items node with Batch Size 50/),
			context: { itemIndex: 1 },
		});
		expect(await posts()).toEqual([]);
		const { items: given } = await run(items, { settings: CONTINUE_ON_FAIL });
		expect(given).toHaveLength(52);
		expect(given[0].json).toMatchObject({ entries: 1 });
		expect((await run(items.slice(2))).json).toMatchObject([{ entries: 50, amount: 50 }]);
	});

	test('two currencies have no sum: refused', async () => {
		const { error } = await run([{}, { currency: 'eur' }, { currency: 'USD' }]);
		expect(error?.message).toBe(
			'Items 0 and 2 of the same account have different currencies: EUR and USD',
		);
		expect(await posts()).toEqual([]);
	});

	test('bunq refuses a group: all its items say so, other groups go', async () => {
		const items = [await refused('Main'), { from: 'Household' }, {}];
		const { json } = await run(items, { settings: CONTINUE_ON_FAIL });
		expect(json).toEqual([
			expect.objectContaining({ error: expect.stringMatching(words) }),
			expect.objectContaining({ entries: 1 }),
			expect.objectContaining({ error: expect.stringMatching(words) }),
		]);
		expect(await bank.changes()).toBe(1);
	});

	test('bunq refuses the second group: the error names the batch that was made', async () => {
		const { error } = await run([{}, {}, await refused('Household')]);
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).toMatch(
			/Already done before this item, and not undone: items 0, 1 \(ID \d+, 2 EUR\)\./,
		);
	});

	describe('a lost answer', () => {
		const lost = async (kind: 'drop-before' | 'drop-after' | '500-after' | 'truncated', skip = 0) =>
			await bank.control.fault({ kind, method: 'POST', path: `${path}$`, skip });

		test('outcome unknown: says what was sent, once', async () => {
			await lost('drop-after');
			const { error } = await run(emptyItems(7));
			expect(error?.description).toMatch(
				/^Outcome unknown: .*Peter.*"Invoice 0", .*"Invoice 4", and 2 more\. Check the bunq app/,
			);
			expect(error?.description).not.toContain('Invoice 5');
			expect(await posts()).toHaveLength(1);
		});

		test('not done where bunq refuses before it acts: sent again', async () => {
			await bank.control.fault({ kind: '429', method: 'POST', path: `${path}$` });
			expect((await run([{}, {}])).json).toMatchObject([{ entries: 2 }]);
			expect(await bank.changes()).toBe(1);
		});

		describe.each(['nested', 'list'] as const)('bunq shows its payments %s', (batchPayments) => {
			test.each(LOST_RESPONSES)(
				'%s in the second of three groups, and Retry On Fail: each is made once',
				async (kind) => {
					await bank.control.switches({ batchPayments });
					await lost(kind, 1);
					const items = ['Main', 'Household', 'Holiday', 'Main', 'Household'].map((from) => ({
						from,
						amount: from === 'Main' ? 0.1 : 0.2,
					}));
					const outcome = await run(items, { settings: RETRY_ON_FAIL });
					expect(outcome.error).toBeUndefined();
					expect(outcome.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
						[expect.objectContaining({ amount: 0.2, entries: 2 }), [{ item: 0 }, { item: 3 }]],
						[
							{
								id: expect.any(Number),
								accountId: await bank.accountId('Household'),
								entries: 2,
								amount: 0.4,
								currency: 'EUR',
								...status,
							},
							[{ item: 1 }, { item: 4 }],
						],
						[expect.objectContaining({ amount: 0.2, entries: 1 }), { item: 2 }],
					]);
					expect(new Set(outcome.json.map(({ id }) => id)).size).toBe(3);
					expect(await bank.changes()).toBe(3);
					expect(await posts()).toHaveLength(kind === 'drop-before' ? 4 : 3);
				},
			);
		});

		test('an equal batch that was given to other items is not taken for it', async () => {
			const executionId = `equal ${path}`;
			const items = [{ number: 1 }, { number: 2 }];
			const first = await run(items, { executionId });
			await lost('drop-before');
			await run(items, { executionId, runIndex: 1 });
			const { json } = await run(items, { executionId, runIndex: 1 });
			expect(json[0].id).not.toBe(first.json[0].id);
			expect(await bank.changes()).toBe(2);
		});

		test.each([1, 3])('another of %i is not taken for one of two', async (others) => {
			const executionId = `${others} ${path}`;
			await lost('drop-before');
			await run([{ number: 1 }, { number: 1 }], { executionId });
			const other = await run(Array.from({ length: others }, () => ({ number: 1 })));
			const { json } = await run([{ number: 1 }, { number: 1 }], { executionId });
			expect(json).toMatchObject([{ entries: 2 }]);
			expect(json[0].id).not.toBe(other.json[0].id);
		});

		test('not done, and its items say something else now: each is sent once', async () => {
			const executionId = `elsewhere ${path}`;
			await lost('drop-before');
			await run([{}, {}], { executionId });
			const second = await run([{}, await refused('Household')], { executionId });
			expect(second.error?.context?.itemIndex).toBe(1);
			const { items } = await run([{}, { from: 'Household' }], { executionId });
			expect(items.map(({ json, pairedItem }) => [json.accountId, pairedItem])).toEqual([
				[await bank.accountId('Main'), { item: 0 }],
				[await bank.accountId('Household'), { item: 1 }],
			]);
			expect(await bank.changes()).toBe(2);
		});

		test('the look-up fails: nothing is sent again', async () => {
			const executionId = `unknown ${path}`;
			await lost('drop-after');
			await run([{}, {}], { executionId });
			await bank.control.fault({ kind: '500-before', method: 'GET', path: `${path}$`, times: 2 });
			const { error } = await run([{}, {}], { executionId });
			expect(error?.message).toBeTruthy();
			expect(await posts()).toHaveLength(1);
		});

		test('a tool that is asked again does not send it again', async () => {
			const tool = { type: 'n8n-nodes-bunq-connect.bunqTool', executionId: `tool ${path}` };
			await lost('drop-after');
			const first = await run([{}], tool);
			const second = await run([{}], { ...tool, runIndex: 1 });
			expect(first.error?.description).toContain('Outcome unknown');
			expect(second.json).toMatchObject([{ entries: 1, amount: 1 }]);
			expect(await posts()).toHaveLength(1);
		});
	});

	describe('n8n runs it again', () => {
		test('what was made is given again and not sent again, whatever the items say now', async () => {
			const executionId = `again ${path}`;
			const first = await run([{}, {}, await refused('Household')], { executionId });
			expect(first.error?.message).toMatch(words);
			const second = await run([{ from: 'Household' }, { amount: 9 }, { from: 'Household' }], {
				executionId,
			});
			expect(second.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
				[
					expect.objectContaining({ accountId: await bank.accountId('Main'), amount: 2 }),
					[{ item: 0 }, { item: 1 }],
				],
				[expect.objectContaining({ accountId: await bank.accountId('Household') }), { item: 2 }],
			]);
			expect(await bank.changes()).toBe(2);
		});

		test('a bad item each time: nothing is ever sent', async () => {
			const { error } = await run([{}, { amount: 0 }], { settings: RETRY_ON_FAIL });
			expect(error?.context?.itemIndex).toBe(1);
			expect(await posts()).toEqual([]);
		});
	});
});

describe('what the credential allows', () => {
	test('a payment to others in any group: nothing is sent', async () => {
		const items = [{ iban: (await bank.account('Holiday')).iban }, { from: 'Household' }];
		const { error } = await payAll(items, { credential: {} });
		expect(error).toMatchObject({
			message: 'This credential may only pay between your own accounts',
			context: { itemIndex: 1 },
		});
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/monetary-account']);
	});

	test('Max Amount holds for each entry to others, not for the sum nor for own accounts', async () => {
		const credential = { allowPaymentsToOthers: true, maxAmount: 10 };
		const { iban } = await bank.account('Holiday');
		const fits = await payAll([{ amount: 10 }, { amount: 10 }, { amount: 90, iban }], {
			credential,
		});
		expect(fits.json).toMatchObject([{ entries: 3, amount: 110 }]);
		const { error } = await payAll([{ amount: 10 }, { amount: 10.01 }], { credential });
		expect(error?.message).toContain('10.01 is more than');
		expect(await posts()).toHaveLength(1);
	});

	test.each(['draftPayment', 'requestInquiry'])('it does not hold for a %s', async (resource) => {
		const { json, error } = await bank.apiKey(await batch(resource), { items: [{}, {}] });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ entries: 2, amount: 2 }]);
	});
});

test('more than there is: none of the batch is paid', async () => {
	const { json } = await payAll([{ amount: 1500 }, { amount: 1500 }], {
		settings: CONTINUE_ON_FAIL,
	});
	expect(json.map(({ error }) => error)).toEqual(Array(2).fill(expect.stringMatching(/balance/)));
	expect(await bank.balance('Main')).toBe('2500.00');
});

describe('payments under OAuth', () => {
	test.each([false, true])('to others: refused, and told what works (%s)', async (may) => {
		await bank.control.switches({ oauthMayPayBatches: may });
		const { error } = await bank.oauth(await batch('payment'), { items: [{}, {}] });
		expect(error).toMatchObject({
			message: 'Not enough permissions to create payment-batch.',
			httpCode: '403',
		});
		expect(error?.description).toMatch(/"Draft Payment: Create Batch".*Bunq API Key API/);
		expect(await bank.changes()).toBe(0);
	});

	test('between own accounts: bunq decides', async () => {
		await bank.control.switches({ oauthMayPayBatches: true });
		const own = { recipientType: 'ownAccount', recipientAccount: locator('name', 'Household') };
		const { json } = await bank.oauth(await batch('payment', own), { items: [{}, {}] });
		expect(json).toMatchObject([{ entries: 2, amount: 2 }]);
		expect(await bank.balance('Household')).toBe('302.00');
	});
});
