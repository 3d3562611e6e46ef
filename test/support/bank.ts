import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import {
	startSimulator,
	type Environment,
	type LoggedRequest,
	type Simulator,
	type World,
} from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { startClock } from './fakeClock';
import { runNode, type Order, type Outcome } from './engine';
import { Poller, type PollOrder } from './triggerHarness';

/** A test file's bank: a simulator of its own, with new keys for each test, and the clock that jumps. */
export interface TestBank {
	control: Simulator['control'];
	/** The environment's world as the bank sees it now. */
	world(environment?: Environment): Promise<World>;
	tlsPort: number;
	/** Ends `redirectTo('refuse')` and its like. */
	reconnect(): void;
	account(description: string): Promise<World['accounts'][number]>;
	/** By its second line. */
	card(secondLine: string): Promise<World['cards'][number]>;
	/** Runs the node with the ready OAuth token of production. */
	oauth(parameters: IDataObject, order?: Partial<Order>): Promise<Outcome>;
	/** Runs the node with the API key of production; `credential` changes the credential's fields. */
	apiKey(parameters: IDataObject, order?: Partial<Order>): Promise<Outcome>;
	/** The trigger with the ready OAuth token of production. */
	trigger(parameters: IDataObject, order?: Partial<PollOrder>): Promise<Poller>;
	/** What reached the bank, without the handshake: `GET /user/7/monetary-account`. */
	requests(): Promise<string[]>;
	log(): Promise<LoggedRequest[]>;
	/** How many requests moved money or changed something, without the handshake. */
	changes(): Promise<number>;
}

const HANDSHAKE = /^\/v1\/(installation|device-server|session-server)$/;

export const useBank = (): TestBank => {
	const running: { simulator?: Simulator; stopClock?: () => void } = {};
	const control = () => running.simulator!.control;
	const reconnect = () =>
		redirectTo({ tlsPort: running.simulator!.tlsPort, ca: running.simulator!.caPem });

	beforeAll(async () => {
		running.stopClock = startClock();
		running.simulator = await startSimulator();
	});
	beforeEach(async () => {
		// A minute later, so that no limit of the last test is left over.
		jest.setSystemTime(Date.now() + 60_000);
		reconnect();
		await control().reset(randomUUID());
		// And the history of the bank is a while ago.
		jest.setSystemTime(Date.now() + 60_000);
	});
	afterAll(async () => {
		redirectTo(undefined);
		running.stopClock?.();
		await running.simulator?.stop();
	});

	const world = async (environment: Environment = 'production') =>
		await control().world(environment);
	const log = async () => (await control().log()).filter(({ path }) => !HANDSHAKE.test(path));

	return {
		get control() {
			return control();
		},
		get tlsPort() {
			return running.simulator!.tlsPort;
		},
		reconnect,
		world,
		account: async (description) => {
			const found = (await world()).accounts.find((one) => one.description === description);
			if (!found) throw new Error(`The simulator has no account "${description}"`);
			return found;
		},
		card: async (secondLine) => {
			const found = (await world()).cards.find((one) => one.secondLine === secondLine);
			if (!found) throw new Error(`The simulator has no card "${secondLine}"`);
			return found;
		},
		oauth: async (parameters, { credential = {}, ...order } = {}) =>
			await runNode({
				parameters: { authentication: 'oAuth2', ...parameters },
				credential: {
					environment: 'production',
					oauthTokenData: { access_token: (await world()).oauth.accessToken },
					...credential,
				},
				...order,
			}),
		apiKey: async (parameters, { credential = {}, ...order } = {}) =>
			await runNode({
				parameters: { authentication: 'apiKey', ...parameters },
				credential: { environment: 'production', apiKey: (await world()).apiKey, ...credential },
				...order,
			}),
		trigger: async (parameters, order = {}) =>
			new Poller({
				parameters: { authentication: 'oAuth2', ...parameters },
				credential: {
					environment: 'production',
					oauthTokenData: { access_token: (await world()).oauth.accessToken },
				},
				...order,
			}),
		requests: async () =>
			(await log()).map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '')}`),
		log,
		changes: async () => (await log()).filter(({ changedSomething }) => changedSomething).length,
	};
};
