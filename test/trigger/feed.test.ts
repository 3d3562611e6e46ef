import { createdAt, DAY_MS } from '../../nodes/Bunq/api/clock';
import { advance, isKnownBelow, newEvents, type FeedRead } from '../../nodes/Bunq/trigger/feed';
import type { FeedRecord, ListEvent } from '../../nodes/Bunq/trigger/event';
import { creationTimes, eventTime } from '../../nodes/Bunq/trigger/feedEntries';
import { newCursor, type Cursor } from '../../nodes/Bunq/trigger/pollState';

/** Which records of a list are new and where the cursor moves: pure functions, no bank. Times are seconds after noon. */

const NOON = Date.UTC(2026, 0, 8, 12);
const at = (seconds: number) => NOON + seconds * 1_000;
const bunqTime = (seconds: number) => new Date(at(seconds)).toISOString().replace('T', ' ');

const created = { path: () => '' } as unknown as ListEvent;
const answered = { ...created, isResolved: ({ status }: FeedRecord) => status !== 'PENDING' };

/** A record whose ID is also the second of its creation. */
const record = (id: number, more: Partial<FeedRecord> = {}): FeedRecord => ({
	_type: 'Payment',
	id,
	created: bunqTime(id),
	status: 'ACCEPTED',
	...more,
});
const pending = (id: number) => record(id, { status: 'PENDING' });

const cursorOf = (more: Partial<Cursor>): Cursor => ({ ...newCursor(at(0)), ...more });
const readOf = (records: FeedRecord[], more: Partial<FeedRead> = {}): FeedRead => ({
	records,
	createdAt: creationTimes(records),
	unreadable: [],
	pages: 1,
	checkedAt: at(1_000),
	reachedEnd: false,
	...more,
});

/** Everything below 13 was read, last 10 and 12. */
const upTo12 = cursorOf({ checkedAt: at(20), highWaterId: 13, recentIds: [12, 10] });
/** As many recent IDs as are kept: 999 to 799, without 850. */
const full = cursorOf({
	highWaterId: 1_000,
	recentIds: Array.from({ length: 201 }, (_, index) => 999 - index).filter((id) => id !== 850),
});

describe('new events', () => {
	test.each<[rule: string, cursor: Cursor, read: FeedRead, events: number[], oldest?: number]>([
		['higher IDs, oldest first', upTo12, readOf([record(15), record(14)]), [14, 15]],
		['no known IDs', upTo12, readOf([record(14), record(12), record(10)]), [14]],
		['a late ID between known ones', upTo12, readOf([record(12), record(11)]), [11]],
		['a late ID below them, if it is recent', upTo12, readOf([record(9)]), [9]],
		[
			'no late ID from before the baseline',
			upTo12,
			readOf([record(9, { created: bunqTime(-1) })]),
			[],
		],
		['no ID below a full list of recent IDs', full, readOf([record(500)]), []],
		['a late ID within a full list', full, readOf([record(999), record(850)]), [850]],
		['no event that is too old to catch up on', upTo12, readOf([record(15), record(14)]), [15], 15],
		['a record without a readable time', upTo12, readOf([record(14, { created: '?' })]), [14], 15],
		[
			'equal times by ID',
			upTo12,
			readOf([record(15, { created: bunqTime(14) }), record(14)]),
			[14, 15],
		],
		[
			'a higher ID from before the baseline',
			upTo12,
			readOf([record(14, { created: bunqTime(-1) })]),
			[14],
		],
		[
			'in a new account: none from before the baseline',
			cursorOf({}),
			readOf([record(1, { created: bunqTime(-1) })]),
			[],
		],
		[
			'in a new account: a record without a readable time',
			cursorOf({}),
			readOf([record(1, { created: '?' })]),
			[1],
		],
		['no lower ID if no IDs are known', cursorOf({ highWaterId: 20 }), readOf([record(15)]), []],
		['in a new account: records since the baseline', cursorOf({}), readOf([record(1)]), [1]],
		[
			'none if time ran out above the known IDs',
			upTo12,
			readOf([record(16)], { interruptedAtId: 16 }),
			[],
		],
		[
			'all new ones if time ran out below them',
			upTo12,
			readOf([record(14)], { interruptedAtId: 9 }),
			[14],
		],
	])('%s', (_rule, cursor, read, events, oldest = -60) => {
		expect(newEvents(created, cursor, read, at(oldest)).map(({ record }) => record.id)).toEqual(
			events,
		);
	});

	const waiting = cursorOf({ ...upTo12, pendingIds: [10] });
	test.each<
		[rule: string, cursor: Cursor, records: FeedRecord[], events: number[], oldest?: number]
	>([
		['no record that is still pending', waiting, [pending(14), pending(10)], []],
		['a pending record that was answered', waiting, [record(12), record(10)], [10]],
		['a record that was answered before it was read', waiting, [record(14)], [14]],
		['no answer that was known', upTo12, [record(12), record(10)], []],
		[
			'an answer without a time of its own, however old the record',
			waiting,
			[record(10)],
			[10],
			15,
		],
		[
			'no answer that is too old to catch up on',
			waiting,
			[record(10, { updated: bunqTime(25) })],
			[],
			30,
		],
		[
			'in order of the answers',
			waiting,
			[record(14), record(10, { updated: bunqTime(15) })],
			[14, 10],
		],
	])('answers: %s', (_rule, cursor, records, events, oldest = -60) => {
		const found = newEvents(answered, cursor, readOf(records), at(oldest));
		expect(found.map((one) => one.record.id)).toEqual(events);
	});
});

describe('the cursor moves', () => {
	test.each<[rule: string, cursor: Cursor, read: FeedRead, expected: Partial<Cursor>]>([
		[
			'above the highest ID, with the newest IDs',
			upTo12,
			readOf([record(15), record(14)]),
			{ checkedAt: at(1_000), highWaterId: 16, recentIds: [15, 14, 12, 10] },
		],
		[
			'nowhere without new records',
			upTo12,
			readOf([record(12)]),
			{ ...upTo12, checkedAt: at(1_000) },
		],
		[
			'never back, if a late ID was read',
			upTo12,
			readOf([record(11)]),
			{ highWaterId: 13, recentIds: [12, 11, 10] },
		],
		[
			'and keeps 200 IDs',
			full,
			readOf([record(1_000)]),
			{ highWaterId: 1_001, recentIds: [1_000, ...full.recentIds.slice(0, -1)] },
		],
		[
			'past its baseline at the end of the list',
			upTo12,
			readOf([], { reachedEnd: true }),
			{ baseline: 0 },
		],
		[
			'nowhere but to a gap if time ran out',
			upTo12,
			readOf([record(16), record(15)], { interruptedAtId: 15 }),
			{ ...upTo12, checkedAt: at(1_000), gaps: [15], isBackfilling: true },
		],
		[
			'to a lower gap if time ran out again',
			cursorOf({ ...upTo12, gaps: [20] }),
			readOf([record(19), record(18)], { interruptedAtId: 18 }),
			{ highWaterId: 13, recentIds: [12, 10], gaps: [20, 18], isBackfilling: true },
		],
		[
			'up to the gap once the gap was read',
			cursorOf({ ...upTo12, gaps: [20, 18] }),
			readOf([record(16), record(14)], { reachedEnd: true }),
			{
				baseline: at(0),
				highWaterId: 18,
				recentIds: [16, 14, 12, 10],
				gaps: [20],
				isBackfilling: true,
			},
		],
		[
			'without IDs from below the gap of a first poll',
			cursorOf({ gaps: [20] }),
			readOf([record(19)]),
			{ highWaterId: 20, recentIds: [], gaps: [] },
		],
		[
			'to a gap among known records on the way to a pending one',
			cursorOf({ ...upTo12, pendingIds: [3] }),
			readOf([record(14), record(10)], { interruptedAtId: 10 }),
			{ highWaterId: 15, pendingIds: [3], gaps: [10], isBackfilling: true },
		],
	])('%s', (_rule, cursor, read, expected) => {
		expect(advance(created, cursor, read)).toMatchObject(expected);
	});

	test.each<[rule: string, cursor: Partial<Cursor>, read: FeedRead, pendingIds: number[]]>([
		['new ones are added', {}, readOf([pending(15), record(14)]), [15]],
		['answered ones are dropped', { pendingIds: [14, 3] }, readOf([record(14), pending(3)]), [3]],
		[
			'those below the part that was read stay',
			{ pendingIds: [3] },
			readOf([record(10)], { interruptedAtId: 10 }),
			[3],
		],
		[
			'those above the part that was read stay',
			{ pendingIds: [30], gaps: [20] },
			readOf([record(14)]),
			[30],
		],
		['one that the list lacks stays', { pendingIds: [3] }, readOf([record(14)]), [3]],
		[
			'one that the list has lacked for a day is dropped',
			{ pendingIds: [3, 4], missingSince: { 3: at(1_000) - DAY_MS, 4: at(940) } },
			readOf([record(14)]),
			[4],
		],
	])('pending: %s', (_rule, more, read, pendingIds) => {
		expect(advance(answered, { ...upTo12, ...more }, read)).toMatchObject({ pendingIds });
	});
});

test.each<
	[
		rule: string,
		event: ListEvent,
		more: Partial<Cursor>,
		id: number,
		oldest: number,
		known: boolean,
	]
>([
	['not above the highest known ID', created, {}, 14, 0, false],
	['at the highest known ID', created, {}, 13, 0, true],
	['not above the lowest pending ID', created, { pendingIds: [5, 7] }, 6, -10, false],
	['at records from before the baseline', created, { baseline: at(20) }, 19, 0, true],
	['at records that are too old to catch up on', created, {}, 19, 20, true],
	['not at old records if the event is an answer', answered, { baseline: at(20) }, 19, 20, false],
])('reading stops %s', (_rule, event, more, id, oldest, known) => {
	expect(isKnownBelow(event, { ...upTo12, ...more }, id, at(id), at(oldest))).toBe(known);
});

test.each<[rule: string, event: ListEvent, more: Partial<FeedRecord>, seconds: number]>([
	['the creation', created, { updated: bunqTime(9) }, 5],
	['of an answer, the last change', answered, { updated: bunqTime(9) }, 9],
	[
		'of an answer, the response if it is later',
		answered,
		{ updated: bunqTime(6), time_responded: bunqTime(8) },
		8,
	],
	[
		'of an expired request, its expiry',
		answered,
		{ status: 'EXPIRED', time_expiry: bunqTime(7) },
		7,
	],
	[
		'not the expiry of one that was answered',
		answered,
		{ status: 'ACCEPTED', time_expiry: bunqTime(7) },
		5,
	],
	['not an empty one', answered, { updated: bunqTime(9), time_responded: '' }, 9],
	['unknown without a time', answered, { created: undefined }, NaN],
])('the time of an event: %s', (_rule, event, more, seconds) => {
	const one = record(5, more);
	expect(eventTime(event, one, createdAt(one))).toBe(at(seconds));
});
