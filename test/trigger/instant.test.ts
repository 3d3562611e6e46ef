import { locator } from '../support/parameters';
import { useBank } from '../support/bank';
import { callAbout, delivered, settle, useCalls } from '../support/calls';
import { passMinutes } from '../support/fakeClock';
import { descriptionsOf } from '../support/triggerHarness';

/** bunq's calls: the trigger reads at once what bunq called about, and only that. */

const bank = useBank();
const calls = useCalls(bank);

const onAll = { event: 'paymentCreated' };
const onMain = async () => ({
	...onAll,
	allAccounts: false,
	account: await bank.locate('Main'),
});

test('a payment is delivered without a poll by the clock, for one request', async () => {
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	passMinutes();
	await bank.control.clearLog();
	await bank.receive('Household');
	await bank.control.deliverDue();
	await delivered(trigger, 1);
	expect(trigger.delivered).toMatchObject([{ description: 'Household', accountName: 'Household' }]);
	expect(await bank.accountsRead()).toEqual([await bank.accountId('Household')]);
	expect(await bank.requests()).toHaveLength(1);

	await bank.control.clearLog();
	expect(await trigger.nextPoll()).toBeNull();
	expect(await bank.accountsRead()).not.toContain(await bank.accountId('Household'));
});

test.each<[what: string, parsed: unknown]>([
	['nothing', {}],
	['text', 'text'],
	['a form', { '{"NotificationUrl":': '' }],
])('a call whose header declares its JSON as %s', async (_what, parsed) => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const [id] = await bank.receive('Main');
	const call = callAbout('Payment', { id, account: await bank.accountId('Main') });
	await trigger.call(parsed, Buffer.from(JSON.stringify(call)));
	await delivered(trigger, 1);
});

test('calls within a second share a poll', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	passMinutes();
	const account = await bank.accountId('Main');
	const call = async (ids: number[]) => {
		for (const id of ids) await trigger.call(callAbout('Payment', { id, account }));
	};
	const began = Date.now();
	await call(await bank.receive('Main'));
	await delivered(trigger, 1);
	const share = async () => {
		await call(await bank.receive('Main'));
		await call(await bank.receive('Main'));
		await delivered(trigger, 3);
	};
	expect(await bank.cost(share)).toBe(1);
	const passed = Date.now() - began;
	expect(passed).toBeGreaterThanOrEqual(1_000);
	expect(passed).toBeLessThan(3_000);
});

test('the next poll does not read an account again whose balance the payment has shown, among many', async () => {
	for (let more = 0; more < 6; more++) await bank.control.addAccount({ balance: '10.00' });
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await trigger.nextPolls(4);
	const [id] = await bank.receive('Main');
	const account = await bank.accountId('Main');
	await trigger.call(callAbout('Payment', { id, account }));
	await delivered(trigger, 1);
	expect(await bank.cost(async () => await trigger.nextPoll())).toBe(4);
	expect(await bank.accountsRead()).not.toContain(account);
});

test.each<[what: string, kind: 'lost' | 'doubled' | 'late' | 'out of order' | 'early']>([
	['is lost', 'lost'],
	['comes twice', 'doubled'],
	['comes a minute late', 'late'],
	['comes after the next one', 'out of order'],
	['comes before bunq lists the payment', 'early'],
])('a call that %s: each payment once', async (_what, kind) => {
	const trigger = await calls.trigger(await onMain());
	await trigger.activate();
	passMinutes();
	await bank.control.callbackFault({ kind });
	const ids = await bank.receive('Main');
	ids.push(...(await bank.receive('Main')));
	await bank.control.deliverDue();
	await delivered(trigger, kind === 'early' ? 1 : 2);
	if (kind === 'early') await delivered(trigger, 2);
	passMinutes(2);
	await bank.control.deliverDue();
	expect(await trigger.tick()).toBeNull();
	expect(trigger.delivered.map(({ id }) => id).sort()).toEqual(ids);
});

test('a call about what was read already costs nothing', async () => {
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const [id] = await bank.receive('Main');
	await trigger.nextPoll();
	const account = await bank.accountId('Main');
	const again = async () => {
		for (let times = 0; times < 5; times++)
			await trigger.call(callAbout('Payment', { id, account }));
		await settle();
	};
	expect(await bank.cost(again)).toBe(0);
});

test.each<[event: string, object: string, occur: (account: number) => Promise<number>]>([
	[
		'cardTransactionCreated',
		'MasterCardAction',
		async (account) => (await bank.control.addCardTransactions(account, [{}]))[0],
	],
	[
		'requestResponseCreated',
		'RequestResponse',
		async (accountId) => await bank.control.addRequestResponse({ accountId }),
	],
	[
		'scheduledPaymentUpdated',
		'ScheduledPayment',
		async (accountId) => {
			const id = await bank.control.addSchedule({ accountId });
			await bank.control.cancelSchedule(id);
			return id;
		},
	],
	[
		'draftPaymentUpdated',
		'DraftPayment',
		async (accountId) => {
			const [id] = await bank.control.addDrafts({ accountId });
			await bank.control.rejectDraft(id);
			return id;
		},
	],
])('%s comes with a call about its object only', async (event, object, occur) => {
	await bank.control.switches({ oauthMayUseTheRest: true });
	const trigger = await bank.trigger({ event });
	await trigger.activate();
	const account = await bank.accountId('Holiday');
	const id = await occur(account);
	const others = async () => {
		for (const other of ['Payment', 'RequestInquiry', 'Invoice', 'constructor'])
			await trigger.call(callAbout(other, { id, account }));
		await settle();
	};
	expect(await bank.cost(others)).toBe(0);
	await trigger.call(callAbout(object, { id, account }));
	await delivered(trigger, 1);
	expect(trigger.delivered).toMatchObject([{ id }]);
});

test('a balance that crosses its threshold comes with the call about the payment, once', async () => {
	const trigger = await calls.trigger({ event: 'balanceCrossed', threshold: 100 });
	await trigger.activate();
	passMinutes();
	await bank.control.clearLog();
	await bank.control.callbackFault({ kind: 'doubled' });
	await bank.receive('Household', { amount: '-250.00' });
	await bank.control.deliverDue();
	await delivered(trigger, 1);
	await settle();
	expect(trigger.delivered).toMatchObject([{ crossing: 'below', balanceAfter: 50 }]);
	expect(await bank.requests()).toHaveLength(1);
});

test('an account that was opened since: one poll of everything a minute', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	passMinutes();
	const account = await bank.control.addAccount({ description: 'New', balance: '0.00' });
	await bank.receive('New');
	const [id] = await bank.receive('New');
	await trigger.call(callAbout('Payment', { id, account }));
	await delivered(trigger, 2);
	const forge = async () => {
		for (let other = 1; other <= 50; other++)
			await trigger.call(callAbout('Payment', { id: other, account: other }));
		await settle(5);
	};
	expect(await bank.cost(forge)).toBe(0);
	passMinutes();
	expect(await bank.cost(forge)).toBeLessThanOrEqual(4);
});

test('without Instant, calls wake nobody; a trigger on one account ignores other accounts', async () => {
	const trigger = await bank.trigger({ ...onAll, instant: false });
	const one = await bank.trigger(await onMain());
	await trigger.activate();
	await one.activate();
	const [id] = await bank.receive('Household');
	const account = await bank.accountId('Household');
	const call = async () => {
		for (const each of [trigger, one]) await each.call(callAbout('Payment', { id, account }));
		await settle();
	};
	expect(await bank.cost(call)).toBe(0);
});

test('a call wakes all triggers of the bunq user, and no stopped one', async () => {
	const called = await calls.trigger(onAll);
	const other = await calls.trigger(onAll);
	const stopped = await calls.trigger(onAll);
	const { oauth } = await bank.world('sandbox');
	const stranger = await calls.trigger(onAll, {
		credential: { environment: 'sandbox', oauthTokenData: { access_token: oauth.accessToken } },
	});
	for (const trigger of [called, other, stopped, stranger]) await trigger.activate();
	stopped.deactivate();
	passMinutes();
	const [id] = await bank.receive('Main');
	await bank.control.clearLog();
	await called.call(callAbout('Payment', { id, account: await bank.accountId('Main') }));
	await delivered(called, 1);
	await delivered(other, 1);
	await settle();
	expect(await bank.requests()).toHaveLength(2);
	expect([stopped.delivered, stranger.delivered]).toEqual([[], []]);
});

test('while bunq is down, calls report nothing, and one a minute asks whether it is back', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	for (let polls = 0; polls < 6; polls++) await trigger.nextPoll().catch(() => undefined);
	const failures = trigger.failures.length;
	const [id] = await bank.receive('Main');
	const call = async () =>
		await trigger.call(callAbout('Payment', { id, account: await bank.accountId('Main') }));
	await call();
	await settle();
	expect(trigger.failures).toHaveLength(failures);
	await bank.control.clearFaults();
	passMinutes();
	await call();
	await delivered(trigger, 1);
	expect(await bank.cost(async () => await trigger.nextPoll())).toBe(4);
});

test('what keeps bunq from calling fails one execution, at once, and the trigger polls', async () => {
	const trigger = await bank.trigger(onAll, { publicUrl: 'http://localhost:5678' });
	await expect(trigger.activate()).rejects.toThrow('bunq cannot call this n8n');
	await bank.receive('Main');
	await trigger.nextPoll();
	expect(descriptionsOf(trigger.delivered)).toEqual(['Main']);
	await trigger.moveToNewProcess();
	await trigger.nextPolls(2);
	expect(trigger.failures).toHaveLength(1);
});

test.each([true, false])(
	'what keeps bunq from calling is reported once where n8n runs its hooks late: %s',
	async (isHookLate) => {
		const publicUrl = 'http://localhost:5678';
		const trigger = await bank.trigger(onAll, { publicUrl, isHookLate });
		await expect(trigger.activate()).rejects.toThrow('bunq cannot call this n8n');
		await trigger.nextPolls(2);
		expect(trigger.failures).toHaveLength(1);
	},
);

test('n8n calls a trigger at its Poll Times, and one with Instant every 8 minutes for its URL', async () => {
	const pollTimes = { item: [{ mode: 'everyHour', minute: 5 }] };
	const times = async (instant: boolean) => {
		const trigger = await bank.trigger({ ...onAll, instant, pollTimes });
		await trigger.activate();
		return trigger.times;
	};
	const hourly = expect.stringMatching(/^\d+ 5 \* \* \* \*$/);
	expect(await times(false)).toEqual([hourly]);
	expect(await times(true)).toEqual([hourly, expect.stringMatching(/^\d+ \*\/8 \* \* \* \*$/)]);
});

test('a test in the editor neither needs nor hears calls', async () => {
	const trigger = await bank.trigger(onAll);
	expect(await trigger.call(callAbout('Payment', { id: 1, account: 1 }))).toBe(false);
	await bank.receive('Main');
	expect(descriptionsOf(await trigger.test())).toEqual(['Main']);
});

test('a call about a request that still waits: bunq may list its answer later, so it is read a few times', async () => {
	const [main, household] = [await bank.accountId('Main'), await bank.accountId('Household')];
	const account = locator('id', household);
	const trigger = await bank.trigger({
		event: 'requestInquiryUpdated',
		allAccounts: false,
		account,
	});
	await trigger.activate();
	await bank.control.addRequestResponse({ accountId: main, fromAccountId: household });
	await trigger.nextPoll();
	passMinutes();
	const { json } = await bank.oauth({ resource: 'requestInquiry', operation: 'getAll', account });
	const call = async () => {
		await trigger.call(callAbout('RequestInquiry', { id: json[0].id, account: household }));
		await settle();
	};
	expect(await bank.cost(call)).toBe(4);
	expect(trigger.delivered).toEqual([]);
});
