import './resolveTsBeforeJson';
import '../test/support/environment';
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { IDataObject } from 'n8n-workflow';
import {
	STRICTER_THAN_BUNQ,
	startSimulator,
	type LoggedRequest,
	type Simulator,
} from '../test/simulator';
import { redirectTo } from '../test/simulator/http/redirect.cjs';
import { runNode } from '../test/support/engine';
import { emptyItems, locator } from '../test/support/parameters';
import { TriggerHarness } from '../test/support/triggerHarness';
import { filesOf, packageName, packPackage, repo } from './pack';
import { showProgress } from './progress.cjs';

/**
 * `npm run bench`: measures this package, and any other client, against one simulator in one run. docs/performance.md
 * explains the numbers.
 */
const USAGE = `npm run bench -- [--client '<command>'] [--package <folder>]

--client   a command of another client that does {task}; docs/performance.md has the tasks and the other values
--package  the unpacked package of another client: its size and the time it takes to load`;

const PAYMENTS = 1_234;
const ORDERS = 20;
/** Longer than bunq's window of three seconds, so that no task waits for limits that the previous one used up. */
const BETWEEN_MS = 3_200;
/** The same for clients that open a session for every task. */
const BETWEEN_AT_BANK_MS = 60_000;
const LONGEST_MS = 300_000;
const HANDSHAKE = /^\/v1\/(installation|device-server|session-server)$/;

/** In this order; each task finds the state that the earlier ones left. */
const TASKS = [
	{ task: 'get', label: 'One payment, cold' },
	{ task: 'get', label: 'One payment, warm' },
	{ task: 'list', label: `Listing ${PAYMENTS.toLocaleString('en')} payments` },
	{ task: 'pay', label: `${ORDERS} payments` },
	{ task: 'poll', label: 'Idle poll, one account', twice: true },
	{ task: 'poll-all', label: 'Idle poll, all accounts', twice: true },
] as const;
type Task = (typeof TASKS)[number]['task'];

/** The IDs and keys of the simulated bank that a client gets. */
interface Values {
	/** The base URL of bunq's API: plain HTTP, with `/v1`. */
	base: string;
	/** An API key, and an OAuth access token. */
	key: string;
	token: string;
	/** The account with the payments, and one of its payments. */
	account: string;
	payment: string;
	/** Own accounts: the payer and the recipient. */
	from: string;
	to: string;
	toIban: string;
	count: string;
	/** A folder for state, empty before the first task and kept until the last one. */
	state: string;
}

interface Client {
	name: string;
	/** Does a task. Returns a remark if the result is wrong. */
	perform(task: Task, values: Values): Promise<string | undefined>;
}

interface Figures {
	requests: number;
	handshake: number;
	refused: number;
	/** From the first request to the last one, in milliseconds. */
	atBank: number;
	/** From start to end, in milliseconds. */
	whole: number;
	remark?: string;
}

/** This package, in n8n's own engine in this process. */
const ourselves = (): Client => {
	const triggers = new Map<Task, TriggerHarness>();
	const parametersOf = ({ account, payment, from, to }: Values): Record<Task, IDataObject> => ({
		get: {
			resource: 'payment',
			operation: 'get',
			account: locator('id', account),
			paymentId: payment,
		},
		list: {
			resource: 'payment',
			operation: 'getAll',
			account: locator('id', account),
			returnAll: true,
		},
		pay: {
			resource: 'payment',
			operation: 'create',
			account: locator('id', from),
			recipientType: 'ownAccount',
			recipientAccount: locator('id', to),
			amount: 0.01,
		},
		poll: { event: 'paymentCreated', allAccounts: false, account: locator('id', account) },
		'poll-all': { event: 'paymentCreated' },
	});

	return {
		name: packageName,
		perform: async (task, values) => {
			const credential = { environment: 'production', apiKey: values.key };
			const parameters = { authentication: 'apiKey', ...parametersOf(values)[task] };
			if (task === 'poll' || task === 'poll-all') {
				const known = triggers.get(task);
				if (known) return (await known.tick()) === null ? undefined : 'the poll found something';
				triggers.set(task, new TriggerHarness({ parameters, credential }));
				await triggers.get(task)!.activate();
				return undefined;
			}
			const items = emptyItems(task === 'pay' ? ORDERS : 1);
			const { json, error } = await runNode({ parameters, credential, items });
			if (error) return error.message;
			if (task === 'list' && json.length !== PAYMENTS) return `${json.length} payments were read`;
			return undefined;
		},
	};
};

/** Another client: a shell command that gets each task as `{task}`, `BENCH_TASK` and so on. */
const commandClient = (command: string, { tlsPort, caFile }: Simulator): Client => ({
	name: 'the other client',
	perform: async (task, values) => {
		const told: Record<string, string> = { task, ...values };
		const line = command.replace(/\{(\w+)\}/g, (whole, name: string) => told[name] ?? whole);
		const named = Object.entries(told).map(([name, value]) => [
			`BENCH_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`,
			value,
		]);
		const child = spawn(line, {
			shell: true,
			timeout: LONGEST_MS,
			stdio: ['ignore', 'ignore', 'inherit'],
			env: {
				...process.env,
				...Object.fromEntries(named),
				// For clients that use bunq's own addresses: see test/simulator/http/redirect.cjs.
				BUNQ_SIMULATOR_TLS_PORT: String(tlsPort),
				BUNQ_SIMULATOR_CA_FILE: caFile,
			},
		});
		const [code, signal] = await new Promise<[number | null, string | null]>((done, fail) => {
			child.on('error', fail);
			child.on('close', (...ended) => done(ended));
		});
		return code === 0 ? undefined : `ended with ${code ?? signal}`;
	},
});

/** Resets the bank with new keys, so that no client profits from an earlier one. */
const prepare = async ({ control, url }: Simulator): Promise<Values> => {
	await control.reset(randomUUID());
	const accountId = await control.addAccount({ description: 'Bench', balance: '0.00' });
	const [payment] = await control.addPayments({ accountId, count: PAYMENTS });
	const { apiKey, oauth, accounts } = await control.world('production');
	const own = (description: string) => accounts.find((one) => one.description === description)!;
	return {
		base: `${url}/v1`,
		key: apiKey,
		token: oauth.accessToken,
		account: String(accountId),
		payment: String(payment),
		from: String(own('Main').id),
		to: String(own('Household').id),
		toIban: own('Household').iban ?? '',
		count: String(ORDERS),
		state: mkdtempSync(join(tmpdir(), 'bunq-bench-')),
	};
};

const measure = async (client: Client, simulator: Simulator): Promise<Figures[]> => {
	const values = await prepare(simulator);
	const { control } = simulator;
	const paidFrom = async () => {
		const { accounts } = await control.world('production');
		return accounts.find(({ id }) => String(id) === values.from)!.payments;
	};
	const rest = async () => {
		await pause(BETWEEN_MS);
		await control.advance(BETWEEN_AT_BANK_MS);
	};

	const all: Figures[] = [];
	for (const { task, ...more } of TASKS) {
		if ('twice' in more) {
			await client.perform(task, values);
			await rest();
		}
		const before = await paidFrom();
		await control.clearLog();
		const began = performance.now();
		const said = await client.perform(task, values).catch((error: Error) => error.message);
		const whole = performance.now() - began;
		const paid = (await paidFrom()) - before;
		const remark = task === 'pay' && paid !== ORDERS ? `${paid} of ${ORDERS} were paid` : undefined;
		const remarks = [said, remark].filter(Boolean).join(', ') || undefined;
		all.push({ ...figuresOf(await control.log()), whole, remark: remarks });
		await rest();
	}
	rmSync(values.state, { recursive: true, force: true });
	return all;
};

const figuresOf = (log: LoggedRequest[]) => {
	const times = log.map(({ time }) => Date.parse(time));
	return {
		requests: log.length,
		handshake: log.filter(({ path }) => HANDSHAKE.test(path)).length,
		refused: log.filter(({ status }) => status === 429).length,
		atBank: log.length > 0 ? Math.max(...times) - Math.min(...times) : 0,
	};
};

/** The size and the loading time of a package. */
const weigh = (folder: string) => {
	const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const files = filesOf(folder).filter(({ path }) => !path.startsWith('node_modules'));
	const tarball = readdirSync(dirname(folder)).find((name) => name.endsWith('.tgz'));
	const { nodes = [], credentials = [] } = manifest.n8n ?? {};
	const parts: string[] = [...nodes, ...credentials];
	const entries = (parts.length > 0 ? parts : [manifest.main ?? 'index.js']).map((one) =>
		resolve(folder, one),
	);
	const sum = (list: Array<{ size: number }>) => list.reduce((bytes, { size }) => bytes + size, 0);
	return {
		name: manifest.name as string,
		unpacked: sum(files),
		files: files.length,
		packed: tarball && sum(filesOf(dirname(folder)).filter(({ path }) => path === tarball)),
		dependencies: Object.keys(manifest.dependencies ?? {}).length,
		load: quickest(entries),
	};
};

/**
 * The shortest loading time of five processes, in milliseconds beyond n8n-workflow itself. Undefined if the package cannot
 * be loaded, for example because a dependency is missing.
 */
const quickest = (entries: string[]): number | undefined => {
	const load = `
		try { require('n8n-workflow') } catch {}
		const began = performance.now();
		for (const entry of ${JSON.stringify(entries)}) require(entry);
		console.log(performance.now() - began);`;
	const loaded = Array.from({ length: 5 }, () =>
		spawnSync(process.execPath, ['-e', load], {
			cwd: repo,
			encoding: 'utf8',
			env: { ...process.env, NODE_PATH: join(repo, 'node_modules') },
		}),
	);
	if (loaded.some(({ status }) => status !== 0)) return undefined;
	return Math.min(...loaded.map(({ stdout }) => Number(stdout.trim().split('\n').at(-1))));
};

const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 1000 ? 3 : 1)} s`;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

/** Prints a Markdown table with aligned columns. */
const print = (head: string[], rows: string[][]): void => {
	const widths = head.map((_, column) =>
		Math.max(...[head, ...rows].map((row) => row[column].length)),
	);
	const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
	const rule = widths.map((width) => '-'.repeat(width));
	console.log([head, rule, ...rows].map(line).join('\n') + '\n');
};

const bench = async (): Promise<void> => {
	const { values } = parseArgs({
		options: {
			client: { type: 'string' },
			package: { type: 'string' },
			help: { type: 'boolean' },
		},
	});
	if (values.help) return console.log(USAGE);
	if (values.package && !existsSync(join(values.package, 'package.json')))
		throw new Error(`${values.package} has no package.json\n\n${USAGE}`);

	const simulator = await startSimulator({ switches: STRICTER_THAN_BUNQ });
	redirectTo({ tlsPort: simulator.tlsPort, ca: simulator.caPem });
	try {
		const clients = [
			ourselves(),
			...(values.client ? [commandClient(values.client, simulator)] : []),
		];
		const results: Array<[string, Figures[]]> = [];
		for (const client of clients) {
			const done = showProgress(`Measuring ${client.name}, with bunq's limits in real time`);
			results.push([client.name, await measure(client, simulator)]);
			done('done');
		}
		console.log();
		print(
			['Task', 'Client', 'Requests', 'Handshake', '429', 'At the bank', 'Whole', 'Remark'],
			TASKS.flatMap(({ label }, index) =>
				results.map(([name, { [index]: figures }]) => [
					label,
					name,
					String(figures.requests),
					String(figures.handshake),
					String(figures.refused),
					seconds(figures.atBank),
					seconds(figures.whole),
					figures.remark ?? '',
				]),
			),
		);
	} finally {
		await simulator.stop();
	}

	const packages = [packPackage(), ...(values.package ? [resolve(values.package)] : [])];
	print(
		['Package', 'Packed', 'Unpacked', 'Files', 'Dependencies', 'Load'],
		packages
			.flatMap((folder) => {
				try {
					return [weigh(folder)];
				} catch (error) {
					console.log(`${folder} cannot be weighed: ${(error as Error).message}\n`);
					return [];
				}
			})
			.map(({ name, packed, unpacked, files, dependencies, load }) => [
				name,
				packed ? kilobytes(packed) : '?',
				kilobytes(unpacked),
				String(files),
				String(dependencies),
				load === undefined ? 'cannot be loaded' : `${load.toFixed(0)} ms`,
			]),
	);
};

bench().then(
	// n8n-core keeps the process alive.
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
