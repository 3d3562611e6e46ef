import { listByStatus } from '../api/pagination';
import { path } from '../api/path';
import type { OrderEntry, RequestInquiry, RequestInquiryBatch } from '../api/types';
import { field, type Params } from '../parameters/field';
import {
	account as accountField,
	amount,
	currency,
	description,
	limit,
	options,
	returnAll,
	simplify,
} from '../parameters/fields';
import { filters, statusFilter } from '../parameters/filters';
import { payerPointer, payerFields } from '../parameters/recipient';
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
import { merchantReference, planOrder, toEntry, type PaymentOrderType } from './paymentOrders';
import { findCreatedOrder } from './recovery';

const requestsPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/request-inquiry`;

const batchesPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/request-inquiry-batch`;

const requestPath = (account: number, id: string) => requestsPath(account) + path`/${id}`;

const additionalFields = field({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add Field',
	default: {},
	options: [
		{
			displayName: 'Allow Bunq.me',
			name: 'allowBunqme',
			type: 'boolean',
			default: true,
			description:
				'Whether somebody who is no bunq user may be asked, and gets a bunq.me link to pay by. On unless you turn it off.',
		},
		merchantReference,
		{
			displayName: 'Minimum Age',
			name: 'minimumAge',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 150 },
			default: 18,
			description: 'How old the one who pays must be, in years',
		},
		{
			displayName: 'Redirect URL',
			name: 'redirectUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/thanks',
			description: 'Where the one who is asked is sent to after answering',
		},
		{
			displayName: 'Require Address',
			name: 'requireAddress',
			type: 'options',
			allowArbitraryValues: true,
			options: [
				{ name: 'Billing', value: 'BILLING' },
				{ name: 'Billing and Shipping', value: 'BILLING_SHIPPING' },
				{ name: 'None', value: 'NONE' },
				{ name: 'Optional', value: 'OPTIONAL' },
				{ name: 'Shipping', value: 'SHIPPING' },
			],
			default: 'NONE',
			description: 'Which address the one who pays must give',
		},
	],
});

/** The fields of every request. */
const requestFields = [
	field({
		...accountField,
		displayName: 'To Account',
		description:
			'The bunq account that shall get the money: from the list, or its ID (digits only), IBAN or exact name',
	}),
	...payerFields,
	amount,
	currency,
	field({
		...description,
		placeholder: 'e.g. Your share of the pizza',
		description: 'Text that the one who is asked sees',
	}),
	additionalFields,
] as const;

const [lookBackDays, returnFullObject, skipIfDuplicate] = options.options;

/** The link to pay by makes every request be read back. */
const requestOptions = field({
	...options,
	options: [
		lookBackDays,
		{
			...returnFullObject,
			description:
				'Whether to read back what bunq made of it. A request always is, for its link to pay by.',
		},
		skipIfDuplicate,
	],
});

/** One request as bunq wants it (docs/bunq-api.md 9.5). */
const toRequest = ({ amount: inquired, ...entry }: OrderEntry) => ({
	amount_inquired: inquired,
	...entry,
});

/** What bunq shows of a request, with the amount where every order has it. */
const toOrderEntry = (made: RequestInquiry) => ({
	...made,
	amount: made?.amount_inquired ?? undefined,
});

/**
 * An order that somebody else is asked to pay. The link to pay by is known to bunq only. One that was answered with no,
 * taken back or left to expire does not keep another from being made.
 */
const requestType = (extras: object = {}): PaymentOrderType<RequestInquiry> => ({
	path: requestsPath,
	body: (entry) => ({ ...toRequest(entry), ...extras }),
	preview: ({ amount: inquired, ...entry }) => ({
		_type: 'RequestInquiry',
		...entry,
		amount_inquired: inquired,
	}),
	entriesOf: (made) => [toOrderEntry(made)],
	alwaysReadBack: true,
	isActive: ({ status }) => !['REJECTED', 'REVOKED', 'EXPIRED'].includes(status ?? ''),
});

const toRequestExtras = ({
	allowBunqme = true,
	minimumAge,
	redirectUrl,
	requireAddress,
}: Params<[typeof additionalFields]>['additionalFields']) => ({
	allow_bunqme: allowBunqme,
	...(minimumAge && { minimum_age: minimumAge }),
	...(redirectUrl && { redirect_url: redirectUrl }),
	...(requireAddress && { require_address: requireAddress }),
});

const requestInquiryId = field({
	displayName: 'Request Inquiry ID',
	name: 'requestInquiryId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 712859',
	description: 'The ID of the request inquiry, as Create and Get Many give it',
});

export const requestInquiry: Resource = {
	name: 'Request Inquiry',
	value: 'requestInquiry',
	description: 'Money that you ask somebody for',
	operations: {
		create: writeOperation({
			name: 'Create',
			action: 'Create request inquiry',
			description:
				'Send a request inquiry: ask anyone for money. A bunq user answers in the bunq app, anybody else gets a link to pay by.',
			fields: [...requestFields, requestOptions],
			plan: async (params, bunq) =>
				await planOrder(
					requestType(toRequestExtras(params.additionalFields)),
					params,
					payerPointer(params),
					bunq,
				),
			recovery: findCreatedOrder(requestType()),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Create batch of request inquiries',
			description:
				'Send request inquiries for what all input items say, in one batch per account. Get Many then gives each with its link to pay by.',
			fields: [...requestFields],
			toEntry: async (params) => ({
				...toRequest(toEntry(params, payerPointer(params))),
				...toRequestExtras(params.additionalFields),
			}),
			planBatch: ({ account, entries, total }) => ({
				request: post(batchesPath(account), {
					request_inquiries: entries,
					total_amount_inquired: { ...total },
				}),
			}),
			recovery: findCreatedOrder<RequestInquiryBatch>({
				path: batchesPath,
				entriesOf: ({ request_inquiries: made }) =>
					Array.isArray(made) ? made.map(toOrderEntry) : [],
			}),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get request inquiry',
			description: 'Get one request inquiry by its ID, for example to see whether it was paid',
			fields: [accountField, requestInquiryId, simplify],
			read: async ({ account, requestInquiryId: id }, bunq) =>
				await bunq.get(requestPath(account, id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many request inquiries',
			description: 'List the request inquiries of one account, newest first',
			fields: [
				accountField,
				returnAll,
				limit,
				filters([
					statusFilter(
						[
							{ name: 'Accepted', value: 'ACCEPTED', description: 'Paid' },
							{ name: 'Expired', value: 'EXPIRED', description: 'Not answered in time' },
							{ name: 'Pending', value: 'PENDING', description: 'Waiting for an answer' },
							{ name: 'Rejected', value: 'REJECTED', description: 'Answered with no' },
							{ name: 'Revoked', value: 'REVOKED', description: 'Taken back by you' },
						],
						'Only request inquiries with one of these statuses',
					),
				]),
				simplify,
			],
			read: async ({ account, ...wanted }, bunq) =>
				await listByStatus(bunq, requestsPath(account), wanted),
		}),

		revoke: writeOperation({
			name: 'Revoke',
			action: 'Revoke request inquiry',
			description: 'Take back a request inquiry that nobody has answered yet',
			recovery: 'resend',
			oauthAlternative:
				'bunq does not list revoking requests among the rights of OAuth apps. Use the Bunq API Key API credential, or revoke it in the bunq app.',
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
