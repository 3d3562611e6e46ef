import axios from 'axios';
import { randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentFor, connect } from './consent';
import { repo } from '../tools/pack';
import relayWorkflow from '../../examples/token-relay.json';
import { Person, testId } from './editor';
import { findSecrets } from './secrets';
import { bunqNode, chain, running, useSuite } from './suite';
import type { Json, WorkflowNode } from './api';

/** Connect with a click, as a person does it in n8n's editor, with both kinds of token endpoint (facts/bunq-api.md 7.2). */

const suite = useSuite();
const started = running();
const callback = `${started.url}/rest/oauth2-credential/callback`;
const NODE = 'Bunq Token Relay Trigger';
const EXPIRED_MS = 5 * 60_000;

let person: Person;
/** Everything a person was told, and every secret that went by, for the search at the end. */
const said: string[] = [];
const secrets = new Map<string, string>();
const note = (what: string, value: unknown) => {
	if (typeof value === 'string' && value.length >= 16) secrets.set(value, what);
};

beforeAll(async () => {
	person = await Person.signIn(started.url, started.options.simulator.tlsPort);
});

afterEach(async () => {
	for (const { headers, query, body } of await suite.bank.log()) {
		note('a session or installation token', headers['x-bunq-client-authentication']);
		note('a code', query.code);
		note('a client secret', query.client_secret);
		note('an access token', (body as Json | null)?.secret);
	}
	for (const environment of ['production', 'sandbox'] as const) {
		const { oauth, apiKey } = await suite.bank.world(environment);
		note('a client secret', oauth.clientSecret);
		note('an access token', oauth.accessToken);
		note('an API key', apiKey);
	}
	await suite.bank.clearFaults();
	await suite.bank.switches({ tokenEndpoint: 'both' });
	await suite.bank.registerRedirectUri(callback);
});

afterAll(async () => {
	await person?.leave();
	// Whoever connects ends the older tokens of the same client: the suite's own credential is connected anew.
	const caPem = readFileSync(started.options.simulator.caFile, 'utf8');
	const { tlsPort } = started.options.simulator;
	await connect(suite.n8n, started.credentialIds.bunqOAuth2Api, { caPem, tlsPort });
});

/** With UPDATE_PICTURES the docs' pictures, of one dialog each, are taken anew. */
const forDocs = async (name: string, dialog = 'editCredential-modal') => {
	const picture = await person.picture(`docs ${name}`, person.page.locator(testId(dialog)));
	if (process.env.UPDATE_PICTURES) copyFileSync(picture, join(repo, 'docs/images', `${name}.png`));
};

const newest = async () => {
	const all = await suite.n8n.call<Array<{ id: string; name: string; createdAt: string }>>(
		'GET',
		'/credentials',
	);
	return all.sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0];
};

const accountsAndUser = (credentialId: string): WorkflowNode[] => {
	const order = { authentication: 'oAuth2' as const, credentialId };
	const start: WorkflowNode = {
		id: randomUUID(),
		name: 'Start',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	return [
		start,
		bunqNode({ resource: 'account', operation: 'getAll', returnAll: true }, order),
		{
			...bunqNode({ resource: 'user', operation: 'get' }, order),
			name: 'User',
			position: [480, 0],
			executeOnce: true,
		},
	];
};

/** Runs a workflow with two Bunq nodes by the editor's button. The items of each. */
const runInEditor = async (credentialId: string) => {
	const workflowId = await suite.n8n.saveWorkflow({
		name: `Accounts ${randomUUID()}`,
		nodes: accountsAndUser(credentialId),
		connections: { ...chain('Start', 'Bunq'), ...chain('Bunq', 'User') },
	});
	await person.page.goto(`${started.url}/workflow/${workflowId}`);
	await person.page.click(testId('execute-workflow-button'));
	// bunq opens one session in 30 seconds, and the node waits for it.
	await person.page
		.getByText('Workflow executed successfully')
		.first()
		.waitFor({ timeout: 60_000 });
	const [id] = await suite.n8n.executionIds(workflowId);
	const execution = await suite.n8n.finished(id);
	return { accounts: execution.items('Bunq'), users: execution.items('User') };
};

/** Imports the example, publishes it and reads the URL off the node, as the sticky note says. */
const setUpRelay = async (environment: 'Production' | 'Sandbox', name?: string) => {
	await person.importWorkflow({ ...relayWorkflow, name: `Token relay ${randomUUID()}` });
	await person.openNode(NODE);
	if (environment === 'Sandbox') await person.choose('environment', environment);
	await person.closeNode();
	await person.click(testId('workflow-open-publish-modal-button'));
	await person.click(testId('workflow-publish-button'));
	await person.page.getByText('Workflow published').first().waitFor();
	said.push(await person.page.getByRole('dialog').last().innerText());
	await person.click(person.page.getByText('Got it'));
	const workflowId = /workflow\/(\w+)/.exec(person.page.url())![1];
	await suite.n8n.activate(workflowId);
	await person.openNode(NODE);
	const panel = person.page.locator(testId('node-parameters'));
	await person.click(panel.getByText('Webhook URLs', { exact: true }).first());
	const testUrl = (await panel.locator('.webhook-url').innerText()).trim();
	await person.click(panel.getByText('Production URL', { exact: true }).first());
	const url = (await panel.locator('.webhook-url').innerText()).trim();
	if (name) await forDocs(name, 'ndv');
	await person.closeNode();
	return { workflowId, url, testUrl };
};

const report = (what: string, began: number) =>
	console.log(
		`${what}: ${person.clicks} clicks, ${person.fields} fields, ${((Date.now() - began) / 1000).toFixed(1)} s`,
	);

describe('directly, where bunq reads a form', () => {
	test('from nothing to connected, and the accounts are there', async () => {
		const { oauth } = await suite.bank.world('production');
		const began = Date.now();
		person.startCounting();
		await person.newCredential('Bunq OAuth2 API');
		await person.fill('clientId', oauth.clientId);
		await person.fill('clientSecret', oauth.clientSecret);
		await forDocs('connect-credential');
		const outcome = await person.connect('approve', { name: 'direct' });
		report('Connected directly', began);
		expect(outcome).toEqual({ window: '', connected: true });
		await forDocs('connect-connected');

		const { id } = await newest();
		const { accounts, users } = await runInEditor(id);
		await person.picture('direct 5 workflow');
		const { accounts: real, person: user } = await suite.bank.world('production');
		expect(accounts).toHaveLength(real.filter(({ status }) => status === 'ACTIVE').length);
		expect(users).toEqual([expect.objectContaining({ userId: user.id })]);
		const exchanges = (await suite.bank.log()).filter(({ path }) => path === '/v1/token');
		expect(exchanges).toMatchObject([{ host: 'api.oauth.bunq.com', query: {} }]);
	});

	test('connected again: the old token is dead, and every node uses the new one', async () => {
		const { id } = await newest();
		const before = await suite.bank.world('production');
		await suite.bank.clearLog();
		await person.openCredential(id);
		expect(await person.seesConnected()).toBe(true);
		const outcome = await person.connect('approve', { name: 'again' });
		expect(outcome).toEqual({ window: '', connected: true });
		const after = await suite.bank.world('production');
		expect(after.oauth.accessToken).not.toBe(before.oauth.accessToken);

		const { accounts, users } = await runInEditor(id);
		expect([accounts.length, users.length]).toEqual([6, 1]);
		const log = await suite.log('oAuth2');
		expect(log.every(({ status }) => status === 200)).toBe(true);
		const opened = log.filter(({ path }) => path === '/v1/session-server');
		expect(opened.map(({ body }) => (body as Json).secret)).toEqual([after.oauth.accessToken]);
		// One session for both nodes; none of the dead token's was tried.
		const used = log
			.slice(log.indexOf(opened[0]) + 1)
			.map(({ headers }) => headers['x-bunq-client-authentication']);
		expect(new Set(used).size).toBe(1);
	});
});

describe('where bunq only reads the URL', () => {
	beforeEach(async () => {
		await suite.bank.switches({ tokenEndpoint: 'query-only' });
	});

	test('sandbox: refused directly, connected through the relay, and the accounts are there', async () => {
		const { oauth, accounts: real } = await suite.bank.world('sandbox');
		await person.newCredential('Bunq OAuth2 API');
		await person.fill('clientId', oauth.clientId);
		await person.fill('clientSecret', oauth.clientSecret);
		await person.choose('environment', 'Sandbox');
		const refused = await person.connect('approve', { name: 'strict' });
		said.push(refused.window);
		expect(refused).toEqual({
			window: expect.stringContaining('The provided authorization grant'),
			connected: false,
		});
		// Where the person looks next, the credential, it says what to do.
		const form = await person.page.getByRole('dialog').last().innerText();
		expect(form).toMatch(
			/The provided authorization grant … is invalid[^]*Bunq Token Relay Trigger/,
		);

		const began = Date.now();
		person.startCounting();
		const { id } = await newest();
		const { url, workflowId } = await setUpRelay('Sandbox', 'connect-relay');
		await person.openCredential(id);
		await person.fill('tokenRelayUrl', url);
		await person.page.locator(testId('parameter-input-tokenRelayUrl')).scrollIntoViewIfNeeded();
		await forDocs('connect-relay-url');
		const outcome = await person.connect('approve', { name: 'relay' });
		report('Connected through the relay, from the refusal on', began);
		expect(outcome).toEqual({ window: '', connected: true });
		const [exchange] = (await suite.bank.log()).filter(
			({ path, status }) => path === '/v1/token' && status === 200,
		);
		expect(exchange).toMatchObject({
			host: 'api-oauth.sandbox.bunq.com',
			rawBody: '',
			query: { grant_type: 'authorization_code', redirect_uri: callback },
		});
		expect(await suite.n8n.executionIds(workflowId)).toEqual([]);

		const { accounts } = await runInEditor(id);
		expect(accounts).toHaveLength(real.filter(({ status }) => status === 'ACTIVE').length);
	});

	test('production: from nothing to connected through a relay that is there, by its Test URL too', async () => {
		const { testUrl, url } = await setUpRelay('Production');
		expect(testUrl).toContain('/webhook-test/');
		const { oauth } = await suite.bank.world('production');
		for (const relayUrl of [url, ` ${testUrl} `]) {
			const began = Date.now();
			person.startCounting();
			await person.newCredential('Bunq OAuth2 API');
			await person.fill('clientId', oauth.clientId);
			await person.fill('clientSecret', oauth.clientSecret);
			await person.fill('tokenRelayUrl', relayUrl);
			expect(await person.connect('approve')).toEqual({ window: '', connected: true });
			report('Connected through a relay that is there', began);
		}
		const { id } = await newest();
		const { person: user } = await suite.bank.world('production');
		const execution = await suite.run(
			{ resource: 'user', operation: 'get' },
			{ authentication: 'oAuth2', credentialId: id },
		);
		expect(execution.items('Bunq')).toMatchObject([{ userId: user.id }]);
	});
});

describe('what a person reads when it does not work', () => {
	interface Case {
		what: string;
		/** What the docs have as a heading, unless the message says itself what to do. */
		heading?: string;
		says: RegExp;
		data?: Json;
		prepare?: () => Promise<unknown>;
		meanwhile?: () => Promise<void>;
		decision?: 'approve' | 'deny';
		/** bunq's own page in the window, before any consent. */
		stopsAtBunq?: boolean;
	}

	const relay: { url: string; workflowId: string; port: number } = {
		url: '',
		workflowId: '',
		port: 1,
	};
	const GRANT =
		'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid';
	const cases: Case[] = [
		{
			what: 'a token endpoint that does not read the form',
			heading: GRANT,
			says: /^Error: The provided authorization grant/,
			prepare: async () => await suite.bank.switches({ tokenEndpoint: 'query-only' }),
		},
		{
			what: 'a code that has expired',
			heading: GRANT,
			says: /^Error: The provided authorization grant/,
			prepare: async () =>
				await suite.bank.fault({ kind: 'slow', path: '^/v1/token', delayMs: 1_500 }),
			meanwhile: async () => {
				while (!(await suite.bank.log()).some(({ path }) => path === '/v1/token')) await sleep(50);
				await suite.bank.advance(EXPIRED_MS);
			},
		},
		{
			what: 'a redirect URL that is not registered',
			heading: 'Connection not found',
			says: /^Connection not found/,
			prepare: async () => await suite.bank.removeRedirectUri(callback),
			stopsAtBunq: true,
		},
		{
			what: 'the wrong environment',
			heading: 'Connection not found',
			says: /^Connection not found/,
			data: { environment: 'sandbox' },
			stopsAtBunq: true,
		},
		{
			what: 'a wrong client secret',
			heading: 'Client authentication failed',
			says: /^Error: Client authentication failed .*invalid_client/,
			data: { clientSecret: 'f'.repeat(64) },
		},
		{
			what: 'access denied by the user',
			heading: 'Insufficient parameters for OAuth2 callback',
			says: /^Error: Insufficient parameters for OAuth2 callback.*access_denied/,
			decision: 'deny',
		},
		{
			what: 'a bunq that is down',
			heading: 'Request failed with status code 502',
			says: /^Error: Request failed with status code 502/,
			prepare: async () => await suite.bank.fault({ kind: 'html', path: '^/v1/token' }),
		},
		{
			what: 'a relay that is not published',
			heading: 'HTTP status 404',
			says: /^Error: HTTP status 404/,
			data: { tokenRelayUrl: `${started.url}/webhook/${randomUUID()}/bunq-token` },
		},
		{
			what: 'a relay at an address where nothing listens',
			heading: 'connect ECONNREFUSED',
			says: /^Error: .*ECONNREFUSED/,
			data: { tokenRelayUrl: 'http://127.0.0.1:1/webhook/x/bunq-token' },
		},
		{
			what: 'a relay for the other environment',
			says: /^Error: The credential is set to Sandbox, the Bunq Token Relay to Production\. .*press Connect again/,
			data: { environment: 'sandbox', tokenRelayUrl: 'relay' },
		},
		{
			what: 'a bunq that breaks off, through the relay',
			says: /^Error: The connection to bunq broke off\. .*press Connect again/,
			data: { tokenRelayUrl: 'relay' },
			prepare: async () => await suite.bank.fault({ kind: 'drop-before', path: '^/v1/token' }),
		},
		{
			what: 'a bunq that is down, through the relay',
			says: /^Error: bunq's token endpoint answered 502 .*Press Connect again later/,
			data: { tokenRelayUrl: 'relay' },
			prepare: async () => await suite.bank.fault({ kind: 'html', path: '^/v1/token' }),
		},
	];

	beforeAll(async () => {
		Object.assign(relay, await publishRelay('production'));
	});

	test.each(cases)('$what', async ({ what, heading, says, data = {}, prepare, ...way }) => {
		const environment = String(data.environment ?? 'production') as 'production' | 'sandbox';
		// The wrong environment is one that does not know the client.
		const { oauth } = await suite.bank.world(way.stopsAtBunq ? 'production' : environment);
		const { clientId, clientSecret } = oauth;
		const id = await suite.n8n.saveCredential(`Does not work: ${what}`, 'bunqOAuth2Api', {
			environment,
			clientId,
			clientSecret,
			...data,
			...(data.tokenRelayUrl === 'relay' && { tokenRelayUrl: relay.url }),
		});
		await prepare?.();
		await person.openCredential(id);
		const text = way.stopsAtBunq
			? await person.readWindow(`message ${what}`)
			: (
					await person.connect(way.decision ?? 'approve', {
						name: `message ${what}`,
						meanwhile: way.meanwhile,
					})
				).window;
		said.push(text);
		console.log(`${what}: ${text}`);
		expect(text).toMatch(says);
		expect(await person.seesConnected()).toBe(false);
		const docs = readFileSync(join(repo, 'docs/connect.md'), 'utf8');
		if (heading) expect(docs).toContain(`\n### ${heading}`);
	});
});

const publishRelay = async (environment: 'production' | 'sandbox') => {
	const webhookId = randomUUID();
	const workflowId = await suite.n8n.saveWorkflow({
		name: `Relay ${webhookId}`,
		nodes: [
			{
				id: randomUUID(),
				webhookId,
				name: NODE,
				type: 'n8n-nodes-bunq-connect.bunqTokenRelayTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { environment },
			},
		],
		connections: {},
	});
	await suite.n8n.activate(workflowId);
	return { workflowId, url: `${started.url}/webhook/${webhookId}/bunq-token` };
};

describe('the relay, asked by whoever', () => {
	const relay: { url: string; workflowId: string } = { url: '', workflowId: '' };
	const good = async () => {
		const { clientId, clientSecret } = (await suite.bank.world('production')).oauth;
		return {
			grant_type: 'authorization_code',
			code: 'e'.repeat(64),
			redirect_uri: callback,
			client_id: clientId,
			client_secret: clientSecret,
		};
	};
	const FORM = 'application/x-www-form-urlencoded';
	const call = async (method: string, data?: unknown, type = FORM) =>
		await axios.request({
			method,
			url: relay.url,
			data,
			headers: { 'Content-Type': type },
			proxy: false,
			validateStatus: () => true,
		});

	beforeAll(async () => {
		Object.assign(relay, await publishRelay('production'));
	});
	afterEach(async () => {
		expect(await suite.n8n.executionIds(relay.workflowId)).toEqual([]);
	});

	test('a good form: bunq’s status and words, and nothing to keep', async () => {
		const { status, data, headers } = await call(
			'POST',
			new URLSearchParams(await good()).toString(),
		);
		expect([status, data.error, headers['cache-control']]).toEqual([
			400,
			'invalid_grant',
			'no-store',
		]);
		expect(await suite.bank.log()).toMatchObject([{ path: '/v1/token', rawBody: '' }]);
	});

	test.each<[string, string, (good: Json) => unknown, string]>([
		['GET', 'GET', () => undefined, FORM],
		['an empty body', 'POST', () => '', FORM],
		['JSON', 'POST', (form) => JSON.stringify(form), 'application/json'],
		['a JSON list', 'POST', () => '[1]', 'application/json'],
		['plain text', 'POST', () => 'hello', 'text/plain'],
		['a wrong grant', 'POST', (form) => toForm({ ...form, grant_type: 'password' }), FORM],
		['a code twice', 'POST', (form) => `${toForm(form)}&code=x`, FORM],
		['a form without the secret', 'POST', (form) => toForm({ ...form, client_secret: '' }), FORM],
		['nonsense', 'POST', () => '&&==%%%E0%A4&=', FORM],
		['ten thousand fields', 'POST', () => 'a=b&'.repeat(10_000), FORM],
		['a megabyte', 'POST', (form) => toForm({ ...form, code: 'x'.repeat(1_000_000) }), FORM],
	])('%s: 400, what to do, and not a word to bunq', async (_what, method, body, type) => {
		const { status, data } = await call(method, body(await good()), type);
		said.push(JSON.stringify(data));
		expect([status, data]).toEqual([
			400,
			{
				error: 'bunq_token_relay',
				error_description: expect.stringMatching(/Bunq OAuth2 credential/),
			},
		]);
		expect(await suite.bank.log()).toEqual([]);
	});

	// n8n's own front door: none of these reaches the node.
	test.each<[string, string, () => string, string, number]>([
		['broken JSON', 'POST', () => '{', 'application/json', 400],
		['broken XML', 'POST', () => '<a', 'text/xml', 422],
		['a broken multipart form', 'POST', () => '--x--', 'multipart/form-data; boundary=x', 400],
		['more than n8n takes', 'POST', () => `code=${'x'.repeat(17_000_000)}`, FORM, 500],
		['PUT', 'PUT', () => 'code=x', FORM, 404],
	])('%s: refused by n8n itself', async (_what, method, body, type, expected) => {
		const { status, data } = await call(method, body(), type);
		said.push(JSON.stringify(data));
		expect([status, await suite.bank.log()]).toEqual([expected, []]);
	});

	test('adds less than 100 ms', async () => {
		const form = toForm(await good());
		const { caFile, tlsPort } = started.options.simulator;
		const bunq = axios.create({
			httpsAgent: agentFor({ caPem: readFileSync(caFile, 'utf8'), tlsPort }),
			proxy: false,
			validateStatus: () => true,
		});
		const time = async (ask: () => Promise<unknown>) => {
			const times: number[] = [];
			for (let round = 0; round < 21; round++) {
				const began = performance.now();
				await ask();
				times.push(performance.now() - began);
			}
			// The quickest: other work on this machine only adds.
			return Math.min(...times);
		};
		const through = await time(async () => await call('POST', form));
		const direct = await time(
			async () => await bunq.post(`https://api.oauth.bunq.com/v1/token?${form}`),
		);
		console.log(`The relay: ${through.toFixed(0)} ms, bunq itself: ${direct.toFixed(0)} ms`);
		expect(through - direct).toBeLessThan(100);
	});
});

const toForm = (form: Json) => new URLSearchParams(form as Record<string, string>).toString();

describe('after all of this', () => {
	test('no secret stands in clear in anything that n8n has written or said', async () => {
		const kinds = new Set(secrets.values());
		expect([...kinds].sort()).toEqual([
			'a client secret',
			'a code',
			'a session or installation token',
			'an API key',
			'an access token',
		]);
		console.log(
			`Looked for ${secrets.size} secrets and any private key in ${said.length} messages and all files of n8n`,
		);
		const all = [...secrets].map(([value, what]) => ({ what, value }));
		expect(findSecrets(all, started.options.userFolder, said)).toEqual([]);
	});

	test('the search would find one', async () => {
		const planted = { what: 'planted', value: randomBytes(32).toString('hex') };
		await suite.n8n.saveWorkflow({
			name: 'Planted',
			nodes: [
				{
					name: 'Note',
					type: 'n8n-nodes-base.stickyNote',
					typeVersion: 1,
					position: [0, 0],
					parameters: { content: Buffer.from(`id:${planted.value}`).toString('base64') },
				},
			],
			connections: {},
		});
		// In the database, in its journal, or in both.
		const found = findSecrets([planted], started.options.userFolder);
		expect(found).toContainEqual(expect.stringMatching(/^planted: .*database\.sqlite/));
		const message = findSecrets([planted], started.options.userFolder, [`Bearer ${planted.value}`]);
		expect(message).toHaveLength(found.length + 1);
	});
});
