import { describeItems, ordinal } from '../../nodes/Bunq/execute/ordinals';

/** Items in messages are counted from 1, and at most five are named. */

test('11th to 13th end in th, 21st and 101st in st', () => {
	const spelled = { 1: '1st', 2: '2nd', 3: '3rd', 4: '4th', 10: '10th', 11: '11th', 12: '12th' };
	const larger = { 13: '13th', 21: '21st', 22: '22nd', 101: '101st', 111: '111th', 113: '113th' };
	for (const [count, text] of Object.entries({ ...spelled, ...larger }))
		expect(ordinal(Number(count) - 1)).toBe(text);
});

test.each([
	[[0], 'the 1st item'],
	[[0, 2], 'the 1st and 3rd items'],
	[[0, 1, 2, 3, 4], 'the 1st, 2nd, 3rd, 4th and 5th items'],
	[[0, 1, 2, 3, 4, 9, 10], 'the 1st, 2nd, 3rd, 4th, 5th and 2 more items'],
])('%j: %s', (items, text) => {
	expect(describeItems(items)).toBe(text);
});
