import type { IExecuteFunctions } from 'n8n-workflow';
import { BunqError, withoutNothingDone } from '../api/errors';
import { describeObject } from '../api/objects';
import { toNodeError } from '../nodeError';
import { describeItems, listFirst, ordinal } from './ordinals';
import { isTool, type DoneRecord, type WriteLog } from './writeLog';

/** What an error says besides its own meaning: what is done, what is not, and what a repetition would do. */

/** Any error as n8n shows it. An item whose outcome is unknown says so, whatever else failed since. */
export const toItemError = (
	ctx: IExecuteFunctions,
	log: WriteLog,
	error: unknown,
	{ itemIndex, isWrite }: { itemIndex: number; isWrite: boolean },
) => {
	const known = keepUnknownOutcome(error, log, itemIndex);
	// With continue on fail, each item has its own output.
	const isAlone = ctx.continueOnFail() && !isTool(ctx);
	const others = isAlone ? [] : otherUnknownOutcomes(known, log, itemIndex);
	const done = log.done().filter(({ items }) => !isAlone || items.includes(itemIndex));
	const isPartial = done.length > 0 || others.length > 0;
	const before = isPartial
		? [
				describeDone(log, done),
				!isAlone && describeUnknown(log),
				!isAlone && describeRest(ctx, log, known),
			]
				.filter(Boolean)
				.join(' ')
		: '';
	const after = [
		!isAlone && done.length === 0 && describeCount(ctx, log, { itemIndex, isWrite }),
		...others,
		isWrite && done.length > 0 && REPETITION,
		isWrite && ctx.getMode() === 'retry' && RETRY,
	].filter((text) => typeof text === 'string');
	const isOneOfMany = isWrite && ctx.getInputData().length > 1;
	const isPartlyDone =
		log.partly.has(itemIndex) && log.done().some(({ items }) => items.includes(itemIndex));
	const told =
		isPartial || (isAlone && isOneOfMany) ? ofThis(isPartlyDone ? 'step' : 'item', known) : known;
	const headed = isAlone ? told : withHeadline(ctx, told, { itemIndex, done });
	return toNodeError(ctx.getNode(), headed instanceof BunqError ? headed.withHint(before) : told, {
		itemIndex,
		addendum: (told instanceof BunqError ? after : [before, ...after]).filter(Boolean).join(' '),
		isMessageComplete: isTool(ctx) && !ctx.continueOnFail(),
	});
};

/**
 * The money first: how many items are done and stay so, then which one is not, then why. Mails of an error workflow and the
 * list of executions show nothing else.
 */
const withHeadline = (
	ctx: IExecuteFunctions,
	error: unknown,
	{ itemIndex, done }: { itemIndex: number; done: DoneRecord[] },
) => {
	const settled = new Set(done.flatMap(({ items }) => items));
	if (!(error instanceof BunqError) || isTool(ctx)) return error;
	const { kind, message, description, httpCode, reference, unknownWrite } = error;
	const withMessage = (text: string) =>
		new BunqError(kind, text, {
			description: withoutNothingDone(description.replace(/^Outcome unknown: /, '')),
			httpCode,
			reference,
			unknownWrite,
		});
	const reason = message.replace(/^The (?=connection|signature)/, 'the ');
	const isUnknown = kind === 'outcomeUnknown' && unknownWrite !== undefined;
	if (settled.size === 0 && isUnknown) return withMessage(`Outcome unknown: ${reason}`);
	if (settled.size === 0 || settled.has(itemIndex)) return error;
	const are = settled.size === 1 ? 'is done and stays' : 'are done and stay';
	const isThis = unknownWrite ? 'may be' : 'is not';
	// n8n counts from 0, and adds its count to a message without it.
	const which = `${ordinal(itemIndex)} (n8n's item ${itemIndex})`;
	return withMessage(
		`${settled.size} of ${ctx.getInputData().length} items ${are} so; the ${which} ${isThis}: ${reason}`,
	);
};

/**
 * n8n adds `[item 2]` to the message, and a person takes that for the second one. Where nothing is done, the ones before it
 * are not done either.
 */
const describeCount = (
	ctx: IExecuteFunctions,
	log: WriteLog,
	{ itemIndex, isWrite }: { itemIndex: number; isWrite: boolean },
) => {
	if (itemIndex === 0 || isTool(ctx)) return false;
	const isNothingSent = isWrite && log.previousBatches().length === 0;
	const which = `This is the ${ordinal(itemIndex)} item (n8n counts from 0)`;
	return isNothingSent ? `${which}. Nothing was done for any item.` : `${which}.`;
};

const AGAIN = 'run only what is not done';
const REPETITION =
	'Pressing Execute again, or Retry Execution, may do what is done a second time: run only the rest.';
const RETRY =
	'This execution is a retry: the one before may have done some of these items. Compare with the bunq app first.';

/** Beside the output, where there is no error that says so. */
export const RETRY_HINT = {
	message:
		'This execution is a retry: n8n ran all items of this node again. Compare with the bunq app what the execution before had done of them.',
	location: 'outputPane',
	type: 'warning',
} as const;

/** The same error where it is only about this item, or a step: what it says of nothing, it does not know of the others. */
const ofThis = (what: 'item' | 'step', error: unknown) => {
	if (!(error instanceof BunqError)) return error;
	const description = error.description
		.replace(
			/\b(nothing was (?:sent|done|changed))\b(?! (?:again|for|to) )/gi,
			`$1 for this ${what}`,
		)
		.replace(/\brun it again\b/g, AGAIN)
		.replace(/\bRun it again\b/g, AGAIN.replace(/^r/, 'R'));
	return error.withDescription(description);
};

/** Rethrows an error of an operation that only reads; if the answer was lost, says that this moved nothing. */
export const asNothingChanged = async (error: unknown): Promise<never> =>
	await Promise.reject(
		error instanceof BunqError && error.kind === 'outcomeUnknown' && !error.unknownWrite
			? error.withHint('Nothing was changed: this only reads.')
			: error,
	);

/** A further attempt that failed earlier must not hide that the outcome of the first is unknown. */
const keepUnknownOutcome = (error: unknown, log: WriteLog, itemIndex: number) => {
	const record = log.at(itemIndex);
	const isAlreadyReported = error instanceof BunqError && error.unknownWrite;
	if (!record || !('unknown' in record) || isAlreadyReported) return error;
	const { message } = error as Error;
	return record.unknown.withHint(`The retry failed: ${message.replace(/\.$/, '')}.`);
};

/** Other writes of unknown outcome: of other items of this execution, or of earlier calls of a tool in it. */
const otherUnknownOutcomes = (error: unknown, log: WriteLog, itemIndex: number) => {
	const others = log
		.otherUnknown(itemIndex)
		.filter(
			({ unknownWrite }) => !(error instanceof BunqError && error.unknownWrite === unknownWrite),
		)
		.map(({ description }) => description.replace(/\.$/, ''));
	return others.length > 0
		? [`An earlier request also has an unknown outcome: ${listFirst(others, '; ')}.`]
		: [];
};

/** The writes that are done already, so that nobody repeats them by hand. */
const describeDone = ({ partly }: WriteLog, done: DoneRecord[]) => {
	const writes = done.map(({ items, output: [first = {}] }) => {
		const part = items.some((item) => partly.has(item)) ? 'part of ' : '';
		return `${part}${describeItems(items)} (${describeObject(first)})`;
	});
	return writes.length > 0 && `Already done, and not undone: ${listFirst(writes, '; ')}.`;
};

/** The items of unknown outcome: neither done nor to be run again unseen. */
const describeUnknown = (log: WriteLog) => {
	const items = log.previousBatches().filter(([item]) => 'unknown' in (log.at(item) ?? {}));
	return items.length > 0 && `Outcome unknown: ${describeItems(items.flat())}.`;
};

/** The items that are not done, whether something was sent for them and refused, or nothing. */
const describeRest = (ctx: IExecuteFunctions, log: WriteLog, error: unknown) => {
	const settled = new Set(log.done().flatMap(({ items }) => items));
	const isUnknown = error instanceof BunqError && error.unknownWrite !== undefined;
	const rest = ctx
		.getInputData()
		.map((_, item) => item)
		.filter((item) => !settled.has(item) && !log.at(item));
	return rest.length > 0 && !(isTool(ctx) && isUnknown) && `Not done: ${describeItems(rest)}.`;
};
