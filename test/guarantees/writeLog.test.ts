import type { IExecuteFunctions } from 'n8n-workflow';
import { BunqError, type UnknownOutcome } from '../../nodes/Bunq/api/errors';
import type * as Log from '../../nodes/Bunq/execute/writeLog';
import { passMinutes, startFakeClock } from '../support/fakeClock';

/** The memory of writes is bounded, and forgets nothing that may be repeated: full, it refuses to write. */

const stopClock = startFakeClock();
afterAll(stopClock);

/** A process of its own for each test. */
let log: typeof Log;
beforeEach(async () => {
	await jest.isolateModulesAsync(async () => {
		log = await import('../../nodes/Bunq/execute/writeLog');
	});
});

const open = (executionId: string) => {
	const created = log.createWriteLog({
		getNode: () => ({ id: 'b', name: 'Bunq', type: 'n8n-nodes-bunq-connect.bunq' }),
		getWorkflow: () => ({ id: '1' }),
		getExecutionId: () => executionId,
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
	} as unknown as IExecuteFunctions);
	void created.open();
	return created;
};
const fill = (target: Log.WriteLog, count: number) => {
	for (let item = 0; item < count; item++) target.saveOutput([item], [{ id: item }]);
};
const run = (executionId: string, count = 1) => {
	const running = open(executionId);
	fill(running, count);
	running.close();
};
const lost = new BunqError('outcomeUnknown', 'Lost', {
	unknownWrite: { method: 'POST', path: '/', body: '{}', sentAt: 0, failedAt: 0 },
} as never) as UnknownOutcome;
const access = { host: 'https://bunq', access: 'a' };

test('an execution of 100,000 writes keeps every one, and is refused the next', () => {
	const running = open('large');
	fill(running, 99_999);
	running.assertCapacity();
	fill(running, 100_000);
	expect(running.at(0)).toMatchObject({ output: [{ id: 0 }] });
	expect(() => running.assertCapacity()).toThrow('This n8n remembers 100000 writes, and no more');
	expect(open('large').at(0)).toMatchObject({ output: [{ id: 0 }] });
});

test('a running execution is never dropped, however long it takes and however many others write', () => {
	const running = open('running');
	running.saveOutput([0], [{ id: 1 }]);
	running.saveUnknown([1], access, lost);
	for (let other = 0; other < 99_998; other++) run(`other ${other}`);
	expect(() => running.assertCapacity()).toThrow();
	passMinutes(61);
	running.assertCapacity();
	expect(running.at(0)).toMatchObject({ output: [{ id: 1 }] });
	run('later');
	expect(open('running').at(1)).toMatchObject({ unknown: lost });
});

test('between two attempts, what another execution writes drops nothing for an hour', () => {
	const first = open('attempts');
	first.saveUnknown([0], access, lost);
	passMinutes(120);
	first.close();
	passMinutes(59);
	run('other');
	expect(open('attempts').at(0)).toMatchObject({ unknown: lost });
});

test('an hour after the last attempt it is dropped, and there is room again', () => {
	run('old', 100_000);
	passMinutes(59);
	expect(() => open('new').assertCapacity()).toThrow('remembers');
	passMinutes(2);
	open('new').assertCapacity();
	expect(open('old').at(0)).toBeUndefined();
});

test('an execution that wrote nothing leaves nothing behind, and batches count each item', () => {
	for (let other = 0; other < 1000; other++) open(`read ${other}`).close();
	const running = open('batches');
	const items = Array.from({ length: 50 }, (_, item) => item);
	for (let batch = 0; batch < 2000; batch++)
		running.saveOutput(
			items.map((item) => item + batch * 50),
			[{ id: batch }],
		);
	expect(running.previousBatches()).toHaveLength(2000);
	expect(() => running.assertCapacity()).toThrow('remembers');
});

test('100,000 executions of one write take seconds, not hours', () => {
	const before = performance.now();
	for (let other = 0; other < 100_000; other++) run(`many ${other}`);
	expect(performance.now() - before).toBeLessThan(10_000);
});
