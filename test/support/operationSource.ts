import { filesIn, read } from './project';
import type { OperationRow } from './sampleParameters';

/** How many lines an operation takes: in its resource's table, or in a file beside it. */
export const linesOf = ({ resource, operation }: OperationRow) => {
	const sources = filesIn('nodes/Bunq/resources', new RegExp(`/${resource}\\w*\\.ts$`)).map(read);
	const own = new RegExp(`^\\t\\t${operation}: \\w+\\(\\{\\n[^]*?\\n\\t\\t\\}\\),$`, 'm');
	const beside = new RegExp(`^export const ${operation} = \\w+\\(\\{\\n[^]*?\\n\\}\\);$`, 'm');
	const found = sources
		.map((source) => (own.exec(source) ?? beside.exec(source))?.[0])
		.find(Boolean);
	if (!found) throw new Error(`${resource} has no operation "${operation}"`);
	return found.split('\n').length;
};

export const median = (numbers: number[]) => {
	const sorted = [...numbers].sort((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)];
};
