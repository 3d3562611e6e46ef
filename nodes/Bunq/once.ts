import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { BunqError, type Attempt } from './api/errors';

/**
 * What this process wrote at bunq for each item of each run, so that n8n's "Retry On Fail", which runs all items
 * again, does not write twice: a done write is given again, a maybe done one is looked up first.
 */

interface Entry {
	result?: IDataObject[];
	/** Sent, and no readable answer came. */
	attempt?: { error: BunqError; sent: Attempt };
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

/** The memory of one run of one node. */
export interface Writes {
	/** What an earlier try of this item gave, when its write was done. */
	result(itemIndex: number): IDataObject[] | undefined;
	/** What an earlier try of this item sent without learning whether bunq acted. */
	attempt(itemIndex: number): Attempt | undefined;
	done(itemIndex: number, result: IDataObject[]): void;
	/** Notes a failure, if it leaves open whether bunq acted. */
	failed(itemIndex: number, error: BunqError): void;
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
	const note = (itemIndex: number, entry: Entry) => {
		entries.set(`${run} ${itemIndex}`, entry);
		memory.set(key, { at: Date.now(), entries });
		forgetOld();
	};
	return {
		result: (itemIndex) => entryOf(itemIndex)?.result,
		attempt: (itemIndex) => entryOf(itemIndex)?.attempt?.sent,
		done: (itemIndex, result) => note(itemIndex, { result }),
		failed: (itemIndex, error) => {
			if (error.attempt) note(itemIndex, { attempt: { error, sent: error.attempt } });
		},
		isFree: (id) =>
			![...entries.values()].some(({ result }) => result?.some((one) => one.id === id)),
		refuseRepeat: (path, body) => {
			const written = JSON.stringify(body);
			for (const { attempt } of entries.values())
				if (attempt?.sent.path === path && attempt.sent.body === written) throw attempt.error;
		},
	};
};
