import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { isRecord } from '../api/json';
import { path } from '../api/path';
import { readCurrency, readId, readText } from '../api/readable';
import type { Card, PinAssignment } from '../api/cardTypes';
import type { Amount } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { account as accountField } from '../parameters/fields';
import { simplified } from '../simplify';
import { put, unchanged, writeOperation, type WritePlan } from './operation';
import { readBack } from './readBack';
import { unreadableState } from './unreadableState';

/** Changing a card: its status, its accounts, its limits. */

export const cardPath = (id: number) => path`/user/{user}/card/${id}`;

export const cardField = field({
	displayName: 'Card',
	name: 'card',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'The bunq card to use: from the list, or its ID (digits only), label, name or last four digits',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchCards', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 41000123' },
	],
});

/**
 * Plans a change of a card, and reads the card back. bunq removes the fallback account when it is not sent again
 * (docs/bunq-api.md 9.7).
 * @param changesOf what to change; undefined: nothing
 */
const planChange = async (
	id: number,
	bunq: Bunq,
	changesOf: (current: Card) => IDataObject | undefined,
): Promise<WritePlan> => {
	const current = await bunq.get<Card>(cardPath(id));
	const changes = changesOf(current);
	if (!changes) return unchanged(simplified(current));
	const fallback = readFallback(current);
	return {
		request: put(cardPath(id), {
			...(fallback && { monetary_account_id_fallback: fallback }),
			...changes,
		}),
		output: async () =>
			await readBack({ ...current, ...changes }, async () => await bunq.get(cardPath(id))),
	};
};

/** Undefined: the card has none. Throws a BunqError. */
const readFallback = ({ monetary_account_id_fallback: fallback }: Card) => {
	if (!fallback) return undefined;
	const id = readId(fallback);
	if (id === undefined) throw unreadableState('the fallback account of this card');
	return id;
};

/** Freezes or unfreezes; other statuses are permanent and never sent. */
const planStatus = async (id: number, bunq: Bunq, status: 'ACTIVE' | 'DEACTIVATED') =>
	await planChange(id, bunq, (current) => (current.status === status ? undefined : { status }));

/** Whether a PIN assignment says to which account it belongs, or that it belongs to none. */
const isReadable = (one: unknown) =>
	isRecord(one) &&
	readText(one.type) !== undefined &&
	(!one.routing_type || readText(one.routing_type) !== undefined) &&
	(!one.monetary_account_id || readId(one.monetary_account_id) !== undefined);

/**
 * All PIN assignments with one account changed, without bunq's own keys (id, dates, status). bunq drops assignments that
 * are left out, and refuses an account ID that is not a number (docs/bunq-api.md 9.7). Throws a BunqError where one cannot
 * be read.
 */
const withLinkedAccount = ({ pin_code_assignment }: Card, slot: string, account: number) => {
	const entries = pin_code_assignment;
	if (!Array.isArray(entries) || !entries.every(isReadable))
		throw unreadableState('the PINs of this card');
	const known = entries.some(({ type }) => type === slot);
	const all: PinAssignment[] = known ? entries : [...entries, { type: slot }];
	return all.map(({ type, routing_type, monetary_account_id }) => {
		const id = type === slot ? account : monetary_account_id;
		return {
			type,
			...(routing_type && { routing_type }),
			...(id && { monetary_account_id: Number(id) }),
		};
	});
};

/** `nl, DE` as bunq takes it. Throws a BunqError for a code that is not in ISO 3166-1, such as UK or AN. */
const parseCountries = (text: string) => {
	const codes = text
		.toUpperCase()
		.split(/[\s,;]+/)
		.filter(Boolean);
	const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
	const isCountry = (code: string) =>
		/^[A-Z]{2}$/.test(code) &&
		new Intl.Locale(`und-${code}`).region === code &&
		names.of(code) !== undefined;
	const unknown = codes.filter((code) => !isCountry(code));
	if (codes.length > 0 && unknown.length === 0)
		return [...new Set(codes)].map((country) => ({ country }));
	throw new BunqError(
		'invalidInput',
		`"Country Permissions" must be two-letter country codes such as NL, DE${unknown.length > 0 ? `, but has ${unknown.join(', ')}` : ''}`,
		{ description: 'Nothing was sent. Separate the codes by commas; the United Kingdom is GB.' },
	);
};

/** An amount in the currency of the card's current limit. Throws a BunqError where that cannot be read. */
const amountOf = (value: string, current?: Amount | null) => {
	const currency = current ? readCurrency(current.currency) : 'EUR';
	if (!currency) throw unreadableState('the limits of this card');
	return { value, currency };
};

export const freeze = writeOperation({
	name: 'Freeze',
	action: 'Freeze card',
	description: 'Block a card until it is unfrozen',
	recovery: 'resend',
	fields: [cardField],
	plan: async ({ card: id }, bunq) => await planStatus(id, bunq, 'DEACTIVATED'),
});

export const linkAccount = writeOperation({
	name: 'Link Account',
	action: 'Link account to card',
	description: 'Choose the account that a card is charged to',
	recovery: 'resend',
	fields: [
		cardField,
		{ ...accountField, description: 'The account that the card is charged to' },
		{
			displayName: 'PIN Slot',
			name: 'pinSlot',
			type: 'options',
			options: [
				{ name: 'Primary', value: 'PRIMARY' },
				{ name: 'Secondary', value: 'SECONDARY' },
				{ name: 'Tertiary', value: 'TERTIARY' },
			],
			default: 'PRIMARY',
			description: 'The PIN that is charged to this account; the other PINs keep their accounts',
		},
	],
	plan: async ({ card: id, account, pinSlot }, bunq) =>
		await planChange(id, bunq, (current) => ({
			pin_code_assignment: withLinkedAccount(current, pinSlot, account),
		})),
});

export const unfreeze = writeOperation({
	name: 'Unfreeze',
	action: 'Unfreeze card',
	description: 'Make a frozen card usable again',
	recovery: 'resend',
	fields: [cardField],
	plan: async ({ card: id }, bunq) => await planStatus(id, bunq, 'ACTIVE'),
});

export const update = writeOperation({
	name: 'Update',
	action: 'Update card',
	description: 'Change the limits, the countries or the fallback account of a card',
	recovery: 'resend',
	fields: [
		cardField,
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				{
					displayName: 'Card Limit',
					name: 'cardLimit',
					type: 'string',
					typeOptions: { numberPrecision: 2, minValue: 0 },
					default: '',
					placeholder: 'e.g. 250.00',
					description:
						'The most that can be spent with the card in the period that bunq sets, for example 250.00',
				},
				{
					displayName: 'Card Limit ATM',
					name: 'cardLimitAtm',
					type: 'string',
					typeOptions: { numberPrecision: 2, minValue: 0 },
					default: '',
					placeholder: 'e.g. 250.00',
					description:
						'The most that can be withdrawn at cash machines in the period that bunq sets, for example 250.00',
				},
				{
					displayName: 'Country Permissions',
					name: 'countryPermissions',
					type: 'string',
					default: '',
					placeholder: 'e.g. NL, DE',
					description:
						'Two-letter codes of all countries where the card works, separated by commas. Countries that are not named are no longer allowed.',
				},
				{
					...accountField,
					displayName: 'Fallback Account',
					name: 'fallbackAccount',
					required: false,
					description: 'The account that pays when the first one has too little',
				},
			],
		},
	],
	plan: async ({ card: id, updateFields }, bunq) => {
		const { cardLimit, cardLimitAtm, countryPermissions, fallbackAccount } = updateFields;
		if (Object.keys(updateFields).length === 0)
			throw new BunqError('invalidInput', '"Update Fields" is empty', {
				description: 'Nothing was sent. Add at least one field to change.',
			});
		const countries = countryPermissions !== undefined && parseCountries(countryPermissions);
		return await planChange(id, bunq, ({ card_limit, card_limit_atm }) => ({
			...(cardLimit && { card_limit: amountOf(cardLimit, card_limit) }),
			...(cardLimitAtm && { card_limit_atm: amountOf(cardLimitAtm, card_limit_atm) }),
			...(countries && { country_permission: countries }),
			...(fallbackAccount && { monetary_account_id_fallback: fallbackAccount }),
		}));
	},
});
