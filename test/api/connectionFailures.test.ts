import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import type { BunqError } from '../../nodes/Bunq/api/errors';
import { redactIbans } from '../../nodes/Bunq/api/redact';
import type { FaultKind } from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { CONTINUE_ON_FAIL } from '../support/parameters';

/** Whatever goes wrong on the way: what the bank did, and whether the person is told the truth about it. */

const bank = useBank();
const list = { resource: 'account', operation: 'getAll', returnAll: true };
const pay = async (more = {}) => ({
	resource: 'payment',
	operation: 'create',
	account: await bank.locate('Main'),
	recipientAccount: await bank.locate('Household'),
	amount: 12.5,
	description: 'Rent',
	...more,
});
const received = async () => Number(await bank.balance('Household')) - 300;

/** Opens the session and reads the accounts, so that the next request is the one that matters. */
const warmUp = async () => {
	await bank.oauth(list);
	passMinutes();
};

describe('a payment', () => {
	test.each<[kind: FaultKind, moved: number, message: RegExp]>([
		['drop-before', 0, /connection to bunq was lost/],
		['drop-after', 12.5, /connection to bunq was lost/],
		['500-before', 0, /went wrong/],
		['500-after', 12.5, /went wrong/],
		['truncated', 12.5, /could not be read/],
		['empty', 12.5, /could not be read/],
		['html', 0, /failed internally/],
		['wrong-signature', 12.5, /signature of bunq's answer is wrong/],
	])('%s: outcome unknown, said so, and sent once', async (kind, moved, message) => {
		await warmUp();
		await bank.control.fault({ kind, method: 'POST' });
		const { error } = await bank.oauth(await pay());
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(
			/^Outcome unknown: bunq may have carried this out.*12\.50 EUR.*NL\d\d….*"Rent".*before you run this again/,
		);
		expect(await received()).toBe(moved);
		expect((await bank.requests()).filter((one) => one.startsWith('POST'))).toHaveLength(1);
	});

	test.each<[kind: FaultKind]>([['429'], ['expired'], ['466'], ['slow'], ['unsigned']])(
		'%s: bunq did not act on the first try, and the payment is made once',
		async (kind) => {
			await warmUp();
			await bank.control.fault({ kind, method: 'POST', path: 'payment$', delayMs: 50 });
			const { json, error } = await bank.oauth(await pay());
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ amount: -12.5 }]);
			expect(await received()).toBe(12.5);
		},
	);

	test('maintenance: refused, so nothing was done', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'maintenance', method: 'POST' });
		const { error } = await bank.oauth(await pay());
		expect(error?.description).toContain('Nothing was done');
		expect(await received()).toBe(0);
	});

	test.each(['timeout-before', 'timeout-after'] as const)('%s: outcome unknown', async (kind) => {
		const { apiKey, person } = await bank.world();
		const client = createClient({
			httpRequest: await requestHelper(),
			credential: toBunqCredential({ apiKey }),
			timeout: 300,
		});
		const { id } = await bank.account('Main');
		const { iban } = await bank.account('Household');
		await client.get('/user');
		await bank.control.fault({ kind, method: 'POST' });
		const error = await client
			.send({
				method: 'POST',
				path: `/user/${person.id}/monetary-account/${id}/payment`,
				body: {
					amount: { value: '12.50', currency: 'EUR' },
					counterparty_alias: { type: 'IBAN', value: iban!, name: 'Household' },
					description: 'Rent',
				},
			})
			.catch((thrown: BunqError) => thrown);
		expect(error).toMatchObject({
			kind: 'outcomeUnknown',
			message: 'bunq did not answer in time',
			description: expect.stringContaining('Outcome unknown'),
		});
		expect(JSON.stringify(error)).not.toContain(iban);
		expect(await received()).toBe(kind === 'timeout-after' ? 12.5 : 0);
	});
});

describe('a read', () => {
	test.each<[kind: FaultKind]>([
		['drop-before'],
		['500-before'],
		['html'],
		['truncated'],
		['wrong-signature'],
		['empty'],
	])('%s once: read again', async (kind) => {
		await warmUp();
		await bank.control.fault({ kind, method: 'GET' });
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	test.each<[kind: FaultKind, message: string]>([
		['html', 'bunq failed internally'],
		['truncated', "bunq's answer could not be read"],
		['wrong-signature', "The signature of bunq's answer is wrong"],
		['drop-before', 'The connection to bunq was lost'],
	])('%s again and again: says so, without "outcome unknown"', async (kind, message) => {
		await warmUp();
		await bank.control.fault({ kind, method: 'GET', times: 9 });
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe(message);
		expect(error?.description).toBeTruthy();
		expect(error?.description).not.toMatch(/Outcome unknown/);
		expect((await bank.requests()).length).toBe(3);
	});
});

describe('no connection', () => {
	test.each([
		['refuse', 'The connection to bunq was refused'],
		['nxdomain', "bunq's address was not found"],
	] as const)('%s: nothing was sent, and other items go on', async (target, message) => {
		await warmUp();
		redirectTo(target);
		const { json } = await bank.oauth(await pay(), {
			items: [{}, {}],
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toEqual(
			Array(2).fill({ error: message, message: expect.stringContaining('Nothing was sent') }),
		);
		expect(await bank.changes()).toBe(0);
	});

	test('a passing one: the payment is sent when the connection is back', async () => {
		await warmUp();
		const order = await pay();
		redirectTo('refuse');
		const outcome = bank.oauth(order);
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		setTimeout(() => bank.reconnect(), 500);
		expect(await outcome).toMatchObject({ error: undefined, json: [{ amount: -12.5 }] });
	});

	test("a certificate that is not bunq's: nothing was sent", async () => {
		await warmUp();
		redirectTo({ tlsPort: bank.tlsPort, ca: '' });
		const { error } = await bank.oauth(await pay());
		expect(error?.message).toBe('The connection to bunq is not trusted');
		expect(await bank.changes()).toBe(0);
	});
});

test('no error holds a full IBAN, a token or a key', async () => {
	await warmUp();
	const { oauth, thirdParties } = await bank.world();
	await bank.control.fault({ kind: 'drop-after', method: 'POST' });
	// By expression: n8n stores the node's parameters with the error, as they are in the workflow.
	const recipient = {
		recipientType: 'iban',
		recipientIban: '={{ $json.iban }}',
		recipientName: 'Sam',
	};
	const { run } = await bank.oauth(await pay(recipient), {
		items: [{ iban: thirdParties[0].iban }],
	});
	const error = JSON.stringify(run.data.resultData.runData.Bunq.at(-1)!.error);
	expect(error).toContain('Outcome unknown');
	const log = await bank.control.log();
	const secrets = [
		thirdParties[0].iban,
		oauth.accessToken,
		...log.map(({ headers }) => headers['x-bunq-client-authentication']).filter(Boolean),
		'PRIVATE KEY',
	];
	for (const secret of secrets) expect(error).not.toContain(secret);
});

describe('IBANs in a message', () => {
	const SHORT = 'NL52…0061';

	test.each([
		'NL52BUNQ2117660061',
		'nl52bunq2117660061',
		'NL52 BUNQ 2117 6600 61',
		'nl52 bunq 2117 6600 61',
		'NL52.BUNQ.2117.6600.61',
		'NL52-BUNQ-2117-6600-61',
		'NL 52 BUNQ 2117660061',
		'NL52\u00a0BUNQ\u00a02117\u00a06600\u00a061',
	])('%s is shortened, its neighbours stay', (typed) => {
		for (const [before, after] of [
			['', ''],
			['to ', ' is not yours, 12.50 EUR'],
			['"', '"'],
			['(', ').'],
		]) {
			const short = redactIbans(`${before}${typed}${after}`);
			expect(short.toUpperCase()).toBe(`${before}${SHORT}${after}`.toUpperCase());
		}
	});

	test('two beside each other, and one that is too short or too long', () => {
		expect(redactIbans('NL52 BUNQ 2117 6600 61 DE89 3704 0044 0532 0130 00')).toBe(
			`${SHORT} DE89…3000`,
		);
		expect(redactIbans('NL52BUNQ211766006')).toBe('NL52…6006');
		expect(redactIbans('XX52BUNQ2117660061')).toBe('XX52…0061');
	});

	test.each([
		'at 15 past nine the payment of 12.50 was made',
		'but is 0.30000000000000004',
		"bunq's reference: ba04cd34-e5f6-7890-abcd-ef1234567890.",
		'POST /user/{user}/monetary-account/41000012/payment, 12.50 EUR',
		'Your order #1234567 of 2026-01-31T12:00:00.000Z',
		'73d6df4a 680498',
	])('%s stays as it is', (text) => expect(redactIbans(text)).toBe(text));

	test("in bunq's own words", async () => {
		const { thirdParties } = await bank.world();
		const typed = thirdParties[0].iban.replace(/(.{4})/g, '$1 ').trim();
		const error_description = `The IBAN ${typed} is not valid.`;
		const body = JSON.stringify({ Error: [{ error_description }] });
		await bank.control.fault({
			kind: 'status',
			status: 400,
			body,
			method: 'POST',
			path: 'payment$',
		});
		const { error } = await bank.oauth(await pay());
		expect(error?.message).toMatch(/^The IBAN [A-Z]{2}\d\d…\w{4} is not valid\.$/);
	});
});
