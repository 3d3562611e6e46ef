import { FORM_REFUSALS } from '../auth/formRefusals';
import { say, WORDS } from '../http/words';

/** §2.5: the answers that were seen, or are documented, for an installation that the bank has lost. */
export const LOST_INSTALLATION = {
	'466 required': [466, say('signatureMissing')],
	'401 authentication': [401, say('notAuthenticated')],
	'401 authorisation': [401, say('notAuthorised')],
	'403 authentication': [403, say('notAuthenticated')],
	'403 authorisation': [403, say('notAuthorised')],
	'400 invalid': [400, say('signatureInvalid')],
} as const satisfies Record<string, readonly [status: number, text: string]>;

export type LostInstallationAnswer = keyof typeof LOST_INSTALLATION;

interface Switch<V> {
	/** The section of docs/bunq-api.md. */
	section: string;
	/** What nobody knows, and what is known: a part of docs/simulator.md. */
	question: string;
	/** The default first. Of an open range, the values that the tests try. */
	values: readonly [V, ...V[]];
	/** Whether any value of their type will do. */
	isOpen: boolean;
}

const choice = <const V>(
	section: string,
	question: string,
	...values: readonly [V, ...V[]]
): Switch<V> => ({ section, question, values, isOpen: false });

const openRange = <V extends number | string | null>(
	section: string,
	question: string,
	...values: readonly [V, ...V[]]
): Switch<V> => ({ section, question, values, isOpen: true });

/**
 * Where sources conflict or say nothing, a switch lets the bank behave either way. The default is the first value: the best
 * supported, or the stricter of equals, but it demands nothing that some client of bunq does without. `STRICTER_THAN_BUNQ`
 * demands it of this package. docs/simulator.md lists the switches, with the tests that run under each value: a switch or a
 * value without such a test fails test/project/docsSwitches.test.ts. A test names its switch with test/support/underEach.ts.
 */
export const SWITCHES = {
	expiredStatus: choice('2.5', 'The status of an expired session. Both were seen.', 401, 403),
	expiredText: choice(
		'2.5',
		'The text of an expired session. Both were seen.',
		WORDS.notAuthenticated.text,
		WORDS.notAuthorised.text,
	),
	lostInstallation: choice(
		'2.5',
		'The answer to a request that an unknown installation signed. Sources conflict.',
		...(Object.keys(LOST_INSTALLATION) as [LostInstallationAnswer, ...LostInstallationAnswer[]]),
	),
	sessionsOutliveInstallation: choice(
		'2.5',
		'Whether the sessions of a lost installation still answer unsigned requests. Unknown.',
		true,
		false,
	),
	sessionTimeoutSeconds: openRange<number>(
		'2.4',
		'The lifetime of a session in seconds, which users show as `session_timeout`. Users may set minutes.',
		604_800,
		60,
	),
	sessionExtension: choice(
		'2.4',
		'How long before its end the use of a session extends it. Sources conflict.',
		'none',
		'30 seconds',
		'30 minutes',
	),
	sessionsPerInstallation: choice(
		'2.4',
		'What becomes of a session when its installation opens another for the same secret: several live on (inferred), only the newest (a guess), or the other is refused (recorded in 2018).',
		'several',
		'newest',
		'first',
	),
	earlierTokens: choice(
		'7.3',
		'Whether an access token ends when the same user grants the same app again. One client saw it.',
		'end',
		'live on',
	),
	tokenErrorStatus: choice(
		'7.3',
		"The status of the token endpoint's errors. Not recorded.",
		400,
		401,
	),
	tokenEndpoint: choice(
		'7.2',
		'Whether the token endpoint also reads a form body. Only the URL is documented.',
		'both',
		'query-only',
	),
	formRefusal: choice(
		'7.2',
		'The answer of an endpoint that reads only the URL to a form body. All are inferred.',
		...FORM_REFUSALS,
	),
	rateLimitStatus: choice(
		'4',
		'The status of a rate limit. One client takes a 409 of the sandbox for the same refusal.',
		429,
		409,
	),
	specialCharacters: choice(
		'5',
		'Whether `#`, `|` and `_` are refused in a description, with 478. Two clients report it; the list is not documented.',
		'accept',
		'refuse',
	),
	merchantReference: choice(
		'9.3',
		'Whether a `merchant_reference` comes back. Unknown.',
		'echo',
		'drop',
	),
	draftEntries: choice(
		'9.4',
		'The order in which a draft shows its entries. Undocumented.',
		'as sent',
		'reversed',
	),
	batchPayments: choice(
		'9.3',
		"How a batch shows its payments: bunq's file nests them one level deeper than the recording of 2017.",
		'nested',
		'list',
	),
	cardAnswer: choice(
		'5',
		"Whether ordering or changing a card returns the card, or its ID as in bunq's file.",
		'card',
		'id',
	),
	requestResponseAnswer: choice(
		'9.6',
		"The answer to accepting or rejecting a request: its ID, as in bunq's file, or the `RequestResponse` that the SDKs read.",
		'id',
		'object',
	),
	secondLineLength: choice(
		'9.7',
		"How many characters a card's second line may have: 17 in bunq's file, 21 elsewhere.",
		17,
		21,
	),
	cardAmounts: choice(
		'9.8',
		'Which amounts of card transactions have a minus: refunds (a guess), spending (one source), or none. Sources conflict.',
		'refunds negative',
		'spending negative',
		'no sign',
	),
	sandboxRequests: choice(
		'11',
		'What becomes of a request of more than EUR 500 to `sugardaddy@bunq.com`: rejected, says bunq; a user of 2026 saw it stay pending.',
		'rejected',
		'pending',
	),
	wrongSignature: choice(
		'3',
		"The status of a wrong signature: 400 is recorded, 401 is in bunq's table.",
		400,
		401,
	),
	signErrors: choice(
		'3',
		'Whether errors are signed: no, say two clients; a third verifies those of 400 to 499 except 429 and 491.',
		false,
		true,
	),
	signAnswers: choice(
		'3',
		'Whether answers carry `X-Bunq-Server-Signature`. Every client that verifies them relies on it.',
		true,
		false,
	),
	warning: openRange<string | null>(
		'3',
		'The `X-Bunq-Warning` of each answer. Its texts are unknown.',
		null,
		'You have a negative balance.',
	),
	compressedAnswers: choice(
		'3',
		'Whether answers are compressed for a client that accepts it, and how. Unknown.',
		'never',
		'gzip',
		'deflate',
		'br',
	),
	extraFields: choice(
		'12',
		'Whether objects have undocumented fields, as bunq adds some at any time.',
		true,
		false,
	),
	strictSignatures: choice(
		'3',
		'Whether every POST and PUT must be signed and no request may have a wrong signature, or bunq reads signatures only where it is known to require one.',
		false,
		true,
	),
	requireHeaders: choice(
		'3',
		'Whether `User-Agent`, `Cache-Control` and the `Content-Type` of JSON are required. Clients work without each of them.',
		false,
		true,
	),
	strictFields: choice(
		'5',
		"Whether a field is superfluous unless the simulator gives it a meaning, or unless bunq's file has it.",
		false,
		true,
	),
	limits: choice(
		'4',
		"bunq's rate limits: the older table, which is stricter; the newest page; or none.",
		'classic',
		'newest',
		'off',
	),
	honourWildcardIp: choice(
		'2.6',
		'Whether `permitted_ips: ["*"]` is honoured, or ignored as one page says. Sources conflict.',
		true,
		false,
	),
	oauthMayUpdateAccounts: choice(
		'8',
		"Whether an OAuth app may update and close accounts. Not in bunq's list of rights.",
		false,
		true,
	),
	oauthMayPayBatches: choice(
		'8',
		"Whether an OAuth app may pay its user's own accounts in batches. Only payments are in bunq's list.",
		false,
		true,
	),
	oauthMayCancelDrafts: choice(
		'8',
		'Whether an OAuth app may cancel drafts. Unknown; it may make and read them.',
		false,
		true,
	),
	oauthMayRevokeRequests: choice(
		'8',
		'Whether an OAuth app may revoke requests. Unknown; it may make and read them.',
		false,
		true,
	),
	oauthMayReadCardTransactions: choice(
		'8',
		'Whether the "transactions" in bunq\'s list of rights include those by card. Unknown.',
		true,
		false,
	),
	oauthMayNote: choice(
		'8',
		'Whether an OAuth app may read and write notes. Unknown; one client of 2020 wrote them.',
		false,
		true,
	),
	noteAttachments: choice(
		'9.9',
		"How a note shows its files: as objects, which bunq's file has, or as bare IDs, which a client reads.",
		'objects',
		'ids',
	),
	statementSeconds: openRange<number>(
		'9.11',
		'How long bunq makes a statement, in seconds. Unknown.',
		5,
		0,
		300,
	),
	unreadyStatus: choice(
		'9.11',
		'The status of a statement that is not ready. Only `COMPLETED` is known; both words are invented.',
		'PENDING',
		'IN_PROGRESS',
	),
	unreadyStatement: choice(
		'9.11',
		'The status of the answer to a read of a file that is not ready. Unknown.',
		404,
		400,
	),
	statementWrapper: choice(
		'9.11',
		'The key around a statement: the SDKs have the first, an example of 2017 the second.',
		'CustomerStatement',
		'CustomerStatementExport',
	),
	invoiceItem: choice(
		'9.11',
		"The `item` of an invoice's group: a list in bunq's file, an object in bunq's example.",
		'list',
		'object',
	),
	oauthMayUpload: choice(
		'8',
		'Whether an OAuth app may upload files. Unknown; a client with the rights of PSD2 does.',
		false,
		true,
	),
	oauthMayReadFiles: choice(
		'8',
		'Whether an OAuth app may download files. bunq describes it for users who granted access.',
		true,
		false,
	),
	attachmentDescription: choice(
		'9.10',
		'Whether an upload needs `X-Bunq-Attachment-Description`. Sources conflict.',
		'required',
		'optional',
	),
	attachmentMaxBytes: openRange<number | null>(
		'9.10',
		'The largest upload in bytes. Unknown. Null: no limit.',
		null,
		10_485_760,
	),
	fileContentType: choice(
		'9.10',
		'The `Content-Type` of a file that the bank gives: its own, as bunq describes, or one for any file. Nothing is recorded.',
		'own',
		'application/octet-stream',
		'application/json',
	),
	attachmentContent: choice(
		'9.10',
		'Where a file can be read: at its user, at its account, or at both. One client tries one after the other.',
		'both',
		'user',
		'account',
	),
	oauthMayUseTheRest: choice(
		'8',
		"Whether an OAuth app may use what is neither in bunq's list of rights nor asked above. Documented: no.",
		false,
		true,
	),
	expiryUpdates: choice(
		'9.5',
		'Whether `updated` changes when a request expires. Unknown.',
		false,
		true,
	),
	oauthMayFilter: choice(
		'8',
		"Whether an OAuth app may read and set notification filters. Clients do; it is not in bunq's list.",
		true,
		false,
	),
	filterAnswer: choice(
		'10.1',
		"The keys of a notification filter. `bare` is recorded (2019), `lists` documented (2026); with `full`, which a client reads, each has an ID and times too. `nested` is the form of bunq's file, whose POST answers an ID.",
		'full',
		'lists',
		'bare',
		'nested',
	),
	callbackLimit: choice(
		'10.1',
		'What may have two URLs per category: each list, or all lists of a user; or whether nothing is refused. Unknown.',
		'list',
		'user',
		'none',
	),
	unknownCategory: choice(
		'10.1',
		'A filter with an unknown category. Unknown: refused, left out of the list, or kept without effect.',
		'refuse',
		'ignore',
		'keep',
	),
	appCallbacks: choice(
		'10.1',
		'Whether an app and its user share their lists of notification filters, or each has its own. Unknown.',
		'shared',
		'own',
	),
	accountIdsNarrowFilters: choice(
		'10.1',
		'Whether `all_monetary_account_id` narrows a filter of the user level. Documented as a field, never tried.',
		true,
		false,
	),
	draftCallbacks: choice(
		'10.2',
		'Whether drafts cause calls. The category is documented; one user saw only the payments. Sources conflict.',
		true,
		false,
	),
	scheduleCallbacks: choice(
		'10.2',
		'Which category tells of the runs of scheduled payments, and which of the schedules: `SCHEDULE_RESULT` of the runs, as the names say, or the other way round, as callbacks of 2017 do, whose categories prove nothing.',
		'documented',
		'swapped',
	),
	signCallbacks: choice(
		'10.2',
		'Whether calls carry `X-Bunq-Server-Signature`. No official page says so. Sources conflict.',
		false,
		true,
	),
	callbackTimeoutSeconds: openRange<number>(
		'10.2',
		'How long the bank waits for an answer to a call. Ten seconds are in an example; the rule is unknown.',
		10,
		0.05,
	),
	linkCallback: choice(
		'10.2',
		'The object of a call about a paid bunq.me tab: the tab since June 2024, before that its result inquiry. One client tells.',
		'tab',
		'result inquiry',
	),
	linkCancellation: choice(
		'9.12',
		"Whether cancelling a bunq.me tab needs its entry, as in bunq's file. Clients send the status alone.",
		'status only',
		'with entry',
	),
	oauthMayUseLinks: choice(
		'8',
		"Whether an OAuth app may make, read and cancel bunq.me tabs. An app does; it is not in bunq's list.",
		true,
		false,
	),
	eventIds: choice(
		'10.3',
		"Whether the IDs of an event's user and account are text, as in bunq's file, or numbers. No event is recorded.",
		'text',
		'number',
	),
	oauthMayReadEvents: choice(
		'8',
		"Whether an OAuth app may read events. Unknown; not in bunq's list of rights.",
		false,
		true,
	),
	httpsCallbacks: choice(
		'10.1',
		"Ours: bunq calls only HTTPS; without this a test's receiver can be `http://127.0.0.1`.",
		true,
		false,
	),
	deleteAnswer: choice(
		'9.9',
		"The answer to DELETE. bunq's file promises an object without properties. Inferred: nothing, or the ID.",
		'nothing',
		'id',
	),
	accountNotFound: choice(
		'5',
		"The text for an account that is not there, or not the caller's. Both were seen.",
		'item',
		'account',
	),
	permissionStatus: choice('8', 'The status of a missing right. Not recorded.', 403, 400),
	deviceAlreadyExists: choice(
		'2.2',
		'Whether a second device on one installation is refused.',
		'refuse',
		'accept',
	),
	installationsPerDay: openRange<number | null>(
		'4',
		'Installations per day and caller; the newest page says 10. Null: no such limit.',
		null,
		2,
	),
	rejectRequestIdReuse: choice(
		'3',
		'Whether a repeated `X-Bunq-Client-Request-Id` is refused. Documented, but one client repeats them.',
		false,
		true,
	),
	acceptGrantedUserId: choice(
		'7.4',
		"Whether the granting user's own ID works in an OAuth app's URLs. Documented: no.",
		false,
		true,
	),
};

export type SwitchName = keyof typeof SWITCHES;

/** The state of every switch. */
export type Switches = { [K in SwitchName]: (typeof SWITCHES)[K]['values'][number] };

export const SWITCH_NAMES = Object.keys(SWITCHES) as SwitchName[];

export const DEFAULT_SWITCHES = Object.fromEntries(
	SWITCH_NAMES.map((name) => [name, SWITCHES[name].values[0]]),
) as unknown as Readonly<Switches>;

/** Stricter than the bank: what this package does without need, and must keep doing. Our own suites demand it. */
export const STRICTER_THAN_BUNQ: Readonly<Partial<Switches>> = {
	strictSignatures: true,
	requireHeaders: true,
	strictFields: true,
};
