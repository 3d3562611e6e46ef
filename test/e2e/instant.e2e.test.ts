import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { openSession, type Session } from '../simulator/control/testClient';
import type { Json } from './api';
import type { Authentication } from './credentials';
import { running, useSuite } from './suite';
import { every, idsOf, sorted, useTriggers } from './triggers';

/**
 * The trigger in the real n8n while bunq calls it: each event once, within seconds, whatever happens to the calls. What
 * other programs have in bunq's list of callbacks stays.
 */

const suite = useSuite();
const triggers = useTriggers(suite);
const { delivered, until } = triggers;
/** Publishes a trigger that bunq calls, unless the parameters say otherwise. */
const publish = async (authentication: Authentication, parameters: Json) =>
	await triggers.publish(authentication, { instant: true, ...parameters }, { isAlone: true });

/** The simulated bank sends calls for this address to n8n. */
const PUBLIC = 'https://n8n.example.com';
const FOREIGN = { category: 'MUTATION', notification_target: 'https://other.example.com/hook' };
const FILTERS = '{user}/notification-filter-url';
/** So long a poll by the clock takes to come, in the tests that count on calls alone. */
const DAILY = { item: [{ mode: 'custom', cronExpression: '0 59 3 * * *' }] };

const other = {} as { session: Session };

const environmentOf = { apiKey: 'sandbox', oAuth2: 'production' } as const;

/** bunq's list, as another program of the same user sees it. */
const callbacks = async () => {
	let answer = await other.session.get(FILTERS);
	// bunq counts by address, and n8n asks from the same one.
	for (; answer.status === 429; answer = await other.session.get(FILTERS)) await sleep(3_000);
	const { json } = answer;
	const all: Array<typeof FOREIGN> = json.Response.map(
		(one: Record<string, typeof FOREIGN>) => Object.values(one)[0],
	);
	return all.map(({ category, notification_target }) => ({ category, notification_target }));
};
const ours = async () =>
	(await callbacks()).filter(({ notification_target }) => notification_target.startsWith(PUBLIC));
/** Waits until our entries are so: n8n answers before it has run a trigger's hook. */
const settled = async (isSo: (entries: Array<typeof FOREIGN>) => boolean) => {
	for (let tries = 0; tries < 20 && !isSo(await ours()); tries++) await sleep(1_500);
};

beforeAll(async () => {
	await suite.restart(undefined, { WEBHOOK_URL: `${PUBLIC}/` });
	await suite.bank.routeCallbacks({ [PUBLIC]: suite.n8n.url });
	// With a field that nobody knows, a foreign entry could not be sent back.
	await suite.bank.switches({ extraFields: false });
	await suite.bank.advance(31_000);
	const { apiKey } = await suite.world('apiKey');
	other.session = await openSession(running().simulatorUrl, apiKey, { environment: 'sandbox' });
	await suite.bank.advance(31_000);
	await other.session.post(FILTERS, { notification_filters: [FOREIGN] });
}, 120_000);
afterAll(async () => {
	await other.session?.post(FILTERS, { notification_filters: [] });
	await suite.bank.switches({ extraFields: true });
	await suite.restart(undefined, {});
});

const add = async (authentication: Authentication, accountId: number, count = 1) =>
	await suite.bank.addPayments({ accountId, count, environment: environmentOf[authentication] });
const mainOf = async (authentication: Authentication) =>
	(await suite.world(authentication)).accounts[0].id;

/** Milliseconds between these times and the starts of the executions that brought the events, in order. */
const latencies = async (workflowId: string, times: Map<number, number>) => {
	const found: number[] = [];
	for (const executionId of await suite.n8n.executionIds(workflowId)) {
		const { startedAt } = await suite.n8n.call('GET', `/executions/${executionId}`);
		const execution = await suite.n8n.finished(executionId);
		for (const id of idsOf(execution.items('Bunq Trigger')))
			found.push(Date.parse(String(startedAt)) - times.get(id)!);
	}
	return found.sort((a, b) => a - b);
};
const figures = (sortedMs: number[]) => ({
	events: sortedMs.length,
	median: sortedMs[Math.floor(sortedMs.length / 2)],
	p95: sortedMs[Math.ceil(sortedMs.length * 0.95) - 1],
});

test('calls start workflows within two seconds; polls alone within their minute', async () => {
	const instant = await publish('apiKey', { pollTimes: DAILY });
	// The minute's poll comes soon after the last payment.
	const second = (new Date().getSeconds() + 45) % 60;
	const polled = await publish('oAuth2', { instant: false, pollTimes: every(60, second) });
	const times = { apiKey: new Map<number, number>(), oAuth2: new Map<number, number>() };
	await suite.bank.clearLog();
	for (let count = 0; count < 12; count++) {
		for (const authentication of ['apiKey', 'oAuth2'] as const) {
			const [id] = await add(authentication, await mainOf(authentication));
			times[authentication].set(id, Date.now());
		}
		await sleep(2_900);
	}
	const ids = { apiKey: [...times.apiKey.keys()], oAuth2: [...times.oAuth2.keys()] };
	expect(idsOf(await until(instant, 12))).toEqual(ids.apiKey);
	const requests = { instant: (await suite.sent('apiKey')).length, polled: 0 };
	expect(sorted(idsOf(await until(polled, 12, 90_000)))).toEqual(ids.oAuth2);
	requests.polled = (await suite.sent('oAuth2')).length;
	const shown = {
		instant: figures(await latencies(instant, times.apiKey)),
		polled: figures(await latencies(polled, times.oAuth2)),
		requests,
	};
	console.log(`Latency in milliseconds: ${JSON.stringify(shown)}`);
	expect(shown.instant.median).toBeLessThan(2_000);
	expect(shown.instant.p95).toBeLessThan(10_000);
	expect(await callbacks()).toEqual(expect.arrayContaining([FOREIGN]));
}, 240_000);

test('lost, doubled, late and early calls: each event once, and the clock finds what no call brought', async () => {
	const main = await mainOf('apiKey');
	const workflowId = await publish('apiKey', { pollTimes: every(10) });
	const created: number[] = [];
	for (const kind of ['lost', 'doubled', 'late', 'early', 'out of order'] as const) {
		await suite.bank.callbackFault({ kind, delayMs: 5_000, times: 2 });
		for (let count = 0; count < 3; count++) {
			created.push(...(await add('apiKey', main)));
			await sleep(700);
		}
	}
	await until(workflowId, created.length, 60_000);
	await sleep(12_000);
	expect(sorted(idsOf(await delivered(workflowId)))).toEqual(sorted(created));
}, 180_000);

test('anybody may call: nothing is emitted that bunq does not show, and real calls work again', async () => {
	const main = await mainOf('apiKey');
	const workflowId = await publish('apiKey', { pollTimes: every(10) });
	const [{ notification_target }] = await ours();
	const url = notification_target.replace(PUBLIC, suite.n8n.url);
	const forged = (id: unknown, account: unknown) => ({
		NotificationUrl: {
			target_url: url,
			category: 'MUTATION',
			event_type: 'MUTATION_CREATED',
			object: { Payment: { id, monetary_account_id: account, amount: { value: '9999.00' } } },
		},
	});
	await suite.bank.clearLog();
	const bodies: unknown[] = [
		...['', '[]', 'null', '{"NotificationUrl":{"object":{"Payment":null}}}', '{"__proto__":1}'],
		'x'.repeat(1_000_000),
		forged('1; DROP', main),
		forged(-1, main),
	];
	const took: number[] = [];
	const call = async (body: unknown) => {
		const began = Date.now();
		const { status } = await axios.post(url, body, {
			headers: { 'Content-Type': 'application/json' },
			validateStatus: () => true,
			transformRequest: (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
		});
		took.push(Date.now() - began);
		return status;
	};
	for (const body of bodies) expect([200, 400, 422]).toContain(await call(body));
	for (let count = 0; count < 20; count++) {
		const batch = Array.from({ length: 20 }, (_, index) =>
			call(forged(900_000_000 + count * 20 + index, index % 2 ? main : 12_345)),
		);
		expect(new Set(await Promise.all(batch))).toEqual(new Set([200]));
	}
	took.sort((a, b) => a - b);
	const reads = (await suite.sent('apiKey')).length;
	console.log(`${took.length} calls: median ${took[took.length >> 1]} ms, ${reads} reads at bunq`);
	expect(reads).toBeLessThan(60);
	expect(await suite.n8n.executionIds(workflowId)).toEqual([]);
	const [first] = await add('apiKey', main);
	expect(idsOf(await until(workflowId, 1))).toEqual([first]);
	// The clock has polled, so calls count again.
	await sleep(11_000);
	const began = Date.now();
	const [second] = await add('apiKey', main);
	expect(idsOf(await until(workflowId, 2, 15_000))).toEqual([first, second]);
	expect(Date.now() - began).toBeLessThan(10_000);
}, 180_000);

test('a paid link and a run of a scheduled payment come with the call, the link a second time too', async () => {
	const accountId = await mainOf('apiKey');
	const [paid, ran] = [
		await publish('apiKey', { event: 'bunqMeLinkPaid', pollTimes: DAILY }),
		await publish('apiKey', { event: 'scheduledPaymentUpdated', pollTimes: DAILY }),
	];
	const link = await suite.bank.addLink({ accountId, amount: '2.00' });
	const schedule = await suite.bank.addSchedule({ accountId });
	const payments: number[] = [];
	const runs: Array<number | null> = [];
	for (let count = 1; count <= 2; count++) {
		payments.push((await suite.bank.payLink(link)).paymentId);
		await until(paid, count, 15_000);
		runs.push((await suite.bank.runSchedule(schedule)).paymentId);
		await until(ran, count, 15_000);
	}
	await sleep(3_000);
	const idsIn = async (id: string) => (await delivered(id)).map(({ paymentId }) => paymentId);
	expect(await idsIn(paid)).toEqual(payments);
	expect(await idsIn(ran)).toEqual(runs);
}, 120_000);

test('a restart, a kill and a publication in the middle: each event once, and bunq calls again', async () => {
	const main = await mainOf('apiKey');
	const workflowId = await publish('apiKey', { pollTimes: DAILY });
	const created: number[] = [];
	const next = async (count = 1) => created.push(...(await add('apiKey', main, count)));
	await next();
	await until(workflowId, created.length);
	for (const signal of [undefined, 'SIGKILL'] as const) {
		const restarted = suite.restart(signal, { WEBHOOK_URL: `${PUBLIC}/` });
		await next(2);
		await restarted;
		await until(workflowId, created.length);
		await next();
		await until(workflowId, created.length, 15_000);
	}
	const published = suite.n8n.activate(workflowId);
	await next(3);
	await published;
	await next();
	await until(workflowId, created.length, 15_000);
	await sleep(3_000);
	expect(idsOf(await delivered(workflowId))).toEqual(created);
	expect((await ours()).length).toBeGreaterThan(0);
}, 240_000);

test('an entry of another program that could not be sent back: one warning that a person sees, and polls', async () => {
	const main = await mainOf('apiKey');
	await settled((entries) => entries.length === 0);
	await suite.bank.switches({ extraFields: true });
	const workflowId = await publish('apiKey', { pollTimes: every(5) });
	const [id] = await add('apiKey', main);
	for (let tries = 0; tries < 40; tries++) {
		if ((await suite.n8n.executionIds(workflowId)).length === 2) break;
		await sleep(500);
	}
	await sleep(6_000);
	await suite.bank.switches({ extraFields: false });
	const ids = await suite.n8n.executionIds(workflowId);
	const executions = await Promise.all(ids.map(async (one) => await suite.n8n.finished(one)));
	expect(executions.map(({ status }) => status).sort()).toEqual(['error', 'success']);
	const failed = executions.find(({ status }) => status === 'error')!;
	expect(failed.error?.description).toContain('this trigger polls instead');
	expect(executions.flatMap((one) => idsOf(one.items('Bunq Trigger')))).toEqual([id]);
	expect(await callbacks()).toEqual([FOREIGN]);
}, 120_000);

test('what stopped is not called: another trigger takes over, and at the end only foreign entries are left', async () => {
	const main = await mainOf('apiKey');
	const [first, second] = [
		await publish('apiKey', { pollTimes: DAILY }),
		await publish('apiKey', { pollTimes: DAILY }),
	];
	const [{ notification_target }] = await ours();
	expect(await ours()).toHaveLength(1);
	await suite.n8n.deactivate(first);
	await settled((entries) =>
		entries.every((one) => one.notification_target !== notification_target),
	);
	expect(await ours()).toHaveLength(1);
	const [id] = await add('apiKey', main);
	expect(idsOf(await until(second, 1, 15_000))).toEqual([id]);
	expect(await delivered(first)).toEqual([]);
	await suite.n8n.deactivate(second);
	await settled((entries) => entries.length === 0);
	expect(await callbacks()).toEqual([FOREIGN]);
	const url = notification_target.replace(PUBLIC, suite.n8n.url);
	const { status } = await axios.post(url, {}, { validateStatus: () => true });
	expect(status).toBe(404);
}, 120_000);

/** n8n's scheduler that runs polls itself, and stores their state in a table of its own (docs/design.md). */
const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

// The last one: the suite's end takes the settings back.
test("with n8n's durable scheduler: called and polled, each event once", async () => {
	const main = await mainOf('apiKey');
	await suite.restart(undefined, { ...DURABLE, WEBHOOK_URL: `${PUBLIC}/` });
	const workflowId = await publish('apiKey', { pollTimes: every(10) });
	const created = await add('apiKey', main);
	await until(workflowId, 1, 15_000);
	await suite.bank.callbackFault({ kind: 'lost' });
	created.push(...(await add('apiKey', main)));
	await until(workflowId, 2);
	await suite.restart(undefined, { ...DURABLE, WEBHOOK_URL: `${PUBLIC}/` });
	created.push(...(await add('apiKey', main, 2)));
	await until(workflowId, 4);
	await sleep(11_000);
	expect(idsOf(await delivered(workflowId))).toEqual(created);
}, 240_000);
