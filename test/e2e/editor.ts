import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	chromium,
	type Browser,
	type BrowserContext,
	type Locator,
	type Page,
} from 'playwright-core';
import { findBrowser } from '../../scripts/browser.cjs';
import { repo } from '../../scripts/pack';
import { owner } from './api';

/** n8n's editor in a real browser, as a person uses it. */

/** A picture of every step. */
const PICTURES = join(repo, '.run', 'connect');

/** A person waits as long as the machine needs: two cores may be busy with something else. */
const PATIENCE_MS = 60_000;
/** A click that had no effect for this long is made again: n8n drew the button again in that moment. */
const AGAIN_MS = 15_000;

export const testId = (id: string) => `[data-test-id="${id}"]`;

/** The text of the window, and the state that the credential then shows. */
export interface Connected {
	/** The text of the window; empty if n8n has closed it, which it does after success. */
	window: string;
	connected: boolean;
}

/** A person at n8n's editor. Counts clicks and fields. */
export class Person {
	clicks = 0;
	fields = 0;

	/** The typed values of the open form, by field. */
	private readonly typed = new Map<string, string>();

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
			throw new Error('No Chromium: node scripts/install.cjs browser installs it on Debian');
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
		// "Leave without saving?": yes.
		page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
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
		this.typed.set(field, text);
		await this.inputOf(field).fill(text);
	}

	/** Chooses from the list of a field. */
	async choose(field: string, option: string): Promise<void> {
		this.fields++;
		const input = this.inputOf(field);
		const item = this.page.locator(`${testId('parameter-input-item')}:visible`, {
			hasText: option,
		});
		await this.until(`"${option}" is chosen`, async () => {
			if ((await input.inputValue()) === option) return true;
			// A list that opens while the form is drawn again closes again.
			if (!(await item.isVisible())) await input.click();
			await item.click({ timeout: AGAIN_MS });
			return false;
		});
	}

	private inputOf(field: string): Locator {
		return this.page.locator(`${testId(`parameter-input-${field}`)} input`).first();
	}

	/** Repeats a check until it passes; its last error is the reason in the end. */
	async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
		const deadline = Date.now() + PATIENCE_MS;
		let reason: unknown = '';
		while (Date.now() < deadline) {
			try {
				if (await isSo()) return;
			} catch (error) {
				reason = error;
			}
			await sleep(100);
		}
		throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain until ${what}. ${String(reason)}`);
	}

	/**
	 * Runs a test. If it fails, keeps a picture of every open window and adds their texts to the error. Closes open windows.
	 */
	async witness(name: string, work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			const seen = await Promise.all(
				this.context.pages().map(async (page, index) => {
					await this.picture(`failed ${name} ${index}`, page).catch(() => undefined);
					const text = textOf(await page.innerText('body').catch(String));
					return `${page.url().split('?')[0]}: ${text.slice(0, 2_000)}`;
				}),
			);
			const { message, stack } = error as Error;
			const more = `\nWhat was on the screen (pictures in ${PICTURES}):\n${seen.join('\n')}`;
			throw Object.assign(error as Error, { message: message + more, stack: `${stack}${more}` });
		} finally {
			const others = this.context.pages().filter((page) => page !== this.page);
			await Promise.all(others.map((page) => page.close()));
		}
	}

	async picture(name: string, what: Page | Locator = this.page): Promise<string> {
		mkdirSync(PICTURES, { recursive: true });
		const path = join(PICTURES, `${name}.png`);
		await what.screenshot({ path });
		return path;
	}

	/**
	 * Opens an empty form from the list of credentials.
	 * @param field one of its fields
	 */
	async newCredential(typeName: string, field = 'clientId'): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials`);
		await this.click(testId('add-resource-credential'));
		await this.page.fill(`${testId('new-credential-type-select')} input`, 'bunq');
		await this.click(this.page.getByText(typeName).last());
		await this.click(testId('new-credential-type-button'));
		await this.formIsThere(field);
	}

	async openCredential(id: string): Promise<void> {
		await this.page.goto(`${this.url}/home/credentials/${id}`);
		await this.formIsThere();
		// The form is drawn before n8n has sent what is in it.
		const clientId = this.inputOf('clientId');
		await this.until('the form is filled', async () => (await clientId.inputValue()) !== '');
	}

	private async formIsThere(field = 'clientId'): Promise<void> {
		this.typed.clear();
		await this.inputOf(field).waitFor();
	}

	/** If n8n filled the form late, the typed values are lost. */
	async fillAgain(): Promise<void> {
		for (const [field, text] of this.typed) {
			const input = this.inputOf(field);
			if ((await input.inputValue()) !== text) await input.fill(text);
		}
	}

	/** Presses Connect or Switch account. Returns the window that opens, once bunq has answered in it. */
	async pressConnect(): Promise<Page> {
		await this.fillAgain();
		const button = this.page
			.locator(
				`${testId('quick-connect-button')}:visible, ${testId('oauth-switch-account-button')}:visible`,
			)
			.first();
		const opened = this.context.waitForEvent('page');
		opened.catch(() => undefined);
		await this.click(button);
		const first = await Promise.race([opened, sleep(AGAIN_MS, undefined, { ref: false })]);
		if (!first && (await button.isEnabled())) await button.click();
		const window = await opened;
		await window.waitForURL(/\/auth\?/);
		await window.waitForLoadState();
		return window;
	}

	/** Goes through the whole window. `meanwhile` runs while the window returns to n8n. */
	async connect(
		decision: 'approve' | 'deny',
		{ name, meanwhile }: { name?: string; meanwhile?: () => Promise<void> } = {},
	): Promise<Connected> {
		if (name) await this.picture(`${name} 1 credential`);
		const window = await this.pressConnect();
		if (name) await this.picture(`${name} 2 consent`, window);
		const closed = window.waitForEvent('close', { timeout: PATIENCE_MS }).then(() => true);
		const failed = window
			.getByText('Failed to connect.')
			.waitFor()
			.then(() => false)
			// It closes while it is looked at.
			.catch(async (error: unknown) => (window.isClosed() ? true : await Promise.reject(error)));
		const ends = Promise.race([closed, failed]);
		for (const promise of [closed, failed, ends]) promise.catch(() => undefined);
		const press = this.click(window.locator(`button[value="${decision}"]`)).catch(
			// n8n may close the window before the click ends.
			async (error: unknown) => (window.isClosed() ? undefined : await Promise.reject(error)),
		);
		await Promise.all([press, meanwhile?.()]);
		const hasClosed = await ends;
		let text = '';
		if (!hasClosed) {
			await window.getByText('More details').click();
			text = textOf(await window.innerText('body'));
			if (name) await this.picture(`${name} 3 window`, window);
			await window.close();
		}
		// The form is updated a moment after the window.
		await this.seesConnected(hasClosed);
		if (name) await this.picture(`${name} 4 credential`);
		return { window: text, connected: hasClosed };
	}

	/** Waits until the credential's form says unambiguously whether it is connected. */
	async seesConnected(isConnected: boolean): Promise<void> {
		const yes = this.page.locator(`${testId('oauth-connect-success-banner')}:visible`);
		const no = this.page.locator(`${testId('oauth-not-connected-banner')}:visible`);
		const [wanted, unwanted] = isConnected ? [yes, no] : [no, yes];
		await this.until(
			`the form says ${isConnected ? 'connected' : 'not connected'}`,
			async () => (await wanted.count()) > 0 && (await unwanted.count()) === 0,
		);
	}

	/** The message of a window that ends on bunq's page. */
	async readWindow(name: string): Promise<string> {
		const window = await this.pressConnect();
		await this.picture(name, window);
		const text = textOf(await window.innerText('main'));
		await window.close();
		return text;
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

	/** Imports a workflow from an address into a new workflow, with n8n's menu. */
	async importFromUrl(address: string): Promise<void> {
		await this.page.goto(`${this.url}/home/workflows`);
		await this.click(testId('add-resource-workflow'));
		await this.page.locator(testId('canvas-add-button')).waitFor();
		await this.click(testId('workflow-menu'));
		await this.click(testId('workflow-menu-item-import'));
		await this.click(testId('workflow-menu-item-import-from-url'));
		this.fields++;
		const input = testId('workflow-url-import-input');
		await this.page.locator(`input${input}, ${input} input`).fill(address);
		await this.click(testId('confirm-workflow-import-url-button'));
		await this.page.locator('[data-node-name]').first().waitFor();
	}

	async openNode(name: string): Promise<void> {
		this.clicks++;
		await this.page.locator(`[data-node-name="${name}"]`).first().dblclick();
		await this.page.locator(testId('ndv')).waitFor();
	}

	async closeNode(): Promise<void> {
		await this.click(testId('ndv-close-button'));
		await this.page.locator(testId('ndv')).waitFor({ state: 'hidden' });
	}
}

const textOf = (page: string) => page.replace(/\s+/g, ' ').trim();
