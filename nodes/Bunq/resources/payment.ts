import { path } from '../api/path';
import { readCents } from '../api/readable';
import type { Payment, PaymentBatch, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { fromPayment, listMovements, paymentsPath } from '../movements';
import type { Params } from '../parameters/field';
import {
	account as accountField,
	accountUnlessAll,
	allAccounts,
	limit,
	options,
	returnAll,
	simplify,
} from '../parameters/fields';
import { filters, movementFilters, paymentTypes } from '../parameters/filters';
import { resolveRecipient } from '../parameters/recipient';
import { paymentsOf } from '../simplify';
import { batchOperation, post, readOperation, writeOperation, type Resource } from './operation';
import { orderFields, planOrder, toEntry, type PaymentOrderType } from './paymentOrders';
import { findCreatedOrder } from './recovery';
import { assertPaymentAllowed } from './paymentGuard';

/** An order that bunq carries out immediately; money that leaves the account has a negative amount. */
const PAYMENT: PaymentOrderType<Payment> = {
	path: paymentsPath,
	preview: ({ amount, ...entry }) => ({
		_type: 'Payment',
		...entry,
		amount: { ...amount, value: `-${amount.value}` },
	}),
	// A positive amount is incoming money, not an order. An unreadable one may be an order.
	entriesOf: (payment) => ((readCents(payment.amount?.value) ?? 0) > 0 ? [] : [payment]),
};

const batchesPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment-batch`;

type OrderParams = Params<typeof orderFields>;

/** Throws a BunqError for a payment that the credential's owner does not allow. */
const assertOrderAllowed = async (order: OrderParams, to: Pointer, bunq: Bunq) => {
	const { account, amount: value, currency } = order;
	const instead = 'Use "Draft Payment: Create", which you approve in the bunq app';
	await assertPaymentAllowed({ account, iban: to.value, value, currency, instead }, bunq);
};

export const payment: Resource = {
	name: 'Payment',
	value: 'payment',
	description: 'Money that moves between accounts',
	operations: {
		create: writeOperation({
			name: 'Create',
			action: 'Create payment',
			description:
				'Pay immediately from one of your accounts. With OAuth, only to another account of yours; to pay others, create a draft payment.',
			oauthAlternative:
				'An OAuth app may only pay between your own accounts. Use "Draft Payment: Create", which you approve in the bunq app, or the Bunq API Key API credential.',
			fields: [...orderFields, options],
			plan: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				await assertOrderAllowed(params, to, bunq);
				return await planOrder(PAYMENT, params, to, bunq);
			},
			recovery: findCreatedOrder(PAYMENT),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Create batch of payments',
			description:
				'Pay all input items immediately, in one batch per account. bunq may refuse this with OAuth; create a batch draft payment there.',
			oauthAlternative:
				'bunq does not list batches among the rights of OAuth apps. Use "Draft Payment: Create Batch", which you approve once in the bunq app for all entries, or the Bunq API Key API credential.',
			fields: [...orderFields],
			toEntry: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				await assertOrderAllowed(params, to, bunq);
				return toEntry(params, to);
			},
			planBatch: ({ account, entries: payments }) => ({
				request: post(batchesPath(account), { payments }),
			}),
			recovery: findCreatedOrder<PaymentBatch>({
				path: batchesPath,
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
	},
};
