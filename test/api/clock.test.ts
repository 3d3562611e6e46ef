import { parseBunqTime } from '../../nodes/Bunq/api/clock';

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
