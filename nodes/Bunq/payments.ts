import type { Bunq } from './api/connect';
import type { Attempt } from './api/errors';
import { path } from './api/path';
import type { Amount, Label, Payment, Pointer } from './api/types';
import { simplified } from './simplify';

/** Reading payments: one account's or all accounts', what a filter lets through, and the one that was just made. */

export const paymentsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment`;

/** bunq's time as milliseconds UTC; NaN when there is none. */
export const timeOf = ({ created }: { created?: string }) =>
	Date.parse(`${(created ?? '').replace(' ', 'T').slice(0, 23)}Z`);

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

/** Whether a payment passes every filter that is set; amounts are compared by size, without sign. */
export const passes = (payment: Payment, filters: PaymentFilters) => {
	const { createdAfter, createdBefore, direction, amountMin, amountMax, counterparty } = filters;
	const signed = Number(payment.amount?.value);
	const size = Math.abs(signed);
	const other = payment.counterparty_alias;
	return (
		!(createdAfter !== undefined && timeOf(payment) < createdAfter) &&
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
	for await (const payment of payments) {
		if (filters.createdAfter !== undefined && timeOf(payment) < filters.createdAfter) return;
		if (passes(payment, filters)) yield payment;
	}
}

/** Several newest-first streams as one; reads from each only as far as the caller reads. */
export async function* newestFirst(streams: Array<AsyncGenerator<Payment>>) {
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

interface Sought {
	account: number;
	amount: Amount;
	to: Pointer;
	/** Milliseconds UTC, by bunq's clock. */
	since: number;
	matches(payment: Payment): boolean;
}

/** The newest payment of this amount to this recipient since then, if there is one. */
export const findPayment = async (bunq: Bunq, { account, amount, to, since, matches }: Sought) => {
	const payments = bunq.each(paymentsPath(account)) as AsyncGenerator<never>;
	for await (const payment of filtered(payments, { createdAfter: since, direction: 'out' })) {
		const sameAmount =
			Number(payment.amount?.value) === -Number(amount.value) &&
			payment.amount?.currency === amount.currency;
		// An email address or phone number comes back as the account behind it.
		const sameRecipient = to.type !== 'IBAN' || payment.counterparty_alias?.iban === to.value;
		if (sameAmount && sameRecipient && matches(payment)) return payment;
	}
	return undefined;
};

/** bunq's `Date` header has whole seconds, so its clock is known to within two. */
export const CLOCK_DOUBT = 2_000;

/** The payment that an attempt with unknown outcome made, among those that no other item got. */
export const findAttempted = async (
	{ path: sentTo, body, sentAt }: Attempt,
	bunq: Bunq,
	isFree: (id: number) => boolean,
) => {
	const sent = JSON.parse(body) as {
		amount: Amount;
		counterparty_alias: Pointer;
		description: string;
	};
	const payment = await findPayment(bunq, {
		account: Number(/monetary-account\/(\d+)/.exec(sentTo)?.[1]),
		amount: sent.amount,
		to: sent.counterparty_alias,
		since: sentAt - CLOCK_DOUBT,
		matches: ({ id, description }) => isFree(id) && description === sent.description,
	});
	return payment && simplified(payment);
};

/** The reference as bunq echoes it, or as a word of its own in the description: "12" is not in "invoice 123". */
export const hasReference = (payment: Payment, reference: string) => {
	if (payment.merchant_reference === reference) return true;
	const text = payment.description ?? '';
	for (let at = text.indexOf(reference); at >= 0; at = text.indexOf(reference, at + 1)) {
		const around = [text[at - 1] ?? ' ', text[at + reference.length] ?? ' '];
		if (around.every((character) => !/[\p{L}\p{N}]/u.test(character))) return true;
	}
	return false;
};
