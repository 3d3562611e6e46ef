import type { KeyObject } from 'node:crypto';
import type { Environment, FaultOrder, LoggedRequest, Switches } from '../control/protocol';
import { DEFAULT_SWITCHES } from './switches';

/** What one request may hold and one answer give. */
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
	/** bunq's name for the kind, which is also the wrapper in its answers. */
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
	/** What only some kinds have: a goal, co-owners, a service, the reason of its end… */
	more: Json;
}

/** The other side of a payment, as much as the bank knows of it. */
export interface Counterparty {
	iban: string | null;
	name: string;
	/** Set if it is an account at this bank. */
	accountId?: number;
}

/** What somebody asks the bank to pay, checked. */
export interface Order {
	/** Without sign in an order; negative in the payment that takes it from an account. */
	cents: number;
	counterparty: Counterparty;
	description: string;
	type: string;
	merchantReference: string | null;
	attachment: Json[];
}

export interface Payment extends Order {
	id: number;
	created: string;
	accountId: number;
	balanceAfter: number;
	subType: string;
	batchId: number | null;
}

/** Payments that were made together (§9.3). */
export interface Batch {
	id: number;
	created: string;
	accountId: number;
	payments: Payment[];
}

/** Orders that wait for a person's answer in the app (§9.4). */
export interface Draft {
	id: number;
	created: string;
	updated: string;
	accountId: number;
	status: 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'CANCELLED';
	/** Who made it, and may answer it. */
	userId: number;
	entries: Array<{ id: number; order: Order }>;
	/** Once it is accepted: what was paid; several entries as a batch. */
	paid?: Payment | Batch;
}

/**
 * Somebody asks for money. The asking side sees a request inquiry; a bunq user who is asked sees a request response,
 * with an id of its own (§9.5, §9.6).
 */
export interface MoneyRequest {
	id: number;
	/** Null: who is asked is no bunq user, and gets a link to pay by. */
	responseId: number | null;
	created: string;
	updated: string;
	responded: string | null;
	expires: string | null;
	/** The account that gets the money. */
	accountId: number;
	cents: number;
	/** What was paid, once it is accepted. */
	respondedCents: number | null;
	status: 'PENDING' | 'ACCEPTED' | 'REJECTED' | 'REVOKED' | 'EXPIRED';
	/** Who is asked. */
	counterparty: Counterparty;
	description: string;
	merchantReference: string | null;
	attachment: Json[];
	minimumAge: number | null;
	requireAddress: string | null;
	redirectUrl: string | null;
	/** Of the response: INTERNAL, DIRECT_DEBIT, … */
	type: string;
	batchId: number | null;
}

/** Requests that were made together (§9.5). */
export interface RequestBatch {
	id: number;
	created: string;
	accountId: number;
	requests: MoneyRequest[];
}

/** Text on a payment (§9.9). */
export interface Note {
	id: number;
	created: string;
	updated: string;
	content: string;
}

/** What a PIN of a card pays from (§9.7). */
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
	secondLine: string;
	status: string;
	orderStatus: string;
	/** Euros and cents. */
	limit: string;
	limitAtm: string;
	countries: Array<{ id: number; country: string; expiryTime: string | null }>;
	pins: PinAssignment[];
	fallbackAccountId: number | null;
}

/** What was done with a card, allowed or not (§9.8). */
export interface CardTransaction {
	id: number;
	created: string;
	accountId: number;
	cardId: number;
	/** What it takes from the account; negative when money comes back. */
	cents: number;
	/** What the merchant asked for, in the merchant's currency. */
	local: { value: string; currency: string };
	decision: string;
	/** Only of an allowed one. */
	clearingStatus: string | null;
	merchant: string;
	city: string;
	country: string;
	entryMode: string;
}

/** An API key, or an OAuth access token: "use the access_token as a normal API key" (§7.3). */
export interface Credential {
	secret: string;
	/** The user whose accounts it reaches. */
	userId: number;
	/** Only for an access token: the UserApiKey, and who asked for it. */
	grant?: { id: number; created: string; clientId: string; requestedByUserId: number };
	/** Only for an access token: the accounts that the user picked. Not set: all of them. */
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
	expires: number;
}

/** Everything one of bunq's environments knows. */
export interface BankEnvironment {
	name: Environment;
	lastId: number;
	/** The user of the world. */
	personId: number;
	users: Map<number, User>;
	accounts: Map<number, Account>;
	/** By account; ascending by id. */
	payments: Map<number, Payment[]>;
	/** By account; ascending by id. */
	batches: Map<number, Batch[]>;
	/** By account; ascending by id. */
	drafts: Map<number, Draft[]>;
	/** By payment; ascending by id. */
	notes: Map<number, Note[]>;
	/** Ascending by id, and by the id of the response. */
	requests: MoneyRequest[];
	/** Ascending by id. */
	requestBatches: RequestBatch[];
	/** Ascending by id. */
	cards: Map<number, Card>;
	/** By account; ascending by id. */
	cardTransactions: Map<number, CardTransaction[]>;
	credentials: Map<string, Credential>;
	installations: Map<string, Installation>;
	sessions: Map<string, Session>;
	clients: Map<string, OAuthClient>;
	codes: Map<string, Code>;
}

/** The bank: both environments, and what tests can turn. */
export interface Bank {
	environments: Record<Environment, BankEnvironment>;
	switches: Switches;
	/** Milliseconds that the bank's clock is ahead of this machine's. */
	clockOffset: number;
	lastMicrosecond: number;
	/** Times of the calls that counted, by caller and endpoint. */
	calls: Map<string, number[]>;
	faults: Required<FaultOrder>[];
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
	requests: [],
	requestBatches: [],
	cards: new Map(),
	cardTransactions: new Map(),
	credentials: new Map(),
	installations: new Map(),
	sessions: new Map(),
	clients: new Map(),
	codes: new Map(),
});

export const emptyBank = (): Bank => ({
	environments: {
		// Far apart, so that an id that strays into the other environment is not found there.
		production: emptyEnvironment('production', 41_000_000),
		sandbox: emptyEnvironment('sandbox', 1_700_000),
	},
	switches: { ...DEFAULT_SWITCHES },
	clockOffset: 0,
	lastMicrosecond: 0,
	calls: new Map(),
	faults: [],
	log: [],
	changingIp: undefined,
});

/** The next id. They have gaps, as at a bank with other customers. */
export const nextId = (env: BankEnvironment) => (env.lastId += 3);

/** The bank's time. Read anew at each use, so that a test's fake clock is obeyed. */
export const now = (bank: Bank) => Date.now() + bank.clockOffset;

/** A time as bunq writes it (§13): UTC, six decimals, no zone. Later calls give later times. */
export const timestamp = (bank: Bank) => {
	bank.lastMicrosecond = (bank.lastMicrosecond + 1) % 1000;
	const iso = new Date(now(bank)).toISOString();
	return iso.replace('T', ' ').replace('Z', String(bank.lastMicrosecond).padStart(3, '0'));
};
