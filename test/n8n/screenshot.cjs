/**
 * `npm run screenshot`: the picture of the node in n8n's editor that the README shows. Needs Chromium. Plain JavaScript,
 * because playwright's types are installed only with the real n8n.
 */
const { mkdirSync, statSync } = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { findBrowser } = require('../tools/browser.cjs');
const { owner } = require('./api');
const { startDemo, step } = require('./demo');

const PICTURE = path.join(__dirname, '..', '..', 'docs', 'images', 'node-editor.png');
const NODE = 'My accounts';

/** Signs in, runs the demo workflow by its button and opens a Bunq node. */
async function photograph(page, { api, workflowId }) {
	await page.goto(`${api.url}/signin`);
	await page.fill('input[name="emailOrLdapLoginId"], input[name="email"]', owner.email);
	await page.fill('input[name="password"]', owner.password);
	await page.click('[data-test-id="form-submit-button"]');
	await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	await page.goto(`${api.url}/workflow/${workflowId}`);
	await page.click('[data-test-id="execute-workflow-button"]');
	await page.getByText('Workflow executed successfully').first().waitFor();
	await page.locator(`[data-node-name="${NODE}"]`).first().dblclick();
	await page.getByText('Household').last().waitFor();
	// Messages and hints fade.
	await page.waitForTimeout(6_000);
	mkdirSync(path.dirname(PICTURE), { recursive: true });
	await page.screenshot({ path: PICTURE });
}

async function main() {
	const demo = await startDemo();
	const browser = await chromium.launch({
		executablePath: findBrowser(),
		args: ['--no-sandbox'],
	});
	const page = await browser.newPage({ viewport: { width: 1440, height: 810 } });
	page.setDefaultTimeout(30_000);
	try {
		await step('Taking the picture', () => photograph(page, demo));
		console.log(
			`${path.relative(process.cwd(), PICTURE)}: ${Math.round(statSync(PICTURE).size / 1000)} kB`,
		);
	} catch (error) {
		await page.screenshot({ path: path.join(__dirname, '../../.run/screenshot-failed.png') });
		throw error;
	} finally {
		await browser.close();
		await demo.stop();
	}
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error.message);
		process.exit(1);
	},
);
