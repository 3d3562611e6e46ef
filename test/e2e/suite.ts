import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { controlOf, type Control, type LoggedRequest, type World } from '../simulator';
import { N8nApi, type Execution, type Json, type WorkflowNode } from './api';
import { credentials, type Authentication } from './credentials';
import { startN8n, stopProcess, type InstanceOptions } from './instance';
import type { Store } from './stores';

/** The processes that the set-up started. */
export interface Running {
	url: string;
	pid: number;
	options: InstanceOptions;
	/** By credential type. */
	credentialIds: Record<string, string>;
	simulatorUrl: string;
	/** Only in queue mode: workers and databases. */
	workers?: Worker[];
	stores?: Store[];
}

export interface Worker {
	pid: number;
	options: InstanceOptions;
}

/** Names the file with the above, as test files share no memory with the set-up. */
const VARIABLE = 'BUNQ_N8N_SUITE';

/** Stores the processes, for the tests and the tear-down. */
export const noteRunning = (now: Running): void => {
	process.env[VARIABLE] ??= join(now.options.userFolder, 'suite.json');
	writeFileSync(process.env[VARIABLE], JSON.stringify(now));
};

export const running = (): Running => {
	const file = process.env[VARIABLE];
	if (!file) throw new Error('The real n8n is not running: npm run test:n8n starts it');
	return JSON.parse(readFileSync(file, 'utf8')) as Running;
};

/** Stores a message that a person saw, for the search for secrets at the end. */
export const noteSaid = (text: string): void => {
	appendFileSync(join(running().options.userFolder, 'said.txt'), `${text}\n`);
};

/** Options of a run of the Bunq node, besides its parameters. */
export interface BunqOrder {
	authentication: Authentication;
	/** The input items. Default: one empty item. */
	input?: Json[];
	/** The files of each input item, as n8n keeps them in memory. */
	binary?: Json;
	/** The ID of another credential than the suite's. */
	credentialId?: string;
	/** The node's settings: `onError`, `retryOnFail`… */
	settings?: Json;
}

/** The running n8n and its bank, for a test file. */
export interface Suite {
	n8n: N8nApi;
	bank: Control;
	/** Runs one Bunq node as the editor's Execute button does. */
	run(parameters: Json, order: BunqOrder): Promise<Execution>;
	world(authentication: Authentication): Promise<World>;
	/** The suite's credential, as a node refers to it. */
	credentialOf(authentication: Authentication): NonNullable<WorkflowNode['credentials']>;
	/** The requests with this credential that reached the bank, without the handshake: `POST /user/7/…`. */
	sent(authentication: Authentication): Promise<string[]>;
	/** The whole log for this credential. */
	log(authentication: Authentication): Promise<LoggedRequest[]>;
	/**
	 * Ends n8n, with SIGTERM unless a signal is given, and starts it again with the same folder.
	 * @param settings more of n8n's settings from now on
	 */
	restart(signal?: 'SIGKILL', settings?: Record<string, string>): Promise<void>;
	/** The rows of a table of n8n's database. */
	rows(table: string): Array<Record<string, unknown>>;
}

const HANDSHAKE = /^\/v1\/(installation|device-server|session-server)$/;
const HOSTS = { oAuth2: 'api.bunq.com', apiKey: 'public-api.sandbox.bunq.com' };

/** Gives a test file the suite; call it at the top of the file. The log is empty at the start of each test. */
export const useSuite = (): Suite => {
	const bank = controlOf(running().simulatorUrl);
	const suite = {} as Suite;
	const log = async (authentication: Authentication) =>
		(await bank.log()).filter(({ host }) => host === HOSTS[authentication]);

	beforeAll(async () => {
		suite.n8n = await N8nApi.signIn(running().url);
	});
	beforeEach(async () => await bank.clearLog());

	return Object.assign(suite, {
		bank,
		log,
		credentialOf,
		run: async (parameters: Json, order: BunqOrder) => {
			const workflowId = await suite.n8n.saveWorkflow({
				name: `Test ${randomUUID()}`,
				nodes: [manualTrigger, bunqNode(parameters, order)],
				connections: chain(manualTrigger.name, 'Bunq'),
				// The trigger's output, as pinned in the editor.
				pinData: {
					[manualTrigger.name]: (order.input ?? [{}]).map((json) => ({
						json,
						...(order.binary && { binary: order.binary }),
					})),
				},
			});
			return await suite.n8n.runManually(workflowId, manualTrigger.name);
		},
		world: async (authentication: Authentication) =>
			await bank.world(credentials[authentication].environment),
		sent: async (authentication: Authentication) =>
			(await log(authentication))
				.filter(({ path }) => !HANDSHAKE.test(path))
				.map(({ method, path }) => `${method} ${path.replace(/^\/v1/, '')}`),
		rows: (table: string) => {
			const file = join(running().options.userFolder, '.n8n/database.sqlite');
			const database = new DatabaseSync(file, { readOnly: true });
			try {
				return database.prepare(`SELECT * FROM "${table}"`).all();
			} finally {
				database.close();
			}
		},
		restart: async (signal?: 'SIGKILL', settings?: Record<string, string>) => {
			const { options, ...others } = running();
			const now = { ...others, options: { ...options, settings: settings ?? options.settings } };
			if (signal) process.kill(now.pid, signal);
			await stopProcess(now.pid);
			const { pid } = await startN8n(now.options);
			noteRunning({ ...now, pid });
			suite.n8n = await N8nApi.signIn(now.url);
		},
	} satisfies Omit<Suite, 'n8n'>);
};

export const manualTrigger: WorkflowNode = {
	id: randomUUID(),
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const credentialOf = (authentication: Authentication, otherId?: string) => {
	const { type, name } = credentials[authentication];
	return { [type]: { name, id: otherId ?? running().credentialIds[type] } };
};

/** A Bunq node called "Bunq". */
export const bunqNode = (parameters: Json, order: BunqOrder): WorkflowNode => {
	const { authentication, credentialId, settings } = order;
	return {
		id: randomUUID(),
		name: 'Bunq',
		type: 'n8n-nodes-bunq-connect.bunq',
		typeVersion: 1,
		position: [240, 0],
		parameters: { authentication, ...parameters },
		credentials: credentialOf(authentication, credentialId),
		...settings,
	};
};

/** Connects the nodes in a row. */
export const chain = (from: string, to: string): Json => ({
	[from]: { main: [[{ node: to, type: 'main', index: 0 }]] },
});

/** What a resource locator field stores. */
export const locator = (mode: 'id' | 'list' | 'iban' | 'name', value: string | number): Json => ({
	__rl: true,
	mode,
	value: String(value),
});
