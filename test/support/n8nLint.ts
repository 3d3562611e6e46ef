import { execFileSync } from 'node:child_process';
import { read, root } from './project';

/** Leaves a rule of n8n to the check that proves it, and sees that this check exists. */

const KINDS = {
	'package.json': 'package.json',
	node: 'nodes/Bunq/Bunq.node.ts',
	helper: 'nodes/Bunq/execute/execute.ts',
	credential: 'credentials/BunqApiKeyApi.credentials.ts',
};
type Kind = keyof typeof KINDS;

const printed: Partial<Record<Kind, Record<string, [severity: number]>>> = {};

/** The ESLint rules for a kind of file, each with its severity; 2 is an error. */
const rulesOf = (kind: Kind) =>
	(printed[kind] ??= JSON.parse(
		execFileSync(
			process.execPath,
			['node_modules/eslint/bin/eslint.js', '--print-config', KINDS[kind]],
			{ cwd: root, encoding: 'utf8', maxBuffer: 1e8 },
		),
	).rules as Record<string, [number]>);

/** Expects an ESLint rule to be an error for a kind of file, or a file to have a check of this name. */
export const expectCheck = (where: string, name: string) => {
	if (where in KINDS) expect([name, rulesOf(where as Kind)[name]?.[0]]).toEqual([name, 2]);
	else expect(read(where)).toContain(name);
};

export const community = (name: string) => `@n8n/community-nodes/${name}`;
export const base = (name: string) => `n8n-nodes-base/${name}`;
