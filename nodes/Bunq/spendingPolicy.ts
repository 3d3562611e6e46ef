import { BunqError } from './api/errors';
import { readCents } from './api/readable';
import { parseWrittenAmount, sayReadings } from './api/writtenAmount';

/** The fields of an API key credential that limit payments; from expressions, so of any type. */
export interface SpendingFields {
	allowPaymentsToOthers?: unknown;
	limitAmount?: unknown;
	maxAmount?: unknown;
}

/**
 * What a credential's owner allows, in addition to bunq, for payments to others.
 * - `leftToBunq`: OAuth, for which bunq has limits of its own (docs/bunq-api.md 8)
 * - `unreadable`: there is a limit, but it cannot be read, so no payment passes
 */
export type SpendingPolicy =
	| { toOthers: 'leftToBunq' | 'never' | 'unlimited' }
	/** Euro cents. */
	| { toOthers: 'limited'; maxCents: number }
	| { toOthers: 'unreadable'; error: BunqError };

export const LEFT_TO_BUNQ: SpendingPolicy = { toOthers: 'leftToBunq' };

/** The policy of an API key. Only an exact `true` allows payments to others, only an exact `false` lifts the limit. */
export const readSpendingPolicy = (fields: SpendingFields): SpendingPolicy => {
	if (fields.allowPaymentsToOthers !== true) return { toOthers: 'never' };
	if (fields.limitAmount === false) return { toOthers: 'unlimited' };
	const { value, readings } = parseWrittenAmount(fields.maxAmount) ?? {};
	const maxCents = readCents(value);
	if (maxCents !== undefined && maxCents >= 0) return { toOthers: 'limited', maxCents };
	return { toOthers: 'unreadable', error: unreadableLimit(readings) };
};

const unreadableLimit = (readings?: [string, string]) =>
	new BunqError('authentication', '"Maximum Amount (EUR)" in the credential is not an amount', {
		description: `Nothing was sent. ${
			readings
				? `It can be read in two ways: write it ${sayReadings(readings)}`
				: 'Write a number of euros such as 100.00; if it is an expression, check its value'
		}. Only turning off "Limit Each Payment" lifts the limit.`,
	});
