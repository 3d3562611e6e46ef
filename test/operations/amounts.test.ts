import type { INodeProperties } from 'n8n-workflow';
import { convertValue } from '../../nodes/Bunq/parameters/convertValue';
import { isAmount } from '../../nodes/Bunq/parameters/field';
import { readSpendingPolicy } from '../../nodes/Bunq/spendingPolicy';
import { useBank } from '../support/bank';
import { allFields, credentials } from '../support/descriptions';
import { locator } from '../support/parameters';

/** Every amount field, with every spelling: understood as meant, or refused with the field's name. Nothing is rounded. */

const amounts = allFields.filter(isAmount);
const minOf = ({ typeOptions }: INodeProperties) => typeOptions?.minValue ?? -Infinity;

/** The fields that take the same values: above zero, zero or more, any sign. */
const kinds = [0.01, 0, -Infinity].map((min): [number, INodeProperties[]] => [
	min,
	amounts.filter((field) => minOf(field) === min),
]);

const read = (field: INodeProperties, raw: unknown) => {
	try {
		return convertValue(field, raw, 'Europe/Amsterdam');
	} catch (error) {
		return (error as Error).message;
	}
};

test('these fields are amounts, each a text with an example and without a value', () => {
	const names = [...new Set(amounts.map(({ name }) => name))].sort();
	expect(names).toEqual([
		'amount',
		'amountMax',
		'amountMin',
		'atMost',
		'cardLimit',
		'cardLimitAtm',
		'dailyLimit',
		'keepInCounterAccount',
		'minimumTransfer',
		'savingsGoal',
		'targetBalance',
		'threshold',
	]);
	for (const { name, type, default: preset, placeholder, description } of amounts) {
		expect([name, type, preset]).toEqual([name, 'string', '']);
		expect([name, placeholder]).toEqual([name, expect.stringMatching(/^e\.g\. \d+\.\d\d$/)]);
		expect([name, description]).toEqual([name, expect.stringMatching(/\S/)]);
	}
	expect(kinds.every(([, fields]) => fields.length > 0)).toBe(true);
	expect(kinds.flatMap(([, fields]) => fields)).toHaveLength(amounts.length);
});

test('no number field takes money', () => {
	const numbers = allFields.filter(({ type }) => type === 'number').map(({ name }) => name);
	expect([...new Set(numbers)].sort()).toEqual([
		'catchUpDays',
		'every',
		'limit',
		'lookBackDays',
		'minimumAge',
		'scheduleEvery',
	]);
});

/** What people and expressions write, and what it is. */
const UNDERSTOOD: Array<[unknown, string]> = [
	['12.50', '12.50'],
	['12,50', '12.50'],
	['12,5', '12.50'],
	['12', '12.00'],
	['0,01', '0.01'],
	['1250', '1250.00'],
	['1.250,00', '1250.00'],
	['1,250.00', '1250.00'],
	['1.250.000,00', '1250000.00'],
	[' 12,50 ', '12.50'],
	// With a non-breaking space around it, as copied from a page.
	['\u00a012,50\u00a0', '12.50'],
	['08.50', '8.50'],
	[12.5, '12.50'],
	[0.01, '0.01'],
	[1250, '1250.00'],
];

const TWO_READINGS: Array<[string, string, string]> = [
	['1.250', '1250.00', '1.25'],
	['1,250', '1250.00', '1.25'],
	['250.000', '250000.00', '250.00'],
];

/** The second reading has three decimals, so it would be refused as well. */
const THREE_DECIMALS = ['12.505', '12,505'];

const REFUSED = [
	...['€ 12,50', '€12.50', '12,50 €', '12.50 EUR', 'EUR 12.50', '$5', '12.50,-', '12,-'],
	...['1 250,00', '1\u00a0250,00', '1\u202f250,00', "1'250.00", '1’250.00', '1_250', '1 000'],
	...['0.250,00', '12.50.00', '1,25,00', '12..5', '1.250.000', '1.25,000'],
	...['12.5050', '0,001', '0.125', 12.505, 0.1 + 0.2, 1e21, NaN, Infinity],
	...[
		'.50',
		',50',
		'12.',
		'12,',
		'+5',
		'5-',
		'(5)',
		'− 5',
		'−5',
		'1e3',
		'0x10',
		'0b1',
		'1/2',
		'5%',
	],
	...[
		'１２',
		'１２,５０',
		'١٢',
		'1²',
		'½',
		'12\u200b.50',
		'\u200e12.50',
		'12 50',
		'12.5O',
		'l2.50',
	],
	...[
		'NaN',
		'null',
		'undefined',
		'[object Object]',
		'ten',
		'true',
		'=12.50',
		'{{ 12 }}',
		'9'.repeat(13),
	],
	...[true, false, {}, Object.create(null), { value: '1' }, [], ['12.50'], [12.5]],
];

const EMPTY = ['', ' ', '\u00a0', '\t\n', null, undefined];

describe.each(kinds)('amounts of %p or more', (min, fields) => {
	const each = (raw: unknown) => fields.map((field) => [field.name, read(field, raw)]);
	const all = (answer: (field: INodeProperties) => unknown) =>
		fields.map((field) => [field.name, answer(field)]);

	test.each(UNDERSTOOD)('%j is %s', (raw, value) => {
		expect(each(raw)).toEqual(all(() => value));
	});

	test.each(TWO_READINGS)('%j is %s or %s', (raw, whole, parts) => {
		const problem = `must be written as ${whole} or ${parts}, but is "${raw}"`;
		expect(each(raw)).toEqual(all(({ displayName }) => `"${displayName}" ${problem}`));
	});

	test.each(THREE_DECIMALS)('%j: no error tells to write three decimals', (raw) => {
		const problem = `must be written with at most two decimals, or as 12505.00 if that is meant, but is "${raw}"`;
		expect(each(raw)).toEqual(all(({ displayName }) => `"${displayName}" ${problem}`));
	});

	test.each(REFUSED.map((raw) => [raw]))('%p is refused', (raw) => {
		expect(each(raw)).toEqual(
			all(({ displayName }) =>
				expect.stringContaining(`"${displayName}" must be an amount such as 12.50`),
			),
		);
	});

	test.each(EMPTY.map((raw) => [raw]))('%j is empty', (raw) => {
		expect(each(raw)).toEqual(all(({ displayName }) => `"${displayName}" is empty`));
	});

	test('negative only where the field has no minimum', () => {
		const mustBe = (bound: string, raw: string) => (field: INodeProperties) =>
			`"${field.displayName}" must be ${bound}, but is "${raw}"`;
		const bound = min > 0 ? 'more than zero' : '0 or more';
		const isThreshold = min === -Infinity;
		expect(each('-5')).toEqual(all(isThreshold ? () => '-5.00' : mustBe(bound, '-5')));
		expect(each('-1.250,00')).toEqual(
			all(isThreshold ? () => '-1250.00' : mustBe(bound, '-1.250,00')),
		);
		for (const zero of ['0', '0,00'])
			expect(each(zero)).toEqual(all(min > 0 ? mustBe(bound, zero) : () => '0.00'));
		expect(each('-0')).toEqual(all(min > 0 ? mustBe(bound, '-0') : () => '0.00'));
	});
});

test('an error shows characters that nobody sees', () => {
	const message = read(amounts[0], '\u200e12\u202f500.00');
	expect(message).toContain('but is "\\u200e12\\u202f500.00"');
});

describe('the maximum of a credential', () => {
	const limit = (maxAmount: unknown) =>
		readSpendingPolicy({ allowPaymentsToOthers: true, limitAmount: true, maxAmount });

	test('is a text with an example', () => {
		const field = credentials
			.flatMap(({ properties }) => properties)
			.find(({ name }) => name === 'maxAmount');
		expect(field).toMatchObject({ type: 'string', default: '100.00', required: true });
		expect(field?.placeholder).toBe('e.g. 100.00');
	});

	test.each(UNDERSTOOD)('%j is %s', (raw, value) => {
		expect(limit(raw)).toEqual({ toOthers: 'limited', maxCents: Math.round(Number(value) * 100) });
	});

	test.each([...TWO_READINGS.map(([raw]) => raw), ...REFUSED, ...EMPTY, '-5'].map((raw) => [raw]))(
		'%p stops payments',
		(raw) => expect(limit(raw)).toMatchObject({ toOthers: 'unreadable' }),
	);
});

describe('an amount that was added and has no value', () => {
	const bank = useBank();

	test.each(['', ' ', '={{ $json.missing }}', '={{ null }}'])(
		'%p is refused: it does not lift a limit',
		async (empty) => {
			const of = (resource: string, operation: string, more: object) => ({
				resource,
				operation,
				account: locator('id', 1),
				...more,
			});
			const { error } = await bank.oauth(
				of('payment', 'getAll', { filters: { amountMin: empty } }),
			);
			expect(error?.message).toBe('"Minimum Amount" is empty');
			const update = of('account', 'update', { updateFields: { dailyLimit: empty } });
			expect((await bank.oauth(update)).error?.message).toBe('"Daily Limit" is empty');
			const target = {
				targetBalance: '10',
				counterAccount: locator('id', 2),
				options: { keepInCounterAccount: empty },
			};
			const move = of('payment', 'keepAtTarget', target);
			expect((await bank.oauth(move)).error?.message).toBe('"Keep in Counter Account" is empty');
			expect(await bank.requests()).toEqual([]);
		},
	);
});
