import { CARDS_PATH } from '../api/listPaths';
import { listByStatus } from '../api/pagination';
import { limit, returnAll, simplify } from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { cardField, cardPath, freeze, linkAccount, unfreeze, update } from './cardChanges';
import { create } from './cardOrder';
import { readOperation, type Resource } from './operation';
import { unreadableState } from './unreadableState';

export const card: Resource = {
	name: 'Card',
	value: 'card',
	description: 'Debit and credit cards',
	operations: {
		create,

		freeze,

		get: readOperation({
			name: 'Get',
			action: 'Get card',
			description: 'Get one card with its status, limits and accounts',
			fields: [cardField, simplify],
			read: async ({ card: id }, bunq) => await bunq.get(cardPath(id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many cards',
			description: 'List cards, newest first',
			fields: [
				returnAll,
				limit,
				filters([
					statusFilter(
						[
							{ name: 'Active', value: 'ACTIVE' },
							{ name: 'Cancelled', value: 'CANCELLED' },
							{ name: 'Expired', value: 'EXPIRED' },
							{ name: 'Frozen', value: 'DEACTIVATED' },
							{ name: 'Lost', value: 'LOST' },
							{ name: 'PIN Tries Exceeded', value: 'PIN_TRIES_EXCEEDED' },
							{ name: 'Stolen', value: 'STOLEN' },
						],
						'Only cards with one of these statuses',
					),
				]),
				simplify,
			],
			read: async (wanted, bunq) => await listByStatus(bunq, CARDS_PATH, wanted),
		}),

		getNames: readOperation({
			name: 'Get Names',
			action: 'Get names for card',
			description: 'List the names that bunq allows on a card',
			fields: [],
			read: async (_params, bunq) => {
				const { possible_card_name_array: names } = await bunq.get('/user/{user}/card-name');
				if (!Array.isArray(names)) throw unreadableState('the names for a card');
				return names.map((name) => ({ name }));
			},
		}),

		linkAccount,

		unfreeze,

		update,
	},
};
