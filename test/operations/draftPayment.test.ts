import type { IDataObject } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { CONTINUE_ON_FAIL, emptyItems, locator, RETRY_ON_FAIL } from '../support/parameters';
import { passMinutes } from '../support/fakeClock';
import { LOST_RESPONSES } from '../support/faults';

const bank = useBank();
const main = async () => await bank.locate('Main');

/** A draft from Main to Sam, at bunq but somebody else. */
const toSam = async (more: IDataObject = {}): Promise<IDataObject> => {
	const [sam] = (await bank.world()).thirdParties;
	return {
		resource: 'draftPayment',
		operation: 'create',
		account: await main(),
		recipientType: 'iban',
		recipientIban: sam.iban,
		recipientName: sam.displayName,
		amount: 12.5,
		description: 'Dinner',
		...more,
	};
};

const toOwn = async (description: string): Promise<IDataObject> =>
	await toSam({
		recipientType: 'ownAccount',
		recipientAccount: locator('list', await bank.accountId(description)),
	});

const draft = async (more: IDataObject = {}) => {
	const { json, error } = await bank.oauth(await toSam(more));
	expect(error).toBeUndefined();
	return Number(json[0].id);
};

/** A draft to Sam of several entries, as another program may make one. */
const draftOf = async (...entries: Array<[value: string, description: string]>) => {
	const { apiKey, person, thirdParties } = await bank.world();
	const client = createClient({
		httpRequest: await requestHelper(),
		credential: toBunqCredential({ apiKey }),
	});
	const { id } = await client.post(
		`/user/${person.id}/monetary-account/${await bank.accountId('Main')}/draft-payment`,
		{
			number_of_required_accepts: 1,
			entries: entries.map(([value, description]) => ({
				amount: { value, currency: 'EUR' },
				counterparty_alias: { type: 'IBAN', value: thirdParties[0].iban, name: 'Sam' },
				description,
			})),
		},
	);
	return Number(id);
};

const order = async (operation: string, draftPaymentId: unknown): Promise<IDataObject> => ({
	resource: 'draftPayment',
	operation,
	account: await main(),
	draftPaymentId: draftPaymentId as string,
});

describe('create', () => {
	test('to a third party under OAuth: one request, and nothing moves before it is approved', async () => {
		const { json, items } = await bank.oauth(await toSam());
		const [sam] = (await bank.world()).thirdParties;
		const id = Number(json[0].id);
		expect(json).toEqual([
			{
				id: expect.any(Number),
				accountId: await bank.accountId('Main'),
				status: 'PENDING',
				amount: 12.5,
				currency: 'EUR',
				entries: 1,
				description: 'Dinner',
				counterpartyName: 'S. Friend',
				counterpartyIban: sam.iban,
			},
		]);
		expect(items[0].pairedItem).toEqual({ item: 0 });
		expect(await bank.requestShapes()).toEqual(['POST /user/{}/monetary-account/{}/draft-payment']);
		expect((await bank.log())[0].body).toEqual({
			number_of_required_accepts: 1,
			entries: [
				{
					amount: { value: '12.50', currency: 'EUR' },
					counterparty_alias: { type: 'IBAN', value: sam.iban, name: 'S. Friend' },
					description: 'Dinner',
				},
			],
		});
		expect(await bank.balance('Main')).toBe('2500.00');
		await bank.control.approveDraft(id);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test("a draft is no payment: the credential's allowance does not hold for it", async () => {
		for (const credential of [{}, { allowPaymentsToOthers: true, maxAmount: 10 }]) {
			const { json } = await bank.apiKey(await toSam(), { credential });
			expect(json).toMatchObject([{ status: 'PENDING', amount: 12.5 }]);
		}
		expect(await bank.requestShapes()).toEqual(
			Array(2).fill(expect.stringMatching(/^POST .*draft-payment$/)),
		);
	});

	test('to an own account: one list of accounts, one draft', async () => {
		const { json } = await bank.oauth(await toOwn('Household'));
		const { iban } = await bank.account('Household');
		expect(json).toMatchObject([{ counterpartyIban: iban, status: 'PENDING' }]);
		expect(await bank.requestShapes()).toEqual([
			'GET /user/{}/monetary-account',
			'POST /user/{}/monetary-account/{}/draft-payment',
		]);
	});

	test.each([
		['email', { recipientEmail: 'sam@example.com' }, 'EMAIL', 'sam@example.com'],
		['phone', { recipientPhone: '+31 6 1200 0002' }, 'PHONE_NUMBER', '+31612000002'],
	])('to %s', async (recipientType, given, type, value) => {
		const { json } = await bank.oauth(await toSam({ recipientType, ...given }));
		expect(json).toMatchObject([{ amount: 12.5, status: 'PENDING' }]);
		expect((await bank.log())[0].body).toMatchObject({
			entries: [{ counterparty_alias: { type, value } }],
		});
	});

	test('payer and recipient must differ', async () => {
		const { error } = await bank.oauth(await toOwn('Main'));
		expect(error?.message).toBe('Payer and recipient are the same account');
		const { iban } = await bank.account('Main');
		const byIban = await bank.oauth(await toSam({ recipientIban: iban }));
		expect(byIban.error?.message).toMatch(/same account/);
		expect(await bank.changes()).toBe(0);
	});

	test('each item on its own: a bad amount stops nobody else', async () => {
		const { items } = await bank.oauth(await toSam({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: 1 }, { amount: 12.345 }, { amount: '2.00' }],
			settings: CONTINUE_ON_FAIL,
		});
		expect(items.map(({ json, pairedItem }) => [json.amount ?? json.error, pairedItem])).toEqual([
			[1, { item: 0 }],
			[expect.stringContaining('"Amount"'), { item: 1 }],
			[2, { item: 2 }],
		]);
		expect(await bank.changes()).toBe(2);
	});

	describe('what comes back', () => {
		const full = async () =>
			await toSam({
				additionalFields: { merchantReference: 'invoice-7' },
				options: { returnFullObject: true },
			});

		test('returnFullObject reads it back; two requests', async () => {
			const { json } = await bank.oauth(await full());
			expect(json).toEqual([
				expect.objectContaining({
					created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
					updated: expect.stringMatching(/Z$/),
					status: 'PENDING',
					amount: 12.5,
					entries: 1,
				}),
			]);
			expect(json[0]).not.toHaveProperty('_referenceDropped');
			expect(await bank.requestShapes()).toEqual([
				'POST /user/{}/monetary-account/{}/draft-payment',
				'GET /user/{}/monetary-account/{}/draft-payment/{}',
			]);
			expect((await bank.log())[0].body).toMatchObject({
				entries: [{ merchant_reference: 'invoice-7' }],
			});
		});

		test('says so when bunq drops the reference', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const { json } = await bank.oauth(await full());
			expect(json).toMatchObject([{ status: 'PENDING', _referenceDropped: true }]);
		});

		test('done, though the reading after it fails', async () => {
			await bank.control.fault({ kind: 'drop-before', method: 'GET', times: 2 });
			const { json, error } = await bank.oauth(await full());
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ id: expect.any(Number), amount: 12.5, _readFailed: true }]);
			expect(json[0]).not.toHaveProperty('_referenceDropped');
			expect(await bank.requestCount('POST')).toBe(1);
		});
	});

	describe('skipIfDuplicate', () => {
		const once = async (more: IDataObject = {}) =>
			await toSam({
				additionalFields: { merchantReference: 'invoice 12' },
				options: { skipIfDuplicate: true },
				description: 'For invoice 12',
				...more,
			});

		test.each(['echo', 'drop'] as const)(
			'drafts once, reference %sed; pending or approved',
			async (merchantReference) => {
				await bank.control.switches({ merchantReference });
				const first = await bank.oauth(await once());
				expect(first.json[0]).not.toHaveProperty('skipped');
				const id = Number(first.json[0].id);
				const second = await bank.oauth(await once());
				expect(second.json).toMatchObject([{ id, skipped: true, status: 'PENDING' }]);
				await bank.control.approveDraft(id);
				const third = await bank.oauth(await once());
				expect(third.json).toMatchObject([{ id, skipped: true, status: 'ACCEPTED' }]);
				expect(await bank.requestCount('POST')).toBe(1);
			},
		);

		test('a rejected or cancelled one is no duplicate', async () => {
			const first = await bank.oauth(await once());
			await bank.control.rejectDraft(Number(first.json[0].id));
			const second = await bank.oauth(await once());
			expect(second.json[0]).not.toHaveProperty('skipped');
			await bank.apiKey(await order('cancel', second.json[0].id));
			const third = await bank.oauth(await once());
			expect(third.json[0]).not.toHaveProperty('skipped');
			expect(await bank.requestCount('POST')).toBe(3);
		});

		test.each([
			['amount', { amount: 13 }],
			['recipient', { recipientIban: 'NL14RABO0169202917', recipientName: 'Peter' }],
			[
				'reference',
				{ additionalFields: { merchantReference: 'invoice 1' }, description: 'For invoice 1' },
			],
		])('another %s is another draft', async (_what, more) => {
			await bank.oauth(await once());
			const { json } = await bank.oauth(await once(more));
			expect(json[0]).not.toHaveProperty('skipped');
			expect(await bank.requestCount('POST')).toBe(2);
		});

		test('looks back as many days as asked for', async () => {
			await bank.control.switches({ sessionTimeoutSeconds: 10_000_000 });
			await bank.oauth(await once());
			await bank.control.advance(3 * 24 * 60 * 60_000);
			const lookBack = async (lookBackDays: number) => {
				const options = { skipIfDuplicate: true, lookBackDays };
				return (await bank.oauth(await once({ options }))).json[0].skipped;
			};
			expect([await lookBack(4), await lookBack(2)]).toEqual([true, undefined]);
		});

		test('needs a reference', async () => {
			const { error } = await bank.oauth(await once({ additionalFields: {} }));
			expect(error?.message).toBe('"Skip If Duplicate" needs a "Merchant Reference"');
			expect(await bank.requests()).toEqual([]);
		});
	});

	describe('when its answer is lost', () => {
		const RETRY = { settings: RETRY_ON_FAIL };

		test('maybe done: says what was drafted, and sends it once', async () => {
			await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'draft-payment$' });
			const { error } = await bank.oauth(await toSam());
			expect(error?.description).toMatch(
				/^Maybe done: bunq may have acted.*\/draft-payment, 12\.50 EUR, to S\. Friend, NL\d\d….*, "Dinner"\. Look in the bunq app, or use Get Many/,
			);
			expect(await bank.requestCount('POST')).toBe(1);
		});

		test.each(LOST_RESPONSES)(
			'%s at the third of five equal ones, and Retry On Fail: five drafts, five ids',
			async (kind) => {
				await bank.control.fault({ kind, method: 'POST', path: 'draft-payment$', skip: 2 });
				const items = emptyItems(5);
				const { json, error } = await bank.oauth(await toSam(), { items, ...RETRY });
				expect(error).toBeUndefined();
				expect(new Set(json.map(({ id }) => id)).size).toBe(5);
				const all = await bank.oauth({ ...(await order('getAll', '')), returnAll: true });
				expect(all.json).toHaveLength(5);
				expect(await bank.requestCount('POST')).toBe(kind === 'drop-before' ? 6 : 5);
			},
		);

		test('one that was there before the attempt is not taken for it', async () => {
			const before = await draft();
			passMinutes();
			await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'draft-payment$' });
			const { json } = await bank.oauth(await toSam(), RETRY);
			expect(json).toMatchObject([{ id: expect.any(Number), status: 'PENDING' }]);
			expect(json[0].id).not.toBe(before);
		});

		test('one with a further entry is not taken for it', async () => {
			await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'draft-payment$' });
			const executionId = 'further';
			await bank.oauth(await toSam(), { executionId });
			const other = await draftOf(['12.50', 'Dinner'], ['3.00', 'Drinks']);
			const { json, error } = await bank.oauth(await toSam(), { executionId });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ entries: 1, status: 'PENDING' }]);
			expect(json[0].id).not.toBe(other);
		});

		test('answered with no meanwhile: says so, and makes no other', async () => {
			const other = await toSam({ amount: 1 });
			await bank.oauth(other);
			await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'draft-payment$' });
			const executionId = 'answered';
			await bank.oauth(await toSam(), { executionId });
			const { json } = await bank.oauth({ ...(await order('getAll', '')), limit: 1 });
			await bank.control.rejectDraft(Number(json[0].id));
			const again = await bank.oauth(await toSam(), { executionId });
			expect(again.error?.message).toBe('This was made, and is REJECTED since');
			expect(again.error?.description).toContain(`ID ${json[0].id}, 12.5 EUR`);
			expect(again.error?.description).not.toMatch(/Nothing was/);
			expect(await bank.requestCount('POST')).toBe(2);
		});
	});
});

describe('get', () => {
	test('one draft, simplified or as bunq sent it; one request each', async () => {
		const id = await draft();
		await bank.control.clearLog();
		const { json } = await bank.oauth(await order('get', id));
		const [sam] = (await bank.world()).thirdParties;
		expect(json).toEqual([
			{
				id,
				created: expect.stringMatching(/Z$/),
				updated: json[0].created,
				accountId: await bank.accountId('Main'),
				status: 'PENDING',
				amount: 12.5,
				currency: 'EUR',
				entries: 1,
				description: 'Dinner',
				counterpartyName: 'S. Friend',
				counterpartyIban: sam.iban,
			},
		]);
		await bank.control.approveDraft(id);
		const raw = await bank.oauth({ ...(await order('get', String(id))), simplify: false });
		expect(raw.json).toMatchObject([
			{
				_type: 'DraftPayment',
				status: 'ACCEPTED',
				entries: [{ amount: { value: '12.50' } }],
				object: { Payment: { amount: { value: '-12.50' } } },
			},
		]);
		expect(await bank.requests()).toHaveLength(2);
	});

	test('several entries: their sum to the cent, and whom the first one pays', async () => {
		const id = await draftOf(['0.29', 'First'], ['0.57', 'Second'], ['0.10', 'Third']);
		const { json } = await bank.oauth(await order('get', id));
		expect(json).toMatchObject([{ amount: 0.96, entries: 3, description: 'First' }]);
	});

	test.each(['1/2', '..', 'ten', ' ', '={{ null }}', { id: 1 }])(
		'the id %p: only digits reach bunq',
		async (draftPaymentId) => {
			for (const operation of ['get', 'cancel']) {
				const { error } = await bank.oauth(await order(operation, draftPaymentId));
				expect(error?.message).toContain('"Draft Payment ID"');
			}
			expect(await bank.requests()).toEqual([]);
		},
	);
});

describe('getAll', () => {
	const list = async (more: IDataObject = {}): Promise<IDataObject> => ({
		resource: 'draftPayment',
		operation: 'getAll',
		account: await main(),
		returnAll: true,
		...more,
	});

	/** One draft of each status, oldest first. */
	const oneOfEach = async () => {
		const ids = {
			pending: await draft({ description: 'Pending' }),
			accepted: await draft({ description: 'Accepted' }),
			rejected: await draft({ description: 'Rejected' }),
			cancelled: await draft({ description: 'Cancelled' }),
		};
		await bank.control.approveDraft(ids.accepted);
		await bank.control.rejectDraft(ids.rejected);
		await bank.apiKey(await order('cancel', ids.cancelled));
		await bank.control.clearLog();
		return ids;
	};

	test.each([
		[{}, ['Cancelled', 'Rejected', 'Accepted', 'Pending']],
		[{ status: [] }, ['Cancelled', 'Rejected', 'Accepted', 'Pending']],
		[{ status: ['PENDING'] }, ['Pending']],
		[{ status: ['ACCEPTED', 'REJECTED'] }, ['Rejected', 'Accepted']],
		[{ status: '={{ "cancelled" }}' }, ['Cancelled']],
		[{ status: ['HOVERING'] }, []],
	])('filter %j, newest first', async (filters, expected) => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ filters }));
		expect(json.map(({ description }) => description)).toEqual(expected);
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/monetary-account/{}/draft-payment']);
	});

	test('a limit never asks for more than it needs, and counts what passed', async () => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ returnAll: false, limit: 3 }));
		expect(json).toHaveLength(3);
		const filters = { status: ['ACCEPTED', 'PENDING'] };
		const passed = await bank.oauth(await list({ returnAll: false, limit: 1, filters }));
		expect(passed.json.map(({ status }) => status)).toEqual(['ACCEPTED']);
		expect((await bank.log()).map(({ query }) => query)).toEqual([
			{ count: '3' },
			{ count: '200' },
		]);
	});

	test('simplify off: as bunq sent it', async () => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ simplify: false }));
		expect(json).toHaveLength(4);
		expect(json[0]).toMatchObject({ _type: 'DraftPayment', entries: [expect.any(Object)] });
	});

	test('an account without drafts: no items', async () => {
		const account = await bank.locate('Holiday');
		expect((await bank.oauth(await list({ account }))).json).toEqual([]);
	});
});

describe('cancel', () => {
	test('reads when it was last changed, and cancels it; two requests', async () => {
		const id = await draft();
		await bank.control.clearLog();
		const { json } = await bank.apiKey(await order('cancel', id));
		expect(json).toEqual([
			expect.objectContaining({ id, status: 'CANCELLED', amount: 12.5, updated: null }),
		]);
		expect(await bank.requestShapes()).toEqual([
			'GET /user/{}/monetary-account/{}/draft-payment/{}',
			'PUT /user/{}/monetary-account/{}/draft-payment/{}',
		]);
		expect((await bank.log())[1].body).toEqual({
			status: 'CANCELLED',
			previous_updated_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d [\d:]{8}\.\d{6}$/),
		});
		const read = await bank.oauth(await order('get', id));
		expect(read.json).toMatchObject([{ status: 'CANCELLED' }]);
		await expect(bank.control.approveDraft(id)).rejects.toThrow('CANCELLED');
	});

	test('one that is cancelled already stays so; one request', async () => {
		const id = await draft();
		await bank.apiKey(await order('cancel', id));
		await bank.control.clearLog();
		const { json } = await bank.apiKey(await order('cancel', id));
		expect(json).toMatchObject([{ id, status: 'CANCELLED', updated: expect.any(String) }]);
		expect(await bank.requests()).toHaveLength(1);
	});

	test('an approved one: bunq refuses, in its own words', async () => {
		const id = await draft();
		await bank.control.approveDraft(id);
		const { error } = await bank.apiKey(await order('cancel', id));
		expect(error).toMatchObject({ httpCode: '400', message: 'The draft payment is ACCEPTED.' });
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('approved between the reading and the cancelling: bunq refuses', async () => {
		await bank.control.switches({ oauthMayCancelDrafts: true });
		const id = await draft();
		await bank.control.fault({ kind: 'slow', method: 'PUT', delayMs: 300 });
		const outcome = bank.oauth(await order('cancel', id));
		const isAsked = async () => (await bank.requests()).some((one) => one.startsWith('PUT'));
		for (let tries = 0; tries < 500 && !(await isAsked()); tries++);
		await bank.control.approveDraft(id);
		expect((await outcome).error?.message).toMatch(/was updated after/);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('the answer is lost, and Retry On Fail: cancelled, and told so', async () => {
		const id = await draft();
		await bank.control.fault({ kind: 'drop-after', method: 'PUT' });
		const { json, error } = await bank.apiKey(await order('cancel', id), {
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1000 },
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id, status: 'CANCELLED' }]);
		expect((await bank.requests()).filter((one) => one.startsWith('PUT'))).toHaveLength(1);
	});

	test('under OAuth: where bunq refuses it, the error names what works', async () => {
		const id = await draft();
		await bank.control.switches({ oauthMayCancelDrafts: false });
		const { error } = await bank.oauth(await order('cancel', id));
		expect(error?.message).toBe('Not enough permissions to update draft-payment.');
		expect(error?.description).toMatch(
			/^bunq does not list cancelling.*Use the Bunq API Key API credential, or reject it/,
		);

		await bank.control.switches({ oauthMayCancelDrafts: true });
		expect((await bank.oauth(await order('cancel', id))).json).toMatchObject([
			{ id, status: 'CANCELLED' },
		]);
	});
});
