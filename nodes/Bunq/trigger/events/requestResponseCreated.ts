import { requestResponsesPath } from '../../api/listPaths';
import { readCents } from '../../api/readable';
import type { RequestResponse } from '../../api/types';
import { matchesFilters } from '../../movements';
import { amountMax, amountMin, descriptionContains, filters } from '../../parameters/filters';
import { listEvent } from '../event';

export const requestResponseCreated = listEvent({
	name: 'Money Request Received',
	description: 'Somebody asked you for money',
	callback: { categories: ['REQUEST'], objects: ['RequestResponse'] },
	fields: [
		filters([
			descriptionContains,
			{ ...amountMin, description: 'The smallest amount asked for, such as 12.50' },
			{ ...amountMax, description: 'The largest amount asked for, such as 12.50' },
		]),
	],
	path: requestResponsesPath,
	matches: ({ amount_inquired: amount, description }: RequestResponse, { filters: wanted }) =>
		matchesFilters({ cents: readCents(amount?.value), description }, wanted),
});
