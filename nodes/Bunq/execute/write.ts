import { type IDataObject, type IExecuteFunctions, sleep } from 'n8n-workflow';
import { abortable } from '../api/abort';
import { type UnknownWrite, BunqError } from '../api/errors';
import { type Bunq, cancelSignalOf } from '../connect';
import type { AnyParams } from '../parameters/field';
import type { Reconciliation, Operation } from '../resources/operation';
import { resultOfFound } from './batches';
import { claim, isFree, making, settledAt } from './inFlight';
import type { Writes } from './writeLog';

/** Writing at most once: what is done is given again, what is maybe done is looked for, and never sent blindly. */

/** What every step of an execution needs. */
export interface Step {
	ctx: IExecuteFunctions;
	bunq: Bunq;
	writes: Writes;
}

/** What a write came to, and with which parameters, where it has its own. */
interface Written {
	params?: AnyParams;
	result: IDataObject[];
}

/** bunq may act on what it got this long after the answer should have come; milliseconds. */
const PATIENCE = 30_000;

/** Writes, and remembers what became of it. */
export const write = async (
	step: Step,
	row: Operation,
	items: number[],
	writing: (bunq: Bunq) => Promise<Written>,
) => {
	const { writes, bunq } = step;
	const before: { result?: IDataObject[] } = {};
	const { params = {}, result } = await writing(
		watched(step, row, (found) => (before.result = [found])),
	).catch(async (error: unknown) => {
		writes.failed(items, error, bunq.host);
		return await Promise.reject(isOfRead(error) ? error.withHint(NOT_SENT) : error);
	});
	if (row.writes === true || row.writes?.(params)) writes.done(items, before.result ?? result);
	return before.result ?? result;
};

/** What comes before a write is lost, not the write. */
const NOT_SENT = 'Nothing was sent: what this needs to know first could not be read.';

const isOfRead = (error: unknown): error is BunqError =>
	error instanceof BunqError && error.kind === 'outcomeUnknown' && !error.unknownWrite;

/** What an earlier try gave for these items, or did after all, though its answer never came. */
export const earlier = async (step: Step, row: Operation, items: number[]) => {
	const { writes } = step;
	const known = writes.result(items[0]);
	if (known) return known;
	const unclear = writes.unclear(items[0]);
	const found = unclear && (await after(step, row, unclear));
	if (!found) return undefined;
	writes.done(items, [found]);
	return [found];
};

/** What came of a maybe done write. Undefined: nothing, it may be sent again. Throws where that is not sure. */
const after = async (step: Step, row: Operation, unclear: BunqError) => {
	if (row.unfindable) throw unclear.withHint('This was not sent again.');
	const { unknownWrite } = unclear;
	const finding = unknownWrite && (await lookedUp(step, row, unknownWrite));
	if (!finding) return undefined;
	const { outcome, object } = finding;
	const named = inWords(object);
	if (outcome === 'like')
		throw unclear.withHint(
			`This was not sent again: since then bunq has something like it, ${named}, which may be it.`,
		);
	if (outcome === 'undone')
		throw new BunqError('rejected', `This was made, and is ${String(object.status)} since`, {
			description: `It is ${named}: the answer to an earlier try was lost. It was not sent again; start anew if you want another.`,
			unknownWrite,
		});
	return 'runAll' in row ? resultOfFound(object) : object;
};

/** Looks until it is found, or until bunq has had time enough to act. */
const lookedUp = async ({ ctx, bunq }: Step, row: Operation, attempt: UnknownWrite) => {
	const { method, path, failedAt } = attempt;
	const isMaking = method === 'POST';
	for (;;) {
		const isPatient = Date.now() >= failedAt + PATIENCE;
		const finding = await row.find?.(attempt, bunq, (id) => isFree(bunq.host, path, id));
		if (finding?.outcome === 'found') {
			if (!isMaking || (await isOurs(bunq, path, finding))) return finding;
			continue;
		}
		if (!row.find || isPatient || finding?.outcome === 'undone') return finding;
		await abortable(sleep(failedAt + PATIENCE - Date.now()), cancelSignalOf(ctx));
	}
};

/** Takes what was found, unless it turns out to be somebody else's, whose answer was still under way. */
const isOurs = async ({ host }: Bunq, path: string, { object }: Reconciliation) => {
	await settledAt(host, path);
	return claim(host, path, object.id);
};

const idOf = (value: unknown) => (value as { id?: unknown } | null)?.id;

const inWords = ({ id, amount, currency, description }: IDataObject) =>
	[
		`ID ${String(id)}`,
		amount !== undefined && amount !== null && `${String(amount)} ${String(currency)}`,
		description && `"${String(description)}"`,
	]
		.filter(Boolean)
		.join(', ');

/**
 * bunq, with everything that is made noted as given to somebody. Where a tool asks for what may have been done already,
 * that is looked for first.
 */
const watched = (step: Step, row: Operation, useInstead: (found: IDataObject) => void): Bunq => {
	const { bunq, writes } = step;
	const { host } = bunq;
	const doneBefore = async (path: string, body: IDataObject) => {
		const unclear = writes.repeated(host, path, body);
		if (!unclear || !(row.find ?? row.unfindable)) return undefined;
		const found = await after(step, row, unclear).catch(async (error: BunqError) => {
			if (error.kind === 'rejected' && error.unknownWrite) writes.settled(host, error.unknownWrite);
			return await Promise.reject(error);
		});
		writes.settled(host, unclear.unknownWrite!);
		if (found) useInstead(found);
		return found;
	};
	return {
		...bunq,
		post: async (path, body) => {
			const found = await doneBefore(path, body);
			if (found) return { _type: 'Id', id: found.id };
			return await making(host, path, async () => await bunq.post(path, body));
		},
		put: async (path, body) => {
			const found = await doneBefore(path, body);
			return found ? { _type: 'Id', id: found.id } : await bunq.put(path, body);
		},
		send: async (method, path, body) => {
			await doneBefore(path, body ?? {});
			const made = await bunq.send(method, path, body);
			if (method === 'POST')
				for (const one of made) claim(host, path, Object.values(one ?? {}).map(idOf)[0]);
			return made;
		},
	};
};
