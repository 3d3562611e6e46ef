import { checkFields, isObject } from '../http/fields';
import { Refusal } from '../http/refusal';
import { ROUTES } from '../resources';
import { nameOf, operationOf, schemaOf, type Schema } from '../../support/openapi';

/** What a body may hold: every field of bunq's file, and nothing else (docs/bunq-api.md 5). */

/** A value of every writable field, also of objects in it. */
const sampleOf = (spec: Schema, depth = 3): unknown => {
	// A few objects hold objects of their own kind.
	if (depth === 0) return null;
	if (nameOf(spec).startsWith('Label')) return { type: 'EMAIL', value: 'x' };
	if (spec.items) return [sampleOf(spec.items, depth - 1)];
	const { properties } = spec.$ref ? schemaOf(nameOf(spec)) : spec;
	if (!properties) return { integer: 1, boolean: true }[spec.type ?? ''] ?? 'x';
	const writable = Object.entries(properties).filter(([, { readOnly }]) => !readOnly);
	return Object.fromEntries(writable.map(([name, each]) => [name, sampleOf(each, depth - 1)]));
};

const refusalOf = (check: () => unknown): string[] => {
	try {
		check();
		return [];
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return error.texts;
	}
};

const rows = ROUTES.flatMap(({ method, path, body = {} }) => {
	const spec = operationOf({ method, path })?.body;
	const sample = spec && sampleOf(spec);
	const fields = Object.entries(isObject(sample) ? sample : {});
	return fields.map(([name, value]) => ({ row: `${method} ${path}`, name, value, body, spec }));
});

test('there are bodies to check', () => expect(rows.length).toBeGreaterThan(100));

test('no field of the file is superfluous, also within another', () => {
	const refused = rows.filter(({ body, spec, name, value }) =>
		refusalOf(() => checkFields(body, { [name]: value }, spec)).some((text) =>
			text.startsWith('Superfluous'),
		),
	);
	expect(refused.map(({ row, name }) => `${row} ${name}`)).toEqual([]);
});

test('a field that is not in the file, or only in answers, is superfluous; null is not', () => {
	const { body = {}, ...row } = ROUTES.find(({ path }) => path.endsWith('/draft-payment'))!;
	const spec = operationOf(row)?.body;
	const check = (more: object) => refusalOf(() => checkFields(body, { ...more }, spec));
	expect(check({ id: 1, colour: 'red' })).toEqual([
		'Superfluous field "id".',
		'Superfluous field "colour".',
	]);
	expect(check({ id: null, colour: null })).not.toContain('Superfluous field "id".');
	expect(isObject(sampleOf({ $ref: '#/components/schemas/Schedule' }))).toBe(true);
});

test('by switch, a field is superfluous unless it means something here', () => {
	const { body = {} } = ROUTES.find(
		({ method, path }) => method === 'PUT' && /card\/\{/.test(path),
	)!;
	const [text] = refusalOf(() => checkFields(body, { activation_code: '1' }));
	expect(text).toBe('Superfluous field "activation_code".');
});
