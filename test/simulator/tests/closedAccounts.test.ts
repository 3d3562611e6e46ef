import { EXTERNAL_IBAN, euro, openSession, pick, toIban } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** An account that was closed after somebody ordered a payment to it (docs/bunq-api.md 9.2). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });
const HOUR = 3_600_000;
const CLOSE = { status: 'CANCELLED', sub_status: 'REDEMPTION_VOLUNTARY', reason: 'OTHER' };

const main = () => `{user}/monetary-account/${bank.account('Main').id}`;
const to = (counterparty_alias: object) => ({
	amount: euro('10.00'),
	counterparty_alias,
	description: '',
});
const idOf = async (path: string, body: object) =>
	pick(await bank.session.post(path, body), 'Id').id as number;
const inAnHour = () =>
	new Date(Date.now() + HOUR).toISOString().replace('T', ' ').replace('Z', '000');

interface New {
	id: number;
	alias: object;
}

/** How money could reach it: what is ordered before it is closed, and what pays afterwards. */
type Way = (account: New) => Promise<() => Promise<unknown>>;
const draftOf =
	(entries: (alias: object) => object[]): Way =>
	async ({ alias }) => {
		const body = { entries: entries(alias), number_of_required_accepts: 1 };
		const id = await idOf(`${main()}/draft-payment`, body);
		return async () => await bank.control.approveDraft(id);
	};

const WAYS: Array<[string, Way]> = [
	['an accepted draft', draftOf((alias) => [to(alias)])],
	['one of several', draftOf((alias) => [to(toIban(EXTERNAL_IBAN)), to(alias)])],
	[
		'a scheduled payment',
		async ({ alias }) => {
			const schedule = {
				time_start: inAnHour(),
				recurrence_unit: 'ONCE',
				recurrence_size: 1,
			};
			const path = `${main()}/schedule-payment`;
			const id = await idOf(path, { payment: to(alias), schedule });
			return async () => {
				await bank.control.advance(2 * HOUR);
				const session = await openSession(bank.url, bank.world.apiKey);
				const runs = await session.get(`${main()}/schedule/${id}/schedule-instance`);
				const { state, error_message } = pick(runs, 'ScheduledInstance');
				expect(state).toBe('FAILED_USER_ERROR');
				throw new Error(error_message[0].error_description);
			};
		},
	],
	[
		'an accepted request',
		async ({ id: fromAccountId }) => {
			const accountId = bank.account('Main').id;
			const id = await bank.control.addRequestResponse({ accountId, fromAccountId });
			return async () => await bank.control.answerRequest(id, 'ACCEPTED');
		},
	],
	[
		'a request that somebody outside accepts',
		async ({ id: account }) => {
			const id = await idOf(`{user}/monetary-account/${account}/request-inquiry`, {
				amount_inquired: euro('10.00'),
				counterparty_alias: { type: 'EMAIL', value: 'nobody@example.org' },
				description: '',
				allow_bunqme: true,
			});
			return async () => await bank.control.answerRequest(id, 'ACCEPTED');
		},
	],
	[
		'a bunq.me tab',
		async ({ id: account }) => {
			const path = `{user}/monetary-account/${account}/bunqme-tab`;
			const id = await idOf(path, { bunqme_tab_entry: { description: '' } });
			return async () => await bank.control.payLink(id);
		},
	],
];

test.each(WAYS)('gets no money from %s, and nobody pays', async (_, order) => {
	const path = '{user}/monetary-account-bank';
	const id = await idOf(path, { currency: 'EUR', description: 'Meanwhile closed' });
	const account = pick(await bank.session.get(`${path}/${id}`), 'MonetaryAccountBank');
	const alias = account.alias.find(({ type }: { type: string }) => type === 'IBAN');
	const pay = await order({ id, alias });
	expect((await bank.session.put(`${path}/${id}`, CLOSE)).status).toBe(200);
	await expect(pay()).rejects.toThrow(/is CANCELLED/);
	expect(await bank.balances()).toMatchObject({ Main: '2500.00', 'Meanwhile closed': '0.00' });
});

test('a request of it to sugar daddy stays pending, and the bank goes on', async () => {
	const environment = 'sandbox' as const;
	const { apiKey } = await bank.control.world(environment);
	const { get, post, put } = await openSession(bank.url, apiKey, { environment });
	const accounts = '{user}/monetary-account-bank';
	const { id } = pick(await post(accounts, { currency: 'EUR', description: 'Closed' }), 'Id');
	await post(`{user}/monetary-account/${id}/request-inquiry`, {
		amount_inquired: euro('10.00'),
		counterparty_alias: { type: 'EMAIL', value: 'sugardaddy@bunq.com' },
		description: '',
		allow_bunqme: false,
	});
	expect((await put(`${accounts}/${id}`, CLOSE)).status).toBe(200);
	await bank.control.advance(3_000);
	const requests = await get(`{user}/monetary-account/${id}/request-inquiry`);
	expect(pick(requests, 'RequestInquiry').status).toBe('PENDING');
});
