import type { Call } from './http';
import { masked } from './redact';

/**
 * What kind of failure it was. Only `unclear` leaves open whether bunq acted; after every other kind it did not.
 * - `input`: refused here, nothing sent
 * - `credential`: not connected, revoked, locked to another address
 * - `refused`: bunq said no
 * - `limit`: too many requests, after waiting and trying again
 * - `unreachable`: no connection, or maintenance
 * - `unclear`: no readable answer to what was sent
 * - `stopped`: the execution ended before this was sent
 */
export type FailureKind =
	| 'input'
	| 'credential'
	| 'refused'
	| 'limit'
	| 'unreachable'
	| 'unclear'
	| 'stopped';

/** A write whose answer is not known. Times are of this machine's clock: bunq's may not be known yet. */
export interface Attempt {
	method: Call['method'];
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
	/** Set when a write may have been done: `kind` is `unclear` and the method was not GET. */
	readonly attempt?: Attempt;

	constructor(
		readonly kind: FailureKind,
		message: string,
		more: { description?: string; httpCode?: string; attempt?: Attempt } = {},
	) {
		super(masked(message));
		this.name = 'BunqError';
		this.description = masked(more.description ?? '');
		this.httpCode = more.httpCode;
		// Not enumerable: whoever prints or stores the error must not get the body with it.
		Object.defineProperty(this, 'attempt', { value: more.attempt, enumerable: false });
	}

	/** The same refusal with a further hint, for example which operation or credential works instead. */
	withHint(hint: string) {
		const { httpCode, attempt } = this;
		const description = [hint, this.description].filter(Boolean).join(' ');
		return new BunqError(this.kind, this.message, { description, httpCode, attempt });
	}
}
