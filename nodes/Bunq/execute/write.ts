import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError, isUnknownOutcome } from '../api/errors';
import { saysInstallationLost, saysMissingRight } from '../api/replies';
import type { WritePlan, WriteRequest } from '../resources/operation';
import { withAccountName } from '../simplify/accountNames';
import { asNothingChanged } from './failure';
import { trackCreate } from './inFlight';
import { withCreated } from './outputItems';
import { planInstead } from './permission';
import { reconcile, type AnyWriteOperation, type ExecutionContext } from './reconcile';
import { assertSameAccess, assertSameRequest } from './requested';
import { hasOtherReference, hasOtherSchedule, type EqualCall } from './toolCalls';
import { uploadFirst, withUploadedFile } from './upload';
import type { WriteRecord } from './writeLog';

/** Writing at most once: an earlier output is replayed, an unknown outcome is reconciled, everything else is sent. */

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
	const output =
		'output' in record
			? record.output
			: ((await reconcile(execution, operation, record)) ?? record.before);
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
	plan: WritePlan,
): Promise<IDataObject[]> => {
	const outcome = { error: undefined as unknown };
	try {
		return await executePlan(execution, operation, items, plan);
	} catch (error) {
		outcome.error = error;
		throw error as Error;
	} finally {
		if (!planInstead(plan, outcome.error)) plan.settled?.(outcome.error);
	}
};

const executePlan = async (
	execution: ExecutionContext,
	operation: AnyWriteOperation,
	items: number[],
	{ request, upload, hint, refusal, excludesEarlier, also, output, isUnchanged }: WritePlan,
): Promise<IDataObject[]> => {
	const { bunq, log } = execution;
	if (!request) {
		const result = await toItems(output, []).catch(asNothingChanged);
		// Known from here on, also where an earlier attempt left the outcome unknown.
		if (isUnchanged) log.saveOutput(items, result, false);
		return result;
	}

	const earlier = log.equalTo(bunq, request);
	const found =
		earlier && (await reconcileEqual(execution, operation, earlier, request).catch(asNothingSent));
	if (found) return found;

	log.assertCapacity();
	const excluded = excludesEarlier ? (earlier ?? log.at(items[0])) : undefined;
	const { response, sent } = upload
		? await sendWithFile(execution, items, { request, upload })
		: {
				response: await sendOnce(execution, items, request, { hint, refusal, excluded, also }),
				sent: request,
			};
	if (earlier) log.resolve(earlier.unknown.unknownWrite);
	// Recorded before the output is computed: whatever fails from here on, the write is done.
	const created = response.map((one) => ({ id: unwrap(one).id, _readFailed: true }) as IDataObject);
	const withTime = request.expectsObject ? withCreated(bunq.now()) : (one: IDataObject) => one;
	const complete = also ? (one: IDataObject) => ({ ...withTime(one), ...also }) : withTime;
	log.saveOutput(items, created.map(complete));
	const result = (await toItems(output, response, sent).catch(() => created))
		.map(complete)
		// Now, so that a repetition of this execution gives the same.
		.map((item) => withAccountName(item, bunq.knownAccounts()));
	log.saveOutput(items, result);
	return result;
};

interface SendOptions extends Pick<WritePlan, 'hint' | 'refusal' | 'also'> {
	/** What an earlier attempt left, of which a refusal shows that it was not carried out. */
	excluded?: EqualCall | WriteRecord;
}

/** Sends a write. A lost response is recorded, so that the next attempt asks for its outcome first. */
const sendOnce = async (
	{ bunq, log }: ExecutionContext,
	items: number[],
	request: WriteRequest,
	{ hint = '', refusal, excluded, also }: SendOptions = {},
) => {
	const sending = bunq
		.send(request)
		.catch(asNothingSent)
		.catch(async (error: unknown) => {
			if (!(error instanceof BunqError)) throw error as Error;
			const told = refusal && isAboutObject(error) ? error.withDescription(refusal) : error;
			throw told.withHint(hint);
		});
	if (request.method === 'POST') trackCreate(bunq.host, request.path, sending);
	return await sending.catch((error: unknown) => {
		if (isUnknownOutcome(error)) {
			error.unknownWrite.also = also;
			log.saveUnknown(items, bunq, error);
		}
		if (excluded && 'unknown' in excluded && isAboutObject(error))
			log.resolve(excluded.unknown.unknownWrite);
		throw error as Error;
	});
};

/** bunq's answers about the object itself. A missing right, and a signature, say more by themselves. */
const REFUSALS = [400, 404, 409];

const isAboutObject = (error: unknown) => {
	if (!(error instanceof BunqError)) return false;
	const reply = { status: Number(error.httpCode), message: error.message };
	return (
		error.kind === 'rejected' &&
		REFUSALS.includes(reply.status) &&
		!saysMissingRight(reply) &&
		!saysInstallationLost(reply)
	);
};

/** Sends a write after the file that it names. */
const sendWithFile = async (
	execution: ExecutionContext,
	items: number[],
	plan: Parameters<typeof uploadFirst>[1],
) => {
	const send = async (request: WriteRequest) => await sendOnce(execution, items, request);
	const { request, id } = await uploadFirst({ ...execution, items }, plan, send);
	return { response: await send(request).catch(withUploadedFile(id)), sent: request };
};

const toItems = async (output: WritePlan['output'], response: IDataObject[], sent?: WriteRequest) =>
	[await output(response, sent)].flat() as IDataObject[];

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
	const { unknownWrite } = earlier.unknown;
	log.resolve(unknownWrite);
	if (output && hasOtherReference(unknownWrite, request)) throw otherRequest('reference');
	if (output && hasOtherSchedule(unknownWrite, request)) throw otherRequest('schedule');
	return output;
};

/** The error of a tool call that is no repetition, although everything but this equals an earlier one. */
const otherRequest = (part: 'reference' | 'schedule') =>
	new BunqError('invalidInput', `bunq carried out an earlier request with another ${part}`, {
		description:
			'Not sent: that request of the last hour, for the same amount and recipient, had an unknown outcome. If you want this one as well, ask for it again.',
	});
