import type { Switches } from '../bank/switches';

export type { Switches };

/** bunq's two worlds (§1). A key of one is unknown in the other. */
export type Environment = 'production' | 'sandbox';

/** The ways in which the next request can go wrong. "before" and "after": the bank acts. */
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
	| 'html'
	| 'maintenance'
	| 'empty'
	| 'slow'
	| 'slow-answer'
	| 'credentials'
	| 'status'
	| 'forged'
	| 'other';

/** A fault to come: for the next `times` requests that match, after letting `skip` of them pass. */
export interface FaultOrder {
	kind: FaultKind;
	method?: string;
	/** The source of a regular expression, tested on the path without its query. */
	path?: string;
	/** Default 1. */
	times?: number;
	skip?: number;
	delayMs?: number;
	/** Of `status` and `forged`. */
	status?: number;
	/** Of `status` and `forged`, and of `other`: what the bank answers, rightly signed, whatever it did. */
	body?: string;
}

/** What the bank saw and answered, in order of arrival. */
export interface LoggedRequest {
	time: string;
	method: string;
	host: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	/** Parsed JSON, or text. */
	body: unknown;
	rawBody: string;
	/** 0: no answer (yet, or ever). */
	status: number;
	/** Whether the bank changed something. */
	changedSomething: boolean;
	fault?: string;
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
	/** Account ids by the PIN that pays from them: `PRIMARY`, `SECONDARY`, `TERTIARY`. */
	pins: Record<string, number | null>;
	fallbackAccountId: number | null;
	/** The euros that may be spent with it. */
	limit: string;
	limitAtm: string;
	countries: string[];
}

/** A bunq user who is not the user of the world: someone to pay. */
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
		/** Already granted, ready to use. After a new consent: the newest one. */
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
	/** With sign; default "1.00". Negative: money leaves. */
	amount?: string;
	description?: string;
	/** `null`: a counterparty without IBAN. */
	counterpartyIban?: string | null;
	counterpartyName?: string;
	type?: string;
	/** An unused id, to let a payment show up late. Only for one payment. */
	id?: number;
	environment?: Environment;
}

/** Something done with a card. */
export interface NewCardTransaction {
	/** What it takes, or would take, from the account; default "1.00". Negative: money comes back. */
	amount?: string;
	/** What the merchant asks for, if that is in another currency. */
	local?: { value: string; currency: string };
	/** Default ALLOWED: only then money moves. Else why not: INSUFFICIENT_BALANCE, PIN_INCORRECT… */
	decision?: string;
	/** Of an allowed one: PENDING (the default), FIRST_PRESENTMENT_COMPLETE or REFUND_LENIENCY. */
	clearingStatus?: string;
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
	/** Who is asked: one of the user's accounts. */
	accountId: number;
	/** Default "1.00". */
	amount?: string;
	description?: string;
	/** Who asks: another account of the user's. Default: the first third party. */
	fromAccountId?: number;
	/** Default INTERNAL. */
	type?: string;
	/** When it expires, as bunq writes times. Default: never. */
	expires?: string;
}

export interface NewAccount {
	/** Default MonetaryAccountBank. */
	type?: string;
	description?: string;
	balance?: string;
	status?: string;
	/** Default: true, but for external accounts and cards. */
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

/** What nobody but its owner may read. */
export interface Secret {
	what: SecretKind;
	value: string;
}

/** The control interface: every method is `POST /_simulator/<name>` with its arguments as a JSON array. */
export interface Control {
	/** Back to the seed: log, faults, switches, limits and clock too. With a salt, the keys are new ones. */
	reset(salt?: string): Promise<void>;
	log(): Promise<LoggedRequest[]>;
	clearLog(): Promise<void>;
	fault(order: FaultOrder): Promise<void>;
	clearFaults(): Promise<void>;
	/** Changes what is given and returns all. */
	switches(changes?: Partial<Switches>): Promise<Switches>;
	/** Moves the bank's clock only. */
	advance(ms: number): Promise<void>;
	world(environment?: Environment): Promise<World>;
	/** Every secret of this bank, and every one that this process ever handed out, whatever became of it. */
	secrets(): Promise<Secret[]>;
	/** All sessions end now. */
	expireSessions(): Promise<void>;
	/** No installation token is known any more: 466 for session-server and for what is signed. */
	forgetInstallations(): Promise<void>;
	/** An API key or access token: its sessions end, and it opens no more. */
	revoke(secret: string): Promise<void>;
	/** Every request comes from another address, as from a host whose address changes. */
	lockIp(locked: boolean): Promise<void>;
	/** Money arrives from outside, or leaves. Returns the ids. */
	addPayments(payments: NewPayments): Promise<number[]>;
	/**
	 * Somebody uses a card that pays from this account. An allowed use takes the money, which is a Payment of type
	 * MASTERCARD as well; a declined one moves nothing. Returns the ids of the card transactions.
	 */
	addCardTransactions(accountId: number, transactions: NewCardTransaction[]): Promise<number[]>;
	addAccount(account?: NewAccount): Promise<number>;
	/** Drafts of 1.00 each to the first third party, as made over the API. Returns their ids. */
	addDrafts(drafts: { accountId: number; count?: number }): Promise<number[]>;
	/** The user approves a draft in the app: its payments are made. Returns their ids. */
	approveDraft(id: number): Promise<number[]>;
	/** The user refuses a draft in the app. */
	rejectDraft(id: number): Promise<void>;
	/** Somebody asks the user for money. Returns the id of the request response. */
	addRequestResponse(request: NewRequest): Promise<number>;
	/**
	 * The asked person answers a request for money, or lets it expire; accepted, the money moves. By the id of the
	 * inquiry or of the response.
	 */
	answerRequest(id: number, status: 'ACCEPTED' | 'REJECTED' | 'EXPIRED'): Promise<void>;
	/** For the OAuth clients of both environments. */
	registerRedirectUri(uri: string): Promise<void>;
	removeRedirectUri(uri: string): Promise<void>;
	/** Approves on the consent page in the user's place. Returns the code. */
	grantCode(redirectUri: string, environment?: Environment): Promise<string>;
}
