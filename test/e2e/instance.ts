import axios from 'axios';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, mkdirSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageName, repo } from '../../scripts/pack';

export interface InstanceOptions {
	/** The folder of the database and the settings; n8n creates `.n8n` in it. */
	userFolder: string;
	port: number;
	/** The unpacked tarball, which is copied to n8n's folder of community packages. */
	packageFolder: string;
	/** The simulator that gets requests to bunq's hosts. */
	simulator: { tlsPort: number; caFile: string };
	/** The simulator's plain HTTP port, for browsers that resolve bunq's real hosts. */
	consentPort?: number;
	/** The origin that n8n takes for its public address, which the simulator passes on. Its editor stays at localhost. */
	publicOrigin?: string;
	/** Another n8n than the suite's, and the Node that it runs on. */
	program?: { node: string; n8n: string };
	/** Default: `start`, the main process. A worker's port answers only health checks, and `webhook` takes only calls. */
	command?: 'start' | 'worker' | 'webhook';
	/** More of n8n's settings, by environment variable. */
	settings?: Record<string, string>;
}

export interface Instance {
	url: string;
	pid: number;
	stop(): Promise<void>;
}

const READY_WITHIN_MS = 300_000;
const STOPPED_WITHIN_MS = 15_000;

const ownProgram = {
	node: join(__dirname, 'node_modules/.bin/node'),
	n8n: join(__dirname, 'node_modules/n8n/bin/n8n'),
};

/** Starts a real n8n with the packed package and waits until its REST interface answers. */
export const startN8n = async (options: InstanceOptions): Promise<Instance> => {
	installPackage(options);
	const log = logFile(options.userFolder);
	// After a restart, what was said before is still there.
	const out = openSync(log, 'a');
	const { program = ownProgram, command = 'start' } = options;
	const child = spawn(
		program.node,
		[
			...['--require', join(repo, 'test/simulator/http/redirect.cjs')],
			...['--require', join(__dirname, 'exitWithParent.cjs')],
			program.n8n,
			command,
		],
		{
			cwd: options.userFolder,
			env: await environment(options),
			stdio: ['ignore', out, out, 'ipc'],
		},
	);
	closeSync(out);
	// The channel only signals the end of this process, and must not keep it alive.
	child.channel?.unref();
	child.unref();

	const url = `http://localhost:${options.port}`;
	const pid = child.pid!;
	try {
		await ready(url, child, command);
	} catch (error) {
		await stopProcess(pid);
		const end = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
		throw new Error(`n8n did not start: ${(error as Error).message}\n${end}\n(${log})`);
	}
	return { url, pid, stop: () => stopProcess(pid) };
};

/** Ends a process that this one started: SIGTERM, then SIGKILL. */
export const stopProcess = async (pid: number): Promise<void> => {
	for (const [signal, patience] of [
		['SIGTERM', STOPPED_WITHIN_MS],
		['SIGKILL', 5_000],
	] as const) {
		if (!send(pid, signal)) return;
		for (let waited = 0; waited < patience; waited += 100) {
			await sleep(100);
			if (!isRunning(pid)) return;
		}
	}
	throw new Error(`Process ${pid} does not end`);
};

export const isRunning = (pid: number) => send(pid, 0);

/**
 * Ports that no operating system gives to connections by itself: one of those could be taken before a program listens on
 * it, or while it is restarted.
 */
const PORTS = { from: 20_000, count: 10_000 };

/** A free port at 127.0.0.1: the given one if it is free, or any. */
export const freePort = async (wanted?: number): Promise<number> => {
	const any = () => PORTS.from + randomInt(PORTS.count);
	for (const port of [wanted ?? any(), ...Array.from({ length: 20 }, any)])
		if (await isFree(port)) return port;
	throw new Error('No free port');
};

const isFree = async (port: number) =>
	await new Promise<boolean>((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});

/** The log file of a started n8n. */
export const logFile = (userFolder: string) => join(userFolder, 'n8n.log');

const installPackage = ({ userFolder, packageFolder }: InstanceOptions): void => {
	const target = join(userFolder, '.n8n/nodes/node_modules', packageName);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(target, { recursive: true });
	cpSync(packageFolder, target, { recursive: true });
};

/** The one folder in which the workflows of an instance may write files. */
export const filesFolder = (userFolder: string) => join(userFolder, 'files');

/** Passes on the environment without the settings of other n8n instances. */
const environment = async (options: InstanceOptions) => {
	const { userFolder, port, simulator, consentPort, publicOrigin, settings } = options;
	const inherited = Object.entries(process.env).filter(
		([name]) => !/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|NODE_|JEST_|npm_)|_PROXY$/i.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		BUNQ_SIMULATOR_TLS_PORT: String(simulator.tlsPort),
		BUNQ_SIMULATOR_CA_FILE: simulator.caFile,
		...(consentPort && {
			BUNQ_SIMULATOR_PORT: String(consentPort),
			EXTERNAL_HOOK_FILES: join(__dirname, 'consent.hook.cjs'),
		}),
		...(publicOrigin && {
			WEBHOOK_URL: `${publicOrigin}/`,
			N8N_EDITOR_BASE_URL: `http://localhost:${port}`,
			BUNQ_SIMULATOR_PUBLIC_HOST: new URL(publicOrigin).host,
		}),
		N8N_USER_FOLDER: userFolder,
		// Fixed, so that the same folder can be opened again even without its settings file.
		N8N_ENCRYPTION_KEY: 'a key for a demonstration',
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_SECURE_COOKIE: 'false',
		// Nothing may leave this machine.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		GENERIC_TIMEZONE: 'Europe/Amsterdam',
		// Where workflows may write files.
		N8N_RESTRICT_FILE_ACCESS_TO: filesFolder(userFolder),
		...settings,
	};
};

const ready = async (
	url: string,
	child: ChildProcess,
	command: NonNullable<InstanceOptions['command']>,
): Promise<void> => {
	const answers = async (path: string) =>
		(await axios.get(url + path, { validateStatus: () => true }).catch(() => undefined))?.status ===
		200;
	const deadline = Date.now() + READY_WITHIN_MS;
	// Readiness covers only the database; the settings are served once everything is loaded.
	const health = '/healthz/readiness';
	const paths = { start: [health, '/rest/settings'], worker: [health], webhook: [health] };
	for (const path of paths[command]) {
		while (!(await answers(path))) {
			const end = child.exitCode ?? child.signalCode;
			if (end !== null) throw new Error(`it ended with ${end}`);
			if (Date.now() > deadline) throw new Error(`not ready within ${READY_WITHIN_MS / 1000} s`);
			await sleep(200);
		}
	}
};

/** Sends a signal. Returns false if the process no longer exists. */
const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
	try {
		return process.kill(pid, signal);
	} catch {
		return false;
	}
};
