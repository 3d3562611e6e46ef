import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import diagnosticsChannel from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { HttpRequest } from '../../nodes/Bunq/api/exchange';
import type { ApiRequest } from '../../nodes/Bunq/api/http';
import { classifyReply } from '../../nodes/Bunq/api/replies';
import { errorFromReply } from '../../nodes/Bunq/api/replyErrors';
import { sendWithRetry } from '../../nodes/Bunq/api/retry';
import { requestHelper } from '../support/engine';
import { OUTCOME_UNKNOWN } from '../support/outcome';

/**
 * The network goes away after a payment has left: the kernel then reports codes that otherwise mean that no connection was
 * made. Where the user may create network namespaces, Linux itself cuts the connection between two of them.
 */

/** So large that some of it is under way when the network is cut. */
const payment: ApiRequest = {
	method: 'POST',
	path: '/user/1/monetary-account/2/payment',
	body: { amount: { value: '1.00', currency: 'EUR' }, padding: 'x'.repeat(16_000_000) },
};

const pay = async (httpRequest: HttpRequest, host: string) => {
	const sent = { requests: 0 };
	const counting: HttpRequest = async (options) => {
		sent.requests++;
		return await httpRequest(options);
	};
	const options = { httpRequest: counting, credential: { host } as never };
	const reply = await sendWithRetry(options, payment, undefined);
	return { reply, error: errorFromReply(reply, payment), sent };
};

/** Never sent again, and told as unknown. */
const expectUnknown = ({ reply, error, sent }: Awaited<ReturnType<typeof pay>>) => {
	expect(classifyReply(reply)).toBe('outcomeUnknown');
	expect(error.kind).toBe('outcomeUnknown');
	expect(error.description).toMatch(OUTCOME_UNKNOWN);
	expect(sent.requests).toBe(1);
};

const codeAndCall = (error: unknown): unknown[] => {
	const { code, syscall, cause } = error as { code?: string; syscall?: string; cause?: unknown };
	return syscall || !cause ? [code, syscall] : codeAndCall(cause);
};

/** The connection fails with this code as soon as the server has received something. */
const withInjectedError = async (code: string) => {
	const request = await requestHelper();
	const open: ClientRequest[] = [];
	const started = (message: unknown) => open.push((message as { request: ClientRequest }).request);
	diagnosticsChannel.subscribe('http.client.request.start', started);
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.once('data', () => {
			const failure = Object.assign(new Error(`read ${code}`), { code, syscall: 'read' });
			open.at(-1)!.socket!.destroy(failure);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return await pay(request, `http://127.0.0.1:${port}`).finally(() => {
		diagnosticsChannel.unsubscribe('http.client.request.start', started);
		server.close();
	});
};

const CLIENT = `bunq-client-${process.pid}`;
const SERVER = `bunq-server-${process.pid}`;
const PORT = 8080;
const SCRIPT = join(__dirname, '../support/namespaceProcess.cjs');
const children: ChildProcess[] = [];

const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' });
const setIn = (namespace: string, name: string, value: number) =>
	ip('netns', 'exec', namespace, 'sh', '-c', `echo ${value} > /proc/sys/net/ipv4/${name}`);

/** A client, and a server behind a router of its own: a packet to an address that it drops gets an ICMP answer. */
const createNamespaces = () => {
	for (const name of [CLIENT, SERVER]) ip('netns', 'add', name);
	ip('link', 'add', 'inside', 'netns', CLIENT, 'type', 'veth', 'peer', 'outside', 'netns', SERVER);
	ip('-n', CLIENT, 'addr', 'add', '10.77.0.1/24', 'dev', 'inside');
	ip('-n', SERVER, 'addr', 'add', '10.77.0.2/24', 'dev', 'outside');
	for (const [name, device] of [
		[CLIENT, 'inside'],
		[SERVER, 'outside'],
		[SERVER, 'lo'],
	])
		ip('-n', name, 'link', 'set', device, 'up');
	ip('-n', CLIENT, 'route', 'add', 'default', 'via', '10.77.0.2');
	// Slow, so that something is under way when the network is cut.
	const slow = ['root', 'tbf', 'rate', '20mbit', 'burst', '32kb', 'latency', '50ms'];
	execFileSync('tc', ['-n', CLIENT, 'qdisc', 'add', 'dev', 'inside', ...slow], { stdio: 'pipe' });
	// With 5, as hardened hosts have it, the same takes 25 seconds; each less halves that.
	setIn(CLIENT, 'tcp_retries2', 3);
	setIn(SERVER, 'ip_forward', 1);
	setIn(SERVER, 'icmp_ratelimit', 0);
};

const mayCreateNamespaces = () => {
	try {
		createNamespaces();
		return true;
	} catch {
		return false;
	}
};

const start = (namespace: string, ...words: string[]) => {
	const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, SCRIPT, ...words]);
	children.push(child);
	return child;
};

const printed = async (child: ChildProcess, word: string) =>
	await new Promise<void>((resolve) => {
		child.stdout!.on('data', (data) => String(data).includes(word) && resolve());
	});

/** Sends from the client's namespace. Returns what the kernel reported there. */
const requestIn: (seen: unknown[]) => HttpRequest = (seen) => async (options) => {
	const child = start(CLIENT, 'client');
	child.stdin!.end(JSON.stringify(options));
	const output: string[] = [];
	child.stdout!.on('data', (data) => output.push(String(data)));
	await new Promise((resolve) => child.on('close', resolve));
	const error = JSON.parse(output.join('')) as Error;
	seen.push(error);
	throw error;
};

/** The server's network drops this address as soon as the server has received something. */
const withCutNetwork = async (address: string, drop: () => void) => {
	ip('-n', SERVER, 'addr', 'add', `${address}/32`, 'dev', 'lo');
	const server = start(SERVER, 'server', address, `${PORT}`);
	await printed(server, 'listening');
	void printed(server, 'received').then(drop);
	const seen: unknown[] = [];
	const outcome = await pay(requestIn(seen), `http://${address}:${PORT}`);
	return { outcome, seen };
};

afterAll(() => {
	for (const child of children) child.kill();
	for (const name of [CLIENT, SERVER])
		try {
			ip('netns', 'del', name);
		} catch {
			// It was never there.
		}
});

test.each(['EHOSTUNREACH', 'ENETUNREACH', 'ECONNREFUSED', 'ENETDOWN', 'ETIMEDOUT'])(
	'%s at read on an established connection: unknown',
	async (code) => expectUnknown(await withInjectedError(code)),
);

test('a network that is cut between two namespaces: unknown', async () => {
	if (!mayCreateNamespaces()) {
		// The kernel's answers of the run below, given to the same code.
		expectUnknown(await withInjectedError('EHOSTUNREACH'));
		return;
	}
	const dropped = (address: string) =>
		ip('-n', SERVER, 'addr', 'del', `${address}/32`, 'dev', 'lo');
	const outcomes = await Promise.all([
		withCutNetwork('10.99.0.1', () => dropped('10.99.0.1')),
		withCutNetwork('10.99.0.2', () => {
			dropped('10.99.0.2');
			ip('-n', SERVER, 'route', 'add', 'unreachable', '10.99.0.2');
		}),
	]);
	for (const { outcome, seen } of outcomes) {
		expectUnknown(outcome);
		const [code, syscall] = codeAndCall(seen[0]);
		expect(syscall).toBe('read');
		// The last where the kernel has limited the ICMP messages that carry the others.
		expect(['ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT']).toContain(code);
	}
}, 60_000);
