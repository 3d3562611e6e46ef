import type { FaultOrder } from '../simulator/control/protocol';
import { useBank } from '../support/bank';
import { passMinutes, until } from '../support/fakeClock';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { emptyItems, RETRY_ON_FAIL } from '../support/parameters';

/** n8n runs a node again or stops it: no payment is made twice, and none is lost silently. */

const bank = useBank({ otherSpellings: true });
const ten = Array.from({ length: 10 }, (_, index) => ({ index }));

const pay = bank.payHousehold;
const received = bank.receivedByHousehold;

describe('Retry On Fail', () => {
	test.each(['drop-before', 'drop-after', '500-before', '500-after', 'truncated'] as const)(
		'the fifth of ten equal payments meets %s: ten payments with ten different IDs',
		async (kind) => {
			await bank.control.fault({ kind, method: 'POST', path: 'payment$', skip: 4 });
			const { json, error } = await bank.oauth(await pay(), {
				items: ten,
				settings: RETRY_ON_FAIL,
			});
			expect(error).toBeUndefined();
			expect(new Set(json.map(({ id }) => id)).size).toBe(10);
			expect(await received()).toBe(100);
			expect(await bank.requestCount('POST')).toBe(kind.endsWith('before') ? 11 : 10);
		},
	);

	test('a description that changes with every try makes no further payment', async () => {
		await bank.control.fault({ kind: '500-before', method: 'POST', path: 'payment$', skip: 2 });
		const { error } = await bank.oauth(
			await pay({ paymentDescription: '={{ $now.toMillis() + " " + $itemIndex }}' }),
			{
				items: ten,
				settings: RETRY_ON_FAIL,
			},
		);
		expect(error?.message).toBe('An earlier attempt of this execution sent other values');
		expect(error?.description).toMatch(
			/^Already done, and not undone: the 1st item \(.*Not sent: the 1st item now asks for "Description": \d+ 0\./,
		);
		expect(await received()).toBe(20);
	});

	test('if bunq refuses one item every time, the others are paid once', async () => {
		const { error } = await bank.oauth(
			await pay({ amount: '={{ $json.index === 4 ? 99999 : 10 }}' }),
			{
				items: ten,
				settings: RETRY_ON_FAIL,
			},
		);
		expect(error?.context?.itemIndex).toBe(4);
		expect(await received()).toBe(40);
		expect(await bank.requestCount('POST')).toBe(4 + 3);
	});

	test('an item that was skipped as a duplicate stays skipped', async () => {
		const once = await pay({
			additionalFields: { merchantReference: 'INV-1' },
			options: { skipIfDuplicate: true, lookBackDays: 1 },
			paymentDescription: 'INV-1',
		});
		await bank.oauth(once, { executionId: 'before' });
		passMinutes(24 * 60 - 1);
		const first = await bank.oauth(once, { executionId: 'one' });
		expect(first.json).toMatchObject([{ skipped: true }]);
		passMinutes(2);
		const second = await bank.oauth(once, { executionId: 'one' });
		expect(second.json).toMatchObject([{ skipped: true }]);
		expect(await received()).toBe(10);
	});

	describe('a cancel whose response was lost, and a second item that bunq refuses', () => {
		const cancel = async (faults: FaultOrder[]) => {
			const [id] = await bank.control.addDrafts({ accountId: await bank.accountId('Main') });
			await bank.control.fault({ kind: 'drop-after', method: 'PUT', path: 'draft-payment' });
			for (const fault of faults)
				await bank.control.fault({ ...fault, path: `draft-payment/${id}$` });
			return await bank.apiKey(
				{
					resource: 'draftPayment',
					operation: 'cancel',
					account: await bank.locate('Main'),
					draftPaymentId: '={{ $json.id }}',
				},
				{ items: [{ id: String(id) }, { id: '1' }], settings: RETRY_ON_FAIL },
			);
		};

		test('the retry that sees the draft cancelled settles its outcome', async () => {
			const { error } = await cancel([]);
			expect(error?.context?.itemIndex).toBe(1);
			expect(error?.description).not.toMatch(OUTCOME_UNKNOWN);
		});

		test('a third attempt does not read it again', async () => {
			const { error } = await cancel([{ kind: '500-before', method: 'GET', skip: 2, times: 2 }]);
			expect(error?.context?.itemIndex).toBe(1);
		});
	});

	test('an account whose response was lost is opened once', async () => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'monetary-account-bank' });
		const create = { resource: 'account', operation: 'create', accountName: 'Once' };
		const { json } = await bank.oauth(create, { settings: RETRY_ON_FAIL });
		expect(json).toMatchObject([{ name: 'Once', type: 'bank' }]);
		const { accounts } = await bank.world();
		expect(accounts.filter(({ description }) => description === 'Once')).toHaveLength(1);
	});

	test('another execution is another payment', async () => {
		await bank.oauth(await pay());
		await bank.oauth(await pay());
		expect(await received()).toBe(20);
	});

	test('the same execution twice at the same moment makes one payment', async () => {
		const parameters = await pay();
		const [first, second] = await Promise.all(
			[1, 2].map(async () => await bank.oauth(parameters, { executionId: 'lease ran out' })),
		);
		expect(second.json).toEqual(first.json);
		expect(await received()).toBe(10);
	});

	test('the same execution repeated after 59 minutes still returns the same payment', async () => {
		const executionId = 'long';
		const first = await bank.oauth(await pay(), { executionId });
		passMinutes(59);
		const second = await bank.oauth(await pay(), { executionId });
		expect(second.json).toEqual(first.json);
		expect(await received()).toBe(10);
	});
});

describe('stopped', () => {
	test('while it waits for a rate limit: nothing more is sent', async () => {
		const { status } = await bank.oauth(await pay(), {
			items: emptyItems(30),
			whileRunning: (stop) => void whenSent(5).then(stop),
		});
		const sent = await bank.requestCount('POST');
		passMinutes();
		await new Promise((resolve) => setImmediate(resolve));
		expect(status).toBe('canceled');
		expect(sent).toBeGreaterThanOrEqual(5);
		expect(sent).toBeLessThan(30);
		expect(await bank.requestCount('POST')).toBe(sent);
		expect(await received()).toBe(sent * 10);
	});

	test.each([
		['another execution', undefined, 'bunq did not act on it'],
		['an earlier attempt of the same', 'lease ran out', 'may still act'],
	])(
		'while it waits for %s: it ends, sends nothing, and holds back nobody',
		async (_, executionId, says) => {
			await bank.oauth({ resource: 'user', operation: 'get' });
			const parameters = await pay({
				additionalFields: { merchantReference: 'INV-1' },
				options: { skipIfDuplicate: true },
			});
			await bank.control.fault({ kind: 'slow', method: 'POST', path: 'payment$', held: true });
			const first = bank.oauth(parameters, { executionId });
			await whenSent(1);
			const stopped = { stop: () => {} };
			const whileRunning = (stop: () => void) => (stopped.stop = stop);
			const second = bank.oauth(parameters, { executionId, whileRunning });
			await rounds();
			const third = bank.oauth(parameters);
			await rounds();
			stopped.stop();
			const { status, error } = await second;
			expect(status).toBe('canceled');
			expect(`${error?.message} ${error?.description}`).toContain(says);
			expect(await bank.requestCount('POST')).toBe(1);
			await bank.control.clearFaults();
			expect((await first).json).toMatchObject([{ skipped: false }]);
			expect((await third).json).toMatchObject([{ skipped: true }]);
			expect(await received()).toBe(10);
		},
	);

	test('while the same execution runs: the next attempt returns what that has done', async () => {
		await bank.oauth({ resource: 'user', operation: 'get' });
		const [parameters, executionId] = [await pay(), 'again'];
		await bank.control.fault({ kind: 'slow', method: 'POST', path: 'payment$', held: true });
		const stopped = { stop: () => {} };
		const whileRunning = (stop: () => void) => (stopped.stop = stop);
		const first = bank.oauth(parameters, { executionId, whileRunning });
		await whenSent(1);
		stopped.stop();
		const second = bank.oauth(parameters, { executionId });
		await bank.control.clearFaults();
		expect((await first).status).toBe('canceled');
		expect((await second).json).toMatchObject([{ amount: -10 }]);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('while bunq handles a payment: the request is not aborted', async () => {
		await bank.oauth({ resource: 'user', operation: 'get' });
		await bank.control.fault({ kind: 'slow', method: 'POST', path: 'payment$', held: true });
		await bank.oauth(await pay(), {
			items: [{}, {}],
			whileRunning: (stop) =>
				void whenSent(1).then(async () => {
					stop();
					await bank.control.clearFaults();
				}),
		});
		await whenIdle();
		expect(await received()).toBe(10);
		expect((await bank.log()).at(-1)).toMatchObject({ method: 'POST', status: 200 });
	});

	const rounds = async () => {
		for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve));
	};
	const whenSent = (count: number) => until(async () => (await bank.requestCount('POST')) >= count);
	const whenIdle = () => until(async () => (await bank.log()).every(({ status }) => status !== 0));
});
