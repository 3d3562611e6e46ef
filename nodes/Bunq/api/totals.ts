import { readCents, readText } from './readable';
import type { Amount, Entry, RequestInquiry } from './types';

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
export const totalOf = (
	entries: unknown,
	amountOf: (entry?: Entry & RequestInquiry) => unknown,
) => {
	const isList = Array.isArray(entries);
	const amounts = (isList ? entries : []).map((entry) => amountOf(entry) as Amount | undefined);
	const currency = readText(amounts[0]?.currency);
	const isOneCurrency = amounts.every((amount) => readText(amount?.currency) === currency);
	return {
		amount: isOneCurrency ? sum(amounts) : undefined,
		currency: isOneCurrency ? currency : undefined,
		entries: isList ? amounts.length : undefined,
	};
};
