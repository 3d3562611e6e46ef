import { BunqError } from '../api/errors';

/**
 * The IBAN without spaces, dots and dashes, in capitals. Throws a BunqError of kind `invalidInput` that names `field` when
 * its check digits are wrong (ISO 13616, modulo 97), which reveals nearly every typing error.
 */
export const parseIban = (text: string, field: string) => {
	const iban = text.replace(/[\s.-]/g, '').toUpperCase();
	if (/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) && remainder(iban) === 1) return iban;
	throw new BunqError('invalidInput', `"${field}" is not an IBAN: ${iban || 'it is empty'}`, {
		description:
			'Nothing was sent. Its check digits do not match, so a character is missing, wrong or swapped.',
	});
};

/**
 * The remainder modulo 97 after moving the first four characters to the end, with A as 10 … Z as 35. Digit by digit,
 * because the number is too large for JavaScript.
 */
const remainder = (iban: string) =>
	[...(iban.slice(4) + iban.slice(0, 4))]
		.flatMap((character) => [...String(parseInt(character, 36))])
		.reduce((sum, digit) => (sum * 10 + Number(digit)) % 97, 0);
