/** The length of an IBAN by country (the registry of ISO 13616, release 99). */
const IBAN_LENGTHS: Record<string, number> = {
	AD: 24,
	AE: 23,
	AL: 28,
	AT: 20,
	AZ: 28,
	BA: 20,
	BE: 16,
	BG: 22,
	BH: 22,
	BR: 29,
	BY: 28,
	CH: 21,
	CR: 22,
	CY: 28,
	CZ: 24,
	DE: 22,
	DK: 18,
	DO: 28,
	EE: 20,
	EG: 29,
	ES: 24,
	FI: 18,
	FO: 18,
	FR: 27,
	GB: 22,
	GE: 22,
	GI: 23,
	GL: 18,
	GR: 27,
	GT: 28,
	HR: 21,
	HU: 28,
	IE: 22,
	IL: 23,
	IQ: 23,
	IS: 26,
	IT: 27,
	JO: 30,
	KW: 30,
	KZ: 20,
	LB: 28,
	LC: 32,
	LI: 21,
	LT: 20,
	LU: 20,
	LV: 21,
	LY: 25,
	MC: 27,
	MD: 24,
	ME: 22,
	MK: 19,
	MR: 27,
	MT: 31,
	MU: 30,
	NL: 18,
	NO: 15,
	PK: 24,
	PL: 28,
	PS: 29,
	PT: 25,
	QA: 29,
	RO: 24,
	RS: 22,
	SA: 24,
	SC: 31,
	SE: 24,
	SI: 19,
	SK: 24,
	SM: 27,
	ST: 25,
	SV: 28,
	TN: 24,
	TR: 26,
	UA: 29,
	VA: 22,
	VG: 24,
	XK: 20,
};

/**
 * A possible IBAN, however it is written: with spaces, dots, dashes or lowercase letters. Also matches bunq's references
 * (UUIDs), which bunq's support needs in full.
 */
const IBAN_CANDIDATE =
	/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![A-Za-z0-9])(?:[A-Z]{2}[\s.-]?|[A-Za-z]{2})\d\d(?:[\s.-]{0,2}[A-Za-z0-9]){11,30}/;
const UUID_LENGTH = 36;
const MIN_DIGITS = 6;
const VISIBLE_CHARACTERS = 4;

/** A text with every IBAN shortened: `NL52 BUNQ 2117 6600 61` → `NL52…0061`, enough to recognize and too little to use. */
export const redactIbans = (text: string): string => {
	const found = IBAN_CANDIDATE.exec(text);
	if (!found) return text;
	const { index } = found;
	const { shown, length } = redactCandidate(found[0]);
	return text.slice(0, index) + shown + redactIbans(text.slice(index + length));
};

/** The text that replaces a candidate, and how many of its characters it replaces: other words may follow. */
const redactCandidate = (candidate: string) => {
	if (/^[0-9a-f]{8}-/i.test(candidate)) return { shown: candidate, length: UUID_LENGTH };
	const positions = [...candidate.matchAll(/[A-Za-z0-9]/g)].map(({ index }) => index);
	const isCompact = /^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(candidate);
	const maxLength =
		IBAN_LENGTHS[candidate.slice(0, 2).toUpperCase()] ?? (isCompact ? positions.length : 0);
	const length = (positions[Math.min(maxLength, positions.length) - 1] ?? -1) + 1;
	const iban = candidate.slice(0, length).replace(/[^A-Za-z0-9]/g, '');
	// Words that begin as an IBAN does have few digits: "at15 past nine the payment …".
	const isIban =
		isCompact || iban.slice(VISIBLE_CHARACTERS).replace(/\D/g, '').length >= MIN_DIGITS;
	return length > 0 && isIban
		? { shown: `${iban.slice(0, VISIBLE_CHARACTERS)}…${iban.slice(-VISIBLE_CHARACTERS)}`, length }
		: { shown: candidate.slice(0, VISIBLE_CHARACTERS), length: VISIBLE_CHARACTERS };
};
