import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { describeAmount, describeId } from '../api/objects';
import { connect } from '../connect';
import { toNodeError } from '../nodeError';
import { readParams } from '../parameters/readParams';
import type {
	BatchOperation,
	BatchParams,
	Operation,
	ReadOperation,
	Resource,
	WriteOperation,
} from '../resources/operation';
import { simplified } from '../simplify';
import { groupByAccount, planBatch, type PreparedItem } from './batches';
import { withSpecialCharacters } from './specialCharacters';
import { asNothingSent, executeWrite, replayOrReconcile, type ExecutionContext } from './write';
import { createWriteLog, isTool, type WriteLog } from './writeLog';

/** The output of an item, or of the items that were sent together, or the error: n8n's or a BunqError. */
export type ItemResult = { items: number[] } & ({ output: IDataObject[] } | { error: unknown });

/** One execution of the node: from its items to their output. */
export interface Execution {
	/** Yields each result as it is known. If the caller stops iterating, nothing further is sent. */
	results(): AsyncGenerator<ItemResult>;
	/**
	 * Any error as n8n shows it: bunq's message, its meaning, the item, and the writes before it.
	 * @param before the output of the items that were executed before
	 */
	failure(
		error: unknown,
		itemIndex: number,
		before: INodeExecutionData[],
	): NodeApiError | NodeOperationError;
}

/** An execution of the node with these resources. It reads and sends nothing before `results` is read. */
export const createExecution = (ctx: IExecuteFunctions, resources: Resource[]): Execution => {
	const log = createWriteLog(ctx);
	const itemIndexes = ctx.getInputData().map((_, item) => item);
	return {
		async *results() {
			try {
				if (itemIndexes.length > 0) yield* executeItems(ctx, log, resources, itemIndexes);
			} catch (error) {
				yield* resultsOfFailure(log, itemIndexes, error);
			}
		},
		failure: (error, itemIndex, before) =>
			toNodeError(ctx.getNode(), keepUnknownOutcome(error, log, itemIndex), {
				itemIndex,
				addendum: [completedWrites(before), otherUnknownOutcomes(ctx, error, log, itemIndex)]
					.filter(Boolean)
					.join(' '),
				isMessageComplete: isTool(ctx) && !ctx.continueOnFail(),
			}),
	};
};

async function* executeItems(
	ctx: IExecuteFunctions,
	log: WriteLog,
	resources: Resource[],
	items: number[],
): AsyncGenerator<ItemResult> {
	// One operation for all items: n8n allows no expression there.
	const operation = findOperation(ctx, resources);
	const execution = { ctx, log, bunq: await connect(ctx) };
	if ('planBatch' in operation) yield* executeBatches(execution, operation, items);
	else
		for (const item of items) yield await toResult([item], executeItem(execution, operation, item));
}

const findOperation = (ctx: IExecuteFunctions, resources: Resource[]) => {
	const resource = ctx.getNodeParameter('resource', 0, '') as string;
	const name = ctx.getNodeParameter('operation', 0, '') as string;
	const operation = resources.find(({ value }) => value === resource)?.operations[name];
	if (operation) return operation;
	throw new BunqError('invalidInput', `There is no operation "${name}" for "${resource}"`, {
		description:
			'Nothing was sent. Choose the resource and the operation in the node again. A Custom API Call cannot sign requests for bunq: use the API Request resource.',
	});
};

/** Without an operation or a connection nothing can run. Completed writes keep their output; the other items get the error. */
function* resultsOfFailure(log: WriteLog, items: number[], error: unknown): Generator<ItemResult> {
	const done: number[] = [];
	for (const batch of log.previousBatches()) {
		const record = log.at(batch[0]);
		if (!record || !('output' in record)) continue;
		done.push(...batch);
		yield { items: batch, output: record.output };
	}
	const rest = items.filter((item) => !done.includes(item));
	if (rest.length > 0) yield { items: rest, error };
}

/** The result of pending work for these items; never rejects. */
const toResult = async (items: number[], work: Promise<IDataObject[]>): Promise<ItemResult> =>
	await work.then(
		(output) => ({ items, output }),
		(error: unknown) => ({ items, error }),
	);

const executeItem = async (
	execution: ExecutionContext,
	operation: ReadOperation | WriteOperation,
	item: number,
) => {
	const { ctx, bunq } = execution;
	// An earlier write is looked up before the parameters are read: an expression may fail the second time.
	const earlier =
		'plan' in operation ? await replayOrReconcile(execution, operation, [item]) : undefined;
	if (earlier) return earlier;

	const reading = readParams(ctx, operation.fields, item, bunq);
	const orAlternative = withOAuthAlternative(ctx, operation);
	if ('plan' in operation) {
		const params = await reading.catch(asNothingSent);
		const plan = await operation.plan(params, bunq).catch(asNothingSent).catch(orAlternative);
		return await executeWrite(execution, operation, [item], plan)
			.catch(withSpecialCharacters([item], plan.request))
			.catch(orAlternative);
	}
	const params = await reading;
	const objects = [await operation.read(params, bunq).catch(orAlternative)].flat();
	return (params.simplify ? objects.map(simplified) : objects) as IDataObject[];
};

/** Adds the operation's alternative when bunq refuses it to an OAuth app, which its text tells (docs/bunq-api.md 8). */
const withOAuthAlternative =
	(ctx: IExecuteFunctions, { oauthAlternative }: Operation) =>
	async (error: unknown) => {
		const isOAuth = ctx.getNodeParameter('authentication', 0) !== 'apiKey';
		const isMissingRight =
			error instanceof BunqError &&
			error.kind === 'rejected' &&
			/permission|not allowed/i.test(error.message);
		return await Promise.reject(
			isMissingRight && isOAuth && oauthAlternative ? error.withHint(oauthAlternative) : error,
		);
	};

/**
 * One write per account. First the batches that an earlier attempt of this execution sent; then every other item is
 * checked; only then the first batch is sent. Errors of invalid items are yielded before any new batch is sent.
 */
async function* executeBatches(
	execution: ExecutionContext,
	operation: BatchOperation,
	items: number[],
): AsyncGenerator<ItemResult> {
	const doneItems = new Set<number>();
	for (const batch of execution.log.previousBatches()) {
		const earlier = replayOrReconcile(execution, operation, batch);
		const result = await toResult(
			batch,
			earlier.then((output) => output ?? []),
		);
		if ('output' in result && result.output.length === 0) continue;
		for (const item of batch) doneItems.add(item);
		yield result;
	}

	const prepared: PreparedItem[] = [];
	for (const item of items.filter((one) => !doneItems.has(one))) {
		const one = await prepareItem(execution, operation, item);
		prepared.push(one);
		if ('error' in one) yield { items: [item], error: one.error };
	}
	const groups = groupByAccount(prepared);
	for (const { blockedBy, validItems } of groups)
		if (blockedBy && validItems.length > 0) yield { items: validItems, error: blockedBy };
	for (const { blockedBy, items: together, batch } of groups) {
		if (blockedBy) continue;
		const plan = planBatch(operation, batch);
		const writing = executeWrite(execution, operation, together, plan)
			.catch(withSpecialCharacters(together, plan.request))
			.catch(withOAuthAlternative(execution.ctx, operation));
		yield await toResult(together, writing);
	}
}

/** Reads the account first, so that an item that is invalid for another reason is still assigned to its account. */
const prepareItem = async (
	{ ctx, bunq }: ExecutionContext,
	operation: BatchOperation,
	item: number,
): Promise<PreparedItem> => {
	let account: number | undefined;
	try {
		const only = operation.fields.filter(({ name }) => name === 'account');
		({ account } = (await readParams(ctx, only, item, bunq)) as BatchParams);
		const params = (await readParams(ctx, operation.fields, item, bunq)) as BatchParams;
		return { item, account, params, entry: await operation.toEntry(params, bunq) };
	} catch (error) {
		return { item, account, error };
	}
};

/** A further attempt that failed earlier must not hide that the outcome of the first is unknown. */
const keepUnknownOutcome = (error: unknown, log: WriteLog, itemIndex: number) => {
	const record = log.at(itemIndex);
	const isAlreadyReported = error instanceof BunqError && error.unknownWrite;
	if (!record || !('unknown' in record) || isAlreadyReported) return error;
	const { message } = error as Error;
	return record.unknown.withHint(`The retry failed: ${message.replace(/\.$/, '')}.`);
};

/** Other writes of unknown outcome: of other items of this execution, or of earlier calls of a tool. */
const otherUnknownOutcomes = (
	ctx: IExecuteFunctions,
	error: unknown,
	log: WriteLog,
	itemIndex: number,
) =>
	// With continue on fail, each item reports its own.
	(ctx.continueOnFail() && !isTool(ctx) ? [] : log.otherUnknown(itemIndex))
		.filter(
			({ unknownWrite }) => !(error instanceof BunqError && error.unknownWrite === unknownWrite),
		)
		.map(({ description }) => `An earlier request also has an unknown outcome: ${description}`)
		.join(' ');

/** The writes that a failing execution has completed already, so that nobody repeats them by hand. */
const completedWrites = (before: INodeExecutionData[]) => {
	const done = before
		.filter(({ json }) => json.id !== undefined)
		.map(({ json, pairedItem }) => {
			const items = [pairedItem as { item: number } | Array<{ item: number }>].flat();
			const which = `item${items.length > 1 ? 's' : ''} ${items.map(({ item }) => item).join(', ')}`;
			const what = [describeId(json.id), describeAmount(json.amount, json.currency)];
			return `${which} (${what.filter(Boolean).join(', ')})`;
		});
	return done.length > 0
		? `Already done before this item, and not undone: ${done.join('; ')}.`
		: '';
};
