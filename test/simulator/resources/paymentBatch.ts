import { batchObject, checkCount, payBatch } from '../bank/batches';
import { notPermitted } from '../auth/callers';
import { listOf, object, required } from '../http/fields';
import { itemOf, shownPage } from '../http/pagination';
import { orderOf } from '../bank/payments';
import { type Route, type SessionCall, route } from '../http/routes';
import { accountOf } from './monetaryAccount';
import { PAYMENT_FIELDS } from './payment';

/** §9.3 */
const BATCH_FIELDS = { payments: required(listOf(object(PAYMENT_FIELDS))) };

const create = (call: SessionCall<typeof BATCH_FIELDS>) => {
	const { bank, env, user, credential, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	checkCount(body.payments, 'payment batch');
	const orders = body.payments.map((each) => orderOf(bank, env, account, each, each.allow_bunqto));
	// §8: as for a single payment.
	const isOwn = (id = 0) => env.accounts.get(id)?.userId === user.id;
	if (credential.grant && !orders.every(({ counterparty }) => isOwn(counterparty.accountId))) {
		throw notPermitted(bank, 'create payment-batch');
	}
	return { items: [{ Id: { id: payBatch(bank, env, account, orders).id } }] };
};

const all = '/user/{userId}/monetary-account/{accountId}/payment-batch';

/** §9.3. A PUT only revokes bunq.to payments, which are not simulated. */
export const paymentBatch: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: BATCH_FIELDS,
		mandatorySignature: true,
		oauth: 'oauthMayPayBatches',
		does: 'create payment-batch',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read payment-batch',
		run(call) {
			const { bank, env, request } = call;
			const batches = env.batches.get(accountOf(call).id) ?? [];
			return shownPage(request, batches, (each) => batchObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{paymentBatchId}`,
		oauth: true,
		does: 'read payment-batch',
		run(call) {
			const batch = itemOf(
				call.env.batches.get(accountOf(call).id) ?? [],
				call.params.paymentBatchId,
			);
			return { items: [batchObject(call.bank, call.env, batch)] };
		},
	}),
];
