import type { IDataObject } from 'n8n-workflow';
import type { NewCardTransaction } from '../simulator';
import { useBank } from '../support/bank';
import { locator } from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank();
const use = async (
	description: string,
	...uses: Parameters<typeof bank.control.addCardTransactions>[1]
) => await bank.control.addCardTransactions(await bank.accountId(description), uses);
const get = async (cardTransactionId: unknown, more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'cardTransaction',
	operation: 'get',
	account: await bank.locate('Main'),
	cardTransactionId: cardTransactionId as string,
	...more,
});
const list = (more: IDataObject = {}): IDataObject => ({
	resource: 'cardTransaction',
	operation: 'getAll',
	account: locator('name', 'Main'),
	returnAll: true,
	...more,
});

describe('get', () => {
	underEach(bank, 'extraFields', () => {
		test('simplified, or as bunq sent it: one request each', async () => {
			const { id: cardId } = await bank.card('Spare');
			const [id] = await use('Main', {
				amount: '3.20',
				local: { value: '3.50', currency: 'USD' },
				merchant: 'Tea House',
				city: 'Boston',
				country: 'US',
				cardId,
			});
			const { json } = await bank.oauth(await get(id));
			expect(json).toEqual([
				{
					id,
					created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
					accountId: await bank.accountId('Main'),
					accountName: null,
					accountIban: (await bank.account('Main')).iban,
					cardId,
					amount: -3.2,
					currency: 'EUR',
					decision: 'ALLOWED',
					outcome: 'reserved',
					description: 'Tea House Boston, US',
					merchant: 'Tea House',
					city: 'Boston',
					status: 'AUTHORISED',
				},
			]);
			const raw = await bank.oauth(await get(String(id), { simplify: false }));
			expect(raw.json).toMatchObject([
				{ _type: 'MasterCardAction', amount_local: { value: '3.50', currency: 'USD' } },
			]);
			const { userApiKeyId } = (await bank.world()).oauth;
			const path = `/user/${userApiKeyId}/monetary-account/${await bank.accountId('Main')}/mastercard-action/${id}`;
			expect(await bank.requests()).toEqual([`GET ${path}`, `GET ${path}`]);
		});
	});

	underEach(bank, 'cardAmounts', () => {
		test('a refund is positive, anything else negative; the outcome follows from bunq’s words', async () => {
			const cases: Array<[NewCardTransaction, amount: number, outcome: string]> = [
				[{ amount: '5.00' }, -5, 'reserved'],
				[{ amount: '5.00', clearingStatus: 'FIRST_PRESENTMENT_COMPLETE' }, -5, 'paid'],
				[{ amount: '-5.00' }, 5, 'refunded'],
				[{ amount: '5.00', status: 'REVERSED' }, -5, 'reversed'],
				[{ amount: '5.00', status: 'PRE_AUTHORISATION_EXPIRED' }, -5, 'reversed'],
				[{ amount: '5.00', decision: 'PIN_INCORRECT' }, -5, 'declined'],
				[{ amount: '5.00', status: 'SOMETHING_NEW' }, -5, 'unknown'],
				[{ amount: '5.00', clearingStatus: 'REFUND_LENIENCY' }, -5, 'unknown'],
				[{ amount: '0.00' }, 0, 'reserved'],
			];
			await use('Main', ...cases.map(([used]) => used));
			const { json } = await bank.oauth(list({ returnAll: false, limit: cases.length }));
			expect(json.reverse().map(({ amount, outcome }) => [amount, outcome])).toEqual(
				cases.map(([, amount, outcome]) => [amount, outcome]),
			);
		});
	});

	test('a declined one has the amount and the reason', async () => {
		const [id] = await use('Main', { amount: '8.00', decision: 'PIN_INCORRECT' });
		expect((await bank.oauth(await get(id))).json).toMatchObject([
			{ amount: -8, decision: 'PIN_INCORRECT', status: 'BLOCKED' },
		]);
	});

	test.each(['1/2', '..', 'ten', '={{ $json.missing }}'])(
		'only digits reach bunq: ID %p',
		async (id) => {
			const { error } = await bank.oauth(await get(id));
			expect(error?.message).toContain('"Card Transaction ID"');
			expect(await bank.requests()).toEqual([]);
		},
	);

	under(bank, 'oauthMayReadCardTransactions', false, () => {
		test('the error names an alternative', async () => {
			for (const parameters of [await get(1), list()]) {
				const { error } = await bank.oauth(parameters);
				expect(error?.message).toContain('Not enough permissions');
				expect(error?.description).toContain('Payment: Get Many');
			}
			expect((await bank.apiKey(list())).json).toHaveLength(3);
		});
	});

	under(bank, 'oauthMayReadCardTransactions', true, () => {
		test('an app reads them', async () => {
			expect((await bank.oauth(list())).json).toHaveLength(3);
		});
	});
});

describe('getAll', () => {
	const merchants = async (filters: IDataObject) =>
		(await bank.oauth(list({ filters }))).json.map(({ merchant }) => merchant);

	test('newest first, with declined ones', async () => {
		const { json } = await bank.oauth(list());
		expect(json.map(({ decision, amount }) => [decision, amount])).toEqual([
			['PIN_INCORRECT', -50],
			['INSUFFICIENT_BALANCE', -9999],
			['ALLOWED', -12.4],
		]);
	});

	test.each([
		[{ types: ['ATM', 'E_COMMERCE'] }, ['Cash', 'Web']],
		[{ types: ['CONTACTLESS_2030'] }, []],
		[{ direction: 'in' }, ['Web']],
		[{ direction: 'out', counterparty: 'caSH' }, ['Cash']],
		[{ amountMin: 30, amountMax: 49.99 }, ['Web']],
		[{ amountMin: 40.01, amountMax: 40.01 }, []],
		[{ descriptionContains: 'berlin' }, ['Cash']],
		[{ direction: 'any', counterparty: 'zwaan' }, ['Café De Zwaan']],
	])('filter by %j', async (filters, expected) => {
		await use(
			'Main',
			{ merchant: 'Web', amount: '-40.00', entryMode: 'E_COMMERCE' },
			{ merchant: 'Cash', amount: '20.00', entryMode: 'ATM', city: 'Berlin', country: 'DE' },
		);
		const passed = (await merchants(filters)).filter((name) => name !== 'Corner Shop');
		expect(passed).toEqual(expected);
	});

	test('Direction is that of the money; an unknown outcome has both', async () => {
		await use(
			'Main',
			{ merchant: 'Refund', status: 'CLEARING_REFUND' },
			{ merchant: 'Reversed', amount: '-1.00', status: 'REVERSED' },
			{ merchant: 'Unknown', status: 'SOMETHING_NEW' },
		);
		const names = /^(Refund|Reversed|Unknown)$/;
		const passed = async (direction: string) =>
			(await merchants({ direction })).filter((name) => names.test(String(name)));
		expect(await passed('in')).toEqual(['Unknown', 'Refund']);
		expect(await passed('out')).toEqual(['Unknown', 'Reversed']);
	});

	test('reading stops at Created After, and Created Before skips newer ones', async () => {
		await use('Main', ...Array.from({ length: 250 }, () => ({ merchant: 'old', amount: '0.01' })));
		await bank.control.advance(10 * 60 * 60_000);
		await use('Main', { merchant: 'new' }, { merchant: 'newer' });
		const { json } = await bank.oauth(
			list({ account: await bank.locate('Main'), limit: 1, returnAll: false }),
		);
		await bank.control.clearLog();
		const border = new Date(Date.parse(String(json[0].created)) - 60 * 60_000).toISOString();
		expect(await merchants({ createdAfter: border })).toEqual(['newer', 'new']);
		// The list of accounts for the name, and one page of card transactions.
		expect(await bank.requests()).toHaveLength(2);
		expect(await merchants({ createdBefore: border })).toHaveLength(253);
	});

	test('a limit requests no more than it needs', async () => {
		const account = await bank.locate('Main');
		const { json } = await bank.oauth(list({ account, returnAll: false, limit: 2 }));
		expect(json).toHaveLength(2);
		expect((await bank.log()).map(({ query }) => query)).toEqual([{ count: '2' }]);
	});

	test('all accounts: one list, newest first, one request per account', async () => {
		for (const name of ['Household', 'Main', 'Holiday']) {
			await bank.control.advance(1000);
			await use(name, { merchant: name });
		}
		const { json } = await bank.oauth(list({ allAccounts: true, returnAll: false, limit: 3 }));
		expect(json.map(({ merchant }) => merchant)).toEqual(['Holiday', 'Main', 'Household']);
		expect(await bank.requests()).toHaveLength(1 + 6);
	});
});
