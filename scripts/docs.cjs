/**
 * `npm run docs [-- <test> …]`: writes what is generated, by the tests that compare it: docs/resources, docs/operations.md, docs/faults.md,
 * the figures of docs/trigger.md, the README's tables, and the snapshot of the stored workflow format. Ends with 1 when a test fails or when the snapshot
 * lost a line: workflows of users would break.
 */
const { execFileSync, spawnSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '..');
const named = process.argv.slice(2);
const writers = (
	named.length > 0
		? named
		: ['docs', 'everyOperation', 'faultMatrix', 'workflowFormat', 'requestCosts']
).map((name) => `/${name}.test.ts`);
const SNAPSHOTS = 'test/project/__snapshots__';

const { status } = spawnSync(
	process.execPath,
	[path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--update-snapshot', ...writers],
	{ cwd: root, stdio: 'inherit', env: { ...process.env, UPDATE_DOCS: '1' } },
);

const diff = execFileSync('git', ['diff', '--unified=0', 'HEAD', '--', SNAPSHOTS], {
	cwd: root,
	encoding: 'utf8',
});
const lost = diff.split('\n').filter((line) => /^-(?!-- )/.test(line));
if (lost.length > 0)
	console.error(
		`\nThe stored workflow format lost ${lost.length} lines, so workflows of users would break:\n${lost.join('\n')}\n` +
			`It may only grow. Put the names back, or undo this: git checkout ${SNAPSHOTS}`,
	);
process.exitCode = status || (lost.length > 0 ? 1 : 0);
