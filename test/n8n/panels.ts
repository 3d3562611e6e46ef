import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { events } from '../../nodes/Bunq/events';
import { resources } from '../../nodes/Bunq/resources';
import { repo } from '../tools/pack';
import type { Json, WorkflowNode } from './api';
import { credentials } from './credentials';
import { startDemo, step, type Demo } from './demo';
import { Person, testId } from './editor';

/**
 * `npm run panels`: pictures of every operation's panel, the triggers' panels, the pickers and the node list, in
 * `.run/panels/`, for a person to look at. `npm run panels -- card draft` takes those whose name has one of these words.
 */

const FOLDER = join(repo, '.run', 'panels');
const [, , ...words] = process.argv;
const isWanted = (name: string) =>
	words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));

/** Collections with all that can be added to them, so that one picture shows every field. */
const everything = (fields: INodeProperties[]): IDataObject =>
	Object.fromEntries(
		fields.map((field) => {
			const parts = (field.options ?? []) as INodeProperties[];
			if (field.type === 'collection') return [field.name, everything(parts)];
			if (field.type === 'fixedCollection')
				return [field.name, { [parts[0].name]: [{ name: '', value: '' }] }];
			return [field.name, field.default as IDataObject];
		}),
	);

interface Panel {
	name: string;
	type: 'bunq' | 'bunqTrigger' | 'bunqTokenRelayTrigger';
	parameters: Json;
}

const RECIPIENTS = ['iban', 'email', 'phone'];

const panels: Panel[] = [
	...resources
		.flatMap(({ value: resource, operations }) =>
			Object.entries(operations).flatMap(([operation, { fields }]) => {
				const base = { resource, operation };
				const kinds = fields.some(({ name }) => name === 'recipientType') ? RECIPIENTS : [];
				return [
					{ name: `${resource} ${operation}`, parameters: base },
					{ name: `${resource} ${operation} full`, parameters: { ...base, ...everything(fields) } },
					...kinds.map((recipientType) => ({
						name: `${resource} ${operation} to ${recipientType}`,
						parameters: { ...base, recipientType },
					})),
				];
			}),
		)
		.map((panel) => ({ ...panel, type: 'bunq' as const })),
	...Object.entries(events).map(([event, { fields }]) => ({
		name: `trigger ${event}`,
		type: 'bunqTrigger' as const,
		parameters: { event, allAccounts: false, ...everything(fields) },
	})),
	{ name: 'relay', type: 'bunqTokenRelayTrigger', parameters: {} },
];

const idOf = (index: number) => `7d3ed3e0-0003-4000-8000-${String(index).padStart(12, '0')}`;

const nodeOf = ({ name, type, parameters }: Panel, index: number): WorkflowNode => {
	const { type: credential, name: credentialName } = credentials.oAuth2;
	return {
		id: idOf(index),
		name,
		type: `n8n-nodes-bunq-connect.${type}`,
		typeVersion: 1,
		position: [(index % 8) * 240, Math.floor(index / 8) * 200],
		parameters,
		...(type !== 'bunqTokenRelayTrigger' && {
			credentials: { [credential]: { id: '', name: credentialName } },
		}),
	};
};

/** Messages and lists move for a moment. */
const settle = async ({ page }: Person) => await page.waitForTimeout(600);

async function photograph(person: Person, demo: Demo): Promise<string[]> {
	const { page } = person;
	const taken: string[] = [];
	const take = async (name: string, what = page.locator(testId('node-parameters'))) => {
		await settle(person);
		writeFileSync(join(FOLDER, `${name}.png`), await what.screenshot());
		taken.push(name);
	};
	const wanted = panels
		.map((panel, index) => ({ panel, index }))
		.filter(({ panel }) => isWanted(panel.name));
	const workflowId = await demo.save({
		name: 'All panels',
		nodes: wanted.map(({ panel, index }) => nodeOf(panel, index)),
		connections: {},
	});
	const open = async (index: number) => {
		await page.goto(`${demo.api.url}/workflow/${workflowId}/${idOf(index)}`);
		await page.locator(testId('node-parameters')).waitFor();
	};

	if (isWanted('canvas')) {
		await page.goto(`${demo.api.url}/workflow/${workflowId}`);
		await page.locator('[data-node-name]').first().waitFor();
		await take('canvas', page.locator('body'));
	}
	for (const { panel, index } of wanted) {
		await open(index);
		await take(panel.name);
	}
	for (const word of ['bunq', 'bank', 'IBAN', 'pay', 'savings', 'money'].filter(() =>
		isWanted('search'),
	)) {
		await page.goto(`${demo.api.url}/workflow/new`);
		await page.locator(testId('canvas-add-button')).click();
		await page.locator(`${testId('node-creator-search-bar')}`).fill(word);
		await take(`search ${word}`, page.locator(testId('node-creator')));
	}
	return taken;
}

/** Several pictures on one sheet: looking at them one by one takes long. */
async function sheets({ page }: Person, names: string[]): Promise<void> {
	const PER_SHEET = 6;
	for (let from = 0; from < names.length; from += PER_SHEET) {
		const figures = names.slice(from, from + PER_SHEET).map((name) => {
			const data = readFileSync(join(FOLDER, `${name}.png`)).toString('base64');
			return `<figure><figcaption>${name}</figcaption><img src="data:image/png;base64,${data}"></figure>`;
		});
		await page.setContent(
			`<style>body{display:flex;gap:8px;align-items:start;margin:8px;font:bold 15px sans-serif;width:max-content}figure{margin:0;border:1px solid #888}</style>${figures.join('')}`,
		);
		await page
			.locator('body')
			.screenshot({ path: join(FOLDER, `sheet ${from / PER_SHEET + 1}.png`) });
	}
}

async function main() {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const demo = await startDemo();
	const person = await Person.signIn(demo.api.url, 1);
	try {
		await person.page.setViewportSize({ width: 1300, height: 1500 });
		const names = await step('Taking the pictures', async () => await photograph(person, demo));
		await sheets(person, names);
		console.log(`${names.length} pictures in ${FOLDER}`);
	} finally {
		await person.leave();
		await demo.stop();
	}
}

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
