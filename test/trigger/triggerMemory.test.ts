import type { PollState } from '../../nodes/Bunq/trigger/pollState';
import {
	memoryOf,
	readByThisProcess,
	runExclusively,
	type TriggerMemory,
} from '../../nodes/Bunq/trigger/triggerMemory';

/** What a process knows about a trigger, and how it runs one poll at a time. */

let triggers = 0;
const newMemory = () => memoryOf(`trigger ${++triggers}`);

/** A poll that has started, or waits for another, and ends when the test says so. */
const startPoll = async (memory: TriggerMemory) => {
	let end: (error?: Error) => void = () => undefined;
	const ended = new Promise<void>((resolve, reject) => {
		end = (error) => (error ? reject(error) : resolve());
	});
	const result = runExclusively(memory, async (hasWaited) => {
		await ended;
		return hasWaited ? 'after waiting' : 'at once';
	});
	await new Promise(setImmediate);
	return { result, end };
};

test('a trigger has its own memory', () => {
	memoryOf('one').isQueued = true;
	expect(memoryOf('one').isQueued).toBe(true);
	expect(memoryOf('other').isQueued).toBeUndefined();
});

test('a second poll waits for the first, a third is dropped', async () => {
	const memory = newMemory();
	const [first, second, third] = [
		await startPoll(memory),
		await startPoll(memory),
		await startPoll(memory),
	];
	expect(await third.result).toBeNull();
	const order: string[] = [];
	void second.result.then(() => order.push('second'));
	void first.result.then(() => order.push('first'));
	second.end();
	await new Promise(setImmediate);
	expect(order).toEqual([]);
	first.end();
	expect([await first.result, await second.result]).toEqual(['at once', 'after waiting']);
	expect(order).toEqual(['first', 'second']);
});

test('a poll that fails does not stop the next ones', async () => {
	const memory = newMemory();
	const [first, second] = [await startPoll(memory), await startPoll(memory)];
	first.end(new Error('down'));
	await expect(first.result).rejects.toThrow('down');
	second.end();
	expect(await second.result).toBe('after waiting');
	const third = await startPoll(memory);
	third.end();
	expect(await third.result).toBe('at once');
});

test('reads count only for the revision that they belong to', () => {
	const memory = newMemory();
	const state = { revision: 'a' } as PollState;
	expect([...readByThisProcess(memory, state)]).toEqual([]);
	memory.lastWritten = { revision: 'a', accounts: new Set(['1']) };
	expect([...readByThisProcess(memory, state)]).toEqual(['1']);
	expect([...readByThisProcess(memory, { ...state, revision: 'b' })]).toEqual([]);
	expect([...readByThisProcess(memory)]).toEqual([]);
});
