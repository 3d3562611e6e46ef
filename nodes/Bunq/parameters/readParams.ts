import { DateTime } from 'luxon';
import type {
	IDataObject,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
} from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { isRecord, parseJson } from '../api/json';
import { isId } from '../api/objects';
import type { Bunq } from '../connect';
import { resolveAccountId } from './accounts';
import { resolveCardId } from './cards';
import type { AnyParams } from './field';

/** A resource locator as stored; `auto` when an expression gave a bare value, which then decides by its shape. */
export interface Locator {
	mode: string;
	value: string;
}

interface ReadContext {
	bunq: Bunq;
	/** The workflow's: a date without a zone is in it. */
	timezone: string;
}

/** Where parameters come from: an execution, or a poll, which has no items. */
interface ParamSource {
	getNodeParameter(name: string, itemIndex: number, fallback?: unknown): unknown;
	getTimezone(): string;
}

/**
 * One item's values for these fields, each checked and converted once, by its field's type; n8n does not do that for
 * values that come from expressions. A field that is not shown has no value. Throws a BunqError that names the field.
 */
export const readParams = async (
	ctx: ParamSource,
	fields: INodeProperties[],
	itemIndex: number,
	bunq: Bunq,
): Promise<AnyParams> => {
	const values: AnyParams = {};
	const context = { bunq, timezone: ctx.getTimezone() };
	for (const field of fields) {
		if (!isShown(field, values)) continue;
		const raw = ctx.getNodeParameter(field.name, itemIndex, field.default);
		values[field.name] = await readValue(
			field,
			raw ?? (field.required ? '' : field.default),
			context,
		);
	}
	return values;
};

const isShown = ({ displayOptions }: INodeProperties, values: AnyParams) =>
	Object.entries(displayOptions?.show ?? {}).every(
		([name, allowed]) => !(name in values) || (allowed as unknown[]).includes(values[name]),
	);

const readValue = async (
	field: INodeProperties,
	raw: unknown,
	context: ReadContext,
): Promise<unknown> => {
	if (field.type === 'collection') return await readCollection(field, raw, context);
	if (field.type === 'fixedCollection') return await readRows(field, raw, context);
	if (field.type === 'resourceLocator') return await resolveLocator(field, raw, context);
	return convertValue(field, raw, context);
};

/** Only what the user added: an empty text or date in a collection means "not set". */
const readCollection = async (field: INodeProperties, raw: unknown, context: ReadContext) => {
	if (raw === '' || raw === null || raw === undefined) return {};
	if (typeof raw !== 'object' || Array.isArray(raw))
		throw invalidValue(field, raw, 'a list of fields');
	const values: AnyParams = {};
	for (const option of (field.options ?? []) as INodeProperties[]) {
		const given = (raw as AnyParams)[option.name];
		if (given === undefined || given === null || given === '') continue;
		values[option.name] = await readValue(option, given, context);
	}
	return values;
};

/** The rows of each list that the user added, as `{ parameters: [{ name, value }] }`. */
const readRows = async (field: INodeProperties, raw: unknown, context: ReadContext) => {
	if (raw === '' || raw === null || raw === undefined) return {};
	if (typeof raw !== 'object' || Array.isArray(raw))
		throw invalidValue(field, raw, 'lists of fields');
	const lists: AnyParams = {};
	for (const { name, values } of field.options as INodePropertyCollection[]) {
		const read: AnyParams[] = [];
		for (const row of [(raw as AnyParams)[name] ?? []].flat()) {
			if (row === null || typeof row !== 'object')
				throw invalidValue(field, row, 'lists of fields');
			const one: AnyParams = {};
			for (const value of values)
				one[value.name] = await readValue(value, (row as AnyParams)[value.name] ?? '', context);
			read.push(one);
		}
		lists[name] = read;
	}
	return lists;
};

const resolveLocator = async (field: INodeProperties, raw: unknown, { bunq }: ReadContext) => {
	const { mode, value } =
		raw !== null && typeof raw === 'object'
			? { mode: 'id', value: '', ...(raw as Partial<Locator>) }
			: { mode: 'auto', value: raw };
	if (typeof value !== 'string' && typeof value !== 'number')
		throw invalidValue(field, value, 'an ID or a name');
	const text = String(value).trim();
	if (text === '') throw missingValue(field);
	const list = field.modes?.find(({ type }) => type === 'list');
	const idOf =
		list?.typeOptions?.searchListMethod === 'searchAccounts' ? resolveAccountId : resolveCardId;
	return await idOf({ mode, value: text }, bunq, field.displayName);
};

const convertValue = (field: INodeProperties, raw: unknown, { timezone }: ReadContext) => {
	switch (field.type) {
		case 'number':
			return field.typeOptions?.numberPrecision === 2
				? parseAmount(field, raw)
				: parseInteger(field, raw);
		case 'boolean':
			return parseBoolean(field, raw);
		case 'dateTime':
			return parseDate(field, raw, timezone);
		case 'options':
			return parseOption(field, raw);
		case 'json':
			return parseObject(field, raw);
		case 'multiOptions':
			return (typeof raw === 'string' ? raw.split(',') : [raw].flat())
				.map((one) => (typeof one === 'string' ? one.trim() : one))
				.filter((one) => one !== '')
				.map((one) => parseOption(field, one));
		default:
			return parseText(field, raw);
	}
};

/** A decimal string in euros with two decimals. Never rounded: what has more decimals is refused. */
const parseAmount = (field: INodeProperties, raw: unknown) => {
	const written = typeof raw === 'number' || typeof raw === 'string' ? String(raw).trim() : 'none';
	if (written === '') throw missingValue(field);
	const [, whole, cents = ''] = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(written) ?? [];
	if (whole === undefined) throw invalidValue(field, raw, AMOUNT_FORMAT);
	const value = `${whole.replace(/^0+(?=\d)/, '')}.${cents.padEnd(2, '0')}`;
	if (field.typeOptions?.minValue && Number(value) < field.typeOptions.minValue)
		throw invalidValue(field, raw, 'more than zero');
	return value;
};

const AMOUNT_FORMAT = 'an amount like 12.50: digits, a dot, at most two decimals, no sign';

const parseInteger = (field: INodeProperties, raw: unknown) => {
	const number = typeof raw === 'string' && /^-?\d+$/.test(raw.trim()) ? Number(raw) : raw;
	const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
	if (typeof number !== 'number' || !Number.isSafeInteger(number))
		throw invalidValue(field, raw, 'a whole number');
	if (number < minValue || number > maxValue)
		throw invalidValue(
			field,
			raw,
			Number.isFinite(maxValue) ? `${minValue} to ${maxValue}` : `${minValue} or more`,
		);
	return number;
};

const parseBoolean = (field: INodeProperties, raw: unknown) => {
	if (raw === true || raw === 'true') return true;
	if (raw === false || raw === 'false') return false;
	throw invalidValue(field, raw, 'true or false');
};

/** As text; of an object there is none. */
const toText = (raw: unknown) => (typeof raw === 'object' ? '' : String(raw));

const parseDate = (field: INodeProperties, raw: unknown, zone: string) => {
	const time =
		raw instanceof Date
			? DateTime.fromJSDate(raw)
			: DateTime.isDateTime(raw)
				? raw
				: DateTime.fromISO(toText(raw).trim().replace(' ', 'T'), { zone });
	if (!time.isValid)
		throw invalidValue(field, raw, 'a date like 2026-01-31 or 2026-01-31T12:00:00');
	return time.toMillis();
};

const parseOption = (field: INodeProperties, raw: unknown) => {
	const choices = (field.options as INodePropertyOptions[]).map(({ value }) => value);
	const found = choices.find((value) => String(value).toLowerCase() === toText(raw).toLowerCase());
	if (found !== undefined) return found;
	if (field.allowArbitraryValues && typeof raw === 'string') return raw;
	throw invalidValue(field, raw, `one of ${choices.join(', ')}`);
};

const parseText = (field: INodeProperties, raw: unknown) => {
	if (raw !== undefined && typeof raw !== 'string' && !Number.isFinite(raw))
		throw invalidValue(field, raw, 'text');
	const value = String(raw ?? '').trim();
	if (value === '' && field.required) throw missingValue(field);
	// Every field that asks for one is named so.
	if (field.name.endsWith('Id') && value !== '' && !isId(value))
		throw invalidValue(field, raw, 'an ID as bunq gives it: digits only');
	if (field.type === 'color' && value !== '' && !/^#[0-9a-f]{6}$/i.test(value))
		throw invalidValue(field, raw, 'a colour like #FF7819');
	return value;
};

/** An object, given as one or as its text; nothing is an empty one. What is wrong is named without the text itself. */
const parseObject = (field: INodeProperties, raw: unknown): IDataObject => {
	if (raw === '' || raw === undefined) return {};
	const { value, problem } = checkJson(raw);
	if (problem) throw invalidJson(field, problem);
	if (!isRecord(value))
		throw invalidJson(field, 'it is not an object, which begins with { and ends with }');
	return value as IDataObject;
};

/** Keys that would reach beneath an object. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

const checkJson = (raw: unknown): { value?: unknown; problem?: string } => {
	const found = { key: '' };
	const { value, error } = parseJson(raw, (key, part) => {
		if (FORBIDDEN_KEYS.includes(key)) found.key = key;
		return part;
	});
	if (!error) return found.key ? { problem: `it has a key "${found.key}"` } : { value };
	// Without the piece of the text that some messages quote.
	const [reason] = error.message.replace(' in JSON', '').split(/, (?:\.\.\.)?"/);
	return { problem: `it cannot be read: ${reason}` };
};

const invalidJson = ({ displayName }: INodeProperties, problem: string) =>
	new BunqError('invalidInput', `"${displayName}" must be a JSON object, but ${problem}`, {
		description:
			'Nothing was sent. Write it like {"description": "Rent"}, with double quotes around names and texts and no comma after the last one, or give an object by expression.',
	});

const missingValue = ({ displayName }: INodeProperties) =>
	new BunqError('invalidInput', `"${displayName}" is empty`, {
		description:
			'Nothing was sent. Fill it in; if it is an expression, check that it gives a value for this item.',
	});

const invalidValue = ({ displayName }: INodeProperties, raw: unknown, expected: string) =>
	new BunqError('invalidInput', `"${displayName}" must be ${expected}, but is ${preview(raw)}`, {
		description:
			'Nothing was sent. Correct the value, or the expression that it comes from, for this item.',
	});

const preview = (raw: unknown) => {
	const written = raw === undefined ? 'missing' : (JSON.stringify(raw) ?? typeof raw);
	return written.length > 60 ? `${written.slice(0, 60)}…` : written;
};
