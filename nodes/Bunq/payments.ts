import { path } from './api/path';
import type { Label, Payment } from './api/types';
import { since, timeOf } from './lists';

/** Reading payments: one account's or all accounts', and what a filter lets through. */

export const paymentsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment`;

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
export const passes = (payment: Payment, filters: PaymentFilters) => {
	const { createdBefore, direction, amountMin, amountMax, counterparty } = filters;
	const signed = Number(payment.amount?.value);
	const size = Math.abs(signed);
	const other = payment.counterparty_alias;
	return (
		!(createdBefore !== undefined && timeOf(payment) >= createdBefore) &&
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

/** What passes, newest first; stops reading pages as soon as nothing older can be new enough. */
export async function* filtered(payments: AsyncIterable<Payment>, filters: PaymentFilters) {
	for await (const payment of since(payments, filters.createdAfter ?? -Infinity))
		if (passes(payment, filters)) yield payment;
}

/** Several newest-first streams as one; reads from each only as far as the caller reads. */
export async function* newestFirst<T extends { created?: string }>(
	streams: Array<AsyncGenerator<T>>,
) {
	const heads = await Promise.all(streams.map(async (stream) => await stream.next()));
	for (;;) {
		const times = heads.map((head) => (head.done ? -Infinity : timeOf(head.value)));
		const newest = times.indexOf(Math.max(...times));
		const head = heads[newest];
		if (!head || head.done) return;
		yield head.value;
		heads[newest] = await streams[newest].next();
	}
}
