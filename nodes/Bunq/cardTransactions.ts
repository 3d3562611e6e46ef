import { path } from './api/path';
import type { CardTransaction } from './api/types';
import type { Movement } from './movements';
import { spent } from './simplify';

/** Card transactions as movements of money. */

/** bunq has them by account only (facts/bunq-api.md 9.8). */
export const transactionsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/mastercard-action`;

/** As the filters of payments see it; its type is how the card was used. */
export const movementOf = ({
	amount_billing,
	pan_entry_mode_user,
	...rest
}: CardTransaction): Movement => ({
	...rest,
	amount: spent(amount_billing),
	type: pan_entry_mode_user ?? '',
});
