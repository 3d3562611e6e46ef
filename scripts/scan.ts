import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, packPackage, repo } from './pack';

/** What a person downloads. */
const MAX_PACKED_BYTES = 120_000;
/** n8n forbids them in a package, as they would run during its installation. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
const BESIDE_DIST = ['LICENSE', 'README.md', 'index.js', 'package.json'];

/** The functions of `@n8n/scan-community-package`, which has no types. */
interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

/** A check: its finding is empty, a text, or a list. */
type Check = [name: string, finding: () => Promise<string | undefined> | string | string[]];

/**
 * Runs n8n's scan of published packages on the sources and on the unpacked tarball, and checks the contents of the tarball.
 * Prints the findings and returns their number.
 */
const scan = async (): Promise<number> => {
	const folder = packPackage();
	const files = filesOf(folder);
	const paths = files.map(({ path }) => path);
	const bytes = filesOf(join(folder, '..')).find(({ path }) => path.endsWith('.tgz'))!.size;
	const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const { analyze, sources } = await scanner();

	const checks: Check[] = [
		['n8n scan of the sources', () => analyze(repo, sources)],
		// The files of a tarball that n8n lints; its rules for sources do not fit compiled code.
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
			`${bytes} of at most ${MAX_PACKED_BYTES} bytes packed, ${files.length} files`,
			() => (bytes > MAX_PACKED_BYTES ? 'too large' : ''),
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

/** n8n's scan as a function. */
const scanner = async () => {
	// In a variable, as the compiler would search for types.
	const name = '@n8n/scan-community-package/scanner/scanner.mjs';
	const { analyzePackage, SOURCE_FILE_PATTERNS }: Scanner = await import(name);
	const analyze = async (folder: string, patterns: string[]) => {
		const { passed, message, details } = await analyzePackage(folder, patterns);
		// n8n's scan also passes a folder without files.
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
