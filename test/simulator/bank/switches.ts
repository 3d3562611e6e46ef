import type { FormRefusal } from '../auth/formRefusals';

/** §2.5: the answers that were seen, or are documented, for an installation that the bank has lost. */
export const LOST_INSTALLATION = {
	'466': [466, 'Request signature is required for this operation.'],
	'401 authentication': [401, 'Insufficient authentication.'],
	'401 authorisation': [401, 'Insufficient authorisation.'],
	'403 authentication': [403, 'Insufficient authentication.'],
	'403 authorisation': [403, 'Insufficient authorisation.'],
	'400': [400, 'The request signature is invalid.'],
} as const satisfies Record<string, readonly [status: number, text: string]>;

export type LostInstallationAnswer = keyof typeof LOST_INSTALLATION;

/**
 * Where sources conflict or say nothing, a switch lets the bank behave either way. The default is the stricter behavior
 * unless a switch says otherwise; but what no client of bunq has to do is not demanded. `OUR_CLIENT` demands it of this
 * package. Sections are those of docs/bunq-api.md.
 */
export interface Switches {
	/** §2.5: the status of an expired or unknown session. Both were seen. */
	expiredStatus: 401 | 403;
	/** §2.5: its text. Both were seen. */
	expiredText: 'Insufficient authentication.' | 'Insufficient authorisation.';
	/** §2.5, sources conflict: the answer to a request that an unknown installation signed. */
	lostInstallation: LostInstallationAnswer;
	/** Unknown: whether the sessions of a lost installation still answer unsigned requests. */
	sessionsOutliveInstallation: boolean;
	/** §2.4: the lifetime of a session in seconds, which users show as `session_timeout`. */
	sessionTimeoutSeconds: number;
	/** §2.4, sources conflict: whether using a session shortly before its end extends it. */
	sessionExtension: 'none' | '30 seconds' | '30 minutes';
	/** §7.2: whether the token endpoint also reads a form body. Only the URL is documented. */
	tokenEndpoint: 'both' | 'query-only';
	/** §7.2: the answer of an endpoint that reads only the URL to a form body. Undocumented. */
	formRefusal: FormRefusal;
	/** §9.3: whether a payment's `merchant_reference` comes back. */
	merchantReference: 'echo' | 'drop';
	/** §9.4: the order in which a draft shows its entries. Undocumented. */
	draftEntries: 'as sent' | 'reversed';
	/** §9.3: bunq's file nests a batch's payments one level deeper (`{Payment: […]}`) than the recording of 2017. */
	batchPayments: 'nested' | 'list';
	/** §5, §9.7: whether ordering or changing a card returns the card, or its ID as in bunq's file. */
	cardAnswer: 'card' | 'id';
	/** §3: answers carry X-Bunq-Server-Signature. */
	signAnswers: boolean;
	/** §3: the X-Bunq-Warning of each answer. */
	warning: string | null;
	/** §12: objects have undocumented fields, as bunq adds some at any time. */
	extraFields: boolean;
	/**
	 * §3: every POST and PUT must be signed, and no request may have a wrong signature. Default: bunq reads signatures only
	 * where it is known to require one.
	 */
	strictSignatures: boolean;
	/** §3: User-Agent, Cache-Control and the Content-Type of JSON are required. Clients work without each of them. */
	requireHeaders: boolean;
	/** §5: a field is superfluous unless the simulator gives it a meaning. Default: unless bunq's file has it. */
	strictFields: boolean;
	/** §4: bunq's rate limits, or none. */
	limits: 'classic' | 'off';
	/** §2.6, sources conflict: whether `permitted_ips: ["*"]` is honoured, or ignored as one page says. */
	honourWildcardIp: boolean;
	/** §8: whether an OAuth app may update and close accounts. Not in bunq's list of rights. */
	oauthMayUpdateAccounts: boolean;
	/** §8: whether an OAuth app may pay its user's own accounts in batches. Only payments are in bunq's list. */
	oauthMayPayBatches: boolean;
	/** §8: whether an OAuth app may cancel drafts. Unknown; it may make and read them. */
	oauthMayCancelDrafts: boolean;
	/** §8: whether an OAuth app may revoke requests. Unknown; it may make and read them. */
	oauthMayRevokeRequests: boolean;
	/** §8: whether the "transactions" in bunq's list of rights include these. Unknown. Default: they do. */
	oauthMayReadCardTransactions: boolean;
	/** §8: whether an OAuth app may read and write notes. Unknown. */
	oauthMayNote: boolean;
	/** §9.5: whether `updated` changes when a request expires. Unknown. */
	expiryUpdates: boolean;
	/** §8: whether an OAuth app may read and set notification filters. Clients do; it is not in bunq's list. */
	oauthMayFilter: boolean;
	/**
	 * §10.1: the keys of a notification filter. `bare` is recorded (2019), `lists` documented (2026); with `full`, which a
	 * client reads, each has an ID and times too. `nested` is the form of bunq's file, whose POST answers an ID.
	 */
	filterAnswer: 'full' | 'lists' | 'bare' | 'nested';
	/** §10.1: what may have two URLs per category: each list, or all lists of a user; or whether nothing is refused. Unknown. */
	callbackLimit: 'list' | 'user' | 'none';
	/** §10.1: a filter with an unknown category. Unknown: refused, left out of the list, or kept without effect. */
	unknownCategory: 'refuse' | 'ignore' | 'keep';
	/** §10.1: whether an app and its user share their lists, or each has its own. Unknown. */
	appCallbacks: 'shared' | 'own';
	/** §10.1: whether `all_monetary_account_id` narrows a filter of the user level. Documented as a field, never tried. */
	accountIdsNarrowFilters: boolean;
	/** Ours: bunq calls only HTTPS; without this a test's receiver can be `http://127.0.0.1`. */
	httpsCallbacks: boolean;
	/** §9.9: the answer to DELETE. bunq's file promises an object without properties. Inferred: nothing, or the ID. */
	deleteAnswer: 'nothing' | 'id';
	/** §8: the status of a missing right. Not recorded. */
	permissionStatus: 403 | 400;
	/** §2.2: whether a second device on one installation is refused. */
	deviceAlreadyExists: 'refuse' | 'accept';
	/** §4: installations per day and caller; the newest page says 10. Null: no such limit. */
	installationsPerDay: number | null;
	/** §3: whether a repeated X-Bunq-Client-Request-Id is refused. Documented, but one client repeats them. */
	rejectRequestIdReuse: boolean;
	/** §7.4: whether the granting user's own id works in an OAuth app's URLs. Documented: no. */
	acceptGrantedUserId: boolean;
}

export const DEFAULT_SWITCHES: Readonly<Switches> = {
	expiredStatus: 401,
	expiredText: 'Insufficient authentication.',
	lostInstallation: '466',
	sessionsOutliveInstallation: true,
	sessionTimeoutSeconds: 604_800,
	sessionExtension: 'none',
	tokenEndpoint: 'both',
	formRefusal: 'no code',
	merchantReference: 'echo',
	draftEntries: 'as sent',
	batchPayments: 'nested',
	cardAnswer: 'card',
	signAnswers: true,
	warning: null,
	extraFields: true,
	strictSignatures: false,
	requireHeaders: false,
	strictFields: false,
	limits: 'classic',
	honourWildcardIp: true,
	oauthMayUpdateAccounts: false,
	oauthMayPayBatches: false,
	oauthMayCancelDrafts: false,
	oauthMayRevokeRequests: false,
	oauthMayReadCardTransactions: true,
	oauthMayNote: false,
	expiryUpdates: false,
	oauthMayFilter: true,
	filterAnswer: 'full',
	callbackLimit: 'list',
	unknownCategory: 'refuse',
	appCallbacks: 'shared',
	accountIdsNarrowFilters: true,
	httpsCallbacks: true,
	deleteAnswer: 'nothing',
	permissionStatus: 403,
	deviceAlreadyExists: 'refuse',
	installationsPerDay: null,
	rejectRequestIdReuse: false,
	acceptGrantedUserId: false,
};

/** Stricter than the bank: what this package does without need, and must keep doing. Our own suites demand it. */
export const OUR_CLIENT: Readonly<Partial<Switches>> = {
	strictSignatures: true,
	requireHeaders: true,
	strictFields: true,
};
