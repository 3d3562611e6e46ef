import { parseBunqTime } from '../api/clock';
import { draftsPath } from '../api/listPaths';
import { path } from '../api/path';
import { readText } from '../api/readable';
import type { DraftPayment } from '../api/types';
import { field } from '../parameters/field';
import { account as accountField, options, simplify } from '../parameters/fields';
import { resolveRecipient } from '../parameters/recipient';
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
import { DRAFT, draftBody, draftType } from './orderTypes';
import { draftFields, toDraftSchedule } from './draftPaymentSchedule';
import {
	additionalFields,
	checkOrder,
	merchantReference,
	planOrder,
	requiredFieldsToOthers,
	toEntry,
} from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { unreadableState } from './unreadableState';

const draftPath = (account: number, id: string) => draftsPath(account) + path`/${id}`;

const draftPaymentId = field({
	displayName: 'Draft Payment ID',
	name: 'draftPaymentId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 204718',
	description: 'The ID of the draft payment, as Create and Get Many give it: digits only',
});

/** What bunq does once a draft is approved (docs/bunq-api.md 9.4). */
const movesMoney = (hasSchedule: boolean) =>
	hasSchedule
		? 'it pays as its schedule says. What is not paid yet can still be stopped, with "Scheduled Payment: Cancel" or in the bunq app; what is paid, only the recipient can give back'
		: 'its money has moved. Find the payment with "Payment: Get Many" or in the bunq app: only the recipient can give it back';

/** bunq changes a draft no more once it is one of these. */
const FINAL = ['ACCEPTED', 'REJECTED'];

/** What it means that bunq does not cancel a draft, as the node read it before. */
const tooLate = ({ status: word, schedule }: DraftPayment) => {
	const status = readText(word) ?? 'unreadable';
	const then = movesMoney((schedule ?? undefined) !== undefined);
	if (status === 'ACCEPTED') return `Nothing was done: this draft was approved before, so ${then}.`;
	if (status === 'REJECTED')
		return 'Nothing was done: this draft was refused in the bunq app before. It pays nothing, so there is nothing to cancel.';
	return `Nothing was done. The status of the draft was ${status} a moment before; somebody may have approved it since. Read it with "Draft Payment: Get": if it is ACCEPTED now, ${then}.`;
};

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
				'bunq does not list cancelling draft payments among the rights of OAuth apps. Use the Bunq API credential, or reject it in the bunq app.',
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
					refusal: tooLate(current),
					excludesEarlier: FINAL.includes(readText(current.status) ?? ''),
					// Only another read could tell when bunq cancelled it.
					output: () => simplified({ ...current, status: 'CANCELLED', updated: undefined }),
				};
			},
		}),

		create: writeOperation({
			name: 'Create',
			action: 'Prepare payment for approval',
			description:
				'Prepare a draft payment to anybody, which bunq pays once you approve it in the bunq app. Also with OAuth.',
			fields: [...requiredFieldsToOthers, draftFields, options],
			check: (params, bunq) => {
				toDraftSchedule(params.additionalFields, bunq);
				checkOrder(params);
			},
			plan: async (params, bunq) => {
				const schedule = toDraftSchedule(params.additionalFields, bunq);
				const to = await resolveRecipient(params, bunq);
				return await planOrder(draftType(schedule), params, to, bunq);
			},
			recovery: findCreatedOrder(DRAFT),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Prepare batch of payments for approval',
			description:
				'Prepare one draft payment per account from all input items, for one approval in the bunq app. Also with OAuth.',
			fields: [...requiredFieldsToOthers, additionalFields([merchantReference])],
			toEntry: async (params, bunq) => toEntry(params, await resolveRecipient(params, bunq)),
			planBatch: ({ account, entries }) => ({
				request: post(draftsPath(account), draftBody(entries)),
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

		getAll: listOperation({
			action: 'Get many draft payments',
			description: 'List the draft payments of one account, newest first',
			objects: 'draft payments',
			path: draftsPath,
			statuses: [
				{ name: 'Accepted', value: 'ACCEPTED', description: 'Approved in the bunq app' },
				{ name: 'Cancelled', value: 'CANCELLED', description: 'Withdrawn' },
				{ name: 'Pending', value: 'PENDING', description: 'Waiting for an answer' },
				{ name: 'Rejected', value: 'REJECTED', description: 'Refused in the bunq app' },
			],
		}),
	},
};
