import type { AccountObject, Amount, Entry, ListedObject, Payment, Schedule } from './types';

/** bunq's objects that lead to payments later, as far as this package reads them; types.ts says what holds for all. */

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

/** A payment that bunq makes later, once or again and again (docs/bunq-api.md 9.13). */
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
