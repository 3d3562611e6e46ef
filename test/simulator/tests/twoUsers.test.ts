import { callBank, clientKeys, euro, openSession, pick, type Session } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** What belongs to one user of the simulated bank, and nothing of which another one sees. */

const bank = useSimulator({ unlimited: true });
const environment = 'sandbox' as const;

interface Somebody extends Session {
	/** The path of their first account. */
	account: string;
}
const enter = async (key: string): Promise<Somebody> => {
	const session = await openSession(bank.url, key, { environment });
	const { id } = pick(await session.get('{user}/monetary-account'), 'MonetaryAccountBank');
	return { ...session, account: `{user}/monetary-account/${id}` };
};
/** A new user of the sandbox. */
const arrive = async (): Promise<Somebody> => {
	const made = await callBank(bank.url, 'POST', '/v1/sandbox-user-person', { environment });
	return await enter(pick(made, 'ApiKey').api_key);
};
const ids = async (by: Somebody, path: string): Promise<number[]> =>
	(await by.get(path)).json.Response.map(
		(item: Record<string, { id: number }>) => Object.values(item)[0].id,
	);

const both = async () => [await arrive(), await arrive()] as const;

test('filters: replacing the own list leaves that of others, and only own payments cause calls', async () => {
	const [one, other] = await both();
	const path = '{user}/notification-filter-url';
	const filter = { category: 'MUTATION', notification_target: 'https://n8n.example.com/one' };
	await one.post(path, { notification_filters: [filter] });
	await other.post(path, { notification_filters: [] });
	expect((await one.get(path)).json.Response).toHaveLength(1);
	expect((await other.get(path)).json.Response).toEqual([]);
	const accountId = Number(other.account.split('/').at(-1));
	await bank.control.addPayments({ accountId });
	expect(await bank.control.deliveries()).toEqual([]);

	await bank.control.addPayments({ accountId: Number(one.account.split('/').at(-1)) });
	for (let tries = 6; tries > 0; tries--) {
		await bank.control.deliverDue();
		await bank.control.advance(60_000);
	}
	const failures = '{user}/notification-filter-failure';
	const [failure] = await ids(one, failures);
	expect(failure).toBeGreaterThan(0);
	expect(await ids(other, failures)).toEqual([]);
	const retry = { notification_filter_failed_ids: String(failure) };
	expect((await other.post(failures, retry)).status).toBe(404);
});

test('events and schedules are lists of their own', async () => {
	const [one, other] = await both();
	await bank.control.addPayments({ accountId: Number(one.account.split('/').at(-1)) });
	const [event] = await ids(one, '{user}/event');
	expect(event).toBeGreaterThan(0);
	expect(await ids(other, '{user}/event')).not.toContain(event);
	expect((await other.get(`{user}/event/${event}`)).status).toBe(404);

	const planned = await one.post(`${one.account}/schedule-payment`, {
		payment: {
			amount: euro('1.00'),
			counterparty_alias: { type: 'EMAIL', value: 'sugardaddy@bunq.com' },
			description: '',
		},
		schedule: { time_start: '2099-01-01 00:00:00', recurrence_unit: 'ONCE', recurrence_size: 1 },
	});
	const { id } = pick(planned, 'Id');
	expect(await ids(other, `${other.account}/schedule-payment`)).toEqual([]);
	expect((await other.get(`${other.account}/schedule-payment/${id}`)).status).toBe(404);
	expect((await other.delete(`${other.account}/schedule-payment/${id}`)).status).toBe(404);
});

test('nobody attaches a file of somebody else', async () => {
	const [one, other] = await both();
	const uploaded = await one.post(`${one.account}/attachment`, 'x', {
		headers: { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'Receipt' },
	});
	const { id } = pick(uploaded, 'Id');
	const ask = (by: Somebody) =>
		by.post(`${by.account}/request-inquiry`, {
			amount_inquired: euro('1.00'),
			counterparty_alias: { type: 'EMAIL', value: 'sugardaddy@bunq.com' },
			description: '',
			allow_bunqme: false,
			attachment: [{ id }],
		});
	expect((await ask(one)).status).toBe(200);
	expect((await ask(other)).status).toBe(400);
});

test('a key opens no session on an installation without a device, though another has one', async () => {
	const { apiKey: secret } = bank.world;
	await openSession(bank.url, secret);
	const made = await callBank(bank.url, 'POST', '/v1/installation', {
		body: { client_public_key: clientKeys().publicKeyPem },
	});
	const { token } = pick(made, 'Token');
	const opened = await callBank(bank.url, 'POST', '/v1/session-server', {
		body: { secret },
		token,
	});
	expect(opened.status).toBe(400);
});
