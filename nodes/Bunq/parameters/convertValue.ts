import { DateTime } from 'luxon';
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { isRecord, parseJson } from '../api/json';
import { isId } from '../api/objects';
import { parseWrittenAmount, sayReadings } from '../api/writtenAmount';
import { isAmount } from './field';

/**
 * One value by its field's type: field.ts says which type becomes what. Throws a BunqError of kind `invalidInput` that
 * names the field.
 * @param timezone the workflow's, in which a date without a zone is
 */
export const convertValue = (field: INodeProperties, raw: unknown, timezone: string) => {
	if (isAmount(field)) return parseAmount(field, raw);
	switch (field.type) {
		case 'number':
			return parseInteger(field, raw);
		case 'boolean':
			return parseBoolean(field, raw);
		case 'dateTime':
			return field.typeOptions?.dateOnly
				? parseTime(field, raw, timezone).setZone(timezone).toISODate()
				: parseTime(field, raw, timezone).toMillis();
		case 'options':
			return parseOption(field, raw);
		case 'json':
			return parseObject(field, raw);
		case 'multiOptions':
			return splitList(raw)
				.map((option) => (typeof option === 'string' ? option.trim() : option))
				.filter((option) => option !== '')
				.map((option) => parseOption(field, option));
		default:
			return parseText(field, raw);
	}
};

/** A decimal string with two decimals; negative only where the field has no minimum. */
const parseAmount = (field: INodeProperties, raw: unknown) => {
	const given = raw ?? '';
	if (typeof given === 'string' && given.trim() === '') throw missingValue(field);
	const { value, readings } = parseWrittenAmount(raw) ?? {};
	if (readings) throw invalidValue(field, raw, `written ${sayReadings(readings)}`);
	if (value === undefined) throw invalidValue(field, raw, AMOUNT_FORMAT);
	const { minValue = -Infinity } = field.typeOptions ?? {};
	if (Number(value) < minValue)
		throw invalidValue(field, raw, minValue > 0 ? 'more than zero' : `${minValue} or more`);
	return value;
};

const AMOUNT_FORMAT =
	'an amount such as 12.50, with at most two decimals and without currency, spaces or letters';

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

/** A value as text; an object has none. */
const toText = (raw: unknown) => (typeof raw === 'object' ? '' : String(raw));

const parseTime = (field: INodeProperties, raw: unknown, zone: string) => {
	const text = toText(raw).trim().replace(' ', 'T');
	const time =
		raw instanceof Date
			? DateTime.fromJSDate(raw)
			: DateTime.isDateTime(raw)
				? raw
				: WHOLE_DATE.test(text)
					? DateTime.fromISO(text, { zone })
					: DateTime.invalid('not a whole date');
	if (!time.isValid)
		throw invalidValue(field, raw, 'a date such as 2026-01-31 or 2026-01-31T12:00:00');
	const [, hours, minutes = 0] = WITHOUT_ZONE.exec(text) ?? [];
	if (hours === undefined) return time;
	if ((Number(hours) % 24) * 60 + Number(minutes) === time.hour * 60 + time.minute)
		// Where summer ends, an hour comes twice: its first time, whatever the date of today.
		return time.getPossibleOffsets()[0];
	// Where summer begins, an hour is skipped, and luxon takes another one.
	const expected = `a time that exists: in ${zone}, the clocks are put forward then`;
	throw invalidValue(field, raw, expected);
};

/** Luxon also takes a year, a month, a week or a time of day alone, and completes it with what nobody asked for. */
const WHOLE_DATE = /^\d{4}-?\d\d-?\d\d(?!\d)/;

/** A time of day at the end, so without a zone behind it. */
const WITHOUT_ZONE = /T(\d\d):?(\d\d)?[\d:.,]*$/;

/** The entries of a list, of a JSON text of one, or of a text with commas. */
const splitList = (raw: unknown): unknown[] => {
	if (typeof raw !== 'string') return [raw].flat();
	const { value } = parseJson(raw);
	return Array.isArray(value) ? value : raw.split(',');
};

/** A status or a type as bunq writes it. */
const BUNQ_WORD = /^[A-Z][A-Z0-9_]*$/;

/** A choice by its value, or else by its label. */
const parseOption = (field: INodeProperties, raw: unknown) => {
	const options = field.options as INodePropertyOptions[];
	const isRaw = (text: unknown) => String(text).toLowerCase() === toText(raw).toLowerCase();
	const choice =
		options.find(({ value }) => isRaw(value)) ?? options.find(({ name }) => isRaw(name));
	if (choice) return choice.value;
	if (field.allowArbitraryValues && BUNQ_WORD.test(toText(raw))) return toText(raw);
	const choices = options.map(({ value }) => value).join(', ');
	throw invalidValue(field, raw, `one of ${choices}`);
};

const parseText = (field: INodeProperties, raw: unknown) => {
	if (raw !== undefined && typeof raw !== 'string' && !Number.isFinite(raw))
		throw invalidValue(field, raw, 'text');
	const value = String(raw ?? '').trim();
	if (value === '' && field.required) throw missingValue(field);
	// The name of every field for an ID ends so.
	if (field.name.endsWith('Id') && value !== '' && !isId(value))
		throw invalidValue(field, raw, 'an ID as bunq shows it: digits only');
	if (field.type === 'color' && value !== '' && !/^#[0-9a-f]{6}$/i.test(value))
		throw invalidValue(field, raw, 'a color such as #FF7819');
	return value;
};

/** An object, given as such or as JSON text; empty when nothing is given. Errors do not quote the text. */
const parseObject = (field: INodeProperties, raw: unknown): IDataObject => {
	if (raw === '' || raw === undefined) return {};
	const { value, problem } = checkJson(raw);
	if (problem) throw invalidJson(field, problem);
	if (!isRecord(value))
		throw invalidJson(field, 'it is not an object, which begins with { and ends with }');
	return value as IDataObject;
};

/** Keys that would change an object's prototype. */
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
			'Nothing was sent. Write it as in {"description": "Rent"}, with double quotes around names and texts and no comma after the last one, or set an object with an expression.',
	});

/** The error of a required field without a value. */
export const missingValue = ({ displayName }: INodeProperties) =>
	new BunqError('invalidInput', `"${displayName}" is empty`, {
		description:
			'Nothing was sent. Fill it in; if it is an expression, check that it gives a value for this item.',
	});

/** The error of a value that its field does not take. `expected` completes the sentence "must be …". */
export const invalidValue = ({ displayName }: INodeProperties, raw: unknown, expected: string) =>
	new BunqError('invalidInput', `"${displayName}" must be ${expected}, but is ${preview(raw)}`, {
		description:
			'Nothing was sent. Correct the value, or the expression that it comes from, for this item.',
	});

/** Characters that nobody sees, such as those of the writing direction, and spaces other than the usual one. */
const UNSEEN = /(?! )[\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/gu;
const codeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const preview = (raw: unknown) => {
	const text = (raw === undefined ? 'missing' : (JSON.stringify(raw) ?? typeof raw)).replace(
		UNSEEN,
		codeOf,
	);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
