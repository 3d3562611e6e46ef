import { BunqError } from '../../nodes/Bunq/api/errors';
import type { Event } from '../../nodes/Bunq/trigger/event';
import { events } from '../../nodes/Bunq/trigger/events';
import { newCursor, type PollState } from '../../nodes/Bunq/trigger/pollState';
import { Waker, type WokenTrigger } from '../../nodes/Bunq/trigger/wake';
import { callAbout } from '../support/calls';
import { startFakeClock } from '../support/fakeClock';

/** Which calls wake a trigger, moment by moment: the smallest steps of time, which no bank can hit. */

const clock = {} as { stop: () => void };
beforeAll(() => void (clock.stop = startFakeClock()));
afterAll(() => clock.stop());

const ACCOUNT = 7;
const pause = async (seconds: number) =>
	await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** The waker of a trigger, whose polls are `poll` and take so long as that does. */
const newWaker = (
	poll: () => Promise<void>,
	{ event = events.paymentCreated, object = 'Payment' }: { event?: Event; object?: string } = {},
) => {
	const cursor = newCursor(0);
	const state = { accounts: { [ACCOUNT]: cursor } } as unknown as PollState;
	const began = performance.now();
	/** When each poll began, in seconds. */
	const polls: number[] = [];
	const queue = { last: Promise.resolve() };
	const trigger: WokenTrigger = {
		event,
		isOver: () => false,
		isPaused: () => false,
		state: () => state,
		inTurn: async (work) => {
			const mine = queue.last.then(work);
			queue.last = mine.catch(() => undefined);
			await mine;
		},
		poll: async () => {
			polls.push(Math.round((performance.now() - began) / 1_000));
			await poll();
		},
	};
	const waker = new Waker(trigger);
	const call = (id: number) => waker.receive(callAbout(object, { id, account: ACCOUNT }));
	return { cursor, polls, call };
};

test.each(Array.from({ length: 12 }, (_, steps) => steps))(
	'a call that comes %s steps after the end of a poll is not left waiting',
	async (steps) => {
		const bank = [1];
		const polled: Array<() => void> = [];
		const { cursor, call } = newWaker(async () => {
			cursor.recentIds = [...bank];
			polled.shift()?.();
		});
		const first = new Promise<void>((resolve) => polled.push(resolve));
		call(1);
		await first;
		for (let step = 0; step < steps; step++) await undefined;
		bank.push(2);
		const second = new Promise<void>((resolve) => polled.push(resolve));
		call(2);
		const never = new Promise<never>((_resolve, reject) => setTimeout(reject, 30_000));
		await Promise.race([second, never]);
		expect(cursor.recentIds).toEqual([1, 2]);
	},
);

test('calls that wait for a poll together cause no other one within a second', async () => {
	const { cursor, polls, call } = newWaker(async () => {
		if (polls.length === 2) call(4);
		await undefined;
		cursor.recentIds = [1, 2, 3, 4].slice(0, 2 * polls.length - 1);
	});
	for (const id of [1, 2, 3]) {
		call(id);
		await pause(0.1);
	}
	await pause(5);
	expect(polls).toEqual([0, 1, 2]);
});

test('after a poll that fails, its calls are looked for again, and others wake the trigger', async () => {
	const { polls, call } = newWaker(async () => {
		await Promise.reject(new BunqError('unavailable', 'bunq is under maintenance'));
	});
	call(1);
	await pause(20);
	expect(polls).toEqual([0, 1, 4, 13]);
	call(2);
	await pause(0.5);
	expect(polls).toHaveLength(5);
});

test('a call that was read while it waited costs neither a poll nor time', async () => {
	const { cursor, polls, call } = newWaker(async () => {
		if (polls.length === 1) call(2);
		await pause(5);
		cursor.recentIds = [1, 2];
	});
	call(1);
	await pause(5.2);
	call(3);
	await pause(0.2);
	expect(polls).toEqual([0, 5]);
});

test('a call that comes again during a poll is looked for, whatever the poll finds for the first one', async () => {
	const { cursor, polls, call } = newWaker(
		async () => {
			if (polls.length > 1) return;
			call(1);
			await pause(1);
			// The creation: bunq shows the answer, about which it calls now, later.
			cursor.pendingIds = [1];
		},
		{ event: events.draftPaymentUpdated, object: 'DraftPayment' },
	);
	call(1);
	await pause(20);
	expect(polls).toEqual([0, 1, 2, 5, 14]);
});
