import { events } from '../../nodes/Bunq/trigger/events';
import { newCursor, type PollState } from '../../nodes/Bunq/trigger/pollState';
import { Alarm } from '../../nodes/Bunq/trigger/wake';
import { callAbout } from '../support/calls';
import { startFakeClock } from '../support/fakeClock';

/** Which calls wake a trigger, moment by moment: the smallest steps of time, which no bank can hit. */

const clock = {} as { stop: () => void };
beforeAll(() => void (clock.stop = startFakeClock()));
afterAll(() => clock.stop());

const ACCOUNT = 7;

test.each(Array.from({ length: 12 }, (_, steps) => steps))(
	'a call that comes %s steps after the end of a poll is not left waiting',
	async (steps) => {
		const cursor = newCursor(0);
		const state = { accounts: { [ACCOUNT]: cursor } } as unknown as PollState;
		const bank = [1];
		const call = (id: number) => alarm.receive(callAbout('Payment', { id, account: ACCOUNT }));
		const polled: Array<() => void> = [];
		const alarm = new Alarm({
			event: events.paymentCreated,
			isOver: () => false,
			isPaused: () => false,
			state: () => state,
			inTurn: async (work) => await work(),
			poll: async () => {
				cursor.recentIds = [...bank];
				polled.shift()?.();
			},
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
