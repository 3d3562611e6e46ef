/** The handshake, sessions, signatures, limits and pages of the simulated bank (docs/bunq-api.md 2 to 6). */
import { startSimulator, type Environment, type Simulator, type World } from '..';
import {
	callBank,
	clientKeys,
	isSignedBy,
	openSession,
	pick,
	wordsOf,
} from '../control/testClient';

const CREDENTIALS_TEXT = 'User credentials are incorrect. Incorrect API key or IP address.';

let bank: Simulator;
let world: World;

beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());
beforeEach(async () => {
	await bank.control.reset();
	world = await bank.control.world();
});

const call = (...[method, path, options]: [string, string, Parameters<typeof callBank>[3]?]) =>
	callBank(bank.url, method, path, options);
const open = (secret = world.apiKey, options = {}) => openSession(bank.url, secret, options);
const install = async (options = {}) =>
	pick(
		await call('POST', '/v1/installation', {
			body: { client_public_key: clientKeys().publicKeyPem },
			...options,
		}),
		'Token',
	).token as string;
const register = (token: string, secret = world.apiKey, more = {}) =>
	call('POST', '/v1/device-server', { body: { description: 'n8n', secret, ...more }, token });
const openOn = (token: string, secret = world.apiKey, more = {}) =>
	call('POST', '/v1/session-server', { body: { secret }, token, ...more });

describe('the handshake (§2)', () => {
	test('needs no authentication and no signature for an installation, and signs no answer to it', async () => {
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

	test('opens a session for an API key, with the user', async () => {
		const session = await open();
		const answer = await session.get('/user');
		expect(pick(answer, 'UserPerson')).toMatchObject({
			id: world.person.id,
			display_name: 'E. Levy',
		});
	});

	test('refuses a second device on one installation, or takes it, by switch', async () => {
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
		['no signature', { signature: false }],
		['an empty one', { signature: '' }],
		['one of other bytes', { signature: Buffer.alloc(256).toString('base64') }],
		['rubbish', { signature: 'rubbish' }],
	])('answers 466 to session-server with %s, whatever the switch', async (_, signature) => {
		await bank.control.switches({ strictSignatures: false });
		const token = await install();
		await register(token);
		const answer = await openOn(token, world.apiKey, signature);
		expect(answer.status).toBe(466);
		expect(wordsOf(answer)).toMatch(/^Request signature is required/);
	});

	test('lets device-server go unsigned only without strict signatures', async () => {
		const body = { description: 'n8n', secret: world.apiKey };
		const token = await install();
		const unsigned = () => call('POST', '/v1/device-server', { body, token, signature: false });
		expect((await unsigned()).status).toBe(466);
		await bank.control.switches({ strictSignatures: false });
		expect((await unsigned()).status).toBe(200);
	});

	test('opens no session for a key that no device registered', async () => {
		const token = await install();
		const answer = await openOn(token);
		expect([answer.status, wordsOf(answer)]).toEqual([400, CREDENTIALS_TEXT]);
	});

	test('knows no key of the other environment', async () => {
		const sandbox = await bank.control.world('sandbox');
		expect(sandbox.apiKey).toMatch(/^sandbox_/);
		const wrong = await register(await install(), sandbox.apiKey);
		expect([wrong.status, wordsOf(wrong)]).toEqual([400, CREDENTIALS_TEXT]);
		await open(sandbox.apiKey, { environment: 'sandbox' });
	});

	test('gives an app the UserApiKey, whose id its URLs must have', async () => {
		const { accessToken, userApiKeyId, grantedUserId } = world.oauth;
		const session = await open(accessToken);
		expect(session.userId).toBe(userApiKeyId);
		const user = pick(await session.get('/user'), 'UserApiKey');
		expect(user.granted_by_user.UserPerson.id).toBe(grantedUserId);
		expect(user.requested_by_user.UserPerson.id).not.toBe(grantedUserId);
		expect((await session.get('{user}/monetary-account')).status).toBe(200);

		const asGranter = `/user/${grantedUserId}/monetary-account`;
		expect((await session.get(asGranter)).status).toBe(404);
		await bank.control.switches({ acceptGrantedUserId: true });
		expect((await session.get(asGranter)).status).toBe(200);
	});

	test('makes sandbox users with a key, and only in the sandbox', async () => {
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

	test('show their life as the session_timeout of the user', async () => {
		await bank.control.switches({ sessionTimeoutSeconds: 300 });
		expect(pick(await (await open()).get('/user'), 'UserPerson').session_timeout).toBe(300);
	});

	test('end on request, whatever the id', async () => {
		const session = await open();
		const end = await call('DELETE', '/v1/session/0', { token: session.token });
		expect([end.status, end.json]).toEqual([200, { Response: [] }]);
		expect((await session.get('/user')).status).toBe(401);
	});

	test('are renewed on the installation at hand', async () => {
		const session = await open();
		await bank.control.expireSessions();
		expect((await session.get('/user')).status).toBe(401);
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(200);
	});

	test('are not what an installation token is, nor the other way round', async () => {
		const session = await open();
		expect((await call('GET', '/v1/user', { token: session.installationToken })).status).toBe(401);
		expect((await call('GET', '/v1/user')).status).toBe(401);
		await bank.control.advance(30_000);
		expect((await openOn(session.token)).status).toBe(466);
	});

	test('can no longer sign once the bank forgot the installation', async () => {
		const session = await open();
		await bank.control.forgetInstallations();
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(466);
		const body = { currency: 'EUR' };
		expect((await session.post('{user}/monetary-account-bank', body)).status).toBe(466);
		expect((await session.get('/user')).status).toBe(200);
	});

	test('die with their key', async () => {
		const session = await open();
		await bank.control.revoke(world.apiKey);
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
	test('binds a key to the address of its device', async () => {
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
			const session = await open(world.apiKey, { permittedIps });
			await bank.control.lockIp(true);
			expect((await session.get('/user')).status).toBe(status);
		},
	);

	test('locks out a new key whose caller changes its address between two calls', async () => {
		await bank.control.lockIp(true);
		const token = await install();
		expect((await register(token)).status).toBe(200);
		expect(wordsOf(await openOn(token))).toBe(CREDENTIALS_TEXT);
	});
});

describe('headers and signatures (§3)', () => {
	test.each(['User-Agent', 'Cache-Control'])('requires %s, or not, by switch', async (name) => {
		const session = await open();
		// axios leaves out a header that is false, also its own User-Agent.
		const without = { headers: { [name]: false as unknown as string } };
		expect((await session.get('/user', without)).status).toBe(400);
		await bank.control.switches({ requireHeaders: false });
		expect((await session.get('/user', without)).status).toBe(200);
	});

	test('signs the very bytes of an answer, and no error', async () => {
		const session = await open();
		const good = await session.get('{user}/monetary-account');
		expect(isSignedBy(session.serverPublicKey, good)).toBe(true);
		expect(isSignedBy(session.serverPublicKey, { ...good, text: JSON.stringify(good.json) })).toBe(
			false,
		);
		const bad = await session.get('{user}/monetary-account/1');
		expect(bad.status).toBe(404);
		expect(bad.headers).not.toHaveProperty('x-bunq-server-signature');
		await bank.control.switches({ signAnswers: false });
		const unsigned = await session.get('{user}/monetary-account');
		expect(unsigned.headers).not.toHaveProperty('x-bunq-server-signature');
	});

	test('escapes slashes and everything beyond ASCII', async () => {
		const session = await open();
		const { text } = await session.get(`{user}/monetary-account/${world.accounts[0].id}/payment`);
		expect(text).toContain('Groceries \\/ week 1');
		expect(text).toContain('Caf\\u00e9 De Zwaan \\u2615');
		expect(text).not.toMatch(/[^\\]\/|[^ -~]/);
	});

	test('echoes the request id, gives a response id, and dates by its own clock', async () => {
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

	test('refuses a wrong signature wherever there is one, and a missing one by switch', async () => {
		const session = await open();
		const path = '{user}/monetary-account-bank';
		const wrong = { signature: Buffer.alloc(256).toString('base64') };
		expect((await session.post(path, { currency: 'EUR' }, { signature: false })).status).toBe(466);
		await bank.control.switches({ strictSignatures: false });
		expect((await session.post(path, { currency: 'EUR' }, { signature: false })).status).toBe(200);
		expect((await session.post(path, { currency: 'EUR' }, wrong)).status).toBe(466);
		expect((await session.get('/user', wrong)).status).toBe(466);
	});

	test('demands a signature for a payment whatever the switch, and does nothing without', async () => {
		await bank.control.switches({ strictSignatures: false });
		const session = await open();
		const [main, household] = world.accounts;
		const payment = {
			amount: { value: '1.00', currency: 'EUR' },
			counterparty_alias: { type: 'IBAN', value: household.iban, name: 'Me' },
			description: '',
		};
		const path = `{user}/monetary-account/${main.id}/payment`;
		expect((await session.post(path, payment, { signature: false })).status).toBe(466);
		expect((await bank.control.world()).accounts[0].balance).toBe(main.balance);
		expect((await session.post(path, payment)).status).toBe(200);
	});

	test('takes a request id twice, or not, by switch', async () => {
		const session = await open();
		const same = { headers: { 'X-Bunq-Client-Request-Id': 'same' } };
		await session.get('/user', same);
		expect((await session.get('/user', same)).status).toBe(200);
		await bank.control.switches({ rejectRequestIdReuse: true });
		expect((await session.get('/user', same)).status).toBe(400);
		await bank.control.advance(3_000);
		expect((await session.get('/user')).status).toBe(200);
	});

	test('knows which path and which method it has', async () => {
		const session = await open();
		expect((await session.get('/nonsense')).status).toBe(404);
		expect((await session.post('/user', {})).status).toBe(405);
	});

	test('answers 421 to a host that is not bunq', async () => {
		expect((await call('GET', '/v1/user', { headers: { Host: 'example.com' } })).status).toBe(421);
	});
});

describe('limits (§4)', () => {
	const text = (calls: number, seconds: number) =>
		`Too many requests. You can do a maximum of ${calls} calls per ${seconds} second to this endpoint.`;

	test('allows 3 GETs in any 3 seconds', async () => {
		const session = await open();
		const statuses = async (count: number) => {
			const all = [];
			for (let i = 0; i < count; i++) all.push((await session.get('/user')).status);
			return all;
		};
		expect(await statuses(2)).toEqual([200, 200]);
		await bank.control.advance(2_000);
		expect(await statuses(2)).toEqual([200, 429]);
		// The first two are out of the window, the third is not: it rolls.
		await bank.control.advance(1_000);
		expect(await statuses(3)).toEqual([200, 200, 429]);
		const refused = await session.get('/user');
		expect(wordsOf(refused)).toBe(text(3, 3));
		expect(refused.headers).not.toHaveProperty('retry-after');
		await bank.control.switches({ limits: 'off' });
		expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
	});

	test('counts by method and path template, not by id, key or session', async () => {
		const session = await open();
		const [one, two] = world.accounts;
		for (const { id } of [one, two, one]) {
			expect((await session.get(`{user}/monetary-account/${id}`)).status).toBe(200);
		}
		expect((await session.get(`{user}/monetary-account/${two.id}`)).status).toBe(429);
		expect((await session.get('{user}/monetary-account')).status).toBe(200);
	});

	test('allows 5 POSTs in 3 seconds, and refuses before it acts', async () => {
		const session = await open();
		const post = () => session.post('{user}/monetary-account-bank', { currency: 'EUR' });
		for (let i = 0; i < 5; i++) expect((await post()).status).toBe(200);
		const refused = await post();
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(5, 3)]);
		expect((await bank.control.world()).accounts).toHaveLength(world.accounts.length + 5);
	});

	test('allows 2 PUTs in 3 seconds', async () => {
		const session = await open();
		const put = () =>
			session.put(`{user}/monetary-account-bank/${world.accounts[0].id}`, { description: 'x' });
		expect([(await put()).status, (await put()).status]).toEqual([200, 200]);
		const refused = await put();
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(2, 3)]);
	});

	test('allows one session in 30 seconds, counted by environment', async () => {
		const session = await open();
		const refused = await openOn(session.installationToken);
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(1, 30)]);
		const sandbox = await bank.control.world('sandbox');
		await open(sandbox.apiKey, { environment: 'sandbox' });
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(200);
	});

	test('allows so many installations a day, by switch', async () => {
		await bank.control.switches({ installationsPerDay: 2 });
		const body = { client_public_key: clientKeys().publicKeyPem };
		const statuses = [];
		for (let i = 0; i < 3; i++) {
			statuses.push((await call('POST', '/v1/installation', { body })).status);
			await bank.control.advance(60_000);
		}
		expect(statuses).toEqual([200, 200, 429]);
		await bank.control.advance(24 * 60 * 60_000);
		expect((await call('POST', '/v1/installation', { body })).status).toBe(200);
	});
});

describe('pages (§6)', () => {
	const setUp = async (count: number) => {
		const account = await bank.control.addAccount({ description: 'Busy' });
		const ids = count > 0 ? await bank.control.addPayments({ accountId: account, count }) : [];
		const session = await open();
		const path = `/user/${session.userId}/monetary-account/${account}/payment`;
		const page = async (query: string) => {
			await bank.control.advance(3_000);
			const { status, json, text } = await session.get(path + query);
			const list = json.Response?.map((item: { Payment: { id: number } }) => item.Payment.id);
			return { status, ids: list as number[], links: json.Pagination, text };
		};
		return { ids, page, path: `/v1${path}`, session };
	};

	test('has 10 items unless asked, newest first, with relative escaped links and nulls', async () => {
		const { ids, page, path } = await setUp(25);
		const first = await page('');
		expect(first.ids).toEqual(ids.slice(15).reverse());
		expect(first.links).toEqual({
			future_url: `${path}?newer_id=${ids[24]}`,
			newer_url: null,
			older_url: `${path}?older_id=${ids[15]}`,
		});
		expect(first.text).toContain('"future_url":"\\/v1\\/user\\/');
	});

	test.each([
		[10, [10]],
		[11, [10, 1]],
	])('has %i items on pages of %j, and no empty last one', async (count, sizes) => {
		const { page, path } = await setUp(count);
		const seen = [];
		let query: string | undefined = '';
		while (query !== undefined) {
			const { ids, links } = await page(query);
			seen.push(ids.length);
			query = links.older_url?.slice(path.length);
		}
		expect(seen).toEqual(sizes);
	});

	test('goes down by older_url until it is null, and keeps the count', async () => {
		const { ids, page, path } = await setUp(25);
		const seen: number[] = [];
		let query: string | undefined = '?count=10';
		while (query !== undefined) {
			const { ids: some, links } = await page(query);
			seen.push(...some);
			query = links.older_url?.slice(path.length);
			if (query) expect(query).toMatch(/^\?count=10&older_id=\d+$/);
		}
		expect(seen).toEqual([...ids].reverse());
	});

	test('goes up by newer_url, from the page next to the id', async () => {
		const { ids, page, path } = await setUp(25);
		const first = await page(`?newer_id=${ids[4]}`);
		expect(first.ids).toEqual(ids.slice(5, 15).reverse());
		expect(first.links).toEqual({
			future_url: null,
			newer_url: `${path}?newer_id=${ids[14]}`,
			older_url: `${path}?older_id=${ids[5]}`,
		});
		const second = await page(first.links.newer_url.slice(path.length));
		expect(second.ids).toEqual(ids.slice(15).reverse());
		expect(second.links.newer_url).toBeNull();
		expect(second.links.future_url).toBe(`${path}?newer_id=${ids[24]}`);
		const third = await page(second.links.future_url.slice(path.length));
		expect([third.ids, third.links.newer_url]).toEqual([[], null]);
	});

	test('is empty where there is nothing', async () => {
		const { page } = await setUp(0);
		const { ids, links } = await page('');
		expect([ids, links]).toEqual([[], { future_url: null, newer_url: null, older_url: null }]);
	});

	test('has at most 200 items', async () => {
		const { page } = await setUp(201);
		expect((await page('?count=200')).ids).toHaveLength(200);
		expect((await page('?count=201')).status).toBe(400);
		expect((await page('?count=0')).status).toBe(400);
		expect((await page('?count=ten')).status).toBe(400);
	});

	test('takes one direction only', async () => {
		const { page } = await setUp(1);
		expect((await page('?older_id=5&newer_id=1')).status).toBe(400);
	});

	test('pages the list of accounts too', async () => {
		for (let i = 0; i < 5; i++) await bank.control.addAccount({ description: 'Same name' });
		const session = await open();
		const first = await session.get('{user}/monetary-account');
		expect(first.json.Response).toHaveLength(10);
		const rest = await session.get(first.json.Pagination.older_url.replace('/v1', ''));
		expect(rest.json.Response).toHaveLength(2);
	});

	test('is fast with 100,000 payments', async () => {
		const start = performance.now();
		const { page, ids } = await setUp(100_000);
		expect(performance.now() - start).toBeLessThan(2_000);
		const asked = performance.now();
		expect((await page(`?count=200&older_id=${ids[50_000]}`)).ids[0]).toBe(ids[49_999]);
		expect(performance.now() - asked).toBeLessThan(200);
	});
});
