import type { PollState } from './pollState';

/** What this process remembers of a trigger, beside what n8n stores. A restart forgets it. */
export interface TriggerMemory {
	/** The poll in progress. */
	running?: Promise<unknown>;
	/** Whether another poll waits for it. */
	isQueued?: boolean;
	/** The revision that this process stored last, and what was read for it: account IDs, or the list of accounts. */
	lastWritten?: { revision: string; accounts: ReadonlySet<string> };
	/**
	 * The state of silent polls since n8n last stored one: its durable scheduler drops what the poll at activation stored
	 * (docs/design.md, How n8n polls), and the next poll would start over.
	 */
	unsavedState?: PollState;
}

const memories = new Map<string, TriggerMemory>();

/** @param key identifies the trigger: workflow ID and node name */
export const memoryOf = (key: string) => {
	const memory = memories.get(key) ?? {};
	memories.set(key, memory);
	return memory;
};

/**
 * Runs polls of one trigger one after another. A poll that starts while another runs waits for it; a third one is
 * dropped (null), because the waiting one reads whatever it would read. Rejects as `poll` does.
 * @param poll told whether it had to wait
 */
export const runInTurn = async <T>(
	memory: TriggerMemory,
	poll: (hasWaited: boolean) => Promise<T>,
): Promise<T | null> => {
	if (memory.isQueued) return null;
	const { running } = memory;
	memory.isQueued = true;
	await running?.catch(() => undefined);
	memory.isQueued = false;
	const turn = poll(running !== undefined);
	memory.running = turn;
	return await turn.finally(() => (memory.running = undefined));
};

/** What this process read for this state; nothing where another process wrote the state. */
export const readByThisProcess = (
	{ lastWritten }: TriggerMemory,
	state?: PollState,
): ReadonlySet<string> =>
	lastWritten && lastWritten.revision === state?.revision ? lastWritten.accounts : new Set();
