import { useBank } from '../support/bank';
import { batches } from '../support/batches';
import { LOST_RESPONSES } from '../support/outcome';
import { CONTINUE_ON_FAIL, emptyItems, RETRY_ON_FAIL } from '../support/parameters';
import { underEach } from '../support/underEach';

/** A batch whose response is lost, or that n8n runs again: it is created once. */

const bank = useBank();
const { draft, payment, request } = batches(bank);

underEach(bank, 'batchPayments', () => {
	test('a batch of payments whose response is lost is found, and not sent again', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: `${payment.path}$` });
		const { json, error } = await payment.run([{ amount: 0.1 }, { amount: 0.2 }], {
			settings: RETRY_ON_FAIL,
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: expect.any(Number), entries: 2, amount: 0.3 }]);
		expect(await bank.requestCount('POST')).toBe(1);
	});
});

describe.each([draft, payment, request])('$path', ({ path, run, output, refusedItem, refusal }) => {
	describe('a lost response', () => {
		const lost = async (kind: 'drop-before' | 'drop-after' | '500-after' | 'truncated', skip = 0) =>
			await bank.control.fault({ kind, method: 'POST', path: `${path}$`, skip });

		test('the error lists what was sent, and it is sent once', async () => {
			await lost('drop-after');
			const { error } = await run(emptyItems(7));
			expect(error?.description).toMatch(
				/^bunq may have carried this out: (?:draft payment|batch of (?:payments|money requests)) in account \d+, .*Peter.*"Invoice 0", .*"Invoice 4", and 2 more\. Check the bunq app/,
			);
			expect(error?.description).not.toContain('Invoice 5');
			expect(await bank.requestCount('POST')).toBe(1);
		});

		test('a 429 means that nothing was done, so it is sent again', async () => {
			await bank.control.fault({ kind: '429', method: 'POST', path: `${path}$` });
			expect((await run([{}, {}])).json).toMatchObject([{ entries: 2 }]);
			expect(await bank.changes()).toBe(1);
		});

		test.each(LOST_RESPONSES)(
			'%s for the second of three groups, with Retry On Fail: each is created once',
			async (kind) => {
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
							created: expect.any(String),
							entries: 2,
							amount: 0.4,
							currency: 'EUR',
							...output,
						},
						[{ item: 1 }, { item: 4 }],
					],
					[expect.objectContaining({ amount: 0.2, entries: 1 }), { item: 2 }],
				]);
				expect(new Set(outcome.json.map(({ id }) => id)).size).toBe(3);
				expect(await bank.changes()).toBe(3);
				expect(await bank.requestCount('POST')).toBe(kind === 'drop-before' ? 4 : 3);
			},
		);

		test('an equal batch of other items is not mistaken for the lost one', async () => {
			const executionId = `equal ${path}`;
			const items = [{ number: 1 }, { number: 2 }];
			const first = await run(items, { executionId });
			await lost('drop-before');
			await run(items, { executionId, runIndex: 1 });
			const { json } = await run(items, { executionId, runIndex: 1 });
			expect(json[0].id).not.toBe(first.json[0].id);
			expect(await bank.changes()).toBe(2);
		});

		test.each([1, 3])('a batch of %i is not mistaken for one of two', async (others) => {
			const executionId = `${others} ${path}`;
			await lost('drop-before');
			await run([{ number: 1 }, { number: 1 }], { executionId });
			const other = await run(Array.from({ length: others }, () => ({ number: 1 })));
			const { json } = await run([{ number: 1 }, { number: 1 }], { executionId });
			expect(json).toMatchObject([{ entries: 2 }]);
			expect(json[0].id).not.toBe(other.json[0].id);
		});

		test('a batch that did not reach bunq and whose items have changed is sent once', async () => {
			const executionId = `elsewhere ${path}`;
			await lost('drop-before');
			await run([{}, {}], { executionId });
			const second = await run([{}, await refusedItem('Household')], { executionId });
			expect(second.error?.context?.itemIndex).toBe(1);
			const { items } = await run([{}, { from: 'Household' }], { executionId });
			expect(items.map(({ json, pairedItem }) => [json.accountId, pairedItem])).toEqual([
				[await bank.accountId('Main'), { item: 0 }],
				[await bank.accountId('Household'), { item: 1 }],
			]);
			expect(await bank.changes()).toBe(2);
		});

		test('if the lookup fails, nothing is sent again', async () => {
			const executionId = `unknown ${path}`;
			await lost('drop-after');
			await run([{}, {}], { executionId });
			await bank.control.fault({ kind: '500-before', method: 'GET', path: `${path}$`, times: 2 });
			const { error } = await run([{}, {}], { executionId });
			expect(error?.message).toBeTruthy();
			expect(await bank.requestCount('POST')).toBe(1);
		});

		test('a repeated tool call does not send it again', async () => {
			const tool = { type: 'n8n-nodes-bunq-connect.bunqTool', executionId: `tool ${path}` };
			await lost('drop-after');
			const first = await run([{}], tool);
			const second = await run([{}], { ...tool, runIndex: 1 });
			expect(first.error?.description).toContain('bunq may have carried this out');
			expect(second.json).toMatchObject([{ entries: 1, amount: 1 }]);
			expect(await bank.requestCount('POST')).toBe(1);
		});
	});

	describe('n8n runs the node again', () => {
		test('an existing batch is the result and not sent again', async () => {
			const executionId = `again ${path}`;
			const first = await run([{}, {}, await refusedItem('Household')], { executionId });
			expect(first.error?.message).toMatch(refusal);
			const second = await run([{}, {}, { from: 'Household' }], { executionId });
			expect(second.items.map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
				[
					expect.objectContaining({ accountId: await bank.accountId('Main'), amount: 2 }),
					[{ item: 0 }, { item: 1 }],
				],
				[expect.objectContaining({ accountId: await bank.accountId('Household') }), { item: 2 }],
			]);
			expect(await bank.changes()).toBe(2);
		});

		test('if one of its items has changed, none of them gets its result, and nothing is sent', async () => {
			const executionId = `changed ${path}`;
			await run([{}, {}, await refusedItem('Household')], { executionId });
			const again = [{}, { amount: 9 }, { from: 'Household' }];
			const { json } = await run(again, { executionId, settings: CONTINUE_ON_FAIL });
			const refused = {
				error: 'An earlier attempt of this execution sent other values',
				message: expect.stringMatching(
					/^Already done, and not undone: the 1st and 2nd items \(ID \d+, 2\.00 EUR\)\. Not sent: the 2nd item now asks for "Amount": 9\./,
				),
			};
			expect(json).toEqual([refused, refused, expect.objectContaining({ entries: 1 })]);
			expect(await bank.changes()).toBe(2);
		});

		test('an invalid item every time: nothing is sent', async () => {
			const { error } = await run([{}, { amount: 0 }], { settings: RETRY_ON_FAIL });
			expect(error?.context?.itemIndex).toBe(1);
			expect(await bank.requestCount('POST')).toBe(0);
		});
	});
});
