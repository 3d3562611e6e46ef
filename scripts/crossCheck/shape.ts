import type { Json } from './exchange';

/**
 * The shape of an answer: the kind of each value, and no value itself. Only bunq's own constants are kept, under the keys that
 * hold them.
 */

const KINDS: Array<[kind: string, pattern: RegExp]> = [
	['empty text', /^$/],
	['time', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/],
	['time of another form', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/],
	['date', /^\d{4}-\d\d-\d\d$/],
	['amount', /^-?\d+\.\d\d$/],
	['digits', /^-?\d+$/],
	['decimal', /^-?\d+\.\d+$/],
	['UUID', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
	['token', /^[0-9a-f]{32,}$/i],
	['IBAN', /^[A-Z]{2}\d\d[A-Z0-9]{10,30}$/],
	['address', /^(https?:\/\/|\/)\S*$/],
	['email', /^\S+@\S+\.\S+$/],
	['phone number', /^\+\d{8,}$/],
	['PEM', /^-----BEGIN /],
];

/** Under these keys bunq has constants. */
const CONSTANT_KEYS =
	/^(type|currency|category|event_type|decision|recurrence_unit|statement_format|regional_format|object_type)$|status$|_type$/;
const CONSTANT = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

const kindOf = (key: string, value: Json): string => {
	if (value === null) return 'null';
	if (typeof value === 'number') return Number.isInteger(value) ? 'whole number' : 'number';
	if (typeof value !== 'string') return typeof value;
	if (CONSTANT_KEYS.test(key) && CONSTANT.test(value)) return value;
	return KINDS.find(([, pattern]) => pattern.test(value))?.[0] ?? 'text';
};

/** The kinds at each path: `{ 'Response[].Payment.amount.value': ['amount'] }`. */
export const shapeOf = (answer: Json): Record<string, string[]> => {
	const kinds: Record<string, Set<string>> = {};
	const add = (path: string, kind: string) => (kinds[path] ??= new Set()).add(kind);
	const walk = (path: string, key: string, value: Json): void => {
		if (Array.isArray(value)) {
			if (value.length === 0) add(`${path}[]`, 'nothing');
			for (const entry of value) walk(`${path}[]`, key, entry);
		} else if (typeof value === 'object' && value !== null) {
			const entries = Object.entries(value);
			if (entries.length === 0) add(path, 'an empty object');
			for (const [name, inner] of entries) walk(path ? `${path}.${name}` : name, name, inner);
		} else {
			add(path, kindOf(key, value));
		}
	};
	walk('', '', answer);
	return Object.fromEntries(
		Object.entries(kinds)
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([path, found]) => [path, [...found].sort()]),
	);
};

const IMPERSONAL = new Set(['amount', 'decimal', 'digits', 'date', 'time', 'time of another form']);

/** Every text of an answer that may be a person's: all but constants, numbers, times, short ones, and the bank's name. */
export const textsOf = (answer: Json): string[] => {
	if (typeof answer === 'string') {
		const isShort = answer.length < 4 || answer === 'bunq' || CONSTANT.test(answer);
		return isShort || IMPERSONAL.has(kindOf('', answer)) ? [] : [answer];
	}
	if (typeof answer !== 'object' || answer === null) return [];
	return Object.values(answer).flatMap(textsOf);
};

const PERSONAL: Array<[name: string, pattern: RegExp]> = [
	['<IBAN>', /\b[A-Z]{2}\d\d(?: ?[A-Z0-9]){10,30}\b/gi],
	['<email>', /[^\s"']+@[^\s"']+\.[a-z]+/gi],
	['<UUID>', /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi],
	['<token>', /\b(sandbox_)?[0-9a-f]{16,}\b/gi],
	['<IP address>', /\b\d{1,3}(\.\d{1,3}){3}\b/g],
	['<phone number>', /\+\d{8,}/g],
	['<number>', /\d{5,}(\.\d+)?/g],
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Takes what is secret or personal out of bunq's words: each of these texts, and what has the form of such a value. */
export const anonymizer = (texts: Iterable<string>) => {
	const longestFirst = [...new Set(texts)].sort((one, other) => other.length - one.length);
	return (words: string): string => {
		const known = longestFirst
			.filter((text) => words.includes(text))
			.reduce((all, text) => {
				return all.replace(new RegExp(`(?<!\\w)${escaped(text)}(?!\\w)`, 'g'), '<text>');
			}, words);
		return PERSONAL.reduce((all, [name, pattern]) => all.replace(pattern, name), known);
	};
};
