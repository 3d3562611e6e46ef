import axios from 'axios';
import { readFileSync } from 'node:fs';
import type { Json } from './api';
import { agentFor } from './consent';
import { publishRelay, type Relay } from './relay';
import { noteSaid, running, useSuite } from './suite';

/** The token relay's webhook in the real n8n. How it handles a form: ../api/tokenRelay.test.ts. */

const suite = useSuite();
const started = running();
const callback = `${started.url}/rest/oauth2-credential/callback`;
const toForm = (form: Json) => new URLSearchParams(form as Record<string, string>).toString();

describe('the relay', () => {
	let relay: Relay;
	const good = async () => {
		const { clientId, clientSecret } = (await suite.bank.world('production')).oauth;
		return {
			grant_type: 'authorization_code',
			code: 'e'.repeat(64),
			redirect_uri: callback,
			client_id: clientId,
			client_secret: clientSecret,
		};
	};
	const FORM = 'application/x-www-form-urlencoded';
	const call = async (method: string, data?: unknown, type = FORM) =>
		await axios.request({
			method,
			url: relay.url,
			data,
			headers: { 'Content-Type': type },
			proxy: false,
			validateStatus: () => true,
		});

	beforeAll(async () => {
		relay = await publishRelay(suite);
	});
	afterEach(async () => {
		expect(await suite.n8n.executionIds(relay.workflowId)).toEqual([]);
	});

	test('returns bunq’s status and answer to a valid form, and stores nothing', async () => {
		const { status, data, headers } = await call(
			'POST',
			new URLSearchParams(await good()).toString(),
		);
		expect([status, data.error, headers['cache-control']]).toEqual([
			400,
			'invalid_grant',
			'no-store',
		]);
		expect(await suite.bank.log()).toMatchObject([{ path: '/v1/token', rawBody: '' }]);
	});

	test.each<[string, string, (good: Json) => unknown, string]>([
		['GET', 'GET', () => undefined, FORM],
		['an empty body', 'POST', () => '', FORM],
		['JSON', 'POST', (form) => JSON.stringify(form), 'application/json'],
		['a JSON list', 'POST', () => '[1]', 'application/json'],
		['plain text', 'POST', () => 'hello', 'text/plain'],
		['a wrong grant', 'POST', (form) => toForm({ ...form, grant_type: 'password' }), FORM],
		['a code twice', 'POST', (form) => `${toForm(form)}&code=x`, FORM],
		['a form without the secret', 'POST', (form) => toForm({ ...form, client_secret: '' }), FORM],
		['nonsense', 'POST', () => '&&==%%%E0%A4&=', FORM],
		['ten thousand fields', 'POST', () => 'a=b&'.repeat(10_000), FORM],
		['a megabyte', 'POST', (form) => toForm({ ...form, code: 'x'.repeat(1_000_000) }), FORM],
	])('%s: 400 with the next step, and no request to bunq', async (_what, method, body, type) => {
		const { status, data } = await call(method, body(await good()), type);
		noteSaid(JSON.stringify(data));
		expect([status, data]).toEqual([
			400,
			{
				error: 'bunq_token_relay',
				error_description: expect.stringMatching(/Bunq OAuth2 credential/),
			},
		]);
		expect(await suite.bank.log()).toEqual([]);
	});

	// n8n refuses these before they reach the node.
	test.each<[string, string, () => string, string, number]>([
		['broken JSON', 'POST', () => '{', 'application/json', 400],
		['broken XML', 'POST', () => '<a', 'text/xml', 422],
		['a broken multipart form', 'POST', () => '--x--', 'multipart/form-data; boundary=x', 400],
		['more than n8n takes', 'POST', () => `code=${'x'.repeat(17_000_000)}`, FORM, 500],
		['PUT', 'PUT', () => 'code=x', FORM, 404],
	])('%s: refused by n8n', async (_what, method, body, type, expected) => {
		const { status, data } = await call(method, body(), type);
		noteSaid(JSON.stringify(data));
		expect([status, await suite.bank.log()]).toEqual([expected, []]);
	});

	test('adds less than 100 ms', async () => {
		const form = toForm(await good());
		const { caFile, tlsPort } = started.options.simulator;
		const bunq = axios.create({
			httpsAgent: agentFor({ caPem: readFileSync(caFile, 'utf8'), tlsPort }),
			proxy: false,
			validateStatus: () => true,
		});
		const time = async (ask: () => Promise<unknown>) => {
			const times: number[] = [];
			for (let round = 0; round < 21; round++) {
				const began = performance.now();
				await ask();
				times.push(performance.now() - began);
			}
			// The shortest time, as other work only adds to it.
			return Math.min(...times);
		};
		const through = await time(async () => await call('POST', form));
		const direct = await time(
			async () => await bunq.post(`https://api.oauth.bunq.com/v1/token?${form}`),
		);
		console.log(`The relay: ${through.toFixed(0)} ms, bunq itself: ${direct.toFixed(0)} ms`);
		expect(through - direct).toBeLessThan(100);
	});
});
