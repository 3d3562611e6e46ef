/**
 * Writes test/support/bunqOpenApi.json, the part of bunq's OpenAPI file that tests compare with: every path and method, and
 * the keys, types and required fields of every schema. Descriptions are left out.
 *
 *     curl -O https://raw.githubusercontent.com/bunq/doc/develop/swagger.json
 *     npx tsx scripts/spec.ts swagger.json
 *
 * An unknown keyword is an error, because tests would silently compare less than the file says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { shapeOf, type Keys, type OpenApi, type Schema } from '../test/support/openapi';

type Json = Record<string, unknown>;

const known = (what: string, value: object, keys: string[]) => {
	const unknown = Object.keys(value).filter((key) => !keys.includes(key));
	if (unknown.length > 0) throw new Error(`${what} has keys unknown to this script: ${unknown}`);
};

/** `string`, `Amount`, `[Amount]`. */
const typeOf = (what: string, schema: Schema): string => {
	known(what, schema, ['description', 'type', 'items', '$ref', 'readOnly', 'writeOnly']);
	const name = schema.$ref?.replace('#/components/schemas/', '');
	if (schema.type === 'array') return `[${typeOf(what, schema.items ?? {})}]`;
	if (name && (schema.type ?? 'object') !== 'object')
		throw new Error(`${what} is a ${schema.type} and refers to ${name}`);
	if (!name && !schema.type) throw new Error(`${what} has no type`);
	return name ?? String(schema.type);
};

const keysOf = (name: string, schema: Schema): Keys | [Keys] => {
	known(name, schema, ['description', 'type', 'properties', 'required', 'items']);
	if (schema.type === 'array') return [keysOf(name, schema.items ?? {}) as Keys];
	if (schema.type !== 'object') throw new Error(`${name} is a ${schema.type}`);
	return Object.fromEntries(
		Object.entries(schema.properties ?? {}).map(([key, property]) => {
			const words = [typeOf(`${name}.${key}`, property)];
			if (property.readOnly) words.push('readOnly');
			if (property.writeOnly) words.push('writeOnly');
			if (schema.required?.includes(key)) words.push('required');
			return [key, words.join(' ')];
		}),
	);
};

const jsonSchema = (content: unknown): Schema =>
	(content as { content: { 'application/json': { schema: Schema } } }).content['application/json']
		.schema;

const compact = (spec: Json): OpenApi => {
	const operations: OpenApi['operations'] = {};
	for (const [path, methods] of Object.entries(spec.paths as Record<string, Json>)) {
		for (const [method, operation] of Object.entries(methods as Record<string, Json>)) {
			const name = shapeOf(`${method.toUpperCase()} ${path}`);
			if (operations[name]) throw new Error(`Two paths have the shape ${name}`);
			const { requestBody, responses } = operation;
			operations[name] = {
				...(requestBody ? { body: typeOf(`Body of ${name}`, jsonSchema(requestBody)) } : {}),
				reply: typeOf(`Reply of ${name}`, jsonSchema((responses as Json)['200'])),
			};
		}
	}
	const { schemas } = spec.components as { schemas: Record<string, Schema> };
	return {
		operations,
		schemas: Object.fromEntries(
			Object.entries(schemas).map(([name, schema]) => [name, keysOf(name, schema)]),
		),
	};
};

const main = async ([
	source,
	target = join(__dirname, '../test/support/bunqOpenApi.json'),
]: string[]) => {
	if (!source) throw new Error("Usage: npx tsx scripts/spec.ts <bunq's OpenAPI file>");
	const data = compact(JSON.parse(readFileSync(source, 'utf8')));
	const options = { ...(await resolveConfig(__filename)), parser: 'json' };
	writeFileSync(target, await format(JSON.stringify(data), options));
	const counts = Object.values(data).map((part) => Object.keys(part).length);
	console.log(`${target}: ${counts[0]} operations, ${counts[1]} schemas`);
};

void main(process.argv.slice(2));
