import { shownOf } from '../bank/announce';
import { cardTransactionObject } from '../bank/cardTransactions';
import { itemOf, shownPage } from '../http/pagination';
import { paymentObject } from '../bank/payments';
import { type Route, type SessionCall, route } from '../http/routes';
import type { CardTransaction } from '../bank/state';
import { accountOf } from './monetaryAccount';

const of = (call: SessionCall): readonly CardTransaction[] =>
	shownOf(call.bank, call.env, call.env.cardTransactions.get(accountOf(call).id));

const all = '/user/{userId}/monetary-account/{accountId}/mastercard-action';

/** §9.8: exists only below an account. */
export const cardTransaction: Route[] = [
	route({
		method: 'GET',
		path: all,
		oauth: 'oauthMayReadCardTransactions',
		does: 'read mastercard-action',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, of(call), (each) => cardTransactionObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{cardTransactionId}`,
		oauth: 'oauthMayReadCardTransactions',
		does: 'read mastercard-action',
		run(call) {
			const found = itemOf(of(call), call.params.cardTransactionId);
			return { items: [cardTransactionObject(call.bank, call.env, found)] };
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{cardTransactionId}/payment`,
		oauth: 'oauthMayReadCardTransactions',
		does: 'read mastercard-action',
		run(call) {
			const { bank, env, request } = call;
			const { paymentId } = itemOf(of(call), call.params.cardTransactionId);
			const payments = env.payments.get(accountOf(call).id) ?? [];
			const made = payments.filter(({ id }) => id === paymentId);
			return shownPage(request, made, (each) => paymentObject(bank, env, each));
		},
	}),
];
