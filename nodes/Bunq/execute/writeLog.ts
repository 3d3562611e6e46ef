import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { BunqError, type UnknownWrite } from '../api/errors';

/**
 * What this process wrote at bunq, so that nothing is written twice.
 * - A node of an execution knows its items by their place: n8n's "Retry On Fail" runs all of them again. What is done is
 *   given again, what is maybe done is looked up first.
 * - A tool, and whatever has no execution, is not known by place: an agent that asks for a second payment of the same
 *   kind must not get the answer of the first. There, only what is maybe done is remembered, by what was wished.
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

/** What a tool may have done. */
interface Wish {
	at: number;
	/** Which node of which workflow. */
	node: string;
	unclear: BunqError;
}

const memory = new Map<string, Scope>();
const wishes = new Map<string, Wish>();

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

/** n8n makes this type of every node that is usable as a tool. */
export const isTool = (ctx: IExecuteFunctions) => ctx.getNode().type.endsWith('Tool');

/** What one node knows of what it wrote. A batch is known by each of its items. */
export interface Writes {
	/** The items of each write that was done or may have been, together where they were sent together. */
	sent(): number[][];
	/** What an earlier try of this item gave, when its write was done. */
	result(itemIndex: number): IDataObject[] | undefined;
	/** The error, with its attempt, of an earlier try of this item that did not learn whether bunq acted. */
	unclear(itemIndex: number): BunqError | undefined;
	/** The same, of every other item. */
	stillUnclear(itemIndex: number): BunqError[];
	/** The error of a request for the same thing, if that may have been done. */
	repeated(host: string, path: string, body: IDataObject): BunqError | undefined;
	/** It is known what became of that request. */
	settled(host: string, attempt: UnknownWrite): void;
	done(items: number[], result: IDataObject[]): void;
	/** Notes a failure, if it leaves open whether bunq acted. */
	failed(items: number[], error: unknown, host: string): void;
}

export const writesOf = (ctx: IExecuteFunctions): Writes => {
	const execution = isTool(ctx) ? undefined : ctx.getExecutionId() || tryOf(ctx);
	return execution ? byPlace(ctx, execution) : byWish(ctx);
};

const tries = new WeakMap<object, string>();

/** Without an execution: n8n hands the very same object to each try of a node, and to nothing else. */
const tryOf = (ctx: IExecuteFunctions) => {
	const data = ctx.getExecuteData?.() as object | undefined;
	if (data && !tries.has(data)) tries.set(data, randomUUID());
	return data && tries.get(data);
};

const isUnclear = (error: unknown): error is BunqError & { unknownWrite: UnknownWrite } =>
	error instanceof BunqError && error.kind === 'outcomeUnknown' && error.unknownWrite !== undefined;

const byPlace = (ctx: IExecuteFunctions, executionId: string): Writes => {
	const { id, name } = ctx.getNode();
	const run = Number(ctx.getWorkflowDataProxy(0).$runIndex ?? 0);
	const key = `${executionId} ${id || name}`;
	const { entries } = memory.get(key) ?? { entries: new Map<string, Entry>() };
	const entryOf = (itemIndex: number) => entries.get(`${run} ${itemIndex}`);
	const ofRun = () => {
		const all = [...entries].filter(([of]) => of.startsWith(`${run} `));
		return [...new Set(all.map(([, entry]) => entry))];
	};
	const note = (entry: Entry) => {
		// What was sent together before and was not done is no longer one batch.
		for (const item of entry.items)
			for (const other of entryOf(item)?.items ?? []) entries.delete(`${run} ${other}`);
		for (const item of entry.items) entries.set(`${run} ${item}`, entry);
		memory.set(key, { at: Date.now(), entries });
		forgetOld();
	};
	return {
		sent: () => ofRun().map(({ items }) => items),
		result: (itemIndex) => entryOf(itemIndex)?.result,
		unclear: (itemIndex) => entryOf(itemIndex)?.unclear,
		stillUnclear: (itemIndex) =>
			ofRun().flatMap(({ items, unclear }) =>
				unclear && !items.includes(itemIndex) ? [unclear] : [],
			),
		repeated: () => undefined,
		settled: () => undefined,
		done: (items, result) => note({ items, result }),
		failed: (items, error) => {
			if (isUnclear(error)) note({ items, unclear: error });
		},
	};
};

const byWish = (ctx: IExecuteFunctions): Writes => {
	const { id, name } = ctx.getNode();
	const node = `${ctx.getWorkflow().id ?? ''} ${id || name}`;
	const recent = () => {
		for (const [key, { at }] of wishes) if (at <= Date.now() - KEPT_FOR) wishes.delete(key);
		return wishes;
	};
	return {
		sent: () => [],
		result: () => undefined,
		unclear: () => undefined,
		stillUnclear: () =>
			[...recent().values()].filter((wish) => wish.node === node).map(({ unclear }) => unclear),
		repeated: (host, path, body) => recent().get(wishOf(host, path, body))?.unclear,
		settled: (host, { path, body }) => {
			wishes.delete(wishOf(host, path, JSON.parse(body) as IDataObject));
		},
		done: () => undefined,
		failed: (_items, error, host) => {
			if (!isUnclear(error)) return;
			const { path, body } = error.unknownWrite;
			const key = wishOf(host, path, JSON.parse(body) as IDataObject);
			// A refused repeat is no new one.
			if (wishes.get(key)?.unclear.unknownWrite === error.unknownWrite) return;
			wishes.set(key, { at: Date.now(), node, unclear: error });
		},
	};
};

/**
 * What tells one wish from another: where it goes, and how much to whom. Not its text, which a model words anew. Where
 * there is no amount or nobody to get it: all of it.
 */
export const wishOf = (host: string, path: string, body: IDataObject) => {
	const listed = body.entries ?? body.payments ?? body.request_inquiries;
	const entries = Array.isArray(listed) ? (listed as Array<IDataObject | null>) : [body];
	const essence = entries.map((entry) => {
		const amount = (entry?.amount ?? entry?.amount_inquired) as IDataObject | undefined;
		const to = entry?.counterparty_alias as IDataObject | undefined;
		return amount?.value && to?.value
			? `${Number(amount.value)} ${String(amount.currency)} ${String(to.value).toLowerCase()}`
			: JSON.stringify(entry);
	});
	return [host, path, ...essence.sort()].join('\n');
};
