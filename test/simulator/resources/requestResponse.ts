import { shownOf } from '../bank/announce';
import { AMOUNT, STRING, object, oneOf, optional, required } from '../http/fields';
import { toCents } from '../bank/money';
import { pageOf } from '../http/pagination';
import { refusals } from '../http/refusal';
import { respond, responseObject } from '../bank/requests';
import { type Route, type SessionCall, route } from '../http/routes';
import type { MoneyRequest } from '../bank/state';
import { accountOf } from './monetaryAccount';

const ADDRESS = object({
	street: optional(STRING),
	house_number: optional(STRING),
	po_box: optional(STRING),
	postal_code: optional(STRING),
	city: optional(STRING),
	country: optional(STRING),
	extra: optional(STRING),
	mailbox_name: optional(STRING),
});

/** §9.6; conversions are not simulated. */
const ANSWER_FIELDS = {
	status: required(oneOf('ACCEPTED', 'REJECTED')),
	amount_responded: optional(AMOUNT),
	address_billing: optional(ADDRESS),
	address_shipping: optional(ADDRESS),
};

/** The requests that the account in the URL received, by response ID. */
const responsesOf = (call: SessionCall): Array<{ id: number; request: MoneyRequest }> => {
	const { id } = accountOf(call);
	const responses = call.env.requests
		.filter(({ counterparty }) => counterparty.accountId === id)
		.map((request) => ({ id: Number(request.responseId), request }));
	return [...shownOf(call.bank, call.env, responses)];
};

const requestOf = (call: SessionCall): MoneyRequest => {
	const id = Number(call.params.requestResponseId);
	const found = responsesOf(call).find((each) => each.id === id);
	if (!found) throw refusals.notFound();
	return found.request;
};

const answer = (call: SessionCall<typeof ANSWER_FIELDS>) => {
	const { bank, env, body } = call;
	const request = requestOf(call as unknown as SessionCall);
	const asking = env.accounts.get(request.accountId);
	const { value, currency } = body.amount_responded ?? { value: '0', currency: asking?.currency };
	const cents = toCents(value);
	const { lower, higher } = request.mayPay;
	// Inferred: the amount must be the requested one, unless who asks allows another (§9.5).
	const isOther = (cents < request.cents && !lower) || (cents > request.cents && !higher);
	const isRight = cents > 0 && !isOther && currency === asking?.currency;
	if (request.status === 'PENDING' && body.status === 'ACCEPTED' && !isRight) {
		throw refusals.wrongValue('amount_responded', 'the amount inquired');
	}
	const { address_billing: billing = null, address_shipping: shipping = null } = body;
	respond(bank, env, request, body.status, cents);
	if (body.status === 'ACCEPTED') request.addresses = { billing, shipping };
	const asObject = bank.switches.requestResponseAnswer === 'object';
	return {
		items: [asObject ? responseObject(bank, env, request) : { Id: { id: request.responseId } }],
	};
};

const all = '/user/{userId}/monetary-account/{accountId}/request-response';
const one = `${all}/{requestResponseId}`;

/** §9.6 */
export const requestResponse: Route[] = [
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read request-response',
		run(call) {
			const { bank, env, request } = call;
			const { items, pagination } = pageOf(responsesOf(call), request.path, request.query);
			return {
				items: items.map((each) => responseObject(bank, env, each.request)),
				pagination,
			};
		},
	}),
	route({
		method: 'GET',
		path: one,
		oauth: true,
		does: 'read request-response',
		run: (call) => ({ items: [responseObject(call.bank, call.env, requestOf(call))] }),
	}),
	// §8: not among an app's rights. §3: it pays, so it must be signed.
	route({
		method: 'PUT',
		path: one,
		body: ANSWER_FIELDS,
		mandatorySignature: true,
		oauth: false,
		does: 'update request-response',
		run: answer,
	}),
];
