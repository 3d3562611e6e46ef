import { field } from './field';

/** Fields that several operations and events use. */

/** The field of an account whose list a method of `listSearch.ts` gives. */
const accountFrom = (searchListMethod: 'searchAccounts' | 'searchAccountsAtBunq') =>
	field({
		displayName: 'Account',
		name: 'account',
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description:
			'The bunq account to use: choose it from the list, or enter its ID (digits only), IBAN or exact name',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 1895767' },
			{
				displayName: 'By IBAN',
				name: 'iban',
				type: 'string',
				placeholder: 'e.g. NL52BUNQ2117660061',
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. Household' },
		],
	});

export const account = accountFrom('searchAccounts');

/** An account that gives or gets money, so its list has none of other banks, which bunq only shows (docs/bunq-api.md 9.2). */
export const accountAtBunq = accountFrom('searchAccountsAtBunq');

export const allAccounts = field({
	displayName: 'All Accounts',
	name: 'allAccounts',
	type: 'boolean',
	default: false,
	description:
		'Whether to list all open accounts instead of one. Needs at least one request per account.',
});

/** The account of a list that can also cover all accounts. */
export const accountUnlessAll = field({
	...account,
	displayOptions: { show: { allAccounts: [false] } },
});

export const returnAll = field({
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
});

export const limit = field({
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	displayOptions: { show: { returnAll: [false] } },
	default: 50,
	description: 'Max number of results to return',
});

export const simplify = field({
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

export const amount = field({
	displayName: 'Amount',
	name: 'amount',
	type: 'string',
	required: true,
	typeOptions: { numberPrecision: 2, minValue: 0.01 },
	default: '',
	placeholder: 'e.g. 12.50',
	description:
		'Amount in euros, or in the currency below, such as 12.50: at most two decimals, after a point or a comma. It is never rounded.',
});

export const currency = field({
	displayName: 'Currency',
	name: 'currency',
	type: 'string',
	required: true,
	default: 'EUR',
	description: 'Three-letter code of the currency: EUR unless the account has another',
});

/** Not named `description`: n8n offers no value from an AI model for a parameter of that name. */
export const paymentDescription = field({
	displayName: 'Description',
	name: 'paymentDescription',
	type: 'string',
	default: '',
	placeholder: 'e.g. Rent December',
	description:
		'Text shown to the recipient. Other banks accept up to 140 characters, and bunq refuses some special ones, such as # and |.',
});

export const options = field({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Lookback Days',
			name: 'lookBackDays',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3650 },
			default: 30,
			description: 'How many days back Skip If Duplicate searches',
		},
		{
			displayName: 'Return Full Object',
			name: 'returnFullObject',
			type: 'boolean',
			default: false,
			description:
				'Whether to read the result back from bunq with one more request. Otherwise the output has the ID and the values that were sent.',
		},
		{
			displayName: 'Skip If Duplicate',
			name: 'skipIfDuplicate',
			type: 'boolean',
			default: false,
			description:
				'Whether to search first for one with the same amount, recipient and Merchant Reference, and return it instead of sending another. Two workers at the same moment can still both send.',
		},
	],
});

export const inputDataFieldName = field({
	displayName: 'Input Data Field Name',
	name: 'inputDataFieldName',
	type: 'string',
	required: true,
	default: 'data',
	placeholder: 'e.g. data',
	description:
		'The binary field of the item that has the file: a PNG, JPEG, GIF or PDF of at most 15 MB',
});

export const outputFieldName = field({
	displayName: 'Put Output File in Field',
	name: 'outputFieldName',
	type: 'string',
	required: true,
	default: 'data',
	placeholder: 'e.g. data',
	description: 'The name of the binary field that gets the file',
});
