import type { BunqRecord } from './api/client';
import { cardCents, cardOutcome } from './api/cardOutcome';
import { createdAt } from './api/clock';
import { BunqError } from './api/errors';
import { describeId, isOpen } from './api/objects';
import type { Page } from './api/pages';
import { createdSince, isOneOf, pageSize, take } from './api/pagination';
import { readCents, readId, readName, readText } from './api/readable';
import { directionOf } from './api/totals';
import type { CardTransaction } from './api/cardTypes';
import type { Account, Payment } from './api/types';
import type { Bunq } from './connect';

/** Payments and card transactions as one kind: their filters, and lists of several accounts. */

/** What the filters look at. Any value may be missing or unreadable, except where a type says otherwise. */
export interface Movement {
	created?: unknown;
	/** Signed; negative when the money leaves the account. */
	cents?: number;
	/** Undefined: unknown. */
	direction?: 'in' | 'out';
	description?: unknown;
	counterparty?: { display_name?: unknown; iban?: unknown } | null;
	type?: unknown;
}

/** A payment as the filters see it. */
export const fromPayment = (payment: Payment): Movement => {
	const cents = readCents(payment.amount?.value);
	const counterparty = payment.counterparty_alias;
	return { ...payment, cents, direction: directionOf(cents), counterparty };
};

/** A card transaction as the filters see it. Its type says how the card was used. */
export const fromCardTransaction = (transaction: CardTransaction): Movement => {
	const outcome = cardOutcome(transaction);
	const direction = outcome === 'refunded' ? 'in' : 'out';
	return {
		...transaction,
		cents: cardCents(transaction),
		direction: outcome === 'unknown' ? undefined : direction,
		counterparty: transaction.counterparty_alias,
		// Null where the card itself was not used.
		type: transaction.pan_entry_mode_user ?? 'NONE',
	};
};

/** The filters that the user added (parameters/filters.ts). Times are milliseconds UTC, amounts decimal strings. */
export interface MovementFilters {
	/** Included. */
	createdAfter?: number;
	/** Not included. */
	createdBefore?: number;
	/** `in`, `out` or `any`. */
	direction?: string;
	amountMin?: string;
	amountMax?: string;
	counterparty?: string;
	descriptionContains?: string;
	types?: string[];
}

/** Whether a text contains another, whatever their capitals and spaces. One that cannot be read may contain it. */
const includes = (value: unknown, part: string) => {
	if (value === null || value === undefined || value === '') return false;
	const text = readName(value)?.toLowerCase();
	return text === undefined || text.includes((readName(part) ?? '').toLowerCase());
};

const withoutSpaces = (value: unknown) => readText(value)?.replace(/\s/g, '') ?? value;

/**
 * Whether a movement matches every filter but `createdAfter`, where reading ends. Amounts are compared without sign.
 * What cannot be read is not taken for something else: it passes.
 */
export const matchesFilters = (movement: Movement, filters: MovementFilters) => {
	const { createdBefore, direction = 'any', amountMin, amountMax, counterparty, types } = filters;
	// Comparing with NaN is false.
	const size = Math.abs(movement.cents ?? NaN);
	const { description, type } = movement;
	return (
		!(createdBefore !== undefined && createdAt(movement) >= createdBefore) &&
		(direction === 'any' || (movement.direction ?? direction) === direction) &&
		!(amountMin !== undefined && size < Number(readCents(amountMin))) &&
		!(amountMax !== undefined && size > Number(readCents(amountMax))) &&
		!(counterparty && !includesCounterparty(movement.counterparty, counterparty)) &&
		!(filters.descriptionContains && !includes(description, filters.descriptionContains)) &&
		!(types?.length && !isOneOf(types, type))
	);
};

const includesCounterparty = (label: Movement['counterparty'], part: string) =>
	includes(label?.display_name, part) ||
	includes(withoutSpaces(label?.iban), part.replace(/\s/g, ''));

/**
 * Merges streams that are newest first into one. Reads each only as far as the caller reads. An object whose time cannot
 * be read keeps its place in its own stream.
 */
export async function* mergeNewestFirst<T extends { created?: unknown }>(
	streams: Array<AsyncGenerator<T>>,
) {
	const heads = await Promise.all(streams.map(async (stream) => await stream.next()));
	for (;;) {
		const newest = heads.reduce(
			(best, head, index) => (sortKey(head) > sortKey(heads[best]) ? index : best),
			0,
		);
		const head = heads[newest];
		if (!head || head.done) return;
		yield head.value;
		heads[newest] = await streams[newest].next();
	}
}

/** Never NaN. Milliseconds UTC. */
const sortKey = <T extends { created?: unknown }>(head?: IteratorResult<T, unknown>) => {
	if (!head || head.done) return -Infinity;
	const time = createdAt(head.value);
	return Number.isNaN(time) ? Infinity : time;
};

/** The fields of a list of movements. */
interface MovementQuery {
	allAccounts: boolean;
	account: number;
	returnAll: boolean;
	limit: number;
	filters: MovementFilters;
}

/**
 * The movements of one account or of all open accounts that match the filters, newest first. Stops reading as soon as
 * nothing older can match, because bunq has no filters (docs/bunq-api.md 6). An account that bunq refuses to list is
 * named in a hint, and the others are read; throws a BunqError if bunq refuses all, or if an account cannot be read now.
 * @param pathOf the list of an account
 * @param movementOf bunq's object as the filters see it
 */
export const listMovements = async <T extends BunqRecord & { created?: unknown }>(
	bunq: Bunq,
	pathOf: (account: number) => string,
	movementOf: (object: T) => Movement,
	{ allAccounts, account, returnAll, limit, filters }: MovementQuery,
) => {
	const maxItems = returnAll ? Infinity : limit;
	const count = pageSize(maxItems, Object.keys(filters).length > 0);
	const recent = (pages: AsyncIterable<Page<T>>) =>
		createdSince(pages, () => filters.createdAfter ?? -Infinity);
	const listOf = (id: number) => bunq.pages<T>(pathOf(id), count);
	const matches = (object: T) => matchesFilters(movementOf(object), filters);
	if (!allAccounts) return await take(recent(listOf(account)), maxItems, matches);

	const refusals: Refusal[] = [];
	const open = (await bunq.accounts()).filter(isOpen);
	const streams = open.map((one) => recent(pagesOrRefusal(one, listOf, refusals)));
	const found = await take(mergeNewestFirst(streams), maxItems, matches);
	if (refusals.length === 0) return found;
	if (refusals.length === open.length) throw refusals[0].error;
	const reasons = refusals.map(({ reason }) => reason).join(' ');
	bunq.hint(
		`Without ${refusals.length} of ${open.length} accounts, which bunq does not list. ${reasons}`,
	);
	return found;
};

/** An account that bunq refuses to list. */
interface Refusal {
	/** The account's name and bunq's reason, as a sentence. */
	reason: string;
	error: BunqError;
}

/**
 * The pages of one account among several. If bunq refuses the first page for good, `refusals` gets the error and there
 * are no pages; every other error is thrown, and names the account.
 */
async function* pagesOrRefusal<T>(
	account: Account,
	listOf: (id: number) => AsyncIterable<Page<T>>,
	refusals: Refusal[],
) {
	const name = `${readText(account.description) ?? 'Account'} (${describeId(account.id)})`;
	let isFirst = true;
	try {
		const id = readId(account.id);
		if (id === undefined) throw new BunqError('rejected', 'bunq shows this account without its ID');
		for await (const page of listOf(id)) {
			isFirst = false;
			yield page;
		}
	} catch (error) {
		const isRefusal = isFirst && error instanceof BunqError && error.kind === 'rejected';
		const { message } = error as Error;
		const reason = `${name}: ${message.replace(/\.$/, '')}.`;
		if (isRefusal) refusals.push({ reason, error });
		else
			throw error instanceof BunqError
				? error.withHint(`One account could not be read, so nothing is returned. ${reason}`)
				: error;
	}
}
