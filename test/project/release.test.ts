import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { read, root } from '../support/project';

/** The tools that check and publish the package, each run in a folder of its own. */

const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
const folders: string[] = [];

/** A folder with copies of these files, and with others of the given content. */
const folderWith = (copied: string[], written: Record<string, string> = {}) => {
	const folder = mkdtempSync(join(tmpdir(), 'bunq-pipeline-'));
	folders.push(folder);
	for (const file of copied) {
		mkdirSync(join(folder, dirname(file)), { recursive: true });
		copyFileSync(join(root, file), join(folder, file));
	}
	for (const [file, text] of Object.entries(written)) {
		mkdirSync(join(folder, dirname(file)), { recursive: true });
		writeFileSync(join(folder, file), text);
	}
	return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const node = (cwd: string, args: string[], env: Record<string, string | undefined> = {}) => {
	const ended = spawnSync(process.execPath, args, {
		cwd,
		encoding: 'utf8',
		env: { ...process.env, ...env },
	});
	return { status: ended.status, said: ended.stdout, complaint: ended.stderr };
};

describe('a fresh clone', () => {
	const TREES = ['.', 'test/e2e', 'test/e2e/versions/1.123.81', 'test/e2e/versions/2.8.4'];
	const read = (...names: string[]) => readFileSync(join(root, ...names), 'utf8');
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

	test.each(TREES)("%s: the lock file has every platform's binaries, or npm ci fails", (tree) => {
		const { packages } = JSON.parse(read(tree, 'package-lock.json')) as {
			packages: Record<string, { optionalDependencies?: Record<string, string> }>;
		};
		/** The folders in which Node looks for a package's dependency, nearest first. */
		const places = (from: string): string[] => [
			from,
			...(from ? places(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) : []),
		];
		const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
			Object.keys(optionalDependencies).filter((name) =>
				places(from).every((place) => !packages[`${place && `${place}/`}node_modules/${name}`]),
			),
		);
		expect(missing).toEqual([]);
		expect(Object.keys(packages).join()).toMatch(/-darwin-arm64\b.*-win32-x64/);
	});

	test.each(TREES)('%s: no package runs code while npm installs it', (tree) => {
		expect(read(tree, '.npmrc')).toMatch(/^ignore-scripts=true$/m);
	});

	test('no script relies on a hook: npm runs none with ignore-scripts', () => {
		const hooks = Object.keys(scripts).filter(
			(name) => scripts[name.replace(/^(pre|post)/, '')] && /^(pre|post)/.test(name),
		);
		expect(hooks).toEqual([]);
	});

	test.each(Object.entries(scripts))(
		'npm run %s installs what it needs, then runs on the Node that it installed',
		(_, script) => {
			const [, after] = script.split(/\bnode scripts\/install\.cjs root\b[^&]*&& /);
			// The shell remembers where it found `node`: the machine's. A program of its own is looked up again.
			expect(after).toMatch(/^(eslint|gulp|jest|prettier|tsc|tsx)\b/);
			expect(after).not.toMatch(/(^|&& )node /);
		},
	);
});

/** What `scripts/install.cjs` is made of. */
const INSTALLER = ['install', 'installing', 'browser', 'progress', 'stores'].map(
	(name) => `scripts/${name}.cjs`,
);

describe('scripts/install.cjs', () => {
	/** What npm was asked to do for a real n8n, in a script of package.json. */
	const asked = (files: Record<string, string>) => {
		const folder = folderWith(INSTALLER, {
			'npm.cjs': `require('node:fs').appendFileSync('asked', [process.argv[2],
					...process.argv.filter((word) => /^--(no-save|ignore-scripts)/.test(word)),
					process.env.npm_config_legacy_peer_deps].join(' ').trim() + '\\n')`,
			'test/e2e/package-lock.json': JSON.stringify({
				packages: {
					'': {},
					'node_modules/n8n': { version: '2.0.0' },
					'node_modules/windows': { version: '1.0.0', optional: true },
				},
			}),
			'test/e2e/asked': '',
			'test/e2e/node_modules/.keep': '',
			...files,
		});
		const ended = node(folder, ['scripts/install.cjs', 'n8n'], {
			npm_execpath: join(folder, 'npm.cjs'),
			npm_node_execpath: process.execPath,
			npm_config_legacy_peer_deps: 'true',
		});
		expect(ended).toMatchObject({ status: 0, complaint: '' });
		return readFileSync(join(folder, 'test/e2e/asked'), 'utf8').trim().split('\n');
	};
	/** npm's own list of what it installed. */
	const installed = (version: string) => ({
		'test/e2e/node_modules/.package-lock.json': JSON.stringify({
			packages: { 'node_modules/n8n': { version } },
		}),
	});
	const rebuilds = ['rebuild --ignore-scripts=false', 'rebuild --ignore-scripts=false'];

	test('installs what is locked, with the peers of n8n, and runs the scripts that must run', () => {
		expect(asked({})).toEqual(['install --no-save', ...rebuilds]);
		expect(asked(installed('1.9.9'))).toEqual(['install --no-save', ...rebuilds]);
	});

	test('after npm ci it adds only what npm ci could not bring', () => {
		expect(asked(installed('2.0.0'))).toEqual(rebuilds);
	});
});

describe('a release', () => {
	const git = (cwd: string, ...args: string[]) =>
		execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
			cwd,
			encoding: 'utf8',
		});
	/** A repository on main that is ready to be released as this version. */
	const ready = (version: string, files: Record<string, string> = {}) => {
		const folder = folderWith(['scripts/release.ts'], {
			'package.json': JSON.stringify({ version }),
			'CHANGELOG.md': `# Changelog\n\n## ${version} – 2026-12-01\n`,
			'README.md': '# Ready\n',
			...files,
		});
		git(folder, 'init', '--quiet', '--initial-branch=main');
		git(folder, 'add', '.');
		git(folder, 'commit', '--quiet', '--message=Ready');
		return folder;
	};
	const release = (folder: string, tag: string) => {
		const output = join(folder, 'output');
		const ended = node(folder, [tsx, 'scripts/release.ts', tag, 'main'], { GITHUB_OUTPUT: output });
		return { ...ended, output: ended.status === 0 ? readFileSync(output, 'utf8') : '' };
	};

	test('is allowed if tag, version, changelog and README agree', () => {
		expect(release(ready('1.2.3'), 'v1.2.3')).toMatchObject({ status: 0, output: 'tag=latest\n' });
	});

	test('a pre-release gets the dist-tag "next"', () => {
		const folder = ready('1.2.3-beta.1');
		expect(release(folder, 'v1.2.3-beta.1')).toMatchObject({ status: 0, output: 'tag=next\n' });
	});

	test.each([
		['another tag', 'v1.2.4', {}, 'The tag is v1.2.4, and package.json says 1.2.3'],
		['no date', 'v1.2.3', { 'CHANGELOG.md': '## 1.2.3 – unreleased\n' }, 'says "unreleased"'],
		['no entry', 'v1.2.3', { 'CHANGELOG.md': '## 1.2.2 – 2026-01-01\n' }, 'begins with 1.2.2'],
		['an old README', 'v1.2.3', { 'README.md': 'It is not on\nnpm yet.\n' }, 'not on npm yet'],
	])('%s is refused', (_, tag, files, reason) => {
		const ended = release(ready('1.2.3', files), tag);
		expect(ended.status).toBe(1);
		expect(ended.complaint).toContain(reason);
	});

	test('a tag that is not on main is refused', () => {
		const folder = ready('1.2.3');
		git(folder, 'checkout', '--quiet', '-b', 'other');
		git(folder, 'commit', '--quiet', '--allow-empty', '--message=Beside');
		expect(release(folder, 'v1.2.3').complaint).toContain('HEAD is not on main');
	});

	test('the current version may be published only if it has a date', () => {
		const [, newest, date] = /^## (\S+) – (.+)$/m.exec(read('CHANGELOG.md')) ?? [];
		const { status } = node(root, [tsx, 'scripts/release.ts', `v${newest}`]);
		expect(status).toBe(/^\d{4}-\d\d-\d\d$/.test(date) ? 0 : 1);
	});
});

describe('.ci/count.cjs', () => {
	const report = (more: object) =>
		JSON.stringify({
			numPassedTests: 5_000,
			numFailedTests: 0,
			numPendingTests: 0,
			numRuntimeErrorTestSuites: 0,
			testResults: [],
			...more,
		});
	const count = (json: string) => {
		const folder = folderWith(['.ci/count.cjs', '.ci/minimum.json'], { '.run/ci/test.json': json });
		const part = node(folder, ['.ci/count.cjs', 'test', '0', '7']);
		return { folder, said: part.said.trim() };
	};

	test('a skipped test counts as a failure', () => {
		expect(count(report({})).said).toBe('--- test: 5000 checks, 0 failed, 7 s');
		expect(count(report({ numPendingTests: 9 })).said).toMatch(/1 failed, 7 s: FAILED, 9 skipped$/);
	});

	test('too few checks count as a failure', () => {
		expect(count(report({ numPassedTests: 3 })).said).toContain('must pass');
	});

	test('the end lists each failed test by its full name, with the beginning of its message', () => {
		const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
		const { folder } = count(
			report({
				numFailedTests: 1,
				numRuntimeErrorTestSuites: 1,
				testResults: [
					{
						name: '/somewhere/one.test.ts',
						status: 'failed',
						message: '',
						assertionResults: [
							{ status: 'passed', fullName: 'this works', failureMessages: [] },
							{
								status: 'failed',
								fullName: 'that works',
								failureMessages: [`\u001b[31m${lines.join('\n')}`],
							},
						],
					},
					{
						name: '/somewhere/two.test.ts',
						status: 'failed',
						message: 'No such file',
						assertionResults: [],
					},
				],
			}),
		);
		const { status, said } = node(folder, ['.ci/count.cjs']);
		expect(status).toBe(1);
		expect(said).toMatch(/one\.test\.ts › that works\n {2}line 1\n/);
		expect(said).toMatch(/ {2}line 15\n\n✗ .*two\.test\.ts\n {2}No such file\n/);
		expect(said).not.toContain('this works');
		// Parts without a report count as failed.
		expect(said.trim().split('\n').at(-1)).toMatch(/^5000 passed, \d+ failed$/);
	});

	test('a truncated report hides no other report', () => {
		const { folder } = count(report({}));
		writeFileSync(join(folder, '.run/ci/test-n8n.json'), '{"numPassedTests":');
		expect(node(folder, ['.ci/count.cjs']).said).toMatch(
			/test-n8n\.json\n {2}The report cannot be read[^]*passed, /,
		);
	});
});

test('system packages are installed as root, or with sudo by other users, as on GitHub', () => {
	const folder = folderWith(INSTALLER);
	const commandsOf = (uid: number) => {
		for (const name of ['sudo', 'env']) {
			const program = join(folder, name);
			writeFileSync(program, `#!/bin/sh\necho "${name} $*" >> "${folder}/asked"\n`);
			chmodSync(program, 0o755);
		}
		writeFileSync(join(folder, 'asked'), '');
		const user = `data:text/javascript,process.getuid=()=>${uid}`;
		// No other program is in the PATH, so Redis is missing and cannot be installed.
		const ended = node(folder, ['--import', user, 'scripts/install.cjs', 'stores'], {
			PATH: folder,
		});
		expect([ended.status, ended.complaint]).toEqual([1, expect.stringContaining('redis')]);
		return readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
	};
	const install =
		'env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server postgresql';
	expect(commandsOf(0).at(-1)).toBe(install);
	expect(commandsOf(1001).at(-1)).toBe(`sudo -n ${install}`);
});
