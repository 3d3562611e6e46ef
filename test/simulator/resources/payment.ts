import { notPermitted } from '../callers';
import {
	AMOUNT,
	BOOLEAN,
	INTEGER,
	POINTER,
	STRING,
	listOf,
	object,
	optional,
	required,
} from '../fields';
import { ibanIsRight, toCents } from '../money';
import { indexOf, pageOf } from '../pagination';
import { book, paymentObject } from '../payments';
import { badRequest, refusals } from '../refusal';
import type { Route, SessionCall } from '../routes';
import { route } from '../routes';
import type { Account, BankEnvironment, Counterparty, Pointer } from '../state';
import { accountOf } from './monetaryAccount';

/** §9.3 and SWG: the body of a payment. */
const PAYMENT_FIELDS = {
	amount: required(AMOUNT),
	counterparty_alias: required(POINTER),
	description: required(STRING),
	attachment: optional(listOf(object({ id: required(INTEGER) }))),
	merchant_reference: optional(STRING),
	allow_bunqto: optional(BOOLEAN),
};

/** §9.3: to other banks 140, between bunq users 9000. */
const MAX_DESCRIPTION = { outside: 140, bunq: 9000 };

/** The account that an alias points to, if it is one of this bank's. */
function accountOfAlias(env: BankEnvironment, pointer: Pointer): Account | undefined {
	const accounts = [...env.accounts.values()];
	if (pointer.type === 'IBAN') return accounts.find(({ iban }) => iban === pointer.value);
	const user = [...env.users.values()].find(({ alias }) =>
		alias.some(({ type, value }) => type === pointer.type && value === pointer.value),
	);
	return accounts.find(
		({ userId, iban, status }) => userId === user?.id && iban !== null && status === 'ACTIVE',
	);
}

/** Whom a pointer means. An unknown e-mail address or number needs bunq.to (§9.3). */
function counterpartyOf(
	env: BankEnvironment,
	pointer: Pointer,
	allowBunqto: boolean,
): Counterparty {
	if (pointer.type === 'IBAN' && !ibanIsRight(pointer.value)) {
		throw badRequest(`The IBAN "${pointer.value}" is not valid.`);
	}
	const account = accountOfAlias(env, pointer);
	const name = pointer.name ?? pointer.value;
	if (account) return { iban: account.iban, name, accountId: account.id };
	if (pointer.type === 'IBAN') return { iban: pointer.value, name };
	if (!allowBunqto) throw badRequest(`No bunq user was found for "${pointer.value}".`);
	return { iban: null, name };
}

function create(call: SessionCall<typeof PAYMENT_FIELDS>) {
	const { bank, env, user, credential, body } = call;
	const account = accountOf(call as unknown as SessionCall);
	const allowBunqto = body.allow_bunqto ?? false;
	const counterparty = counterpartyOf(env, body.counterparty_alias, allowBunqto);
	const recipient = env.accounts.get(counterparty.accountId ?? 0);

	// §8: an app may only move money between the accounts of its user.
	if (credential.grant && recipient?.userId !== user.id) throw notPermitted(bank, 'create payment');
	if (account.status !== 'ACTIVE') throw badRequest('The account is not active.');
	if (!account.iban) throw badRequest('You cannot make payments from this account.');
	if (recipient?.id === account.id) {
		throw badRequest('The payer and the recipient are the same account.');
	}
	if (recipient && recipient.status !== 'ACTIVE') {
		throw badRequest('The account of the recipient is not active.');
	}
	const longest = recipient ? MAX_DESCRIPTION.bunq : MAX_DESCRIPTION.outside;
	if (body.description.length > longest) {
		throw badRequest(`The description cannot be longer than ${longest} characters.`);
	}
	const cents = toCents(body.amount.value);
	if (cents === 0) throw badRequest('The amount must be more than zero.');
	if (body.amount.currency !== account.currency) {
		throw badRequest(`The currency of the account is ${account.currency}.`);
	}
	if (cents > account.cents) {
		throw badRequest('The account does not have enough balance for this payment.');
	}

	const shared = {
		description: body.description,
		merchantReference: body.merchant_reference ?? null,
	};
	const payment = book(bank, env, account, {
		...shared,
		cents: -cents,
		counterparty,
		attachment: (body.attachment ?? []).map(({ id }) => ({ id, monetary_account_id: account.id })),
		type: recipient || !counterparty.iban ? 'BUNQ' : 'EBA_SCT',
	});
	if (recipient) {
		const payer = { iban: account.iban, name: user.displayName, accountId: account.id };
		book(bank, env, recipient, { ...shared, cents, counterparty: payer });
	}
	return { items: [{ Id: { id: payment.id } }] };
}

const all = '/user/{userId}/monetary-account/{accountId}/payment';

/** §9.3 */
export const payment: Route[] = [
	route({
		method: 'POST',
		path: all,
		body: PAYMENT_FIELDS,
		mandatorySignature: true,
		oauth: true,
		does: 'create payment',
		run: create,
	}),
	route({
		method: 'GET',
		path: all,
		oauth: true,
		does: 'read payment',
		run(call) {
			const { bank, env, request } = call;
			const payments = env.payments.get(accountOf(call).id) ?? [];
			const { items, pagination } = pageOf(payments, request.path, request.query);
			return { items: items.map((each) => paymentObject(bank, env, each)), pagination };
		},
	}),
	route({
		method: 'GET',
		path: `${all}/{paymentId}`,
		oauth: true,
		does: 'read payment',
		run(call) {
			const id = Number(call.params.paymentId);
			const payments = call.env.payments.get(accountOf(call).id) ?? [];
			const payment = payments[indexOf(payments, id)];
			if (payment?.id !== id) throw refusals.notFound();
			return { items: [paymentObject(call.bank, call.env, payment)] };
		},
	}),
];
