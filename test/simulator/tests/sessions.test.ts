import type { Environment } from '..';
import { callBank, clientKeys, openSession, pick, wordsOf } from '../control/testClient';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** The handshake, sessions and IP addresses in the simulated bank (docs/bunq-api.md 2). */

/** A refusal with the same text in both languages. */
const refusal = (status: number, text: string, more = {}) => [
	status,
	[{ error_description: text, error_description_translated: text, ...more }],
];
/** As recorded: bunq/doc#125, sdk_php#87. */
const missingSignature = refusal(
	466,
	'For this operation a request signature is required. Check the urls for more information.',
	{ error_additional_parameter: [{ url_together_post: 'https://together.bunq.com/d/15399' }] },
);
const wrongSignature = refusal(400, 'The request signature is invalid.');

const CREDENTIALS_TEXT = 'User credentials are incorrect. Incorrect API key or IP address.';

const bank = useSimulator();

const call = (...[method, path, options]: [string, string, Parameters<typeof callBank>[3]?]) =>
	callBank(bank.url, method, path, options);
const open = (secret = bank.world.apiKey, options = {}) => openSession(bank.url, secret, options);
const install = async (options = {}) =>
	pick(
		await call('POST', '/v1/installation', {
			body: { client_public_key: clientKeys().publicKeyPem },
			...options,
		}),
		'Token',
	).token as string;
const register = (token: string, secret = bank.world.apiKey, more = {}) =>
	call('POST', '/v1/device-server', { body: { description: 'n8n', secret, ...more }, token });
const openOn = (token: string, secret = bank.world.apiKey, more = {}) =>
	call('POST', '/v1/session-server', { body: { secret }, token, ...more });

describe('the handshake (§2)', () => {
	test('needs no authentication and no signature for an installation, and does not sign the answer', async () => {
		const answer = await call('POST', '/v1/installation', {
			body: { client_public_key: clientKeys().publicKeyPem },
		});
		expect(answer.status).toBe(200);
		expect(Object.keys(answer.json.Response[1].Token)).toEqual([
			'id',
			'created',
			'updated',
			'token',
		]);
		expect(pick(answer, 'ServerPublicKey').server_public_key).toMatch(
			/^-----BEGIN PUBLIC KEY-----\n/,
		);
		expect(answer.headers).not.toHaveProperty('x-bunq-server-signature');
	});

	test.each([
		['no PEM', 'AAAA'],
		['a PKCS#1 key', '-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n'],
		['rubbish in a PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
	])('refuses %s as a public key', async (_, client_public_key) => {
		const answer = await call('POST', '/v1/installation', { body: { client_public_key } });
		expect(answer.status).toBe(400);
	});

	test('opens a session for an API key and returns the user', async () => {
		const session = await open();
		const answer = await session.get('/user');
		expect(pick(answer, 'UserPerson')).toMatchObject({
			id: bank.world.person.id,
			display_name: 'E. Levy',
		});
	});

	test('accepts or refuses a second device on one installation, by switch', async () => {
		const token = await install();
		expect((await register(token)).status).toBe(200);
		const again = await register(token);
		expect(again.status).toBe(400);
		expect(wordsOf(again)).toMatch(/device already exists/);
		await bank.control.switches({ deviceAlreadyExists: 'accept' });
		expect((await register(token)).status).toBe(200);
	});

	test('registers the same key on a new installation', async () => {
		await open();
		await bank.control.advance(30_000);
		await open();
	});

	test.each([
		['no signature', { signature: false }, missingSignature],
		['an empty one', { signature: '' }, missingSignature],
		['one of other bytes', { signature: Buffer.alloc(256).toString('base64') }, wrongSignature],
		['rubbish', { signature: 'rubbish' }, wrongSignature],
	])('refuses session-server with %s, regardless of the switch', async (_, signature, refusal) => {
		const token = await install();
		await register(token);
		const { status, json } = await openOn(token, bank.world.apiKey, signature);
		expect([status, json.Error]).toEqual(refusal);
	});

	test('accepts an unsigned device-server only without strict signatures', async () => {
		const body = { description: 'n8n', secret: bank.world.apiKey };
		const token = await install();
		const unsigned = () => call('POST', '/v1/device-server', { body, token, signature: false });
		await bank.control.switches({ strictSignatures: true });
		expect((await unsigned()).status).toBe(466);
		await bank.control.switches({ strictSignatures: false });
		expect((await unsigned()).status).toBe(200);
	});

	test('opens no session for an unregistered key', async () => {
		const token = await install();
		const answer = await openOn(token);
		expect([answer.status, wordsOf(answer)]).toEqual([400, CREDENTIALS_TEXT]);
	});

	test('refuses a key of the other environment', async () => {
		const sandbox = await bank.control.world('sandbox');
		expect(sandbox.apiKey).toMatch(/^sandbox_/);
		const wrong = await register(await install(), sandbox.apiKey);
		expect([wrong.status, wordsOf(wrong)]).toEqual([400, CREDENTIALS_TEXT]);
		await open(sandbox.apiKey, { environment: 'sandbox' });
	});

	test('returns an app’s UserApiKey, whose ID its URLs must have', async () => {
		const { accessToken, userApiKeyId, grantedUserId } = bank.world.oauth;
		const session = await open(accessToken);
		expect(session.userId).toBe(userApiKeyId);
		const user = pick(await session.get('/user'), 'UserApiKey');
		expect(user.granted_by_user.UserPerson.id).toBe(grantedUserId);
		expect(user.requested_by_user.UserPerson.id).not.toBe(grantedUserId);
		expect((await session.get('{user}/monetary-account')).status).toBe(200);
	});

	underEach(bank, 'acceptGrantedUserId', (isAccepted) => {
		test('finds, or not, what is below the ID of the user who granted access', async () => {
			const { accessToken, grantedUserId } = bank.world.oauth;
			const session = await open(accessToken);
			const { status } = await session.get(`/user/${grantedUserId}/monetary-account`);
			expect(status).toBe(isAccepted ? 200 : 404);
		});
	});

	test('creates sandbox users for a request with only a User-Agent and no body', async () => {
		await bank.control.switches({ requireHeaders: true });
		const url = `${bank.url}/v1/sandbox-user-person`;
		const headers = { 'User-Agent': 'curl', 'X-Simulator-Environment': 'sandbox' };
		const made = await fetch(url, { method: 'POST', headers });
		expect(await made.json()).toEqual({
			Response: [{ ApiKey: { api_key: expect.stringMatching(/^sandbox_/) } }],
		});
	});

	test('creates sandbox users with a key, only in the sandbox', async () => {
		for (const path of ['/v1/sandbox-user-person', '/v1/sandbox-user-company']) {
			const environment: Environment = 'sandbox';
			const key = pick(await call('POST', path, { environment }), 'ApiKey').api_key;
			expect(key).toMatch(/^sandbox_/);
			const session = await open(key, { environment });
			const name = path.endsWith('person') ? 'UserPerson' : 'UserCompany';
			expect(pick(await session.get('/user'), name).id).toBe(session.userId);
			expect((await call('POST', path)).status).toBe(404);
			await bank.control.advance(30_000);
		}
	});
});

describe('sessions (§2.4, §2.5)', () => {
	test.each([
		[401, 'Insufficient authentication.'],
		[401, 'Insufficient authorisation.'],
		[403, 'Insufficient authentication.'],
		[403, 'Insufficient authorisation.'],
	] as const)('end with %i %s', async (expiredStatus, expiredText) => {
		await bank.control.switches({ expiredStatus, expiredText, sessionTimeoutSeconds: 60 });
		const session = await open();
		await bank.control.advance(59_000);
		expect((await session.get('/user')).status).toBe(200);
		await bank.control.advance(1_000);
		const late = await session.get('/user');
		expect([late.status, late.json]).toEqual([
			expiredStatus,
			{ Error: [{ error_description: expiredText, error_description_translated: expiredText }] },
		]);
	});

	test.each([
		['none', 29_000, 401],
		['30 seconds', 31_000, 401],
		['30 seconds', 29_000, 200],
		['30 minutes', 29 * 60_000, 200],
	] as const)(
		'with extension "%s": used %i ms before the end',
		async (sessionExtension, before, status) => {
			await bank.control.switches({ sessionExtension, sessionTimeoutSeconds: 3600 });
			const session = await open();
			await bank.control.advance(3_600_000 - before);
			await session.get('/user');
			await bank.control.advance(before + 1);
			expect((await session.get('/user')).status).toBe(status);
		},
	);

	test('have the lifetime that the user shows as session_timeout', async () => {
		await bank.control.switches({ sessionTimeoutSeconds: 300 });
		expect(pick(await (await open()).get('/user'), 'UserPerson').session_timeout).toBe(300);
	});

	test('end on request, regardless of the ID', async () => {
		const session = await open();
		const end = await call('DELETE', '/v1/session/0', { token: session.token });
		expect([end.status, end.json]).toEqual([200, { Response: [] }]);
		expect((await session.get('/user')).status).toBe(401);
	});

	test('are renewed with the same installation', async () => {
		const session = await open();
		await bank.control.expireSessions();
		expect((await session.get('/user')).status).toBe(401);
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(200);
	});

	test('are no installation tokens, and vice versa', async () => {
		const session = await open();
		expect((await call('GET', '/v1/user', { token: session.installationToken })).status).toBe(401);
		expect((await call('GET', '/v1/user')).status).toBe(401);
		await bank.control.advance(30_000);
		expect((await openOn(session.token)).status).toBe(466);
	});

	test('cannot sign once the bank has forgotten the installation', async () => {
		const session = await open();
		await bank.control.forgetInstallations();
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(466);
		const openOne = () => session.post('{user}/monetary-account-bank', { currency: 'EUR' });
		expect((await openOne()).status).toBe(200);
		await bank.control.switches({ strictSignatures: true });
		expect((await openOne()).status).toBe(466);
		expect((await session.get('/user')).status).toBe(200);
	});

	test('end with their key', async () => {
		const session = await open();
		await bank.control.revoke(bank.world.apiKey);
		expect((await session.get('/user')).status).toBe(401);
		await bank.control.advance(30_000);
		for (const refused of [
			await openOn(session.installationToken),
			await register(await install()),
		]) {
			expect([refused.status, wordsOf(refused)]).toEqual([400, CREDENTIALS_TEXT]);
		}
	});
});

describe('addresses (§2.6)', () => {
	test('bind a key to the address of its device', async () => {
		const session = await open();
		await bank.control.lockIp(true);
		await bank.control.advance(30_000);
		for (const refused of [
			await session.get('/user'),
			await openOn(session.installationToken),
			await register(await install()),
		]) {
			expect([refused.status, wordsOf(refused)]).toEqual([400, CREDENTIALS_TEXT]);
		}
		await bank.control.lockIp(false);
		expect((await session.get('/user')).status).toBe(200);
	});

	test.each([
		[['*'], true, 200],
		[['127.0.0.1', '*'], true, 200],
		[['*'], false, 400],
		[['127.0.0.1', '*'], false, 400],
		[['127.0.0.1'], true, 400],
	])(
		'with permitted_ips %j, honoured: %s, another address gets %i',
		async (permittedIps, honourWildcardIp, status) => {
			await bank.control.switches({ honourWildcardIp });
			const session = await open(bank.world.apiKey, { permittedIps });
			await bank.control.lockIp(true);
			expect((await session.get('/user')).status).toBe(status);
		},
	);

	test('lock out a new key whose caller changes its address between two requests', async () => {
		await bank.control.lockIp(true);
		const token = await install();
		expect((await register(token)).status).toBe(200);
		expect(wordsOf(await openOn(token))).toBe(CREDENTIALS_TEXT);
	});
});
