import openApi from './bunqOpenApi.json';

/** bunq's OpenAPI file without its descriptions. `scripts/spec.ts` makes it, and says how. */

export interface OpenApi {
	/** `POST /user/{}/card-debit`: the schemas of its body and of its reply; `[CardListing]` is a list. */
	operations: Record<string, { body?: string; reply: string }>;
	/** A schema's keys; in a list where the schema is one. */
	schemas: Record<string, Keys | [Keys]>;
}

/** Each key's type, then `readOnly`, `writeOnly` and `required` where they apply: `[Amount] required`. */
export type Keys = Record<string, string>;

/** JSON Schema, as far as bunq's file uses it. */
export interface Schema {
	$ref?: string;
	anyOf?: Schema[];
	items?: Schema;
	properties?: Record<string, Schema>;
	readOnly?: boolean;
	required?: string[];
	type?: string;
	writeOnly?: boolean;
}

const { operations, schemas: keys } = openApi as unknown as OpenApi;

/** Every operation of bunq's file: `POST /user/{}/card-debit`. */
export const OPERATIONS = Object.keys(operations);

/** The names of a path's parameters do not matter. */
export const shapeOf = (path: string) => path.replace(/\{[^}]*\}/g, '{}');

const typeFrom = (text: string): Schema => {
	if (text.startsWith('[')) return { type: 'array', items: typeFrom(text.slice(1, -1)) };
	return /^[a-z]/.test(text) ? { type: text } : { $ref: `#/components/schemas/${text}` };
};

const propertyFrom = (text: string): Schema => {
	const [type, ...words] = text.split(' ');
	const schema = typeFrom(type);
	return {
		...(schema.$ref ? { type: 'object' } : {}),
		...schema,
		readOnly: words.includes('readOnly'),
		writeOnly: words.includes('writeOnly'),
	};
};

const schemaFrom = (texts: Keys | [Keys]): Schema => {
	if (Array.isArray(texts)) return { type: 'array', items: schemaFrom(texts[0]) };
	const names = Object.keys(texts);
	// Where bunq names no property, it does not say that there is none.
	if (names.length === 0) return { type: 'object' };
	return {
		type: 'object',
		properties: Object.fromEntries(names.map((name) => [name, propertyFrom(texts[name])])),
		required: names.filter((name) => texts[name].split(' ').includes('required')),
	};
};

/** bunq's schemas as JSON Schema, by name. */
export const schemas: Record<string, Schema> = Object.fromEntries(
	Object.entries(keys).map(([name, texts]) => [name, schemaFrom(texts)]),
);

export const schemaOf = (name: string): Schema => schemas[name] ?? {};

export const nameOf = (schema: Schema) => schema.$ref?.split('/').at(-1) ?? '';

/** The schemas of an operation's body and of its reply, if bunq's file has the operation. */
export const operationOf = ({ method, path }: { method: string; path: string }) => {
	const found = operations[shapeOf(`${method} ${path}`)];
	return (
		found && {
			body: found.body === undefined ? undefined : typeFrom(found.body),
			reply: typeFrom(found.reply),
		}
	);
};
