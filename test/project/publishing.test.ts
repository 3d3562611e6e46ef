import { join } from 'node:path';
import { community, expectCheck } from '../support/n8nLint';
import { manifest, read, readme, root } from '../support/project';
import { readYaml } from '../support/yaml';

/** How the package reaches npm: checked, built in public and with provenance, which n8n requires since May 2026. */

interface Step {
	id?: string;
	uses?: string;
	run?: string;
	if?: string;
	with?: Record<string, string>;
	env?: Record<string, string>;
}
interface Job {
	needs?: string;
	uses?: string;
	permissions?: Record<string, string>;
	'timeout-minutes'?: string;
	steps?: Step[];
}
interface Workflow {
	on: Record<string, Record<string, string[]> | null>;
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
}

describe('https://docs.npmjs.com/generating-provenance-statements', () => {
	test('npm gets only built files', () => {
		expect(manifest.files).toEqual(['dist', 'index.js']);
		expectCheck('scripts/scan.ts', 'beside dist: ');
		expectCheck('scripts/scan.ts', 'no declarations, source maps or sources');
	});

	test('nothing runs during installation', () => {
		expectCheck('package.json', community('no-forbidden-lifecycle-scripts'));
		expectCheck('scripts/scan.ts', 'no install scripts');
	});

	test('the README says that the package is not on npm until the first release', () => {
		const isReleased = /^## \S+ – \d{4}-\d\d-\d\d$/m.test(read('CHANGELOG.md'));
		expect(/not\s+on\s+npm\s+yet/.test(readme)).toBe(!isReleased);
	});

	test('the version is semantic and heads the changelog', () => {
		expect(manifest.version).toMatch(/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/);
		expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(manifest.version);
	});
});

describe('https://docs.npmjs.com/trusted-publishers, and GitHub', () => {
	const github = (file: string) => readYaml(join(root, '.github', file));
	const ci = github('workflows/ci.yml') as Workflow;
	const publish = github('workflows/publish.yml') as Workflow;
	const steps = (workflow: Workflow) =>
		Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);

	test('every change is checked by .ci/run, as on any machine', () => {
		expect(ci.on).toMatchObject({ push: { branches: ['main'] }, pull_request: null });
		expect(steps(ci).map(({ run }) => run)).toContain('.ci/run');
	});

	test('.ci/run takes at most 71 minutes, and GitHub allows more', () => {
		const parts = [...read('.ci/run').matchAll(/^part (\S+) (\d+) /gm)];
		const minutes = parts.reduce((sum, [, , most]) => sum + Number(most), 0) / 60;
		for (const [, part, most] of parts)
			expect(read('CONTRIBUTING.md')).toMatch(
				new RegExp(`^\\| \`${part}\` .*\\| ${most} s +\\|$`, 'm'),
			);
		expect(parts.length).toBeGreaterThanOrEqual(8);
		expect(minutes).toBeLessThanOrEqual(71);
		expect(Number(ci.jobs.checks['timeout-minutes'])).toBeGreaterThan(minutes);
	});

	test('.ci/run waits for what is installed beside the first parts before a part needs it', () => {
		const [, first, last] = read('.ci/run').split(
			/^timeout .* node scripts\/install\.cjs |^wait /m,
		);
		const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
		const needs = (lines: string) =>
			[...lines.matchAll(/^part (\S+)/gm)].flatMap(([, part]) =>
				(/install\.cjs ([^&]*) &&/.exec(scripts[part])?.[1] ?? '').split(' ').slice(1),
			);
		expect(needs(first)).toEqual([]);
		const installed = first.split('\n')[0].split(' ');
		expect(installed).toEqual(expect.arrayContaining(needs(last)));
		expect(needs(last)).toContain('n8n-2.8');
	});

	test("older versions of n8n run on the machine's Node, the version that the README names", () => {
		const node = steps(ci).find(({ uses }) => uses?.includes('setup-node'))?.with?.['node-version'];
		expect(readme.replace(/\s+/g, ' ')).toContain(`2.8.4 and 1.123.81 with Node ${node}.`);
	});

	test('screenshots are always kept, other output only after a failure', () => {
		const kept = steps(ci).filter(({ uses }) => uses?.includes('upload-artifact'));
		expect(kept.map((one) => [one.if, one.with?.path.includes('.run/connect')])).toEqual([
			['always()', true],
			['failure()', false],
		]);
	});

	test('only a tag publishes, and only after all checks', () => {
		expect(publish.on).toEqual({ push: { tags: ['v*'] } });
		expect(publish.jobs.checks.uses).toBe('./.github/workflows/ci.yml');
		expect(ci.on).toHaveProperty('workflow_call');
		expect(publish.jobs.publish.needs).toBe('checks');
	});

	test('the tag must be on main, match the version and be dated in the changelog', () => {
		const [checkout] = steps(publish);
		const found = steps(publish).find(({ id }) => id === 'release');
		expect(checkout.with?.['fetch-depth']).toBe('0');
		expect(found?.run).toBe('npx tsx scripts/release.ts "$GITHUB_REF_NAME" origin/main');
		expectCheck('test/project/release.test.ts', 'a release');
	});

	test('the package has provenance, and only the publishing job gets an ID token', () => {
		const last = steps(publish).at(-1);
		expect(last?.run).toMatch(/^npm publish --provenance --access public --tag "\$DIST_TAG"$/m);
		expect(publish.jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
		expect([ci.permissions, publish.permissions]).toEqual([
			{ contents: 'read' },
			{ contents: 'read' },
		]);
	});

	test('where npm trusts the workflow, no token is configured', () => {
		for (const { with: given = {} } of steps(publish))
			expect(given).not.toHaveProperty('registry-url');
		expect(steps(publish).at(-1)?.run).toMatch(
			/^if \[ -n "\$NPM_TOKEN" \]; then echo '[^']*\$\{NPM_TOKEN\}'/,
		);
		expect(read('.github/workflows/publish.yml')).not.toContain('NODE_AUTH_TOKEN');
	});

	test('a pre-release gets the dist-tag "next"', () => {
		expect(steps(publish).at(-1)?.env?.DIST_TAG).toBe('${{ steps.release.outputs.tag }}');
		expectCheck('test/project/release.test.ts', 'a pre-release');
	});

	test('actions are pinned to a commit', () => {
		const used = [ci, publish].flatMap(steps).flatMap(({ uses }) => uses ?? []);
		expect(used.length).toBeGreaterThan(3);
		for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
	});

	test('dependabot proposes updates for both dependency trees and for the actions', () => {
		const { updates } = github('dependabot.yml') as { updates: Array<Record<string, string>> };
		expect(read('.github/dependabot.yml')).toMatch(/^# Most versions are pinned, on purpose:/);
		expect(updates.map((one) => `${one['package-ecosystem']} ${one.directory}`)).toEqual([
			'npm /',
			'npm /test/e2e',
			'github-actions /',
		]);
	});

	test('the bug report form starts with a warning against pasting secrets', () => {
		const { body } = github('ISSUE_TEMPLATE/bug.yml') as { body: Array<{ attributes: object }> };
		expect(JSON.stringify(body[0].attributes)).toMatch(/Never paste an API key, a token.* an IBAN/);
		expect(body.at(-1)).toMatchObject({
			type: 'checkboxes',
			attributes: { options: [{ required: 'true' }] },
		});
		expect(github('ISSUE_TEMPLATE/config.yml')).toMatchObject({ blank_issues_enabled: 'false' });
		expect(github('ISSUE_TEMPLATE/feature.yml')).toHaveProperty('body');
	});
});
