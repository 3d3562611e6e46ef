import { BunqError } from './errors';

/**
 * Builds a path below `/v1`, encoding every value: path`/user/{user}/monetary-account/${id}/payment`.
 * `{user}` is filled in by the client. Throws a BunqError for a value that would leave its segment.
 */
export const path = (parts: TemplateStringsArray, ...values: Array<string | number>) =>
	String.raw({ raw: parts }, ...values.map(segment));

const segment = (value: string | number) => {
	const text = String(value).trim();
	if (text === '' || text === '.' || text === '..')
		throw new BunqError('invalidInput', `"${text}" cannot be part of an address at bunq`, {
			description: 'Nothing was sent. Give the ID as bunq shows it: digits only.',
		});
	return encodeURIComponent(text);
};

/** One part of an address: no dots, no encoded forms, nothing that a server could take for a way elsewhere. */
const PATH_SEGMENT = /^(?:[A-Za-z0-9_-]+|\{user\})$/;

/**
 * A path that somebody typed, with its query, below `/v1`: `v1/user/{user}?count=5` → `/user/{user}?count=5`. What may
 * be in it is listed, so whatever it is, it stays at bunq's API. Throws a BunqError for everything else.
 */
export const parseUserPath = (typed: string, query: Array<{ name: string; value: string }>) => {
	const [before, ...rest] = typed.split('?');
	const parts = before.replace(/^\//, '').replace(/\/$/, '').replace(/^v1\//, '').split('/');
	if (!parts.every((part) => PATH_SEGMENT.test(part)) || /[#\\\p{C}]/u.test(typed))
		throw new BunqError(
			'invalidInput',
			`"Path" must be a path of bunq's API, but is "${truncate(typed)}"`,
			{
				description:
					'Nothing was sent. Type what follows the host in the documentation of bunq, like /user/{user}/monetary-account: words, IDs and {user}, separated by single slashes. A query belongs in Query Parameters.',
			},
		);
	const search = new URLSearchParams(rest.join('?'));
	for (const { name, value } of query) search.append(name, value);
	const encoded = search.toString().replaceAll('%7Buser%7D', '{user}');
	return `/${parts.join('/')}${encoded && `?${encoded}`}`;
};

const truncate = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The path without query and with `{id}` for every number: what bunq's limits are counted by. */
export const routeTemplate = (url: string) => url.split('?')[0].replace(/\/\d+(?=\/|$)/g, '/{id}');
