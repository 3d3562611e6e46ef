import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { events } from '../../nodes/Bunq/trigger/events';
import { findBrowser } from '../../scripts/browser.cjs';
import type { Json } from './api';
import { connect } from './consent';
import { credentials } from './credentials';
import { startDemo, type Demo } from './demo';
import demoWorkflow from './demo.workflow.json';
import instantWorkflow from './demo.instant.workflow.json';
import { openBank } from './demoBank';
import { Person, testId } from './editor';
import { bunqTriggerNode, every } from './triggers';

/** `npm start` in a person's hands: the bunq app's page in a browser, and n8n's editor beside it. */

const userFolder = mkdtempSync(join(tmpdir(), 'bunq-demo-'));
const PATIENCE_MS = 60_000;
/** From the button to the start of the workflow; a machine with more to do than cores takes longer. */
const inTime = () => (loadavg()[0] > availableParallelism() ? 3_000 : 1_000);
let demo: Demo;
let browser: Browser;
let app: Page;

jest.setTimeout(300_000);

beforeAll(async () => {
	demo = await startDemo({ bank: await openBank(userFolder) });
	browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
	app = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
	app.setDefaultTimeout(PATIENCE_MS);
	await app.goto(demo.bank.appUrl);
}, 600_000);
afterAll(async () => {
	await browser?.close();
	await demo?.stop();
	rmSync(userFolder, { recursive: true, force: true });
});

/** The node keeps to bunq's three reads in three seconds: after a publication, or a run, the next read waits for its turn. */
const untilReadsAreFree = async () => {
	const bankTime = async () => Date.parse((await demo.bank.simulator.control.log()).at(-1)!.time);
	for (let last = 0; last !== (await bankTime()); await sleep(3_500)) last = await bankTime();
};

/** Presses the first button of this name, and waits for what the page then says. */
const press = async (name: string, said: RegExp | string) => {
	await app.getByRole('button', { name, exact: true }).first().click();
	await app.getByRole('status').filter({ hasText: said }).waitFor();
};

/** The items that started a workflow, newest first, once there are so many. */
const startedBy = async (workflowId: string, trigger: string, count: number) => {
	for (let waited = 0; waited < PATIENCE_MS; waited += 200) {
		const ids = await demo.api.executionIds(workflowId);
		if (ids.length >= count) {
			const executions = await Promise.all(ids.map((id) => demo.api.finished(id)));
			return executions.flatMap((execution) => execution.items(trigger));
		}
		await sleep(200);
	}
	throw new Error(`${workflowId} did not start ${count} times`);
};

test('salary on the page starts the published workflow within a second, and the page shows what it did', async () => {
	const [trigger, action] = instantWorkflow.nodes.map(({ name }) => name);
	const holiday = app.locator('#accounts a', { hasText: 'Holiday' });
	const took: number[] = [];
	for (const count of [1, 2, 3]) {
		await untilReadsAreFree();
		const pressed = Date.now();
		await app.getByRole('button', { name: 'Salary comes in' }).click();
		await holiday.getByText(`${(1000 + 260 * count).toLocaleString('en-GB')}.00`).waitFor();
		await startedBy(demo.instantId, trigger, count);
		const [newest] = await demo.api.executionIds(demo.instantId);
		const { startedAt } = await demo.api.call('GET', `/executions/${newest}`);
		took.push(Date.parse(String(startedAt)) - pressed);
	}
	console.log(`From the button to the start of the workflow: ${took.join(', ')} ms`);
	expect(Math.min(...took)).toBeLessThan(inTime());
	const [newest] = await demo.api.executionIds(demo.instantId);
	const execution = await demo.api.finished(newest);
	expect([execution.status, execution.mode]).toEqual(['success', 'trigger']);
	expect(execution.items(action)).toMatchObject([{ amount: -260 }]);
	await app.getByText('A tenth of 2600').first().waitFor();
});

/** What a person presses for each event: buttons, and what the page then says. */
const PRESSED: Record<string, Array<[button: string, said: string]>> = {
	balanceCrossed: [['A bill leaves only this much', 'are left']],
	bunqMeLinkPaid: [
		['Open a bunq.me link', 'is open'],
		['Somebody pays it', 'through the link'],
	],
	cardTransactionCreated: [['Wrong PIN', 'was declined']],
	draftPaymentUpdated: [
		['A program prepares a payment', 'waits for your approval'],
		['Reject', 'Rejected'],
	],
	paymentCreated: [['Money comes in', 'came in']],
	requestInquiryUpdated: [
		['Ask a friend for it', 'You asked'],
		['They decline', 'Declined'],
	],
	requestResponseCreated: [['A friend asks you for it', 'asks you']],
	scheduledPaymentUpdated: [
		['Pay it every month', 'is planned'],
		['Let it happen now', 'was made'],
	],
};

test.each(Object.keys(events))('%s can be made to happen on the page', async (event) => {
	const { type, name } = credentials.apiKey;
	const parameters = {
		authentication: 'apiKey',
		event,
		pollTimes: every(10),
		...(event === 'balanceCrossed' && { threshold: 100 }),
	};
	const trigger = bunqTriggerNode(parameters, { [type]: { name, id: '' } });
	const workflowId = await demo.save({ name: event, nodes: [trigger], connections: {} });
	await demo.api.activate(workflowId);
	try {
		for (const [button, said] of PRESSED[event]) await press(button, said);
		expect((await startedBy(workflowId, 'Bunq Trigger', 1)).length).toBeGreaterThan(0);
	} finally {
		await demo.api.deactivate(workflowId);
	}
});

test('a description without a space does not widen the page', async () => {
	const make = app.getByRole('button', { name: 'A program prepares a payment' });
	const form = app.locator('form', { has: make });
	await form.locator('input[name="description"]').fill('x'.repeat(140));
	await make.click();
	await app.locator('#answers').getByText('x'.repeat(140)).waitFor();
	const width = await app.evaluate<number>('document.documentElement.scrollWidth');
	expect(width).toBeLessThanOrEqual(app.viewportSize()!.width);
});

describe('in the editor', () => {
	let person: Person;
	beforeAll(async () => {
		person = await Person.signIn(demo.api.url, demo.bank.simulator.tlsPort);
	});
	afterAll(async () => await person?.leave());

	/** The number of executions that were ended. */
	const runs = async (workflowId: string) => (await demo.api.executionIds(workflowId)).length;

	test.each([
		[demoWorkflow.name, 'My accounts', () => demo.workflowId],
		[instantWorkflow.name, 'Put a tenth aside', () => demo.instantId],
	] as const)('%s: Execute workflow, then Execute step', async (name, node, idOf) => {
		const workflowId = idOf();
		await person.witness(`demo ${name}`, async () => {
			const { page } = person;
			await page.goto(`${demo.api.url}/workflow/${workflowId}`);
			const before = await runs(workflowId);
			await page.locator(testId('execute-workflow-button')).first().click();
			await person.until('the workflow ran', async () => (await runs(workflowId)) > before);
			await page.locator(testId('canvas-node-status-success')).first().waitFor();
			await person.openNode(node);
			await page.locator(testId('node-execute-button')).first().click();
			await person.until('the step ran', async () => (await runs(workflowId)) > before + 1);
			const [newest] = await demo.api.executionIds(workflowId);
			const execution = await demo.api.finished(newest);
			expect([execution.status, execution.items(node).length]).toEqual([
				'success',
				expect.any(Number),
			]);
			expect(execution.items(node).length).toBeGreaterThan(0);
			expect(await page.innerText('body')).not.toContain('Cannot read properties');
			await person.closeNode();
		});
	});

	test('a person connects with the client that npm start prints, and the demo stays connected', async () => {
		const { clientId, clientSecret } = demo.bank.client;
		await person.newCredential('Bunq OAuth2 API');
		await person.fill('clientId', clientId);
		await person.fill('clientSecret', clientSecret);
		expect(await person.connect('approve')).toEqual({ window: '', connected: true });
		const { status } = await demo.api.runManually(demo.workflowId, demoWorkflow.nodes[0].name);
		expect(status).toBe('success');
	});
});

test('the token relay has its public address, and connects', async () => {
	const { control } = demo.bank.simulator;
	const webhookId = randomUUID();
	const relayId = await demo.save({
		name: 'A relay',
		nodes: [
			{
				id: randomUUID(),
				webhookId,
				name: 'Relay',
				type: 'n8n-nodes-bunq-connect.bunqTokenRelayTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { environment: 'production' },
			},
		],
		connections: {},
	});
	await demo.api.activate(relayId);
	await control.switches({ tokenEndpoint: 'query-only' });
	try {
		const data: Json = {
			...{ environment: 'production', ...demo.bank.client },
			tokenRelayUrl: `https://n8n.example.com/webhook/${webhookId}/bunq-token`,
		};
		const id = await demo.api.saveCredential('By hand', 'bunqOAuth2Api', data);
		await connect(demo.api, id, demo.bank.simulator);
	} finally {
		await control.switches({ tokenEndpoint: 'both' });
	}
});
