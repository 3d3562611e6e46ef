import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { delivered, settle, useCalls } from '../support/calls';
import { passMinutes } from '../support/fakeClock';
import { underEach } from '../support/underEach';

/** "Scheduled Payment Updated": each run of a scheduled payment is delivered once, and its cancelling. */

const bank = useBank();
const calls = useCalls(bank);
const DAY = 24 * 60;

const onAll = { event: 'scheduledPaymentUpdated', authentication: 'apiKey' };
const onMain = async () => ({ ...onAll, allAccounts: false, account: await bank.locate('Main') });

/** A scheduled payment; the bank makes its runs by the clock. */
const plan = async (more: IDataObject = {}, account = 'Main') => {
	const { json, error } = await bank.apiKey({
		resource: 'scheduledPayment',
		operation: 'create',
		account: await bank.locate(account),
		recipientType: 'ownAccount',
		recipientAccount: await bank.locate('Holiday'),
		amount: 10,
		paymentDescription: 'Rent',
		startAt: new Date(Date.now() + 60 * 60_000).toISOString(),
		recurrence: 'daily',
		...more,
	});
	expect(error).toBeUndefined();
	return Number(json[0].id);
};
const schedule = async (
	more: { amount?: string; unit?: 'ONCE' | 'DAILY' } = {},
	account = 'Main',
) => await bank.control.addSchedule({ accountId: await bank.accountId(account), ...more });
const run = async (id: number) => await bank.control.runSchedule(id);
const paymentsOf = async (account: string, descriptionContains: string) => {
	const list = { resource: 'payment', operation: 'getAll', account: await bank.locate(account) };
	const { json } = await bank.apiKey({
		...list,
		returnAll: true,
		filters: { descriptionContains },
	});
	return json.map(({ id }) => id).reverse();
};
const told = (items: IDataObject[]) => items.map(({ id, runStatus }) => [id, runStatus]);

test('each run by the clock of the bank, also every one of a daily payment, and the cancelling', async () => {
	const id = await plan();
	const trigger = await bank.trigger(await onMain());
	expect(await trigger.activate()).toBeNull();
	expect(await trigger.nextPoll()).toBeNull();
	for (let day = 0; day < 3; day++) {
		passMinutes(DAY);
		await trigger.nextPoll();
	}
	await bank.control.cancelSchedule(id);
	await trigger.nextPolls(2);
	const payments = await paymentsOf('Main', 'Rent');
	const runs = trigger.delivered.slice(0, 3);
	expect(trigger.delivered).toHaveLength(4);
	expect(runs.map(({ paymentId }) => paymentId)).toEqual(payments);
	expect(new Set(runs.map(({ runAt }) => String(runAt).slice(11))).size).toBe(1);
	for (const item of runs)
		expect(item).toMatchObject({ id, amount: -10, status: 'ACTIVE', runStatus: 'succeeded' });
	expect(trigger.delivered[3]).toMatchObject({
		id,
		description: 'Rent',
		recurrence: 'daily',
		status: 'CANCELLED',
		runStatus: null,
		runAt: null,
		paymentId: null,
	});
});

test('runs with their results, of all schedules and accounts, oldest first; nothing from before', async () => {
	const [old, once] = [await schedule(), await schedule({ unit: 'ONCE' }, 'Household')];
	await run(old);
	await bank.control.cancelSchedule(await schedule());
	passMinutes();
	const trigger = await bank.trigger(onAll);
	expect(await trigger.activate()).toBeNull();
	const [poor, young] = [await schedule({ amount: '99999.00' }), await schedule({}, 'Household')];
	const runs = [];
	for (const id of [poor, once, old, young, old, poor]) {
		passMinutes();
		runs.push(await run(id));
	}
	await trigger.nextPolls(2);
	expect(told(trigger.delivered)).toEqual([
		[poor, 'failed'],
		[once, 'succeeded'],
		[old, 'succeeded'],
		[young, 'succeeded'],
		[old, 'succeeded'],
		[poor, 'failed'],
	]);
	const { delivered: items } = trigger;
	expect(items.map(({ paymentId }) => paymentId)).toEqual(runs.map(({ paymentId }) => paymentId));
	expect(items[1]).toMatchObject({ status: 'FINISHED' });
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
	trigger.deactivate();
	for (const id of [young, young]) await run(id);
	passMinutes();
	await trigger.activate();
	await trigger.nextPolls(2);
	expect(told(items).slice(6)).toEqual([
		[young, 'succeeded'],
		[young, 'succeeded'],
	]);
});

test('a run that failed and is tried again: its new result is an event too', async () => {
	const id = await schedule({ amount: '9000.00' });
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const { id: runId } = await run(id);
	await trigger.nextPoll();
	await bank.receive('Main', { amount: '9000.00' });
	passMinutes(2 * DAY);
	await bank.control.retryRun(runId);
	await trigger.nextPolls(3);
	expect(told(trigger.delivered)).toEqual([
		[id, 'failed'],
		[id, 'succeeded'],
	]);
	expect(trigger.delivered[1].paymentId).not.toBeNull();
});

test('a run that bunq tries again by itself: both results are events, and a word that nobody knows is none', async () => {
	const id = await schedule();
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	await run(id);
	const path = `schedule/${id}/schedule-instance`;
	const { json } = await bank.apiKey({
		resource: 'api',
		operation: 'request',
		path: `/user/{user}/monetary-account/${await bank.accountId('Main')}/${path}`,
		unwrap: false,
	});
	const [{ ScheduledInstance: shown }] = json as Array<{ ScheduledInstance: IDataObject }>;
	const show = async (state: string) => {
		await bank.control.clearFaults();
		const body = JSON.stringify({ Response: [{ ScheduledInstance: { ...shown, state } }] });
		await bank.control.fault({ kind: 'other', method: 'GET', path: `${path}$`, body, times: 99 });
	};
	await show('SOMETHING_NEW');
	await expect(trigger.nextPoll()).rejects.toThrow('cannot be read: 1');
	await show('RETRY');
	await trigger.nextPolls(2);
	expect(told(trigger.delivered)).toEqual([[id, 'retrying']]);
	await bank.control.clearFaults();
	await trigger.nextPolls(3);
	expect(told(trigger.delivered)).toEqual([
		[id, 'retrying'],
		[id, 'succeeded'],
	]);
});

test('an idle poll of an account costs one request; a run one more; 450 runs three', async () => {
	const ids = [];
	for (let count = 0; count < 20; count++) ids.push(await schedule({ amount: '0.01' }));
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	passMinutes();
	expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	await run(ids[7]);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(2);
	passMinutes(61);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	for (let count = 0; count < 450; count++) await run(ids[3]);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(4);
	expect(trigger.delivered).toHaveLength(451);
	expect(new Set(trigger.delivered.map(({ paymentId }) => paymentId)).size).toBe(451);
});

test.each<[status: string[], expected: Array<string | null>]>([
	[[], ['succeeded', 'failed', null]],
	[['succeeded'], ['succeeded']],
	[['failed', 'retrying'], ['failed']],
	[['cancelled'], [null]],
])('the filter %j lets %j through', async (status, expected) => {
	const [rich, poor] = [await schedule(), await schedule({ amount: '99999.00' })];
	const trigger = await bank.trigger({ ...(await onMain()), filters: { status } });
	await trigger.activate();
	for (const id of [rich, poor]) {
		passMinutes();
		await run(id);
	}
	passMinutes();
	await bank.control.cancelSchedule(rich);
	await trigger.nextPolls(2);
	expect(trigger.delivered.map(({ runStatus }) => runStatus)).toEqual(expected);
});

test('as bunq sent it: the schedule, and the run', async () => {
	const id = await schedule();
	const trigger = await bank.trigger({ ...(await onMain()), simplify: false });
	await trigger.activate();
	const { id: runId } = await run(id);
	await trigger.nextPoll();
	await bank.control.cancelSchedule(id);
	await trigger.nextPoll();
	expect(trigger.delivered).toEqual([
		expect.objectContaining({
			_type: 'ScheduledPayment',
			id,
			run: expect.objectContaining({ _type: 'ScheduledInstance', id: runId }),
		}),
		expect.objectContaining({ _type: 'ScheduledPayment', id, status: 'CANCELLED' }),
	]);
	expect(trigger.delivered[1]).not.toHaveProperty('run');
});

test.each([
	['has no ID', 'ScheduledInstance\\.id$'],
	['has no result', 'ScheduledInstance\\.state$'],
])(
	'a run that %s: an error names it once, and it comes once it can be read',
	async (_what, key) => {
		const [id, other] = [await schedule(), await schedule()];
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		await bank.control.dirty({ changes: [{ kind: 'null', key, entry: 0 }] });
		await run(id);
		await expect(trigger.nextPoll()).rejects.toThrow('cannot be read: 1');
		await bank.control.clearDirt();
		await trigger.nextPolls(2);
		await run(other);
		await trigger.nextPolls(2);
		expect(told(trigger.delivered)).toEqual([
			[id, 'succeeded'],
			[other, 'succeeded'],
		]);
	},
);

test('a schedule that does not say when it runs next: its runs come all the same', async () => {
	const id = await schedule();
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const key = 'ScheduledPayment\\.(schedule|updated)$';
	await bank.control.dirty({ changes: [{ kind: 'null', key }] });
	await trigger.nextPoll();
	await run(id);
	await trigger.nextPolls(2);
	expect(told(trigger.delivered)).toEqual([[id, 'succeeded']]);
});

test('the runs of one schedule cannot be read: those of the others come, and nothing is lost', async () => {
	const [broken, other] = [await schedule(), await schedule()];
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	await bank.control.fault({
		kind: 'status',
		status: 404,
		body: JSON.stringify({ Error: [{ error_description: 'Gone.' }] }),
		path: `schedule/${broken}/`,
		times: 1_000,
	});
	for (const id of [broken, other]) await run(id);
	await trigger.nextPoll();
	expect(told(trigger.delivered)).toEqual([[other, 'succeeded']]);
	await expect(trigger.nextPolls(5)).rejects.toThrow('Gone.');
	await run(other);
	await trigger.nextPoll();
	await bank.control.clearFaults();
	await trigger.nextPolls(2);
	expect(told(trigger.delivered)).toEqual([
		[other, 'succeeded'],
		[other, 'succeeded'],
		[broken, 'succeeded'],
	]);
});

test('a schedule that bunq no longer lists once it has ended: its last run comes, and nothing that nobody knows', async () => {
	const [once, other] = [await schedule({ unit: 'ONCE' }), await schedule()];
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const path = 'schedule-payment$';
	const listed = await bank.apiKey({
		resource: 'api',
		operation: 'request',
		path: `/user/{user}/monetary-account/${await bank.accountId('Main')}/schedule-payment`,
		unwrap: false,
	});
	const rest = listed.json.filter((one) => (one.ScheduledPayment as IDataObject).id !== once);
	expect(rest).toHaveLength(1);
	await run(once);
	const body = JSON.stringify({ Response: rest, Pagination: null });
	await bank.control.fault({ kind: 'other', method: 'GET', path, body, times: 1_000 });
	await trigger.nextPolls(3);
	expect(trigger.delivered).toMatchObject([
		{ id: once, runStatus: 'succeeded', amount: -1, recurrence: 'once' },
	]);
	passMinutes(2 * DAY);
	await trigger.nextPoll();
	expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	await bank.control.clearFaults();
	await run(other);
	await trigger.nextPolls(3);
	expect(told(trigger.delivered)).toEqual([
		[once, 'succeeded'],
		[other, 'succeeded'],
	]);
});

underEach(bank, 'scheduleCallbacks', () => {
	test.each(['run', 'cancelling'])(
		'a call about a %s brings it within seconds, once',
		async (what) => {
			const id = await schedule();
			const trigger = await calls.trigger(onAll);
			await trigger.activate();
			passMinutes();
			await bank.control.callbackFault({ kind: 'doubled' });
			await (what === 'run' ? run(id) : bank.control.cancelSchedule(id));
			await bank.control.deliverDue();
			await delivered(trigger, 1);
			expect(told(trigger.delivered)).toEqual([[id, what === 'run' ? 'succeeded' : null]]);
			await trigger.nextPolls(2);
			expect(trigger.delivered).toHaveLength(1);
		},
	);
});

test('a call about a run that was read costs nothing', async () => {
	const trigger = await bank.trigger(onAll);
	const planned = await schedule();
	await trigger.activate();
	const { id: runId } = await run(planned);
	await trigger.nextPolls(2);
	expect(trigger.delivered).toHaveLength(1);
	const account = await bank.accountId('Main');
	const call = async (id: number) => {
		const scheduled_object = { Payment: { monetary_account_id: account } };
		const shown = { id, state: 'FINISHED_SUCCESSFULLY', scheduled_object };
		await trigger.call({ NotificationUrl: { object: { ScheduledInstance: shown } } });
		await settle();
	};
	expect(await bank.cost(async () => await call(runId))).toBe(0);
	expect(await bank.cost(async () => await call(runId + 1_000))).toBeGreaterThan(0);
});

test('without the right, the error says what an app may do instead', async () => {
	const trigger = await bank.trigger({ event: onAll.event });
	await expect(trigger.activate()).rejects.toMatchObject({
		message: expect.stringMatching(
			/^Not enough permissions to read schedule-payment\. .*Use the Bunq API credential/,
		),
	});
});

test('"Fetch Test Event": the newest run or cancelling, or an error while there is none', async () => {
	const trigger = await bank.trigger(onAll);
	const [id] = [await schedule(), await schedule()];
	await expect(trigger.test()).rejects.toThrow('no matching event yet');
	await run(id);
	expect(await trigger.test()).toMatchObject([{ id, runStatus: 'succeeded' }]);
});
