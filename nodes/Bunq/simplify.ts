import type { IDataObject } from 'n8n-workflow';
import { innerOf, isRecord } from './api/json';
import { accountType, ibanOf } from './api/objects';
import { isOwnReference } from './api/ownReference';
import { readCents, readId } from './api/readable';
import { directionOf, totalOf } from './api/totals';
import type {
	Account,
	CallbackFilter,
	DraftPayment,
	Payment,
	PaymentBatch,
	RequestInquiry,
	RequestInquiryBatch,
	RequestResponse,
	ScheduledPayment,
	User,
} from './api/types';
import { bunqMeLink } from './simplify/bunqMeLink';
import { card, cardTransaction } from './simplify/cards';
import { invoice, note, statement } from './simplify/files';
import {
	accountOf,
	fromCents,
	idsOf,
	isoTime,
	textsOf,
	toNumber,
	toText,
	withNulls,
} from './simplify/values';
import { isTriggerUrl } from './triggerUrl';

/**
 * bunq's objects as flat output: camelCase keys, ISO 8601 UTC times, amounts as signed numbers. Null for what bunq does
 * not say, and for what cannot be read as the kind of value that the key has: never another value, never an error.
 */

const toSeconds = (value: unknown) => (Number.isFinite(value) ? value : undefined);

const user = ({ _type, id: rawId, ...rest }: User) => {
	const id = readId(rawId);
	const grantor = innerOf(rest.granted_by_user);
	return withNulls({
		id,
		type: _type,
		displayName: toText(rest.display_name) ?? toText(grantor?.display_name),
		// An app's own ID is not the ID of the user who granted access.
		userId: rest.granted_by_user ? readId(grantor?.id) : id,
		grantedBy: toText(grantor?.display_name),
		requestedBy: toText(innerOf(rest.requested_by_user)?.display_name),
		sessionTimeout: toSeconds(rest.session_timeout) ?? toSeconds(grantor?.session_timeout),
	});
};

const account = (raw: Account) =>
	withNulls({
		id: readId(raw.id),
		type: accountType(raw),
		name: toText(raw.description),
		iban: ibanOf(raw),
		balance: toNumber(raw.balance),
		currency: toText(raw.currency) ?? toText(raw.balance?.currency),
		status: toText(raw.status),
		displayName: toText(raw.display_name),
	});

const payment = (raw: Payment) => {
	const cents = readCents(raw.amount?.value);
	return withNulls({
		...idsOf(raw),
		...accountOf(raw),
		amount: fromCents(cents),
		currency: toText(raw.amount?.currency),
		direction: directionOf(cents),
		description: toText(raw.description),
		type: toText(raw.type),
		counterpartyName: toText(raw.counterparty_alias?.display_name),
		counterpartyIban: toText(raw.counterparty_alias?.iban),
		balanceAfter: toNumber(raw.balance_after_mutation),
		// One of our own says nothing to the user.
		merchantReference: isOwnReference(raw.merchant_reference)
			? undefined
			: toText(raw.merchant_reference),
	});
};

/** The amount is the sum of all entries, without sign as bunq shows it (docs/bunq-api.md 9.4): no money has moved yet. */
const draftPayment = (raw: DraftPayment) => {
	const first = Array.isArray(raw.entries) ? raw.entries[0] : undefined;
	return withNulls({
		id: readId(raw.id),
		created: isoTime(raw.created),
		updated: isoTime(raw.updated),
		accountId: readId(raw.monetary_account_id),
		status: toText(raw.status),
		...totalOf(raw.entries, 'amount'),
		...textsOf(first),
	});
};

/** The payments of a batch, which bunq documents one level deeper than recordings show them (docs/bunq-api.md 9.3). */
export const paymentsOf = ({ payments }: PaymentBatch): Payment[] => {
	const listed = isRecord(payments) ? payments.Payment : payments;
	return Array.isArray(listed) ? listed : [];
};

/** The amount is the sum of all payments, without sign as in a draft. */
const paymentBatch = (raw: PaymentBatch) => {
	const payments = paymentsOf(raw);
	const { amount, ...rest } = totalOf(payments, 'amount');
	return withNulls({
		...idsOf(raw),
		accountId: readId(payments[0]?.monetary_account_id),
		amount: amount === undefined ? undefined : Math.abs(amount),
		...rest,
	});
};

/** Amounts are without sign, as bunq shows them to both sides: no money has moved yet. */
const requestInquiry = (raw: RequestInquiry) =>
	withNulls({
		...idsOf(raw),
		amount: toNumber(raw.amount_inquired),
		currency: toText(raw.amount_inquired?.currency),
		status: toText(raw.status),
		...textsOf(raw),
		payUrl: toText(raw.bunqme_share_url),
		amountPaid: toNumber(raw.amount_responded),
		expires: isoTime(raw.time_expiry),
	});

/** The amount is the sum of all requests. */
const requestInquiryBatch = (raw: RequestInquiryBatch) => {
	const { request_inquiries: requests } = raw;
	const first = Array.isArray(requests) ? requests[0] : undefined;
	return withNulls({
		...idsOf(raw),
		accountId: readId(first?.monetary_account_id),
		...totalOf(requests, 'amount_inquired'),
	});
};

const requestResponse = (raw: RequestResponse) =>
	withNulls({
		...idsOf(raw),
		amount: toNumber(raw.amount_inquired),
		currency: toText(raw.amount_inquired?.currency),
		status: toText(raw.status),
		type: toText(raw.type),
		...textsOf(raw),
		expires: isoTime(raw.time_expiry),
	});

/** The amount has bunq's sign, as of the payment that each run makes: money that leaves. */
const scheduledPayment = (raw: ScheduledPayment) => {
	const { payment, schedule } = raw;
	const every = schedule?.recurrence_size;
	return withNulls({
		...idsOf(raw),
		status: toText(raw.status),
		amount: toNumber(payment?.amount),
		currency: toText(payment?.amount?.currency),
		...textsOf(payment ?? undefined),
		startAt: isoTime(schedule?.time_start),
		endAt: isoTime(schedule?.time_end),
		nextAt: isoTime(schedule?.time_next),
		recurrence: toText(schedule?.recurrence_unit)?.toLowerCase(),
		every: Number.isSafeInteger(every) ? every : undefined,
	});
};

/** The whole URL: without it nobody could tell which one to remove. */
const callbackFilter = ({ category, notification_target: url }: CallbackFilter) =>
	withNulls({
		category: toText(category),
		url: toText(url),
		isOurs: toText(url) === undefined ? undefined : isTriggerUrl(String(url)),
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
	[/^BunqMeTab$/, bunqMeLink],
	// bunq's file has the shorter name (docs/bunq-api.md 9.13).
	[/^Scheduled?Payment$/, scheduledPayment],
	[/^Note(Attachment|Text)$/, note],
	[/^(CustomerStatement|CustomerStatementExport|ExportStatement)$/, statement],
	[/^Invoice$/, invoice],
	[/^NotificationFilterUrl$/, callbackFilter],
];

/** One of bunq's objects as flat output; an object of any other type remains as it is. */
export const simplified = (object: object): IDataObject => {
	const type = toText((object as IDataObject)._type) ?? '';
	const [, simplifier] = SIMPLIFIERS.find(([pattern]) => pattern.test(type)) ?? [];
	return simplifier ? simplifier(object as never) : (object as IDataObject);
};

/** An object that was only sent, as flat output without the keys that only bunq knows; an account's name may follow. */
export const simplifiedSent = (object: object): IDataObject =>
	Object.fromEntries(
		Object.entries(simplified(object)).filter(
			([key, value]) => value !== null || key === 'accountName',
		),
	) as IDataObject;
