import { execFileSync } from 'node:child_process';
import {
	createSourceFile,
	forEachChild,
	isCallExpression,
	isStringLiteralLike,
	isTemplateExpression,
	type CallExpression,
	type Node,
	ScriptTarget,
} from 'typescript';
import { SWITCH_NAMES, SWITCHES, type SwitchName } from '../simulator/bank/switches';
import { expectBlock } from '../support/markdown';
import { read, root } from '../support/project';

/**
 * The list of what nobody knows in docs/simulator.md: every switch of the simulated bank, and for each value the names of
 * the tests that run under it. test/support/underEach.ts defines them, and makes them fail where the bank does not read
 * the switch.
 */

/** Tests of one file under one value of a switch, as JSON, or under each. */
interface Proof {
	file: string;
	name: SwitchName;
	value: string;
	tests: string[];
}

const EACH = 'each';

const because = (reason: string, ...names: SwitchName[]) =>
	Object.fromEntries(names.map((name) => [name, reason]));

/** Switches without a test of the package, and why. */
const NOT_OF_THE_PACKAGE: Partial<Record<SwitchName, string>> = {
	formRefusal: 'n8n itself sends the form: `test/e2e/refusals.e2e.test.ts` runs every value.',
	acceptGrantedUserId: 'The package uses only the ID of the `UserApiKey`.',
	...because(
		'No operation of the package depends on it, nor receives callbacks or reads events.',
		'callbackLimit',
		'accountIdsNarrowFilters',
		'draftCallbacks',
		'signCallbacks',
		'callbackTimeoutSeconds',
		'httpsCallbacks',
		'eventIds',
		'oauthMayReadEvents',
	),
	...because('The package always sends one.', 'attachmentDescription'),
};

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'test/**/*.test.ts'], {
	cwd: root,
	encoding: 'utf8',
})
	.trim()
	.split('\n')
	.filter((file) => !file.startsWith('test/e2e/'));

/** `describe.each(…)('a name', …)` → `describe`. */
const calleeOf = (call: CallExpression) => /^\w+/.exec(call.expression.getText())?.[0] ?? '';

const titleOf = ({ arguments: [title] }: CallExpression) => {
	if (title && isStringLiteralLike(title)) return title.text.replace(/%\w|\$\w+/g, '…');
	if (!title || !isTemplateExpression(title)) return undefined;
	return title.head.text + title.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
};

/** The tests within each call of `under` and `underEach`. */
const proofsIn = (file: string, code: string): Proof[] => {
	const source = createSourceFile(file, code, ScriptTarget.Latest, true);
	const found: Proof[] = [];
	const visit = (node: Node, outer: Proof[], path: string[]) => {
		let inner = outer;
		let within = path;
		if (isCallExpression(node)) {
			const callee = calleeOf(node);
			const title = titleOf(node);
			if (callee === 'test' && title) {
				for (const { tests } of outer) tests.push([...path, title].join(': '));
			}
			if (callee === 'describe' && title) within = [...path, title];
			if (callee === 'under' || callee === 'underEach') {
				const [, name, value] = node.arguments.map((one) => one.getText());
				const proof = {
					file,
					name: name.replace(/'/g, '') as SwitchName,
					value:
						callee === 'under' ? JSON.stringify(JSON.parse(value.replace(/^'|'$/g, '"'))) : EACH,
					tests: [],
				};
				found.push(proof);
				inner = [...outer, proof];
			}
		}
		forEachChild(node, (child) => visit(child, inner, within));
	};
	visit(source, [], []);
	return found;
};

const proofs = files.flatMap((file) =>
	/\bunder(Each)?\(/.test(read(file)) && !file.startsWith('test/project/')
		? proofsIn(file, read(file))
		: [],
);

const isOfPackage = ({ file }: Proof) => !file.startsWith('test/simulator/');

test.each(SWITCH_NAMES)('every value of the switch %s has a test', (name) => {
	const own = proofs.filter((proof) => proof.name === name && proof.tests.length > 0);
	const missing = SWITCHES[name].values
		.map((value) => JSON.stringify(value))
		.filter((value) => !own.some((proof) => [EACH, value].includes(proof.value)));
	expect({ name, missing }).toEqual({ name, missing: [] });
	// One of both: a test of the package, or the reason why there is none.
	const proven = own.some(isOfPackage);
	const todo =
		proven === name in NOT_OF_THE_PACKAGE &&
		(proven
			? `Remove ${name} from NOT_OF_THE_PACKAGE: the package has a test of it`
			: `Test the package under each value of ${name}, or give the reason in NOT_OF_THE_PACKAGE`);
	expect(todo).toBe(false);
});

test('every named switch and value exists', () => {
	const known = proofs.filter(
		({ name, value }) =>
			name in SWITCHES &&
			(value === EACH || SWITCHES[name].values.some((one) => JSON.stringify(one) === value)),
	);
	expect(known).toEqual(proofs);
	expect(proofs.length).toBeGreaterThan(40);
});

test('finds the tests within', () => {
	const code = `under(bank, 'cardAnswer', 'id', () => {
		describe('a card', () => { test.each([1])('%i is read', () => {}); });
		underEach(bank, 'limits', () => test('twice', () => {}));
	});`;
	expect(proofsIn('a.test.ts', code)).toEqual([
		{
			file: 'a.test.ts',
			name: 'cardAnswer',
			value: '"id"',
			tests: ['a card: … is read', 'twice'],
		},
		{ file: 'a.test.ts', name: 'limits', value: 'each', tests: ['twice'] },
	]);
});

const SECTION_TITLES = new Map(
	[...read('docs/bunq-api.md').matchAll(/^#+ ((\d+(?:\.\d+)?) .+)$/gm)].map(([, title, number]) => [
		number,
		title
			.toLowerCase()
			.replace(/[^\w ]/g, '')
			.replace(/ /g, '-'),
	]),
);

const shown = (json: string) => `\`${json.replace(/^"|"$/g, '')}\``;

const linesOf = (own: Proof[], values: string[]) =>
	[...values, EACH].flatMap((value) => {
		const byFile = own.filter((proof) => proof.value === value && proof.tests.length > 0);
		return byFile.map(({ file, tests }) => {
			const label = file.replace(/^.*\/|\.test\.ts$/g, '');
			const whose = file.startsWith('test/simulator/') ? 'the simulator' : 'the package';
			const under = value === EACH ? 'each value' : shown(value);
			return `- ${under}, ${whose} ([${label}](../${file})): ${tests.map((name) => `_${name.replace(/[*_]/g, '\\$&')}_`).join('; ')}`;
		});
	});

const sectionOf = (name: SwitchName) => {
	const { section, question, values } = SWITCHES[name];
	const own = proofs.filter((proof) => proof.name === name);
	const all = values.map((value) => JSON.stringify(value));
	const [first, ...others] = all.map(shown);
	const anchor = SECTION_TITLES.get(section);
	expect([name, anchor]).toEqual([name, expect.any(String)]);
	const reason = NOT_OF_THE_PACKAGE[name];
	return `### \`${name}\`

${question} [bunq's API, ${section}](bunq-api.md#${anchor}). Default: ${first}; also ${others.join(', ')}.${reason ? ` ${reason}` : ''}

${linesOf(own, all).join('\n')}`;
};

test('docs/simulator.md has every switch, with the tests under each value', async () => {
	const used = proofs.filter(({ tests }) => tests.length > 0);
	const count = (list: unknown[]) => new Set(list).size;
	const runs = used.map(({ name, value, tests }) =>
		value === EACH ? tests.length * SWITCHES[name].values.length : tests.length,
	);
	const values = SWITCH_NAMES.flatMap((name) => [...SWITCHES[name].values]);
	await expectBlock(
		'docs/simulator.md',
		'switches',
		`${SWITCH_NAMES.length} switches with ${values.length} values: where sources conflict or say nothing, the simulated bank behaves either way. In
${count(used.map(({ file }) => file))} files, ${count(used.flatMap(({ file, tests }) => tests.map((name) => file + name)))} tests run under one value or under each, ${runs.reduce((sum, one) => sum + one, 0)} runs in all. The names of the tests say what the package or the simulator
does; a test fails if the bank did not read its switch. \`switches\` of the control interface sets them.

${SWITCH_NAMES.map(sectionOf).join('\n\n')}`,
	);
});
