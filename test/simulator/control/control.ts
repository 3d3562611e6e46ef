import { openAccount } from '../bank/accounts';
import { useCard } from '../bank/cardTransactions';
import { approve, close, openDraft } from '../bank/drafts';
import { CALLBACK_ACTIONS } from './callbackActions';
import { SCHEDULE_ACTIONS } from './scheduleActions';
import { readArguments } from './checks';
import { endCalls } from '../http/callbacks';
import { completeOrder } from '../http/dirt';
import { announceRevocation, newCode, revoke } from '../auth/grants';
import { issuedSecrets, tokenOf } from '../bank/keys';
import { openLink, payLink } from '../bank/links';
import { toAmount, toCents } from '../bank/money';
import { book } from '../bank/payments';
import { addObject } from '../resources';
import { openSession } from '../resources/handshake';
import type { AccountView, CardView, Control, Environment, World } from './protocol';
import { askAccount, respond, thirdPartyAccount } from '../bank/requests';
import { seed } from '../bank/seed';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Card,
	type Credential,
	type Draft,
	type MoneyRequest,
	type Order,
	now,
} from '../bank/state';

type Awaitless<F> = F extends (...args: infer A) => Promise<infer R>
	? (bank: Bank, ...args: A) => R | Promise<R>
	: never;

/** The control interface on the bank's side: each method gets the bank. */
type Actions = { [K in keyof Control]: Awaitless<Control[K]> };

const both = (bank: Bank) => Object.values(bank.environments);

/** The environment of an account; no ID exists in both. */
const withAccount = (bank: Bank, id: number): { env: BankEnvironment; account: Account } => {
	for (const env of both(bank)) {
		const account = env.accounts.get(id);
		if (account) return { env, account };
	}
	throw new Error(`No account ${id}`);
};

/** The environment of a draft; no ID exists in both. */
const withDraft = (bank: Bank, id: number): { env: BankEnvironment; draft: Draft } => {
	for (const env of both(bank)) {
		const draft = [...env.drafts.values()].flat().find((each) => each.id === id);
		if (draft) return { env, draft };
	}
	throw new Error(`No draft ${id}`);
};

/** The environment of a request for money; no ID exists in both. */
const withRequest = (bank: Bank, id: number): { env: BankEnvironment; request: MoneyRequest } => {
	for (const env of both(bank)) {
		const request = env.requests.find((each) => each.id === id || each.responseId === id);
		if (request) return { env, request };
	}
	throw new Error(`No request ${id}`);
};

/** The environment of an API key or access token. */
const withSecret = (
	bank: Bank,
	secret: string,
): { env: BankEnvironment; credential: Credential } => {
	for (const env of both(bank)) {
		const credential = env.credentials.get(secret);
		if (credential) return { env, credential };
	}
	throw new Error('No such key or token');
};

const accountView = (env: BankEnvironment, account: Account): AccountView => ({
	id: account.id,
	type: account.type,
	description: account.description,
	iban: account.iban,
	balance: toAmount(account.cents).value,
	status: account.status,
	currency: account.currency,
	payments: env.payments.get(account.id)?.length ?? 0,
});

const cardView = ({ pins, countries, ...card }: Card): CardView => ({
	id: card.id,
	type: card.type,
	secondLine: card.secondLine,
	status: card.status,
	orderStatus: card.orderStatus,
	pins: Object.fromEntries(pins.map(({ type, accountId }) => [type, accountId])),
	fallbackAccountId: card.fallbackAccountId,
	limit: card.limit,
	limitAtm: card.limitAtm,
	countries: countries.map(({ country }) => country),
});

const world = (bank: Bank, environment: Environment = 'production'): World => {
	const env = bank.environments[environment];
	const { personId } = env;
	const credentials = [...env.credentials.values()].filter(({ userId }) => userId === personId);
	const accounts = [...env.accounts.values()];
	const [client] = env.clients.values();
	const token = credentials.filter(({ grant }) => grant).at(-1);
	const others = [...env.users.values()].filter(({ id }) => id !== personId);
	return {
		environment,
		person: { id: personId, displayName: env.users.get(personId)?.displayName ?? '' },
		apiKey: credentials.find(({ grant }) => !grant)?.secret ?? '',
		oauth: {
			clientId: client.id,
			clientSecret: client.secret,
			redirectUris: client.redirectUris,
			accessToken: token?.secret ?? '',
			userApiKeyId: token?.grant?.id ?? 0,
			grantedUserId: personId,
		},
		accounts: accounts
			.filter(({ userId }) => userId === personId)
			.map((each) => accountView(env, each)),
		cards: [...env.cards.values()].filter(({ userId }) => userId === personId).map(cardView),
		thirdParties: others.flatMap((user) => {
			const iban = accounts.find(({ userId }) => userId === user.id)?.iban;
			const [phone, email] = user.alias.map(({ value }) => value);
			return iban ? [{ displayName: user.displayName, email, phone, iban }] : [];
		}),
	};
};

export const ACTIONS: Actions = {
	...CALLBACK_ACTIONS,
	...SCHEDULE_ACTIONS,
	reset(bank, salt) {
		const last = both(bank).map(({ lastId }) => lastId);
		const dirt = bank.dirt.filter(({ outlastsReset }) => outlastsReset);
		endCalls(bank);
		const { defaults, openCalls } = bank;
		Object.assign(bank, {
			...seed(salt),
			dirt,
			defaults,
			openCalls,
			switches: { ...defaults },
		});
		// After a reset, new objects get new IDs, as at a bank.
		both(bank).forEach((env, at) => (env.lastId = Math.max(env.lastId, last[at])));
	},
	log: (bank) => bank.log,
	clearLog(bank) {
		bank.log = [];
	},
	fault(bank, order) {
		const preset = { method: '', path: '', times: 1, skip: 0, body: '', status: 200 };
		bank.faults.push({ ...preset, delayMs: 0, held: false, ...order });
	},
	clearFaults(bank) {
		bank.faults = [];
		bank.callbackFaults = [];
		for (const proceed of bank.held.splice(0)) proceed();
	},
	dirty(bank, order) {
		bank.dirt.push(completeOrder(order));
	},
	clearDirt(bank) {
		bank.dirt = [];
	},
	switches: (bank, changes = {}) => {
		Object.assign(bank.switches, changes);
		const consulted = [...bank.consulted].filter((name) => !(name in changes));
		const all = { ...bank.switches };
		// To show them is not to consult them.
		bank.consulted = new Set(consulted);
		return all;
	},
	consulted: (bank) => [...bank.consulted],
	advance(bank, ms) {
		if (Number.isNaN(new Date(now(bank) + ms).getTime())) throw new Error(`No time: ${ms}`);
		bank.clockOffset += ms;
	},
	world,
	secrets: (bank) => [
		...issuedSecrets(),
		...both(bank).flatMap(({ clients, credentials }) => [
			...[...clients.values()].map(({ secret }) => ({
				what: 'a client secret' as const,
				value: secret,
			})),
			...[...credentials.values()].map(({ secret, grant }) => ({
				what: grant ? ('an access token' as const) : ('an API key' as const),
				value: secret,
			})),
		]),
	],
	expireSessions(bank) {
		for (const env of both(bank)) {
			for (const session of env.sessions.values()) session.expires = now(bank);
		}
	},
	forgetInstallations(bank) {
		for (const env of both(bank)) env.installations.clear();
	},
	openSession(bank, secret, publicKey) {
		const { env, credential } = withSecret(bank, secret);
		return openSession(bank, env, credential, publicKey);
	},
	revoke(bank, secret) {
		const { env, credential } = withSecret(bank, secret);
		revoke(env, credential);
		announceRevocation(bank, env, credential);
	},
	lockIp(bank, locked) {
		bank.changingIp = locked ? 0 : undefined;
	},
	addPayments(bank, { accountId, count = 1, amount = '1.00', id, ...given }) {
		const { env, account } = withAccount(bank, accountId);
		if (
			id !== undefined &&
			(count !== 1 || env.payments.get(accountId)?.some((each) => each.id === id))
		) {
			throw new Error('An id is for one payment, and must be unused');
		}
		return Array.from({ length: count }, () => {
			const { counterpartyIban = null, counterpartyName = 'Someone outside' } = given;
			const payment = book(bank, env, account, {
				...(id !== undefined && { id }),
				cents: toCents(amount),
				description: given.description ?? '',
				type: given.type ?? 'EBA_SCT',
				counterparty: { iban: counterpartyIban, name: counterpartyName },
			});
			return payment.id;
		});
	},
	addCardTransactions(bank, accountId, transactions) {
		const { env, account } = withAccount(bank, accountId);
		return transactions.map((each) => useCard(bank, env, account, each).id);
	},
	addAccount(bank, account = {}) {
		const env = bank.environments[account.environment ?? 'production'];
		const {
			type = 'MonetaryAccountBank',
			description,
			balance = '0.00',
			status,
			withIban,
		} = account;
		const cents = toCents(balance);
		return openAccount(bank, env, env.personId, { type, description, cents, status, withIban }).id;
	},
	addObject(bank, path, values) {
		const env = bank.environments.production;
		const user = env.users.get(env.personId);
		if (!user) throw new Error('No user');
		return addObject({ bank, env, user }, path.replace('{user}', String(user.id)), values).id;
	},
	addDrafts(bank, { accountId, count = 1 }) {
		const { env, account } = withAccount(bank, accountId);
		const { id, iban } = thirdPartyAccount(env, account);
		const order: Order = {
			cents: 1_00,
			description: '',
			type: 'BUNQ',
			merchantReference: null,
			attachment: [],
			counterparty: { iban, name: 'Someone else', accountId: id },
		};
		return Array.from({ length: count }, () => openDraft(bank, env, account, [order]).id);
	},
	approveDraft(bank, id) {
		const { env, draft } = withDraft(bank, id);
		return approve(bank, env, draft).map((payment) => payment.id);
	},
	rejectDraft(bank, id) {
		const { env, draft } = withDraft(bank, id);
		close(bank, env, draft, 'REJECTED');
	},
	addRequestResponse(bank, { accountId, fromAccountId, amount = '1.00', ...given }) {
		const { env, account } = withAccount(bank, accountId);
		const asking = env.accounts.get(fromAccountId ?? thirdPartyAccount(env, account).id);
		if (!asking) throw new Error(`No account ${fromAccountId}`);
		const request = askAccount(bank, env, asking, account, { cents: toCents(amount), ...given });
		return Number(request.responseId);
	},
	answerRequest(bank, id, status) {
		const { env, request } = withRequest(bank, id);
		respond(bank, env, request, status);
	},
	addLink(bank, { accountId, amount, description = '' }) {
		const { env, account } = withAccount(bank, accountId);
		const cents = amount === undefined ? null : toCents(amount);
		return openLink(bank, env, account, { cents, description, redirectUrl: null }).id;
	},
	payLink(bank, id, { amount, name = 'A. Payer', fromAccountId } = {}) {
		const env = both(bank).find(({ links }) => links.some((each) => each.id === id));
		const link = env?.links.find((each) => each.id === id);
		if (!env || !link) throw new Error(`No bunq.me tab ${id}`);
		const cents = amount === undefined ? (link.cents ?? 1_00) : toCents(amount);
		const account =
			fromAccountId === undefined ? undefined : withAccount(bank, fromAccountId).account;
		const { payment, response } = payLink(bank, env, link, { cents, name, account });
		return { paymentId: payment.id, responseId: response?.id ?? null };
	},
	addClient(bank, name, environment = 'production') {
		const { clients } = bank.environments[environment];
		const [first] = clients.values();
		const [id, secret] = ['id', 'secret'].map((what) =>
			tokenOf(`client ${what} ${environment} ${name}`),
		);
		clients.set(id, { ...first, id, secret, name, redirectUris: [...first.redirectUris] });
		return { clientId: id, clientSecret: secret };
	},
	registerRedirectUri(bank, uri) {
		for (const env of both(bank)) {
			for (const { redirectUris } of env.clients.values()) {
				if (!redirectUris.includes(uri)) redirectUris.push(uri);
			}
		}
	},
	removeRedirectUri(bank, uri) {
		for (const env of both(bank)) {
			for (const client of env.clients.values()) {
				client.redirectUris = client.redirectUris.filter((known) => known !== uri);
			}
		}
	},
	grantCode(bank, redirectUri, environment = 'production') {
		const env = bank.environments[environment];
		const [client] = env.clients.values();
		return newCode(bank, env, { clientId: client.id, redirectUri, userId: env.personId });
	},
};

/** `POST /_simulator/<name>` with the arguments as a JSON array, or GET for methods without arguments. */
export const runControl = async (
	bank: Bank,
	name: string,
	body: Buffer,
): Promise<{ status: number; value: unknown }> => {
	if (!Object.hasOwn(ACTIONS, name))
		return { status: 404, value: { error: `No such control: ${name}` } };
	try {
		const args = readArguments(name as keyof Control, body.toString('utf8'));
		const action = ACTIONS[name as keyof Control] as (bank: Bank, ...args: unknown[]) => unknown;
		return { status: 200, value: await action(bank, ...args) };
	} catch (error) {
		return { status: 400, value: { error: String(error) } };
	}
};
