import { randomUUID } from 'node:crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { monotonicNow } from '../api/clock';
import { BunqError, type UnknownOutcome, type UnknownWrite } from '../api/errors';
import { Locks, type Lock } from '../api/locks';
import { cancelSignalOf } from '../connect';
import type { WriteRequest } from '../resources/operation';
import type { Requested } from './requested';
import { createToolCalls, type Access, type EqualCall } from './toolCalls';

/**
 * The writes of this process, by idempotency key, so that nothing is written twice.
 * - An item of an execution is known by its position: "Retry On Fail" runs the same positions again. A write that is done
 *   is replayed, one of unknown outcome is reconciled first.
 * - A tool call has no position: an agent that asks for a second payment of the same kind must not get the output of the
 *   first. It is known by its content, and only while its outcome is unknown (toolCalls.ts).
 */

interface RecordBase {
	items: number[];
	/** What each of the items asked for. */
	requested: Array<Requested | undefined>;
}

/** A write that is done; `isSent`: false where there was nothing to change. */
export type DoneRecord = RecordBase & { output: IDataObject[]; isSent: boolean };

/** A write of unknown outcome; `before`: the output of the same item's write before it, which is done. */
type UnknownRecord = RecordBase & { unknown: UnknownOutcome; before?: IDataObject[] };

/** What became of a write of these items: its output, or the error that left its outcome unknown. */
export type WriteRecord = DoneRecord | UnknownRecord;

/** What one node knows of its earlier writes. */
export interface WriteLog {
	/** What each item asks for in this attempt; the caller fills it in. */
	requested: Map<number, Requested>;
	/** The items of which a further write may follow what is done; the caller fills it in. */
	partly: Set<number>;
	/**
	 * The node starts: nothing of its run is dropped, however long it takes. Waits while the same run is under way: n8n 1.x
	 * gives an execution to a worker again whose lease ran out, perhaps to the one that still has it. Throws a BunqError when
	 * it is stopped meanwhile.
	 */
	open(): Promise<void>;
	/** The node ends: its records are kept for another hour. */
	close(): void;
	/** The items of each write of this run, together where they were sent together. Empty for a tool. */
	previousBatches(): number[][];
	/** The record of an item of this run, by position. */
	at(item: number): WriteRecord | undefined;
	/** What this run has sent and bunq has done. */
	done(): DoneRecord[];
	/** An equal write of a tool, if its outcome is unknown. */
	equalTo(access: Access, request: WriteRequest): EqualCall | undefined;
	/** The errors of writes of unknown outcome in this execution, except this item's. */
	otherUnknown(item: number): UnknownOutcome[];
	/** Throws a BunqError when the memory is full: what it cannot remember must not be sent. */
	assertCapacity(): void;
	/** @param isSent false where there was nothing to change */
	saveOutput(items: number[], output: IDataObject[], isSent?: boolean): void;
	/** The output of a write whose outcome was unknown, for what its items asked for then. */
	settle(record: WriteRecord, output: IDataObject[]): void;
	saveUnknown(items: number[], access: Access, unknown: UnknownOutcome): void;
	/** The ID of the file that an earlier attempt of this item uploaded under this key. */
	uploaded(item: number, key: string): number | undefined;
	saveUpload(item: number, key: string, id: number): void;
	/** Forgets this write of unknown outcome, as its outcome is known now; an equal one that was lost too stays. */
	resolve(write: UnknownWrite): void;
}

/** The records of one run of a node, by position. */
interface Scope {
	usedAt: number;
	/** How many attempts are running: of these nothing is ever dropped. */
	running: number;
	records: Map<number, WriteRecord>;
	/** The IDs of uploaded files, by item and key. */
	uploads: Map<string, number>;
}

const RETENTION_MS = 60 * 60_000;
/** Some 100 MB. bunq's rate limits allow one credential a few thousand writes in an hour. */
const MAX_RECORDS = 100_000;
/** In the order of their last use, apart from those that are running. */
const scopes = new Map<string, Scope>();
/** One attempt of a run after the other. */
const runs = new Locks();
let size = 0;

const toolCalls = createToolCalls(RETENTION_MS);

/** Drops what has not been used for an hour. */
const dropExpired = () => {
	for (const [key, { usedAt, running, records }] of scopes) {
		if (running > 0) continue;
		if (usedAt > monotonicNow() - RETENTION_MS) break;
		scopes.delete(key);
		size -= records.size;
	}
};

/** Refuses a write rather than forget another: a forgotten one may be paid twice. */
const assertCapacity = () => {
	if (size + toolCalls.size() < MAX_RECORDS) return;
	dropExpired();
	if (size + toolCalls.size() < MAX_RECORDS) return;
	throw new BunqError('unavailable', `This n8n remembers ${MAX_RECORDS} writes, and no more`, {
		description:
			'Nothing was sent. It keeps each write for an hour, so that a repetition does not pay twice. Run this in an hour, or in smaller parts.',
	});
};

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

/** By name, not by ID: the names in a workflow differ, and a generated workflow may repeat an ID. */
const nodeKey = (ctx: IExecuteFunctions, execution: string, ...run: number[]) =>
	JSON.stringify([execution, ctx.getWorkflow().id, ctx.getNode().name, ...run]);

const saveRecord = (records: Scope['records'], record: WriteRecord) => {
	// Items that were sent together before, without success, are no longer one batch.
	for (const item of record.items) dropRecord(records, records.get(item)?.items ?? []);
	size -= records.size;
	for (const item of record.items) records.set(item, record);
	size += records.size;
};

const dropRecord = (records: Scope['records'], items: number[]) => {
	for (const item of items) if (records.delete(item)) size--;
};

const newScope = (): Scope => ({ usedAt: 0, running: 0, records: new Map(), uploads: new Map() });

const STOPPED =
	'Stopped: an earlier attempt of this execution may still act. This one sent nothing';
const stopped = async () => await Promise.reject(new BunqError('cancelled', STOPPED));

/** The beginning and the end of one attempt of a run. */
const attemptOf = (key: string, scope: Scope, signal?: AbortSignal) => {
	let lock: Lock | undefined;
	const use = (started: 1 | -1) => {
		scope.running += started;
		scope.usedAt = monotonicNow();
		scopes.delete(key);
		const isUsed = scope.running > 0 || scope.records.size > 0 || scope.uploads.size > 0;
		if (isUsed) scopes.set(key, scope);
		dropExpired();
	};
	return {
		open: async () => {
			use(1);
			lock = await runs.take(key, signal).catch(stopped);
		},
		close: () => {
			lock?.release();
			use(-1);
		},
	};
};

const logByPosition = (ctx: IExecuteFunctions, execution: string): WriteLog => {
	const key = nodeKey(ctx, execution, Number(ctx.getWorkflowDataProxy(0).$runIndex ?? 0));
	const scope = scopes.get(key) ?? newScope();
	const { records, uploads } = scope;
	const requested: WriteLog['requested'] = new Map();
	const all = () => [...new Set(records.values())];
	const save = (record: WriteRecord) => saveRecord(records, record);
	const asked = (items: number[]) => ({
		items,
		requested: items.map((item) => requested.get(item)),
	});
	return {
		requested,
		...attemptOf(key, scope, cancelSignalOf(ctx)),
		previousBatches: () => all().map(({ items }) => items),
		at: (item) => records.get(item),
		done: () => all().filter(isDone),
		equalTo: () => undefined,
		otherUnknown: (item) =>
			all().flatMap((record) =>
				'unknown' in record && !record.items.includes(item) ? [record.unknown] : [],
			),
		saveOutput: (items, output, isSent = true) => save({ ...asked(items), output, isSent }),
		settle: ({ items, requested: before }, output) =>
			save({ items, requested: before, output, isSent: true }),
		saveUnknown: (items, _access, unknown) =>
			save({ ...asked(items), unknown, before: outputOf(records.get(items[0])) }),
		...common(uploads),
		resolve: (write) => {
			const isIt = (one: WriteRecord) => 'unknown' in one && one.unknown.unknownWrite === write;
			dropRecord(records, all().find(isIt)?.items ?? []);
		},
	};
};

/** What is the same in each log. */
const common = (
	uploads: Scope['uploads'],
): Pick<WriteLog, 'partly' | 'assertCapacity' | 'uploaded' | 'saveUpload'> => ({
	partly: new Set(),
	assertCapacity,
	uploaded: (item, key) => uploads.get(`${item} ${key}`),
	saveUpload: (item, key, id) => void uploads.set(`${item} ${key}`, id),
});

/** The output of the last write of an item that is done. */
const outputOf = (record?: WriteRecord) =>
	record && ('output' in record ? record.output : record.before);

const isDone = (record: WriteRecord): record is DoneRecord => 'output' in record && record.isSent;

/** The log of one call of a tool: what it has sent, and which calls of any tool have an unknown outcome. */
const logByContent = (ctx: IExecuteFunctions): WriteLog => {
	// Each call is a run of its own.
	const execution = ctx.getExecutionId() || '';
	const conversation = execution && nodeKey(ctx, execution);
	const done = new Map<string, DoneRecord>();
	return {
		requested: new Map(),
		open: async () => await Promise.resolve(),
		close: () => undefined,
		previousBatches: () => [],
		at: () => undefined,
		done: () => [...done.values()].filter(isDone),
		equalTo: (access, request) => toolCalls.equalTo(access, request, conversation),
		otherUnknown: () => toolCalls.unknownOf(conversation),
		saveOutput: (items, output, isSent = true) =>
			done.set(items.join(), { items, requested: [], output, isSent }),
		settle: () => undefined,
		saveUnknown: (_items, access, unknown) => toolCalls.add(access, unknown, conversation),
		...common(new Map()),
		resolve: toolCalls.resolve,
	};
};
