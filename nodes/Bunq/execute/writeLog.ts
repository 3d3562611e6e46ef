import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { amountOf, counterpartyOf, entriesIn, type BodyEntry } from '../api/entries';
import { BunqError, type UnknownWrite } from '../api/errors';
import type { WriteRequest } from '../resources/operation';

/**
 * The writes of this process, by idempotency key, so that nothing is written twice.
 * - An item of an execution is known by its position: "Retry On Fail" runs the same positions again. A write that is done
 *   is replayed, one of unknown outcome is reconciled first.
 * - A tool call has no position: an agent that asks for a second payment of the same kind must not get the output of the
 *   first. It is known by its content, and only while its outcome is unknown.
 */

/**
 * What became of a write of these items: its output, or the error that left its outcome unknown. `content` identifies a
 * tool's write.
 */
export type WriteRecord = { items: number[]; recordedAt: number; content?: string } & (
	| { output: IDataObject[] }
	| { unknown: UnknownOutcome }
);

/** The error of a write whose response was lost. */
export type UnknownOutcome = BunqError & { unknownWrite: UnknownWrite };

/** Whether this is the error of a write whose response was lost, with the write. */
export const isUnknownOutcome = (error: unknown): error is UnknownOutcome =>
	error instanceof BunqError && error.kind === 'outcomeUnknown' && error.unknownWrite !== undefined;

/** The records of one run of a node, by position, or of one tool, by content. */
interface Scope {
	byContent: boolean;
	writtenAt: number;
	records: Map<string, WriteRecord>;
}

const RETENTION_MS = 60 * 60_000;
const MAX_RECORDS = 100_000;
const scopes = new Map<string, Scope>();

/** Drops scopes without a write for an hour; beyond the maximum, the oldest before that. */
const dropExpired = () => {
	let size = 0;
	for (const { records } of scopes.values()) size += records.size;
	for (const [key, { writtenAt, records }] of scopes) {
		if (writtenAt > monotonicNow() - RETENTION_MS && size <= MAX_RECORDS) continue;
		scopes.delete(key);
		size -= records.size;
	}
};

const unknownsOf = (records: Iterable<WriteRecord>) =>
	[...new Set(records)].flatMap((record) =>
		'unknown' in record ? [{ items: record.items, unknown: record.unknown }] : [],
	);

/** What one node knows of its earlier writes. */
export interface WriteLog {
	/** The items of each write of this run, together where they were sent together. Empty for a tool. */
	previousBatches(): number[][];
	/** The record of an item of this run, by position. */
	at(item: number): WriteRecord | undefined;
	/** The error of an equal write of a tool, if its outcome is unknown. */
	equalTo(host: string, request: WriteRequest): UnknownOutcome | undefined;
	/** The errors of writes of unknown outcome, except this item's. */
	otherUnknown(item: number): UnknownOutcome[];
	saveOutput(items: number[], output: IDataObject[]): void;
	saveUnknown(items: number[], host: string, unknown: UnknownOutcome): void;
	/** Forgets this write of a tool, as its outcome is known now; an equal one that was lost too stays. */
	resolve(write: UnknownWrite): void;
}

/** Whether the node is used as a tool: n8n then appends `Tool` to its type. */
export const isTool = (ctx: IExecuteFunctions) => ctx.getNode().type.endsWith('Tool');

/** The log of the node's writes: by position in an execution, by content for a tool. */
export const createWriteLog = (ctx: IExecuteFunctions): WriteLog => {
	const execution = isTool(ctx) ? undefined : ctx.getExecutionId() || attemptId(ctx);
	return execution ? logByPosition(ctx, execution) : logByContent(ctx);
};

const attemptIds = new WeakMap<object, string>();

/** Without an execution: n8n passes the very same object to each attempt of a node, and to nothing else. */
const attemptId = (ctx: IExecuteFunctions) => {
	const data = ctx.getExecuteData?.() as object | undefined;
	if (data && !attemptIds.has(data)) attemptIds.set(data, randomUUID());
	return data && attemptIds.get(data);
};

const logByPosition = (ctx: IExecuteFunctions, execution: string): WriteLog => {
	const { id, name } = ctx.getNode();
	const run = Number(ctx.getWorkflowDataProxy(0).$runIndex ?? 0);
	const scope = [execution, id || name, run].join('\n');
	const records = () => scopes.get(scope)?.records ?? new Map<string, WriteRecord>();
	const all = () => [...new Set(records().values())];
	const save = (record: WriteRecord) => {
		const known = records();
		// Items that were sent together before, without success, are no longer one batch.
		for (const item of record.items)
			for (const other of known.get(String(item))?.items ?? []) known.delete(String(other));
		for (const item of record.items) known.set(String(item), record);
		scopes.set(scope, { byContent: false, writtenAt: monotonicNow(), records: known });
		dropExpired();
	};
	return {
		previousBatches: () => all().map(({ items }) => items),
		at: (item) => records().get(String(item)),
		equalTo: () => undefined,
		otherUnknown: (item) =>
			unknownsOf(all())
				.filter(({ items }) => !items.includes(item))
				.map(({ unknown }) => unknown),
		saveOutput: (items, output) => save({ items, recordedAt: monotonicNow(), output }),
		saveUnknown: (items, _host, unknown) => save({ items, recordedAt: monotonicNow(), unknown }),
		resolve: () => undefined,
	};
};

const logByContent = (ctx: IExecuteFunctions): WriteLog => {
	const { id, name } = ctx.getNode();
	const scope = [ctx.getWorkflow().id ?? '', id || name].join('\n');
	const isRecent = ({ recordedAt }: WriteRecord) => recordedAt > monotonicNow() - RETENTION_MS;
	/** Any tool may have sent the same. */
	const tools = () => [...scopes.values()].filter(({ byContent }) => byContent);
	return {
		previousBatches: () => [],
		at: () => undefined,
		equalTo: (host, { path, body }) => {
			const content = contentKey(host, path, body ?? {});
			const found = tools().flatMap(({ records }) => [...records.values()]);
			const equal = found.filter((record) => record.content === content && isRecent(record));
			return unknownsOf(equal).at(0)?.unknown;
		},
		otherUnknown: () =>
			unknownsOf([...(scopes.get(scope)?.records.values() ?? [])].filter(isRecent)).map(
				({ unknown }) => unknown,
			),
		saveOutput: () => undefined,
		saveUnknown: (items, host, unknown) => {
			const { path, body } = unknown.unknownWrite;
			const { records } = scopes.get(scope) ?? { records: new Map<string, WriteRecord>() };
			const content = contentKey(host, path, JSON.parse(body) as IDataObject);
			// Equal calls in parallel may all be lost: each has a record of its own.
			records.set(randomUUID(), { items, recordedAt: monotonicNow(), content, unknown });
			scopes.set(scope, { byContent: true, writtenAt: monotonicNow(), records });
			dropExpired();
		},
		resolve: (write) => {
			for (const { records } of tools())
				for (const [id, record] of records)
					if ('unknown' in record && record.unknown.unknownWrite === write) records.delete(id);
		},
	};
};

/**
 * The idempotency key of a write by its content: where it goes, and how much to whom. The description is no part of it,
 * as a model words it differently each time. Without an amount or a recipient, the whole entry counts.
 */
const contentKey = (host: string, path: string, body: IDataObject) =>
	[host, path, ...entriesIn(body).map(essenceOf).sort()].join('\n');

const essenceOf = (entry: BodyEntry) => {
	const amount = amountOf(entry);
	const to = counterpartyOf(entry);
	return amount?.value && to?.value
		? `${Number(amount.value)} ${String(amount.currency)} ${String(to.value).toLowerCase()}`
		: JSON.stringify(entry);
};
