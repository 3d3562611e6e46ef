import { path } from '../../api/path';
import type { RequestResponse } from '../../api/types';
import { listEvent } from '../event';
import { amountMax, amountMin, descriptionContains } from '../../parameters/filters';
import { matchesFilters } from '../../movements';

export const requestResponseCreated = listEvent({
	name: 'Request Response Created',
	description: 'Somebody asks you for money',
	fields: [
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				{ ...amountMax, description: 'Only requests for at most this much, for example 12.50' },
				{ ...amountMin, description: 'Only requests for at least this much, for example 12.50' },
				descriptionContains,
			],
		},
	],
	path: (account) => path`/user/{user}/monetary-account/${account}/request-response`,
	matches: ({ amount_inquired: amount, description }: RequestResponse, { filters }) =>
		matchesFilters({ amount: amount ?? undefined, description }, filters),
});
