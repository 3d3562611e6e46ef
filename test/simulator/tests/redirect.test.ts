import { execFile } from 'node:child_process';
import { get as httpsGet } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import 'reflect-metadata';
import { OutboundHttp } from '@n8n/backend-network';
import { Container } from '@n8n/di';
import axios from 'axios';
import { startSimulator, type Simulator } from '..';
import { redirectTo } from '../http/redirect.cjs';

/** The redirection of bunq's host names to the simulator, without any code in the package. */

const HEADERS = { 'Cache-Control': 'no-cache', 'User-Agent': 'test' };
const URL_OF_USER = 'https://api.bunq.com/v1/user';

let bank: Simulator;
beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());
beforeEach(() => redirectTo({ tlsPort: bank.tlsPort, ca: bank.caPem }));
afterEach(() => redirectTo(undefined));

/** A GET with each HTTP client that a package or n8n may use. Returns the status or the error code. */
const WAYS: Record<string, (url: string) => Promise<unknown>> = {
	'node:https': (url) =>
		new Promise((resolve) => {
			httpsGet(url, { headers: HEADERS, agent: false }, ({ statusCode }) => resolve(statusCode)).on(
				'error',
				(error: NodeJS.ErrnoException) => resolve(error.code),
			);
		}),
	axios: (url) =>
		axios.get(url, { headers: HEADERS, proxy: false, validateStatus: null }).then(
			({ status }) => status,
			({ code }) => code,
		),
	fetch: (url) =>
		fetch(url, { headers: HEADERS }).then(
			({ status }) => status,
			({ cause }) => cause.code,
		),
	'n8n’s httpRequest': (url) =>
		Container.get(OutboundHttp)
			.requests()
			.request({ url, headers: HEADERS, returnFullResponse: true, ignoreHttpStatusErrors: true })
			.then(
				({ statusCode }: { statusCode: number }) => statusCode,
				({ code }: { code: string }) => code,
			),
};

describe.each(Object.entries(WAYS))('%s', (_, get) => {
	test('reaches the simulator under bunq’s host names, each in its environment', async () => {
		await bank.control.clearLog();
		expect(await get(URL_OF_USER)).toBe(401);
		expect(await get('https://public-api.sandbox.bunq.com/v1/user')).toBe(401);
		expect(await get('https://api.oauth.bunq.com/v1/token')).toBe(405);
		expect(await get('https://api-oauth.sandbox.bunq.com/v1/token')).toBe(405);
		expect(await get('https://oauth.bunq.com/auth')).toBe(400);
		expect(await get('https://oauth.sandbox.bunq.com/auth')).toBe(400);
		expect((await bank.control.log()).map(({ host }) => host)).toEqual([
			'api.bunq.com',
			'public-api.sandbox.bunq.com',
			'api.oauth.bunq.com',
			'api-oauth.sandbox.bunq.com',
			'oauth.bunq.com',
			'oauth.sandbox.bunq.com',
		]);
	});

	test('finds no page on a host that does not serve it or does not exist', async () => {
		expect(await get('https://api.bunq.com/v1/token')).toBe(404);
		expect(await get('https://oauth.bunq.com/v1/user')).toBe(404);
		expect(await get('https://doc.bunq.com/')).toBe(421);
	});

	test('can meet a refused connection or an unknown host name', async () => {
		redirectTo('refuse');
		expect(await get('https://refused.bunq.com/')).toBe('ECONNREFUSED');
		redirectTo('nxdomain');
		expect(await get('https://unknown.bunq.com/')).toBe('ENOTFOUND');
	});

	test('never reaches the real bank', async () => {
		redirectTo(undefined);
		expect(await get('https://nowhere.bunq.com/')).toBe('EBUNQ');
	});
});

test('no other certificate authority is trusted', async () => {
	const other = await startSimulator();
	redirectTo({ tlsPort: bank.tlsPort, ca: other.caPem });
	expect(await WAYS['node:https'](URL_OF_USER)).toMatch(/CERT|SIGNATURE|VERIFY/);
	await other.stop();
});

describe('tls.connect', () => {
	const peerOf = (open: (listener: () => void) => TLSSocket) =>
		new Promise((resolve, reject) => {
			const socket = open(() => {
				resolve({ port: socket.remotePort, isTrusted: socket.authorized });
				socket.destroy();
			});
			socket.on('error', reject);
		});
	const host = 'api.bunq.com';
	// Node accepts a listener in every form; its types do not.
	const connectAny = connect as (...args: unknown[]) => TLSSocket;

	test.each<[string, (listener: () => void) => TLSSocket]>([
		['(options, listener)', (listener) => connect({ host, port: 443 }, listener)],
		['(port, host, listener)', (listener) => connectAny(443, host, listener)],
		[
			'(port, host, options, listener)',
			(listener) => connect(443, host, { servername: host }, listener),
		],
		['(port, options, listener)', (listener) => connect(443, { host }, listener)],
		[
			'(options), with only a servername',
			(listener) => connect({ host: '192.0.2.1', servername: host, port: 443 }, listener),
		],
		[
			'(options), with only an event',
			(listener) => connect({ host, port: 443 }).on('secureConnect', listener),
		],
	])('%s', async (_, open) => {
		expect(await peerOf(open)).toEqual({ port: bank.tlsPort, isTrusted: true });
	});

	test('a further connection to a host resumes the first; one with settings of its own does not', async () => {
		const isResumed = (options: object) =>
			new Promise<boolean>((resolve, reject) => {
				const socket = connect({ host, port: 443, ...options });
				// The session that the next connection resumes comes with the first data.
				socket.write('GET /v1/user HTTP/1.0\r\n\r\n');
				socket.on('data', () => {
					resolve(socket.isSessionReused());
					socket.destroy();
				});
				socket.on('error', reject);
			});
		expect(await isResumed({})).toBeDefined();
		expect(await isResumed({})).toBe(true);
		expect(await isResumed({ minVersion: 'TLSv1.3' })).toBe(false);
		expect(await isResumed({ host: 'resumes.bunq.com' })).toBe(false);
		expect(await isResumed({ host: 'resumes.bunq.com' })).toBe(true);
	});

	test('does not redirect other hosts', async () => {
		const options = {
			host: '127.0.0.1',
			port: bank.tlsPort,
			servername: 'localhost',
			ca: bank.caPem,
		};
		expect(await peerOf((listener) => connect(options, listener))).toEqual({
			port: bank.tlsPort,
			isTrusted: true,
		});
		await expect(
			peerOf((listener) =>
				connect(
					{
						host: 'notbunq.com',
						port: 443,
						lookup: (_h, _o, done) => done(new Error('asked for its address'), '', 4),
					},
					listener,
				),
			),
		).rejects.toThrow('asked for its address');
	});

	test('fails for other ports of bunq', async () => {
		await expect(peerOf((listener) => connectAny(8443, host, listener))).rejects.toThrow(
			'No simulator is set for api.bunq.com:8443',
		);
	});
});

describe('as a preload', () => {
	const run = async (env: Record<string, string>) => {
		const script = `fetch(${JSON.stringify(URL_OF_USER)}, { headers: ${JSON.stringify(HEADERS)} })
			.then(({ status }) => console.log(status), ({ cause }) => console.log(cause.code))`;
		const preload = require.resolve('../http/redirect.cjs');
		const args = ['--require', preload, '--eval', script];
		const { stdout } = await promisify(execFile)(process.execPath, args, { env });
		return stdout.trim();
	};

	test('reads its target from the environment', async () => {
		const here = {
			BUNQ_SIMULATOR_TLS_PORT: String(bank.tlsPort),
			BUNQ_SIMULATOR_CA_FILE: bank.caFile,
		};
		expect(await run(here)).toBe('401');
		expect(await run({ BUNQ_SIMULATOR_TLS_PORT: 'refuse' })).toBe('ECONNREFUSED');
		expect(await run({ BUNQ_SIMULATOR_TLS_PORT: 'nxdomain' })).toBe('ENOTFOUND');
		expect(await run({})).toBe('EBUNQ');
	});
});

test('tls is patched only once', async () => {
	const { connect: before } = jest.requireActual<typeof import('node:tls')>('node:tls');
	jest.isolateModules(() => {
		jest.requireActual('../http/redirect.cjs').redirectTo('refuse');
	});
	expect(jest.requireActual<typeof import('node:tls')>('node:tls').connect).toBe(before);
	expect(await WAYS['node:https']('https://api.bunq.com/')).toBe('ECONNREFUSED');
});
