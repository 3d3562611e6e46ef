import { BunqError } from '../api/errors';
import type { Params } from '../parameters/field';
import { additionalFields, merchantReference } from './paymentOrders';
import { endAt, every, recurrence, startAt, toSchedule } from './schedule';

/** A draft that is not paid as soon as it is approved, but when its schedule says (docs/bunq-api.md 9.4). */

/** The optional fields of a draft. */
export const draftFields = additionalFields([
	merchantReference,
	{ ...endAt, displayName: 'Schedule End', name: 'scheduleEnd' },
	{ ...every, displayName: 'Schedule Every', name: 'scheduleEvery' },
	{ ...recurrence, displayName: 'Schedule Recurrence', name: 'scheduleRecurrence' },
	{
		...startAt,
		displayName: 'Schedule Start',
		name: 'scheduleStart',
		required: false,
		description:
			'When to pay first, once you approved the draft, for example 2026-12-01T09:00:00. Without a zone, it is in the time zone of the workflow.',
	},
]);

/**
 * bunq's schedule; undefined for a draft without one. Throws a BunqError of kind `invalidInput`.
 * @param clock bunq's, and the zone of the message
 */
export const toDraftSchedule = (
	optional: Params<[typeof draftFields]>['additionalFields'],
	clock: Parameters<typeof toSchedule>[1],
) => {
	const { scheduleStart, scheduleRecurrence, scheduleEvery, scheduleEnd } = optional;
	if (scheduleStart === undefined) {
		const isMeant = [scheduleRecurrence, scheduleEvery, scheduleEnd].some(
			(value) => value !== undefined,
		);
		if (!isMeant) return undefined;
		throw new BunqError('invalidInput', 'A schedule needs "Schedule Start"', {
			description: 'Nothing was sent. Add it, or remove the other fields of the schedule.',
		});
	}
	const timing = {
		start: scheduleStart,
		end: scheduleEnd,
		recurrence: scheduleRecurrence ?? 'once',
		every: scheduleEvery ?? 1,
	};
	return toSchedule(timing, clock, { start: 'Schedule Start', end: 'Schedule End' });
};
