import { generateKeyPairSync } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { handshakeForTest } from '../../nodes/Bunq/connect';
import type { FaultOrder } from '../simulator';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { under, underEach } from '../support/underEach';

/** After the handshake, only a success that bunq signed counts. */

const bank = useBank({ isConnected: false, isEncrypted: true });
const list = { resource: 'account', operation: 'getAll', returnAll: true };
const errorList = (error_description: string) => JSON.stringify({ Error: [{ error_description }] });

/** Opens the session, so that the next request is the one under test. */
const warmUp = async () => {
	await bank.oauth(list);
	await bank.control.clearLog();
};

const paths = async () => (await bank.control.log()).map(({ path }) => path.replace('/v1/', ''));

underEach(bank, 'compressedAnswers', (way) => {
	test('an answer is read, and its signature fits the body as it was before', async () => {
		const { json, error } = await bank.apiKey(list);
		expect(error).toBeUndefined();
		expect(json).toHaveLength(6);
		const [{ headers }] = await bank.control.log();
		expect(headers['accept-encoding']?.split(/, ?/)).toEqual(
			expect.arrayContaining(way === 'never' ? [] : [way]),
		);
	});

	test('a wrong signature is noticed', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'wrong-signature', method: 'GET', times: 9 });
		expect((await bank.oauth(list)).error?.message).toContain('signature');
	});
});

describe('a success without bunq’s signature', () => {
	const api = (method: string, path: string, body?: IDataObject) => ({
		resource: 'api',
		operation: 'request',
		method,
		path,
		body: JSON.stringify(body ?? {}),
	});

	test.each<[string, () => IDataObject | Promise<IDataObject>]>([
		['POST', () => api('POST', 'user/{user}/monetary-account-bank', { currency: 'EUR' })],
		[
			'PUT',
			async () => ({
				resource: 'account',
				operation: 'update',
				account: await bank.locate('Main'),
				updateFields: { dailyLimit: 10 },
			}),
		],
		['a payment', async () => await bank.payHousehold()],
	])('%s: the outcome is unknown, and it is not repeated', async (_what, order) => {
		const parameters = await order();
		await bank.apiKey(list);
		await bank.control.clearLog();
		for (const method of ['POST', 'PUT']) await bank.control.fault({ kind: 'unsigned', method });
		const { error } = await bank.apiKey(parameters);
		expect(error).toMatchObject({
			message: "Outcome unknown: bunq's signature is missing from its answer",
			description: expect.stringMatching(OUTCOME_UNKNOWN),
		});
		expect(await bank.changes()).toBe(1);
	});

	test('a read: it is read again', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'unsigned', method: 'GET' });
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await bank.requestCount('GET')).toBe(2);
	});

	test('a read, every time: an error, and nothing of it comes out', async () => {
		await warmUp();
		await bank.control.switches({ signAnswers: false });
		const { error, json } = await bank.oauth(list);
		expect(error?.message).toBe("bunq's signature is missing from its answer");
		expect(error?.description).toContain('so it was not used');
		expect(json).toEqual([]);
		expect(await bank.requestCount('GET')).toBe(2);
	});

	test.each(['device-server', 'session-server'])('%s: no session', async (path) => {
		await bank.control.fault({ kind: 'unsigned', path: `${path}$` });
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe("bunq's signature is missing from its answer");
		expect(error?.description).toContain('Nothing else was sent');
		expect((await paths()).at(-1)).toBe(path);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});
});

describe('an answer to another request', () => {
	const message = "bunq's answer belongs to another request";
	const mixUp = async (method: string, times = 1) =>
		await bank.control.fault({ kind: 'other-request', method, times });

	test.each([
		['a success', 10, 1],
		['a refusal', 99_999, 0],
	])('%s: the outcome of a payment is unknown, not repeated', async (_, amount, changes) => {
		const parameters = await bank.payHousehold({ amount });
		await bank.apiKey(list);
		await mixUp('POST');
		const { error } = await bank.apiKey(parameters);
		expect(error).toMatchObject({
			message: `Outcome unknown: ${message}`,
			description: expect.stringMatching(OUTCOME_UNKNOWN),
		});
		expect(await bank.changes()).toBe(changes);
	});

	test('a read is read again, and fails the second time', async () => {
		await warmUp();
		await mixUp('GET');
		expect((await bank.oauth(list)).json).toHaveLength(6);
		await mixUp('GET', 2);
		expect(await bank.oauth(list)).toMatchObject({ json: [], error: { message } });
	});
});

under(bank, 'signAnswers', true, () => {
	test('a read counts', async () => {
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await bank.requestCount('GET')).toBe(1);
	});
});

under(bank, 'signAnswers', false, () => {
	test('no session is opened, and the error says why', async () => {
		const { error, json } = await bank.oauth(list);
		expect(error?.message).toBe("bunq's signature is missing from its answer");
		expect(json).toEqual([]);
		expect(await paths()).toEqual(['installation', 'device-server']);
	});
});

underEach(bank, 'accountNotFound', () => {
	test('an account that is not there: the error says that nothing was done', async () => {
		const account = { mode: 'id', value: '1', __rl: true };
		const { error } = await bank.oauth({ resource: 'account', operation: 'get', account });
		expect(error).toMatchObject({
			httpCode: '404',
			description: expect.stringContaining('Check the ID and the account'),
		});
	});
});

underEach(bank, 'signErrors', () => {
	test('a refusal counts: nothing was done', async () => {
		await bank.oauth(list);
		const account = { mode: 'id', value: '1', __rl: true };
		const { error } = await bank.oauth({ resource: 'account', operation: 'get', account });
		expect(error).toMatchObject({
			httpCode: '404',
			description: expect.stringMatching(/nothing was done/i),
		});
		expect(await bank.requestCount('GET')).toBe(2);
	});
});

describe('a refusal counts, signed or not', () => {
	test.each<[string, FaultOrder]>([
		['unsigned', { kind: 'status', status: 400, body: errorList('No.') }],
		['signed', { kind: 'other', body: errorList('No.') }],
	])('%s', async (_what, fault) => {
		await warmUp();
		const account = { mode: 'id', value: '1', __rl: true };
		await bank.control.fault({ ...fault, method: 'GET' });
		const { error } = await bank.oauth({ resource: 'account', operation: 'get', account });
		expect(error?.message).toBe('No.');
		expect(error?.description).toMatch(/nothing was done/i);
	});
});

describe('an installation without a key of bunq’s is none', () => {
	const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const token = { Token: { id: 1, token: 'a'.repeat(64) } };
	const withKey = (server_public_key?: unknown) => [
		token,
		{ ServerPublicKey: { server_public_key } },
	];
	test.each<[string, unknown[]]>([
		['no entry', [token]],
		['null as entry', [token, { ServerPublicKey: null }]],
		['no key', withKey()],
		['null', withKey(null)],
		['an empty text', withKey('')],
		['a number', withKey(7)],
		['an object', withKey({ key: 'x' })],
		['another text', withKey('-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----')],
		['a key that cannot sign so', withKey(publicKey.export({ type: 'spki', format: 'pem' }))],
		['no token', [{ Token: null }, { ServerPublicKey: { server_public_key: 'x' } }]],
	])('%s', async (_what, Response) => {
		const body = JSON.stringify({ Response });
		await bank.control.fault({ kind: 'other', path: '/installation$', body });
		const { error } = await bank.oauth(list);
		expect(error).toMatchObject({
			message: 'bunq registered this device without a token or a key',
			description: expect.stringContaining('Nothing else was sent'),
		});
		expect(await paths()).toEqual(['installation']);
		// Nothing of it was kept.
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await paths()).toHaveLength(5);
	});

	test('somebody else’s key: bunq’s next answer does not fit', async () => {
		const { publicKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const pem = other.export({ type: 'spki', format: 'pem' });
		const body = JSON.stringify({ Response: withKey(pem) });
		await bank.control.fault({ kind: 'other', path: '/installation$', body });
		expect((await bank.oauth(list)).error).toBeDefined();
		expect(await paths()).toEqual(['installation', 'device-server']);
	});

	test.each([undefined, null, '', 'no key'])(
		'a stored one with %j is not used',
		async (serverKey) => {
			const { apiKey } = await bank.world();
			const helpers = { httpRequest: await requestHelper() };
			const stored = await handshakeForTest(helpers, { environment: 'production', apiKey });
			const handshakeSecret = JSON.stringify({ ...(JSON.parse(stored) as object), serverKey });
			await bank.control.clearLog();
			await jest.isolateModulesAsync(async () => {
				const { connect } = await import('../../nodes/Bunq/connect');
				const credential = { environment: 'production', apiKey, handshakeSecret };
				const context = {
					getNodeParameter: () => 'apiKey',
					getCredentials: async () => credential,
					getMode: () => 'trigger',
					helpers,
				};
				expect(await (await connect(context as never)).accounts()).toHaveLength(7);
			});
			expect((await paths()).slice(0, 3)).toEqual([
				'installation',
				'device-server',
				'session-server',
			]);
		},
	);
});
