import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TableRow } from './sampleParameters';

const root = join(__dirname, '../..');

/** How many lines an operation takes in its resource's file. */
export const linesOf = ({ resource, operation }: TableRow) => {
	const source = readFileSync(join(root, `nodes/Bunq/resources/${resource}.ts`), 'utf8');
	const [found] =
		new RegExp(`^\\t\\t${operation}(:[^]*?\\n\\t\\t\\}\\),|:[^\\n{]*,)$`, 'm').exec(source) ?? [];
	if (!found) throw new Error(`${resource}.ts has no row "${operation}"`);
	return found.split('\n').length;
};

export const median = (numbers: number[]) => {
	const sorted = [...numbers].sort((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)];
};
