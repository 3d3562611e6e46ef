import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import axios from 'axios';
import { startSimulator, type FaultKind } from '..';
import { controlOf } from '../control/client';
import { isSignedBy, wordsOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Faults and the control interface of the simulated bank (docs/bunq-api.md 3, 4, 5). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey });
beforeEach(async () => await bank.control.clearLog());

const openAccount = () => bank.session.post('{user}/monetary-account-bank', { currency: 'EUR' });
const accounts = async () =>
	(await bank.control.world()).accounts.length - bank.world.accounts.length;

/** For each kind: the answer, and whether the bank has acted. */
const EXPECTED: Record<
	FaultKind,
	{ reply: object | 'broken' | 'silent'; changedSomething: boolean }
> = {
	'drop-before': { reply: 'broken', changedSomething: false },
	'drop-after': { reply: 'broken', changedSomething: true },
	'timeout-before': { reply: 'silent', changedSomething: false },
	'timeout-after': { reply: 'silent', changedSomething: true },
	'500-before': { reply: { status: 500 }, changedSomething: false },
	'500-after': { reply: { status: 500 }, changedSomething: true },
	'429': {
		reply: { status: 429, text: expect.stringContaining('Too many requests.') },
		changedSomething: false,
	},
	expired: {
		reply: { status: 401, text: expect.stringContaining('Insufficient') },
		changedSomething: false,
	},
	'466': {
		reply: { status: 466, text: expect.stringContaining('signature is required') },
		changedSomething: false,
	},
	credentials: {
		reply: { status: 400, text: expect.stringContaining('Incorrect API key') },
		changedSomething: false,
	},
	maintenance: {
		reply: { status: 491, text: expect.stringContaining('{"Error"') },
		changedSomething: false,
	},
	html: {
		reply: { status: 502, text: expect.stringContaining('<html>') },
		changedSomething: false,
	},
	truncated: {
		reply: { status: 200, json: undefined, text: expect.stringMatching(/^\{"Resp/) },
		changedSomething: true,
	},
	empty: { reply: { status: 200, text: '' }, changedSomething: true },
	unsigned: {
		reply: { status: 200, json: { Response: expect.anything() } },
		changedSomething: true,
	},
	'other-request': {
		reply: { status: 200, json: { Response: expect.anything() } },
		changedSomething: true,
	},
	'wrong-signature': {
		reply: { status: 200, json: { Response: expect.anything() } },
		changedSomething: true,
	},
	other: { reply: { status: 200, text: '' }, changedSomething: true },
	slow: { reply: { status: 200, json: { Response: expect.anything() } }, changedSomething: true },
	'slow-answer': {
		reply: { status: 200, json: { Response: expect.anything() } },
		changedSomething: true,
	},
	stale: { reply: { status: 200, json: { Response: expect.anything() } }, changedSomething: true },
	status: { reply: { status: 418, text: 'By order' }, changedSomething: false },
	proxy: { reply: { status: 418, text: 'By order' }, changedSomething: false },
	'proxy-after': { reply: { status: 418, text: 'By order' }, changedSomething: true },
	forged: { reply: { status: 418, text: 'By order' }, changedSomething: true },
};

describe('a fault', () => {
	test.each(Object.entries(EXPECTED) as [FaultKind, (typeof EXPECTED)[FaultKind]][])(
		'%s',
		async (kind, { reply, changedSomething }) => {
			const isOrdered = ['status', 'proxy', 'proxy-after', 'forged'].includes(kind);
			await bank.control.fault({ kind, ...(isOrdered && { status: 418, body: 'By order' }) });
			if (reply === 'broken') {
				await expect(openAccount()).rejects.toMatchObject({ code: 'ECONNRESET' });
			} else if (reply === 'silent') {
				await expect(
					bank.session.post('{user}/monetary-account-bank', { currency: 'EUR' }, { timeout: 150 }),
				).rejects.toMatchObject({ code: 'ECONNABORTED' });
			} else {
				expect(await openAccount()).toMatchObject(reply);
			}
			expect(await accounts()).toBe(changedSomething ? 1 : 0);
			expect(await bank.control.log()).toMatchObject([
				{
					fault: kind,
					changedSomething,
					status: typeof reply === 'string' ? 0 : expect.any(Number),
				},
			]);
			// The fault is over.
			expect((await openAccount()).status).toBe(200);
		},
	);

	test('can damage or omit the signature', async () => {
		await bank.control.fault({ kind: 'wrong-signature' });
		await bank.control.fault({ kind: 'unsigned' });
		const wrong = await bank.session.get('/user');
		expect(wrong.headers).toHaveProperty('x-bunq-server-signature');
		expect(isSignedBy(bank.session.serverPublicKey, wrong)).toBe(false);
		const unsigned = await bank.session.get('/user');
		expect(unsigned.headers).not.toHaveProperty('x-bunq-server-signature');
		expect(isSignedBy(bank.session.serverPublicKey, await bank.session.get('/user'))).toBe(true);
	});

	test('can name another request', async () => {
		await bank.control.fault({ kind: 'other-request' });
		const headers = { 'X-Bunq-Client-Request-Id': 'mine' };
		const { headers: answered } = await bank.session.get('/user', { headers });
		expect(answered['x-bunq-client-request-id']).toMatch(/^(?!mine)./);
	});

	test('can be late', async () => {
		await bank.control.fault({ kind: 'slow', delayMs: 120 });
		const start = performance.now();
		expect((await bank.session.get('/user')).status).toBe(200);
		expect(performance.now() - start).toBeGreaterThan(110);
	});

	test.each([
		['slow', 0],
		['slow-answer', 1],
	] as const)('%s can be held: meanwhile the bank has opened %d accounts', async (kind, opened) => {
		await bank.control.fault({ kind, held: true });
		const answer = openAccount();
		while ((await bank.control.log()).length === 0);
		expect(await accounts()).toBe(opened);
		expect(await bank.control.log()).toMatchObject([{ fault: kind, status: 0 }]);
		await bank.control.clearFaults();
		expect((await answer).status).toBe(200);
		expect(await accounts()).toBe(1);
	});

	test('reports an expired session in the words of the switch', async () => {
		await bank.control.switches({ expiredStatus: 403, expiredText: 'Insufficient authorisation.' });
		await bank.control.fault({ kind: 'expired' });
		const answer = await bank.session.get('/user');
		expect([answer.status, wordsOf(answer)]).toEqual([403, 'Insufficient authorisation.']);
	});

	test('applies to its method and path, skips some requests, and applies several times', async () => {
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: '/user$',
			skip: 1,
			times: 2,
		});
		await bank.control.advance(3_000);
		expect((await openAccount()).status).toBe(200);
		expect((await bank.session.get('{user}/monetary-account')).status).toBe(200);
		const statuses = [];
		for (let i = 0; i < 4; i++) {
			statuses.push((await bank.session.get('/user')).status);
			await bank.control.advance(3_000);
		}
		expect(statuses).toEqual([200, 500, 500, 200]);
	});

	test('can be cleared', async () => {
		await bank.control.fault({ kind: 'html', times: 9 });
		await bank.control.clearFaults();
		expect((await bank.session.get('/user')).status).toBe(200);
	});

	test('of an unknown kind is refused', async () => {
		await expect(bank.control.fault({ kind: 'flood' as FaultKind })).rejects.toThrow(/flood/);
	});
});

describe('the control interface', () => {
	test('logs requests and answers', async () => {
		await bank.session.post('{user}/monetary-account-bank?x=1', { currency: 'EUR' });
		await bank.session.get('{user}/monetary-account/1');
		const path = `/v1/user/${bank.session.userId}/monetary-account`;
		expect(await bank.control.log()).toEqual([
			{
				time: expect.stringMatching(/^\d{4}-.*Z$/),
				method: 'POST',
				host: new URL(bank.url).host,
				path: `${path}-bank`,
				query: { x: '1' },
				headers: expect.objectContaining({ 'x-bunq-client-authentication': bank.session.token }),
				body: { currency: 'EUR' },
				rawBody: '{"currency":"EUR"}',
				status: 200,
				changedSomething: true,
			},
			expect.objectContaining({
				path: `${path}/1`,
				status: 404,
				changedSomething: false,
				body: '',
			}),
		]);
	});

	test('restores the seed', async () => {
		await bank.control.switches({ expiredStatus: 403 });
		await bank.control.fault({ kind: 'html' });
		await bank.control.advance(1e9);
		await bank.control.lockIp(true);
		await openAccount();
		await bank.control.reset();
		expect(await bank.control.world()).toEqual(bank.world);
		expect(await bank.control.log()).toEqual([]);
		expect(await bank.control.switches()).toMatchObject({ expiredStatus: 401 });
		expect((await bank.session.get('/user')).status).toBe(401);
	});

	test('creates new keys with a salt, for clients that remember the old ones', async () => {
		await bank.control.reset('another day');
		const other = await bank.control.world();
		expect(other.accounts).toEqual(bank.world.accounts);
		expect(other.apiKey).not.toBe(bank.world.apiKey);
		expect(other.oauth.accessToken).not.toBe(bank.world.oauth.accessToken);
	});

	test('adds incoming, outgoing and late payments', async () => {
		const { id: accountId } = bank.world.accounts[1];
		const [first, second] = await bank.control.addPayments({
			accountId,
			count: 2,
			amount: '10.00',
		});
		await bank.control.addPayments({
			accountId,
			amount: '-0.50',
			description: 'Coffee',
			counterpartyIban: 'NL14RABO0169202917',
			counterpartyName: 'Barista',
			type: 'MASTERCARD',
		});
		const [late] = await bank.control.addPayments({ accountId, id: first + 1 });
		const { json } = await bank.session.get(`{user}/monetary-account/${accountId}/payment`);
		const list = json.Response.map((item: { Payment: object }) => item.Payment);
		expect(list.map(({ id }: { id: number }) => id).slice(1)).toEqual([second, late, first]);
		expect(list[0]).toMatchObject({
			amount: { value: '-0.50' },
			description: 'Coffee',
			type: 'MASTERCARD',
			counterparty_alias: { iban: 'NL14RABO0169202917', display_name: 'Barista' },
		});
		expect((await bank.control.world()).accounts[1]).toMatchObject({
			balance: '320.50',
			payments: 4,
		});
	});

	test('adds accounts, even with a used name, without an IBAN or closed', async () => {
		const add = (more: object) => bank.control.addAccount({ description: 'Twin', ...more });
		const ids = [
			await add({ balance: '5.00' }),
			await add({ type: 'MonetaryAccountLight', withIban: false }),
			await add({ status: 'CANCELLED' }),
		];
		const twins = (await bank.control.world()).accounts.filter(
			({ description }) => description === 'Twin',
		);
		expect(twins).toEqual([
			expect.objectContaining({ id: ids[0], balance: '5.00', status: 'ACTIVE' }),
			expect.objectContaining({ id: ids[1], type: 'MonetaryAccountLight', iban: null }),
			expect.objectContaining({ id: ids[2], status: 'CANCELLED' }),
		]);
		await bank.control.addAccount({ description: 'There', environment: 'sandbox' });
		expect((await bank.control.world('sandbox')).accounts.at(-1)?.description).toBe('There');
	});

	test('works from another process, and refuses unknown methods', async () => {
		const elsewhere = controlOf(bank.url);
		expect((await elsewhere.world()).apiKey).toBe(bank.world.apiKey);
		await expect(elsewhere.switches({ nonsense: 1 } as object)).rejects.toThrow(/nonsense/);
		await expect(elsewhere.revoke('nonsense')).rejects.toThrow(/No such key/);
		await expect(elsewhere.addPayments({ accountId: 1 })).rejects.toThrow(/No account 1/);
		const { status } = await axios.post(`${bank.url}/_simulator/nonsense`, [], {
			validateStatus: null,
		});
		expect(status).toBe(404);
	});

	test.each([
		[
			'switches',
			[{ limits: 'none' }],
			'"limits" must be one of "classic", "newest", "off", not "none"',
		],
		['switches', [{ limit: 'off' }], 'No such key: "limit"'],
		['switches', [{ toString: 'off' }], 'No such key: "toString"'],
		['switches', [{ secondLineLength: 18 }], '"secondLineLength" must be one of 17, 21'],
		['switches', [{ statementSeconds: 'abc' }], '"statementSeconds" must be a number'],
		['switches', [{ attachmentMaxBytes: '1' }], '"attachmentMaxBytes" must be a number'],
		['switches', [{ warning: 7 }], '"warning" must be a text or null, not 7'],
		['switches', { limits: 'off' }, 'such as [{"limits":"off"}]'],
		[
			'switches',
			[{ limits: 'off' }, { cardAnswer: 'id' }],
			'The number of arguments must be 0 or 1, not 2',
		],
		['advance', ['abc'], 'Argument 1 must be a number of milliseconds'],
		['advance', [1e300], 'at most a century'],
		['advance', [], 'The number of arguments must be 1, not 0'],
		['fault', [{ kind: 'flood' }], ', "drop-before", '],
		['fault', [{ kind: 'html', metod: 'GET' }], 'No such key: "metod". Known: kind, method, path'],
		['fault', [{ kind: 'html', path: '(' }], '"path" must be a regular expression, not "("'],
		['fault', [{ method: 'GET' }], 'Argument 1 needs "kind"'],
		['fault', [{ kind: 'status', status: 7 }], '"status" must be an HTTP status'],
		['dirty', [{ changes: [{ kind: 'null', key: '[' }] }], '"key" must be a regular expression'],
		['callbackFault', [{ kind: 'lost', category: '(' }], '"category" must be a regular'],
		['addPayments', [{ accountId: '1' }], '"accountId" must be a number, not "1"'],
		['world', ['produktion'], 'must be one of "production", "sandbox"'],
	])('refuses wrong arguments: %s %j', async (name, body, message) => {
		const before = await bank.control.switches();
		const refused = await axios.post(`${bank.url}/_simulator/${name}`, body, {
			validateStatus: null,
		});
		expect(refused).toMatchObject({
			status: 400,
			data: { error: expect.stringContaining(message) },
		});
		expect(await bank.control.switches()).toEqual(before);
		expect((await bank.session.get('/user')).status).toBe(200);
	});

	test('takes any value of an open range', async () => {
		const changes = { statementSeconds: 7, attachmentMaxBytes: null, warning: 'Careful' };
		expect(await bank.control.switches(changes)).toMatchObject(changes);
	});

	test('follows a test’s fake clock', async () => {
		const now = Date.now() + 604_800_000;
		jest.useFakeTimers({
			now,
			doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout'],
		});
		try {
			expect((await bank.session.get('/user')).status).toBe(401);
		} finally {
			jest.useRealTimers();
		}
		expect((await bank.session.get('/user')).status).toBe(200);
	});

	test('can be started from the command line, and stopped', async () => {
		const tsx = ['--import', 'tsx', require.resolve('../../../scripts/simulator.ts')];
		const simulator = spawn(process.execPath, tsx, { stdio: ['ignore', 'pipe', 'inherit'] });
		let text = '';
		// Its output stays open until it ends: writing to a closed one would end it.
		simulator.stdout.on('data', (chunk) => (text += chunk));
		while (!text.includes('BUNQ_CLIENT_ID=')) await once(simulator.stdout, 'data');
		const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
		const { apiKey } = await controlOf(url ?? '').world();
		expect(text).toContain(apiKey);
		const [caFile] = /\S+ca\.pem/.exec(text) ?? [];
		expect(existsSync(caFile ?? '')).toBe(true);
		simulator.kill('SIGTERM');
		expect(await once(simulator, 'exit')).toEqual([0, null]);
		expect(existsSync(caFile ?? '')).toBe(false);
	});

	test('stops, even with an unanswered request', async () => {
		const other = await startSimulator();
		await other.control.fault({ kind: 'timeout-before' });
		const hanging = axios.get(`${other.url}/v1/user`).catch((error) => error.code);
		while ((await other.control.log()).length === 0);
		await other.stop();
		expect(await hanging).toBe('ECONNRESET');
		await expect(axios.get(`${other.url}/v1/user`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
	});
});
