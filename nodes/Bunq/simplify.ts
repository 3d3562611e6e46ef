import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from './api/clock';
import { accountType, ibanOf } from './api/objects';
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

/** bunq's objects as flat ones: camelCase, ISO 8601 UTC times, amounts as numbers with sign. */

/** bunq's time as ISO 8601 UTC; undefined when there is none. */
const isoTime = (text?: string | null) => {
	const time = parseBunqTime(text);
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

const toNumber = (amount?: Amount | null) => {
	const value = Number(amount?.value ?? NaN);
	return Number.isNaN(value) ? undefined : value;
};

/** Counted in whole cents: 0.1 + 0.2 is 0.3. Undefined when there is nothing to add, or something without a value. */
export const sum = (amounts: Array<Pick<Amount, 'value'> | null | undefined>) => {
	const cents = amounts.map((amount) => Math.round(Number(amount?.value ?? NaN) * 100));
	const total = cents.reduce((all, one) => all + one, 0) / 100;
	return amounts.length === 0 || Number.isNaN(total) ? undefined : total;
};

/** Always the same keys, null where bunq has nothing: the next node can rely on them. */
const withNulls = (keys: Record<string, unknown>) =>
	Object.fromEntries(
		Object.entries(keys).map(([key, value]) => [key, value ?? null]),
	) as IDataObject;

const user = ({ _type, id, ...rest }: User) => {
	const granting = Object.values(rest.granted_by_user ?? {})[0];
	const asking = Object.values(rest.requested_by_user ?? {})[0];
	return withNulls({
		id,
		type: _type,
		displayName: rest.display_name ?? granting?.display_name,
		userId: granting?.id ?? id,
		grantedBy: granting?.display_name,
		requestedBy: asking?.display_name,
		sessionTimeout: rest.session_timeout ?? granting?.session_timeout,
	});
};

const account = (bunqs: Account) =>
	withNulls({
		id: bunqs.id,
		type: accountType(bunqs),
		description: bunqs.description,
		iban: ibanOf(bunqs),
		balance: toNumber(bunqs.balance),
		currency: bunqs.currency ?? bunqs.balance?.currency,
		status: bunqs.status,
		displayName: bunqs.display_name,
	});

const payment = (bunqs: Payment) => {
	const amount = toNumber(bunqs.amount);
	return withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: bunqs.monetary_account_id,
		amount,
		currency: bunqs.amount?.currency,
		direction: amount === undefined ? undefined : amount < 0 ? 'out' : 'in',
		description: bunqs.description,
		type: bunqs.type,
		counterpartyName: bunqs.counterparty_alias?.display_name,
		counterpartyIban: bunqs.counterparty_alias?.iban,
		balanceAfter: toNumber(bunqs.balance_after_mutation),
		merchantReference: bunqs.merchant_reference,
	});
};

/**
 * The amount is what all entries together take from the account, without sign as bunq shows it: there is no sign in
 * the recording (docs/bunq-api.md 9.4), and as long as it is a draft nothing moved.
 */
const draftPayment = (bunqs: DraftPayment) => {
	const entries = bunqs.entries ?? [];
	const [first] = entries;
	return withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		updated: isoTime(bunqs.updated),
		accountId: bunqs.monetary_account_id,
		status: bunqs.status,
		amount: sum(entries.map(({ amount }) => amount)),
		currency: first?.amount?.currency,
		entries: entries.length,
		description: first?.description,
		counterpartyName: first?.counterparty_alias?.display_name,
		counterpartyIban: first?.counterparty_alias?.iban,
	});
};

/** The payments of a batch: one level deeper in bunq's file than in the recording (docs/bunq-api.md 9.3). */
export const paymentsOf = ({ payments }: PaymentBatch) =>
	(Array.isArray(payments) ? payments : payments?.Payment) ?? [];

/** The amount is what all payments together took from the account, without sign: what was ordered, as in a draft. */
const paymentBatch = (bunqs: PaymentBatch) => {
	const payments = paymentsOf(bunqs);
	const total = sum(payments.map(({ amount }) => amount));
	return withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: payments[0]?.monetary_account_id,
		amount: total && Math.abs(total),
		currency: payments[0]?.amount?.currency,
		entries: payments.length,
	});
};

const card = (bunqs: Card) => {
	const accountOf = (slot: string) =>
		bunqs.pin_code_assignment?.find(({ type }) => type === slot)?.monetary_account_id;
	return withNulls({
		id: bunqs.id,
		// `CardDebit` → `debit`: what bunq calls the type is MASTERCARD for both.
		type: bunqs._type.slice('Card'.length).toLowerCase(),
		productType: bunqs.product_type,
		status: bunqs.status,
		orderStatus: bunqs.order_status,
		nameOnCard: bunqs.name_on_card,
		lastFour: bunqs.primary_account_numbers?.[0]?.four_digit,
		expiryDate: bunqs.expiry_date,
		primaryAccountId: accountOf('PRIMARY'),
		secondaryAccountId: accountOf('SECONDARY'),
		fallbackAccountId: bunqs.monetary_account_id_fallback,
		cardLimit: toNumber(bunqs.card_limit),
		cardLimitAtm: toNumber(bunqs.card_limit_atm),
	});
};

/**
 * What a card transaction takes from the account, negative as in payments. bunq shows what is spent without sign, also
 * when it was declined (docs/bunq-api.md 9.8). That money which comes back has
 * a minus there is inferred from that.
 */
export const asDebit = (billed?: Amount | null): Amount | undefined =>
	billed ? { ...billed, value: (-Number(billed.value)).toFixed(2) } : undefined;

const cardTransaction = (bunqs: CardTransaction) => {
	const amount = asDebit(bunqs.amount_billing);
	return withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: bunqs.monetary_account_id,
		cardId: bunqs.card_id,
		// A declined one shows what was tried; the decision tells that nothing moved.
		amount: toNumber(amount),
		currency: amount?.currency,
		decision: bunqs.decision,
		description: bunqs.description,
		merchant: bunqs.counterparty_alias?.display_name,
		city: bunqs.city,
		status: bunqs.authorisation_status,
	});
};

/** Amounts without sign, as bunq shows them on both sides: nothing moved yet. */
const requestInquiry = (bunqs: RequestInquiry) =>
	withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: bunqs.monetary_account_id,
		amount: toNumber(bunqs.amount_inquired),
		currency: bunqs.amount_inquired?.currency,
		status: bunqs.status,
		description: bunqs.description,
		counterpartyName: bunqs.counterparty_alias?.display_name,
		counterpartyIban: bunqs.counterparty_alias?.iban,
		payUrl: bunqs.bunqme_share_url,
		amountPaid: toNumber(bunqs.amount_responded),
		expires: isoTime(bunqs.time_expiry),
	});

/** The amount is what all requests together are for. */
const requestInquiryBatch = (bunqs: RequestInquiryBatch) => {
	const requests = bunqs.request_inquiries ?? [];
	return withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: requests[0]?.monetary_account_id,
		amount: sum(requests.map(({ amount_inquired: inquired }) => inquired)),
		currency: requests[0]?.amount_inquired?.currency,
		entries: requests.length,
	});
};

const requestResponse = (bunqs: RequestResponse) =>
	withNulls({
		id: bunqs.id,
		created: isoTime(bunqs.created),
		accountId: bunqs.monetary_account_id,
		amount: toNumber(bunqs.amount_inquired),
		currency: bunqs.amount_inquired?.currency,
		status: bunqs.status,
		type: bunqs.type,
		description: bunqs.description,
		counterpartyName: bunqs.counterparty_alias?.display_name,
		counterpartyIban: bunqs.counterparty_alias?.iban,
		expires: isoTime(bunqs.time_expiry),
	});

const FORMS: Array<[type: RegExp, form: (object: never) => IDataObject]> = [
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

/** An object of bunq's, flat; what has no flat form here stays as it is. */
export const simplified = (object: object): IDataObject => {
	const type = String((object as IDataObject)._type ?? '');
	const [, form] = FORMS.find(([pattern]) => pattern.test(type)) ?? [];
	return form ? form(object as never) : (object as IDataObject);
};

/** The same for what was only sent so far: without the keys that only bunq knows. */
export const simplifiedSent = (object: object): IDataObject =>
	Object.fromEntries(
		Object.entries(simplified(object)).filter(([, value]) => value !== null),
	) as IDataObject;
