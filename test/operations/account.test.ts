import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { emptyItems, locator } from '../support/parameters';
import { under } from '../support/underEach';

const bank = useBank();
const list = { resource: 'account', operation: 'getAll', returnAll: true };

describe('getAll', () => {
	test('open accounts of every type, simplified: one request', async () => {
		const { json } = await bank.oauth(list);
		expect(json.map(({ name, type }) => `${name}: ${type}`)).toEqual([
			'Mystery: other',
			'Other Bank: external',
			'Together: joint',
			'Holiday: savings',
			'Household: bank',
			'Main: bank',
		]);
		const main = await bank.account('Main');
		expect(json[5]).toEqual({
			id: main.id,
			type: 'bank',
			name: 'Main',
			iban: main.iban,
			balance: 2500,
			currency: 'EUR',
			status: 'ACTIVE',
			displayName: 'E. Levy',
		});
		const { userApiKeyId } = (await bank.world()).oauth;
		expect(await bank.requests()).toEqual([`GET /user/${userApiKeyId}/monetary-account`]);
	});

	test('an external account without an IBAN has null instead', async () => {
		const { json } = await bank.oauth({ ...list, filters: { accountTypes: ['external'] } });
		expect(json).toMatchObject([{ name: 'Other Bank', iban: null }]);
	});

	test('closed accounts only with Include Closed, and the limit counts the matches', async () => {
		const { json } = await bank.oauth({ ...list, filters: { includeClosed: true } });
		expect(json).toContainEqual(expect.objectContaining({ name: 'Old Main', status: 'CANCELLED' }));
		const limited = await bank.oauth({
			resource: 'account',
			operation: 'getAll',
			limit: 2,
			filters: { accountTypes: ['bank', 'savings'], currency: 'eur' },
		});
		expect(limited.json.map(({ name }) => name)).toEqual(['Holiday', 'Household']);
	});

	test('without Simplify: as bunq sent it, with its type', async () => {
		const { json } = await bank.oauth({ ...list, simplify: false });
		expect(json[5]).toMatchObject({
			_type: 'MonetaryAccountBank',
			balance: { currency: 'EUR', value: '2500.00' },
			setting: { color: expect.any(String) },
		});
		expect(json[0]._type).toBe('MonetaryAccountMystery');
	});

	test('more accounts than fit on a page', async () => {
		for (let count = 0; count < 205; count++)
			await bank.control.addAccount({ description: `Pot ${count}` });
		const { json } = await bank.oauth(list);
		expect(json).toHaveLength(211);
		expect((await bank.requests()).length).toBe(2);
	});

	test('with an API key, the user in the URL is the person', async () => {
		await bank.apiKey(list);
		const { person } = await bank.world();
		expect(await bank.requests()).toEqual([`GET /user/${person.id}/monetary-account`]);
	});
});

describe('get', () => {
	const get = { resource: 'account', operation: 'get' };

	test.each(['list', 'id', 'iban', 'name'])('located by %s', async (mode) => {
		const { id, iban } = await bank.account('Household');
		const value = { list: id, id: String(id), iban: iban!, name: 'Household' }[mode]!;
		const { json } = await bank.oauth({ ...get, account: locator(mode, value) });
		expect(json).toMatchObject([{ id, name: 'Household', balance: 300 }]);
		const lists = (await bank.requests()).filter((one) => one.endsWith('/monetary-account'));
		expect(lists).toHaveLength(mode === 'iban' || mode === 'name' ? 1 : 0);
	});

	test('an IBAN may have spaces and lower-case letters', async () => {
		const { id, iban } = await bank.account('Household');
		const spaced = iban!.toLowerCase().replace(/(.{4})/g, '$1 ');
		const { json } = await bank.oauth({ ...get, account: locator('iban', spaced) });
		expect(json).toMatchObject([{ id }]);
	});

	test('50 items that name an account read the list of accounts once', async () => {
		const { json } = await bank.oauth(
			{ ...get, account: locator('name', 'Main') },
			{ items: emptyItems(50) },
		);
		expect(json).toHaveLength(50);
		const lists = (await bank.requests()).filter((one) => one.endsWith('/monetary-account'));
		expect(lists).toHaveLength(1);
	});

	test('a name of two accounts is refused, and the error names both', async () => {
		const id = await bank.control.addAccount({ description: 'Household' });
		const { error } = await bank.oauth({ ...get, account: locator('name', 'Household') });
		expect(error?.message).toBe('"Account": 2 accounts are named "Household"');
		expect(error?.description).toContain(String(id));
		expect(error?.description).toContain(String(await bank.accountId('Household')));
	});

	test("an unknown account: the error is bunq's", async () => {
		const { error } = await bank.oauth({ ...get, account: locator('id', '99999999') });
		expect(error).toMatchObject({ httpCode: '404', context: { itemIndex: 0 } });
		expect(error?.message).toContain('could not be found');
		expect(error?.description).toMatch(/^Nothing was done: .*Check the ID[^]*connecting\.$/);
		// Under n8n's error details.
		expect(error?.messages).toContainEqual(
			expect.stringMatching(/^bunq's reference: [0-9a-f-]{36}\.$/),
		);
		const { json } = await bank.oauth(
			{ ...get, account: locator('id', '99999999') },
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(json).toMatchObject([
			{ message: expect.stringMatching(/bunq's reference: [0-9a-f-]{36}\.$/) },
		]);
	});
});

describe('create', () => {
	const create = { resource: 'account', operation: 'create', accountName: 'Rainy days' };

	test.each(['bank', 'savings'])(
		'opens a %s account and reads its IBAN: two requests',
		async (accountType) => {
			const { json } = await bank.oauth({ ...create, accountType });
			const { id, iban } = await bank.account('Rainy days');
			expect(json).toEqual([
				expect.objectContaining({ id, iban, type: accountType, balance: 0, status: 'ACTIVE' }),
			]);
			expect((await bank.requests()).map((one) => one.split(' ')[0])).toEqual(['POST', 'GET']);
		},
	);

	test('sends every optional field in the form that bunq expects', async () => {
		await bank.oauth({
			...create,
			accountType: 'savings',
			additionalFields: { dailyLimit: 250, savingsGoal: '1234.5', color: '#00AA00' },
		});
		expect((await bank.log())[0].body).toEqual({
			description: 'Rainy days',
			currency: 'EUR',
			daily_limit: { value: '250.00', currency: 'EUR' },
			savings_goal: { value: '1234.50', currency: 'EUR' },
			setting: { color: '#00AA00' },
		});
	});

	test('the account is reported even if reading it back fails', async () => {
		await bank.control.fault({ kind: '500-before', method: 'GET', times: 2 });
		const { json, error } = await bank.oauth(create);
		expect(error).toBeUndefined();
		const { id } = await bank.account('Rainy days');
		expect(json).toEqual([
			{
				id,
				created: expect.any(String),
				type: 'bank',
				name: 'Rainy days',
				currency: 'EUR',
				_readFailed: true,
			},
		]);
	});

	test('a savings goal for a bank account is refused before anything is sent', async () => {
		const { error } = await bank.oauth({ ...create, additionalFields: { savingsGoal: 10 } });
		expect(error?.message).toContain('only for savings accounts');
		expect(await bank.requests()).toEqual([]);
	});
});

describe('update and close', () => {
	const at = async (description: string) => await bank.locate(description);

	test('update changes the given fields, at the address of the account type', async () => {
		const { json } = await bank.apiKey({
			resource: 'account',
			operation: 'update',
			account: await at('Holiday'),
			updateFields: { accountName: 'Summer', savingsGoal: 5000, dailyLimit: 10, color: '#123456' },
		});
		expect(json).toMatchObject([{ name: 'Summer', type: 'savings', balance: 1000 }]);
		expect((await bank.account('Summer')).type).toBe('MonetaryAccountSavings');
		const [, put] = await bank.requests();
		expect(put).toMatch(/^PUT \/user\/\d+\/monetary-account-savings\/\d+$/);
	});

	test('update without a field is refused before anything is sent', async () => {
		const { error } = await bank.apiKey({
			resource: 'account',
			operation: 'update',
			account: await at('Main'),
		});
		expect(error?.message).toBe('"Update Fields" is empty');
		expect(await bank.changes()).toBe(0);
	});

	test('close closes an empty account', async () => {
		await bank.control.addAccount({ description: 'Empty', balance: '0.00' });
		const close = {
			resource: 'account',
			operation: 'close',
			account: await at('Empty'),
			reason: 'Done',
		};
		const { json } = await bank.apiKey(close);
		expect(json).toMatchObject([{ name: 'Empty', status: 'CANCELLED' }]);
		expect((await bank.account('Empty')).status).toBe('CANCELLED');
		expect((await bank.log()).at(-1)?.body).toEqual({
			status: 'CANCELLED',
			sub_status: 'REDEMPTION_VOLUNTARY',
			reason: 'OTHER',
			reason_description: 'Done',
		});
	});

	test('bunq refuses to close an account that contains money', async () => {
		const { error } = await bank.apiKey({
			resource: 'account',
			operation: 'close',
			account: await at('Main'),
		});
		expect(error?.httpCode).toBe('400');
		expect((await bank.account('Main')).status).toBe('ACTIVE');
	});

	describe('with OAuth', () => {
		const orders: Array<[operation: string, more: IDataObject]> = [
			['update', { updateFields: { accountName: 'New' } }],
			['close', {}],
		];
		const run = async (operation: string, more: IDataObject) => {
			await bank.control.addAccount({ description: 'Empty', balance: '0.00' });
			return await bank.oauth({
				resource: 'account',
				operation,
				account: await at('Empty'),
				...more,
			});
		};

		under(bank, 'oauthMayUpdateAccounts', false, () => {
			test.each(orders)('%s: the error names an alternative', async (operation, more) => {
				const { error } = await run(operation, more);
				expect(error?.message).toMatch(/^Not enough permissions to/);
				expect(error?.description).toContain('Use the Bunq API credential');
			});
		});

		under(bank, 'oauthMayUpdateAccounts', true, () => {
			test.each(orders)('%s works', async (operation, more) => {
				expect((await run(operation, more)).error).toBeUndefined();
			});
		});
	});
});
