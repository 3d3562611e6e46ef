import { field } from './field';

/** Fields that more than one row uses. */

export const account = field({
	displayName: 'Account',
	name: 'account',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description:
		'The bunq account to use: from the list, or its ID (digits only), IBAN or exact name',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchAccounts', searchable: true },
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

export const allAccounts = field({
	displayName: 'All Accounts',
	name: 'allAccounts',
	type: 'boolean',
	default: false,
	description:
		'Whether to list those of all open accounts. Costs at least one request per account.',
});

/** Where the rows of one account or of all are listed. */
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
	type: 'number',
	required: true,
	typeOptions: { numberPrecision: 2, minValue: 0.01 },
	default: 0,
	description:
		'How much in that currency, not in cents, with at most two decimals, for example 12.50. It is never rounded.',
});

export const currency = field({
	displayName: 'Currency',
	name: 'currency',
	type: 'string',
	required: true,
	default: 'EUR',
	description: 'Three-letter code of the currency, EUR unless the paying account has another',
});

export const description = field({
	displayName: 'Description',
	name: 'description',
	type: 'string',
	default: '',
	placeholder: 'e.g. Rent December',
	description: 'Text that the recipient sees. Other banks take up to 140 characters.',
});

export const options = field({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		{
			displayName: 'Look Back Days',
			name: 'lookBackDays',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 3650 },
			default: 30,
			description: 'How many days back Skip If Duplicate looks',
		},
		{
			displayName: 'Return Full Object',
			name: 'returnFullObject',
			type: 'boolean',
			default: false,
			description:
				'Whether to read back what bunq made of it. One more request; without it the output holds the ID and what was sent.',
		},
		{
			displayName: 'Skip If Duplicate',
			name: 'skipIfDuplicate',
			type: 'boolean',
			default: false,
			description:
				'Whether to look first for one with the same amount, recipient and Merchant Reference, and return that instead of making another. Two runs at the same moment can still both send.',
		},
	],
});
