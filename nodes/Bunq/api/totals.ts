import { isRecord } from './json';
import { readCents, readText } from './readable';

/**
 * The sum of amounts, added in whole cents: 0.1 + 0.2 is 0.3. Undefined for an empty list or when an amount cannot be
 * read.
 */
export const sum = (amounts: Array<{ value?: unknown } | null | undefined>) => {
	const cents = amounts.map((amount) => readCents(amount?.value) ?? NaN);
	const result = cents.reduce((total, value) => total + value, 0) / 100;
	return amounts.length === 0 || Number.isNaN(result) ? undefined : result;
};

/** The sum and the number of entries; no sum of several currencies, and nothing where bunq shows no list. */
export const totalOf = (entries: unknown, key: 'amount' | 'amount_inquired') => {
	const list: unknown[] | undefined = Array.isArray(entries) ? entries : undefined;
	const amounts = (list ?? []).map((entry) => {
		const amount = isRecord(entry) ? entry[key] : undefined;
		return isRecord(amount) ? amount : undefined;
	});
	const currency = readText(amounts[0]?.currency);
	const isOneCurrency = amounts.every((amount) => readText(amount?.currency) === currency);
	return {
		amount: isOneCurrency ? sum(amounts) : undefined,
		currency: isOneCurrency ? currency : undefined,
		entries: list?.length,
	};
};

/** The way of a payment's money, by its signed cents (docs/bunq-api.md 9.3); undefined where these are unknown. */
export const directionOf = (cents: number | undefined) => {
	if (cents === undefined) return undefined;
	return cents < 0 ? 'out' : 'in';
};

/** Cents as bunq writes an amount: 1250 → `12.50`. */
export const formatCents = (cents: number) => (cents / 100).toFixed(2);
