import { announce } from './announce';
import { uuidOf } from './keys';
import { toAmount } from './money';
import { extraFields, labelAccount } from './objects';
import { book, carryOut, checkActive, paymentObject } from './payments';
import { refuse } from '../http/refusal';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	type Link,
	type LinkPayment,
	type Payment,
	nextId,
	now,
	timestamp,
} from './state';

/** bunq.me tabs: links that anybody can pay, also more than once (§9.12). */

/** §9.12: recorded. */
const LIFE_MS = 30 * 24 * 60 * 60_000;

/** §9.12: a link stays as it is when somebody pays, and ends by itself. */
export const statusOf = (bank: Bank, { cancelled, expires }: Link) => {
	if (cancelled) return 'CANCELLED';
	return expires <= now(bank) ? 'EXPIRED' : 'WAITING_FOR_PAYMENT';
};

const tell = (bank: Bank, env: BankEnvironment, link: Link, event: string): void => {
	const account = env.accounts.get(link.accountId);
	if (!account) throw new Error(`No account ${link.accountId}`);
	const isOld = bank.switches.linkCallback === 'result inquiry' && link.payments.length > 0;
	announce(bank, env, {
		userId: account.userId,
		accountId: account.id,
		id: link.id,
		show: (...state) => linkObject(...state, link),
		...(isOld && {
			showCalled: (...state) => ({ BunqMeTabResultInquiry: results(...state, link).at(-1) }),
		}),
		callbacks: [['BUNQME_TAB', `BUNQME_TAB_${event}`]],
	});
};

/** Opens a link into an account. */
export const openLink = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	order: Pick<Link, 'cents' | 'description' | 'redirectUrl'>,
): Link => {
	const created = timestamp(bank);
	const link: Link = {
		...order,
		id: nextId(env),
		created,
		updated: created,
		accountId: account.id,
		expires: now(bank) + LIFE_MS,
		cancelled: false,
		payments: [],
	};
	env.links.push(link);
	tell(bank, env, link, 'CREATED');
	return link;
};

const checkIsOpen = (bank: Bank, link: Link): void => {
	const status = statusOf(bank, link);
	if (status !== 'WAITING_FOR_PAYMENT')
		throw refuse('wrongStatus', { what: 'bunq.me tab', status });
};

export const cancelLink = (bank: Bank, link: Link): void => {
	checkIsOpen(bank, link);
	link.cancelled = true;
	link.updated = timestamp(bank);
};

/** Who pays a link: somebody outside, or an account at this bank. */
export interface Payer {
	cents: number;
	name: string;
	account?: Account;
}

/** Pays a link. A payer at this bank gets a result response, with an ID of its own. */
export const payLink = (
	bank: Bank,
	env: BankEnvironment,
	link: Link,
	{ cents, name, account: from }: Payer,
): { payment: Payment; response: LinkPayment | undefined } => {
	checkIsOpen(bank, link);
	const to = env.accounts.get(link.accountId);
	if (!to) throw new Error(`No account ${link.accountId}`);
	checkActive(to);
	const { description } = link;
	const response = from && answerOf(bank, env, from, { cents, description, to });
	const payment = response
		? env.payments.get(to.id)?.at(-1)
		: book(bank, env, to, {
				cents,
				description,
				type: 'BUNQME',
				counterparty: { iban: null, name },
			});
	if (!payment) throw new Error('The payment did not arrive');
	link.payments.push(payment);
	link.updated = timestamp(bank);
	// §10.2: the event type of before June 2024; today's is unknown.
	tell(bank, env, link, 'RESULT_INQUIRY_CREATED');
	return { payment, response };
};

/** The payer's side. */
const answerOf = (
	bank: Bank,
	env: BankEnvironment,
	from: Account,
	{ cents, description, to }: { cents: number; description: string; to: Account },
): LinkPayment => {
	const name = env.users.get(to.userId)?.displayName ?? '';
	const payment = carryOut(bank, env, from, {
		cents,
		description,
		type: 'BUNQ',
		merchantReference: null,
		attachment: [],
		counterparty: { iban: to.iban, name, accountId: to.id },
	});
	const response = { id: nextId(env), accountId: from.id, payment };
	env.linkPayments.push(response);
	announce(bank, env, {
		userId: from.userId,
		accountId: from.id,
		id: response.id,
		show: (...state) => linkPaymentObject(...state, response),
		callbacks: [],
	});
	return response;
};

const results = (bank: Bank, env: BankEnvironment, link: Link): Json[] =>
	link.payments.map((payment) => ({
		payment: paymentObject(bank, env, payment).Payment,
		bunq_me_tab_id: link.id,
	}));

/** A link with the keys of bunq's file and of the recording (§9.12). */
export const linkObject = (bank: Bank, env: BankEnvironment, link: Link): Json => {
	const account = env.accounts.get(link.accountId);
	const alias = account ? labelAccount(env, account) : null;
	const uuid = uuidOf(`link ${link.id}`);
	const status = statusOf(bank, link);
	const entry = {
		uuid,
		created: link.created,
		updated: link.updated,
		amount_inquired: link.cents === null ? null : toAmount(link.cents, account?.currency),
		status,
		description: link.description,
		alias,
		redirect_url: link.redirectUrl,
		merchant_available: [
			{ merchant_type: 'IDEAL', available: true },
			{ merchant_type: 'SOFORT', available: true },
		],
		invite_profile_name: null,
	};
	const end = new Date(link.expires).toISOString();
	return {
		BunqMeTab: {
			id: link.id,
			created: link.created,
			updated: link.updated,
			time_expiry: end.replace('T', ' ').replace('Z', '000'),
			monetary_account_id: link.accountId,
			status,
			type: 'BUNQ_ME',
			alias_monetary_account: alias,
			bunqme_tab_share_url: `https://bunq.me/t/${uuid}`,
			bunqme_tab_entry: entry,
			bunqme_tab_entries: [entry],
			result_inquiries: results(bank, env, link),
			...extraFields(bank),
		},
	};
};

/** What a payer at this bank sees. */
export const linkPaymentObject = (
	bank: Bank,
	env: BankEnvironment,
	{ payment }: LinkPayment,
): Json => ({
	BunqMeTabResultResponse: {
		payment: paymentObject(bank, env, payment).Payment,
		...extraFields(bank),
	},
});
