import { type Schema, nameOf, schemaOf } from '../../support/openapi';
import { toCents } from '../bank/money';
import type { Json } from '../bank/state';
import { refusals, refuse } from './refusal';

/** A type of a body's value: bunq's name for it, and a check that returns the typed value. */
export interface Kind<T> {
	expected: string;
	/** Throws a refusal, or returns the value. `name` is the field's, `spec` its schema in bunq's file. */
	check(value: unknown, name: string, spec?: Schema): T;
}

export interface Field<T, Required extends boolean = boolean> {
	kind: Kind<T>;
	required: Required;
}

export type Fields = Record<string, Field<unknown>>;

/** The type of a checked body. */
export type BodyOf<F extends Fields> = {
	[K in keyof F]: F[K] extends Field<infer T, infer R>
		? R extends true
			? T
			: T | undefined
		: never;
};

export const required = <T>(kind: Kind<T>): Field<T, true> => ({ kind, required: true });
export const optional = <T>(kind: Kind<T>): Field<T, false> => ({ kind, required: false });

const kind = <T>(expected: string, is: (value: unknown) => value is T): Kind<T> => ({
	expected,
	check(value, name) {
		if (!is(value)) throw refusals.wrongType(name, expected);
		return value;
	},
});

export const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const STRING = kind('STRING', (value): value is string => typeof value === 'string');
export const INTEGER = kind('INTEGER', (value): value is number => Number.isInteger(value));
export const BOOLEAN = kind('BOOLEAN', (value): value is boolean => typeof value === 'boolean');

/** One of several words. */
export const oneOf = <T extends string>(...words: T[]): Kind<T> => ({
	expected: 'STRING',
	check(value, name) {
		const text = STRING.check(value, name);
		const word = words.find((each) => each === text);
		if (word === undefined) {
			throw refusals.wrongValue(name, `one of ${words.join(', ')}`);
		}
		return word;
	},
});

/** An object with known fields, each of which is checked. */
export const object = <F extends Fields>(fields: F): Kind<BodyOf<F>> => ({
	expected: 'OBJECT',
	check(value, name, spec) {
		if (!isObject(value)) throw refusals.wrongType(name, 'OBJECT');
		return checkFields(fields, value, spec);
	},
});

/** §5: bunq calls an object in a list a STRUCT. */
const inList = (expected: string) => `ARRAY containing ${expected.replace('OBJECT', 'STRUCT')}`;

export const listOf = <T>(items: Kind<T>): Kind<T[]> => ({
	expected: inList(items.expected),
	check(value, name, spec) {
		if (!Array.isArray(value)) throw refusals.wrongType(name, inList(items.expected));
		return value.map((item) => items.check(item, name, spec && (spec.items ?? {})));
	},
});

const NUMBER = kind('FLOAT', (value): value is number => typeof value === 'number');

/** The kind of a value in bunq's file. */
const kindOf = (spec: Schema): Kind<unknown> => {
	// Where bunq's file has a label, bunq takes a pointer (§9).
	if (nameOf(spec).startsWith('Label')) return POINTER;
	if (spec.$ref) return object({});
	if (spec.items) return listOf(kindOf(spec.items));
	return { integer: INTEGER, boolean: BOOLEAN, number: NUMBER }[spec.type ?? ''] ?? STRING;
};

/** The fields that bunq's file lets a request have. */
const writable = (spec: Schema = {}): Record<string, Schema> => {
	const { properties = {} } = spec.$ref ? schemaOf(nameOf(spec)) : spec;
	return Object.fromEntries(Object.entries(properties).filter(([, { readOnly }]) => !readOnly));
};

/**
 * Checks the fields of a body: none unknown (§5), none missing, each of its type; null is as good as absent. Where `spec`
 * is given, the other fields of bunq's file are accepted too, without any effect.
 */
export const checkFields = <F extends Fields>(fields: F, body: Json, spec?: Schema): BodyOf<F> => {
	const inSpec = writable(spec);
	const others = Object.keys(body).filter((name) => !Object.hasOwn(fields, name));
	const unknown = others.filter(
		(name) => !Object.hasOwn(inSpec, name) && (!spec || body[name] !== null),
	);
	if (unknown.length > 0) throw refusals.superfluous(unknown);
	for (const name of others) {
		if (body[name] !== null) kindOf(inSpec[name]).check(body[name], name, inSpec[name]);
	}
	const checked = Object.entries(fields).flatMap(([name, field]) => {
		const value = body[name];
		if (value !== undefined && value !== null) {
			return [[name, field.kind.check(value, name, spec && (inSpec[name] ?? {}))]];
		}
		if (field.required) throw refusals.missing(name);
		return [];
	});
	return Object.fromEntries(checked) as BodyOf<F>;
};

/** §13: a string, with a dot and at most two decimals; "100" is accepted in requests. */
export const AMOUNT: Kind<{ value: string; currency: string }> = {
	expected: 'OBJECT',
	check(value, name, spec) {
		const shape = object({ value: required(STRING), currency: required(STRING) });
		const amount = shape.check(value, name, spec);
		const isAmount = /^\d+(\.\d{1,2})?$/.test(amount.value);
		if (!isAmount || !Number.isSafeInteger(toCents(amount.value))) {
			throw refusals.wrongValue(name, 'an amount such as "12.50"');
		}
		if (!/^[A-Z]{3}$/.test(amount.currency)) {
			throw refusals.wrongValue('currency', 'an ISO 4217 code');
		}
		return amount;
	},
};

/** §9: `{type, value, name}`, the name required for an IBAN. */
export const POINTER: Kind<{ type: string; value: string; name?: string }> = {
	expected: 'OBJECT',
	check(value, name, spec) {
		const shape = object({
			type: required(oneOf('IBAN', 'EMAIL', 'PHONE_NUMBER', 'URL')),
			value: required(STRING),
			name: optional(STRING),
		});
		// Where bunq's file has a label, bunq takes a pointer.
		const both = spec && { properties: { ...writable(spec), ...schemaOf('Pointer').properties } };
		const pointer = shape.check(value, name, both);
		if (pointer.type === 'IBAN' && !pointer.name) throw refuse('noPointerName');
		return pointer;
	},
};
