import axios from 'axios';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '..';
import { APP_PATH } from '../app';
import { redirectTo } from '../http/redirect.cjs';

/** The page of bunq's app: what its buttons do, and who may press them. `demo.e2e.test.ts` has it in a browser. */

let bank: Simulator;
beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());
beforeEach(() => bank.control.reset());

const http = axios.create({ validateStatus: null, maxRedirects: 0, proxy: false });
const read = async (query = '') =>
	(await http.get(`${bank.url}${APP_PATH}${query}`)).data as string;

/** Presses a button. Returns what the page then says. */
const press = async (name: string, fields: Record<string, unknown> = {}, headers = {}) => {
	const body = new URLSearchParams({ do: name, ...fields } as Record<string, string>);
	const answer = await http.post(`${bank.url}${APP_PATH}`, body, { headers });
	if (answer.status !== 303) return answer.status;
	return (await http.get(`${bank.url}${answer.headers.location}`)).data as string;
};
const main = async () => (await bank.control.world()).accounts[0];

test('shows the accounts, and the payments of one', async () => {
	const [first, second] = (await bank.control.world()).accounts;
	expect(await read()).toMatch(/Payments of Main[^]*Green Grocer/);
	const page = await read(`?account=${second.id}`);
	expect(page).toContain('Payments of Household');
	for (const { iban } of [first, second]) expect(page).toContain(iban);
});

test('its own host is the sandbox', async () => {
	const { port } = new URL(bank.url);
	const headers = { Host: `sandbox.localhost:${port}` };
	const { data } = await http.get(`${bank.url}${APP_PATH}`, { headers });
	expect(data).toContain('(sandbox)');
	const [{ iban }] = (await bank.control.world('sandbox')).accounts;
	expect(data).toContain(iban);
});

test('money comes in, goes out and is spent by card; what is too much is refused', async () => {
	const before = Number((await main()).balance);
	expect(await press('salary')).toContain('Your salary, € 2,600.00, came in');
	await press('receive', { amount: '0,50', name: 'Tom & "Jerry"' });
	await press('pay', { amount: '100' });
	await press('card', { amount: '12.40' });
	expect(Number((await main()).balance)).toBeCloseTo(before + 2600 + 0.5 - 100 - 12.4, 2);
	expect(await read()).toContain('Tom &#38; &#34;Jerry&#34;');
	const { balance } = await main();
	expect(await press('pay', { amount: '99999' })).toContain('Nothing happened: ');
	expect(await press('card', { amount: '99999' })).toContain('declined: too little money');
	for (const amount of ['', '-5', '1.234', 'a'])
		expect(await press('pay', { amount })).toContain('is no amount');
	expect(await main()).toMatchObject({ balance });
	expect(await press('bill', { amount: '20' })).toContain('€ 20.00 are left');
	expect(await main()).toMatchObject({ balance: '20.00' });
});

test('drafts, requests, links and planned payments: made, and answered', async () => {
	const idOf = (page: unknown, name: string) =>
		new RegExp(`name="id" value="(\\d+)"[^<]*><button name="do" value="${name}"`)
			.exec(String(page).replace(/\s+/g, ' '))!
			.at(1);
	const both = async (make: string, answer: string, said: RegExp) => {
		const id = idOf(await press(make, { amount: '8.50' }), answer);
		expect(await press(answer, { id })).toMatch(said);
		return id;
	};
	await both('draft', 'approve', /Approved, and paid/);
	expect(await press('draft', { amount: '1', description: 'Rent' })).toContain(
		'prepared this payment from Main. Rent',
	);
	await both('link', 'payLink', /A\. Payer paid € 15\.00|paid € 8\.50 through the link/);
	await both('schedule', 'runSchedule', /The planned payment was made/);
	const asked = await both('ask', 'accept', /Paid/);
	expect(await press('accept', { id: asked })).toContain('Nothing happened: ');
	expect(await press('reject', { id: '7' })).toContain('it is no longer there');
	expect(await press('nothing')).toContain('There is no button');
	expect(Number((await main()).payments)).toBeGreaterThan(6);
});

test('only this machine, and only the page itself, presses its buttons', async () => {
	const before = await main();
	expect(await press('salary', {}, { Origin: 'https://evil.example.com' })).toBe(403);
	expect(await press('salary', {}, { Host: 'evil.example.com' })).toBe(421);
	expect(await main()).toEqual(before);
});

test('a public address of a server on this machine is passed on to it', async () => {
	const server = createServer((request, response) => {
		response.writeHead(201, { 'X-Path': request.url });
		request.pipe(response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = 'https://n8n.example.com';
	const { port } = server.address() as AddressInfo;
	process.env.BUNQ_SIMULATOR_PUBLIC_HOST = 'n8n.example.com';
	redirectTo({ tlsPort: bank.tlsPort, ca: bank.caPem });
	const send = () => http.post(`${origin}/webhook/a?b=c`, 'grant_type=x');
	expect((await send()).status).toBe(421);
	await bank.control.routeCallbacks({ [origin]: `http://127.0.0.1:${port}` });
	const { status, headers, data } = await send();
	expect([status, headers['x-path'], data]).toEqual([201, '/webhook/a?b=c', 'grant_type=x']);
	await new Promise((resolve) => server.close(resolve));
	expect(await send()).toMatchObject({
		status: 502,
		data: expect.stringContaining('ECONNREFUSED'),
	});
	redirectTo(undefined);
});

test('another app of the developer: the same at every start, and its tokens end none of the first', async () => {
	const made = await bank.control.addClient('by hand');
	await bank.control.reset();
	expect(await bank.control.addClient('by hand')).toEqual(made);
	const { oauth } = await bank.control.world();
	expect(made.clientId).not.toBe(oauth.clientId);
	const values = (await bank.control.secrets()).map(({ value }) => value);
	expect(values).toContain(made.clientSecret);
	await bank.control.registerRedirectUri('https://n8n.example.com/callback');
	const query = `client_id=${made.clientId}&redirect_uri=https://n8n.example.com/callback`;
	const { status, data } = await http.get(`${bank.url}/auth?response_type=code&${query}`);
	expect([status, data]).toEqual([200, expect.stringContaining('Connect by hand?')]);
});

test('a later bank gives IDs that no earlier one gave, except for its seed', async () => {
	const [first, second] = [
		await startSimulator({ neverOldIds: true }),
		await startSimulator({ neverOldIds: true }),
	];
	const [one, other] = await Promise.all([first.control.world(), second.control.world()]);
	expect(other.accounts.map(({ id }) => id)).toEqual(one.accounts.map(({ id }) => id));
	const accountId = one.accounts[0].id;
	const [old] = await first.control.addPayments({ accountId });
	expect(old).toBeGreaterThan(Math.max(...one.cards.map(({ id }) => id)) + 1000);
	await first.stop();
	await second.stop();
});
