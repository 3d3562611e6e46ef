import { relayTokenRequest, type RelayRequest } from '../../nodes/Bunq/api/tokenRelay';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { underEach } from '../support/underEach';

/** The token relay, against a bank that reads only the URL of a token request. Its webhook: e2e/connect.e2e.test.ts. */

const bank = useBank({ isEncrypted: true });
const CALLBACK = 'http://localhost:5678/rest/oauth2-credential/callback';
const FORM = 'application/x-www-form-urlencoded';

beforeEach(async () => {
	// The previous test may have used up the relay's own limit.
	passMinutes();
	await bank.control.switches({ tokenEndpoint: 'query-only' });
});

const form = async (environment: 'production' | 'sandbox' = 'production') => {
	const { clientId, clientSecret } = (await bank.world(environment)).oauth;
	return {
		grant_type: 'authorization_code',
		code: await bank.control.grantCode(CALLBACK, environment),
		redirect_uri: CALLBACK,
		client_id: clientId,
		client_secret: clientSecret,
	};
};

const ask = async (
	change: Partial<RelayRequest> = {},
	environment: 'production' | 'sandbox' = 'production',
) => {
	const arrived = { method: 'POST', contentType: FORM, form: {}, environment, ...change };
	const { status, body } = await relayTokenRequest(await requestHelper(), environment, arrived);
	const json = JSON.parse(body) as Record<string, string>;
	return { status, json, text: body };
};

/** n8n shows the description of an answer if its code is unknown to OAuth and its status is below 500. */
const expectExplained = ({ status, json }: { status: number; json: Record<string, string> }) => {
	expect(status).toBeGreaterThanOrEqual(400);
	expect(status).toBeLessThan(500);
	expect(json).toEqual({ error: 'bunq_token_relay', error_description: expect.any(String) });
	return json.error_description;
};

describe('passes on', () => {
	test.each([
		['production', 'api.oauth.bunq.com'],
		['sandbox', 'api-oauth.sandbox.bunq.com'],
	] as const)(
		'%s: everything in the URL, no body, and bunq’s answer unchanged',
		async (environment, host) => {
			const sent = await form(environment);
			const { status, json } = await ask({ form: { ...sent, more: 'x' } }, environment);
			expect([status, json]).toEqual([
				200,
				{ access_token: expect.stringMatching(/^[0-9a-f]{64}$/), token_type: 'bearer' },
			]);
			expect((await bank.world(environment)).oauth.accessToken).toBe(json.access_token);
			expect(await bank.control.log()).toMatchObject([
				{ method: 'POST', host, path: '/v1/token', query: sent, rawBody: '' },
			]);
		},
	);

	underEach(bank, 'tokenEndpoint', () => {
		test('a token, however else bunq takes its parameters', async () => {
			expect((await ask({ form: await form() })).status).toBe(200);
		});
	});

	underEach(bank, 'tokenErrorStatus', (expected) => {
		test('a refusal with its status', async () => {
			const { status, json } = await ask({ form: { ...(await form()), code: 'f'.repeat(64) } });
			expect([status, json]).toMatchObject([expected, { error: 'invalid_grant' }]);
		});
	});

	test.each([
		['a code that is used up', { code: 'f'.repeat(64) }, 'invalid_grant'],
		['a wrong secret', { client_secret: 'f'.repeat(64) }, 'invalid_client'],
	])('bunq’s refusal of %s', async (_what, change, error) => {
		const { status, json } = await ask({ form: { ...(await form()), ...change } });
		expect([status, json]).toEqual([400, { error, error_description: expect.any(String) }]);
	});

	test('bunq’s status is passed on', async () => {
		await bank.control.fault({ kind: '429', path: 'token' });
		expect(await ask({ form: await form() })).toMatchObject({ status: 429, json: { Error: [{}] } });
	});

	test('values reach bunq unchanged, whatever characters they have', async () => {
		const sent = { ...(await form()), redirect_uri: 'https://n8n.example/a b?c=d&e=é#+' };
		await ask({ form: sent });
		expect((await bank.control.log())[0].query).toEqual(sent);
	});
});

describe('refuses without a request to bunq', () => {
	const cases: Array<[string, (good: Record<string, string>) => Partial<RelayRequest>, RegExp]> = [
		['GET', (good) => ({ method: 'GET', contentType: '', form: good }), /it is running/],
		['JSON', (good) => ({ contentType: 'application/json', form: good }), /accepts only the form/],
		['no content type', () => ({ contentType: '' }), /accepts only the form/],
		['an empty form', () => ({}), /needs grant_type, code, redirect_uri, client_id, client_secret/],
		['a part missing', ({ code, ...rest }) => ({ form: code ? rest : {} }), /needs code, /],
		[
			'an empty secret',
			(good) => ({ form: { ...good, client_secret: '' } }),
			/needs client_secret/,
		],
		[
			'a part twice',
			({ code, ...rest }) => ({ form: { ...rest, code: [code, code] } }),
			/needs code/,
		],
		['an object', ({ code, ...rest }) => ({ form: { ...rest, code: { code } } }), /needs code/],
		['a huge part', (good) => ({ form: { ...good, code: 'x'.repeat(100_000) } }), /needs code/],
		[
			'a wrong grant',
			(good) => ({ form: { ...good, grant_type: 'password' } }),
			/authorization_code/,
		],
		[
			'another environment',
			(good) => ({ form: good, environment: 'sandbox' }),
			/set to Sandbox, the Bunq Token Relay to Production/,
		],
	];

	test.each(cases)('%s', async (_what, change, words) => {
		const good = await form();
		const answer = await ask(change(good));
		expect(answer.status).toBe(400);
		expect(expectExplained(answer)).toMatch(words);
		expect(expectExplained(answer)).toMatch(/press Connect|only for a Bunq OAuth2 credential/);
		expect(answer.text).not.toContain(good.client_secret);
		expect(answer.text).not.toContain(good.code);
		expect(await bank.control.log()).toEqual([]);
	});

	test('but not a request that names no environment', async () => {
		expect((await ask({ form: await form(), environment: undefined })).status).toBe(200);
	});
});

describe('explains a failure in a form that n8n shows', () => {
	test.each([
		['refuse', 'The connection to bunq was refused'],
		['nxdomain', "bunq's address was not found"],
	] as const)('no connection (%s)', async (target, words) => {
		const sent = await form();
		redirectTo(target);
		const answer = await ask({ form: sent });
		expect(expectExplained(answer)).toContain(words);
		expect(answer.text).not.toContain(sent.code);
		expect(answer.text).not.toContain(sent.client_secret);
	});

	test.each(['drop-before', 'drop-after', 'html', 'empty', 'truncated'] as const)(
		'%s',
		async (kind) => {
			const sent = await form();
			await bank.control.fault({ kind, path: 'token' });
			const answer = await ask({ form: sent });
			expect(expectExplained(answer)).toMatch(/press Connect again/i);
			expect(answer.text).not.toContain(sent.code);
			expect(answer.text).not.toContain(sent.client_secret);
		},
	);
});

describe('a flood', () => {
	const limited = expect.objectContaining({ status: 429 });
	/** Each with a body of the largest size that the relay takes. */
	const large = async () => ({ form: { ...(await form()), redirect_uri: 'x'.repeat(2_000) } });

	test('of requests at once reaches bunq five times', async () => {
		const request = await large();
		await bank.control.clearLog();
		const answers = await Promise.all(Array.from({ length: 100 }, async () => await ask(request)));
		expect(await bank.control.log()).toHaveLength(5);
		const refused = answers.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(95);
		expect(expectExplained(refused[0])).toMatch(/Nothing was sent to bunq\. Press Connect again/);
		expect(refused[0].text).not.toContain(request.form.client_secret);
		expect(await ask(request)).not.toEqual(limited);
	});

	test('one after another reaches bunq 30 times in a minute, and again in the next', async () => {
		const request = await large();
		await bank.control.clearLog();
		for (let count = 0; count < 40; count++) await ask(request);
		expect(await bank.control.log()).toHaveLength(30);
		expect(await ask(request)).toEqual(limited);
		passSeconds(61);
		expect(await ask(request)).not.toEqual(limited);
	});

	test('of requests that the relay refuses does not keep a credential from connecting', async () => {
		for (let count = 0; count < 100; count++) await ask({ form: {} });
		expect(await ask({ form: await form() })).toMatchObject({ status: 200 });
	});

	test('does not end the relay: a failed request gives its place back', async () => {
		const request = { form: await form() };
		await bank.control.fault({ kind: 'drop-before', path: 'token', times: 6 });
		for (let count = 0; count < 6; count++) expect((await ask(request)).status).toBe(424);
		expect(await ask(request)).toMatchObject({ status: 200 });
	});

	test('a huge answer is not passed on', async () => {
		const body = JSON.stringify({ access_token: 'x'.repeat(1_000_000) });
		await bank.control.fault({ kind: 'status', status: 200, body, path: 'token' });
		expect((await ask({ form: await form() })).text.length).toBeLessThan(1_000);
	});
});

test('a secret that bunq repeats in a refusal is hidden', async () => {
	const sent = await form();
	const error_description = `Wrong: ${sent.client_secret} for ${sent.code}`;
	const body = JSON.stringify({ error: 'invalid_client', error_description });
	await bank.control.fault({ kind: 'status', status: 401, body, path: 'token' });
	const { status, json } = await ask({ form: sent });
	expect([status, json.error_description]).toEqual([401, 'Wrong: … for …']);
});
