import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/project';

/** The scripts that turn bunq's OpenAPI file and recorded replies into test data. */

const folder = mkdtempSync(join(tmpdir(), 'bunq-data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileWith = (name: string, content: object) => {
	writeFileSync(join(folder, name), JSON.stringify(content));
	return join(folder, name);
};

const run = (script: string, ...args: string[]) => {
	const { status, stderr } = spawnSync(
		process.execPath,
		['--import', 'tsx', join(root, 'scripts', script), ...args],
		{ cwd: root, encoding: 'utf8' },
	);
	return { status, complaint: stderr };
};

const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (of: object) => ({ content: { 'application/json': { schema: of } } });

const spec = (more: object = {}) => ({
	paths: {
		'/user/{userID}/thing': {
			get: { responses: { 200: json({ type: 'array', items: schema('Thing') }) } },
			post: { requestBody: json(schema('Thing')), responses: { 200: json(schema('Thing')) } },
		},
	},
	components: {
		schemas: {
			Thing: {
				type: 'object',
				properties: {
					id: { type: 'integer', description: 'The ID.', readOnly: true, writeOnly: false },
					secret: { type: 'string', readOnly: false, writeOnly: true, ...more },
					parts: { type: 'array', items: schema('Thing') },
					parent: { type: 'object', ...schema('Thing') },
				},
				required: ['parts'],
			},
			Nothing: { type: 'object' },
			Things: { type: 'array', items: { type: 'object', properties: { id: { type: 'string' } } } },
		},
	},
});

test("spec.ts keeps the paths, keys, types and required fields of bunq's OpenAPI file", () => {
	const target = join(folder, 'openapi.json');
	expect(run('spec.ts', fileWith('spec.json', spec()), target)).toMatchObject({ status: 0 });
	expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({
		operations: {
			'GET /user/{}/thing': { reply: '[Thing]' },
			'POST /user/{}/thing': { body: 'Thing', reply: 'Thing' },
		},
		schemas: {
			Thing: {
				id: 'integer readOnly',
				secret: 'string writeOnly',
				parts: '[Thing] required',
				parent: 'Thing',
			},
			Nothing: {},
			Things: [{ id: 'string' }],
		},
	});
});

test('spec.ts refuses a keyword that it would lose', () => {
	const { status, complaint } = run(
		'spec.ts',
		fileWith('spec.json', spec({ maxLength: 5 })),
		folder,
	);
	expect(status).toBe(1);
	expect(complaint).toContain('Thing.secret has keys unknown to this script: maxLength');
});

test('recording.ts keeps the shape of a reply and no values, except for the texts of an error', () => {
	const target = fileWith('recordings.json', {});
	const reply = {
		Response: [
			{ Payment: { id: 7, amount: null, name: 'Sam', tags: [] } },
			{ Payment: { id: 8, amount: { value: '1.00' }, open: true, tags: ['a'] } },
		],
	};
	const error = { Error: [{ error_description: 'No.' }] };
	for (const [name, content] of Object.entries({ reply, error })) {
		const file = fileWith(`${name}.json`, content);
		const source = 'https://example.com';
		expect(run('recording.ts', name, source, file, target)).toMatchObject({ status: 0 });
	}
	expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({
		reply: {
			source: 'https://example.com',
			shape: {
				Response: [
					{
						Payment: {
							id: 'number',
							amount: { value: 'string' },
							name: 'string',
							open: 'boolean',
							tags: ['string'],
						},
					},
				],
			},
		},
		error: { source: 'https://example.com', shape: error },
	});
});
