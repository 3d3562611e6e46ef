import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { HttpRequest } from '../../nodes/Bunq/api/exchange';
import { networkFailure } from '../../nodes/Bunq/api/networkFailure';
import { requestHelper } from '../support/engine';

/** Only an error that shows a phase before the request says that nothing was sent. */

const CODES = [
	'EAI_AGAIN',
	'EAI_FAIL',
	'ECONNABORTED',
	'ECONNREFUSED',
	'ECONNRESET',
	'EHOSTUNREACH',
	'ENETDOWN',
	'ENETUNREACH',
	'ENOTFOUND',
	'EPIPE',
	'EPROTO',
	'ETIMEDOUT',
];
const BEFORE = ['connect', 'getaddrinfo'];
const AFTER = ['read', 'write', 'shutdown'];

type Wrap = (error: Error & { code: string }) => unknown;

/** How Node, n8n and axios may hand an error on. */
const WRAPS: Record<string, Wrap> = {
	bare: (error) => error,
	'with its code outside and its phase inside': (error) =>
		Object.assign(new Error('outer', { cause: error }), { code: error.code }),
	'as one of an AggregateError': (error) =>
		Object.assign(new AggregateError([error]), { code: error.code }),
	'as the cause of the cause': (error) =>
		new Error('outer', { cause: new AggregateError([new Error('inner', { cause: error })]) }),
};

const failureOf = (code: string, syscall?: string) =>
	Object.assign(new Error(`${syscall ?? ''} ${code}`), { code, syscall });

describe.each(Object.entries(WRAPS))('an error %s', (_, wrap) => {
	describe.each(CODES)('%s', (code) => {
		test.each(BEFORE)('at %s was before the request', (syscall) => {
			expect(networkFailure(wrap(failureOf(code, syscall))).fault).toBe('notSent');
		});

		test.each([...AFTER, undefined])('at %s may be after the request', (syscall) => {
			expect(networkFailure(wrap(failureOf(code, syscall))).fault).toBe('noResponse');
		});
	});

	test.each([
		'CERT_HAS_EXPIRED',
		'CERT_REVOKED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'INVALID_PURPOSE',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	])('%s was before the request', (code) => {
		expect(networkFailure(wrap(failureOf(code))).fault).toBe('notSent');
	});
});

test('one part after the request outweighs all that came before it', () => {
	const parts = [failureOf('ECONNREFUSED', 'connect'), failureOf('ECONNREFUSED', 'read')];
	expect(networkFailure(new AggregateError(parts)).fault).toBe('noResponse');
	const [before, after] = parts;
	expect(networkFailure(Object.assign(before, { cause: after })).fault).toBe('noResponse');
});

test.each([undefined, null, 'ECONNREFUSED', {}, { code: 7, syscall: {} }, []])(
	'%p shows no phase',
	(error) => {
		expect(networkFailure(error).fault).toBe('noResponse');
	},
);

test('errors that name each other end', () => {
	const [one, other] = [failureOf('EPIPE'), failureOf('EPIPE')];
	expect(
		networkFailure(Object.assign(one, { cause: Object.assign(other, { cause: one }) })),
	).toEqual({
		status: 0,
		items: [],
		fault: 'noResponse',
		message: 'The connection to bunq was lost',
	});
});

describe('on a real socket', () => {
	const folder = mkdtempSync(join(tmpdir(), 'bunq-tls-'));
	const open: Server[] = [];
	let request: HttpRequest;

	beforeAll(async () => {
		request = await requestHelper();
		execFileSync(
			'openssl',
			[
				...[
					'req',
					'-x509',
					'-newkey',
					'rsa:2048',
					'-nodes',
					'-days',
					'1',
					'-subj',
					'/CN=localhost',
				],
				...['-keyout', 'key.pem', '-out', 'cert.pem'],
			],
			{ cwd: folder, stdio: 'ignore' },
		);
	});
	afterAll(() => {
		for (const server of open) server.close();
		rmSync(folder, { recursive: true });
	});

	const listen = async (server: Server) => {
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		open.push(server);
		return (server.address() as AddressInfo).port;
	};

	const send = async (url: string, options: object = {}) =>
		await request({
			method: 'POST',
			url,
			body: '{}',
			timeout: 5_000,
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			...options,
		}).then(() => undefined, networkFailure);

	test('refused: not sent', async () => {
		const server = createServer();
		const port = await listen(server);
		await new Promise((resolve) => server.close(resolve));
		expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
			fault: 'notSent',
			message: 'The connection to bunq was refused',
		});
	});

	test('no such host: not sent', async () => {
		expect(await send('http://bunq.invalid/')).toMatchObject({ fault: 'notSent' });
	});

	test('closed before TLS is up: not sent', async () => {
		const port = await listen(createServer((socket) => socket.once('data', () => socket.end())));
		expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({ fault: 'notSent' });
	});

	const ownCertificate = () => ({
		key: readFileSync(join(folder, 'key.pem')),
		cert: readFileSync(join(folder, 'cert.pem')),
	});

	test('plain HTTP where TLS is expected: it cannot be told from a broken record later', async () => {
		const port = await listen(
			createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n'))),
		);
		expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({ fault: 'noResponse' });
	});

	test.each([
		['plain HTTP of a proxy', Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n')],
		['a record that is too long', Buffer.from([0x17, 3, 3, 0xff, 0xff, 1, 2, 3, 4, 5, 6])],
		['a record of another version', Buffer.from([0x17, 2, 0, 0, 5, 1, 2, 3, 4, 5])],
	])('%s after the request: it may have been received', async (_what, bytes) => {
		const received: string[] = [];
		const port = await listen(
			createServer((socket) => {
				const secure = new TLSSocket(socket, { isServer: true, ...ownCertificate() });
				secure.on('error', () => undefined);
				secure.once('data', (data) => {
					received.push(String(data));
					socket.write(bytes);
				});
			}),
		);
		const failure = await send(`https://127.0.0.1:${port}/`, {
			skipSslCertificateValidation: true,
		});
		expect(received.join()).toContain('POST /');
		expect(failure).toMatchObject({ fault: 'noResponse' });
	});

	test('a certificate of its own: not sent', async () => {
		const received: Buffer[] = [];
		const port = await listen(
			createTlsServer(ownCertificate(), (socket) => {
				socket.on('error', () => undefined);
				socket.on('data', (data) => received.push(data));
			}),
		);
		expect(await send(`https://127.0.0.1:${port}/`)).toMatchObject({
			fault: 'notSent',
			message: 'The connection to bunq is not trusted',
		});
		expect(received).toEqual([]);
	});

	test.each(['end', 'resetAndDestroy'] as const)(
		'%s after the request: it may have been received',
		async (how) => {
			const port = await listen(createServer((socket) => socket.once('data', () => socket[how]())));
			expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ fault: 'noResponse' });
		},
	);
});
