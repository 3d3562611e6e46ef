import { useBank } from '../support/bank';
import { callAbout, delivered, settle, useCalls } from '../support/calls';
import { noRequests, passMinutes, passSeconds, until } from '../support/fakeClock';
import { descriptionsOf } from '../support/triggerHarness';

/** From the start of a trigger to its end: activation, restarts, and polls that a stop interrupts. */

const bank = useBank();
const calls = useCalls(bank);

const onAll = { event: 'paymentCreated' };
const revoke = async () => await bank.control.revoke((await bank.world()).oauth.accessToken);

describe('a credential that bunq refuses', () => {
	test('when a person publishes the workflow: it fails, and nothing runs', async () => {
		const trigger = await bank.trigger(onAll);
		await revoke();
		await expect(trigger.activate()).rejects.toMatchObject({ name: 'NodeApiError' });
		await expect(trigger.tick()).rejects.toThrow('not active');
		expect(trigger.stored).toEqual({});
	});

	test.each(['init', 'leadershipChange'] as const)(
		'when n8n starts the trigger (%s): a failed execution, and the clock goes on',
		async (mode) => {
			const trigger = await bank.trigger(onAll);
			await bank.control.fault({ kind: 'credentials', path: 'session-server', times: 1_000 });
			await bank.control.expireSessions();
			await expect(trigger.activate(mode)).rejects.toMatchObject({ name: 'NodeApiError' });
			expect(trigger.failures).toHaveLength(1);
			await bank.control.clearFaults();
			passMinutes(16);
			expect(await trigger.tick()).toBeNull();
			await bank.receive('Main');
			expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
		},
	);
});

describe('a poll on the wire', () => {
	/** A poll that bunq keeps waiting. */
	const slowPoll = async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await bank.receive('Main');
		passMinutes();
		await bank.control.clearLog();
		await bank.control.fault({ kind: 'slow', method: 'GET', path: 'payment$', delayMs: 400 });
		const poll = trigger.tick();
		await until(async () => (await bank.requests()).some((one) => one.endsWith('/payment')));
		return { trigger, poll };
	};

	test('when the workflow is published again: the new trigger delivers, once', async () => {
		const { trigger, poll } = await slowPoll();
		await trigger.reactivate();
		await poll;
		expect(descriptionsOf(trigger.delivered)).toEqual(['Main']);
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test('when the clock strikes again: the next poll waits, and finds nothing new', async () => {
		const { trigger, poll } = await slowPoll();
		await Promise.all([poll, trigger.tick()]);
		expect(descriptionsOf(trigger.delivered)).toEqual(['Main']);
	});

	test('when the clock strikes twice more: one more poll, which would read the same', async () => {
		const { trigger, poll } = await slowPoll();
		await Promise.all([poll, trigger.tick(), trigger.tick()]);
		const lists = (await bank.requests()).filter((one) => one.endsWith('/monetary-account'));
		expect(lists).toHaveLength(2);
	});

	test('when the clock strikes again and n8n stops the trigger: nobody polls any more', async () => {
		const { trigger, poll } = await slowPoll();
		const next = trigger.tick();
		trigger.deactivate();
		await bank.control.clearLog();
		await Promise.all([poll, next]);
		expect(await bank.requests()).toEqual([]);
	});

	test('when the workflow is unpublished: it neither delivers nor stores', async () => {
		const { trigger, poll } = await slowPoll();
		const before = JSON.stringify(trigger.stored);
		trigger.deactivate();
		await poll;
		expect(trigger.delivered).toEqual([]);
		expect(JSON.stringify(trigger.stored)).toBe(before);
		passMinutes();
		expect(descriptionsOf(await trigger.activate())).toEqual(['Main']);
	});
});

describe('a trigger that n8n starts again before it stops the old one', () => {
	test('runs alone, and goes on when the old one is stopped', async () => {
		const old = await bank.trigger(onAll);
		await old.activate();
		const again = old.copyAs({});
		await again.activate();
		const [id] = await bank.receive('Main');
		passMinutes();
		expect(await old.tick()).toBeNull();
		old.deactivate();
		await again.call(callAbout('Payment', { id, account: await bank.accountId('Main') }));
		await delivered(again, 1);
		again.deactivate();
	});
});

test('a trigger that could not start hears no calls', async () => {
	const [other, failed] = [await calls.trigger(onAll), await calls.trigger(onAll)];
	await other.activate();
	await bank.control.fault({ kind: 'maintenance', path: 'monetary-account$', times: 1_000 });
	await expect(failed.activate()).rejects.toThrow(/maintenance/);
	await bank.control.clearFaults();
	const account = await bank.accountId('Main');
	for (const count of [1, 2]) {
		const [id] = await bank.receive('Main');
		await other.call(callAbout('Payment', { id, account }));
		await delivered(other, count);
		await settle();
	}
	expect(failed.delivered).toEqual([]);
});

describe('a poll for which n8n still decrypts the credential', () => {
	/** What decrypts next waits, until it is told how to end. */
	const waitingPoll = async () => {
		const waiting: { isNext?: boolean; end?: (work: Promise<void>) => void } = {};
		const trigger = await bank.trigger(onAll, {
			decrypting: async () => {
				if (!waiting.isNext) return;
				waiting.isNext = false;
				await new Promise<void>((resolve) => (waiting.end = resolve));
			},
		});
		await trigger.activate();
		await bank.receive('Main');
		passMinutes();
		waiting.isNext = true;
		const poll = trigger.tick();
		await until(async () => waiting.end !== undefined);
		return { trigger, poll, end: waiting.end! };
	};

	test('when the workflow is published again changes nothing that the new trigger knows', async () => {
		const { trigger, poll, end } = await waitingPoll();
		await trigger.reactivate();
		end(Promise.resolve());
		await poll;
		await trigger.nextPoll();
		expect(descriptionsOf(trigger.delivered)).toEqual(['Main']);
	});

	test('when n8n stops the trigger reports nothing, whatever comes of it', async () => {
		const { trigger, poll, end } = await waitingPoll();
		trigger.deactivate();
		end(Promise.reject(new Error('The vault is closed')));
		await poll;
		expect(trigger.failures).toEqual([]);
	});
});

test('what this process knows is newer than what n8n has stored, until another process stores', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const older = trigger.stored;
	await bank.receive('Main');
	await trigger.nextPoll();
	trigger.stored = older;
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
});

test('n8n of version 1 has failed polls in its log, and the trigger goes on', async () => {
	const trigger = await bank.trigger(onAll, { version: 1 });
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	await trigger.nextPollsDeliverNothing(3);
	await expect(trigger.nextPoll()).rejects.toThrow(
		/^Bunq Trigger: .*maintenance.*The list of accounts could not be read/i,
	);
	await bank.control.clearFaults();
	await bank.receive('Main');
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
});

test('while bunq is down, it is asked less and less often, and at least every 15 minutes', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	await bank.receive('Main');
	const asked: number[] = [];
	for (let minute = 1; minute <= 90; minute++) {
		await bank.control.clearLog();
		await trigger.nextPoll().catch(() => undefined);
		if ((await bank.control.log()).length > 0) asked.push(minute);
	}
	expect(asked.slice(0, 8)).toEqual([1, 2, 3, 4, 5, 7, 11, 19]);
	expect(asked.slice(8)).toEqual([34, 49, 64, 79]);
	await bank.control.clearFaults();
	await trigger.nextPolls(15);
	expect(descriptionsOf(trigger.delivered)).toEqual(['Main']);
	expect(await bank.cost(async () => await trigger.nextPoll())).toBeGreaterThan(0);
});

test('a pause ends although the clock strikes a few seconds early', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	for (let polls = 0; polls < 5; polls++) await trigger.nextPoll().catch(() => undefined);
	passSeconds(116);
	expect(await bank.cost(async () => await trigger.tick().catch(() => undefined))).toBeGreaterThan(
		0,
	);
});

test('bunq is down when n8n starts: that is a failed execution once it lasts', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	passMinutes();
	expect(await trigger.moveToNewProcess()).toBeNull();
	await trigger.nextPollsDeliverNothing(2);
	await expect(trigger.nextPoll()).rejects.toThrow(/maintenance/);
	// Once is enough.
	expect(trigger.logged).toEqual([]);
});

test('a trigger that n8n stops ends the poll in progress: it asks bunq nothing more', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	passMinutes();
	await bank.control.clearLog();
	const poll = trigger.tick();
	await until(async () => (await bank.requests()).length > 0);
	trigger.deactivate();
	await poll;
	passMinutes();
	await noRequests();
	expect((await bank.requests()).length).toBeLessThanOrEqual(2);
});
