import { execFileSync, spawnSync } from 'node:child_process';
import {
	appendFileSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { resources } from '../../nodes/Bunq/resources';
import { read, root } from '../support/project';

/** The steps of CONTRIBUTING.md, "Add an operation in ten minutes", carried out in a copy: all checks pass. */

const folder = mkdtempSync(join(tmpdir(), 'bunq-guide-'));
const copy = join(folder, 'copy');
const guide = read('CONTRIBUTING.md')
	.split('## Add an operation in ten minutes')[1]
	.split('\n## ')[0];

/** Generated files, and those that no check here needs. */
const NOT_COPIED =
	/^(\.git|\.run|dist|coverage|node_modules|test\/e2e\/(node_modules|versions))(\/|$)/;

const git = (cwd: string, ...args: string[]) =>
	execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
		cwd,
		encoding: 'utf8',
		maxBuffer: 1e8,
	});

/** The code of a step, without the list's indentation. */
const codeOf = (step: number) => {
	const [, code] =
		new RegExp(`^${step}\\. [^]*?\`\`\`ts\\n([^]*?)\\n   \`\`\``, 'm').exec(guide) ?? [];
	if (!code) throw new Error(`Step ${step} of the guide has no code`);
	return code.replace(/^ {3}/gm, '');
};

/** Runs a program in the copy. Returns its exit code, with its output if that is not 0. */
const run = (program: string, ...args: string[]) => {
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
		cwd: copy,
		encoding: 'utf8',
		maxBuffer: 1e8,
	});
	return status === 0 ? { status } : { status, said: `${stdout}\n${stderr}`.slice(-4_000) };
};

beforeAll(() => {
	cpSync(root, copy, { recursive: true, filter: (file) => !NOT_COPIED.test(relative(root, file)) });
	symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
	git(copy, 'init', '--quiet');
	git(copy, 'add', '.');
	git(copy, 'commit', '--quiet', '--message=Before');

	const [, resource] = /Add the row\*\* in `([^`]+)`/.exec(guide) ?? [];
	const [, before] = /between `get` and `(\w+)`/.exec(guide) ?? [];
	const source = readFileSync(join(copy, resource), 'utf8');
	expect(source).toContain(`\t\t${before}: readOperation({`);
	writeFileSync(
		join(copy, resource),
		source.replace(
			`\t\t${before}: readOperation({`,
			(next) => `${codeOf(3).replace(/^(?=.)/gm, '\t\t')}\n\n${next}`,
		),
	);
	const [, test] = /Add the test\*\* at the end of `([^`]+)`/.exec(guide) ?? [];
	appendFileSync(join(copy, test), `\n${codeOf(4)}\n`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a row, a test and npm run docs: all checks pass, and only the expected files have changed', () => {
	const jest = 'node_modules/jest/bin/jest.js';
	expect(run('node_modules/tsx/dist/cli.mjs', 'scripts/docs.ts', 'docs', 'workflowFormat')).toEqual(
		{ status: 0 },
	);
	const files = [
		'operations/payment',
		'operations/everyOperation',
		'guarantees/oauthRights',
		'project/exampleWorkflows',
		'project/links',
		'project/n8nGuidelines',
		'project/uxGuidelines',
	].map((name) => `test/${name}.test.ts`);
	// Beside other tests, workers of its own would only load n8n twice more; and those run the other resources' operations.
	const others = resources.map(({ value }) => value).filter((value) => value !== 'payment');
	const names = ['--testNamePattern', `^(?!.*\\b(${others.join('|')})\\.[a-z])`];
	expect(run(jest, '--ci', '--runInBand', ...names, ...files)).toEqual({ status: 0 });
	// `npm run lint` checks the types of all tests, which takes twice as long.
	const project = '.run/tsconfig.json';
	const types = {
		extends: '../test/tsconfig.json',
		include: [],
		files: files.map((file) => `../${file}`),
	};
	mkdirSync(join(copy, '.run'));
	writeFileSync(join(copy, project), JSON.stringify(types));
	expect(run('node_modules/typescript/bin/tsc', '--noEmit', '--project', project)).toEqual({
		status: 0,
	});
	expect(run('node_modules/eslint/bin/eslint.js', 'nodes/Bunq/resources/payment.ts')).toEqual({
		status: 0,
	});

	const changed = git(copy, 'status', '--short')
		.trim()
		.split('\n')
		.map((line) => line.slice(-60).trim().split(' ').at(-1));
	expect(changed.sort()).toEqual([
		'README.md',
		'docs/operations.md',
		'docs/resources/payment.md',
		'nodes/Bunq/resources/payment.ts',
		'test/operations/payment.test.ts',
		'test/project/__snapshots__/workflowFormat.test.ts.snap',
	]);
}, 300_000);
