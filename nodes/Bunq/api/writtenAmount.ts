/** Amounts as people write them: in a field, an expression or a credential. */

/** An amount as bunq takes it, with sign and two decimals; or both amounts that a text may mean. */
export type WrittenAmount =
	| { value: string; readings?: undefined }
	| { value?: undefined; readings: [string, string] };

const PLAIN = /^(-?)(\d{1,12})(?:[.,](\d{1,2}))?$/;
/** Thousands are separated by one sign, decimals by the other: `1.250,00`, `1,250.00`. */
const GROUPED = /^(-?)([1-9]\d{0,2}(?:([.,])\d{3})(?:\3\d{3}){0,2})(?!\3)[.,](\d{1,2})$/;
/** One thousand, or one and three decimals: `1.250`, `1,250`. */
const AMBIGUOUS = /^(-?)([1-9]\d{0,2})[.,](\d{3})$/;

/** How to write what a text with two readings means. One with three decimals is no amount, so nobody is told to write it. */
export const sayReadings = ([whole, parts]: [string, string]) =>
	/\.\d{3}$/.test(parts)
		? `with at most two decimals, or as ${whole} if that is meant`
		: `as ${whole} or ${parts}`;

const toDecimal = (sign: string, whole: string, decimals = '') => {
	const value = `${whole.replace(/^0+(?=\d)/, '')}.${decimals.padEnd(2, '0')}`;
	return sign && /[1-9]/.test(value) ? `-${value}` : value;
};

/**
 * Reads an amount that a person wrote: a number, or a text with a decimal point or comma. Undefined: it is not an
 * amount, or has more than two decimals, as an amount is never rounded.
 */
export const parseWrittenAmount = (raw: unknown): WrittenAmount | undefined => {
	const isNumeric = typeof raw === 'number' || typeof raw === 'string';
	const text = isNumeric ? String(raw).trim() : '';
	const plain = PLAIN.exec(text);
	if (plain) return { value: toDecimal(plain[1], plain[2], plain[3]) };
	// A number has no separators: 1.255 has one reading.
	if (typeof raw === 'number') return undefined;
	const grouped = GROUPED.exec(text);
	if (grouped) return { value: toDecimal(grouped[1], grouped[2].replace(/\D/g, ''), grouped[4]) };
	const [, sign, whole, rest] = AMBIGUOUS.exec(text) ?? [];
	if (whole === undefined) return undefined;
	return {
		readings: [toDecimal(sign, whole + rest), toDecimal(sign, whole, rest.replace(/0$/, ''))],
	};
};
