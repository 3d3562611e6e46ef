import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, WorkflowNode } from './api';
import type { Authentication } from './credentials';
import { bunqNode, chain, locator, useSuite } from './suite';

/** The trigger in the real n8n, polled every five seconds: each event once, whatever happens in between. */

const suite = useSuite();

/** n8n refuses a list of seconds, but takes several schedules of one second each (facts/n8n.md 9). */
const EVERY_FIVE_SECONDS = {
	item: Array.from({ length: 12 }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${index * 5} * * * * *`,
	})),
};

const triggerNode = (authentication: Authentication, parameters: Json): WorkflowNode => ({
	id: randomUUID(),
	name: 'Bunq Trigger',
	type: 'n8n-nodes-bunq-connect.bunqTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: { authentication, pollTimes: EVERY_FIVE_SECONDS, ...parameters },
	credentials: suite.credentialOf(authentication),
});

const active = new Set<string>();

/** A published workflow that a trigger starts; an action node of ours is downstream. */
const publish = async (authentication: Authentication, parameters: Json = {}) => {
	const { accounts } = await suite.world(authentication);
	const action = bunqNode(
		{ resource: 'account', operation: 'get', account: locator('id', accounts[0].id) },
		// Once for each execution: bunq's limits would stretch one account read for each of 450 payments.
		{ authentication, settings: { executeOnce: true } },
	);
	const id = await suite.n8n.saveWorkflow({
		name: `Trigger ${randomUUID()}`,
		nodes: [triggerNode(authentication, { event: 'paymentCreated', ...parameters }), action],
		connections: chain('Bunq Trigger', 'Bunq'),
	});
	await suite.n8n.activate(id);
	active.add(id);
	return id;
};

afterEach(async () => {
	for (const id of active) await suite.n8n.deactivate(id);
	active.clear();
	await suite.bank.clearFaults();
});

/** Every item that started the workflow, oldest first. */
const delivered = async (workflowId: string) => {
	const items: Json[] = [];
	for (const id of (await suite.n8n.executionIds(workflowId)).reverse()) {
		const execution = await suite.n8n.finished(id);
		expect(execution.items('Bunq')).toHaveLength(1);
		items.push(...execution.items('Bunq Trigger'));
	}
	return items;
};

const until = async (workflowId: string, count: number, patience = 45_000) => {
	const deadline = Date.now() + patience;
	for (;;) {
		const items = await delivered(workflowId);
		if (items.length >= count || Date.now() > deadline) return items;
		await sleep(1_000);
	}
};

const idsOf = (items: Json[]) => items.map(({ id }) => Number(id));
const sorted = (ids: number[]) => [...ids].sort((a, b) => a - b);

test('ten accounts: each payment once, through an expired session, 429s, 450 at once, a restart, and off and on again', async () => {
	const open = (await suite.world('oAuth2')).accounts.filter(({ status }) => status === 'ACTIVE');
	for (let more = open.length; more < 10; more++)
		open.push({ ...open[0], id: await suite.bank.addAccount({ balance: '1.00' }) });
	const [main, second] = open;
	const workflowId = await publish('oAuth2');
	const created: number[] = [];
	const add = async (accountId: number, count = 1) =>
		created.push(...(await suite.bank.addPayments({ accountId, count })));
	const all = async () => sorted(idsOf(await until(workflowId, created.length)));

	for (const { id } of open) await add(id);
	expect(await all()).toEqual(sorted(created));

	await suite.bank.fault({ kind: 'expired', method: 'GET', path: 'payment' });
	await add(main.id, 2);
	await suite.bank.fault({ kind: '429', method: 'GET', path: 'payment', times: 5 });
	await add(second.id);
	expect(await all()).toEqual(sorted(created));

	await add(main.id, 450);
	expect(await all()).toEqual(sorted(created));

	await add(main.id);
	await suite.restart();
	await add(second.id);
	expect(await all()).toEqual(sorted(created));

	await suite.n8n.deactivate(workflowId);
	await add(main.id);
	await suite.n8n.activate(workflowId);
	await add(second.id);
	expect(await all()).toEqual(sorted(created));

	await sleep(11_000);
	const items = await delivered(workflowId);
	expect(sorted(idsOf(items))).toEqual(sorted(created));
	const onMain = items.filter(({ accountId }) => accountId === main.id);
	expect(idsOf(onMain)).toEqual(sorted(idsOf(onMain)));
}, 300_000);

test('two triggers on one credential, each with its own marks', async () => {
	const [main] = (await suite.world('apiKey')).accounts;
	const one = { allAccounts: false, account: locator('id', main.id) };
	const workflows = [await publish('apiKey'), await publish('apiKey', one)];
	const created = await suite.bank.addPayments({
		accountId: main.id,
		count: 3,
		environment: 'sandbox',
	});
	for (const id of workflows) expect(idsOf(await until(id, 3))).toEqual(created);
	await sleep(6_000);
	for (const id of workflows) expect(await delivered(id)).toHaveLength(3);
});

test('"Fetch Test Event" shows the newest payment and moves no mark', async () => {
	const [main] = (await suite.world('apiKey')).accounts;
	const workflowId = await publish('apiKey');
	await suite.n8n.deactivate(workflowId);
	const [id] = await suite.bank.addPayments({ accountId: main.id, environment: 'sandbox' });
	const test = await suite.n8n.runManually(workflowId, 'Bunq Trigger');
	expect(idsOf(test.items('Bunq Trigger'))).toEqual([id]);
	await suite.n8n.activate(workflowId);
	const polled = async () =>
		(await delivered(workflowId)).filter((item) => Number(item.id) === id).length;
	for (let tries = 0; tries < 20 && (await polled()) < 2; tries++) await sleep(1_000);
	expect(await polled()).toBe(2);
});
