import type { PollState } from './pollState';

/** What this process knows about a trigger in addition to the state that n8n stores. It does not survive a restart. */
export interface TriggerMemory {
	/** The poll in progress. */
	running?: Promise<unknown>;
	/** Whether another poll is waiting for it. */
	isQueued?: boolean;
	/** The last revision that this process stored, and what it read for it: account IDs, or ACCOUNT_LIST. */
	lastWritten?: { revision: string; accounts: ReadonlySet<string> };
	/**
	 * The state after polls without events, while n8n has none of this trigger's stored: its durable scheduler drops the
	 * state of the poll at activation (docs/design.md, How n8n polls), and without this copy the next poll would start over.
	 */
	unsavedState?: PollState;
	/** The account that the user's name or IBAN identified, when, and n8n's object for this activation. */
	found?: { key: string; account: number; at: number; activation: object };
}

const memories = new Map<string, TriggerMemory>();

/** @param key identifies the trigger: workflow ID and node name */
export const memoryOf = (key: string) => {
	const memory = memories.get(key) ?? {};
	memories.set(key, memory);
	return memory;
};

/**
 * Runs one poll of a trigger at a time. A poll that starts while another runs waits for it. A third one is dropped and
 * returns null, because the waiting poll reads everything that it would read. Rejects if `poll` rejects.
 * @param poll receives whether it had to wait
 */
export const runExclusively = async <T>(
	memory: TriggerMemory,
	poll: (hasWaited: boolean) => Promise<T>,
): Promise<T | null> => {
	if (memory.isQueued) return null;
	const { running } = memory;
	memory.isQueued = true;
	await running?.catch(() => undefined);
	memory.isQueued = false;
	const current = poll(running !== undefined);
	memory.running = current;
	return await current.finally(() => (memory.running = undefined));
};

/** What this process read for this state: account IDs, or ACCOUNT_LIST. Empty if another process wrote the state. */
export const readByThisProcess = (
	{ lastWritten }: TriggerMemory,
	state?: PollState,
): ReadonlySet<string> =>
	lastWritten && lastWritten.revision === state?.revision ? lastWritten.accounts : new Set();
