import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { read, root } from '../support/project';

/**
 * Installing the tarball by hand, as docs/running.md says: npm adds nothing to it. A second n8n-workflow would be the
 * newest, which the machine's Node may not run, and not the one of n8n.
 */

const folders = (process.env.PATH ?? '').split(delimiter);
const found = (name: string) =>
	folders.map((folder) => join(folder, name)).filter((file) => existsSync(file));
const versionOf = (node: string) =>
	execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace(/\..*/, '');

/** Each Node of this machine, by its major version: the project's, and the one that started it. */
const nodes = new Map(
	[process.execPath, ...found('node')].map((node) => [versionOf(node), node] as const),
);
const npm = process.env.npm_execpath ?? realpathSync(found('npm')[0]);

const work = mkdtempSync(join(tmpdir(), 'install-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Without the settings of this project and of this user, and without a registry or a cache to add anything from. */
const run = (node: string, args: string[], cwd: string) =>
	execFileSync(node, [npm, ...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd,
		encoding: 'utf8',
		env: {
			PATH: process.env.PATH,
			HOME: work,
			npm_config_cache: join(work, 'cache'),
			npm_config_update_notifier: 'false',
		},
	});

test('docs/running.md installs it by npm', () => {
	expect(read('docs/running.md')).toMatch(
		/cd ~\/\.n8n\/nodes && npm install \/path\/to\/n8n-nodes-bunq-connect-[\d.]+\.tgz/,
	);
});

test.each([...nodes])('on Node %s the tarball brings one package: itself', (version, node) => {
	run(node, ['pack', root, '--ignore-scripts', '--pack-destination', work], root);
	const [tarball] = readdirSync(work).filter((file) => file.endsWith('.tgz'));
	const home = mkdtempSync(join(work, `${version}-`));
	run(node, ['install', join(work, tarball)], home);
	const list = readFileSync(join(home, 'node_modules', '.package-lock.json'), 'utf8');
	const { packages } = JSON.parse(list) as { packages: object };
	expect(Object.keys(packages)).toEqual(['node_modules/n8n-nodes-bunq-connect']);
});
