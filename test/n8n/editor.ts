import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
	chromium,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page,
} from 'playwright-core';
import { findBrowser } from '../tools/browser.cjs';
import { repo } from '../tools/pack';
import { owner } from './api';

/** n8n's editor in a real browser, as a person uses it. */

/** Every step's picture, by the name of what it shows. */
const PICTURES = join(repo, '.run', 'connect');

const PATIENCE_MS = 20_000;

export const testId = (id: string) => `[data-test-id="${id}"]`;

/** What the window said, and what the person saw then in the credential. */
export interface Connected {
	/** The text of the window; empty when n8n has closed it, which it does after success. */
	window: string;
	connected: boolean;
}

/** A person at n8n's editor; counts what they click and fill in. */
export class Person {
	clicks = 0;
	fields = 0;

	private constructor(
		readonly page: Page,
		private readonly browser: Browser,
		private readonly context: BrowserContext,
		private readonly url: string,
	) {}

	/** Opens a browser in which bunq's hosts lead to the simulator, and signs in. */
	static async signIn(url: string, tlsPort: number): Promise<Person> {
		const executablePath = findBrowser();
		if (!executablePath)
			throw new Error('No Chromium: node test/tools/ensure.cjs browser installs it on Debian');
		const browser = await chromium.launch({
			executablePath,
			args: [
				'--no-sandbox',
				'--ignore-certificate-errors',
				`--host-resolver-rules=MAP *.bunq.com 127.0.0.1:${tlsPort}`,
			],
		});
		const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
		context.setDefaultTimeout(PATIENCE_MS);
		const page = await context.newPage();
		await page.goto(`${url}/signin`);
		await page.fill('input[name="emailOrLdapLoginId"]', owner.email);
		await page.fill('input[name="password"]', owner.password);
		await page.click(testId('form-submit-button'));
		await page.waitForURL((now) => !now.pathname.startsWith('/signin'));
		return new Person(page, browser, context, url);
	}

	async leave(): Promise<void> {
		await this.browser.close();
	}

	startCounting(): void {
		this.clicks = 0;
		this.fields = 0;
	}

	async click(what: string | Locator): Promise<void> {
		this.clicks++;
		await (typeof what === 'string' ? this.page.locator(what).first() : what).click();
	}

	/** Types into a field of the credential. */
	async fill(field: string, text: string): Promise<void> {
		this.fields++;
		await this.page.fill(`${testId(`parameter-input-${field}`)} input`, text);
	}

	/** Chooses from a list: of a credential's or a node's field. */
	async choose(field: string, option: string): Promise<void> {
		this.fields++;
		await this.page.click(`${testId(`parameter-input-${field}`)} input`);
		await this.page
			.locator(`${testId('parameter-input-item')}:visible`, { hasText: option })
			.click();
	}

	async picture(name: string, what: Page | Locator = this.page): Promise<string> {
		mkdirSync(PICTURES, { recursive: true });
		const path = join(PICTURES, `${name}.png`);
		await what.screenshot({ path });
		return path;
	}

	/** From the list of credentials to the empty form. */
	async newCredential(typeName: string): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials`);
		await this.click(testId('add-resource-credential'));
		await this.page.fill(`${testId('new-credential-type-select')} input`, 'bunq');
		await this.click(this.page.getByText(typeName).last());
		await this.click(testId('new-credential-type-button'));
		await this.page.locator(testId('parameter-input-clientId')).waitFor();
	}

	async openCredential(id: string): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials/${id}`);
		await this.page.locator(testId('parameter-input-clientId')).waitFor();
	}

	/** Presses Connect (or Switch account) and gives the window that opens, once bunq has answered there. */
	async pressConnect(): Promise<Page> {
		const button = `${testId('quick-connect-button')}:visible, ${testId('oauth-switch-account-button')}:visible`;
		const [window] = await Promise.all([
			this.context.waitForEvent('page'),
			this.click(this.page.locator(button).first()),
		]);
		await window.waitForURL(/\/auth\?/);
		await window.waitForLoadState();
		return window;
	}

	/** The whole way through the window. `meanwhile` happens while the window is on its way back to n8n. */
	async connect(
		decision: 'approve' | 'deny',
		{ name, meanwhile }: { name?: string; meanwhile?: () => Promise<void> } = {},
	): Promise<Connected> {
		if (name) await this.picture(`${name} 1 credential`);
		const window = await this.pressConnect();
		if (name) await this.picture(`${name} 2 consent`, window);
		const closed = window.waitForEvent('close').then(() => true);
		const stays = window
			.getByText('Failed to connect.')
			.waitFor()
			.then(() => false)
			.catch(() => true);
		await Promise.all([this.click(window.locator(`button[value="${decision}"]`)), meanwhile?.()]);
		const isClosed = await Promise.race([closed, stays]);
		let text = '';
		if (!isClosed) {
			await window.getByText('More details').click();
			text = textOf(await window.innerText('body'));
			if (name) await this.picture(`${name} 3 window`, window);
			await window.close();
		}
		const connected = await this.seesConnected();
		if (name) await this.picture(`${name} 4 credential`);
		return { window: text, connected };
	}

	/** What the credential's form says once it has heard of the outcome. */
	async seesConnected(): Promise<boolean> {
		const yes = this.page.locator(`${testId('oauth-connect-success-banner')}:visible`);
		const no = this.page.locator(`${testId('oauth-not-connected-banner')}:visible`);
		await yes.or(no).first().waitFor();
		return await yes.isVisible();
	}

	/** The message of a window that shows bunq's own page and goes no further. */
	async readWindow(name: string): Promise<string> {
		const window = await this.pressConnect();
		await this.picture(name, window);
		const text = textOf(await window.innerText('main'));
		await window.close();
		return text;
	}

	async save(): Promise<void> {
		await this.click(this.page.locator(`${testId('credential-save-button')} button`));
		await this.page
			.getByText('Credential saved')
			.or(this.page.getByText('Saved'))
			.first()
			.waitFor();
	}

	/** Pastes a workflow into an empty canvas, as "import from file" does. */
	async importWorkflow(workflow: object): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.locator(testId('canvas-add-button')).waitFor();
		await this.page.setInputFiles(testId('workflow-import-input'), {
			name: 'workflow.json',
			mimeType: 'application/json',
			buffer: Buffer.from(JSON.stringify(workflow)),
		});
		await this.page.locator('[data-node-name]').first().waitFor();
	}

	async openNode(name: string): Promise<void> {
		await this.page.locator(`[data-node-name="${name}"]`).first().dblclick();
		await this.page.locator(testId('ndv')).waitFor();
	}

	async closeNode(): Promise<void> {
		await this.click(testId('ndv-close-button'));
		await this.page.locator(testId('ndv')).waitFor({ state: 'hidden' });
	}
}

const textOf = (page: string) => page.replace(/\s+/g, ' ').trim();
