import axios from 'axios';
import { randomUUID } from 'node:crypto';
import type { WorkflowNode } from './api';
import { bunqNode, chain, useSuite } from './suite';

const suite = useSuite();

const EXECUTIONS = 10;
const SESSION_LIMIT_MS = 30_000;
const userGet = { resource: 'user', operation: 'get' };

/** The requests of the handshake that reached the bank, by path. */
const handshakes = (log: Array<{ path: string }>) => ({
	installation: log.filter(({ path }) => path === '/v1/installation').length,
	device: log.filter(({ path }) => path === '/v1/device-server').length,
	session: log.filter(({ path }) => path === '/v1/session-server').length,
});

// One restart for all tests: memory is empty, and no request has been sent since.
describe('after a restart of n8n', () => {
	beforeAll(async () => {
		await suite.restart();
		await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
	});

	test('a tested API key credential uses its stored handshake: one request for one read', async () => {
		const execution = await suite.run(userGet, { authentication: 'apiKey' });
		expect(execution.error?.message).toBeUndefined();
		const log = await suite.log('apiKey');
		expect(log.map(({ method, path }) => `${method} ${path.replace(/\d+/g, 'n')}`)).toEqual([
			expect.stringMatching(/^GET \/vn\/user/),
		]);
	});

	test('ten production executions that start together share one handshake', async () => {
		const webhook: WorkflowNode = {
			id: randomUUID(),
			webhookId: randomUUID(),
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			parameters: { path: randomUUID(), httpMethod: 'POST', responseMode: 'lastNode' },
		};
		const workflowId = await suite.n8n.saveWorkflow({
			name: 'Ten at once',
			nodes: [webhook, bunqNode(userGet, { authentication: 'oAuth2' })],
			connections: chain(webhook.name, 'Bunq'),
		});
		await suite.n8n.activate(workflowId);
		const url = `${suite.n8n.url}/webhook/${webhook.parameters.path}`;
		const answers = await Promise.all(
			Array.from({ length: EXECUTIONS }, async () => (await axios.post(url)).data),
		);

		const { person } = await suite.world('oAuth2');
		expect(answers).toEqual(
			Array.from({ length: EXECUTIONS }, () => expect.objectContaining({ userId: person.id })),
		);
		const log = await suite.log('oAuth2');
		expect(handshakes(log)).toEqual({ installation: 1, device: 1, session: 1 });
		expect(log.filter(({ status }) => status === 429)).toEqual([]);
		const ids = await suite.n8n.executionIds(workflowId);
		expect(ids).toHaveLength(EXECUTIONS);
		const last = await suite.n8n.finished(ids[0]);
		expect(last).toMatchObject({ status: 'success', mode: 'webhook' });
	});

	test('an expired session is renewed with the same installation', async () => {
		await suite.bank.advance(SESSION_LIMIT_MS + 1_000);
		await suite.bank.expireSessions();
		for (const authentication of ['oAuth2', 'apiKey'] as const) {
			const execution = await suite.run(userGet, { authentication });
			expect(execution.error?.message).toBeUndefined();
			expect(handshakes(await suite.log(authentication))).toEqual({
				installation: 0,
				device: 0,
				session: 1,
			});
		}
	});
});
