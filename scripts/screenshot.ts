/** `npm run screenshot`: takes the pictures of n8n's editor that the README shows. Needs Chromium. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { owner, type WorkflowData } from '../test/e2e/api';
import { startDemo, step, type Demo } from '../test/e2e/demo';
import { testId } from '../test/e2e/editor';
import { locator } from '../test/e2e/suite';
import { findBrowser } from './browser.cjs';

const FOLDER = join(__dirname, '..', 'docs', 'images');
const bunqs = { bunqOAuth2Api: { id: '', name: 'bunq, by OAuth (simulated)' } };

/** The workflow of the second and third picture: a trigger and a payment. */
const WORKFLOW: WorkflowData = {
	name: 'Savings from every salary',
	nodes: [
		{
			id: '7d3ed3e0-0002-4000-8000-000000000001',
			name: 'Salary came in',
			type: 'n8n-nodes-bunq-connect.bunqTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: { event: 'paymentCreated', filters: { direction: 'in', amountMin: '100.00' } },
			credentials: bunqs,
		},
		{
			id: '7d3ed3e0-0002-4000-8000-000000000002',
			name: 'Put some aside',
			type: 'n8n-nodes-bunq-connect.bunq',
			typeVersion: 1,
			position: [240, 0],
			parameters: {
				resource: 'payment',
				operation: 'create',
				account: locator('name', 'Main'),
				amount: '150.00',
				paymentDescription: 'Savings',
			},
			credentials: bunqs,
		},
	],
	connections: {
		'Salary came in': { main: [[{ node: 'Put some aside', type: 'main', index: 0 }]] },
	},
	settings: { executionOrder: 'v1' },
};

/** An example as it is once its credentials are chosen. */
const readExample = (file: string): WorkflowData => {
	const path = join(__dirname, '..', 'examples', file);
	const workflow = JSON.parse(readFileSync(path, 'utf8')) as WorkflowData;
	const nodes = workflow.nodes.map((node) =>
		node.type.startsWith('n8n-nodes-bunq-connect.') ? { ...node, credentials: bunqs } : node,
	);
	return { ...workflow, nodes };
};

const open = async (page: Page, node: string) => {
	await page.locator(`[data-node-name="${node}"]`).first().dblclick();
	await page.locator(testId('ndv')).waitFor();
};

const take = async (page: Page, name: string) => {
	// Waits until messages and hints are gone.
	await page.waitForTimeout(6_000);
	const file = join(FOLDER, `${name}.png`);
	await page.screenshot({ path: file });
	return file;
};

/** Signs in and takes the pictures. */
const photograph = async (page: Page, { api, workflowId, save }: Demo) => {
	mkdirSync(FOLDER, { recursive: true });
	// n8n explains its pin to whoever sees data for the first time.
	await page.addInitScript(() => {
		for (const place of ['NDV', 'CANVAS'])
			localStorage.setItem(`N8N_PIN_DATA_DISCOVERY_${place}`, 'true');
	});
	await page.goto(`${api.url}/signin`);
	await page.fill('input[name="emailOrLdapLoginId"], input[name="email"]', owner.email);
	await page.fill('input[name="password"]', owner.password);
	await page.click(testId('form-submit-button'));
	await page.waitForURL((url) => !url.pathname.startsWith('/signin'));

	await page.goto(`${api.url}/workflow/${workflowId}`);
	await page.click(testId('execute-workflow-button'));
	await page.getByText('Workflow executed successfully').first().waitFor();
	await open(page, 'My accounts');
	await page.getByText('Household').last().waitFor();
	const pictures = [await take(page, 'node-editor')];

	await page.goto(`${api.url}/workflow/${await save(WORKFLOW)}`);
	await open(page, 'Salary came in');
	await page.locator(testId('node-execute-button')).first().click();
	await page.locator(`${testId('output-panel')} ${testId('run-data-pane-header')}`).waitFor();
	await page.getByText('counterpartyName').first().waitFor();
	pictures.push(await take(page, 'trigger-editor'));
	await page.keyboard.press('Escape');

	await open(page, 'Put some aside');
	await page
		.locator(`${testId('parameter-input-recipientAccount')} input`)
		.last()
		.click();
	await page.locator(`${testId('rlc-item')}:visible`, { hasText: 'Holiday' }).click();
	pictures.push(await take(page, 'payment-editor'));

	await page.goto(`${api.url}/workflow/${await save(readExample('split-salary.json'))}`);
	await page.locator('[data-node-name="Salary came in"]').first().waitFor();
	await page.click(testId('zoom-to-fit'));
	// So that the button below covers no node.
	await page.click(testId('zoom-out-button'));
	pictures.push(await take(page, 'workflow'));
	return pictures;
};

const main = async () => {
	const demo = await startDemo();
	const browser = await chromium.launch({
		executablePath: findBrowser(),
		args: ['--no-sandbox'],
	});
	const page = await browser.newPage({ viewport: { width: 1440, height: 810 } });
	page.setDefaultTimeout(30_000);
	try {
		const pictures = await step('Taking the pictures', () => photograph(page, demo));
		for (const file of pictures)
			console.log(`${relative(process.cwd(), file)}: ${Math.round(statSync(file).size / 1000)} kB`);
	} catch (error) {
		await page.screenshot({ path: join(__dirname, '../.run/screenshot-failed.png') });
		throw error;
	} finally {
		await browser.close();
		await demo.stop();
	}
};

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
