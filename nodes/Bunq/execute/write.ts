import { sleep, type IDataObject, type IExecuteFunctions } from 'n8n-workflow';
import { abortable } from '../api/abort';
import { unwrap } from '../api/client';
import { monotonicNow } from '../api/clock';
import { BunqError, type UnknownWrite } from '../api/errors';
import { describeObject } from '../api/objects';
import { readText } from '../api/readable';
import { cancelSignalOf, type Bunq } from '../connect';
import type {
	BatchOperation,
	Reconciliation,
	WriteOperation,
	WritePlan,
	WriteRequest,
} from '../resources/operation';
import { toBatchOutput } from './batches';
import { claim, createsSettled, isUnclaimed, trackCreate } from './inFlight';
import { assertSameAccess, assertSameRequest } from './requested';
import { hasOtherReference, type EqualCall } from './toolCalls';
import { isUnknownOutcome, type UnknownOutcome } from './unknownOutcome';
import type { WriteLog } from './writeLog';

/** Writing at most once: an earlier output is replayed, an unknown outcome is reconciled, everything else is sent. */

/** One item of an execution, or several that are written together, as one credential. */
export interface ExecutionContext {
	ctx: IExecuteFunctions;
	bunq: Bunq;
	log: WriteLog;
}

type AnyWriteOperation = WriteOperation | BatchOperation;

/** How long after the failure bunq may still act on a request: inferred, no source says. */
const RECONCILE_WINDOW_MS = 30_000;

/**
 * The output of an earlier write of these items, done or found at bunq. Undefined: there is none, so it may be sent.
 * Throws where they ask for something else now: an earlier result is never returned for another request.
 */
export const replayOrReconcile = async (
	execution: ExecutionContext,
	operation: AnyWriteOperation,
	items: number[],
): Promise<IDataObject[] | undefined> => {
	const { ctx, log } = execution;
	const record = log.at(items[0]);
	if (!record) return undefined;
	const pairs = record.items.map((item, index) => ({
		item,
		before: record.requested[index],
		now: log.requested.get(item),
	}));
	for (const pair of pairs) assertSameAccess(pair);
	const output = 'output' in record ? record.output : await reconcile(execution, operation, record);
	if (!output) return undefined;
	if ('unknown' in record) log.settle(record, output);
	for (const pair of pairs) assertSameRequest(ctx, operation, pair);
	return output;
};

/**
 * Sends a planned write, for one item or for all items of a batch. Throws a BunqError; one of the kind `outcomeUnknown`
 * is recorded, so that the next attempt reconciles it first.
 */
export const executeWrite = async (
	execution: ExecutionContext,
	operation: AnyWriteOperation,
	items: number[],
	{ request, output, isUnchanged }: WritePlan,
): Promise<IDataObject[]> => {
	const { bunq, log } = execution;
	if (!request) {
		const result = await toItems(output, []);
		// Known from here on, also where an earlier attempt left the outcome unknown.
		if (isUnchanged) log.saveOutput(items, result, false);
		return result;
	}

	const earlier = log.equalTo(bunq, request);
	const found =
		earlier && (await reconcileEqual(execution, operation, earlier, request).catch(asNothingSent));
	if (found) return found;

	log.assertCapacity();
	const sending = bunq.send(request);
	if (request.method === 'POST') trackCreate(bunq.host, request.path, sending);
	const response = await sending.catch((error: unknown) => {
		if (isUnknownOutcome(error)) log.saveUnknown(items, bunq, error);
		throw error as Error;
	});
	if (earlier) log.resolve(earlier.unknown.unknownWrite);
	// Recorded before the output is computed: whatever fails from here on, the write is done.
	const created = response.map((one) => ({ id: unwrap(one).id, _readFailed: true }) as IDataObject);
	log.saveOutput(items, created);
	const result = await toItems(output, response).catch(() => created);
	log.saveOutput(items, result);
	return result;
};

const toItems = async (output: WritePlan['output'], response: IDataObject[]) =>
	[await output(response)].flat() as IDataObject[];

/** Rethrows an error from before the request; if the response to a lookup was lost, adds that nothing was sent. */
export const asNothingSent = async (error: unknown): Promise<never> =>
	await Promise.reject(
		error instanceof BunqError && error.kind === 'outcomeUnknown' && !error.unknownWrite
			? error.withHint('Nothing was sent: a lookup that this operation depends on failed.')
			: error,
	);

/** Reconciles a tool call that equals an earlier one of unknown outcome, and forgets that one once its outcome is known. */
const reconcileEqual = async (
	execution: ExecutionContext,
	operation: AnyWriteOperation,
	earlier: EqualCall,
	request: WriteRequest,
) => {
	const { log } = execution;
	if (operation.recovery === 'resend') return undefined;
	const output = await reconcile(execution, operation, earlier).catch((error: unknown) => {
		if (error instanceof BunqError && error.kind === 'rejected' && error.unknownWrite)
			log.resolve(error.unknownWrite);
		throw error as Error;
	});
	log.resolve(earlier.unknown.unknownWrite);
	if (output && hasOtherReference(earlier.unknown.unknownWrite, request)) throw otherReference();
	return output;
};

/** The error of a tool call that is no repetition, although everything but its reference equals an earlier one. */
const otherReference = () =>
	new BunqError('invalidInput', 'bunq carried out an earlier request with another reference', {
		description:
			'Not sent: that request of the last hour, for the same amount and recipient, had an unknown outcome. If you want this one as well, ask for it again.',
	});

/** What is told of a write that another conversation has sent: nothing that this one did not ask for itself. */
const withoutDetails = ({ unknownWrite }: UnknownOutcome) =>
	new BunqError('outcomeUnknown', 'An equal request of the last hour has an unknown outcome', {
		description:
			'Outcome unknown: bunq may have carried it out. Check the bunq app for the amount and the recipient before you ask again.',
		unknownWrite,
	});

/**
 * The output of a write of unknown outcome, if bunq carried it out. Undefined: it did not, so the write may be sent again.
 * Throws a BunqError where that is not certain.
 */
const reconcile = async (
	execution: ExecutionContext,
	operation: AnyWriteOperation,
	{ unknown, isOwn = true }: { unknown: UnknownOutcome; isOwn?: boolean },
): Promise<IDataObject[] | undefined> => {
	const reported = isOwn ? unknown : withoutDetails(unknown);
	const about = (object: IDataObject) => (isOwn ? ` (${describe(object)})` : '');
	if (operation.recovery === 'resend') return undefined;
	if (operation.recovery === 'refuse') throw reported.withHint('Not sent again.');
	const { unknownWrite } = unknown;
	const found = await awaitOutcome(execution, operation.recovery, unknownWrite);
	switch (found.outcome) {
		case 'notFound':
			return undefined;
		case 'ambiguous':
			throw reported.withHint(
				`Not sent again: bunq has a similar object${about(found.object)}, created since, which may be this one.`,
			);
		case 'reverted':
			throw new BunqError(
				'rejected',
				typeof found.object.status === 'string'
					? `An earlier attempt created this; its status is now ${found.object.status}`
					: 'An earlier attempt created this, and the money came back',
				{
					description: `The response to that attempt was lost${about(found.object)}. It was not sent again. To send it after all, run a new execution with this item only.`,
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
	recovery: Exclude<AnyWriteOperation['recovery'], string>,
	write: UnknownWrite,
): Promise<Reconciliation> => {
	const { method, path, failedAt } = write;
	const isCreate = method === 'POST';
	for (;;) {
		const isLastTry = monotonicNow() >= failedAt + RECONCILE_WINDOW_MS;
		const found = await recovery(write, bunq, (id) => isUnclaimed(bunq.host, path, id));
		if (found.outcome === 'applied') {
			if (!isCreate || (await claimFound(bunq, path, found.object))) return found;
			continue;
		}
		if (isLastTry || found.outcome === 'reverted') return found;
		await abortable(sleep(failedAt + RECONCILE_WINDOW_MS - monotonicNow()), cancelSignalOf(ctx));
	}
};

/** Claims the object that was found, unless another write has it, whose response was still in flight. */
const claimFound = async ({ host }: Bunq, path: string, { id }: IDataObject) => {
	await createsSettled(host, path);
	return claim(host, path, id);
};

const describe = (object: IDataObject) => {
	const description = readText(object.description);
	return describeObject(object) + (description ? `, "${description}"` : '');
};
