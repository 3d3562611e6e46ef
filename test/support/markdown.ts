import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier/standalone';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import * as markdown from 'prettier/plugins/markdown';
import { read, root } from './project';

const style = JSON.parse(read('.prettierrc.json'));

/** A table as prettier formats it. */
export const markdownTable = (head: string[], lines: Array<Array<string | number>>) => {
	const all = [head, ...lines].map((line) => line.map(String));
	const widths = head.map((_, column) => Math.max(...all.map((line) => line[column].length), 3));
	const shown = (line: string[]) =>
		`| ${line.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
	const [first, ...rest] = all;
	return [shown(first), shown(widths.map((width) => '-'.repeat(width))), ...rest.map(shown)].join(
		'\n',
	);
};

/** Fails unless the file holds this text, as prettier formats it; `npm run docs` writes it instead. */
export const expectDocument = async (file: string, text: string) => {
	const path = join(root, file);
	const formatted = await format(text, {
		...style,
		parser: 'markdown',
		plugins: [babel, estree as never, markdown],
	});
	if (process.env.UPDATE_DOCS) writeFileSync(path, formatted);
	expect([file, read(file)]).toEqual([file, formatted]);
};

/** The same for the text between `<!-- name: npm run docs -->` and `<!-- /name -->` in a handwritten file. */
export const expectBlock = async (file: string, name: string, text: string) => {
	const whole = read(file);
	const block = new RegExp(`(<!-- ${name}: npm run docs -->\n)[^]*(\n<!-- /${name} -->)`);
	expect([file, name, block.test(whole)]).toEqual([file, name, true]);
	await expectDocument(
		file,
		whole.replace(block, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`),
	);
};
