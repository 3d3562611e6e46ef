import { BunqError } from './errors';

/**
 * Builds a path below `/v1` and encodes every value: path`/user/{user}/monetary-account/${id}/payment`. The client fills
 * in `{user}`. Throws a BunqError of kind `invalidInput` for a value that would leave its segment.
 */
export const path = (parts: TemplateStringsArray, ...values: Array<string | number>) =>
	parts.reduce((start, part, index) => start + segment(values[index - 1]) + part);

const segment = (value: string | number) => {
	const text = String(value).trim();
	if (text === '' || text === '.' || text === '..')
		throw new BunqError('invalidInput', `"${text}" cannot be part of an address at bunq`, {
			description: 'Nothing was sent. Enter the ID as bunq shows it: digits only.',
		});
	return encodeURIComponent(text);
};

/** One segment of a path: no dots, no encoding, nothing that a server could take for another path. */
const PATH_SEGMENT = /^(?:[A-Za-z0-9_-]+|\{user\})$/;

/**
 * A path that a user entered, with its query, below `/v1`: `v1/user/{user}?count=5` → `/user/{user}?count=5`. Only
 * listed characters are allowed, so whatever the path is, it can only reach bunq's API. Throws a BunqError of kind
 * `invalidInput` for any other path.
 */
export const parseUserPath = (input: string, query: Array<{ name: string; value: string }>) => {
	const [pathname, ...rest] = input.split('?');
	const parts = pathname.replace(/^\//, '').replace(/\/$/, '').replace(/^v1\//, '').split('/');
	if (!parts.every((part) => PATH_SEGMENT.test(part)) || /[#\\\p{C}]/u.test(input))
		throw new BunqError(
			'invalidInput',
			`"Path" must be a path of bunq's API, but is "${truncate(input)}"`,
			{
				description:
					'Nothing was sent. Enter the part after the host as documented by bunq, for example /user/{user}/monetary-account: words, IDs and {user}, separated by single slashes. A query belongs in Query Parameters.',
			},
		);
	const search = new URLSearchParams(rest.join('?'));
	for (const { name, value } of query) search.append(name, value);
	const encoded = search.toString().replaceAll('%7Buser%7D', '{user}');
	return `/${parts.join('/')}${encoded && `?${encoded}`}`;
};

const truncate = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A number, or a UUID. */
const ID_SEGMENT = /\/(?:\d+|[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12})(?=\/|$)/gi;

/** A path without its query. */
export const withoutQuery = (url: string) => url.split('?')[0];

/** A path without its query and with `{id}` for every ID: bunq limits requests per endpoint (docs/bunq-api.md 4). */
export const routeTemplate = (url: string) => withoutQuery(url).replace(ID_SEGMENT, '/{id}');
