import type { SentAt } from './clock';
import type { Method } from './hosts';
import { redact } from './redact';

/**
 * The kinds of failure. Only `outcomeUnknown` leaves open whether bunq acted; after every other kind, it did not.
 * - `invalidInput`: refused here, before anything was sent
 * - `authentication`: not connected, revoked, or locked to another IP address
 * - `rejected`: bunq refused the request
 * - `rateLimited`: too many requests, even after waiting and retrying
 * - `unavailable`: no connection, or maintenance
 * - `outcomeUnknown`: the request was sent, and no trustworthy reply arrived
 * - `cancelled`: the execution ended before the request was sent
 */
export type FailureKind =
	| 'invalidInput'
	| 'authentication'
	| 'rejected'
	| 'rateLimited'
	| 'unavailable'
	| 'outcomeUnknown'
	| 'cancelled';

/** A write of unknown outcome. */
export interface UnknownWrite {
	method: Method;
	path: string;
	/** The JSON that was sent; `{}` without a body; of a file what tells it from another one. */
	body: string;
	sentAt: SentAt;
	/** When it was certain that no reply would arrive; `monotonicNow`. */
	failedAt: number;
	/** What the output is to have beside bunq's object; only the plan of this write knew it. */
	also?: Record<string, string | number>;
}

/**
 * The one error of this package. `message` quotes bunq where bunq gave a reason; `description` says what it means and
 * what to do next. It holds no secret and no full IBAN. nodeError.ts converts it to n8n's error.
 */
export class BunqError extends Error {
	readonly description: string;
	readonly httpCode?: string;
	/** bunq's ID of its answer, by which its support finds the request. */
	readonly reference?: string;
	/** The write of unknown outcome that this is about; also where a lookup has settled it (`rejected`). */
	readonly unknownWrite?: UnknownWrite;

	constructor(
		readonly kind: FailureKind,
		message: string,
		more: {
			description?: string;
			httpCode?: string;
			reference?: string;
			unknownWrite?: UnknownWrite;
		} = {},
	) {
		super(redact(message));
		this.name = 'BunqError';
		this.description = redact(more.description ?? '');
		this.httpCode = more.httpCode;
		this.reference = more.reference;
		// Not enumerable, so that an error that is logged or stored does not include the body.
		Object.defineProperty(this, 'unknownWrite', { value: more.unknownWrite, enumerable: false });
	}

	/** The same error with a hint before its description, for example which operation works instead. */
	withHint(hint: string) {
		return this.withDescription([hint, this.description].filter(Boolean).join(' '));
	}

	/** The same error with its cause, after a first sentence that says that nothing was done. */
	withCause(cause: string) {
		const [first = ''] = /^Nothing was (?:done|sent)[^.]*\.(?: |$)/.exec(this.description) ?? [];
		const rest = this.description.slice(first.length);
		return this.withDescription([first.trim(), cause, rest].filter(Boolean).join(' '));
	}

	/** The same error with another description. */
	withDescription(description: string) {
		const { httpCode, reference, unknownWrite } = this;
		return new BunqError(this.kind, this.message, {
			description,
			httpCode,
			reference,
			unknownWrite,
		});
	}
}

/** A description as a sentence without its beginning, that nothing was sent or done: for where that is said or goes without saying. */
export const withoutNothingDone = (description: string) =>
	description.replace(
		/^Nothing was (?:sent|done|changed)(?: for this item)?(?:: |\. ?)(bunq)?(.?)/,
		(_, name = '', first = '') => `${name}${name ? first : first.toUpperCase()}`,
	);

/** The error of a write whose response was lost, with the write: bunq may still act on it. */
export type UnknownOutcome = BunqError & { unknownWrite: UnknownWrite };

/** Whether a write failed with an unknown outcome. A read has none, and one that a lookup has settled has no more. */
export const isUnknownOutcome = (error: unknown): error is UnknownOutcome =>
	error instanceof BunqError && error.kind === 'outcomeUnknown' && error.unknownWrite !== undefined;
