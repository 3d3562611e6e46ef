import type { NewCardTransaction, World } from '..';
import { openSession, pick, wordsOf } from '../control/testClient';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** Card transactions in the simulated bank (docs/bunq-api.md 9.8). */

const bank = useSimulator({ unlimited: true, secret: ({ oauth }) => oauth.accessToken });
const { account } = bank;

const pathOf = (description = 'Main', id: number | string = '') =>
	`{user}/monetary-account/${account(description).id}/mastercard-action${id && `/${id}`}`;
const use = async (...uses: NewCardTransaction[]) =>
	await bank.control.addCardTransactions(account('Main').id, uses);
const read = async (id: number) =>
	pick(await bank.session.get(pathOf('Main', id)), 'MasterCardAction');
const mainNow = async () => account('Main', await bank.control.world());

describe('the seed', () => {
	test('has an allowed one, which is among the payments, and two declined ones', async () => {
		const { json } = await bank.session.get(pathOf());
		expect(
			json.Response.map(({ MasterCardAction: each }: { MasterCardAction: World }) => each),
		).toMatchObject([
			{ decision: 'PIN_INCORRECT', authorisation_status: 'BLOCKED', pan_entry_mode_user: 'ATM' },
			{ decision: 'INSUFFICIENT_BALANCE', amount_billing: { value: '9999.00' } },
			{
				decision: 'ALLOWED',
				authorisation_status: 'AUTHORISED',
				clearing_status: 'FIRST_PRESENTMENT_COMPLETE',
				amount_billing: { value: '12.40' },
			},
		]);
		expect(account('Main')).toMatchObject({ balance: '2500.00', payments: 6 });
	});

	test('has foreign ones with both currencies', async () => {
		const { json } = await bank.session.get(pathOf('Together'));
		expect(json.Response).toMatchObject([
			{ MasterCardAction: { decision: 'COUNTRY_NOT_PERMITTED', clearing_status: null } },
			{
				MasterCardAction: {
					amount_local: { value: '13.57', currency: 'USD' },
					amount_billing: { value: '12.34', currency: 'EUR' },
					clearing_status: 'PENDING',
				},
			},
		]);
		expect(account('Together')).toMatchObject({ balance: '150.00', payments: 1 });
	});
});

test('the list has pages', async () => {
	const ids = await use(...Array.from({ length: 12 }, () => ({ decision: 'PIN_INCORRECT' })));
	const { json } = await bank.session.get(`${pathOf()}?count=10`);
	const newest = json.Response.map(
		({ MasterCardAction }: { MasterCardAction: { id: number } }) => MasterCardAction.id,
	);
	expect(newest).toEqual([...ids].reverse().slice(0, 10));
	expect(json.Pagination.older_url).toContain(`older_id=${newest[9]}`);
});

test('an allowed use takes the money and is a payment too', async () => {
	const [id] = await use({ amount: '7.50', merchant: 'Toy Box' });
	expect(await read(id)).toMatchObject({ id, description: 'Toy Box AMSTERDAM, NL' });
	const path = `{user}/monetary-account/${account('Main').id}/payment?count=1`;
	expect(pick(await bank.session.get(path), 'Payment')).toMatchObject({
		type: 'MASTERCARD',
		amount: { value: '-7.50' },
	});
	expect((await mainNow()).balance).toBe('2492.50');
});

underEach(bank, 'cardAmounts', (cardAmounts) => {
	test('a refund increases the balance, and its amount has the sign of the switch', async () => {
		const [refund, spent] = await use({ amount: '-7.50' }, { amount: '2.50' });
		const shown = {
			'refunds negative': ['-7.50', '2.50'],
			'spending negative': ['7.50', '-2.50'],
			'no sign': ['7.50', '2.50'],
		}[cardAmounts];
		for (const [at, id] of [refund, spent].entries()) {
			expect(await read(id)).toMatchObject({
				amount_billing: { value: shown[at] },
				amount_local: { value: shown[at] },
				authorisation_status: at === 0 ? 'CLEARING_REFUND' : 'AUTHORISED',
			});
		}
		expect((await mainNow()).balance).toBe('2505.00');
	});
});

test('a declined use moves no money', async () => {
	await use({ amount: '7.50', decision: 'COUNTRY_NOT_PERMITTED' });
	expect(await mainNow()).toEqual(account('Main'));
});

test('a card transaction is not found below another account', async () => {
	const [id] = await use({});
	expect((await bank.session.get(pathOf('Household', id))).status).toBe(404);
	expect((await bank.session.get(pathOf('Main', 1))).status).toBe(404);
});

test('a switch forbids apps to read them, but not API keys', async () => {
	await bank.control.switches({ oauthMayReadCardTransactions: false });
	const answer = await bank.session.get(pathOf());
	expect([answer.status, wordsOf(answer)]).toEqual([
		403,
		'Not enough permissions to read mastercard-action.',
	]);
	const key = await openSession(bank.url, bank.world.apiKey);
	expect((await key.get(pathOf())).status).toBe(200);
});
