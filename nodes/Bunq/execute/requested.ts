import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { isRecord } from '../api/json';
import { convertValue } from '../parameters/convertValue';
import type { AnyParams } from '../parameters/field';
import { isShown } from '../parameters/readParams';
import type { Operation } from '../resources/operation';
import { ordinal } from './ordinals';

/**
 * What an item asks for, so that the result of an earlier attempt is returned only to the same request: the same access
 * to bunq, and the same value of every field. Reads nothing from bunq.
 */
export interface Requested {
	/** The connection's `access`. */
	access: string;
	/** Of each field in the operation's order, a digest; empty for a hidden one. */
	digests?: string[];
	/** Why a field could not be read: nobody knows then whether it is the same request. */
	error?: unknown;
}

/** What this item asks for now. Never throws. */
export const readRequested = (
	ctx: IExecuteFunctions,
	{ fields }: Operation,
	item: number,
	access: string,
): Requested => {
	const values: AnyParams = {};
	try {
		const digests = fields.map((field) => {
			if (!isShown(field, values)) return '';
			const raw = ctx.getNodeParameter(field.name, item, field.default) as unknown;
			values[field.name] = converted(field, raw ?? field.default);
			return digest(raw);
		});
		return { access, digests };
	} catch (error) {
		return { access, error };
	}
};

/** As the node reads it: a choice by its label, or `"true"` from an expression, shows the same fields. */
const converted = (field: INodeProperties, raw: unknown) => {
	try {
		return convertValue(field, raw, 'UTC') as unknown;
	} catch {
		return raw;
	}
};

const digest = (value: unknown) =>
	createHash('sha256')
		.update(JSON.stringify(value) ?? '')
		.digest('base64')
		.slice(0, 11);

/** What one item asked for when it was sent, and asks for now. */
interface RequestedTwice {
	item: number;
	before?: Requested;
	now?: Requested;
}

/**
 * Throws where an item does not certainly ask for what an earlier attempt sent: a BunqError, or the error of a field that
 * cannot be read.
 */
export const assertSameRequest = (
	ctx: IExecuteFunctions,
	{ fields }: Operation,
	{ item, before, now }: RequestedTwice,
) => {
	if (now?.error) throw now.error as Error;
	const changed = fields.filter((_, index) => before?.digests?.[index] !== now?.digests?.[index]);
	if (before?.digests && now?.digests && changed.length === 0) return;
	const shown = changed.filter((field) => now?.digests?.[fields.indexOf(field)] !== '');
	const values = shown.map(({ displayName, name, default: unset }) =>
		describeValue(displayName, ctx.getNodeParameter(name, item, unset)),
	);
	throw new BunqError('invalidInput', 'An earlier attempt of this execution sent other values', {
		description: `Not sent: the ${ordinal(item)} item now asks for ${values.join(', ')}. Sending that too might pay twice. Use expressions that give the same value at each attempt ($now does not). To send it as well, run a new execution with this item only.`,
	});
};

/** Refuses an item whose earlier attempt used another credential: its outcome cannot be read with this one. */
export const assertSameAccess = ({ before, now }: RequestedTwice) => {
	if (before?.access === now?.access) return;
	throw new BunqError(
		'invalidInput',
		'An earlier attempt of this execution used another credential',
		{
			description:
				'Not sent: what the other credential did cannot be seen with this one. Use an expression that gives the same credential at each attempt.',
		},
	);
};

const MAX_VALUE_LENGTH = 60;

const describeValue = (displayName: string, value: unknown) => {
	const shown = isRecord(value) && 'value' in value ? value.value : value;
	const isShort =
		typeof shown === 'number' || typeof shown === 'boolean' || typeof shown === 'string';
	return isShort
		? `"${displayName}": ${String(shown).slice(0, MAX_VALUE_LENGTH)}`
		: `another "${displayName}"`;
};
