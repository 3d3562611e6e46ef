import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compare } from '../../scripts/crossCheck/compare';
import { NOWHERE } from '../../scripts/crossCheck/exchange';
import { exchanges } from '../../scripts/crossCheck/exchanges';
import { accounts } from '../../scripts/crossCheck/exchanges/accounts';
import { card } from '../../scripts/crossCheck/exchanges/cards';
import { statement } from '../../scripts/crossCheck/exchanges/files';
import { farewell, handshake, oauth } from '../../scripts/crossCheck/exchanges/handshake';
import { payment } from '../../scripts/crossCheck/exchanges/payments';
import { request } from '../../scripts/crossCheck/exchanges/requests';
import { type CrossCheck, crossCheck, type Report } from '../../scripts/crossCheck/run';
import { send } from '../../scripts/crossCheck/send';
import { anonymizer } from '../../scripts/crossCheck/shape';
import { useSimulator } from '../simulator/tests/useSimulator';
import { read, root } from '../support/project';

/** `npm run cross-check`: a fixed list of exchanges, of which only shapes and words are written down. */

const bank = useSimulator({ unlimited: true });
const folder = mkdtempSync(join(tmpdir(), 'cross-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = async (more: Partial<CrossCheck> = {}) => {
	const { apiKey } = await bank.control.world('sandbox');
	const base = bank.url.replace('127.0.0.1', 'sandbox.localhost');
	const pause = (ms: number) => bank.control.advance(ms);
	return await crossCheck({ base, key: apiKey, exchanges, paced: false, pause, ...more });
};
const some = [...handshake, ...accounts, ...card];
const names = (list: Array<{ name: string }>) => list.map(({ name }) => name);
const answered = ({ exchanges: seen }: Report) =>
	Object.values(seen).filter(({ status }) => status !== undefined).length;

const first: { report?: Report } = {};
const whole = async () => (first.report ??= await check());

test('every exchange has its entry, in order, and at least 250 get an answer', async () => {
	const report = await whole();
	expect(Object.keys(report.exchanges)).toEqual(names(exchanges));
	expect(answered(report)).toBeGreaterThanOrEqual(250);
	expect(Object.values(report.exchanges).filter(({ failed }) => failed)).toEqual([]);
	const { status, signature, shape } = report.exchanges['payment: read'];
	expect([status, signature]).toEqual([200, 'fits']);
	expect(shape).toMatchObject({
		'Response[].Payment.id': ['whole number'],
		'Response[].Payment.amount.value': ['amount'],
		'Response[].Payment.created': ['time'],
	});
	expect(report.exchanges['payment: more than there is'].words).toHaveLength(1);
	expect(report.exchanges['payments: first page of two'].order).toBe('newest first');
});

test('a report has no secret, IBAN, name or other text of a person', async () => {
	const report = await check();
	const text = JSON.stringify(report);
	const {
		apiKey,
		oauth,
		accounts: all,
		person,
		thirdParties,
		cards,
	} = await bank.control.world('sandbox');
	const personal = [
		...(await bank.control.secrets()).map(({ value }) => value),
		...[apiKey, oauth.clientSecret, oauth.clientId, person.displayName, 'Elliot', 'Levy'],
		...all.flatMap(({ iban, id, description }) => [iban ?? `${id}`, `${id}`, `"${description}"`]),
		...thirdParties.flatMap(({ displayName, email, phone, iban }) => [
			...[displayName, email, phone, iban],
		]),
		...cards.flatMap(({ id, secondLine }) => [`${id}`, secondLine]),
	];
	for (const value of personal) expect([value, text.includes(value)]).toEqual([value, false]);
	// The unknown ID is ours.
	const rest = text.replaceAll(String(NOWHERE), '');
	expect(rest.match(/[A-Z]{2}\d{2}BUNQ|@|\d{7}|[0-9a-f]{32}/)?.[0]).toBeUndefined();
	expect(compare(await whole(), report, ['one run', 'another'])).toEqual([]);
});

test("bunq's own words stay as they are", async () => {
	const { exchanges: seen } = await whole();
	expect(seen['device: no secret'].words).toEqual(['Missing required parameter "secret".']);
	const masked = Object.entries(seen).filter(([, { words }]) => /<text>/.test(`${words}`));
	expect(masked).toEqual([]);
});

/** The words of a bank whose answers are these. */
const cleaned = (words: string, ...answers: object[]) => {
	const anonymous = anonymizer();
	for (const answer of answers) anonymous.learn(answer);
	return anonymous.clean(words);
};
const own = { type: 'type', Payment: { payment: 1, status: 'PENDING', currency: 'EUR' } };

test.each<[words: string, answer: object]>([
	['The payment has no type.', { description: 'payment' }],
	['The status is PENDING.', { description: 'PENDING' }],
	['Missing required parameter "secret".', { secret: 'secret', name: 'name' }],
	['No status is set.', { description: 'status' }],
])('a word that is a key or a constant of bunq is no text of a person: %s', (words, answer) => {
	expect(cleaned(words, own, answer)).toBe(words);
});

test.each<[what: string, text: string, answer?: object]>([
	['the word of a key', 'payment', { display_name: 'payment' }],
	['that of a constant', 'PENDING', { name_on_card: 'PENDING' }],
	['capitals', 'LEVY', { description: 'LEVY' }],
	['a short name', 'Sam', { display_name: 'Sam' }],
	['small letters', 'elliot', { public_nick_name: 'elliot' }],
	['a name with an accent', 'Renée', { first_name: 'Renée' }],
	['a description', 'Rent of May', { description: 'Rent of May' }],
	['a key of another form', 'ab-cd.ef', { secret: 'ab-cd.ef' }],
	['a token', 'ABCDEF0123456789ABCDEF0123456789'],
	['an IBAN', 'NL12 BUNQ 0123 4567 89'],
	['an email address', 'SAM@EXAMPLE.COM'],
	['a phone number', '+31 6 1234 5678'],
])('what may be personal is replaced: %s', (_, text, answer = {}) => {
	expect(cleaned(`Not for ${text} today`, own, answer)).toMatch(/^Not for <[\w ]+> today$/);
});

test('what nobody knows is seen where docs/simulator.md says so', async () => {
	const shown = [
		'payment: a description with #',
		'request: one above the limit of the sandbox, later',
		'statement: content at once',
		'statement: read at once',
	];
	await bank.control.switches({
		specialCharacters: 'refuse',
		sandboxRequests: 'pending',
		unreadyStatement: 400,
		unreadyStatus: 'IN_PROGRESS',
	});
	const { host, exchanges: seen } = await check({
		exchanges: [...handshake, ...accounts, ...request, ...payment, ...statement],
	});
	const before = (await whole()).exchanges;
	for (const name of shown) {
		const [one, other] = [before, seen].map((all) => ({ host, exchanges: { [name]: all[name] } }));
		expect([name, one.exchanges[name].status]).toEqual([name, expect.any(Number)]);
		expect([name, compare(one, other)]).not.toEqual([name, []]);
	}
});

test('without a card and an OAuth client of its own it changes none', async () => {
	await check({ exchanges: [...some, ...oauth] });
	await bank.control.clearLog();
	const creates = ['card: order one that is virtual', 'OAuth client: create'];
	const without = [...some, ...oauth].filter(({ name }) => !creates.includes(name));
	const { exchanges: seen } = await check({ exchanges: without });
	expect(seen['card: read'].status).toBe(200);
	expect(seen['OAuth client: read'].status).toBe(200);
	expect(seen['card: freeze'].notSent).toBe('no {card}');
	expect(seen['OAuth client: redirect URL'].notSent).toBe('no {client}');
	const writes = (await bank.control.log()).filter(({ method }) => method !== 'GET');
	const changed = writes.filter(({ path }) => /\/(card|oauth-client)\/\d+/.test(path));
	expect(changed.map(({ path }) => path)).toEqual([
		expect.stringMatching(new RegExp(`/card/${NOWHERE}$`)),
	]);
});

test('another behavior of the bank is a difference, in plain words', async () => {
	const chosen = new Set(names(some));
	const { host, exchanges: seen } = await whole();
	const before = Object.fromEntries(Object.entries(seen).filter(([name]) => chosen.has(name)));
	await bank.control.switches({ cardAnswer: 'id', expiredStatus: 403, signAnswers: false });
	const report = await check({ exchanges: some });
	const lines = compare({ host, exchanges: before }, report, ['A', 'B']);
	expect(lines).toEqual(
		expect.arrayContaining([
			'user: a token that bunq never gave: status 401 in A, status 403 in B',
			'card: unfreeze: Response[].Id.id only in B',
			'user: read: signature fits in A, none in B',
		]),
	);
});

test('it survives every kind of answer, and none', async () => {
	const broken = ['drop-after', 'html', 'truncated', 'empty', '500-before', '429'] as const;
	for (const kind of broken) await bank.control.fault({ kind, method: 'GET', skip: 1 });
	await bank.control.dirty({ changes: [{ kind: 'without its wrapper' }] });
	const report = await check({ exchanges: some });
	expect(Object.keys(report.exchanges)).toEqual(names(some));
	const seen = Object.values(report.exchanges);
	expect(seen.some(({ failed }) => failed)).toBe(true);
	expect(seen.some(({ contentType, shape }) => contentType?.includes('html') && !shape)).toBe(true);
});

test.each<[what: string, answer: (response: ServerResponse) => unknown, why: string]>([
	[
		'never ends',
		(response) => {
			const timer = setInterval(() => response.write(' '), 20);
			response.on('close', () => clearInterval(timer));
		},
		'no whole answer in 0.2 seconds',
	],
	[
		'is small, and huge when it is unpacked',
		(response) => {
			response.setHeader('Content-Encoding', 'gzip');
			response.end(gzipSync(Buffer.alloc(25_000_000)));
		},
		'Cannot create a Buffer larger than 20000000 bytes',
	],
])('it gives up an answer that %s', async (_, answer, why) => {
	const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}/v1/user`;
	const limit = why.startsWith('no whole') ? 200 : undefined;
	const sending = send({ method: 'GET', url, headers: {}, body: '' }, limit);
	await expect(sending).rejects.toThrow(why);
	server.closeAllConnections();
	server.close();
});

test('with reads only it sends nothing that changes something', async () => {
	const report = await check({ readsOnly: true, exchanges: [...some, ...payment, ...farewell] });
	const writes = (await bank.control.log()).filter(({ method }) => !/GET|HEAD/.test(method));
	expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([
		...['POST /v1/installation', 'POST /v1/device-server', 'POST /v1/session-server'],
		'DELETE /v1/session/0',
	]);
	expect(report.exchanges['payment: create'].notSent).toBe('it may change something');
});

test('without a key it asks the sandbox for a user', async () => {
	const { exchanges: seen } = await check({ key: undefined, exchanges: some });
	expect(seen['bank account: create'].status).toBe(200);
});

test("without a session it stops, with bunq's words", async () => {
	await expect(check({ key: '0'.repeat(64) })).rejects.toThrow(
		'No session (device, status 400): User credentials are incorrect. Incorrect API key or IP address.',
	);
	expect((await bank.control.log()).at(-1)?.path).toBe('/v1/session-server');
});

const runWith = async (env: Record<string, string>, ...args: string[]) => {
	const child = spawn(
		process.execPath,
		// A command that refused nothing would reach no bank either.
		[
			...['--require', require.resolve('../simulator/http/redirect.cjs'), '--import', 'tsx'],
			...['scripts/crossCheck.ts', ...args],
		],
		{ cwd: root, env: { PATH: process.env.PATH, ...env } },
	);
	let said = '';
	const add = (chunk: Buffer) => (said += chunk.toString());
	child.stdout.on('data', add);
	child.stderr.on('data', add);
	const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
	return { status, said };
};
const run = async (...args: string[]) => await runWith({}, ...args);

test('the command refuses every host where real money is', async () => {
	const { status, said } = await run('https://api.bunq.com/v1', '--key', '0'.repeat(64));
	expect([status, said]).toEqual([2, expect.stringContaining('so nothing was sent')]);
});

test("the command has a key of its own, and ends with bunq's words if it is refused", async () => {
	const out = join(folder, 'none.json');
	const secret = '0'.repeat(64);
	const key = { BUNQ_KEY: bank.world.apiKey, CROSS_CHECK_KEY: secret };
	const { status, said } = await runWith(key, bank.url, '--fast', '--out', out);
	expect([status, said]).toEqual([
		1,
		'No session (device, status 400): User credentials are incorrect. Incorrect API key or IP address.\n',
	]);
	expect(existsSync(out)).toBe(false);
});

test('the command takes no key that is for another bank', async () => {
	const key = { BUNQ_KEY: bank.world.apiKey };
	expect(await runWith(key, bank.url, '--fast', '--out', join(folder, 'none.json'))).toEqual({
		status: 1,
		said: '127.0.0.1 gives no sandbox user: an API key is needed, in --key or CROSS_CHECK_KEY\n',
	});
});

test('the command compares two files', async () => {
	const report = await whole();
	const files = ['a.json', 'b.json'].map((name) => join(folder, name));
	const changed = structuredClone(report);
	changed.exchanges['payment: create'].status = 500;
	writeFileSync(files[0], JSON.stringify(report));
	writeFileSync(files[1], JSON.stringify(changed));
	expect(await run('--compare', ...files)).toEqual({
		status: 0,
		said: `payment: create: status 200 in a.json, status 500 in b.json\n1 difference; ${exchanges.length} exchanges compared\n`,
	});
});

test('the exchanges that docs/simulator.md names exist', () => {
	const [, section] = read('docs/simulator.md').split('### The twenty that matter most');
	const named = [...section.split(/^#/m)[0].matchAll(/^\|[^|]*\| `([^`]+)`/gm)].map(
		([, name]) => name,
	);
	expect(named).toHaveLength(20);
	expect(names(exchanges)).toEqual(expect.arrayContaining(named));
});
