import { announce, eventIdOf } from './announce';
import { toAmount } from './money';
import { extraFields, labelAccount, labelCounterparty, labelUser } from './objects';
import { book, carryOut, checkActive, shownReference } from './payments';
import { refuse } from '../http/refusal';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	type MoneyRequest,
	type RequestBatch,
	nextId,
	now,
	timestamp,
} from './state';
import { uuidOf } from './keys';

/** Requests for money: created over the API, answered in the app or over the API (§9.5, §9.6). */

/** §11: who pays in the sandbox, up to how much, and how soon. */
const SUGAR_DADDY = { email: 'sugardaddy@bunq.com', most: 500_00, answersAfterMs: 2_000 };

/** The properties of a request; the rest is empty. */
export type Asking = Pick<MoneyRequest, 'cents' | 'counterparty'> &
	Partial<Omit<MoneyRequest, 'id' | 'responseId' | 'created' | 'updated' | 'accountId'>>;

/** Asks for money. A bunq user gets a response to answer; the sugar daddy answers it (`settle`). */
export const ask = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	asking: Asking,
): MoneyRequest => {
	const created = timestamp(bank);
	const asked = env.accounts.get(asking.counterparty.accountId ?? 0);
	const request: MoneyRequest = {
		id: nextId(env),
		responseId: asked ? nextId(env) : null,
		created,
		updated: created,
		responded: null,
		expires: null,
		accountId: account.id,
		respondedCents: null,
		status: 'PENDING',
		description: '',
		merchantReference: null,
		attachment: [],
		minimumAge: null,
		requireAddress: null,
		redirectUrl: null,
		mayPay: { lower: false, higher: false },
		addresses: { billing: null, shipping: null },
		type: 'INTERNAL',
		batchId: null,
		...asking,
	};
	env.requests.push(request);
	tell(bank, env, request, 'CREATED');
	const alias = env.users.get(asked?.userId ?? 0)?.alias ?? [];
	if (alias.some(({ value }) => value === SUGAR_DADDY.email)) {
		request.answeredAt = now(bank) + SUGAR_DADDY.answersAfterMs;
	}
	return request;
};

const canPay = (
	env: BankEnvironment,
	{ accountId, counterparty, cents }: MoneyRequest,
): boolean => {
	const [getting, paying] = [accountId, counterparty.accountId ?? 0].map((id) =>
		env.accounts.get(id),
	);
	return getting?.status === 'ACTIVE' && paying !== undefined && paying.cents >= cents;
};

/**
 * The answers of the sugar daddy that are due by the bank's clock (§11); to more than his limit, by switch. He does not
 * answer what he cannot pay, as no money is left or the account was closed.
 */
export const settle = (bank: Bank): void => {
	for (const env of Object.values(bank.environments)) {
		for (const request of env.requests) {
			if (request.status !== 'PENDING' || !(Number(request.answeredAt) <= now(bank))) continue;
			const isTooMuch = request.cents > SUGAR_DADDY.most;
			if (!isTooMuch) {
				if (canPay(env, request)) respond(bank, env, request, 'ACCEPTED');
			} else if (bank.switches.sandboxRequests === 'rejected')
				respond(bank, env, request, 'REJECTED');
		}
	}
};

/** Sends several requests together. */
export const askAll = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	askings: readonly Asking[],
): RequestBatch => {
	const id = nextId(env);
	const created = timestamp(bank);
	const requests = askings.map((each) => ask(bank, env, account, { ...each, batchId: id }));
	const batch: RequestBatch = { id, created, accountId: account.id, requests };
	env.requestBatches.push(batch);
	announce(bank, env, {
		userId: account.userId,
		accountId: account.id,
		id,
		show: (...state) => requestBatchObject(...state, batch),
		callbacks: [['REQUEST', 'REQUEST_INQUIRY_BATCH_CREATED']],
	});
	return batch;
};

/** An account at this bank asks another one. */
export const askAccount = (
	bank: Bank,
	env: BankEnvironment,
	account: Account,
	asked: Account,
	asking: Omit<Asking, 'counterparty'>,
): MoneyRequest =>
	ask(bank, env, account, {
		...asking,
		counterparty: { iban: asked.iban, name: nameOf(env, asked), accountId: asked.id },
	});

/** An account of another user. */
export const thirdPartyAccount = (env: BankEnvironment, { userId }: Account): Account => {
	const account = [...env.accounts.values()].find((each) => each.userId !== userId);
	if (!account) throw new Error('There is no third party');
	return account;
};

const nameOf = (env: BankEnvironment, { userId }: Account) =>
	env.users.get(userId)?.displayName ?? '';

/** Gives a request its final status; if it is accepted, the money moves. The texts are inferred. */
export const respond = (
	bank: Bank,
	env: BankEnvironment,
	request: MoneyRequest,
	status: Exclude<MoneyRequest['status'], 'PENDING'>,
	cents = request.cents,
): void => {
	if (request.status !== 'PENDING')
		throw refuse('wrongStatus', { what: 'request', status: request.status });
	if (status === 'ACCEPTED') pay(bank, env, request, cents);
	request.status = status;
	const isExpiry = status === 'EXPIRED';
	if (isExpiry) request.expires ??= timestamp(bank);
	if (!isExpiry || bank.switches.expiryUpdates) request.updated = timestamp(bank);
	if (!isExpiry) request.responded = request.updated;
	tell(bank, env, request, status);
};

/** §10.2: each side hears of its own object. */
const tell = (bank: Bank, env: BankEnvironment, request: MoneyRequest, event: string): void => {
	const sides = [
		['INQUIRY', request.id, request.accountId, inquiryObject],
		['RESPONSE', request.responseId, request.counterparty.accountId, responseObject],
	] as const;
	for (const [side, id, accountId, object] of sides) {
		const account = env.accounts.get(accountId ?? 0);
		if (!account || id === null) continue;
		announce(bank, env, {
			userId: account.userId,
			accountId: account.id,
			id,
			show: (...state) => object(...state, request),
			awaitsReply: () => side === 'RESPONSE' && request.status === 'PENDING',
			callbacks: [['REQUEST', `REQUEST_${side}_${event}`]],
		});
	}
};

const pay = (bank: Bank, env: BankEnvironment, request: MoneyRequest, cents: number): void => {
	const { description, merchantReference, counterparty } = request;
	const getting = env.accounts.get(request.accountId);
	if (!getting) throw new Error(`No account ${request.accountId}`);
	checkActive(getting);
	const paying = env.accounts.get(counterparty.accountId ?? 0);
	// §9.6: recorded.
	const subType = 'REQUEST';
	const payment = { description, merchantReference, attachment: [], subType };
	if (paying) {
		const to = { iban: getting.iban, name: nameOf(env, getting), accountId: getting.id };
		carryOut(bank, env, paying, { ...payment, cents, counterparty: to, type: 'BUNQ' });
	} else {
		book(bank, env, getting, { ...payment, cents, counterparty, type: 'BUNQME' });
	}
	request.respondedCents = cents;
};

/** Keys that both sides see. */
const commonOf = (request: MoneyRequest, currency: string | undefined): Json => ({
	updated: request.updated,
	created: request.created,
	time_responded: request.responded,
	time_expiry: request.expires,
	amount_inquired: toAmount(request.cents, currency),
	amount_responded:
		request.respondedCents === null ? null : toAmount(request.respondedCents, currency),
	status: request.status,
	description: request.description,
	minimum_age: request.minimumAge,
	require_address: request.requireAddress,
	redirect_url: request.redirectUrl,
	geolocation: null,
	address_billing: request.addresses.billing,
	address_shipping: request.addresses.shipping,
});

/** The request as its sender sees it, with the keys of the recordings and, as there, an amount without a sign. */
export const inquiryObject = (bank: Bank, env: BankEnvironment, request: MoneyRequest): Json => {
	const account = env.accounts.get(request.accountId);
	const user = env.users.get(account?.userId ?? 0);
	return {
		RequestInquiry: {
			id: request.id,
			...commonOf(request, account?.currency),
			monetary_account_id: request.accountId,
			merchant_reference: shownReference(bank, request),
			user_alias_created: account ? labelAccount(env, account) : null,
			user_alias_revoked: request.status === 'REVOKED' && user ? labelUser(user) : null,
			counterparty_alias: labelCounterparty(env, request.counterparty),
			attachment: request.attachment,
			type: 'INTERNAL',
			sub_type: 'NONE',
			// §9.5: a bunq user needs no link.
			bunqme_share_url:
				request.responseId === null
					? `https://bunq.me/p/${uuidOf(`request ${request.id}`).slice(0, 8)}`
					: null,
			batch_id: request.batchId,
			scheduled_id: null,
			reference_split_the_bill: null,
			...extraFields(bank),
		},
	};
};

/** A batch as in bunq's file. Inferred from the recorded batch of payments: that it has an ID and times. */
export const requestBatchObject = (bank: Bank, env: BankEnvironment, batch: RequestBatch): Json => {
	const { id, created, accountId, requests } = batch;
	const total = requests.reduce((sum, { cents }) => sum + cents, 0);
	return {
		RequestInquiryBatch: {
			id,
			created,
			updated: created,
			request_inquiries: requests.map((each) => inquiryObject(bank, env, each).RequestInquiry),
			total_amount_inquired: toAmount(total, env.accounts.get(accountId)?.currency),
			reference_split_the_bill: null,
			...extraFields(bank),
		},
	};
};

/** The request as its receiver sees it. */
export const responseObject = (bank: Bank, env: BankEnvironment, request: MoneyRequest): Json => {
	const asked = env.accounts.get(request.counterparty.accountId ?? 0);
	const asking = env.accounts.get(request.accountId);
	return {
		RequestResponse: {
			id: request.responseId,
			...commonOf(request, asking?.currency),
			monetary_account_id: asked?.id,
			alias: asked ? labelAccount(env, asked) : null,
			counterparty_alias: asking ? labelAccount(env, asking) : null,
			attachment: null,
			type: request.type,
			sub_type: 'NONE',
			eligible_whitelist_id: null,
			request_reference_split_the_bill: [],
			event_id: eventIdOf(Number(request.responseId)),
			monetary_account_preferred_id: asked?.id,
			...extraFields(bank),
		},
	};
};
