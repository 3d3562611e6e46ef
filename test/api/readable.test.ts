import { readCents, readIban, readId, readText } from '../../nodes/Bunq/api/readable';

/** Values of the wrong type, none of which may become a text, an ID, an amount or an IBAN. */
const WRONG = [undefined, null, true, NaN, Infinity, {}, [], ['1'], { value: '1' }, '', ' ', 'x'];

test.each(WRONG)('%p has no ID, amount or IBAN', (value) => {
	expect([readId(value), readCents(value), readIban(value)]).toEqual(Array(3).fill(undefined));
});

test('a text is not empty', () => {
	expect(['', null, 1, {}].map(readText)).toEqual(Array(4).fill(undefined));
	expect(readText('Rent')).toBe('Rent');
});

test('an ID is a positive whole number, as such or as text', () => {
	expect([7, '7', 2 ** 53 - 1].map(readId)).toEqual([7, 7, 2 ** 53 - 1]);
	expect([0, -1, 1.5, 2 ** 53, '1e3', '-1', '9007199254740993'].map(readId)).toEqual(
		Array(7).fill(undefined),
	);
});

test('an amount has at most two decimals and is never rounded', () => {
	expect(['12.50', '-12.5', '0.29', '1.10', '-0.00', '3', 12.5, '1.100'].map(readCents)).toEqual([
		1250, -1250, 29, 110, 0, 300, 1250, 110,
	]);
	expect(['1,50', '1.505', '1e3', '+1', '1.', '.5', ' 1', '0x10', 1e21].map(readCents)).toEqual(
		Array(9).fill(undefined),
	);
});

test('an IBAN is read in any spelling', () => {
	const spellings = [
		'NL14RABO0169202917',
		'nl14 rabo 0169 2029 17',
		'NL14\u00a0RABO\u200b0169202917',
		'ＮＬ14RABO0169202917',
	];
	expect(new Set(spellings.map(readIban))).toEqual(new Set(['NL14RABO0169202917']));
	expect(['NL14', 'NL**RABO0169202917', '+31612345678'].map(readIban)).toEqual(
		Array(3).fill(undefined),
	);
});
