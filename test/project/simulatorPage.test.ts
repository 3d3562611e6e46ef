import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlOf } from '../simulator';
import { read, root } from '../support/project';

/** docs/simulator.md: every command and program that it shows runs against what `npm run simulator` starts and prints. */

const page = read('docs/simulator.md');
const blocks = (language: string) =>
	[...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(
		([, code]) => code,
	);
/** Those for a clone that is already there are for the reader. */
const shell = blocks('sh').filter((code) => !/git clone|npm run/.test(code));

const folder = mkdtempSync(join(tmpdir(), 'simulator-page-'));
const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'scripts/simulator.ts')], {
	cwd: root,
	stdio: ['ignore', 'pipe', 'inherit'],
});
let printed = '';
let env: Record<string, string> = {};

beforeAll(async () => {
	await new Promise<void>((resolve, reject) => {
		child.once('exit', () => reject(new Error(`The simulator ended: ${printed}`)));
		child.stdout.on('data', (chunk: Buffer) => {
			printed += chunk.toString();
			if (printed.includes('BUNQ_REDIRECT_URL=')) resolve();
		});
	});
	env = Object.fromEntries(
		[...printed.matchAll(/\b(BUNQ_(?!SIMULATOR)\w+)=(\S+)/g)].map(([, name, value]) => [
			name,
			value,
		]),
	);
});
beforeEach(async () => await controlOf(env.BUNQ_URL).reset());
afterAll(() => {
	child.removeAllListeners('exit');
	child.kill('SIGTERM');
	rmSync(folder, { recursive: true, force: true });
});

/** Fails if a program is missing: a reader of the page needs it too. */
const needs = (...programs: string[]) => {
	const missing = programs.filter((program) => spawnSync(program, ['-h']).error !== undefined);
	if (missing.length > 0)
		throw new Error(`Install ${missing.join(', ')}: the examples of docs/simulator.md need it`);
};
const run = (program: string, args: string[]) => {
	const { status, stdout, stderr } = spawnSync(program, args, {
		cwd: folder,
		encoding: 'utf8',
		env: { PATH: process.env.PATH, ...env },
	});
	expect([status, stderr]).toEqual([0, '']);
	return stdout;
};
const writes = async () =>
	(await controlOf(env.BUNQ_URL).log()).filter(({ method }) => method === 'POST');

test('npm run simulator prints addresses, certificate authority, hosts, keys and OAuth clients', async () => {
	const control = controlOf(env.BUNQ_URL);
	for (const environment of ['production', 'sandbox'] as const) {
		const { apiKey, oauth } = await control.world(environment);
		const { clientId, clientSecret, accessToken, redirectUris } = oauth;
		for (const value of [apiKey, clientId, clientSecret, accessToken, ...redirectUris])
			expect(printed).toContain(value);
	}
	for (const host of ['api.bunq.com', 'public-api.sandbox.bunq.com', 'api-oauth.sandbox.bunq.com'])
		expect(printed).toContain(host);
	expect(existsSync(env.BUNQ_CA)).toBe(true);
	for (const name of page.match(/\bBUNQ_\w+/g) ?? []) expect(env).toHaveProperty(name);
});

test('npm run simulator says which port is taken', () => {
	const { port } = new URL(env.BUNQ_URL);
	const args = ['--import', 'tsx', join(root, 'scripts/simulator.ts'), '--port', port];
	const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
	expect([status, stderr]).toEqual([1, expect.stringMatching(`^Port ${port} is taken. .*\n$`)]);
});

test('the page has commands and a program', () => {
	expect(shell.length).toBeGreaterThanOrEqual(5);
	expect(blocks('python')).toHaveLength(1);
});

test('the curl commands', async () => {
	needs('curl', 'openssl');
	const [walk, , , token, control] = shell;
	const last = run('bash', ['--norc', '-e', '-c', walk])
		.split(/(?=\{"Response")/)
		.at(-1);
	expect(last).toMatch(/^\{"Response":\[\{"Id":\{"id":\d+\}\}\]\}$/);
	const { path, body } = (await writes()).at(-1)!;
	expect([path, body]).toEqual([
		expect.stringMatching(/\/payment$/),
		expect.objectContaining({ description: 'Coffee' }),
	]);
	expect(run('bash', ['--norc', '-e', '-c', token])).toMatch(
		/^\{"access_token":"\w{64}","token_type":"bearer"/,
	);
	expect(run('bash', ['--norc', '-e', '-c', control])).toContain('"path":"/v1/installation"');
});

test('curl under bunq’s host names, and the consent page', async () => {
	needs('curl');
	const [, hosts, consent] = shell;
	expect(run('bash', ['--norc', '-e', '-c', hosts])).toContain('"Error"');
	const [{ host, status }] = await controlOf(env.BUNQ_URL).log();
	expect([host, status]).toEqual(['public-api.sandbox.bunq.com', 401]);
	const answer = await fetch(run('bash', ['--norc', '-e', '-c', consent]).trim());
	expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<form')]);
});

test('the Python program', async () => {
	needs('python3', 'openssl');
	const said = run('python3', ['-c', blocks('python')[0]]);
	expect(said).toMatch(/^Balance \d+\.\d\d\nPayment \d+\n$/);
	const [{ host, path }] = (await writes()).slice(-1);
	expect([host, path]).toEqual(['api.bunq.com', expect.stringMatching(/\/payment$/)]);
});
