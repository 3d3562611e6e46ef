import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HttpRequest } from '../../nodes/Bunq/api/exchange';
import { type ApiRequest, roundTrip } from '../../nodes/Bunq/api/http';
import { relayTokenRequest } from '../../nodes/Bunq/api/tokenRelay';
import { requestHelper } from '../support/engine';
import { until } from '../support/fakeClock';

/** One deadline and one maximum for a whole answer, on real sockets and with n8n's own request helper. */

const DEADLINE_MS = 400;
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

const open: Server[] = [];
const sockets = new Set<Socket>();
let httpRequest: HttpRequest;

beforeAll(async () => {
	httpRequest = await requestHelper();
});
afterEach(() => {
	for (const socket of sockets) socket.destroy();
	for (const server of open.splice(0)) server.close();
});

type Answering = (socket: Socket, requests: number) => void;

/** A server that answers each request in this way. Returns its address and how many requests it got. */
const serve = async (answer: Answering) => {
	const seen = { requests: 0, closed: 0 };
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.on('close', () => seen.closed++);
		socket.once('data', () => answer(socket, ++seen.requests));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	open.push(server);
	const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { host, seen };
};

const ask = async (host: string, method: ApiRequest['method'] = 'GET', signal?: AbortSignal) =>
	await roundTrip(httpRequest, host, { method, path: '/v1/x' }, undefined, DEADLINE_MS, signal);

/** Writes a byte every 50 ms, for ever: n8n's timeout alone would never fire. */
const drip = (socket: Socket, byte: string) => {
	const timer = setInterval(() => socket.write(byte), 50);
	socket.on('close', () => clearInterval(timer));
};

const NEVER_ENDING: Array<[string, Answering]> = [
	['no answer', () => undefined],
	['a status line that drips', (socket) => (socket.write('HTTP/1.1 200 '), drip(socket, 'O'))],
	['headers that drip', (socket) => (socket.write(`${HEAD}X: `), drip(socket, 'x'))],
	[
		'a body that drips',
		(socket) => (socket.write(`${HEAD}Content-Length: 99999\r\n\r\n`), drip(socket, ' ')),
	],
	[
		'chunks that drip',
		(socket) => (
			socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`),
			drip(socket, '1\r\n \r\n')
		),
	],
	['a body that stops', (socket) => socket.write(`${HEAD}Content-Length: 9\r\n\r\n{`)],
];

describe.each(['GET', 'POST'] as const)('%s', (method) => {
	test.each(NEVER_ENDING)(
		'%s: ends at the deadline, and so does its connection',
		async (_, how) => {
			const { host, seen } = await serve(how);
			const began = performance.now();
			expect(await ask(host, method)).toMatchObject({
				fault: 'noResponse',
				message: 'bunq did not answer in time',
			});
			// Without the deadline it never ends; a busy machine may be late.
			expect(performance.now() - began).toBeLessThan(DEADLINE_MS * 25);
			await until(async () => seen.closed > 0);
			expect(seen).toEqual({ requests: 1, closed: 1 });
		},
	);

	test('a body without end is not read to the end', async () => {
		const block = Buffer.alloc(1024 * 1024, ' ');
		const { host } = await serve((socket) => {
			socket.write(`${HEAD}\r\n`);
			const more = () => {
				while (!socket.destroyed && socket.write(block));
			};
			socket.on('drain', more);
			more();
		});
		const reply = await roundTrip(httpRequest, host, { method, path: '/' }, undefined, 60_000);
		expect(reply).toMatchObject({ fault: 'noResponse', message: "bunq's answer is too large" });
	});

	test('a compressed body is measured as it is read', async () => {
		const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
		const { host } = await serve((socket) => {
			socket.write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
			socket.write(bomb);
		});
		const reply = await roundTrip(httpRequest, host, { method, path: '/' }, undefined, 60_000);
		expect(reply).toMatchObject({ fault: 'noResponse', message: "bunq's answer is too large" });
	});

	test('a redirect to itself is not followed', async () => {
		const { host, seen } = await serve((socket) =>
			socket.end('HTTP/1.1 302 Found\r\nLocation: /v1/x\r\nContent-Length: 0\r\n\r\n'),
		);
		expect(await ask(host, method)).toMatchObject({ status: 302 });
		expect(seen.requests).toBe(1);
	});

	test('a connection that is lost within the body', async () => {
		const { host } = await serve((socket) => socket.end(`${HEAD}Content-Length: 99\r\n\r\n{}`));
		expect(await ask(host, method)).toMatchObject({
			fault: 'noResponse',
			message: 'The connection to bunq was lost',
		});
	});
});

test('the execution’s signal ends a read within its body', async () => {
	const stop = new AbortController();
	const { host, seen } = await serve((socket) => {
		socket.write(`${HEAD}Content-Length: 99\r\n\r\n{`);
		setTimeout(() => stop.abort(), 50);
	});
	const reply = await roundTrip(
		httpRequest,
		host,
		{ method: 'GET', path: '/' },
		undefined,
		60_000,
		stop.signal,
	);
	expect(reply).toMatchObject({ fault: 'noResponse' });
	await until(async () => seen.closed === 1);
});

test('an answer in pieces is read whole, compressed or not', async () => {
	const body = JSON.stringify({ Response: [{ Thing: { text: 'é'.repeat(9) } }] });
	const whole = { status: 200, items: [{ Thing: { text: 'é'.repeat(9) } }], fault: undefined };
	const sendSlowly = (socket: Socket, header: string, bytes: Buffer) => {
		socket.write(`${HEAD}${header}Content-Length: ${bytes.length}\r\n\r\n`);
		for (const [index, byte] of bytes.entries())
			setTimeout(() => socket.write(Buffer.from([byte])), index);
	};
	const plain = await serve((socket) => sendSlowly(socket, '', Buffer.from(body)));
	expect(await ask(plain.host)).toMatchObject(whole);
	const zipped = await serve((socket) =>
		sendSlowly(socket, 'Content-Encoding: gzip\r\n', gzipSync(body)),
	);
	expect(await ask(zipped.host)).toMatchObject(whole);
});

test.each(NEVER_ENDING)('the token relay, %s: ends at its deadline', async (_, how) => {
	const { host } = await serve(how);
	const form = Object.fromEntries(
		['code', 'redirect_uri', 'client_id', 'client_secret'].map((name) => [name, 'x']),
	);
	const contentType = 'application/x-www-form-urlencoded';
	// Only the address and the time are replaced: the test has no 30 seconds.
	const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		expect(ms).toBe(30_000);
		timeout.mockRestore();
		return AbortSignal.timeout(DEADLINE_MS);
	});
	const { status, body } = await relayTokenRequest(
		async (options) => await httpRequest({ ...options, url: host }),
		'production',
		{ method: 'POST', contentType, form: { grant_type: 'authorization_code', ...form } },
	);
	expect(status).toBe(424);
	expect(body).toContain('bunq did not answer in time. bunq issued no token');
});
