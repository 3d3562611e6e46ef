import type { BunqRecord } from './api/client';
import { createdAt } from './api/clock';
import { isOpen } from './api/objects';
import { pageSize, take, takeSince } from './api/pagination';
import { path } from './api/path';
import type { CardTransaction, Entry, Label } from './api/types';
import type { Bunq } from './connect';
import { asDebit } from './simplify';

/** Payments and card transactions as one kind: their paths, their filters, and lists of several accounts. */

/** The path of an account's card transactions: bunq lists them only by account (docs/bunq-api.md 9.8). */
export const cardTransactionsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/mastercard-action`;

/** A card transaction as the filters see it. Its type says how the card was used. */
export const toMovement = ({
	amount_billing,
	pan_entry_mode_user,
	...rest
}: CardTransaction): Movement => ({
	...rest,
	amount: asDebit(amount_billing),
	type: pan_entry_mode_user ?? '',
});

/** The path of an account's payments. */
export const paymentsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment`;

/** A payment or a card transaction. Its amount is negative when the money leaves the account. */
export interface Movement extends Entry {
	created?: string;
	type?: string;
}

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

const includes = (text: string | null | undefined, part: string) =>
	(text ?? '').toLowerCase().includes(part.toLowerCase());

/** Whether a movement matches every filter but `createdAfter`, where reading ends. Amounts are compared without sign. */
export const matchesFilters = (movement: Movement, filters: MovementFilters) => {
	const { createdBefore, direction, amountMin, amountMax, counterparty } = filters;
	const signed = Number(movement.amount?.value);
	const absolute = Math.abs(signed);
	const label = movement.counterparty_alias;
	return (
		!(createdBefore !== undefined && createdAt(movement) >= createdBefore) &&
		!(direction === 'in' && signed < 0) &&
		!(direction === 'out' && signed >= 0) &&
		!(amountMin !== undefined && absolute < Number(amountMin)) &&
		!(amountMax !== undefined && absolute > Number(amountMax)) &&
		!(counterparty && !includesCounterparty(label, counterparty)) &&
		!(
			filters.descriptionContains && !includes(movement.description, filters.descriptionContains)
		) &&
		!(filters.types?.length && !filters.types.includes(movement.type ?? ''))
	);
};

const includesCounterparty = (label: Label | null | undefined, part: string) =>
	includes(label?.display_name, part) || includes(label?.iban, part.replace(/\s/g, ''));

/** Merges streams that are newest first into one. Reads each only as far as the caller reads. */
export async function* mergeNewestFirst<T extends { created?: string }>(
	streams: Array<AsyncGenerator<T>>,
) {
	const heads = await Promise.all(streams.map(async (stream) => await stream.next()));
	for (;;) {
		const times = heads.map((head) => (head.done ? -Infinity : createdAt(head.value)));
		const newest = times.indexOf(Math.max(...times));
		const head = heads[newest];
		if (!head || head.done) return;
		yield head.value;
		heads[newest] = await streams[newest].next();
	}
}

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
 * nothing older can match, because bunq has no filters (docs/bunq-api.md 6). Throws a BunqError.
 * @param pathOf the list of an account
 * @param movementOf bunq's object as the filters see it
 */
export const listMovements = async <T extends BunqRecord & { created?: string }>(
	bunq: Bunq,
	pathOf: (account: number) => string,
	movementOf: (object: T) => Movement,
	{ allAccounts, account, returnAll, limit, filters }: MovementQuery,
) => {
	const maxItems = returnAll ? Infinity : limit;
	const count = pageSize(maxItems, Object.keys(filters).length > 0);
	const listOf = (id: number) => bunq.each<T>(pathOf(id), count);
	const stream = allAccounts
		? mergeNewestFirst((await bunq.accounts()).filter(isOpen).map(({ id }) => listOf(id)))
		: listOf(account);
	const recent = takeSince(stream, filters.createdAfter ?? -Infinity);
	return await take(recent, maxItems, (object) => matchesFilters(movementOf(object), filters));
};
