/** One request of the cross-check, and what to keep of its answer for later ones. */
export interface Exchange {
	/** Unique; differences are reported under it. */
	name: string;
	method: string;
	/** Below the base URL, with `{name}` for a value that an earlier exchange kept. */
	path: string;
	/** JSON. A text `{name}` becomes the kept value with its type. */
	body?: unknown;
	/** Sent as it is, instead of `body`. */
	raw?: string | Buffer;
	/** Replace the usual headers; undefined drops one. */
	headers?: Record<string, string | undefined>;
	/** Default: the session's. `other`: a token that bunq never gave. */
	token?: 'session' | 'installation' | 'none' | 'other';
	/** Default: right for POST and PUT, none otherwise. */
	signature?: 'right' | 'none' | 'empty' | 'wrong';
	/** Default: the API. The token endpoint and the consent page have hosts of their own, and paths without the base's. */
	site?: 'api' | 'token' | 'consent';
	/** Sends it so often without a pause, and records the last answer. */
	times?: number;
	/** Milliseconds before it, for what takes its time at bunq. */
	waits?: number;
	/** What later exchanges use, from the answer's objects without their wrappers. */
	keep?: (objects: Json[]) => Record<string, unknown>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of any kind, read with care in one place
export type Json = any;

type More = Omit<Partial<Exchange>, 'name' | 'method' | 'path' | 'body'>;

export const get = (name: string, path: string, more: More = {}): Exchange => ({
	name,
	method: 'GET',
	path,
	...more,
});
export const post = (name: string, path: string, body: unknown, more: More = {}): Exchange => ({
	name,
	method: 'POST',
	path,
	body,
	...more,
});
export const put = (name: string, path: string, body: unknown, more: More = {}): Exchange => ({
	name,
	method: 'PUT',
	path,
	body,
	...more,
});
export const remove = (name: string, path: string, more: More = {}): Exchange => ({
	name,
	method: 'DELETE',
	path,
	...more,
});

/** Keeps the ID of what was created, under a name. */
export const keepId =
	(name: string) =>
	(objects: Json[]): Record<string, unknown> => ({ [name]: objects[0]?.id });

export const USER = '/user/{user}';
/** An account with some money. */
export const ACCOUNT = `${USER}/monetary-account/{account}`;
/** No object has this ID. */
export const NOWHERE = 999_999_999;

export const euro = (value: unknown) => ({ value, currency: 'EUR' });
/** Money moves only between accounts of the key's own user. */
export const OWN = { type: 'IBAN', value: '{ownIban}', name: 'Cross Check' };
/** The sandbox's person who pays what is asked. No other host has one, so nothing is sent to strangers there. */
export const FRIEND = { type: 'EMAIL', value: '{friend}', name: 'Sugar Daddy' };

interface Collection {
	/** In the names of its exchanges. */
	name: string;
	path: string;
	/** What creates one; left out where nothing can be created. */
	body?: object;
	/** Keeps the ID of the new one, or of the first in the list, under this name. */
	id: string;
	more?: More;
}

/** What every collection is asked: create, list, read, an unknown ID, a wrong ID, a wrong method, wrong fields. */
export const collection = ({ name, path, body, id, more }: Collection): Exchange[] => [
	...(body
		? [
				post(`${name}: without a field`, path, {}, more),
				post(`${name}: with a field that nobody knows`, path, { ...body, cross_check: 1 }, more),
				post(`${name}: create`, path, body, { keep: keepId(id), ...more }),
			]
		: []),
	get(`${name}: list`, path, body ? {} : { keep: keepId(id) }),
	get(`${name}: list of one`, `${path}?count=1`),
	get(`${name}: read`, `${path}/{${id}}`),
	get(`${name}: an unknown ID`, `${path}/${NOWHERE}`),
	get(`${name}: an ID that is no number`, `${path}/abc`),
	{ name: `${name}: a wrong method`, method: 'PATCH', path, body: {} },
];
