import axios from 'axios';
import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repo } from '../../scripts/pack';
import type { Execution, Json, WorkflowData, WorkflowNode } from './api';
import { startMailbox, type Mail, type Mailbox } from './mailbox';
import { startModel, type Line, type Model } from './model';
import { filesFolder } from './instance';
import { locator, running, useSuite } from './suite';
import { every } from './triggers';

/**
 * The workflows of `examples/` in the real n8n, as people import them: only credentials, poll times and the name are set.
 * The tests check the results at the bank, in the mailbox and in the files.
 */

const suite = useSuite();
const folder = join(repo, 'examples');
let mailbox: Mailbox;
let model: Model;
const credentialIds: Record<string, string> = {};
/** The examples that ran. */
const ran = new Set<string>();
/** The published ones. They end with their test, or they would react to later tests. */
const published = new Set<string>();

beforeAll(async () => {
	mailbox = await startMailbox();
	model = await startModel();
	credentialIds.smtp = await suite.n8n.saveCredential('A mailbox', 'smtp', {
		host: '127.0.0.1',
		port: mailbox.port,
		secure: false,
		disableStartTls: true,
	});
	credentialIds.openAiApi = await suite.n8n.saveCredential('A scripted model', 'openAiApi', {
		apiKey: 'none',
		url: model.url,
	});
});
afterEach(async () => {
	for (const id of published) await suite.n8n.deactivate(id);
	// A running poll still sends requests.
	if (published.size > 0) await sleep(4_000);
	published.clear();
	mailbox.take();
});
afterAll(async () => {
	await mailbox.stop();
	await model.stop();
});

/** A node with its credentials. */
const ready = (node: WorkflowNode): WorkflowNode => {
	const [vendor, kind] = node.type.split('.');
	const { smtp, openAiApi } = credentialIds;
	if (kind === 'emailSend' || kind === 'emailSendHitlTool')
		return { ...node, credentials: { smtp: { id: smtp, name: 'A mailbox' } } };
	if (kind === 'lmChatOpenAi')
		return { ...node, credentials: { openAiApi: { id: openAiApi, name: 'A scripted model' } } };
	if (vendor !== 'n8n-nodes-bunq-connect' || kind === 'bunqTokenRelayTrigger') return node;
	const parameters =
		kind === 'bunqTrigger'
			? { ...node.parameters, instant: false, pollTimes: every(5) }
			: node.parameters;
	return { ...node, parameters, credentials: suite.credentialOf('oAuth2') };
};

const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowData;

const importExample = async (file: string, workflow = read(file)): Promise<string> => {
	const name = `${workflow.name} ${randomUUID()}`;
	return await suite.n8n.saveWorkflow({ ...workflow, name, nodes: workflow.nodes.map(ready) });
};

const publish = async (file: string, workflowId: string) => {
	await suite.n8n.activate(workflowId);
	published.add(workflowId);
	ran.add(file);
};

/** Executes the workflow from the trigger of this name, as the editor's button does. */
const execute = async (file: string, workflowId: string, trigger: string): Promise<Execution> => {
	const execution = await suite.n8n.runManually(workflowId, trigger);
	expect([file, execution.error?.message, execution.status]).toEqual([file, undefined, 'success']);
	ran.add(file);
	return execution;
};

/** Waits for as many executions by polls, and returns them, oldest first. */
const started = async (workflowId: string, count: number): Promise<Execution[]> => {
	for (let waited = 0; ; waited += 500) {
		const ids = await suite.n8n.executionIds(workflowId);
		if (ids.length >= count || waited > 30_000) {
			const executions = [];
			for (const id of ids.reverse()) executions.push(await suite.n8n.finished(id));
			expect(executions.map(({ error }) => error?.message)).toEqual(Array(count).fill(undefined));
			return executions;
		}
		await sleep(500);
	}
};

/** Waits for as many mails, and returns them. */
const arrived = async (count: number): Promise<Mail[]> => {
	const mails: Mail[] = [];
	for (let waited = 0; mails.length < count && waited <= 30_000; waited += 200) {
		mails.push(...mailbox.take());
		if (mails.length < count) await sleep(200);
	}
	return mails;
};

/** Waits for another poll, which must start nothing. */
const aPoll = async () => await sleep(6_000);

const accountOf = async (description: string) => {
	const { accounts } = await suite.world('oAuth2');
	const found = accounts.filter((one) => one.description === description);
	expect([description, found.length]).toEqual([description, 1]);
	return found[0];
};

/** In whole cents. */
const balanceOf = async (name: string) => Math.round(Number((await accountOf(name)).balance) * 100);

const balances = async () => ({
	main: await balanceOf('Main'),
	household: await balanceOf('Household'),
	holiday: await balanceOf('Holiday'),
});

/** Money arrives, or leaves if the amount is negative. */
const move = async (name: string, amount: string, more: Json = {}) => {
	const { id: accountId } = await accountOf(name);
	return (await suite.bank.addPayments({ accountId, amount, ...more }))[0];
};

/** Sets the balance, in cents. */
const setBalance = async (name: string, cents: number) => {
	const difference = cents - (await balanceOf(name));
	if (difference !== 0) await move(name, (difference / 100).toFixed(2));
};

/** Runs with the bank's clock set back, and without limits, which use that clock. */
const backThen = async <T>(ms: number, work: () => Promise<T>) => {
	await suite.bank.switches({ limits: 'off' });
	await suite.bank.advance(-ms);
	try {
		return await work();
	} finally {
		await suite.bank.advance(ms);
		await suite.bank.switches({ limits: 'classic' });
	}
};

const DAY = 24 * 60 * 60_000;

describe('split-salary.json', () => {
	const file = 'split-salary.json';

	test('only the salary is split, exactly and once', async () => {
		const workflowId = await importExample(file);
		await publish(file, workflowId);
		const before = await balances();
		const { iban } = await accountOf('Household');
		// These are no salary.
		await move('Main', '700.00', { description: 'Sold my bicycle' });
		await move('Main', '-600.00', { description: 'Salary of the cleaner' });
		await move('Main', '499.99', { description: 'Salary of a side job' });
		await move('Main', '900.00', { description: 'Salary, borrowed', counterpartyIban: iban });
		const id = await move('Main', '2600.55', { description: 'Salary for January' });
		const [execution] = await started(workflowId, 1);
		expect(execution.items('Salary came in')).toMatchObject([{ id, amount: 2600.55 }]);
		const after = {
			main: before.main + 70000 - 60000 + 49999 + 90000 + 260055 - 78016 - 26005,
			household: before.household + 78016,
			holiday: before.holiday + 26005,
		};
		expect(await balances()).toEqual(after);

		const again = await execute(file, workflowId, 'Salary came in');
		expect(again.items('Salary came in')).toMatchObject([{ id }]);
		expect(again.items('Move the share')).toMatchObject([
			{ amount: -780.16, description: `30 % of salary (salary-${id})`, skipped: true },
			{ amount: -260.05, description: `10 % of salary (salary-${id})`, skipped: true },
		]);
		await aPoll();
		expect(await suite.n8n.executionIds(workflowId)).toHaveLength(2);
		expect(await balances()).toEqual(after);
	});

	test('if the bank drops the reference, the description prevents duplicates', async () => {
		const workflowId = await importExample(file);
		await move('Main', '1000.00', { description: 'Salary for February' });
		await suite.bank.switches({ merchantReference: 'drop' });
		try {
			const first = await execute(file, workflowId, 'Salary came in');
			expect(first.items('Move the share')).toHaveLength(2);
			// Two to find the newest salary, and three for each share.
			expect(await suite.sent('oAuth2')).toHaveLength(2 + 1 + 4);
			const after = await balances();
			const again = await execute(file, workflowId, 'Salary came in');
			expect(again.items('Move the share')).toMatchObject([{ skipped: true }, { skipped: true }]);
			expect(await balances()).toEqual(after);
		} finally {
			await suite.bank.switches({ merchantReference: 'echo' });
		}
	});
});

describe('keep-at-target.json', () => {
	const file = 'keep-at-target.json';

	test('250 is topped up to 300, 380 is skimmed to 300, 300 is left alone', async () => {
		const workflowId = await importExample(file);
		const run = async () => {
			await suite.bank.clearLog();
			return await execute(file, workflowId, 'Every day at 7');
		};
		await setBalance('Household', 25000);
		const { main, holiday } = await balances();
		await run();
		expect(await balances()).toEqual({ main: main - 5000, household: 30000, holiday });
		expect(await suite.sent('oAuth2')).toHaveLength(3);

		await setBalance('Household', 38000);
		await run();
		const after = { main: main - 5000 + 8000, household: 30000, holiday };
		expect(await balances()).toEqual(after);

		await run();
		expect(await balances()).toEqual(after);
		expect(await suite.sent('oAuth2')).toHaveLength(2);
	});
});

describe('notify-large-payment.json', () => {
	const file = 'notify-large-payment.json';

	test('a mail for each large outgoing payment, and for nothing else', async () => {
		const workflowId = await importExample(file);
		await setBalance('Main', 500000);
		await publish(file, workflowId);
		const { iban } = await accountOf('Household');
		await move('Main', '600.00', { description: 'Comes in' });
		await move('Main', '-499.99', { description: 'Too small' });
		await move('Main', '-600.00', { description: 'Own', counterpartyIban: iban });
		await move('Main', '-512.30', {
			description: 'Naai\u00admachine ☕',
			counterpartyName: 'Café "De Zwaan"',
		});
		await move('Holiday', '-500.00', { description: 'Deposit', counterpartyName: 'Hotel' });
		const mails = await arrived(2);
		const { balance } = await accountOf('Main');
		expect(mails).toEqual([
			{
				to: 'you@example.com',
				subject: '512.30 EUR to Café "De Zwaan"',
				text: expect.stringMatching(
					`^512.30 EUR left your account.\n\nTo: Café "De Zwaan"\nFor: Naai\u00admachine ☕\nWhen: [-0-9]{10} [:0-9]{5}\nThe balance was then: ${balance} EUR\n`,
				),
			},
			expect.objectContaining({ subject: '500.00 EUR to Hotel' }),
		]);
		await aPoll();
		expect(mailbox.take()).toEqual([]);
	});
});

describe('daily-summary.json', () => {
	const file = 'daily-summary.json';

	test("yesterday's payments of all accounts without own transfers, and the balances", async () => {
		const workflowId = await importExample(file);
		const { iban } = await accountOf('Household');
		const [gift, sweets, own] = await backThen(DAY, async () => [
			await move('Holiday', '33.33', { description: 'Gift', counterpartyName: 'Aunt Zoë' }),
			await move('Holiday', '-3.30', { counterpartyName: 'Kiosk' }),
			await move('Holiday', '11.11', { counterpartyIban: iban, counterpartyName: 'Elliot' }),
		]);
		await move('Holiday', '77.77', { description: 'Today' });
		await suite.bank.clearLog();
		const execution = await execute(file, workflowId, 'Every day at 7');
		const open = (await suite.world('oAuth2')).accounts.filter(({ status }) => status === 'ACTIVE');
		// Other suites leave accounts with more payments than a page has.
		const pages = open.map(({ payments }) => Math.max(1, Math.ceil(payments / 200)));
		const reads = pages.reduce((sum, count) => sum + count, 0);
		expect(await suite.sent('oAuth2')).toHaveLength(2 + reads);
		const yesterday = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(
			Date.now() - DAY,
		);
		const [{ to, subject, text }] = await arrived(1);
		expect([to, subject]).toEqual(['you@example.com', `bunq on ${yesterday}`]);
		const lines = text.split('\n');
		expect(lines).not.toContainEqual(expect.stringContaining('Today'));
		expect(lines.slice(lines.indexOf('Balances:') + 1)).toEqual(
			execution
				.items('My accounts')
				.map(({ name, balance }) => `${name}  ${Number(balance).toFixed(2)} EUR`),
		);
		// Shortly after midnight, payments of earlier tests are included.
		const items = execution.items('Payments of yesterday');
		expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([gift, sweets, own]));
		const ibans = open.map((one) => one.iban).filter(Boolean);
		const others = items.filter((one) => !ibans.includes(one.counterpartyIban as string));
		const sum = (sign: number) =>
			others
				.reduce((total, { amount }) => total + Math.max(Number(amount) * sign, 0), 0)
				.toFixed(2);
		expect(lines[0]).toBe('Payments:');
		expect(lines.slice(items.length - 2)).toEqual([
			'Holiday  33.33 EUR  Aunt Zoë  Gift',
			'Holiday  -3.30 EUR  Kiosk',
			'Holiday  11.11 EUR  Elliot',
			'',
			`In ${sum(1)} EUR, out ${sum(-1)} EUR.`,
			...lines.slice(lines.indexOf('Balances:')),
		]);
		const { balance } = await accountOf('Holiday');
		expect(execution.items('My accounts')).toContainEqual(
			expect.objectContaining({ name: 'Holiday', balance: Number(balance) }),
		);
	});
});

describe('low-balance-alert.json', () => {
	const file = 'low-balance-alert.json';

	test('one mail each time the balance falls below the threshold', async () => {
		await setBalance('Main', 15000);
		const workflowId = await importExample(file);
		await publish(file, workflowId);
		await move('Main', '-60.00');
		expect(await arrived(1)).toEqual([
			{
				to: 'you@example.com',
				subject: 'Main: 90.00 EUR left',
				text: 'Main has 90.00 EUR, which is less than 100.00. Before, it had 150.00.',
			},
		]);
		await move('Main', '-10.00');
		await aPoll();
		await move('Main', '20.00');
		await aPoll();
		expect(mailbox.take()).toEqual([]);
		await move('Main', '-0.01');
		expect(await arrived(1)).toMatchObject([{ subject: 'Main: 99.99 EUR left' }]);
		await move('Main', '2400.01');
	});
});

describe('budget files', () => {
	const ids = {} as Record<'coffee' | 'twice' | 'again' | 'late' | 'own', number>;

	beforeAll(async () => {
		ids.coffee = await move('Main', '-12.41', {
			description: 'Koffie, "dubbel" ☕\n twee',
			counterpartyIban: null,
			counterpartyName: 'Café "De Zwaan", A\'dam',
		});
		ids.twice = await move('Main', '-7.77', { description: 'One', counterpartyName: 'Kiosk' });
		ids.again = await move('Main', '-7.77', { description: 'Two', counterpartyName: 'Kiosk' });
		// An amount that no other suite pays: YNAB counts equal ones of a day. 23:30 yesterday in UTC is today in Amsterdam, the time zone of this n8n.
		const midnight = Math.floor(Date.now() / DAY) * DAY;
		ids.late = await backThen(
			Date.now() - midnight + DAY / 48,
			async () => await move('Main', '-93.21', { description: '', counterpartyName: 'Night bus' }),
		);
		const paid = await suite.run(
			{
				resource: 'payment',
				operation: 'create',
				account: locator('name', 'Main'),
				recipientAccount: locator('name', 'Household'),
				amount: 1.11,
				paymentDescription: 'Pocket money',
			},
			{ authentication: 'oAuth2' },
		);
		ids.own = Number(paid.items('Bunq')[0].id);
	});

	/** Runs the export. Returns its files by name, and the payments that it read. */
	const exported = async (file: string, workflowId: string, last: string) => {
		await suite.bank.clearLog();
		const execution = await execute(file, workflowId, 'Every Monday at 6');
		const requests = (await suite.sent('oAuth2')).length;
		const items = execution.runs(last)[0].data?.main[0] as unknown as Array<{
			binary: { data: { id: string; fileName: string; bytes: number } };
		}>;
		const files: Record<string, string> = {};
		for (const { binary } of items) {
			const { id, fileName, bytes } = binary.data;
			const query = new URLSearchParams({ id, action: 'download' });
			const { status, page } = await suite.n8n.visit(`${suite.n8n.url}/rest/binary-data?${query}`);
			// axios removes a byte order mark, but the size includes it.
			expect([fileName, status, Buffer.byteLength(page)]).toEqual([fileName, 200, bytes]);
			files[fileName] = page;
		}
		const payments = execution.items('Payments of 30 days');
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		expect(payments).toHaveLength(main.payments + household.payments);
		const pages = [main, household].map(({ payments: count }) => Math.ceil(count / 200));
		expect(requests).toBe(1 + pages[0] + pages[1]);
		const of = (id: number) => payments.filter(({ accountId }) => accountId === id);
		return { execution, files, payments, main: of(main.id), household: of(household.id) };
	};

	/** The day of a payment in Amsterdam. */
	const dayOf = (payments: Json[], id: number) => {
		const { created } = payments.find((one) => one.id === id)!;
		const zone = { timeZone: 'Europe/Amsterdam' };
		return new Intl.DateTimeFormat('sv-SE', zone).format(new Date(String(created)));
	};

	/** The rows of a table without its header. */
	const linesOf = (table: string, head: string) => {
		expect(table.startsWith(`${head}\n`)).toBe(true);
		expect(table.endsWith('\n')).toBe(true);
		return table.trimEnd().split('\n').slice(1);
	};

	test('budget-ynab.json: a file per account, with rows that YNAB recognizes', async () => {
		const workflowId = await importExample('budget-ynab.json');
		const { files, main, household, execution } = await exported(
			'budget-ynab.json',
			workflowId,
			'CSV file',
		);
		expect(Object.keys(files).sort()).toEqual(['ynab-Household.csv', 'ynab-Main.csv']);
		const HEAD = 'Date,Payee,Memo,Amount';
		expect(linesOf(files['ynab-Household.csv'], HEAD)).toHaveLength(household.length);
		const lines = linesOf(files['ynab-Main.csv'], HEAD);
		expect(lines).toHaveLength(main.length);
		const today = dayOf(main, ids.coffee);
		expect(lines.slice(-5)).toEqual([
			`${today},"Café ""De Zwaan"", A'dam","Koffie, ""dubbel"" ☕ twee",-12.41`,
			`${today},Kiosk,One,-7.77`,
			`${today},Kiosk,Two,-7.77`,
			`${dayOf(main, ids.late)},Night bus,,-93.21`,
			`${today},Transfer : Household,Pocket money,-1.11`,
		]);
		const late = main.find(({ id }) => id === ids.late)!;
		expect(dayOf(main, ids.late)).not.toBe(String(late.created).slice(0, 10));

		/** By account name. */
		const transactionsOf = (run: Execution): Record<string, Json[]> =>
			Object.fromEntries(
				run.items('Rows').map((row) => [String(row.account), row.transactions as Json[]]),
			);
		const transactions = transactionsOf(execution);
		expect(transactions.Household).toHaveLength(household.length);
		expect(transactions.Main.slice(-5, -1)).toEqual([
			{
				date: today,
				amount: -12410,
				payee_name: `Café "De Zwaan", A'dam`,
				memo: 'Koffie, "dubbel" ☕ twee',
				cleared: 'cleared',
				import_id: `YNAB:-12410:${today}:1`,
			},
			expect.objectContaining({ memo: 'One', import_id: `YNAB:-7770:${today}:1` }),
			expect.objectContaining({ memo: 'Two', import_id: `YNAB:-7770:${today}:2` }),
			expect.objectContaining({ import_id: `YNAB:-93210:${dayOf(main, ids.late)}:1` }),
		]);
		const importIds = transactions.Main.map(({ import_id }) => String(import_id));
		expect(new Set(importIds).size).toBe(main.length);
		expect(Math.max(...importIds.map(({ length }) => length))).toBeLessThanOrEqual(36);

		await move('Main', '-7.77', { description: 'Three', counterpartyName: 'Kiosk' });
		const later = await exported('budget-ynab.json', workflowId, 'CSV file');
		expect(linesOf(later.files['ynab-Main.csv'], HEAD)).toEqual([
			...lines,
			`${today},Kiosk,Three,-7.77`,
		]);
		expect(transactionsOf(later.execution).Main).toEqual([
			...transactions.Main,
			expect.objectContaining({ import_id: `YNAB:-7770:${today}:3` }),
		]);
	});

	test("budget-actual.json: a CSV and a JSON file per account, with bunq's IDs", async () => {
		const workflowId = await importExample('budget-actual.json');
		const first = await exported('budget-actual.json', workflowId, 'Files');
		const { files, main, household } = first;
		expect(Object.keys(files).sort()).toEqual([
			'actual-Household.csv',
			'actual-Household.json',
			'actual-Main.csv',
			'actual-Main.json',
		]);
		const lines = linesOf(files['actual-Main.csv'], 'Date,Payee,Notes,Amount');
		expect(lines).toHaveLength(main.length);
		const today = dayOf(main, ids.coffee);
		expect(lines).toContain(
			`${today},"Café ""De Zwaan"", A'dam","Koffie, ""dubbel"" ☕ twee",-12.41`,
		);
		expect(JSON.parse(files['actual-Household.json'])).toHaveLength(household.length);
		const rows = JSON.parse(files['actual-Main.json']) as Json[];
		expect(rows.map(({ imported_id }) => imported_id)).toEqual(
			main
				.map(({ id }) => Number(id))
				.sort((a, b) => a - b)
				.map((id) => `bunq:${id}`),
		);
		expect(rows.find(({ imported_id }) => imported_id === `bunq:${ids.coffee}`)).toEqual({
			date: today,
			amount: -1241,
			payee_name: `Café "De Zwaan", A'dam`,
			notes: 'Koffie, "dubbel" ☕ twee',
			imported_id: `bunq:${ids.coffee}`,
			cleared: true,
		});
		const cents = rows.reduce((sum, { amount }) => sum + Number(amount), 0);
		expect(cents).toBe(await balanceOf('Main'));

		await move('Main', '-0.29', { counterpartyName: 'Kiosk' });
		const later = await exported('budget-actual.json', workflowId, 'Files');
		const laterRows = JSON.parse(later.files['actual-Main.json']) as Json[];
		expect(laterRows.slice(0, -1)).toEqual(rows);
		expect(laterRows.at(-1)).toMatchObject({ amount: -29 });
	});

	test("budget-lunch-money.json: a CSV and a JSON file per account, with bunq's IDs, and own transfers named", async () => {
		const workflowId = await importExample('budget-lunch-money.json');
		const { files, main } = await exported('budget-lunch-money.json', workflowId, 'Files');
		expect(Object.keys(files).sort()).toEqual([
			'lunch-money-Household.csv',
			'lunch-money-Household.json',
			'lunch-money-Main.csv',
			'lunch-money-Main.json',
		]);
		const HEAD = 'Date,Payee,Amount,Notes,External ID';
		expect(linesOf(files['lunch-money-Main.csv'], HEAD)).toHaveLength(main.length);
		const rows = JSON.parse(files['lunch-money-Main.json']) as Json[];
		expect(rows.find((row) => row.external_id === `bunq-${ids.coffee}`)).toEqual({
			date: dayOf(main, ids.coffee),
			amount: '-12.41',
			currency: 'eur',
			payee: `Café "De Zwaan", A'dam`,
			notes: 'Koffie, "dubbel" ☕ twee',
			external_id: `bunq-${ids.coffee}`,
			status: 'uncleared',
		});
		const other = JSON.parse(files['lunch-money-Household.json']) as Json[];
		const both = [...rows, ...other].filter(({ notes }) => notes === 'Pocket money');
		expect(both.map(({ payee, amount }) => [payee, amount])).toEqual([
			['Transfer : Household', '-1.11'],
			['Transfer : Main', '1.11'],
		]);
	});

	test('budget-firefly-iii.json: one file for all accounts, own transfers once, and the roles of its columns', async () => {
		const workflowId = await importExample('budget-firefly-iii.json');
		const first = await exported('budget-firefly-iii.json', workflowId, 'Files');
		const { files, payments } = first;
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		const own = [main.iban, household.iban];
		const HEAD =
			'date,amount,currency,description,account_iban,opposing_iban,opposing_name,external_id';
		const lines = linesOf(files['firefly-iii.csv'], HEAD);
		const arrivals = payments.filter(
			({ amount, counterpartyIban }) =>
				Number(amount) > 0 && own.includes(String(counterpartyIban)),
		);
		expect(arrivals.length).toBeGreaterThan(0);
		expect(lines).toHaveLength(payments.length - arrivals.length);
		const today = dayOf(payments, ids.coffee);
		expect(lines).toContain(
			`${today},-12.41,EUR,"Koffie, ""dubbel"" ☕ twee",${main.iban},,"Café ""De Zwaan"", A'dam",bunq-${ids.coffee}`,
		);
		expect(lines).toContain(
			`${dayOf(payments, ids.late)},-93.21,EUR,Night bus,${main.iban},,Night bus,bunq-${ids.late}`,
		);
		const pocketMoney = lines.filter((line) => line.includes('Pocket money'));
		expect(pocketMoney).toEqual([
			expect.stringMatching(
				`^${today},-1.11,EUR,Pocket money,${main.iban},${household.iban},[^,]+,bunq-${ids.own}$`,
			),
		]);

		const { roles, ...configuration } = JSON.parse(files['firefly-iii.json']);
		expect(roles).toEqual([
			'date_transaction',
			'amount',
			'currency-code',
			'description',
			'account-iban',
			'opposing-iban',
			'opposing-name',
			'external-id',
		]);
		expect(configuration).toMatchObject({
			version: 3,
			date: 'Y-m-d',
			delimiter: 'comma',
			headers: true,
			duplicate_detection_method: 'cell',
			unique_column_index: HEAD.split(',').indexOf('external_id'),
			unique_column_type: 'external-id',
		});

		await move('Household', '-0.29', { counterpartyName: 'Kiosk' });
		const later = await exported('budget-firefly-iii.json', workflowId, 'Files');
		expect(linesOf(later.files['firefly-iii.csv'], HEAD).slice(0, -1)).toEqual(lines);
	});
});

describe('invoices-to-one-draft.json', () => {
	const file = 'invoices-to-one-draft.json';
	const TRIGGER = 'When you press Execute';

	test('one draft for all invoices that are in no pending or approved draft', async () => {
		await setBalance('Main', 250000);
		const draft = async (recipientIban: string, description: string) =>
			await suite.run(
				{
					resource: 'draftPayment',
					operation: 'create',
					account: locator('name', 'Main'),
					recipientType: 'iban',
					recipientIban,
					recipientName: 'Somebody else',
					amount: 120,
					paymentDescription: description,
				},
				{ authentication: 'oAuth2' },
			);
		// Neither is an invoice of the list: another number, another IBAN.
		await draft('DE89370400440532013000', 'Invoice RE-881');
		await draft('NL91ABNA0417164300', 'Invoice RE-88');
		const main = await balanceOf('Main');
		const workflowId = await importExample(file);
		const run = async () => {
			await suite.bank.clearLog();
			const execution = await execute(file, workflowId, TRIGGER);
			const sent = await suite.sent('oAuth2');
			const writes = sent.filter((one) => one.startsWith('POST'));
			return {
				drafts: execution.items('One draft'),
				writes: writes.length,
				requests: sent.length,
			};
		};

		const first = await run();
		expect(first).toMatchObject({
			drafts: [{ entries: 3, amount: 192.25, currency: 'EUR', status: 'PENDING' }],
			writes: 1,
			requests: 4,
		});
		expect(await run()).toEqual({ drafts: [], writes: 0, requests: 2 });

		await suite.bank.rejectDraft(Number(first.drafts[0].id));
		const second = await run();
		expect(second).toMatchObject({ drafts: [{ entries: 3 }], writes: 1 });
		expect(second.drafts[0].id).not.toBe(first.drafts[0].id);
		expect(await balanceOf('Main')).toBe(main);

		const paid = await suite.bank.approveDraft(Number(second.drafts[0].id));
		expect(paid).toHaveLength(3);
		expect(await balanceOf('Main')).toBe(main - 19225);
		expect(await run()).toEqual({ drafts: [], writes: 0, requests: 2 });
		expect(await balanceOf('Main')).toBe(main - 19225);
	});

	/** Replaces the list of invoices, as its note says. */
	const withInvoices = async (invoices: Json[]) => {
		const workflow = read(file);
		const list = workflow.nodes.find(({ name }) => name === 'Invoices')!;
		const [one] = (list.parameters.assignments as { assignments: Json[] }).assignments;
		one.value = JSON.stringify(invoices);
		return await importExample(file, workflow);
	};
	const invoice = (number: unknown) => ({
		number,
		name: 'Wholesale',
		iban: 'nl91 abna 0417 1643 00',
		amount: 0.5,
	});

	test('fifty invoices per run, each once', async () => {
		const numbers = Array.from({ length: 52 }, (_, index) => 9000 + index);
		const workflowId = await withInvoices([9000, ...numbers, '9001'].map(invoice));
		const run = async () => (await execute(file, workflowId, TRIGGER)).items('One draft');
		expect(await run()).toMatchObject([{ entries: 50, amount: 25 }]);
		expect(await run()).toMatchObject([{ entries: 2, amount: 1 }]);
		expect(await run()).toEqual([]);
	});

	test('with an invoice without a number, nothing is sent', async () => {
		const workflowId = await withInvoices([invoice('9100'), invoice(' ')]);
		const { status, error } = await suite.n8n.runManually(workflowId, TRIGGER);
		expect([status, error?.message]).toEqual([
			'error',
			expect.stringContaining('Invoice 2 has no number'),
		]);
		expect((await suite.sent('oAuth2')).filter((one) => one.startsWith('POST'))).toEqual([]);
	});
});

describe('request-money.json', () => {
	const file = 'request-money.json';

	test('everyone is asked once, answers come by mail, and open requests are listed', async () => {
		const workflowId = await importExample(file);
		const ask = async () =>
			(await execute(file, workflowId, 'When you press Execute')).items('Ask');
		const [anna, sam] = await backThen(8 * DAY, async () => {
			await suite.bank.clearLog();
			const asked = await ask();
			expect(await suite.sent('oAuth2')).toHaveLength(1 + 2 * 3);
			expect(asked).toMatchObject([
				{ status: 'PENDING', amount: 42.5, payUrl: expect.stringContaining('https://bunq.me/') },
				{ status: 'PENDING', amount: 42.5, payUrl: null },
			]);
			expect(await arrived(1)).toEqual([
				{
					to: 'anna@example.com',
					subject: 'Your share of the weekend',
					text: `Hello Anna,\n\nyou can pay 42.50 EUR for "Your share of the weekend" here:\n\n${asked[0].payUrl}`,
				},
			]);
			expect(await ask()).toMatchObject(asked.map(({ id }) => ({ id, skipped: true })));
			return asked.map(({ id }) => Number(id));
		});
		expect(mailbox.take()).toEqual([]);

		await suite.bank.clearLog();
		await execute(file, workflowId, 'Every Monday at 8');
		expect(await suite.sent('oAuth2')).toHaveLength(2);
		const [list] = await arrived(1);
		expect(list.subject).toBe('2 open for more than 7 days');
		expect(list.text.split('\n')).toEqual([
			expect.stringContaining('Your share of the weekend (weekend-sam)'),
			expect.stringMatching(/anna@example\.com: .*\(weekend-anna\) {2}https:\/\/bunq\.me\//),
		]);

		const main = await balanceOf('Main');
		await publish(file, workflowId);
		await suite.bank.answerRequest(anna, 'ACCEPTED');
		await suite.bank.answerRequest(sam, 'REJECTED');
		const mails = await arrived(2);
		expect(mails).toHaveLength(2);
		expect(mails).toContainEqual({
			to: 'you@example.com',
			subject: 'anna@example.com paid 42.50 EUR',
			text: 'anna@example.com paid 42.50 EUR.\n\nFor: Your share of the weekend (weekend-anna)',
		});
		expect(mails).toContainEqual({
			to: 'you@example.com',
			subject: 'S. Friend did not pay 42.50 EUR',
			text: 'S. Friend said no.\n\nFor: Your share of the weekend (weekend-sam)',
		});
		expect(await balanceOf('Main')).toBe(main + 4250);

		expect(await ask()).toMatchObject([{ id: anna, skipped: true }, { status: 'PENDING' }]);
		expect(mailbox.take()).toEqual([]);
	});
});

describe('links-from-a-sheet.json', () => {
	const file = 'links-from-a-sheet.json';

	/** n8n's table of the example, as its editor reads and writes it. */
	const openSheet = async (tableId: string) => {
		const { id: projectId } = await suite.n8n.call('GET', '/projects/personal');
		const url = `/projects/${String(projectId)}/data-tables/${tableId}`;
		return {
			add: async (rows: Json[]) =>
				await suite.n8n.call('POST', `${url}/insert`, { data: rows, returnType: 'count' }),
			rows: async () =>
				(await suite.n8n.call<{ data: Json[] }>('GET', `${url}/rows?sortBy=id:asc`)).data,
		};
	};

	test('each row gets one link in a mail, and says who paid, also of a second payment', async () => {
		const workflowId = await importExample(file);
		const run = async () => await execute(file, workflowId, 'Every 15 minutes');
		const [{ id: tableId }] = (await run()).items('The sheet');
		const sheet = await openSheet(String(tableId));
		await sheet.add([
			{ name: 'Anna', email: 'anna@example.com', amount: 12.5, text: 'Ticket', send: true },
			{ name: 'Sam', email: 'sam@example.com', amount: 0, text: 'A zero', send: true },
			{ name: 'Zoë', email: 'zoe@example.com', amount: 8, text: 'Not ticked' },
		]);
		await suite.bank.clearLog();
		const execution = await run();
		expect((await suite.sent('oAuth2')).map((one) => one.replace(/\d+/g, '1'))).toEqual([
			'GET /user/1/monetary-account',
			'POST /user/1/monetary-account/1/bunqme-tab',
			'GET /user/1/monetary-account/1/bunqme-tab/1',
		]);
		const [link] = execution.items('Create the link');
		expect(link).toMatchObject({ amount: 12.5, url: expect.stringMatching('^https://bunq.me/t/') });
		expect(await sheet.rows()).toMatchObject([
			{ linkId: String(link.id), link: link.url, problem: '', paid: null },
			{ link: null, problem: expect.stringMatching(/^"Amount" must be more than zero/) },
			{ link: null, problem: null },
		]);
		expect(await arrived(1)).toEqual([
			{
				to: 'anna@example.com',
				subject: 'Ticket',
				text: `Hello Anna,\n\nyou can pay 12.50 EUR for "Ticket" here:\n\n${String(link.url)}`,
			},
		]);
		expect((await run()).items('Create the link')).toEqual([]);

		// A link whose address cannot be read is mailed to nobody; the next run makes another.
		await sheet.add([
			{ name: 'Bob', email: 'bob@example.com', amount: 3, text: 'Later', send: true },
		]);
		const path = 'bunqme-tab/\\d+$';
		await suite.bank.fault({ kind: 'drop-before', method: 'GET', path, times: 2 });
		await run();
		expect((await sheet.rows()).at(-1)).toMatchObject({
			linkId: null,
			link: null,
			problem: 'bunq made the link, but its address could not be read',
		});
		expect(mailbox.take()).toEqual([]);
		await run();
		const [{ link: another, problem }] = (await sheet.rows()).slice(-1);
		expect(problem).toBe('');
		expect((await arrived(1))[0].text).toContain(String(another));

		await publish(file, workflowId);
		await suite.bank.payLink(Number(link.id), { name: 'A. de Vries' });
		await suite.bank.payLink(Number(link.id), { name: 'Anna "A." O\'Neil' });
		for (let waited = 0; waited < 30_000; waited += 500) {
			if ((await sheet.rows())[0].paid === 25) break;
			await sleep(500);
		}
		expect(await sheet.rows()).toMatchObject([
			{
				linkId: String(link.id),
				paid: 25,
				paidBy: 'A. de Vries 12.50, Anna "A." O\'Neil 12.50',
			},
			...Array(3).fill({ paid: null, paidBy: null }),
		]);
		expect(mailbox.take()).toEqual([]);
	});
});

describe('ai-agent.json', () => {
	const file = 'ai-agent.json';

	test('answers about balances and payments, and prepares a draft, which moves no money before approval', async () => {
		await move('Main', '-23.45', { counterpartyName: 'Groene Kruidenier' });
		const workflowId = await importExample(file);
		const sessionId = randomUUID();
		/** Sends a message as n8n's chat does. */
		const chat = async (chatInput: string, lines: Line[]) => {
			model.script(lines);
			await suite.bank.clearLog();
			await suite.n8n.call('POST', `/workflows/${workflowId}/run`, {
				triggerToStartFrom: { name: 'Chat' },
				chatSessionId: sessionId,
			});
			await axios.post(`${suite.n8n.url}/webhook-test/${workflowId}/${sessionId}`, {
				sessionId,
				action: 'sendMessage',
				chatInput,
			});
			const [id] = await suite.n8n.executionIds(workflowId);
			const execution = await suite.n8n.finished(id);
			expect(execution.error?.message).toBeUndefined();
			ran.add(file);
			const requests = model.requests();
			const results = (requests.at(-1)?.messages ?? [])
				.filter(({ role }) => role === 'tool')
				.map(({ content }) => JSON.parse(String(content)) as Json[]);
			const sent = await suite.sent('oAuth2');
			return { said: execution.items('Agent')[0]?.output, requests, results, sent };
		};

		const first = await chat('What do I have?', [{ tool: 'List_accounts', args: {} }, 'A lot.']);
		expect(first.said).toBe('A lot.');
		expect(first.sent).toHaveLength(1);
		expect(first.requests[0].tools.map(({ function: { name } }) => name).sort()).toEqual([
			'List_accounts',
			'List_payments',
			'Prepare_a_payment',
		]);
		const main = await accountOf('Main');
		expect(first.results[0]).toContainEqual(
			expect.objectContaining({ name: 'Main', balance: Number(main.balance) }),
		);

		const second = await chat('And at the grocer?', [
			{ tool: 'List_payments', args: { account: 'Main', counterparty: 'kruidenier' } },
			'23.45 euros.',
		]);
		expect(second.results.at(-1)).toMatchObject([
			{ amount: -23.45, counterpartyName: 'Groene Kruidenier' },
		]);
		expect(second.sent).toHaveLength(2);
		expect(JSON.stringify(second.requests[0].messages)).toContain('What do I have?');

		const [{ iban, displayName }] = (await suite.world('oAuth2')).thirdParties;
		const third = await chat('Pay Sam 4.56 for pizza', [
			{
				tool: 'Prepare_a_payment',
				args: { iban, name: displayName, amount: '4.56', description: 'Pizza' },
			},
			'It waits for your approval.',
		]);
		const [{ id, status, amount }] = third.results.at(-1)!;
		expect([status, amount, third.said]).toEqual(['PENDING', 4.56, 'It waits for your approval.']);
		expect(third.sent).toHaveLength(2);
		expect(await accountOf('Main')).toEqual(main);
		await suite.bank.approveDraft(Number(id));
		expect(await balanceOf('Main')).toBe(Math.round(Number(main.balance) * 100) - 456);
	});
});

describe('agent-with-approval.json', () => {
	const file = 'agent-with-approval.json';

	/** Asks for a transfer in n8n's chat. Returns the mail that asks for approval. */
	const askFor = async (amount: number, end: string) => {
		const workflowId = await importExample(file);
		const sessionId = randomUUID();
		const order = { from: 'Main', to: 'Holiday', amount, text: 'For the tent' };
		const args = { toolParameters: order, hitlParameters: {} };
		model.script([{ tool: 'Move_money', args }, end]);
		await suite.n8n.call('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: 'Chat' },
			chatSessionId: sessionId,
		});
		const url = `${suite.n8n.url}/webhook-test/${workflowId}/${sessionId}`;
		const chatInput = `Move ${amount} euros to Holiday`;
		const message = { sessionId, action: 'sendMessage', chatInput };
		// n8n answers with 500, as the execution waits.
		await axios.post(url, message, { validateStatus: () => true });
		const [mail] = await arrived(1);
		const [id] = await suite.n8n.executionIds(workflowId);
		return { mail, id };
	};

	/** Presses a button of the mail in a browser: n8n ignores programs, which open links to look at them. */
	const press = async ({ text }: Mail, isApproved: boolean) => {
		const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link]) =>
			link.replace(/&amp;/g, '&'),
		);
		const link = links.find((one) => one.includes(`approved=${isApproved}`))!;
		const headers = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' };
		return await axios.get(link, { headers, validateStatus: () => true });
	};

	/** What the agent said in the end. */
	const saidBy = (execution: Execution) =>
		execution
			.runs('Agent')
			.map(({ data }) => data?.main[0]?.[0]?.json.output)
			.filter(Boolean);

	test('money moves only after the mail was approved, exactly as it says', async () => {
		await setBalance('Main', 50000);
		const before = await balances();
		const { mail, id } = await askFor(12.34, 'It is done.');
		expect(mail.subject).toBe('Move 12.34 euros to Holiday?');
		expect(mail.text).toContain('12.34 euros from Main to Holiday. Text: For the tent');
		expect(await balances()).toEqual(before);

		await press(mail, true);
		const execution = await suite.n8n.finished(id);
		expect(execution.error?.message).toBeUndefined();
		expect(saidBy(execution)).toEqual(['It is done.']);
		ran.add(file);
		expect(await balances()).toEqual({
			...before,
			main: before.main - 1234,
			holiday: before.holiday + 1234,
		});
		// The same button again pays nothing more.
		await press(mail, true);
		await sleep(1_000);
		expect((await balances()).main).toBe(before.main - 1234);
	});

	test('declined: nothing is sent to bunq, and the model is told', async () => {
		const before = await balances();
		await suite.bank.clearLog();
		const { mail, id } = await askFor(23.45, 'You declined.');
		await press(mail, false);
		const execution = await suite.n8n.finished(id);
		expect(saidBy(execution)).toEqual(['You declined.']);
		expect(JSON.stringify(model.requests().at(-1)?.messages)).toContain(
			'User rejected the tool call',
		);
		expect((await suite.sent('oAuth2')).filter((one) => one.startsWith('POST'))).toEqual([]);
		expect(await balances()).toEqual(before);
	});
});

describe('invoices-from-mail.json', () => {
	const file = 'invoices-from-mail.json';
	const pdf = (text: string) => {
		const bytes = Buffer.from(`%PDF-1.4\n${text}`);
		return { data: bytes.toString('base64'), mimeType: 'application/pdf', fileName: `${text}.pdf` };
	};

	afterEach(async () => {
		await suite.bank.switches({ oauthMayNote: false, oauthMayUpload: false });
	});

	test('the PDF of a mail comes to the one payment that fits; otherwise a mail says so', async () => {
		await suite.bank.switches({ oauthMayNote: true, oauthMayUpload: true });
		const paid = await move('Main', '-1045.90', { counterpartyName: 'Webshop' });
		await move('Main', '-8.13');
		await move('Household', '-8.13');
		const mail = (subject: string, text: string, name: string) => ({
			json: { subject, text, from: { text: 'Webshop <shop@example.com>' } },
			binary: {
				attachment_0: pdf(name),
				attachment_1: { ...pdf('x'), mimeType: 'image/png', fileName: 'logo.png' },
			},
		});
		const trigger = 'Mail with an invoice';
		const workflowId = await importExample(file, {
			...read(file),
			pinData: {
				[trigger]: [
					mail('Invoice 7', 'Total: € 1.045,90 incl. VAT', 'Invoice 7'),
					mail('Invoice 8', 'You paid 8.13 EUR', 'Invoice 8'),
					mail('Hello', 'No amount at all', 'Brochure'),
				],
			},
		});
		const execution = await execute(file, workflowId, trigger);
		expect(execution.items('Add the PDF')).toMatchObject([
			{ type: 'file', content: 'Invoice 7.pdf', attachedTo: 'payment', attachedToId: paid },
		]);
		const order = { resource: 'note', operation: 'downloadFiles', subjectId: String(paid) };
		const account = locator('name', 'Main');
		const found = await suite.run({ ...order, account }, { authentication: 'oAuth2' });
		expect(found.items('Bunq')).toMatchObject([
			{ fileName: 'Invoice 7.pdf', mimeType: 'application/pdf' },
		]);
		const mails = await arrived(2);
		expect(mails.map(({ subject }) => subject).sort()).toEqual([
			'No payment found for Brochure.pdf',
			'No payment found for Invoice 8.pdf',
		]);
		const of8 = mails.find(({ subject }) => subject.includes('Invoice 8'))!;
		expect(of8.text).toMatch(/^2 payments of the last 30 days fit .* Nothing was added\.$/);
		expect(Object.keys(of8.files ?? {})).toEqual(['Invoice 8.pdf']);
	});
});

describe('monthly-statements.json', () => {
	const file = 'monthly-statements.json';

	test("last month's statement of each account comes to a folder and by mail", async () => {
		await suite.bank.switches({ oauthMayUseTheRest: true });
		const folder = filesFolder(running().options.userFolder);
		mkdirSync(folder, { recursive: true });
		const workflow = read(file);
		// The folder is a setting that the note names.
		const nodes = workflow.nodes.map((node) =>
			node.name === 'Save'
				? {
						...node,
						parameters: { ...node.parameters, fileName: `=${folder}/{{ $json.fileName }}` },
					}
				: node,
		);
		const workflowId = await importExample(file, { ...workflow, nodes });
		const execution = await execute(file, workflowId, 'First of the month');
		await suite.bank.switches({ oauthMayUseTheRest: false });
		const accounts = execution.items('My accounts');
		expect(accounts.length).toBeGreaterThan(2);
		const month = DateTime.now().setZone('Europe/Amsterdam').minus({ months: 1 });
		const names = accounts.map(
			({ name }) =>
				`${String(name).toLowerCase().replace(/ /g, '-')}-${month.toFormat('yyyy-MM')}.csv`,
		);
		expect(execution.items('Statement')).toMatchObject(
			accounts.map(({ id }, index) => ({
				accountId: id,
				status: 'COMPLETED',
				fileName: names[index],
				dateStart: month.startOf('month').toISODate(),
				dateEnd: month.endOf('month').toISODate(),
			})),
		);
		const mails = await arrived(accounts.length);
		for (const name of names) {
			const saved = readFileSync(join(folder, name));
			expect(saved.toString()).toMatch(/^"Date";"Interest Date"/);
			const mail = mails.find(({ subject }) => subject === `Statement ${name}`)!;
			expect(mail.files?.[name]).toEqual(saved);
		}
	});
});

describe('token-relay.json', () => {
	const file = 'token-relay.json';

	test("passes on bunq's answer", async () => {
		const workflowId = await importExample(file);
		await publish(file, workflowId);
		const { nodes } = await suite.n8n.call<WorkflowData>('GET', `/workflows/${workflowId}`);
		const { webhookId } = nodes.find(({ type }) => type.endsWith('TokenRelayTrigger'))!;
		const { oauth } = await suite.world('oAuth2');
		const form = new URLSearchParams({
			grant_type: 'authorization_code',
			code: 'f'.repeat(64),
			redirect_uri: 'http://localhost:5678/rest/oauth2-credential/callback',
			client_id: oauth.clientId,
			client_secret: oauth.clientSecret,
		});
		const answer = await axios.post(`${suite.n8n.url}/webhook/${webhookId}/bunq-token`, form, {
			validateStatus: () => true,
		});
		expect([answer.status, answer.data]).toEqual([
			400,
			{ error: 'invalid_grant', error_description: expect.any(String) },
		]);
		const [{ path, query }] = await suite.bank.log();
		expect([path, query.code]).toEqual(['/v1/token', 'f'.repeat(64)]);
	});
});

test('every example was run', () => {
	expect([...ran].sort()).toEqual(
		readdirSync(folder)
			.filter((name) => name.endsWith('.json'))
			.sort(),
	);
});
