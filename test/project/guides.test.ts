import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { resources } from '../../nodes/Bunq/resources';
import { events } from '../../nodes/Bunq/trigger/events';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { emptyItems } from '../support/parameters';
import { read, root } from '../support/project';
import { rows } from '../support/sampleParameters';

/** What the hand-written pages promise. */

const bank = useBank();

test('the README fits on a few screens: at most 120 lines and 1,500 words', () => {
	const text = read('README.md').trimEnd();
	expect(text.split('\n').length).toBeLessThanOrEqual(120);
	const words = text.replace(/<!--[^]*?-->|\]\([^)]*\)|[|#*_`>-]/g, ' ').trim();
	expect(words.split(/\s+/).length).toBeLessThanOrEqual(1500);
});

test('the README says at its top what it is not, and what it costs', () => {
	const [top] = read('README.md').replace(/\s+/g, ' ').split('## Connect');
	for (const said of [
		'Unofficial, free (MIT), and without any warranty',
		'simulated bunq',
		'sandbox',
	])
		expect(top).toContain(said);
	expect(top).toMatch(/nobody has run it with a real account yet.*requires no particular plan/);
});

test('reading thirty accounts with All Accounts takes half a minute, as in docs/limits.md', async () => {
	const { accounts } = await bank.world();
	const open = accounts.filter(({ status }) => status === 'ACTIVE').length;
	for (let more = open; more < 30; more++) await bank.control.addAccount({});
	await bank.apiKey({ resource: 'user', operation: 'get' });
	passMinutes();
	const began = Date.now();
	const parameters = { resource: 'payment', operation: 'getAll', allAccounts: true };
	const { error } = await bank.apiKey(parameters);
	expect(error?.message).toBeUndefined();
	const seconds = (Date.now() - began) / 1000;
	expect(seconds).toBeGreaterThanOrEqual(27);
	expect(seconds).toBeLessThan(32);
});

test.each([
	[{}, 6],
	[{ executeOnce: true }, 1],
])(
	'a node runs once for each item, as the README warns: with %j six items pay %i times',
	async (settings, times) => {
		await bank.oauth(await bank.payHousehold(), { items: emptyItems(6), settings });
		expect(await bank.changes()).toBe(times);
		for (const page of ['README.md', 'docs/first-workflow.md'])
			expect(read(page)).toMatch(/A node runs once for each item it gets[^]*\*\*Execute Once\*\*/);
	},
);

test('docs/connect.md takes at most two minutes to read', () => {
	const text = read('docs/connect.md').replace(/!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|[|#*_`-]/g, ' ');
	// People read 240 words a minute.
	expect(text.trim().split(/\s+/).length / 240).toBeLessThan(2);
});

test.each(['README.md', 'docs/trigger.md'])('%s has every event', (page) => {
	const text = read(page).replace(/\s+/g, ' ');
	for (const { name } of Object.values(events)) expect(text).toContain(name);
});

describe('docs/faq.md: every heading is a message that users can see', () => {
	const texts = (folder: string) =>
		readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.ts'))
			.map((name) => read(join(folder, name)))
			.join('\n')
			.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
			// The words of the simulated bank have their values as `{name}`.
			.replace(/\{\w+\}/g, '…')
			.replace(/\\'/g, "'");
	/** A message of n8n 2.41 that no package here has: n8n/dist/workflows/workflow-validation.service.js. */
	const NOT_INSTALLED =
		'Node "…" (…) cannot use credential type "…" — it is restricted to: (no nodes).';
	/** n8n's files with its messages. */
	const N8N: Record<string, string> = {
		'Unrecognized node type': 'n8n-core/dist/errors/unrecognized-node-type.error.js',
		'Node does not have any credentials set':
			'n8n-core/dist/execution-engine/node-execution-context/node-execution-context.js',
		'The request was blocked because it resolves to a restricted IP address':
			'n8n-core/node_modules/@n8n/backend-network/dist/ssrf/ssrf-blocked-ip.error.js',
		'Multiple matches found': 'n8n-workflow/dist/cjs/workflow-data-proxy.js',
		'The execution was cancelled because it timed out':
			'n8n-workflow/dist/cjs/errors/execution-cancelled.error.js',
	};
	const sources: Record<string, (heading: string) => string> = {
		'From bunq': () => texts('test/simulator'),
		'From this package': () => texts('nodes'),
		'From n8n': (heading) => read(join('node_modules', N8N[heading] ?? 'none')),
	};
	const [, ...parts] = read('docs/faq.md').split(/^## /m);
	const headings = parts
		// Questions, and messages that test/e2e/refusals.e2e.test.ts produces in n8n's window.
		.filter((part) => !/^(Before you begin|While connecting)\n/.test(part))
		.flatMap((part) =>
			[...part.matchAll(/^### (.+)$/gm)].map(([, heading]) => [part.split('\n')[0], heading]),
		)
		.filter(([, heading]) => heading !== NOT_INSTALLED);

	test.each(headings)('%s: %s', (from, heading) => {
		expect(sources[from](heading)).toContain(heading);
	});

	test('every source has some', () => {
		expect(new Set(headings.map(([from]) => from))).toEqual(new Set(Object.keys(sources)));
	});
});

test('the operations that the pages name exist', () => {
	const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
	const names = resources.map(({ name }) => name).join('|');
	const labels = new Set(rows.map(({ label }) => label));
	for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
		const text = read(page).replace(/\s+/g, ' ');
		for (const [, label] of text.matchAll(new RegExp(`_((?:${names}): [A-Z][\\w ]+?)_`, 'g')))
			expect([page, label, labels.has(label)]).toEqual([page, label, true]);
		for (const [, resource, operation] of text.matchAll(
			/_Resource: ([\w ]+?)_(?: and|,) _Operation: ([\w ]+?)_/g,
		))
			expect([page, labels.has(`${resource}: ${operation}`)]).toEqual([page, true]);
	}
});
