import { Locks, type Lock } from '../api/locks';
import type { Bunq } from '../connect';

/**
 * Locks of accounts, for what reads a balance and then moves money by it: two executions at the same moment would
 * otherwise read the same balance, and move the money twice.
 */

const locks = new Locks();

/**
 * Locks accounts, after everything that began earlier with one of them, and waits while a payment of unknown outcome may
 * still change a balance. Throws a BunqError where the execution is stopped meanwhile.
 * @returns how to unlock them, with the error that the payment ended with, if it did
 */
export const lockAccounts = async (ids: number[], bunq: Bunq) => {
	const held: Lock[] = [];
	const release = (error?: unknown) => held.forEach((lock) => lock.release(error));
	try {
		// Always in the same order, so that no two executions wait for each other.
		for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
			const lock = await locks.take(`${bunq.host} ${id}`);
			held.push(lock);
			const wait = lock.lateFor();
			if (wait > 0) await bunq.pause(wait);
		}
	} catch (error) {
		release();
		throw error as Error;
	}
	return release;
};
