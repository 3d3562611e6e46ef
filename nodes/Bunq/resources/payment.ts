import { isOpen } from '../accounts';
import { path } from '../api/path';
import type { Payment, PaymentBatch } from '../api/types';
import { account as accountField, limit, options, returnAll, simplify } from '../fields';
import { newest, pageSize } from '../lists';
import { batchOperation, operation, type Resource } from '../operation';
import { entryOf, findPlaced, orderFields, place, type OrderKind } from '../orders';
import { filtered, newestFirst, paymentsPath } from '../payments';
import { allowPayment, pointerOf } from '../recipient';
import { paymentsOf } from '../simplify';

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

const batchesPath = (account: number) =>
	path`/user/{user}/monetary-account/${account}/payment-batch`;

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
				await allowPayment(params, to, params.amount, bunq);
				return await place(PAYMENT, params, to, bunq);
			},
			find: findPlaced(PAYMENT),
		}),

		createBatch: batchOperation({
			name: 'Create Batch',
			action: 'Create a batch of payments',
			description:
				'Pay at once what all input items say, in one batch per account. Not with OAuth; there, create a batch draft payment.',
			instead:
				'bunq does not list batches among the rights of OAuth apps. Use "Draft Payment: Create Batch", which you approve once in the bunq app for all entries, or the Bunq API Key API credential.',
			fields: [...orderFields],
			entry: async (params, bunq) => {
				const to = await pointerOf(params, bunq);
				await allowPayment(params, to, params.amount, bunq);
				return entryOf(params, to);
			},
			runAll: async ({ account, entries: payments }, bunq) =>
				await bunq.post(batchesPath(account), { payments }),
			find: findPlaced<PaymentBatch>({ path: batchesPath, entriesOf: paymentsOf }),
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
				{
					displayName: 'All Accounts',
					name: 'allAccounts',
					type: 'boolean',
					default: false,
					description:
						'Whether to list the payments of all open accounts. Costs at least one request per account.',
				},
				{ ...accountField, displayOptions: { show: { allAccounts: [false] } } },
				returnAll,
				limit,
				{
					displayName: 'Filters',
					name: 'filters',
					type: 'collection',
					placeholder: 'Add Filter',
					default: {},
					options: [
						{
							displayName: 'Amount Max',
							name: 'amountMax',
							type: 'number',
							typeOptions: { numberPrecision: 2, minValue: 0 },
							default: 0,
							description: 'Only payments of at most this size, whether in or out',
						},
						{
							displayName: 'Amount Min',
							name: 'amountMin',
							type: 'number',
							typeOptions: { numberPrecision: 2, minValue: 0 },
							default: 0,
							description: 'Only payments of at least this size, whether in or out',
						},
						{
							displayName: 'Counterparty',
							name: 'counterparty',
							type: 'string',
							default: '',
							description:
								'Only payments where the name or IBAN of the other side contains this text',
						},
						{
							displayName: 'Created After',
							name: 'createdAfter',
							type: 'dateTime',
							default: '',
							description:
								'Only payments from this time on. Without a zone it is in the time zone of the workflow.',
						},
						{
							displayName: 'Created Before',
							name: 'createdBefore',
							type: 'dateTime',
							default: '',
							description:
								'Only payments before this time. Without a zone it is in the time zone of the workflow.',
						},
						{
							displayName: 'Description Contains',
							name: 'descriptionContains',
							type: 'string',
							default: '',
							description: 'Only payments whose description contains this text',
						},
						{
							displayName: 'Direction',
							name: 'direction',
							type: 'options',
							options: [
								{ name: 'Any', value: 'any' },
								{ name: 'In', value: 'in', description: 'Money that came in' },
								{ name: 'Out', value: 'out', description: 'Money that left' },
							],
							default: 'any',
							description: 'Only money that came in or that left',
						},
						{
							displayName: 'Types',
							name: 'types',
							type: 'multiOptions',
							allowArbitraryValues: true,
							options: [
								{ name: 'Bunq', value: 'BUNQ' },
								{ name: 'Bunq.me', value: 'BUNQME' },
								{ name: 'Card (Maestro)', value: 'MAESTRO' },
								{ name: 'Card (Mastercard)', value: 'MASTERCARD' },
								{ name: 'FIS', value: 'FIS' },
								{ name: 'iDEAL', value: 'IDEAL' },
								{ name: 'Interest', value: 'INTEREST' },
								{ name: 'Savings', value: 'SAVINGS' },
								{ name: 'SEPA Direct Debit', value: 'EBA_SDD' },
								{ name: 'SEPA Transfer', value: 'EBA_SCT' },
								{ name: 'Sofort', value: 'SOFORT' },
								{ name: 'SWIFT', value: 'SWIFT' },
							],
							default: [],
							description:
								'Only payments of these types. Types that bunq adds later can be given by expression.',
						},
					],
				},
				simplify,
			],
			run: async ({ allAccounts, account, returnAll, limit, filters }, bunq) => {
				const most = returnAll ? Infinity : limit;
				const count = pageSize(most, Object.keys(filters).length > 0);
				const of = (id: number) => bunq.each<Payment>(paymentsPath(id), count);
				const payments = allAccounts
					? newestFirst((await bunq.accounts()).filter(isOpen).map(({ id }) => of(id)))
					: of(account);
				return await newest(filtered(payments, filters), most);
			},
		}),
	},
};
