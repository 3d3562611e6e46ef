import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from '../api/clock';
import { listByStatus } from '../api/pagination';
import { path } from '../api/path';
import type { DraftPayment } from '../api/types';
import { field } from '../parameters/field';
import { account as accountField, limit, options, returnAll, simplify } from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { resolveRecipient } from '../parameters/recipient';
import { simplified } from '../simplify';
import {
	batchOperation,
	post,
	put,
	readOperation,
	unchanged,
	writeOperation,
	type Resource,
} from './operation';
import { orderFields, planOrder, toEntry, type PaymentOrderType } from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { unreadableState } from './unreadableState';

const draftsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/draft-payment`;

const draftPath = (account: number, id: string) => draftsPath(account) + path`/${id}`;

const bodyOf = (entries: IDataObject[]) => ({ number_of_required_accepts: 1, entries });

/**
 * An order that waits until a person approves it in the app. Sent without `status`, as other clients disagree on it
 * (docs/bunq-api.md 9.4). A draft counts unless it was rejected or cancelled: an approved one was paid, any other may be.
 */
const DRAFT: PaymentOrderType<DraftPayment> = {
	path: draftsPath,
	body: (entry) => bodyOf([entry]),
	preview: (entry) => ({ _type: 'DraftPayment', status: 'PENDING', entries: [entry] }),
	entriesOf: ({ entries }) => (entries?.length ? entries : undefined),
	isActive: ({ status }) => status !== 'REJECTED' && status !== 'CANCELLED',
};

const draftPaymentId = field({
	displayName: 'Draft Payment ID',
	name: 'draftPaymentId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 204718',
	description: 'The ID of the draft payment, as Create and Get Many give it: digits only',
});

export const draftPayment: Resource = {
	name: 'Draft Payment',
	value: 'draftPayment',
	description: 'Payments that wait for your approval in the bunq app',
	operations: {
		cancel: writeOperation({
			name: 'Cancel',
			action: 'Cancel draft payment',
			description: 'Cancel a draft payment that has not been answered yet',
			recovery: 'resend',
			oauthAlternative:
				'bunq does not list cancelling draft payments among the rights of OAuth apps. Use the Bunq API Key API credential, or reject it in the bunq app.',
			fields: [accountField, draftPaymentId],
			plan: async ({ account, draftPaymentId: id }, bunq) => {
				const current = await bunq.get<DraftPayment>(draftPath(account, id));
				if (current.status === 'CANCELLED') return unchanged(simplified(current));
				// It proves that nothing has changed since.
				if (Number.isNaN(parseBunqTime(current.updated)))
					throw unreadableState('when this draft last changed');
				return {
					request: put(draftPath(account, id), {
						status: 'CANCELLED',
						previous_updated_timestamp: current.updated,
					}),
					// Only another read could tell when bunq cancelled it.
					output: () => simplified({ ...current, status: 'CANCELLED', updated: undefined }),
				};
			},
		}),

		create: writeOperation({
			name: 'Create',
			action: 'Create draft payment',
			description:
				'Prepare a draft payment to anyone, which is paid once you approve it in the bunq app. Also with OAuth.',
			fields: [...orderFields, options],
			plan: async (params, bunq) =>
				await planOrder(DRAFT, params, await resolveRecipient(params, bunq), bunq),
			recovery: findCreatedOrder(DRAFT),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Create batch draft payment',
			description:
				'Prepare one draft payment per account from all input items, which you approve once in the bunq app for all its entries. Also with OAuth.',
			fields: [...orderFields],
			toEntry: async (params, bunq) => toEntry(params, await resolveRecipient(params, bunq)),
			planBatch: ({ account, entries }) => ({
				request: post(draftsPath(account), bodyOf(entries)),
				status: 'PENDING',
			}),
			recovery: findCreatedOrder(DRAFT),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get draft payment',
			description: 'Get one draft payment by its ID, for example to see whether it was approved',
			fields: [accountField, draftPaymentId, simplify],
			read: async ({ account, draftPaymentId: id }, bunq) => await bunq.get(draftPath(account, id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many draft payments',
			description: 'List the draft payments of one account, newest first',
			fields: [
				accountField,
				returnAll,
				limit,
				filters([
					statusFilter(
						[
							{ name: 'Accepted', value: 'ACCEPTED', description: 'Approved in the bunq app' },
							{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
							{ name: 'Pending', value: 'PENDING', description: 'Waiting for an answer' },
							{ name: 'Rejected', value: 'REJECTED', description: 'Refused in the bunq app' },
						],
						'Only draft payments with one of these statuses',
					),
				]),
				simplify,
			],
			read: async ({ account, ...wanted }, bunq) =>
				await listByStatus(bunq, draftsPath(account), wanted),
		}),
	},
};
