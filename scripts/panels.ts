import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { events } from '../nodes/Bunq/trigger/events';
import { resources } from '../nodes/Bunq/resources';
import { repo } from './pack';
import type { Json, WorkflowNode } from '../test/e2e/api';
import { credentials } from '../test/e2e/credentials';
import { startDemo, step, type Demo } from '../test/e2e/demo';
import { Person, testId } from '../test/e2e/editor';

/**
 * `npm run panels`: pictures of every operation's panel, the triggers' panels, the pickers and the node list, in
 * `.run/panels/`, for a person to look at. `npm run panels -- card draft` takes those whose name has one of these words.
 */

const FOLDER = join(repo, '.run', 'panels');
const [, , ...words] = process.argv;
const isWanted = (name: string) =>
	words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()));

/** The fields' defaults, with every field of each collection, so that one picture shows all. */
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
				const isAsked =
					operation === 'create' && fields.some(({ name }) => name === 'recipientType');
				const kinds = isAsked ? RECIPIENTS : [];
				return [
					{ name: `${resource} ${operation}`, parameters: { ...base, ...everything(fields) } },
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

const nodeOf = ({ name, type, parameters }: Panel, index: number): WorkflowNode => {
	const { type: credential, name: credentialName } = credentials.oAuth2;
	return {
		id: randomUUID(),
		name,
		type: `n8n-nodes-bunq-connect.${type}`,
		typeVersion: 1,
		position: [(index % 5) * 240, Math.floor(index / 5) * 200],
		parameters,
		...(type !== 'bunqTokenRelayTrigger' && {
			credentials: { [credential]: { id: '', name: credentialName } },
		}),
	};
};

/** Waits for animations. */
const settle = async ({ page }: Person) => await page.waitForTimeout(600);

const photograph = async (person: Person, demo: Demo): Promise<string[]> => {
	const { page } = person;
	const taken: string[] = [];
	const take = async (name: string, what = page.locator(testId('node-parameters'))) => {
		await settle(person);
		writeFileSync(join(FOLDER, `${name}.png`), await what.screenshot());
		taken.push(name);
	};
	/** Takes a picture of an open list. */
	const takeOpen = async (field: string, name: string) => {
		await page
			.locator(`${testId(`parameter-input-${field}`)} input`)
			.last()
			.click();
		await take(name, page.locator('body'));
		await page.keyboard.press('Escape');
		if (!(await page.locator(testId('ndv')).isVisible())) return;
		await page.locator(testId('node-title-container')).first().click();
	};
	const wanted = panels.filter(({ name }) => isWanted(name));
	// A canvas with few nodes is fast.
	for (const group of new Set(wanted.map(({ name }) => name.split(' ')[0]))) {
		const members = wanted.filter(({ name }) => name.split(' ')[0] === group);
		const nodes = members.map(nodeOf);
		const workflowId = await demo.save({ name: `Panels: ${group}`, nodes, connections: {} });
		await page.goto(`${demo.api.url}/workflow/${workflowId}`);
		await page.locator('[data-node-name]').first().waitFor();
		await page.locator(testId('zoom-to-fit')).click();
		await take(`canvas ${group}`, page.locator(testId('canvas')));
		for (const [index, { name, type, parameters }] of members.entries()) {
			await person.openNode(name);
			await take(name);
			const select = type === 'bunq' ? 'operation' : type === 'bunqTrigger' ? 'event' : '';
			if (index === 0 && select) await takeOpen(select, `list ${group}`);
			for (const picker of ['account', 'card'])
				if (`${parameters.operation}` === 'get' && parameters.resource === picker)
					await takeOpen(picker, `picker ${picker}`);
			if (await page.locator(testId('ndv')).isVisible()) await person.closeNode();
		}
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
};

/** Combines several pictures into sheets, which are quicker to review. */
const sheets = async ({ page }: Person, names: string[]): Promise<void> => {
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
};

const main = async () => {
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
};

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
