import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeApiError,
	NodeOperationError,
} from 'n8n-workflow';
import { connect, type Bunq } from './api/connect';
import { BunqError } from './api/errors';
import { nodeErrorOf } from './nodeError';
import type { Operation, Resource } from './operation';
import { writesOf, type Writes } from './once';
import { readParams } from './params';
import { simplified } from './simplify';

/** One execution of the node: from an item to what bunq gave for it. */
export interface Run {
	/** The item's result. Throws a BunqError, and n8n's own errors for expressions and credentials. */
	item(itemIndex: number): Promise<IDataObject[]>;
	/** Any error as the one that n8n shows: bunq's words, what they mean, the item, and what was written before it. */
	failure(
		error: unknown,
		itemIndex: number,
		before: INodeExecutionData[],
	): NodeApiError | NodeOperationError;
}

export const runOf = (ctx: IExecuteFunctions, resources: Resource[]): Run => {
	const writes = writesOf(ctx);
	const connection: { bunq?: Bunq } = {};
	const rowOf = (itemIndex: number) => {
		const resource = ctx.getNodeParameter('resource', itemIndex) as string;
		const operation = ctx.getNodeParameter('operation', itemIndex) as string;
		const row = resources.find(({ value }) => value === resource)?.operations[operation];
		if (row) return row;
		throw new BunqError('input', `There is no operation "${operation}" for "${resource}"`, {
			description: 'Nothing was sent. Choose the resource and the operation in the node again.',
		});
	};

	return {
		item: async (itemIndex) => {
			const row = rowOf(itemIndex);
			connection.bunq ??= await connect(ctx);
			return row.writes
				? await writeOnce(ctx, row, itemIndex, connection.bunq, writes)
				: (await runRow(ctx, row, itemIndex, connection.bunq)).result;
		},
		failure: (error, itemIndex, before) =>
			nodeErrorOf(ctx.getNode(), error, {
				itemIndex,
				more: writtenBefore(before),
				messageTellsAll: isTool(ctx) && !ctx.continueOnFail(),
			}),
	};
};

const runRow = async (ctx: IExecuteFunctions, row: Operation, itemIndex: number, bunq: Bunq) => {
	const params = await readParams(ctx, row.fields, itemIndex, bunq);
	const result = [await row.run(params, bunq).catch(explained(ctx, row))].flat() as IDataObject[];
	return { params, result: params.simplify ? result.map(simplified) : result };
};

/** A right that bunq does not grant: names what works instead. */
const explained =
	(ctx: IExecuteFunctions, { instead }: Operation) =>
	async (error: unknown) => {
		const isOAuth = ctx.getNodeParameter('authentication', 0) !== 'apiKey';
		const noRight =
			error instanceof BunqError &&
			error.kind === 'refused' &&
			/permission|not allowed/i.test(error.message);
		return await Promise.reject(noRight && isOAuth && instead ? error.withHint(instead) : error);
	};

/** Writes at most once per item of a run, however often n8n repeats the run. */
const writeOnce = async (
	ctx: IExecuteFunctions,
	row: Operation,
	itemIndex: number,
	bunq: Bunq,
	writes: Writes,
): Promise<IDataObject[]> => {
	const earlier = writes.result(itemIndex) ?? (await lookUp(row, itemIndex, bunq, writes));
	if (earlier) return earlier;

	const { params, result } = await runRow(ctx, row, itemIndex, toolSafe(ctx, bunq, writes)).catch(
		async (error: unknown) => {
			if (error instanceof BunqError) writes.failed(itemIndex, error);
			return await Promise.reject(error);
		},
	);
	if (row.writes === true || row.writes?.(params)) writes.done(itemIndex, result);
	return result;
};

/** What an earlier try did after all, though its answer never came. Throws its error where that cannot be told. */
const lookUp = async (row: Operation, itemIndex: number, bunq: Bunq, writes: Writes) => {
	const unclear = writes.unclear(itemIndex);
	if (unclear && row.unfindable) throw unclear.withHint('This was not sent again.');
	const attempt = unclear?.attempt;
	const found = attempt && (await row.find?.(attempt, bunq, writes.isFree));
	if (!found) return undefined;
	writes.done(itemIndex, [found]);
	return [found];
};

/** n8n makes this type of every node that is usable as a tool. */
const isTool = (ctx: IExecuteFunctions) => ctx.getNode().type.endsWith('Tool');

/** An AI agent that calls the node again has another run index: the body tells that it is the same wish. */
const toolSafe = (ctx: IExecuteFunctions, bunq: Bunq, { refuseRepeat }: Writes): Bunq =>
	isTool(ctx)
		? {
				...bunq,
				post: async (path, body) => {
					refuseRepeat(path, body);
					return await bunq.post(path, body);
				},
				send: async (method, path, body) => {
					refuseRepeat(path, body ?? {});
					return await bunq.send(method, path, body);
				},
			}
		: bunq;

/** What a failing run has done already, so that nobody does it again by hand. */
const writtenBefore = (before: INodeExecutionData[]) => {
	const done = before
		.filter(({ json }) => json.id !== undefined)
		.map(({ json, pairedItem }) => {
			const item = (pairedItem as { item?: number } | undefined)?.item;
			const amount =
				json.amount !== undefined ? `, ${String(json.amount)} ${String(json.currency)}` : '';
			return `item ${item} (ID ${String(json.id)}${amount})`;
		});
	return done.length > 0
		? `Already done before this item, and not undone: ${done.join('; ')}.`
		: '';
};
