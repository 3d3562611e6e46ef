import { paymentsPath } from '../../api/listPaths';
import { isOwnedBy } from '../../api/objects';
import { readText } from '../../api/readable';
import type { Label, Payment } from '../../api/types';
import type { Bunq } from '../../connect';
import { fromPayment, matchesFilters } from '../../movements';
import { findOwnIban } from '../../parameters/accounts';
import {
	amountMax,
	amountMin,
	counterparty,
	descriptionContains,
	direction,
	filters,
	paymentTypes,
} from '../../parameters/filters';
import { listEvent } from '../event';

export const paymentCreated = listEvent({
	name: 'Payment Made or Received',
	description: 'Money came in or left',
	callback: { categories: ['MUTATION'], objects: ['Payment'] },
	fields: [
		filters([
			counterparty,
			descriptionContains,
			direction,
			{
				displayName: 'Ignore Own Transfers',
				name: 'ignoreOwnTransfers',
				type: 'boolean',
				default: false,
				description:
					'Whether to ignore payments between your own accounts, also one that you did not share while connecting. Where bunq does not show whose account it is, the payment counts as one with somebody else.',
			},
			amountMin,
			amountMax,
			paymentTypes,
		]),
	],
	path: paymentsPath,
	movesBalance: true,
	showsBalance: true,
	matches: async (payment: Payment, { filters: { ignoreOwnTransfers, ...wanted } }, bunq) => {
		if (!matchesFilters(fromPayment(payment), wanted)) return false;
		return !ignoreOwnTransfers || !(await isOwnTransfer(payment, bunq));
	},
});

const holderOf = (label?: Label | null) => readText(label?.label_user?.uuid);

/**
 * Whether both sides certainly are the user's: bunq shows one holder, or lists the other account as the user's. The holder
 * also tells of an account that an OAuth connection does not share, and of one of several owners.
 */
const isOwnTransfer = async ({ alias, counterparty_alias: other }: Payment, bunq: Bunq) => {
	const holder = holderOf(alias);
	if (holder && holder === holderOf(other)) return true;
	return (await findOwnIban(other?.iban, bunq, isOwnedBy)) !== undefined;
};
