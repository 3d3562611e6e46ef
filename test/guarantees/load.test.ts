import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { requiredParameters, rows } from '../support/sampleParameters';

/** Many items, executions and payments: as fast as bunq's rate limits allow, and no faster. */

const bank = useBank({ isConnected: false });
const sampleOf = async (id: string) =>
	await requiredParameters(bank, rows.find((row) => row.id === id)!);
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const statuses = async () => (await bank.log()).map(({ status }) => status);
const THREE_SECONDS = 3_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How long the work takes on the clock by which the bank counts its limits, in milliseconds. */
const timeOf = async (work: () => Promise<unknown>) => {
	const began = Date.now();
	await work();
	return Date.now() - began;
};

test.each([
	['payment.get', 3],
	['draftPayment.create', 5],
] as const)('60 items of %s: %d in 3 seconds, at most a tenth slower, no 429', async (id, most) => {
	const parameters = await sampleOf(id);
	await bank.apiKey({ resource: 'user', operation: 'get' });
	passMinutes();
	await bank.control.clearLog();
	const took = await timeOf(async () => {
		const { json, error } = await bank.oauth(parameters, { items: items(60) });
		expect(error).toBeUndefined();
		expect(json).toHaveLength(60);
	});
	// The first three seconds are free.
	const floor = (60 / most - 1) * THREE_SECONDS;
	console.log(`60 × ${id}: ${took / 1_000} s, bank's own limit ${floor / 1_000} s`);
	expect(took).toBeGreaterThanOrEqual(floor);
	expect(took).toBeLessThanOrEqual(floor * 1.1);
	expect(await statuses()).toEqual(Array(60).fill(200));
});

test('100 executions that start together: each gets its result, no 429, one session', async () => {
	await bank.control.clearLog();
	const outcomes = await Promise.all(
		items(100).map(async () => await bank.oauth({ resource: 'user', operation: 'get' })),
	);
	expect(outcomes.filter(({ error }) => error)).toEqual([]);
	expect(await statuses()).toEqual(Array(100).fill(200));
	const sessions = (await bank.control.log()).filter(({ path }) => path === '/v1/session-server');
	expect(sessions).toHaveLength(1);
});

test('100,000 payments with Return All: memory grows no faster than the result', async () => {
	await bank.control.switches({ limits: 'off' });
	const { id } = await bank.account('Main');
	const account = locator('id', id);
	const list = { resource: 'payment', operation: 'getAll', account, returnAll: true };
	const heap = () => {
		collectGarbage();
		return process.memoryUsage().heapUsed;
	};
	const read = async () => {
		const { json, error } = await bank.oauth(list);
		expect(error).toBeUndefined();
		return json;
	};
	/** How much heap reading keeps beside its result, and how much a plain copy of that result takes, in bytes. */
	const kept = async () => {
		const before = heap();
		const result = await read();
		const withResult = heap();
		const copy = JSON.parse(JSON.stringify(result)) as unknown[];
		const withCopy = heap();
		expect(copy).toHaveLength(result.length);
		return { count: result.length, reading: withResult - before, copy: withCopy - withResult };
	};
	await bank.control.addPayments({ accountId: id, count: 20_000 });
	// Allocates whatever the package, the engine and the simulator need once.
	const { length } = await read();
	await bank.control.addPayments({ accountId: id, count: 80_000 });
	const { count, reading, copy } = await kept();
	expect(count).toBe(length + 80_000);
	const megabytes = (bytes: number) => Math.round(bytes / 1e6);
	console.log(
		`Heap for ${count} payments ${megabytes(reading)} MB, for a copy of them ${megabytes(copy)} MB`,
	);
	expect(reading).toBeLessThan(copy * 1.5);
}, 240_000);
