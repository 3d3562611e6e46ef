import { announce } from './announce';
import { uuidOf } from './keys';
import { toAmount, toCents } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { book } from './payments';
import type { NewCardTransaction } from '../control/protocol';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type CardTransaction,
	type Json,
	nextId,
	timestamp,
} from './state';

/** Uses of cards in shops and at machines (§9.8). */

/** Reasons for declining, in bunq's words where a recording has them; the others are inferred. */
const REASONS: Record<string, string> = {
	ALLOWED: '',
	COUNTRY_NOT_PERMITTED:
		'Card transaction was denied, because the country was not permitted in card settings.',
	INSUFFICIENT_BALANCE: 'Card transaction was denied, because the balance was insufficient.',
	PIN_INCORRECT: 'Card transaction was denied, because the PIN was incorrect.',
};

const nameOf = ({ merchant, city, country }: CardTransaction) => `${merchant} ${city}, ${country}`;

/** Records the use of a card without moving money. */
export const noteUse = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	use: NewCardTransaction,
): CardTransaction => {
	const {
		amount = '1.00',
		decision = 'ALLOWED',
		clearingStatus = 'PENDING',
		merchant = 'Corner Shop',
		city = 'AMSTERDAM',
		country = 'NL',
		entryMode = 'ICC',
	} = use;
	const card =
		use.cardId ?? [...env.cards.values()].find(({ userId }) => userId === account.userId)?.id;
	if (card === undefined || !env.cards.has(card)) throw new Error(`No card ${card}`);
	const transaction: CardTransaction = {
		id: nextId(env),
		created: timestamp(bank),
		accountId: account.id,
		cardId: card,
		cents: toCents(amount),
		local: use.local ?? { value: amount, currency: account.currency },
		decision,
		status: use.status,
		clearingStatus: decision === 'ALLOWED' ? clearingStatus : null,
		merchant,
		city,
		country,
		entryMode,
	};
	const all = env.cardTransactions.get(account.id) ?? [];
	env.cardTransactions.set(account.id, [...all, transaction]);
	return transaction;
};

/** Uses a card. If it is allowed, the money moves at once, which is a Payment too (§9.3). */
export const useCard = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	use: NewCardTransaction,
): CardTransaction => {
	const transaction = noteUse(bank, env, account, use);
	if (transaction.decision === 'ALLOWED') {
		const payment = book(bank, env, account, {
			cents: -transaction.cents,
			description: nameOf(transaction),
			type: 'MASTERCARD',
			counterparty: { iban: null, name: transaction.merchant },
		});
		transaction.paymentId = payment.id;
	}
	announce(bank, env, {
		userId: account.userId,
		accountId: account.id,
		id: transaction.id,
		show: (...state) => cardTransactionObject(...state, transaction),
		callbacks: [callbackOf(transaction)],
	});
	return transaction;
};

/** §10.2; which event type a refund has is inferred. */
const callbackOf = ({ decision, cents, entryMode }: CardTransaction) => {
	if (decision !== 'ALLOWED')
		return ['CARD_TRANSACTION_FAILED', 'CARD_TRANSACTION_NOT_ALLOWED'] as const;
	const what = cents < 0 ? 'REVERSAL' : entryMode === 'ATM' ? 'WITHDRAWAL' : 'PAYMENT';
	return ['CARD_TRANSACTION_SUCCESSFUL', `CARD_${what}_ALLOWED`] as const;
};

/** BLOCKED is recorded, the others are known to a client; when each applies is inferred. */
const statusOf = ({ status, decision, cents }: CardTransaction) => {
	if (status !== undefined) return status;
	if (decision !== 'ALLOWED') return 'BLOCKED';
	return cents < 0 ? 'CLEARING_REFUND' : 'AUTHORISED';
};

/** §9.8: whether its amounts are negative, by switch. */
const signOf = ({ switches }: Bank, { cents }: CardTransaction): 1 | -1 => {
	const negative = {
		'refunds negative': cents < 0,
		'spending negative': cents > 0,
		'no sign': false,
	};
	return negative[switches.cardAmounts] ? -1 : 1;
};

const withSign = ({ value, currency }: CardTransaction['local'], sign: 1 | -1) => ({
	value: `${sign < 0 ? '-' : ''}${value.replace('-', '')}`,
	currency,
});

/** A card transaction with the keys of bunq's file and of the recording. */
export const cardTransactionObject = (
	bank: Bank,
	env: BankEnvironment,
	transaction: CardTransaction,
): Json => {
	const account = env.accounts.get(transaction.accountId);
	const card = env.cards.get(transaction.cardId);
	const holder = env.users.get(card?.userId ?? 0);
	const sign = signOf(bank, transaction);
	const billing = toAmount(sign * Math.abs(transaction.cents), account?.currency);
	const local = withSign(transaction.local, sign);
	const isAllowed = transaction.decision === 'ALLOWED';
	const reason =
		REASONS[transaction.decision] ?? `Card transaction was denied: ${transaction.decision}.`;
	const merchant = { iban: null, name: transaction.merchant };
	const merchantCategory = '5411';
	return {
		MasterCardAction: {
			id: transaction.id,
			created: transaction.created,
			updated: transaction.created,
			monetary_account_id: transaction.accountId,
			card_id: transaction.cardId,
			amount_local: local,
			amount_converted: billing,
			amount_billing: billing,
			amount_original_local: local,
			amount_original_billing: billing,
			amount_fee: toAmount(0, account?.currency),
			card_authorisation_id_response: isAllowed ? String(transaction.id).slice(-6) : null,
			decision: transaction.decision,
			payment_status: isAllowed ? 'PAYMENT_SUCCESSFUL' : null,
			decision_description: reason,
			decision_description_translated: reason,
			decision_together_url: null,
			description: nameOf(transaction),
			authorisation_status: statusOf(transaction),
			authorisation_type: 'NORMAL_AUTHORISATION',
			pan_entry_mode_user: transaction.entryMode,
			settlement_status: null,
			clearing_status: transaction.clearingStatus,
			maturity_date: null,
			city: transaction.city,
			alias: account ? labelAccount(env, account) : null,
			counterparty_alias: {
				...labelCounterparty(env, merchant),
				country: transaction.country,
				merchant_category_code: merchantCategory,
			},
			label_card: card && {
				uuid: uuidOf(`card ${card.id}`),
				type: 'MASTERCARD',
				second_line: card.secondLine,
				expiry_date: '2030-06-13',
				status: card.status,
				label_user: holder ? labelUser(holder) : null,
			},
			merchant_id: null,
			token_status: null,
			reservation_expiry_time: null,
			clearing_expiry_time: null,
			applied_limit: null,
			secure_code_id: null,
			wallet_provider_id: null,
			request_reference_split_the_bill: [],
			card_tokenization_event: null,
			all_mastercard_action_refund: [],
			pos_card_presence: null,
			pos_card_holder_presence: null,
			eligible_whitelist_id: null,
			cashback_payout_item: null,
			point_mutation: null,
			blacklist: null,
			blocklist: null,
			additional_authentication_status: null,
			pin_status: null,
			mastercard_action_report: null,
			merchant_category_code: merchantCategory,
			company_employee_card_receipt: null,
			...extraFields(bank),
		},
	};
};
