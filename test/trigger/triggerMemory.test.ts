import type { PollState } from '../../nodes/Bunq/trigger/pollState';
import {
	keepState,
	memoryOf,
	newestFirst,
	newRevision,
	readByThisProcess,
} from '../../nodes/Bunq/trigger/triggerMemory';

/** Which state a trigger continues, and what its process has read for it. Pure functions. */

let triggers = 0;
const newMemory = () => memoryOf(`trigger ${++triggers}`);
/** A state whose list of accounts was read at this time. */
const stateOf = (revision: string, at = 0) =>
	({ revision, accounts: {}, listing: { at, ids: [] } }) as unknown as PollState;
const ours = (at = 0) => stateOf(newRevision(), at);
const nothingRead = new Set<string>();

test('a trigger has its own memory', () => {
	const memory = newMemory();
	keepState(memory, undefined, { next: ours(), read: nothingRead });
	expect(memoryOf(`trigger ${triggers}`).state).toBe(memory.state);
	expect(newMemory().state).toBeUndefined();
});

test('the newest of two states is the one of this process, unless another process wrote since', () => {
	const memory = newMemory();
	expect(newestFirst(memory, undefined)).toEqual([]);
	const theirs = stateOf('of another process', 10);
	expect(newestFirst(memory, theirs)).toEqual([theirs]);

	const [first, second] = [ours(20), ours(30)];
	keepState(memory, theirs, { next: first, read: nothingRead });
	keepState(memory, first, { next: second, read: nothingRead });
	expect(newestFirst(memory, undefined)).toEqual([second]);
	const restored = stateOf('of another process, before', 5);
	for (const older of [theirs, first, restored]) expect(newestFirst(memory, older)[0]).toBe(second);

	const newer = stateOf('of another process, later', 40);
	expect(newestFirst(memory, newer)).toEqual([newer, second]);
	const third = ours(20);
	keepState(memory, newer, { next: third, read: nothingRead });
	expect(newestFirst(memory, newer)[0]).toBe(third);
});

test('reads count as long as the state is the one that they were made for', () => {
	const memory = newMemory();
	const [first, second, third] = [ours(), ours(), ours()];
	keepState(memory, undefined, { next: first, read: new Set(['1']) });
	keepState(memory, first, { next: second, read: new Set(['2']) });
	expect([...readByThisProcess(memory, second)]).toEqual(['1', '2']);
	for (const other of [first, undefined]) expect(readByThisProcess(memory, other).size).toBe(0);
	keepState(memory, stateOf('of another process'), { next: third, read: new Set(['3']) });
	expect([...readByThisProcess(memory, third)]).toEqual(['3']);
});
