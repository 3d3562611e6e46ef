import { EXTERNAL_IBAN, euro, openSession, pick, refusalOf, toIban } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Scheduled payments in the simulated bank (docs/bunq-api.md 9.13). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });

const HOUR = 3_600_000;
const account = () => `{user}/monetary-account/${bank.account('Main').id}`;
const inHours = (hours: number) =>
	new Date(Date.now() + hours * HOUR).toISOString().replace('T', ' ').replace('Z', '000');
const body = (schedule: object = {}, payment: object = {}) => ({
	payment: {
		amount: euro('10.00'),
		counterparty_alias: toIban(EXTERNAL_IBAN),
		description: 'Rent',
		...payment,
	},
	schedule: {
		time_start: inHours(1),
		recurrence_unit: 'ONCE',
		recurrence_size: 1,
		...schedule,
	},
});
const plan = async (schedule?: object, payment?: object) =>
	pick(await bank.session.post(`${account()}/schedule-payment`, body(schedule, payment)), 'Id')
		.id as number;
const read = async (id: number) =>
	pick(await bank.session.get(`${account()}/schedule-payment/${id}`), 'ScheduledPayment');
const runs = async (id: number) =>
	(await bank.session.get(`${account()}/schedule/${id}/schedule-instance`)).json.Response.map(
		({ ScheduledInstance }: { ScheduledInstance: object }) => ScheduledInstance,
	);
const balance = async () => (await bank.balances()).Main;

test('once: nothing is paid before its time, then one payment, and it is finished', async () => {
	const id = await plan();
	const planned = await read(id);
	expect(planned).toMatchObject({
		status: 'ACTIVE',
		payment: { amount: euro('-10.00'), description: 'Rent' },
		schedule: { recurrence_unit: 'ONCE', time_next: planned.schedule.time_start },
	});
	await bank.control.advance(HOUR - 60_000);
	expect(await balance()).toBe('2500.00');
	await bank.control.advance(120_000);
	expect(await balance()).toBe('2490.00');
	expect(await read(id)).toMatchObject({ status: 'FINISHED', schedule: { time_next: null } });
	const [run] = await runs(id);
	expect(run).toMatchObject({
		state: 'FINISHED_SUCCESSFULLY',
		error_message: null,
		scheduled_object: { ScheduledPayment: { id } },
		result_object: { Payment: { amount: euro('-10.00') } },
	});
	expect(run.result_object.Payment.created.slice(0, 16)).toBe(
		planned.schedule.time_start.slice(0, 16),
	);
	await bank.control.advance(1_000 * HOUR);
	expect(await balance()).toBe('2490.00');
});

test('a run is named in its payment; both it and the schedule have an event', async () => {
	const id = await plan();
	await bank.control.advance(2 * HOUR);
	const [run] = await runs(id);
	const { Payment } = run.result_object;
	expect(Payment.scheduled_id).toBe(run.id);
	const paid = await bank.session.get(`${account()}/payment/${Payment.id}`);
	expect(pick(paid, 'Payment').scheduled_id).toBe(run.id);
	const [{ id: unplanned }] = (await bank.session.get(`${account()}/payment`)).json.Response.map(
		({ Payment: each }: { Payment: object }) => each,
	).filter(({ description }: { description: string }) => description !== 'Rent');
	expect(
		pick(await bank.session.get(`${account()}/payment/${unplanned}`), 'Payment').scheduled_id,
	).toBeNull();
	const objects = (await bank.session.get('{user}/event?count=3')).json.Response.map(
		({ Event }: { Event: { action: string; object: object } }) => [Event.action, Event.object],
	);
	expect(objects).toEqual([
		['CREATE', { Payment: expect.objectContaining({ scheduled_id: run.id }) }],
		['CREATE', { ScheduledInstance: expect.objectContaining({ id: run.id }) }],
		['UPDATE', { ScheduledPayment: expect.objectContaining({ id, status: 'FINISHED' }) }],
	]);
});

test('is in the lists of its account and its user', async () => {
	const id = await plan();
	const listed = expect.objectContaining({ id, status: 'ACTIVE', recurrence_unit: 'ONCE' });
	const ofAccount = await bank.session.get(`${account()}/schedule`);
	expect(ofAccount.json.Response).toEqual([{ Schedule: listed }]);
	const ofUser = await bank.session.get('{user}/schedule');
	expect(ofUser.json.Response).toEqual([{ ScheduleUser: listed }]);
});

test('every second hour until its end: each run pays, in order', async () => {
	const id = await plan({
		recurrence_unit: 'HOURLY',
		recurrence_size: 2,
		time_end: inHours(5.5),
	});
	await bank.control.advance(24 * HOUR);
	expect(await balance()).toBe('2470.00');
	const all = await runs(id);
	expect(all).toHaveLength(3);
	expect((await read(id)).status).toBe('FINISHED');
});

test('several pay in the order of their times, not in that of their creation', async () => {
	await plan({ time_start: inHours(3) }, { description: 'Second' });
	await plan({ time_start: inHours(2) }, { description: 'First' });
	await bank.control.advance(4 * HOUR);
	const payments = await bank.session.get(`${account()}/payment?count=2`);
	expect(
		payments.json.Response.map(
			({ Payment }: { Payment: { description: string } }) => Payment.description,
		),
	).toEqual(['Second', 'First']);
});

test('a month that lacks the day uses its last one', async () => {
	const year = new Date().getUTCFullYear() + 1;
	const id = await plan({ time_start: `${year}-01-31 09:00:00`, recurrence_unit: 'MONTHLY' });
	await bank.control.advance(Date.parse(`${year}-03-02T00:00:00Z`) - Date.now());
	const session = await openSession(bank.url, bank.world.apiKey);
	const answer = await session.get(`${account()}/schedule/${id}/schedule-instance`);
	const times = answer.json.Response.map(
		({ ScheduledInstance }: { ScheduledInstance: { time_start: string } }) =>
			ScheduledInstance.time_start.slice(5, 16),
	);
	expect(times).toEqual([expect.stringMatching(/^02-2[89] 09:00$/), '01-31 09:00']);
});

test.each([
	['HOURLY', 1e308],
	['DAILY', 1e15],
	['MONTHLY', 1e9],
	['YEARLY', Number.MAX_SAFE_INTEGER],
])('%s, every %f: it runs once, as no time is far enough away', async (unit, size) => {
	const id = await plan({ recurrence_unit: unit, recurrence_size: size });
	expect((await read(id)).schedule.recurrence_size).toBe(size);
	await bank.control.advance(2 * HOUR);
	expect(await read(id)).toMatchObject({ status: 'FINISHED', schedule: { time_next: null } });
	expect(await balance()).toBe('2490.00');
});

test('too little money: the run fails with the reason, and a retry pays once money is there', async () => {
	const id = await plan({}, { amount: euro('3000.00') });
	await bank.control.advance(2 * HOUR);
	const [failed] = await runs(id);
	expect(failed).toMatchObject({
		state: 'FAILED_USER_ERROR',
		error_message: [{ error_description: 'The account does not have enough balance.' }],
		result_object: null,
	});
	const path = `${account()}/schedule/${id}/schedule-instance/${failed.id}`;
	await bank.control.addPayments({ accountId: bank.account('Main').id, amount: '1000.00' });
	expect((await bank.session.put(path, { state: 'RETRY' })).status).toBe(200);
	expect(pick(await bank.session.get(path), 'ScheduledInstance').state).toBe(
		'FINISHED_SUCCESSFULLY',
	);
	expect(await balance()).toBe('500.00');
	expect((await bank.session.put(path, { state: 'RETRY' })).status).toBe(400);
});

test('changed, it pays otherwise; cancelled, it never pays', async () => {
	const [changed, cancelled] = [await plan(), await plan()];
	const path = `${account()}/schedule-payment`;
	const other = body({ time_start: inHours(3) }, { amount: euro('20.00') });
	expect((await bank.session.put(`${path}/${changed}`, other)).status).toBe(200);
	expect((await bank.session.delete(`${path}/${cancelled}`)).status).toBe(200);
	expect(await read(cancelled)).toMatchObject({
		status: 'CANCELLED',
		label_schedule_user_canceled: { display_name: 'E. Levy' },
	});
	await bank.control.advance(2 * HOUR);
	expect(await balance()).toBe('2500.00');
	await bank.control.advance(2 * HOUR);
	expect(await balance()).toBe('2480.00');
	expect((await bank.session.delete(`${path}/${cancelled}`)).status).toBe(400);
});

test('a draft with a schedule is accepted once, pays nothing then, and at each of its times', async () => {
	const path = `${account()}/draft-payment`;
	const draft = async (change: object) => {
		const { payment, schedule } = body({ recurrence_unit: 'DAILY', ...change });
		return await bank.session.post(path, {
			entries: [payment],
			number_of_required_accepts: 1,
			schedule,
		});
	};
	expect(refusalOf(await draft({ time_start: '2020-01-01 00:00:00' }))[1]).toMatch(/"time_start"/);
	const { id } = pick(await draft({ time_end: inHours(30) }), 'Id');
	const planned = async () =>
		(await bank.session.get(`${account()}/schedule-payment`)).json.Response;
	expect(await planned()).toEqual([]);
	expect(await bank.control.approveDraft(id)).toEqual([]);
	expect(await balance()).toBe('2500.00');
	expect(pick(await bank.session.get(`${path}/${id}`), 'DraftPayment')).toMatchObject({
		status: 'ACCEPTED',
		object: null,
		schedule: { recurrence_unit: 'DAILY' },
	});
	expect(await planned()).toMatchObject([
		{ ScheduledPayment: { status: 'ACTIVE', payment: { amount: euro('-10.00') } } },
	]);
	await bank.control.advance(48 * HOUR);
	expect(await balance()).toBe('2480.00');
	await expect(bank.control.approveDraft(id)).rejects.toThrow();
	expect(await planned()).toHaveLength(1);
});

test.each<[string, object, RegExp]>([
	['a start in the past', { time_start: '2020-01-01 00:00:00' }, /"time_start"/],
	['no time', { time_start: 'tomorrow' }, /"time_start"/],
	['a day that no month has', { time_start: '2099-02-30 09:00:00' }, /"time_start"/],
	['a leap day in another year', { time_end: '2099-02-29 09:00:00' }, /"time_end"/],
	['an end before its start', { time_end: '2020-01-01 00:00:00' }, /"time_end"/],
	['another unit', { recurrence_unit: 'SOMETIMES' }, /"recurrence_unit"/],
	['a size of 0', { recurrence_size: 0 }, /"recurrence_size"/],
])('refused with %s', async (_, change, text) => {
	const answer = await bank.session.post(`${account()}/schedule-payment`, body(change));
	expect(refusalOf(answer)).toEqual([400, expect.stringMatching(text)]);
});

test('must be signed; an OAuth app needs a right, and pays only its user', async () => {
	const path = `${account()}/schedule-payment`;
	const unsigned = await bank.session.post(path, body(), { signature: false });
	expect(unsigned.status).toBe(466);
	const app = await openSession(bank.url, bank.world.oauth.accessToken);
	expect((await app.post(path, body())).status).toBe(403);
	await bank.control.switches({ oauthMayUseTheRest: true });
	expect((await app.post(path, body())).status).toBe(403);
	const own = { counterparty_alias: toIban(bank.account('Household').iban ?? '') };
	expect((await app.post(path, body({}, own))).status).toBe(200);
});
