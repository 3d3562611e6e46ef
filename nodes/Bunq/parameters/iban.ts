import { BunqError } from '../api/errors';

/**
 * The IBAN without spaces, in capitals. Throws a BunqError when its check digits are wrong (ISO 13616, modulo 97): a wrong
 * digit, a wrong letter, and nearly always anything else, does not fit.
 */
export const parseIban = (text: string, field: string) => {
	const iban = text.replace(/[\s.-]/g, '').toUpperCase();
	if (/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) && remainder(iban) === 1) return iban;
	throw new BunqError('invalidInput', `"${field}" is not an IBAN: ${iban || 'it is empty'}`, {
		description:
			'Nothing was sent. Its check digits do not fit, so a character is missing, wrong or swapped.',
	});
};

/** The first four characters go to the end, A is 10 … Z is 35; digit by digit, the number is too long for one. */
const remainder = (iban: string) =>
	[...(iban.slice(4) + iban.slice(0, 4))]
		.flatMap((character) => [...String(parseInt(character, 36))])
		.reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
