import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { BunqError } from './api/errors';

/**
 * What this process wrote at bunq for each item of each run, so that n8n's "Retry On Fail", which runs all items
 * again, does not write twice: a done write is given again, a maybe done one is looked up first.
 */

interface Entry {
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

/** The memory of one run of one node. */
export interface Writes {
	/** What an earlier try of this item gave, when its write was done. */
	result(itemIndex: number): IDataObject[] | undefined;
	/** The error, with its attempt, of an earlier try of this item that did not learn whether bunq acted. */
	unclear(itemIndex: number): BunqError | undefined;
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
		unclear: (itemIndex) => entryOf(itemIndex)?.unclear,
		done: (itemIndex, result) => note(itemIndex, { result }),
		failed: (itemIndex, error) => {
			if (error.attempt) note(itemIndex, { unclear: error });
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
