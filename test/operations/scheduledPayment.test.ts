import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { LOST_RESPONSES } from '../support/outcome';
import {
	CONTINUE_ON_FAIL,
	MAY_PAY_OTHERS,
	OWN_REFERENCE,
	RETRY_ON_FAIL,
} from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank();
const DAY = 24 * 60 * 60_000;

const order = async (operation: string, more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'scheduledPayment',
	operation,
	account: await bank.locate('Main'),
	...more,
});

const rent = async (more: IDataObject = {}) =>
	await order('create', {
		...(await bank.toThirdParty()),
		amount: 700,
		paymentDescription: 'Rent',
		startAt: '2098-12-01T09:00:00',
		recurrence: 'monthly',
		...more,
	});

const run = async (parameters: IDataObject, more: object = {}) =>
	await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS, ...more });

const schedule = async (more: IDataObject = {}) => {
	const { json, error } = await run(await rent(more));
	expect(error).toBeUndefined();
	return json[0];
};

const one = async (operation: string, { id }: IDataObject, more: IDataObject = {}) =>
	await run(await order(operation, { scheduledPaymentId: `${id as number}`, ...more }));

const list = async (filters: IDataObject = {}) =>
	(await run(await order('getAll', { returnAll: true, filters }))).json.map(({ id }) => id);

const sentSchedule = async () =>
	((await bank.log()).find(({ method }) => method === 'POST')?.body as IDataObject)?.schedule;

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

/** A reply tells bunq's clock, which an earlier test may have moved. */
beforeEach(async () => {
	await run({ resource: 'user', operation: 'get' });
	await bank.control.clearLog();
});

describe('create', () => {
	test('one request; its output is what was sent', async () => {
		const { iban, displayName } = await bank.thirdParty();
		expect(
			await schedule({
				every: 3,
				additionalFields: { endAt: '2099-12-01T09:00:00', merchantReference: 'RENT-1' },
			}),
		).toEqual({
			id: expect.any(Number),
			created: expect.any(String),
			accountId: await bank.accountId('Main'),
			status: 'ACTIVE',
			amount: -700,
			currency: 'EUR',
			description: 'Rent',
			counterpartyName: displayName,
			counterpartyIban: iban,
			startAt: '2098-12-01T08:00:00.000Z',
			endAt: '2099-12-01T08:00:00.000Z',
			nextAt: '2098-12-01T08:00:00.000Z',
			recurrence: 'monthly',
			every: 3,
		});
		expect(await bank.requestShapes()).toEqual([
			'POST /user/{}/monetary-account/{}/schedule-payment',
		]);
		expect((await bank.log())[0].body).toEqual({
			payment: {
				amount: { value: '700.00', currency: 'EUR' },
				counterparty_alias: { type: 'IBAN', value: iban, name: displayName },
				description: 'Rent',
				merchant_reference: 'RENT-1',
			},
			schedule: {
				time_start: '2098-12-01 08:00:00.000000',
				time_end: '2099-12-01 08:00:00.000000',
				recurrence_unit: 'MONTHLY',
				recurrence_size: 3,
			},
		});
	});

	test('Get returns the same as Create', async () => {
		const made = await schedule({ recurrence: 'once' });
		const [shown] = (await one('get', made)).json;
		expect(shown).toEqual({ ...made, created: expect.stringMatching(/Z$/), endAt: null });
		expect((await bank.log())[0].body).toMatchObject({
			payment: { merchant_reference: expect.stringMatching(OWN_REFERENCE) },
			schedule: { recurrence_unit: 'ONCE', recurrence_size: 1 },
		});
	});

	test('it pays at its time, and again a month later', async () => {
		const made = await schedule({ startAt: soon(60_000) });
		expect(await bank.balance('Main')).toBe('2500.00');
		await bank.control.advance(2 * 60_000);
		expect(await bank.balance('Main')).toBe('1800.00');
		await bank.control.advance(31 * DAY);
		expect(await bank.balance('Main')).toBe('1100.00');
		expect((await one('get', made)).json).toMatchObject([{ status: 'ACTIVE' }]);
	});

	test.each([...LOST_RESPONSES])('after %s, a retry makes no second', async (kind) => {
		await schedule({ startAt: '2098-12-02T09:00:00' });
		await bank.control.fault({ kind, method: 'POST', path: 'schedule-payment$' });
		const { json, error } = await run(await rent(), { settings: RETRY_ON_FAIL });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ startAt: '2098-12-01T08:00:00.000Z' }]);
		expect(await list()).toHaveLength(2);
	});
});

underEach(bank, 'merchantReference', (value) => {
	test.each<[string, IDataObject, canTell: boolean]>([
		['every third month', { every: 3 }, true],
		// None may be one that cannot be read.
		['with an end', { additionalFields: { endAt: '2099-12-01T09:00:00' } }, value === 'echo'],
	])('a lost one %s is not taken for an equal one without that', async (what, more, canTell) => {
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'schedule-payment$' });
		const executionId = `lost ${what} ${value}`;
		await run(await rent(more), { executionId });
		// As another program makes it at the same moment.
		await jest.isolateModulesAsync(async () => {
			const { runNode } = await import('../support/engine');
			const { apiKey } = await bank.world();
			const credential = { environment: 'production', apiKey, ...MAY_PAY_OTHERS };
			const parameters = { authentication: 'apiKey', ...(await rent()) };
			const other = await runNode({ parameters, credential });
			expect(other.error).toBeUndefined();
		});
		const { error } = await run(await rent(more), { executionId });
		expect(error?.description ?? '').toMatch(canTell ? /^$/ : /^Not sent again/);
		expect(await list()).toHaveLength(canTell ? 2 : 1);
	});
});

describe('an agent', () => {
	const tool = { type: 'n8n-nodes-bunq-connect.bunqTool', executionId: 'chat' };
	const POST = { method: 'POST', path: '(schedule|draft)-payment$' };

	test('that asks for another start after a lost response gets no answer about the first', async () => {
		await bank.control.fault({ kind: 'drop-after', ...POST });
		const first = await run(await rent(), tool);
		expect(first.error?.description).toMatch(/^Outcome unknown: bunq may have carried this out/);
		const later = await rent({ startAt: '2099-06-01T09:00:00', recurrence: 'once' });
		const { error, json } = await run(later, tool);
		expect(json).toEqual([]);
		expect(error?.message).toMatch(/^bunq carried out an earlier request with another schedule/);
		expect(error?.description).toMatch(/^Not sent/);
		expect(await list()).toHaveLength(1);
		expect((await run(later, tool)).json).toMatchObject([{ recurrence: 'once' }]);
		expect(await list()).toHaveLength(2);
	});

	test('that asks for the same again gets the first', async () => {
		await bank.control.fault({ kind: 'drop-after', ...POST });
		await run(await rent(), tool);
		const { json } = await run(await rent({ paymentDescription: 'The rent' }), tool);
		expect(json).toMatchObject([{ description: 'Rent', startAt: '2098-12-01T08:00:00.000Z' }]);
		expect(await list()).toHaveLength(1);
	});

	test('that asks for a draft without a schedule gets no answer about one with it', async () => {
		const plain = {
			resource: 'draftPayment',
			operation: 'create',
			account: await bank.locate('Main'),
			...(await bank.toThirdParty()),
			amount: 700,
			paymentDescription: 'Rent',
		};
		await bank.control.fault({ kind: 'drop-after', ...POST });
		const scheduleStart = '2098-12-01T09:00:00';
		await run({ ...plain, additionalFields: { scheduleStart } }, tool);
		const { error } = await run(plain, tool);
		expect(error?.message).toMatch(/^bunq carried out an earlier request with another schedule/);
	});
});

describe('times', () => {
	const startOf = async (startAt: string, timezone?: string) => {
		await bank.control.clearLog();
		await run(await rent({ startAt }), { timezone });
		return (await sentSchedule()) as { time_start: string };
	};

	test.each([
		['in winter', '2097-01-31T09:00:00', undefined, '2097-01-31 08:00:00.000000'],
		['in summer', '2097-07-31T09:00:00', undefined, '2097-07-31 07:00:00.000000'],
		['in another zone', '2097-07-31T09:00:00', 'America/New_York', '2097-07-31 13:00:00.000000'],
		['with a zone of its own', '2097-07-31T09:00:00Z', undefined, '2097-07-31 09:00:00.000000'],
	])('%s: %s', async (_, startAt, timezone, expected) => {
		expect(await startOf(startAt, timezone)).toMatchObject({ time_start: expected });
	});

	test('on the night in which summer ends, a time that comes twice is the first one', async () => {
		expect(await startOf('2027-10-31T02:30:00')).toMatchObject({
			time_start: '2027-10-31 00:30:00.000000',
		});
	});

	test('on the night in which summer begins, the hour that is skipped is refused', async () => {
		for (const startAt of ['2027-03-28T02:00:00', '2027-03-28T02:59:59', '2027-03-28 02:30']) {
			const { error } = await run(await rent({ startAt }));
			expect(error?.message).toMatch(
				/^"Start At" must be a time that exists: in Europe\/Amsterdam, the clocks are put forward then, but is/,
			);
		}
		expect(await bank.requests()).toEqual([]);
		expect(await startOf('2027-03-28T01:59:00')).toMatchObject({
			time_start: '2027-03-28 00:59:00.000000',
		});
		expect(await startOf('2027-03-28T03:00:00')).toMatchObject({
			time_start: '2027-03-28 01:00:00.000000',
		});
	});

	test.each(['2098', '={{ 2098 }}', '2098-12', '2098-W10', '23:59', '12', '+012098-12-01'])(
		'%s is no whole date',
		async (startAt) => {
			const { error } = await run(await rent({ startAt }));
			expect(error?.message).toMatch(/^"Start At" must be a date such as 2026-01-31 or/);
			expect(await bank.requests()).toEqual([]);
		},
	);

	test('a start in the past and an end before the start: errors of their items, and nothing is sent', async () => {
		const parameters = await rent({
			startAt: '={{ $json.startAt }}',
			additionalFields: { endAt: '={{ $json.endAt }}' },
		});
		const { json } = await run(parameters, {
			items: [
				{ startAt: '2020-01-01', endAt: '' },
				{ startAt: soon(-5_000), endAt: '' },
				{ startAt: '2098-12-01T09:00:00', endAt: '2098-12-01T08:59:59' },
				{ startAt: '', endAt: '' },
			],
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toEqual([
			{
				error: '"Start At" must be in the future, but is 2020-01-01T00:00:00 (Europe/Amsterdam)',
				message: expect.stringMatching(
					/^Nothing was sent.* Now it is \d{4}-\d\d-\d\dT[\d:]{8} \(Europe\/Amsterdam\)\./,
				),
			},
			{
				error: expect.stringMatching(/^"Start At" must be in the future/),
				message: expect.anything(),
			},
			{
				error: '"End At" must be after "Start At", but is 2098-12-01T08:59:59 (Europe/Amsterdam)',
				message: expect.stringMatching(/^Nothing was sent/),
			},
			{ error: expect.stringMatching(/^"Start At"/), message: expect.anything() },
		]);
		expect(await bank.requests()).toEqual([]);
	});

	test('on a night that has no such hour, the error names the item', async () => {
		const parameters = await rent({ startAt: '={{ $json.startAt }}' });
		const { json } = await run(parameters, {
			items: [{ startAt: '2098-12-01T09:00:00' }, { startAt: '2027-03-28T02:30:00' }],
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toMatchObject([
			{ status: 'ACTIVE' },
			{ error: expect.stringMatching(/^"Start At" must be a time that exists/) },
		]);
		expect(await bank.requestCount('POST')).toBe(1);
		const end = { endAt: '2027-03-28T02:30:00' };
		const ended = await run(await rent({ startAt: '2027-03-01', additionalFields: end }));
		expect(ended.error?.message).toMatch(/^"End At" must be a time that exists/);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test("a future by this machine's clock is compared with bunq's", async () => {
		await bank.control.advance(2 * 60 * 60_000);
		await run({ resource: 'user', operation: 'get' });
		const { error } = await run(await rent({ startAt: soon(60 * 60_000) }));
		expect(error?.message).toMatch(/^"Start At" must be in the future/);
	});
});

describe('the guards of the credential hold, as each run pays without a person', () => {
	test.each([
		['may not pay others', {}, 'This credential may only pay between your own accounts'],
		[
			'may pay others less',
			{ allowPaymentsToOthers: true, maxAmount: '699.99' },
			'700.00 is more than this credential may pay to others at once',
		],
	])('a credential that %s', async (_, credential, message) => {
		const { error } = await bank.apiKey(await rent(), { credential });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Use "Draft Payment: Create" with a schedule');
		expect(await bank.changes()).toBe(0);
	});

	test('own accounts need no permission', async () => {
		const recipient = {
			recipientType: 'ownAccount',
			recipientAccount: await bank.locate('Household'),
		};
		const { json } = await bank.apiKey(await rent(recipient));
		expect(json).toMatchObject([{ status: 'ACTIVE' }]);
	});

	test('API Request sends none past the guard', async () => {
		const { error } = await bank.oauth({
			resource: 'api',
			operation: 'request',
			method: 'POST',
			path: `/user/{user}/monetary-account/${await bank.accountId('Main')}/schedule-payment`,
			body: '{}',
		});
		expect(error?.description).toContain('Use "Scheduled Payment: Create"');
	});
});

describe('get many', () => {
	test('newest first, by status', async () => {
		const [finished, active] = [
			await schedule({ recurrence: 'once', startAt: soon(60_000) }),
			await schedule(),
		];
		await bank.control.advance(2 * 60_000);
		expect(await list()).toEqual([active.id, finished.id]);
		expect(await list({ status: ['FINISHED'] })).toEqual([finished.id]);
		expect(await list({ status: ['ACTIVE'] })).toEqual([active.id]);
		expect((await one('get', finished, { simplify: false })).json).toMatchObject([
			{ _type: 'ScheduledPayment', schedule: { time_next: null } },
		]);
	});
});

describe('cancel', () => {
	underEach(bank, 'deleteAnswer', () => {
		test('one read, one change; no run pays afterwards', async () => {
			const made = await schedule({ startAt: soon(60_000) });
			await bank.control.clearLog();
			expect((await one('cancel', made)).json).toMatchObject([
				{ id: made.id, status: 'CANCELLED', nextAt: null, amount: -700 },
			]);
			const path = '/user/{}/monetary-account/{}/schedule-payment/{}';
			expect(await bank.requestShapes()).toEqual([`GET ${path}`, `DELETE ${path}`]);
			await bank.control.advance(60 * DAY);
			expect(await bank.balance('Main')).toBe('2500.00');
			expect((await one('get', made)).json).toMatchObject([{ status: 'CANCELLED' }]);
		});
	});

	test('a cancelled one is not cancelled again, a finished one not at all', async () => {
		const made = await schedule();
		await one('cancel', made);
		const before = await bank.changes();
		expect((await one('cancel', made)).json).toMatchObject([{ status: 'CANCELLED' }]);
		const finished = await schedule({ recurrence: 'once', startAt: soon(60_000) });
		await bank.control.advance(2 * 60_000);
		expect((await one('cancel', finished)).error?.description).toMatch(
			/^Nothing was done: it had its last run before, so no other follows\. .*may still pay/,
		);
		expect(await bank.changes()).toBe(before + 1);
	});

	test('one that bunq does not have (any more): nothing was done, and what still pays', async () => {
		const before = await bank.changes();
		const { error } = await one('cancel', { id: 999_999 });
		expect(error).toMatchObject({ httpCode: '404' });
		expect(error?.description).toMatch(
			/^Nothing was done: bunq has no scheduled payment with this ID on this account\. It was removed before, or never existed, or belongs to another account: then it still pays\. Search for its ID/,
		);
		expect(await bank.changes()).toBe(before);
	});

	test('one that bunq removes after it was read says the same of what still pays', async () => {
		const made = await schedule();
		const body = JSON.stringify({ Error: [{ error_description: 'Not found.' }] });
		await bank.control.fault({ kind: 'status', method: 'DELETE', status: 404, body });
		const { error } = await one('cancel', made);
		expect(error?.message).toBe('Not found.');
		expect(error?.description).toMatch(/^Nothing was done\. bunq may have removed it/);
	});

	test.each([...LOST_RESPONSES])('after %s, a retry tells that it is cancelled', async (kind) => {
		const made = await schedule();
		await bank.control.fault({ kind, method: 'DELETE' });
		const parameters = await order('cancel', { scheduledPaymentId: `${made.id as number}` });
		const { json, error } = await run(parameters, { settings: RETRY_ON_FAIL });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'CANCELLED' }]);
	});
});

under(bank, 'oauthMayUseTheRest', true, () => {
	test('with a grant of bunq, an app pays own accounts later', async () => {
		const recipientAccount = await bank.locate('Household');
		const { json } = await bank.oauth(
			await rent({ recipientType: 'ownAccount', recipientAccount }),
		);
		expect(json).toMatchObject([{ status: 'ACTIVE' }]);
	});
});

under(bank, 'oauthMayUseTheRest', false, () => {
	test('without it, the error names a draft with a schedule', async () => {
		const { error } = await bank.oauth(await rent());
		expect(error?.message).toMatch(/^Not enough permissions/);
		expect(error?.description).toContain('Use "Draft Payment: Create" with a schedule');
	});
});

test('the zone of a test is the one that its times assume', () => {
	const winter = DateTime.fromISO('2097-01-31T09:00:00', { zone: 'Europe/Amsterdam' });
	expect(winter.offset).toBe(60);
});
