/**
 * What n8n's own scan of published packages finds, on the sources and on the unpacked tarball, and what the tarball holds.
 * `npm run scan` prints the findings and the counts, and fails when there are findings.
 */
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';
import glob from 'fast-glob';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, packPackage, repo } from './pack.ts';

const MAX_UNPACKED_BYTES = 150_000;
/** n8n lints these of a tarball: the rules for sources do not fit compiled code. */
const TARBALL_PATTERNS = ['**/*.js', 'package.json'];
/** n8n forbids them in a package: they would run on the machine that installs it. */
const LIFECYCLE_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

const folder = packPackage();
const files = filesOf(folder);
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const bytes = files.reduce((sum, { size }) => sum + size, 0);
const paths = files.map(({ path }) => path);

/** n8n's scan of one folder. Finding no file at all counts as passed there, and not here. */
async function scan(where, patterns) {
	if (glob.sync(patterns, { cwd: where, ignore: ['node_modules/**'] }).length === 0) {
		return 'there is nothing to look at';
	}
	const { passed, message, details } = await analyzePackage(where, patterns);
	return passed ? undefined : `${message}\n${details ?? ''}`;
}

/** Names of unwanted things, as a finding. */
const none = (names) => (names.length === 0 ? undefined : names.join(', '));

/** Each check says what it looks at and gives a finding, or nothing. */
const checks = [
	['n8n scan of the sources', () => scan(repo, SOURCE_FILE_PATTERNS)],
	['n8n scan of the tarball', () => scan(folder, TARBALL_PATTERNS)],
	[
		'the tarball holds what n8n loads, README, LICENSE and CHANGELOG, and nothing else',
		() =>
			none([
				...paths.filter((path) => !/^(dist\/.*|(package\.json|README\.md|LICENSE|CHANGELOG\.md|index\.js))$/.test(path)),
				...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'index.js']
					.filter((path) => !paths.includes(path))
					.map((path) => `${path} is missing`),
			]),
	],
	[
		'every node and credential of the n8n block is in the tarball',
		() =>
			none([...manifest.n8n.nodes, ...manifest.n8n.credentials].filter((path) => !paths.includes(path))),
	],
	[
		'no declarations, source maps or sources',
		() => none(paths.filter((path) => /\.(map|ts|tsbuildinfo)$/.test(path))),
	],
	[
		`unpacked size: ${bytes} of at most ${MAX_UNPACKED_BYTES} bytes in ${files.length} files`,
		() => (bytes > MAX_UNPACKED_BYTES ? 'too large' : undefined),
	],
	['no runtime dependencies', () => none(Object.keys(manifest.dependencies ?? {}))],
	['n8n-workflow is the only peer', () => none(Object.keys(manifest.peerDependencies).filter((name) => name !== 'n8n-workflow'))],
	['no install scripts', () => none(LIFECYCLE_SCRIPTS.filter((name) => name in (manifest.scripts ?? {})))],
];

let failed = 0;
for (const [name, check] of checks) {
	const finding = await check();
	if (finding) failed++;
	console.log(`${finding ? '✗' : '✓'} ${name}${finding ? `\n${finding}` : ''}`);
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
