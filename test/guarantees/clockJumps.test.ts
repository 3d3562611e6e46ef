import { randomUUID } from 'node:crypto';
import { handshakeForTest } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes, passSeconds, until } from '../support/fakeClock';
import { emptyItems } from '../support/parameters';

/** Somebody sets this machine's clock, or NTP does, at any moment. bunq's clock goes on. */

const bank = useBank({ isConnected: false });
const pay = bank.payHousehold;
const received = bank.receivedByHousehold;
const accounts = { resource: 'account', operation: 'getAll', returnAll: true };

const SECONDS = [-86_400, -3_600, -60, -5, 5, 60, 3_600, 86_400];

/** Sets this machine's clock, not bunq's. */
const setClock = async (seconds: number) => {
	jest.setSystemTime(Date.now() + seconds * 1_000);
	await bank.control.advance(-seconds * 1_000);
};

const lose = async (kind: 'drop-before' | 'drop-after') =>
	await bank.control.fault({ kind, method: 'POST', path: 'payment$' });

/** How many seconds pass meanwhile. */
const duration = async (work: () => Promise<unknown>) => {
	const began = performance.now();
	await work();
	return (performance.now() - began) / 1_000;
};

const handshakes = async (name: string) =>
	(await bank.control.log()).filter(({ path }) => path === `/v1/${name}`).length;

describe.each(SECONDS)('the clock is set by %d seconds', (seconds) => {
	test('between a lost answer and the retry: the payment is found', async () => {
		const sameExecution = { executionId: randomUUID() };
		await lose('drop-after');
		await bank.oauth(await pay(), sameExecution);
		await setClock(seconds);
		const { json } = await bank.oauth(await pay(), sameExecution);
		expect(json).toMatchObject([{ amount: -10 }]);
		expect(await received()).toBe(10);
	});

	test('between a payment that did not arrive and the retry: it is made once, although an equal one is older', async () => {
		const sameExecution = { executionId: randomUUID() };
		await bank.oauth(await pay());
		passMinutes();
		await lose('drop-before');
		await bank.oauth(await pay(), sameExecution);
		await setClock(seconds);
		const outcome: { id?: unknown } = {};
		const waited = await duration(async () => {
			outcome.id = (await bank.oauth(await pay(), sameExecution)).json[0].id;
		});
		expect(outcome.id).toEqual(expect.any(Number));
		expect(await received()).toBe(20);
		// bunq has half a minute in which it may still act.
		expect(waited).toBeGreaterThan(28);
		expect(waited).toBeLessThan(40);
	});

	test('between an answer of bunq and the payment: it is never made twice, and never reported as done if it is not', async () => {
		for (const kind of ['drop-after', 'drop-before'] as const) {
			const execution = { executionId: randomUUID() };
			const before = await received();
			await bank.oauth(accounts);
			await setClock(seconds);
			// This machine has no time of bunq's since.
			await lose(kind);
			await bank.oauth(await pay(), execution);
			const { json, error } = await bank.oauth(await pay(), execution);
			expect((await received()) - before).toBeLessThanOrEqual(10);
			if (!error) {
				expect(json).toMatchObject([{ amount: -10 }]);
				expect((await received()) - before).toBe(10);
			}
			passMinutes();
		}
	});

	test('after a payment: "Retry On Fail" gives its result again', async () => {
		const sameExecution = { executionId: randomUUID() };
		const first = await bank.oauth(await pay(), sameExecution);
		await setClock(seconds);
		expect((await bank.oauth(await pay(), sameExecution)).json).toEqual(first.json);
		expect(await received()).toBe(10);
	});

	test('while requests wait for a rate limit: they wait no longer, and bunq refuses none', async () => {
		const order = { resource: 'account', operation: 'get', account: await bank.locate('Main') };
		await bank.oauth(order, { items: emptyItems(3) });
		await setClock(seconds);
		expect(await duration(() => bank.oauth(order))).toBeLessThan(4);
		const refused = (await bank.control.log()).filter(({ status }) => status === 429);
		expect(refused).toEqual([]);
	});

	test('during a poll: it still reads every account', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await trigger.nextPoll();
		const ids = [...(await bank.receive('Main')), ...(await bank.receive('Household'))];
		passSeconds(60);
		await bank.control.clearLog();
		await bank.control.fault({ kind: 'slow', method: 'GET', path: 'payment$', held: true });
		const poll = trigger.tick();
		await until(async () => (await bank.requests()).some((one) => one.endsWith('/payment')));
		await setClock(seconds);
		await bank.control.clearFaults();
		await poll;
		expect(trigger.delivered.map(({ id }) => id)).toEqual(ids);
	});

	test('after a credential was tested: half a minute later, a test asks bunq again', async () => {
		const data = { environment: 'production' as const, apiKey: (await bank.world()).apiKey };
		const helpers = { httpRequest: await requestHelper() };
		await handshakeForTest(helpers, data);
		await setClock(seconds);
		await handshakeForTest(helpers, data);
		expect(await handshakes('session-server')).toBe(1);
		passSeconds(31);
		await handshakeForTest(helpers, data);
		expect(await handshakes('session-server')).toBe(2);
	});

	test('after bunq refused a secret: it is left alone for 15 minutes, and no longer', async () => {
		const wrong = { credential: { apiKey: `${'a'.repeat(60)}${seconds}` } };
		await bank.apiKey(accounts, wrong);
		await setClock(seconds);
		passMinutes(14);
		await bank.apiKey(accounts, wrong);
		expect(await handshakes('device-server')).toBe(1);
		passMinutes(2);
		await bank.apiKey(accounts, wrong);
		expect(await handshakes('device-server')).toBe(2);
	});
});
