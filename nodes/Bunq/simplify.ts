import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from './api/clock';
import { accountType, ibanOf } from './api/objects';
import { isOwnReference } from './api/ownReference';
import type {
	Account,
	Amount,
	Card,
	CardTransaction,
	DraftPayment,
	Payment,
	PaymentBatch,
	RequestInquiry,
	RequestInquiryBatch,
	RequestResponse,
	User,
} from './api/types';

/** bunq's objects as flat output: camelCase keys, ISO 8601 UTC times, amounts as signed numbers. */

/** bunq's time as ISO 8601 UTC; undefined when there is none. */
const isoTime = (text?: string | null) => {
	const time = parseBunqTime(text);
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

const toNumber = (amount?: Amount | null) => {
	const value = Number(amount?.value ?? NaN);
	return Number.isNaN(value) ? undefined : value;
};

/**
 * The sum of amounts in their currency, added in whole cents: 0.1 + 0.2 is 0.3. Undefined for an empty list or when an
 * amount has no value.
 */
export const sum = (amounts: Array<Pick<Amount, 'value'> | null | undefined>) => {
	const cents = amounts.map((amount) => Math.round(Number(amount?.value ?? NaN) * 100));
	const result = cents.reduce((total, value) => total + value, 0) / 100;
	return amounts.length === 0 || Number.isNaN(result) ? undefined : result;
};

/** Null instead of undefined, so that every output of a kind has the same keys. */
const withNulls = (keys: Record<string, unknown>) =>
	Object.fromEntries(
		Object.entries(keys).map(([key, value]) => [key, value ?? null]),
	) as IDataObject;

const user = ({ _type, id, ...rest }: User) => {
	const grantor = Object.values(rest.granted_by_user ?? {})[0];
	const requester = Object.values(rest.requested_by_user ?? {})[0];
	return withNulls({
		id,
		type: _type,
		displayName: rest.display_name ?? grantor?.display_name,
		userId: grantor?.id ?? id,
		grantedBy: grantor?.display_name,
		requestedBy: requester?.display_name,
		sessionTimeout: rest.session_timeout ?? grantor?.session_timeout,
	});
};

const account = (raw: Account) =>
	withNulls({
		id: raw.id,
		type: accountType(raw),
		description: raw.description,
		iban: ibanOf(raw),
		balance: toNumber(raw.balance),
		currency: raw.currency ?? raw.balance?.currency,
		status: raw.status,
		displayName: raw.display_name,
	});

const payment = (raw: Payment) => {
	const amount = toNumber(raw.amount);
	return withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: raw.monetary_account_id,
		amount,
		currency: raw.amount?.currency,
		direction: amount === undefined ? undefined : amount < 0 ? 'out' : 'in',
		description: raw.description,
		type: raw.type,
		counterpartyName: raw.counterparty_alias?.display_name,
		counterpartyIban: raw.counterparty_alias?.iban,
		balanceAfter: toNumber(raw.balance_after_mutation),
		// One of our own says nothing to the user.
		merchantReference: isOwnReference(raw.merchant_reference) ? null : raw.merchant_reference,
	});
};

/** The amount is the sum of all entries, without sign as bunq shows it (docs/bunq-api.md 9.4): no money has moved yet. */
const draftPayment = (raw: DraftPayment) => {
	const entries = raw.entries ?? [];
	const [first] = entries;
	return withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		updated: isoTime(raw.updated),
		accountId: raw.monetary_account_id,
		status: raw.status,
		amount: sum(entries.map((entry) => entry?.amount)),
		currency: first?.amount?.currency,
		entries: entries.length,
		description: first?.description,
		counterpartyName: first?.counterparty_alias?.display_name,
		counterpartyIban: first?.counterparty_alias?.iban,
	});
};

/** The payments of a batch, which bunq documents one level deeper than recordings show them (docs/bunq-api.md 9.3). */
export const paymentsOf = ({ payments }: PaymentBatch) =>
	(Array.isArray(payments) ? payments : payments?.Payment) ?? [];

/** The amount is the sum of all payments, without sign as in a draft. */
const paymentBatch = (raw: PaymentBatch) => {
	const payments = paymentsOf(raw);
	const total = sum(payments.map((payment) => payment?.amount));
	return withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: payments[0]?.monetary_account_id,
		amount: total && Math.abs(total),
		currency: payments[0]?.amount?.currency,
		entries: payments.length,
	});
};

const card = (raw: Card) => {
	const accountOf = (slot: string) =>
		raw.pin_code_assignment?.find(({ type }) => type === slot)?.monetary_account_id;
	return withNulls({
		id: raw.id,
		// `CardDebit` → `debit`: bunq's `type` is MASTERCARD for both.
		type: raw._type.slice('Card'.length).toLowerCase(),
		productType: raw.product_type,
		status: raw.status,
		orderStatus: raw.order_status,
		nameOnCard: raw.name_on_card,
		lastFour: raw.primary_account_numbers?.[0]?.four_digit,
		expiryDate: raw.expiry_date,
		primaryAccountId: accountOf('PRIMARY'),
		secondaryAccountId: accountOf('SECONDARY'),
		fallbackAccountId: raw.monetary_account_id_fallback,
		cardLimit: toNumber(raw.card_limit),
		cardLimitAtm: toNumber(raw.card_limit_atm),
	});
};

/**
 * The amount of a card transaction as in payments: negative when the money is spent. bunq shows a spent amount without
 * sign, even in a declined transaction (docs/bunq-api.md 9.8); refunds are assumed to be negative there.
 */
export const asDebit = (billed?: Amount | null): Amount | undefined =>
	billed ? { ...billed, value: (-Number(billed.value)).toFixed(2) } : undefined;

const cardTransaction = (raw: CardTransaction) => {
	const amount = asDebit(raw.amount_billing);
	return withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: raw.monetary_account_id,
		cardId: raw.card_id,
		// Of a declined transaction, the amount that was tried: `decision` says that no money moved.
		amount: toNumber(amount),
		currency: amount?.currency,
		decision: raw.decision,
		description: raw.description,
		merchant: raw.counterparty_alias?.display_name,
		city: raw.city,
		status: raw.authorisation_status,
	});
};

/** Amounts are without sign, as bunq shows them to both sides: no money has moved yet. */
const requestInquiry = (raw: RequestInquiry) =>
	withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: raw.monetary_account_id,
		amount: toNumber(raw.amount_inquired),
		currency: raw.amount_inquired?.currency,
		status: raw.status,
		description: raw.description,
		counterpartyName: raw.counterparty_alias?.display_name,
		counterpartyIban: raw.counterparty_alias?.iban,
		payUrl: raw.bunqme_share_url,
		amountPaid: toNumber(raw.amount_responded),
		expires: isoTime(raw.time_expiry),
	});

/** The amount is the sum of all requests. */
const requestInquiryBatch = (raw: RequestInquiryBatch) => {
	const requests = raw.request_inquiries ?? [];
	return withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: requests[0]?.monetary_account_id,
		amount: sum(requests.map((request) => request?.amount_inquired)),
		currency: requests[0]?.amount_inquired?.currency,
		entries: requests.length,
	});
};

const requestResponse = (raw: RequestResponse) =>
	withNulls({
		id: raw.id,
		created: isoTime(raw.created),
		accountId: raw.monetary_account_id,
		amount: toNumber(raw.amount_inquired),
		currency: raw.amount_inquired?.currency,
		status: raw.status,
		type: raw.type,
		description: raw.description,
		counterpartyName: raw.counterparty_alias?.display_name,
		counterpartyIban: raw.counterparty_alias?.iban,
		expires: isoTime(raw.time_expiry),
	});

const SIMPLIFIERS: Array<[type: RegExp, simplifier: (object: never) => IDataObject]> = [
	[/^User/, user],
	[/^MonetaryAccount/, account],
	[/^Payment$/, payment],
	[/^PaymentBatch$/, paymentBatch],
	[/^DraftPayment$/, draftPayment],
	[/^Card(Debit|Credit)$/, card],
	[/^MasterCardAction$/, cardTransaction],
	[/^RequestInquiry$/, requestInquiry],
	[/^RequestInquiryBatch$/, requestInquiryBatch],
	[/^RequestResponse$/, requestResponse],
];

/** One of bunq's objects as flat output; an object of any other type remains as it is. */
export const simplified = (object: object): IDataObject => {
	const type = String((object as IDataObject)._type ?? '');
	const [, simplifier] = SIMPLIFIERS.find(([pattern]) => pattern.test(type)) ?? [];
	return simplifier ? simplifier(object as never) : (object as IDataObject);
};

/** An object that was only sent, as flat output without the keys that only bunq knows. */
export const simplifiedSent = (object: object): IDataObject =>
	Object.fromEntries(
		Object.entries(simplified(object)).filter(([, value]) => value !== null),
	) as IDataObject;
