import type { BunqRecord } from './api/client';
import { createdAt } from './api/clock';
import { isOpen } from './api/objects';
import { pageSize, take, takeSince } from './api/pagination';
import { path } from './api/path';
import type { CardTransaction, Entry, Label } from './api/types';
import type { Bunq } from './connect';
import { asDebit } from './simplify';

/** Card transactions as movements of money. */

/** bunq has them by account only (docs/bunq-api.md 9.8). */
export const cardTransactionsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/mastercard-action`;

/** As the filters of payments see it; its type is how the card was used. */
export const toMovement = ({
	amount_billing,
	pan_entry_mode_user,
	...rest
}: CardTransaction): Movement => ({
	...rest,
	amount: asDebit(amount_billing),
	type: pan_entry_mode_user ?? '',
});

/** Reading movements of money: one account's or all accounts', and what a filter lets through. */

export const paymentsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment`;

/** A payment, or what can be looked at as one: its amount is negative when the money leaves the account. */
export interface Movement extends Entry {
	created?: string;
	type?: string;
}

export interface PaymentFilters {
	createdAfter?: number;
	createdBefore?: number;
	direction?: string;
	amountMin?: string;
	amountMax?: string;
	counterparty?: string;
	descriptionContains?: string;
	types?: string[];
}

const includes = (text: string | null | undefined, part: string) =>
	(text ?? '').toLowerCase().includes(part.toLowerCase());

/** Whether a payment passes every filter but `createdAfter`; amounts are compared by size, without sign. */
export const matchesFilters = (payment: Movement, filters: PaymentFilters) => {
	const { createdBefore, direction, amountMin, amountMax, counterparty } = filters;
	const signed = Number(payment.amount?.value);
	const size = Math.abs(signed);
	const other = payment.counterparty_alias;
	return (
		!(createdBefore !== undefined && createdAt(payment) >= createdBefore) &&
		!(direction === 'in' && signed < 0) &&
		!(direction === 'out' && signed >= 0) &&
		!(amountMin !== undefined && size < Number(amountMin)) &&
		!(amountMax !== undefined && size > Number(amountMax)) &&
		!(counterparty && !includesCounterparty(other, counterparty)) &&
		!(filters.descriptionContains && !includes(payment.description, filters.descriptionContains)) &&
		!(filters.types?.length && !filters.types.includes(payment.type ?? ''))
	);
};

const includesCounterparty = (other: Label | null | undefined, part: string) =>
	includes(other?.display_name, part) || includes(other?.iban, part.replace(/\s/g, ''));

/** Several newest-first streams as one; reads from each only as far as the caller reads. */
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

/** What the fields of a "Get Many" of movements hold. */
interface MovementQuery {
	allAccounts: boolean;
	account: number;
	returnAll: boolean;
	limit: number;
	filters: PaymentFilters;
}

/**
 * One account's or all open accounts' movements that pass, newest first; stops reading pages as soon as nothing older
 * can be new enough.
 * @param movementOf how the filters see one
 */
export const listMovements = async <T extends BunqRecord & { created?: string }>(
	bunq: Bunq,
	pathOf: (account: number) => string,
	movementOf: (one: T) => Movement,
	{ allAccounts, account, returnAll, limit, filters }: MovementQuery,
) => {
	const most = returnAll ? Infinity : limit;
	const count = pageSize(most, Object.keys(filters).length > 0);
	const of = (id: number) => bunq.each<T>(pathOf(id), count);
	const all = allAccounts
		? mergeNewestFirst((await bunq.accounts()).filter(isOpen).map(({ id }) => of(id)))
		: of(account);
	const recent = takeSince(all, filters.createdAfter ?? -Infinity);
	return await take(recent, most, (one) => matchesFilters(movementOf(one), filters));
};
