import type { IDataObject } from 'n8n-workflow';
import { isOpen } from '../accounts';
import { BunqError } from '../api/errors';
import { path } from '../api/path';
import type { Payment } from '../api/types';
import {
	account as accountField,
	amount,
	currency,
	description,
	limit,
	options,
	returnAll,
	simplify,
} from '../fields';
import { operation, type Resource } from '../operation';
import {
	filtered,
	findAttempted,
	findPayment,
	hasReference,
	newestFirst,
	paymentsPath,
} from '../payments';
import { allowPayment, pointerOf, recipient } from '../recipient';
import { simplified } from '../simplify';
import { readBack } from '../written';
import { LARGEST_PAGE } from '../api/client';

const paymentPath = (account: number, id: number | string) => paymentsPath(account) + path`/${id}`;

const DAY = 24 * 60 * 60_000;

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
			fields: [
				accountField,
				...recipient,
				amount,
				currency,
				description,
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						{
							displayName: 'Merchant Reference',
							name: 'merchantReference',
							type: 'string',
							default: '',
							description:
								'Your own reference, for example an invoice number. Skip if Duplicate looks for it.',
						},
					],
				},
				options,
			],
			run: async (params, bunq) => {
				const { account: from, description, options } = params;
				const { merchantReference } = params.additionalFields;
				const amount = { value: params.amount, currency: params.currency.toUpperCase() };
				const to = await pointerOf(params, bunq);
				await allowPayment(params, to, params.amount, bunq);

				if (options.skipIfDuplicate) {
					if (!merchantReference)
						throw new BunqError('input', '"Skip If Duplicate" needs a "Merchant Reference"', {
							description:
								'Nothing was sent. Add it under Additional Fields, for example the invoice number: it tells a repeat from a second payment of the same amount.',
						});
					const since = bunq.now() - (options.lookBackDays ?? 30) * DAY;
					const matches = (one: Payment) => hasReference(one, merchantReference);
					const found = await findPayment(bunq, { account: from, amount, to, since, matches });
					if (found) return { ...simplified(found), skipped: true };
				}

				const body = { amount, counterparty_alias: { ...to }, description };
				const reference = merchantReference ? { merchant_reference: merchantReference } : {};
				const { id } = await bunq.post(paymentsPath(from), { ...body, ...reference });
				const sent = {
					_type: 'Payment',
					id,
					monetary_account_id: from,
					amount: { ...amount, value: `-${amount.value}` },
					description,
					counterparty_alias: {
						display_name: to.name,
						iban: to.type === 'IBAN' ? to.value : undefined,
					},
					...reference,
				};
				if (!options.returnFullObject) return await readBack(sent);
				const full = await readBack(
					sent,
					async () => await bunq.get(paymentPath(from, Number(id))),
				);
				const dropped =
					merchantReference && !full._readFailed && full.merchantReference !== merchantReference;
				return dropped ? { ...full, _referenceDropped: true } : full;
			},
			find: findAttempted,
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
			run: async ({ account, paymentId }, bunq) => await bunq.get(paymentPath(account, paymentId)),
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
				const isFiltered = Object.keys(filters).length > 0;
				const count = isFiltered ? LARGEST_PAGE : Math.min(most, LARGEST_PAGE);
				const of = (id: number) => bunq.each(paymentsPath(id), count) as AsyncGenerator<never>;
				const payments = allAccounts
					? newestFirst((await bunq.accounts()).filter(isOpen).map(({ id }) => of(id)))
					: of(account);
				const found: IDataObject[] = [];
				for await (const one of filtered(payments, filters)) {
					found.push(one as unknown as IDataObject);
					if (found.length >= most) break;
				}
				return found;
			},
		}),
	},
};
