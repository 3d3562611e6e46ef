import { type IDataObject, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import type { BunqRecord } from '../api/client';
import type { Bunq } from '../connect';
import { type AnyParams, field, type Params } from '../parameters/field';
import { account, simplify } from '../parameters/fields';

/** One of bunq's objects that a trigger waits for. */
export interface FeedRecord extends BunqRecord {
	id: number;
	created?: string;
	updated?: string;
	status?: string;
	/** When it expires, if ever. */
	time_expiry?: string | null;
	/** When it was answered, where bunq says. */
	time_responded?: string | null;
}

interface Row {
	name: string;
	description: string;
	fields: INodeProperties[];
}

/** Something that appears in a list of each account, newest first. */
export interface ListEvent extends Row {
	path(account: number): string;
	/** Whether it moves the balance, so that a changed balance tells where to look. */
	movesBalance?: true;
	/** Of what waits for an answer first: whether it has one. The event is the answer, not the thing. */
	isResolved?(one: FeedRecord): boolean;
	/** Whether the user wants it. */
	matches(one: FeedRecord, params: AnyParams, bunq: Bunq): boolean | Promise<boolean>;
}

/** A line that balances cross. Balances are decimal strings in the account's currency. */
export interface BalanceEvent extends Row {
	/** On which side of the line a balance is. */
	side(balance: string, params: AnyParams): string;
	/** Whether the user wants to know when a balance comes to this side. */
	isWanted(side: string, params: AnyParams): boolean;
	/** What the event's item has beside the account. */
	crossing(before: string, after: string, params: AnyParams): IDataObject;
}

/** One row of the trigger's table. */
export type Event = ListEvent | BalanceEvent;

/** A row whose `matches` gets its fields' values, typed from the fields, and bunq's object with its type. */
export const listEvent = <T extends FeedRecord, const F extends INodeProperties[]>(
	row: Omit<ListEvent, 'fields' | 'matches'> & {
		fields: F;
		matches(one: T, params: Params<F>, bunq: Bunq): ReturnType<ListEvent['matches']>;
	},
): ListEvent => ({
	...row,
	matches: (one, params, bunq) => row.matches(one as T, params as Params<F>, bunq),
});

/** The same for balances. */
export const balanceEvent = <const F extends INodeProperties[]>(
	row: Omit<BalanceEvent, 'fields' | 'side' | 'isWanted' | 'crossing'> & {
		fields: F;
		side(balance: string, params: Params<F>): string;
		isWanted(side: string, params: Params<F>): boolean;
		crossing(before: string, after: string, params: Params<F>): IDataObject;
	},
): BalanceEvent => ({
	...row,
	side: (balance, params) => row.side(balance, params as Params<F>),
	isWanted: (side, params) => row.isWanted(side, params as Params<F>),
	crossing: (before, after, params) => row.crossing(before, after, params as Params<F>),
});

/** What every event can be told. */
export const triggerFields = {
	where: [
		field({
			displayName: 'All Accounts',
			name: 'allAccounts',
			type: 'boolean',
			default: true,
			description:
				'Whether to watch all open accounts, also those that are opened later, or one only',
		}),
		field({
			...account,
			description: 'The bunq account to watch: from the list, or its ID, IBAN or exact name',
			displayOptions: { show: { allAccounts: [false] } },
		}),
	],
	how: [
		simplify,
		field({
			displayName: 'Catch Up Days',
			name: 'catchUpDays',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 365 },
			default: 7,
			description:
				'After n8n or the workflow was off: how many days back events are still handed over. What is older is passed over.',
		}),
	],
};

/** The whole table as node properties: the event, where to watch, each row's own fields, how to hand over. */
export const eventProperties = (events: Record<string, Event>): INodeProperties[] => [
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(events).map(([value, { name, description }]) => ({
			name,
			value,
			description,
		})),
		default: 'paymentCreated',
		description: 'What the workflow waits for',
	},
	...triggerFields.where,
	...Object.entries(events).flatMap(([event, { fields }]) =>
		updateDisplayOptions({ show: { event: [event] } }, fields),
	),
	...triggerFields.how,
];
