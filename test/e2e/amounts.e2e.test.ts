import { randomUUID } from 'node:crypto';
import type { INodeProperties } from 'n8n-workflow';
import { convertValue } from '../../nodes/Bunq/parameters/convertValue';
import { isAmount } from '../../nodes/Bunq/parameters/field';
import { resources } from '../../nodes/Bunq/resources';
import { events } from '../../nodes/Bunq/trigger/events';
import type { Json, WorkflowNode } from './api';
import { credentials } from './credentials';
import { Person, testId } from './editor';
import { bunqNode, chain, locator, manualTrigger, running, useSuite } from './suite';

/**
 * Amounts as a person types them into n8n's editor, in every field of both nodes and of the credential: a field that
 * dropped a comma would pay a hundred times as much.
 */

const suite = useSuite();
const started = running();
let person: Person;

jest.setTimeout(600_000);

beforeAll(async () => {
	person = await Person.signIn(started.url, started.options.simulator.tlsPort);
	// Other suites may have emptied it.
	for (const authentication of ['oAuth2', 'apiKey'] as const) {
		const { accounts, environment } = await suite.world(authentication);
		const [{ id: accountId }] = accounts.filter(({ description }) => description === 'Main');
		await suite.bank.addPayments({ accountId, amount: '3000.00', environment });
	}
});
afterAll(async () => await person?.leave());

/** What is typed, and what it is; undefined where it is refused. */
const SPELLINGS: Array<[string, string | undefined]> = [
	['12,50', '12.50'],
	['0,01', '0.01'],
	['1.250,00', '1250.00'],
	['1.250', undefined],
	['12.505', undefined],
];

/** Those typed into every field; the payments type all. */
const IN_EACH_FIELD = ['12,50', '0,01', '1.250'];

interface AmountField {
	field: INodeProperties;
	/** The collection that holds it. */
	inside?: string;
}

/** A node with its amount fields, each added and empty. */
interface AmountNode {
	name: string;
	type: 'bunq' | 'bunqTrigger';
	parameters: Json;
	amounts: AmountField[];
}

const amountsOf = (fields: readonly INodeProperties[]): AmountField[] =>
	fields.flatMap((field) => [
		...(isAmount(field) ? [{ field }] : []),
		...(field.type === 'collection' ? ((field.options ?? []) as INodeProperties[]) : [])
			.filter(isAmount)
			.map((option) => ({ field: option, inside: field.name })),
	]);

const toNode = (
	name: string,
	type: AmountNode['type'],
	order: Json,
	fields: readonly INodeProperties[],
): AmountNode => {
	const amounts = amountsOf(fields);
	const parameters: Json = { ...order };
	for (const { field, inside } of amounts)
		if (inside) parameters[inside] = { ...(parameters[inside] as Json), [field.name]: '' };
	return { name, type, parameters, amounts };
};

const nodes = [
	...resources.flatMap(({ value: resource, operations }) =>
		Object.entries(operations).map(([operation, { fields }]) =>
			toNode(`${resource} ${operation}`, 'bunq', { resource, operation }, fields),
		),
	),
	...Object.entries(events).map(([event, { fields }]) =>
		toNode(`on ${event}`, 'bunqTrigger', { event }, fields),
	),
].filter(({ amounts }) => amounts.length > 0);

/** One payment for each spelling, whose amount is typed. */
const payments = SPELLINGS.map(([spelling], index) => ({ name: `pay ${index}`, spelling }));

const input = (field: string) =>
	person.page
		.locator(testId('node-parameters'))
		.locator(`${testId(`parameter-input-${field}`)} input`)
		.last();

/** Types a value and leaves the field, as a person does. Returns what the field then shows. */
const type = async (field: string, text: string) => {
	await input(field).fill('');
	await input(field).pressSequentially(text);
	await input(field).blur();
	return await input(field).inputValue();
};

const storedNodes = async (workflowId: string) =>
	(await suite.n8n.call<{ nodes: WorkflowNode[] }>('GET', `/workflows/${workflowId}`)).nodes;

/** Opens a workflow of these nodes, works in it, and returns its nodes as n8n then stores them. */
const edit = async (
	given: WorkflowNode[],
	connections: Json,
	work: () => Promise<void>,
	isSaved: (nodes: WorkflowNode[]) => boolean,
) => {
	const name = `Amounts ${randomUUID()}`;
	const workflowId = await suite.n8n.saveWorkflow({ name, nodes: given, connections });
	await person.page.goto(`${started.url}/workflow/${workflowId}`);
	await person.page.locator('[data-node-name]').first().waitFor();
	await work();
	await person.page.keyboard.press('Control+s');
	let stored: WorkflowNode[] = [];
	await person.until('the workflow is saved', async () => {
		stored = await storedNodes(workflowId);
		return isSaved(stored);
	});
	return { workflowId, stored };
};

const parameterOf = ({ parameters }: WorkflowNode, { field, inside }: AmountField) =>
	((inside ? parameters[inside] : parameters) as Json)[field.name];

test('every amount field keeps what is typed, and the node reads it as meant', async () => {
	await person.witness('amount fields', async () => {
		expect(nodes.length).toBeGreaterThan(15);
		const given = nodes.map(({ name, type: node, parameters }, index) => ({
			...bunqNode(parameters, { authentication: 'oAuth2' }),
			name,
			type: `n8n-nodes-bunq-connect.${node}`,
			position: [(index % 6) * 240, Math.floor(index / 6) * 200] as [number, number],
		}));
		const typed = new Map<string, string>();
		let turn = 0;
		const work = async () => {
			for (const { name, amounts } of nodes) {
				await person.openNode(name);
				for (const { field } of amounts) {
					// Each field shows each spelling unchanged; the last one is stored, another one in each field.
					const from = turn++ % IN_EACH_FIELD.length;
					for (const text of [...IN_EACH_FIELD.slice(from), ...IN_EACH_FIELD.slice(0, from)]) {
						expect([name, field.name, await type(field.name, text)]).toEqual([
							name,
							field.name,
							text,
						]);
						typed.set(`${name} ${field.name}`, text);
					}
				}
				await person.closeNode();
			}
		};
		const isEveryTyped = (stored: WorkflowNode[]) =>
			nodes.every(({ name, amounts }) => {
				const node = stored.find((one) => one.name === name)!;
				return amounts.every(
					(amount) => parameterOf(node, amount) === typed.get(`${name} ${amount.field.name}`),
				);
			});
		const { stored } = await edit(given, {}, work, isEveryTyped);
		for (const { name, amounts } of nodes)
			for (const amount of amounts) {
				const raw = parameterOf(stored.find((one) => one.name === name)!, amount);
				const [, value] = SPELLINGS.find(([text]) => text === raw)!;
				const read = () => convertValue(amount.field, raw, 'UTC');
				if (value === undefined) expect(read).toThrow(/must be written as/);
				else expect(read()).toBe(value);
			}
		console.log(
			`${typed.size} amount fields × ${IN_EACH_FIELD.length} spellings, typed in the editor`,
		);
	});
});

test('a payment whose amount is typed: bunq gets what was meant, or nothing', async () => {
	await person.witness('amounts of payments', async () => {
		const order = {
			...{ resource: 'payment', operation: 'create', recipientType: 'ownAccount' },
			account: locator('name', 'Main'),
			recipientAccount: locator('name', 'Household'),
		};
		const settings = { onError: 'continueRegularOutput' };
		const given = payments.map(({ name }, index) => ({
			...bunqNode(order, { authentication: 'oAuth2', settings }),
			name,
			position: [(index + 1) * 240, 0] as [number, number],
		}));
		const names = [manualTrigger.name, ...payments.map(({ name }) => name)];
		const row = names.slice(1).map((name, index) => chain(names[index], name));
		const work = async () => {
			await person.openNode(payments[0].name);
			// Empty, as it is at first: n8n marks it.
			const field = testId('parameter-input-amount');
			await person.page
				.locator(`${field}.has-issues, ${field} .has-issues, .has-issues:has(${field})`)
				.first()
				.waitFor();
			expect(await input('amount').inputValue()).toBe('');
			expect(await input('amount').getAttribute('placeholder')).toBe('e.g. 12.50');
			await person.closeNode();
			for (const { name, spelling } of payments) {
				await person.openNode(name);
				expect(await type('amount', spelling)).toBe(spelling);
				await person.closeNode();
			}
		};
		const { workflowId } = await edit(
			[manualTrigger, ...given],
			Object.assign({}, ...row) as Json,
			work,
			(stored) =>
				payments.every(({ name, spelling }) =>
					stored.some((node) => node.name === name && node.parameters.amount === spelling),
				),
		);
		await suite.bank.clearLog();
		const execution = await suite.n8n.runManually(workflowId, manualTrigger.name);
		const said = payments.map(({ name }) => execution.items(name)[0].error);
		expect(said).toEqual([
			undefined,
			undefined,
			undefined,
			expect.stringContaining('1250.00 or 1.25'),
			expect.stringContaining('at most two decimals, or as 12505.00 if that is meant'),
		]);
		const sent = (await suite.log('oAuth2')).filter(({ path }) => path.endsWith('/payment'));
		expect(sent.map(({ body }) => (body as { amount: Json }).amount.value)).toEqual(
			SPELLINGS.flatMap(([, value]) => value ?? []),
		);
	});
});

describe('the maximum of an API key', () => {
	/** Makes a credential in the editor. Returns its ID. */
	const create = async (maximum: string) => {
		const { apiKey } = await suite.world('apiKey');
		const { page } = person;
		await person.newCredential('Bunq API', 'apiKey');
		await person.fill('apiKey', apiKey);
		await person.choose('environment', 'Sandbox');
		await person.click(`${testId('parameter-input-allowPaymentsToOthers')} .el-switch`);
		const limits = page.locator(testId('parameter-input-limitAmount'));
		await limits.waitFor();
		const field = page.locator(`${testId('parameter-input-maxAmount')} input`);
		expect(await field.inputValue()).toBe('100.00');
		await page.getByText('Limits each payment to others, not how many there are').waitFor();
		expect(await page.getByText('Allowed HTTP Request Domains').count()).toBe(0);
		await field.fill('');
		await field.pressSequentially(maximum);
		await field.blur();
		expect(await field.inputValue()).toBe(maximum);
		const before = await idsOfType();
		let id = '';
		const save = page.locator(testId('credential-save-button'));
		await person.until('the credential is saved', async () => {
			await person.fillAgain();
			await save.click({ timeout: 5_000 });
			[id = ''] = (await idsOfType()).filter((one) => !before.includes(one));
			return id !== '';
		});
		// The form takes over what was typed a moment later, and then offers to save again.
		await person.until(`n8n has ${maximum}`, async () => {
			const path = `/credentials/${id}?includeData=true`;
			const { data } = await suite.n8n.call<{ data: Json }>('GET', path);
			if (data.maxAmount === maximum) return true;
			await save.click({ timeout: 5_000 });
			return false;
		});
		return id;
	};

	const idsOfType = async () =>
		(await suite.n8n.call<Array<{ id: string; type: string }>>('GET', '/credentials'))
			.filter(({ type: one }) => one === credentials.apiKey.type)
			.map(({ id }) => id);

	const pay = async (amount: string, credentialId: string) => {
		const [third] = (await suite.world('apiKey')).thirdParties;
		const { error } = await suite.run(
			{
				...{ resource: 'payment', operation: 'create', recipientType: 'iban' },
				account: locator('name', 'Main'),
				recipientIban: third.iban,
				recipientName: third.displayName,
				amount,
			},
			{ authentication: 'apiKey', credentialId },
		);
		return error?.message;
	};

	test.each([
		['12,50', undefined, '12.51 is more than this credential may pay to others at once'],
		[
			'1.250',
			'"Maximum Amount (EUR)" in the credential is not an amount',
			'"Maximum Amount (EUR)" in the credential is not an amount',
		],
	])('typed as %s', async (maximum, upTo, above) => {
		await person.witness(`maximum ${maximum}`, async () => {
			const id = await create(maximum);
			expect(await pay('12.50', id)).toBe(upTo);
			expect(await pay('12.51', id)).toBe(above);
			await suite.n8n.call('DELETE', `/credentials/${id}`);
		});
	});
});
