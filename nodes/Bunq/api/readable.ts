/**
 * Values in bunq's answers, each read in one way. Undefined means that a value is missing or cannot be read: the caller
 * decides what follows, and never takes it for zero, for none or for a different value.
 */

/** A text that is not empty. */
export const readText = (value: unknown) =>
	typeof value === 'string' && value !== '' ? value : undefined;

/** A currency: three capital letters. */
export const readCurrency = (value: unknown) => /^[A-Z]{3}$/.exec(readText(value) ?? '')?.[0];

/** An object's ID, which bunq sends as a number; an ID as text is read too. */
export const readId = (value: unknown) => {
	const id = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
	return Number.isSafeInteger(id) && Number(id) > 0 ? Number(id) : undefined;
};

const DECIMAL = /^-?\d{1,13}(\.\d{1,2}0*)?$/;

/** A decimal text such as `-12.50`, as signed cents: -1250 (docs/bunq-api.md 13). Never rounded. */
export const readCents = (value: unknown) => {
	const isNumeric = typeof value === 'string' || typeof value === 'number';
	if (!isNumeric || !DECIMAL.test(String(value))) return undefined;
	// Adding 0 makes a negative zero positive.
	return Math.round(Number(value) * 100) + 0;
};

const ZERO_WIDTH = /[\u00ad\u200b-\u200f\u2060]/g;
/** What separates characters without being one: spaces of any kind, and characters of no width. */
const INVISIBLE = new RegExp(`\\s|${ZERO_WIDTH.source}`, 'g');
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/;

/** An IBAN without spaces, in capitals. Check digits are not tested. */
export const readIban = (value: unknown) => {
	const iban = readText(value)?.normalize('NFKC').replace(INVISIBLE, '').toUpperCase();
	return iban && IBAN.test(iban) ? iban : undefined;
};

/**
 * A name for comparison: without spaces around it, with single spaces inside, and each letter in one form of Unicode.
 * Undefined for anything else.
 */
export const readName = (value: unknown) =>
	readText(value)?.normalize('NFC').replace(/\s+/g, ' ').replace(ZERO_WIDTH, '').trim();
