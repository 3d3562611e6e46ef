import type {
	IDataObject,
	IExecuteFunctions,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { connectItems, type Bunq } from '../connect';
import { readParams } from '../parameters/readParams';
import type {
	BatchOperation,
	BatchParams,
	Operation,
	ReadOperation,
	Resource,
	WriteOperation,
	WritePlan,
} from '../resources/operation';
import { simplified } from '../simplify';
import { withAccountName } from '../simplify/accountNames';
import { groupByAccount, planBatch, type PreparedItem } from './batches';
import { asNothingChanged, RETRY_HINT, toItemError } from './failure';
import { findInvalidItem } from './inputCheck';
import { toOutputItems, withSkipped, type OutputItem } from './outputItems';
import { connectFor, insteadOf, withOAuthAlternative } from './permission';
import type { ExecutionContext } from './reconcile';
import { readRequested } from './requested';
import { withSpecialCharacters } from './specialCharacters';
import { asNothingSent, executeWrite, replayOrReconcile } from './write';
import { createWriteLog, type WriteLog } from './writeLog';

/** The output of an item, or of the items that were sent together, or the error: n8n's or a BunqError. */
export type ItemResult = { items: number[] } & ({ output: OutputItem[] } | { error: unknown });

/** One execution of the node: from its items to their output. */
export interface Execution {
	/** Yields each result as it is known. If the caller stops iterating, nothing further is sent. */
	results(): AsyncGenerator<ItemResult>;
	/** Any error as n8n shows it: bunq's message, its meaning, the item, and the other writes. */
	failure(error: unknown, itemIndex: number): NodeApiError | NodeOperationError;
}

/** What all items of an execution share. */
interface Run {
	ctx: IExecuteFunctions;
	log: WriteLog;
	connectItem: ReturnType<typeof connectItems>;
}

/** An execution of the node with these resources. It reads and sends nothing before `results` is read. */
export const createExecution = (ctx: IExecuteFunctions, resources: Resource[]): Execution => {
	const log = createWriteLog(ctx);
	const items = ctx.getInputData().map((_, item) => item);
	const run = { ctx, log, connectItem: connectItems(ctx) };
	// One operation for all items: n8n allows no expression there.
	const operation = findOperation(ctx, resources);
	const isWrite = operation !== undefined && !('read' in operation);
	return {
		async *results() {
			if (items.length === 0) return;
			if (!operation) yield { items, error: unknownOperation(ctx) };
			else {
				try {
					const waiting = await toResult(
						run,
						items,
						log.open().then(() => []),
					);
					if ('error' in waiting) yield waiting;
					else yield* executeItems(run, operation, items);
				} finally {
					log.close();
				}
			}
			if (ctx.getMode() === 'retry' && log.done().length > 0) ctx.addExecutionHints?.(RETRY_HINT);
		},
		failure: (error, itemIndex) => toItemError(ctx, log, error, { itemIndex, isWrite }),
	};
};

async function* executeItems(
	run: Run,
	operation: Operation,
	items: number[],
): AsyncGenerator<ItemResult> {
	if ('planBatch' in operation) return yield* executeBatches(run, operation, items);
	const invalid = await findInvalidItem(run, operation, items);
	if (invalid) return yield invalid;
	for (const item of items) yield await toResult(run, [item], executeItem(run, operation, item));
}

const nameOf = (ctx: IExecuteFunctions, selector: string) =>
	ctx.getNodeParameter(selector, 0, '') as string;

const findOperation = (ctx: IExecuteFunctions, resources: Resource[]): Operation | undefined =>
	resources.find(({ value }) => value === nameOf(ctx, 'resource'))?.operations[
		nameOf(ctx, 'operation')
	];

const unknownOperation = (ctx: IExecuteFunctions) =>
	new BunqError(
		'invalidInput',
		`There is no operation "${nameOf(ctx, 'operation')}" for "${nameOf(ctx, 'resource')}"`,
		{
			description:
				'Nothing was sent. Choose the resource and the operation in the node again. A Custom API Call cannot sign requests for bunq: use the API Request resource.',
		},
	);

/** Connects as the item's credential. For a write, notes what the item asks for. */
const enterItem = async (
	{ ctx, log, connectItem }: Run,
	operation: Operation,
	item: number,
): Promise<ExecutionContext> => {
	const bunq = await connectFor(ctx, connectItem, operation, item);
	if (!('read' in operation))
		log.requested.set(item, readRequested(ctx, operation, item, bunq.access));
	return { ctx, log, bunq };
};

/** The result of pending work for these items; never rejects. */
const toResult = async (
	{ ctx }: Run,
	items: number[],
	work: Promise<IDataObject[]>,
): Promise<ItemResult> =>
	await work
		.then(async (output) => await toOutputItems(ctx, output))
		.then(
			(output) => ({ items, output }),
			(error: unknown) => ({ items, error }),
		);

type ItemOperation = ReadOperation | WriteOperation;

const executeItem = async (run: Run, operation: ItemOperation, item: number) => {
	if ('next' in operation) run.log.partly.add(item);
	const execution = await enterItem(run, operation, item);
	const output = await outputOf(execution, operation, item);
	const { ctx, bunq } = execution;
	const named = output.map((one) => withAccountName(one, bunq.knownAccounts()));
	return 'plan' in operation ? await withSkipped(ctx, operation, { item, bunq }, named) : named;
};

const outputOf = async (execution: ExecutionContext, operation: ItemOperation, item: number) => {
	const { ctx, bunq, log } = execution;
	const earlier =
		'plan' in operation ? await replayOrReconcile(execution, operation, [item]) : undefined;
	if (earlier && !('finish' in operation)) return earlier;

	const reading = readParams(ctx, operation.fields, item, bunq);
	const orAlternative = withOAuthAlternative(ctx, operation, item);
	if ('plan' in operation) {
		const params = await reading.catch(asNothingSent);
		const write = writeItem(execution, operation, item);
		let done =
			earlier ??
			(await write(await operation.plan(params, bunq).catch(asNothingSent).catch(orAlternative)));
		for (;;) {
			const plan = await operation.next?.(done[0], params, bunq);
			if (!plan) break;
			done = await write(plan);
		}
		log.partly.delete(item);
		if (!operation.finish) return done;
		return [
			await operation.finish(done[0], params, bunq).catch(orAlternative),
		].flat() as IDataObject[];
	}
	const params = await reading.catch(asNothingChanged);
	const answer = await operation.read(params, bunq).catch(asNothingChanged).catch(orAlternative);
	const objects = [answer].flat();
	return (params.simplify ? objects.map(simplified) : objects) as IDataObject[];
};

/** Sends a planned write of one item. */
const writeItem = (execution: ExecutionContext, operation: WriteOperation, item: number) => {
	const orAlternative = withOAuthAlternative(execution.ctx, operation, item);
	const write = async (plan: WritePlan) =>
		await executeWrite(execution, operation, [item], plan).catch(
			withSpecialCharacters([item], plan.request),
		);
	return async (plan: WritePlan) =>
		await write(plan).catch(insteadOf(plan, write)).catch(orAlternative);
};

/**
 * One write per account. First the batches that an earlier attempt of this execution sent; then every other item is
 * checked; only then the first batch is sent. Errors of invalid items are yielded before any new batch is sent.
 */
async function* executeBatches(
	run: Run,
	operation: BatchOperation,
	items: number[],
): AsyncGenerator<ItemResult> {
	const settledItems = new Set<number>();
	for (const batch of run.log.previousBatches()) {
		const result = await toResult(run, batch, settleBatch(run, operation, batch));
		if ('output' in result && result.output.length === 0) continue;
		for (const item of batch) settledItems.add(item);
		yield result;
	}

	const prepared: PreparedItem[] = [];
	for (const item of items.filter((one) => !settledItems.has(one))) {
		const one = await prepareItem(run, operation, item);
		prepared.push(one);
		if ('error' in one) yield { items: [item], error: one.error };
	}
	const groups = groupByAccount(prepared);
	for (const { blockedBy, validItems } of groups)
		if (blockedBy && validItems.length > 0) yield { items: validItems, error: blockedBy };
	const { ctx, log } = run;
	for (const { bunq, blockedBy, items: together, batch } of groups) {
		if (blockedBy) continue;
		const plan = planBatch(operation, batch);
		const writing = executeWrite({ ctx, log, bunq }, operation, together, plan)
			.catch(withSpecialCharacters(together, plan.request))
			.catch(withOAuthAlternative(ctx, operation, together[0]));
		yield await toResult(run, together, writing);
	}
}

/** The output of an earlier batch; empty if it may be sent again. */
const settleBatch = async (run: Run, operation: BatchOperation, batch: number[]) => {
	const contexts: ExecutionContext[] = [];
	for (const item of batch) contexts.push(await enterItem(run, operation, item));
	return (await replayOrReconcile(contexts[0], operation, batch)) ?? [];
};

/** Reads the account first, so that an item that is invalid for another reason is still assigned to its account. */
const prepareItem = async (
	run: Run,
	operation: BatchOperation,
	item: number,
): Promise<PreparedItem> => {
	let bunq: Bunq | undefined;
	let account: number | undefined;
	try {
		({ bunq } = await enterItem(run, operation, item));
		const only = operation.fields.filter(({ name }) => name === 'account');
		({ account } = (await readParams(run.ctx, only, item, bunq)) as BatchParams);
		const params = (await readParams(run.ctx, operation.fields, item, bunq)) as BatchParams;
		return { item, bunq, account, params, entry: await operation.toEntry(params, bunq) };
	} catch (error) {
		return { item, bunq, account, error };
	}
};
