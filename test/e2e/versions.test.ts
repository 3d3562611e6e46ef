import { mkdtempSync, rmSync } from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STRICTER_THAN_BUNQ, startSimulator, type Simulator, type World } from '../simulator';
import { packPackage } from '../../scripts/pack';
import { N8nApi, type Json, type WorkflowNode } from './api';
import { credentials, saveCredentials, type Authentication } from './credentials';
import { freePort, startN8n, type Instance, type InstanceOptions } from './instance';
import { chain, locator, manualTrigger } from './suite';
import { every, idsOf } from './triggers';
import { versions } from './versions';

/** The simulated bank sends calls for this address to n8n. */
const PUBLIC = 'https://n8n.example.com';

/** The packed package on each supported n8n: handshake, every resource, a poll, the credential tests. */
describe.each(versions())('n8n $n8n on Node $node', ({ program, settings }) => {
	const started = {} as {
		bank: Simulator;
		options: InstanceOptions;
		n8n: Instance;
		api: N8nApi;
		ids: Record<string, string>;
	};
	const userFolder = mkdtempSync(join(tmpdir(), 'bunq-n8n-'));

	beforeAll(async () => {
		started.bank = await startSimulator({ switches: STRICTER_THAN_BUNQ });
		const { tlsPort, caFile } = started.bank;
		const port = await freePort();
		started.options = {
			userFolder,
			port,
			packageFolder: packPackage(),
			simulator: { tlsPort, caFile },
			program,
			// Where bunq calls, and where a person's browser goes.
			settings: {
				...settings,
				WEBHOOK_URL: `${PUBLIC}/`,
				N8N_EDITOR_BASE_URL: `http://localhost:${port}`,
			},
		};
		started.n8n = await startN8n(started.options);
		await started.bank.control.routeCallbacks({ [PUBLIC]: started.n8n.url });
		started.api = await N8nApi.signIn(started.n8n.url);
	}, 180_000);

	afterAll(async () => {
		await started.n8n?.stop();
		await started.bank?.stop();
		rmSync(userFolder, { recursive: true, force: true });
	});

	const node = (type: string, name: string, parameters: Json, authentication: Authentication) => {
		const { type: credential, name: called } = credentials[authentication];
		return {
			id: randomUUID(),
			name,
			type: `n8n-nodes-bunq-connect.${type}`,
			typeVersion: 1,
			position: [240, 0],
			parameters: { authentication, ...parameters },
			credentials: { [credential]: { id: started.ids[credential], name: called } },
		} satisfies WorkflowNode;
	};

	const n8nNode = (type: string, typeVersion: number, parameters: Json): WorkflowNode => ({
		id: randomUUID(),
		name: type,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [120, 0],
		parameters,
	});

	const run = async (
		parameters: Json,
		authentication: Authentication = 'apiKey',
		settings: Json = {},
	) => {
		const workflowId = await started.api.saveWorkflow({
			name: `Test ${randomUUID()}`,
			nodes: [manualTrigger, { ...node('bunq', 'Bunq', parameters, authentication), ...settings }],
			connections: chain(manualTrigger.name, 'Bunq'),
		});
		return await started.api.runManually(workflowId, manualTrigger.name);
	};

	const pay = async (accountId: number, count = 1) =>
		await started.bank.control.addPayments({ accountId, count, environment: 'sandbox' });

	const accountOf = async (description: string) => {
		const { accounts } = await started.bank.control.world('sandbox');
		return accounts.find((account) => account.description === description)!;
	};

	test('both credentials connect, with consent on bunq’s page and with the Test button', async () => {
		started.ids = await saveCredentials(started.api, started.bank);
		const opened = (await started.bank.control.log()).filter(
			({ path, status }) => path === '/v1/session-server' && status === 200,
		);
		expect(opened).toHaveLength(1);
	});

	test('the Test button refuses a wrong API key in bunq’s words', async () => {
		const id = await started.api.saveCredential('wrong', credentials.apiKey.type, {
			environment: 'production',
			apiKey: 'f'.repeat(64),
		});
		const { status, message } = await started.api.testCredential(id);
		expect(status).toBe('Error');
		expect(message).toContain('User credentials are incorrect');
	});

	test.each(['oAuth2', 'apiKey'] as const)('the handshake, with %s', async (authentication) => {
		await started.bank.control.advance(31_000);
		const execution = await run({ resource: 'user', operation: 'get' }, authentication);
		expect(execution.error?.message).toBeUndefined();
		const { person } = await started.bank.control.world(credentials[authentication].environment);
		expect(execution.items('Bunq')).toEqual([expect.objectContaining({ userId: person.id })]);
	});

	test.each([
		[
			'account',
			(world: World) => world.accounts.filter(({ status }) => status === 'ACTIVE').length,
		],
		['card', (world: World) => world.cards.length],
		['cardTransaction', undefined],
		['draftPayment', undefined],
		['payment', undefined],
		['requestInquiry', undefined],
		['requestResponse', undefined],
	] as const)('%s: get many', async (resource, count) => {
		const { id } = await accountOf('Main');
		await started.bank.control.advance(3_000);
		const oneAccount = { allAccounts: false, account: locator('id', id) };
		const execution = await run({ resource, operation: 'getAll', returnAll: true, ...oneAccount });
		expect(execution.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		const world = await started.bank.control.world('sandbox');
		if (count) expect(execution.items('Bunq')).toHaveLength(count(world));
	});

	test('api: a request', async () => {
		const execution = await run({ resource: 'api', operation: 'request', path: '/user/{user}' });
		expect(execution.error?.message).toBeUndefined();
		expect(execution.items('Bunq')).toHaveLength(1);
	});

	test('payment: create, and a refusal in bunq’s words', async () => {
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		const pay = async (amount: number) =>
			await run({
				resource: 'payment',
				operation: 'create',
				account: locator('id', main.id),
				recipientType: 'ownAccount',
				recipientAccount: locator('id', household.id),
				amount,
				paymentDescription: 'Smoke',
			});
		const paid = await pay(1.25);
		expect(paid.error?.message).toBeUndefined();
		expect(paid.items('Bunq')).toEqual([expect.objectContaining({ amount: -1.25 })]);
		expect(Number((await accountOf('Household')).balance)).toBe(Number(household.balance) + 1.25);

		const refused = await pay(9_999_999);
		expect(refused.status).toBe('error');
		expect(refused.error?.message).toMatch(/balance/i);
	});

	test.each([
		['bunq’s refusal', '9999999', /balance/i],
		['an error of n8n without a description', "={{ $('Nowhere').first().json.id }}", /node/i],
	])('%s goes to the error output, never to the success output', async (_what, amount, said) => {
		const parameters = {
			resource: 'payment',
			operation: 'create',
			account: locator('id', (await accountOf('Main')).id),
			recipientType: 'ownAccount',
			recipientAccount: locator('id', (await accountOf('Household')).id),
			amount,
			paymentDescription: 'Refused',
		};
		const settings = { onError: 'continueErrorOutput' };
		const execution = await run(parameters, 'apiKey', settings);
		const [success, errors] = execution.runs('Bunq')[0].data!.main;
		expect(success ?? []).toEqual([]);
		expect(errors).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({ error: expect.stringMatching(said) }),
			}),
		]);
	});

	test('note: a file of 300 kB arrives at bunq byte for byte, and comes back', async () => {
		const { id } = await accountOf('Main');
		const [payment] = await pay(id);
		const subject = { resource: 'note', account: locator('id', id), subjectId: String(payment) };
		const text = '%PDF-1.4\n'.repeat(33_000);
		const workflowId = await started.api.saveWorkflow({
			name: `File ${randomUUID()}`,
			nodes: [
				manualTrigger,
				n8nNode('set', 3.4, { mode: 'raw', jsonOutput: JSON.stringify({ text }) }),
				n8nNode('convertToFile', 1.1, { operation: 'toText', sourceProperty: 'text' }),
				node('bunq', 'Bunq', { ...subject, operation: 'addFile' }, 'apiKey'),
			],
			connections: {
				...chain(manualTrigger.name, 'set'),
				...chain('set', 'convertToFile'),
				...chain('convertToFile', 'Bunq'),
			},
		});
		await started.bank.control.clearLog();
		const added = await started.api.runManually(workflowId, manualTrigger.name);
		expect(added.error?.message).toBeUndefined();
		const log = await started.bank.control.log();
		const uploads = log.filter(
			({ method, path }) => method === 'POST' && /\/attachment$/.test(path),
		);
		const sha256 = createHash('sha256').update(text).digest('hex');
		expect(uploads).toMatchObject([{ status: 200, body: { bytes: text.length, sha256 } }]);
		const { items } = await run({ ...subject, operation: 'downloadFiles' });
		expect(items('Bunq')).toMatchObject([{ attachedToId: payment }]);
	});

	/** Publishes a trigger on an account, and says what it has emitted. */
	const watch = async (account: number, parameters: Json) => {
		const watched = {
			event: 'paymentCreated',
			allAccounts: false,
			account: locator('id', account),
		};
		const trigger = node('bunqTrigger', 'Bunq Trigger', { ...watched, ...parameters }, 'apiKey');
		const workflowId = await started.api.saveWorkflow({
			name: `Trigger ${randomUUID()}`,
			nodes: [
				{ ...trigger, webhookId: randomUUID() },
				node('bunq', 'Bunq', { resource: 'user', operation: 'get' }, 'apiKey'),
			],
			connections: chain('Bunq Trigger', 'Bunq'),
		});
		await started.api.activate(workflowId);
		const emitted = async () => {
			const ids: number[] = [];
			for (const id of (await started.api.executionIds(workflowId)).reverse()) {
				const execution = await started.api.finished(id);
				expect(execution.status).toBe('success');
				ids.push(...idsOf(execution.items('Bunq Trigger')));
			}
			return ids;
		};
		const until = async (count: number, patience = 20_000) => {
			const deadline = Date.now() + patience;
			while ((await emitted()).length < count && Date.now() < deadline) await sleep(200);
		};
		return { workflowId, emitted, until };
	};
	test('by polls alone, an incoming payment starts the workflow once', async () => {
		const { id: account } = await accountOf('Main');
		const trigger = await watch(account, { instant: false, pollTimes: every(5) });
		const created = await pay(account);
		await trigger.until(1);
		await sleep(6_000);
		expect(await trigger.emitted()).toEqual(created);
		await started.api.deactivate(trigger.workflowId);
	});

	test('called by bunq: each payment once, across a publication and a restart', async () => {
		const { id: account } = await accountOf('Main');
		const pollTimes = { item: [{ mode: 'custom', cronExpression: '0 59 3 * * *' }] };
		const trigger = await watch(account, { pollTimes });
		const created: number[] = [];
		const next = async (count = 1) => created.push(...(await pay(account, count)));
		await next();
		await trigger.until(1);
		await started.bank.control.callbackFault({ kind: 'doubled', times: 2 });
		await next(2);
		await trigger.until(3);
		await started.api.activate(trigger.workflowId);
		await next();
		await trigger.until(4);
		await started.n8n.stop();
		await next();
		started.n8n = await startN8n(started.options);
		started.api = await N8nApi.signIn(started.n8n.url);
		await trigger.until(5, 40_000);
		await next();
		await trigger.until(6, 40_000);
		await sleep(3_000);
		expect(await trigger.emitted()).toEqual(created);
		await started.api.deactivate(trigger.workflowId);
	}, 180_000);
});
