import { filtersIn, readCallbackEntry } from '../../nodes/Bunq/api/callbackEntries';

/** What counts as an entry of bunq's list of callbacks, of whatever shape: api/callbackEntries.ts. */

const ENTRY = { category: 'MUTATION', notification_target: 'https://other.example.com/hook' };

test.each<[what: string, items: unknown[], filters: unknown[]]>([
	['each in a wrapper', [{ NotificationFilterUrl: ENTRY }], [ENTRY]],
	[
		'all in one',
		[{ NotificationFilterUrl: { notification_filters: [ENTRY, ENTRY] } }],
		[ENTRY, ENTRY],
	],
	['none', [{ NotificationFilterUrl: { notification_filters: [] } }], []],
])('filters that come %s', (_, items, filters) => {
	expect(filtersIn(items)).toEqual(filters);
});

test.each<[what: string, item: unknown]>([
	['in a wrapper of another name', { Hologram: ENTRY }],
	['a text in a wrapper', { NotificationFilterUrl: 'MUTATION' }],
	['a text', 'MUTATION'],
	['with a category that is no constant', { NotificationFilterUrl: { ...ENTRY, category: 'a b' } }],
	['with an invalid URL', { NotificationFilterUrl: { ...ENTRY, notification_target: 'hook' } }],
])('an entry %s is kept, and cannot be read', (_, item) => {
	const filters = filtersIn([item]);
	expect(filters).toHaveLength(1);
	expect(filters.map(readCallbackEntry)).toEqual([undefined]);
});

test('an entry that has a list of filters as well is one entry, with a field that nobody knows', () => {
	const [filter] = filtersIn([{ NotificationFilterUrl: { ...ENTRY, notification_filters: [] } }]);
	expect(readCallbackEntry(filter)?.unknownFields).toEqual(['notification_filters']);
});

test('an unknown field without a value is none', () => {
	expect(readCallbackEntry({ ...ENTRY, future_field: null })?.unknownFields).toEqual([]);
});
