import {
	parseBunqTime,
	recordServerTime,
	sentBetween,
	sentNow,
	serverNow,
	toBunqClock,
	monotonicNow,
} from '../../nodes/Bunq/api/clock';
import { passSeconds } from '../support/fakeClock';

const TIME = Date.UTC(2026, 0, 8, 11, 20, 3);

test.each<[value: unknown, time: number]>([
	['2026-01-08 11:20:03.950184', TIME + 950],
	['2026-01-08 11:20:03.9', TIME + 900],
	['2026-01-08 11:20:03', TIME],
	[' 2026-01-08 11:20:03 ', TIME],
	['2026-01-08T11:20:03Z', TIME],
	['2026-01-08T11:20:03.950184Z', TIME + 950],
	['2026-01-08t11:20:03z', TIME],
	['2026-01-08T12:20:03+01:00', TIME],
	['2026-01-08 12:20:03.950184+0100', TIME + 950],
	['2026-01-08T09:20:03-02', TIME],
	['2026-13-08 11:20:03', NaN],
	['2026-02-30 11:20:03', NaN],
	['2026-01-08 25:20:03', NaN],
	['2026-01-08', NaN],
	['2026-01-08 11:20', NaN],
	['2026-01-08 11:20:03 or so', NaN],
	['2026-01-08T11:20:03+99:99', NaN],
	['yesterday', NaN],
	['', NaN],
	[null, NaN],
	[undefined, NaN],
	[TIME, NaN],
	[{}, NaN],
	[['2026-01-08 11:20:03'], NaN],
])("bunq's time %p is %p", (value, time) => {
	expect(parseBunqTime(value)).toBe(time);
});

describe("bunq's clock", () => {
	const NOON = Date.UTC(2026, 0, 8, 12);
	const HOUR_MS = 3_600_000;
	const newHost = () => `https://bank-${Math.random()}`;
	const setClock = (ms: number) => jest.setSystemTime(Date.now() + ms);
	/** This machine sleeps: the monotonic clock stops. */
	const sleepFor = setClock;

	beforeEach(() => jest.useFakeTimers({ now: NOON }));
	afterEach(() => jest.useRealTimers());

	test.each([-HOUR_MS, HOUR_MS])("goes on when this machine's is set by %d ms", (ms) => {
		const host = newHost();
		recordServerTime(host, NOON + 500);
		const started = monotonicNow();
		passSeconds(10);
		setClock(ms);
		expect(serverNow(host)).toBe(NOON + 10_500);
		expect(toBunqClock(started, { now: () => serverNow(host) })()).toBe(NOON + 500 - 2_000);
	});

	test.each([
		['it is set back after sending', 0, -HOUR_MS, { first: NOON, last: NOON }],
		['it is set forward after sending', 0, HOUR_MS, { first: NOON, last: NOON }],
		['it is set back before sending', -HOUR_MS, 0, { first: NOON, last: NOON }],
		['it is set forward before sending', HOUR_MS, 0, { first: NOON, last: NOON + HOUR_MS }],
	])('says when a request was sent, also if %s', (_when, before, after, expected) => {
		const host = newHost();
		recordServerTime(host, NOON);
		setClock(before);
		const sent = sentNow(host);
		passSeconds(10);
		setClock(after);
		recordServerTime(host, NOON + 10_000);
		expect(sentBetween(sent)).toEqual(expected);
	});

	test.each([
		['before sending', true, { first: NOON, last: NOON + HOUR_MS }],
		['after sending', false, { first: NOON, last: NOON + HOUR_MS }],
	])('doubts the time in which the machine slept, %s', (_when, sleepsBefore, expected) => {
		const host = newHost();
		if (sleepsBefore) {
			recordServerTime(host, NOON);
			sleepFor(HOUR_MS);
			expect(sentBetween(sentNow(host))).toEqual(expected);
		} else {
			const sent = sentNow(host);
			sleepFor(HOUR_MS);
			recordServerTime(host, NOON + HOUR_MS);
			expect(sentBetween(sent)).toEqual(expected);
		}
	});

	test('doubts everything of the last day if bunq never gave a time', () => {
		const sent = sentNow(newHost());
		passSeconds(10);
		expect(sentBetween(sent)).toEqual({ first: NOON - 24 * HOUR_MS, last: Infinity });
	});
});
