import type { World } from '..';
import { underEach } from '../../support/underEach';
import { callBank, openSession, wordsOf, type CallOptions } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** The consent page and the token endpoint of the simulated bank (docs/bunq-api.md 7). */

const CALLBACK = 'http://localhost:5678/rest/oauth2-credential/callback';

const bank = useSimulator();

const authPath = (change: Record<string, string> = {}) =>
	`/auth?${new URLSearchParams({
		response_type: 'code',
		client_id: bank.world.oauth.clientId,
		redirect_uri: CALLBACK,
		state: 'a state & more',
		...change,
	})}`;
const form = (params: Record<string, string> | [string, string][]): CallOptions => ({
	body: new URLSearchParams(params).toString(),
	headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
});
const decide = (
	decision: string,
	accounts = bank.world.accounts.filter(({ status }) => status === 'ACTIVE'),
) =>
	callBank(
		bank.url,
		'POST',
		authPath(),
		form([
			...accounts.map(({ id }): [string, string] => ['account', String(id)]),
			['decision', decision],
		]),
	);
const codeOf = async (accounts?: World['accounts']) => {
	const { headers } = await decide('approve', accounts);
	return new URL(headers.location).searchParams.get('code') ?? '';
};
const exchangeParams = (code: string, change: Record<string, string> = {}) => ({
	grant_type: 'authorization_code',
	code,
	redirect_uri: CALLBACK,
	client_id: bank.world.oauth.clientId,
	client_secret: bank.world.oauth.clientSecret,
	...change,
});
const exchange = (code: string, change?: Record<string, string>) =>
	callBank(bank.url, 'POST', `/v1/token?${new URLSearchParams(exchangeParams(code, change))}`);
const INVALID_GRANT = {
	error: 'invalid_grant',
	error_description: 'The authorization code is invalid or expired.',
};

describe('the consent page (§7.1)', () => {
	test('shows the app and the accounts', async () => {
		const { status, text } = await callBank(bank.url, 'GET', authPath());
		expect(status).toBe(200);
		expect(text).toContain('Connect n8n at home?');
		expect(text).toMatch(/value="approve"[\s\S]*Approve/);
		expect(text.match(/type="checkbox"/g)).toHaveLength(6);
		expect(text).not.toContain('Old Main');
	});

	test.each([
		['a redirect URL that differs by a slash', { redirect_uri: `${CALLBACK}/` }],
		['an unknown client', { client_id: 'f'.repeat(64) }],
	])('says "Connection not found" to %s', async (_, change) => {
		const { status, text } = await callBank(bank.url, 'GET', authPath(change));
		expect([status, text]).toEqual([400, expect.stringContaining('<h1>Connection not found</h1>')]);
	});

	test('accepts a redirect URL once it is registered', async () => {
		const redirect_uri = 'http://127.0.0.1:45678/rest/oauth2-credential/callback';
		const status = async () => (await callBank(bank.url, 'GET', authPath({ redirect_uri }))).status;
		expect(await status()).toBe(400);
		await bank.control.registerRedirectUri(redirect_uri);
		expect(await status()).toBe(200);
		await bank.control.removeRedirectUri(redirect_uri);
		expect(await status()).toBe(400);
	});

	test('only gives codes', async () => {
		expect((await callBank(bank.url, 'GET', authPath({ response_type: 'token' }))).status).toBe(
			400,
		);
	});

	test('redirects with a code and the state, or with a refusal', async () => {
		const yes = await decide('approve');
		expect(yes.status).toBe(302);
		const target = new URL(yes.headers.location);
		expect(target.origin + target.pathname).toBe(CALLBACK);
		expect(target.searchParams.get('code')).toMatch(/^[0-9a-f]{64}$/);
		expect(target.searchParams.get('state')).toBe('a state & more');
		const no = new URL((await decide('deny')).headers.location).searchParams;
		expect(Object.fromEntries(no)).toEqual({ error: 'access_denied', state: 'a state & more' });
	});

	test('of the sandbox has a host name that every browser resolves to this machine', async () => {
		const sandbox = await bank.control.world('sandbox');
		const path = authPath({ client_id: sandbox.oauth.clientId });
		const status = async (headers: Record<string, string>) =>
			(await callBank(bank.url, 'GET', path, { headers })).status;
		expect(await status({ Host: 'sandbox.localhost:8080' })).toBe(200);
		expect(await status({ Host: 'localhost:8080' })).toBe(400);
	});

	test('can grant access to some accounts', async () => {
		const [main] = bank.world.accounts;
		const { json } = await exchange(await codeOf([main]));
		const app = await openSession(bank.url, json.access_token);
		const { json: list } = await app.get('{user}/monetary-account');
		expect(list.Response).toHaveLength(1);
		expect((await app.get(`{user}/monetary-account/${bank.world.accounts[1].id}`)).status).toBe(
			404,
		);
	});
});

describe('the token endpoint (§7.2, §7.3)', () => {
	test('reads its parameters from the URL, and returns no refresh token and no expiry', async () => {
		const { status, json } = await exchange(await codeOf(), { state: 'mine' });
		expect([status, json]).toEqual([
			200,
			{
				access_token: expect.stringMatching(/^[0-9a-f]{64}$/),
				token_type: 'bearer',
				state: 'mine',
			},
		]);
		expect((await bank.control.world()).oauth.accessToken).toBe(json.access_token);
	});

	test('returns the state of the consent page, or none if none was given', async () => {
		expect((await exchange(await codeOf())).json.state).toBe('a state & more');
		const [redirectUri] = bank.world.oauth.redirectUris;
		const code = await bank.control.grantCode(redirectUri);
		expect((await exchange(code)).json).not.toHaveProperty('state');
	});

	test('also reads a form body, or not, by switch', async () => {
		const post = async () =>
			callBank(bank.url, 'POST', '/v1/token', form(exchangeParams(await codeOf())));
		expect((await post()).status).toBe(200);
		await bank.control.switches({ tokenEndpoint: 'query-only' });
		const refused = await post();
		expect([refused.status, refused.json]).toEqual([400, INVALID_GRANT]);
		expect((await exchange(await codeOf())).status).toBe(200);
	});

	underEach(bank, 'formRefusal', () => {
		test('a form body gets no token, and the code stays valid', async () => {
			await bank.control.switches({ tokenEndpoint: 'query-only' });
			const code = await codeOf();
			const refused = await callBank(bank.url, 'POST', '/v1/token', form(exchangeParams(code)));
			expect(refused.status).toBeGreaterThanOrEqual(400);
			expect(refused.text).not.toContain('access_token');
			expect((await exchange(code)).status).toBe(200);
		});
	});

	test('tells tests every secret that it issued, even revoked ones', async () => {
		const code = await codeOf();
		const { json } = await exchange(code);
		const { token, installationToken } = await openSession(bank.url, json.access_token);
		await bank.control.reset();
		const { oauth, apiKey } = bank.world;
		expect(await bank.control.secrets()).toEqual(
			expect.arrayContaining([
				{ what: 'a code', value: code },
				{ what: 'an access token', value: json.access_token },
				{ what: 'a session token', value: token },
				{ what: 'an installation token', value: installationToken },
				{ what: 'a client secret', value: oauth.clientSecret },
				{ what: 'an access token', value: oauth.accessToken },
				{ what: 'an API key', value: apiKey },
			]),
		);
	});

	test('ignores Basic authentication', async () => {
		const { clientId, clientSecret } = bank.world.oauth;
		const params = {
			grant_type: 'authorization_code',
			code: await codeOf(),
			redirect_uri: CALLBACK,
		};
		const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
		const answer = await callBank(bank.url, 'POST', `/v1/token?${new URLSearchParams(params)}`, {
			headers: { Authorization: `Basic ${basic}` },
		});
		expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client']);
	});

	test('accepts a code once, within five minutes', async () => {
		const code = await codeOf();
		expect((await exchange(code)).status).toBe(200);
		expect((await exchange(code)).json).toEqual(INVALID_GRANT);
		const late = await codeOf();
		await bank.control.advance(5 * 60_000);
		expect((await exchange(late)).json).toEqual(INVALID_GRANT);
	});

	test.each([
		['another redirect URL', { redirect_uri: `${CALLBACK}/` }, 'invalid_grant'],
		['a wrong secret', { client_secret: 'f'.repeat(64) }, 'invalid_client'],
		['an unknown client', { client_id: 'f'.repeat(64) }, 'invalid_client'],
		['another grant type', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
		['an unknown code', { code: 'f'.repeat(64) }, 'invalid_grant'],
	])('refuses %s', async (_, change, error) => {
		const answer = await exchange(await codeOf(), change);
		expect([answer.status, answer.json.error]).toEqual([400, error]);
	});

	test('accepts only POST', async () => {
		expect((await callBank(bank.url, 'GET', '/v1/token')).status).toBe(405);
	});

	test('accepts a code that a test granted', async () => {
		const code = await bank.control.grantCode(CALLBACK);
		expect((await exchange(code)).status).toBe(200);
	});

	test('keeps the environments apart', async () => {
		const code = await bank.control.grantCode(CALLBACK, 'sandbox');
		expect((await exchange(code)).json).toEqual(INVALID_GRANT);
	});
});

describe('a token (§7.3)', () => {
	test('ends when its user authorises the same client again', async () => {
		const older = await openSession(bank.url, bank.world.oauth.accessToken);
		const { json } = await exchange(await codeOf());
		expect((await older.get('/user')).status).toBe(401);
		await bank.control.advance(30_000);
		const refused = await callBank(bank.url, 'POST', '/v1/session-server', {
			body: { secret: bank.world.oauth.accessToken },
			token: older.installationToken,
		});
		expect([refused.status, wordsOf(refused)]).toEqual([
			400,
			'User credentials are incorrect. Incorrect API key or IP address.',
		]);
		await bank.control.advance(30_000);
		const newer = await openSession(bank.url, json.access_token);
		expect((await newer.get('/user')).status).toBe(200);
	});
});
