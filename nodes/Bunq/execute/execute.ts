import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { connect } from '../connect';
import { BunqError } from '../api/errors';
import { groupByAccount, resultOf, type PreparedItem } from './batches';
import { toNodeError } from '../nodeError';
import type {
	BatchOperation,
	Operation,
	BatchParams,
	Resource,
	SingleOperation,
} from '../resources/operation';
import { isTool, writesOf, type Writes } from './writeLog';
import { readParams } from '../parameters/readParams';
import { simplified } from '../simplify';
import { earlier, write, type Step } from './write';

/** What became of an item, or of the items that were sent together. The error is n8n's own or a BunqError. */
export type ItemResult = { items: number[] } & ({ result: IDataObject[] } | { error: unknown });

/** One execution of the node: from its items to what bunq gave for them. */
export interface Execution {
	/** All items, one after the other; whoever stops asking keeps the rest from being sent. */
	results(): AsyncGenerator<ItemResult>;
	/** Any error as the one that n8n shows: bunq's words, what they mean, the item, and what was written before it. */
	failure(
		error: unknown,
		itemIndex: number,
		before: INodeExecutionData[],
	): NodeApiError | NodeOperationError;
}

export const createExecution = (ctx: IExecuteFunctions, resources: Resource[]): Execution => {
	const writes = writesOf(ctx);
	const rowOf = (itemIndex: number) => {
		const resource = ctx.getNodeParameter('resource', itemIndex, '') as string;
		const operation = ctx.getNodeParameter('operation', itemIndex, '') as string;
		const row = resources.find(({ value }) => value === resource)?.operations[operation];
		if (row) return row;
		throw new BunqError('invalidInput', `There is no operation "${operation}" for "${resource}"`, {
			description:
				'Nothing was sent. Choose the resource and the operation in the node again. A Custom API Call cannot sign for bunq: use the API Request resource.',
		});
	};
	async function* allItems(items: number[]): AsyncGenerator<ItemResult> {
		// The same row for all items: n8n allows no expression there.
		const row = rowOf(0);
		const step = { ctx, writes, bunq: await connect(ctx) };
		if ('runAll' in row) yield* executeBatches(step, row, items);
		else for (const item of items) yield await outcomeOf([item], runItem(step, row, item));
	}

	return {
		async *results() {
			const items = ctx.getInputData().map((_, item) => item);
			try {
				if (items.length > 0) yield* allItems(items);
			} catch (error) {
				// Without a row or a connection no item can be tried; what is done stays done.
				const done = writes.sent().filter(([first]) => writes.result(first));
				for (const known of done) yield { items: known, result: writes.result(known[0])! };
				const rest = items.filter((item) => !done.flat().includes(item));
				if (rest.length > 0) yield { items: rest, error };
			}
		},
		failure: (error, itemIndex, before) =>
			toNodeError(ctx.getNode(), truthOf(error, writes, itemIndex), {
				itemIndex,
				addendum: [writtenBefore(before), maybeBefore(ctx, error, writes, itemIndex)]
					.filter(Boolean)
					.join(' '),
				isMessageComplete: isTool(ctx) && !ctx.continueOnFail(),
			}),
	};
};

/** The outcome of what is under way for these items; never rejects. */
const outcomeOf = async (items: number[], running: Promise<IDataObject[]>): Promise<ItemResult> =>
	await running.then(
		(result) => ({ items, result }),
		(error: unknown) => ({ items, error }),
	);

const runRow = async ({ ctx, bunq }: Step, row: SingleOperation, itemIndex: number) => {
	const params = await readParams(ctx, row.fields, itemIndex, bunq);
	const result = [
		await row.run(params, bunq).catch(withOAuthAlternative(ctx, row)),
	].flat() as IDataObject[];
	return { params, result: params.simplify ? result.map(simplified) : result };
};

/** A right that bunq does not grant: names what works instead. */
const withOAuthAlternative =
	(ctx: IExecuteFunctions, { oauthAlternative }: Operation) =>
	async (error: unknown) => {
		const isOAuth = ctx.getNodeParameter('authentication', 0) !== 'apiKey';
		const noRight =
			error instanceof BunqError &&
			error.kind === 'rejected' &&
			/permission|not allowed/i.test(error.message);
		return await Promise.reject(
			noRight && isOAuth && oauthAlternative ? error.withHint(oauthAlternative) : error,
		);
	};

/** A write at most once per item of a run, however often n8n repeats the run. */
const runItem = async (step: Step, row: SingleOperation, item: number) => {
	if (!row.writes) return (await runRow(step, row, item)).result;
	return (
		(await earlier(step, row, [item])) ??
		(await write(step, row, [item], async (bunq) => await runRow({ ...step, bunq }, row, item)))
	);
};

/**
 * One write per account. First what an earlier try of this run sent, in the batches in which it was sent; then every
 * other item is checked; only then the first batch is sent. Bad items come out before anything is sent.
 */
async function* executeBatches(step: Step, row: BatchOperation, items: number[]) {
	const settled = new Set<number>();
	for (const sent of step.writes.sent()) {
		const outcome = await outcomeOf(
			sent,
			earlier(step, row, sent).then((known) => known ?? []),
		);
		if ('result' in outcome && outcome.result.length === 0) continue;
		for (const item of sent) settled.add(item);
		yield outcome;
	}

	const checked: PreparedItem[] = [];
	for (const item of items.filter((one) => !settled.has(one))) {
		const one = await prepareItem(step, row, item);
		checked.push(one);
		if ('error' in one) yield { items: [item], error: one.error };
	}
	const groups = groupByAccount(checked);
	for (const { blockedBy, validItems } of groups)
		if (blockedBy && validItems.length > 0) yield { items: validItems, error: blockedBy };
	for (const { blockedBy, items: together, batch } of groups) {
		if (blockedBy) continue;
		const writing = write(step, row, together, async (bunq) => ({
			result: [
				resultOf(batch, await row.runAll(batch, bunq).catch(withOAuthAlternative(step.ctx, row))),
			],
		}));
		yield await outcomeOf(together, writing);
	}
}

/** The account is read first, so that an item with another fault is known to belong to it. */
const prepareItem = async (
	{ ctx, bunq }: Step,
	row: BatchOperation,
	item: number,
): Promise<PreparedItem> => {
	const home: { account?: number } = {};
	const read = async () => {
		const only = row.fields.filter(({ name }) => name === 'account');
		home.account = ((await readParams(ctx, only, item, bunq)) as BatchParams).account;
		const params = await readParams(ctx, row.fields, item, bunq);
		return { order: params as BatchParams, entry: await row.toEntry(params, bunq) };
	};
	return await read().then(
		(ready) => ({ item, ...home, ...ready }),
		(error: unknown) => ({ item, ...home, error }),
	);
};

/** A try that did not come so far must not hide that an earlier one of this item may have been done. */
const truthOf = (error: unknown, writes: Writes, itemIndex: number) => {
	const unclear = writes.unclear(itemIndex);
	if (!unclear || (error instanceof BunqError && error.unknownWrite)) return error;
	const { message } = error as Error;
	return unclear.withHint(`A further try did not do it: ${message.replace(/\.$/, '')}.`);
};

/** What else nobody knows the outcome of: of other items of this run, or of earlier calls of a tool. */
const maybeBefore = (ctx: IExecuteFunctions, error: unknown, writes: Writes, itemIndex: number) =>
	// Where the run goes on, each item says so itself.
	(ctx.continueOnFail() && !isTool(ctx) ? [] : writes.stillUnclear(itemIndex))
		.filter(
			({ unknownWrite }) => !(error instanceof BunqError && error.unknownWrite === unknownWrite),
		)
		.map(({ description }) => `Sent earlier, and not this: ${description}`)
		.join(' ');

/** What a failing run has done already, so that nobody does it again by hand. */
const writtenBefore = (before: INodeExecutionData[]) => {
	const done = before
		.filter(({ json }) => json.id !== undefined)
		.map(({ json, pairedItem }) => {
			const items = [pairedItem as { item: number } | Array<{ item: number }>].flat();
			const which = `item${items.length > 1 ? 's' : ''} ${items.map(({ item }) => item).join(', ')}`;
			const amount =
				json.amount !== undefined ? `, ${String(json.amount)} ${String(json.currency)}` : '';
			return `${which} (ID ${String(json.id)}${amount})`;
		});
	return done.length > 0
		? `Already done before this item, and not undone: ${done.join('; ')}.`
		: '';
};
