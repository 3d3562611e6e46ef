import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { ACCOUNTS_PATH, accountPath } from '../api/listPaths';
import { accountType, isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { filters } from '../parameters/filters';
import { appearanceFields, close, toAccountBody, update } from './accountChanges';
import { post, readOperation, writeOperation, type Resource } from './operation';
import { readBack } from './readBack';
import { findCreated } from './recovery';

export const account: Resource = {
	name: 'Account',
	value: 'account',
	description: 'Bank, savings and joint accounts',
	operations: {
		close,

		create: writeOperation({
			name: 'Create',
			action: 'Create account',
			description: 'Open a new bank or savings account',
			fields: [
				{
					displayName: 'Account Type',
					name: 'accountType',
					type: 'options',
					options: [
						{ name: 'Bank', value: 'bank' },
						{ name: 'Savings', value: 'savings' },
					],
					default: 'bank',
					description: 'What kind of account to open',
				},
				{
					displayName: 'Name',
					name: 'accountName',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. Holiday',
					description: 'The name of the account in the bunq app',
				},
				{
					displayName: 'Currency',
					name: 'currency',
					type: 'string',
					required: true,
					default: 'EUR',
					description: 'Three-letter code of the currency of the account',
				},
				{
					displayName: 'Additional Fields',
					name: 'additionalFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [...appearanceFields],
				},
			],
			plan: async ({ accountType, accountName: description, currency, additionalFields }, bunq) => {
				const sent = {
					description,
					currency,
					...toAccountBody(accountType, currency, additionalFields),
				};
				return {
					request: post(path`/user/{user}/monetary-account-${accountType}`, sent),
					output: async ([created]) => {
						const { id } = unwrap(created);
						const preview = { id, type: accountType, name: description, currency };
						return await readBack(preview, async () => await bunq.get(accountPath(Number(id))));
					},
				};
			},
			recovery: async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
				const { description } = JSON.parse(body) as IDataObject;
				const isOther = (one: Account) => accountType(one) === 'other';
				const accounts = bunq.each<Account>(ACCOUNTS_PATH);
				return await findCreated(accounts, sentAt, {
					isCandidate: (one) =>
						isUnclaimed(one.id) && (isOther(one) || sentTo.endsWith(accountType(one))),
					matchOf: (one) =>
						!isOther(one) && one.description === description ? 'same' : 'possible',
					isActive: isOpen,
				});
			},
		}),

		get: readOperation({
			name: 'Get',
			action: 'Get account',
			description: 'Get one account with its balance',
			fields: [accountField, simplify],
			read: async ({ account: id }, bunq) => await bunq.get(accountPath(id)),
		}),

		getAll: readOperation({
			name: 'Get Many',
			action: 'Get many accounts',
			description: 'List accounts with their names, IDs, IBANs and balances',
			fields: [
				returnAll,
				limit,
				filters([
					{
						displayName: 'Account Types',
						name: 'accountTypes',
						type: 'multiOptions',
						options: [
							{ name: 'Bank', value: 'bank' },
							{ name: 'Card', value: 'card' },
							{ name: 'External', value: 'external' },
							{ name: 'Investment', value: 'investment' },
							{ name: 'Joint', value: 'joint' },
							{ name: 'Other', value: 'other' },
							{ name: 'Savings', value: 'savings' },
						],
						default: [],
						description: 'Only accounts of these types',
					},
					{
						displayName: 'Currency',
						name: 'currency',
						type: 'string',
						default: 'EUR',
						description: 'Only accounts in this currency, as a three-letter code',
					},
					{
						displayName: 'Include Closed',
						name: 'includeClosed',
						type: 'boolean',
						default: false,
						description: 'Whether to return closed accounts as well',
					},
				]),
				simplify,
			],
			read: async ({ returnAll, limit, filters }, bunq) => {
				const { accountTypes = [], currency, includeClosed } = filters;
				return (await bunq.accounts())
					.filter((one) => includeClosed || isOpen(one))
					.filter((one) => accountTypes.length === 0 || accountTypes.includes(accountType(one)))
					.filter((one) => !currency || one.currency === currency.toUpperCase())
					.slice(0, returnAll ? undefined : limit);
			},
		}),

		update,
	},
};
