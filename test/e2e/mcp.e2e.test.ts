import axios from 'axios';
import { randomUUID } from 'node:crypto';
import type { Json } from './api';
import { bunqNode, locator, useSuite } from './suite';

/** A model that uses a Bunq node through n8n's MCP Server Trigger. */

const suite = useSuite();

interface Called {
	isError?: boolean;
	content: Array<{ text: string }>;
}

/** An MCP client over Streamable HTTP that can call tools. */
const connectTo = async (url: string) => {
	const session: { id?: string; calls: number } = { calls: 0 };
	const ask = async (method: string, params: Json, isNotice = false) => {
		const { data, headers, status } = await axios.post(
			url,
			{ jsonrpc: '2.0', method, params, ...(!isNotice && { id: ++session.calls }) },
			{
				headers: {
					Accept: 'application/json, text/event-stream',
					...(session.id && { 'Mcp-Session-Id': session.id }),
				},
				responseType: 'text',
				transformResponse: (text: string) => text,
				validateStatus: () => true,
			},
		);
		session.id ??= headers['mcp-session-id'] as string | undefined;
		if (isNotice) return {};
		// An event of a stream, or the answer itself.
		const text = /^data: (.*)$/m.exec(String(data))?.[1] ?? String(data);
		if (status !== 200) throw new Error(`MCP answered ${status} to ${method}: ${text}`);
		const { result, error } = JSON.parse(text) as { result?: Json; error?: Json };
		if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
		return result!;
	};
	await ask('initialize', {
		protocolVersion: '2025-03-26',
		capabilities: {},
		clientInfo: { name: 'test', version: '1' },
	});
	await ask('notifications/initialized', {}, true);
	const { tools } = (await ask('tools/list', {})) as unknown as { tools: Array<{ name: string }> };
	return {
		tools: tools.map(({ name }) => name),
		call: async (name: string, args: Json) =>
			(await ask('tools/call', { name, arguments: args })) as unknown as Called,
	};
};

const accountOf = async (description: string) =>
	(await suite.world('apiKey')).accounts.find((account) => account.description === description)!;

/** Publishes a server with one tool, which pays Household. */
const serve = async () => {
	const path = randomUUID();
	const trigger = {
		id: randomUUID(),
		name: 'Server',
		type: '@n8n/n8n-nodes-langchain.mcpTrigger',
		typeVersion: 2,
		position: [0, 0] as [number, number],
		webhookId: path,
		parameters: { path },
	};
	const fromAi = (key: string, type: string) => `={{ $fromAI('${key}', \`${key}\`, '${type}') }}`;
	const pay = {
		...bunqNode(
			{
				resource: 'payment',
				operation: 'create',
				account: locator('list', (await accountOf('Main')).id),
				recipientType: 'ownAccount',
				recipientAccount: locator('list', (await accountOf('Household')).id),
				amount: fromAi('amount', 'number'),
				paymentDescription: fromAi('text', 'string'),
			},
			{ authentication: 'apiKey' },
		),
		name: 'Pay',
		type: 'n8n-nodes-bunq-connect.bunqTool',
	};
	const workflowId = await suite.n8n.saveWorkflow({
		name: `MCP ${path}`,
		nodes: [trigger, pay],
		connections: { Pay: { ai_tool: [[{ node: 'Server', type: 'ai_tool', index: 0 }]] } },
	});
	await suite.n8n.activate(workflowId);
	return {
		client: await connectTo(`${suite.n8n.url}/mcp/${path}`),
		end: async () => await suite.n8n.deactivate(workflowId),
	};
};

const payments = async () =>
	(await suite.log('apiKey')).filter(
		({ method, changedSomething }) => method === 'POST' && changedSomething,
	).length;

const idIn = ({ content }: Called) => Number(/"id":\s*(\d+)/.exec(content[0].text)?.[1]);

test('two equal calls are two payments, each with its own result', async () => {
	const { client, end } = await serve();
	expect(client.tools).toEqual(['Pay']);
	const order = { amount: 1.61, text: 'Ice cream' };
	const before = Number((await accountOf('Household')).balance);
	const calls = [await client.call('Pay', order), await client.call('Pay', order)];
	await end();
	const [first, second] = calls.map(idIn);
	expect([first, second]).toEqual([expect.any(Number), expect.any(Number)]);
	expect(first).not.toBe(second);
	expect(Number((await accountOf('Household')).balance)).toBeCloseTo(before + 3.22);
});

test('a payment whose response was lost is the result when the model repeats the call in other words', async () => {
	const { client, end } = await serve();
	// Opens the session, so that the lost response is the payment's.
	await client.call('Pay', { amount: 1.71, text: 'First' });
	await suite.bank.clearLog();
	await suite.bank.fault({ kind: 'drop-after', method: 'POST', path: '/payment$' });
	const lost = await client.call('Pay', { amount: 1.62, text: 'Lunch' });
	expect(lost.content[0].text).toContain('Outcome unknown');
	const again = await client.call('Pay', { amount: 1.62, text: 'Lunch, as agreed' });
	await end();
	expect(idIn(again)).toEqual(expect.any(Number));
	expect(again.content[0].text).toContain('Lunch');
	expect(await payments()).toBe(1);
});
