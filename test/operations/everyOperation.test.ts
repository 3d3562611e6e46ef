import type { LoggedRequest } from '../simulator';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { nameOf, operationOf, schemaOf, type Schema } from '../support/openapi';
import { linesOf, median } from '../support/rowSource';
import { ANYBODY, complete, required, rows, type TableRow } from '../support/sampleParameters';

/** Every operation of the table, with no optional field and with all, and what it costs. */

const bank = useBank();

/** Everything that an operation is refused for by OAuth alone is tested in refusal.test.ts: here all may do all. */
const run = async (row: TableRow, sample: typeof required) => {
	const parameters = await sample(bank, row);
	await bank.apiKey({ resource: 'user', operation: 'get' });
	// As if a minute had passed: what made the sample may have used up a limit.
	passMinutes();
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

test('an operation costs at most three requests to write, one to read, and few lines', async () => {
	for (const row of rows) {
		const { log } = await run(row, required);
		expect([row.id, log.length <= mostRequests(row)]).toEqual([row.id, true]);
	}
	expect(median(rows.map(linesOf))).toBeLessThanOrEqual(28);
});
