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

type Rules = Record<string, [severity: number]>;

/** ESLint as a program of its own, once for all kinds: it takes two seconds to start. */
const SCRIPT = `
	const { ESLint } = require('eslint');
	const eslint = new ESLint();
	(async () => {
		const all = {};
		for (const [kind, file] of Object.entries(${JSON.stringify(KINDS)}))
			all[kind] = (await eslint.calculateConfigForFile(file)).rules;
		console.log(JSON.stringify(all));
	})();`;

/** The ESLint rules for each kind of file, each with its severity; 2 is an error. */
const rules: { of?: Record<Kind, Rules> } = {};
const rulesOf = (kind: Kind) =>
	(rules.of ??= JSON.parse(
		execFileSync(process.execPath, ['-e', SCRIPT], {
			cwd: root,
			encoding: 'utf8',
			maxBuffer: 1e8,
		}),
	) as Record<Kind, Rules>)[kind];

/** Expects an ESLint rule to be an error for a kind of file, or a file to have a check of this name. */
export const expectCheck = (where: string, name: string) => {
	if (where in KINDS) expect([name, rulesOf(where as Kind)[name]?.[0]]).toEqual([name, 2]);
	else expect(read(where)).toContain(name);
};

export const community = (name: string) => `@n8n/community-nodes/${name}`;
export const base = (name: string) => `n8n-nodes-base/${name}`;
