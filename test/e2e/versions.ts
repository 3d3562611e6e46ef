import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { InstanceOptions } from './instance';

/** An n8n to test with, and its Node. */
export interface Version {
	n8n: string;
	node: string;
	/** Default: the suite's n8n and the project's Node. */
	program?: InstanceOptions['program'];
	settings?: InstanceOptions['settings'];
}

const dependency = (folder: string, name: string): string =>
	JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;

/** Older versions use the machine's Node if they support it (20.19 to 24). */
const older = (version: string, settings?: Version['settings']): Version => {
	const folder = join(__dirname, 'versions', version);
	const node = machineNode();
	return {
		n8n: dependency(folder, 'n8n'),
		node: node.version,
		program: { node: node.file, n8n: join(folder, 'node_modules/n8n/bin/n8n') },
		settings,
	};
};

/** The newest 1.x, the newest version for Node 20, and the version of all other tests. */
export const versions = (): Version[] => [
	// Its newer expression engine exists only for Node 22 and 24.
	older('1.123.81', { N8N_EXPRESSION_ENGINE: 'legacy' }),
	older('2.8.4'),
	{ n8n: dependency(__dirname, 'n8n'), node: dependency(__dirname, 'node') },
];

/** The first Node in the PATH that npm did not install; the project's Node if none fits. */
const machineNode = (): { file: string; version: string } => {
	const own = join(__dirname, 'node_modules/.bin/node');
	const inPath = (process.env.PATH ?? '')
		.split(delimiter)
		.filter((folder) => !/node_modules/.test(folder))
		.map((folder) => join(folder, 'node'));
	for (const file of [...inPath, own]) {
		if (!existsSync(file)) continue;
		const version = execFileSync(file, ['--version'], { encoding: 'utf8' }).trim().slice(1);
		const [major, minor] = version.split('.').map(Number);
		if (major > 24 || major < 20 || (major === 20 && minor < 19)) continue;
		return { file, version };
	}
	throw new Error('No Node for the older versions of n8n');
};
