import { extraFields } from './objects';
import { carryOut, paymentObject } from './payments';
import { badRequest } from '../http/refusal';
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

/** Payments that are made together (§9.3). */

/** §9.3: "max ~50", from one client; whether bunq refuses more, and how, is inferred, and for drafts the number too. */
export const MOST_ENTRIES = 50;

export const checkCount = (entries: readonly unknown[], what: string): void => {
	if (entries.length === 0) throw badRequest(`A ${what} must have an entry.`);
	if (entries.length > MOST_ENTRIES) {
		throw badRequest(`A ${what} cannot have more than ${MOST_ENTRIES} entries.`);
	}
};

/** All its payments are made, or none if there is not enough money for all (inferred). */
export const payBatch = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	orders: readonly Order[],
): Batch => {
	const total = orders.reduce((sum, { cents }) => sum + cents, 0);
	if (total > account.cents) {
		throw badRequest('The account does not have enough balance for these payments.');
	}
	const id = nextId(env);
	const created = timestamp(bank);
	const payments = orders.map((order) => carryOut(bank, env, account, order, id));
	const batch: Batch = { id, created, accountId: account.id, payments };
	env.batches.set(account.id, [...(env.batches.get(account.id) ?? []), batch]);
	return batch;
};

/** A batch as bunq shows it, with the keys of its recording; its payments by switch. */
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
