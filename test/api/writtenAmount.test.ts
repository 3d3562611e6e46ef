import { parseWrittenAmount } from '../../nodes/Bunq/api/writtenAmount';

test.each<[unknown, string]>([
	[12.5, '12.50'],
	[0, '0.00'],
	[1250, '1250.00'],
	[-3, '-3.00'],
	['12.50', '12.50'],
	['12,50', '12.50'],
	['12,5', '12.50'],
	[' 7 ', '7.00'],
	['0012', '12.00'],
	['1250', '1250.00'],
	['1.250,00', '1250.00'],
	['1,250.00', '1250.00'],
	['12.345.678,9', '12345678.90'],
	['-1.250,00', '-1250.00'],
	['-0', '0.00'],
	['-0,00', '0.00'],
])('%p is %s', (raw, value) => {
	expect(parseWrittenAmount(raw)).toEqual({ value });
});

test.each<[string, [string, string]]>([
	['1.250', ['1250.00', '1.25']],
	['1,250', ['1250.00', '1.25']],
	['12.345', ['12345.00', '12.345']],
	['100,000', ['100000.00', '100.00']],
	['-1.250', ['-1250.00', '-1.25']],
])('%p has two readings', (raw, readings) => {
	expect(parseWrittenAmount(raw)).toEqual({ readings });
});

test.each([
	undefined,
	null,
	'',
	' ',
	NaN,
	Infinity,
	-Infinity,
	true,
	false,
	{},
	[],
	['1'],
	{ value: '1' },
	'ten',
	'€5',
	'5 EUR',
	'1e3',
	1e21,
	'0x10',
	1.255,
	0.001,
	'1.2345',
	'0.125',
	'1250.125',
	'1.250.000',
	'1.250.00',
	'1,250,00',
	'1.250,00,00',
	'12.50,00',
	'1 250,00',
	'1.25O',
	'١٢',
	'--1',
	'+1',
	'1-',
	'.5',
	'5.',
	'9999999999999',
])('%p is no amount', (raw) => {
	expect(parseWrittenAmount(raw)).toBeUndefined();
});
