import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { resources } from '../../nodes/Bunq/resources';
import { DEFAULT_SWITCHES, type Switches } from '../simulator/bank/switches';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { expectBlock, expectDocument, markdownTable } from '../support/markdown';
import { RIGHTS } from '../support/oauthRights';
import { locator, MAY_PAY_OTHERS } from '../support/parameters';
import { type OperationRow, requiredParameters, rows } from '../support/sampleParameters';
import { read, root } from '../support/project';

/**
 * Pages generated from the operation table and from runs of its operations against the simulated bank. `npm run docs`
 * writes them; the tests compare them.
 */

const bank = useBank({ isConnected: false });

/** Observations of one operation. */
interface Seen {
	/** Requests of one call in an open session. */
	requests: number;
	/** Its output. */
	items: IDataObject[];
	/** The rights of an OAuth app, in words. */
	oauth: string;
	/** The errors of a missing right and of an unknown ID. */
	told: Array<{ message: string; description: string }>;
}

const seen = new Map<string, Seen>();

/** A minute passes, because creating a sample may have used up a rate limit. */
const rest = () => passMinutes();

const fresh = async () => {
	rest();
	await bank.control.reset(randomUUID());
};

const GRANTS = Object.keys(DEFAULT_SWITCHES).filter((name) => name.startsWith('oauthMay'));
const NO_RIGHT = 'Not enough permissions';

const toOwnAccount = async () => ({
	recipientType: 'ownAccount',
	recipientAccount: await bank.locate('Household'),
});

/** The rights of an OAuth app in words, and bunq's refusal if it grants none. */
const underOAuth = async (row: OperationRow) => {
	const refusal = async (granted: boolean, more: object = {}) => {
		await fresh();
		await bank.control.switches(
			Object.fromEntries(GRANTS.map((name) => [name, granted])) as Partial<Switches>,
		);
		const parameters = { ...(await requiredParameters(bank, row)), ...more };
		rest();
		const { error } = await bank.oauth(parameters);
		expect([row.id, error?.message ?? NO_RIGHT]).toEqual([row.id, expect.stringMatching(NO_RIGHT)]);
		return error;
	};
	// The right depends on the path.
	if (row.resource === 'api') return { word: 'depends on the path' };
	if (row.credential === 'none') return { word: 'no credential needed' };
	const refused = await refusal(false);
	if (!refused) return { word: 'yes' };
	const own = row.fields.some(({ name }) => name === 'recipientAccount') && (await toOwnAccount());
	if (own && !(await refusal(false, own))) return { word: 'own accounts', refused };
	if (!(await refusal(true))) return { word: 'undocumented', refused };
	const isOpen = own && !(await refusal(true, own));
	return { word: isOpen ? 'own accounts, undocumented' : 'no', refused };
};

/** The refusal of an unknown ID; undefined for an operation without IDs. */
const notThere = async (row: OperationRow) => {
	const parameters = await requiredParameters(bank, row);
	const ids = row.fields.filter(({ name, type }) => type === 'string' && name.endsWith('Id'));
	for (const { name } of ids) parameters[name] = '1';
	for (const name of ['account', 'card'])
		if (ids.length === 0 && name in parameters) parameters[name] = locator('id', '1');
	rest();
	const { error } = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
	return error;
};

/** An empty list is read again once its Create has run. */
const resultOf = async (row: OperationRow, parameters: IDataObject) => {
	const first = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
	const create = rows.find(({ id }) => id === `${row.resource}.create`);
	if (row.operation !== 'getAll' || first.json.length > 0 || !create) return first;
	await bank.apiKey(await requiredParameters(bank, create), { credential: MAY_PAY_OTHERS });
	rest();
	await bank.control.clearLog();
	return await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
};

describe('each operation', () => {
	test.each(rows)('$id', async (row) => {
		const parameters = await requiredParameters(bank, row);
		await bank.apiKey({ resource: 'user', operation: 'get' });
		rest();
		await bank.control.clearLog();
		const { error, json } = await resultOf(row, parameters);
		expect(error?.message).toBeUndefined();
		expect(json.length).toBeGreaterThan(0);
		const requests = (await bank.log()).length;
		const absent = await notThere(row);

		const { word, refused } = await underOAuth(row);
		// Exactly the operations without a certain right name an alternative.
		expect([word, Boolean(row.oauthAlternative)]).toEqual([word, Boolean(refused)]);
		const told = [refused, absent].flatMap((one) =>
			one ? { message: one.message, description: one.description ?? '' } : [],
		);
		seen.set(row.id, { requests, items: json, oauth: word, told });
	});
});

/** A raw object of bunq's is too long for the page. */
const MOST_KEYS = 15;

/** The sample with fixed times and UUIDs, which differ from run to run. IDs count from 1001. */
const steady = (sample: IDataObject) => {
	const ids: unknown[] = [];
	const keys = Object.entries(sample);
	const shown = keys.length > MOST_KEYS ? [...keys.slice(0, 10), ['…', 'and more']] : keys;
	const text = JSON.stringify(
		Object.fromEntries(shown),
		(key, value: unknown) => {
			const steadyId = (id: unknown) => {
				if (!ids.includes(id)) ids.push(id);
				return 1001 + ids.indexOf(id);
			};
			if (/Ids$/.test(key) && Array.isArray(value)) return value.map(steadyId);
			return /(^i|I)d$/.test(key) && typeof value === 'number' ? steadyId(value) : value;
		},
		'\t',
	);
	return text
		.replace(/\d{4}-\d\d-\d\d(?<between>[T ])[\d:]{8}/g, '2026-01-08$<between>11:20:03')
		.replace(/(?<=:03)\.\d+/g, '.950')
		.replace(/sandbox_\w+/g, 'sandbox_…')
		.replace(/(?<="date": ")[\d-]{10}/, '2026-01-01')
		.replace(/(?<=bunq-invoice-)\d+/, '1001')
		.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '7d3ed3e0-5f1c-4d0a-9c55-2f6f1e0a4b11');
};

const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
const anchor = (name: string) => name.toLowerCase().replace(/ /g, '-');

/** The kind of value that a person enters. */
const enter = ({ type, typeOptions, options = [], modes = [] }: INodeProperties): string => {
	const names = (options as INodePropertyOptions[]).map(({ name }) => name).join(', ');
	const ways = modes.map(({ displayName }) =>
		displayName.toLowerCase().replace(/iban|id/, (way) => way.toUpperCase()),
	);
	// `isAmount` in parameters/field.ts.
	if (typeOptions?.numberPrecision === 2) return 'amount';
	switch (type) {
		case 'resourceLocator':
			return ways.join(', ');
		case 'options':
			return `one of ${names}`;
		case 'multiOptions':
			return `any of ${names}`;
		case 'boolean':
			return 'on or off';
		case 'number':
			return 'number';
		case 'dateTime':
			return typeOptions?.dateOnly ? 'date' : 'date and time';
		case 'json':
			return 'JSON';
		case 'color':
			return 'color';
		default:
			return 'text';
	}
};

const presetOf = ({
	type,
	required: isRequired,
	default: preset,
	options = [],
}: INodeProperties) => {
	if (type === 'boolean') return preset ? 'on' : 'off';
	if (type === 'options')
		return (options as INodePropertyOptions[]).find(({ value }) => value === preset)?.name ?? '';
	if (isRequired && (!preset || typeof preset === 'object')) return '**required**';
	return typeof preset === 'object' ? '' : String(preset ?? '');
};

/** The condition for showing a field, in words. */
const shownWith = ({ displayOptions }: INodeProperties, fields: INodeProperties[]) =>
	Object.entries(displayOptions?.show ?? {}).map(([name, values = []]) => {
		const other = fields.find((field) => field.name === name);
		const options = (other?.options ?? []) as INodePropertyOptions[];
		const words = (values as unknown[]).map((value) => {
			if (typeof value === 'boolean') return value ? 'on' : 'off';
			return options.find((option) => option.value === value)?.name ?? String(value);
		});
		return `With _${other?.displayName}_: ${words.join(' or ')}.`;
	});

/** A line for each field; those of a collection read "Options → Skip If Duplicate". */
const fieldLines = (fields: INodeProperties[], within = ''): string[][] =>
	fields.flatMap((field) => {
		const name = `${within}${field.displayName}`;
		if (field.type === 'collection')
			return fieldLines(field.options as INodeProperties[], `${name} → `);
		if (field.type === 'fixedCollection')
			return (field.options as Array<{ values: INodeProperties[] }>).flatMap(({ values }) =>
				fieldLines(values, `${name} → `),
			);
		const says = [...shownWith(field, fields), field.description].join(' ');
		return [[name, enter(field), presetOf(field), says].map(cell)];
	});

const sentence = (text = '') => (/[.!?]$/.test(text) ? text : `${text}.`);
const known = ({ id }: OperationRow) => seen.get(id)!;

const section = (row: OperationRow) => {
	const { requests, items, oauth } = known(row);
	const { name, description, fields, oauthAlternative, writes, operation } = row;
	const [first] = items;
	const byName = Object.fromEntries(fields.map((field) => [field.name, field]));
	const output = operation === 'getAll' ? 'Output, one item per entry' : 'Output';
	return `## ${name}

${sentence(description)}

- **OAuth2**: ${oauth}.${oauthAlternative ? ` ${oauthAlternative}` : ''} **API key**: yes.
- **Requests**: ${requests}${operation === 'getAll' ? ' for each 200 entries' : ''}.${
		'recipientAccount' in byName ? ' A recipient among your own accounts: one more per run.' : ''
	}${writes ? ' If the connection breaks: [the consequences for your money](../faults.md).' : ''}

${fields.length > 0 ? markdownTable(['Field', 'Value', 'Default', 'Description'], fieldLines(fields)) : 'It has no fields.'}

${output}:

\`\`\`json
${steady(first)}
\`\`\``;
};

/** Each text once, with the operations that produced it. */
const errorsOf = (members: OperationRow[]) => {
	const byText = new Map<string, { description: string; names: string[] }>();
	for (const row of members)
		for (const { message, description } of known(row).told) {
			const text = byText.get(message + description) ?? { description, names: [] };
			text.names.push(row.name);
			byText.set(message + description, text);
			Object.assign(text, { message });
		}
	return [...byText.values()].map((one) => {
		const { message, description, names } = one as typeof one & { message: string };
		return [message, [...new Set(names)].join(', '), description].map(cell);
	});
};

test.each(resources)('docs/resources: $value', async ({ name, value, description }) => {
	const members = rows.filter(({ resource }) => resource === value);
	const errors = errorsOf(members);
	mkdirSync(join(root, 'docs/resources'), { recursive: true });
	await expectDocument(
		`docs/resources/${value}.md`,
		`<!-- Written by test/project/docs.test.ts: npm run docs -->

# ${name}

${sentence(description)} In the node: _Resource: ${name}_.

${members.map((row) => `[${row.name}](#${anchor(row.name)})`).join(' · ')}

${members.map(section).join('\n\n')}

## Errors

${
	errors.length > 0
		? `${markdownTable(['Message', 'Operations', 'Meaning and next step'], errors)}\n\n`
		: ''
}The [FAQ](../faq.md) has more messages of this package, bunq and n8n.
`,
	);
});

/** The test file of an operation: its resource's, or the one of all batches. */
const proofOf = ({ resource, operation }: OperationRow) => {
	if (operation === 'createBatch') return 'batch.test.ts';
	const own = [`${operation}.test.ts`, `${resource}.test.ts`, `${resource}Request.test.ts`];
	return own.find((file) => {
		const path = join(root, 'test/operations', file);
		return existsSync(path) && read(`test/operations/${file}`).includes(`'${operation}'`);
	});
};

const linkTo = ({ resource, name }: OperationRow, label: string) =>
	`[${label}](resources/${resource}.md#${anchor(name)})`;

test('docs/operations.md has every operation, each with a test: its purpose, rights and cost', async () => {
	const lines = rows.map((row) => {
		const { requests, oauth } = known(row);
		expect([row.id, proofOf(row)]).toEqual([row.id, expect.any(String)]);
		const [short] = row.description.split(/(?<=\.) |, (?:which|for example|newest first)\b/);
		return [linkTo(row, row.label), short.replace(/\.$/, ''), oauth, requests];
	});
	const head = ['Operation', 'Purpose', 'OAuth2', 'Requests'];
	await expectDocument('docs/operations.md', OPERATIONS_PAGE(markdownTable(head, lines)));
});

const OPERATIONS_PAGE = (
	table: string,
) => `<!-- Written by test/project/docs.test.ts: npm run docs -->

# Operations

Names link to fields and sample output. With an API key every operation works.

${table}

- **OAuth2**: whether bunq grants it to OAuth apps. _undocumented_ means that bunq's documentation does not say: the node sends the
  request, and if bunq refuses it, the error says what works instead ([OAuth2 or API key](oauth-or-api-key.md)).
- **Requests**: the cost of one call with required fields only, in an open session. A list costs one request for each 200 entries; a
  recipient among your own accounts adds one list of accounts per execution ([limits](limits.md)).
`;

test('the README has every resource with its operations', async () => {
	const lines = resources.map(({ name, value, description }) => {
		const page = `docs/resources/${value}.md`;
		const members = rows.filter(({ resource }) => resource === value);
		return [`[${name}](${page})`, description, members.map((row) => row.name).join(', ')];
	});
	const table = markdownTable(['Resource', 'Purpose', 'Operations'], lines);
	await expectBlock('README.md', 'resources', table);
});

test('docs/oauth-or-api-key.md has the rights that bunq grants, and its refusals', async () => {
	const page = 'docs/oauth-or-api-key.md';
	const labelOf = (id: string) => rows.find((row) => row.id === id)!;
	const link = (row: OperationRow) => linkTo(row, row.label);
	expect(RIGHTS).toHaveLength(8);
	const rights = RIGHTS.map(([right, ids]) => [right, ids.map(labelOf).map(link).join(', ')]);
	await expectBlock(page, 'rights', markdownTable(['Right', 'Operations'], rights));

	const refused = rows.filter((row) => row.oauthAlternative);
	const lines = refused.map((row) => [
		link(row),
		known(row).oauth,
		known(row).told[0].message,
		cell(row.oauthAlternative!),
	]);
	const head = ['Operation', 'OAuth2', "bunq's message", 'Alternative'];
	await expectBlock(page, 'refusals', markdownTable(head, lines));
});

test('docs/limits.md has the rate limits and the waiting times', async () => {
	const rateLimiter = read('nodes/Bunq/api/rateLimiter.ts');
	const limits = [
		...rateLimiter.matchAll(
			/\{ method: '(\w+)',(?: path: '([^']+)',)? calls: (\d+), windowMs: ([\d_]+) \}/g,
		),
	].map(([, method, path, calls, per]) => ({
		method,
		path,
		calls: Number(calls),
		seconds: Number(per.replace('_', '')) / 1000,
	}));
	expect(limits.length).toBeGreaterThanOrEqual(5);
	const limitOf = (method: string) => limits.find((one) => one.method === method && !one.path)!;
	const word: Record<string, string> = {
		GET: 'reading',
		POST: 'creating, for example a payment, a draft or a request',
		PUT: 'changing',
		DELETE: 'deleting (undocumented)',
	};
	await expectBlock(
		'docs/limits.md',
		'limits',
		markdownTable(
			['Kind', 'Limit'],
			limits.map(({ method, path, calls, seconds }) => [
				path ? 'opening a session' : word[method],
				`${calls} in ${seconds} seconds`,
			]),
		),
	);

	const time = (count: number, { calls, seconds }: (typeof limits)[number]) => {
		const all = (Math.ceil(count / calls) - 1) * seconds;
		return all < 120 ? `${all} s` : `${Math.round(all / 60)} min`;
	};
	await expectBlock(
		'docs/limits.md',
		'waiting',
		markdownTable(
			['Requests', 'Reads', 'Creations', 'Changes'],
			[3, 10, 30, 100, 500].map((count) => [
				count,
				...['GET', 'POST', 'PUT'].map((method) => time(count, limitOf(method))),
			]),
		),
	);
});
