import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import ts from 'typescript';
import { BunqApiKeyApi } from '../../credentials/BunqApiKeyApi.credentials';
import { BunqOAuth2Api } from '../../credentials/BunqOAuth2Api.credentials';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { BunqTokenRelayTrigger } from '../../nodes/Bunq/BunqTokenRelayTrigger.node';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import { resources } from '../../nodes/Bunq/resources';
import { useBank } from '../support/bank';
import { readYaml } from '../support/yaml';

/**
 * n8n's rules for verified packages, one test each, beneath the page that says so (read on 2026-11-24). What n8n's lint
 * or another test proves is not proved again: `checkedBy` sees that the check is still there and still an error.
 */

const root = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const filesIn = (folder: string, pattern: RegExp) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.map((name) => join(folder, name))
		.filter((name) => pattern.test(name));

const manifest = JSON.parse(read('package.json'));
const readme = read('README.md');
const sources = [...filesIn('nodes', /\.ts$/), ...filesIn('credentials', /\.ts$/)];
const docs = [
	...readdirSync(root).filter((name) => name.endsWith('.md')),
	...['docs', 'examples', '.github'].flatMap((folder) => filesIn(folder, /\.md$/)),
];
const nodes: INodeTypeDescription[] = [
	new Bunq(),
	new BunqTrigger(),
	new BunqTokenRelayTrigger(),
].map(({ description }) => description);
const credentials = [new BunqOAuth2Api(), new BunqApiKeyApi()];
const operations = resources.flatMap(({ value, operations }) =>
	Object.entries(operations).map(([operation, row]) => ({ id: `${value}.${operation}`, ...row })),
);

/** Every field that a user sees, those in collections and locators too. */
const allFields = (fields: INodeProperties[]): INodeProperties[] =>
	fields.flatMap((field) => [
		field,
		...allFields((field.type === 'collection' ? field.options : []) as INodeProperties[]),
		...((field.modes ?? []) as unknown[] as INodeProperties[]),
	]);
const fields = allFields(
	[...nodes, ...credentials].flatMap(({ properties }) => properties as INodeProperties[]),
);

/** Every text that the editor shows. */
const texts = (value: unknown): string[] => {
	if (typeof value === 'string') return [value];
	return value && typeof value === 'object' ? Object.values(value).flatMap(texts) : [];
};

const lint = {
	'package.json': 'package.json',
	node: 'nodes/Bunq/Bunq.node.ts',
	helper: 'nodes/Bunq/run.ts',
	credential: 'credentials/BunqApiKeyApi.credentials.ts',
};
const printed: Record<string, Record<string, [number]>> = {};

/** The rules that ESLint applies to a file of this kind, with their severity: 2 is an error. */
const rulesOf = (kind: keyof typeof lint) =>
	(printed[kind] ??= JSON.parse(
		execFileSync(
			process.execPath,
			['node_modules/eslint/bin/eslint.js', '--print-config', lint[kind]],
			{
				cwd: root,
				encoding: 'utf8',
				maxBuffer: 1e8,
			},
		),
	).rules);

/** An ESLint rule for a kind of file, or a check by its name in the file that makes it. */
const checkedBy = (where: string, name: string) => {
	if (where in lint)
		expect([name, rulesOf(where as keyof typeof lint)[name]?.[0]]).toEqual([name, 2]);
	else expect(read(where)).toContain(name);
};
const community = (name: string) => `@n8n/community-nodes/${name}`;
const base = (name: string) => `n8n-nodes-base/${name}`;

const guide = 'https://docs.n8n.io/connect/create-nodes/build-your-node';

describe('https://docs.n8n.io/integrations/community-nodes/building-community-nodes, "Standards"', () => {
	test('the name starts with n8n-nodes-', () => {
		expect(manifest.name).toMatch(/^(@[a-z0-9-]+\/)?n8n-nodes-[a-z0-9-]+$/);
	});

	test('n8n-community-node-package is a keyword', () => {
		expect(manifest.keywords).toContain('n8n-community-node-package');
	});

	test('nodes and credentials are in the n8n attribute', () => {
		checkedBy('test/project/architecture.test.ts', 'every node and credential is registered');
		checkedBy('package.json', community('n8n-object-validation'));
	});

	test('strict, and for version 1 of the nodes API', () => {
		expect(manifest.n8n).toMatchObject({ strict: true, n8nNodesApiVersion: 1 });
	});

	test('the linter passes, with the config that n8n gives', () => {
		expect(read('eslint.config.mjs').replace(/\s+/g, ' ')).toBe(
			"import { config } from '@n8n/node-cli/eslint'; export default config; ",
		);
		expect(manifest.scripts.lint).toMatch(
			/ && eslint --max-warnings 0 package.json nodes credentials && /,
		);
		expect(read('.ci/run')).toMatch(/^part lint /m);
	});
});

describe(`${guide}/reference/verification-guidelines`, () => {
	test('the n8n-node tool checks it', () => {
		expect(manifest.devDependencies).toHaveProperty(['@n8n/node-cli']);
	});

	test('no iteration on an existing node: says how it differs from the others', () => {
		expect(readme).toMatch(/differs from other bunq packages/);
	});

	test('no logic or flow control: each node is about one service, in one category', () => {
		for (const file of filesIn('nodes', /\.node\.json$/))
			expect(JSON.parse(read(file)).categories).toEqual(['Finance & Accounting']);
		for (const { group } of nodes) expect([['transform'], ['trigger']]).toContainEqual(group);
	});

	test('one third-party service: every address in the code is of bunq, or our own documentation', () => {
		const addresses = sources.flatMap((file) => read(file).match(/https?:\/\/[^'"\s`)]+/g) ?? []);
		const foreign = addresses.filter(
			(address) => !/^https:\/\/([a-z.-]+\.)?bunq\.com\//.test(address),
		);
		expect(new Set(foreign.filter((address) => !address.startsWith(home())))).toEqual(
			// Two placeholders.
			new Set(['https://example.com/thanks', 'http://localhost:5678/webhook/…/bunq-token']),
		);
	});

	test('one repository: package, issues, homepage and every link of nodes and credentials', () => {
		const codex = filesIn('nodes', /\.node\.json$/).flatMap((file) =>
			texts(JSON.parse(read(file)).resources),
		);
		const links = credentials.map(({ documentationUrl }) => documentationUrl);
		for (const link of [manifest.homepage, manifest.bugs.url, ...codex, ...links])
			expect(link).toMatch(new RegExp(`^${home()}(#|/|$)`));
	});

	test('the repository is a public address: https, no login', () => {
		expect(manifest.repository.url).toMatch(/^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/);
		expect(manifest.private).toBeUndefined();
	});

	test('the author of the package is the owner of the repository', () => {
		checkedBy('package.json', community('valid-author'));
		expect(read('LICENSE')).toContain(`Copyright (c) 2026 ${manifest.author.name}`);
	});

	test('MIT', () => {
		expect(manifest.license).toBe('MIT');
		expect(read('LICENSE')).toMatch(/^MIT License\n/);
	});

	test('no runtime dependencies, no overrides, no peer but n8n-workflow', () => {
		checkedBy('package.json', community('no-runtime-dependencies'));
		checkedBy('package.json', community('no-overrides-field'));
		checkedBy('package.json', community('valid-peer-dependencies'));
		checkedBy(
			'test/project/architecture.test.ts',
			'at run time only n8n-workflow, luxon, node:crypto',
		);
	});

	test.each(['Install', 'Connect', 'First workflow', 'Operations', 'Good to know'])(
		'the README has installing, authentication, usage and operations: %s',
		(heading) => {
			expect(readme).toMatch(new RegExp(`^## ${heading}$`, 'm'));
		},
	);

	test('the README says on which n8n it is tested: the one that it is tested on', () => {
		const { dependencies } = JSON.parse(read('test/e2e/package.json'));
		expect(readme).toContain(`tested on n8n ${dependencies.n8n}`);
	});

	describe('example workflows', () => {
		const examples = filesIn('examples', /\.json$/);
		const all = [...examples, 'test/e2e/demo.workflow.json'];
		const workflowOf = (file: string) => JSON.parse(read(file)) as Example;
		const ownIn = (file: string) =>
			workflowOf(file).nodes.filter(({ type }) => type.startsWith(`${manifest.name}.`));
		const isTool = ({ type }: ExampleNode) => type.endsWith('Tool');
		/** Also of the tool that n8n makes of a node. */
		const descriptionOf = (node: ExampleNode) => {
			const name = node.type.slice(manifest.name.length + 1).replace(/Tool$/, '');
			const found = nodes.find((one) => one.name === name && (one.usableAsTool || !isTool(node)));
			if (!found) throw new Error(`No node ${node.type}`);
			return found;
		};
		/** What n8n lets pass: choices that are none of the field's, and keys that its collection does not have. */
		const strangeIn = (fields: INodeProperties[], values: INodeParameters): unknown[] =>
			Object.entries(values).flatMap(([key, value]) => {
				const field = fields.find(({ name }) => name === key);
				if (!field) return [key];
				const choices = (field.options ?? []) as INodePropertyOptions[];
				if (field.type === 'collection')
					return strangeIn(field.options as INodeProperties[], value as INodeParameters);
				if (!/options$/i.test(field.type)) return [];
				const known = (one: unknown) =>
					`${one}`.startsWith('=') || choices.some((choice) => choice.value === one);
				return [value].flat().filter((one) => !known(one));
			});
		/** What n8n adds to a node that polls, and to a tool. */
		const ADDED = ['pollTimes', 'descriptionType', 'toolDescription'];

		test('there are at least nine, and the README beside them names each', () => {
			expect(examples.length).toBeGreaterThanOrEqual(9);
			for (const file of examples) expect(read('examples/README.md')).toContain(basename(file));
		});

		test.each(examples)(
			"%s holds nothing of its maker's n8n, and a note that explains it",
			(file) => {
				const workflow = workflowOf(file);
				expect(Object.keys(workflow).sort()).toEqual(['connections', 'name', 'nodes', 'settings']);
				for (const node of workflow.nodes)
					expect([node.name, node.credentials, node.webhookId]).toEqual([
						node.name,
						undefined,
						undefined,
					]);
				const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
				expect(notes).toHaveLength(1);
				// The relay executes nothing, and has other things to explain.
				if (file.endsWith('token-relay.json')) return;
				expect(workflow.settings).toEqual({ executionOrder: 'v1' });
				for (const part of [
					'What it does.',
					'Set these',
					'What it costs.',
					'What protects your money.',
				])
					expect(notes[0].parameters.content).toContain(`\n**${part}**`);
			},
		);

		test.each(all)('%s: our nodes have these parameters, show them, and miss none', (file) => {
			expect(ownIn(file).length).toBeGreaterThan(0);
			for (const used of ownIn(file)) {
				const description = descriptionOf(used);
				const { properties } = description;
				expect([used.name, used.typeVersion]).toEqual([used.name, description.version]);
				const given = Object.fromEntries(
					Object.entries(used.parameters).filter(([key]) => !ADDED.includes(key)),
				) as INodeParameters;
				const node = { ...used, id: '', position: [0, 0], parameters: given } as INode;
				const kept = NodeHelpers.getNodeParameters(
					properties,
					given,
					true,
					false,
					node,
					description,
				);
				expect([used.name, kept]).toEqual([used.name, expect.objectContaining(given)]);
				node.parameters = kept ?? {};
				const issues = NodeHelpers.getNodeParametersIssues(properties, node, description);
				expect([used.name, issues]).toEqual([used.name, null]);
				const shown = properties.filter((one) =>
					NodeHelpers.displayParameter(node.parameters, one, node, description),
				);
				expect([used.name, strangeIn(shown, given)]).toEqual([used.name, []]);
			}
		});

		test('no tool of an agent pays', () => {
			const tools = examples.flatMap(ownIn).filter(isTool);
			expect(tools.length).toBeGreaterThan(2);
			for (const { parameters } of tools)
				expect(`${parameters.resource}.${parameters.operation}`).toMatch(
					/\.(get|getAll)$|^draftPayment\.create$/,
				);
		});
	});

	/** The anchors of a document, as GitHub makes them of its headings. */
	const anchorsOf = (file: string) => {
		const seen: Record<string, number> = {};
		const text = read(file).replace(/^```[^]*?^```/gm, '');
		return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
			const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
			const anchor = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replace(/ /g, '-');
			seen[anchor] = (seen[anchor] ?? -1) + 1;
			return seen[anchor] > 0 ? `${anchor}-${seen[anchor]}` : anchor;
		});
	};

	test('every link between the documents leads somewhere, its # too', () => {
		expect(docs).toEqual(
			expect.arrayContaining(['SECURITY.md', '.github/PULL_REQUEST_TEMPLATE.md']),
		);
		for (const file of docs)
			for (const [, target, anchor] of read(file).matchAll(
				/\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)/g,
			)) {
				const led = target ? join(dirname(file), target) : file;
				expect([file, target, existsSync(join(root, led))]).toEqual([file, target, true]);
				if (anchor)
					expect([file, led, anchorsOf(led)]).toEqual([
						file,
						led,
						expect.arrayContaining([anchor]),
					]);
			}
	});

	test("links from nodes, credentials and GitHub's forms into the documents lead somewhere", () => {
		const files = [
			...sources,
			...filesIn('nodes', /\.node\.json$/),
			...filesIn('.github', /\.(yml|md)$/),
		];
		const links = files.flatMap((file) =>
			[
				...read(file).matchAll(
					new RegExp(`${home()}(?:/blob/main/([^#'"\\s]+))?(?:#([\\w-]+))?`, 'g'),
				),
			].map(([, page = 'README.md', anchor]) => [file, page, anchor]),
		);
		expect(links.length).toBeGreaterThan(5);
		for (const [file, page, anchor] of links) {
			expect([file, page, existsSync(join(root, page))]).toEqual([file, page, true]);
			// GitHub's own anchor of the README on the first page.
			if (anchor && anchor !== 'readme')
				expect([file, anchorsOf(page)]).toEqual([file, expect.arrayContaining([anchor])]);
		}
	});

	test('every page is in the index of documents', () => {
		const index = read('docs/README.md');
		for (const file of filesIn('docs', /\.md$/).filter((name) => name !== 'docs/README.md'))
			expect([file, index.includes(`](${file.replace('docs/', '')})`)]).toEqual([file, true]);
	});

	test('every command that the documents name is there', () => {
		for (const file of docs)
			for (const [, name] of read(file).matchAll(/\bnpm run ([\w:]+)/g))
				expect([file, Object.keys(manifest.scripts)]).toEqual([
					file,
					expect.arrayContaining([name]),
				]);
	});

	test('no environment variables, no files', () => {
		checkedBy('helper', community('no-restricted-globals'));
		checkedBy('helper', community('no-restricted-imports'));
		for (const file of sources)
			expect([file, read(file).match(/\bprocess\.\w|\$env\b|\bimport\(|\brequire\(/)]).toEqual([
				file,
				null,
			]);
	});

	test('TypeScript only', () => {
		expect([
			...filesIn('nodes', /\.[cm]?jsx?$/),
			...filesIn('credentials', /\.[cm]?jsx?$/),
		]).toEqual([]);
	});

	test("errors are n8n's, with the item, and a run may go on", () => {
		checkedBy('helper', community('require-node-api-error'));
		checkedBy('node', base('node-execute-block-missing-continue-on-fail'));
		checkedBy('test/e2e/executions.e2e.test.ts', 'with "continue", the other items go on');
	});

	test('@n8n/scan-community-package finds nothing, in the sources and in the tarball', () => {
		expect(read('.ci/run')).toMatch(/^part scan /m);
		checkedBy('scripts/scan.ts', 'n8n scan of the sources');
		checkedBy('scripts/scan.ts', 'n8n scan of the tarball');
	});

	test("English only: the editor's texts, errors and documents", () => {
		const shown = [...texts(nodes), ...texts(credentials), ...[...docs, ...sources].map(read)].join(
			'\n',
		);
		expect(shown.match(/\p{L}/gu)?.filter((letter) => !/\p{Script=Latin}/u.test(letter))).toEqual(
			[],
		);
		// What a Dutch bank's documents would leave behind, but for names between quotes.
		expect(shown.match(/\b(het|een|niet|rekening|betaling|bedrag|fout|nicht|Konto)\b/g)).toBeNull();
	});
});

describe('https://docs.npmjs.com/generating-provenance-statements, of which n8n asks for one since May 2026', () => {
	test('only what is built goes to npm', () => {
		expect(manifest.files).toEqual(['dist', 'index.js', 'CHANGELOG.md']);
		checkedBy('scripts/scan.ts', 'beside dist: ');
		checkedBy('scripts/scan.ts', 'no declarations, source maps or sources');
	});

	test('nothing runs on the machine that installs it', () => {
		checkedBy('package.json', community('no-forbidden-lifecycle-scripts'));
		checkedBy('scripts/scan.ts', 'no install scripts');
	});

	test('the README says that it is not on npm yet, as long as that is so', () => {
		const isReleased = /^## \S+ – \d{4}-\d\d-\d\d$/m.test(read('CHANGELOG.md'));
		expect(/not\s+on\s+npm\s+yet/.test(readme)).toBe(!isReleased);
	});

	test('a semantic version, and the changelog has it on top', () => {
		expect(manifest.version).toMatch(/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/);
		expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(manifest.version);
	});
});

/** A workflow as n8n exports it, as far as the rules look at it. */
interface Example {
	nodes: ExampleNode[];
	settings: object;
}
interface ExampleNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: Record<string, unknown>;
	credentials?: object;
	webhookId?: string;
}

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

describe('https://docs.npmjs.com/trusted-publishers and GitHub: what happens in public', () => {
	const github = (file: string) => readYaml(join(root, '.github', file));
	const ci = github('workflows/ci.yml') as Workflow;
	const publish = github('workflows/publish.yml') as Workflow;
	const steps = (workflow: Workflow) =>
		Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
	test('every change is checked, by the same command as everywhere', () => {
		expect(ci.on).toMatchObject({ push: { branches: ['main'] }, pull_request: null });
		expect(steps(ci).map(({ run }) => run)).toContain('.ci/run');
	});

	test('all of it takes at most 75 minutes, and GitHub does not stop it before', () => {
		const parts = [...read('.ci/run').matchAll(/^part (\S+) (\d+) /gm)];
		const minutes = parts.reduce((sum, [, , most]) => sum + Number(most), 0) / 60;
		for (const [, part, most] of parts)
			expect(read('CONTRIBUTING.md')).toMatch(
				new RegExp(`^\\| \`${part}\` .*\\| ${most} s +\\|$`, 'm'),
			);
		expect(parts.length).toBeGreaterThanOrEqual(8);
		expect(minutes).toBeLessThanOrEqual(75);
		expect(Number(ci.jobs.checks['timeout-minutes'])).toBeGreaterThan(minutes);
	});

	test("on GitHub the older versions of n8n run on the machine's Node: the one that the README names", () => {
		const node = steps(ci).find(({ uses }) => uses?.includes('setup-node'))?.with?.['node-version'];
		expect(readme.replace(/\s+/g, ' ')).toContain(`2.8.4 and 1.123.81 with Node ${node}.`);
	});

	test('what the browser saw is kept, whatever became of it; what tests wrote, where one failed', () => {
		const kept = steps(ci).filter(({ uses }) => uses?.includes('upload-artifact'));
		expect(kept.map((one) => [one.if, one.with?.path.includes('.run/connect')])).toEqual([
			['always()', true],
			['failure()', false],
		]);
	});

	test('a tag publishes, once all checks have passed, and nothing else does', () => {
		expect(publish.on).toEqual({ push: { tags: ['v*'] } });
		expect(publish.jobs.checks.uses).toBe('./.github/workflows/ci.yml');
		expect(ci.on).toHaveProperty('workflow_call');
		expect(publish.jobs.publish.needs).toBe('checks');
	});

	test('the tag is on main, it is the version, and the changelog has it with its date', () => {
		const [checkout] = steps(publish);
		const found = steps(publish).find(({ id }) => id === 'release');
		expect(checkout.with?.['fetch-depth']).toBe('0');
		expect(found?.run).toBe('npx tsx scripts/release.ts "$GITHUB_REF_NAME" origin/main');
		checkedBy('test/project/release.test.ts', 'a release');
	});

	test('with provenance, and only that job may say who it is', () => {
		const last = steps(publish).at(-1);
		expect(last?.run).toMatch(/^npm publish --provenance --access public --tag "\$DIST_TAG"$/m);
		expect(publish.jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
		expect([ci.permissions, publish.permissions]).toEqual([
			{ contents: 'read' },
			{ contents: 'read' },
		]);
	});

	test('no token where npm trusts the workflow: its line is written only with one', () => {
		for (const { with: given = {} } of steps(publish))
			expect(given).not.toHaveProperty('registry-url');
		expect(steps(publish).at(-1)?.run).toMatch(
			/^if \[ -n "\$NPM_TOKEN" \]; then echo '[^']*\$\{NPM_TOKEN\}'/,
		);
		expect(read('.github/workflows/publish.yml')).not.toContain('NODE_AUTH_TOKEN');
	});

	test("a version before a release gets npm's tag next", () => {
		expect(steps(publish).at(-1)?.env?.DIST_TAG).toBe('${{ steps.release.outputs.tag }}');
		checkedBy('test/project/release.test.ts', 'a version before a release');
	});

	test('actions are pinned to a commit', () => {
		const used = [ci, publish].flatMap(steps).flatMap(({ uses }) => uses ?? []);
		expect(used.length).toBeGreaterThan(3);
		for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
	});

	test('updates are proposed for both trees and for the actions', () => {
		const { updates } = github('dependabot.yml') as { updates: Array<Record<string, string>> };
		expect(read('.github/dependabot.yml')).toMatch(/^# Most versions are pinned, on purpose:/);
		expect(updates.map((one) => `${one['package-ecosystem']} ${one.directory}`)).toEqual([
			'npm /',
			'npm /test/e2e',
			'github-actions /',
		]);
	});

	test('a report of a bug asks for no secret, and says so first', () => {
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

describe(`${guide}/reference/ux-guidelines`, () => {
	const bank = useBank();

	test('secrets are password fields', () => {
		checkedBy('credential', community('credential-password-field'));
		const secret = /secret|token|key|password/i;
		const open = credentials
			.flatMap(({ properties }) => properties)
			.filter(({ name, type }) => secret.test(name) && /^(string|hidden)$/.test(type))
			.filter(({ typeOptions, name }) => !typeOptions?.password && !/url$/i.test(name));
		expect(open.map(({ name }) => name)).toEqual([]);
	});

	test('OAuth is offered, and first', () => {
		expect(new BunqOAuth2Api().extends).toEqual(['oAuth2Api']);
		for (const { properties } of nodes) {
			const choice = properties.find(({ name }) => name === 'authentication');
			if (choice) expect(choice.default).toBe('oAuth2');
		}
	});

	test('Get, Get Many, Create, Update and Delete are called so', () => {
		for (const { id, name } of operations) {
			const usual = { get: 'Get', getAll: 'Get Many', create: 'Create', update: 'Update' }[
				id.split('.')[1]
			];
			if (usual) expect([id, name]).toEqual([id, usual]);
			expect([id, name]).not.toEqual([
				id,
				expect.stringMatching(/^(List|Read|Fetch|Add|Edit|Remove)\b/),
			]);
		}
	});

	test('a resource locator starts with the list', () => {
		const locators = fields.filter(({ type }) => type === 'resourceLocator');
		expect(locators.length).toBeGreaterThan(10);
		for (const { name, default: preset, modes } of locators) {
			expect([name, modes?.[0].name]).toEqual([name, 'list']);
			expect([name, preset]).toMatchObject([name, { mode: 'list', value: '' }]);
		}
	});

	test('Simplify is called and described so', () => {
		checkedBy('node', base('node-param-display-name-wrong-for-simplify'));
		checkedBy('node', base('node-param-description-wrong-for-simplify'));
	});

	/** n8n says ten. These have more, as people work with every one of them; it may get fewer, not more. */
	const LONGER: Record<string, number> = {
		card: 13,
		cardTransaction: 12,
		draftPayment: 11,
		payment: 12,
		requestInquiry: 12,
		requestResponse: 11,
	};

	test.each(
		operations.filter(({ id }) => id.endsWith('.getAll')).map(({ id }) => id.split('.')[0]),
	)('simplified, %s has at most ten fields', async (resource) => {
		const account = await bank.locate('Main');
		if (resource === 'draftPayment')
			await bank.apiKey({
				resource,
				operation: 'create',
				account,
				recipientType: 'iban',
				recipientIban: (await bank.world()).thirdParties[0].iban,
				recipientName: 'Sam',
				amount: 1,
			});
		const { json } = await bank.apiKey({ resource, operation: 'getAll', account });
		expect(json.length).toBeGreaterThan(0);
		for (const item of json)
			expect(Object.keys(item).length).toBeLessThanOrEqual(LONGER[resource] ?? 10);
	});

	test('Title Case for labels, sentence case for actions, "Whether" for booleans', () => {
		checkedBy('test/project/workflowFormat.test.ts', 'TITLE_CASE');
		checkedBy('node', base('node-param-display-name-miscased'));
		checkedBy('node', base('node-param-operation-option-action-miscased'));
		checkedBy('node', base('node-param-description-boolean-without-whether'));
	});

	/** "Request Response", "request responses"; the object of API Request is a request. */
	const names = (text: string, resource: string) => {
		const object = resource === 'API Request' ? 'request' : resource.toLowerCase();
		return [object, object.replace(/y$/, 'ies')].some((one) => text.toLowerCase().includes(one));
	};

	test('action and description of an operation name the resource', () => {
		for (const { name, operations: its } of resources)
			for (const { action, description } of Object.values(its))
				expect([action, description, names(action, name) && names(description, name)]).toEqual([
					action,
					description,
					true,
				]);
	});

	test('a tooltip ends with a period when it has more than one sentence, and only then', () => {
		checkedBy('node', base('node-param-description-excess-final-period'));
		checkedBy('node', base('node-param-description-missing-final-period'));
	});

	test('an action omits articles', () => {
		for (const { id, action } of operations)
			expect([id, action]).not.toEqual([id, expect.stringMatching(/ (an?|the) /)]);
	});

	test('an example in a field starts with "e.g."', () => {
		for (const { name, type, placeholder } of fields)
			if (placeholder && !/ollection$/.test(type))
				expect([name, placeholder]).toEqual([name, expect.stringMatching(/^e\.g\. \S/)]);
	});

	/** Every text of the nodes that is more than a word: messages, descriptions, labels. */
	const prose = sources
		.filter((file) => file.startsWith('nodes'))
		.flatMap((file) => {
			const found: string[] = [];
			const visit = (node: ts.Node) => {
				if (ts.isTemplateExpression(node))
					found.push(
						[node.head, ...node.templateSpans.map((span) => span.literal)]
							.map(({ text }) => text)
							.join('…'),
					);
				else if (ts.isStringLiteralLike(node)) found.push(node.text);
				ts.forEachChild(node, visit);
			};
			visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
			return found.filter((text) => /\S \S/.test(text));
		});

	test('no message and no description has the words error, problem, failure or mistake', () => {
		expect(prose.length).toBeGreaterThan(300);
		expect(
			prose.filter((text) => /\b(errors?|problems?|failures?|mistakes?)\b/i.test(text)),
		).toEqual([]);
	});

	test('a message names a field, an operation or a switch by its label, between quotes', () => {
		const labels = new Set([
			...fields.map(({ displayName }) => displayName),
			...resources.flatMap(({ name, operations: its }) =>
				Object.values(its).map((row) => `${name}: ${row.name}`),
			),
		]);
		// Neither an expression nor a piece of JSON.
		const said = prose
			.filter((text) => !text.startsWith('='))
			.map((text) => text.replace(/\{.*\}/, ''));
		const named = said.flatMap((text) =>
			[...text.matchAll(/"([A-Z][\w.]*(?::? [A-Z][\w.]*| if| on| to)*)"/g)].map(
				([, label]) => label,
			),
		);
		expect(named.length).toBeGreaterThan(15);
		expect(named.filter((label) => !labels.has(label))).toEqual([]);
	});

	test('an error has the item that it is about, which n8n shows as Item Index', () => {
		checkedBy('nodes/Bunq/nodeError.ts', 'itemIndex,');
		checkedBy('test/operations/input.test.ts', 'context: { itemIndex: 1 }');
	});

	test('what was deleted says so', () => {
		checkedBy('test/operations/apiRequest.test.ts', '{ deleted: true }');
	});

	test('lists are sorted, optional fields too', () => {
		checkedBy('test/project/workflowFormat.test.ts', 'optional fields are in alphabetical order');
	});

	test('dates are ISO 8601, with or without a zone; JSON may be typed or come from an expression', () => {
		checkedBy(
			'test/operations/payment.test.ts',
			'dates without a zone are in the time zone of the workflow',
		);
		checkedBy('test/operations/apiRequest.test.ts', 'the body %p is refused, and not quoted');
	});

	/** What n8n asks for and this package does otherwise: each with its reason, so that nobody takes it for forgotten. */
	describe('otherwise than n8n asks', () => {
		test('an AI tool has Simplify, not Output with Simplified, Raw and Selected Fields', () => {
			// The stored names are one contract for the node and its tool, and simplified items have few fields.
			const names = operations.flatMap((row) => row.fields.map(({ name }) => name));
			expect(names).toContain('simplify');
			expect(names).not.toContain('output');
		});
	});
});

describe(`${guide}/reference/codex-files and file structure`, () => {
	test.each(filesIn('nodes', /\.node\.ts$/))(
		'%s has its codex, with links to documents',
		(file) => {
			const codex = JSON.parse(read(file.replace(/\.ts$/, '.json')));
			const name = basename(file, '.node.ts');
			expect(codex).toMatchObject({
				node: `${manifest.name}.${name[0].toLowerCase()}${name.slice(1)}`,
				resources: { primaryDocumentation: [{}], credentialDocumentation: [{}] },
			});
			expect(nodes.map((node) => `${manifest.name}.${node.name}`)).toContain(codex.node);
		},
	);

	test('files, classes, names and labels follow the conventions', () => {
		checkedBy('node', base('node-filename-against-convention'));
		checkedBy('node', base('node-class-description-name-miscased'));
		checkedBy('node', community('trigger-node-conventions'));
		checkedBy('credential', base('cred-filename-against-convention'));
		checkedBy('credential', base('cred-class-name-unsuffixed'));
		checkedBy('credential', community('cred-class-oauth2-naming'));
	});

	test('a node says its version, subtitle and description', () => {
		checkedBy('node', community('require-node-description-fields'));
		for (const { version, description } of nodes) {
			expect(version).toEqual(expect.any(Number));
			expect(description).toMatch(/\S/);
		}
	});

	test('icons: square SVGs, for light and dark, on nodes and credentials', () => {
		checkedBy('node', community('icon-validation'));
		checkedBy('credential', community('cred-class-field-icon-missing'));
		for (const { icon } of [...nodes, ...credentials])
			expect(icon).toEqual({
				light: expect.stringMatching(/\.svg$/),
				dark: expect.stringMatching(/\.dark\.svg$/),
			});
		for (const file of filesIn('icons', /./)) {
			const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(read(file)) ?? [];
			expect([file, width]).toEqual([file, height]);
		}
	});

	test('a credential can be tested', () => {
		checkedBy('credential', community('credential-test-required'));
		expect(new BunqApiKeyApi().test.request).toHaveProperty('baseURL');
	});

	test('an agent may use the node, and no trigger', () => {
		checkedBy('node', community('node-usable-as-tool'));
		expect(nodes.filter(({ usableAsTool }) => usableAsTool).map(({ name }) => name)).toEqual([
			'bunq',
		]);
	});
});

describe(`${guide}/reference/code-standards`, () => {
	test('Resource and Operation are called so, and take no expressions', () => {
		const selectors = nodes[0].properties.filter(({ name }) => /^(resource|operation)$/.test(name));
		expect(selectors.length).toBe(1 + resources.length);
		for (const { displayName, name, noDataExpression, options } of selectors) {
			expect(displayName.toLowerCase()).toBe(name);
			expect(noDataExpression).toBe(true);
			expect((options as INodePropertyOptions[]).every(({ description }) => description)).toBe(
				true,
			);
		}
	});

	test("requests go through n8n's helper, in one place", () => {
		checkedBy('helper', community('no-deprecated-workflow-functions'));
		const using = sources.filter((file) => /helpers\.httpRequest\b|\bfetch\(/.test(read(file)));
		expect(using.length).toBeGreaterThan(0);
		for (const file of using)
			expect(file).toMatch(
				/nodes\/Bunq\/(api\/|connect|parameters\/authentication|BunqTokenRelayTrigger)/,
			);
	});

	test('nothing is printed', () => {
		for (const file of sources)
			expect([file, /\bconsole\b|\blogger\b/.test(read(file))]).toEqual([file, false]);
	});
});

/** The address of the repository, as people open it. */
const home = () => manifest.repository.url.replace(/^git\+|\.git$/g, '');
