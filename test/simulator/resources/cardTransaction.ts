import { shownOf } from '../bank/announce';
import { cardTransactionObject } from '../bank/cardTransactions';
import { indexOf, itemOf, pageOf } from '../http/pagination';
import { paymentObject } from '../bank/payments';
import { refusals } from '../http/refusal';
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
			const { items, pagination } = pageOf(of(call), request.path, request.query);
			return { items: items.map((each) => cardTransactionObject(bank, env, each)), pagination };
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{cardTransactionId}`,
		oauth: 'oauthMayReadCardTransactions',
		does: 'read mastercard-action',
		run(call) {
			const id = Number(call.params.cardTransactionId);
			const transactions = of(call);
			const found = transactions[indexOf(transactions, id)];
			if (found?.id !== id) throw refusals.notFound();
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
			const { items, pagination } = pageOf(made, request.path, request.query);
			return { items: items.map((each) => paymentObject(bank, env, each)), pagination };
		},
	}),
];
