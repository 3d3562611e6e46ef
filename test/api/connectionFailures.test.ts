import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import type { BunqError } from '../../nodes/Bunq/api/errors';
import type { FaultKind } from '../simulator';
import { redirectTo } from '../simulator/http/redirect.cjs';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { fakeTimeouts, passMinutes } from '../support/fakeClock';
import { OUTCOME_UNKNOWN } from '../support/outcome';
import { CONTINUE_ON_FAIL } from '../support/parameters';

/** Failures between n8n and bunq: what bunq did, and whether the error says so. */

const bank = useBank({ isEncrypted: true });
const list = { resource: 'account', operation: 'getAll', returnAll: true };
const pay = async (more = {}) =>
	await bank.payHousehold({ amount: 12.5, paymentDescription: 'Rent', ...more });
const received = bank.receivedByHousehold;

/** Opens the session and reads the accounts, so that the next request is the one under test. */
const warmUp = async () => {
	await bank.oauth(list);
	passMinutes();
};

describe('a payment', () => {
	test.each<[kind: FaultKind, moved: number, message: RegExp]>([
		['drop-before', 0, /connection to bunq was lost/],
		['drop-after', 12.5, /connection to bunq was lost/],
		['500-before', 0, /unhandled exception/],
		['500-after', 12.5, /unhandled exception/],
		['truncated', 12.5, /could not be read/],
		['empty', 12.5, /could not be read/],
		['html', 0, /: Something between n8n and bunq answered 502: Bad Gateway$/],
		['unsigned', 12.5, /signature is missing/],
		['wrong-signature', 12.5, /signature of bunq's answer is wrong/],
	])(
		'%s: the error says that the outcome is unknown, and it is sent once',
		async (kind, moved, message) => {
			await warmUp();
			await bank.control.fault({ kind, method: 'POST' });
			const { error } = await bank.oauth(await pay());
			expect(error?.message).toMatch(message);
			// It is all that a mail of an error workflow has.
			expect(error?.message).toMatch(/^Outcome unknown: /);
			expect(error?.description).toMatch(
				/^bunq may have carried this out.*12\.50 EUR.*NL\d\d….*"Rent".*before you run this again/,
			);
			// A person has no use for the request: it is under n8n's error details.
			expect(error?.description).not.toMatch(/POST|\/user/);
			expect(error?.messages).toContainEqual(
				expect.stringMatching(/^Request: POST \/user\/\{user\}\/monetary-account\/\d+\/payment\.$/),
			);
			expect(await received()).toBe(moved);
			expect(await bank.requestCount('POST')).toBe(1);
		},
	);

	test.each<[kind: FaultKind]>([['429'], ['expired'], ['466'], ['slow']])(
		'%s: the first request has no effect, and the payment is made once',
		async (kind) => {
			await warmUp();
			await bank.control.fault({ kind, method: 'POST', path: 'payment$', delayMs: 50 });
			const { json, error } = await bank.oauth(await pay());
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ amount: -12.5 }]);
			expect(await received()).toBe(12.5);
		},
	);

	test('maintenance: bunq refuses, and the error says that nothing was done', async () => {
		await warmUp();
		await bank.control.fault({ kind: 'maintenance', method: 'POST' });
		const { error } = await bank.oauth(await pay());
		expect(error?.description).toContain('Nothing was done');
		expect(await received()).toBe(0);
	});

	test.each(['timeout-before', 'timeout-after'] as const)(
		'%s: the error says that the outcome is unknown',
		async (kind) => {
			const { apiKey, person } = await bank.world();
			const client = createClient({
				httpRequest: await requestHelper(),
				credential: toBunqCredential({ apiKey }),
			});
			const { id } = await bank.account('Main');
			const { iban } = await bank.account('Household');
			await client.get('/user');
			await bank.control.fault({ kind, method: 'POST' });
			const endFake = fakeTimeouts();
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
				.catch((thrown: BunqError) => thrown)
				.finally(endFake);
			expect(error).toMatchObject({
				kind: 'outcomeUnknown',
				message: 'bunq did not answer in time',
				description: expect.stringMatching(OUTCOME_UNKNOWN),
			});
			expect(JSON.stringify(error)).not.toContain(iban);
			expect(await received()).toBe(kind === 'timeout-after' ? 12.5 : 0);
		},
	);
});

describe('a read', () => {
	test.each<[kind: FaultKind]>([
		['drop-before'],
		['500-before'],
		['html'],
		['truncated'],
		['wrong-signature'],
		['empty'],
	])('%s once: it is read again', async (kind) => {
		await warmUp();
		await bank.control.fault({ kind, method: 'GET' });
		expect((await bank.oauth(list)).json).toHaveLength(6);
	});

	test.each<[kind: FaultKind, message: string]>([
		['html', 'Something between n8n and bunq answered 502: Bad Gateway'],
		['truncated', "bunq's answer could not be read"],
		['wrong-signature', "The signature of bunq's answer is wrong"],
		['drop-before', 'The connection to bunq was lost'],
	])('%s every time: an error that mentions no unknown outcome', async (kind, message) => {
		await warmUp();
		await bank.control.fault({ kind, method: 'GET', times: 9 });
		const { error } = await bank.oauth(list);
		expect(error?.message).toBe(message);
		expect(error?.description).toBeTruthy();
		expect(error?.description).not.toMatch(/Outcome unknown/i);
		expect((await bank.requests()).length).toBe(3);
	});
});

describe('no connection', () => {
	test.each([
		['refuse', 'The connection to bunq was refused'],
		['nxdomain', "bunq's address was not found"],
	] as const)('%s: nothing was sent, and the other items continue', async (target, message) => {
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

	test('for a moment: the payment is sent once the connection is back', async () => {
		await warmUp();
		const order = await pay();
		redirectTo('refuse');
		const outcome = bank.oauth(order);
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		setTimeout(() => bank.reconnect(), 500);
		expect(await outcome).toMatchObject({ error: undefined, json: [{ amount: -12.5 }] });
	});

	test("with a certificate that is not bunq's: nothing was sent", async () => {
		await warmUp();
		redirectTo({ tlsPort: bank.tlsPort, ca: '' });
		const { error } = await bank.oauth(await pay());
		expect(error?.message).toBe('The connection to bunq is not trusted');
		expect(await bank.changes()).toBe(0);
	});
});
