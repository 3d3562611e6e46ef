import {
	type IDataObject,
	type IDisplayOptions,
	type INodeProperties,
	type INodePropertyOptions,
	updateDisplayOptions,
} from 'n8n-workflow';
import type { UnknownWrite } from '../api/errors';
import type { Amount } from '../api/types';
import type { Bunq } from '../connect';
import type { AnyParams, Params } from '../parameters/field';

/** What the user sees of an operation, and what holds for all its items. */
interface Row {
	name: string;
	action: string;
	description: string;
	fields: INodeProperties[];
	/**
	 * It changes something at bunq: done items are not done again when n8n repeats the run. A function where that depends
	 * on the parameters.
	 */
	writes?: true | ((params: AnyParams) => boolean);
	/** Nobody can tell what it may have done, and again may do it twice: a maybe done item is refused when n8n repeats it. */
	unfindable?: true;
	/** What works instead when bunq refuses this to an OAuth app; only where bunq does not document the right. */
	oauthAlternative?: string;
	/**
	 * Looks for what a write may have done, given what was sent and when, among what `isFree` says nobody else got.
	 * Undefined: bunq shows nothing of it. Without this, running it again does no harm (it sets the same values).
	 */
	find?(
		attempt: UnknownWrite,
		bunq: Bunq,
		isFree: (id: number) => boolean,
	): Promise<Reconciliation | undefined>;
}

/**
 * What bunq shows of a write whose answer was lost.
 * - `found`: just what was sent
 * - `like`: something like it, which may be it: another text, for example
 * - `undone`: just what was sent, taken back or refused since
 */
export interface Reconciliation {
	outcome: 'found' | 'like' | 'undone';
	object: IDataObject;
}

/** A row of the table whose call is made for each item. */
export interface SingleOperation extends Row {
	/** Does it for one item. Objects with a `_type` are bunq's own and are simplified if the user wants that. */
	run(params: AnyParams, bunq: Bunq): Promise<object | object[]>;
}

/** A row of the table whose call is made once for all items of an account. */
export interface BatchOperation extends Row {
	writes: true;
	/** What one item adds to the batch. Throws a BunqError when it cannot be sent; sends nothing itself. */
	toEntry(params: AnyParams, bunq: Bunq): Promise<IDataObject>;
	/** Sends all entries of one account, once every item of the run is checked. Returns what only bunq knows. */
	runAll(batch: Batch, bunq: Bunq): Promise<IDataObject>;
}

/** What is sent at once: checked entries of one account, in one currency. */
export interface Batch<E = IDataObject> {
	account: number;
	entries: E[];
	total: Amount;
}

/** The fields that every batch needs, checked and converted. */
export interface BatchParams extends AnyParams {
	account: number;
	/** Decimal string. */
	amount: string;
	currency: string;
}

/** One row of the table: what the user sees, and the call it makes. */
export type Operation = SingleOperation | BatchOperation;

export interface Resource {
	name: string;
	value: string;
	/** One sentence for the selector. */
	description: string;
	operations: Record<string, Operation>;
}

/** A row whose `run` gets its fields' values, typed from the fields. */
export const operation = <const F extends INodeProperties[]>(
	row: Omit<SingleOperation, 'fields' | 'run'> & {
		fields: F;
		run(params: Params<F>, bunq: Bunq): ReturnType<SingleOperation['run']>;
	},
): Operation => ({ ...row, run: async (params, bunq) => await row.run(params as Params<F>, bunq) });

/** A row whose `runAll` gets the entries of an account's items, typed from `entry`, and that from the fields. */
export const batchOperation = <const F extends INodeProperties[], E extends IDataObject>(
	row: Omit<BatchOperation, 'fields' | 'writes' | 'toEntry' | 'runAll'> & {
		fields: Params<F> extends BatchParams ? F : never;
		toEntry(params: Params<F>, bunq: Bunq): Promise<E>;
		runAll(batch: Batch<E>, bunq: Bunq): ReturnType<BatchOperation['runAll']>;
	},
): Operation => ({
	...row,
	writes: true,
	toEntry: async (params, bunq) => await row.toEntry(params as Params<F>, bunq),
	runAll: async (batch, bunq) => await row.runAll(batch as Batch<E>, bunq),
});

/** The whole table as node properties: resource, then operation, then each row's own fields. */
export const propertiesOf = (resources: Resource[]): INodeProperties[] => [
	selector(
		'Resource',
		resources.map(({ name, value, description }) => ({ name, value, description })),
		resources.some(({ value }) => value === 'account') ? 'account' : resources[0].value,
	),
	...resources.flatMap(({ value: resource, operations }) => [
		selector(
			'Operation',
			Object.entries(operations).map(([value, { name, action, description }]) => ({
				name,
				value,
				action,
				description,
			})),
			'getAll' in operations ? 'getAll' : Object.keys(operations)[0],
			{ resource: [resource] },
		),
		...Object.entries(operations).flatMap(([operation, { fields }]) =>
			updateDisplayOptions({ show: { resource: [resource], operation: [operation] } }, fields),
		),
	]),
];

/** Spread, so that n8n's field lint does not take a computed selector for a literal one. */
const SELECTOR = { type: 'options', noDataExpression: true } as const;

const selector = (
	displayName: string,
	options: INodePropertyOptions[],
	preset: string,
	show?: IDisplayOptions['show'],
): INodeProperties => ({
	...SELECTOR,
	displayName,
	name: displayName.toLowerCase(),
	...(show && { displayOptions: { show } }),
	options,
	default: preset,
});
