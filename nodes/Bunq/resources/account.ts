import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { isOpen, accountType } from '../api/objects';
import { createdAt, toBunqClock } from '../api/clock';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { simplified } from '../simplify';
import { operation, type Resource } from './operation';
import { pickCreated, readBack } from './recovery';

const dailyLimit = field({
	displayName: 'Daily Limit',
	name: 'dailyLimit',
	type: 'number',
	typeOptions: { numberPrecision: 2, minValue: 0 },
	default: 1000,
	description: 'How much may leave the account in a day, like 250.00, at most 10000 euros',
});

const savingsGoal = field({
	displayName: 'Savings Goal',
	name: 'savingsGoal',
	type: 'number',
	typeOptions: { numberPrecision: 2, minValue: 0.01 },
	default: 1000,
	description: 'How much to save, like 2000.00; only for savings accounts',
});

const color = field({
	displayName: 'Color',
	name: 'color',
	type: 'color',
	default: '#FF7819',
	description: 'The color of the account in the bunq app, like #FF7819',
});

const appearanceFields = [color, dailyLimit, savingsGoal] as const;

/** The optional fields as bunq wants them, in the account's currency. */
const bodyOf = (
	type: string,
	currency: string,
	fields: Partial<Params<typeof appearanceFields>>,
): IDataObject => {
	if (fields.savingsGoal && type !== 'savings')
		throw new BunqError(
			'invalidInput',
			`"Savings Goal" is only for savings accounts, and this is a ${type} account`,
			{
				description: 'Nothing was sent. Leave it out, or choose a savings account.',
			},
		);
	return {
		...(fields.dailyLimit && { daily_limit: { value: fields.dailyLimit, currency } }),
		...(fields.savingsGoal && { savings_goal: { value: fields.savingsGoal, currency } }),
		...(fields.color && { setting: { color: fields.color } }),
	};
};

const accountPath = (id: number) => path`/user/{user}/monetary-account/${id}`;

/** Reads an account to learn its type, which is in the address that changes it: `MonetaryAccountBank` → `monetary-account-bank`. */
const readForChange = async (id: number, bunq: Bunq) => {
	const current = await bunq.get<Account>(accountPath(id));
	const kebab = current._type.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
	return { current, address: path`/user/{user}/${kebab}/${id}` };
};

export const account: Resource = {
	name: 'Account',
	value: 'account',
	description: 'Bank, savings and joint accounts',
	operations: {
		close: operation({
			name: 'Close',
			action: 'Close account',
			description: 'Close an account for good; its balance must be zero',
			writes: true,
			oauthAlternative:
				'bunq does not list closing accounts among the rights of OAuth apps. Use the Bunq API Key API credential, or close it in the bunq app.',
			fields: [
				accountField,
				{
					displayName: 'Reason',
					name: 'reason',
					type: 'string',
					default: '',
					placeholder: 'e.g. No longer needed',
					description: 'Why the account is closed; bunq keeps this text',
				},
			],
			run: async ({ account: id, reason }, bunq) => {
				const { current, address } = await readForChange(id, bunq);
				if (isOpen(current))
					await bunq.put(address, {
						status: 'CANCELLED',
						sub_status: 'REDEMPTION_VOLUNTARY',
						reason: 'OTHER',
						reason_description: reason || 'Closed from n8n',
					});
				return simplified({ ...current, status: 'CANCELLED' });
			},
		}),

		create: operation({
			name: 'Create',
			action: 'Create account',
			description: 'Open a new bank or savings account',
			writes: true,
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
					displayName: 'Description',
					name: 'description',
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
			run: async ({ accountType, description, currency, additionalFields }, bunq) => {
				const sent = { description, currency, ...bodyOf(accountType, currency, additionalFields) };
				const { id } = await bunq.post(path`/user/{user}/monetary-account-${accountType}`, sent);
				return await readBack({ id, type: accountType, description, currency }, async () =>
					simplified(await bunq.get(accountPath(Number(id)))),
				);
			},
			find: async ({ path: sentTo, body, sentAt }, bunq, isFree) => {
				const { description } = JSON.parse(body) as IDataObject;
				const openedAt = toBunqClock(sentAt, bunq);
				const made: Account[] = [];
				for await (const one of bunq.each<Account>('/user/{user}/monetary-account'))
					if (isFree(one.id) && sentTo.endsWith(accountType(one)) && createdAt(one) >= openedAt())
						made.push(one);
				return pickCreated(made, (one) => one.description === description, isOpen);
			},
		}),

		get: operation({
			name: 'Get',
			action: 'Get account',
			description: 'Get one account with its balance',
			fields: [accountField, simplify],
			run: async ({ account: id }, bunq) => await bunq.get(accountPath(id)),
		}),

		getAll: operation({
			name: 'Get Many',
			action: 'Get many accounts',
			description: 'List accounts with their names, IDs, IBANs and balances',
			fields: [
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
					],
				},
				simplify,
			],
			run: async ({ returnAll, limit, filters }, bunq) => {
				const { accountTypes = [], currency, includeClosed } = filters;
				return (await bunq.accounts())
					.filter((one) => includeClosed || isOpen(one))
					.filter((one) => accountTypes.length === 0 || accountTypes.includes(accountType(one)))
					.filter((one) => !currency || one.currency === currency.toUpperCase())
					.slice(0, returnAll ? undefined : limit);
			},
		}),

		update: operation({
			name: 'Update',
			action: 'Update account',
			description: 'Change the name, the limit, the goal or the color of an account',
			writes: true,
			oauthAlternative:
				'bunq does not list changing accounts among the rights of OAuth apps. Use the Bunq API Key API credential, or change it in the bunq app.',
			fields: [
				accountField,
				{
					displayName: 'Update Fields',
					name: 'updateFields',
					type: 'collection',
					placeholder: 'Add Field',
					default: {},
					options: [
						color,
						dailyLimit,
						{
							displayName: 'Description',
							name: 'description',
							type: 'string',
							default: '',
							placeholder: 'e.g. Holiday',
							description: 'The new name of the account in the bunq app',
						},
						savingsGoal,
					],
				},
			],
			run: async ({ account: id, updateFields: { description, ...rest } }, bunq) => {
				if (!description && Object.keys(rest).length === 0)
					throw new BunqError('invalidInput', '"Update Fields" is empty', {
						description: 'Nothing was sent. Add the field that is to change.',
					});
				const { current, address } = await readForChange(id, bunq);
				const named = description ? { description } : {};
				await bunq.put(address, {
					...named,
					...bodyOf(accountType(current), current.currency ?? 'EUR', rest),
				});
				return simplified({ ...current, ...named });
			},
		}),
	},
};
