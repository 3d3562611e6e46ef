import axios from 'axios';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'flatted';
import type { LoggedRequest } from '../simulator';
import type { Json, WorkflowNode } from './api';
import type { Authentication } from './credentials';
import { freePort, logFile, startN8n, stopProcess, type Instance } from './instance';
import { bunqNode, chain, locator, noteRunning, running, useSuite, type Worker } from './suite';
import { bunqTriggerNode, every } from './triggers';

/** Queue mode: the main process polls, two workers execute, and one of them is killed in the middle. */

const suite = useSuite();

const TOGETHER = 10;
const SESSION_LIMIT_MS = 30_000;
const userGet = { resource: 'user', operation: 'get' };

const until = async <T>(
	check: () => Promise<T | false | undefined>,
	what: string,
	patience = 60_000,
) => {
	for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(100)) {
		const found = await check();
		if (found) return found;
	}
	throw new Error(`Not within ${patience / 1000} s: ${what}`);
};

/** The successful installations and sessions at the bank. */
const handshakes = (log: LoggedRequest[]) => {
	const count = (path: string) =>
		log.filter((one) => one.path === `/v1/${path}` && one.status === 200).length;
	return { installations: count('installation'), sessions: count('session-server') };
};

/** A published workflow that starts when its URL is called. */
const published = async (parameters: Json, authentication: Authentication) => {
	const webhook: WorkflowNode = {
		id: randomUUID(),
		webhookId: randomUUID(),
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		position: [0, 0],
		parameters: { path: randomUUID(), httpMethod: 'POST', responseMode: 'onReceived' },
	};
	const id = await suite.n8n.saveWorkflow({
		name: `Queue ${randomUUID()}`,
		nodes: [webhook, bunqNode(parameters, { authentication })],
		connections: chain(webhook.name, 'Bunq'),
	});
	await suite.n8n.activate(id);
	const url = `${suite.n8n.url}/webhook/${webhook.parameters.path}`;
	return { id, start: async () => void (await axios.post(url)) };
};

/** The processes that ran these executions, according to their logs. */
const workersOf = (executionIds: string[]) =>
	running().workers!.filter(({ options }) => {
		const log = readFileSync(logFile(options.userFolder), 'utf8');
		return executionIds.some((id) => log.includes(`Worker started execution ${id} `));
	});

const restarted = async (worker: Worker, signal?: 'SIGKILL') => {
	if (signal) process.kill(worker.pid, signal);
	else await stopProcess(worker.pid);
	const { pid } = await startN8n(worker.options);
	const now = running();
	const workers = now.workers!.map((one) => (one.pid === worker.pid ? { ...one, pid } : one));
	noteRunning({ ...now, workers });
};

/** Kills the worker of an execution, waits until n8n notices the crash, and starts a new worker. */
const killWorkerOf = async (executionId: string) => {
	const [worker] = workersOf([executionId]);
	await restarted(worker, 'SIGKILL');
	// The new process may open a session; without limits, tests do not wait half a minute for it.
	await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
	const { status } = await suite.n8n.finished(executionId);
	// First "crashed"; n8n 2.41 later changes it to "error" and removes its data.
	expect(['crashed', 'error']).toContain(status);
};

/**
 * Runs while bunq has no limits. With them, a second process waits half a minute for its session, as in the first test.
 * Without them, nothing but the package keeps a process from opening more sessions than it needs.
 */
const withoutLimits = async (work: () => Promise<void>) => {
	await suite.bank.switches({ limits: 'off' });
	try {
		await work();
	} finally {
		await suite.bank.switches({ limits: 'classic' });
	}
};

/** Starts ten workflows together. Returns the cost and the number of workers that took part. */
const tenAtOnce = async (authentication: Authentication) => {
	const workflows = await Promise.all(
		Array.from({ length: TOGETHER }, () => published(userGet, authentication)),
	);
	await suite.bank.clearLog();
	await Promise.all(workflows.map(({ start }) => start()));
	const executions = await Promise.all(
		workflows.map(async ({ id }) => {
			const [executionId] = await until(async () => {
				const ids = await suite.n8n.executionIds(id);
				return ids.length > 0 ? ids : undefined;
			}, 'the execution');
			return await suite.n8n.finished(executionId);
		}),
	);
	expect(executions.map(({ status }) => status)).toEqual(Array(TOGETHER).fill('success'));
	return {
		...handshakes(await suite.log(authentication)),
		workers: workersOf(executions.map(({ id }) => id)).length,
	};
};

describe('the handshakes of one credential', () => {
	test('OAuth2: one installation and one session per worker for ten workflows at once, then none', async () => {
		const { workers, ...cost } = await tenAtOnce('oAuth2');
		expect(workers).toBe(2);
		expect(cost).toEqual({ installations: 2, sessions: 2 });
		expect(await tenAtOnce('oAuth2')).toMatchObject({ installations: 0, sessions: 0 });
	});

	test('a tested API key: none, regardless of the number of workers', async () => {
		expect(await tenAtOnce('apiKey')).toEqual({ installations: 0, sessions: 0, workers: 2 });
	});

	test('after a restart of all processes: the same with OAuth2, still none with an API key', async () => {
		for (const worker of running().workers!) await restarted(worker);
		await suite.restart();
		await withoutLimits(async () => {
			expect(await tenAtOnce('oAuth2')).toMatchObject({ installations: 2, sessions: 2 });
			expect(await tenAtOnce('apiKey')).toMatchObject({ installations: 0, sessions: 0 });
		});
	});
});

describe('a worker is killed while bunq handles a payment, and the workflow runs again', () => {
	const received = { before: 0 };
	const balance = async () => {
		const { accounts } = await suite.world('apiKey');
		return Number(accounts.find(({ description }) => description === 'Household')!.balance);
	};
	beforeEach(async () => {
		received.before = await balance();
	});
	afterEach(async () => {
		await suite.bank.clearFaults();
		await suite.bank.switches({ merchantReference: 'echo' });
	});

	/** The number of payments of one euro after the kill, and after the workflow ran again. */
	const killedAndRunAgain = async (kind: 'timeout-before' | 'timeout-after', skip: boolean) => {
		const { accounts } = await suite.world('apiKey');
		const idOf = (name: string) => accounts.find(({ description }) => description === name)!.id;
		const reference = `R${randomUUID()}`;
		const workflow = await published(
			{
				resource: 'payment',
				operation: 'create',
				account: locator('id', idOf('Main')),
				recipientType: 'ownAccount',
				recipientAccount: locator('id', idOf('Household')),
				amount: 1,
				paymentDescription: `Invoice ${reference}`,
				additionalFields: { merchantReference: reference },
				options: { skipIfDuplicate: skip },
			},
			'apiKey',
		);
		await suite.bank.fault({ kind, method: 'POST', path: 'payment$' });
		await workflow.start();
		await until(
			async () => (await suite.log('apiKey')).find(({ fault }) => fault === kind),
			'the payment reaches the bank',
		);
		const [executionId] = await suite.n8n.executionIds(workflow.id);
		await killWorkerOf(executionId);
		const after = (await balance()) - received.before;
		await workflow.start();
		const [again] = await suite.n8n.executionIds(workflow.id);
		expect(again).not.toBe(executionId);
		expect((await suite.n8n.finished(again)).status).toBe('success');
		return { after, inTheEnd: (await balance()) - received.before };
	};

	test.each([
		['made, reference echoed', 'timeout-after', 'echo', 1],
		['made, reference dropped', 'timeout-after', 'drop', 1],
		['not made, reference echoed', 'timeout-before', 'echo', 0],
	] as const)(
		'one payment with "Skip If Duplicate": %s',
		async (_what, kind, merchantReference, after) => {
			await suite.bank.switches({ merchantReference });
			expect(await killedAndRunAgain(kind, true)).toEqual({ after, inTheEnd: 1 });
		},
	);

	test('without it the payment is made again, as the docs say', async () => {
		expect(await killedAndRunAgain('timeout-after', false)).toEqual({ after: 1, inTheEnd: 2 });
	});
});

describe('a worker is killed while it executes a trigger’s workflow', () => {
	type Main = { main: Array<Array<{ json: Json }>> };

	/** Remembers the items of executions, as n8n 2.41 removes them once it has noticed a crash. */
	const seen = new Map<string, number[]>();

	/** The items that started an execution: from its results or, while it runs or has crashed, from its input. */
	const eventsOf = async (executionId: string) => {
		const { data, status } = await suite.n8n.call('GET', `/executions/${executionId}`);
		const { resultData, executionData } = parse(String(data)) as {
			resultData: { runData?: Record<string, Array<{ data: Main }>> };
			executionData?: { nodeExecutionStack: Array<{ data: Main }> };
		};
		const [done] = resultData.runData?.['Bunq Trigger'] ?? [];
		const given = (done ?? executionData?.nodeExecutionStack[0])?.data.main[0] ?? [];
		const ids = given.map(({ json }) => Number(json.id));
		if (ids.length > 0 && !seen.has(executionId)) seen.set(executionId, ids);
		return { executionId, ids: seen.get(executionId) ?? [], status };
	};

	test('each event starts exactly one execution, and the crashed one is visible as failed', async () => {
		const [main] = (await suite.world('oAuth2')).accounts;
		const trigger: WorkflowNode = {
			id: randomUUID(),
			name: 'Bunq Trigger',
			type: 'n8n-nodes-bunq-connect.bunqTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: {
				authentication: 'oAuth2',
				event: 'paymentCreated',
				allAccounts: false,
				account: locator('id', main.id),
				instant: false,
				pollTimes: every(5),
			},
			credentials: suite.credentialOf('oAuth2'),
		};
		const action = bunqNode(
			{ resource: 'account', operation: 'get', account: locator('id', main.id) },
			{ authentication: 'oAuth2', settings: { executeOnce: true } },
		);
		const workflowId = await suite.n8n.saveWorkflow({
			name: `Queue ${randomUUID()}`,
			nodes: [trigger, action],
			connections: chain(trigger.name, 'Bunq'),
		});
		await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
		await suite.n8n.activate(workflowId);
		// With OAuth2, the polling main process has a session too.
		await until(async () => {
			const { installations, sessions } = handshakes(await suite.log('oAuth2'));
			return installations === 1 && sessions === 1;
		}, 'the first poll');
		await sleep(6_000);
		expect(handshakes(await suite.log('oAuth2'))).toEqual({ installations: 1, sessions: 1 });
		await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
		const created: number[] = [];
		const add = async () =>
			created.push(...(await suite.bank.addPayments({ accountId: main.id, count: 3 })));
		const executions = async () =>
			await Promise.all((await suite.n8n.executionIds(workflowId)).reverse().map(eventsOf));
		const all = async () =>
			await until(async () => {
				const found = await executions();
				const ids = found.flatMap((one) => one.ids);
				return ids.length >= created.length && found.every(({ status }) => status !== 'running')
					? found
					: undefined;
			}, 'every event has arrived');

		await add();
		await all();

		const path = `monetary-account(-bank)?/${main.id}$`;
		await suite.bank.fault({ kind: 'timeout-before', method: 'GET', path });
		await add();
		await until(
			async () => (await suite.log('oAuth2')).find(({ fault }) => fault),
			'the workflow is in the middle',
		);
		const [inTheMiddle] = await suite.n8n.executionIds(workflowId);
		await add();
		await eventsOf(inTheMiddle);
		await killWorkerOf(inTheMiddle);
		await add();
		await all();
		await sleep(11_000);

		const found = await executions();
		expect(found.flatMap(({ ids }) => ids)).toEqual(created);
		expect(found.filter(({ status }) => status !== 'success')).toEqual([
			expect.objectContaining({ executionId: inTheMiddle, ids: created.slice(3, 6) }),
		]);
		await suite.n8n.deactivate(workflowId);
	}, 240_000);
});

describe('bunq calls', () => {
	const PUBLIC = 'https://n8n.example.com';
	let webhooks: Instance;

	beforeAll(async () => {
		const { options } = running();
		const settings = { ...options.settings, WEBHOOK_URL: `${PUBLIC}/` };
		await suite.restart(undefined, settings);
		const port = await freePort();
		webhooks = await startN8n({
			...options,
			settings,
			port,
			userFolder: mkdtempSync(join(tmpdir(), 'bunq-n8n-')),
			command: 'webhook',
		});
	}, 180_000);
	afterAll(async () => await webhooks?.stop());

	test.each([
		['the main process: at once', () => suite.n8n.url, '0 59 3 * * *', 10_000],
		['a webhook process: at the next poll', () => webhooks.url, '*/5 * * * * *', 40_000],
	])(
		'%s, each event once',
		async (_what, target, cronExpression, patience) => {
			const [main] = (await suite.world('oAuth2')).accounts;
			await suite.bank.routeCallbacks({ [PUBLIC]: target() });
			const parameters = {
				authentication: 'oAuth2',
				event: 'paymentCreated',
				allAccounts: false,
				account: locator('id', main.id),
				pollTimes: { item: [{ mode: 'custom', cronExpression }] },
			};
			const trigger = bunqTriggerNode(parameters, suite.credentialOf('oAuth2'));
			const workflowId = await suite.n8n.saveWorkflow({
				name: `Queue ${randomUUID()}`,
				nodes: [trigger],
				connections: {},
			});
			await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
			await suite.n8n.activate(workflowId);
			const emitted = async () => {
				const items: Json[] = [];
				for (const id of (await suite.n8n.executionIds(workflowId)).reverse())
					items.push(...(await suite.n8n.finished(id)).items('Bunq Trigger'));
				return items.map(({ id }) => Number(id));
			};
			const created: number[] = [];
			for (let count = 1; count <= 4; count++) {
				created.push(...(await suite.bank.addPayments({ accountId: main.id })));
				await until(async () => (await emitted()).length >= count, 'the event', patience);
			}
			await sleep(2_000);
			expect(await emitted()).toEqual(created);
			const answers = (await suite.bank.deliveries()).slice(-4).map(({ state }) => state);
			expect(answers).toEqual(Array(4).fill('delivered'));
			await suite.n8n.deactivate(workflowId);
		},
		240_000,
	);
});

test('an expired session: one new session per worker, no installation', async () => {
	await suite.bank.expireSessions();
	await withoutLimits(async () => {
		expect(await tenAtOnce('apiKey')).toMatchObject({ installations: 0, sessions: 2 });
	});
});
