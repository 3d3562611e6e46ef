import { path } from '../api/path';
import type { Payment, PaymentBatch, Pointer } from '../api/types';
import type { Bunq } from '../connect';
import { listMovements, paymentsPath } from '../movements';
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
import { movementFilters, paymentTypes } from '../parameters/filters';
import { resolveRecipient } from '../parameters/recipient';
import { paymentsOf } from '../simplify';
import { batchOperation, operation, type Resource } from './operation';
import {
	toEntry,
	findCreated,
	orderFields,
	type PaymentOrderType,
	placeOrder,
} from './paymentOrders';
import { assertPaymentAllowed } from './spendingPolicy';

/** An order that bunq carries out at once; what leaves the account has a minus. */
const PAYMENT: PaymentOrderType<Payment> = {
	path: paymentsPath,
	body: (entry) => entry,
	preview: ({ amount, ...entry }) => ({
		_type: 'Payment',
		...entry,
		amount: { ...amount, value: `-${amount.value}` },
	}),
	entriesOf: (payment) => (Number(payment.amount?.value) < 0 ? [payment] : []),
};

const batchesPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment-batch`;

type OrderParams = Params<typeof orderFields>;

/** Stops what the credential's owner does not allow. What goes to an own account needs no look. */
const assertOrderAllowed = async (order: OrderParams, to: Pointer, bunq: Bunq) => {
	const { account, amount: value, currency, recipientType } = order;
	if (recipientType === 'ownAccount') return;
	const instead = 'Use "Draft Payment: Create", which you approve in the bunq app';
	await assertPaymentAllowed({ account, iban: to.value, value, currency, instead }, bunq);
};

export const payment: Resource = {
	name: 'Payment',
	value: 'payment',
	description: 'Money that moves between accounts',
	operations: {
		create: operation({
			name: 'Create',
			action: 'Create payment',
			description:
				'Pay at once from one of your accounts. With OAuth only to another account of your own; to pay others, create a draft payment.',
			writes: true,
			oauthAlternative:
				'An OAuth app may only pay between your own accounts. Use "Draft Payment: Create", which you approve in the bunq app, or the Bunq API Key API credential.',
			fields: [...orderFields, options],
			run: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				await assertOrderAllowed(params, to, bunq);
				return await placeOrder(PAYMENT, params, to, bunq);
			},
			find: findCreated(PAYMENT),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Create batch of payments',
			description:
				'Pay at once what all input items say, in one batch per account. Not with OAuth; there, create a batch draft payment.',
			oauthAlternative:
				'bunq does not list batches among the rights of OAuth apps. Use "Draft Payment: Create Batch", which you approve once in the bunq app for all entries, or the Bunq API Key API credential.',
			fields: [...orderFields],
			toEntry: async (params, bunq) => {
				const to = await resolveRecipient(params, bunq);
				await assertOrderAllowed(params, to, bunq);
				return toEntry(params, to);
			},
			runAll: async ({ account, entries: payments }, bunq) =>
				await bunq.post(batchesPath(account), { payments }),
			find: findCreated<PaymentBatch>({ path: batchesPath, entriesOf: paymentsOf }),
		}),

		get: operation({
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
			run: async ({ account, paymentId }, bunq) =>
				await bunq.get(paymentsPath(account) + path`/${paymentId}`),
		}),

		getAll: operation({
			name: 'Get Many',
			action: 'Get many payments',
			description: 'List payments of one account or of all, newest first',
			fields: [
				allAccounts,
				accountUnlessAll,
				returnAll,
				limit,
				{
					displayName: 'Filters',
					name: 'filters',
					type: 'collection',
					placeholder: 'Add Filter',
					default: {},
					options: [...movementFilters, paymentTypes],
				},
				simplify,
			],
			run: async (wanted, bunq) =>
				await listMovements<Payment>(bunq, paymentsPath, (one) => one, wanted),
		}),
	},
};
