import { cleanText, reasonIn } from '../../nodes/Bunq/api/reason';

/** bunq's texts, as errors quote them. */

const reason = (...texts: unknown[]) =>
	reasonIn(
		texts.map((error_description) => ({ error_description })),
		[],
	);

test('each text once', () => {
	expect(reason('Too low.', 'Too low.', 'Too late.')).toBe('Too low. Too late.');
});

test('without markup, on one line', () => {
	expect(reason('Too low.<br/>Or <b>too</b>\r\n <i class="x">late</i>.<br />')).toBe(
		'Too low. Or too late.',
	);
	expect(reason('1 < 2 and 3 > 2')).toBe('1 < 2 and 3 > 2');
});

test('the translated text where there is no other', () => {
	expect(reasonIn([{ error_description_translated: 'Te laag.' }], [])).toBe('Te laag.');
	expect(reasonIn([{ error_description: 'Low.', error_description_translated: 'Laag.' }], [])).toBe(
		'Low.',
	);
});

test.each([
	['no list', undefined],
	['null', null],
	['an empty list', []],
	['null in the list', [null]],
	['a number as text', [{ error_description: 5 }]],
	['an empty text', [{ error_description: ' <br/> ' }]],
	['a text in the list', ['Too low.']],
])('none: %s', (_what, errors) => expect(reasonIn(errors, [])).toBeUndefined());

test('one error without a list', () => {
	expect(reasonIn({ error_description: 'Too low.' }, [])).toBe('Too low.');
});

test('without what was sent as a secret, but with every word', () => {
	expect(cleanText('No: my own key 123 of me', ['my own key 123', 'of', undefined, 7])).toBe(
		'No: … of me',
	);
});

test('of limited length', () => {
	const long = reason(...Array.from({ length: 1_000 }, (_, index) => `Text ${index}.`))!;
	expect(long.length).toBeLessThan(1_010);
	expect(long).toMatch(/^Text 0\. Text 1\..*…$/);
});
