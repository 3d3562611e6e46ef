import { execFileSync } from 'node:child_process';
import { createSourceFile, forEachChild, isIdentifier, type Node, ScriptTarget } from 'typescript';
import { read, root } from '../support/project';

/** Standard terms instead of private ones: a reader guesses a name's meaning, and finds it elsewhere under the same name. */

/** Nowhere: not in a comment, a message, a page or a name. */
const PRIVATE_WORDS = [
	'wish',
	'wishes',
	'maybe done',
	'unclear',
	'making',
	'stands',
	'just',
	'like',
	'doubtful',
	'homeless',
	'harmless',
	'turns',
];
/** In no name, nor with a capital letter in a text. */
const PRIVATE_TYPES = ['mark', 'marks', 'happening', 'happenings', 'news', 'look', 'looks'];
/** In no name. */
const PRIVATE_NAMES = ['isCut', 'truthOf'];

/** A stored parameter, TypeScript's own names, a verb that is no cursor, addresses. */
const ALLOWED = /\blookBackDays\b|\bis(Function|StringLiteral)Like\b|\bmarkClosed\b|\bhttps?:\S+/g;

const files = execFileSync(
	'git',
	[
		...['ls-files', '--cached', '--others', '--exclude-standard', '--'],
		...['nodes', 'credentials', 'test', 'scripts', 'docs', 'examples', '.github', '*.md'],
	],
	{ cwd: root, encoding: 'utf8' },
)
	.trim()
	.split('\n')
	.filter((file) => /\.([cm]?[jt]s|json|md)$/.test(file))
	// The words of others: bunq's file, its replies, and the names of packages.
	.filter((file) => !/(openapi|recordings|package-lock)\.json$/.test(file))
	.filter((file) => file !== 'test/project/vocabulary.test.ts');

/** `lookAtLists` → look, at, lists. */
const partsOf = (name: string) =>
	name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g)?.map((part) => part.toLowerCase()) ?? [];

/** The names in a program, and all its other text: comments and strings. */
const split = (file: string, code: string) => {
	const names: string[] = [];
	if (!/\.[cm]?[jt]s$/.test(file)) return { names, text: code };
	let text = '';
	let end = 0;
	const visit = (node: Node) => {
		if (isIdentifier(node)) {
			names.push(node.text);
			text += `${code.slice(end, node.getStart())} `;
			end = node.end;
		}
		forEachChild(node, visit);
	};
	visit(createSourceFile(file, code, ScriptTarget.Latest, true));
	return { names, text: text + code.slice(end) };
};

const privateWordsOf = (file: string, code: string) => {
	const { names, text } = split(file, code.replace(ALLOWED, ''));
	names.push(...(text.match(/\b[a-z]+[A-Z]\w*/g) ?? []));
	const prose = text.replace(/[\s*]+/g, ' ');
	const has = (word: string, flags?: string) => new RegExp(`\\b${word}\\b`, flags).test(prose);
	const isPrivate = (name: string) =>
		PRIVATE_NAMES.includes(name) ||
		partsOf(name).some((part) => [...PRIVATE_WORDS, ...PRIVATE_TYPES].includes(part));
	return [
		...PRIVATE_WORDS.filter((word) => has(word, 'i')),
		...PRIVATE_TYPES.filter((word) => has(word[0].toUpperCase() + word.slice(1))),
		...new Set(names.filter(isPrivate)),
	];
};

const privateIn = (file: string) => privateWordsOf(file, read(file));

test('no file has a private word', () => {
	expect(files.length).toBeGreaterThan(200);
	const found = files.map((file) => [file, privateIn(file)] as const);
	expect(Object.fromEntries(found.filter(([, words]) => words.length > 0))).toEqual({});
});

test.each([
	['a word in a comment', '/** Just sent. */', ['just']],
	['a name in a comment', '/** See `lookAt`. */', ['lookAt']],
	[
		'a word in a message',
		"fail('It is like a key'); /** Maybe\n * done. */",
		['maybe done', 'like'],
	],
	[
		'a part of a name',
		'const wishOf = isCut && hasNews && lookAtLists;',
		['wishOf', 'isCut', 'hasNews', 'lookAtLists'],
	],
	['a type', 'let mark: Mark;', ['mark', 'Mark']],
	['none', "const likely = outlook + 'It is unlikely, look it up'; markClosed();", []],
] as const)('finds %s', (_, code, words) => {
	expect(privateWordsOf('a.ts', code)).toEqual(words);
});
