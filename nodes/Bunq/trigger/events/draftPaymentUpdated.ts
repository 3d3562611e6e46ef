import { draftsPath } from '../../api/listPaths';
import type { DraftPayment } from '../../api/types';
import { filters, statusFilter } from '../../parameters/filters';
import { listEvent } from '../event';

export const draftPaymentUpdated = listEvent({
	name: 'Draft Payment Answered',
	description: 'A draft payment was accepted, rejected or cancelled',
	callback: { categories: ['DRAFT_PAYMENT'], objects: ['DraftPayment'] },
	fields: [
		filters([
			statusFilter(
				[
					{ name: 'Accepted', value: 'ACCEPTED', description: 'Approved in the bunq app' },
					{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
					{ name: 'Rejected', value: 'REJECTED', description: 'Refused in the bunq app' },
				],
				'Only draft payments that ended with one of these statuses',
			),
		]),
	],
	path: draftsPath,
	/** Some clients create drafts with the status `ACTIVE`, which also wait (docs/bunq-api.md 9.4). */
	isResolved: ({ status }) => status !== 'PENDING' && status !== 'ACTIVE',
	matches: ({ status }: DraftPayment, { filters: { status: wanted } }) =>
		!wanted?.length || wanted.includes(String(status)),
});
