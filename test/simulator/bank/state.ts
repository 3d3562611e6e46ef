import type { KeyObject } from 'node:crypto';
import type {
	CallbackFaultKind,
	CallbackFaultOrder,
	CallbackTry,
	DirtOrder,
	Environment,
	FaultOrder,
	LoggedRequest,
	Switches,
} from '../control/protocol';
import type { Attachment, PublicAttachment } from './attachments';
import type { Invoice } from './invoices';
import type { TimingBody } from './scheduleTimes';
import type { Schedule } from './schedules';
import type { Statement } from './statements';
import { DEFAULT_SWITCHES, type SwitchName } from './switches';

/** A JSON object of a request or an answer. */
export type Json = Record<string, unknown>;

export interface Pointer {
	type: string;
	value: string;
	name?: string;
}

export interface User {
	id: number;
	kind: 'UserPerson' | 'UserCompany';
	created: string;
	displayName: string;
	nickName: string;
	legalName: string;
	alias: Pointer[];
}

export interface Account {
	id: number;
	/** bunq's name of the kind, which is also the wrapper in answers. */
	type: string;
	userId: number;
	created: string;
	updated: string;
	description: string;
	cents: number;
	currency: string;
	iban: string | null;
	status: string;
	subStatus: string;
	dailyLimit: string;
	setting: Json;
	/** Keys of some kinds: a goal, co-owners, a service, the reason for closing… */
	more: Json;
}

/** The counterparty of a payment. */
export interface Counterparty {
	iban: string | null;
	name: string;
	/** Set if it is an account at this bank. */
	accountId?: number;
	/** Whether bunq shows a picture and a user of somebody outside, as for some it does. */
	isKnown?: boolean;
}

/** A checked order to pay. */
export interface Order {
	/** Positive in an order, negative in the payer's payment. */
	cents: number;
	counterparty: Counterparty;
	description: string;
	type: string;
	merchantReference: string | null;
	attachment: Json[];
}

/** Degrees and metres, with the keys of the recordings. */
export type Geolocation = Record<'latitude' | 'longitude' | 'altitude' | 'radius', number>;

export interface Payment extends Order {
	id: number;
	created: string;
	accountId: number;
	balanceAfter: number;
	subType: string;
	/** Where it was made. */
	geolocation?: Geolocation;
	batchId: number | null;
	/** The run of a schedule that made it (§9.13). */
	scheduledId?: number;
}

/** A batch of payments (§9.3). */
export interface Batch {
	id: number;
	created: string;
	accountId: number;
	payments: Payment[];
}

/** Payments that wait for an answer in the app (§9.4). */
export interface Draft {
	id: number;
	created: string;
	updated: string;
	accountId: number;
	status: 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'CANCELLED';
	/** The user who created it and may answer it. */
	userId: number;
	entries: Array<{ id: number; order: Order }>;
	/** As sent; null: at once. */
	schedule: TimingBody | null;
	/** Once accepted: the payment, or the batch of several. */
	paid?: Payment | Batch;
}

/**
 * Somebody asks for money. The asking side sees a request inquiry; a bunq user who is asked sees a request response,
 * with an id of its own (§9.5, §9.6).
 */
export interface MoneyRequest {
	id: number;
	/** Null if the other person has no account at bunq, and gets a payment link. */
	responseId: number | null;
	created: string;
	updated: string;
	responded: string | null;
	expires: string | null;
	/** The account that receives the money. */
	accountId: number;
	cents: number;
	/** The paid amount, once accepted. */
	respondedCents: number | null;
	status: 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'REVOKED' | 'EXPIRED';
	/** The person who is asked. */
	counterparty: Counterparty;
	description: string;
	merchantReference: string | null;
	attachment: Json[];
	minimumAge: number | null;
	requireAddress: string | null;
	redirectUrl: string | null;
	/** Whether it may be paid with another amount; deprecated at bunq. */
	mayPay: { lower: boolean; higher: boolean };
	/** From who paid it. */
	addresses: { billing: Json | null; shipping: Json | null };
	/** Of the response: INTERNAL, DIRECT_DEBIT, … */
	type: string;
	batchId: number | null;
	/** When somebody answers it unasked, milliseconds. */
	answeredAt?: number;
}

/** A batch of requests (§9.5). */
export interface RequestBatch {
	id: number;
	created: string;
	accountId: number;
	requests: MoneyRequest[];
}

/** A note (§9.9): a text, or a file with its description. */
export interface Note {
	id: number;
	created: string;
	updated: string;
	/** Who wrote it. */
	userId: number;
	content: string;
	attachmentId?: number;
}

/** The account that a PIN of a card pays from (§9.7). */
export interface PinAssignment {
	id: number;
	created: string;
	type: string;
	routingType: string;
	accountId: number | null;
}

export interface Card {
	id: number;
	/** The wrapper in bunq's answers. */
	type: 'CardDebit' | 'CardCredit';
	userId: number;
	created: string;
	updated: string;
	productType: string;
	nameOnCard: string;
	preferredName: string | null;
	/** Default: the name. */
	firstLine?: string;
	secondLine: string;
	status: string;
	orderStatus: string;
	/** Euros and cents. */
	limit: string;
	limitAtm: string;
	countries: Array<{ id: number; country: string; expiryTime: string | null }>;
	pins: PinAssignment[];
	fallbackAccountId: number | null;
	/** Its number, as a client may change it. */
	number: { id: number; description: string; status: string; monetary_account_id: number | null };
}

/** A use of a card, allowed or declined (§9.8). */
export interface CardTransaction {
	id: number;
	created: string;
	accountId: number;
	cardId: number;
	/** The payment that moved the money, if some did. */
	paymentId?: number;
	/** The amount taken from the account; negative for a refund. */
	cents: number;
	/** The merchant's amount, in the merchant's currency. */
	local: { value: string; currency: string };
	decision: string;
	/** Only if it was allowed. */
	clearingStatus: string | null;
	/** Only where it does not follow from the others. */
	status?: string;
	merchant: string;
	city: string;
	country: string;
	entryMode: string;
}

/** An object of a kind for which the bank has no rules of its own, as answers show it. */
export interface StoredObject extends Json {
	id: number;
}

/** An API key, or an OAuth access token: "use the access_token as a normal API key" (§7.3). */
export interface Credential {
	secret: string;
	/** The user whose accounts it gives access to. */
	userId: number;
	/** Only for an access token: the UserApiKey and the app's owner. */
	grant?: { id: number; created: string; clientId: string; requestedByUserId: number };
	/** Only for an access token: the accounts that the user selected; all of them if not set. */
	accountIds?: number[];
	revoked: boolean;
	/** Bound to these when its first device registers (§2.6). */
	permittedIps?: string[];
}

export interface Installation {
	token: string;
	publicKey: KeyObject;
	hasDevice: boolean;
	requestIds: Set<string>;
}

export interface Session {
	id: number;
	token: string;
	credential: Credential;
	installation: Installation;
	expires: number;
}

export interface OAuthClient {
	id: string;
	secret: string;
	name: string;
	userId: number;
	redirectUris: string[];
}

export interface Code {
	clientId: string;
	redirectUri: string;
	userId: number;
	accountIds?: number[];
	/** What the app sent to the consent page, to find again in the token's answer. */
	state?: string;
	expires: number;
}

/** A bunq.me tab: a link that anybody can pay (§9.12). */
export interface Link {
	id: number;
	created: string;
	updated: string;
	accountId: number;
	/** Null: the payer chooses. */
	cents: number | null;
	description: string;
	redirectUrl: string | null;
	/** In milliseconds of the bank's clock. */
	expires: number;
	cancelled: boolean;
	payments: Payment[];
}

/** A payment to a link, on the side of a payer at this bank. */
export interface LinkPayment {
	id: number;
	accountId: number;
	payment: Payment;
}

/** A callback that a user ordered (§10.1). */
export interface NotificationFilter {
	id: number;
	created: string;
	updated: string;
	/** The user whose money it is about. */
	userId: number;
	/** The user ID in the URL: for an app, that of its UserApiKey. */
	ownerId: number;
	/** Null at the user level. */
	accountId: number | null;
	/** Only of an app whose user selected some accounts. */
	grantedAccountIds?: number[];
	category: string;
	target: string;
	allUserIds: number[];
	allAccountIds: number[];
	verificationTypes: string[];
}

/** A call to the URL of a notification filter (§10.2), which stays in the list when it is over. */
export interface Delivery {
	id: number;
	environment: Environment;
	filter: NotificationFilter;
	eventType: string;
	objectId: number;
	body: string;
	/** `lost`: a fault; the bank never sends it, and knows nothing of that. */
	state: 'waiting' | 'calling' | 'delivered' | 'failed' | 'lost';
	/** The time of the next try, in milliseconds of the bank's clock. */
	due: number;
	/** Waits until a later call to the same URL has been tried. */
	afterNext: boolean;
	tries: CallbackTry[];
	fault?: CallbackFaultKind;
}

/** What happened to an object, in the list of all accounts (§10.3). */
export interface BankEvent {
	id: number;
	created: string;
	updated: string;
	action: 'CREATE' | 'UPDATE';
	userId: number;
	accountId: number;
	objectId: number;
	show(bank: Bank, env: BankEnvironment): Json;
	awaitsReply(): boolean;
}

/** A delivery that the bank gave up (§10.2). */
export interface FilterFailure {
	id: number;
	created: string;
	updated: string;
	delivery: Delivery;
	message: string;
	/** Null if there was no answer. */
	status: number | null;
}

/** The data of one environment. */
export interface BankEnvironment {
	name: Environment;
	lastId: number;
	/** The user whose accounts tests work with. */
	personId: number;
	users: Map<number, User>;
	accounts: Map<number, Account>;
	/** By account; ascending by id. */
	payments: Map<number, Payment[]>;
	/** By account; ascending by id. */
	batches: Map<number, Batch[]>;
	/** By account; ascending by id. */
	drafts: Map<number, Draft[]>;
	/** By kind and subject, such as `note-text 4711`; ascending by id. */
	notes: Map<string, Note[]>;
	/** By account; ascending by id. */
	schedules: Map<number, Schedule[]>;
	/** By account; ascending by id. */
	invoices: Map<number, Invoice[]>;
	/** By account; ascending by id. */
	statements: Map<number, Statement[]>;
	attachments: Map<number, Attachment>;
	/** By UUID. */
	publicAttachments: Map<string, PublicAttachment>;
	/** Ascending by id, and by the id of the response. */
	requests: MoneyRequest[];
	/** Ascending by id. */
	requestBatches: RequestBatch[];
	/** Ascending by id. */
	cards: Map<number, Card>;
	/** By account; ascending by id. */
	cardTransactions: Map<number, CardTransaction[]>;
	/** Ascending by id. */
	links: Link[];
	linkPayments: LinkPayment[];
	/** Ascending by id. */
	filters: NotificationFilter[];
	/** Ascending by id. */
	failures: FilterFailure[];
	/** Ascending by id. */
	events: BankEvent[];
	/** Until when no GET shows an object, by its ID. */
	hidden: Map<number, number>;
	/** By path, such as `/user/7/avatar`; ascending by id. */
	objects: Map<string, StoredObject[]>;
	credentials: Map<string, Credential>;
	installations: Map<string, Installation>;
	sessions: Map<string, Session>;
	clients: Map<string, OAuthClient>;
	codes: Map<string, Code>;
}

/** The bank: both environments, and the controls for tests. */
export interface Bank {
	environments: Record<Environment, BankEnvironment>;
	switches: Switches;
	/** The switches after a reset. */
	defaults: Readonly<Switches>;
	/** The switches that were read since they were last set. */
	consulted: Set<SwitchName>;
	/** By how many milliseconds the bank's clock is ahead of this machine's. */
	clockOffset: number;
	lastMicrosecond: number;
	/** Times of the counted requests, by caller and endpoint. */
	calls: Map<string, number[]>;
	faults: Required<FaultOrder>[];
	/** Lets the requests proceed that a fault holds. */
	held: Array<() => void>;
	/** The last answer to each read of the beginning of a list, by host, user and address. */
	shown: Map<string, string>;
	dirt: Required<DirtOrder>[];
	callbackFaults: Required<CallbackFaultOrder>[];
	/** In order of their events. */
	deliveries: Delivery[];
	/** The calls that wait for an answer, and what ends them. */
	openCalls: Map<Promise<void>, AbortController>;
	/** Whether nothing is sent unless a test says so. */
	callbacksHeld: boolean;
	/** Where calls to a public origin go. */
	callbackRoutes: Record<string, string>;
	log: LoggedRequest[];
	/** While locked, the number of addresses used so far; otherwise undefined. */
	changingIp: number | undefined;
}

export const emptyEnvironment = (name: Environment, firstId: number): BankEnvironment => ({
	name,
	lastId: firstId,
	personId: 0,
	users: new Map(),
	accounts: new Map(),
	payments: new Map(),
	batches: new Map(),
	drafts: new Map(),
	notes: new Map(),
	schedules: new Map(),
	invoices: new Map(),
	statements: new Map(),
	attachments: new Map(),
	publicAttachments: new Map(),
	requests: [],
	requestBatches: [],
	cards: new Map(),
	cardTransactions: new Map(),
	links: [],
	linkPayments: [],
	filters: [],
	failures: [],
	events: [],
	hidden: new Map(),
	objects: new Map(),
	credentials: new Map(),
	installations: new Map(),
	sessions: new Map(),
	clients: new Map(),
	codes: new Map(),
});

export const emptyBank = (): Bank => ({
	environments: {
		// Far apart, so that no ID exists in both environments.
		production: emptyEnvironment('production', 41_000_000),
		sandbox: emptyEnvironment('sandbox', 1_700_000),
	},
	switches: { ...DEFAULT_SWITCHES },
	defaults: DEFAULT_SWITCHES,
	consulted: new Set(),
	clockOffset: 0,
	lastMicrosecond: 0,
	calls: new Map(),
	faults: [],
	held: [],
	shown: new Map(),
	dirt: [],
	callbackFaults: [],
	deliveries: [],
	openCalls: new Map(),
	callbacksHeld: false,
	callbackRoutes: {},
	log: [],
	changingIp: undefined,
});

/** The next ID, with gaps as at a bank with other customers. */
export const nextId = (env: BankEnvironment) => (env.lastId += 3);

/** The bank's time, read at each use, so that a test's fake clock applies. */
export const now = (bank: Bank) => Date.now() + bank.clockOffset;

/** A time in bunq's format (§13): UTC, six decimals, no zone. No two calls return the same time. */
export const timestamp = (bank: Bank) => {
	bank.lastMicrosecond = (bank.lastMicrosecond + 1) % 1000;
	const iso = new Date(now(bank)).toISOString();
	return iso.replace('T', ' ').replace('Z', String(bank.lastMicrosecond).padStart(3, '0'));
};
