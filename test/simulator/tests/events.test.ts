import { openSession, pick, refusalOf } from '../control/testClient';
import { under, underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** Events in the simulated bank (docs/bunq-api.md 10.3). */

const bank = useSimulator({ unlimited: true, secret: ({ apiKey }) => apiKey });
const { account } = bank;

interface Event {
	id: number;
	created: string;
	updated: string;
	action: string;
	status: string;
	monetary_account_id: string | number;
	user_id: string | number;
	object: Record<string, { id: number }>;
}

const EVENTS = '{user}/event';
const read = (query = '') => bank.session.get(`${EVENTS}?${query}`);
const events = async (query = ''): Promise<Event[]> =>
	(await read(query)).json.Response.map(({ Event }: { Event: Event }) => Event);
/** `Payment 7` */
const objects = async (query = '') =>
	(await events(query)).map(({ object }) =>
		Object.entries(object).map(([type, { id }]) => `${type} ${id}`),
	);

describe('the events of a user (§10.3)', () => {
	test('are in one list, newest first, with the object that a GET shows', async () => {
		const [payment] = await bank.control.addPayments({ accountId: account('Main').id });
		const [transaction] = await bank.control.addCardTransactions(account('Together').id, [
			{ decision: 'PIN_INCORRECT' },
		]);
		expect((await objects('count=2')).flat()).toEqual([
			`MasterCardAction ${transaction}`,
			`Payment ${payment}`,
		]);
		const [, event] = await events();
		expect(event).toMatchObject({ action: 'CREATE', status: 'FINALIZED' });
		const path = `{user}/monetary-account/${account('Main').id}/payment/${payment}`;
		expect([event.object]).toEqual((await bank.session.get(path)).json.Response);
		expect(pick(await bank.session.get(`${EVENTS}/${event.id}`), 'Event')).toEqual(event);
		expect((await bank.session.get(`${EVENTS}/${payment}`)).status).toBe(404);
	});

	test('wait for an answer, and are then updated', async () => {
		const id = await bank.control.addRequestResponse({ accountId: account('Main').id });
		const [waiting] = await events('status=AWAITING_REPLY');
		expect(waiting).toMatchObject({ action: 'CREATE', object: { RequestResponse: { id } } });
		const { event_id: eventId } = pick(
			await bank.session.get(
				`{user}/monetary-account/${account('Main').id}/request-response/${id}`,
			),
			'RequestResponse',
		);
		expect(eventId).toBe(waiting.id);
		await bank.control.answerRequest(id, 'REJECTED');
		const [answered] = (await events('status=FINALIZED')).filter((one) => one.id === eventId);
		expect(answered).toMatchObject({
			created: waiting.created,
			action: 'UPDATE',
			object: { RequestResponse: { id, status: 'REJECTED' } },
		});
		expect(answered.updated > waiting.updated).toBe(true);
		expect((await events('status=AWAITING_REPLY')).map((one) => one.id)).not.toContain(eventId);
	});

	test('are filtered by account, and come in pages that keep the filter', async () => {
		const [main, household] = ['Main', 'Household'].map((name) => account(name).id);
		const ids = await bank.control.addPayments({ accountId: household, count: 5 });
		await bank.control.addPayments({ accountId: account('Holiday').id });
		const query = `monetary_account_id=${household}&display_user_event=false&count=3`;
		const first = await read(query);
		const [, older] = first.json.Pagination.older_url.split('/v1');
		const second = await bank.session.get(older);
		const found = [first, second].flatMap(({ json }) =>
			json.Response.map((one: { Event: Event }) => one.Event.object.Payment?.id),
		);
		expect(found.slice(0, 5)).toEqual([...ids].reverse());
		const seen = (await events(`monetary_account_id=${main},${household}&count=200`)).map((one) =>
			Number(one.monetary_account_id),
		);
		expect(new Set(seen)).toEqual(new Set([main, household]));
	});

	test.each([
		['status=DONE', /"status"/],
		['display_user_event=maybe', /"display_user_event"/],
	])('are refused with %s', async (query, text) => {
		expect(refusalOf(await read(query))).toEqual([400, expect.stringMatching(text)]);
	});

	test('leave out what no GET shows yet', async () => {
		await bank.control.routeCallbacks({});
		const target = { category: 'MUTATION', notification_target: 'https://n8n.example.com/hook' };
		await bank.session.post('{user}/notification-filter-url', { notification_filters: [target] });
		await bank.control.callbackFault({ kind: 'early', delayMs: 5_000 });
		const [id] = await bank.control.addPayments({ accountId: account('Main').id });
		expect((await objects()).flat()).not.toContain(`Payment ${id}`);
		await bank.control.advance(5_000);
		expect((await objects()).flat()).toContain(`Payment ${id}`);
	});

	underEach(bank, 'eventIds', (eventIds) => {
		test('name user and account', async () => {
			await bank.control.addPayments({ accountId: account('Main').id });
			const [{ user_id, monetary_account_id }] = await events();
			const ids = [bank.world.person.id, account('Main').id];
			expect([user_id, monetary_account_id]).toEqual(eventIds === 'text' ? ids.map(String) : ids);
		});
	});

	under(bank, 'oauthMayReadEvents', false, () => {
		test('are not for an app', async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			expect(refusalOf(await app.get(EVENTS))[1]).toBe('Not enough permissions to read event.');
		});
	});

	under(bank, 'oauthMayReadEvents', true, () => {
		test('are for an app too', async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			expect((await app.get(EVENTS)).json.Response).not.toEqual([]);
		});
	});
});

test('the statement of a payment is made of its event, below the account of the payment', async () => {
	const [paid] = await bank.control.addPayments({ accountId: account('Main').id });
	const { id } = (await events()).find(({ object }) => object.Payment?.id === paid)!;
	const path = (name: string, event = id) =>
		`{user}/monetary-account/${account(name).id}/event/${event}/statement`;
	const statement = pick(await bank.session.post(path('Main'), {}), 'Id').id;
	const file = await bank.session.get(`${path('Main')}/${statement}/content`);
	expect(file.headers['content-type']).toBe('application/pdf');
	const elsewhere = [path('Household'), path('Main', paid), path('Main', 1)];
	const refused = elsewhere.map((each) => bank.session.post(each, {}));
	expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([404, 404, 404]);
});
