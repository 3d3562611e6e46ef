/** Amounts are counted in whole cents; bunq writes them as strings with two decimals (§13). */
export interface Amount {
	value: string;
	currency: string;
}

export const toCents = (value: string): number => {
	const [, sign, whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(value) ?? [];
	if (whole === undefined) throw new Error(`Not an amount: ${value}`);
	const cents = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
	return sign ? -cents : cents;
};

export const toAmount = (cents: number, currency = 'EUR'): Amount => ({
	currency,
	value: (cents / 100).toFixed(2),
});

/** ISO 13616: letters become digits, country and check digits move to the end, and the number modulo 97 decides. */
const mod97 = (text: string) =>
	Number(BigInt(text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))) % 97n);

export const makeIban = (bank: string, account: number, country = 'NL') => {
	const number = `${bank}${String(account).padStart(10, '0')}`;
	return `${country}${String(98 - mod97(`${number}${country}00`)).padStart(2, '0')}${number}`;
};

export const ibanIsRight = (iban: string) =>
	/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban) && mod97(iban.slice(4) + iban.slice(0, 4)) === 1;
