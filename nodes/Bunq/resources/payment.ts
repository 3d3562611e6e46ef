import { paymentBatchesPath, paymentsPath } from '../api/listPaths';
import { path } from '../api/path';
import type { Payment, PaymentBatch, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { fromPayment, listMovements } from '../movements';
import type { Params } from '../parameters/field';
import {
	account as accountField,
	accountUnlessAll,
	allAccounts,
	limit,
	returnAll,
	simplify,
} from '../parameters/fields';
import { filters, movementFilters, paymentTypes } from '../parameters/filters';
import { resolveRecipient } from '../parameters/recipient';
import { paymentsOf } from '../simplify';
import { batchOperation, post, readOperation, writeOperation, type Resource } from './operation';
import { PAYMENT } from './orderTypes';
import { keepAtTarget } from './paymentKeepAtTarget';
import { checkOrder, orderFields, planOrder, toEntry } from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { findRefusal } from './paymentGuard';
import { findPaymentOrDraft, paymentOptions, planOrDraft } from './paymentOrDraft';

type OrderParams = Params<typeof orderFields>;

/** Why the credential's owner does not allow this payment, or undefined. Throws a BunqError. */
const findOrderRefusal = async (order: OrderParams, to: Pointer, bunq: Bunq) => {
	const { account, amount: value, currency } = order;
	const instead = 'Use "Draft Payment: Create", which you approve in the bunq app';
	return await findRefusal({ account, iban: to.value, value, currency, instead }, bunq);
};

export const payment: Resource = {
	name: 'Payment',
	value: 'payment',
	description: 'Money that moves between accounts',
	operations: {
		create: writeOperation({
			name: 'Create',
			action: 'Pay now',
			description:
				'Make a payment at once. With OAuth only between your own accounts: pay others with a draft payment.',
			notice:
				'Pays at once, for each input item, without asking you. A payment cannot be taken back.',
			oauthAlternative:
				'An OAuth app may only pay between your own accounts. Use "Draft Payment: Create", which you approve in the bunq app, or the Bunq API credential.',
			paysOthers: true,
			fields: [...orderFields, paymentOptions],
			check: checkOrder,
			plan: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				const refusal = await findOrderRefusal(params, to, bunq);
				if (params.options.draftIfNotAllowed) return await planOrDraft(params, to, bunq, refusal);
				if (refusal) throw refusal;
				return await planOrder(PAYMENT, params, to, bunq);
			},
			recovery: findPaymentOrDraft,
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Pay all items now',
			description:
				'Make the payments of all input items at once, one batch per account. bunq may refuse it with OAuth: use a batch draft.',
			notice: 'Pays all input items at once, without asking you. A payment cannot be taken back.',
			oauthAlternative:
				'bunq does not list batches of payments among the rights of OAuth apps. Use "Draft Payment: Create Batch", which you approve once in the bunq app for all entries, or the Bunq API credential.',
			paysOthers: true,
			fields: [...orderFields],
			toEntry: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				const refusal = await findOrderRefusal(params, to, bunq);
				if (refusal) throw refusal;
				return toEntry(params, to);
			},
			planBatch: ({ account, entries: payments }) => ({
				request: post(paymentBatchesPath(account), { payments }),
			}),
			recovery: findCreatedOrder<PaymentBatch>({
				path: paymentBatchesPath,
				entriesOf: (batch) => (paymentsOf(batch).length > 0 ? paymentsOf(batch) : undefined),
			}),
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get payment',
			description: 'Get one payment by its ID',
			fields: [
				accountField,
				{
					displayName: 'Payment ID',
					name: 'paymentId',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. 108864',
					description: 'The ID of the payment, as Get Many and the trigger give it: digits only',
				},
				simplify,
			],
			read: async ({ account, paymentId }, bunq) =>
				await bunq.get(paymentsPath(account) + path`/${paymentId}`),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many payments',
			description: 'List payments of one account or of all, newest first',
			fields: [
				allAccounts,
				accountUnlessAll,
				returnAll,
				limit,
				filters([...movementFilters, paymentTypes]),
				simplify,
			],
			read: async (wanted, bunq) =>
				await listMovements<Payment>(bunq, paymentsPath, fromPayment, wanted),
		}),

		keepAtTarget,
	},
};
