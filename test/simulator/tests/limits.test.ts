import { callBank, clientKeys, openSession, wordsOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

const bank = useSimulator();

const call = (...[method, path, options]: [string, string, Parameters<typeof callBank>[3]?]) =>
	callBank(bank.url, method, path, options);
const open = (secret = bank.world.apiKey, options = {}) => openSession(bank.url, secret, options);
const openOn = (token: string, secret = bank.world.apiKey, more = {}) =>
	call('POST', '/v1/session-server', { body: { secret }, token, ...more });

describe('limits (§4)', () => {
	const text = (calls: number, seconds: number) =>
		`Too many requests. You can do a maximum of ${calls} calls per ${seconds} second to this endpoint.`;

	test('allow 3 GETs in any 3 seconds', async () => {
		const session = await open();
		const statuses = async (count: number) => {
			const all = [];
			for (let i = 0; i < count; i++) all.push((await session.get('/user')).status);
			return all;
		};
		expect(await statuses(2)).toEqual([200, 200]);
		await bank.control.advance(2_000);
		expect(await statuses(2)).toEqual([200, 429]);
		// The window is rolling: the first two are outside it, the third is not.
		await bank.control.advance(1_000);
		expect(await statuses(3)).toEqual([200, 200, 429]);
		const refused = await session.get('/user');
		expect(wordsOf(refused)).toBe(text(3, 3));
		expect(refused.headers).not.toHaveProperty('retry-after');
		await bank.control.switches({ limits: 'off' });
		expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
	});

	test('are counted by method and path template, not by ID, key or session', async () => {
		const session = await open();
		const [one, two] = bank.world.accounts;
		for (const { id } of [one, two, one]) {
			expect((await session.get(`{user}/monetary-account/${id}`)).status).toBe(200);
		}
		expect((await session.get(`{user}/monetary-account/${two.id}`)).status).toBe(429);
		expect((await session.get('{user}/monetary-account')).status).toBe(200);
	});

	test('allow 5 POSTs in 3 seconds, and refuse before the bank acts', async () => {
		const session = await open();
		const post = () => session.post('{user}/monetary-account-bank', { currency: 'EUR' });
		for (let i = 0; i < 5; i++) expect((await post()).status).toBe(200);
		const refused = await post();
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(5, 3)]);
		expect((await bank.control.world()).accounts).toHaveLength(bank.world.accounts.length + 5);
	});

	test('allow 2 PUTs in 3 seconds', async () => {
		const session = await open();
		const put = () =>
			session.put(`{user}/monetary-account-bank/${bank.world.accounts[0].id}`, {
				description: 'x',
			});
		expect([(await put()).status, (await put()).status]).toEqual([200, 200]);
		const refused = await put();
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(2, 3)]);
	});

	test('allow one session in 30 seconds per environment', async () => {
		const session = await open();
		const refused = await openOn(session.installationToken);
		expect([refused.status, wordsOf(refused)]).toEqual([429, text(1, 30)]);
		const sandbox = await bank.control.world('sandbox');
		await open(sandbox.apiKey, { environment: 'sandbox' });
		await bank.control.advance(30_000);
		expect((await openOn(session.installationToken)).status).toBe(200);
	});

	test('restrict installations per day, by switch', async () => {
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
