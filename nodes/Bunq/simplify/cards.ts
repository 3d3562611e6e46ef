import { cardCents, cardOutcome } from '../api/cardOutcome';
import type { Card, CardTransaction } from '../api/cardTypes';
import { readId } from '../api/readable';
import { accountOf, fromCents, idsOf, toNumber, toText, withNulls } from './values';

/** Cards and their transactions as flat output. */

export const card = (raw: Card) => {
	const { pin_code_assignment: slots, primary_account_numbers: numbers } = raw;
	const accountOf = (name: string) =>
		Array.isArray(slots)
			? readId(slots.find((slot) => slot?.type === name)?.monetary_account_id)
			: undefined;
	return withNulls({
		id: readId(raw.id),
		// `CardDebit` → `debit`: bunq's `type` is MASTERCARD for both.
		type: raw._type.slice('Card'.length).toLowerCase(),
		productType: toText(raw.product_type),
		status: toText(raw.status),
		orderStatus: toText(raw.order_status),
		nameOnCard: toText(raw.name_on_card),
		lastFour: toText(numbers?.[0]?.four_digit),
		expiryDate: toText(raw.expiry_date),
		primaryAccountId: accountOf('PRIMARY'),
		secondaryAccountId: accountOf('SECONDARY'),
		fallbackAccountId: readId(raw.monetary_account_id_fallback),
		cardLimit: toNumber(raw.card_limit),
		cardLimitAtm: toNumber(raw.card_limit_atm),
	});
};

/** Of a transaction that moved no money, the amount that was tried: `outcome` says what became of it. */
export const cardTransaction = (raw: CardTransaction) =>
	withNulls({
		...idsOf(raw),
		...accountOf(raw),
		cardId: readId(raw.card_id),
		amount: fromCents(cardCents(raw)),
		currency: toText(raw.amount_billing?.currency),
		decision: toText(raw.decision),
		outcome: cardOutcome(raw),
		description: toText(raw.description),
		merchant: toText(raw.counterparty_alias?.display_name),
		city: toText(raw.city),
		status: toText(raw.authorisation_status),
	});
