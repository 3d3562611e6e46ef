import { abortable } from './abort';
import { LATE_MS, monotonicNow } from './clock';
import { isUnknownOutcome } from './errors';

/** Locks of what nothing can lock at bunq, such as an account, a list or an invoice. They hold in this process. */

interface Queue {
	/** Resolves when everything that began earlier has ended. */
	tail: Promise<void>;
	/** Until when bunq may still act on a request of unknown outcome; `monotonicNow`. */
	lateUntil: number;
	/** How many have it or wait for it. */
	users: number;
}

/** A key that is locked: nothing else of this process has it. */
export interface Lock {
	/** For how many milliseconds bunq may still act on a request of an earlier holder; 0 or less: no longer. */
	lateFor(): number;
	/** Unlocks it. @param error what the work ended with, if it failed */
	release(error?: unknown): void;
}

export class Locks {
	/** One that nobody uses stays only after a request of unknown outcome. */
	private readonly queues = new Map<string, Queue>();

	/**
	 * Locks a key, after everything that began earlier with it.
	 * @param signal ends the waiting: rejects with `abortError`
	 */
	async take(key: string, signal?: AbortSignal): Promise<Lock> {
		const queue = this.queues.get(key) ?? { tail: Promise.resolve(), lateUntil: 0, users: 0 };
		this.queues.set(key, queue);
		queue.users++;
		const before = queue.tail;
		const gate = { open: () => {} };
		queue.tail = new Promise<void>((resolve) => (gate.open = resolve));
		const lock: Lock = {
			lateFor: () => queue.lateUntil - monotonicNow(),
			release: (error) => {
				if (isUnknownOutcome(error)) queue.lateUntil = monotonicNow() + LATE_MS;
				gate.open();
				queue.users--;
				if (queue.users === 0 && queue.lateUntil <= monotonicNow()) this.queues.delete(key);
			},
		};
		await abortable(before, signal).catch(async (error: Error) => {
			// Who comes later still waits for what began earlier.
			void before.then(() => lock.release());
			return await Promise.reject(error);
		});
		return lock;
	}
}
