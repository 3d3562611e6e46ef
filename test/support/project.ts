import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The files of this repository, by path from its root. */

export const root = resolve(__dirname, '../..');

export const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The files of a folder and its folders whose path matches. */
export const filesIn = (folder: string, pattern: RegExp) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.map((name) => join(folder, name))
		.filter((name) => pattern.test(name));

export const manifest = JSON.parse(read('package.json'));
export const readme = read('README.md');

/** The sources of the package. */
export const sources = [...filesIn('nodes', /\.ts$/), ...filesIn('credentials', /\.ts$/)];

/** The documents for people. */
export const documents = [
	...readdirSync(root).filter((name) => name.endsWith('.md')),
	...['docs', 'examples', '.github'].flatMap((folder) => filesIn(folder, /\.md$/)),
];

/** The address of the repository, as people open it. */
export const homepage: string = manifest.repository.url.replace(/^git\+|\.git$/g, '');
