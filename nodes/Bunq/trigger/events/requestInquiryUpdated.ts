import { requestInquiriesPath } from '../../api/listPaths';
import type { RequestInquiry } from '../../api/types';
import { filters, statusFilter } from '../../parameters/filters';
import { listEvent } from '../event';

export const requestInquiryUpdated = listEvent({
	name: 'Money Request Answered',
	description: 'A money request you sent was answered, revoked or expired',
	callback: { categories: ['REQUEST'], objects: ['RequestInquiry'] },
	fields: [
		filters([
			statusFilter(
				[
					{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
					{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
					{ name: 'Rejected', value: 'REJECTED', description: 'Declined' },
					{ name: 'Revoked', value: 'REVOKED', description: 'Withdrawn by you' },
				],
				'Only money requests that ended with one of these statuses',
			),
		]),
	],
	path: requestInquiriesPath,
	/** Its other statuses are final (docs/bunq-api.md 9.5). */
	isResolved: ({ status }) => status !== 'PENDING',
	matches: ({ status }: RequestInquiry, { filters: { status: wanted } }) =>
		!wanted?.length || wanted.includes(String(status)),
});
