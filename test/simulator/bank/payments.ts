import { announce } from './announce';
import { ATTACHMENT_FIELD, attachmentsOf } from './attachments';
import { AMOUNT, POINTER, STRING, optional, required, type BodyOf } from '../http/fields';
import { ibanIsRight, toAmount, toCents } from './money';
import { extraFields, labelAccount, labelCounterparty } from './objects';
import { indexOf } from '../http/pagination';
import { refuse } from '../http/refusal';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Counterparty,
	type Json,
	type Order,
	type Payment,
	type Pointer,
	nextId,
	timestamp,
} from './state';

/** §9.3, §9.4: the fields of payments and of draft entries. */
export const ENTRY_FIELDS = {
	amount: required(AMOUNT),
	counterparty_alias: required(POINTER),
	description: required(STRING),
	attachment: ATTACHMENT_FIELD,
	merchant_reference: optional(STRING),
};

/** §9.3: to other banks 140, between bunq users 9000. */
const MAX_DESCRIPTION = { outside: 140, bunq: 9000 };

/** The account of an alias, if it is at this bank. */
const accountOfAlias = (env: BankEnvironment, pointer: Pointer): Account | undefined => {
	const accounts = [...env.accounts.values()];
	if (pointer.type === 'IBAN') return accounts.find(({ iban }) => iban === pointer.value);
	const user = [...env.users.values()].find(({ alias }) =>
		alias.some(({ type, value }) => type === pointer.type && value === pointer.value),
	);
	return accounts.find(
		({ userId, iban, status }) => userId === user?.id && iban !== null && status === 'ACTIVE',
	);
};

/** The counterparty of a pointer. An unknown email address or number needs bunq.to (§9.3). */
export const counterpartyOf = (
	env: BankEnvironment,
	pointer: Pointer,
	allowBunqto: boolean,
): Counterparty => {
	if (pointer.type === 'IBAN' && !ibanIsRight(pointer.value)) {
		throw refuse('iban');
	}
	const account = accountOfAlias(env, pointer);
	const name = pointer.name ?? pointer.value;
	if (account) return { iban: account.iban, name, accountId: account.id };
	if (pointer.type === 'IBAN') return { iban: pointer.value, name };
	if (!allowBunqto) throw refuse('noBunqUser', { value: pointer.value });
	return { iban: null, name };
};

/** §5: 478 for a character that bunq does not accept, by switch. */
export const checkCharacters = ({ switches }: Bank, description: string): void => {
	const isRefused = switches.specialCharacters === 'refuse' && /[#|_]/.test(description);
	if (isRefused) throw refuse('character');
};

/** Money moves only between open accounts. */
export const checkActive = ({ status }: Account, what = 'account'): void => {
	if (status !== 'ACTIVE') throw refuse('wrongStatus', { what, status });
};

/** Checks a payment of an account, except for the balance. */
export const orderOf = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	body: BodyOf<typeof ENTRY_FIELDS>,
	allowBunqto = false,
): Order => {
	const counterparty = counterpartyOf(env, body.counterparty_alias, allowBunqto);
	const recipient = env.accounts.get(counterparty.accountId ?? 0);
	checkActive(account);
	if (!account.iban) throw refuse('noIban');
	if (recipient?.id === account.id) {
		throw refuse('sameAccount');
	}
	if (recipient) checkActive(recipient, 'account of the recipient');
	const longest = recipient ? MAX_DESCRIPTION.bunq : MAX_DESCRIPTION.outside;
	if (body.description.length > longest) {
		throw refuse('tooLong', { what: 'description', most: longest });
	}
	checkCharacters(bank, body.description);
	const cents = toCents(body.amount.value);
	if (cents === 0) throw refuse('zero');
	if (body.amount.currency !== account.currency) {
		throw refuse('otherCurrency', { currency: account.currency });
	}
	return {
		cents,
		counterparty,
		description: body.description,
		merchantReference: body.merchant_reference ?? null,
		attachment: attachmentsOf(env, account, body.attachment),
		type: recipient || !counterparty.iban ? 'BUNQ' : 'EBA_SCT',
	};
};

/** Whether all of it can be paid now: an account may have been closed since the order. That bunq refuses it is inferred. */
export const checkPayable = (
	env: BankEnvironment,
	account: Account,
	orders: ReadonlyArray<Pick<Order, 'cents' | 'counterparty'>>,
): void => {
	checkActive(account);
	for (const { counterparty } of orders) {
		const recipient = env.accounts.get(counterparty.accountId ?? 0);
		if (recipient) checkActive(recipient, 'account of the recipient');
	}
	const total = orders.reduce((sum, { cents }) => sum + cents, 0);
	if (total > account.cents) throw refuse('noBalance');
};

/** Pays: books both sides, and returns the payer's entry. */
export const carryOut = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	{ cents, ...order }: Order & Pick<Entry, 'subType' | 'geolocation' | 'scheduledId'>,
	batchId: number | null = null,
): Payment => {
	checkPayable(env, account, [{ cents, ...order }]);
	const payment = book(bank, env, account, { ...order, cents: -cents, batchId });
	const recipient = env.accounts.get(order.counterparty.accountId ?? 0);
	if (recipient) {
		const { description, merchantReference } = order;
		const name = env.users.get(account.userId)?.displayName ?? '';
		const payer = { iban: account.iban, name, accountId: account.id };
		const { subType = 'PAYMENT' } = order;
		const entry = { description, merchantReference, subType };
		book(bank, env, recipient, { cents, counterparty: payer, ...entry });
	}
	return payment;
};

/** The entry of one side of a transfer; the rest follows from the account. */
export type Entry = Pick<Payment, 'cents' | 'counterparty' | 'description'> &
	Partial<
		Pick<
			Payment,
			| 'id'
			| 'type'
			| 'subType'
			| 'merchantReference'
			| 'attachment'
			| 'batchId'
			| 'scheduledId'
			| 'geolocation'
		>
	>;

/** Books an entry: the balance changes, and a Payment appears in the account's list. */
export const book = (bank: Bank, env: BankEnvironment, account: Account, entry: Entry): Payment => {
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
		batchId: null,
		...entry,
	};
	const list = env.payments.get(account.id) ?? [];
	// A test may give an ID lower than the last one; the list stays sorted.
	if ((list.at(-1)?.id ?? 0) < payment.id) list.push(payment);
	else list.splice(indexOf(list, payment.id), 0, payment);
	env.payments.set(account.id, list);
	announce(bank, env, {
		userId: account.userId,
		accountId: account.id,
		id: payment.id,
		show: (...state) => paymentObject(...state, payment),
		callbacks: callbacksOf(payment),
	});
	return payment;
};

/** §10.2: a `PAYMENT` is not each mutation. That it is none by card is inferred. */
const ONLY_MUTATION = /^(BUNQME|IDEAL|MASTERCARD|SOFORT)$/;

const callbacksOf = ({ cents, type, subType }: Payment) => {
	const direction = cents < 0 ? 'CREATED' : 'RECEIVED';
	const isPayment = subType !== 'REQUEST' && !ONLY_MUTATION.test(type);
	return [
		['MUTATION', `MUTATION_${direction}`] as const,
		...(isPayment ? [['PAYMENT', `PAYMENT_${direction}`] as const] : []),
	];
};

/** §9.3: whether bunq echoes a reference is a switch. */
export const shownReference = (
	{ switches }: Bank,
	{ merchantReference }: Pick<Order, 'merchantReference'>,
) => (switches.merchantReference === 'echo' ? merchantReference : null);

/** A payment with the keys of the sample and of the recordings (§9.3). */
export const paymentObject = (bank: Bank, env: BankEnvironment, payment: Payment): Json => {
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
			merchant_reference: shownReference(bank, payment),
			alias: account ? labelAccount(env, account) : null,
			counterparty_alias: labelCounterparty(env, payment.counterparty),
			attachment: payment.attachment,
			geolocation: payment.geolocation ?? null,
			batch_id: payment.batchId,
			scheduled_id: payment.scheduledId ?? null,
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
};
