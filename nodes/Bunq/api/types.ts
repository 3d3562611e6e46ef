/**
 * bunq's objects, as far as this package reads them (docs/bunq-api.md 9). The types say what bunq documents; in an answer
 * any key, `id` too, may be missing or hold another type, so readable.ts reads each value. Statuses and types are open
 * strings, as bunq may add some.
 */

/** An amount as text with two decimals: `{ value: '12.50', currency: 'EUR' }` (docs/bunq-api.md 13). */
export interface Amount {
	value: string;
	currency: string;
}

/** The recipient of a payment or the payer of a request. An IBAN needs a `name` (docs/bunq-api.md 9). */
export interface Pointer {
	type: 'IBAN' | 'EMAIL' | 'PHONE_NUMBER' | 'URL';
	value: string;
	name?: string;
}

/** A counterparty as bunq shows it. Outside bunq, most keys are null (docs/bunq-api.md 9). */
export interface Label {
	iban?: string | null;
	display_name?: string | null;
	/** The holder. */
	label_user?: { uuid?: string | null } | null;
}

/** An object in one of bunq's lists. Times are in bunq's format, UTC (docs/bunq-api.md 13). */
export interface ListedObject {
	/** The name of bunq's wrapper, such as `Payment`. */
	_type: string;
	id: number;
	created?: string;
	/** When it last changed: an answer to a request or a draft is a change. */
	updated?: string;
}

/** An object in a list that each account has. */
export interface AccountObject extends ListedObject {
	monetary_account_id?: number;
}

/** A user as another object names it. */
export interface NamedUser {
	id?: number;
	display_name?: string;
	/** Seconds. */
	session_timeout?: number;
}

/** The user that the credential belongs to (docs/bunq-api.md 9.1). */
export interface User extends NamedUser {
	_type: string;
	/** OAuth: the owner of the accounts, wrapped in its type name. */
	granted_by_user?: Record<string, NamedUser>;
	/** OAuth: the owner of the app, wrapped in its type name. */
	requested_by_user?: Record<string, NamedUser>;
}

/**
 * A monetary account: `MonetaryAccountBank`, `MonetaryAccountSavings`, …, or a kind that bunq added later (docs/bunq-api.md
 * 9.2).
 */
export interface Account extends ListedObject {
	description?: string;
	status?: string;
	display_name?: string;
	currency?: string;
	balance?: Amount | null;
	alias?: Pointer[] | null;
	/** The owner. */
	user_id?: number;
	/** Of a joint account, and of a savings account that is shared. */
	all_co_owner?: unknown[] | null;
	/** How somebody else's account is shared with the user. */
	relation_user?: object | null;
}

/** A transfer from one account to another. */
export interface Entry {
	/** Of a payment: negative when the money left the account. Of a draft: without sign (docs/bunq-api.md 9.3, 9.4). */
	amount?: Amount;
	description?: string;
	/** The account's own side. */
	alias?: Label | null;
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

/** What may be part of a batch, or a run of a schedule: null where it is not (docs/bunq-api.md 9.3, 9.5). */
export interface MadeObject extends AccountObject {
	batch_id?: number | null;
	scheduled_id?: number | null;
	merchant_reference?: string | null;
}

/** A payment (docs/bunq-api.md 9.3). */
export interface Payment extends MadeObject, Entry {
	type?: string;
	/** `PAYMENT`, `REVERSAL`, … */
	sub_type?: string;
	balance_after_mutation?: Amount | null;
}

/** Payments that were sent together (docs/bunq-api.md 9.3). */
export interface PaymentBatch extends ListedObject {
	payments?: Payment[] | { Payment?: Payment[] | null } | null;
}

/** When a scheduled payment runs (docs/bunq-api.md 9.13): times in bunq's format, UTC. */
export interface Schedule {
	time_start?: string | null;
	time_end?: string | null;
	/** Null after the last run. */
	time_next?: string | null;
	/** `ONCE`, `HOURLY`, `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY`. */
	recurrence_unit?: string | null;
	/** Every how many units. */
	recurrence_size?: number | null;
}

/** A payment that waits for approval in the app (docs/bunq-api.md 9.4). */
export interface DraftPayment extends AccountObject {
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `CANCELLED`. */
	status?: string;
	entries?: Entry[] | null;
	/** When to pay once it is approved; null: at once (docs/bunq-api.md 9.13). */
	schedule?: Schedule | null;
}

/** A link that anybody can pay, bunq's `BunqMeTab` (docs/bunq-api.md 9.12). */
export interface BunqMeLink extends AccountObject {
	/** `WAITING_FOR_PAYMENT`, also once it is paid, `CANCELLED`, `EXPIRED`. */
	status?: string;
	time_expiry?: string | null;
	/** Only a read has it. */
	bunqme_tab_share_url?: string | null;
	bunqme_tab_entry?: LinkEntry | null;
	/** A payment each; one link can be paid several times. */
	result_inquiries?: Array<{ payment?: Payment | null } | null> | null;
}

/** What a link asks for. */
export interface LinkEntry {
	/** Without sign; null where the payer chooses. */
	amount_inquired?: Amount | null;
	description?: string | null;
	redirect_url?: string | null;
}

/** A payment that bunq makes later, once or repeatedly (docs/bunq-api.md 9.13). */
export interface ScheduledPayment extends AccountObject {
	/** `ACTIVE`, `FINISHED`, `CANCELLED`. */
	status?: string;
	/** Its amount is negative. */
	payment?: Entry | null;
	schedule?: Schedule | null;
}

/** A run of a scheduled payment, bunq's `ScheduledInstance`; it ran when it was created (docs/bunq-api.md 9.13). */
export interface ScheduledRun extends ListedObject {
	/** `FINISHED_SUCCESSFULLY`, `RETRY`, `FAILED_USER_ERROR`. */
	state?: string;
	/** The payment that it made, in its wrapper. */
	result_object?: Record<string, Payment | null> | null;
	/** What ran, in its wrapper. */
	scheduled_object?: Record<string, ScheduledPayment | null> | null;
}

/** A request by the user for money from someone else (docs/bunq-api.md 9.5). */
export interface RequestInquiry extends MadeObject {
	/** Without sign. */
	amount_inquired?: Amount | null;
	/** The amount that was paid, once the request is accepted. */
	amount_responded?: Amount | null;
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `REVOKED`, `EXPIRED`. */
	status?: string;
	description?: string;
	counterparty_alias?: Label | null;
	/** The payment link; null when the payer is a bunq user. */
	bunqme_share_url?: string | null;
	time_expiry?: string | null;
}

/** Requests that were sent together (docs/bunq-api.md 9.5). */
export interface RequestInquiryBatch extends ListedObject {
	request_inquiries?: RequestInquiry[] | null;
}

/** A request by someone else for money from the user (docs/bunq-api.md 9.6). */
export interface RequestResponse extends AccountObject {
	/** Without sign. */
	amount_inquired?: Amount | null;
	/** `PENDING`, `ACCEPTED`, `REJECTED`, `REVOKED`, `REFUND_REQUESTED`, `REFUNDED`, … */
	status?: string;
	/** `INTERNAL`, `DIRECT_DEBIT`, `DIRECT_DEBIT_B2B`, `IDEAL`, `SOFORT`. */
	type?: string;
	description?: string;
	/** The requester. */
	counterparty_alias?: Label | null;
	time_expiry?: string | null;
}

/** A URL that bunq calls, bunq's `NotificationFilterUrl` (docs/bunq-api.md 10.1). */
export interface CallbackFilter {
	_type: string;
	category?: string;
	notification_target?: string;
}
