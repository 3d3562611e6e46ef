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
		throw new BunqError('input', `"${text}" cannot be part of an address at bunq`, {
			description: 'Nothing was sent. Give the ID as bunq shows it: digits only.',
		});
	return encodeURIComponent(text);
};

/** The path without query and with `{id}` for every number: what bunq's limits are counted by. */
export const templateOf = (url: string) => url.split('?')[0].replace(/\/\d+(?=\/|$)/g, '/{id}');
