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
	/^(type|currency|category|event_type|decision|recurrence_unit|statement_format|regional_format|object_type|reason)$|status$|_type$/;
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
/** Under these keys a text is a person's even if bunq uses the same word. */
const PERSONAL_KEYS = /name|value|line/;
/** Other texts of fewer characters tell nothing of a person, and are in many words. */
const SHORTEST = { name: 2, text: 4 };

const PERSONAL: Array<[name: string, pattern: RegExp]> = [
	// In capitals first, which leaves the words after it.
	['<IBAN>', /\b[A-Z]{2}\d\d(?: ?[A-Z0-9]){10,30}\b/g],
	['<IBAN>', /\b[A-Z]{2}\d\d(?: ?[A-Z0-9]){10,30}\b/gi],
	['<email>', /[^\s"']+@[^\s"']+\.[a-z]+/gi],
	['<UUID>', /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi],
	['<token>', /\b(sandbox_)?[0-9a-f]{16,}\b/gi],
	['<IP address>', /\b\d{1,3}(\.\d{1,3}){3}\b/g],
	['<phone number>', /\+\d(?:[ ()-]{0,2}\d){7,}/g],
	['<number>', /\d{5,}(\.\d+)?/g],
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Takes what is secret or personal out of bunq's words: each text that an answer had, and what has the form of such a
 * value. A text that is one of bunq's own words, such as a description "payment", stays: a key, or a constant.
 */
export const anonymizer = () => {
	const personal = new Set<string>();
	/** A person's, unless bunq uses the same word. */
	const texts = new Set<string>();
	const bunqs = new Set<string>();

	const learnText = (key: string, text: string) => {
		if (CONSTANT_KEYS.test(key) && CONSTANT.test(text)) bunqs.add(text);
		// The simulator's way to fill a text of which it knows nothing.
		if (text === key || text === 'bunq' || IMPERSONAL.has(kindOf('', text))) return;
		const isPersonal = PERSONAL_KEYS.test(key);
		const shortest = /name/.test(key) ? SHORTEST.name : SHORTEST.text;
		if (text.length >= shortest) (isPersonal ? personal : texts).add(text);
	};
	/** Reads an answer; of a request only the keys. */
	const learn = (json: Json, only?: 'keys', key = ''): void => {
		if (typeof json === 'string') {
			if (!only) learnText(key, json);
		} else if (Array.isArray(json)) {
			for (const entry of json) learn(entry, only, key);
		} else if (typeof json === 'object' && json !== null) {
			for (const [name, value] of Object.entries(json)) {
				bunqs.add(name);
				learn(value, only, name);
			}
		}
	};
	/** A value that must not be in the words, whatever it is. */
	const hide = (text: string) => {
		if (text.length >= SHORTEST.text) personal.add(text);
	};
	const clean = (words: string): string => {
		const hidden = [...personal, ...[...texts].filter((text) => !bunqs.has(text))];
		const known = hidden
			.filter((text) => words.includes(text))
			.sort((one, other) => other.length - one.length)
			.reduce((all, text) => {
				const alone = new RegExp(`(?<![\\p{L}\\d_])${escaped(text)}(?![\\p{L}\\d_])`, 'gu');
				return all.replace(alone, '<text>');
			}, words);
		return PERSONAL.reduce((all, [name, pattern]) => all.replace(pattern, name), known);
	};
	return { learn, hide, clean };
};
