import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, packPackage, repo } from './pack';

/** Enough for all operations and two triggers. It was 250 kB before the files became modules with imports of their own. */
const MAX_UNPACKED_BYTES = 280_000;
/** n8n forbids them in a package: they would run on the machine that installs it. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
const BESIDE_DIST = ['CHANGELOG.md', 'LICENSE', 'README.md', 'index.js', 'package.json'];

/** What `@n8n/scan-community-package` offers; it ships no types. */
interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

/** A name, and what is wrong: nothing, a text, or a list of things that should not be. */
type Check = [name: string, finding: () => Promise<string | undefined> | string | string[]];

/**
 * What n8n's own scan of published packages finds, on the sources and on the unpacked tarball, and what the tarball
 * holds. Prints the findings and the counts; returns the number of findings.
 */
const scan = async (): Promise<number> => {
	const folder = packPackage();
	const files = filesOf(folder);
	const paths = files.map(({ path }) => path);
	const bytes = files.reduce((sum, { size }) => sum + size, 0);
	const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const { analyze, sources } = await scanner();

	const checks: Check[] = [
		['n8n scan of the sources', () => analyze(repo, sources)],
		// n8n lints these of a tarball; its rules for sources do not fit compiled code.
		['n8n scan of the tarball', () => analyze(folder, ['**/*.js', 'package.json'])],
		[
			'every node and credential of the n8n block is in the tarball',
			() => without([...manifest.n8n.nodes, ...manifest.n8n.credentials], paths),
		],
		[`beside dist: ${BESIDE_DIST.join(', ')}`, () => without(BESIDE_DIST, paths)],
		[
			'and nothing else',
			() => without(paths, BESIDE_DIST).filter((path) => !path.startsWith('dist/')),
		],
		[
			'in dist only scripts, icons and codex files: no declarations, source maps or sources',
			() => paths.filter((path) => /^dist\/(?!.*\.(js|svg|node\.json)$)/.test(path)),
		],
		[
			`${bytes} of at most ${MAX_UNPACKED_BYTES} bytes unpacked, ${files.length} files`,
			() => (bytes > MAX_UNPACKED_BYTES ? 'too large' : ''),
		],
		['no runtime dependencies', () => Object.keys(manifest.dependencies ?? {})],
		[
			'no peer but n8n-workflow',
			() => without(Object.keys(manifest.peerDependencies), ['n8n-workflow']),
		],
		['no install scripts', () => INSTALL_SCRIPTS.filter((name) => name in manifest.scripts)],
	];

	let failed = 0;
	for (const [name, find] of checks) {
		const found = await find();
		const finding = Array.isArray(found) ? found.join(', ') : found;
		if (finding) failed++;
		console.log(`${finding ? '✗' : '✓'} ${name}${finding ? `\n${finding}` : ''}`);
	}
	console.log(`${checks.length - failed} passed, ${failed} failed`);
	return failed;
};

/** n8n's scan, as a function from a folder to a finding. */
const scanner = async () => {
	// In a variable, because the compiler would look for types.
	const name = '@n8n/scan-community-package/scanner/scanner.mjs';
	const { analyzePackage, SOURCE_FILE_PATTERNS }: Scanner = await import(name);
	const analyze = async (folder: string, patterns: string[]) => {
		const { passed, message, details } = await analyzePackage(folder, patterns);
		// To n8n a folder without any file has passed.
		if (passed && !message) return undefined;
		return [message, details].filter(Boolean).join('\n');
	};
	return { analyze, sources: SOURCE_FILE_PATTERNS };
};

const without = (list: string[], unwanted: string[]) =>
	list.filter((entry) => !unwanted.includes(entry));

scan().then(
	(failed) => (process.exitCode = failed > 0 ? 1 : 0),
	(error) => {
		console.error(error.message);
		process.exitCode = 1;
	},
);
