import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { field } from './field';

/** Filters of lists and events: the collection that holds them, and those that several operations and events use. */

/** The collection of an operation's or an event's filters. Its value has only the filters that the user added. */
export const filters = <const O extends INodeProperties[]>(options: O) =>
	field({
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add Filter',
		default: {},
		options,
	});

/**
 * A filter by status, which takes statuses that are not among `options` as well: bunq may add some.
 * @param description one sentence without its full stop, such as `Only cards with one of these statuses`
 */
export const statusFilter = (options: INodePropertyOptions[], description: string) =>
	field({
		displayName: 'Status',
		name: 'status',
		type: 'multiOptions',
		allowArbitraryValues: true,
		options,
		default: [],
		description: `${description}. Statuses that bunq adds later can be set with an expression.`,
	});

export const amountMin = field({
	displayName: 'Minimum Amount',
	name: 'amountMin',
	type: 'string',
	typeOptions: { numberPrecision: 2, minValue: 0 },
	default: '',
	placeholder: 'e.g. 12.50',
	description: 'The smallest amount, in or out, such as 12.50',
});

export const amountMax = field({
	displayName: 'Maximum Amount',
	name: 'amountMax',
	type: 'string',
	typeOptions: { numberPrecision: 2, minValue: 0 },
	default: '',
	placeholder: 'e.g. 12.50',
	description: 'The largest amount, in or out, such as 12.50',
});

export const counterparty = field({
	displayName: 'Counterparty',
	name: 'counterparty',
	type: 'string',
	default: '',
	placeholder: 'e.g. Green Grocer',
	description: 'Text that the name or the IBAN of the counterparty contains',
});

export const createdAfter = field({
	displayName: 'Created After',
	name: 'createdAfter',
	type: 'dateTime',
	default: '',
	description:
		'Earliest time, for example 2026-01-31T12:00:00. Without a zone, it is in the time zone of the workflow.',
});

export const createdBefore = field({
	displayName: 'Created Before',
	name: 'createdBefore',
	type: 'dateTime',
	default: '',
	description:
		'Latest time (not included), for example 2026-01-31T12:00:00. Without a zone, it is in the time zone of the workflow.',
});

export const descriptionContains = field({
	displayName: 'Description Contains',
	name: 'descriptionContains',
	type: 'string',
	default: '',
	placeholder: 'e.g. invoice',
	description: 'Text that the description contains',
});

export const direction = field({
	displayName: 'Direction',
	name: 'direction',
	type: 'options',
	options: [
		{ name: 'Any', value: 'any' },
		{ name: 'In', value: 'in', description: 'Incoming money' },
		{ name: 'Out', value: 'out', description: 'Outgoing money' },
	],
	default: 'any',
	description: 'Only incoming or only outgoing money',
});

/** The filters of every list of movements. The list's own `types` follow them. */
export const movementFilters = [
	counterparty,
	createdAfter,
	createdBefore,
	descriptionContains,
	direction,
	amountMin,
	amountMax,
] as const;

export const paymentTypes = field({
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
		'Only payments of these types. Types that bunq adds later can be set with an expression.',
});
