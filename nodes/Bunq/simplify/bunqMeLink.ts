import { createdAt } from '../api/clock';
import { isRecord } from '../api/json';
import { readId, readText } from '../api/readable';
import { totalOf } from '../api/totals';
import type { BunqMeLink, Payment } from '../api/types';
import { idsOf, isoTime, textsOf, toNumber, toText, withNulls } from './values';

/** Links that anybody can pay, as flat output. */

/**
 * The payments of a link: whatever its status says, it is paid once there is one (docs/bunq-api.md 9.12). Undefined where
 * they cannot be read.
 */
export const paymentsOfLink = ({ result_inquiries: results }: BunqMeLink) => {
	if (!Array.isArray(results)) return undefined;
	const payments: unknown[] = results.map((one) => one?.payment);
	return payments.every(isPayment) ? eachOnce(payments) : undefined;
};

/** A payment that is listed twice is one payment. */
const eachOnce = (payments: Payment[]) => [
	...new Map(payments.map((one) => [readId(one.id) ?? one, one])).values(),
];

/** Of an object of bunq's any key may be missing or unreadable, so each value is read where it is used. */
const isPayment = (value: unknown): value is Payment => isRecord(value);

/** Undefined where the times of several cannot be read. */
const latestOf = (payments: Payment[]) => {
	if (payments.length === 1) return payments[0];
	if (payments.some((payment) => Number.isNaN(createdAt(payment)))) return undefined;
	return payments.reduce<Payment | undefined>(
		(latest, one) => (latest && createdAt(latest) > createdAt(one) ? latest : one),
		undefined,
	);
};

/** The amount is null where the payer chooses it; `amountPaid` is the sum of all payments, in the link's currency. */
export const bunqMeLink = (raw: BunqMeLink) => {
	const { amount_inquired: amount, description } = raw.bunqme_tab_entry ?? {};
	const payments = paymentsOfLink(raw);
	const latest = latestOf(payments ?? []);
	const { counterpartyName, counterpartyIban } = textsOf(latest);
	const paid = totalOf(payments, 'amount');
	const currency = toText(amount?.currency) ?? paid.currency;
	return withNulls({
		...idsOf(raw),
		amount: toNumber(amount),
		currency,
		status: toText(raw.status),
		description: toText(description),
		url: readText(raw.bunqme_tab_share_url),
		expires: isoTime(raw.time_expiry),
		paid: payments && payments.length > 0,
		amountPaid: payments?.length === 0 ? 0 : paid.currency === currency ? paid.amount : undefined,
		payments: payments?.length,
		payerName: counterpartyName,
		payerIban: counterpartyIban,
	});
};
