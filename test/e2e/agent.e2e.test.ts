import { randomUUID } from 'node:crypto';
import type { Json, WorkflowNode } from './api';
import type { Authentication } from './credentials';
import { startModel, type Line, type Model } from './model';
import { bunqNode, chain, locator, manualTrigger, useSuite } from './suite';

/** n8n's AI agent with a scripted language model and Bunq nodes as its tools. */

const suite = useSuite();
let model: Model;
let modelCredential: string;

beforeAll(async () => {
	model = await startModel();
	modelCredential = await suite.n8n.saveCredential('A scripted model', 'openAiApi', {
		apiKey: 'none',
		url: model.url,
	});
});
afterAll(() => model.stop());

const fromAi = (key: string, description: string, type: 'string' | 'number' = 'string') =>
	`={{ $fromAI('${key}', \`${description}\`, '${type}') }}`;

const toSomebody = {
	account: locator('name', 'Main'),
	recipientType: 'iban',
	recipientIban: fromAi('iban', 'IBAN of the recipient'),
	recipientName: fromAi('name', 'Name of the recipient'),
	amount: fromAi('amount', 'Euros, for example 12.50', 'number'),
	paymentDescription: fromAi('text', 'What it is for'),
};

/** The tools, by the names of their nodes. */
const TOOLS: Record<string, Json> = {
	'Read a balance': {
		resource: 'account',
		operation: 'get',
		account: locator('name', fromAi('account', 'Exact name of the account')),
	},
	'Prepare a payment': { resource: 'draftPayment', operation: 'create', ...toSomebody },
	Pay: { resource: 'payment', operation: 'create', ...toSomebody },
};

const node = (name: string, type: string, more: Partial<WorkflowNode>): WorkflowNode => ({
	id: randomUUID(),
	name,
	type: `@n8n/n8n-nodes-langchain.${type}`,
	typeVersion: 1,
	position: [240, 0],
	parameters: {},
	...more,
});

const to = (name: string, type: string) => ({ [type]: [[{ node: name, type, index: 0 }]] });

/** Runs an agent whose model follows the script; the model's last line is the agent's output. */
const ask = async (authentication: Authentication, lines: Line[]) => {
	model.script([...lines, 'Done.']);
	const tools = Object.entries(TOOLS).map(([name, parameters]) => ({
		...bunqNode(parameters, { authentication }),
		name,
		type: 'n8n-nodes-bunq-connect.bunqTool',
	}));
	const agent = node('Agent', 'agent', {
		typeVersion: 3.1,
		parameters: { promptType: 'define', text: 'Do as you are told.' },
	});
	const chat = node('Model', 'lmChatOpenAi', {
		typeVersion: 1.3,
		parameters: {
			model: { __rl: true, mode: 'id', value: 'scripted' },
			responsesApiEnabled: false,
		},
		credentials: { openAiApi: { id: modelCredential, name: 'A scripted model' } },
	});
	const workflowId = await suite.n8n.saveWorkflow({
		name: `Agent ${randomUUID()}`,
		nodes: [manualTrigger, agent, chat, ...tools],
		connections: {
			...chain(manualTrigger.name, 'Agent'),
			Model: to('Agent', 'ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, to('Agent', 'ai_tool')])),
		},
		// As the editor saves it. With the older execution order an agent continues before its tools have run.
		settings: { executionOrder: 'v1' },
	});
	const execution = await suite.n8n.runManually(workflowId, manualTrigger.name);
	expect(execution.error?.message).toBeUndefined();
	expect(execution.items('Agent')).toEqual([{ output: 'Done.' }]);
	return { requests: model.requests(), results: resultsOf(model) };
};

/** The results that the model got from its tools, in order. */
const resultsOf = (given: Model) =>
	(given.requests().at(-1)?.messages ?? [])
		.filter(({ role }) => role === 'tool')
		.map(({ content }) => String(content));

const accountOf = async (authentication: Authentication, description: string) => {
	const { accounts } = await suite.world(authentication);
	return accounts.find((account) => account.description === description)!;
};

const thirdPartyOf = async (authentication: Authentication) => {
	const [{ iban, displayName }] = (await suite.world(authentication)).thirdParties;
	return { iban, name: displayName };
};

describe.each(['oAuth2', 'apiKey'] as const)('with %s', (authentication) => {
	test('the model gets the names, descriptions and parameters of its tools', async () => {
		const { requests } = await ask(authentication, []);
		const told = requests[0].tools.map(({ function: { name, description, parameters } }) => ({
			name,
			description,
			parameters: Object.entries(parameters.properties).map(([key, one]) => [
				key,
				one.type,
				one.description,
			]),
			required: parameters.required,
		}));
		const order = [
			['iban', 'string', 'IBAN of the recipient'],
			['name', 'string', 'Name of the recipient'],
			['amount', 'number', 'Euros, for example 12.50'],
			['text', 'string', 'What it is for'],
		];
		const required = ['iban', 'name', 'amount', 'text'];
		expect(told.sort((one, other) => one.name.localeCompare(other.name))).toEqual([
			{ name: 'Pay', description: 'Pay now in Bunq', parameters: order, required },
			{
				name: 'Prepare_a_payment',
				description: 'Prepare payment for approval in Bunq',
				parameters: order,
				required,
			},
			{
				name: 'Read_a_balance',
				description: 'Get account in Bunq',
				parameters: [['account', 'string', 'Exact name of the account']],
				required: ['account'],
			},
		]);
	});

	test('reads the balance of the account that the model names', async () => {
		const { id, balance } = await accountOf(authentication, 'Household');
		const { results } = await ask(authentication, [
			{ tool: 'Read_a_balance', args: { account: 'Household' } },
		]);
		expect(results).toHaveLength(1);
		expect(JSON.parse(results[0])).toMatchObject([{ id, balance: Number(balance) }]);
	});

	test('after the error about an unknown account name, the model can try another one', async () => {
		const { results } = await ask(authentication, [
			{ tool: 'Read_a_balance', args: { account: 'Houshold' } },
			{ tool: 'Read_a_balance', args: { account: 'Household' } },
		]);
		expect(results[0]).toContain('none of your open accounts is named');
		expect(results[0]).toContain('must match the one in the bunq app exactly');
		expect(JSON.parse(results[1])).toMatchObject([{ name: 'Household' }]);
	});

	test('prepares a payment to a third party, which moves no money until a person approves it', async () => {
		const before = await accountOf(authentication, 'Main');
		const { results } = await ask(authentication, [
			{
				tool: 'Prepare_a_payment',
				args: { ...(await thirdPartyOf(authentication)), amount: 4.56, text: 'Pizza' },
			},
		]);
		const [{ id, status, amount }] = JSON.parse(results[0]) as Json[];
		expect([status, amount]).toEqual(['PENDING', 4.56]);
		expect(await accountOf(authentication, 'Main')).toEqual(before);
		await suite.bank.approveDraft(Number(id));
		const after = await accountOf(authentication, 'Main');
		expect(Number(after.balance)).toBeCloseTo(Number(before.balance) - 4.56);
	});

	test('may not pay a third party: the model gets the reason and an alternative, and no money moves', async () => {
		const { accounts } = await suite.world(authentication);
		const { results } = await ask(authentication, [
			{ tool: 'Pay', args: { ...(await thirdPartyOf(authentication)), amount: 5, text: 'Gift' } },
		]);
		expect(results).toHaveLength(1);
		expect(results[0]).toContain(
			authentication === 'oAuth2'
				? 'Not enough permissions to create payment'
				: 'may only pay between your own accounts',
		);
		expect(results[0]).toContain('Draft Payment: Create');
		expect((await suite.world(authentication)).accounts).toEqual(accounts);
		const posts = (await suite.sent(authentication)).filter((one) => one.startsWith('POST'));
		// bunq refuses an app; an API key credential refuses before anything is sent.
		expect(posts).toHaveLength(authentication === 'oAuth2' ? 1 : 0);
	});

	test('a payment whose response was lost is not made again if the model repeats the call', async () => {
		const [main, { iban }] = [
			await accountOf(authentication, 'Main'),
			await accountOf(authentication, 'Household'),
		];
		await suite.bank.fault({ kind: 'drop-after', method: 'POST', path: '/payment$' });
		const args = { iban, name: 'Me', amount: 1.23, text: 'Twice?' };
		const { results } = await ask(authentication, [
			{ tool: 'Pay', args },
			{ tool: 'Pay', args: { ...args, text: 'Once more' } },
		]);
		expect(results).toHaveLength(2);
		expect(results[0]).toContain('Outcome unknown');
		expect(JSON.parse(results[1])).toMatchObject([{ amount: -1.23, description: 'Twice?' }]);
		const after = await accountOf(authentication, 'Main');
		expect(Number(after.balance)).toBeCloseTo(Number(main.balance) - 1.23);
	});
});
