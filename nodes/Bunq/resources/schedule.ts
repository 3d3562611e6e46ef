import { DateTime } from 'luxon';
import { parseBunqTime } from '../api/clock';
import { BunqError } from '../api/errors';
import { readId, readText } from '../api/readable';
import type { Schedule } from '../api/types';
import type { Bunq } from '../connect';
import { field } from '../parameters/field';
import { combine, compare, type Match } from './match';

/** When a payment is made that is made later: its fields, and bunq's schedule (docs/bunq-api.md 9.13). */

const EACH_RUN_PAYS =
	'With anything but Once, each run pays the whole amount again, without asking you';

/** How often. The labels of the fields differ between resources. */
export const recurrence = field({
	displayName: 'Recurrence',
	name: 'recurrence',
	type: 'options',
	options: [
		{ name: 'Daily', value: 'daily' },
		{ name: 'Hourly', value: 'hourly' },
		{ name: 'Monthly', value: 'monthly' },
		{ name: 'Once', value: 'once' },
		{ name: 'Weekly', value: 'weekly' },
		{ name: 'Yearly', value: 'yearly' },
	],
	default: 'once',
	hint: EACH_RUN_PAYS,
	description:
		'How often to pay, in steps that bunq counts in UTC: where summer time begins or ends, later runs move by an hour. Start a monthly payment after 02:00: before, it is the previous day in UTC, and bunq repeats that one.',
});

export const every = field({
	displayName: 'Every',
	name: 'every',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1000 },
	default: 1,
	description: 'How many of these units lie between two runs: 3 with Monthly is once a quarter',
});

export const startAt = field({
	displayName: 'Start At',
	name: 'startAt',
	type: 'dateTime',
	required: true,
	default: '',
	description:
		'When to pay first, in the future, for example 2026-12-01T09:00:00. Without a zone, it is in the time zone of the workflow.',
});

export const endAt = field({
	displayName: 'End At',
	name: 'endAt',
	type: 'dateTime',
	default: '',
	description:
		'The last moment at which a run may pay; not given: until you cancel it. Without a zone, it is in the time zone of the workflow.',
});

/** What a user asks for; times in milliseconds UTC. */
interface Timing {
	start: number;
	end?: number;
	recurrence: string;
	every: number;
}

/** bunq's time, with which an entry in its lists can be compared. */
const toBunqTime = (time: number) =>
	new Date(time).toISOString().replace('T', ' ').replace('Z', '000');

/** A time as people write it where the workflow is: `2026-12-01T09:00:00 (Europe/Amsterdam)`. */
const say = (time: number, zone: string) =>
	`${DateTime.fromMillis(time, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss")} (${zone})`;

type Clock = Pick<Bunq, 'now' | 'timezone'>;

const invalidTime = (label: string, time: number, expected: string, { now, timezone }: Clock) =>
	new BunqError('invalidInput', `"${label}" must be ${expected}, but is ${say(time, timezone())}`, {
		description: `Nothing was sent. Now it is ${say(now(), timezone())}. That is the time zone of the workflow, in which a time without a zone is read: change it in the workflow's settings.`,
	});

/**
 * bunq's schedule. Throws a BunqError of kind `invalidInput` that names the field for a start that is not in the future,
 * or an end before the start: whether bunq would refuse them is not known.
 * @param clock bunq's, and the zone of the message
 */
export const toSchedule = (
	timing: Timing,
	clock: Clock,
	labels: { start: string; end: string },
): Schedule => {
	const { start, end } = timing;
	if (start <= clock.now()) throw invalidTime(labels.start, start, 'in the future', clock);
	if (end !== undefined && end < start)
		throw invalidTime(labels.end, end, `after "${labels.start}"`, clock);
	return {
		time_start: toBunqTime(start),
		...(end !== undefined && { time_end: toBunqTime(end) }),
		recurrence_unit: timing.recurrence.toUpperCase(),
		recurrence_size: timing.every,
	};
};

const timeOf = (value: unknown) => {
	const time = parseBunqTime(value);
	return Number.isNaN(time) ? undefined : time;
};

/** A schedule without an end is shown with null, or without the key; but so is, perhaps, an end that cannot be read. */
const matchEnd = (shown: Schedule | null | undefined, { time_end: sent }: Schedule): Match => {
	const end = shown?.time_end;
	const hasNone = end === null || end === undefined;
	return hasNone && !sent ? 'same' : compare(timeOf(end), timeOf(sent) ?? NaN);
};

/** Whether bunq shows this schedule. One that was sent without is shown as null, or not at all. */
export const matchSchedule = (
	shown: Schedule | null | undefined,
	sent: Schedule | undefined,
): Match => {
	if (!sent) return shown === null || shown === undefined ? 'same' : 'possible';
	return combine([
		compare(timeOf(shown?.time_start), timeOf(sent.time_start) ?? NaN),
		compare(readText(shown?.recurrence_unit), sent.recurrence_unit ?? ''),
		compare(readId(shown?.recurrence_size), sent.recurrence_size ?? NaN),
		matchEnd(shown, sent),
	]);
};
