/** Paths of bunq's file, in which `{}` is a parameter, beside the paths of requests. Both are cut at the same places. */

/** A path below the caller's own ID. */
const OWN = /^\/user(-person|-company)?\/\{\}/;

/** A route's path: a name for each parameter, `{userId}` for the caller's own ID. */
export const templateOf = (shape: string): string => {
	let count = 0;
	return shape
		.replace(OWN, (start) => start.replace('{}', '{userId}'))
		.replace(/\{\}/g, () => `{p${++count}}`);
};

/** Whether a path has the shape. */
export const fits = (shape: string, path: string): boolean => {
	const parts = shape.split('/');
	const given = path.split('/');
	return (
		parts.length === given.length && parts.every((part, at) => part === '{}' || part === given[at])
	);
};

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** Whether it is the path of one object. */
export const isItem = (shape: string): boolean => shape.endsWith('/{}');

/** Whether the answer is a file (§9.9). */
export const isFile = (shape: string): boolean => /\/(pdf-)?content$/.test(shape);

/** `note-text` of a path of notes or of a note. */
export const nameIn = (shape: string): string =>
	shape
		.replace(/\/\{\}$/, '')
		.split('/')
		.at(-1) ?? '';

/** The last object in a path; undefined if that is the user, or if there is none. */
export const lastObject = (path: string, shape: string) => {
	const parts = shape.split('/');
	const length = parts.lastIndexOf('{}') + 1;
	const cut = (text: string) => text.split('/').slice(0, length).join('/');
	const object = { path: cut(path), shape: cut(shape) };
	return length === 0 || object.shape === '/user/{}' ? undefined : object;
};
