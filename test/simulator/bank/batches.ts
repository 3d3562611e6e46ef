import { announce } from './announce';
import { extraFields } from './objects';
import { carryOut, checkPayable, paymentObject } from './payments';
import { refuse } from '../http/refusal';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Batch,
	type Json,
	type Order,
	nextId,
	timestamp,
} from './state';

/** Batches of payments (§9.3). */

/** §9.3: "max ~50", according to one client. Inferred: that bunq refuses more, its words, and the number for drafts. */
export const MOST_ENTRIES = 50;

export const checkCount = (entries: readonly unknown[], what: string): void => {
	if (entries.length === 0 || entries.length > MOST_ENTRIES) {
		throw refuse('count', { what, most: MOST_ENTRIES });
	}
};

/** Makes all payments, or none if the balance is too low for all or an account is closed (inferred). */
export const payBatch = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	orders: readonly Order[],
): Batch => {
	checkPayable(env, account, orders);
	const id = nextId(env);
	const created = timestamp(bank);
	const payments = orders.map((order) => carryOut(bank, env, account, order, id));
	const batch: Batch = { id, created, accountId: account.id, payments };
	env.batches.set(account.id, [...(env.batches.get(account.id) ?? []), batch]);
	announce(bank, env, {
		userId: account.userId,
		accountId: account.id,
		id,
		show: (...state) => batchObject(...state, batch),
		callbacks: [['PAYMENT', 'PAYMENT_BATCH_CREATED']],
	});
	return batch;
};

/** A batch with the keys of its recording; the form of its payments is a switch. */
export const batchObject = (bank: Bank, env: BankEnvironment, batch: Batch): Json => {
	const payments = batch.payments.map((payment) => paymentObject(bank, env, payment).Payment);
	return {
		PaymentBatch: {
			id: batch.id,
			created: batch.created,
			updated: batch.created,
			payments: bank.switches.batchPayments === 'nested' ? { Payment: payments } : payments,
			...extraFields(bank),
		},
	};
};
