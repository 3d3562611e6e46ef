import { requestInquiriesPath, requestInquiryBatchesPath } from '../api/listPaths';
import { path } from '../api/path';
import type { OrderEntry, RequestInquiry, RequestInquiryBatch } from '../api/types';
import { field } from '../parameters/field';
import { account as accountField, simplify } from '../parameters/fields';
import { resolvePayer } from '../parameters/recipient';
import { simplified } from '../simplify';
import { listOperation } from './listOperation';
import {
	batchOperation,
	post,
	put,
	readOperation,
	unchanged,
	writeOperation,
	type Resource,
} from './operation';
import { checkReference, planOrder, toEntry, type PaymentOrderType } from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { matchOrigin } from './transferMatch';
import { requestFields, requestOptions, toRequestExtras } from './requestInquiryFields';

const requestPath = (account: number, id: string) => requestInquiriesPath(account) + path`/${id}`;

/** One request as bunq wants it (docs/bunq-api.md 9.5). */
const toRequest = ({ amount: inquired, ...entry }: OrderEntry) => ({
	amount_inquired: inquired,
	...entry,
});

/** A request as bunq shows it, with the amount under the key that every order has. */
const toOrderEntry = (made: RequestInquiry) => ({
	...made,
	amount: made?.amount_inquired ?? undefined,
});

/** Whether the money was paid or still may be. */
export const isActiveRequest = ({ status }: Pick<RequestInquiry, 'status'>) =>
	!['REJECTED', 'REVOKED', 'EXPIRED'].includes(status ?? '');

/**
 * An order that somebody else is asked to pay. Only bunq knows the payment link. A request that was declined, revoked or
 * has expired is no duplicate of another.
 */
const requestType = (extras: object = {}): PaymentOrderType<RequestInquiry> => ({
	path: requestInquiriesPath,
	body: (entry) => ({ ...toRequest(entry), ...extras }),
	preview: ({ amount: inquired, ...entry }) => ({
		_type: 'RequestInquiry',
		...entry,
		amount_inquired: inquired,
	}),
	entriesOf: (created) => [toOrderEntry(created)],
	alwaysReadBack: true,
	isActive: isActiveRequest,
	matchRest: matchOrigin,
});

const requestInquiryId = field({
	displayName: 'Money Request ID',
	name: 'requestInquiryId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 712859',
	description: 'The ID of the money request, as Create and Get Many give it',
});

export const requestInquiry: Resource = {
	name: 'Money Request (Sent)',
	value: 'requestInquiry',
	description: 'Money that you ask somebody for; bunq calls it a request inquiry',
	operations: {
		create: writeOperation({
			name: 'Create',
			action: 'Send money request',
			description:
				'Send a money request to anybody. bunq users answer in the app, others get a payment link.',
			fields: [...requestFields, requestOptions],
			check: (params) => {
				resolvePayer(params);
				checkReference(params);
			},
			plan: async (params, bunq) =>
				await planOrder(
					requestType(toRequestExtras(params.additionalFields)),
					params,
					resolvePayer(params),
					bunq,
				),
			recovery: findCreatedOrder(requestType()),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Send batch of money requests',
			description:
				'Send a money request per input item, in one batch per account. Get Many has their payment links.',
			fields: [...requestFields],
			toEntry: async (params) => ({
				...toRequest(toEntry(params, resolvePayer(params))),
				...toRequestExtras(params.additionalFields),
			}),
			planBatch: ({ account, entries, total }) => ({
				request: post(requestInquiryBatchesPath(account), {
					request_inquiries: entries,
					total_amount_inquired: { ...total },
				}),
			}),
			recovery: findCreatedOrder<RequestInquiryBatch>({
				path: requestInquiryBatchesPath,
				entriesOf: ({ request_inquiries: created }) =>
					Array.isArray(created) && created.length > 0 ? created.map(toOrderEntry) : undefined,
			}),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get sent money request',
			description: 'Get one sent money request by its ID, for example to see whether it was paid',
			fields: [accountField, requestInquiryId, simplify],
			read: async ({ account, requestInquiryId: id }, bunq) =>
				await bunq.get(requestPath(account, id)),
		}),

		getAll: listOperation({
			action: 'Get many sent money requests',
			description: 'List the sent money requests of one account, newest first',
			objects: 'money requests',
			path: requestInquiriesPath,
			statuses: [
				{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
				{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
				{ name: 'Pending', value: 'PENDING', description: 'Waiting for an answer' },
				{ name: 'Rejected', value: 'REJECTED', description: 'Declined' },
				{ name: 'Revoked', value: 'REVOKED', description: 'Withdrawn by you' },
			],
		}),

		revoke: writeOperation({
			name: 'Revoke',
			action: 'Revoke sent money request',
			description: 'Revoke a money request that has not been answered yet',
			recovery: 'resend',
			oauthAlternative:
				'bunq does not list revoking requests among the rights of OAuth apps. Use the Bunq API credential, or revoke it in the bunq app.',
			fields: [accountField, requestInquiryId],
			plan: async ({ account, requestInquiryId: id }, bunq) => {
				const current = await bunq.get(requestPath(account, id));
				if (current.status === 'REVOKED') return unchanged(simplified(current));
				return {
					request: put(requestPath(account, id), { status: 'REVOKED' }),
					output: () => simplified({ ...current, status: 'REVOKED' }),
				};
			},
		}),
	},
};
