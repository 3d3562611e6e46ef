import type { IDataObject, IDisplayOptions, INodeProperties } from 'n8n-workflow';
import type { UnknownWrite } from '../api/errors';
import type { FileItem, Upload } from '../api/files';
import type { Amount } from '../api/types';
import type { Bunq } from '../connect';
import type { AnyParams, OwnValues, Params } from '../parameters/field';

/** One request that changes something at bunq, as a value: built before it is sent. */
export interface WriteRequest {
	method: 'POST' | 'PUT' | 'DELETE';
	path: string;
	body?: IDataObject;
	/** Sent instead of a body. */
	file?: Upload;
	/** The answer must hold an object or its ID; without one the outcome is unknown. */
	expectsObject?: boolean;
}

/** A request that creates an object in the list at `path`. */
export const post = (path: string, body: IDataObject): WriteRequest => ({
	method: 'POST',
	path,
	body,
	expectsObject: true,
});

/** A request that deletes the object at `path`. */
export const del = (path: string): WriteRequest => ({ method: 'DELETE', path });

/** A request that changes the object at `path`. */
export const put = (path: string, body: IDataObject): WriteRequest => ({
	method: 'PUT',
	path,
	body,
});

/** Items: JSON, or files. */
type Output = object | object[] | FileItem | FileItem[];

/** The upload of a file that a request names. */
export interface PlannedUpload {
	path: string;
	file: Upload;
	/** The key of the request's body that gets the ID of the file. */
	key: string;
}

/** What a write operation is about to do for one item. */
export interface WritePlan {
	/** Not given: there is nothing to change. */
	request?: WriteRequest;
	/** Sent before the request, once. */
	upload?: PlannedUpload;
	/** What an error of the request says first. */
	hint?: string;
	/** What it means if bunq refuses the request as it is, and what to do then: in place of what is said of any request. */
	refusal?: string;
	/** The object is in a state to which no earlier attempt can have led: if bunq refuses this one too, none was carried out. */
	excludesEarlier?: boolean;
	/** What the output has beside bunq's object: the balance before, for example, which nobody can read afterwards. */
	also?: Record<string, string | number>;
	/** The object is already in the requested state; a read has neither. */
	isUnchanged?: true;
	/** What to do if bunq refuses the right to do this: bunq certainly did not act then. */
	ifNotPermitted?: WritePlan;
	/**
	 * Called once when the request has ended, or will not be sent: what the plan holds, such as a lock, is free again. Where
	 * `ifNotPermitted` follows, that has the same one, and it is called then.
	 * @param error what the request ended with
	 */
	settled?(error?: unknown): void;
	/** The output item(s), given the objects that bunq answered with, each still in its wrapper, and the request as sent. */
	output(response: IDataObject[], sent?: WriteRequest): Output | Promise<Output>;
}

/** A plan that sends nothing, as the object is already in the requested state. */
export const unchanged = (output: Output): WritePlan => ({
	isUnchanged: true,
	output: () => output,
});

/**
 * What bunq shows of a write whose response was lost; `object` is simplified.
 * - `applied`: exactly what was sent
 * - `ambiguous`: a similar object, which may be this write's
 * - `reverted`: exactly what was sent, cancelled or refused since
 * - `notFound`: nothing
 * - `unknowable`: bunq shows nothing of such a write; `hint` says what follows
 */
export type Reconciliation =
	| { outcome: 'applied' | 'ambiguous' | 'reverted'; object: IDataObject }
	| { outcome: 'notFound' }
	| { outcome: 'unknowable'; hint: string };

/**
 * What the engine does when n8n repeats a write whose outcome is unknown.
 * - `resend`: sends it again, as it sets the same values
 * - `refuse`: never sends it again, as nothing can tell what became of it
 * - a function: asks bunq, among the objects that no other write of this process has claimed. Throws a BunqError.
 */
export type Recovery =
	| 'resend'
	| 'refuse'
	| ((
			write: UnknownWrite,
			bunq: Bunq,
			isUnclaimed: (id: number) => boolean,
	  ) => Promise<Reconciliation>);

/** What the user sees of an operation, and what holds for all its items. */
interface OperationBase {
	name: string;
	action: string;
	description: string;
	/** Shown above the fields of what pays at once, closes for good or costs money. */
	notice?: string;
	fields: INodeProperties[];
	/** The alternative if bunq refuses this to an OAuth app: set it wherever bunq may refuse. */
	oauthAlternative?: string;
	/** Whether it can pay others with an API key, always or with certain values of its fields: the panel says so. */
	paysOthers?: true | IDisplayOptions['show'];
	/** `sandbox`: only with a credential of the sandbox. `none`: at the sandbox, without one. Not given: with any. */
	credential?: 'sandbox' | 'none';
}

/** An operation that changes nothing at bunq. */
export interface ReadOperation extends OperationBase {
	/** Reads for one item. Objects with a `_type` are bunq's own; the engine simplifies them if the user wants that. */
	read(params: AnyParams, bunq: Bunq): Promise<Output>;
}

/** An operation that sends one write for each item, or several, one after another. */
export interface WriteOperation extends OperationBase {
	/**
	 * Checks what the values say by themselves, for all items before the first is written. Throws a BunqError; reads nothing
	 * from bunq, so accounts and cards have no value yet.
	 */
	check?(params: AnyParams, bunq: Bunq): void;
	/** Reads and checks whatever the request depends on; sends nothing itself. Throws a BunqError. */
	plan(params: AnyParams, bunq: Bunq): Promise<WritePlan>;
	/**
	 * The write after one that is done; undefined: there is none. A repetition by n8n continues here, so the output of the one
	 * before tells which one it was. Throws a BunqError.
	 */
	next?(done: IDataObject, params: AnyParams, bunq: Bunq): Promise<WritePlan | undefined>;
	/**
	 * The output, read after the last write, whose output has the ID of what it created. A repetition by n8n repeats only this.
	 * Throws a BunqError, which is the item's: the write stays done.
	 */
	finish?(created: IDataObject, params: AnyParams, bunq: Bunq): Promise<Output>;
	recovery: Recovery;
}

/** An operation that sends one write for all items of an account. */
export interface BatchOperation extends OperationBase {
	/** What one item adds to the batch. Throws a BunqError when it cannot be sent; sends nothing itself. */
	toEntry(params: AnyParams, bunq: Bunq): Promise<IDataObject>;
	/** The request that sends all entries of one account, once every item of the execution is checked. */
	planBatch(batch: Batch): BatchPlan;
	recovery: Recovery;
}

/** What is sent together: checked entries of one account, in one currency. */
export interface Batch<E = IDataObject> {
	account: number;
	entries: E[];
	total: Amount;
}

/** What a batch operation is about to send for one account. */
export interface BatchPlan {
	request: WriteRequest;
	/** The status of the new batch, where it is certain. */
	status?: string;
}

/** The fields that every batch needs, checked and converted. */
export interface BatchParams extends AnyParams {
	account: number;
	/** Decimal string. */
	amount: string;
	currency: string;
}

/** One row of the table: what the user sees, and the call it makes. */
export type Operation = ReadOperation | WriteOperation | BatchOperation;

/** One resource of the Bunq node: what the user chooses first. */
export interface Resource {
	name: string;
	value: string;
	/** One sentence for the selector. */
	description: string;
	operations: Record<string, Operation>;
}

/** A row whose `read` gets its fields' values, typed from the fields. */
export const readOperation = <const F extends INodeProperties[]>(
	row: Omit<ReadOperation, 'fields' | 'read'> & {
		fields: F;
		read(params: Params<F>, bunq: Bunq): Promise<Output>;
	},
): ReadOperation => row as ReadOperation;

/** A row whose `plan` gets its fields' values, typed from the fields. */
export const writeOperation = <const F extends INodeProperties[]>(
	row: Omit<WriteOperation, 'fields' | 'check' | 'plan' | 'next' | 'finish'> & {
		fields: F;
		check?(params: OwnValues<F>, bunq: Bunq): void;
		plan(params: Params<F>, bunq: Bunq): Promise<WritePlan>;
		next?(done: IDataObject, params: Params<F>, bunq: Bunq): Promise<WritePlan | undefined>;
		finish?(created: IDataObject, params: Params<F>, bunq: Bunq): Promise<Output>;
	},
): WriteOperation => row as WriteOperation;

/** A row whose `planBatch` gets the entries of an account's items, typed from `toEntry`, and that from the fields. */
export const batchOperation = <const F extends INodeProperties[], E extends IDataObject>(
	row: Omit<BatchOperation, 'fields' | 'toEntry' | 'planBatch'> & {
		fields: Params<F> extends BatchParams ? F : never;
		toEntry(params: Params<F>, bunq: Bunq): Promise<E>;
		planBatch(batch: Batch<E>): BatchPlan;
	},
): BatchOperation => row as BatchOperation;
