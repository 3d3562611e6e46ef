import { path } from '../api/path';
import type { CardTransaction } from '../api/cardTypes';
import { cardTransactionsPath } from '../api/listPaths';
import { listMovements, fromCardTransaction } from '../movements';
import {
	account as accountField,
	accountUnlessAll,
	allAccounts,
	limit,
	returnAll,
	simplify,
} from '../parameters/fields';
import { filters, movementFilters } from '../parameters/filters';
import { readOperation, type Resource } from './operation';

const oauthAlternative =
	'bunq promises OAuth apps "transactions" without saying whether it means these. Use "Payment: Get Many", where what was paid by card has the type MASTERCARD, or the Bunq API credential.';

export const cardTransaction: Resource = {
	name: 'Card Transaction',
	value: 'cardTransaction',
	description: 'What was paid by card, and what was declined and why',
	operations: {
		get: readOperation({
			name: 'Get',
			action: 'Get card transaction',
			description: 'Get one card transaction by its ID, for example to see why it was declined',
			oauthAlternative,
			fields: [
				accountField,
				{
					displayName: 'Card Transaction ID',
					name: 'cardTransactionId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 318264',
					description: 'The ID of the card transaction, as Get Many gives it: digits only',
				},
				simplify,
			],
			read: async ({ account, cardTransactionId: id }, bunq) =>
				await bunq.get(cardTransactionsPath(account) + path`/${id}`),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many card transactions',
			description:
				'List card transactions of one account or of all, newest first, also declined ones, which moved no money',
			oauthAlternative,
			fields: [
				allAccounts,
				accountUnlessAll,
				returnAll,
				limit,
				filters([
					...movementFilters,
					{
						displayName: 'Types',
						name: 'types',
						type: 'multiOptions',
						allowArbitraryValues: true,
						options: [
							{ name: 'Cash Machine', value: 'ATM' },
							{ name: 'Chip', value: 'ICC' },
							{ name: 'Magnetic Stripe', value: 'MAGNETIC_STRIPE' },
							{ name: 'Online', value: 'E_COMMERCE' },
						],
						default: [],
						description:
							'Only those where the card was used in one of these ways. Ways that bunq adds later can be set with an expression.',
					},
				]),
				simplify,
			],
			read: async (wanted, bunq) =>
				await listMovements<CardTransaction>(
					bunq,
					cardTransactionsPath,
					fromCardTransaction,
					wanted,
				),
		}),
	},
};
