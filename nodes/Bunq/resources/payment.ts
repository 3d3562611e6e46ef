import { path } from '../api/path';
import type { Payment } from '../api/types';
import {
	account as accountField,
	accountUnlessAll,
	allAccounts,
	limit,
	movementFilters,
	options,
	paymentTypes,
	returnAll,
	simplify,
} from '../fields';
import { operation, type Resource } from '../operation';
import { findPlaced, orderFields, place, type OrderKind } from '../orders';
import { listMovements, paymentsPath } from '../payments';
import { allowPayment, pointerOf } from '../recipient';

/** An order that bunq carries out at once; what leaves the account has a minus. */
const PAYMENT: OrderKind<Payment> = {
	path: paymentsPath,
	body: (entry) => entry,
	shown: ({ amount, ...entry }) => ({
		_type: 'Payment',
		...entry,
		amount: { ...amount, value: `-${amount.value}` },
	}),
	entriesOf: (payment) => (Number(payment.amount?.value) < 0 ? [payment] : []),
};

const DRAFT_IT = 'Use "Draft Payment: Create", which you approve in the bunq app';

export const payment: Resource = {
	name: 'Payment',
	value: 'payment',
	description: 'Money that moves between accounts',
	operations: {
		create: operation({
			name: 'Create',
			action: 'Create a payment',
			description:
				'Pay at once from one of your accounts. With OAuth only to another account of your own; to pay others, create a draft payment.',
			writes: true,
			instead:
				'An OAuth app may only pay between your own accounts. Use "Draft Payment: Create", which you approve in the bunq app, or the Bunq API Key API credential.',
			fields: [...orderFields, options],
			run: async (params, bunq) => {
				const to = await pointerOf(params, bunq);
				const { account, amount, recipientType } = params;
				if (recipientType !== 'ownAccount')
					await allowPayment({ account, iban: to.value, value: amount, instead: DRAFT_IT }, bunq);
				return await place(PAYMENT, params, to, bunq);
			},
			find: findPlaced(PAYMENT),
		}),

		get: operation({
			name: 'Get',
			action: 'Get a payment',
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
					description: 'The ID of the payment, as Get Many and the trigger give it',
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
