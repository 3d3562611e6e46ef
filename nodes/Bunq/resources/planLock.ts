import { Locks, type Lock } from '../api/locks';
import type { Bunq } from '../connect';
import type { WritePlan } from './operation';

/**
 * Locks for what reads at bunq and then moves money by it, a balance or a list without a duplicate: two executions at the
 * same moment would otherwise read the same, and move the money twice.
 */

const locks = new Locks();

/**
 * Plans under locks, and keeps them until the request has ended: after everything that began earlier with one of the keys,
 * and not while bunq may still carry out a request of unknown outcome. Throws a BunqError, also where the execution is
 * stopped meanwhile.
 */
export const planLocked = async (
	keys: string[],
	bunq: Bunq,
	plan: () => Promise<WritePlan>,
): Promise<WritePlan> => {
	const held: Lock[] = [];
	const settled = (error?: unknown) => held.forEach((lock) => lock.release(error));
	try {
		// Always in the same order, so that no two executions wait for each other.
		for (const key of [...new Set(keys)].sort()) {
			const lock = await locks.take(`${bunq.host} ${key}`, bunq.signal);
			held.push(lock);
			const wait = lock.lateFor();
			if (wait > 0) await bunq.pause(wait);
		}
		const { ifNotPermitted, ...planned } = await plan();
		const instead = ifNotPermitted && { ifNotPermitted: { ...ifNotPermitted, settled } };
		return { ...planned, ...instead, settled };
	} catch (error) {
		settled();
		throw error as Error;
	}
};
