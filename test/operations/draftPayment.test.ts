import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { until } from '../support/fakeClock';
import { CONTINUE_ON_FAIL, locator, OWN_REFERENCE } from '../support/parameters';
import { createDraft } from '../support/paymentOrders';
import { under, underEach } from '../support/underEach';

const bank = useBank();
const main = async () => await bank.locate('Main');

/** A draft from Main to Sam, another user of bunq. */
const toSam = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'draftPayment',
	operation: 'create',
	account: await main(),
	...(await bank.toThirdParty()),
	amount: 12.5,
	paymentDescription: 'Dinner',
	...more,
});

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

const order = async (operation: string, draftPaymentId: unknown): Promise<IDataObject> => ({
	resource: 'draftPayment',
	operation,
	account: await main(),
	draftPaymentId: draftPaymentId as string,
});

describe('create', () => {
	test('to a third party with OAuth: one request, and no money moves before approval', async () => {
		const { json, items } = await bank.oauth(await toSam());
		const sam = await bank.thirdParty();
		const id = Number(json[0].id);
		expect(json).toEqual([
			{
				id: expect.any(Number),
				created: expect.any(String),
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
					merchant_reference: expect.stringMatching(OWN_REFERENCE),
				},
			],
		});
		expect(await bank.balance('Main')).toBe('2500.00');
		await bank.control.approveDraft(id);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('a draft is not a payment: it needs no permission of the credential', async () => {
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

	test('an invalid amount does not stop the other items', async () => {
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

	describe('output', () => {
		const full = async () =>
			await toSam({
				additionalFields: { merchantReference: 'invoice-7' },
				options: { returnFullObject: true },
			});

		test('Return Full Object reads the draft back: two requests', async () => {
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

		test('tells if bunq dropped the reference', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const { json } = await bank.oauth(await full());
			expect(json).toMatchObject([{ status: 'PENDING', _referenceDropped: true }]);
		});

		test('the draft is reported even if reading it back fails', async () => {
			await bank.control.fault({ kind: 'drop-before', method: 'GET', times: 2 });
			const { json, error } = await bank.oauth(await full());
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ id: expect.any(Number), amount: 12.5, _readFailed: true }]);
			expect(json[0]).not.toHaveProperty('_referenceDropped');
			expect(await bank.requestCount('POST')).toBe(1);
		});
	});
});

describe('get', () => {
	test('one draft, simplified or as bunq sent it: one request each', async () => {
		const id = await draft();
		await bank.control.clearLog();
		const { json } = await bank.oauth(await order('get', id));
		const sam = await bank.thirdParty();
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

	test('of several entries: their exact sum, and the recipient of the first', async () => {
		const id = await createDraft(bank, ['0.29', 'First'], ['0.57', 'Second'], ['0.10', 'Third']);
		const { json } = await bank.oauth(await order('get', id));
		expect(json).toMatchObject([{ amount: 0.96, entries: 3, description: 'First' }]);
	});

	test.each(['1/2', '..', 'ten', ' ', '={{ null }}', { id: 1 }])(
		'only digits reach bunq: ID %p',
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
			pending: await draft({ paymentDescription: 'Pending' }),
			accepted: await draft({ paymentDescription: 'Accepted' }),
			rejected: await draft({ paymentDescription: 'Rejected' }),
			cancelled: await draft({ paymentDescription: 'Cancelled' }),
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
	])('newest first, filtered by %j', async (filters, expected) => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ filters }));
		expect(json.map(({ description }) => description)).toEqual(expected);
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/monetary-account/{}/draft-payment']);
	});

	test('a limit requests no more than it needs, and counts the matches', async () => {
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

	test('without Simplify: as bunq sent it', async () => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ simplify: false }));
		expect(json).toHaveLength(4);
		expect(json[0]).toMatchObject({ _type: 'DraftPayment', entries: [expect.any(Object)] });
	});

	test('an account without drafts gives no items', async () => {
		const account = await bank.locate('Holiday');
		expect((await bank.oauth(await list({ account }))).json).toEqual([]);
	});
});

describe('cancel', () => {
	test('reads the time of the last change, then cancels: two requests', async () => {
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

	test('one that is already cancelled is left unchanged: one request', async () => {
		const id = await draft();
		await bank.apiKey(await order('cancel', id));
		await bank.control.clearLog();
		const { json } = await bank.apiKey(await order('cancel', id));
		expect(json).toMatchObject([{ id, status: 'CANCELLED', updated: expect.any(String) }]);
		expect(await bank.requests()).toHaveLength(1);
	});

	test("an approved one: bunq's words, that its money moves, and where to find it", async () => {
		const id = await draft();
		await bank.control.approveDraft(id);
		const { error } = await bank.apiKey(await order('cancel', id));
		expect(error).toMatchObject({ httpCode: '400', message: 'The draft payment is ACCEPTED.' });
		expect(error?.description).toMatch(
			/^Nothing was done: this draft was approved before, so its money has moved\. Find the payment with "Payment: Get Many"/,
		);
		expect(error?.description).not.toContain('Correct the values');
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('an approved one with a schedule: what is not paid yet can be stopped', async () => {
		const scheduleStart = '2098-12-01T09:00:00';
		const id = await draft({ additionalFields: { scheduleStart } });
		await bank.control.approveDraft(id);
		const { error } = await bank.apiKey(await order('cancel', id));
		expect(error?.description).toMatch(/pays as its schedule says.*"Scheduled Payment: Cancel"/);
		expect(error?.description).not.toContain('its money has moved');
		expect(await bank.balance('Main')).toBe('2500.00');
	});

	test('a rejected one: there is nothing to cancel', async () => {
		const id = await draft();
		await bank.control.rejectDraft(id);
		const { error } = await bank.apiKey(await order('cancel', id));
		expect(error?.message).toBe('The draft payment is REJECTED.');
		expect(error?.description).toContain('It pays nothing');
	});

	test('approved after it was read: bunq refuses to cancel it', async () => {
		await bank.control.switches({ oauthMayCancelDrafts: true });
		const id = await draft();
		await bank.control.fault({ kind: 'slow', method: 'PUT', held: true });
		const outcome = bank.oauth(await order('cancel', id));
		await until(async () => (await bank.requestCount('PUT')) > 0);
		await bank.control.approveDraft(id);
		await bank.control.clearFaults();
		const { error } = await outcome;
		expect(error?.message).toMatch(/was updated after/);
		expect(error?.description).toMatch(
			/The status of the draft was PENDING a moment before; .* if it is ACCEPTED now, its money has moved/,
		);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test.each([
		'The request signature is invalid.',
		'For this operation a request signature is required. Check the urls for more information.',
	])('a signature that bunq refuses says nothing of the draft: %s', async (reason) => {
		const id = await draft();
		const body = JSON.stringify({ Error: [{ error_description: reason }] });
		await bank.control.fault({ kind: 'status', status: 400, body, method: 'PUT', times: 2 });
		const { error } = await bank.apiKey(await order('cancel', id));
		expect(error?.message).toBe(reason);
		expect(error?.description).toMatch(/^Nothing was done: bunq did not accept the signature/);
	});

	test('the response is lost, with Retry On Fail: cancelled once, and reported', async () => {
		const id = await draft();
		await bank.control.fault({ kind: 'drop-after', method: 'PUT' });
		const { json, error } = await bank.apiKey(await order('cancel', id), {
			settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1000 },
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id, status: 'CANCELLED' }]);
		expect((await bank.requests()).filter((one) => one.startsWith('PUT'))).toHaveLength(1);
	});

	test.each([
		['approveDraft', /^Nothing was done: this draft was approved before, so its money has moved\./],
		['rejectDraft', /^Nothing was done: this draft was refused in the bunq app before\./],
	] as const)(
		'a lost request that %s overtakes: what became of the draft',
		async (answer, says) => {
			const id = await draft();
			await bank.control.fault({ kind: 'drop-before', method: 'PUT' });
			const attempt = async () =>
				await bank.apiKey(await order('cancel', id), { executionId: 'overtaken' });
			expect((await attempt()).error?.message).toMatch(/^Outcome unknown/);
			await bank.control[answer](id);
			const { error } = await attempt();
			expect(error?.message).not.toMatch(/unknown/i);
			expect(error?.description).toMatch(says);
			expect(error?.description).not.toMatch(/unknown/i);
		},
	);

	under(bank, 'oauthMayCancelDrafts', false, () => {
		underEach(bank, 'permissionStatus', () => {
			test('with OAuth: the error names an alternative, and no approval that there may be', async () => {
				const id = await draft();
				const { error } = await bank.oauth(await order('cancel', id));
				expect(error?.message).toBe('Not enough permissions to update draft-payment.');
				expect(error?.description).toMatch(
					/^Nothing was done: bunq does not grant this right to the connected credential\. bunq does not list cancelling.*Use the Bunq API credential, or reject it/,
				);
			});
		});
	});

	under(bank, 'oauthMayCancelDrafts', true, () => {
		test('with OAuth: it is cancelled', async () => {
			const id = await draft();
			expect((await bank.oauth(await order('cancel', id))).json).toMatchObject([
				{ id, status: 'CANCELLED' },
			]);
		});
	});
});

describe('with a schedule', () => {
	const START = '2098-12-01T09:00:00';
	const scheduled = async (fields: IDataObject) => await toSam({ additionalFields: fields });
	const sent = async () => ((await bank.log()).at(-1)?.body as IDataObject)?.schedule;

	/** A reply tells bunq's clock, which an earlier test may have moved. */
	beforeEach(async () => {
		await bank.oauth({ resource: 'user', operation: 'get' });
		await bank.control.clearLog();
	});

	test('also with OAuth: one request, and the schedule in UTC', async () => {
		const { json } = await bank.oauth(
			await scheduled({
				scheduleStart: START,
				scheduleRecurrence: 'monthly',
				scheduleEvery: 3,
				scheduleEnd: '2099-07-01T09:00:00',
			}),
		);
		expect(json).toMatchObject([{ status: 'PENDING', amount: 12.5 }]);
		expect(await sent()).toEqual({
			time_start: '2098-12-01 08:00:00.000000',
			time_end: '2099-07-01 07:00:00.000000',
			recurrence_unit: 'MONTHLY',
			recurrence_size: 3,
		});
		expect(await bank.requests()).toHaveLength(1);
	});

	test('approved once, it pays each time; the start alone means once', async () => {
		const soon = new Date(Date.now() + 60_000).toISOString();
		const weekly = await bank.oauth(
			await scheduled({ scheduleStart: soon, scheduleRecurrence: 'weekly' }),
		);
		const once = await bank.oauth(await scheduled({ scheduleStart: soon }));
		expect(await sent()).toMatchObject({ recurrence_unit: 'ONCE', recurrence_size: 1 });
		for (const { json } of [weekly, once]) await bank.control.approveDraft(Number(json[0].id));
		expect(await bank.balance('Main')).toBe('2500.00');
		await bank.control.advance(2 * 60_000);
		expect(await bank.balance('Main')).toBe('2475.00');
		await bank.control.advance(7 * 24 * 60 * 60_000);
		expect(await bank.balance('Main')).toBe('2462.50');
	});

	test.each([
		[{ scheduleStart: '2020-01-01' }, /^"Schedule Start" must be in the future, but is/],
		[
			{ scheduleStart: START, scheduleEnd: '2098-11-30' },
			/^"Schedule End" must be after "Schedule Start", but is/,
		],
		[{ scheduleStart: '2027-03-28T02:30:00' }, /^"Schedule Start" must be a time that exists/],
		[{ scheduleRecurrence: 'daily' }, /^A schedule needs "Schedule Start"$/],
		[{ scheduleEnd: START }, /^A schedule needs "Schedule Start"$/],
	])('%j: refused, and nothing is sent', async (fields, message) => {
		const { error } = await bank.oauth(await scheduled(fields));
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(/^Nothing was sent/);
		expect(await bank.requests()).toEqual([]);
	});

	test('a lost response: a draft without the schedule is not taken for it', async () => {
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1000 };
		await bank.control.switches({ merchantReference: 'drop' });
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'draft-payment$' });
		const whileRunning = () =>
			void until(async () => (await bank.requestCount('POST')) > 0).then(
				async () => await bank.control.addDrafts({ accountId: await bank.accountId('Main') }),
			);
		const { json, error } = await bank.oauth(
			await toSam({
				amount: 1,
				paymentDescription: '',
				additionalFields: { scheduleStart: START },
			}),
			{ settings: retry, whileRunning },
		);
		const text = `${error?.description} ${JSON.stringify(json)}`;
		const drafts = await bank.oauth({ ...(await order('getAll', '')), simplify: false });
		const withSchedule = drafts.json.filter(({ schedule }) => schedule);
		expect([text, withSchedule.length]).toEqual([text, error ? 0 : 1]);
	});
});
