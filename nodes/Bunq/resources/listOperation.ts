import type { INodePropertyOptions } from 'n8n-workflow';
import { listByStatus } from '../api/pagination';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { readOperation, type ReadOperation } from './operation';

/**
 * Get Many of what an account has, newest first, filtered by status.
 * @param objects what is listed, for a sentence: `draft payments`
 */
export const listOperation = ({
	objects,
	path,
	statuses,
	...row
}: Pick<ReadOperation, 'action' | 'description' | 'oauthAlternative'> & {
	objects: string;
	path(account: number): string;
	statuses: INodePropertyOptions[];
}) =>
	readOperation({
		name: 'Get Many',
		...row,
		fields: [
			accountField,
			returnAll,
			limit,
			filters([statusFilter(statuses, `Only ${objects} with one of these statuses`)]),
			simplify,
		],
		read: async ({ account, ...wanted }, bunq) => await listByStatus(bunq, path(account), wanted),
	});
