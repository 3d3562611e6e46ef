import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { callBank, isSignedBy, openSession, refusalOf } from '../control/testClient';
import { ROUTES } from '../resources';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

const bank = useSimulator();

const call = (...[method, path, options]: [string, string, Parameters<typeof callBank>[3]?]) =>
	callBank(bank.url, method, path, options);
const open = (secret = bank.world.apiKey, options = {}) => openSession(bank.url, secret, options);

describe('headers and signatures (§3)', () => {
	test.each(['User-Agent', 'Cache-Control'])('%s is required or not, by switch', async (name) => {
		const session = await open();
		// axios omits a header that is false, even its own User-Agent.
		const without = { headers: { [name]: false as unknown as string } };
		expect((await session.get('/user', without)).status).toBe(200);
		await bank.control.switches({ requireHeaders: true });
		expect((await session.get('/user', without)).status).toBe(400);
	});

	test('the bank signs the exact bytes of an answer, but no error', async () => {
		const session = await open();
		const good = await session.get('{user}/monetary-account');
		expect(isSignedBy(session.serverPublicKey, good)).toBe(true);
		const bytes = Buffer.from(JSON.stringify(good.json));
		expect(isSignedBy(session.serverPublicKey, { ...good, bytes })).toBe(false);
		const bad = await session.get('{user}/monetary-account/1');
		expect(bad.status).toBe(404);
		expect(bad.headers).not.toHaveProperty('x-bunq-server-signature');
		await bank.control.switches({ signAnswers: false });
		const unsigned = await session.get('{user}/monetary-account');
		expect(unsigned.headers).not.toHaveProperty('x-bunq-server-signature');
	});

	test.each([
		['gzip', gunzipSync],
		['deflate', inflateSync],
		['br', brotliDecompressSync],
	] as const)('compressed by %s, an answer is signed as it was before', async (way, unpack) => {
		await bank.control.switches({ compressedAnswers: way });
		const session = await open();
		const ask = (accepted: string) =>
			session.get('{user}/card', {
				headers: { 'Accept-Encoding': accepted },
				decompress: false,
			});
		const packed = await ask(`x, ${way};q=0.5`);
		expect(packed.headers['content-encoding']).toBe(way);
		expect(isSignedBy(session.serverPublicKey, packed)).toBe(false);
		const unpacked = { ...packed, bytes: unpack(packed.bytes) };
		expect(isSignedBy(session.serverPublicKey, unpacked)).toBe(true);
		const plain = await ask('identity');
		expect(plain.headers).not.toHaveProperty('content-encoding');
		expect(plain.json.Response).toHaveLength(3);
	});

	test('the bank escapes slashes and non-ASCII characters', async () => {
		const session = await open();
		const { text } = await session.get(
			`{user}/monetary-account/${bank.world.accounts[0].id}/payment`,
		);
		expect(text).toContain('Groceries \\/ week 1');
		expect(text).toContain('Caf\\u00e9 De Zwaan \\u2615');
		expect(text).not.toMatch(/[^\\]\/|[^ -~]/);
	});

	test('the bank echoes the request ID, adds a response ID and uses its own clock', async () => {
		const session = await open();
		const noon = Date.UTC(2031, 0, 1, 12);
		await bank.control.switches({ sessionTimeoutSeconds: 1e9 });
		await bank.control.advance(noon - Date.now());
		const headers = { 'X-Bunq-Client-Request-Id': 'mine' };
		const answer = await session.get('/user', { headers });
		expect(answer.headers['x-bunq-client-request-id']).toBe('mine');
		expect(answer.headers['x-bunq-client-response-id']).toMatch(/^[0-9a-f-]{36}$/);
		expect(Math.abs(Date.parse(answer.headers.date) - noon)).toBeLessThan(10_000);
	});

	test('bunq reads no signature where it needs none; by switch, every one must be right', async () => {
		const session = await open();
		const wrong = { signature: Buffer.alloc(256).toString('base64') };
		const statuses = async () => {
			const path = '{user}/monetary-account-bank';
			const opened = [{ signature: false }, { signature: '' }, wrong].map((signature) =>
				session.post(path, { currency: 'EUR' }, signature),
			);
			const answers = [...(await Promise.all(opened)), await session.get('/user', wrong)];
			return answers.map(({ status }) => status);
		};
		expect(await statuses()).toEqual([200, 200, 200, 200]);
		await bank.control.advance(3_000);
		await bank.control.switches({ strictSignatures: true });
		expect(await statuses()).toEqual([466, 466, 400, 400]);
	});

	test.each([
		['without a signature', false, 466],
		['with a wrong one', Buffer.alloc(256).toString('base64'), 400],
	])('a payment %s is refused regardless of the switch', async (_, signature, status) => {
		const session = await open();
		const [main, household] = bank.world.accounts;
		const payment = {
			amount: { value: '1.00', currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: household.iban, name: 'Me' },
			description: '',
		};
		const path = `{user}/monetary-account/${main.id}/payment`;
		expect((await session.post(path, payment, { signature })).status).toBe(status);
		expect((await bank.control.world()).accounts[0].balance).toBe(main.balance);
		expect((await session.post(path, payment)).status).toBe(200);
	});

	test('exactly these must be signed: what makes or accepts a payment (and an accepted draft)', async () => {
		const session = await open();
		await bank.control.switches({ limits: 'off' });
		const account = `/user/${session.userId}/monetary-account/${bank.world.accounts[0].id}`;
		const asked = ROUTES.filter(({ method, path }) => {
			const isWrite = method === 'POST' || method === 'PUT';
			return isWrite && !/^\/(installation|device-server|session-server)$/.test(path);
		}).map(async ({ method, path }) => {
			const filled = path
				.replace('/user/{userId}/monetary-account/{accountId}', account)
				.replace('/user/{userId}/monetary-account/{p1}', account)
				.replace('{userId}', String(session.userId))
				.replace(/\{\w+\}/g, '1');
			const { token } = session;
			const { status } = await call(method, `/v1${filled}`, { body: {}, token, signature: false });
			return status === 466 ? [`${method} ${path.split('/').slice(5).join('/')}`] : [];
		});
		expect((await Promise.all(asked)).flat().sort()).toEqual([
			'POST payment',
			'POST payment-batch',
			'POST schedule-payment',
			'POST schedule-payment-batch',
			'PUT request-response/{requestResponseId}',
			'PUT schedule-payment-batch/{p2}',
			'PUT schedule-payment/{scheduleId}',
		]);
	});

	underEach(bank, 'wrongSignature', (status) => {
		test('a session is refused with it, in the recorded words', async () => {
			const session = await open();
			const body = { secret: bank.world.apiKey };
			const { installationToken: token } = session;
			await bank.control.advance(30_000);
			const signature = Buffer.alloc(256).toString('base64');
			const answer = await call('POST', '/v1/session-server', { body, token, signature });
			expect(refusalOf(answer)).toEqual([status, 'The request signature is invalid.']);
		});
	});

	underEach(bank, 'signErrors', (isSigned) => {
		test('a 404 is signed or not, a 429 never', async () => {
			const session = await open();
			const read = () => session.get('{user}/monetary-account/1');
			const notFound = await read();
			expect(notFound.status).toBe(404);
			expect(isSignedBy(session.serverPublicKey, notFound)).toBe(isSigned);
			for (let more = 0; more < 2; more++) await read();
			const refused = await read();
			expect(refused.status).toBe(429);
			expect(isSignedBy(session.serverPublicKey, refused)).toBe(false);
		});
	});

	test('a repeated request ID is accepted or refused, by switch', async () => {
		const session = await open();
		const same = { headers: { 'X-Bunq-Client-Request-Id': 'same' } };
		await session.get('/user', same);
		expect((await session.get('/user', same)).status).toBe(200);
		await bank.control.switches({ rejectRequestIdReuse: true });
		expect((await session.get('/user', same)).status).toBe(400);
		await bank.control.advance(3_000);
		expect((await session.get('/user')).status).toBe(200);
	});

	test('an unknown path or method is refused', async () => {
		const session = await open();
		expect((await session.get('/nonsense')).status).toBe(404);
		expect((await session.post('/user', {})).status).toBe(405);
	});

	test('an unknown host is answered with 421', async () => {
		expect((await call('GET', '/v1/user', { headers: { Host: 'example.com' } })).status).toBe(421);
	});
});
