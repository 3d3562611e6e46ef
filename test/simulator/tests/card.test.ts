import { pick, refusalOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Cards in the simulated bank (docs/bunq-api.md 9.7). */

const bank = useSimulator({ unlimited: true, secret: ({ oauth }) => oauth.accessToken });
const { card } = bank;

const now = async (secondLine: string) => card(secondLine, await bank.control.world());
const put = (secondLine: string, body: object) =>
	bank.session.put(`{user}/card/${card(secondLine).id}`, body);
const order = (path: string, change: object = {}) =>
	bank.session.post(`{user}/${path}`, {
		second_line: 'New',
		name_on_card: 'E. Levy',
		type: 'MASTERCARD',
		product_type: 'MASTERCARD_DEBIT',
		...change,
	});

describe('a change', () => {
	test('returns the card, or its ID by switch', async () => {
		const { id } = card('Groceries');
		expect(pick(await put('Groceries', {}), 'CardDebit')).toMatchObject({ id, status: 'ACTIVE' });
		await bank.control.switches({ cardAnswer: 'id' });
		expect(pick(await put('Groceries', {}), 'Id')).toEqual({ id });
	});

	test('removes an omitted fallback account and keeps the rest', async () => {
		await put('Groceries', { card_limit: { value: '1', currency: 'EUR' } });
		const changed = { fallbackAccountId: null, limit: '1' };
		expect(await now('Groceries')).toEqual({ ...card('Groceries'), ...changed });
	});

	test('removes omitted entries of pin_code_assignment', async () => {
		const entry = { type: 'SECONDARY', monetary_account_id: bank.world.accounts[2].id };
		await put('Groceries', { pin_code_assignment: [entry] });
		expect((await now('Groceries')).pins).toEqual({ SECONDARY: bank.world.accounts[2].id });
	});

	test.each([
		[
			{ type: 'PRIMARY', monetary_account_id: '12' },
			'Invalid type for field "monetary_account_id" (expected INTEGER).',
		],
		[{ type: 'PRIMARY', id: 1, status: 'ACTIVE' }, 'Superfluous field "id".'],
		[{ type: 'FOURTH' }, 'Invalid value for field "type"'],
	])('refuses the entry %j', async (entry, words) => {
		const [status, said] = refusalOf(await put('Groceries', { pin_code_assignment: [entry] }));
		expect(status).toBe(400);
		expect(said).toContain(words);
		expect(await now('Groceries')).toEqual(card('Groceries'));
	});

	test.each([
		['Groceries', 'DEACTIVATED', 200],
		['Groceries', 'LOST', 200],
		['Spare', 'ACTIVE', 200],
		['Online', 'DEACTIVATED', 400],
		['Online', 'STOLEN', 400],
		['Groceries', 'EXPIRED', 400],
	])('of %s to %s returns %s', async (which, status, answered) => {
		expect((await put(which, { status })).status).toBe(answered);
		expect((await now(which)).status).toBe(answered === 200 ? status : card(which).status);
	});

	test('of its numbers, names and production is kept', async () => {
		const path = `{user}/card/${card('Online').id}`;
		const before = pick(await bank.session.get(path), 'CardCredit');
		const number = { id: before.primary_account_numbers[0].id, description: 'Shop' };
		await put('Online', {
			primary_account_numbers: [{ ...number, monetary_account_id: bank.world.accounts[0].id }],
			preferred_name_on_card: 'Elliot',
			order_status: 'CARD_REQUEST_PENDING',
			activation_code: '123456',
			pin_code: null,
		});
		const after = pick(await bank.session.get(path), 'CardCredit');
		expect(after).toMatchObject({
			preferred_name_on_card: 'Elliot',
			order_status: 'CARD_REQUEST_PENDING',
			primary_account_numbers: [{ ...number, monetary_account_id: bank.world.accounts[0].id }],
		});
		const foreign = { primary_account_numbers: [{ id: 1 }] };
		expect((await put('Online', foreign)).status).toBe(404);
	});

	test('cannot undo a final status', async () => {
		await put('Groceries', { status: 'CANCELLED' });
		expect((await put('Groceries', { status: 'ACTIVE' })).status).toBe(400);
	});

	test('of an unknown card or with a foreign account is refused', async () => {
		expect((await bank.session.put('{user}/card/1', {})).status).toBe(404);
		const theirs = { monetary_account_id_fallback: 1 };
		expect((await put('Groceries', theirs)).status).toBe(404);
	});
});

describe('an order', () => {
	test('accepts exactly the names of card-name', async () => {
		const { possible_card_name_array: names } = pick(
			await bank.session.get('{user}/card-name'),
			'CardUserNameArray',
		);
		expect(pick(await order('card-debit', { name_on_card: names[0] }), 'CardDebit')).toMatchObject({
			name_on_card: names[0],
			order_status: 'NEW_CARD_REQUEST_RECEIVED',
			status: 'DEACTIVATED',
		});
		expect(refusalOf(await order('card-debit', { name_on_card: 'Bob' }))).toEqual([
			400,
			'USER_CARD_NAME_NOT_AVAILABLE',
		]);
	});

	test.each([
		['card-debit', {}, 1],
		['card-credit', {}, 1],
		['card-debit', { order_status: 'VIRTUAL_DELIVERY' }, 4],
	])('of %s %j: accepts %s more, up to the limit of the user', async (path, change, more) => {
		for (let count = 0; count < more; count++) expect((await order(path, change)).status).toBe(200);
		expect(refusalOf(await order(path, change))).toEqual([400, 'USER_HAS_REACHED_CARD_LIMIT']);
	});

	test.each([
		[{ second_line: 'x'.repeat(18) }],
		[{ order_status: 'DELIVERED_TO_CUSTOMER' }],
		[{ type: 'VISA' }],
		[{ alias: { type: 'EMAIL', value: 'x' } }],
	])('with %j is refused', async (change) => {
		expect((await order('card-debit', change)).status).toBe(400);
		expect((await bank.control.world()).cards).toHaveLength(3);
	});

	test('keeps the names, and pays first from the account of its alias', async () => {
		const { id, iban } = bank.account('Household');
		const names = { preferred_name_on_card: 'Elliot', name_on_card: 'E. Levy' };
		const ordered = pick(
			await order('card-debit', { ...names, alias: { type: 'IBAN', value: iban, name: 'Me' } }),
			'CardDebit',
		);
		expect(ordered).toMatchObject({ ...names, first_line: 'E. Levy' });
		expect(ordered.pin_code_assignment).toMatchObject([{ monetary_account_id: id }]);
	});
});
