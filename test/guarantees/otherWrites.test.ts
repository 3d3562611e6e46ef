import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import type { RunOptions } from '../support/engine';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { CONTINUE_ON_FAIL, emptyItems, locator } from '../support/parameters';

/** What an error tells of other writes: what is done stays done, only the rest is run again, and nobody reads of others. */

const bank = useBank();
const pay = bank.payHousehold;
const received = bank.receivedByHousehold;
const REPETITION =
	'Pressing Execute again, or Retry Execution, may do what is done a second time: run only the rest.';
/** Pays as many items as are refused after them. */
const itemsOf = (done: number, refused: number) => [
	...Array.from({ length: done }, () => ({ amount: 1 })),
	...Array.from({ length: refused }, () => ({ amount: 99_999 })),
];
const byItem = async () => await pay({ amount: '={{ $json.amount }}' });

describe('an error after writes that are done', () => {
	test.each<[string, IDataObject]>([
		['refused by bunq', { amount: 99_999 }],
		['refused here', { amount: 1, to: 'Nowhere' }],
	])(
		'%s: first what is done, then what is not, then what a repetition would do',
		async (_, third) => {
			const items = [...itemsOf(2, 0), third, { amount: 1 }];
			const recipientAccount = locator('name', '={{ $json.to ?? "Household" }}');
			const parameters = { ...(await byItem()), recipientAccount };
			const { error } = await bank.oauth(parameters, { items });
			expect(error?.description).toMatch(
				/^Already done, and not undone: the 1st item \(ID \d+, -1\.00 EUR\) and the 2nd item \(ID \d+, -1\.00 EUR\)\. Not done: the 3rd and 4th items\. /,
			);
			expect(error?.message).toMatch(
				/^2 of 4 items are done and stay so; the 3rd \(n8n's item 2\) is not: ("Recipient Account": none of your open accounts|The account does not)/,
			);
			expect(error?.description).toContain(REPETITION);
			expect(error?.description).toMatch(/items\. (The name must match|The account that pays)/);
			expect(error?.description).not.toMatch(/nothing was (sent|done)(?! for)|run it again/i);
			expect(await received()).toBe(2);
		},
	);

	test('its outcome unknown: it is neither done nor not done', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$', skip: 1 });
		const { error } = await bank.oauth(await pay(), { items: emptyItems(3) });
		expect(error?.description).toMatch(
			/^Already done, and not undone: the 1st item \(.*\)\. Outcome unknown: the 2nd item\. Not done: the 3rd item\. bunq may have carried this out: payment/,
		);
		expect(error?.message).toMatch(
			/^1 of 3 items is done and stays so; the 2nd \(n8n's item 1\) may be: the connection/,
		);
		expect(error?.description).toContain(REPETITION);
	});

	test('of many, five are named, and how many more', async () => {
		const { error } = await bank.oauth(await byItem(), { items: itemsOf(9, 8) });
		expect(error?.description).toMatch(
			/^Already done, and not undone: the 1st item .*; the 5th item \(ID \d+, -1\.00 EUR\) and 4 more\. Not done: the 10th, 11th, 12th, 13th, 14th and 3 more items\./,
		);
		expect(error?.description).not.toContain('the 6th item');
	});

	test('what was in the requested state already is not called done', async () => {
		const [id] = await bank.control.addDrafts({ accountId: await bank.accountId('Main') });
		const cancel = {
			resource: 'draftPayment',
			operation: 'cancel',
			account: await bank.locate('Main'),
			draftPaymentId: '={{ $json.id }}',
		};
		await bank.apiKey(cancel, { items: [{ id: String(id) }] });
		const { error } = await bank.apiKey(cancel, { items: [{ id: String(id) }, { id: '1' }] });
		expect(error?.context?.itemIndex).toBe(1);
		expect(error?.description).not.toMatch(/Already done|run only the rest/);
	});

	test('a read never calls anything done', async () => {
		const { error } = await bank.oauth(
			{
				resource: 'account',
				operation: 'get',
				account: { mode: 'name', value: '={{ $json.name }}' },
			},
			{ items: [{ name: 'Main' }, { name: 'Household' }, { name: 'Nowhere' }] },
		);
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).not.toMatch(/done|rest/);
	});

	test('with Continue, each item has its own result only, and knows nothing of the others', async () => {
		const { json } = await bank.oauth(await byItem(), {
			items: [...itemsOf(2, 1), { amount: 0 }],
			settings: CONTINUE_ON_FAIL,
		});
		for (const { message } of json.slice(2)) {
			expect(message).toMatch(/nothing was (sent|done) for this item/i);
			expect(message).not.toMatch(/Already done|run it again/i);
		}
	});

	test('with Continue, the size of the errors grows with their number, not with its square', async () => {
		const sizeOf = async (count: number) => {
			const items = [...itemsOf(4, 0), ...Array.from({ length: count }, () => ({ amount: 0 }))];
			const { json } = await bank.oauth(await byItem(), { items, settings: CONTINUE_ON_FAIL });
			return JSON.stringify(json).length;
		};
		expect(await sizeOf(400)).toBeLessThan(2.1 * (await sizeOf(200)));
	});
});

describe("n8n's Retry Execution, which runs all items of the failed node again", () => {
	const retry: Partial<RunOptions> = { mode: 'retry' };

	test('an error says that the execution before may have done some of them', async () => {
		const { error } = await bank.oauth(await pay({ amount: 0 }), retry);
		expect(error?.description).toMatch(
			/This execution is a retry: the one before may have done some of these items\./,
		);
	});

	test('a success says so, too: as a hint, not in the items', async () => {
		const { json, hints } = await bank.oauth(await pay(), retry);
		expect(hints).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/^This execution is a retry/) }),
		]);
		expect(Object.keys(json[0])).toEqual(Object.keys((await bank.oauth(await pay())).json[0]));
	});

	test.each([
		['a read', { resource: 'user', operation: 'get' }, retry],
		['another mode', undefined, {}],
	])('%s says nothing of it', async (_what, parameters, options) => {
		const { hints, error } = await bank.oauth(parameters ?? (await pay()), options);
		expect([hints, error]).toEqual([[], undefined]);
	});

	test('a read that fails says nothing of it', async () => {
		const { error } = await bank.oauth(
			{ resource: 'account', operation: 'get', account: { mode: 'name', value: 'Nowhere' } },
			retry,
		);
		expect(error?.description).not.toMatch(/retry/);
	});
});

describe('a tool of several chats', () => {
	const chat = (executionId: string, runIndex = 0) => ({
		type: 'n8n-nodes-bunq-connect.bunqTool',
		executionId,
		runIndex,
	});
	const lose = async (kind: 'drop-before' | 'drop-after') =>
		await bank.control.fault({ kind, method: 'POST', path: 'payment$' });

	test.each([['bob'], ['']])(
		'the chat "%s" reads nothing of a payment that another one lost',
		async (executionId) => {
			await lose('drop-before');
			const alice = await bank.oauth(await pay({ paymentDescription: 'For Alice' }), chat('alice'));
			expect(alice.error?.message).toMatch(OUTCOME_UNKNOWN);
			const bob = await bank.oauth(await pay({ amount: 'ten' }), chat(executionId));
			expect(bob.error?.message).toMatch(/^"Amount" must be/);
			expect(bob.error?.message).not.toMatch(/Alice|unknown outcome/);
			const again = await bank.oauth(await pay({ amount: 'ten' }), chat('alice', 1));
			expect(again.error?.message).toMatch(/An earlier request also has an unknown outcome.*Alice/);
		},
	);

	test.each([
		[
			'a similar one is there',
			'For Alice, twice',
			/^An equal request of the last hour has an unknown/,
		],
		['it was carried out', undefined, undefined],
	])('an equal request of another chat is looked up: %s', async (_what, similar, told) => {
		await lose(similar ? 'drop-before' : 'drop-after');
		await bank.oauth(await pay({ paymentDescription: 'For Alice' }), chat('alice'));
		if (similar)
			await bank.control.addPayments({
				accountId: await bank.accountId('Main'),
				amount: '-10.00',
				counterpartyIban: (await bank.account('Household')).iban,
				description: similar,
			});
		const { error, json } = await bank.oauth(
			await pay({ paymentDescription: 'For Bob' }),
			chat('bob'),
		);
		expect(await bank.requestCount('POST')).toBe(1);
		if (!told) return expect(json).toMatchObject([{ amount: -10 }]);
		expect(error?.message).toMatch(told);
		expect(error?.message).toMatch(/Outcome unknown/);
		expect(JSON.stringify(error)).not.toMatch(/Alice/);
	});

	test('of fifty lost payments of one chat, five are named', async () => {
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$', times: 50 });
		for (let call = 0; call < 50; call++)
			await bank.oauth(await pay({ amount: call + 1 }), chat('many', call));
		const { error } = await bank.oauth(await pay({ amount: 'ten' }), chat('many', 50));
		expect(error?.message.match(/Outcome unknown/g)).toHaveLength(5);
		expect(error?.message).toMatch(/and 45 more\./);
	});
});
