import { ibanOf } from '../../api/objects';
import type { Payment } from '../../api/types';
import { matchesFilters, paymentsPath } from '../../movements';
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
	name: 'Payment Created',
	description: 'Money came in or left',
	fields: [
		filters([
			amountMax,
			amountMin,
			counterparty,
			descriptionContains,
			direction,
			{
				displayName: 'Ignore Own Transfers',
				name: 'ignoreOwnTransfers',
				type: 'boolean',
				default: false,
				description: 'Whether to ignore payments between your own accounts',
			},
			paymentTypes,
		]),
	],
	path: paymentsPath,
	movesBalance: true,
	matches: async (payment: Payment, { filters: { ignoreOwnTransfers, ...wanted } }, bunq) => {
		if (!matchesFilters(payment, wanted)) return false;
		const iban = ignoreOwnTransfers && payment.counterparty_alias?.iban;
		return !iban || !(await bunq.accounts()).some((own) => ibanOf(own) === iban);
	},
});
