/**
 * Every text with which the simulated bank refuses. It is either bunq's, with its source, or invented, because no public
 * source has bunq's own. Replace an invented one as soon as somebody has recorded it.
 *
 * Repositories are GitHub's; links are in docs/bunq-api.md.
 */
interface Words {
	/** `{name}` is a value. */
	text: string;
	/** Default: 400. */
	status?: number;
	/** Where bunq said or wrote it. Undefined: invented. */
	source?: string;
	/** In the user's language, where bunq's own English differs. */
	translated?: string;
}

const recorded = (source: string, text: string, more: Partial<Words> = {}): Words => ({
	source,
	text,
	...more,
});

const invented = (text: string, more: Partial<Words> = {}): Words => ({ text, ...more });

export const WORDS = {
	// Of the protocol (§2.5, §3, §5)
	unknownPath: recorded('bunqCommunity/bunqDesktop#536', 'Route not found.', { status: 404 }),
	notFound: recorded(
		'bunqCommunity/bunqDesktop#348',
		'The item you requested could not be found.',
		{
			status: 404,
		},
	),
	noAccount: recorded(
		'jorttbv/bunq-client, spec/bunq/fixtures/not-found.json',
		'Monetary account for id "{id}" not found.',
		{ status: 404 },
	),
	methodNotAllowed: invented('Method not allowed.', { status: 405 }),
	signatureRequired: recorded(
		'bunq/doc#125',
		'For this operation a request signature is required. Check the urls for more information.',
		{ status: 466 },
	),
	signatureMissing: recorded(
		'bunq/doc, DESCRIPTION.md',
		'Request signature is required for this operation.',
		{ status: 466 },
	),
	signatureInvalid: recorded('bunq/sdk_php#87', 'The request signature is invalid.'),
	credentials: recorded(
		'bunq/sdk_php#160',
		'User credentials are incorrect. Incorrect API key or IP address.',
	),
	notAuthenticated: recorded('arner/bunqr, error.json', 'Insufficient authentication.', {
		status: 401,
	}),
	notAuthorised: recorded(
		'jorttbv/bunq-client, spec/bunq/fixtures/session-timeout.json',
		'Insufficient authorisation.',
		{ status: 403 },
	),
	notPermitted: recorded('WilcoKruijer/bunq-mcp, README', 'Not enough permissions to {does}.', {
		status: 403,
	}),
	deviceExists: recorded(
		'arner/bunqr, sdk.go',
		'A device already exists for the current installation.',
	),
	hasSession: recorded(
		'bunqCommunity/bunqJSClient, src',
		'Authentication token already has a user session.',
	),
	clientKey: recorded('bunq/postman#27', 'Client Public Key Invalid'),
	tooMany: recorded(
		'wesselt/bunq2ynab#62',
		'Too many requests. You can do a maximum of {calls} calls per {seconds} second to this endpoint.',
		{ status: 429 },
	),
	broken: recorded('bunq/sdk_php#169', 'Encountered unhandled exception.', { status: 500 }),
	maintenance: invented('bunq is down for maintenance. Please try again later.', { status: 491 }),
	missingHeader: invented('Missing required header "{name}".'),
	requestIdUsed: invented('The X-Bunq-Client-Request-Id was used before on this device.'),
	notJson: invented('The request body is not a JSON object.'),

	// Of fields and pages (§5, §6)
	superfluous: recorded('bunq/sdk_php#101', 'Superfluous field "{name}".'),
	wrongType: recorded(
		'bunq/sdk_python#15',
		'Invalid type for field "{name}" (expected {expected}).',
	),
	wrongValue: invented('Invalid value for field "{name}" (expected {expected}).'),
	missing: invented('Missing required parameter "{name}".'),
	tooLong: invented('The {what} cannot be longer than {most} characters.'),
	bothIds: invented('You cannot use "older_id" and "newer_id" together.'),

	character: invented('The description has an invalid character.', { status: 478 }),
	targets: invented('You can have at most {most} notification targets for "{category}".'),

	// Of accounts and payments (§9.2 to §9.6)
	noPointerName: recorded('bunq/sdk_csharp#53', 'Pointer has no name set'),
	iban: recorded('bunq/partner-mcp, swagger', 'Invalid IBAN format', {
		translated: 'The IBAN format is not valid',
	}),
	noBunqUser: invented('No bunq user was found for "{value}".'),
	noIban: invented('The account has no IBAN.'),
	sameAccount: invented('The payer and the recipient are the same account.'),
	zero: invented('The amount must be more than zero.'),
	otherCurrency: invented('The currency of the account is {currency}.'),
	noBalance: invented('The account does not have enough balance.'),
	wrongStatus: invented('The {what} is {status}.'),
	count: invented('A {what} must have between 1 and {most} entries.'),
	draftUpdated: invented('The draft payment was updated after "previous_updated_timestamp".'),
	closing: invented(
		'An account can only be closed with status CANCELLED, sub_status REDEMPTION_VOLUNTARY and reason OTHER.',
	),
	balanceLeft: invented('The balance of the account must be zero before it can be closed.'),

	// Of cards and notes (§9.7, §9.9)
	cardName: recorded(
		'KingSlayer06/hackathon_toolkit, 08_create_card.py',
		'USER_CARD_NAME_NOT_AVAILABLE',
	),
	cardLimit: recorded(
		'KingSlayer06/hackathon_toolkit, 08_create_card.py',
		'USER_HAS_REACHED_CARD_LIMIT',
	),
	pinTwice: invented('A PIN type can be assigned only once.'),
	cardStatus: invented(
		'The status of the card cannot be {status} while its order status is {orderStatus}.',
	),
	noNotes: recorded('bunq/postman#16', 'The provided object does note support notes.'),

	fileType: invented('The content type "{contentType}" is not supported.'),
	fileEmpty: invented('The attachment is empty.'),
	fileTooLarge: invented('The attachment is larger than {most} bytes.'),
	noAttachment: invented('Attachment for id "{id}" not found.'),

	// Of the token endpoint, which has OAuth's form (§7.2, §7.3)
	grantInvalid: recorded(
		'bunq/doc, DESCRIPTION.md',
		'The authorization code is invalid or expired.',
	),
	grantType: invented('The grant type is not supported.'),
	client: invented('The client credentials are invalid.'),
	oauthMissing: invented('Missing parameter: {name}.'),
	mediaType: invented('Unsupported media type.', { status: 415 }),
} satisfies Record<string, Words>;

export type Wording = keyof typeof WORDS;

export type WordValues = Record<string, string | number>;

const fill = (text: string, values: WordValues) =>
	text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

/** A text of the bank. */
export const say = (wording: Wording, values: WordValues = {}): string =>
	fill(WORDS[wording].text, values);

/** The words whose source is nobody but us. */
export const inventedWords = (): Wording[] =>
	(Object.keys(WORDS) as Wording[]).filter((name) => !(WORDS[name] as Words).source);

/** A text's status and its translation, where it has one. */
export const wordsOf = (wording: Wording): Words => WORDS[wording];
