import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { batches, batchParameters, EXTERNAL_IBAN } from '../support/batches';
import { CONTINUE_ON_FAIL, emptyItems, locator } from '../support/parameters';
import { under, underEach } from '../support/underEach';

/** Create Batch: one write per account for many items, all of them or none. */

const bank = useBank();
const posts = async () => (await bank.log()).filter(({ method }) => method === 'POST');
const all = (count: number) => Array.from({ length: count }, (_, item) => ({ item }));
const to = (path: string) => `POST /user/{}/monetary-account/{}/${path}`;

const { draft, payment, request } = batches(bank);

test('thirty invoices become one draft with OAuth, and one approval in the app pays them all', async () => {
	const { json, items } = await draft.run(
		Array.from({ length: 30 }, (_, number) => ({ number, amount: (number + 1) / 10 })),
	);
	expect(json).toEqual([
		{
			id: expect.any(Number),
			created: expect.any(String),
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
			counterparty_alias: { type: 'IBAN', value: EXTERNAL_IBAN, name: 'Peter' },
			description: `Invoice ${number}`,
		})),
	});
	expect(await bank.balance('Main')).toBe('2500.00');
	expect(await bank.control.approveDraft(Number(json[0].id))).toHaveLength(30);
	expect(await bank.balance('Main')).toBe('2453.50');
});

test('thirty invoices are paid with one request with an API key', async () => {
	const { json, items } = await payment.run(
		Array.from({ length: 30 }, (_, number) => ({ number })),
		{},
		{ account: await bank.locate('Main'), additionalFields: { merchantReference: 'week 7' } },
	);
	expect(json).toEqual([
		{
			id: expect.any(Number),
			created: expect.any(String),
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
			counterparty_alias: { type: 'IBAN', value: EXTERNAL_IBAN, name: 'Peter' },
			description: `Invoice ${number}`,
			merchant_reference: 'week 7',
		})),
	});
	expect(await bank.balance('Main')).toBe('2470.00');
});

test('thirty items become one batch of requests with OAuth, each with a payment link', async () => {
	const { json, items } = await request.run(
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
		{
			id: expect.any(Number),
			created: expect.any(String),
			accountId,
			entries: 30,
			amount: 46.5,
			currency: 'EUR',
		},
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
	'%s: an item that pays its own account is refused',
	async (resource) => {
		const own = await bank.apiKey(
			batchParameters(resource, {
				recipientType: 'ownAccount',
				recipientAccount: locator('name', '={{ $json.to }}'),
			}),
			{ items: [{ to: 'Household' }, { to: 'Main' }] },
		);
		expect(own.error).toMatchObject({
			message: 'Payer and recipient are the same account',
			// n8n shows [item 1] behind the message.
			description: expect.stringMatching(/^Nothing was sent\..* This is the 2nd item \(n8n counts/),
			context: { itemIndex: 1 },
		});
		expect(await posts()).toEqual([]);
	},
);

describe.each([draft, payment, request])('$path', ({ path, run, output, refusedItem, refusal }) => {
	test('one batch per account, in the order of the first items; one list of accounts', async () => {
		const items = [{ amount: 0.1 }, { from: 'Household', amount: 5 }, { amount: 0.2 }];
		const outcome = await run(items);
		expect(outcome.error).toBeUndefined();
		expect(outcome.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[
				{
					id: expect.any(Number),
					created: expect.any(String),
					accountId: await bank.accountId('Main'),
					entries: 2,
					amount: 0.3,
					currency: 'EUR',
					...output,
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

	describe('an invalid item', () => {
		const HOUSEHOLD = { from: 'Household' };
		const invalid: Array<[string, IDataObject, RegExp]> = [
			['amount', { amount: 1.234 }, /^"Amount" must be an amount/],
			['IBAN', { iban: 'NL15RABO0169202917' }, /^"(Recipient IBAN|Payer IBAN)" is not an IBAN/],
			['currency', { currency: ' ' }, /^"Currency" is empty/],
		];

		test.each(invalid)('%s: is named, and no account gets a batch', async (_, item, reason) => {
			const { error, items } = await run([HOUSEHOLD, {}, {}, item]);
			expect(error).toMatchObject({
				message: expect.stringMatching(reason),
				context: { itemIndex: 3 },
			});
			expect(items).toEqual([]);
			expect(await posts()).toEqual([]);
		});

		test.each(invalid)(
			'%s, with Continue: its group has the reason, the others are sent',
			async (_, item, reason) => {
				const { items } = await run([{}, HOUSEHOLD, item, {}, HOUSEHOLD], {
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
						`Not sent because of the 3rd item, of the same account: ${String(third.json.error)}`,
					);
					expect(json.message).toMatch(
						/^Nothing was sent for this account\. Correct the 3rd item, then run only what is not done\./,
					);
				}
				expect(await posts()).toHaveLength(1);
			},
		);

		test('two in one group: each has its own reason', async () => {
			const items = [{ amount: 0 }, {}, { iban: 'x' }];
			const { json } = await run(items, { settings: CONTINUE_ON_FAIL });
			expect(json.map(({ error }) => error)).toEqual([
				expect.stringMatching(/^"Amount" must be more than zero/),
				expect.stringMatching(/^Not sent because of the 1st item/),
				expect.stringMatching(/^"(Recipient IBAN|Payer IBAN)"/),
			]);
			expect(await posts()).toEqual([]);
		});

		test('of an unknown account may belong to any group, so nothing is sent', async () => {
			const { json } = await run([{}, { from: 'Nowhere' }, HOUSEHOLD], {
				settings: CONTINUE_ON_FAIL,
			});
			expect(json[1].error).toMatch(/none of your open accounts is named "Nowhere"/);
			for (const { error } of [json[0], json[2]])
				expect(error).toMatch(
					/^Not sent: the account of the 2nd item could not be determined: .*"Nowhere"/,
				);
			expect(await posts()).toEqual([]);
		});
	});

	test('fifty items per account are sent; more are refused before anything is sent', async () => {
		const items = [{ from: 'Household' }, ...emptyItems(51)];
		const { error } = await run(items);
		expect(error).toMatchObject({
			message: `51 items are for the account ${await bank.accountId('Main')}, and this node sends at most 50 at once`,
			description: expect.stringMatching(/Loop Over Items node with Batch Size 50/),
			context: { itemIndex: 1 },
		});
		expect(await posts()).toEqual([]);
		const { items: given } = await run(items, { settings: CONTINUE_ON_FAIL });
		expect(given).toHaveLength(52);
		expect(given[0].json).toMatchObject({ entries: 1 });
		expect((await run(items.slice(2))).json).toMatchObject([{ entries: 50, amount: 50 }]);
	});

	test('different currencies for one account are refused', async () => {
		const { error } = await run([{}, { currency: 'eur' }, { currency: 'USD' }]);
		expect(error?.message).toBe(
			'The 1st and the 3rd item, of the same account, have different currencies: EUR and USD',
		);
		expect(await posts()).toEqual([]);
	});

	test('if bunq refuses a group, all its items have the error, and the others are sent', async () => {
		const items = [await refusedItem('Main'), { from: 'Household' }, {}];
		const { json } = await run(items, { settings: CONTINUE_ON_FAIL });
		expect(json).toEqual([
			expect.objectContaining({ error: expect.stringMatching(refusal) }),
			expect.objectContaining({ entries: 1 }),
			expect.objectContaining({ error: expect.stringMatching(refusal) }),
		]);
		expect(await bank.changes()).toBe(1);
	});

	test('if bunq refuses the second group, the error names the first batch', async () => {
		const { error } = await run([{}, {}, await refusedItem('Household')]);
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).toMatch(
			/^Already done, and not undone: the 1st and 2nd items \(ID \d+, 2\.00 EUR\)\. Not done: the 3rd item\./,
		);
	});
});

describe('limits of the credential', () => {
	test('a payment to others in any group is refused, and nothing is sent', async () => {
		const items = [{ iban: (await bank.account('Holiday')).iban }, { from: 'Household' }];
		const { error } = await payment.run(items, { credential: {} });
		expect(error).toMatchObject({
			message: 'This credential may only pay between your own accounts',
			context: { itemIndex: 1 },
		});
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/monetary-account']);
	});

	test('Maximum Amount (EUR) limits each payment to others, not the sum or payments to own accounts', async () => {
		const credential = { allowPaymentsToOthers: true, maxAmount: 10 };
		const { iban } = await bank.account('Holiday');
		const fits = await payment.run([{ amount: 10 }, { amount: 10 }, { amount: 90, iban }], {
			credential,
		});
		expect(fits.json).toMatchObject([{ entries: 3, amount: 110 }]);
		const { error } = await payment.run([{ amount: 10 }, { amount: 10.01 }], { credential });
		expect(error?.message).toContain('10.01 is more than');
		expect(await posts()).toHaveLength(1);
	});

	test.each(['draftPayment', 'requestInquiry'])('do not apply to a %s', async (resource) => {
		const { json, error } = await bank.apiKey(batchParameters(resource), { items: [{}, {}] });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ entries: 2, amount: 2 }]);
	});
});

test('more than the balance: nothing of the batch is paid', async () => {
	const { json } = await payment.run([{ amount: 1500 }, { amount: 1500 }], {
		settings: CONTINUE_ON_FAIL,
	});
	expect(json.map(({ error }) => error)).toEqual(Array(2).fill(expect.stringMatching(/balance/)));
	expect(await bank.balance('Main')).toBe('2500.00');
});

describe('payments with OAuth', () => {
	underEach(bank, 'oauthMayPayBatches', () => {
		test('to others are refused, and the error names an alternative', async () => {
			const { error } = await bank.oauth(batchParameters('payment'), { items: [{}, {}] });
			expect(error).toMatchObject({
				message: 'Not enough permissions to create payment-batch.',
				httpCode: '403',
			});
			expect(error?.description).toMatch(/"Draft Payment: Create Batch".*Bunq API/);
			expect(await bank.changes()).toBe(0);
		});
	});

	under(bank, 'oauthMayPayBatches', true, () => {
		test('between own accounts work', async () => {
			const own = { recipientType: 'ownAccount', recipientAccount: locator('name', 'Household') };
			const { json } = await bank.oauth(batchParameters('payment', own), { items: [{}, {}] });
			expect(json).toMatchObject([{ entries: 2, amount: 2 }]);
			expect(await bank.balance('Household')).toBe('302.00');
		});
	});
});
