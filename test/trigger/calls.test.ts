import { useBank } from '../support/bank';
import { callAbout, delivered, settle, useCalls } from '../support/calls';
import { passMinutes, passSeconds, until } from '../support/fakeClock';
import { idsOf, type TriggerHarness } from '../support/triggerHarness';

/** Which calls make a trigger read, when, and how often: trigger/wake.ts. */

const bank = useBank();
const calls = useCalls(bank);

const onAll = { event: 'paymentCreated' };

const started = async (parameters: object = onAll) => {
	const trigger = await bank.trigger({ ...parameters });
	await trigger.activate();
	passMinutes();
	await bank.control.clearLog();
	return trigger;
};
const callAboutPayment = async (trigger: TriggerHarness, id: number, account: number) =>
	await trigger.call(callAbout('Payment', { id, account }));
const forge = async (trigger: TriggerHarness, account: number, count: number) => {
	for (let id = 900_000_000; id < 900_000_000 + count; id++) {
		await callAboutPayment(trigger, id, account);
		await settle(1);
	}
};
/** A payment that bunq takes long to show: until then, a poll is on the wire. */
const slowly = async () =>
	await bank.control.fault({ kind: 'slow', method: 'GET', path: 'payment$', delayMs: 400 });
const isReading = async () =>
	await until(async () => (await bank.requests()).some((one) => one.endsWith('/payment')));

test('a payment that crossed a threshold, and is called again: it was read, so nobody reads', async () => {
	const trigger = await started({ event: 'balanceCrossed', threshold: 100 });
	const account = await bank.accountId('Household');
	const [id] = await bank.receive('Household', { amount: '-250.00' });
	await callAboutPayment(trigger, id, account);
	await delivered(trigger, 1);
	const again = async () => {
		await callAboutPayment(trigger, id, account);
		await settle(20);
	};
	expect(await bank.cost(again)).toBe(0);

	// Of so many calls the oldest is forgotten.
	const [next] = await bank.receive('Household', { amount: '-1.00' });
	for (let other = next; other < next + 1_000; other++)
		await callAboutPayment(trigger, other, account);
	await settle(20);
	expect(await bank.cost(again)).toBeGreaterThan(0);
	expect(trigger.delivered).toHaveLength(1);
});

test('a draft is read with the call about its creation, and again with the one about its answer', async () => {
	const trigger = await started({ event: 'draftPaymentUpdated' });
	const account = await bank.accountId('Holiday');
	const [id] = await bank.control.addDrafts({ accountId: account });
	const call = async () => {
		await trigger.call(callAbout('DraftPayment', { id, account }));
		await settle(20);
	};
	expect(await bank.cost(call)).toBe(1);
	await bank.control.rejectDraft(id);
	await call();
	expect(trigger.delivered).toMatchObject([{ id, status: 'REJECTED' }]);
});

test('forged calls do not count against real ones between them', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	for (let round = 1; round <= 3; round++) {
		await forge(trigger, account, 4);
		await settle(15);
		const [id] = await bank.receive('Main');
		await callAboutPayment(trigger, id, account);
		await settle(2);
		expect(trigger.delivered).toHaveLength(round);
	}
});

test('a call that comes while a poll by the clock reads its account waits, and costs nothing', async () => {
	const trigger = await started();
	const [id] = await bank.receive('Main');
	await slowly();
	const poll = trigger.tick();
	await isReading();
	await callAboutPayment(trigger, id, await bank.accountId('Main'));
	expect(idsOf(await poll)).toEqual([id]);
	const after = async () => await settle(20);
	expect(await bank.cost(after)).toBe(0);
	expect(idsOf(trigger.delivered)).toEqual([id]);
});

test('two polls for calls are a second apart, also where the first takes long', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	const ids = await bank.receive('Main', { count: 2 });
	await bank.control.fault({ kind: 'slow-answer', path: 'payment$', delayMs: 400 });
	for (const id of ids) await callAboutPayment(trigger, id, account);
	passSeconds(1);
	await isReading();
	const [last] = await bank.receive('Main');
	await callAboutPayment(trigger, last, account);
	await settle(5);
	const [first, second] = (await bank.log()).map(({ time }) => Date.parse(time));
	expect(second - first).toBeGreaterThanOrEqual(1_000);
	expect(idsOf(trigger.delivered)).toEqual([...ids, last]);
});

test.each([
	['the account', 'payment$', 2],
	['a session', 'session-server', 1],
])('a poll for a call that gets no answer about %s is repeated', async (_, path, times) => {
	const trigger = await started();
	const [id] = await bank.receive('Main');
	await bank.control.expireSessions();
	await bank.control.fault({ kind: 'maintenance', path, times });
	await callAboutPayment(trigger, id, await bank.accountId('Main'));
	// bunq allows a session in 30 seconds.
	await settle(60);
	expect(idsOf(trigger.delivered)).toEqual([id]);
	expect(trigger.failures).toEqual([]);
});

test('calls about a known and about a new account: both are read at once', async () => {
	const trigger = await started();
	const account = await bank.control.addAccount({ description: 'New', balance: '0.00' });
	await bank.receive('New');
	const [id] = await bank.receive('New');
	const [known] = await bank.receive('Main');
	await callAboutPayment(trigger, known, await bank.accountId('Main'));
	await callAboutPayment(trigger, id, account);
	await settle(20);
	expect(idsOf(trigger.delivered)).toEqual(expect.arrayContaining([id, known]));
	const [first, second] = (await bank.log()).map(({ time }) => Date.parse(time));
	expect(second - first).toBeLessThan(1_000);
});

test.each([
	['young, with a lower ID than all that were read', 'Young'],
	['old', 'Main'],
])('what bunq lists 12 seconds late in an account that is %s is looked for', async (_, name) => {
	await bank.control.addAccount({ description: 'Young', balance: '0.00' });
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	passMinutes();
	// Only the test calls.
	await bank.control.holdCallbacks(true);
	const account = await bank.accountId(name);
	await bank.control.callbackFault({ kind: 'early', delayMs: 12_000 });
	const [late] = await bank.receive(name);
	const [next] = await bank.receive(name);
	await callAboutPayment(trigger, next, account);
	await delivered(trigger, 1);
	await callAboutPayment(trigger, late, account);
	await settle(25);
	expect(idsOf(trigger.delivered)).toEqual([next, late]);
});

test('a call that comes again is looked for from then on, and not twice', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	const twice = async () => {
		await callAboutPayment(trigger, 900_000_000, account);
		await settle(2);
		await callAboutPayment(trigger, 900_000_000, account);
		await settle(30);
	};
	// At 0 and 1 seconds, then at 2, 3, 6 and 15.
	expect(await bank.cost(twice)).toBe(6);
});

test('calls about an account that was read to its end count as about an unknown one', async () => {
	const account = await bank.control.addAccount({ description: 'Old', balance: '0.00' });
	const trigger = await started();
	await bank.closeAccount(account);
	await trigger.nextPolls(4);
	const call = async () => {
		for (let id = 1; id <= 5; id++) {
			await callAboutPayment(trigger, 900_000_000 + id, account);
			await settle(2);
		}
	};
	passMinutes();
	expect(await bank.cost(call)).toBe(4);
	expect(await bank.accountsRead()).not.toContain(account);
});

test('a call about an account that could not be read so far: it alone is read, from the start of the trigger on', async () => {
	const account = await bank.accountId('Household');
	await bank.control.fault({
		kind: '500-before',
		method: 'GET',
		path: `/monetary-account/${account}/`,
		times: 1_000,
	});
	const trigger = await started();
	await bank.control.clearFaults();
	const [id] = await bank.receive('Household');
	const call = async () => {
		await callAboutPayment(trigger, id, account);
		await settle(5);
	};
	expect(await bank.cost(call)).toBe(1);
	expect(idsOf(trigger.delivered)).toEqual([id]);
});

test('a trigger that could not read anything yet begins with a call', async () => {
	const trigger = await bank.trigger({
		...onAll,
		allAccounts: false,
		account: await bank.locate('Main'),
	});
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	await trigger.activate('init').catch(() => undefined);
	await bank.control.clearFaults();
	await callAboutPayment(trigger, 1, await bank.accountId('Main'));
	await settle(2);
	const ids = await bank.receive('Main');
	expect(idsOf(await trigger.nextPoll())).toEqual(ids);
});

describe('a trigger that n8n stops', () => {
	test('before it has read for a call asks bunq nothing, and waits for nothing', async () => {
		const trigger = await started();
		const [id] = await bank.receive('Main');
		const call = async () => {
			await callAboutPayment(trigger, id, await bank.accountId('Main'));
			trigger.deactivate();
			await settle(20);
		};
		expect(await bank.cost(call)).toBe(0);
		expect(jest.getTimerCount()).toBe(0);
	});

	test('while it reads for a call does not read everything for another one', async () => {
		const trigger = await started();
		const account = await bank.accountId('Main');
		await slowly();
		await callAboutPayment(trigger, 900_000_000, account);
		await callAboutPayment(trigger, 900_000_000, 1);
		passSeconds(1);
		await isReading();
		trigger.deactivate();
		await settle(20);
		expect(await bank.requests()).toHaveLength(1);
	});
});

test('while bunq is down, calls about known accounts make it read everything, once a minute', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	for (let polls = 0; polls < 20; polls++) await trigger.nextPoll().catch(() => undefined);
	const call = async () => await forge(trigger, account, 20);
	const once = await bank.cost(call);
	expect(once).toBeGreaterThan(0);
	expect(new Set(await bank.requestShapes())).toEqual(new Set(['GET /user/{}/monetary-account']));
	expect(await bank.cost(call)).toBe(0);
	passMinutes();
	expect(await bank.cost(call)).toBe(once);
	// The clock still pauses.
	expect(await bank.cost(async () => await trigger.nextPoll())).toBe(0);

	await bank.control.clearFaults();
	const [id] = await bank.receive('Main');
	await callAboutPayment(trigger, id, account);
	await delivered(trigger, 1);
	expect(await bank.cost(async () => await trigger.nextPoll())).toBe(4);
});

test('while bunq is down, calls do not put off the next poll by the clock', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	for (let polls = 0; polls < 20; polls++) await trigger.nextPoll().catch(() => undefined);
	const costs: number[] = [];
	for (let id = 900_000_001; id <= 900_000_015; id++) {
		await callAboutPayment(trigger, id, account);
		await settle(1);
		costs.push(await bank.cost(async () => await trigger.nextPoll().catch(() => undefined)));
	}
	expect(costs.filter((cost) => cost > 0)).toHaveLength(1);
});

test('polls for calls that fail do not count: the clock reports only what lasts', async () => {
	const trigger = await started();
	await bank.control.expireSessions();
	await bank.control.fault({ kind: 'maintenance', path: 'session-server', times: 1_000 });
	const [id] = await bank.receive('Main');
	await callAboutPayment(trigger, id, await bank.accountId('Main'));
	await settle(90);
	expect(await trigger.nextPoll()).toBeNull();
	expect(trigger.failures).toEqual([]);
});
