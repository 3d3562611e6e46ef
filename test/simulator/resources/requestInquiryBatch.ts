import { checkCount } from '../bank/batches';
import { AMOUNT, listOf, object, required } from '../http/fields';
import { toCents } from '../bank/money';
import { itemOf, shownPage } from '../http/pagination';
import { refusals } from '../http/refusal';
import { askAll, requestBatchObject } from '../bank/requests';
import { type Route, type SessionCall, route } from '../http/routes';
import { accountOf } from './monetaryAccount';
import { REQUEST_FIELDS, askingOf } from './requestInquiry';

/** §9.5. That the total is required is inferred. As for a single request, a status is not. */
const BATCH_FIELDS = {
	request_inquiries: required(listOf(object(REQUEST_FIELDS))),
	total_amount_inquired: required(AMOUNT),
};

/** Sends all requests or none. The maximum and the check of the total are inferred. */
const create = (call: SessionCall<typeof BATCH_FIELDS>) => {
	const { bank, env, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	checkCount(body.request_inquiries, 'request batch');
	const askings = body.request_inquiries.map((each) => askingOf(bank, env, account, each));
	const total = askings.reduce((sum, { cents }) => sum + cents, 0);
	const { value, currency } = body.total_amount_inquired;
	if (toCents(value) !== total || currency !== account.currency) {
		throw refusals.wrongValue('total_amount_inquired', 'the sum of the requests');
	}
	return { items: [{ Id: { id: askAll(bank, env, account, askings).id } }] };
};

const batchesOf = (call: SessionCall) => {
	const { id } = accountOf(call);
	return call.env.requestBatches.filter(({ accountId }) => accountId === id);
};

const all = '/user/{userId}/monetary-account/{accountId}/request-inquiry-batch';

/** §9.5. A PUT revokes all of them, which is not simulated. */
export const requestInquiryBatch: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: BATCH_FIELDS,
		oauth: true,
		does: 'create request-inquiry-batch',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read request-inquiry-batch',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, batchesOf(call), (each) => requestBatchObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{requestInquiryBatchId}`,
		oauth: true,
		does: 'read request-inquiry-batch',
		run(call) {
			const batch = itemOf(batchesOf(call), call.params.requestInquiryBatchId);
			return { items: [requestBatchObject(call.bank, call.env, batch)] };
		},
	}),
];
