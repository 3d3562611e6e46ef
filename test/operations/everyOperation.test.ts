import type { LoggedRequest } from '../simulator';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { MAY_PAY_OTHERS } from '../support/parameters';
import {
	allParameters,
	type OperationRow,
	requiredParameters,
	rows,
} from '../support/sampleParameters';
import { nameOf, operationOf, schemaOf, type Schema } from '../support/openapi';
import { linesOf, median } from '../support/operationSource';

/** Every operation, with no and with every optional field: its requests fit bunq's OpenAPI file. */

const bank = useBank();

/** Uses an API key that may do everything; guarantees/oauthRights.test.ts has the refusals. */
const run = async (row: OperationRow, sample: typeof requiredParameters) => {
	const parameters = await sample(bank, row);
	await bank.apiKey({ resource: 'user', operation: 'get' });
	// Creating the sample may have used up a rate limit.
	passMinutes();
	await bank.control.clearLog();
	const { error, json } = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
	expect({ row: row.id, error: error && `${error.message} ${error.description}` }).toEqual({
		row: row.id,
	});
	return { json, log: await bank.log() };
};

/** Keys that bunq's file does not have. It is wrong about counterparties, which are sent as Pointers (docs/bunq-api.md 9). */
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

const problems = ({ method, path, query, headers, body }: LoggedRequest): string[] => {
	const known = operationOf({ method, path: path.replace(/^\/v1/, '').replace(/\d+/g, '{}') });
	if (!known) return [`${method} ${path}`];
	const params = Object.keys(query).filter(
		// Every list is paged with these, and the file does not name them (docs/bunq-api.md 6).
		(name) => !['count', 'older_id', 'newer_id'].includes(name),
	);
	// A file is no JSON.
	const isFile = !headers['content-type']?.includes('json');
	return [...params, ...(method === 'GET' || isFile ? [] : unknownKeys(known.body ?? {}, body))];
};

/** A payment is read first, as a card payment has its notes elsewhere; a statement is waited for, and named by its account. */
const MORE: Record<string, number> = {
	'note.downloadFiles': 3,
	'note.getAll': 3,
	'statement.download': 6,
	'statement.getFile': 3,
};

/** A write may read before and after. */
const mostRequests = ({ id, writes }: OperationRow) => MORE[id] ?? (writes ? 3 : 1);

describe.each([
	['no optional field', requiredParameters],
	['every optional field', allParameters],
] as const)('with %s', (_, sample) => {
	test.each(rows)(
		"$id works, sends only what bunq's file has, and costs few requests",
		async (row) => {
			const { log } = await run(row, sample);
			expect(log.length).toBeGreaterThan(0);
			if (sample === requiredParameters) expect(log.length).toBeLessThanOrEqual(mostRequests(row));
			for (const one of log) {
				expect(problems(one)).toEqual([]);
				expect(`${one.path} ${JSON.stringify(one.query)} ${one.rawBody}`).not.toMatch(
					/undefined|NaN|\[object|":null/,
				);
			}
		},
	);
});

test('an operation has few lines', () => {
	expect(median(rows.map(linesOf))).toBeLessThanOrEqual(28);
});
