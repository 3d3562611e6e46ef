import { generateKeyPairSync } from 'node:crypto';
import { BunqApiKeyApi } from '../../credentials/BunqApiKeyApi.credentials';
import { toBunqCredential, handshakeForTest } from '../../nodes/Bunq/connect';
import { relayTokenRequest } from '../../nodes/Bunq/api/tokenRelay';
import type { DirtChange } from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { CONTINUE_ON_FAIL, emptyItems } from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank({ isConnected: false, isEncrypted: true });
const list = { resource: 'account', operation: 'getAll', returnAll: true };
const one = async () => ({
	resource: 'account',
	operation: 'get',
	account: await bank.locate('Main'),
});

/** How often each request of the handshake was sent: installation, device, session. */
const handshakes = async () => {
	const paths = (await bank.control.log()).map(({ path }) => path.replace('/v1', ''));
	const count = (name: string) => paths.filter((path) => path === name).length;
	return [count('/installation'), count('/device-server'), count('/session-server')];
};

const handshakeReadAndWrite = async () => {
	expect((await bank.oauth(list)).json).toHaveLength(6);
	await bank.oauth(await bank.payHousehold());
	expect(await bank.receivedByHousehold()).toBe(10);
	const change = { operation: 'update', updateFields: { dailyLimit: 10 } };
	expect((await bank.apiKey({ ...(await one()), ...change })).error).toBeUndefined();
};

/** Else the other files would begin with the handshake, which takes most of their time. */
test('the session that the tests store in their credentials is one that bunq knows', async () => {
	bank.connect(true);
	await handshakeReadAndWrite();
	expect(await handshakes()).toEqual([0, 0, 0]);
});

describe('the handshake', () => {
	test('the first request needs an installation, a device and a session, the next one nothing', async () => {
		await bank.oauth(list);
		const paths = (await bank.control.log()).map(({ method, path }) => `${method} ${path}`);
		const { userApiKeyId } = (await bank.world()).oauth;
		expect(paths).toEqual([
			'POST /v1/installation',
			'POST /v1/device-server',
			'POST /v1/session-server',
			`GET /v1/user/${userApiKeyId}/monetary-account`,
		]);
		await bank.oauth(list);
		expect(await bank.control.log()).toHaveLength(5);
	});

	test('the device has the set description, and may use any IP address only if that is set', async () => {
		await bank.oauth(list);
		await bank.apiKey(list, { credential: { deviceDescription: 'My n8n', allowAnyIp: true } });
		const devices = (await bank.control.log()).filter(({ path }) =>
			path.endsWith('/device-server'),
		);
		const { apiKey, oauth } = await bank.world();
		expect(devices.map(({ body }) => body)).toEqual([
			{ description: 'n8n', secret: oauth.accessToken },
			{ description: 'My n8n', secret: apiKey, permitted_ips: ['*'] },
		]);
	});

	test('one serves 50 items, and one serves 10 executions that start together', async () => {
		await bank.oauth(await one(), { items: emptyItems(50) });
		expect(await handshakes()).toEqual([1, 1, 1]);

		await bank.control.reset('together');
		const outcomes = await Promise.all(emptyItems(10).map(() => bank.oauth(list)));
		expect(outcomes.map(({ json }) => json.length)).toEqual(Array(10).fill(6));
		expect(await handshakes()).toEqual([1, 1, 1]);
	});

	test('two environments never share a session', async () => {
		const { oauth } = await bank.world('sandbox');
		await bank.oauth(list);
		const { json } = await bank.oauth(list, {
			credential: { environment: 'sandbox', oauthTokenData: { access_token: oauth.accessToken } },
		});
		expect(json).toHaveLength(6);
		expect((await bank.log()).map(({ host }) => host)).toEqual([
			'api.bunq.com',
			'public-api.sandbox.bunq.com',
		]);
	});

	test('after a failed handshake, the next execution starts a new one', async () => {
		await bank.control.fault({ kind: '500-before', path: 'installation' });
		const first = await bank.oauth(list);
		expect(first.error?.description).not.toMatch(/outcome unknown/i);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	underEach(bank, 'deviceAlreadyExists', () => {
		test('a device that bunq already knows is accepted', async () => {
			await bank.control.fault({ kind: 'drop-after', path: 'device-server' });
			expect((await bank.oauth(list)).error?.message).toBe('The connection to bunq was lost');
			expect((await bank.oauth(list)).json).toHaveLength(6);
		});
	});

	test('a user whose ID is a text is read', async () => {
		const changes: DirtChange[] = [{ kind: 'id as text', key: 'UserApiKey\\.id$' }];
		await bank.control.dirty({ changes, method: 'POST', path: 'session-server' });
		expect((await bank.oauth(list)).json).toHaveLength(6);
		const session = (await bank.control.log()).find(({ path }) => path.endsWith('session-server'));
		expect(session?.dirt).toEqual([expect.stringContaining('UserApiKey.id')]);
	});

	underEach(bank, 'strictSignatures', () => {
		test('the handshake, a read, a payment and a change work', handshakeReadAndWrite);
	});
	underEach(bank, 'requireHeaders', () => {
		test('the handshake, a read, a payment and a change work', handshakeReadAndWrite);
	});
	underEach(bank, 'strictFields', () => {
		test('the handshake, a read, a payment and a change work', handshakeReadAndWrite);
	});
	underEach(bank, 'rejectRequestIdReuse', () => {
		test('the handshake, a read, a payment and a change work', handshakeReadAndWrite);
	});

	underEach(bank, 'installationsPerDay', (most) => {
		test('a third installation in a day: opened, or refused with the time to wait', async () => {
			const settings = [{}, { deviceDescription: 'My n8n' }];
			for (const credential of settings) await bank.apiKey(list, { credential });
			const { error } = await bank.oauth(list);
			if (most === null) expect(error).toBeUndefined();
			else expect(error?.description).toContain('bunq counts this over 1440 minutes');
		});
	});
});

describe('renewal', () => {
	underEach(bank, 'expiredStatus', () => {
		underEach(bank, 'expiredText', () => {
			test('expired in the middle of 50 items: one more session, 50 results', async () => {
				await bank.oauth(list);
				await bank.control.fault({ kind: 'expired', method: 'GET', skip: 20 });
				const { json, error } = await bank.oauth(await one(), { items: emptyItems(50) });
				expect(error).toBeUndefined();
				expect(json).toHaveLength(50);
				expect(await handshakes()).toEqual([1, 1, 2]);
				expect((await bank.log()).filter(({ status }) => status === 429)).toEqual([]);
			});
		});
	});

	underEach(bank, 'sessionTimeoutSeconds', (seconds) => {
		test('after its lifetime: one more session', async () => {
			await bank.oauth(list);
			await bank.control.advance(seconds * 1000);
			expect((await bank.oauth(list)).json).toHaveLength(6);
			expect(await handshakes()).toEqual([1, 1, 2]);
		});
	});

	underEach(bank, 'sessionExtension', (extension) => {
		test('used ten seconds before its end, and after it: another session only where it was not extended', async () => {
			await bank.control.switches({ sessionTimeoutSeconds: 3600 });
			await bank.oauth(list);
			await bank.control.advance(3_590_000);
			await bank.oauth(list);
			await bank.control.advance(20_000);
			expect((await bank.oauth(list)).json).toHaveLength(6);
			expect(await handshakes()).toEqual([1, 1, extension === 'none' ? 2 : 1]);
		});
	});

	underEach(bank, 'sessionsPerInstallation', () => {
		test('two processes with one stored handshake: each reads, also after its session ended', async () => {
			const { apiKey } = await bank.world();
			const helpers = { httpRequest: await requestHelper() };
			const stored = await handshakeForTest(helpers, { environment: 'production', apiKey });
			passSeconds(31);
			const credential = { environment: 'production', apiKey, handshakeSecret: stored };
			const context = {
				getNodeParameter: () => 'apiKey',
				getCredentials: async () => credential,
				getMode: () => 'trigger',
				helpers,
			};
			const processes: Array<() => Promise<number>> = [];
			for (let count = 0; count < 2; count++) {
				await jest.isolateModulesAsync(async () => {
					const { connect } = await import('../../nodes/Bunq/connect');
					processes.push(async () => {
						passSeconds(31);
						return (await (await connect(context as never)).accounts()).length;
					});
				});
			}
			const [one, other] = processes;
			expect([await one(), await other()]).toEqual([7, 7]);
			await bank.control.expireSessions();
			expect([await one(), await other(), await one()]).toEqual([7, 7, 7]);
		});
	});

	test('expired for ten executions at once: one more session', async () => {
		await bank.oauth(list);
		await bank.control.expireSessions();
		const outcomes = await Promise.all(emptyItems(10).map(() => bank.oauth(list)));
		expect(outcomes.every(({ json }) => json.length === 6)).toBe(true);
		expect(await handshakes()).toEqual([1, 1, 2]);
	});

	test('a payment whose session expired is repeated and made once', async () => {
		await bank.oauth(list);
		await bank.control.expireSessions();
		const { json } = await bank.oauth(await bank.payHousehold({ amount: 1 }));
		expect(json).toMatchObject([{ amount: -1 }]);
		expect(await bank.balance('Household')).toBe('301.00');
	});

	test('466 with a new installation: no further installation', async () => {
		await bank.control.fault({ kind: '466', path: 'session-server', times: 3 });
		const { error } = await bank.oauth(list);
		expect(error).toMatchObject({ httpCode: '466' });
		expect(await handshakes()).toEqual([1, 1, 1]);
	});

	test('466 for a write: a new installation, and the write is repeated', async () => {
		await bank.oauth(list);
		await bank.control.fault({ kind: '466', path: 'monetary-account-bank' });
		const { json } = await bank.oauth({
			resource: 'account',
			operation: 'create',
			accountName: 'Pot',
		});
		expect(json).toMatchObject([{ name: 'Pot' }]);
		expect(await bank.changes()).toBe(1);
	});

	test('a 403 about a permission is final: no new session', async () => {
		await bank.control.switches({ oauthMayUpdateAccounts: false });
		const { error } = await bank.oauth({
			...(await one()),
			operation: 'update',
			updateFields: { accountName: 'x' },
		});
		expect(error?.httpCode).toBe('403');
		expect(await handshakes()).toEqual([1, 1, 1]);
	});
});

describe('a secret that bunq refuses', () => {
	const REFUSED = 'User credentials are incorrect. Incorrect API key or IP address.';
	const wrongKey = { credential: { apiKey: 'f'.repeat(64) } };

	test('the error quotes bunq, names the likeliest cause of a new key first and contains no secret', async () => {
		const { error } = await bank.apiKey(list, wrongKey);
		expect(error?.message).toBe(REFUSED);
		expect(error?.description).toMatch(
			/^Nothing was done\. A new key is mistyped, half copied or of the other environment.*worked before was revoked.*new IP address/,
		);
		expect(error?.description).not.toMatch(/OAuth|connect again/i);
		expect(JSON.stringify(error)).not.toContain('ffffffff');
		expect(error).toMatchObject({ failure: { cause: 'credential-invalid' } });
	});

	test('is not tried again for 15 minutes, so a trigger that polls every minute tries four times an hour', async () => {
		for (let minute = 0; minute < 60; minute++) {
			const { error } = await bank.apiKey(list, { credential: { apiKey: 'e'.repeat(64) } });
			expect(error?.message).toBe(REFUSED);
			passMinutes();
		}
		// The installation succeeded; bunq refused the device.
		expect(await handshakes()).toEqual([1, 4, 0]);
	});

	test('is tried at once in a manual execution', async () => {
		const wrongKey = { credential: { apiKey: 'd'.repeat(64) } };
		await bank.apiKey(list, wrongKey);
		const again = await bank.apiKey(list, wrongKey);
		expect(again.error?.description).toMatch(
			/^Nothing was done\. A new key .* n8n did not ask bunq again.* To ask at once, execute the node by hand\.$/,
		);
		expect(await handshakes()).toEqual([1, 1, 0]);
		await bank.apiKey(list, { ...wrongKey, mode: 'manual' });
		expect(await handshakes()).toEqual([1, 2, 0]);
	});

	test('that was revoked while in use: one new installation, then no more requests', async () => {
		await bank.oauth(list);
		await bank.control.revoke((await bank.world()).oauth.accessToken);
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe(REFUSED);
		await bank.oauth(list);
		await bank.oauth(list);
		expect((await handshakes())[0]).toBeLessThanOrEqual(2);
	});

	test('that is locked to another IP address: the same error, and where in the app to look', async () => {
		await bank.oauth(list);
		await bank.control.lockIp(true);
		await bank.control.expireSessions();
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe(REFUSED);
		expect(error?.description).toMatch(
			/^Nothing was done\. The connection was revoked, .*connect again\. Or .*new IP address.*in the bunq app, under Developers/,
		);
		expect(error?.description).not.toMatch(/\bkey\b/i);
	});

	test('that is locked needs a new connection after Allow Any IP Address was turned on, as the error says', async () => {
		await bank.oauth(list);
		await bank.control.lockIp(true);
		const anywhere = { credential: { allowAnyIp: true } };
		expect((await bank.oauth(list, anywhere)).error?.message).toBe(REFUSED);
		const { clientId, clientSecret, redirectUris } = (await bank.world()).oauth;
		const code = await bank.control.grantCode(redirectUris[0]);
		await relayTokenRequest(await requestHelper(), 'production', {
			method: 'POST',
			contentType: 'application/x-www-form-urlencoded',
			form: {
				grant_type: 'authorization_code',
				code,
				redirect_uri: redirectUris[0],
				client_id: clientId,
				client_secret: clientSecret,
			},
		});
		expect((await bank.oauth(list, anywhere)).json).toHaveLength(6);
	});

	under(bank, 'honourWildcardIp', true, () => {
		test('that may be used from any IP address works from changing ones', async () => {
			await bank.control.lockIp(true);
			const { json } = await bank.oauth(list, { credential: { allowAnyIp: true } });
			expect(json).toHaveLength(6);
			const without = await bank.apiKey(list);
			expect(without.error?.message).toBe(REFUSED);
		});
	});

	under(bank, 'honourWildcardIp', false, () => {
		test('with Allow Any IP Address: the error also names the switch in the app', async () => {
			await bank.control.lockIp(true);
			const { error } = await bank.oauth(list, { credential: { allowAnyIp: true } });
			expect(error?.message).toBe(REFUSED);
			expect(error?.description).toMatch(/new IP address.*Developers/);
			expect(error?.description).toMatch(
				/"Allow Any IP Address" is on, but bunq.*setting in its app/,
			);
		});
	});

	underEach(bank, 'earlierTokens', (earlier) => {
		test('a token of an earlier connection: works on, or the error says what replaced it', async () => {
			const { accessToken } = (await bank.world()).oauth;
			const callback = 'http://localhost:5678/rest/oauth2-credential/callback';
			const { clientId, clientSecret } = (await bank.world()).oauth;
			const httpRequest = await requestHelper();
			await relayTokenRequest(httpRequest, 'production', {
				method: 'POST',
				contentType: 'application/x-www-form-urlencoded',
				form: {
					grant_type: 'authorization_code',
					code: await bank.control.grantCode(callback),
					redirect_uri: callback,
					client_id: clientId,
					client_secret: clientSecret,
				},
				environment: 'production',
			});
			const { error } = await bank.oauth(list, {
				credential: { oauthTokenData: { access_token: accessToken } },
			});
			if (earlier === 'live on') expect(error).toBeUndefined();
			else expect(error?.description).toContain('replaced by a later one of the same OAuth client');
		});
	});
});

describe('refused before anything is sent', () => {
	test.each([
		['never connected', { oauthTokenData: undefined }, 'The bunq credential is not connected'],
		['connected without a token', { oauthTokenData: {} }, 'The bunq credential is not connected'],
	])('OAuth %s', async (_what, credential, message) => {
		const { error } = await bank.oauth(list, { credential });
		expect(error).toMatchObject({ message, description: expect.stringContaining('press Connect') });
		expect(await bank.control.log()).toEqual([]);
	});

	test('a sandbox key in production', async () => {
		const { apiKey } = await bank.world('sandbox');
		const { error } = await bank.apiKey(list, { credential: { apiKey } });
		expect(error?.message).toContain('sandbox key');
		expect(await bank.control.log()).toEqual([]);
	});

	test("the credential's test, which shows only a message, says what to do", async () => {
		const { apiKey } = await bank.world('sandbox');
		const helpers = { httpRequest: await requestHelper() };
		const fields = { environment: 'production' as const, apiKey };
		await expect(handshakeForTest(helpers, fields)).rejects.toThrow(
			/sandbox key.*production\. Nothing was sent\. Set Environment to Sandbox/,
		);
		await expect(handshakeForTest(helpers, { ...fields, apiKey: '' })).rejects.toThrow(
			/not connected\. Nothing was sent\. .*paste the key and save/,
		);
	});

	test('a production key in the sandbox, which bunq refuses', async () => {
		const { error } = await bank.apiKey(list, { credential: { environment: 'sandbox' } });
		expect(error?.message).toContain('User credentials are incorrect');
	});

	test('not connected, with Continue: each item has the error', async () => {
		const { json } = await bank.oauth(list, {
			credential: { oauthTokenData: undefined },
			items: emptyItems(2),
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toEqual(
			Array(2).fill(expect.objectContaining({ error: 'The bunq credential is not connected' })),
		);
	});
});

describe('the handshake that a tested API key credential stores', () => {
	const data = async (more = {}) => ({
		environment: 'production' as const,
		apiKey: (await bank.world()).apiKey,
		...more,
	});
	const tested = async (more = {}) =>
		await handshakeForTest({ httpRequest: await requestHelper() }, await data(more));

	/** As after a restart: modules without memory, and a credential with the handshake of an earlier process. */
	const inNewProcess = async (handshakeSecret: string, more = {}) => {
		const credential = { ...(await data()), handshakeSecret, ...more };
		const context = {
			getNodeParameter: () => 'apiKey',
			getCredentials: async () => credential,
			getMode: () => 'trigger',
			helpers: { httpRequest: await requestHelper() },
		};
		const outcome: { accounts?: unknown[]; error?: Error } = {};
		await jest.isolateModulesAsync(async () => {
			const { connect } = await import('../../nodes/Bunq/connect');
			const bunq = await connect(context as never);
			outcome.accounts = await bunq.accounts().catch((error: Error) => {
				outcome.error = error;
				return undefined;
			});
		});
		return outcome;
	};

	test('saves the handshake of a new process: one request', async () => {
		const handshakeSecret = await tested();
		await bank.control.clearLog();
		const { accounts } = await inNewProcess(handshakeSecret);
		expect(accounts).toHaveLength(7);
		expect(await bank.control.log()).toHaveLength(1);
	});

	test('with an expired session costs a session, not an installation', async () => {
		const handshakeSecret = await tested();
		await bank.control.expireSessions();
		await bank.control.clearLog();
		passSeconds(31);
		const { accounts } = await inNewProcess(handshakeSecret);
		expect(accounts).toHaveLength(7);
		expect(await handshakes()).toEqual([0, 0, 1]);
	});

	test.each([
		['another key', { apiKey: 'd'.repeat(64) }],
		['another environment', { environment: 'sandbox' }],
	])('is not used for %s', async (_what, more) => {
		const handshakeSecret = await tested();
		const { error } = await inNewProcess(handshakeSecret, more);
		expect(error?.message).toContain('User credentials are incorrect');
	});

	test.each(['{', '{"madeFor":1}', 'x', '[]', 'null', '7', '{"token":"a"}'])(
		'is replaced if it is damaged (%s)',
		async (handshakeSecret) => {
			const { accounts } = await inNewProcess(handshakeSecret);
			expect(accounts).toHaveLength(7);
			expect(await handshakes()).toEqual([1, 1, 1]);
		},
	);

	test.each([
		['a private key that cannot sign', { privateKey: 'no key' }],
		['half a private key', (stored: string) => ({ privateKey: stored.slice(0, 400) })],
		['no private key', { privateKey: 7 }],
		['a token that no header can carry', { token: 'a\nb' }],
		['a token of the installation that no header can carry', { installationToken: ' ' }],
		['a user whose ID cannot be read', { userId: {} }],
	])('is replaced if it has %s', async (_what, damage) => {
		const stored = JSON.parse(await tested()) as { privateKey: string };
		await bank.control.clearLog();
		passSeconds(31);
		const damaged = {
			...stored,
			...(typeof damage === 'function' ? damage(stored.privateKey) : damage),
		};
		const { accounts } = await inNewProcess(JSON.stringify(damaged));
		expect(accounts).toHaveLength(7);
		expect(await handshakes()).toEqual([1, 1, 1]);
	});

	const { privateKey: otherKey, publicKey: foreignKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});

	underEach(bank, 'wrongSignature', () => {
		test('is replaced where bunq finds its signatures wrong', async () => {
			const stored = JSON.parse(await tested()) as object;
			await bank.control.expireSessions();
			passSeconds(31);
			const { accounts } = await inNewProcess(JSON.stringify({ ...stored, privateKey: otherKey }));
			expect(accounts).toHaveLength(7);
			expect(await handshakes()).toEqual([2, 2, 3]);
		});
	});

	test("is replaced by a test where bunq's signatures are of another key", async () => {
		const stored = JSON.parse(await tested()) as object;
		passSeconds(31);
		await bank.control.clearLog();
		await jest.isolateModulesAsync(async () => {
			const connect = await import('../../nodes/Bunq/connect');
			const handshakeSecret = JSON.stringify({ ...stored, serverKey: foreignKey });
			const renewed = JSON.parse(
				await connect.handshakeForTest(
					{ httpRequest: await requestHelper() },
					await data({ handshakeSecret }),
				),
			) as object;
			expect(renewed).not.toMatchObject({ serverKey: foreignKey });
		});
		expect(await handshakes()).toEqual([1, 1, 2]);
	});

	test('is kept by a second test, which opens no session within 30 seconds', async () => {
		await tested();
		await tested();
		expect(await handshakes()).toEqual([1, 1, 1]);
		passSeconds(31);
		await tested();
		expect(await handshakes()).toEqual([1, 1, 2]);
	});

	test('is replaced by a test with other device settings', async () => {
		await tested();
		passSeconds(31);
		await tested({ allowAnyIp: true });
		const devices = (await bank.control.log()).filter(({ path }) =>
			path.endsWith('/device-server'),
		);
		expect(devices.map(({ body }) => (body as { permitted_ips?: string[] }).permitted_ips)).toEqual(
			[undefined, ['*']],
		);
	});

	test('is in a hidden, masked and expirable field', () => {
		const field = new BunqApiKeyApi().properties.find(({ name }) => name === 'handshakeSecret');
		expect(field).toMatchObject({
			type: 'hidden',
			default: '',
			typeOptions: { password: true, expirable: true },
		});
	});
});

test('toBunqCredential trims pasted values', () => {
	expect(toBunqCredential({ apiKey: ' abc\n', environment: 'sandbox' })).toMatchObject({
		secret: 'abc',
		host: 'https://public-api.sandbox.bunq.com/v1',
	});
});

test('tests never reach the real bunq', async () => {
	redirectTo('nxdomain');
	const { error } = await bank.oauth(list);
	expect(error?.message).toBe("bunq's address was not found");
});
