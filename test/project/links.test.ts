import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents, filesIn, homepage, manifest, read, root, sources } from '../support/project';

/** The links, pages and commands in the documents exist. */

/** The anchors that GitHub derives from a document's headings. */
const anchorsOf = (file: string) => {
	const seen: Record<string, number> = {};
	const text = read(file).replace(/^```[^]*?^```/gm, '');
	return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
		const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
		const anchor = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replace(/ /g, '-');
		seen[anchor] = (seen[anchor] ?? -1) + 1;
		return seen[anchor] > 0 ? `${anchor}-${seen[anchor]}` : anchor;
	});
};

test('links between documents lead to an existing page and heading', () => {
	expect(documents).toEqual(
		expect.arrayContaining(['SECURITY.md', '.github/PULL_REQUEST_TEMPLATE.md']),
	);
	for (const file of documents)
		for (const [, target, anchor] of read(file).matchAll(
			/\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)/g,
		)) {
			const page = target ? join(dirname(file), target) : file;
			expect([file, target, existsSync(join(root, page))]).toEqual([file, target, true]);
			if (anchor)
				expect([file, page, anchorsOf(page)]).toEqual([
					file,
					page,
					expect.arrayContaining([anchor]),
				]);
		}
});

test("links from nodes, credentials and GitHub's forms lead to an existing page and heading", () => {
	const files = [
		...sources,
		...filesIn('nodes', /\.node\.json$/),
		...filesIn('.github', /\.(yml|md)$/),
	];
	const links = files.flatMap((file) =>
		[
			...read(file).matchAll(
				new RegExp(`${homepage}(?:/blob/main/([^#'"\\s]+))?(?:#([\\w-]+))?`, 'g'),
			),
		].map(([, page = 'README.md', anchor]) => [file, page, anchor]),
	);
	expect(links.length).toBeGreaterThan(5);
	for (const [file, page, anchor] of links) {
		expect([file, page, existsSync(join(root, page))]).toEqual([file, page, true]);
		// GitHub's own anchor of the README.
		if (anchor && anchor !== 'readme')
			expect([file, anchorsOf(page)]).toEqual([file, expect.arrayContaining([anchor])]);
	}
});

test('docs/README.md lists every page', () => {
	const index = read('docs/README.md');
	for (const file of filesIn('docs', /\.md$/).filter((name) => name !== 'docs/README.md'))
		expect([file, index.includes(`](${file.replace('docs/', '')})`)]).toEqual([file, true]);
});

test('every npm script in the documents exists', () => {
	for (const file of documents)
		for (const [, name] of read(file).matchAll(/\bnpm run ([\w:-]+)/g))
			expect([file, Object.keys(manifest.scripts)]).toEqual([file, expect.arrayContaining([name])]);
});
