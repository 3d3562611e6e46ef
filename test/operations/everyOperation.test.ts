import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggedRequest } from '../simulator';
import { useBank } from '../support/bank';
import { expectDocument, markdownTable } from '../support/markdown';
import { nameOf, operationOf, schemaOf, type Schema } from '../support/openapi';
import {
	ANYBODY,
	complete,
	required,
	RIGHTS,
	rows,
	type TableRow,
} from '../support/sampleParameters';

/** Every operation of the table, with no optional field and with all, and what it costs. */

const bank = useBank();
const root = join(__dirname, '../..');

/** Everything that an operation is refused for by OAuth alone is tested in refusal.test.ts: here all may do all. */
const run = async (row: TableRow, sample: typeof required) => {
	const parameters = await sample(bank, row);
	await bank.apiKey({ resource: 'user', operation: 'get' });
	// As if a minute had passed: what made the sample may have used up a limit.
	jest.setSystemTime(Date.now() + 60_000);
	await bank.control.clearLog();
	const { error, json } = await bank.apiKey(parameters, ANYBODY);
	expect({ row: row.id, error: error && `${error.message} ${error.description}` }).toEqual({
		row: row.id,
	});
	return { json, log: await bank.log() };
};

/** Keys that bunq's file does not know; of what it has wrong: §9, a counterparty is sent as a Pointer. */
const unknownKeys = (schema: Schema, value: unknown, way = ''): string[] => {
	if (Array.isArray(value))
		return value.flatMap((one) => unknownKeys(schema.items ?? {}, one, `${way}[]`));
	if (typeof value !== 'object' || value === null) return [];
	const name = way.endsWith('.counterparty_alias') ? 'Pointer' : nameOf(schema);
	const { properties } = name ? schemaOf(name) : schema;
	if (!properties) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		properties[key]
			? unknownKeys(properties[key], inner, `${way}.${key}`)
			: [`${name}${way}.${key}`],
	);
};

const problems = ({ method, path, query, body }: LoggedRequest): string[] => {
	const known = operationOf({ method, path: path.replace(/^\/v1/, '').replace(/\d+/g, '{}') });
	if (!known) return [`${method} ${path}`];
	const params = Object.keys(query).filter(
		// §6: these page every list, and the file names them nowhere.
		(name) => !['count', 'older_id', 'newer_id'].includes(name),
	);
	return [...params, ...(method === 'GET' ? [] : unknownKeys(known.body ?? {}, body))];
};

describe.each([
	['no optional field', required],
	['every optional field', complete],
] as const)('with %s', (_, sample) => {
	test.each(rows)("$id works, and sends what bunq's file knows", async (row) => {
		const { log } = await run(row, sample);
		expect(log.length).toBeGreaterThan(0);
		for (const one of log) {
			expect(problems(one)).toEqual([]);
			expect(`${one.path} ${JSON.stringify(one.query)} ${one.rawBody}`).not.toMatch(
				/undefined|NaN|\[object|":null/,
			);
		}
	});
});

/** A write may read what it changes before, and what came of it after. */
const mostRequests = ({ writes }: TableRow) => (writes ? 3 : 1);

/** Lines of an operation in its resource's file. */
const linesOf = ({ resource, operation }: TableRow) => {
	const source = readFileSync(join(root, `nodes/Bunq/resources/${resource}.ts`), 'utf8');
	const [found] =
		new RegExp(`^\\t\\t${operation}(:[^]*?\\n\\t\\t\\}\\),|:[^\\n{]*,)$`, 'm').exec(source) ?? [];
	if (!found) throw new Error(`${resource}.ts has no row "${operation}"`);
	return found.split('\n').length;
};

const median = (numbers: number[]) => {
	const sorted = [...numbers].sort((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)];
};

test('docs/operations.md says what each operation costs', async () => {
	const costs: Array<Array<string | number>> = [];
	for (const row of rows) {
		const { log } = await run(row, required);
		expect([row.id, log.length <= mostRequests(row)]).toEqual([row.id, true]);
		costs.push([row.label, log.length, linesOf(row)]);
	}
	const middle = median(rows.map(linesOf));
	expect(middle).toBeLessThanOrEqual(28);
	expect(RIGHTS).toHaveLength(8);

	await expectDocument(
		'docs/operations.md',
		`<!-- Written by test/operations/everyOperation.test.ts: npm run docs -->

# Operations in figures

What each does is in [resources/](resources/).

## What each costs

Requests of one call with no optional field, once the session stands. A list is one request for each page of 200; a recipient
among your own accounts adds one list of accounts for each execution.

Lines of its row in \`nodes/Bunq/resources/\`: the median is ${middle}. Another operation touches two files, its resource's and that
one's test; \`npm run docs\` writes this page, the resource's page, the README's table and the snapshot of the stored format
([CONTRIBUTING](../CONTRIBUTING.md#add-an-operation-in-ten-minutes) has the steps, which \`test/project/contributingGuide.test.ts\` takes).

${markdownTable(['Operation', 'Requests', 'Lines'], costs)}

## What bunq grants every OAuth app

8 of the 8 rights in bunq's list, each used with an OAuth token against the simulated bank, which refuses the others:
[test/guarantees/oauthRights.test.ts](../test/guarantees/oauthRights.test.ts), "with nothing but the rights that bunq lists, an OAuth app may …"

${markdownTable(
	['Test', 'Operations'],
	RIGHTS.map(([right, operations]) => [
		right,
		operations.map((id) => rows.find((row) => row.id === id)?.label).join(', '),
	]),
)}
`,
	);
});
