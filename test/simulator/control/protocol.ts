import type { SwitchName, Switches } from '../bank/switches';
import type { CallbackControl } from './callbackProtocol';

export type { Switches };
export * from './callbackProtocol';

/** bunq's two environments (§1). A key of one is unknown in the other. */
export type Environment = 'production' | 'sandbox';

/** Ways in which a request can fail, before or after the bank acts. */
export type FaultKind =
	| 'drop-before'
	| 'drop-after'
	| 'timeout-before'
	| 'timeout-after'
	| '500-before'
	| '500-after'
	| '429'
	| 'expired'
	| '466'
	| 'truncated'
	| 'wrong-signature'
	| 'unsigned'
	| 'other-request'
	| 'html'
	| 'maintenance'
	| 'empty'
	| 'slow'
	| 'slow-answer'
	| 'stale'
	| 'credentials'
	| 'status'
	| 'proxy'
	| 'proxy-after'
	| 'forged'
	| 'other';

/** A fault for the next `times` requests that match, after `skip` others. */
export interface FaultOrder {
	kind: FaultKind;
	method?: string;
	/** The source of a regular expression for the path without its query. */
	path?: string;
	/** Default 1. */
	times?: number;
	skip?: number;
	delayMs?: number;
	/** Of `slow` and `slow-answer`: no fixed delay, but until `clearFaults`. */
	held?: boolean;
	/** Of `status`, `proxy` and `forged`. */
	status?: number;
	/** Of `status`, `proxy` and `forged`; of `other`, the body of a correctly signed answer. */
	body?: string;
}

/** Ways to change a value in an answer: first other spellings of the same, then unreadable ones. */
export type DirtKind =
	| 'iban in groups'
	| 'iban in small letters'
	| 'amount with fewer decimals'
	| 'amount with more decimals'
	| 'amount as number'
	| 'id as text'
	| 'time in ISO format'
	| 'time with an offset'
	| 'unknown keys'
	| 'null'
	| 'missing'
	| 'a number'
	| 'a text'
	| 'an empty text'
	| 'an object'
	| 'a list'
	| 'true'
	| 'an unknown word'
	| 'no time'
	| 'a later time'
	| 'without its wrapper'
	| 'in a wrapper of another name'
	| 'as a list of one'
	| 'in another order'
	| 'every entry twice'
	| 'the same page again'
	| 'an unreadable next page';

/** One change, in places of one shape, such as `Response.*.Payment.amount.value`, or of all. */
export interface DirtChange {
	kind: DirtKind;
	/** The source of a regular expression for the shape. Default: any that fits the kind. */
	key?: string;
	/** Which of the shapes that match, modulo their number. Default: all. */
	at?: number;
	/** Which of the places, modulo their number. Default: all. */
	entry?: number;
}

/** Dirt in all further answers that match. */
export interface DirtOrder {
	changes: DirtChange[];
	/** The source of a regular expression. Default: GET; answers to writes are changed only on request. */
	method?: string;
	/** The same for the path. Default: below `/v1/user`, so not in the handshake. */
	path?: string;
	/** Default: until `clearDirt`. */
	times?: number;
	/** Whether it stays after a reset. Default: no. */
	outlastsReset?: boolean;
}

/** A request and its answer, in order of arrival. */
export interface LoggedRequest {
	time: string;
	method: string;
	host: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	/** Parsed JSON, text, or of a file its `contentType`, the number of `bytes` and `sha256`. */
	body: unknown;
	/** Empty for a file. */
	rawBody: string;
	/** 0: no answer, or none yet. */
	status: number;
	/** Whether the bank changed something. */
	changedSomething: boolean;
	fault?: string;
	/** The changes in the answer, such as `Response.0.Payment.id: null`. */
	dirt?: string[];
}

export interface AccountView {
	id: number;
	type: string;
	description: string;
	iban: string | null;
	balance: string;
	status: string;
	currency: string;
	payments: number;
}

export interface CardView {
	id: number;
	/** `CardDebit` or `CardCredit`. */
	type: string;
	secondLine: string;
	status: string;
	orderStatus: string;
	/** Account IDs by PIN: `PRIMARY`, `SECONDARY`, `TERTIARY`. */
	pins: Record<string, number | null>;
	fallbackAccountId: number | null;
	/** The spending limit in euros. */
	limit: string;
	limitAtm: string;
	countries: string[];
}

/** Another user of bunq. */
export interface ThirdParty {
	displayName: string;
	email: string;
	phone: string;
	iban: string;
}

/** What a test needs to know of one environment. */
export interface World {
	environment: Environment;
	person: { id: number; displayName: string };
	apiKey: string;
	oauth: {
		clientId: string;
		clientSecret: string;
		redirectUris: string[];
		/** A granted token; after another consent, the newest one. */
		accessToken: string;
		userApiKeyId: number;
		grantedUserId: number;
	};
	accounts: AccountView[];
	cards: CardView[];
	thirdParties: ThirdParty[];
}

export interface NewPayments {
	accountId: number;
	/** Default 1. */
	count?: number;
	/** Default "1.00". Negative if money leaves. */
	amount?: string;
	description?: string;
	/** Null: a counterparty without an IBAN. */
	counterpartyIban?: string | null;
	counterpartyName?: string;
	type?: string;
	/** An unused ID, for a payment that appears late. Only for a single payment. */
	id?: number;
	environment?: Environment;
}

/** A use of a card. */
export interface NewCardTransaction {
	/** The amount taken from the account, default "1.00"; negative for a refund. */
	amount?: string;
	/** The merchant's amount, if it is in another currency. */
	local?: { value: string; currency: string };
	/** Default ALLOWED; otherwise no money moves, and this is the reason: INSUFFICIENT_BALANCE, PIN_INCORRECT… */
	decision?: string;
	/** If it was allowed: PENDING (the default), FIRST_PRESENTMENT_COMPLETE or REFUND_LENIENCY. */
	clearingStatus?: string;
	/** Default: BLOCKED, CLEARING_REFUND for a negative amount, otherwise AUTHORISED. */
	status?: string;
	merchant?: string;
	city?: string;
	country?: string;
	/** ATM, ICC (the default), MAGNETIC_STRIPE or E_COMMERCE. */
	entryMode?: string;
	/** Default: the user's first card. */
	cardId?: number;
}

/** Somebody asks the user for money. */
export interface NewRequest {
	/** The account that is asked: one of the user's. */
	accountId: number;
	/** Default "1.00". */
	amount?: string;
	description?: string;
	/** The account that asks: another one of the user's. Default: the first third party's. */
	fromAccountId?: number;
	/** Default INTERNAL. */
	type?: string;
	/** The time of expiry in bunq's format. Default: never. */
	expires?: string;
}

/** A payment to the first third party that the bank makes later. */
export interface NewSchedule {
	accountId: number;
	/** Default "1.00". */
	amount?: string;
	/** Default DAILY. */
	unit?: 'ONCE' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
	/** When it runs first, from now on; milliseconds. Default: 30 days. */
	startsInMs?: number;
}

/** A run, by its ID, and the payment that it made. */
export interface ScheduleRun {
	id: number;
	/** In bunq's format. */
	created: string;
	state: string;
	paymentId: number | null;
}

/** A bunq.me tab. */
export interface NewLink {
	accountId: number;
	/** Default: the payer chooses. */
	amount?: string;
	description?: string;
}

/** A payment to a bunq.me tab. */
export interface LinkPaid {
	/** Default: what the link asks for, or "1.00". */
	amount?: string;
	/** The payer, if it is nobody at this bank. */
	name?: string;
	/** The paying account, if it is at this bank: it sees a result response. */
	fromAccountId?: number;
}

export interface NewAccount {
	/** Default MonetaryAccountBank. */
	type?: string;
	description?: string;
	balance?: string;
	status?: string;
	/** Default: true, except for external accounts and cards. */
	withIban?: boolean;
	environment?: Environment;
}

export type SecretKind =
	| 'a client secret'
	| 'a code'
	| 'an access token'
	| 'an API key'
	| 'an installation token'
	| 'a session token';

/** A secret value. */
export interface Secret {
	what: SecretKind;
	value: string;
}

/** What a client keeps of its handshake, apart from its own key. */
export interface OpenSession {
	installationToken: string;
	/** The bank's public key, as PEM. */
	serverKey: string;
	token: string;
	/** The user in the URLs: under OAuth, the UserApiKey. */
	userId: number;
	/** Under OAuth, the user who granted access. */
	grantorId?: number;
}

/** The control interface: every method is `POST /_simulator/<name>` with its arguments as a JSON array. */
export interface Control extends CallbackControl {
	/**
	 * Restores the seed and the switches of the start; clears log, faults, dirt, callbacks, limits and clock. A salt gives new
	 * keys.
	 */
	reset(salt?: string): Promise<void>;
	log(): Promise<LoggedRequest[]>;
	clearLog(): Promise<void>;
	fault(order: FaultOrder): Promise<void>;
	clearFaults(): Promise<void>;
	/** Changes all further answers that match. */
	dirty(order: DirtOrder): Promise<void>;
	clearDirt(): Promise<void>;
	/** Changes the given switches and returns all. */
	switches(changes?: Partial<Switches>): Promise<Switches>;
	/** The switches that the bank has read since they were last set. */
	consulted(): Promise<SwitchName[]>;
	/** Moves only the bank's clock. */
	advance(ms: number): Promise<void>;
	world(environment?: Environment): Promise<World>;
	/** Every secret of this bank, and every one that this process ever issued. */
	secrets(): Promise<Secret[]>;
	/**
	 * The session of a client on this machine that has made the handshake with this key some time ago.
	 * @param secret an API key or access token
	 * @param publicKey RSA with 2048 bits, as PEM
	 */
	openSession(secret: string, publicKey: string): Promise<OpenSession>;
	/** Ends all sessions. */
	expireSessions(): Promise<void>;
	/** Forgets all installation tokens, for session-server and for signed requests; the answer by switch. */
	forgetInstallations(): Promise<void>;
	/** Revokes an API key or access token: its sessions end, and it opens no more. */
	revoke(secret: string): Promise<void>;
	/** Whether every request seems to come from another IP address. */
	lockIp(locked: boolean): Promise<void>;
	/** Money arrives from another bank, or leaves. Returns the IDs. */
	addPayments(payments: NewPayments): Promise<number[]>;
	/**
	 * Somebody uses a card that pays from this account. If it is allowed, the money moves, which is a Payment of type
	 * MASTERCARD too. Returns the IDs of the card transactions.
	 */
	addCardTransactions(accountId: number, transactions: NewCardTransaction[]): Promise<number[]>;
	addAccount(account?: NewAccount): Promise<number>;
	/**
	 * Something that the bank has no rules for and that its user cannot create, such as an app of its own, at the path of its list
	 * (`/user/{user}/oauth-client`), with a value for every key of bunq's file. Returns its ID.
	 */
	addObject(path: string, values?: Record<string, unknown>): Promise<number>;
	/** Creates drafts of 1.00 each to the first third party, as over the API. Returns their IDs. */
	addDrafts(drafts: { accountId: number; count?: number }): Promise<number[]>;
	/** The user approves a draft in the app. Returns the IDs of its payments. */
	approveDraft(id: number): Promise<number[]>;
	/** The user rejects a draft in the app. */
	rejectDraft(id: number): Promise<void>;
	/** Somebody asks the user for money. Returns the ID of the request response. */
	addRequestResponse(request: NewRequest): Promise<number>;
	/**
	 * The other person answers a request for money or lets it expire; if it is accepted, the money moves. Takes the ID of
	 * the inquiry or of the response.
	 */
	answerRequest(id: number, status: 'ACCEPTED' | 'REJECTED' | 'EXPIRED'): Promise<void>;
	/** Creates a scheduled payment, as over the API. Returns its ID. */
	addSchedule(schedule: NewSchedule): Promise<number>;
	/** The next run of a scheduled payment comes now. */
	runSchedule(id: number): Promise<ScheduleRun>;
	/** The user has a run that failed tried again, at the bank's next moment. Takes the ID of the run. */
	retryRun(id: number): Promise<void>;
	/** The user cancels a scheduled payment in the app. */
	cancelSchedule(id: number): Promise<void>;
	/** Creates a bunq.me tab, as over the API. Returns its ID. */
	addLink(link: NewLink): Promise<number>;
	/** Somebody pays a bunq.me tab. Returns the ID of the payment, and of the payer's result response. */
	payLink(
		id: number,
		payment?: LinkPaid,
	): Promise<{ paymentId: number; responseId: number | null }>;
	/**
	 * Another app of the developer, with the redirect URLs of the first one. The same name has the same ID and secret in every
	 * bank.
	 */
	addClient(
		name: string,
		environment?: Environment,
	): Promise<{ clientId: string; clientSecret: string }>;
	/** For the OAuth clients of both environments. */
	registerRedirectUri(uri: string): Promise<void>;
	removeRedirectUri(uri: string): Promise<void>;
	/** Approves on the consent page for the user. Returns the code. */
	grantCode(redirectUri: string, environment?: Environment): Promise<string>;
}
