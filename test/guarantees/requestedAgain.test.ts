import type { IDataObject, INode } from 'n8n-workflow';
import { useBank } from '../support/bank';
import type { RunOptions } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { CONTINUE_ON_FAIL, MAY_PAY_OTHERS } from '../support/parameters';
import { requiredParameters, rows } from '../support/sampleParameters';

/** A result from memory answers only the same request: of the same node, as the same credential, with the same values. */

const bank = useBank();
const pay = bank.payHousehold;
const received = bank.receivedByHousehold;
const OTHER_VALUES = 'An earlier attempt of this execution sent other values';

describe('two nodes with one ID, as a generated workflow may have them', () => {
	const nodes: Array<Partial<INode>> = [{ name: 'First' }, { name: 'Second' }];

	test('both pay, and each returns its own payment', async () => {
		const ids = [];
		for (const settings of nodes) {
			const { json } = await bank.oauth(await pay(), { executionId: 'one', settings });
			ids.push(json[0].id);
		}
		expect(new Set(ids).size).toBe(2);
		expect(await received()).toBe(20);
	});

	test('the first of unknown outcome does not keep the second from paying', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$' });
		await bank.oauth(await pay(), { executionId: 'lost', settings: nodes[0] });
		const { error } = await bank.oauth(await pay(), { executionId: 'lost', settings: nodes[1] });
		expect(error).toBeUndefined();
		expect(await received()).toBe(20);
	});

	test('one node of that name in another workflow has its own memory', async () => {
		const run = { executionId: 'shared' };
		await bank.oauth(await pay(), { ...run, workflowId: '1' });
		await bank.oauth(await pay(), { ...run, workflowId: '2' });
		expect(await received()).toBe(20);
	});
});

describe('an item that asks for something else at the next attempt', () => {
	const CASES: Array<[string, IDataObject, RegExp]> = [
		['amount', { amount: 5 }, /"Amount": 5/],
		['description', { paymentDescription: 'Rent of May' }, /"Description": Rent of May/],
		[
			'recipient',
			{ recipientType: 'iban', recipientIban: 'NL14RABO0169202917', recipientName: 'Peter' },
			/"Recipient IBAN"/,
		],
		['option', { additionalFields: { merchantReference: 'INV-2' } }, /another "Additional Fields"/],
	];

	test.each(CASES)(
		'another %s: refused, and what was done is named',
		async (_what, more, named) => {
			const options = { executionId: `changed ${_what}`, credential: MAY_PAY_OTHERS };
			const first = await bank.apiKey(await pay(), options);
			const { error } = await bank.apiKey(await pay(more), options);
			expect(error?.message).toBe(OTHER_VALUES);
			expect(error?.description).toContain(
				`Already done, and not undone: the 1st item (ID ${first.json[0].id}, -10.00 EUR).`,
			);
			expect(error?.description).toMatch(named);
			expect(await bank.requestCount('POST')).toBe(1);
		},
	);

	test('of unknown outcome, and bunq carried it out: found, reported, and nothing more is sent', async () => {
		const executionId = 'changed unknown';
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$' });
		await bank.oauth(await pay(), { executionId });
		const { error } = await bank.oauth(await pay({ amount: 5 }), { executionId });
		expect(error?.message).toBe(OTHER_VALUES);
		expect(error?.description).toMatch(/Already done, and not undone: the 1st item \(ID \d+, -10/);
		expect(error?.description).not.toMatch(OUTCOME_UNKNOWN);
		// The first one is the result of nothing but the first request.
		const again = await bank.oauth(await pay(), { executionId });
		expect(again.json).toMatchObject([{ amount: -10 }]);
		expect(await received()).toBe(10);
	});

	test('of unknown outcome, and bunq never had it: what is asked for now is sent, once', async () => {
		const executionId = 'changed lost';
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$' });
		await bank.oauth(await pay(), { executionId });
		const { json } = await bank.oauth(await pay({ amount: 5 }), { executionId });
		expect(json).toMatchObject([{ amount: -5 }]);
		expect(await received()).toBe(5);
	});

	test('an expression that fails then: its error, what was done, and nothing more is sent', async () => {
		const executionId = 'failing';
		await bank.oauth(await pay(), { executionId });
		const { error } = await bank.oauth(
			await pay({ paymentDescription: `={{ $('Nowhere').first().json.text }}` }),
			{ executionId },
		);
		expect(error?.message).toMatch(/Nowhere|node/);
		expect(error?.description).toMatch(/Already done, and not undone: the 1st item \(ID \d+, -10/);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test.each(['iban', 'IBAN', 'Iban'])(
		'another IBAN where the type is %p: refused',
		async (type) => {
			const options = { executionId: `the type ${type}`, credential: MAY_PAY_OTHERS };
			const to = async (recipientIban: string) =>
				await pay({
					recipientType: `={{ '${type}' }}`,
					recipientIban,
					recipientName: 'Peter',
					// n8n's engine wants them where it does not know the type.
					recipientEmail: 'p@example.com',
					recipientPhone: '+31612345678',
				});
			await bank.apiKey(await to('NL14RABO0169202917'), options);
			const { error } = await bank.apiKey(await to('NL91ABNA0417164300'), options);
			expect(error?.message).toBe(OTHER_VALUES);
			expect(error?.description).toMatch(/"Recipient IBAN"/);
		},
	);

	test('a field that is hidden does not count', async () => {
		const executionId = 'hidden';
		const first = await bank.oauth(await pay({ recipientIban: 'x' }), { executionId });
		const second = await bank.oauth(await pay({ recipientIban: 'y' }), { executionId });
		expect(second.json).toEqual(first.json);
		expect(await received()).toBe(10);
	});

	test.each(['done', 'of unknown outcome'])('as another customer, after one %s', async (what) => {
		const order: Partial<RunOptions> = {
			executionId: `customer ${what}`,
			settings: CONTINUE_ON_FAIL,
		};
		if (what !== 'done')
			await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$' });
		await bank.apiKey(await pay(), order);
		const { apiKey } = await bank.world('sandbox');
		const { json } = await bank.apiKey(await pay(), {
			...order,
			credential: { environment: 'sandbox', apiKey },
		});
		expect(json).toMatchObject([
			{
				...(what === 'done' && {
					error: 'An earlier attempt of this execution used another credential',
				}),
				message: expect.stringMatching(
					what === 'done' ? /^Already done.*Not sent: what the other/ : OUTCOME_UNKNOWN,
				),
			},
		]);
		expect(await bank.requestCount('POST')).toBe(1);
	});
});

test('every operation that writes: the same request gets the same result, at no further write', async () => {
	for (const row of rows.filter(({ writes, id }) => writes && id !== 'api.request')) {
		const parameters = await requiredParameters(bank, row);
		passMinutes();
		const options = { executionId: `again ${row.id}`, credential: MAY_PAY_OTHERS };
		const first = await bank.apiKey(parameters, options);
		expect([row.id, first.error?.message]).toEqual([row.id, undefined]);
		await bank.control.clearLog();
		const second = await bank.apiKey(parameters, options);
		expect([row.id, second.json]).toEqual([row.id, first.json]);
		// What follows a write, such as reading a file, is read again.
		const again = (await bank.requests()).filter(
			(one) => !row.readsAfterwards || !one.startsWith('GET '),
		);
		expect([row.id, again]).toEqual([row.id, []]);
	}
});
