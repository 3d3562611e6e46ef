import {
	euro,
	EXTERNAL_IBAN,
	openSession,
	pick,
	refusalOf,
	type Session,
	toIban,
} from '../control/testClient';
import { useSimulator } from './useSimulator';

/** What an OAuth app may do in the simulated bank (docs/bunq-api.md 8). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey });
const { account } = bank;

const pay = (change: object = {}, from = account('Main').id, by = bank.session) =>
	by.post(`{user}/monetary-account/${from}/payment`, {
		amount: euro('12.50'),
		counterparty_alias: toIban(EXTERNAL_IBAN),
		description: 'Test',
		...change,
	});

describe('an OAuth app (§8)', () => {
	let app: Session;
	beforeEach(async () => {
		await bank.control.advance(30_000);
		app = await openSession(bank.url, bank.world.oauth.accessToken);
	});

	test.each([403, 400] as const)('may not pay others: %i', async (permissionStatus) => {
		await bank.control.switches({ permissionStatus });
		for (const to of [EXTERNAL_IBAN, bank.world.thirdParties[0].iban]) {
			const answer = await pay({ counterparty_alias: toIban(to) }, account('Main').id, app);
			expect(answer.json).toEqual({
				Error: [
					{
						error_description: 'Not enough permissions to create payment.',
						error_description_translated: 'Not enough permissions to create payment.',
					},
				],
			});
			expect(answer.status).toBe(permissionStatus);
		}
		expect((await bank.balances()).Main).toBe('2500.00');
	});

	test('may pay between the accounts of its user, read and open accounts', async () => {
		const own = { counterparty_alias: toIban(account('Household').iban ?? '') };
		expect((await pay(own, account('Main').id, app)).status).toBe(200);
		expect((await bank.balances()).Household).toBe('312.50');
		expect((await app.get('{user}/monetary-account')).json.Response).toHaveLength(7);
		expect((await app.post('{user}/monetary-account-savings', { currency: 'EUR' })).status).toBe(
			200,
		);
	});

	test('may change accounts only by switch', async () => {
		const change = () =>
			app.put(`{user}/monetary-account-bank/${account('Main').id}`, { description: 'Daily' });
		expect(refusalOf(await change())).toEqual([
			403,
			'Not enough permissions to update monetary-account-bank.',
		]);
		await bank.control.switches({ oauthMayUpdateAccounts: true });
		expect((await change()).status).toBe(200);
	});

	test('may draft a payment to others, and cancel the draft only by switch', async () => {
		const drafts = `{user}/monetary-account/${account('Main').id}/draft-payment`;
		const made = await app.post(drafts, {
			entries: [
				{
					amount: euro('1.00'),
					counterparty_alias: toIban(EXTERNAL_IBAN),
					description: 'For others',
				},
			],
			number_of_required_accepts: 1,
		});
		const { id } = pick(made, 'Id');
		const { updated } = pick(await app.get(`${drafts}/${id}`), 'DraftPayment');
		const cancel = () =>
			app.put(`${drafts}/${id}`, { status: 'CANCELLED', previous_updated_timestamp: updated });
		expect(refusalOf(await cancel())).toEqual([
			403,
			'Not enough permissions to update draft-payment.',
		]);
		await bank.control.switches({ oauthMayCancelDrafts: true, limits: 'off' });
		const accepted = await app.put(`${drafts}/${id}`, { status: 'ACCEPTED' });
		expect(accepted.status).toBe(403);
		expect((await cancel()).status).toBe(200);
	});
});
