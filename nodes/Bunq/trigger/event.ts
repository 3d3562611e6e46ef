import { type IDataObject, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import type { BunqRecord } from '../api/client';
import type { ListedObject } from '../api/types';
import type { Bunq } from '../connect';
import { type AnyParams, field, type Params } from '../parameters/field';
import { account, simplify } from '../parameters/fields';

/** An object in a list that the trigger watches. */
export interface FeedRecord extends ListedObject {
	status?: string;
	/** When it expires, if ever. */
	time_expiry?: string | null;
	/** When it was answered, if bunq says so. */
	time_responded?: string | null;
}

/** What bunq calls n8n about when the event happens (docs/bunq-api.md 10.1, 10.2). */
export interface Callback {
	/** The categories to order. */
	categories: string[];
	/** The objects in such calls that are about the event: a category does not tell which object comes. */
	objects: string[];
	/** Those of them that are entries in the list of a record, and where such an entry names its account. */
	parts?: Record<string, (value: Record<string, unknown>) => CalledPart>;
}

/** An entry in the list of a record, as a call names it; undefined where it cannot be read. */
export interface CalledPart {
	id?: number;
	account?: number;
}

interface EventRow {
	name: string;
	description: string;
	callback: Callback;
	/** What an OAuth app may do where bunq refuses it the list. */
	oauthAlternative?: string;
	fields: INodeProperties[];
}

/** A list of bunq's that is read from where the last poll stopped. */
export interface Feed {
	/** The account's list. */
	path(account: number): string;
	/** Whether the record has its answer, which is the event. Without this function, the record itself is the event. */
	isResolved?(record: FeedRecord): boolean;
	/** An entry as a record; undefined where it cannot be read. Not given: as bunq sent it, if it has an ID. */
	readEntry?(entry: BunqRecord): FeedRecord | undefined;
	/** bunq's ID of a record that has another ID here. */
	bunqId?(id: number): number;
	/** How many of the newest IDs are kept; MAX_RECENT_IDS where it is not given. */
	keptIds?: number;
}

/** A list that a record has, such as the runs of a scheduled payment: each entry in it is an event too. */
export interface PartList extends Feed, Pick<ListEvent, 'matches' | 'item'> {
	/** A text of the record that changes when its list grows; undefined where the record does not tell. */
	shown?: string;
	/** Whether an entry may still change. */
	isOpen(entry: FeedRecord): boolean;
}

/** An event in a list that each account has: a new record, or an answer to a record. */
export interface ListEvent extends EventRow, Feed {
	/** Whether the event moves the balance, so that a changed balance tells which account to read. */
	movesBalance?: true;
	/** Whether a record shows the account's balance after it, so that a poll which reads only this list knows the balance. */
	showsBalance?: true;
	/** The list that a record has. */
	parts?(record: FeedRecord): PartList;
	/** Whether the record passes the user's filters. A poll asks only once it has read all that it reads of the list. */
	matches(record: FeedRecord, params: AnyParams, bunq: Bunq): boolean | Promise<boolean>;
	/** The item of a record. Not given: the record, simplified or as bunq sent it. */
	item?(record: FeedRecord, params: AnyParams, bunq: Bunq): Promise<IDataObject>;
}

/** A threshold that balances cross. Balances are decimal strings in the account's currency. */
export interface BalanceEvent extends EventRow {
	/** The side of the threshold that a balance is on: `below` or `above`. */
	side(balance: string, params: AnyParams): string;
	/** Whether the user wants crossings to this side. */
	isWanted(side: string, params: AnyParams): boolean;
	/** The nearest balance on the other side of the threshold. */
	beforeCrossing(after: string, params: AnyParams): string;
	/** The fields that a crossing adds to the account in the emitted item. */
	crossing(before: string, after: string, params: AnyParams): IDataObject;
}

/** A row of the trigger's table. */
export type Event = ListEvent | BalanceEvent;

/** Builds a row whose `matches` gets bunq's object with its type, and params that are typed by the row's fields. */
export const listEvent = <T extends FeedRecord, const F extends INodeProperties[]>(
	row: Omit<ListEvent, 'fields' | 'matches' | 'item'> & {
		fields: F;
		matches(record: T, params: Params<F>, bunq: Bunq): ReturnType<ListEvent['matches']>;
		item?(record: T, params: AnyParams, bunq: Bunq): Promise<IDataObject>;
	},
): ListEvent => ({ ...row }) as ListEvent;

/** Builds a row for balances, with params that are typed by its fields. */
export const balanceEvent = <const F extends INodeProperties[]>(
	row: Omit<BalanceEvent, 'fields' | 'side' | 'isWanted' | 'beforeCrossing' | 'crossing'> & {
		fields: F;
		side(balance: string, params: Params<F>): string;
		isWanted(side: string, params: Params<F>): boolean;
		beforeCrossing(after: string, params: Params<F>): string;
		crossing(before: string, after: string, params: Params<F>): IDataObject;
	},
): BalanceEvent => ({
	...row,
	side: (balance, params) => row.side(balance, params as Params<F>),
	isWanted: (side, params) => row.isWanted(side, params as Params<F>),
	beforeCrossing: (after, params) => row.beforeCrossing(after, params as Params<F>),
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

/** Whether bunq calls n8n. n8n evaluates it before anything else of the node (`httpMethod`), so it takes no expression. */
const instant: INodeProperties = {
	displayName: 'Instant',
	name: 'instant',
	type: 'boolean',
	noDataExpression: true,
	default: true,
	description:
		'Whether bunq calls n8n when something happens, so that events come within seconds. This needs an n8n with a public HTTPS address; the trigger polls in any case.',
	hint: 'If bunq cannot reach your n8n, events come with the next poll instead.',
};

/** Fields of every event: what is emitted. */
export const outputFields = [
	simplify,
	field({
		displayName: 'Days to Catch Up',
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
	instant,
	...scopeFields,
	...Object.entries(events).flatMap(([event, { fields }]) =>
		updateDisplayOptions({ show: { event: [event] } }, fields),
	),
	...outputFields,
];
