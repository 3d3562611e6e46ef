import { shownOf } from '../bank/announce';
import { notPermitted } from '../auth/callers';
import { BOOLEAN, optional } from '../http/fields';
import { itemOf, shownPage } from '../http/pagination';
import { ENTRY_FIELDS, carryOut, orderOf, paymentObject } from '../bank/payments';
import { type Route, type SessionCall, route } from '../http/routes';
import { accountOf } from './monetaryAccount';

/** §9.3: the body of a payment. */
export const PAYMENT_FIELDS = { ...ENTRY_FIELDS, allow_bunqto: optional(BOOLEAN) };

const create = (call: SessionCall<typeof PAYMENT_FIELDS>) => {
	const { bank, env, user, credential, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	const order = orderOf(bank, env, account, body, body.allow_bunqto);
	const recipient = env.accounts.get(order.counterparty.accountId ?? 0);
	// §8: an app may only move money between the accounts of its user.
	if (credential.grant && recipient?.userId !== user.id) throw notPermitted(bank, 'create payment');
	return { items: [{ Id: { id: carryOut(bank, env, account, order).id } }] };
};

const all = '/user/{userId}/monetary-account/{accountId}/payment';

/** §9.3 */
export const payment: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: PAYMENT_FIELDS,
		mandatorySignature: true,
		oauth: true,
		does: 'create payment',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read payment',
		run(call) {
			const { bank, env, request } = call;
			const payments = shownOf(bank, env, env.payments.get(accountOf(call).id));
			return shownPage(request, payments, (each) => paymentObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{paymentId}`,
		oauth: true,
		does: 'read payment',
		run(call) {
			const payment = itemOf(
				shownOf(call.bank, call.env, call.env.payments.get(accountOf(call).id)),
				call.params.paymentId,
			);
			return { items: [paymentObject(call.bank, call.env, payment)] };
		},
	}),
];
