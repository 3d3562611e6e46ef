import { path } from '../../api/path';
import type { RequestInquiry } from '../../api/types';
import { listEvent } from '../event';

export const requestInquiryUpdated = listEvent({
	name: 'Request Inquiry Updated',
	description: 'A money request you sent was answered, revoked or expired',
	fields: [
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				{
					displayName: 'Status',
					name: 'status',
					type: 'multiOptions',
					allowArbitraryValues: true,
					options: [
						{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
						{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
						{ name: 'Rejected', value: 'REJECTED', description: 'Answered with no' },
						{ name: 'Revoked', value: 'REVOKED', description: 'Taken back by you' },
					],
					default: [],
					description: 'Only request inquiries that ended like this',
				},
			],
		},
	],
	path: (account) => path`/user/{user}/monetary-account/${account}/request-inquiry`,
	isResolved: ({ status }) => status !== 'PENDING',
	matches: ({ status }: RequestInquiry, { filters }) =>
		!filters.status?.length || filters.status.includes(String(status)),
});
