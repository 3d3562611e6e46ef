import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty } from './objects';
import { indexOf } from './pagination';
import type { Account, Bank, BankEnvironment, Json, Payment } from './state';
import { nextId, timestamp } from './state';

/** One side's entry of a movement of money; the rest follows from the account. */
export type Entry = Pick<Payment, 'cents' | 'counterparty' | 'description'> &
	Partial<Pick<Payment, 'id' | 'type' | 'subType' | 'merchantReference' | 'attachment'>>;

/** Books an entry on an account: its balance moves, and a Payment appears in its list. */
export function book(bank: Bank, env: BankEnvironment, account: Account, entry: Entry): Payment {
	account.cents += entry.cents;
	const payment: Payment = {
		id: nextId(env),
		created: timestamp(bank),
		accountId: account.id,
		balanceAfter: account.cents,
		type: 'BUNQ',
		subType: 'PAYMENT',
		merchantReference: null,
		attachment: [],
		...entry,
	};
	const list = env.payments.get(account.id) ?? [];
	// An id given by a test may be lower than the last one: the list stays in order.
	if ((list.at(-1)?.id ?? 0) < payment.id) list.push(payment);
	else list.splice(indexOf(list, payment.id), 0, payment);
	env.payments.set(account.id, list);
	return payment;
}

/** A payment as bunq shows it, with the keys of the sample and of the recordings (§9.3). */
export function paymentObject(bank: Bank, env: BankEnvironment, payment: Payment): Json {
	const account = env.accounts.get(payment.accountId);
	const currency = account?.currency;
	return {
		Payment: {
			id: payment.id,
			created: payment.created,
			updated: payment.created,
			monetary_account_id: payment.accountId,
			amount: toAmount(payment.cents, currency),
			description: payment.description,
			type: payment.type,
			merchant_reference:
				bank.switches.merchantReference === 'echo' ? payment.merchantReference : null,
			alias: account ? labelAccount(env, account) : null,
			counterparty_alias: labelCounterparty(env, payment.counterparty),
			attachment: payment.attachment,
			geolocation: null,
			batch_id: null,
			scheduled_id: null,
			address_billing: null,
			address_shipping: null,
			sub_type: payment.subType,
			payment_arrival_expected: { status: 'ARRIVED', time: null },
			request_reference_split_the_bill: [],
			balance_after_mutation: toAmount(payment.balanceAfter, currency),
			payment_auto_allocate_instance: null,
			payment_suspended_outgoing: null,
			payment_fee: null,
			...extraFields(bank),
		},
	};
}
