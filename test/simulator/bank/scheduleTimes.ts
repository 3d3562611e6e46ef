import { type BodyOf, INTEGER, STRING, oneOf, optional, required } from '../http/fields';
import { refusals } from '../http/refusal';
import type { Schedule } from './schedules';

/** When a scheduled payment is made (§9.13). */

export const UNITS = ['ONCE', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;

/** When a payment is made; times in milliseconds. */
export interface Timing {
	start: number;
	end: number | null;
	unit: (typeof UNITS)[number];
	size: number;
}

/** Whether the calendar has the day; JavaScript takes 30 February for 2 March. */
export const isDay = (text: string): boolean => {
	const time = Date.parse(`${text}T00:00:00Z`);
	return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/** A time in bunq's format (§13), with or without fractions; UTC. */
export const readTime = (name: string, text: string): number => {
	const isTime = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/.test(text);
	const time = Date.parse(`${text.slice(0, 23).replace(' ', 'T')}Z`);
	if (!isTime || !isDay(text.slice(0, 10)) || Number.isNaN(time)) {
		throw refusals.wrongValue(name, 'a time such as 2026-01-31 09:00:00');
	}
	return time;
};

/** §9.13: the fields of a schedule. */
export const TIMING_FIELDS = {
	time_start: required(STRING),
	time_end: optional(STRING),
	recurrence_unit: required(oneOf(...UNITS)),
	recurrence_size: required(INTEGER),
};

export type TimingBody = BodyOf<typeof TIMING_FIELDS>;

/** When the fields say that it is. */
export const timingOf = (schedule: TimingBody): Timing => ({
	start: readTime('time_start', schedule.time_start),
	end: schedule.time_end === undefined ? null : readTime('time_end', schedule.time_end),
	unit: schedule.recurrence_unit,
	size: schedule.recurrence_size,
});

/** A time in bunq's format. */
export const writeTime = (time: number | null) =>
	time === null ? null : new Date(time).toISOString().replace('T', ' ').replace('Z', '000');

/** The last time that bunq's format can write. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

const HOURS = { ONCE: 0, HOURLY: 1, DAILY: 24, WEEKLY: 168 };

/** The time of a run. Inferred: a day that the month lacks is its last one. */
const timeOf = ({ start, unit, size }: Timing, count: number): number => {
	if (count === 0) return start;
	if (unit !== 'MONTHLY' && unit !== 'YEARLY')
		return start + HOURS[unit] * size * count * 3_600_000;
	const months = size * count * (unit === 'YEARLY' ? 12 : 1);
	const date = new Date(start);
	const day = date.getUTCDate();
	date.setUTCDate(1);
	date.setUTCMonth(date.getUTCMonth() + months);
	const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	return date.setUTCDate(Math.min(day, last));
};

/** The time of the next run; null after the last one. */
export const nextTime = ({ timing, count, status }: Schedule): number | null => {
	if (status !== 'ACTIVE' || (timing.unit === 'ONCE' && count > 0)) return null;
	const time = timeOf(timing, count);
	// A size without bounds leads to no time at all.
	return time <= (timing.end ?? LAST) ? time : null;
};
