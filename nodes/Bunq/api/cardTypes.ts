import type { AccountObject, Amount, Label, ListedObject } from './types';

/** bunq's objects about cards, as types.ts has the others. */

/** A card, `CardDebit` or `CardCredit`; its `type` is the network (docs/bunq-api.md 9.7). */
export interface Card extends ListedObject {
	product_type?: string;
	status?: string;
	order_status?: string;
	name_on_card?: string;
	/** The name that the user gave it. */
	second_line?: string;
	expiry_date?: string | null;
	primary_account_numbers?: Array<{ four_digit?: string | null }> | null;
	card_limit?: Amount | null;
	card_limit_atm?: Amount | null;
	pin_code_assignment?: PinAssignment[] | null;
	monetary_account_id_fallback?: number | null;
}

/** The account that a card is charged to when this PIN is used (docs/bunq-api.md 9.7). */
export interface PinAssignment {
	/** `PRIMARY`, `SECONDARY` or `TERTIARY`. */
	type: string;
	routing_type?: string | null;
	monetary_account_id?: number | null;
}

/** A use of a card, bunq's `MasterCardAction` (docs/bunq-api.md 9.8). */
export interface CardTransaction extends AccountObject {
	card_id?: number;
	/** In the currency of the account. Its sign differs between sources: cardOutcome.ts. */
	amount_billing?: Amount | null;
	/** `ALLOWED`, or the reason why it was declined: `INSUFFICIENT_BALANCE`, `PIN_INCORRECT`, … */
	decision?: string;
	description?: string;
	/** The account's own side. */
	alias?: Label | null;
	counterparty_alias?: Label | null;
	city?: string | null;
	/** `AUTHORISED`, `BLOCKED`, `REVERSED`, `CLEARING_REFUND`, … */
	authorisation_status?: string;
	/** `NORMAL_AUTHORISATION`, `CLEARING_REFUND`, … */
	authorisation_type?: string;
	/** `PENDING`, `FIRST_PRESENTMENT_COMPLETE` or `REFUND_LENIENCY`. */
	clearing_status?: string | null;
	/** `PAYMENT_SUCCESSFUL`, `CREDIT_TRANSFER`, … */
	payment_status?: string | null;
	/** `ATM`, `ICC`, `MAGNETIC_STRIPE` or `E_COMMERCE`. */
	pan_entry_mode_user?: string | null;
}
