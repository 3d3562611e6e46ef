import { connect } from 'node:net';
import { EXTERNAL_IBAN, callBank, refusalOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** What no client sends on purpose: the simulated bank goes on, and says no. */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });

/** The first line of the answer to a request for this target, exactly as it is. */
const statusOf = (target: string) =>
	new Promise<string>((resolve, reject) => {
		const socket = connect(Number(new URL(bank.url).port), '127.0.0.1');
		socket.once('data', (data) => resolve(String(data).split('\r\n')[0]));
		socket.once('error', reject);
		socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
	});

test.each([
	['//', 404],
	['//v1/user', 404],
	['*', 404],
	['http://[', 400],
	['http://bank:99999/v1/user', 400],
])('a request for %s', async (target, status) => {
	expect(await statusOf(target)).toContain(` ${status} `);
});

test('the log can be read after a body of a hundred thousand lists in one another', async () => {
	const body = '['.repeat(100_000) + ']'.repeat(100_000);
	const { status } = await callBank(bank.url, 'POST', '/v1/installation', { body });
	expect(status).toBe(400);
	expect((await bank.control.log()).at(-1)).toMatchObject({ body, rawBody: body });
});

test.each([
	['constructor', [], 404],
	['advance', ['tomorrow'], 400],
	['advance', [1e300], 400],
])('the control %s with %j', async (name, args, status) => {
	const answer = await callBank(bank.url, 'POST', `/_simulator/${name}`, { body: args });
	expect(answer.status).toBe(status);
	expect((await bank.session.get('/user')).status).toBe(200);
});

test.each(['constructor', 'toString', '__proto__'])('a field %s is superfluous', async (name) => {
	const account = `{user}/monetary-account/${bank.account('Main').id}`;
	const field = `"${name}":1`;
	const amount = `"amount":{"value":"1.00","currency":"EUR"}`;
	const alias = `"counterparty_alias":{"type":"IBAN","value":"${EXTERNAL_IBAN}","name":"X"}`;
	const more = `${alias},"description":""`;
	for (const body of [
		`{${field},${amount},${more}}`,
		`{${amount.replace('}', `,${field}}`)},${more}}`,
	]) {
		const answer = await bank.session.post(`${account}/payment`, body);
		expect(refusalOf(answer)).toEqual([400, `Superfluous field "${name}".`]);
	}
});

test('a body without fields is JSON or nothing, and has no others', async () => {
	const path = `{user}/monetary-account/${bank.account('Main').id}/export-rib`;
	const answers = ['', '{}', '[]', '%PDF', '{"colour":1}'].map((body) =>
		bank.session.post(path, body),
	);
	expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([
		200, 200, 400, 400, 400,
	]);
});

test.each([23, 400])(
	'an amount of %d digits is refused, as nobody can count it',
	async (digits) => {
		const path = `{user}/monetary-account/${bank.account('Main').id}/bunqme-tab`;
		const amount_inquired = { value: '9'.repeat(digits), currency: 'EUR' };
		const answer = await bank.session.post(path, { bunqme_tab_entry: { amount_inquired } });
		expect(refusalOf(answer)).toEqual([400, expect.stringMatching(/"amount_inquired".*an amount/)]);
	},
);
