import type { CardTransaction } from '../../api/types';
import { toMovement, matchesFilters, cardTransactionsPath } from '../../movements';
import { amountMin } from '../../parameters/filters';
import { listEvent } from '../event';

export const cardTransactionCreated = listEvent({
	name: 'Card Transaction Created',
	description: 'A card was used, also where it was declined',
	fields: [
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				amountMin,
				{
					displayName: 'Decision',
					name: 'decision',
					type: 'options',
					options: [
						{ name: 'Allowed', value: 'allowed', description: 'Paid' },
						{ name: 'Any', value: 'any' },
						{ name: 'Declined', value: 'declined', description: 'Refused, so no money moved' },
					],
					default: 'any',
					description: 'Only those that were paid or that were declined',
				},
			],
		},
	],
	path: cardTransactionsPath,
	movesBalance: true,
	matches: (transaction: CardTransaction, { filters: { amountMin, decision = 'any' } }) => {
		const isAllowed = transaction.decision === 'ALLOWED';
		if (decision !== 'any' && (decision === 'allowed') !== isAllowed) return false;
		return matchesFilters(toMovement(transaction), { amountMin });
	},
});
