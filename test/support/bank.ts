import { createHash, randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import {
	STRICTER_THAN_BUNQ,
	startSimulator,
	type DirtChange,
	type DirtOrder,
	type Environment,
	type LoggedRequest,
	type Simulator,
	type World,
} from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { runNode, type RunOptions, type RunResult } from './engine';
import { passMinutes, startFakeClock } from './fakeClock';
import { locator } from './parameters';
import { SPELLED } from './spellings';
import { storeSessions, type StoreSession } from './storedSession';
import { TriggerHarness, type TriggerOptions } from './triggerHarness';

/** The simulated bank of a test file, on a fake clock. Each test gets a bank with new keys and no history of requests. */
export interface TestBank {
	control: Simulator['control'];
	/** The accounts, cards and keys of an environment as they are now. Default: production. */
	world(environment?: Environment): Promise<World>;
	tlsPort: number;
	/** The simulator's own address, for clients without the package. */
	url: string;
	/** Other spellings in the answers from now on, depending on this name. */
	respell(name: string): Promise<void>;
	/** Whether the credentials of this test store a session from now on, in place of the file's setting. */
	connect(isConnected: boolean): void;
	/** Ends `redirectTo('refuse')` and similar redirections. */
	reconnect(): void;

	account(description: string): Promise<World['accounts'][number]>;
	accountId(description: string): Promise<number>;
	balance(description: string): Promise<string>;
	/** An account as a locator by ID. */
	locate(description: string, environment?: Environment): Promise<IDataObject>;
	/** A card by its second line. */
	card(secondLine: string): Promise<World['cards'][number]>;
	/** Sam, another user of bunq. */
	thirdParty(): Promise<World['thirdParties'][number]>;
	/** The fields that pay Sam, or ask Sam, by IBAN. */
	toThirdParty(): Promise<IDataObject>;

	/** Money arrives in an account, or leaves it where the amount is negative. Returns the IDs of the payments. */
	receive(
		account: string,
		payment?: { amount?: string; count?: number; description?: string },
	): Promise<number[]>;
	closeAccount(id: number): Promise<void>;

	/** Parameters of a payment from Main to Household, 10.00 EUR. */
	payHousehold(more?: IDataObject): Promise<IDataObject>;
	/** What Household has received since the bank was reset. */
	receivedByHousehold(): Promise<number>;

	/** Runs the node with production's OAuth token. */
	oauth(parameters: IDataObject, options?: Partial<RunOptions>): Promise<RunResult>;
	/**
	 * Runs the node with production's API key, or for the resource Sandbox with the sandbox's; `credential` overrides fields of
	 * the credential. The same for `oauth`.
	 */
	apiKey(parameters: IDataObject, options?: Partial<RunOptions>): Promise<RunResult>;
	/** The trigger with production's OAuth token, or with its API key if the parameters say so. */
	trigger(parameters: IDataObject, options?: Partial<TriggerOptions>): Promise<TriggerHarness>;

	/** The requests that reached the bank, without the handshake. */
	log(): Promise<LoggedRequest[]>;
	/** The same as text: `GET /user/7/monetary-account`. */
	requests(): Promise<string[]>;
	/** The same with `{}` for each ID: `GET /user/{}/monetary-account`. */
	requestShapes(): Promise<string[]>;
	/** How many requests had this method. */
	requestCount(method: string): Promise<number>;
	/** How many requests moved money or changed something. */
	changes(): Promise<number>;
	/** How many requests this takes; clears the log first. */
	cost(work: () => Promise<unknown>): Promise<number>;
	/** The IDs of the accounts in which something was read, in order. */
	accountsRead(): Promise<number[]>;
}

/** Other spellings in every answer where `DIRT` is 0, 1 or 2: each test has to pass all the same. */
const standingDirt = (): DirtOrder[] => {
	const changes = SPELLED[Number(process.env.DIRT || NaN)];
	return changes ? [{ changes, outlastsReset: true }] : [];
};

/** One test in four has a bank with other spellings: they double the bank's work, which signs each answer again. */
const EACH = 4;

/** The spellings of a test's bank, by the test's name; none for most. */
const spellingsFor = (name: string): DirtChange[] =>
	SPELLED[createHash('sha256').update(name).digest()[0] % (SPELLED.length * EACH)] ?? [];

const HANDSHAKE = /^\/v1\/(installation|device-server|session-server)$/;

/** How a test file's bank differs from others. */
export interface BankOptions {
	/** In one test of four, its answers spell values otherwise. */
	otherSpellings?: boolean;
	/** Whether credentials store a session, as n8n stores it after their test. Default: yes; else tests begin with the handshake. */
	isConnected?: boolean;
	/** Whether it is reached over TLS. Default: no. */
	isEncrypted?: boolean;
}

/** Gives a test file its bank; call it at the top of the file. */
export const useBank = ({
	otherSpellings = false,
	isConnected = true,
	isEncrypted = false,
}: BankOptions = {}): TestBank => {
	const running: {
		simulator?: Simulator;
		stopClock?: () => void;
		storeSession?: StoreSession;
		isConnected?: boolean;
	} = {};
	const triggers = new Set<TriggerHarness>();
	const control = () => running.simulator!.control;
	const reconnect = () => {
		const { tlsPort, caPem, url } = running.simulator!;
		redirectTo(isEncrypted ? { tlsPort, ca: caPem } : { httpPort: Number(new URL(url).port) });
	};

	const respell = async (name: string) => {
		const changes = process.env.DIRT ? [] : spellingsFor(name);
		if (changes.length > 0) await control().dirty({ changes });
	};

	beforeAll(async () => {
		running.stopClock = startFakeClock();
		running.simulator = await startSimulator({
			dirt: standingDirt(),
			switches: STRICTER_THAN_BUNQ,
		});
	});
	beforeEach(async () => {
		// The previous test may have used up a rate limit.
		passMinutes();
		reconnect();
		await control().reset(randomUUID());
		running.storeSession = storeSessions(control());
		running.isConnected = isConnected;
		if (otherSpellings) await respell(expect.getState().currentTestName ?? '');
		// The new bank's history is in the past.
		passMinutes();
	});
	afterEach(() => {
		// A trigger that still runs would hear the calls of the next test.
		for (const trigger of triggers) trigger.deactivate();
		triggers.clear();
	});
	afterAll(async () => {
		redirectTo(undefined);
		running.stopClock?.();
		await running.simulator?.stop();
	});

	const connected: StoreSession = async (fields) =>
		running.isConnected ? await running.storeSession!(fields) : fields;
	const world = async (environment: Environment = 'production') =>
		await control().world(environment);
	const log = async () => (await control().log()).filter(({ path }) => !HANDSHAKE.test(path));
	const requests = async () =>
		(await log()).map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '')}`);

	const accountIn = async (description: string, environment?: Environment) => {
		const found = (await world(environment)).accounts.find(
			(one) => one.description === description,
		);
		if (!found) throw new Error(`The simulator has no account "${description}"`);
		return found;
	};
	const account = async (description: string) => await accountIn(description);
	const accountId = async (description: string) => (await account(description)).id;
	const locate = async (description: string, environment?: Environment) =>
		locator('id', (await accountIn(description, environment)).id);
	const environmentOf = ({ resource }: IDataObject): Environment =>
		resource === 'sandbox' ? 'sandbox' : 'production';
	const thirdParty = async () => (await world()).thirdParties[0];

	const apiKey: TestBank['apiKey'] = async (parameters, { credential = {}, ...options } = {}) => {
		const environment = environmentOf(parameters);
		return await runNode({
			parameters: { authentication: 'apiKey', ...parameters },
			credential: await connected({
				environment,
				apiKey: (await world(environment)).apiKey,
				...credential,
			}),
			...options,
		});
	};

	return {
		get control() {
			return control();
		},
		get tlsPort() {
			return running.simulator!.tlsPort;
		},
		get url() {
			return running.simulator!.url;
		},
		respell,
		connect: (is) => (running.isConnected = is),
		reconnect,
		world,
		account,
		accountId,
		balance: async (description) => (await account(description)).balance,
		locate,
		card: async (secondLine) => {
			const found = (await world()).cards.find((one) => one.secondLine === secondLine);
			if (!found) throw new Error(`The simulator has no card "${secondLine}"`);
			return found;
		},
		thirdParty,
		toThirdParty: async () => {
			const { iban, displayName } = await thirdParty();
			return { recipientType: 'iban', recipientIban: iban, recipientName: displayName };
		},
		receive: async (name, payment = {}) =>
			await control().addPayments({
				accountId: await accountId(name),
				description: name,
				...payment,
			}),
		closeAccount: async (id) => {
			const close = { resource: 'account', operation: 'close', reason: 'Test' };
			const { error } = await apiKey({ ...close, account: locator('id', id) });
			if (error) throw new Error(`The account was not closed: ${error.message}`);
		},
		payHousehold: async (more = {}) => ({
			resource: 'payment',
			operation: 'create',
			account: await locate('Main'),
			recipientAccount: await locate('Household'),
			amount: 10,
			paymentDescription: 'Pocket money',
			...more,
		}),
		receivedByHousehold: async () => Number((await account('Household')).balance) - 300,
		oauth: async (parameters, { credential = {}, ...options } = {}) => {
			const environment = environmentOf(parameters);
			const { oauth } = await world(environment);
			return await runNode({
				parameters: { authentication: 'oAuth2', ...parameters },
				credential: await connected({
					environment,
					oauthTokenData: { access_token: oauth.accessToken },
					...credential,
				}),
				...options,
			});
		},
		apiKey,
		trigger: async (parameters, options = {}) => {
			const trigger = new TriggerHarness({
				parameters: { authentication: 'oAuth2', ...parameters },
				credential: await connected(
					parameters.authentication === 'apiKey'
						? { environment: 'production', apiKey: (await world()).apiKey }
						: {
								environment: 'production',
								oauthTokenData: { access_token: (await world()).oauth.accessToken },
							},
				),
				...options,
			});
			triggers.add(trigger);
			return trigger;
		},
		log,
		requests,
		requestShapes: async () => (await requests()).map((one) => one.replace(/\/\d+/g, '/{}')),
		requestCount: async (method) => (await log()).filter((one) => one.method === method).length,
		changes: async () => (await log()).filter(({ changedSomething }) => changedSomething).length,
		cost: async (work) => {
			await control().clearLog();
			await work();
			return (await log()).length;
		},
		accountsRead: async () =>
			(await requests())
				.map((one) => Number(/monetary-account\/(\d+)\//.exec(one)?.[1]))
				.filter(Boolean),
	};
};
