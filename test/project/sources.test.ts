import { execFileSync } from 'node:child_process';
import { read, root } from '../support/project';

/** The rules of bunq and n8n that comments rely on: each has a source that a reader can open. */

const page = read('docs/bunq-api.md');

const headings = (text: string) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
const sections = headings(page).flatMap((heading) => /^\d+(\.\d+)?(?= )/.exec(heading)?.[0] ?? []);
const chapters = headings(read('docs/design.md'));

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
	cwd: root,
	encoding: 'utf8',
})
	.trim()
	.split('\n')
	.filter(
		(file) => /\.(md|json|[cm]?[jt]s)$|^\.ci\//.test(file) && !/package-lock\.json$/.test(file),
	)
	.filter((file) => file !== 'test/project/sources.test.ts');

/** Every citation of docs/bunq-api.md, and every § of the simulator, with its file. */
const citations = files.flatMap((file) => {
	const text = read(file);
	const lists = [...text.matchAll(/docs\/bunq-api\.md (\d[\d., to]*)/g)].map(([, list]) => list);
	const numbers = lists.flatMap((list) => list.match(/\d+(\.\d+)?/g) ?? []);
	const signs = [...text.matchAll(/§(\d+(?:\.\d+)?)/g)].map(([, number]) => number);
	return [...numbers, ...signs].map((number) => ({ file, number }));
});

test('a cited section of docs/bunq-api.md exists', () => {
	expect(citations.length).toBeGreaterThan(150);
	expect(citations.filter(({ number }) => !sections.includes(number))).toEqual([]);
});

test('a cited heading of docs/design.md exists', () => {
	const cited = files.flatMap((file) =>
		[...read(file).matchAll(/docs\/design\.md, ([A-Z][^).\n]+)/g)].map(([, heading]) => heading),
	);
	expect(cited.length).toBeGreaterThan(0);
	expect(cited.filter((heading) => !chapters.includes(heading))).toEqual([]);
});

test('every section is cited, or holds sections that are', () => {
	const unused = sections.filter(
		(section) => !citations.some(({ number }) => `${number}.`.startsWith(`${section}.`)),
	);
	// The list of sources.
	expect(unused).toEqual(['0']);
});

test('no file cites what is not in the repository', () => {
	const outside = files.filter((file) => /\bfacts[ /]§?\d|\bfacts\/|\.\.\/shared/.test(read(file)));
	expect(outside).toEqual([]);
});

/** The page's rules, without their line breaks. */
const rules = page
	.split(/^## 1 /m)[1]
	.split(/^\[/m)[0]
	.split(/\n(?=- |\n)/)
	.filter((block) => block.startsWith('- '))
	.map((block) => block.replace(/\s+/g, ' '));

test('a rule says how sure it is, and where it comes from', () => {
	expect(rules.length).toBeGreaterThan(100);
	const SURE = /[.`)] _(documented|recorded|clients|inferred|unknown)_(?<sources>.*)$/;
	const bare = rules.filter((rule) => {
		const [, word, sources] = SURE.exec(rule) ?? [];
		if (!word) return true;
		// Silence has no source.
		return !['inferred', 'unknown'].includes(word) && !/\[.+\]/.test(sources);
	});
	expect(bare).toEqual([]);
});

test('a link of the page leads somewhere public', () => {
	const targets = new Map(
		[...page.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name, url]) => [name, url]),
	);
	for (const url of targets.values()) expect(url).toMatch(/^https:\/\//);
	const text = page.replace(/^\[[^\]]+\]: \S+$/gm, '').replace(/`[^`]*`/g, '');
	const named = [...text.matchAll(/\[([^\]]+)\](?:\[([^\]]+)\]|(?!\())/g)].map(([, label, name]) =>
		(name ?? label).replace(/\s+/g, ' '),
	);
	expect(named.filter((name) => !targets.has(name))).toEqual([]);
	expect([...targets.keys()].filter((name) => !named.includes(name))).toEqual([]);
});
