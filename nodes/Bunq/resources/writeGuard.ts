import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { withoutQuery } from '../api/path';
import type { SpendingPolicy } from '../spendingPolicy';

interface SafeWrite {
	methods: string[];
	/** Keys that must not be in the body, at any depth. */
	without?: string[];
	/** Keys that the body must have, with exactly these values. */
	requires?: IDataObject;
}

/** Keys that let somebody use a card. */
const CODES = ['pin_code', 'activation_code'];

/**
 * Writes that move no money to others and grant no access (docs/bunq-api.md 8, 9, and bunq's OpenAPI file), by
 * collection. Any other collection may move money: payments and batches, schedules, answers to requests, transfers
 * abroad, shared and joint accounts, mandates, sorting, OAuth clients, codes of cards. A callback sends what happens in an
 * account to any address, and replaces those that are there.
 */
const SAFE_WRITES: Record<string, SafeWrite> = {
	// A file of the user's own, which nothing names yet.
	'account/attachment': { methods: ['POST'] },
	'account/bunqme-tab': { methods: ['POST', 'PUT'] },
	'account/customer-statement': { methods: ['POST', 'DELETE'] },
	// A status could approve it, and PUT does. A draft that needs no approval would be a payment.
	'account/draft-payment': {
		methods: ['POST'],
		without: ['status'],
		requires: { number_of_required_accepts: 1 },
	},
	'account/event/{id}/statement': { methods: ['POST'] },
	'account/export-rib': { methods: ['POST', 'DELETE'] },
	'account/request-inquiry': { methods: ['POST', 'PUT'] },
	'account/request-inquiry-batch': { methods: ['POST', 'PUT'] },
	'user/additional-transaction-information-category-user-defined': { methods: ['POST'] },
	'user/card': { methods: ['PUT'], without: CODES },
	'user/card-batch': { methods: ['POST'], without: CODES },
	'user/card-batch-replace': { methods: ['POST'], without: CODES },
	'user/card-credit': { methods: ['POST'], without: CODES },
	'user/card-debit': { methods: ['POST'], without: CODES },
	'user/card/{id}/export-statement-card-csv': { methods: ['POST', 'DELETE'] },
	'user/card/{id}/export-statement-card-pdf': { methods: ['POST', 'DELETE'] },
	'user/card/{id}/replace': { methods: ['POST'], without: CODES },
	'user/export-annual-overview': { methods: ['POST', 'DELETE'] },
	'user/invoice/{id}/invoice-export': { methods: ['POST', 'PUT', 'DELETE'] },
	// A setting says whether direct debits are accepted, and a co-owner may pay.
	'user/monetary-account-bank': { methods: ['POST', 'PUT'], without: ['setting'] },
	'user/monetary-account-savings': {
		methods: ['POST', 'PUT'],
		without: ['setting', 'all_co_owner'],
	},
	'user/notification-filter-email': { methods: ['POST'] },
	'user/notification-filter-failure': { methods: ['POST'] },
	'user/notification-filter-push': { methods: ['POST'] },
};

/** Any object in an account can have notes. */
const NOTE_PATH = /^account\/([a-z-]+\/\{id\}\/)+note-(attachment|text)$/;
const NOTE_WRITES: SafeWrite = { methods: ['DELETE', 'POST', 'PUT'] };
const NO_WRITES: SafeWrite = { methods: [] };

/** A request that a user wrote; the path as parseUserPath returns it. */
interface Request {
	method: 'DELETE' | 'GET' | 'POST' | 'PUT';
	path: string;
	body: IDataObject;
}

/** `/user/{user}/monetary-account/1/draft-payment/2` → `account/draft-payment`. */
const collectionOf = (path: string) =>
	withoutQuery(path)
		.replace(/\/(\d+|\{user\})(?=\/|$)/g, '/{id}')
		.replace(/^\/user\/\{id\}\/monetary-account\/\{id\}\//, 'account/')
		.replace(/^\/user\/\{id\}\//, 'user/')
		.replace(/\/\{id\}$/, '');

/** The operation of the Bunq node that does the same, with the checks that a body cannot have here. */
const OPERATIONS: Record<string, string> = {
	'account/draft-payment': 'Draft Payment: Create" or "Draft Payment: Cancel',
	'account/payment': 'Payment: Create',
	'account/payment-batch': 'Payment: Create Batch',
	'account/request-response':
		'Money Request (Received): Accept" or "Money Request (Received): Reject',
	'account/schedule-payment': 'Scheduled Payment: Create" or "Scheduled Payment: Cancel',
};

/**
 * Throws a BunqError before anything is sent when the credential's owner may not allow this write. Only an API key that
 * may pay anyone any amount sends all of them; any other credential, OAuth too, sends only those that certainly move no
 * money to others and give them no access.
 */
export const assertWriteAllowed = (
	{ method, path, body }: Request,
	{ toOthers }: SpendingPolicy,
) => {
	if (toOthers === 'unlimited') return;
	const list = collectionOf(path);
	const reason = reasonAgainst(method, list, body);
	if (reason === undefined) return;
	const operation = OPERATIONS[list];
	throw new BunqError(
		'invalidInput',
		`${reason}${method} ${withoutQuery(path)} could move money or give others access`,
		{
			description: `Nothing was sent. ${WHY[toOthers]}. ${operation ? `Use "${operation}" or the bunq app` : 'Do it in the bunq app'}, or use a Bunq API credential with "Allow Payments to Others" on and "Limit Each Payment" off.`,
		},
	);
};

const WHY = {
	leftToBunq: 'With OAuth, API Request sends only what certainly does neither',
	never: 'The credential does not allow payments to others',
	limited: 'The credential has a Maximum Amount (EUR), which cannot be checked here',
	unreadable: 'The credential has a Maximum Amount (EUR), which cannot be checked here',
};

/** Why a write is not certainly safe: a key of its body, as the beginning of a message, or empty; undefined if it is safe. */
const reasonAgainst = (method: string, list: string, body: IDataObject) => {
	const safe = Object.hasOwn(SAFE_WRITES, list)
		? SAFE_WRITES[list]
		: NOTE_PATH.test(list)
			? NOTE_WRITES
			: NO_WRITES;
	const { methods, without = [], requires = {} } = safe;
	if (!methods.includes(method)) return '';
	const text = JSON.stringify(body).toLowerCase();
	const key =
		Object.keys(requires).find((name) => body[name] !== requires[name]) ??
		without.find((name) => text.includes(`"${name}":`));
	return key && `"${key}" in `;
};
