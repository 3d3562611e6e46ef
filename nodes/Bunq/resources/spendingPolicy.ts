import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { ibanOf } from '../api/objects';
import type { Bunq, SpendingPolicy } from '../connect';
import { sameAccount } from '../parameters/recipient';

/** A payment that is about to leave an account. */
interface OutgoingPayment {
	account: number;
	/** The recipient's IBAN, if it has one. */
	iban?: string | null;
	/** Decimal string. */
	value: string;
	currency: string;
	/** The user's alternative when the credential does not allow it: a clause without a full stop. */
	instead: string;
}

/**
 * Throws a BunqError before anything is sent when the credential's owner does not allow this payment, or when it goes to
 * the paying account itself. The list of accounts tells which IBANs are the user's own.
 */
export const assertPaymentAllowed = async (
	{ account, iban, value, currency, instead }: OutgoingPayment,
	bunq: Bunq,
) => {
	const { paymentsToOthers, maxAmount } = bunq.spendingPolicy;
	if (paymentsToOthers && maxAmount === Infinity) return;
	const own = iban ? (await bunq.accounts()).find((one) => ibanOf(one) === iban) : undefined;
	if (own?.id === account) throw sameAccount();
	if (own) return;
	if (!paymentsToOthers)
		throw new BunqError('invalidInput', 'This credential may only pay between your own accounts', {
			description: `Nothing was sent. The recipient is somebody else. ${instead}, or turn on "Allow Payments to Others" in the Bunq API Key API credential.`,
		});
	if (maxAmount !== Infinity && currency.toUpperCase() !== 'EUR')
		throw new BunqError('invalidInput', `"Max Amount" is in euros, and this is in ${currency}`, {
			description: `Nothing was sent. The limit of this credential cannot be compared with another currency. ${instead}, or set "Max Amount" to 0 in the credential.`,
		});
	if (Number(value) > maxAmount)
		throw new BunqError(
			'invalidInput',
			`${value} is more than this credential may pay to others at once`,
			{
				description: `Nothing was sent. Its Max Amount is ${maxAmount.toFixed(2)}. ${instead}, or change it in the credential.`,
			},
		);
};

interface SafeWrite {
	methods: string[];
	/** Keys that must not be in the body. */
	without?: string[];
	/** The only allowed values of these keys, where the body has them. */
	only?: IDataObject;
}

/**
 * Writes that move no money to others and grant no access (docs/bunq-api.md 8, 9, and bunq's OpenAPI file), by
 * collection. Any other collection may move money: payments and batches, schedules, answers to requests, transfers
 * abroad, shared and joint accounts, mandates, sorting, OAuth clients, codes of cards.
 */
const SAFE_WRITES: Record<string, SafeWrite> = {
	'account/bunqme-tab': { methods: ['POST', 'PUT'] },
	'account/customer-statement': { methods: ['POST', 'DELETE'] },
	// A status could approve it, and PUT does. A draft that needs no approval would be a payment.
	'account/draft-payment': {
		methods: ['POST'],
		without: ['status'],
		only: { number_of_required_accepts: 1 },
	},
	'account/event/{id}/statement': { methods: ['POST'] },
	'account/export-rib': { methods: ['POST', 'DELETE'] },
	'account/notification-filter-url': { methods: ['POST'] },
	'account/request-inquiry': { methods: ['POST', 'PUT'] },
	'account/request-inquiry-batch': { methods: ['POST', 'PUT'] },
	'user/additional-transaction-information-category-user-defined': { methods: ['POST'] },
	'user/card': { methods: ['PUT'] },
	'user/card-batch': { methods: ['POST'] },
	'user/card-batch-replace': { methods: ['POST'] },
	'user/card-credit': { methods: ['POST'] },
	'user/card-debit': { methods: ['POST'] },
	'user/card/{id}/export-statement-card-csv': { methods: ['POST', 'DELETE'] },
	'user/card/{id}/export-statement-card-pdf': { methods: ['POST', 'DELETE'] },
	'user/card/{id}/replace': { methods: ['POST'] },
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
	'user/notification-filter-url': { methods: ['POST'] },
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
	path
		.split('?')[0]
		.replace(/\/(\d+|\{user\})(?=\/|$)/g, '/{id}')
		.replace(/^\/user\/\{id\}\/monetary-account\/\{id\}\//, 'account/')
		.replace(/^\/user\/\{id\}\//, 'user/')
		.replace(/\/\{id\}$/, '');

/**
 * Throws a BunqError before anything is sent when the credential's owner may not allow this write. Where payments to
 * others are off or limited, only writes that certainly move no money to others pass.
 */
export const assertWriteAllowed = (
	{ method, path, body }: Request,
	{ paymentsToOthers, maxAmount }: SpendingPolicy,
) => {
	if (paymentsToOthers && maxAmount === Infinity) return;
	const list = collectionOf(path);
	const known = Object.hasOwn(SAFE_WRITES, list)
		? SAFE_WRITES[list]
		: NOTE_PATH.test(list)
			? NOTE_WRITES
			: NO_WRITES;
	const { methods, without = [], only = {} } = known;
	const key = Object.keys(body).find(
		(name) => without.includes(name) || (name in only && body[name] !== only[name]),
	);
	if (methods.includes(method) && !key) return;
	const [bare] = path.split('?');
	const what =
		methods.includes(method) && key ? `"${key}" in ${method} ${bare}` : `${method} ${bare}`;
	throw new BunqError('invalidInput', `${what} could move money to others`, {
		description: `Nothing was sent. The credential ${paymentsToOthers ? 'has a Max Amount, which cannot be checked here' : 'does not allow payments to others'}. Use the operation of the Bunq node that does this, for example "Payment: Create" between your own accounts or "Draft Payment: Create", which you approve in the bunq app; or turn on "Allow Payments to Others" and set "Max Amount" to 0 in the Bunq API Key API credential.`,
	});
};
