import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { abortable } from '../api/abort';
import { LATE_MS, monotonicNow } from '../api/clock';
import { BunqError, type UnknownOutcome, type UnknownWrite } from '../api/errors';
import { describeObject } from '../api/objects';
import { readText } from '../api/readable';
import type { Bunq } from '../connect';
import type { BatchOperation, Reconciliation, WriteOperation } from '../resources/operation';
import { toBatchOutput } from './batches';
import { claim, createsSettled, isUnclaimed } from './inFlight';
import type { WriteLog } from './writeLog';

/** Looking up a lost response, with the operation's recovery. */

/** One item of an execution, or several that are written together, as one credential. */
export interface ExecutionContext {
	ctx: IExecuteFunctions;
	bunq: Bunq;
	log: WriteLog;
}

/** An operation that writes. */
export type AnyWriteOperation = WriteOperation | BatchOperation;

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
export const reconcile = async (
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
		case 'unknowable':
			throw reported.withHint(`Not sent again. ${found.hint}`);
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
			if ('planBatch' in operation) return [toBatchOutput(found.object)];
			return [{ ...found.object, ...unknownWrite.also }];
	}
};

/** Asks bunq until the write is found, or until bunq has had enough time to act. */
const awaitOutcome = async (
	{ bunq }: ExecutionContext,
	recovery: Exclude<AnyWriteOperation['recovery'], string>,
	write: UnknownWrite,
): Promise<Reconciliation> => {
	const { method, path, failedAt } = write;
	const isCreate = method === 'POST';
	for (;;) {
		const isLastTry = monotonicNow() >= failedAt + LATE_MS;
		const found = await recovery(write, bunq, (id) => isUnclaimed(bunq.host, path, id));
		if (found.outcome === 'applied') {
			if (!isCreate || (await claimFound(bunq, path, found.object))) return found;
			continue;
		}
		if (isLastTry || found.outcome === 'reverted' || found.outcome === 'unknowable') return found;
		await bunq.pause(failedAt + LATE_MS - monotonicNow());
	}
};

/** Claims the object that was found, unless another write has it, whose response was still in flight. */
const claimFound = async ({ host, signal }: Bunq, path: string, { id }: IDataObject) => {
	await abortable(createsSettled(host, path), signal);
	return claim(host, path, id);
};

const describe = (object: IDataObject) => {
	const description = readText(object.description);
	return describeObject(object) + (description ? `, "${description}"` : '');
};
