import { isOwnReference } from '../api/ownReference';
import { readCents, readCurrency, readIban, readId, readText } from '../api/readable';
import type { Entry, MadeObject, OrderEntry, Payment } from '../api/types';
import { combine, compare, type Match } from './match';

/** Whether an object that bunq shows is a transfer that was sent. */

/** A transfer as bunq shows it; undefined where that cannot be read. */
export type ShownEntry = Entry | undefined;

/** An amount in cents, without its sign; undefined where it cannot be read. */
const absoluteCents = (value: unknown) => {
	const cents = readCents(value);
	return cents === undefined ? undefined : Math.abs(cents);
};

/** An email address or a phone number. */
const POINTER = /^(\S+@\S+|\+\d+)$/;

/**
 * The recipient: by IBAN, without spaces and case. An email address or phone number is shown as the account behind it,
 * which proves nothing, or as itself where there is no account.
 */
const matchRecipient = (
	shown: ShownEntry,
	{ type, value, name: sentName }: OrderEntry['counterparty_alias'],
): Match => {
	const { iban, display_name: name } = shown?.counterparty_alias ?? {};
	const pointer = POINTER.exec(readText(name)?.toLowerCase() ?? '')?.[0];
	if (type !== 'IBAN') return compare(pointer, value.toLowerCase());
	const shownIban = readIban(iban);
	// A name may be an email address too.
	if (!shownIban && pointer) return pointer === sentName?.toLowerCase() ? 'possible' : 'different';
	return compare(shownIban, readIban(value) ?? value);
};

/** The amount and the currency; bunq shows a payment that leaves the account as negative. */
const matchAmount = (shown: ShownEntry, { value, currency }: OrderEntry['amount']) =>
	combine([
		compare(absoluteCents(shown?.amount?.value), absoluteCents(value) ?? NaN),
		compare(readCurrency(shown?.amount?.currency), currency),
	]);

/** A reference that bunq shows. It may show none even where one was sent (docs/bunq-api.md 9.3). */
const shownReference = (shown: ShownEntry) => readText(shown?.merchant_reference);

/** Whether bunq shows the reference that was sent. */
const hasReferenceOf = (shown: ShownEntry, sent: OrderEntry) =>
	sent.merchant_reference !== undefined && shownReference(shown) === sent.merchant_reference;

/** What two spellings of one reference have in common. */
export const withoutSpacesAndCase = (reference = '') => reference.replace(/\s/g, '').toLowerCase();

/** Whether this may be the reference that was sent, spelled otherwise by a person or by bunq, or cut off. */
const isSpellingOf = (shown: string, sent: string) => {
	const [one, other] = [shown, sent].map(withoutSpacesAndCase);
	return one === other || (one.length >= SHORTEST_CUT && other.startsWith(one));
};

/** A reference that a bank cuts off keeps at least so many characters. */
const SHORTEST_CUT = 16;

/** Whether bunq shows a reference that we gave one of these entries, and nothing else. */
export const hasOurReference = (shown: ShownEntry[], sent: OrderEntry[]) =>
	shown.some((one) =>
		sent.some((entry) => isOwnReference(entry.merchant_reference) && hasReferenceOf(one, entry)),
	);

/**
 * Whether bunq shows exactly this entry: amount, recipient, description and reference. A reference of our own decides,
 * except for a recipient by email or phone.
 */
export const matchEntry = (shown: ShownEntry, sent: OrderEntry): Match => {
	const reference = shownReference(shown);
	const facts = [matchAmount(shown, sent.amount), matchRecipient(shown, sent.counterparty_alias)];
	const isOther = reference !== undefined && !hasReferenceOf(shown, sent);
	if (isOwnReference(reference)) {
		// Sent with another order.
		if (isOther) return 'different';
		const isByIban = sent.counterparty_alias.type === 'IBAN';
		if (isByIban && !facts.includes('different')) return 'same';
	}
	// Any other reference proves nothing, as what bunq does to one is not known (docs/bunq-api.md 9.3). Nor does another
	// text: banks shorten and rewrite it.
	const isSameText = (shown?.description ?? '') === sent.description;
	return combine([...facts, isOther || !isSameText ? 'possible' : 'same']);
};

/** What a batch or a schedule made may equal a single order, and certainly is that order only with our reference. */
export const matchOrigin = ({ batch_id, scheduled_id, merchant_reference }: MadeObject): Match => {
	const isSingle = [batch_id, scheduled_id].every((id) => readId(id) === undefined);
	return isSingle || isOwnReference(merchant_reference) ? 'same' : 'possible';
};

/** Whether money came back into an account (docs/bunq-api.md 9.3). */
export const isReversal = (shown: object): shown is Payment => {
	const { sub_type, amount } = shown as Partial<Payment>;
	return sub_type === 'REVERSAL' && (readCents(amount?.value) ?? 0) >= 0;
};

/** Whether the money that came back may be what was sent. */
export const mayReturn = (reversal: ShownEntry, { amount, counterparty_alias }: OrderEntry) =>
	matchAmount(reversal, amount) !== 'different' &&
	matchRecipient(reversal, counterparty_alias) !== 'different';

/**
 * Whether bunq shows a duplicate: an entry with the same reference. Where it shows no reference, the description that was
 * sent has to hold it.
 */
export const matchDuplicate = (
	shown: ShownEntry,
	sent: OrderEntry & { merchant_reference: string },
): Match => {
	const amount = matchAmount(shown, sent.amount);
	const recipient = matchRecipient(shown, sent.counterparty_alias);
	const reference = shownReference(shown);
	if ([amount, recipient].includes('different')) return 'different';
	if (hasReferenceOf(shown, sent)) return amount;
	const isSpelling = reference && isSpellingOf(reference, sent.merchant_reference);
	// One of our own says that the user gave none.
	if (reference && !isSpelling && !isOwnReference(reference)) return 'different';
	const text = shown?.description;
	const isReadable = typeof text === 'string';
	const isNamed = hasWord(sent.description, sent.merchant_reference);
	const isUnnamed = isNamed && isReadable && !text.includes(sent.merchant_reference);
	if (isUnnamed && !isSpelling) return 'different';
	return isNamed && text === sent.description ? combine([amount, recipient]) : 'possible';
};

/** Whether the text has the word on its own: "12" is not in "invoice 123". */
const hasWord = (text: string, word: string) => {
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
		const around = [text[at - 1] ?? ' ', text[at + word.length] ?? ' '];
		if (around.every((character) => !/[\p{L}\p{N}]/u.test(character))) return true;
	}
	return false;
};

/**
 * Whether bunq shows exactly these entries, in any order. One that is shown may match several that were sent: each takes
 * one, and moves on where another has no choice.
 * @param shown undefined where the entries cannot be read
 */
export const matchEntries = (shown: ShownEntry[] | undefined, sent: OrderEntry[]): Match => {
	if (!shown) return 'possible';
	if (shown.length !== sent.length) return 'different';
	if (canAssign(shown, sent, (match) => match === 'same')) return 'same';
	return canAssign(shown, sent, (match) => match !== 'different') ? 'possible' : 'different';
};

const canAssign = (
	shown: ShownEntry[],
	sent: OrderEntry[],
	isEnough: (match: Match) => boolean,
) => {
	const takenBy = new Map<number, number>();
	const assign = (at: number, tried: Set<number>): boolean =>
		sent.some((entry, index) => {
			if (tried.has(index) || !isEnough(matchEntry(shown[at], entry))) return false;
			tried.add(index);
			const other = takenBy.get(index);
			if (other !== undefined && !assign(other, tried)) return false;
			takenBy.set(index, at);
			return true;
		});
	return shown.every((_, at) => assign(at, new Set()));
};
