import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { abortable } from '../api/abort';
import { unwrap } from '../api/client';
import { BunqError, type UnknownWrite } from '../api/errors';
import { cancelSignalOf, type Bunq } from '../connect';
import type {
	BatchOperation,
	Reconciliation,
	WriteOperation,
	WritePlan,
} from '../resources/operation';
import { toBatchOutput } from './batches';
import { claim, createsSettled, isUnclaimed, trackCreate } from './inFlight';
import { isUnknownOutcome, type UnknownOutcome, type WriteLog } from './writeLog';

/** Writing at most once: an earlier output is replayed, an unknown outcome is reconciled, everything else is sent. */

/** One execution of the node. */
export interface ExecutionContext {
	ctx: IExecuteFunctions;
	bunq: Bunq;
	log: WriteLog;
}

type Writes = WriteOperation | BatchOperation;

/** bunq may still act on a request this long after its response should have come. */
const RECONCILE_WINDOW_MS = 30_000;

/** The output of an earlier write of these items, done or found at bunq. Undefined: there is none, it may be sent. */
export const replayOrReconcile = async (
	execution: ExecutionContext,
	operation: Writes,
	items: number[],
): Promise<IDataObject[] | undefined> => {
	const { log } = execution;
	const record = log.at(items[0]);
	if (!record) return undefined;
	if ('output' in record) return record.output;
	const output = await reconcile(execution, operation, record.unknown);
	if (output) log.saveOutput(items, output);
	return output;
};

/**
 * Plans and sends one write, for one item or for all items of a batch. Throws a BunqError; one of the kind
 * `outcomeUnknown` is recorded, so that the next attempt reconciles it first.
 */
export const executeWrite = async (
	execution: ExecutionContext,
	operation: Writes,
	items: number[],
	makePlan: () => Promise<WritePlan>,
): Promise<IDataObject[]> => {
	const { bunq, log } = execution;
	const { request, output } = await makePlan().catch(asNothingSent);
	if (!request) return [await output([])].flat() as IDataObject[];

	const equal = log.equalTo(bunq.host, request);
	const found = equal && (await reconcileEqual(execution, operation, equal).catch(asNothingSent));
	if (found) return found;

	const send = async () => await bunq.send(request);
	const sending = request.method === 'POST' ? trackCreate(bunq.host, request.path, send) : send();
	const response = await sending.catch((error: unknown) => {
		if (isUnknownOutcome(error)) log.saveUnknown(items, bunq.host, error);
		throw error as Error;
	});
	log.resolve(bunq.host, request);
	// Recorded before the output is made: whatever fails from here on, the write is done.
	const created = response.map((one) => ({ id: unwrap(one).id, _readFailed: true }) as IDataObject);
	log.saveOutput(items, created);
	const result = await Promise.resolve(output(response)).then(
		(made) => [made].flat() as IDataObject[],
		() => created,
	);
	log.saveOutput(items, result);
	return result;
};

/** Rethrows an error of what comes before the request; a lost response to a lookup means that nothing was sent. */
export const asNothingSent = async (error: unknown): Promise<never> =>
	await Promise.reject(
		error instanceof BunqError && error.kind === 'outcomeUnknown' && !error.unknownWrite
			? error.withHint('Nothing was sent: a lookup that this operation depends on failed.')
			: error,
	);

/** The same for an equal write of a tool; once it is known what became of it, it is forgotten. */
const reconcileEqual = async (
	execution: ExecutionContext,
	operation: Writes,
	unknown: UnknownOutcome,
) => {
	const { bunq, log } = execution;
	if (operation.recovery === 'resend') return undefined;
	const output = await reconcile(execution, operation, unknown).catch((error: unknown) => {
		if (error instanceof BunqError && error.kind === 'rejected' && error.unknownWrite)
			log.resolve(bunq.host, error.unknownWrite);
		throw error as Error;
	});
	log.resolve(bunq.host, unknown.unknownWrite);
	return output;
};

/**
 * The output of a write of unknown outcome, if bunq carried it out. Undefined: it did not, the write may be sent again.
 * Throws a BunqError where that is not certain.
 */
const reconcile = async (
	execution: ExecutionContext,
	operation: Writes,
	unknown: UnknownOutcome,
): Promise<IDataObject[] | undefined> => {
	if (operation.recovery === 'resend') return undefined;
	if (operation.recovery === 'refuse') throw unknown.withHint('This was not sent again.');
	const { unknownWrite } = unknown;
	const found = await awaitOutcome(execution, operation.recovery, unknownWrite);
	switch (found.outcome) {
		case 'notFound':
			return undefined;
		case 'ambiguous':
			throw unknown.withHint(
				`This was not sent again: a similar object (${describe(found.object)}) was created since and may be this one.`,
			);
		case 'reverted':
			throw new BunqError(
				'rejected',
				`This was created and is now ${String(found.object.status)}`,
				{
					description: `It is ${describe(found.object)}: the response to an earlier attempt was lost. It was not sent again; start a new execution if you want another.`,
					unknownWrite,
				},
			);
		case 'applied':
			return ['planBatch' in operation ? toBatchOutput(found.object) : found.object];
	}
};

/** Asks bunq until the write is found, or until bunq has had enough time to act. */
const awaitOutcome = async (
	{ ctx, bunq }: ExecutionContext,
	recovery: Exclude<Writes['recovery'], string>,
	write: UnknownWrite,
): Promise<Reconciliation> => {
	const { method, path, failedAt } = write;
	const isCreate = method === 'POST';
	for (;;) {
		const isLastTry = Date.now() >= failedAt + RECONCILE_WINDOW_MS;
		const found = await recovery(write, bunq, (id) => isUnclaimed(bunq.host, path, id));
		if (found.outcome === 'applied') {
			if (!isCreate || (await claimFound(bunq, path, found.object))) return found;
			continue;
		}
		if (isLastTry || found.outcome === 'reverted') return found;
		await abortable(sleep(failedAt + RECONCILE_WINDOW_MS - Date.now()), cancelSignalOf(ctx));
	}
};

/** Claims the object that was found, unless another write has it, whose response was still in flight. */
const claimFound = async ({ host }: Bunq, path: string, { id }: IDataObject) => {
	await createsSettled(host, path);
	return claim(host, path, id);
};

const describe = ({ id, amount, currency, description }: IDataObject) =>
	[
		`ID ${String(id)}`,
		amount !== undefined && amount !== null && `${String(amount)} ${String(currency)}`,
		description && `"${String(description)}"`,
	]
		.filter(Boolean)
		.join(', ');
