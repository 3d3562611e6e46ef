import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { carryOut, paymentObject, shownReference } from './payments';
import { badRequest } from './refusal';
import type { Account, Bank, BankEnvironment, Draft, Json, Order, Payment } from './state';
import { nextId, timestamp } from './state';

/** Drafts of payments: made over the API, answered in the app (§9.4). */

export function openDraft(
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	orders: Order[],
): Draft {
	const created = timestamp(bank);
	const draft: Draft = {
		id: nextId(env),
		created,
		updated: created,
		accountId: account.id,
		status: 'PENDING',
		userId: account.userId,
		entries: orders.map((order) => ({ id: nextId(env), order })),
		payments: [],
	};
	env.drafts.set(account.id, [...(env.drafts.get(account.id) ?? []), draft]);
	return draft;
}

/** Gives a draft its last status; what was answered stays so. */
export function answer(bank: Bank, draft: Draft, status: Draft['status']): void {
	if (draft.status !== 'PENDING') throw badRequest(`The draft payment is ${draft.status}.`);
	draft.status = status;
	draft.updated = timestamp(bank);
}

/** In the app: all its payments are made, or none if there is not enough money (INFER). */
export function approve(bank: Bank, env: BankEnvironment, draft: Draft): Payment[] {
	const account = env.accounts.get(draft.accountId);
	const total = draft.entries.reduce((cents, { order }) => cents + order.cents, 0);
	if (!account || total > account.cents) {
		throw badRequest('The account does not have enough balance for this draft payment.');
	}
	answer(bank, draft, 'ACCEPTED');
	const batchId = draft.entries.length > 1 ? nextId(env) : null;
	draft.payments = draft.entries.map(({ order }) => carryOut(bank, env, account, order, batchId));
	return draft.payments;
}

export const reject = (bank: Bank, draft: Draft): void => answer(bank, draft, 'REJECTED');

/** "Filled after acceptance": one payment, or a batch of them with the keys of its recording. */
const objectOf = (bank: Bank, env: BankEnvironment, draft: Draft): Json | null => {
	const payments = draft.payments.map((payment) => paymentObject(bank, env, payment));
	if (payments.length < 2) return payments[0] ?? null;
	const [{ batchId, created }] = draft.payments;
	return {
		PaymentBatch: {
			id: batchId,
			created,
			updated: created,
			payments: { Payment: payments.map(({ Payment }) => Payment) },
		},
	};
};

/** A draft as bunq shows it, with the keys of the recording; amounts without sign, as there. */
export function draftObject(bank: Bank, env: BankEnvironment, draft: Draft): Json {
	const account = env.accounts.get(draft.accountId);
	const user = env.users.get(draft.userId);
	const alias = user ? labelUser(user) : null;
	const isAnswered = draft.status === 'ACCEPTED' || draft.status === 'REJECTED';
	return {
		DraftPayment: {
			id: draft.id,
			created: draft.created,
			updated: draft.updated,
			monetary_account_id: draft.accountId,
			status: draft.status,
			type: 'BUNQ',
			user_alias_created: alias,
			responses: isAnswered ? [{ status: draft.status, user_alias_created: alias }] : null,
			entries: draft.entries.map(({ id, order }) => ({
				id,
				amount: toAmount(order.cents, account?.currency),
				alias: account ? labelAccount(env, account) : null,
				counterparty_alias: labelCounterparty(env, order.counterparty),
				description: order.description,
				type: order.type,
				attachment: order.attachment,
				merchant_reference: shownReference(bank, order),
			})),
			object: objectOf(bank, env, draft),
			schedule: null,
			request_reference_split_the_bill: [],
			...extraFields(bank),
		},
	};
}
