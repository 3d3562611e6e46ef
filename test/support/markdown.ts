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
