import { ATTACHMENT_FIELD, attachmentsOf } from '../bank/attachments';
import {
	AMOUNT,
	BOOLEAN,
	INTEGER,
	POINTER,
	STRING,
	oneOf,
	optional,
	required,
	type BodyOf,
} from '../http/fields';
import { shownOf } from '../bank/announce';
import { toCents } from '../bank/money';
import { itemOf, shownPage } from '../http/pagination';
import { checkActive, checkCharacters, counterpartyOf } from '../bank/payments';
import { refuse } from '../http/refusal';
import { ask, inquiryObject, respond, type Asking } from '../bank/requests';
import { type Route, type SessionCall, route } from '../http/routes';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type MoneyRequest,
	now,
} from '../bank/state';
import { accountOf } from './monetaryAccount';

/** §9.5. bunq's file requires only the last one; that amount and counterparty are required is inferred. */
export const REQUEST_FIELDS = {
	amount_inquired: required(AMOUNT),
	counterparty_alias: required(POINTER),
	description: required(STRING),
	attachment: ATTACHMENT_FIELD,
	merchant_reference: optional(STRING),
	minimum_age: optional(INTEGER),
	require_address: optional(STRING),
	redirect_url: optional(STRING),
	allow_amount_lower: optional(BOOLEAN),
	allow_amount_higher: optional(BOOLEAN),
	allow_bunqme: required(BOOLEAN),
};

/** §9.5 */
const REVOKE_FIELDS = { status: required(oneOf('REVOKED')) };

/** The lifetime of a payment link, inferred. Between bunq users nothing expires (recordings). */
const LINK_LIFE_MS = 30 * 24 * 60 * 60_000;

/** Checks a request. */
export const askingOf = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	body: BodyOf<typeof REQUEST_FIELDS>,
): Asking => {
	const counterparty = counterpartyOf(env, body.counterparty_alias, body.allow_bunqme);
	const asked = counterparty.accountId;
	checkActive(account);
	if (!account.iban) throw refuse('noIban');
	if (asked === account.id) throw refuse('sameAccount');
	// Inferred: without a payment link, only a bunq user can be asked.
	if (!asked && !body.allow_bunqme) {
		throw refuse('noBunqUser', { value: body.counterparty_alias.value });
	}
	checkCharacters(bank, body.description);
	const cents = toCents(body.amount_inquired.value);
	if (cents === 0) throw refuse('zero');
	if (body.amount_inquired.currency !== account.currency) {
		throw refuse('otherCurrency', { currency: account.currency });
	}
	const end = new Date(now(bank) + LINK_LIFE_MS).toISOString();
	return {
		cents,
		counterparty,
		description: body.description,
		attachment: attachmentsOf(env, account, body.attachment),
		merchantReference: body.merchant_reference ?? null,
		minimumAge: body.minimum_age ?? null,
		requireAddress: body.require_address ?? null,
		redirectUrl: body.redirect_url ?? null,
		mayPay: {
			lower: body.allow_amount_lower ?? false,
			higher: body.allow_amount_higher ?? false,
		},
		expires: asked ? null : end.replace('T', ' ').replace('Z', '000'),
	};
};

const create = (call: SessionCall<typeof REQUEST_FIELDS>) => {
	const { bank, env, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	const { id } = ask(bank, env, account, askingOf(bank, env, account, body));
	return { items: [{ Id: { id } }] };
};

/** The requests that the account in the URL sent. */
const inquiriesOf = (call: SessionCall): MoneyRequest[] => {
	const { id } = accountOf(call);
	return shownOf(call.bank, call.env, call.env.requests).filter(
		({ accountId }) => accountId === id,
	);
};

const inquiryOf = (call: SessionCall): MoneyRequest => {
	return itemOf(inquiriesOf(call), call.params.requestInquiryId);
};

const all = '/user/{userId}/monetary-account/{accountId}/request-inquiry';
const one = `${all}/{requestInquiryId}`;

/** §9.5 */
export const requestInquiry: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: REQUEST_FIELDS,
		oauth: true,
		does: 'create request-inquiry',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read request-inquiry',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, inquiriesOf(call), (each) => inquiryObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth: true,
		does: 'read request-inquiry',
		run: (call) => ({ items: [inquiryObject(call.bank, call.env, inquiryOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: one,
		body: REVOKE_FIELDS,
		oauth: 'oauthMayRevokeRequests',
		does: 'update request-inquiry',
		run(call) {
			const inquiry = inquiryOf(call as unknown as SessionCall);
			respond(call.bank, call.env, inquiry, call.body.status);
			return { items: [inquiryObject(call.bank, call.env, inquiry)] };
		},
	}),
];
