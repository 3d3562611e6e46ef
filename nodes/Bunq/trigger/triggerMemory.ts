import { randomUUID } from 'node:crypto';
import type { PollState } from './pollState';

/** What this process knows about a trigger in addition to the state that n8n stores. It does not survive a restart. */
export interface TriggerMemory {
	/** The newest state, which n8n may not have stored: it stores a trigger's state when the trigger emits. */
	state?: PollState;
	/** What this process read for it: account IDs, or ACCOUNT_LIST. */
	read: ReadonlySet<string>;
	/** The revision of another process that this one continued, if n8n has stored none since. */
	continued?: string;
}

const memories = new Map<string, TriggerMemory>();

/** @param key identifies the trigger: workflow ID and node name */
export const memoryOf = (key: string) => {
	const memory = memories.get(key) ?? { read: new Set<string>() };
	memories.set(key, memory);
	return memory;
};

const PROCESS = randomUUID();
const revisions = { count: 0 };

/** A revision for a new state of this process. */
export const newRevision = () => `${PROCESS} ${++revisions.count}`;

/**
 * The states that a trigger may continue, the newest first. n8n loads a workflow before it stops the trigger that runs, and
 * an execution may have restored an older state, so the stored one is newer than the one in memory only if another process
 * wrote it since. (docs/design.md, How n8n runs the trigger)
 */
export const newestFirst = (
	{ state, continued }: TriggerMemory,
	stored: PollState | undefined,
): PollState[] => {
	if (!state || !stored) return [state ?? stored ?? []].flat();
	const isKnown = stored.revision === continued || stored.revision.startsWith(`${PROCESS} `);
	return isKnown || readAt(stored) <= readAt(state) ? [state, stored] : [stored, state];
};

/** When the newest of what a state knows was read; milliseconds UTC, bunq's clock. */
const readAt = ({ listing, accounts }: PollState) =>
	Object.values(accounts).reduce(
		(latest, { checkedAt }) => Math.max(latest, checkedAt),
		listing?.at ?? 0,
	);

/** Keeps the state that a poll made of an earlier one, or of none, and what the poll read. */
export const keepState = (
	memory: TriggerMemory,
	before: PollState | undefined,
	{ next, read }: { next: PollState; read: ReadonlySet<string> },
) => {
	const isOurs = before !== undefined && before === memory.state;
	memory.read = new Set([...(isOurs ? memory.read : []), ...read]);
	if (!isOurs) memory.continued = before?.revision;
	memory.state = next;
};

/** What this process read for this state: account IDs, or ACCOUNT_LIST. Empty if another process wrote the state. */
export const readByThisProcess = (
	{ state: known, read }: TriggerMemory,
	state: PollState | undefined,
): ReadonlySet<string> => (state !== undefined && state === known ? read : new Set());
