import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { ibanOf } from '../api/objects';
import type { SpendingPolicy, Bunq } from '../connect';
import { sameAccount } from '../parameters/recipient';

/** Money that is to leave an account. */
interface OutgoingPayment {
	account: number;
	/** The recipient's, where there is one. */
	iban?: string | null;
	/** Decimal string. */
	value: string;
	currency: string;
	/** What the user can do where the credential does not allow it. */
	instead: string;
}

/**
 * Stops a payment that the credential's owner does not allow, or one to the paying account itself, before anything is
 * sent. An IBAN of one's own counts as own, which only the list of accounts can tell.
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
	/** With one of these in the body it is not. */
	without?: string[];
	/** Only with these values, where they are given. */
	only?: IDataObject;
}

/**
 * Writes that move no money to others and give nobody access (docs/bunq-api.md 8, 9, and bunq's OpenAPI file), by the
 * list that they are about. A list that is not here may move money: payments and batches, schedules, answers to
 * requests, transfers abroad, shared and joint accounts, mandates, sorting, OAuth clients, codes of cards.
 */
const SAFE_WRITES: Record<string, SafeWrite> = {
	'account/bunqme-tab': { methods: ['POST', 'PUT'] },
	'account/customer-statement': { methods: ['POST', 'DELETE'] },
	// A status could approve it; PUT does. A draft that nobody must approve would be a payment.
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

/** Notes can be put on anything in an account. */
const NOTE_PATH = /^account\/([a-z-]+\/\{id\}\/)+note-(attachment|text)$/;
const NOTE_WRITES: SafeWrite = { methods: ['DELETE', 'POST', 'PUT'] };
const NO_WRITES: SafeWrite = { methods: [] };

/** What somebody typed, its path as typedPath returns it. */
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
 * Stops a write that the credential's owner may not have allowed: where payments to others are off or limited, only
 * what certainly moves no money to others is let through.
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
