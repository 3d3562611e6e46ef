import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { BunqError } from './api/errors';

/**
 * What this process wrote at bunq for each item of each run, so that n8n's "Retry On Fail", which runs all items
 * again, does not write twice: a done write is given again, a maybe done one is looked up first.
 */

interface Entry {
	/** Which items it was for: one, or all of a batch. */
	items: number[];
	result?: IDataObject[];
	/** Sent, and no readable answer came. */
	unclear?: BunqError;
}

const KEPT_FOR = 60 * 60_000;
const MOST_ENTRIES = 100_000;

/** What one node of one execution wrote, by run and item. */
interface Scope {
	at: number;
	entries: Map<string, Entry>;
}

const memory = new Map<string, Scope>();

/** Drops executions without a write for an hour; where memory is at stake, the oldest before that. */
const forgetOld = () => {
	const size = { now: 0 };
	for (const { entries } of memory.values()) size.now += entries.size;
	for (const [key, { at, entries }] of memory) {
		if (at > Date.now() - KEPT_FOR && size.now <= MOST_ENTRIES) continue;
		memory.delete(key);
		size.now -= entries.size;
	}
};

/** The memory of one run of one node. A batch is known by each of its items. */
export interface Writes {
	/** The items of each write that was done or may have been, together where they were sent together. */
	sent(): number[][];
	/** What an earlier try of this item gave, when its write was done. */
	result(itemIndex: number): IDataObject[] | undefined;
	/** The error, with its attempt, of an earlier try of this item that did not learn whether bunq acted. */
	unclear(itemIndex: number): BunqError | undefined;
	done(items: number[], result: IDataObject[]): void;
	/** Notes a failure, if it leaves open whether bunq acted. */
	failed(items: number[], error: unknown): void;
	/** Whether no item of this execution was given the object with this id. */
	isFree(id: number): boolean;
	/** Throws the earlier error when just this was sent in this execution before and may have been done. */
	refuseRepeat(path: string, body: IDataObject): void;
}

export const writesOf = (ctx: IExecuteFunctions): Writes => {
	const { id, name } = ctx.getNode();
	const run = Number(ctx.getWorkflowDataProxy(0).$runIndex ?? 0);
	const key = `${ctx.getExecutionId()} ${id || name}`;
	const { entries } = memory.get(key) ?? { entries: new Map<string, Entry>() };
	const entryOf = (itemIndex: number) => entries.get(`${run} ${itemIndex}`);
	const note = (entry: Entry) => {
		// What was sent together before and was not done is no longer one batch.
		for (const item of entry.items)
			for (const other of entryOf(item)?.items ?? []) entries.delete(`${run} ${other}`);
		for (const item of entry.items) entries.set(`${run} ${item}`, entry);
		memory.set(key, { at: Date.now(), entries });
		forgetOld();
	};
	return {
		sent: () => {
			const ofRun = [...entries].filter(([of]) => of.startsWith(`${run} `));
			return [...new Set(ofRun.map(([, entry]) => entry))].map(({ items }) => items);
		},
		result: (itemIndex) => entryOf(itemIndex)?.result,
		unclear: (itemIndex) => entryOf(itemIndex)?.unclear,
		done: (items, result) => note({ items, result }),
		failed: (items, error) => {
			if (error instanceof BunqError && error.attempt) note({ items, unclear: error });
		},
		isFree: (id) =>
			![...entries.values()].some(({ result }) => result?.some((one) => one.id === id)),
		refuseRepeat: (path, body) => {
			const written = JSON.stringify(body);
			for (const { unclear } of entries.values())
				if (unclear?.attempt?.path === path && unclear.attempt.body === written) throw unclear;
		},
	};
};
