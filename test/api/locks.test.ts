import { BunqError } from '../../nodes/Bunq/api/errors';
import { LATE_MS } from '../../nodes/Bunq/api/clock';
import { Locks } from '../../nodes/Bunq/api/locks';

/** Locks of what nothing can lock at bunq: api/locks.ts. */

const lost = () =>
	new BunqError('outcomeUnknown', 'Nobody knows.', {
		unknownWrite: { method: 'POST', path: '/', body: '{}', sentAt: 0, failedAt: 0 },
	} as never);

/** Takes the lock, and says when it has it. */
const taking = (locks: Locks, key: string) => {
	const taken = { isHeld: false };
	const lock = locks.take(key).then((one) => {
		taken.isHeld = true;
		return one;
	});
	return { taken, lock };
};
const steps = async () => await new Promise((resolve) => setImmediate(resolve));

test('whoever comes waits for all that came earlier, also for who waits himself', async () => {
	const locks = new Locks();
	const first = await locks.take('list');
	const second = taking(locks, 'list');
	first.release();
	const third = taking(locks, 'list');
	await steps();
	expect([second.taken.isHeld, third.taken.isHeld]).toEqual([true, false]);
	(await second.lock).release();
	await steps();
	expect(third.taken.isHeld).toBe(true);
	// Nobody waits for another list.
	await locks.take('another list');
});

test('what nobody uses is forgotten, unless bunq may still act', async () => {
	const locks = new Locks();
	const first = await locks.take('one invoice');
	const second = locks.take('one invoice');
	first.release();
	(await second).release();
	expect(locks['queues'].size).toBe(0);
	(await locks.take('a lost one')).release(lost());
	expect(locks['queues'].size).toBe(1);
});

test.each<[after: string, error: unknown, late: boolean]>([
	['success', undefined, false],
	['a refusal', new BunqError('rejected', 'No.'), false],
	['an error of nobody', new Error('No.'), false],
	['a lost read', new BunqError('outcomeUnknown', 'Nobody knows.'), false],
	['an unknown outcome', lost(), true],
])('after %s bunq may still act: %j, %s', async (_, error, isLate) => {
	const locks = new Locks();
	(await locks.take('list')).release(error);
	// Also for who comes long after everybody has gone.
	for (let times = 0; times < 2; times++) {
		const lock = await locks.take('list');
		expect(lock.lateFor() > 0).toBe(isLate);
		expect(lock.lateFor()).toBeLessThanOrEqual(LATE_MS);
		lock.release();
	}
	expect((await locks.take('another list')).lateFor()).toBeLessThanOrEqual(0);
});
