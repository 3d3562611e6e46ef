import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { CARDS_PATH, isUsable } from '../api/objects';
import { createdAt, toBunqClock } from '../api/clock';
import { listByStatus } from '../api/pagination';
import { path } from '../api/path';
import type { Amount, Card, PinAssignment } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { account as accountField, limit, returnAll, simplify } from '../parameters/fields';
import { simplified } from '../simplify';
import { operation, type Resource } from './operation';
import { pickCreated, readBack } from './recovery';

const TYPES = { credit: 'CardCredit', debit: 'CardDebit' };

const cardPath = (id: number) => path`/user/{user}/card/${id}`;

const cardField = field({
	displayName: 'Card',
	name: 'card',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'The bunq card to use: from the list, or its ID (digits only), second line, name or last four digits',
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
 * Reads a card, changes it where `changesOf` says so, and reads what came of it. bunq removes the fallback account
 * when it is not sent again (docs/bunq-api.md 9.7).
 */
const changeCard = async (
	id: number,
	bunq: Bunq,
	changesOf: (current: Card) => IDataObject | undefined,
) => {
	const current = await bunq.get<Card>(cardPath(id));
	const changes = changesOf(current);
	if (!changes) return simplified(current);
	const { monetary_account_id_fallback: fallback } = current;
	const body = { ...(fallback && { monetary_account_id_fallback: fallback }), ...changes };
	await bunq.put(cardPath(id), body);
	return await readBack({ ...current, ...changes }, async () => await bunq.get(cardPath(id)));
};

/** Freezes or unfreezes; other statuses are for good and never sent. */
const setStatus = async (id: number, bunq: Bunq, status: 'ACTIVE' | 'DEACTIVATED') =>
	await changeCard(id, bunq, (current) => (current.status === status ? undefined : { status }));

/**
 * The whole list with one account changed, without what is bunq's own (id, dates, status): bunq drops the entries that
 * are left out, and refuses an account id that is no number (docs/bunq-api.md 9.7).
 */
const withLinkedAccount = ({ pin_code_assignment }: Card, slot: string, account: number) => {
	const entries = pin_code_assignment ?? [];
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

/** `nl, DE` as bunq wants it. Throws a BunqError for what is no country of ISO 3166-1: UK is GB, AN is gone. */
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
		`"Country Permissions" must be two-letter country codes like NL, DE${unknown.length > 0 ? `, but has ${unknown.join(', ')}` : ''}`,
		{ description: 'Nothing was sent. Separate the codes by commas; the United Kingdom is GB.' },
	);
};

/** In the currency that the card's limit has. */
const amountOf = (value: string, current?: Amount | null) => ({
	value,
	currency: current?.currency ?? 'EUR',
});

export const card: Resource = {
	name: 'Card',
	value: 'card',
	description: 'Debit and credit cards',
	operations: {
		create: operation({
			name: 'Create',
			action: 'Create card',
			description: 'Order a debit or credit card, on plastic or virtual. bunq may charge for it.',
			writes: true,
			fields: [
				{
					displayName: 'Card Type',
					name: 'cardType',
					type: 'options',
					options: [
						{ name: 'Credit', value: 'credit' },
						{ name: 'Debit', value: 'debit' },
					],
					default: 'debit',
					description: 'What kind of card to order',
				},
				{
					displayName: 'Product Type',
					name: 'productType',
					type: 'options',
					allowArbitraryValues: true,
					options: [
						{ name: 'Mastercard Business', value: 'MASTERCARD_BUSINESS' },
						{ name: 'Mastercard Debit', value: 'MASTERCARD_DEBIT' },
						{ name: 'Mastercard Green', value: 'MASTERCARD_GREEN' },
						{ name: 'Mastercard Metal', value: 'MASTERCARD_METAL' },
						{ name: 'Mastercard Travel', value: 'MASTERCARD_TRAVEL' },
					],
					default: 'MASTERCARD_DEBIT',
					description: 'Which product of bunq. Others that bunq has can be given by expression.',
				},
				{
					displayName: 'Name on Card',
					name: 'nameOnCard',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. E. Levy',
					description: 'One of the names that Get Names lists; bunq takes no others',
				},
				{
					displayName: 'Second Line',
					name: 'secondLine',
					type: 'string',
					default: '',
					placeholder: 'e.g. Travel',
					description: 'What to call the card, at most 17 characters. May be empty.',
				},
				{ ...accountField, description: 'The account that the card pays from' },
				{
					displayName: 'Virtual',
					name: 'virtual',
					type: 'boolean',
					default: false,
					description: 'Whether to order a card that exists in the bunq app only',
				},
			],
			run: async ({ cardType, productType, nameOnCard, secondLine, account, virtual }, bunq) => {
				const sent = {
					second_line: secondLine,
					name_on_card: nameOnCard,
					type: 'MASTERCARD',
					product_type: productType,
					pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: account }],
					...(virtual && { order_status: 'VIRTUAL_DELIVERY' }),
				};
				const { id } = await bunq.post(path`/user/{user}/card-${cardType}`, sent);
				return await readBack(
					{ ...sent, _type: TYPES[cardType], id },
					async () => await bunq.get(cardPath(Number(id))),
				);
			},
			find: async ({ path: sentTo, body, sentAt }, bunq, isFree) => {
				const sent = JSON.parse(body) as Card;
				const type = sentTo.endsWith('credit') ? TYPES.credit : TYPES.debit;
				const orderedAt = toBunqClock(sentAt, bunq);
				const made: Card[] = [];
				for await (const one of bunq.each<Card>(CARDS_PATH))
					if (isFree(one.id) && one._type === type && createdAt(one) >= orderedAt()) made.push(one);
				const isJust = ({ name_on_card, second_line, product_type }: Card) =>
					name_on_card === sent.name_on_card &&
					(second_line ?? '') === sent.second_line &&
					product_type === sent.product_type;
				return pickCreated(made, isJust, isUsable);
			},
		}),

		freeze: operation({
			name: 'Freeze',
			action: 'Freeze card',
			description: 'Block a card until it is unfrozen',
			writes: true,
			fields: [cardField],
			run: async ({ card: id }, bunq) => await setStatus(id, bunq, 'DEACTIVATED'),
		}),

		get: operation({
			name: 'Get',
			action: 'Get card',
			description: 'Get one card with its status, limits and accounts',
			fields: [cardField, simplify],
			run: async ({ card: id }, bunq) => await bunq.get(cardPath(id)),
		}),

		getAll: operation({
			name: 'Get Many',
			action: 'Get many cards',
			description: 'List cards, newest first',
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
							displayName: 'Status',
							name: 'status',
							type: 'multiOptions',
							allowArbitraryValues: true,
							options: [
								{ name: 'Active', value: 'ACTIVE' },
								{ name: 'Cancelled', value: 'CANCELLED' },
								{ name: 'Expired', value: 'EXPIRED' },
								{ name: 'Frozen', value: 'DEACTIVATED' },
								{ name: 'Lost', value: 'LOST' },
								{ name: 'PIN Tries Exceeded', value: 'PIN_TRIES_EXCEEDED' },
								{ name: 'Stolen', value: 'STOLEN' },
							],
							default: [],
							description: 'Only cards with one of these statuses',
						},
					],
				},
				simplify,
			],
			run: async (wanted, bunq) => await listByStatus(bunq, CARDS_PATH, wanted),
		}),

		getNames: operation({
			name: 'Get Names',
			action: 'Get names for card',
			description: 'List the names that bunq allows on a card',
			fields: [],
			run: async (_params, bunq) => {
				const { possible_card_name_array: names } = await bunq.get('/user/{user}/card-name');
				return ((names ?? []) as string[]).map((name) => ({ name }));
			},
		}),

		linkAccount: operation({
			name: 'Link Account',
			action: 'Link account to card',
			description: 'Choose the account that a card pays from',
			writes: true,
			fields: [
				cardField,
				{ ...accountField, description: 'The account that the card shall pay from' },
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
					description: 'Which PIN of the card pays from this account; the others stay as they are',
				},
			],
			run: async ({ card: id, account, pinSlot }, bunq) =>
				await changeCard(id, bunq, (current) => ({
					pin_code_assignment: withLinkedAccount(current, pinSlot, account),
				})),
		}),

		unfreeze: operation({
			name: 'Unfreeze',
			action: 'Unfreeze card',
			description: 'Make a frozen card usable again',
			writes: true,
			fields: [cardField],
			run: async ({ card: id }, bunq) => await setStatus(id, bunq, 'ACTIVE'),
		}),

		update: operation({
			name: 'Update',
			action: 'Update card',
			description: 'Change the limits, the countries or the fallback account of a card',
			writes: true,
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
							type: 'number',
							typeOptions: { numberPrecision: 2, minValue: 0 },
							default: 500,
							description:
								'How much may be spent with the card, like 250.00, in the period that bunq sets',
						},
						{
							displayName: 'Card Limit ATM',
							name: 'cardLimitAtm',
							type: 'number',
							typeOptions: { numberPrecision: 2, minValue: 0 },
							default: 250,
							description:
								'How much may be taken out at cash machines, like 250.00, in the period that bunq sets',
						},
						{
							displayName: 'Country Permissions',
							name: 'countryPermissions',
							type: 'string',
							default: '',
							placeholder: 'e.g. NL, DE',
							description:
								'Two-letter codes of all countries where the card shall work, separated by commas. Countries that are not named are no longer allowed.',
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
			run: async ({ card: id, updateFields }, bunq) => {
				const { cardLimit, cardLimitAtm, countryPermissions, fallbackAccount } = updateFields;
				if (Object.keys(updateFields).length === 0)
					throw new BunqError('invalidInput', '"Update Fields" is empty', {
						description: 'Nothing was sent. Add the field that is to change.',
					});
				const countries = countryPermissions !== undefined && parseCountries(countryPermissions);
				return await changeCard(id, bunq, ({ card_limit, card_limit_atm }) => ({
					...(cardLimit && { card_limit: amountOf(cardLimit, card_limit) }),
					...(cardLimitAtm && { card_limit_atm: amountOf(cardLimitAtm, card_limit_atm) }),
					...(countries && { country_permission: countries }),
					...(fallbackAccount && { monetary_account_id_fallback: fallbackAccount }),
				}));
			},
		}),
	},
};
