import { createServer, type Server } from 'node:http';
import { connect as connectTo, type AddressInfo } from 'node:net';
import type { FaultKind } from '../simulator';
import { useBank } from '../support/bank';
import { OUTCOME_UNKNOWN } from '../support/outcome';

/** Something between n8n and bunq answers: its words are not bunq's, and change nothing here. */

const bank = useBank({ isConnected: false, isEncrypted: true });
const list = { resource: 'account', operation: 'getAll', returnAll: true };

/** Opens the session, so that the next request is the one under test. */
const warmUp = async () => {
	await bank.oauth(list);
	await bank.control.clearLog();
};

const handshakes = async () =>
	(await bank.control.log()).filter(({ path }) => !path.startsWith('/v1/user')).length;

const paths = async () => (await bank.control.log()).map(({ path }) => path.replace('/v1/', ''));

const STATUSES = [200, 302, 400, 401, 403, 404, 429, 466, 491, 500, 502, 503, 511];
const PAGES: Array<[string, string]> = [
	['a page', '<html><head><title>Access denied</title></head><body>x</body></html>'],
	['no body', ''],
	['the words of bunq', 'Insufficient authentication.'],
	['other JSON', '{"error":"User credentials are incorrect. Incorrect API key or IP address."}'],
	['JSON that resembles bunq’s', '{"Error":"Not enough permissions","Response":{}}'],
];
const SAID = /^Something between n8n and bunq answered (\d+)(: .{1,80})?$/;

describe.each(PAGES)('somebody else answers with %s', (what, body) => {
	test.each(what === 'a page' ? STATUSES : [200, 403, 502])(
		'%i to a write: its outcome is unknown, and nothing else happens',
		async (status) => {
			await warmUp();
			const order = await bank.payHousehold();
			for (const [index, kind] of (['proxy', 'proxy-after'] as FaultKind[]).entries()) {
				await bank.control.clearLog();
				await bank.control.fault({ kind, status, body, method: 'POST' });
				const { error } = await bank.oauth(order);
				expect(error?.message).toMatch(
					/^Outcome unknown: Something between n8n and bunq answered /,
				);
				expect(error?.message.replace('Outcome unknown: ', '')).toMatch(SAID);
				expect(error?.description).toMatch(OUTCOME_UNKNOWN);
				expect(await bank.requestCount('POST')).toBe(1);
				expect(await handshakes()).toBe(0);
				expect(await bank.receivedByHousehold()).toBe(index * 10);
			}
		},
	);

	test('407 to a write: nothing was sent', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'proxy', status: 407, body, method: 'POST', times: 3 });
		const { error } = await bank.oauth(await bank.payHousehold());
		expect(error?.message).toMatch(SAID);
		expect(error?.description).toMatch(/^Nothing was sent: a proxy.*HTTPS_PROXY/);
		expect(await bank.requestCount('POST')).toBe(3);
		expect(await handshakes()).toBe(0);
		expect((await bank.oauth(await bank.payHousehold())).error).toBeUndefined();
	});

	test('to a read: once, it is read again', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'proxy', status: 401, body, method: 'GET' });
		expect((await bank.oauth(list)).json).toHaveLength(6);
		expect(await paths()).toHaveLength(2);
	});

	test('to a read, every time: told as somebody else’s words', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'proxy', status: 429, body, method: 'GET', times: 2 });
		const { error } = await bank.oauth(list);
		expect(error?.message).toMatch(SAID);
		expect(error?.description).toMatch(
			/^Nothing was changed: this only reads\. It was not bunq that answered, but a proxy/,
		);
		// No rate limit is waited for, and no session is renewed.
		expect(await paths()).toHaveLength(2);
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	test.each(['installation', 'device-server', 'session-server'])(
		'to %s: nothing is dropped, nothing is remembered',
		async (path) => {
			await bank.control.fault({ kind: 'proxy', status: 403, body, path: `/${path}$` });
			const { error } = await bank.oauth(list);
			expect(error?.message).toMatch(SAID);
			expect(error?.description).toContain('Nothing else was sent');
			const before = await paths();
			expect((await bank.oauth(list)).json).toHaveLength(6);
			const since = (await paths()).slice(before.length);
			expect(since.filter((one) => one === 'installation')).toHaveLength(
				path === 'installation' ? 1 : 0,
			);
		},
	);
});

test('what somebody else said is short, and holds no secret', async () => {
	await warmUp();
	const { accessToken } = (await bank.world()).oauth;
	const { iban } = await bank.thirdParty();
	const said = `<b>Blocked</b>\u0000\n${iban} ${accessToken} <script>alert(1)</script>`;
	const body = said + 'x'.repeat(100_000);
	await bank.control.fault({ kind: 'proxy', status: 403, body, method: 'GET', times: 2 });
	const { message = '' } = (await bank.oauth(list)).error ?? {};
	expect(message).toMatch(SAID);
	expect(message).toContain('Blocked');
	expect(message).not.toMatch(new RegExp(`${iban}|${accessToken}|[<>\\n\\0]`));
});

test('what bunq says with its own header and no reason is bunq’s', async () => {
	await warmUp();
	await bank.control.fault({ kind: 'status', status: 429, body: '', method: 'GET' });
	expect((await bank.oauth(list)).json).toHaveLength(6);
	await bank.control.fault({ kind: 'status', status: 401, body: '', method: 'GET' });
	expect((await bank.oauth(list)).json).toHaveLength(6);
	expect(await handshakes()).toBe(1);
});

describe('a real proxy, set as n8n reads it', () => {
	const running: { proxy?: Server; connects: number } = { connects: 0 };

	/** A proxy that lets the first requests through and refuses the next ones with this status. */
	const startProxy = async (allowed: number, status: number) => {
		running.connects = 0;
		running.proxy = createServer().on('connect', (_request, socket, head) => {
			socket.on('error', () => undefined);
			if (++running.connects > allowed) {
				socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 6\r\n\r\nDenied`);
				return;
			}
			const through = connectTo(bank.tlsPort, '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 OK\r\n\r\n');
				through.write(head);
				through.pipe(socket).pipe(through);
			});
			through.on('error', () => undefined);
		});
		await new Promise<void>((resolve) => running.proxy!.listen(0, '127.0.0.1', resolve));
		const { port } = running.proxy.address() as AddressInfo;
		process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
	};

	afterEach(() => {
		delete process.env.HTTPS_PROXY;
		running.proxy?.close();
	});

	test.each([
		[407, /^Nothing was sent/],
		[403, OUTCOME_UNKNOWN],
		[502, OUTCOME_UNKNOWN],
	])('refuses CONNECT for the payment with %i', async (status, told) => {
		await warmUp();
		const order = await bank.payHousehold();
		// The first is for the accounts.
		await startProxy(1, status);
		const { error } = await bank.oauth(order);
		const before = status === 407 ? '' : 'Outcome unknown: ';
		expect(error?.message).toBe(
			`${before}Something between n8n and bunq answered ${status}: Denied`,
		);
		expect(error?.description).toMatch(told);
		expect(running.connects).toBe(status === 407 ? 4 : 2);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('that is gone: nothing was sent', async () => {
		await warmUp();
		const order = await bank.payHousehold();
		await bank.control.clearLog();
		await startProxy(0, 500);
		await new Promise((resolve) => running.proxy!.close(resolve));
		const { error } = await bank.oauth(order);
		expect(error?.message).toBe('The connection to bunq was refused');
		expect(error?.description).toContain('Nothing was sent');
		expect(await bank.control.log()).toEqual([]);
	});
});
