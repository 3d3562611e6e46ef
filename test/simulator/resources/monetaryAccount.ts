import {
	type AccountBody,
	type AccountKind,
	ACCOUNT_FIELDS,
	ACCOUNT_KINDS,
	accountObject,
	openAccount,
} from '../bank/accounts';
import type { Fields } from '../http/fields';
import { toCents } from '../bank/money';
import { labelUser } from '../bank/objects';
import { shownPage } from '../http/pagination';
import { refusals, refuse } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import { type Account, type Json, type User, timestamp } from '../bank/state';

/** The accounts that the caller may see; for an app, those that the user selected (§7.1). */
export const visibleAccounts = ({ env, user, credential }: SessionCall): Account[] =>
	[...env.accounts.values()].filter(
		({ id, userId }) => userId === user.id && (credential.accountIds?.includes(id) ?? true),
	);

/** The account in the URL, if the caller may see it. */
export const accountOf = (call: SessionCall, type?: string): Account => {
	const account = call.env.accounts.get(Number(call.params.accountId));
	const isTheirs = account && visibleAccounts(call).includes(account);
	if (!isTheirs || (type !== undefined && account.type !== type)) {
		const isNamed = call.bank.switches.accountNotFound === 'account';
		throw isNamed ? refuse('noAccount', { id: call.params.accountId }) : refuse('notFound');
	}
	return account;
};

const list = (call: SessionCall, type?: string) => {
	const accounts = visibleAccounts(call).filter((each) => type === undefined || each.type === type);
	return shownPage(call.request, accounts, (each) => accountObject(call.bank, call.env, each));
};

const read = (call: SessionCall, type?: string) => ({
	items: [accountObject(call.bank, call.env, accountOf(call, type))],
});

/** §9.2: at most EUR 10,000. */
const MAX_DAILY_LIMIT = 10_000_00;

const checkBody = (body: AccountBody): void => {
	if (body.currency !== undefined && !/^[A-Z]{3}$/.test(body.currency)) {
		throw refusals.wrongValue('currency', 'an ISO 4217 code');
	}
	if (body.daily_limit && toCents(body.daily_limit.value) > MAX_DAILY_LIMIT) {
		throw refusals.wrongValue('daily_limit', 'at most 10000.00');
	}
	if (body.savings_goal && toCents(body.savings_goal.value) === 0) {
		throw refuse('zero');
	}
	if (body.setting?.color !== undefined && !/^#[0-9A-Fa-f]{6}$/.test(body.setting.color)) {
		throw refusals.wrongValue('color', 'a colour such as "#FF7819"');
	}
};

const coOwners = (body: AccountBody, user: User): Json[] | undefined =>
	body.all_co_owner && [
		{ alias: labelUser(user), status: 'ACCEPTED' },
		...body.all_co_owner.map(({ alias }) => ({
			alias: {
				uuid: null,
				display_name: alias.name ?? alias.value,
				country: '000',
				avatar: null,
				public_nick_name: alias.name ?? alias.value,
			},
			status: 'PENDING',
		})),
	];

const moreOf = (body: AccountBody, user: User): Json => {
	const { savings_goal, service, display_name, reason, reason_description } = body;
	const more = { savings_goal, service, display_name, reason, reason_description };
	const all = { ...more, all_co_owner: coOwners(body, user) };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const create = ({ bank, env, user, ...call }: SessionCall, type: string) => {
	const body = call.body as AccountBody;
	checkBody(body);
	const account = openAccount(bank, env, user.id, {
		type,
		description: body.description,
		currency: body.currency,
		dailyLimit: body.daily_limit?.value,
		setting: body.setting,
		// A joint account waits for its co-owners (§9.2, recording of 2018).
		status: type === 'MonetaryAccountJoint' ? 'PENDING_ACCEPTANCE' : 'ACTIVE',
		more: moreOf(body, user),
	});
	return { items: [{ Id: { id: account.id } }] };
};

/** Closing an account (§9.2): exactly this body. That the balance must be 0 is inferred. */
const checkClosing = (account: Account, body: AccountBody): void => {
	const asDocumented =
		body.status === 'CANCELLED' &&
		body.sub_status === 'REDEMPTION_VOLUNTARY' &&
		body.reason === 'OTHER';
	if (!asDocumented) {
		throw refuse('closing');
	}
	if (account.cents !== 0) {
		throw refuse('balanceLeft');
	}
};

const update = (call: SessionCall, type: string) => {
	const body = call.body as AccountBody;
	const account = accountOf(call, type);
	checkBody(body);
	if (account.status === 'CANCELLED') {
		throw refuse('wrongStatus', { what: 'account', status: account.status });
	}
	const isClosing = [body.status, body.sub_status, body.reason, body.reason_description].some(
		(value) => value !== undefined,
	);
	if (isClosing) {
		checkClosing(account, body);
		account.status = 'CANCELLED';
		account.subStatus = 'REDEMPTION_VOLUNTARY';
	}
	account.description = body.description ?? account.description;
	account.dailyLimit = body.daily_limit?.value ?? account.dailyLimit;
	account.setting = { ...account.setting, ...body.setting };
	account.more = { ...account.more, ...moreOf(body, call.user) };
	account.updated = timestamp(call.bank);
	return { items: [{ Id: { id: account.id } }] };
};

const bodyOf = ({ fields }: AccountKind, requires: string[]): Fields =>
	Object.fromEntries(
		fields.map((name) => [
			name,
			{ kind: ACCOUNT_FIELDS[name].kind, required: requires.includes(name) },
		]),
	);

const typedRoutes = ([type, kind]: [string, AccountKind]): Route[] => {
	const all = `/user/{userId}/${kind.path}`;
	const one = `${all}/{accountId}`;
	const creation = kind.requires && [
		route({
			method: 'POST',
			path: all,
			body: bodyOf(kind, kind.requires),
			oauth: true,
			does: `create ${kind.path}`,
			run: (call) => create(call, type),
		}),
	];
	return [
		...(creation ?? []),
		route({
			method: 'GET',
			path: all,
			oauth: true,
			does: `read ${kind.path}`,
			run: (call) => list(call, type),
		}),
		route({
			method: 'GET',
			path: one,
			oauth: true,
			does: `read ${kind.path}`,
			run: (call) => read(call, type),
		}),
		route({
			method: 'PUT',
			path: one,
			body: bodyOf(kind, []),
			oauth: 'oauthMayUpdateAccounts',
			does: `update ${kind.path}`,
			run: (call) => update(call, type),
		}),
	];
};

/** §9.2 */
export const monetaryAccount: Route[] = [
	route({
		method: 'GET',
		path: '/user/{userId}/monetary-account',
		oauth: true,
		does: 'read monetary-account',
		run: (call) => list(call),
	}),
	route({
		method: 'GET',
		path: '/user/{userId}/monetary-account/{accountId}',
		oauth: true,
		does: 'read monetary-account',
		run: (call) => read(call),
	}),
	...Object.entries(ACCOUNT_KINDS).flatMap(typedRoutes),
];
