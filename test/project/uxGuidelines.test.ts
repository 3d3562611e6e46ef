import ts from 'typescript';
import { BunqOAuth2Api } from '../../credentials/BunqOAuth2Api.credentials';
import { resources } from '../../nodes/Bunq/resources';
import { useBank } from '../support/bank';
import { allFields as fields, credentials, nodes } from '../support/descriptions';
import { base, community, expectCheck } from '../support/n8nLint';
import { read, sources } from '../support/project';

/**
 * n8n's UX guidelines, a test each (read on 2026-11-24):
 * https://docs.n8n.io/connect/create-nodes/build-your-node/reference/ux-guidelines
 */

const operations = resources.flatMap(({ value, operations }) =>
	Object.entries(operations).map(([operation, row]) => ({ id: `${value}.${operation}`, ...row })),
);

const bank = useBank();

test('secrets are password fields', () => {
	expectCheck('credential', community('credential-password-field'));
	const secret = /secret|token|key|password/i;
	const open = credentials
		.flatMap(({ properties }) => properties)
		.filter(({ name, type }) => secret.test(name) && /^(string|hidden)$/.test(type))
		.filter(({ typeOptions, name }) => !typeOptions?.password && !/url$/i.test(name));
	expect(open.map(({ name }) => name)).toEqual([]);
});

test('OAuth is the default', () => {
	expect(new BunqOAuth2Api().extends).toEqual(['oAuth2Api']);
	for (const { properties } of nodes) {
		const choice = properties.find(({ name }) => name === 'authentication');
		if (choice) expect(choice.default).toBe('oAuth2');
	}
});

test('operations have the usual names: Get, Get Many, Create, Update', () => {
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

test('a resource locator offers the list first', () => {
	const locators = fields.filter(({ type }) => type === 'resourceLocator');
	expect(locators.length).toBeGreaterThan(10);
	for (const { name, default: preset, modes } of locators) {
		expect([name, modes?.[0].name]).toEqual([name, 'list']);
		expect([name, preset]).toMatchObject([name, { mode: 'list', value: '' }]);
	}
});

test('Simplify has the usual name and description', () => {
	expectCheck('node', base('node-param-display-name-wrong-for-simplify'));
	expectCheck('node', base('node-param-description-wrong-for-simplify'));
});

/** n8n recommends ten. These resources have more, as users need all of them; the numbers may fall, not rise. */
const LONGER: Record<string, number> = {
	card: 13,
	cardTransaction: 12,
	draftPayment: 11,
	payment: 12,
	requestInquiry: 12,
	requestResponse: 11,
};

test.each(operations.filter(({ id }) => id.endsWith('.getAll')).map(({ id }) => id.split('.')[0]))(
	'%s has at most ten simplified fields',
	async (resource) => {
		const account = await bank.locate('Main');
		if (resource === 'draftPayment')
			await bank.apiKey({
				resource,
				operation: 'create',
				account,
				...(await bank.toThirdParty()),
				amount: 1,
			});
		const { json } = await bank.apiKey({ resource, operation: 'getAll', account });
		expect(json.length).toBeGreaterThan(0);
		for (const item of json)
			expect(Object.keys(item).length).toBeLessThanOrEqual(LONGER[resource] ?? 10);
	},
);

test('labels are in Title Case, actions in sentence case, booleans start with "Whether"', () => {
	expectCheck('test/project/workflowFormat.test.ts', 'TITLE_CASE');
	expectCheck('node', base('node-param-display-name-miscased'));
	expectCheck('node', base('node-param-operation-option-action-miscased'));
	expectCheck('node', base('node-param-description-boolean-without-whether'));
});

/** Also in the plural; API Request is about a request. */
const names = (text: string, resource: string) => {
	const object = resource === 'API Request' ? 'request' : resource.toLowerCase();
	return [object, object.replace(/y$/, 'ies')].some((one) => text.toLowerCase().includes(one));
};

test('the action and the description of an operation name the resource', () => {
	for (const { name, operations: its } of resources)
		for (const { action, description } of Object.values(its))
			expect([action, description, names(action, name) && names(description, name)]).toEqual([
				action,
				description,
				true,
			]);
});

test('a tooltip ends with a period only if it has more than one sentence', () => {
	expectCheck('node', base('node-param-description-excess-final-period'));
	expectCheck('node', base('node-param-description-missing-final-period'));
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

/** The messages, descriptions and labels of the nodes: every string of more than one word. */
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

test('no message or description contains error, problem, failure or mistake', () => {
	expect(prose.length).toBeGreaterThan(300);
	expect(prose.filter((text) => /\b(errors?|problems?|failures?|mistakes?)\b/i.test(text))).toEqual(
		[],
	);
});

test('a message names fields, operations and switches by their labels, in quotes', () => {
	const labels = new Set([
		...fields.map(({ displayName }) => displayName),
		...resources.flatMap(({ name, operations: its }) =>
			Object.values(its).map((row) => `${name}: ${row.name}`),
		),
	]);
	// Without expressions and JSON.
	const said = prose
		.filter((text) => !text.startsWith('='))
		.map((text) => text.replace(/\{.*\}/, ''));
	const named = said.flatMap((text) =>
		[...text.matchAll(/"([A-Z][\w.]*(?::? [A-Z][\w.]*| if| on| to)*)"/g)].map(([, label]) => label),
	);
	expect(named.length).toBeGreaterThan(15);
	expect(named.filter((label) => !labels.has(label))).toEqual([]);
});

test('an error has the index of its item, which n8n shows as Item Index', () => {
	expectCheck('nodes/Bunq/nodeError.ts', 'itemIndex,');
	expectCheck('test/operations/input.test.ts', 'context: { itemIndex: 1 }');
});

test('Delete returns { deleted: true }', () => {
	expectCheck('test/operations/apiRequest.test.ts', '{ deleted: true }');
});

test('options and optional fields are sorted', () => {
	expectCheck('test/project/workflowFormat.test.ts', 'optional fields are in alphabetical order');
});

test('dates are ISO 8601 with or without a zone, and JSON may come from an expression', () => {
	expectCheck(
		'test/operations/payment.test.ts',
		'dates without a zone are in the time zone of the workflow',
	);
	expectCheck('test/operations/apiRequest.test.ts', 'the body %p is refused and not quoted');
});

/** Guidelines that this package deliberately does not follow, with the reason. */
describe('deviations', () => {
	test('an AI tool has Simplify, not Output with Simplified, Raw and Selected Fields', () => {
		// The node and its tool share one stored format, and simplified items have few fields.
		const names = operations.flatMap((row) => row.fields.map(({ name }) => name));
		expect(names).toContain('simplify');
		expect(names).not.toContain('output');
	});
});
