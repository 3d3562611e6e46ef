import { injectDomainRestrictionFields } from 'n8n-workflow';
import ts from 'typescript';
import { BunqOAuth2Api } from '../../credentials/BunqOAuth2Api.credentials';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { BunqTokenRelayTrigger } from '../../nodes/Bunq/BunqTokenRelayTrigger.node';
import { resources } from '../../nodes/Bunq/resources';
import { events } from '../../nodes/Bunq/trigger/events';
import { useBank } from '../support/bank';
import { allFields as fields, credentials, nodes } from '../support/descriptions';
import { base, community, expectCheck } from '../support/n8nLint';
import { MAY_PAY_OTHERS } from '../support/parameters';
import { read, sources } from '../support/project';
import { requiredParameters, rows } from '../support/sampleParameters';

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

test('both credentials ask for the key first, then for the same in the same order', () => {
	const shown = credentials.map(({ properties }) =>
		properties.filter(({ type }) => type !== 'hidden').map(({ name }) => name),
	);
	expect(shown).toEqual([
		['clientId', 'environment', 'tokenRelayUrl', 'deviceDescription', 'allowAnyIp'],
		[
			...['apiKey', 'environment', 'deviceDescription', 'allowAnyIp'],
			...['allowPaymentsToOthers', 'limitAmount', 'maxAmount'],
		],
	]);
});

test('a notice says which operations can pay others with an API key, which n8n may have filled in', () => {
	const warned = new Bunq().description.properties
		.filter(({ name }) => name === 'keyNotice')
		.map(({ displayOptions: { show } = {}, ...field }) => {
			expect(field).toMatchObject({ type: 'notice', default: '' });
			expect(show?.authentication).toEqual(['apiKey']);
			const methods = show?.method && ` ${show.method.join(', ')}`;
			return `${show?.resource?.[0]}.${show?.operation?.[0]}${methods ?? ''}`;
		});
	expect(warned).toEqual([
		'api.request DELETE, POST, PUT',
		'requestResponse.accept',
		'payment.create',
		'payment.createBatch',
		'scheduledPayment.create',
	]);
});

test('n8n adds no field for the HTTP Request node, which offers neither credential', () => {
	for (const credential of credentials)
		expect(injectDomainRestrictionFields(credential)).toEqual(credential.properties);
});

test('OAuth is the default', () => {
	expect(new BunqOAuth2Api().extends).toEqual(['oAuth2Api']);
	for (const { properties } of nodes) {
		const choice = properties.find(({ name }) => name === 'authentication');
		if (choice) expect(choice.default).toBe('oAuth2');
	}
});

/** n8n's word for what joins something that exists: a note joins a payment. */
const ADDS = ['note.addFile', 'note.addText'];

test('operations have the usual names: Get, Get Many, Create, Update', () => {
	for (const { id, name } of operations) {
		const usual = { get: 'Get', getAll: 'Get Many', create: 'Create', update: 'Update' }[
			id.split('.')[1]
		];
		if (usual) expect([id, name]).toEqual([id, usual]);
		if (ADDS.includes(id)) continue;
		expect([id, name]).not.toEqual([
			id,
			// Money is added to what is there.
			expect.stringMatching(/^(List|Read|Fetch|Add(?! Money)|Edit|Remove)\b/),
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
	bunqMeLink: 14,
	card: 13,
	cardTransaction: 14,
	draftPayment: 11,
	payment: 14,
	requestInquiry: 12,
	requestResponse: 11,
	scheduledPayment: 14,
};

test.each(operations.filter(({ id }) => id.endsWith('.getAll')).map(({ id }) => id.split('.')[0]))(
	'%s has at most ten simplified fields',
	async (resource) => {
		const parametersOf = async (operation: string) =>
			await requiredParameters(bank, rows.find(({ id }) => id === `${resource}.${operation}`)!);
		if (['bunqMeLink', 'draftPayment', 'scheduledPayment'].includes(resource))
			await bank.apiKey(await parametersOf('create'), { credential: MAY_PAY_OTHERS });
		const { json } = await bank.apiKey(await parametersOf('getAll'));
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
	const object =
		resource === 'API Request' ? 'request' : resource.toLowerCase().replace(/ \(.*\)$/, '');
	return [object, object.replace(/y$/, 'ies')].some((one) => text.toLowerCase().includes(one));
};

/** What makes a payment says when bunq pays, and names the resource in its description alone. */
const SAYS_WHEN = [
	'Pay all items now',
	'Pay now',
	'Prepare batch of payments for approval',
	'Prepare payment for approval',
	'Schedule payment',
];

test('the action and the description of an operation name the resource', () => {
	for (const { name, operations: its } of resources)
		for (const { action, description } of Object.values(its)) {
			const isNamed = SAYS_WHEN.includes(action) || names(action, name);
			expect([action, description, isNamed && names(description, name)]).toEqual([
				action,
				description,
				true,
			]);
		}
});

test('what pays at once, closes for good or orders a card says so above its fields', () => {
	const noticed = operations.filter(({ notice }) => notice).map(({ id }) => id);
	expect(noticed).toEqual([
		'account.close',
		'card.create',
		'requestResponse.accept',
		'payment.create',
		'payment.createBatch',
		'payment.keepAtTarget',
		'scheduledPayment.create',
	]);
	const notices = new Bunq().description.properties.filter(({ name }) => name === 'notice');
	expect(notices).toHaveLength(noticed.length);
	for (const { displayName, type, displayOptions } of notices) {
		const [resource, operation] = [displayOptions?.show?.resource, displayOptions?.show?.operation];
		const row = operations.find(({ id }) => id === `${resource?.join()}.${operation?.join()}`);
		expect([type, displayName]).toEqual(['notice', row?.notice]);
	}
});

test('an action says that it pays at once, or for good', () => {
	const actionOf = (id: string) => operations.find((row) => row.id === id)?.action;
	expect(actionOf('payment.create')).toBe('Pay now');
	expect(actionOf('draftPayment.create')).toBe('Prepare payment for approval');
	expect(actionOf('requestResponse.accept')).toBe('Pay money request');
	expect(actionOf('account.close')).toBe('Close account permanently');
});

test('the text of an operation or an event fits two lines', () => {
	const texts = [...operations, ...Object.values(events)].map(({ description }) => description);
	expect(texts.filter(({ length }) => length > 120)).toEqual([]);
});

test('drafts and scheduled payments start at an IBAN, payments at an own account', () => {
	const startOf = (id: string) =>
		operations.find((row) => row.id === id)?.fields.find(({ name }) => name === 'recipientType')
			?.default;
	for (const id of ['draftPayment.create', 'draftPayment.createBatch', 'scheduledPayment.create'])
		expect([id, startOf(id)]).toEqual([id, 'iban']);
	for (const id of ['payment.create', 'payment.createBatch'])
		expect([id, startOf(id)]).toEqual([id, 'ownAccount']);
	for (const id of ['requestInquiry.create', 'requestInquiry.createBatch'])
		expect([id, startOf(id)]).toEqual([id, 'email']);
});

test.each(['Bunq', 'BunqTrigger'])('the searches that people try find %s', (node) => {
	const { alias } = JSON.parse(read(`nodes/Bunq/${node}.node.json`)) as { alias: string[] };
	// n8n also finds a part of an alias, but not "payments" in "payment".
	const words =
		`finance, money, send money, receive money, salary, income, spending, tikkie, pay, payment, payments,
		transaction, transactions, transfer, IBAN, bank, banking, bank account, account, accounts, savings, savings account,
		card, debit card, request, invoices, payment links, direct debit, standing order, payment received`.split(
			/,\s+/,
		);
	for (const word of words)
		expect([word, alias.some((one) => one.includes(word))]).toEqual([word, true]);
});

test('who executes the token relay, which waits for ever, is told to publish it', () => {
	expect(new BunqTokenRelayTrigger().description.eventTriggerDescription).toMatch(/publish/);
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
