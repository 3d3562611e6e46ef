import type { IDataObject } from 'n8n-workflow';
import { parseIban } from '../../nodes/Bunq/parameters/iban';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator } from '../support/parameters';

/** Values in fields, typed or from expressions: refused with the field's name, or sent exactly as meant. */

const bank = useBank();
const pay = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: await bank.locate('Main'),
	recipientAccount: await bank.locate('Household'),
	amount: 1,
	...more,
});

/** Pays each amount, from an expression. */
const payEach = async (amounts: unknown[]) =>
	await bank.oauth(await pay({ amount: '={{ $json.amount }}' }), {
		items: amounts.map((amount) => ({ amount }) as IDataObject),
		settings: CONTINUE_ON_FAIL,
	});
const sentAmounts = async () =>
	(await bank.log())
		.filter(({ method }) => method === 'POST')
		.map(({ body }) => (body as { amount: { value: string } }).amount.value);

describe('amounts', () => {
	const REFUSED = [
		0,
		-1,
		'-1',
		12.345,
		'12.345',
		'1e3',
		1e21,
		'1.250',
		'1,250',
		'',
		' ',
		{ value: 1 },
		[1],
		true,
		null,
		NaN,
		'0',
		'0.00',
		'+1',
		'1.',
		'.5',
		'0x10',
		'ten',
		'1 000',
		'１２',
	];

	test('invalid ones are refused with the field name, and nothing is sent', async () => {
		const { items } = await payEach(REFUSED);
		expect(items).toHaveLength(REFUSED.length);
		for (const [item, { json, pairedItem }] of items.entries()) {
			expect([REFUSED[item], json.error]).toEqual([
				REFUSED[item],
				expect.stringContaining('"Amount"'),
			]);
			expect(json.message).toContain('Nothing was sent');
			expect(pairedItem).toEqual({ item });
		}
		expect(await bank.changes()).toBe(0);
	});

	test('valid ones are sent exactly', async () => {
		await payEach([
			12.5,
			'12.50',
			' 7 ',
			0.01,
			'0.1',
			'007.5',
			100,
			'12,50',
			'1.250,00',
			'1,250.00',
		]);
		expect(await sentAmounts()).toEqual([
			'12.50',
			'12.50',
			'7.00',
			'0.01',
			'0.10',
			'7.50',
			'100.00',
			'12.50',
			'1250.00',
			'1250.00',
		]);
	});

	test('a floating-point sum that is not an amount is refused, not rounded', async () => {
		const { json } = await payEach([0.1 + 0.2]);
		expect(json[0].error).toContain('0.30000000000000004');
		expect(await bank.changes()).toBe(0);
	});

	test('without Continue, an invalid item stops the run before the first payment, and the error has its index', async () => {
		const { error } = await bank.oauth(await pay({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: 1 }, { amount: '1,250' }, { amount: 1 }],
		});
		expect(error).toMatchObject({
			context: { itemIndex: 1 },
			message: '"Amount" must be written as 1250.00 or 1.25, but is "1,250"',
		});
		expect(await bank.requests()).toEqual([]);
	});
});

describe('accounts', () => {
	const get = (account: unknown) => ({
		resource: 'account',
		operation: 'get',
		account: account as IDataObject,
	});

	test.each(['1/2', '..', '1 2', '１２', 'Main', '-1', '1.5', '%2F', '1?count=1', '1#'])(
		'the ID %p is refused before anything is sent',
		async (value) => {
			const { error } = await bank.oauth(get(locator('id', value)));
			expect(error?.message).toContain('"Account" must be an account ID');
			expect(await bank.requests()).toEqual([]);
		},
	);

	test('an unknown name, an IBAN with wrong digits and an IBAN of somebody else are refused', async () => {
		const { error: name } = await bank.oauth(get(locator('name', 'main')));
		expect(name?.message).toBe('"Account": none of your open accounts is named "main"');
		expect(name?.description).toMatch(/ Open accounts: .*"Household".*"Main"/);
		const { error: digits } = await bank.oauth(get(locator('iban', 'NL14RABO0169202918')));
		expect(digits?.message).toContain('is not an IBAN');
		const { thirdParties } = await bank.world();
		const { error: other } = await bank.oauth(get(locator('iban', thirdParties[0].iban)));
		expect(other?.message).toContain('none of your accounts has the IBAN');
		expect(other?.message).not.toContain(thirdParties[0].iban);
	});

	test('a plain value from an expression may be an ID, an IBAN or a name', async () => {
		const { id, iban } = await bank.account('Household');
		for (const value of [id, String(id), iban, 'Household']) {
			const { json } = await bank.oauth(get('={{ $json.value }}'), { items: [{ value }] });
			expect(json).toMatchObject([{ id }]);
		}
	});

	test('an agent may choose an account by ID, by IBAN in any notation or by name', async () => {
		const { id, iban } = await bank.account('Household');
		const typed = iban!.replace(/(.{4})/g, '$1 ').toLowerCase();
		for (const value of [id, String(id), iban, typed, typed.replace(/ /g, '.'), 'Household']) {
			const { json } = await bank.oauth(get(locator('list', value!)));
			expect(json).toMatchObject([{ id }]);
		}
	});

	test('a name of several accounts is refused, and the error names them without full IBANs', async () => {
		const other = await bank.control.addAccount({ description: 'Household' });
		const { id, iban } = await bank.account('Household');
		const { error } = await bank.oauth(get(locator('list', 'Household')));
		expect(error?.message).toBe('"Account": 2 accounts are named "Household"');
		expect(error?.description).toContain(`${id} (${iban!.slice(0, 4)}…${iban!.slice(-4)})`);
		expect(error?.description).toContain(`${other}`);
		expect(error?.description).not.toContain(iban);
	});

	test.each([
		['a space at the end', 'Rent ', 'Rent'],
		['two spaces inside', 'Rent  2026', 'Rent 2026'],
		['a space that does not break', 'Rent\u00a02026', 'Rent 2026'],
		['é in two code points', 'Cafe\u0301', 'Café'],
		['é in one code point', 'Café', 'Cafe\u0301'],
		['a character of no width', 'Rent\u200b', 'Rent'],
	])('a name with %s is found, however it is written', async (_what, atBunq, typed) => {
		const id = await bank.control.addAccount({ description: atBunq });
		for (const name of [typed, atBunq]) {
			const { json, error } = await bank.oauth(get(locator('name', name)));
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ id }]);
		}
		const other = await bank.control.addAccount({ description: `${typed} ` });
		const { error } = await bank.oauth(get(locator('name', typed)));
		expect(error?.message).toContain('2 accounts are named');
		for (const one of [id, other]) expect(error?.description).toContain(`ID ${one} `);
	});

	test('an expression without a value is refused', async () => {
		const { error } = await bank.oauth(get(locator('id', '={{ $json.missing }}')));
		expect(error?.message).toContain('"Account"');
		expect(await bank.requests()).toEqual([]);
	});
});

describe('other fields', () => {
	test.each([
		['Limit', { limit: '={{ 0 }}' }],
		['Limit', { limit: '={{ 2.5 }}' }],
		['Limit', { limit: '={{ "many" }}' }],
		['Return All', { returnAll: '={{ "yes" }}' }],
		['Simplify', { simplify: '={{ [] }}' }],
		['Direction', { filters: { direction: '={{ "sideways" }}' } }],
		['Created After', { filters: { createdAfter: '={{ "yesterday" }}' } }],
		['Minimum Amount', { filters: { amountMin: '={{ "1,555" }}' } }],
		['Counterparty', { filters: { counterparty: '={{ ({}) }}' } }],
		['Types', { filters: { types: '={{ "all" }}' } }],
		['Types', { filters: { types: '={{ \'["IDEAL"\' }}' } }],
		['Types', { filters: { types: '={{ ["iDeal payment"] }}' } }],
		['Types', { filters: { types: '={{ [null] }}' } }],
		['Types', { filters: { types: '={{ ({ 0: "IDEAL" }) }}' } }],
	])('%s: %j is refused with the field name', async (name, more) => {
		const { error } = await bank.oauth({
			resource: 'payment',
			operation: 'getAll',
			account: locator('id', 1),
			...(more as IDataObject),
		});
		expect(error?.message).toContain(`"${name}"`);
		expect(await bank.requests()).toEqual([]);
	});

	test.each([
		'IDEAL',
		'ideal',
		'iDEAL',
		'["IDEAL"]',
		'[ "IDEAL", "NEW_TYPE" ]',
		'NEW_TYPE, iDEAL',
		'SEPA Transfer,IDEAL',
		'IDEAL,',
	])('a list as the text %p', async (types) => {
		const { json, error } = await bank.oauth(
			{
				resource: 'payment',
				operation: 'getAll',
				account: await bank.locate('Main'),
				filters: { types: '={{ $json.types }}' },
				simplify: true,
			},
			{ items: [{ types }] },
		);
		expect(error).toBeUndefined();
		expect(json.map(({ type }) => type)).toContain('IDEAL');
		expect(json.map(({ type }) => type)).not.toContain('MASTERCARD');
	});

	test.each([
		['iban', { recipientIban: 'NL14RABO0169202918', recipientName: 'P' }, 'Recipient IBAN'],
		['email', { recipientEmail: 'nobody' }, 'Recipient Email'],
		['phone', { recipientPhone: '0612345678' }, 'Recipient Phone'],
		['pigeon', {}, 'Recipient Type'],
	])(
		'an invalid recipient by %s is refused with the field name',
		async (recipientType, more, name) => {
			const { error } = await bank.oauth(await pay({ recipientType, ...more }));
			expect(error?.message).toContain(`"${name}"`);
			expect(await bank.requests()).toEqual([]);
		},
	);

	test('text with code in it is sent as text', async () => {
		const description = '"}\r\nX-Evil: 1\u0000 ${1} {{ 2 }} \\u0041 é ☕';
		await bank.oauth(await pay({ paymentDescription: '={{ $json.text }}' }), {
			items: [{ text: description }],
		});
		const { body, headers } = (await bank.log()).at(-1)!;
		expect(body).toMatchObject({ description });
		expect(headers).not.toHaveProperty('x-evil');
	});

	test('an unknown operation is refused', async () => {
		const { error } = await bank.oauth({ resource: 'account', operation: 'fly' });
		expect(error?.message).toBe('There is no operation "fly" for "account"');
	});
});

test('any single wrong digit or letter in an IBAN is detected', () => {
	const iban = 'NL14RABO0169202917';
	expect(parseIban(' nl14 rabo 0169 2029 17', 'IBAN')).toBe(iban);
	const alike = (character: string) =>
		/\d/.test(character) ? '0123456789' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
	for (const [at, right] of [...iban].entries())
		for (const wrong of alike(right)) {
			if (wrong === right) continue;
			const text = iban.slice(0, at) + wrong + iban.slice(at + 1);
			expect(() => parseIban(text, 'IBAN')).toThrow('is not an IBAN');
		}
});
