import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

export const repo = resolve(__dirname, '..');
export const packageName = 'n8n-nodes-bunq-connect';

/** The sources of the tarball. */
const sources = [
	'credentials',
	'icons',
	'nodes',
	'LICENSE',
	'README.md',
	'gulpfile.js',
	'index.js',
	'package.json',
	'scripts/bundle.cjs',
	'tsconfig.json',
];

/**
 * Builds the package, packs it as `npm publish` would and unpacks the tarball. Returns the unpacked folder.
 * The folder's name is a hash of the sources, so nothing happens if they are unchanged.
 */
export const packPackage = (say: (text: string) => void = () => {}): string => {
	const packed = join(repo, '.run', 'package');
	const folder = join(packed, fingerprint(), 'package');
	if (existsSync(folder)) return folder;

	say('Building and packing the node');
	const made = join(packed, 'new');
	rmSync(packed, { recursive: true, force: true });
	mkdirSync(made, { recursive: true });
	npm('run', 'build');
	npm('pack', '--pack-destination', made);
	const tarball = readdirSync(made).find((name) => name.endsWith('.tgz'));
	if (!tarball) throw new Error(`npm pack left no tarball in ${made}`);
	execFileSync('tar', ['-xzf', tarball], { cwd: made });
	// The last step, so that an interrupted run leaves no incomplete package.
	renameSync(made, join(folder, '..'));
	return folder;
};

/** The files of a folder with their sizes, by path relative to it. */
export const filesOf = (folder: string): Array<{ path: string; size: number }> =>
	readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((path) => ({ path, stat: statSync(join(folder, path)) }))
		.filter(({ stat }) => stat.isFile())
		.map(({ path, stat }) => ({ path, size: stat.size }));

const fingerprint = (): string => {
	const hash = createHash('sha256');
	for (const source of sources) {
		const full = join(repo, source);
		if (!existsSync(full)) continue;
		const paths = statSync(full).isFile()
			? [full]
			: filesOf(full)
					.map(({ path }) => join(full, path))
					.sort();
		for (const path of paths) hash.update(path).update(readFileSync(path));
	}
	return hash.digest('hex').slice(0, 16);
};

const npm = (...args: string[]): void => {
	try {
		execFileSync('npm', [...args, '--loglevel=error'], {
			cwd: repo,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
			shell: process.platform === 'win32',
		});
	} catch (error) {
		const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
		throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
	}
};
