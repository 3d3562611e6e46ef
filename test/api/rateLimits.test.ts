import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HttpRequest } from '../../nodes/Bunq/api/exchange';
import { acquireSlot } from '../../nodes/Bunq/api/rateLimiter';
import { sendWithRetry } from '../../nodes/Bunq/api/retry';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { emptyItems } from '../support/parameters';
import { underEach } from '../support/underEach';

const bank = useBank();

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const refusals = async () =>
	(await bank.control.log()).filter(({ status }) => status === 429).length;

/** Runs the work and measures its time on the fake clock, in milliseconds. */
const timed = async <T>(work: () => Promise<T>) => {
	const started = Date.now();
	const result = await work();
	return { result, took: Date.now() - started };
};

underEach(bank, 'limits', () => {
	test('20 payments in one execution: no 429, and no slower than the limit requires', async () => {
		const order = await bank.payHousehold({ amount: 1 });
		const { result, took } = await timed(() => bank.oauth(order, { items: emptyItems(20) }));
		expect(result.json).toHaveLength(20);
		expect(await refusals()).toBe(0);
		// Five per three seconds, so the twentieth may be sent after nine.
		expect(took).toBeLessThan(9_000 * 1.1);
	});
});

test('two credentials share the limits, as bunq counts per IP address', async () => {
	const order = { resource: 'account', operation: 'get', account: await bank.locate('Main') };
	await Promise.all([
		bank.oauth(order, { items: emptyItems(10) }),
		bank.apiKey(order, { items: emptyItems(10) }),
	]);
	expect(await refusals()).toBe(0);
});

underEach(bank, 'rateLimitStatus', () => {
	test('if other programs use up a limit, the node waits for the period that bunq names', async () => {
		const order = { resource: 'account', operation: 'get', account: await bank.locate('Main') };
		await bank.oauth(order);
		passSeconds(10);
		await bank.control.fault({ kind: '429', method: 'GET', times: 3 });
		const { result, took } = await timed(() => bank.oauth(order));
		expect(result.json).toHaveLength(1);
		expect(took).toBeGreaterThanOrEqual(9_000);
	});
});

test('a 429 that does not end: the error says so, and that nothing was done', async () => {
	await bank.control.fault({ kind: '429', method: 'GET', times: 99 });
	const { error } = await bank.oauth({ resource: 'account', operation: 'getAll' });
	expect(error?.message).toContain('Too many requests');
	expect(error?.description).toContain('Nothing was done');
	expect(error).toMatchObject({ httpCode: '429', failure: { cause: 'rate-limited' } });
});

test.each([
	['600 second', '10 minutes'],
	['1 day', '1440 minutes'],
])('a period of %s is not waited for, and the error names it', async (window, named) => {
	const error_description = `Too many requests. You can do a maximum of 10 calls per ${window}.`;
	const body = JSON.stringify({ Error: [{ error_description }] });
	await bank.oauth({ resource: 'account', operation: 'getAll' });
	await bank.control.fault({ kind: 'status', status: 429, body, method: 'GET', times: 99 });
	const { result, took } = await timed(() =>
		bank.oauth({ resource: 'account', operation: 'getAll' }),
	);
	expect(result.error?.message).toContain('Too many requests');
	expect(result.error?.description).toContain(`Nothing was done. bunq counts this over ${named}`);
	expect(took).toBeLessThan(60_000);
});

describe('slots', () => {
	const host = `https://bank-${Math.random()}`;

	test('are counted by method and by path without IDs', async () => {
		const take = async (method: string, url: string) => (await acquireSlot(host, method, url))();
		const { took } = await timed(async () => {
			for (let id = 0; id < 3; id++) await take('GET', `/user/${id}/card?count=${id}`);
			await take('GET', '/user/1/card/2');
			await take('PUT', '/user/1/card');
		});
		expect(took).toBe(0);
		const fourth = await timed(() => take('GET', '/user/9/card'));
		expect(fourth.took).toBeGreaterThanOrEqual(3_000);
	});

	test('are shared by all UUIDs, as bunq counts per endpoint', async () => {
		for (let count = 0; count < 3; count++)
			(await acquireSlot(host, 'GET', `/attachment-public/${randomUUID()}/content`))();
		const { took } = await timed(() =>
			acquireSlot(host, 'GET', `/attachment-public/${randomUUID().toUpperCase()}/content`),
		);
		expect(took).toBeGreaterThanOrEqual(3_000);
	});

	test('of 100,000 paths take at most 10 MB, and one that is in use keeps its own', async () => {
		gc();
		const before = process.memoryUsage().heapUsed;
		for (let count = 0; count < 100_000; count++) {
			if (count % 500 === 0 && count < 1_500) (await acquireSlot(host, 'GET', '/in-use'))();
			(await acquireSlot(host, 'GET', `/any/path-${count}`))();
			if (count === 1_200) {
				const { took } = await timed(() => acquireSlot(host, 'GET', '/in-use'));
				expect(took).toBeGreaterThan(0);
			}
		}
		gc();
		expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * 1024 * 1024);
	});

	test('that nobody gives back are free again after five minutes', async () => {
		for (let count = 0; count < 2; count++) await acquireSlot(host, 'PUT', '/lost');
		passMinutes(5);
		const { took } = await timed(() => acquireSlot(host, 'PUT', '/lost'));
		expect(took).toBeLessThan(1_000);
	});

	test('one session in 30 seconds', async () => {
		(await acquireSlot(host, 'POST', '/session-server'))();
		const { took } = await timed(() => acquireSlot(host, 'POST', '/session-server'));
		expect(took).toBeGreaterThanOrEqual(30_000);
	});

	test('a stopped waiter takes none, and the waiters behind it continue', async () => {
		const stop = new AbortController();
		const url = '/stopped';
		for (let count = 0; count < 2; count++) (await acquireSlot(host, 'PUT', url))();
		const stopped = acquireSlot(host, 'PUT', url, stop.signal).catch(
			(error: Error) => error.message,
		);
		const behind = acquireSlot(host, 'PUT', url);
		stop.abort();
		expect(await stopped).toBe('Stopped before anything was sent to bunq');
		expect(await behind).toEqual(expect.any(Function));
	});

	test('a waiter that is stopped behind another keeps no slot', async () => {
		const stop = new AbortController();
		const url = '/queued';
		for (let count = 0; count < 2; count++) (await acquireSlot(host, 'PUT', url))();
		const first = acquireSlot(host, 'PUT', url);
		const stopped = acquireSlot(host, 'PUT', url, stop.signal).catch(() => undefined);
		stop.abort();
		(await first)();
		await stopped;
		const { took } = await timed(() => acquireSlot(host, 'PUT', url));
		expect(took).toBeLessThan(100);
	});

	test('a slot is free again when signing fails', async () => {
		const credential = toBunqCredential({ apiKey: 'a'.repeat(64) });
		const httpRequest: HttpRequest = async () => await Promise.reject(new Error('not reached'));
		const request = { method: 'PUT', path: '/unsigned', body: {} } as const;
		for (let count = 0; count < 4; count++)
			await expect(
				sendWithRetry({ httpRequest, credential }, request, {
					token: 'x',
					serverKey: 'x',
					privateKey: 'no key',
				}),
			).rejects.toThrow(/DECODER|PEM|key/i);
		const { took } = await timed(() => acquireSlot(credential.host, 'PUT', '/unsigned'));
		expect(took).toBeLessThan(4_000);
	});

	test('no slot is lost, at whichever moment a waiter is stopped', async () => {
		for (let moment = 0; moment < 12; moment++) {
			const url = `/moment/${'x'.repeat(moment + 1)}`;
			const stop = new AbortController();
			const waiting = acquireSlot(host, 'PUT', url, stop.signal).then(
				(release) => release(),
				() => undefined,
			);
			for (let tick = 0; tick < moment; tick++) await Promise.resolve();
			stop.abort();
			await waiting;
			for (let count = 0; count < 2; count++) {
				const { took, result } = await timed(() => acquireSlot(host, 'PUT', url));
				expect([moment, took < 4_000]).toEqual([moment, true]);
				result();
			}
		}
	});
});
