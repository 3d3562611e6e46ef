import { openSession } from '../simulator/control/testClient';
import { useBank } from '../support/bank';
import { useCalls } from '../support/calls';
import type { SentFilter } from '../support/callbackProcess';
import { passMinutes, until } from '../support/fakeClock';
import { under } from '../support/underEach';

/** A trigger's URL at bunq while the trigger runs: what n8n, the credential or bunq do meanwhile. */

const bank = useBank();
const calls = useCalls(bank);

const onAll = { event: 'paymentCreated' };

/** Another program of the user, in an environment. */
const program = async (environment: 'production' | 'sandbox' = 'production') => {
	passMinutes();
	return await openSession(bank.url, (await bank.world(environment)).apiKey, { environment });
};

/** The URLs in the user's list. */
const listed = async (by: Awaited<ReturnType<typeof program>>) => {
	passMinutes();
	const { json } = await by.get('{user}/notification-filter-url?count=200');
	return (json.Response as Array<{ NotificationFilterUrl: SentFilter }>).map(
		({ NotificationFilterUrl: { notification_target: url } }) => url,
	);
};

test('a credential that is connected to another bunq user: bunq calls for that user', async () => {
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	const { oauth } = await bank.world('sandbox');
	trigger.reconnect({
		environment: 'sandbox',
		oauthTokenData: { access_token: oauth.accessToken },
	});
	await trigger.nextPoll();
	expect(await listed(await program('sandbox'))).toEqual([
		`https://n8n.example.com${trigger.path}`,
	]);
});

/** A trigger, one of whose next credentials n8n decrypts late: the one that `waiting.from` counts down to. */
const triggerThatWaits = async () => {
	const waits: Array<() => void> = [];
	const waiting = { from: Infinity };
	const trigger = await calls.trigger(onAll, {
		decrypting: async () => {
			if (--waiting.from === 0) await new Promise<void>((resolve) => waits.push(resolve));
		},
	});
	return { trigger, waits, waiting };
};

/** Not the trigger's own clock, which looks after the URL only. */
const isPollTime = (expression: string) => !expression.includes('*/8 ');

/** A trigger whose clock waits for the credential, after its poll. bunq's list is empty again. */
const clockThatWaits = async () => {
	const { trigger, waits, waiting } = await triggerThatWaits();
	await trigger.activate();
	passMinutes(16);
	const other = await program();
	await other.post('{user}/notification-filter-url', { notification_filters: [] });
	// The first is that of the poll.
	waiting.from = 2;
	const tick = trigger.tick(isPollTime);
	await until(async () => waits.length > 0);
	const end = async () => {
		for (const each of waits) each();
		await tick;
	};
	return { trigger, other, end };
};

test.each(['trigger', 'hook'] as const)(
	'a workflow that is unpublished while its clock waits for the credential, the %s first, leaves nothing at bunq',
	async (first) => {
		const { trigger, other, end } = await clockThatWaits();
		if (first === 'trigger') await trigger.unpublish(first);
		else void trigger.unpublish(first).then(end);
		await end();
		expect(await listed(other)).toEqual([]);
	},
);

test('a trigger that n8n stops while its clock waits for the credential does not set its URL again', async () => {
	const { trigger, other, end } = await clockThatWaits();
	trigger.deactivate();
	await end();
	expect(await listed(other)).toEqual([]);
});

test('a trigger that is published without Instant does not look after its URL any more', async () => {
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	trigger.set({ instant: false });
	await trigger.reactivate();
	passMinutes(16);
	await bank.control.clearLog();
	await trigger.tick();
	expect((await bank.requests()).filter((one) => one.endsWith('filter-url'))).toEqual([]);
});

test('a credential that n8n cannot decrypt for the list fails no poll', async () => {
	const locked = { from: Infinity };
	const trigger = await calls.trigger(onAll, {
		decrypting: async () => {
			if (--locked.from < 0) await Promise.reject(new Error('The vault is closed'));
		},
	});
	await trigger.activate();
	await bank.receive('Main');
	// The poll gets it, the list does not.
	locked.from = 1;
	passMinutes();
	expect(await trigger.tick(isPollTime)).toHaveLength(1);
	expect(trigger.failures).toEqual([]);
});

test("where bunq does not answer n8n's hooks, the log says so, and the clock asks again", async () => {
	const trigger = await calls.trigger(onAll);
	const fault = { kind: 'maintenance', path: 'notification-filter-url', times: 1_000 } as const;
	await bank.control.fault(fault);
	await trigger.activate();
	expect(trigger.logged).toEqual([
		expect.stringMatching(/^bunq does not call this trigger yet: .*maintenance/),
	]);
	await bank.control.clearFaults();
	await trigger.nextPolls(2);
	expect(await listed(await program())).toHaveLength(1);
	await bank.control.fault(fault);
	await trigger.unpublish();
	expect(trigger.logged.slice(1)).toEqual([
		expect.stringMatching(/^A callback stays at bunq: .*maintenance/),
	]);
});

under(bank, 'oauthMayFilter', false, () => {
	test('a refused OAuth credential: the warning names the one that may have the right', async () => {
		const trigger = await calls.trigger(onAll);
		await expect(trigger.activate()).rejects.toMatchObject({
			description: expect.stringContaining('The Bunq API credential may have the right.'),
		});
	});
});

test('while bunq is down, nobody asks for its list between two polls', async () => {
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	await bank.control.fault({ kind: 'maintenance', times: 1_000 });
	for (let polls = 0; polls < 20; polls++) await trigger.nextPoll().catch(() => undefined);
	expect(await bank.cost(async () => await trigger.betweenPolls(8))).toBe(0);
});

test('what keeps bunq from calling is reported once, although bunq does not answer now and then', async () => {
	const hook = (path: string) => ({
		category: 'MUTATION',
		notification_target: `https://other.example.com/${path}`,
	});
	await bank.control.switches({ extraFields: false });
	await (
		await program()
	).post('{user}/notification-filter-url', {
		notification_filters: [hook('1'), hook('2')],
	});
	passMinutes();
	const trigger = await calls.trigger(onAll);
	await expect(trigger.activate()).rejects.toThrow('no room');
	const failing = ['notification-filter-url', ''];
	for (const path of failing) {
		await bank.control.fault({ kind: 'maintenance', path, times: 1_000 });
		passMinutes(16);
		await trigger.nextPolls(2);
		await bank.control.clearFaults();
		passMinutes(16);
		await trigger.nextPolls(2);
	}
	expect(trigger.failures).toHaveLength(1);
});

test('what another program replaced is put right between two polls that are far apart', async () => {
	const trigger = await calls.trigger(onAll);
	await trigger.activate();
	const other = await program();
	await other.post('{user}/notification-filter-url', { notification_filters: [] });
	await trigger.betweenPolls(24);
	expect(await listed(other)).toEqual([`https://n8n.example.com${trigger.path}`]);
});

test('a workflow that is unpublished while n8n waits for the credential leaves nothing at bunq', async () => {
	const { trigger, waits, waiting } = await triggerThatWaits();
	waiting.from = 1;
	const activating = trigger.activate();
	await until(async () => waits.length > 0);
	await trigger.unpublish();
	for (const end of waits) end();
	await activating.catch(() => undefined);
	expect(await listed(await program())).toEqual([]);
});
