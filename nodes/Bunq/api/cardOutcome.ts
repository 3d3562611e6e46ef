import { readCents, readText } from './readable';
import type { CardTransaction } from './cardTypes';

/**
 * What became of a card transaction's money (docs/bunq-api.md 9.8).
 * - `reversed`: given back before it was booked, because the purchase was cancelled or the reservation expired
 * - `unknown`: bunq's words say something that this package does not know
 */
export type CardOutcome = 'paid' | 'reserved' | 'refunded' | 'reversed' | 'declined' | 'unknown';

/** bunq's `authorisation_status`. Of an authorised one, `clearing_status` says whether it was booked. */
const BY_STATUS: Record<string, CardOutcome | 'authorised'> = {
	ACQUIRER_AUTHORISED: 'authorised',
	AUTHORISED: 'authorised',
	AUTHORISED_PARTIAL: 'authorised',
	BLOCKED: 'declined',
	CLEARING_REFUND: 'refunded',
	PRE_AUTHORISATION_EXPIRED: 'reversed',
	PRE_AUTHORISATION_FINALISED: 'paid',
	PRE_AUTHORISED: 'reserved',
	REVERSED: 'reversed',
	STAND_IN_AUTHORISED: 'authorised',
	UNAUTHORISED_CLEARING: 'paid',
};

const BY_CLEARING: Record<string, CardOutcome> = {
	FIRST_PRESENTMENT_COMPLETE: 'paid',
	PENDING: 'reserved',
};

const entryOf = <T>(table: Record<string, T>, word: unknown) => {
	const text = readText(word) ?? '';
	return Object.hasOwn(table, text) ? table[text] : undefined;
};

/** What became of the money. Words that contradict each other are `unknown`. */
export const cardOutcome = (raw: CardTransaction): CardOutcome => {
	const byStatus = entryOf(BY_STATUS, raw.authorisation_status);
	if (byStatus && !['authorised', 'paid'].includes(byStatus)) return byStatus as CardOutcome;
	const isCredit =
		raw.payment_status === 'CREDIT_TRANSFER' || raw.authorisation_type === 'CLEARING_REFUND';
	if (isCredit) return 'refunded';
	if (isDeclined(raw)) return byStatus ? 'unknown' : 'declined';
	if (byStatus !== 'authorised') return byStatus ?? 'unknown';
	return entryOf(BY_CLEARING, raw.clearing_status) ?? 'unknown';
};

/** Whether `decision` names a reason for declining; false where it cannot be read. */
const isDeclined = ({ decision }: CardTransaction) =>
	(readText(decision) ?? 'ALLOWED') !== 'ALLOWED';

/** Whether a card transaction was allowed; undefined where bunq does not say. */
export const wasAllowed = (raw: CardTransaction) => {
	if (readText(raw.decision)) return !isDeclined(raw);
	return cardOutcome(raw) === 'declined' ? false : undefined;
};

/**
 * The amount in cents, positive where the money came back, otherwise negative: bunq's own sign differs between sources.
 * Undefined where it cannot be read.
 */
export const cardCents = (raw: CardTransaction) => {
	const cents = readCents(raw.amount_billing?.value);
	if (cents === undefined) return undefined;
	const size = Math.abs(cents);
	// Subtracting from 0 makes no negative zero.
	return cardOutcome(raw) === 'refunded' ? size : 0 - size;
};
