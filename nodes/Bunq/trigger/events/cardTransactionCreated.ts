import { wasAllowed } from '../../api/cardOutcome';
import type { CardTransaction } from '../../api/cardTypes';
import { cardTransactionsPath } from '../../api/listPaths';
import { fromCardTransaction, matchesFilters } from '../../movements';
import { amountMin, filters } from '../../parameters/filters';
import { listEvent } from '../event';

export const cardTransactionCreated = listEvent({
	name: 'Card Used',
	description: 'A card was used, including declined attempts',
	callback: {
		categories: ['CARD_TRANSACTION_SUCCESSFUL', 'CARD_TRANSACTION_FAILED'],
		objects: ['MasterCardAction'],
	},
	fields: [
		filters([
			{
				displayName: 'Decision',
				name: 'decision',
				type: 'options',
				options: [
					{ name: 'Allowed', value: 'allowed', description: 'Also refunds and reversals' },
					{ name: 'Any', value: 'any' },
					{ name: 'Declined', value: 'declined', description: 'No money moved' },
				],
				default: 'any',
				description: 'Only card transactions that were allowed, or only declined ones',
			},
			amountMin,
		]),
	],
	path: cardTransactionsPath,
	movesBalance: true,
	matches: (transaction: CardTransaction, { filters: { amountMin, decision = 'any' } }) => {
		const wantsAllowed = decision === 'allowed';
		if (decision !== 'any' && (wasAllowed(transaction) ?? wantsAllowed) !== wantsAllowed)
			return false;
		return matchesFilters(fromCardTransaction(transaction), { amountMin });
	},
});
