import { execFileSync, spawn } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../../scripts/stores.cjs';
import { freePort, isRunning, stopProcess } from './instance';

/** A Redis or a PostgreSQL for this run, with its own port and folder. */
export interface Store {
	pid: number;
	port: number;
	folder: string;
}

const READY_WITHIN_MS = 30_000;

/** Stores nothing: this Redis only holds n8n's queue. */
export const startRedis = async (): Promise<Store> => {
	const folder = mkdtempSync(join(tmpdir(), 'bunq-redis-'));
	const port = await freePort();
	const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' };
	const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
	return await start(folder, port, program('redis-server'), args);
};

/** Has one user, `n8n`, without a password on this machine, and the database `postgres`. */
export const startPostgres = async (): Promise<Store> => {
	const folder = mkdtempSync(join(tmpdir(), 'bunq-postgres-'));
	const port = await freePort();
	const user = unprivileged();
	if (user) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	execFileSync(
		program('initdb'),
		['-D', data, '-U', 'n8n', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
		{ ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
	);
	const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', '', '-F'];
	return await start(folder, port, program('postgres'), args, user);
};

export const stopStore = async ({ pid, folder }: Store): Promise<void> => {
	await stopProcess(pid);
	rmSync(folder, { recursive: true, force: true });
};

/** PostgreSQL refuses to run as root; its package brings a user for it. */
const unprivileged = (): { uid: number; gid: number } | undefined => {
	if (process.getuid?.() !== 0) return undefined;
	const id = (which: string) =>
		Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
};

const program = (name: string): string => {
	const file = findProgram(name);
	if (!file) throw new Error(`${name} is missing: npm run test:queue installs it`);
	return file;
};

const start = async (
	folder: string,
	port: number,
	file: string,
	args: string[],
	user?: { uid: number; gid: number },
): Promise<Store> => {
	const out = openSync(join(folder, 'log'), 'w');
	const wrapper = join(__dirname, 'exitWithParent.store.cjs');
	const who = [user?.uid, user?.gid].map((id) => String(id ?? ''));
	const child = spawn(process.execPath, [wrapper, ...who, file, ...args], {
		cwd: folder,
		stdio: ['ignore', out, out, 'ipc'],
	});
	closeSync(out);
	child.channel?.unref();
	child.unref();
	const pid = child.pid!;
	const deadline = Date.now() + READY_WITHIN_MS;
	while (!(await answers(port))) {
		if (!isRunning(pid) || Date.now() > deadline)
			throw new Error(`${file} did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`);
		await sleep(100);
	}
	return { pid, port, folder };
};

const answers = async (port: number): Promise<boolean> =>
	await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		socket.once('connect', () => socket.destroy());
	});
