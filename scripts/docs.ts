/**
 * `npm run docs [-- <test> …]`: regenerates the documentation that tests compare: docs/resources, docs/operations.md,
 * docs/faults.md, the list of switches in docs/simulator.md, the measurements in docs/trigger.md, the README's tables and the snapshot of the stored workflow format.
 *
 * Exits with 1 when a test fails, or when the snapshot lost a line: existing workflows would break.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..');
const SNAPSHOTS = 'test/project/__snapshots__';
const WRITERS = ['docs', 'docsSwitches', 'faultMatrix', 'workflowFormat', 'requestCosts'];

const names = process.argv.slice(2);
const files = (names.length > 0 ? names : WRITERS).map((name) => `/${name}.test.ts`);

const { status } = spawnSync(
	process.execPath,
	[join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--update-snapshot', ...files],
	{ cwd: root, stdio: 'inherit', env: { ...process.env, UPDATE_DOCS: '1' } },
);

const diff = execFileSync('git', ['diff', '--unified=0', 'HEAD', '--', SNAPSHOTS], {
	cwd: root,
	encoding: 'utf8',
});
const lost = diff.split('\n').filter((line) => /^-(?!-- )/.test(line));
if (lost.length > 0)
	console.error(
		`\nThe stored workflow format lost ${lost.length} lines, which would break existing workflows:\n${lost.join('\n')}\n` +
			`It may only grow. Restore the names, or undo the change: git checkout ${SNAPSHOTS}`,
	);
process.exitCode = status || (lost.length > 0 ? 1 : 0);
