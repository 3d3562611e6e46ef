import { announce } from './announce';
import { batchObject, payBatch } from './batches';
import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { carryOut, checkPayable, paymentObject, shownReference } from './payments';
import { refuse } from '../http/refusal';
import { type TimingBody, timingOf } from './scheduleTimes';
import { checkTiming, openSchedule } from './schedules';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Draft,
	type Json,
	type Order,
	type Payment,
	nextId,
	timestamp,
} from './state';

/** Draft payments: created over the API, answered in the app (§9.4). */

export const openDraft = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	orders: Order[],
	schedule: TimingBody | null = null,
): Draft => {
	const created = timestamp(bank);
	const draft: Draft = {
		id: nextId(env),
		created,
		updated: created,
		accountId: account.id,
		status: 'PENDING',
		userId: account.userId,
		entries: orders.map((order) => ({ id: nextId(env), order })),
		schedule,
	};
	env.drafts.set(account.id, [...(env.drafts.get(account.id) ?? []), draft]);
	tell(bank, env, draft, 'CREATED');
	return draft;
};

/** §10.2: only ACCEPTED is in a source, a weak one; the other event types are inferred. */
const tell = (
	bank: Bank,
	env: BankEnvironment,
	draft: Draft,
	event: 'CREATED' | Draft['status'],
): void =>
	announce(bank, env, {
		userId: draft.userId,
		accountId: draft.accountId,
		id: draft.id,
		show: (...state) => draftObject(...state, draft),
		awaitsReply: () => draft.status === 'PENDING',
		callbacks: bank.switches.draftCallbacks ? [['DRAFT_PAYMENT', `DRAFT_PAYMENT_${event}`]] : [],
	});

/** Gives a draft its final status. An answered draft cannot change. */
const answer = (bank: Bank, draft: Draft, status: Draft['status']): void => {
	if (draft.status !== 'PENDING')
		throw refuse('wrongStatus', { what: 'draft payment', status: draft.status });
	draft.status = status;
	draft.updated = timestamp(bank);
};

/** Accepted once, for all runs. Inferred: each entry is a scheduled payment of its own. */
const plan = (bank: Bank, env: BankEnvironment, draft: Draft, schedule: TimingBody): void => {
	const account = env.accounts.get(draft.accountId);
	const timing = timingOf(schedule);
	checkTiming(bank, timing);
	answer(bank, draft, 'ACCEPTED');
	for (const { order } of draft.entries) {
		if (account) openSchedule(bank, env, account, { order, timing, purpose: null });
	}
	tell(bank, env, draft, 'ACCEPTED');
};

/**
 * Approved in the app: makes all payments, or none if the balance is too low (inferred).
 * A draft with a schedule pays nothing at once.
 */
export const approve = (bank: Bank, env: BankEnvironment, draft: Draft): Payment[] => {
	if (draft.schedule) {
		plan(bank, env, draft, draft.schedule);
		return [];
	}
	const account = env.accounts.get(draft.accountId);
	const orders = draft.entries.map(({ order }) => order);
	if (!account) throw new Error(`No account ${draft.accountId}`);
	checkPayable(env, account, orders);
	answer(bank, draft, 'ACCEPTED');
	if (orders.length > 1) {
		const batch = payBatch(bank, env, account, orders);
		draft.paid = batch;
		tell(bank, env, draft, 'ACCEPTED');
		return batch.payments;
	}
	const payment = carryOut(bank, env, account, orders[0]);
	draft.paid = payment;
	tell(bank, env, draft, 'ACCEPTED');
	return [payment];
};

/** Rejected in the app, or cancelled over the API. */
export const close = (
	bank: Bank,
	env: BankEnvironment,
	draft: Draft,
	status: 'REJECTED' | 'CANCELLED',
): void => {
	answer(bank, draft, status);
	tell(bank, env, draft, status);
};

/** "Filled after acceptance": one payment, or a batch of them. */
const objectOf = (bank: Bank, env: BankEnvironment, { paid }: Draft): Json | null => {
	if (!paid) return null;
	return 'payments' in paid ? batchObject(bank, env, paid) : paymentObject(bank, env, paid);
};

/** A draft with the keys of the recording and, as there, amounts without a sign. */
export const draftObject = (bank: Bank, env: BankEnvironment, draft: Draft): Json => {
	const account = env.accounts.get(draft.accountId);
	const user = env.users.get(draft.userId);
	const alias = user ? labelUser(user) : null;
	const isReversed = bank.switches.draftEntries === 'reversed';
	const entries = isReversed ? [...draft.entries].reverse() : draft.entries;
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
			entries: entries.map(({ id, order }) => ({
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
			schedule: draft.schedule,
			request_reference_split_the_bill: [],
			...extraFields(bank),
		},
	};
};
