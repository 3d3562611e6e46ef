import { hasValidCheckDigits, ibanLength } from './iban';

/**
 * Secrets by their form: bunq's keys, tokens and codes have 64 hexadecimal digits, a sandbox key also a prefix
 * (docs/bunq-api.md 2.3, 7.3, 11). A shorter one may be cut off.
 */
const SECRET =
	/-----BEGIN [A-Z ]*KEY-----[^-]*(?:-----END [A-Z ]*KEY-----)?|sandbox_[\da-z]{8,}|[\da-f]{40,}/gi;

const ELLIPSIS = '…';

/**
 * A text for an error or a log, without secrets and with every IBAN shortened, however it is written:
 * `NL52 BUNQ 2117 6600 61` → `NL52…0061`, enough to recognize and too little to use. Takes time in proportion to the length.
 */
export const redact = (text: string): string => redactIbans(text.replace(SECRET, ELLIPSIS));

/**
 * One character as it may be written: a tag, an entity, bytes of a URL, an escape sequence, or itself. bunq's references
 * (UUIDs), which bunq's support needs in full, count as one.
 */
const WRITTEN_CHARACTER =
	/(?<![\dA-Za-z])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|<[^<>]{1,40}>|&(?:amp;)*(?:#\d{1,6}|#[Xx][\dA-Fa-f]{1,5}|[A-Za-z]{2,8});|%(?:25)*[C-Fc-f][\dA-Fa-f](?:%(?:25)*[89ABab][\dA-Fa-f]){1,3}|%(?:25)*[0-7][\dA-Fa-f]|\\+(?:u[\dA-Fa-f]{4}|[bfnrt])?|[^]/gu;
/** All of these but the reference. */
const ENCODED = /^(?:<.|&.|%.|\\)/s;
const CODE_POINT = /#[Xx]([\dA-Fa-f]+);$|#(\d+);$|\\u([\dA-Fa-f]{4})$/;

/** The character that is meant; a space where it cannot be told, or where it is markup. */
const decode = (written: string) => {
	if (!ENCODED.test(written)) return written.normalize('NFKC');
	if (written.startsWith('%')) {
		const hex = [...written.matchAll(/%(?:25)*([\dA-Fa-f]{2})/g)].map(([, byte]) => byte);
		return Buffer.from(hex.join(''), 'hex').toString('utf8').normalize('NFKC');
	}
	const [, entity, decimal, escape] = CODE_POINT.exec(written) ?? [];
	const code = decimal ? Number(decimal) : parseInt(entity ?? escape ?? '20', 16);
	return String.fromCodePoint(code).normalize('NFKC');
};

const WIDTHLESS = /^[\p{Cf}\p{Mn}]$/u;
const COMMON_SEPARATOR = /^[\s.-]$/;
const RARE_SEPARATOR = /^[\p{Pd}·•_/+*]$/u;
const ALPHANUMERIC = /^[\dA-Za-z]$/;

/** A letter or digit of a text. */
interface Character {
	value: string;
	/** Its place in the text, and the place after it. */
	start: number;
	end: number;
	/** The separators before it: 0 for none, Infinity where another character or the start of the text is before it. */
	gap: number;
}

const gapOf = (separator: string) => {
	if (WIDTHLESS.test(separator)) return 0;
	if (COMMON_SEPARATOR.test(separator)) return 1;
	return RARE_SEPARATOR.test(separator) ? 3 : Infinity;
};

const readCharacters = (text: string) => {
	const characters: Character[] = [];
	let gap = Infinity;
	for (const { 0: written, index: start } of text.matchAll(WRITTEN_CHARACTER)) {
		const value = decode(written);
		if (ALPHANUMERIC.test(value)) {
			characters.push({ value, start, end: start + written.length, gap });
			gap = 0;
		} else gap += gapOf(value);
	}
	return characters;
};

const MAX_IBAN_LENGTH = 34;
const MIN_IBAN_LENGTH = 15;
/** ISO 11649: written as an IBAN is, and shown in full. */
const CREDITOR_REFERENCE = 'RF';
const MIN_DIGITS = 6;
const VISIBLE_CHARACTERS = 4;

const textOf = (characters: Character[]) => characters.map(({ value }) => value).join('');

/** What an IBAN has at least, however its two check digits are written. */
const TWO_DIGITS = /\p{N}[^]*\p{N}/u;

const redactIbans = (text: string) => {
	if (!TWO_DIGITS.test(text)) return text;
	const characters = readCharacters(text);
	const parts: string[] = [];
	let copied = 0;
	for (let at = 0; at < characters.length; at++) {
		const length = ibanLengthAt(characters, at);
		if (length === 0) continue;
		const iban = textOf(characters.slice(at, at + length));
		parts.push(
			text.slice(copied, characters[at].start),
			iban.slice(0, VISIBLE_CHARACTERS) + ELLIPSIS + iban.slice(-VISIBLE_CHARACTERS),
		);
		at += length - 1;
		copied = characters[at].end;
	}
	return [...parts, text.slice(copied)].join('');
};

/**
 * The length of the IBAN that begins here; 0: none does. One with the right check digits may be glued to other letters and
 * have gaps of any kind. What has wrong ones, is too short or of no known country counts where it is written as an IBAN.
 */
const ibanLengthAt = (characters: Character[], at: number) => {
	const longest = characters.slice(at, at + MAX_IBAN_LENGTH);
	const head = textOf(longest.slice(0, VISIBLE_CHARACTERS));
	// Lowercase words and numbers look the same where gaps are allowed: "at 15".
	const isTogether = !longest.slice(1, VISIBLE_CHARACTERS).some(({ gap }) => gap > 0);
	if (!/^[A-Za-z]{2}\d\d$/.test(head) || !(isTogether || /^[A-Z]/.test(head))) return 0;
	const country = head.slice(0, 2).toUpperCase();
	const length = ibanLength(country);
	const whole = longest.slice(0, length ?? 0);
	if (whole.length === length && isWithin(whole, 8) && isValidIban(textOf(whole))) return length;
	const isGlued = characters[at].gap === 0 && textOf(characters.slice(at - 4, at)) !== 'IBAN';
	return isGlued || country === CREDITOR_REFERENCE ? 0 : likelyLength(longest, length);
};

const isWithin = (characters: Character[], maxGap: number) =>
	characters.every(({ gap }, index) => index === 0 || gap <= maxGap);

const isValidIban = (iban: string) => hasEnoughDigits(iban) && hasValidCheckDigits(iban);

/** Words that begin as an IBAN does have few digits: "at15 past nine the payment …". */
const hasEnoughDigits = (iban: string) =>
	iban.slice(VISIBLE_CHARACTERS).replace(/\D/g, '').length >= MIN_DIGITS;

const likelyLength = (longest: Character[], length: number | undefined) => {
	const [, second, third, fourth] = longest;
	if (second.gap > 0 || third.gap > 1 || fourth.gap > 0) return 0;
	const end = longest.findIndex(({ gap }, index) => index > 0 && gap > 2);
	const run = end < 0 ? longest : longest.slice(0, end);
	const isCompact = isWithin(run, 0) && /^[\dA-Z]+$/.test(textOf(run));
	const likely = run.slice(0, length ?? (isCompact ? run.length : 0));
	const isIban = isCompact || hasEnoughDigits(textOf(likely));
	return run.length >= MIN_IBAN_LENGTH && isIban ? likely.length : 0;
};
