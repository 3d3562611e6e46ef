/**
 * bunq's objects, as far as this package reads them (docs/bunq-api.md 9). Any key may be missing and further ones may
 * come; status and type values are open strings.
 */

/** Euros and cents as text: `{ value: '12.50', currency: 'EUR' }`. */
export interface Amount {
	value: string;
	currency: string;
}

/** Who gets a payment or a request. `name` is required for an IBAN. */
export interface Pointer {
	type: 'IBAN' | 'EMAIL' | 'PHONE_NUMBER' | 'URL';
	value: string;
	name?: string;
}

/** The other side as bunq shows it; outside bunq most of it is null. */
export interface Label {
	iban?: string | null;
	display_name?: string | null;
}

export interface NamedUser {
	id?: number;
	display_name?: string;
	session_timeout?: number;
}

export interface User extends NamedUser {
	_type: string;
	/** OAuth: whose accounts these are, wrapped in its type name. */
	granted_by_user?: Record<string, NamedUser>;
	/** OAuth: whose app it is. */
	requested_by_user?: Record<string, NamedUser>;
}

export interface Account {
	/** `MonetaryAccountBank`, `MonetaryAccountSavings`, …, or one that nobody knows yet. */
	_type: string;
	id: number;
	created?: string;
	description?: string;
	status?: string;
	display_name?: string;
	currency?: string;
	balance?: Amount | null;
	alias?: Pointer[] | null;
}

/** What moves money from one account to one other. */
export interface Entry {
	/** Of a payment: negative when the money left the account. Of a draft: what will leave, without sign. */
	amount?: Amount;
	description?: string;
	counterparty_alias?: Label | null;
	merchant_reference?: string | null;
}

/** One entry as bunq takes it: a payment, or an entry of a draft or batch (docs/bunq-api.md 9.3, 9.4). */
export type OrderEntry = {
	/** Without sign. */
	amount: { value: string; currency: string };
	counterparty_alias: { type: Pointer['type']; value: string; name?: string };
	description: string;
	merchant_reference?: string;
};

export interface Payment extends Entry {
	_type: string;
	id: number;
	created?: string;
	monetary_account_id?: number;
	type?: string;
	balance_after_mutation?: Amount | null;
}

/** Payments that were made together. */
export interface PaymentBatch {
	_type: string;
	id: number;
	created?: string;
	payments?: Payment[] | { Payment?: Payment[] | null } | null;
}

export interface DraftPayment {
	_type: string;
	id: number;
	created?: string;
	/** What bunq wants to be told, to cancel it, as the proof that nothing happened in between. */
	updated?: string;
	monetary_account_id?: number;
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `CANCELLED`. */
	status?: string;
	entries?: Entry[] | null;
}

/** Money that the user asks somebody for. */
export interface RequestInquiry {
	_type: string;
	id: number;
	created?: string;
	/** Changes with the answer. */
	updated?: string;
	monetary_account_id?: number;
	/** Without sign. */
	amount_inquired?: Amount | null;
	/** What was paid, once it is accepted. */
	amount_responded?: Amount | null;
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `REVOKED`, `EXPIRED`. */
	status?: string;
	description?: string;
	merchant_reference?: string | null;
	counterparty_alias?: Label | null;
	/** The link to pay by; null when a bunq user is asked. */
	bunqme_share_url?: string | null;
	time_expiry?: string | null;
}

/** Requests that were made together. */
export interface RequestInquiryBatch {
	_type: string;
	id: number;
	created?: string;
	request_inquiries?: RequestInquiry[] | null;
}

/** Money that somebody asks the user for. */
export interface RequestResponse {
	_type: string;
	id: number;
	created?: string;
	/** Changes with the answer. */
	updated?: string;
	monetary_account_id?: number;
	/** Without sign. */
	amount_inquired?: Amount | null;
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `REVOKED`, `REFUND_REQUESTED`, `REFUNDED`, … */
	status?: string;
	/** `INTERNAL`, `DIRECT_DEBIT`, `DIRECT_DEBIT_B2B`, `IDEAL`, `SOFORT`. */
	type?: string;
	description?: string;
	/** Who asks. */
	counterparty_alias?: Label | null;
	time_expiry?: string | null;
}

export interface Card {
	/** `CardDebit` or `CardCredit`; its `type` is the network. */
	_type: string;
	id: number;
	created?: string;
	product_type?: string;
	status?: string;
	order_status?: string;
	name_on_card?: string;
	/** What the user calls it. */
	second_line?: string;
	expiry_date?: string | null;
	primary_account_numbers?: Array<{ four_digit?: string | null }> | null;
	card_limit?: Amount | null;
	card_limit_atm?: Amount | null;
	pin_code_assignment?: PinAssignment[] | null;
	monetary_account_id_fallback?: number | null;
}

/** Which account a PIN of a card pays from. */
export interface PinAssignment {
	/** `PRIMARY`, `SECONDARY` or `TERTIARY`. */
	type: string;
	routing_type?: string | null;
	monetary_account_id?: number | null;
}

/** What was done with a card, bunq's `MasterCardAction`. */
export interface CardTransaction {
	_type: string;
	id: number;
	created?: string;
	monetary_account_id?: number;
	card_id?: number;
	/** In the currency of the account; without sign when it is spent. */
	amount_billing?: Amount | null;
	/** `ALLOWED`, or why not: `INSUFFICIENT_BALANCE`, `PIN_INCORRECT`, … */
	decision?: string;
	description?: string;
	counterparty_alias?: Label | null;
	city?: string | null;
	/** `AUTHORISED`, `BLOCKED`, `REVERSED`, `CLEARING_REFUND`, … */
	authorisation_status?: string;
	/** `ATM`, `ICC`, `MAGNETIC_STRIPE` or `E_COMMERCE`. */
	pan_entry_mode_user?: string | null;
}
