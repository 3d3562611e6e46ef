import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError } from '../api/errors';
import { isOpen, accountType } from '../api/objects';
import { createdAt, toBunqClock } from '../api/clock';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { filters } from '../parameters/filters';
import { simplified } from '../simplify';
import { post, put, readOperation, unchanged, writeOperation, type Resource } from './operation';
import { readBack } from './readBack';
import { pickCreated } from './recovery';

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
		close: writeOperation({
			name: 'Close',
			action: 'Close account',
			description: 'Close an account for good; its balance must be zero',
			recovery: 'resend',
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
			plan: async ({ account: id, reason }, bunq) => {
				const { current, address } = await readForChange(id, bunq);
				if (!isOpen(current)) return unchanged(simplified(current));
				return {
					request: put(address, {
						status: 'CANCELLED',
						sub_status: 'REDEMPTION_VOLUNTARY',
						reason: 'OTHER',
						reason_description: reason || 'Closed from n8n',
					}),
					output: () => simplified({ ...current, status: 'CANCELLED' }),
				};
			},
		}),

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
			plan: async ({ accountType, description, currency, additionalFields }, bunq) => {
				const sent = { description, currency, ...bodyOf(accountType, currency, additionalFields) };
				return {
					request: post(path`/user/{user}/monetary-account-${accountType}`, sent),
					output: async ([created]) => {
						const { id } = unwrap(created);
						const preview = { id, type: accountType, description, currency };
						return await readBack(preview, async () => await bunq.get(accountPath(Number(id))));
					},
				};
			},
			recovery: async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
				const { description } = JSON.parse(body) as IDataObject;
				const openedAt = toBunqClock(sentAt, bunq);
				const created: Account[] = [];
				for await (const one of bunq.each<Account>('/user/{user}/monetary-account'))
					if (
						isUnclaimed(one.id) &&
						sentTo.endsWith(accountType(one)) &&
						createdAt(one) >= openedAt()
					)
						created.push(one);
				return pickCreated(created, (one) => one.description === description, isOpen);
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

		update: writeOperation({
			name: 'Update',
			action: 'Update account',
			description: 'Change the name, the limit, the goal or the color of an account',
			recovery: 'resend',
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
			plan: async ({ account: id, updateFields: { description, ...rest } }, bunq) => {
				if (!description && Object.keys(rest).length === 0)
					throw new BunqError('invalidInput', '"Update Fields" is empty', {
						description: 'Nothing was sent. Add the field that is to change.',
					});
				const { current, address } = await readForChange(id, bunq);
				const named = description ? { description } : {};
				const optional = bodyOf(accountType(current), current.currency ?? 'EUR', rest);
				return {
					request: put(address, { ...named, ...optional }),
					output: () => simplified({ ...current, ...named }),
				};
			},
		}),
	},
};
