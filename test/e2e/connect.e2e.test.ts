import { randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import relayWorkflow from '../../examples/token-relay.json';
import { repo } from '../../scripts/pack';
import type { Json, WorkflowNode } from './api';
import { reconnect } from './consent';
import { Person, testId } from './editor';
import { RELAY_NODE } from './relay';
import { bunqNode, chain, noteSaid, running, useSuite } from './suite';

/** Connecting in n8n's editor, as a person does, with both kinds of token endpoint (docs/bunq-api.md 7.2). */

const suite = useSuite();
const started = running();
const callback = `${started.url}/rest/oauth2-credential/callback`;

let person: Person;
/** The credential that was connected without the relay. */
let directId = '';

/** Gives the relay's workflow at an address, as GitHub does. */
const shelf = createServer((_request, response) => {
	response.setHeader('content-type', 'application/json');
	response.end(JSON.stringify({ ...relayWorkflow, name: `Token relay ${randomUUID()}` }));
});

jest.setTimeout(300_000);

beforeAll(async () => {
	person = await Person.signIn(started.url, started.options.simulator.tlsPort);
	await new Promise<void>((resolve) => shelf.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
	await suite.bank.switches({ tokenEndpoint: 'both' });
});

afterAll(async () => {
	await person?.leave();
	shelf.close();
	await reconnect(suite);
});

/** A test that keeps pictures if it fails. */
const see = (name: string, work: () => Promise<void>) =>
	test(name, async () => await person.witness(name, work));

/** UPDATE_PICTURES updates the pictures in docs, of one dialog each. */
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

/** Runs a workflow with two Bunq nodes with the editor's button. Returns the items of each. */
const runInEditor = async (credentialId: string) => {
	const workflowId = await suite.n8n.saveWorkflow({
		name: `Accounts ${randomUUID()}`,
		nodes: accountsAndUser(credentialId),
		connections: { ...chain('Start', 'Bunq'), ...chain('Bunq', 'User') },
	});
	await person.page.goto(`${started.url}/workflow/${workflowId}`);
	const button = person.page.locator(testId('execute-workflow-button')).first();
	await button.click();
	let id = '';
	await person.until('the workflow runs', async () => {
		[id = ''] = await suite.n8n.executionIds(workflowId);
		return id !== '';
	});
	// bunq opens one session in 30 seconds, and the node waits for that.
	const execution = await suite.n8n.finished(id, 180_000);
	const done = person.page.locator(testId('canvas-node-status-success'));
	await person.until('every node has its tick', async () => (await done.count()) === 3);
	return { accounts: execution.items('Bunq'), users: execution.items('User') };
};

/** Imports the example from its address, publishes it and copies the URL from the node, as its note says. */
const setUpRelay = async (environment: 'Production' | 'Sandbox', name?: string) => {
	await person.importFromUrl(
		`http://127.0.0.1:${(shelf.address() as AddressInfo).port}/relay.json`,
	);
	if (environment === 'Sandbox') {
		await person.openNode(RELAY_NODE);
		await person.choose('environment', environment);
		await person.closeNode();
	}
	await person.click(testId('workflow-open-publish-modal-button'));
	await person.click(testId('workflow-publish-button'));
	await person.page.getByText('Workflow published').first().waitFor();
	noteSaid(await person.page.getByRole('dialog').last().innerText());
	await person.click(person.page.getByText('Got it'));
	await person.page.waitForURL(/workflow\/(?!new)\w+/);
	const workflowId = /workflow\/(\w+)/.exec(person.page.url())![1];
	await suite.n8n.activate(workflowId);
	await person.openNode(RELAY_NODE);
	const panel = person.page.locator(testId('node-parameters'));
	await person.click(panel.getByText('Webhook URLs', { exact: true }).first());
	const testUrl = (await panel.locator('.webhook-url').innerText()).trim();
	await person.click(panel.getByText('Production URL', { exact: true }).first());
	const shown = panel.locator('.webhook-url');
	const url = (await shown.innerText()).trim();
	// Copies it.
	await person.click(shown);
	if (name) await forDocs(name, 'ndv');
	await person.closeNode();
	return { workflowId, url, testUrl };
};

/** Prints the measurements; clicks and fields must be those in docs/performance.md. */
const report = (what: string, began: number) => {
	const seconds = ((Date.now() - began) / 1000).toFixed(1);
	console.log(`Connected ${what}: ${person.clicks} clicks, ${person.fields} fields, ${seconds} s`);
	const docs = readFileSync(join(repo, 'docs/performance.md'), 'utf8');
	const words = what.replace(/[()]/g, '\\$&');
	const cells = [words, person.clicks, person.fields].join(' +\\| ');
	expect(docs).toMatch(new RegExp(`\\| ${cells} +\\|`));
};

describe('directly, if bunq reads a form body', () => {
	see('from nothing to connected, and the accounts are there', async () => {
		const { oauth } = await suite.bank.world('production');
		const began = Date.now();
		person.startCounting();
		await person.newCredential('Bunq OAuth2 API');
		await person.fill('clientId', oauth.clientId);
		await person.fill('clientSecret', oauth.clientSecret);
		const outcome = await person.connect('approve', { name: 'direct' });
		report('without the relay', began);
		expect(outcome).toEqual({ window: '', connected: true });
		await forDocs('connect-connected');

		const { id } = await newest();
		directId = id;
		const { accounts, users } = await runInEditor(id);
		await person.picture('direct 5 workflow');
		const { accounts: real, person: user } = await suite.bank.world('production');
		expect(accounts).toHaveLength(real.filter(({ status }) => status === 'ACTIVE').length);
		expect(users).toEqual([expect.objectContaining({ userId: user.id })]);
		const exchanges = (await suite.bank.log()).filter(({ path }) => path === '/v1/token');
		expect(exchanges).toMatchObject([{ host: 'api.oauth.bunq.com', query: {} }]);
	});
});

describe('if bunq reads only the URL', () => {
	beforeEach(async () => {
		await suite.bank.switches({ tokenEndpoint: 'query-only' });
	});

	see(
		'sandbox: refused directly, connected through the relay, and the accounts are listed',
		async () => {
			const { oauth, accounts: real } = await suite.bank.world('sandbox');
			await person.newCredential('Bunq OAuth2 API');
			await person.fill('clientId', oauth.clientId);
			await person.fill('clientSecret', oauth.clientSecret);
			await person.choose('environment', 'Sandbox');
			const refused = await person.connect('approve', { name: 'strict' });
			noteSaid(refused.window);
			expect(refused).toEqual({
				window: expect.stringContaining('The provided authorization grant'),
				connected: false,
			});
			// The credential, which the person sees next, says what to do.
			const form = await person.page.getByRole('dialog').last().innerText();
			expect(form).toMatch(/Bunq Token Relay Trigger[^]*"Failed to connect" although you approved/);

			const began = Date.now();
			person.startCounting();
			const { id } = await newest();
			const { url, workflowId } = await setUpRelay('Sandbox');
			await person.openCredential(id);
			await person.fill('tokenRelayUrl', url);
			const outcome = await person.connect('approve', { name: 'relay' });
			report('after a refusal without the relay (sandbox)', began);
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
		},
	);
});

// Not at once after the first connection: bunq opens one session in 30 seconds, for which the node would wait.
describe('directly, once more', () => {
	see('connected again: the old token is dead, and every node uses the new one', async () => {
		const id = directId;
		const before = await suite.bank.world('production');
		await suite.bank.clearLog();
		await person.openCredential(id);
		await person.seesConnected(true);
		const outcome = await person.connect('approve', { name: 'again' });
		expect(outcome).toEqual({ window: '', connected: true });
		const after = await suite.bank.world('production');
		expect(after.oauth.accessToken).not.toBe(before.oauth.accessToken);

		const { accounts, users } = await runInEditor(id);
		const open = after.accounts.filter(({ status }) => status === 'ACTIVE').length;
		expect([accounts.length, users.length]).toEqual([open, 1]);
		const log = await suite.log('oAuth2');
		expect(log.every(({ status }) => status === 200)).toBe(true);
		const opened = log.filter(({ path }) => path === '/v1/session-server');
		expect(opened.map(({ body }) => (body as Json).secret)).toEqual([after.oauth.accessToken]);
		// One session for both nodes, and none for the revoked token.
		const used = log
			.slice(log.indexOf(opened[0]) + 1)
			.map(({ headers }) => headers['x-bunq-client-authentication']);
		expect(new Set(used).size).toBe(1);
	});
});

describe('if bunq reads only the URL, in production', () => {
	beforeEach(async () => {
		await suite.bank.switches({ tokenEndpoint: 'query-only' });
	});

	see(
		'production: connected from nothing through the relay, and again through its test URL',
		async () => {
			const { oauth } = await suite.bank.world('production');
			let began = Date.now();
			person.startCounting();
			const { testUrl, url } = await setUpRelay('Production', 'connect-relay');
			expect(testUrl).toContain('/webhook-test/');
			const ways: Array<[string, string]> = [
				['through the relay, setting it up included', url],
				['through a relay that is there', ` ${testUrl} `],
			];
			for (const [way, relayUrl] of ways) {
				await person.newCredential('Bunq OAuth2 API');
				await person.fill('clientId', oauth.clientId);
				await person.fill('clientSecret', oauth.clientSecret);
				await person.fill('tokenRelayUrl', relayUrl);
				await person.page.locator(testId('parameter-input-tokenRelayUrl')).scrollIntoViewIfNeeded();
				if (relayUrl === url) await forDocs('connect-relay-url');
				expect(await person.connect('approve')).toEqual({ window: '', connected: true });
				report(way, began);
				began = Date.now();
				person.startCounting();
			}
			const { id } = await newest();
			const { person: user } = await suite.bank.world('production');
			const execution = await suite.run(
				{ resource: 'user', operation: 'get' },
				{ authentication: 'oAuth2', credentialId: id },
			);
			expect(execution.items('Bunq')).toMatchObject([{ userId: user.id }]);
		},
	);
});
