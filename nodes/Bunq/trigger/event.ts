import { type IDataObject, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import type { BunqRecord } from '../api/client';
import type { Bunq } from '../connect';
import { type AnyParams, field, type Params } from '../parameters/field';
import { account, simplify } from '../parameters/fields';

/** An object in a list that the trigger watches. Times have bunq's format (docs/bunq-api.md 13). */
export interface FeedRecord extends BunqRecord {
	id: number;
	created?: string;
	updated?: string;
	status?: string;
	/** When it expires, if ever. */
	time_expiry?: string | null;
	/** When it was answered, if bunq says so. */
	time_responded?: string | null;
}

interface EventRow {
	name: string;
	description: string;
	fields: INodeProperties[];
}

/** An event in a list that each account has: a new record, or an answer to a record. */
export interface ListEvent extends EventRow {
	/** The account's list. */
	path(account: number): string;
	/** Whether the event moves the balance, so that a changed balance tells which account to read. */
	movesBalance?: true;
	/** Whether the record has its answer, which is the event. Without this function, the record itself is the event. */
	isResolved?(record: FeedRecord): boolean;
	/** Whether the record passes the user's filters. */
	matches(record: FeedRecord, params: AnyParams, bunq: Bunq): boolean | Promise<boolean>;
}

/** A threshold that balances cross. Balances are decimal strings in the account's currency. */
export interface BalanceEvent extends EventRow {
	/** The side of the threshold that a balance is on: `below` or `above`. */
	side(balance: string, params: AnyParams): string;
	/** Whether the user wants crossings to this side. */
	isWanted(side: string, params: AnyParams): boolean;
	/** The fields that a crossing adds to the account in the emitted item. */
	crossing(before: string, after: string, params: AnyParams): IDataObject;
}

/** A row of the trigger's table. */
export type Event = ListEvent | BalanceEvent;

/** Builds a row whose `matches` gets bunq's object with its type, and params that are typed by the row's fields. */
export const listEvent = <T extends FeedRecord, const F extends INodeProperties[]>(
	row: Omit<ListEvent, 'fields' | 'matches'> & {
		fields: F;
		matches(record: T, params: Params<F>, bunq: Bunq): ReturnType<ListEvent['matches']>;
	},
): ListEvent => ({
	...row,
	matches: (record, params, bunq) => row.matches(record as T, params as Params<F>, bunq),
});

/** Builds a row for balances, with params that are typed by its fields. */
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

/** Fields of every event: which accounts to watch. */
export const scopeFields = [
	field({
		displayName: 'All Accounts',
		name: 'allAccounts',
		type: 'boolean',
		default: true,
		description:
			'Whether to watch all open accounts, including those opened later, or a single one',
	}),
	field({
		...account,
		description: 'The bunq account to watch: from the list, or its ID, IBAN or exact name',
		displayOptions: { show: { allAccounts: [false] } },
	}),
];

/** Fields of every event: what is emitted. */
export const outputFields = [
	simplify,
	field({
		displayName: 'Catch Up Days',
		name: 'catchUpDays',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 365 },
		default: 7,
		description:
			'After downtime, how many days of missed events to emit. Older events are skipped.',
	}),
];

/** The table as node properties: the event, the accounts to watch, each event's own fields, the output. */
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
		description: 'The event that starts the workflow',
	},
	...scopeFields,
	...Object.entries(events).flatMap(([event, { fields }]) =>
		updateDisplayOptions({ show: { event: [event] } }, fields),
	),
	...outputFields,
];
