import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { resources } from '../../nodes/Bunq/resources';
import { bundle } from '../../scripts/bundle.cjs';
import { read, root } from '../support/project';

/** Where things may be: docs/design.md, "Imports point one way". */

const sources = (folder: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name));
const files = [...sources('nodes'), ...sources('credentials')];
/** What a file imports, by path without extension or by package name. */
const importsOf = (file: string) =>
	[...read(file).matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';/gms)].map(
		([, type, name]) => ({
			name: name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name,
			isTypeOnly: type !== undefined,
		}),
	);

const ROOMS = ['node', 'execute', 'resources', 'trigger', 'parameters', 'api'] as const;
const SINGLE_FILES = [
	'movements',
	'simplify',
	'connect',
	'spendingPolicy',
	'nodeError',
	'triggerUrl',
] as const;
type Room = (typeof ROOMS)[number] | (typeof SINGLE_FILES)[number];

/** Which room may import which; a room may always import itself. */
const MAY_IMPORT: Record<Room, Room[]> = {
	node: ['execute', 'resources', 'trigger', 'parameters', 'nodeError', 'triggerUrl', 'api'],
	execute: ['parameters', 'simplify', 'connect', 'nodeError', 'api'],
	resources: ['parameters', 'movements', 'simplify', 'connect', 'spendingPolicy', 'api'],
	trigger: ['parameters', 'movements', 'simplify', 'connect', 'nodeError', 'triggerUrl', 'api'],
	parameters: ['simplify', 'connect', 'nodeError', 'api'],
	movements: ['simplify', 'connect', 'api'],
	simplify: ['triggerUrl', 'api'],
	connect: ['spendingPolicy', 'api'],
	spendingPolicy: ['api'],
	nodeError: ['api'],
	triggerUrl: [],
	api: [],
};

/** The engine knows the types of an operation, and no resource. */
const OPERATION_TYPES = 'nodes/Bunq/resources/operation';

const roomOf = (path: string): Room => {
	const inside = path.replace(/\.ts$/, '').replace(/^nodes\/Bunq\//, '');
	if (/^\w+\.node$/.test(inside)) return 'node';
	const [first] = inside.split('/');
	const room = [...ROOMS, ...SINGLE_FILES].find((one) => one === first);
	if (room) return room;
	throw new Error(`${path} is in no room`);
};

const nodeFiles = files.filter((file) => file.startsWith('nodes'));

test.each(nodeFiles)('%s imports only rooms below its own', (file) => {
	const room = roomOf(file);
	const forbidden = importsOf(file).filter(
		({ name, isTypeOnly }) =>
			name.startsWith('nodes') &&
			roomOf(name) !== room &&
			!MAY_IMPORT[room].includes(roomOf(name)) &&
			!(room === 'execute' && name === OPERATION_TYPES && isTypeOnly),
	);
	expect(forbidden).toEqual([]);
});

test("only clock.ts reads this machine's clock, which somebody may set", () => {
	const readers = files.filter((file) => /Date\.now\(|new Date\(\)|DateTime\.now/.test(read(file)));
	expect(readers).toEqual(['nodes/Bunq/api/clock.ts']);
});

test('no file imports itself, however many files lie between', () => {
	const graph = new Map(
		nodeFiles.map((file) => [
			file.replace(/\.ts$/, ''),
			importsOf(file).map(({ name }) => (name === 'nodes/Bunq/resources' ? `${name}/index` : name)),
		]),
	);
	const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
		(graph.get(from) ?? []).some((next) => {
			if (next === to) return true;
			if (seen.has(next)) return false;
			return reaches(next, to, seen.add(next));
		});
	expect([...graph.keys()].filter((file) => reaches(file, file))).toEqual([]);
});

test('api/ knows no node, no parameter and no credential field', () => {
	const credentialFields = sources('credentials').flatMap((file) =>
		[...read(file).matchAll(/^\t\t\tname: '(\w+)'/gm)].map(([, name]) => name),
	);
	expect(credentialFields).toContain('apiKey');
	// bunq's OAuth has both words too.
	const shared = ['environment', 'scope', 'authentication'];
	const known = [...credentialFields.filter((name) => !shared.includes(name)), 'oauthTokenData'];
	const CONTEXT =
		/\bI\w*Functions\b|\bIHttpRequestHelper\b|\bINode\w*\b|getNodeParameter|getCredentials/;
	for (const file of sources('nodes/Bunq/api')) {
		const code = read(file);
		expect([file, CONTEXT.exec(code)?.[0]]).toEqual([file, undefined]);
		const words = new Set(code.match(/\w+/g));
		expect([file, known.filter((name) => words.has(name))]).toEqual([file, []]);
	}
});

test('credentials know only the connection and the api', () => {
	for (const file of sources('credentials'))
		for (const { name } of importsOf(file))
			expect(name).toMatch(/^(n8n-workflow$|nodes\/Bunq\/(connect$|api\/))/);
});

test('at run time only n8n-workflow, luxon, node:crypto and own files', () => {
	const outside = files
		.flatMap(importsOf)
		.map(({ name }) => name)
		.filter((name) => !/^(nodes|credentials)\//.test(name));
	expect([...new Set(outside)].sort()).toEqual(['luxon', 'n8n-workflow', 'node:crypto']);
	const { dependencies, peerDependencies } = JSON.parse(read('package.json'));
	expect([dependencies, peerDependencies]).toEqual([undefined, { 'n8n-workflow': '*' }]);
});

test('every node and credential is registered, with an icon that exists', () => {
	const { n8n } = JSON.parse(read('package.json'));
	const built = (file: string) => join('dist', file.replace(/\.ts$/, '.js'));
	expect(n8n.nodes).toEqual(
		sources('nodes')
			.filter((file) => file.endsWith('.node.ts'))
			.map(built),
	);
	expect([...n8n.credentials].sort()).toEqual(sources('credentials').map(built).sort());
	for (const file of files)
		for (const [, icon] of read(file).matchAll(/'file:([^']+)'/g))
			expect(readFileSync(join(root, dirname(file), icon), 'utf8')).toMatch(/^<svg/);
});

test.each(['api', 'execute', 'parameters', 'resources', 'simplify', 'trigger'])(
	'the README of %s/ names each of its files, but for parts of one resource',
	(folder) => {
		const inside = readdirSync(join(root, 'nodes/Bunq', folder)).filter((name) =>
			name.endsWith('.ts'),
		);
		const page = read(`nodes/Bunq/${folder}/README.md`);
		const named = [...page.matchAll(/`(\w+\.ts)`/g)].map(([, name]) => name);
		const isOfResource = (name: string) => resources.some(({ value }) => name.startsWith(value));
		const mayBeMissing = (name: string) => folder === 'resources' && isOfResource(name);
		expect(inside.filter((name) => !named.includes(name) && !mayBeMissing(name))).toEqual([]);
		const all = files.map((file) => basename(file));
		expect(named.filter((name) => !all.includes(name))).toEqual([]);
	},
);

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 40;

test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
	const lengths = files.map((file) => [file, read(file).split('\n').length - 1] as const);
	expect(lengths.filter(([, lines]) => lines > MAX_FILE_LINES)).toEqual([]);
});

/** The functions of a file, with their length in lines. */
const functionsOf = (file: string) => {
	const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
	const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
	const functions: Array<{ place: string; lines: number }> = [];
	const visit = (node: ts.Node) => {
		if (ts.isFunctionLike(node) && 'body' in node && node.body) {
			const start = lineOf(node.getStart());
			functions.push({ place: `${file}:${start + 1}`, lines: lineOf(node.end) - start + 1 });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return functions;
};

test(`no function is longer than ${MAX_FUNCTION_LINES} lines`, () => {
	const functions = files.flatMap(functionsOf);
	expect(functions.length).toBeGreaterThan(500);
	expect(functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES)).toEqual([]);
});

test('no call spreads a list: with 130,000 entries, that overflows the stack', () => {
	const spreads = files.flatMap((file) => {
		const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
		const found: string[] = [];
		const visit = (node: ts.Node) => {
			const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
			if (isCall && node.arguments?.some(ts.isSpreadElement))
				found.push(`${file}: ${node.getText()}`);
			ts.forEachChild(node, visit);
		};
		visit(source);
		return found;
	});
	expect(spreads).toEqual([]);
});

test('no constant has the name of another one', () => {
	const constants = files.flatMap((file) =>
		[...read(file).matchAll(/^(?:export )?const ([A-Z][A-Z\d_]+)\b/gm)].map(([, name]) => name),
	);
	expect(constants.length).toBeGreaterThan(40);
	expect(constants.filter((name, index) => constants.indexOf(name) !== index)).toEqual([]);
});

/** The published code, built again; the path of a file in it by the one in package.json. */
const publish = async () => {
	await bundle(join(root, '.run/load'));
	return (file: string) => join(root, '.run/load', relative('dist', file));
};

test('the published files pass on the classes of one strict bundle whose lines people can read', async () => {
	const published = await publish();
	const { n8n } = JSON.parse(read('package.json'));
	const load = createRequire(__filename);
	const bundled = load(published('dist/bunq.js'));
	for (const file of [...n8n.nodes, ...n8n.credentials]) {
		// The bundler numbers names that two files use, so a class might get another one.
		const name = basename(file).split('.')[0];
		expect([file, bundled[name]?.name]).toEqual([file, name]);
		expect(load(published(file))).toEqual({ [name]: bundled[name] });
	}
	const code = readFileSync(published('dist/bunq.js'), 'utf8');
	expect(code).toMatch(/^"use strict";\n/);
	// Without comments, types and imports more than half of the sources' lines remain; minified it would be a few.
	const lines = (text: string) => text.split('\n').length;
	expect(lines(code)).toBeGreaterThan(lines(files.map(read).join('')) / 2);
});

test('loading the node files takes at most 15 % of the time that n8n-workflow takes', async () => {
	// The published files, in fresh processes; the quickest of several, as other work only adds.
	// Compared with n8n-workflow in the same process, because a busy machine slows down both.
	await publish();
	const load = `
		const started = performance.now();
		require('n8n-workflow');
		const between = performance.now();
		require('./.run/load/nodes/Bunq/Bunq.node.js');
		require('./.run/load/credentials/BunqApiKeyApi.credentials.js');
		require('./.run/load/credentials/BunqOAuth2Api.credentials.js');
		console.log(JSON.stringify([between - started, performance.now() - between]));`;
	const runs = Array.from(
		{ length: 5 },
		() =>
			JSON.parse(execFileSync(process.execPath, ['-e', load], { cwd: root, encoding: 'utf8' })) as [
				n8nWorkflow: number,
				nodeFiles: number,
			],
	);
	console.log(`The node files load in ${Math.min(...runs.map(([, ms]) => ms)).toFixed(0)} ms`);
	expect(Math.min(...runs.map(([n8nWorkflow, nodeFiles]) => nodeFiles / n8nWorkflow))).toBeLessThan(
		0.15,
	);
});
