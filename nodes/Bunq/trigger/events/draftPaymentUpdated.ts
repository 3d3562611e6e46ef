import { path } from '../../api/path';
import type { DraftPayment } from '../../api/types';
import { listEvent } from '../event';

export const draftPaymentUpdated = listEvent({
	name: 'Draft Payment Updated',
	description: 'A draft payment was accepted, rejected or cancelled',
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
						{ name: 'Accepted', value: 'ACCEPTED', description: 'Approved in the bunq app' },
						{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
						{ name: 'Rejected', value: 'REJECTED', description: 'Refused in the bunq app' },
					],
					default: [],
					description: 'Only draft payments that got one of these answers',
				},
			],
		},
	],
	path: (account) => path`/user/{user}/monetary-account/${account}/draft-payment`,
	/** Some clients make drafts that are ACTIVE (docs/bunq-api.md 9.4): INFER, they wait as well. */
	isResolved: ({ status }) => status !== 'PENDING' && status !== 'ACTIVE',
	matches: ({ status }: DraftPayment, { filters }) =>
		!filters.status?.length || filters.status.includes(String(status)),
});
