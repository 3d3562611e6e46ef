import type { INodePropertyOptions } from 'n8n-workflow';
import { basename } from 'node:path';
import { BunqApiKeyApi } from '../../credentials/BunqApiKeyApi.credentials';
import { resources } from '../../nodes/Bunq/resources';
import { credentials, nodes, textsIn } from '../support/descriptions';
import { base, community, expectCheck } from '../support/n8nLint';
import { documents, filesIn, homepage, manifest, read, readme, sources } from '../support/project';

/**
 * n8n's rules for verified packages, a test each, below the page that states them (read on 2026-11-24). Rules about the
 * editor are in uxGuidelines.test.ts, those about publishing in publishing.test.ts.
 */

const guide = 'https://docs.n8n.io/connect/create-nodes/build-your-node';

describe('https://docs.n8n.io/integrations/community-nodes/building-community-nodes, "Standards"', () => {
	test('the name starts with n8n-nodes-', () => {
		expect(manifest.name).toMatch(/^(@[a-z0-9-]+\/)?n8n-nodes-[a-z0-9-]+$/);
	});

	test('n8n-community-node-package is a keyword', () => {
		expect(manifest.keywords).toContain('n8n-community-node-package');
	});

	test('nodes and credentials are in the n8n attribute', () => {
		expectCheck('test/project/architecture.test.ts', 'every node and credential is registered');
		expectCheck('package.json', community('n8n-object-validation'));
	});

	test('strict mode and version 1 of the nodes API are declared', () => {
		expect(manifest.n8n).toMatchObject({ strict: true, n8nNodesApiVersion: 1 });
	});

	test("the linter runs in CI with n8n's unchanged config", () => {
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
	test('the package is built with the n8n-node tool', () => {
		expect(manifest.devDependencies).toHaveProperty(['@n8n/node-cli']);
	});

	test('no iteration of an existing node: the README says how it differs', () => {
		expect(readme).toMatch(/differs from other bunq packages/);
	});

	test('no logic or flow control: each node serves one service, in one category', () => {
		for (const file of filesIn('nodes', /\.node\.json$/))
			expect(JSON.parse(read(file)).categories).toEqual(['Finance & Accounting']);
		for (const { group } of nodes) expect([['transform'], ['trigger']]).toContainEqual(group);
	});

	test('one third-party service: every address in the code leads to bunq or to our documentation', () => {
		const addresses = sources.flatMap((file) => read(file).match(/https?:\/\/[^'"\s`)]+/g) ?? []);
		const foreign = addresses.filter(
			(address) => !/^https:\/\/([a-z.-]+\.)?bunq\.com\//.test(address),
		);
		expect(new Set(foreign.filter((address) => !address.startsWith(homepage)))).toEqual(
			// Placeholders in fields.
			new Set([
				'https://example.com/hook',
				'https://example.com/thanks',
				'http://localhost:5678/webhook/…/bunq-token',
			]),
		);
	});

	test('package, issues, homepage and all links of nodes and credentials lead to one repository', () => {
		const codex = filesIn('nodes', /\.node\.json$/).flatMap((file) =>
			textsIn(JSON.parse(read(file)).resources),
		);
		const links = credentials.map(({ documentationUrl }) => documentationUrl);
		for (const link of [manifest.homepage, manifest.bugs.url, ...codex, ...links])
			expect(link).toMatch(new RegExp(`^${homepage}(#|/|$)`));
	});

	test('the repository has a public address: HTTPS, no login', () => {
		expect(manifest.repository.url).toMatch(/^git\+https:\/\/github\.com\/[\w-]+\/[\w-]+\.git$/);
		expect(manifest.private).toBeUndefined();
	});

	test('the author of the package is the owner of the repository', () => {
		expectCheck('package.json', community('valid-author'));
		expect(read('LICENSE')).toContain(`Copyright (c) 2026 ${manifest.author.name}`);
	});

	test('the license is MIT', () => {
		expect(manifest.license).toBe('MIT');
		expect(read('LICENSE')).toMatch(/^MIT License\n/);
	});

	test('no runtime dependencies, no overrides, and n8n-workflow as the only peer', () => {
		expectCheck('package.json', community('no-runtime-dependencies'));
		expectCheck('package.json', community('no-overrides-field'));
		expectCheck('package.json', community('valid-peer-dependencies'));
		expectCheck(
			'test/project/architecture.test.ts',
			'at run time only n8n-workflow, luxon, node:crypto',
		);
	});

	test.each(['Install', 'Connect', 'First workflow', 'Operations', 'Good to know'])(
		'the README explains installation, authentication, usage and operations: %s',
		(heading) => {
			expect(readme).toMatch(new RegExp(`^## ${heading}$`, 'm'));
		},
	);

	test('the README names the version of n8n that the tests use', () => {
		const { dependencies } = JSON.parse(read('test/e2e/package.json'));
		expect(readme).toContain(`tested on n8n ${dependencies.n8n}`);
	});

	test('no access to environment variables or files', () => {
		expectCheck('helper', community('no-restricted-globals'));
		expectCheck('helper', community('no-restricted-imports'));
		for (const file of sources)
			expect([file, read(file).match(/\bprocess\.\w|\$env\b|\bimport\(|\brequire\(/)]).toEqual([
				file,
				null,
			]);
	});

	test('the sources are TypeScript only', () => {
		expect([
			...filesIn('nodes', /\.[cm]?jsx?$/),
			...filesIn('credentials', /\.[cm]?jsx?$/),
		]).toEqual([]);
	});

	test('errors are NodeApiErrors with an item, and a run may continue', () => {
		expectCheck('helper', community('require-node-api-error'));
		expectCheck('node', base('node-execute-block-missing-continue-on-fail'));
		expectCheck('test/e2e/executions.e2e.test.ts', 'with "continue", the other items continue');
	});

	test('@n8n/scan-community-package finds nothing in the sources or the tarball', () => {
		expect(read('.ci/run')).toMatch(/^part scan /m);
		expectCheck('scripts/scan.ts', 'n8n scan of the sources');
		expectCheck('scripts/scan.ts', 'n8n scan of the tarball');
	});

	test('texts in the editor, errors and documents are in English', () => {
		const shown = [
			...textsIn(nodes),
			...textsIn(credentials),
			...[...documents, ...sources].map(read),
		].join('\n');
		expect(shown.match(/\p{L}/gu)?.filter((letter) => !/\p{Script=Latin}/u.test(letter))).toEqual(
			[],
		);
		// Words that the documents of a Dutch bank might leave behind.
		expect(shown.match(/\b(het|een|niet|rekening|betaling|bedrag|fout|nicht|Konto)\b/g)).toBeNull();
	});
});

describe(`${guide}/reference/codex-files and file structure`, () => {
	test.each(filesIn('nodes', /\.node\.ts$/))('%s has a codex with links to documents', (file) => {
		const codex = JSON.parse(read(file.replace(/\.ts$/, '.json')));
		const name = basename(file, '.node.ts');
		expect(codex).toMatchObject({
			node: `${manifest.name}.${name[0].toLowerCase()}${name.slice(1)}`,
			resources: { primaryDocumentation: [{}], credentialDocumentation: [{}] },
		});
		expect(nodes.map((node) => `${manifest.name}.${node.name}`)).toContain(codex.node);
	});

	test('files, classes, names and labels follow the conventions', () => {
		expectCheck('node', base('node-filename-against-convention'));
		expectCheck('node', base('node-class-description-name-miscased'));
		expectCheck('node', community('trigger-node-conventions'));
		expectCheck('credential', base('cred-filename-against-convention'));
		expectCheck('credential', base('cred-class-name-unsuffixed'));
		expectCheck('credential', community('cred-class-oauth2-naming'));
	});

	test('a node has a version, a subtitle and a description', () => {
		expectCheck('node', community('require-node-description-fields'));
		for (const { version, description } of nodes) {
			expect(version).toEqual(expect.any(Number));
			expect(description).toMatch(/\S/);
		}
	});

	test('nodes and credentials have square SVG icons for light and dark mode', () => {
		expectCheck('node', community('icon-validation'));
		expectCheck('credential', community('cred-class-field-icon-missing'));
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
		expectCheck('credential', community('credential-test-required'));
		expect(new BunqApiKeyApi().test.request).toHaveProperty('baseURL');
	});

	test('an agent can use the node, but no trigger', () => {
		expectCheck('node', community('node-usable-as-tool'));
		expect(nodes.filter(({ usableAsTool }) => usableAsTool).map(({ name }) => name)).toEqual([
			'bunq',
		]);
	});
});

describe(`${guide}/reference/code-standards`, () => {
	test('Resource and Operation have these names and take no expressions', () => {
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

	test("requests use n8n's helper, in one place", () => {
		expectCheck('helper', community('no-deprecated-workflow-functions'));
		const using = sources.filter((file) => /helpers\.httpRequest\b|\bfetch\(/.test(read(file)));
		expect(using.length).toBeGreaterThan(0);
		for (const file of using)
			expect(file).toMatch(
				/nodes\/Bunq\/(api\/|connect|parameters\/authentication|BunqTokenRelayTrigger)/,
			);
	});

	test('nothing is printed, and only the trigger, which has no other place, uses the log', () => {
		for (const file of sources)
			expect([file, /\bconsole\b/.test(read(file))]).toEqual([file, false]);
		for (const file of sources.filter((one) => /\blogger\b/.test(read(one))))
			expect(file).toMatch(/nodes\/Bunq\/(trigger\/|BunqTrigger)/);
	});
});
