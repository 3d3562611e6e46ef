import { type Schema, nameOf, schemaOf } from '../../support/openapi';
import {
	AMOUNT,
	BOOLEAN,
	type Fields,
	INTEGER,
	type Kind,
	POINTER,
	STRING,
	checkFields,
	isObject,
	listOf,
} from './fields';
import { refusals } from './refusal';

/** Kinds of value with rules beyond those of bunq's file. Where it has a label, bunq takes a pointer (§9). */
const KNOWN: Record<string, Kind<unknown>> = {
	Amount: AMOUNT,
	Pointer: POINTER,
	LabelMonetaryAccount: POINTER,
	LabelUser: POINTER,
};

const SCALARS: Record<string, Kind<unknown>> = {
	string: STRING,
	integer: INTEGER,
	boolean: BOOLEAN,
};

const objectOf = (schema: Schema): Kind<unknown> => ({
	expected: 'OBJECT',
	check(value, name) {
		if (!isObject(value)) throw refusals.wrongType(name, 'OBJECT');
		// Where bunq names no property, it does not say that there is none.
		return schema.properties ? checkFields(fieldsOf(schema), value) : value;
	},
});

const kindOf = (schema: Schema): Kind<unknown> => {
	if (schema.items) return listOf(kindOf(schema.items));
	const name = nameOf(schema);
	if (name) return KNOWN[name] ?? objectOf(schemaOf(name));
	return SCALARS[schema.type ?? ''] ?? objectOf(schema);
};

/**
 * The fields of a body by bunq's file: what a client may write, each of its type.
 * @param mayOmit whether a required one may be missing: the file has one schema for POST and PUT (§9.4)
 */
export const fieldsOf = (schema: Schema, mayOmit = false): Fields => {
	const { properties = {}, required = [] } = schema;
	return Object.fromEntries(
		Object.keys(properties)
			.filter((name) => !properties[name].readOnly)
			.map((name) => [
				name,
				{ kind: kindOf(properties[name]), required: !mayOmit && required.includes(name) },
			]),
	);
};
