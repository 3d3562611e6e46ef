import { useBank } from '../support/bank';
import { callAbout, delivered, settle } from '../support/calls';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { randomOf } from '../support/random';
import type { TriggerHarness } from '../support/triggerHarness';

/** Whoever knows the trigger's URL can call it: with anything, at any rate. Afterwards real calls work as before. */

const bank = useBank();

const onAll = { event: 'paymentCreated' };

const started = async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	passMinutes();
	return trigger;
};

/** Lets what was woken run. */
const breathe = async () => await new Promise((resolve) => setImmediate(resolve));

/** A real payment, and a real call about it. */
const expectInstant = async (trigger: TriggerHarness) => {
	const before = trigger.delivered.length;
	const [id] = await bank.receive('Main');
	await trigger.call(callAbout('Payment', { id, account: await bank.accountId('Main') }));
	await delivered(trigger, before + 1);
	expect(trigger.delivered.slice(before)).toMatchObject([{ id }]);
};

const deep = () => {
	let body: unknown = 'bottom';
	for (let level = 0; level < 20_000; level++) body = { NotificationUrl: body };
	return body;
};
const wide = () =>
	Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [index, index]));

test('junk of any shape and size costs no request', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	const wrapped = (object: unknown) => ({ NotificationUrl: { object } });
	const bodies: unknown[] = [
		...[undefined, null, '', 'text', 7, true, [], {}, Buffer.alloc(1_000_000), deep(), wide()],
		...[null, 'x', [], wide()].map((NotificationUrl) => ({ NotificationUrl })),
		...[null, 'x', [], { Payment: null }, { Payment: [] }, { Payment: 'x' }, wide()].map(wrapped),
		...[{}, { id: 5 }, { id: -5, monetary_account_id: account }].map((Payment) =>
			wrapped({ Payment }),
		),
		...['__proto__', 'constructor', 'toString', 'Invoice'].map((object) =>
			callAbout(object, { id: 5, account }),
		),
		...[NaN, 1.5, 2 ** 60, '5x', {}, null].flatMap((odd) => [
			callAbout('Payment', { id: odd, account }),
			callAbout('Payment', { id: 5, account: odd }),
		]),
	];
	const send = async () => {
		for (const body of bodies) expect(await trigger.call(body)).toBe(true);
		const unparsed = [
			'',
			'{',
			'[]',
			'null',
			'"text"',
			'{"NotificationUrl":1}',
			' '.repeat(2 ** 24),
			JSON.stringify(callAbout('Payment', { id: 5, account })) + ' '.repeat(2 ** 20),
		];
		for (const text of unparsed) expect(await trigger.call({}, Buffer.from(text))).toBe(true);
		await settle(15);
	};
	expect(await bank.cost(send)).toBe(0);
	await expectInstant(trigger);
});

test('forged IDs in a known account: at most one poll a second, 20 until the clock polls, nothing is delivered', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	const forge = async () => {
		for (let id = 900_000_000; id < 900_000_100; id++) {
			await trigger.call(callAbout('Payment', { id, account }));
			await settle(1);
		}
	};
	expect(await bank.cost(forge)).toBe(20);
	expect(trigger.delivered).toEqual([]);

	const [id] = await bank.receive('Main');
	await trigger.call(callAbout('Payment', { id, account }));
	await settle(15);
	expect(trigger.delivered).toEqual([]);
	expect(await trigger.nextPoll()).toMatchObject([{ id }]);
	await expectInstant(trigger);
});

test('forged calls keep a trigger that polls once a day from hearing real ones for minutes only', async () => {
	const trigger = await started();
	const account = await bank.accountId('Main');
	for (let id = 900_000_000; id < 900_000_040; id++) {
		await trigger.call(callAbout('Payment', { id, account }));
		await settle(1);
	}
	await trigger.betweenPolls(8);
	await expectInstant(trigger);
});

test("another user's account: one poll of everything a minute, and nothing of it is delivered", async () => {
	const trigger = await started();
	const [theirs] = (await bank.world('sandbox')).accounts;
	const ids = await bank.control.addPayments({
		accountId: theirs.id,
		environment: 'sandbox',
		count: 3,
	});
	const forge = async () => {
		for (const id of ids) await trigger.call(callAbout('Payment', { id, account: theirs.id }));
		await settle(15);
	};
	expect(await bank.cost(forge)).toBeLessThanOrEqual(4);
	expect(trigger.delivered).toEqual([]);
	await expectInstant(trigger);
});

describe('1,000 calls at once', () => {
	/** A payment in Household, and the call about it, after other calls. Whether it was delivered within seconds. */
	const isInstantAfter = async (trigger: TriggerHarness, others: () => Promise<void>) => {
		const before = trigger.delivered.length;
		const [id] = await bank.receive('Household');
		const account = await bank.accountId('Household');
		await others();
		await trigger.call(callAbout('Payment', { id, account }));
		await settle(2);
		return trigger.delivered.length > before;
	};
	const callAll = async (trigger: TriggerHarness, ids: number[], account?: number) => {
		for (const id of ids) await trigger.call(callAbout('Payment', { id, account: account ?? id }));
	};
	const numbers = (first: number) => Array.from({ length: 1_000 }, (_, at) => first + at);

	test('about what was read long ago take no room from a real one', async () => {
		const trigger = await started();
		const [first] = await bank.receive('Main', { count: 250 });
		await trigger.nextPoll();
		const account = await bank.accountId('Main');
		const isInstant = await isInstantAfter(
			trigger,
			async () => await callAll(trigger, numbers(first - 1_000), account),
		);
		expect(isInstant).toBe(true);
	});

	test('about unknown accounts are forgotten with the poll of everything, and cause no other for a minute', async () => {
		const trigger = await started();
		await callAll(trigger, numbers(1));
		await settle(5);
		expect(await isInstantAfter(trigger, async () => undefined)).toBe(true);
		const more = async () => await callAll(trigger, numbers(2_000));
		expect(await isInstantAfter(trigger, more)).toBe(true);
	});

	test('about real payments are forgotten once these are read', async () => {
		const trigger = await started();
		const ids = await bank.receive('Main', { count: 1_000 });
		await callAll(trigger, ids, await bank.accountId('Main'));
		await delivered(trigger, 1_000);
		await settle(5);
		expect(await isInstantAfter(trigger, async () => undefined)).toBe(true);
	});

	test('that are forged in a known account are all that waits, for a quarter of a minute', async () => {
		const trigger = await started();
		const account = await bank.accountId('Main');
		const forged = async () => await callAll(trigger, numbers(900_000_000), account);
		expect(await isInstantAfter(trigger, forged)).toBe(false);
		expect(await trigger.nextPoll()).toHaveLength(1);
		await settle(15);
		expect(await isInstantAfter(trigger, async () => undefined)).toBe(true);
	});
});

test('1,000 calls a second for a minute: answered at once, few polls, bounded memory, then real calls work', async () => {
	const trigger = await started();
	const known = await bank.accountId('Main');
	const random = randomOf(1);
	let slowest = 0;
	let calls = 0;
	const flood = async () => {
		for (let second = 0; second < 60; second++) {
			for (let count = 0; count < 1_000; count++) {
				const account = random(2) ? known : 1 + random(1_000_000);
				const body = callAbout('Payment', { id: 1 + random(2 ** 30), account });
				// Processor time: on a busy machine, a call also waits for other programs.
				const began = process.cpuUsage();
				await trigger.call(body);
				const { user, system } = process.cpuUsage(began);
				slowest = Math.max(slowest, (user + system) / 1_000);
				calls++;
			}
			passSeconds(1);
			await breathe();
		}
	};
	global.gc?.();
	const before = process.memoryUsage().heapUsed;
	const requests = await bank.cost(flood);
	const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
	console.log(
		JSON.stringify({ calls, slowestMs: Math.round(slowest), requests, grownMb: Math.round(grown) }),
	);
	expect(slowest).toBeLessThan(100);
	expect(requests).toBeLessThanOrEqual(20 + 2 * 4);
	expect(trigger.delivered).toEqual([]);
	await settle(15);
	expect(await trigger.nextPoll()).toBeNull();
	await expectInstant(trigger);
}, 120_000);
