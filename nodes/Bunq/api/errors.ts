import type { ApiRequest } from './http';
import { redactIbans } from './redact';

/**
 * What kind of failure it was. Only `outcomeUnknown` leaves open whether bunq acted; after every other kind it did not.
 * - `invalidInput`: refused here, nothing sent
 * - `authentication`: not connected, revoked, locked to another address
 * - `rejected`: bunq said no
 * - `rateLimited`: too many requests, after waiting and trying again
 * - `unavailable`: no connection, or maintenance
 * - `outcomeUnknown`: no readable answer to what was sent
 * - `cancelled`: the execution ended before this was sent
 */
export type FailureKind =
	| 'invalidInput'
	| 'authentication'
	| 'rejected'
	| 'rateLimited'
	| 'unavailable'
	| 'outcomeUnknown'
	| 'cancelled';

/** A write whose answer is not known. Times are of this machine's clock: bunq's may not be known yet. */
export interface UnknownWrite {
	method: ApiRequest['method'];
	path: string;
	body: string;
	sentAt: number;
	/** When it was clear that no answer comes. */
	failedAt: number;
}

/**
 * Why something did not work: `message` in bunq's own words where it gave any, `description` what that means and
 * what to do. Holds no secret and no full IBAN. The node makes one NodeApiError of it, with the item.
 */
export class BunqError extends Error {
	readonly description: string;
	readonly httpCode?: string;
	/** Set when a write may have been done: `kind` is `outcomeUnknown` and the method was not GET. */
	readonly unknownWrite?: UnknownWrite;

	constructor(
		readonly kind: FailureKind,
		message: string,
		more: { description?: string; httpCode?: string; unknownWrite?: UnknownWrite } = {},
	) {
		super(redactIbans(message));
		this.name = 'BunqError';
		this.description = redactIbans(more.description ?? '');
		this.httpCode = more.httpCode;
		// Not enumerable: whoever prints or stores the error must not get the body with it.
		Object.defineProperty(this, 'unknownWrite', { value: more.unknownWrite, enumerable: false });
	}

	/** The same refusal with a further hint, for example which operation or credential works instead. */
	withHint(hint: string) {
		const { httpCode, unknownWrite } = this;
		const description = [hint, this.description].filter(Boolean).join(' ');
		return new BunqError(this.kind, this.message, { description, httpCode, unknownWrite });
	}
}
