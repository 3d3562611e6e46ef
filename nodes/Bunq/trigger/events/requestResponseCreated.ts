import { path } from '../../api/path';
import { readCents } from '../../api/readable';
import type { RequestResponse } from '../../api/types';
import { matchesFilters } from '../../movements';
import { amountMax, amountMin, descriptionContains, filters } from '../../parameters/filters';
import { listEvent } from '../event';

export const requestResponseCreated = listEvent({
	name: 'Request Response Created',
	description: 'Somebody asked you for money',
	fields: [
		filters([
			{ ...amountMax, description: 'Maximum amount requested, for example 12.50' },
			{ ...amountMin, description: 'Minimum amount requested, for example 12.50' },
			descriptionContains,
		]),
	],
	path: (account) => path`/user/{user}/monetary-account/${account}/request-response`,
	matches: ({ amount_inquired: amount, description }: RequestResponse, { filters: wanted }) =>
		matchesFilters({ cents: readCents(amount?.value), description }, wanted),
});
