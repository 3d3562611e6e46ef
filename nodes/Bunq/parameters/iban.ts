import { BunqError } from '../api/errors';
import { hasValidCheckDigits } from '../api/iban';

/**
 * The IBAN without spaces, dots and dashes, in capitals. Throws a BunqError of kind `invalidInput` that names `field` when
 * its check digits are wrong, which reveals nearly every typing error.
 */
export const parseIban = (text: string, field: string) => {
	const iban = text.replace(/[\s.-]/g, '').toUpperCase();
	if (/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) && hasValidCheckDigits(iban)) return iban;
	throw new BunqError('invalidInput', `"${field}" is not an IBAN: ${iban || 'it is empty'}`, {
		description:
			'Nothing was sent. Its check digits do not match, so a character is missing, wrong or swapped: copy it again.',
	});
};
