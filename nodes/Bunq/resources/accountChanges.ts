import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { accountPath } from '../api/listPaths';
import { accountType, isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { field, type Params } from '../parameters/field';
import { account as accountField } from '../parameters/fields';
import { simplified } from '../simplify';
import { put, unchanged, writeOperation } from './operation';
import { unreadableState } from './unreadableState';

/** Changing an account: its name, its settings, its end. */

const dailyLimit = field({
	displayName: 'Daily Limit',
	name: 'dailyLimit',
	type: 'string',
	typeOptions: { numberPrecision: 2, minValue: 0 },
	default: '',
	placeholder: 'e.g. 250.00',
	description:
		'The most that may leave the account in a day, for example 250.00; at most 10000 euros',
});

const savingsGoal = field({
	displayName: 'Savings Goal',
	name: 'savingsGoal',
	type: 'string',
	typeOptions: { numberPrecision: 2, minValue: 0.01 },
	default: '',
	placeholder: 'e.g. 2000.00',
	description: 'The amount to save, for example 2000.00; only for savings accounts',
});

const color = field({
	displayName: 'Color',
	name: 'color',
	type: 'color',
	default: '#FF7819',
	description: 'The color of the account in the bunq app, for example #FF7819',
});

export const appearanceFields = [color, dailyLimit, savingsGoal] as const;

/** The optional fields as bunq takes them, in the account's currency. */
export const toAccountBody = (
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

/** Reads an account, as its type is part of the path that changes it: `MonetaryAccountBank` → `monetary-account-bank`. */
const readForChange = async (id: number, bunq: Bunq) => {
	const current = await bunq.get<Account>(accountPath(id));
	if (!/^MonetaryAccount[A-Z]\w*$/.test(current._type)) throw unreadableState('this account');
	const kebab = current._type.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
	return { current, address: path`/user/{user}/${kebab}/${id}` };
};

export const close = writeOperation({
	name: 'Close',
	action: 'Close account permanently',
	description: 'Permanently close an account; its balance must be zero',
	notice: 'Closes the account for good: nobody can open it again.',
	recovery: 'resend',
	oauthAlternative:
		'bunq does not list closing accounts among the rights of OAuth apps. Use the Bunq API credential, or close it in the bunq app.',
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
});

export const update = writeOperation({
	name: 'Update',
	action: 'Update account',
	description: 'Change the name, the limit, the goal or the color of an account',
	recovery: 'resend',
	oauthAlternative:
		'bunq does not list changing accounts among the rights of OAuth apps. Use the Bunq API credential, or change it in the bunq app.',
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
					displayName: 'Name',
					name: 'accountName',
					type: 'string',
					default: '',
					placeholder: 'e.g. Holiday',
					description: 'The new name of the account in the bunq app',
				},
				savingsGoal,
			],
		},
	],
	plan: async ({ account: id, updateFields: { accountName: description, ...rest } }, bunq) => {
		if (!description && Object.keys(rest).length === 0)
			throw new BunqError('invalidInput', '"Update Fields" is empty', {
				description: 'Nothing was sent. Add at least one field to change.',
			});
		const { current, address } = await readForChange(id, bunq);
		const named = description ? { description } : {};
		const optional = toAccountBody(accountType(current), current.currency ?? 'EUR', rest);
		return {
			request: put(address, { ...named, ...optional }),
			output: () => simplified({ ...current, ...named }),
		};
	},
});
