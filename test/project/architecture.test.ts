import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Where things may be: docs/design.md, "Imports point one way". */

const root = resolve(__dirname, '../..');
const sources = (folder: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name));
const files = [...sources('nodes'), ...sources('credentials')];
const importsOf = (file: string) =>
	[...readFileSync(join(root, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) =>
		name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name,
	);

/** The higher may import the lower, never the other way round. */
const LAYERS = [/\.node$/, /\/run$/, /\/(resources|events)\//, /\/Bunq\/[a-zA-Z]+$/, /\/api\//];
const layerOf = (file: string) =>
	LAYERS.findIndex((pattern) => pattern.test(file.replace(/\.ts$/, '')));

test.each(files.filter((file) => file.startsWith('nodes')))('%s imports only downwards', (file) => {
	for (const name of importsOf(file).filter((one) => one.startsWith('nodes')))
		expect([name, layerOf(name) >= layerOf(file)]).toEqual([name, true]);
});

test('credentials know only the api', () => {
	for (const file of sources('credentials'))
		for (const name of importsOf(file)) expect(name).toMatch(/^(n8n-workflow$|nodes\/Bunq\/api\/)/);
});

test('at run time only n8n-workflow, luxon, node:crypto and own files', () => {
	const outside = files.flatMap(importsOf).filter((name) => !/^(nodes|credentials)\//.test(name));
	expect([...new Set(outside)].sort()).toEqual(['luxon', 'n8n-workflow', 'node:crypto']);
	const { dependencies, peerDependencies } = JSON.parse(
		readFileSync(join(root, 'package.json'), 'utf8'),
	);
	expect([dependencies, peerDependencies]).toEqual([undefined, { 'n8n-workflow': '*' }]);
});

test('every node and credential is registered, with an icon that exists', () => {
	const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const built = (file: string) => join('dist', file.replace(/\.ts$/, '.js'));
	expect(n8n.nodes).toEqual(
		sources('nodes')
			.filter((file) => file.endsWith('.node.ts'))
			.map(built),
	);
	expect([...n8n.credentials].sort()).toEqual(sources('credentials').map(built).sort());
	for (const file of files)
		for (const [, icon] of readFileSync(join(root, file), 'utf8').matchAll(/'file:([^']+)'/g))
			expect(readFileSync(join(root, dirname(file), icon), 'utf8')).toMatch(/^<svg/);
});

test('loading the node files takes at most 60 ms beyond n8n-workflow itself', () => {
	// Transpiled as the published files are, in fresh processes; the quickest of several, as other work only adds.
	execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--outDir', '.run/load'], {
		cwd: root,
	});
	const load = `
		require('n8n-workflow');
		const started = performance.now();
		require('./.run/load/nodes/Bunq/Bunq.node.js');
		require('./.run/load/credentials/BunqApiKeyApi.credentials.js');
		require('./.run/load/credentials/BunqOAuth2Api.credentials.js');
		console.log(performance.now() - started);`;
	const times = Array.from({ length: 5 }, () =>
		Number(execFileSync(process.execPath, ['-e', load], { cwd: root, encoding: 'utf8' })),
	);
	console.log(`The node files load in ${Math.min(...times).toFixed(0)} ms`);
	expect(Math.min(...times)).toBeLessThan(60);
});
