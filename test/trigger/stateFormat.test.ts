import fc from 'fast-check';
import type { FeedRecord, ListEvent } from '../../nodes/Bunq/trigger/event';
import { advance } from '../../nodes/Bunq/trigger/feed';
import { creationTimes, readEntry, unreadableIn } from '../../nodes/Bunq/trigger/feedEntries';
import {
	isStateOf,
	newCursor,
	parsePollState,
	toStoredState,
	type Cursor,
	type PollState,
} from '../../nodes/Bunq/trigger/pollState';

/** The stored format: what is written can be read again, whatever bunq listed, and belongs to one user. Pure functions. */

const stateOf = (cursor: Cursor): PollState => ({
	version: 1,
	revision: 'r',
	scope: 's',
	user: { userId: 1, grantorId: undefined },
	baseline: 0,
	listing: { at: 0, ids: [7] },
	accounts: { 7: cursor },
	lastTried: { 7: 1 },
	ranOutOfTime: false,
	failures: { accounts: 2 },
	refusals: { 8: '403 No' },
});

const created = { path: () => '' } as unknown as ListEvent;
const answered = { ...created, isResolved: ({ status }: FeedRecord) => status !== 'PENDING' };

const odd = fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, NaN, Infinity, -1, 0, 2 ** 60));
const entry = fc.record({
	_type: fc.string(),
	id: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ max: 30 }).map(String), odd),
	created: fc.oneof(fc.constant('2026-01-08 11:20:03.950184'), odd),
	updated: odd,
	status: fc.oneof(fc.constantFrom('PENDING', 'ACCEPTED'), odd),
});

test('whatever bunq lists, the state that follows is read back as it was', () => {
	const lists = fc.array(fc.array(entry, { maxLength: 12 }), { minLength: 1, maxLength: 4 });
	fc.assert(
		fc.property(lists, fc.boolean(), fc.boolean(), (reads, isAnswer, ends) => {
			const event = isAnswer ? answered : created;
			let cursor = newCursor(0);
			for (const list of reads) {
				const entries = list.map((one) => readEntry(one));
				const records = entries.flatMap((one) => one ?? []);
				cursor = advance(event, cursor, {
					records: [...new Map(records.map((record) => [record.id, record])).values()],
					createdAt: creationTimes(entries),
					unreadable: unreadableIn(event, entries, cursor.highWaterId),
					pages: 1,
					checkedAt: 1,
					reachedEnd: ends,
				});
				const state = toStoredState(stateOf(cursor));
				expect(parsePollState(state)).toEqual(JSON.parse(JSON.stringify(stateOf(cursor))));
			}
		}),
		{ numRuns: 300 },
	);
});

test.each<[what: string, cursor: Partial<Cursor>]>([
	['an infinite time', { baseline: Infinity }],
	['an ID that is no number', { recentIds: [NaN] }],
	['a balance that is no amount', { balance: '?' }],
])('a state with %s is not written', (_what, more) => {
	expect(() => toStoredState(stateOf({ ...newCursor(0), ...more }))).toThrow(/cannot be stored/);
});

test('a state with any one value of another type is refused', () => {
	const whole = toStoredState(stateOf({ ...newCursor(1), unreadable: [], isClosed: true }));
	const others = (value: unknown) => (typeof value === 'string' ? [7, null] : ['x', null]);
	const damaged = (at: Record<string, unknown>): unknown[] =>
		Object.keys(at).flatMap((key) => {
			const inner = typeof at[key] === 'object' ? (at[key] as Record<string, unknown>) : {};
			const outer = others(at[key]).map((value) => ({ ...at, [key]: value }));
			return [...outer, ...damaged(inner).map((value) => ({ ...at, [key]: value }))];
		});
	const all = damaged(whole).filter((one) => !Array.isArray(one));
	expect(all.length).toBeGreaterThan(30);
	for (const one of all) expect(() => parsePollState(one)).toThrow(/cannot be read/);
	expect(parsePollState(undefined)).toBeUndefined();
});

test.each<[rule: string, then: PollState['user'], now: PollState['user'], isSame: boolean]>([
	['the same user', { userId: 1 }, { userId: 1 }, true],
	['another user', { userId: 1 }, { userId: 2 }, false],
	[
		'connected again by the same person',
		{ userId: 1, grantorId: 5 },
		{ userId: 2, grantorId: 5 },
		true,
	],
	['connected again by another', { userId: 1, grantorId: 5 }, { userId: 1, grantorId: 6 }, false],
	['a key of the person who had granted', { userId: 1, grantorId: 5 }, { userId: 5 }, true],
	['the same connection, without its person', { userId: 1, grantorId: 5 }, { userId: 1 }, true],
	['another connection, without its person', { userId: 1, grantorId: 5 }, { userId: 2 }, false],
])('whose state it is: %s', (_rule, then, now, isSame) => {
	expect(isStateOf({ scope: 's', user: now }, { scope: 's', user: then })).toBe(isSame);
	expect(isStateOf({ scope: 't', user: now }, { scope: 's', user: then })).toBe(false);
});
