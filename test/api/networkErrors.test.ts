import nock from 'nock';
import { runNode } from '../support/engine';
import { startFakeClock } from '../support/fakeClock';

/** Network errors that no server can cause. nock replaces Node's HTTP client, so these tests have a file of their own. */

let stopClock: () => void;
beforeAll(() => {
	stopClock = startFakeClock();
	// nock is loaded once per worker, and another file may have restored Node's client.
	if (!nock.isActive()) nock.activate();
	nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
afterAll(() => {
	nock.enableNetConnect();
	nock.restore();
	stopClock();
});

const failWith = (code: string, syscall?: string) => {
	const seen = { requests: 0 };
	nock('https://api.bunq.com')
		.post('/v1/installation', () => Boolean(++seen.requests))
		.times(9)
		.replyWithError(Object.assign(new Error(`${code} to 1.2.3.4`), { code, syscall }));
	return seen;
};

const read = async () =>
	await runNode({
		parameters: { authentication: 'apiKey', resource: 'account', operation: 'getAll' },
		credential: { environment: 'production', apiKey: 'a'.repeat(64) },
	});

test.each([
	['ETIMEDOUT', 'connect', 'Could not connect to bunq'],
	['EAI_AGAIN', 'getaddrinfo', "bunq's address could not be looked up"],
	['CERT_HAS_EXPIRED', undefined, 'The certificate of the connection to bunq has expired'],
])('%s at %s: nothing was sent, after three tries', async (code, syscall, message) => {
	const seen = failWith(code, syscall);
	const { error } = await read();
	expect(error?.message).toBe(message);
	expect(error?.description).toContain('Nothing was sent');
	expect(seen.requests).toBe(3);
});

test.each([
	['ECONNRESET', 'read', 'The connection to bunq was lost'],
	['EPIPE', 'write', 'The connection to bunq was lost'],
	['ETIMEDOUT', 'read', 'bunq did not answer in time'],
])(
	'%s at %s: bunq may have received the request, so it is not repeated',
	async (code, syscall, message) => {
		const seen = failWith(code, syscall);
		const { error } = await read();
		expect(error?.message).toBe(message);
		expect(seen.requests).toBe(1);
	},
);
