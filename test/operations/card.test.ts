import type { IDataObject, ILoadOptionsFunctions } from 'n8n-workflow';
import { searchCards } from '../../nodes/Bunq/parameters/listSearch';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { locator, RETRY_ON_FAIL } from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank();
const at = async (secondLine: string) => locator('id', (await bank.card(secondLine)).id);
const list = { resource: 'card', operation: 'getAll', returnAll: true };

const methods = async () => (await bank.requests()).map((one) => one.split(' ')[0]);
const sent = async () =>
	(await bank.log()).find(({ method }) => method !== 'GET')?.body as IDataObject;
const change = async (operation: string, secondLine: string, more: IDataObject = {}) =>
	await bank.oauth({ resource: 'card', operation, card: await at(secondLine), ...more });

describe('getAll and get', () => {
	test('cards of every kind, simplified: one request', async () => {
		const { json } = await bank.oauth(list);
		expect(json.map(({ type, status }) => `${type}: ${status}`)).toEqual([
			'credit: ACTIVE',
			'debit: DEACTIVATED',
			'debit: ACTIVE',
		]);
		const { id } = await bank.card('Groceries');
		expect(json[2]).toEqual({
			id,
			type: 'debit',
			productType: 'MASTERCARD_DEBIT',
			status: 'ACTIVE',
			orderStatus: 'DELIVERED_TO_CUSTOMER',
			nameOnCard: 'E. Levy',
			lastFour: String(id).slice(-4),
			expiryDate: '2030-06-13',
			primaryAccountId: await bank.accountId('Main'),
			secondaryAccountId: await bank.accountId('Household'),
			fallbackAccountId: await bank.accountId('Holiday'),
			cardLimit: 1000,
			cardLimitAtm: 500,
		});
		expect(json[0]).toMatchObject({ secondaryAccountId: null, fallbackAccountId: null });
		const { userApiKeyId } = (await bank.world()).oauth;
		expect(await bank.requests()).toEqual([`GET /user/${userApiKeyId}/card`]);
	});

	test('a limit requests no more than it needs, and with a filter counts the matches', async () => {
		const { json } = await bank.oauth({ ...list, returnAll: false, limit: 1 });
		expect(json).toMatchObject([{ type: 'credit' }]);
		expect((await bank.log())[0].query).toEqual({ count: '1' });
		const frozen = await bank.oauth({
			...list,
			returnAll: false,
			limit: 1,
			filters: { status: ['DEACTIVATED'] },
		});
		expect(frozen.json).toMatchObject([{ id: (await bank.card('Spare')).id }]);
	});

	test.each(['list', 'id'])('get by %s', async (mode) => {
		const { id } = await bank.card('Online');
		const get = { resource: 'card', operation: 'get', card: locator(mode, id) };
		expect((await bank.oauth(get)).json).toMatchObject([{ id, type: 'credit' }]);
		const { json } = await bank.oauth({ ...get, simplify: false });
		expect(json).toMatchObject([{ _type: 'CardCredit', id, type: 'MASTERCARD' }]);
	});

	test('an agent may choose a card by ID, second line or last four digits', async () => {
		const { id } = await bank.card('Online');
		const get = { resource: 'card', operation: 'get' };
		for (const value of [
			id,
			String(id),
			'Online',
			'online',
			'On\u200bline\u00a0',
			String(id).slice(-4),
		]) {
			const { json } = await bank.oauth({ ...get, card: locator('list', value) });
			expect(json).toMatchObject([{ id, type: 'credit' }]);
		}
	});

	test('a name of several cards or of none is refused, and the error says which cards there are', async () => {
		const get = { resource: 'card', operation: 'get' };
		const { error } = await bank.oauth({ ...get, card: locator('list', 'E. Levy') });
		expect(error?.message).toBe('"Card": 3 cards match "E. Levy"');
		const { id } = await bank.card('Spare');
		expect(error?.description).toMatch(/^Nothing was sent\. Use the ID/);
		expect(error?.description).toContain(`${id} (Spare, E. Levy, ${String(id).slice(-4)}, `);
		const none = await bank.oauth({ ...get, card: locator('list', 'Gold') });
		expect(none.error?.message).toBe('"Card": none of your cards matches "Gold"');
	});

	test('an invalid ID is refused before anything is sent, an unknown one by bunq', async () => {
		const get = { resource: 'card', operation: 'get' };
		const wrong = await bank.oauth({ ...get, card: locator('id', 'Groceries') });
		expect(wrong.error?.message).toContain('"Card" must be a card ID (digits only)');
		expect(await bank.requests()).toEqual([]);
		const none = await bank.oauth({ ...get, card: locator('id', '99999999') });
		expect(none.error).toMatchObject({ httpCode: '404', context: { itemIndex: 0 } });
	});

	const pickerOf = async (apiKey: string) => {
		const httpRequest = await requestHelper();
		return {
			getNodeParameter: () => 'apiKey',
			getCredentials: async () => ({ environment: 'production', apiKey }),
			getNode: () => ({ name: 'Bunq' }),
			helpers: { httpRequest },
		} as unknown as ILoadOptionsFunctions;
	};

	test('the picker shows and finds second line, name, digits and status', async () => {
		const picker = await pickerOf((await bank.world()).apiKey);
		const { id } = await bank.card('Groceries');
		const digits = String(id).slice(-4);
		const all = (await searchCards.call(picker)).results;
		expect(all).toHaveLength(3);
		// Sorted by name.
		expect(all.map(({ name }) => name.split(' ')[0])).toEqual(['Groceries', 'Online', 'Spare']);
		expect(all[0]).toEqual({ name: `Groceries · E. Levy · •••• ${digits}`, value: id });
		expect(all[2].name).toMatch(/ · deactivated$/);
		for (const filter of ['grocer', digits])
			expect((await searchCards.call(picker, filter)).results).toEqual([all[0]]);
		expect((await searchCards.call(picker, 'deactivated')).results).toEqual([all[2]]);
	});

	test('if bunq refuses the picker, its one line says what to do', async () => {
		const { message } = await searchCards.call(await pickerOf('wrong')).catch((error) => error);
		expect(message).toMatch(/^User credentials are incorrect.*\. .*API key/);
	});
});

describe('create', () => {
	const order = async (more: IDataObject = {}): Promise<IDataObject> => ({
		resource: 'card',
		operation: 'create',
		nameOnCard: 'E. Levy',
		secondLine: 'Travel',
		account: locator('name', 'Household'),
		...more,
	});

	test('Get Names lists the names that bunq accepts: one request', async () => {
		const { json } = await bank.oauth({ resource: 'card', operation: 'getNames' });
		expect(json).toEqual([
			{ name: 'Elliot Levy' },
			{ name: 'E. Levy' },
			{ name: 'E Levy' },
			{ name: 'Levy' },
		]);
		expect(await methods()).toEqual(['GET']);
	});

	underEach(bank, 'cardAnswer', () => {
		test('orders a debit card: two requests', async () => {
			const household = await bank.accountId('Household');
			const { json } = await bank.oauth(await order({ account: locator('id', household) }));
			const { id } = await bank.card('Travel');
			expect(json).toEqual([
				expect.objectContaining({
					id,
					type: 'debit',
					primaryAccountId: household,
					cardLimit: 1000,
				}),
			]);
			expect(await sent()).toEqual({
				second_line: 'Travel',
				name_on_card: 'E. Levy',
				type: 'MASTERCARD',
				product_type: 'MASTERCARD_DEBIT',
				pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: household }],
			});
			expect(await methods()).toEqual(['POST', 'GET']);
		});
	});

	const LONG_LINE = { secondLine: 'Travel in the summer.' };

	under(bank, 'secondLineLength', 17, () => {
		test("a second line of 21 characters: the error is bunq's", async () => {
			const { error } = await bank.oauth(await order(LONG_LINE));
			expect(error).toMatchObject({
				httpCode: '400',
				message: expect.stringMatching(/second line/),
			});
			expect(await bank.changes()).toBe(0);
		});
	});

	under(bank, 'secondLineLength', 21, () => {
		test('a second line of 21 characters is ordered', async () => {
			const { json } = await bank.oauth(await order(LONG_LINE));
			expect(json).toMatchObject([{ id: (await bank.card(LONG_LINE.secondLine)).id }]);
		});
	});

	test('orders a virtual credit card of an unknown product', async () => {
		const { json } = await bank.oauth(
			await order({
				cardType: 'credit',
				virtual: true,
				productType: '={{ "MASTERCARD_HOLOGRAM" }}',
				secondLine: '',
			}),
		);
		expect(json).toMatchObject([
			{ type: 'credit', productType: 'MASTERCARD_HOLOGRAM', orderStatus: 'VIRTUAL_DELIVERY' },
		]);
		expect((await bank.requests()).join()).toMatch(/POST \/user\/\d+\/card-credit,/);
	});

	test("a name that bunq does not accept: the error is bunq's", async () => {
		const { error } = await bank.oauth(await order({ nameOnCard: 'Santa' }));
		expect(error).toMatchObject({ message: 'USER_CARD_NAME_NOT_AVAILABLE', httpCode: '400' });
	});

	test('the card is reported even if reading it back fails', async () => {
		await bank.control.fault({ kind: '500-before', method: 'GET', path: 'card', times: 2 });
		const { json } = await bank.oauth(await order());
		const { id } = await bank.card('Travel');
		expect(json).toEqual([
			{
				id,
				created: expect.any(String),
				type: 'debit',
				productType: 'MASTERCARD_DEBIT',
				nameOnCard: 'E. Levy',
				primaryAccountId: await bank.accountId('Household'),
				_readFailed: true,
			},
		]);
	});

	test.each(['drop-after', 'drop-before'] as const)(
		'%s and Retry On Fail: two items order two cards, although there was an equal one before',
		async (kind) => {
			await bank.oauth(await order({ virtual: true }));
			passMinutes();
			await bank.control.fault({ kind, method: 'POST', path: 'card-debit', skip: 1 });
			const { json, error } = await bank.oauth(await order({ virtual: true }), {
				items: [{}, {}],
				settings: RETRY_ON_FAIL,
			});
			expect(error).toBeUndefined();
			const { cards } = await bank.world();
			const made = cards.filter(({ secondLine }) => secondLine === 'Travel').map(({ id }) => id);
			expect(json.map(({ id }) => id)).toEqual(made.slice(1));
			expect(made).toHaveLength(3);
		},
	);
});

describe('freeze and unfreeze', () => {
	test.each([
		['freeze', 'Groceries', 'DEACTIVATED', 'Holiday'],
		['unfreeze', 'Spare', 'ACTIVE', 'Household'],
	])(
		'%s: three requests, and the fallback account stays',
		async (operation, card, status, kept) => {
			const before = await bank.card(card);
			const { json } = await change(operation, card);
			const fallback = await bank.accountId(kept);
			expect(json).toMatchObject([{ id: before.id, status, fallbackAccountId: fallback }]);
			expect(await bank.card(card)).toEqual({ ...before, status });
			expect(await sent()).toEqual({ status, monetary_account_id_fallback: fallback });
			expect(await methods()).toEqual(['GET', 'PUT', 'GET']);
		},
	);

	test.each([
		['freeze', 'Spare', 'DEACTIVATED'],
		['unfreeze', 'Groceries', 'ACTIVE'],
	])('%s a card that needs no change: one read', async (operation, card, status) => {
		const { json } = await change(operation, card);
		expect(json).toMatchObject([{ status }]);
		expect(await methods()).toEqual(['GET']);
	});

	test("a card that bunq refuses to freeze: the error is bunq's", async () => {
		const { error } = await change('freeze', 'Online');
		expect(error?.message).toContain('cannot be DEACTIVATED');
		expect(error?.httpCode).toBe('400');
	});

	test('the new status is reported even if reading it back fails', async () => {
		await bank.control.fault({ kind: '500-before', method: 'GET', skip: 1, times: 2 });
		const { json } = await change('freeze', 'Groceries');
		expect(json).toMatchObject([{ status: 'DEACTIVATED', cardLimit: 1000, _readFailed: true }]);
		expect((await bank.card('Groceries')).status).toBe('DEACTIVATED');
	});

	test('a lost response, with Retry On Fail: frozen once', async () => {
		await bank.control.fault({ kind: '500-after', method: 'PUT' });
		const { json, error } = await bank.oauth(
			{ resource: 'card', operation: 'freeze', card: await at('Groceries') },
			{ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1000 } },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ status: 'DEACTIVATED' }]);
		expect((await methods()).filter((one) => one === 'PUT')).toHaveLength(1);
	});
});

describe('linkAccount', () => {
	test('changes one slot and keeps the others and the fallback account', async () => {
		const before = await bank.card('Groceries');
		const holiday = await bank.accountId('Holiday');
		const { json } = await bank.oauth(
			{
				resource: 'card',
				operation: 'linkAccount',
				card: '={{ String($json.card) }}',
				account: '={{ String($json.account) }}',
				pinSlot: 'SECONDARY',
			},
			{ items: [{ card: before.id, account: holiday }] },
		);
		expect(json).toMatchObject([{ secondaryAccountId: holiday }]);
		expect(await bank.card('Groceries')).toEqual({
			...before,
			pins: { ...before.pins, SECONDARY: holiday },
		});
	});

	test('fills an empty slot: three requests', async () => {
		const main = await bank.accountId('Main');
		const holiday = await bank.accountId('Holiday');
		await change('linkAccount', 'Spare', { account: locator('id', holiday), pinSlot: 'TERTIARY' });
		expect(await sent()).toEqual({
			monetary_account_id_fallback: await bank.accountId('Household'),
			pin_code_assignment: [
				{ type: 'PRIMARY', routing_type: 'MANUAL', monetary_account_id: main },
				{ type: 'TERTIARY', monetary_account_id: holiday },
			],
		});
		expect((await bank.card('Spare')).pins).toEqual({ PRIMARY: main, TERTIARY: holiday });
		expect(await methods()).toEqual(['GET', 'PUT', 'GET']);
	});

	test("an unknown account: the error is bunq's, and nothing changes", async () => {
		const { error } = await change('linkAccount', 'Groceries', {
			account: locator('id', 99999999),
		});
		expect(error?.httpCode).toBe('404');
		expect(await bank.changes()).toBe(0);
	});
});

describe('update', () => {
	test('changes the given fields and nothing else: three requests', async () => {
		const before = await bank.card('Groceries');
		const { json } = await change('update', 'Groceries', {
			updateFields: { cardLimit: '250.5', cardLimitAtm: 0, countryPermissions: 'nl, DE be,NL' },
		});
		expect(json).toMatchObject([{ cardLimit: 250.5, cardLimitAtm: 0 }]);
		expect(await sent()).toEqual({
			monetary_account_id_fallback: before.fallbackAccountId,
			card_limit: { value: '250.50', currency: 'EUR' },
			card_limit_atm: { value: '0.00', currency: 'EUR' },
			country_permission: [{ country: 'NL' }, { country: 'DE' }, { country: 'BE' }],
		});
		expect(await bank.card('Groceries')).toEqual({
			...before,
			limit: '250.50',
			limitAtm: '0.00',
			countries: ['NL', 'DE', 'BE'],
		});
		expect(await methods()).toEqual(['GET', 'PUT', 'GET']);
	});

	test('changes the fallback account by name and keeps the limits', async () => {
		const before = await bank.card('Groceries');
		const { json } = await change('update', 'Groceries', {
			updateFields: { fallbackAccount: locator('name', 'Household') },
		});
		const household = await bank.accountId('Household');
		expect(json).toMatchObject([{ fallbackAccountId: household }]);
		expect(await sent()).toEqual({ monetary_account_id_fallback: household });
		expect(await bank.card('Groceries')).toEqual({ ...before, fallbackAccountId: household });
	});

	test.each([
		[{ countryPermissions: 'NL, UK' }, '"Country Permissions" must be', 'UK'],
		[{ countryPermissions: 'Germany' }, '"Country Permissions" must be', 'GERMANY'],
		[{ countryPermissions: 'XX;NL' }, '"Country Permissions" must be', 'XX'],
		[{ countryPermissions: ' , ' }, '"Country Permissions" must be', ''],
		[{ cardLimit: -1 }, '"Card Limit" must be', '-1'],
		[{ fallbackAccount: locator('list', '') }, '"Fallback Account" is empty', ''],
		[{}, '"Update Fields" is empty', ''],
	])('%j is refused before anything is sent', async (updateFields, words, named) => {
		const { error } = await change('update', 'Groceries', { updateFields });
		expect(error?.message).toContain(words);
		expect(error?.message).toContain(named);
		expect(await bank.requests()).toEqual([]);
	});
});
