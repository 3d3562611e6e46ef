import { parseBunqTime } from '../../nodes/Bunq/api/clock';

test.each<[text: string | null | undefined, time: number]>([
	['2026-01-08 11:20:03.950184', Date.UTC(2026, 0, 8, 11, 20, 3, 950)],
	['2026-01-08 11:20:03.9', Date.UTC(2026, 0, 8, 11, 20, 3, 900)],
	['2026-01-08T11:20:03Z', Date.UTC(2026, 0, 8, 11, 20, 3)],
	['2026-13-08 11:20:03', NaN],
	['yesterday', NaN],
	['', NaN],
	[null, NaN],
	[undefined, NaN],
])("bunq's time %p is %p", (text, time) => {
	expect(parseBunqTime(text)).toBe(time);
});
