import type { IDataObject } from 'n8n-workflow';
import { handshakeForTest } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { requestHelper, type RunOptions } from '../support/engine';
import { passMinutes, until } from '../support/fakeClock';
import { LOST_RESPONSES, OUTCOME_UNKNOWN } from '../support/outcome';
import {
	CONTINUE_ON_FAIL,
	emptyItems,
	locator,
	MAY_PAY_OTHERS,
	RETRY_ON_FAIL,
} from '../support/parameters';
import { requiredParameters, rows } from '../support/sampleParameters';
import { underEach } from '../support/underEach';

/** A write of unknown outcome is looked up however n8n repeats it, and reported for as long as its outcome is unknown. */

const bank = useBank({ isConnected: false });
const pay = bank.payHousehold;
const received = bank.receivedByHousehold;
const lose = async (kind: 'drop-before' | 'drop-after', path = 'payment$') =>
	await bank.control.fault({ kind, method: 'POST', path });
/** Two accounts at other banks. */
const IBANS = ['DE89370400440532013000', 'NL14RABO0169202917'];
const asTool = { type: 'n8n-nodes-bunq-connect.bunqTool' };

describe('as a tool of an AI agent', () => {
	test.each<[string, Partial<RunOptions>]>([
		['of one execution', { executionId: 'agent' }],
		['of no execution, as under an MCP Server Trigger', { executionId: '' }],
	])('two equal calls %s are two payments, not one reported twice', async (_what, order) => {
		const first = await bank.oauth(await pay(), { ...asTool, ...order });
		const second = await bank.oauth(await pay(), { ...asTool, ...order });
		expect(first.json[0].id).not.toBe(second.json[0].id);
		expect(await received()).toBe(20);
	});

	test('without an execution, a node that is not a tool has no idempotency key by position', async () => {
		await bank.oauth(await pay(), { executionId: '' });
		await bank.oauth(await pay({ amount: 5 }), { executionId: '' });
		expect(await received()).toBe(15);
	});

	test.each([
		['in the same words', {}],
		['in other words', { paymentDescription: 'What we said' }],
		['in another execution', { executionId: 'later' }],
	])(
		'a payment whose response was lost is the result when the agent repeats the call %s',
		async (_, more) => {
			const { executionId = 'one', ...other } = more as IDataObject;
			await lose('drop-after');
			const first = await bank.oauth(await pay(), { ...asTool, executionId: 'one' });
			// n8n passes the message to the agent, not the description.
			expect(first.error?.message).toMatch(OUTCOME_UNKNOWN);
			const second = await bank.oauth(await pay(other), {
				...asTool,
				executionId: `${executionId}`,
			});
			expect(second.json).toMatchObject([{ amount: -10, description: 'Pocket money' }]);
			expect(await received()).toBe(10);
			// From here on it is a new request.
			await bank.oauth(await pay(other), { ...asTool, executionId: 'one' });
			expect(await received()).toBe(20);
		},
	);

	test('a payment that did not reach bunq is sent once bunq has had enough time', async () => {
		await lose('drop-before');
		await bank.oauth(await pay(), asTool);
		const before = Date.now();
		const { json } = await bank.oauth(await pay({ paymentDescription: 'Once more' }), asTool);
		expect(json).toMatchObject([{ amount: -10, description: 'Once more' }]);
		expect(Date.now() - before).toBeGreaterThanOrEqual(29_000);
		expect(await received()).toBe(10);
	});

	test('if a similar payment exists, every repetition is refused with the first error', async () => {
		const chat = { ...asTool, executionId: 'chat' };
		await lose('drop-before');
		await bank.oauth(await pay(), chat);
		await bank.oauth(await pay({ paymentDescription: 'By somebody' }), { executionId: 'other' });
		// Made by a process that is gone, so nothing here knows it.
		const other = await foreignPayment('Pocket money, once');
		for (const runIndex of [1, 2]) {
			const { error } = await bank.oauth(await pay(), { ...chat, runIndex });
			expect(error?.message).toMatch(
				/^The connection to bunq was lost\. Not sent again: .*Outcome unknown/,
			);
			expect(error?.message.match(/not sent again/gi)).toHaveLength(1);
			expect(error?.message).toContain(`ID ${other}`);
		}
		expect(await received()).toBe(10);
	});

	test('another error also mentions the unknown outcome', async () => {
		const chat = { ...asTool, executionId: 'a chat' };
		await lose('drop-before');
		await bank.oauth(await pay(), chat);
		const { error } = await bank.oauth(await pay({ amount: 'ten' }), { ...chat, runIndex: 1 });
		expect(error?.message).toMatch(
			/^"Amount" must be.*Nothing was sent.*An earlier request also has an unknown outcome.*Outcome unknown/,
		);
	});

	test.each(['one chat', 'another chat'])(
		'an equal payment of another invoice, in %s, never gets the result of the first',
		async (executionId) => {
			const invoice = async (merchantReference: string) =>
				await pay({ additionalFields: { merchantReference } });
			await lose('drop-after');
			await bank.oauth(await invoice('INV-1'), { ...asTool, executionId: 'one chat' });
			const second = { ...asTool, executionId };
			const { error } = await bank.oauth(await invoice('INV-2'), second);
			expect(error?.message).toMatch(
				/^bunq carried out an earlier request with another reference\. Not sent: /,
			);
			expect(error?.message).not.toContain('INV-1');
			expect(await received()).toBe(10);
			const { json } = await bank.oauth(await invoice('INV-2'), second);
			expect(json).toMatchObject([{ amount: -10, merchantReference: 'INV-2' }]);
			expect(await received()).toBe(20);
		},
	);

	test('another amount is another request', async () => {
		await lose('drop-after');
		await bank.oauth(await pay(), asTool);
		await bank.oauth(await pay({ amount: 5 }), asTool);
		expect(await received()).toBe(15);
	});

	test('an equal call in parallel that succeeds does not make the tool forget the lost one', async () => {
		await bank.oauth({ resource: 'user', operation: 'get' });
		const call = await pay();
		await lose('drop-after');
		const slow = { kind: 'slow', method: 'POST', path: 'payment$', delayMs: 300, skip: 1 } as const;
		await bank.control.fault(slow);
		const outcomes = await Promise.all([bank.oauth(call, asTool), bank.oauth(call, asTool)]);
		expect(outcomes.filter(({ error }) => error)).toHaveLength(1);
		expect(await received()).toBe(20);
		await bank.oauth(call, asTool);
		expect(await received()).toBe(20);
	});

	test('two equal calls in parallel are both lost: each repetition finds its own', async () => {
		await bank.oauth({ resource: 'user', operation: 'get' });
		const call = await pay();
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$', times: 2 });
		await Promise.all([bank.oauth(call, asTool), bank.oauth(call, asTool)]);
		const first = await bank.oauth(call, asTool);
		const second = await bank.oauth(call, asTool);
		expect(first.json[0].id).not.toBe(second.json[0].id);
		expect(await received()).toBe(20);
	});

	test('an hour later it is another request', async () => {
		await lose('drop-after');
		await bank.oauth(await pay(), asTool);
		passMinutes(61);
		await bank.oauth(await pay(), asTool);
		expect(await received()).toBe(20);
	});
});

/** A payment from Main to Household that another process made. */
const foreignPayment = async (description: string) => {
	const [id] = await bank.control.addPayments({
		accountId: await bank.accountId('Main'),
		amount: '-10.00',
		counterpartyIban: (await bank.account('Household')).iban,
		description,
	});
	return id;
};

/** n8n refuses this for the second item. */
const EXPRESSION = `={{ $itemIndex === 1 ? $('Nowhere').first().json.text : 'Household' }}`;

test("an error of n8n's own names the writes before it, too", async () => {
	const parameters = await pay({ recipientAccount: locator('name', EXPRESSION) });
	const { error } = await bank.oauth(parameters, { items: emptyItems(2) });
	expect(error?.context?.itemIndex).toBe(1);
	expect(error?.description).toMatch(
		/^Already done, and not undone: the 1st item \(ID \d+, -10\.00 EUR\)\. Not done: the 2nd item\./,
	);
});

test.each([['an-execution'], ['']])(
	'Retry On Fail with the execution ID "%s": ten items are ten payments',
	async (executionId) => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$', skip: 4 });
		const items = emptyItems(10);
		const { json, error } = await bank.oauth(await pay(), {
			items,
			executionId,
			settings: RETRY_ON_FAIL,
		});
		expect(error).toBeUndefined();
		expect(new Set(json.map(({ id }) => id)).size).toBe(10);
		expect(await received()).toBe(100);
	},
);

describe('repeated after a lost response', () => {
	const CASES: Array<[string, () => Promise<{ more?: IDataObject; order?: Partial<RunOptions> }>]> =
		[
			['its parameters are invalid', async () => ({ more: { amount: 'ten' } })],
			['its credential is not connected', async () => ({ order: { credential: NOT_CONNECTED } })],
			[
				'bunq refuses the credential',
				async () => {
					await bank.control.revoke((await bank.world()).oauth.accessToken);
					return {};
				},
			],
			[
				'bunq refuses it',
				async () => {
					passMinutes();
					return { more: { amount: 99_999 } };
				},
			],
		];
	const NOT_CONNECTED = { oauthTokenData: {} };

	test.each(CASES)('%s: the error still reports the unknown outcome', async (_what, prepare) => {
		const executionId = 'repeated';
		await lose('drop-before');
		const first = await bank.oauth(await pay(), { executionId });
		const token = (await bank.world()).oauth.accessToken;
		const { more, order } = await prepare();
		const second = await bank.oauth(await pay(more), {
			executionId,
			...order,
			credential: { oauthTokenData: { access_token: token }, ...order?.credential },
		});
		expect(second.error?.message).toBe(first.error?.message);
		expect(second.error?.description).toMatch(/^The retry failed: .*Outcome unknown/);
		expect(second.error?.description).not.toMatch(/Nothing was (sent|done)/);
		expect(await received()).toBe(0);
	});

	test('with Continue, each item has its payment, its unknown outcome or its error', async () => {
		const executionId = 'mixed';
		const order = { executionId, items: [{}, {}, {}] };
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$', skip: 1 });
		await bank.oauth(await pay(), order);
		const { json } = await bank.oauth(await pay(), {
			...order,
			credential: NOT_CONNECTED,
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toMatchObject([
			// Without its credential nobody knows whether it is the same request.
			{
				message: expect.stringMatching(/^Already done, and not undone: the 1st item \(ID \d+, -10/),
			},
			{ message: expect.stringMatching(OUTCOME_UNKNOWN) },
			{ message: expect.stringContaining('Nothing was sent') },
		]);
	});

	test('stopped while it waits for bunq: nothing more is sent', async () => {
		const executionId = 'stopped';
		await lose('drop-before');
		await bank.oauth(await pay(), { executionId });
		const reads = async () => await bank.requestCount('GET');
		const before = await reads();
		const { status } = await bank.oauth(await pay(), {
			executionId,
			whileRunning: (stop) =>
				void (async () => {
					await until(async () => (await reads()) > before);
					stop();
				})(),
		});
		expect(status).toBe('canceled');
		passMinutes();
		await new Promise((resolve) => setImmediate(resolve));
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('if bunq carries it out late, it is found within half a minute and not sent again', async () => {
		const executionId = 'late';
		await lose('drop-before');
		await bank.oauth(await pay(), { executionId });
		const accountId = await bank.accountId('Main');
		const counterpartyIban = (await bank.account('Household')).iban;
		const booked = { accountId, counterpartyIban, amount: '-10.00', description: 'Pocket money' };
		setTimeout(() => void bank.control.addPayments(booked), 20_000);
		const { json, error } = await bank.oauth(await pay(), { executionId });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ amount: -10 }]);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('if bunq shows it with another description, it is not sent again, and the error says so', async () => {
		await lose('drop-before');
		const executionId = 'similar';
		await bank.oauth(await pay(), { executionId });
		const other = await foreignPayment('POCKET MONEY');
		const { error } = await bank.oauth(await pay(), { executionId });
		expect(error?.description).toMatch(
			new RegExp(`^Not sent again: .*ID ${other}, -10.00 EUR, "POCKET MONEY".*Outcome unknown`),
		);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test.each([
		['payment', 'payment'],
		['requestInquiry', 'request-inquiry'],
	])('a %s of an equal batch is not taken for it', async (resource, list) => {
		await bank.control.switches({ merchantReference: 'drop' });
		const { recipientAccount, ...rest } = await pay();
		const to = resource === 'payment' ? { recipientAccount } : await bank.toThirdParty();
		const order = { ...rest, ...to, resource };
		await lose('drop-before', `/${list}$`);
		await bank.apiKey({ ...order, operation: 'create' }, { executionId: resource });
		await bank.apiKey({ ...order, operation: 'createBatch' });
		const again = await bank.apiKey({ ...order, operation: 'create' }, { executionId: resource });
		expect(again.error?.description).toMatch(/^Not sent again: bunq has a similar object/);
		expect(await bank.requestCount('POST')).toBe(2);
	});

	test('the payment of a schedule that ran since is not taken for it', async () => {
		await bank.control.switches({ merchantReference: 'drop' });
		const startAt = new Date(Date.now() + 60_000).toISOString();
		const order = await pay({ recipientType: 'ownAccount' });
		await lose('drop-before');
		await bank.apiKey(order, { executionId: 'run' });
		await bank.apiKey({ ...order, resource: 'scheduledPayment', startAt });
		passMinutes(2);
		expect(await received()).toBe(10);
		const { error } = await bank.apiKey(order, { executionId: 'run' });
		expect(error?.description).toMatch(/^Not sent again: bunq has a similar object/);
	});

	test("is found if bunq's clock is ten minutes behind and this process does not know that", async () => {
		const { apiKey } = await bank.world();
		const helpers = { httpRequest: await requestHelper() };
		const handshakeSecret = await handshakeForTest(helpers, { environment: 'production', apiKey });
		await bank.control.advance(-10 * 60_000);
		await lose('drop-after');
		// As after a restart, this process knows neither bunq's clock nor the session.
		await jest.isolateModulesAsync(async () => {
			const { runNode } = await import('../support/engine');
			const { json, error } = await runNode({
				parameters: { authentication: 'apiKey', ...(await pay()) },
				credential: { environment: 'production', apiKey, handshakeSecret },
				settings: RETRY_ON_FAIL,
			});
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ amount: -10 }]);
		});
		expect(await received()).toBe(10);
	});

	test('of two executions with equal lost payments, only one claims the payment that bunq made', async () => {
		await lose('drop-after');
		await lose('drop-before');
		const [one, two] = ['one', 'two'].map((executionId) => ({ executionId }));
		await bank.oauth(await pay(), one);
		await bank.oauth(await pay(), two);
		const order = await pay();
		const outcomes = await Promise.all([bank.oauth(order, one), bank.oauth(order, two)]);
		const ids = outcomes.map(({ json }) => json[0]?.id);
		expect(ids).toEqual([expect.any(Number), expect.any(Number)]);
		expect(new Set(ids).size).toBe(2);
		expect(await received()).toBe(20);
	});

	test('does not claim a payment that another node is creating', async () => {
		await lose('drop-before');
		await bank.oauth(await pay(), { executionId: 'first' });
		await bank.control.fault({ kind: 'slow-answer', method: 'POST', delayMs: 400 });
		const order = await pay();
		const other = bank.oauth(order, { executionId: 'second' });
		await until(async () => (await bank.changes()) > 0);
		const again = await bank.oauth(order, { executionId: 'first' });
		expect(again.error).toBeUndefined();
		expect(again.json[0].id).not.toBe((await other).json[0].id);
		expect(await received()).toBe(20);
	});

	underEach(bank, 'draftEntries', () => {
		test.each([
			[
				'two IBANs: it is found, in whatever order bunq shows its entries',
				{ type: 'iban', iban: IBANS[0] },
				1,
			],
			[
				'an email address and an IBAN: it is refused, as bunq shows the account behind',
				{ type: 'email' },
				0,
			],
		])('a batch of equal amounts to %s', async (_what, first, found) => {
			const { email } = await bank.thirdParty();
			const batch = {
				...(await pay({ resource: 'draftPayment', operation: 'createBatch' })),
				recipientType: '={{ $json.type }}',
				recipientEmail: email,
				recipientPhone: '+31612345678',
				recipientIban: '={{ $json.iban }}',
				recipientName: 'Peter',
			};
			const items = [first, { type: 'iban', iban: IBANS[1] }];
			await lose('drop-after', 'draft-payment$');
			const { json, error } = await bank.oauth(batch, { items, settings: RETRY_ON_FAIL });
			expect(json).toMatchObject(found ? [{ entries: 2, amount: 20 }] : []);
			expect(error?.description ?? '').toMatch(
				found ? /^$/ : /^Not sent again: bunq has a similar object/,
			);
			expect(await bank.requestCount('POST')).toBe(1);
		});
	});
});

describe('Retry On Fail: every write is carried out once at most', () => {
	const writing = rows.filter(({ writes, id }) => writes && id !== 'api.request');

	test.each(LOST_RESPONSES)('%s', async (kind) => {
		for (const row of writing) {
			const parameters = await requiredParameters(bank, row);
			passMinutes();
			await bank.control.clearLog();
			for (const method of ['POST', 'PUT', 'DELETE'])
				await bank.control.fault({ kind, method, path: '^/v1/user/' });
			const { error } = await bank.apiKey(parameters, {
				credential: MAY_PAY_OTHERS,
				settings: RETRY_ON_FAIL,
			});
			// bunq lists no files, so nobody can tell what became of an upload.
			if (row.id === 'note.addFile') expect(error?.description).toMatch(OUTCOME_UNKNOWN);
			else expect([row.id, error?.message]).toEqual([row.id, undefined]);
			const changes = (await bank.log()).filter(
				({ changedSomething, method }) => changedSomething && method === 'POST',
			);
			expect([row.id, changes.length <= 1]).toEqual([row.id, true]);
			await bank.control.clearFaults();
		}
	});
});
