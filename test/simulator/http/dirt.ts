import type { Bank } from '../bank/state';
import type { DirtChange, DirtKind, DirtOrder } from '../control/protocol';
import { isObject } from './fields';
import { bunqJson } from './json';
import type { Reply } from './reply';

/**
 * Dirt: real answers with some values changed before they are signed. A change never invents a value that can be read
 * and is wrong: it makes one unreadable, or writes the same value in another way.
 */

/** A place in an answer: `parent[key]`. */
interface Place {
	parent: Record<string, unknown>;
	key: string;
	value: unknown;
	/** The keys from the top, such as `Response.0.Payment.id`. */
	path: string;
}

const REMOVED = Symbol('removed');

interface Dirt {
	fits(place: Place): boolean;
	/** The new value, or REMOVED. */
	change(place: Place): unknown;
}

const DECIMAL = /^-?\d+\.\d\d$/;
const TIME = /^(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
const IBAN = /^[A-Z]{2}\d\d[A-Z0-9]{8,30}$/;
const WORD = /^[A-Z][A-Z_]+$/;

const isText = (pattern: RegExp) => (place: Place) =>
	typeof place.value === 'string' && pattern.test(place.value) && !/_url$/.test(place.key);
/** Not a draft's last change: a cancel sends it back as it was shown, and the bank knows its own spelling only. */
const isTime = (place: Place) =>
	isText(TIME)(place) && !(place.key === 'updated' && 'entries' in place.parent);
const isEntry = ({ path }: Place) => /(^|\.)\d+$/.test(path);
const isId = ({ key, value }: Place) => typeof value === 'number' && /(^|_)id$/.test(key);
const isListOf = ({ value }: Place) => Array.isArray(value) && value.length > 0;

const canBeUnreadable = ({ value, path }: Place) => path !== '' && value !== null;

/** An older page that is hidden would be a wrong value that can be read. */
const isLink = ({ key }: Place) => /^(newer_url|older_url|future_url)$/.test(key);
const isPagination = ({ path }: Place) => path === 'Pagination';

/** A text of which any other text is a wrong one, as opposed to an IBAN, an amount, a time or a known word. */
const isFreeText = ({ value }: Place) =>
	typeof value === 'string' && ![DECIMAL, TIME, IBAN, WORD].some((one) => one.test(value));

/** A time of bunq's that is later by so many milliseconds, in bunq's format. */
const later = (time: unknown, ms: number) =>
	new Date(Date.parse(`${String(time).slice(0, 19).replace(' ', 'T')}Z`) + ms)
		.toISOString()
		.replace('T', ' ')
		.replace('Z', '000');
const iso = (time: unknown) => String(time).replace(' ', 'T');

/** Other ways to write the same: a client that reads carefully notices nothing. */
export const SPELLINGS = {
	'iban in groups': {
		fits: isText(IBAN),
		change: ({ value }) => String(value).replace(/(.{4})/g, '$1 '),
	},
	'iban in small letters': {
		fits: isText(IBAN),
		change: ({ value }) => String(value).toLowerCase(),
	},
	'amount with fewer decimals': {
		fits: isText(DECIMAL),
		change: ({ value }) => String(Number(value)),
	},
	'amount with more decimals': { fits: isText(DECIMAL), change: ({ value }) => `${value}00` },
	'amount as number': { fits: isText(DECIMAL), change: ({ value }) => Number(value) },
	'id as text': { fits: isId, change: ({ value }) => String(value) },
	'time in ISO format': { fits: isTime, change: ({ value }) => `${iso(value)}Z` },
	'time with an offset': {
		fits: isTime,
		change: ({ value }) =>
			`${later(value, 2 * 3_600_000)
				.slice(0, 19)
				.replace(' ', 'T')}+02:00`,
	},
	'unknown keys': {
		fits: ({ value }) => isObject(value) && 'id' in value,
		change: ({ value }) => ({ new_key: null, ...(value as object), another: [{ id: 'x' }] }),
	},
} satisfies Partial<Record<DirtKind, Dirt>>;

/** Values that cannot be read, or only in part: a client may refuse them, and never takes them for none. */
const UNREADABLE = {
	null: {
		fits: (place) => canBeUnreadable(place) && !isLink(place) && !isPagination(place),
		change: () => null,
	},
	missing: {
		fits: (place) => canBeUnreadable(place) && !isEntry(place) && !isPagination(place),
		change: () => REMOVED,
	},
	'a number': {
		fits: (place) =>
			canBeUnreadable(place) && typeof place.value === 'string' && !DECIMAL.test(place.value),
		change: () => 7,
	},
	'a text': {
		fits: (place) => canBeUnreadable(place) && !isFreeText(place),
		change: () => '?',
	},
	'an empty text': {
		fits: (place) => canBeUnreadable(place) && !isFreeText(place),
		change: () => '',
	},
	'an object': { fits: canBeUnreadable, change: () => ({}) },
	'a list': {
		fits: (place) => canBeUnreadable(place) && !Array.isArray(place.value),
		change: () => [],
	},
	true: {
		fits: (place) => canBeUnreadable(place) && typeof place.value !== 'boolean',
		change: () => true,
	},
	'an unknown word': {
		fits: (place) => isText(WORD)(place) && place.key !== 'currency',
		change: () => 'SOMETHING_NEW',
	},
	'no time': { fits: isText(TIME), change: () => '0000-00-00 00:00:00' },
	'a later time': { fits: isText(TIME), change: ({ value }) => later(value, 3_600_000) },
	'without its wrapper': {
		fits: ({ value, path }) => isEntry({ path } as Place) && isObject(value),
		change: ({ value }) => Object.values(value as object)[0] as unknown,
	},
	'in a wrapper of another name': {
		fits: ({ value, path }) => isEntry({ path } as Place) && isObject(value),
		change: ({ value }) => ({ Hologram: Object.values(value as object)[0] as unknown }),
	},
	'as a list of one': { fits: ({ value }) => isObject(value), change: ({ value }) => [value] },
	'in another order': {
		fits: isListOf,
		change: ({ value }) => [...(value as unknown[])].reverse(),
	},
	'every entry twice': {
		fits: (place) => place.path === 'Response' && isListOf(place),
		change: ({ value }) => (value as unknown[]).flatMap((entry) => [entry, entry]),
	},
	'the same page again': {
		fits: (place) => isPagination(place) && isObject(place.value),
		change: () => 'the same page again',
	},
	'an unreadable next page': {
		fits: ({ key, value }) => key === 'older_url' && typeof value === 'string',
		change: () => 7,
	},
} satisfies Partial<Record<DirtKind, Dirt>>;

const KINDS: Record<DirtKind, Dirt> = { ...SPELLINGS, ...UNREADABLE };

export const DIRT_KINDS = Object.keys(KINDS);

/** The order with its defaults. */
export const completeOrder = (order: DirtOrder): Required<DirtOrder> => ({
	method: '^GET$',
	path: '^/v1/user',
	times: 1e9,
	outlastsReset: false,
	...order,
});

/** Every place below a value, the outer ones first. */
const placesIn = (parent: Record<string, unknown>, above = '', places: Place[] = []): Place[] => {
	for (const key of Object.keys(parent)) {
		const value = parent[key];
		const path = above ? `${above}.${key}` : key;
		places.push({ parent, key, value, path });
		if (typeof value === 'object' && value !== null)
			placesIn(value as Record<string, unknown>, path, places);
	}
	return places;
};

/** The path with `*` for each index. */
const shapeOf = ({ path }: Place) => path.replace(/(^|\.)\d+(?=\.|$)/g, '$1*');

/** The places that one change concerns. */
const chosenPlaces = (body: Record<string, unknown>, { kind, key = '', at, entry }: DirtChange) => {
	const named = new RegExp(key);
	const fitting = placesIn(body).filter(
		(place) => KINDS[kind].fits(place) && (key === '' || named.test(shapeOf(place))),
	);
	const shapes = at === undefined ? [] : [...new Set(fitting.map(shapeOf))];
	const places =
		at === undefined
			? fitting
			: fitting.filter((place) => shapeOf(place) === shapes[at % shapes.length]);
	return entry === undefined ? places : places.slice(entry % places.length).slice(0, 1);
};

const soil = (body: Record<string, unknown>, change: DirtChange, url: URL) =>
	chosenPlaces(body, change).map((place) => {
		const { parent, key, path } = place;
		const next = KINDS[change.kind].change(place);
		if (next === REMOVED) delete parent[key];
		else if (next === 'the same page again')
			parent[key] = { ...(place.value as object), older_url: `${url.pathname}${url.search}` };
		else parent[key] = next;
		return `${path}: ${change.kind}`;
	});

/** Whether the answer to a request is changed. By default only those to reads, and never the handshake's. */
const isMeant = ({ path, method }: Required<DirtOrder>, request: { method: string; url: URL }) =>
	new RegExp(method).test(request.method) && new RegExp(path).test(request.url.pathname);

/** The bank's answer with the dirt that was ordered, before it is signed, and a list of the changes. */
export const withDirt = (bank: Bank, request: { method: string; url: URL }, reply: Reply) => {
	const orders = bank.dirt.filter((order) => order.times > 0 && isMeant(order, request));
	for (const order of orders) order.times -= 1;
	const { status, body: sent } = reply;
	const isJson = typeof sent === 'string' && sent !== '';
	if (orders.length === 0 || status !== 200 || !isJson) return { reply, dirt: [] };
	const body = JSON.parse(sent) as Record<string, unknown>;
	const dirt = orders
		.flatMap(({ changes }) => changes)
		.flatMap((change) => soil(body, change, request.url));
	return { reply: dirt.length > 0 ? { ...reply, body: bunqJson(body) } : reply, dirt };
};
