import { mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STRICTER_THAN_BUNQ, startSimulator, type Simulator, type World } from '../simulator';
import { packPackage } from '../../scripts/pack';
import { N8nApi, type Json, type WorkflowNode } from './api';
import { credentials, saveCredentials, type Authentication } from './credentials';
import { freePort, startN8n, type Instance } from './instance';
import { chain, locator, manualTrigger } from './suite';
import { versions } from './versions';

/** The packed package on each supported n8n: handshake, every resource, a poll, the credential tests. */
describe.each(versions())('n8n $n8n on Node $node', ({ program, settings }) => {
	const started = {} as {
		bank: Simulator;
		n8n: Instance;
		api: N8nApi;
		ids: Record<string, string>;
	};
	const userFolder = mkdtempSync(join(tmpdir(), 'bunq-n8n-'));

	beforeAll(async () => {
		started.bank = await startSimulator({ switches: STRICTER_THAN_BUNQ });
		const { tlsPort, caFile } = started.bank;
		started.n8n = await startN8n({
			userFolder,
			port: await freePort(),
			packageFolder: packPackage(),
			simulator: { tlsPort, caFile },
			program,
			settings,
		});
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
				description: 'Smoke',
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
			description: 'Refused',
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

	test('an incoming payment starts the trigger’s workflow once', async () => {
		const { id: account } = await accountOf('Main');
		const pollTimes = {
			item: Array.from({ length: 12 }, (_, index) => ({
				mode: 'custom',
				cronExpression: `${index * 5} * * * * *`,
			})),
		};
		const parameters = {
			event: 'paymentCreated',
			allAccounts: false,
			account: locator('id', account),
			pollTimes,
		};
		const workflowId = await started.api.saveWorkflow({
			name: 'Poll',
			nodes: [
				node('bunqTrigger', 'Bunq Trigger', parameters, 'apiKey'),
				node('bunq', 'Bunq', { resource: 'user', operation: 'get' }, 'apiKey'),
			],
			connections: chain('Bunq Trigger', 'Bunq'),
		});
		await started.api.activate(workflowId);
		const created = await started.bank.control.addPayments({
			accountId: account,
			environment: 'sandbox',
		});
		const executions = async () => await started.api.executionIds(workflowId);
		for (let tries = 0; tries < 100 && (await executions()).length === 0; tries++) await sleep(200);
		await sleep(6_000);
		const ids = await executions();
		expect(ids).toHaveLength(1);
		const execution = await started.api.finished(ids[0]);
		expect(execution.items('Bunq Trigger').map(({ id }) => id)).toEqual(created);
		expect(execution.status).toBe('success');
		await started.api.deactivate(workflowId);
	});
});
