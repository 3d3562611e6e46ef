import { euro, openSession, pick, refusalOf } from '../control/testClient';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** bunq.me tabs in the simulated bank (docs/bunq-api.md 9.12). */

const bank = useSimulator({ unlimited: true, secret: ({ apiKey }) => apiKey });
const { account } = bank;

const links = () => `{user}/monetary-account/${account('Main').id}/bunqme-tab`;
const ENTRY = { amount_inquired: euro('12.50'), description: 'Order 7' };
const create = (entry: object = ENTRY, by = bank.session) =>
	by.post(links(), { bunqme_tab_entry: entry });
const newLink = async (entry?: object): Promise<number> => pick(await create(entry), 'Id').id;
const read = async (id: number) => pick(await bank.session.get(`${links()}/${id}`), 'BunqMeTab');
const cancel = (id: number, more = {}) =>
	bank.session.put(`${links()}/${id}`, { status: 'CANCELLED', ...more });

describe('a bunq.me tab (§9.12)', () => {
	test('has a link to share, and waits for payments', async () => {
		const id = await newLink({ ...ENTRY, redirect_url: 'https://example.com/thanks' });
		const link = await read(id);
		expect(link).toMatchObject({
			id,
			monetary_account_id: account('Main').id,
			status: 'WAITING_FOR_PAYMENT',
			bunqme_tab_share_url: `https://bunq.me/t/${link.bunqme_tab_entry.uuid}`,
			bunqme_tab_entry: {
				...ENTRY,
				status: 'WAITING_FOR_PAYMENT',
				redirect_url: 'https://example.com/thanks',
			},
			result_inquiries: [],
		});
		const { json } = await bank.session.get(links());
		expect(json.Response).toEqual([{ BunqMeTab: link }]);
		const elsewhere = `{user}/monetary-account/${account('Household').id}/bunqme-tab/${id}`;
		expect((await bank.session.get(elsewhere)).status).toBe(404);
	});

	test('can be paid twice, keeps waiting, and shows who paid', async () => {
		const id = await newLink();
		const first = await bank.control.payLink(id, { name: 'Ada Lovelace' });
		const second = await bank.control.payLink(id, { amount: '3.00' });
		const link = await read(id);
		expect(link.status).toBe('WAITING_FOR_PAYMENT');
		expect(link.result_inquiries).toMatchObject([
			{
				bunq_me_tab_id: id,
				payment: {
					id: first.paymentId,
					amount: euro('12.50'),
					description: 'Order 7',
					counterparty_alias: { display_name: 'Ada Lovelace' },
				},
			},
			{ bunq_me_tab_id: id, payment: { id: second.paymentId, amount: euro('3.00') } },
		]);
		const path = `{user}/monetary-account/${account('Main').id}/payment/${first.paymentId}`;
		const payment = pick(await bank.session.get(path), 'Payment');
		expect(payment).toEqual(link.result_inquiries[0].payment);
		expect((await bank.balances()).Main).toBe('2515.50');
		expect([first.responseId, second.responseId]).toEqual([null, null]);
	});

	test('of any amount takes what the payer chooses', async () => {
		const id = await newLink({});
		expect((await read(id)).bunqme_tab_entry).toMatchObject({
			amount_inquired: null,
			description: '',
		});
		await bank.control.payLink(id, { amount: '0.05' });
		expect((await read(id)).result_inquiries[0].payment.amount).toEqual(euro('0.05'));
	});

	test('gives a payer at bunq a result response', async () => {
		const id = await newLink();
		const from = account('Household').id;
		const paid = await bank.control.payLink(id, { fromAccountId: from });
		const path = `{user}/monetary-account/${from}/bunqme-tab-result-response`;
		const response = await bank.session.get(`${path}/${paid.responseId}`);
		expect(pick(response, 'BunqMeTabResultResponse').payment).toMatchObject({
			monetary_account_id: from,
			amount: euro('-12.50'),
		});
		expect((await bank.session.get(`${path}/${paid.paymentId}`)).status).toBe(404);
		const [{ payment }] = (await read(id)).result_inquiries;
		expect(payment).toMatchObject({ id: paid.paymentId, amount: euro('12.50') });
		expect(await bank.balances()).toMatchObject({ Main: '2512.50', Household: '287.50' });
	});

	test('ends when it is cancelled, with or without its entry', async () => {
		const [one, other] = [await newLink(), await newLink()];
		expect(pick(await cancel(one), 'Id').id).toBe(one);
		expect((await cancel(other, { bunqme_tab_entry: ENTRY })).status).toBe(200);
		expect(await read(one)).toMatchObject({
			status: 'CANCELLED',
			bunqme_tab_entry: { status: 'CANCELLED' },
		});
		expect(refusalOf(await cancel(one))).toEqual([400, expect.stringMatching(/is CANCELLED/)]);
		await expect(bank.control.payLink(one)).rejects.toThrow(/is CANCELLED/);
		await expect(bank.control.payLink(1)).rejects.toThrow(/No bunq.me tab 1/);
	});

	test('expires after 30 days', async () => {
		const id = await newLink();
		const days = 24 * 60 * 60_000;
		const { created, time_expiry: end } = await read(id);
		const at = (time: string) => Date.parse(`${time.replace(' ', 'T')}Z`);
		expect(Math.round((at(end) - at(created)) / days)).toBe(30);
		await bank.control.advance(30 * days - 60_000);
		// Its session has ended meanwhile.
		bank.session = await openSession(bank.url, bank.world.apiKey);
		expect((await read(id)).status).toBe('WAITING_FOR_PAYMENT');
		await bank.control.advance(60_000);
		expect((await read(id)).status).toBe('EXPIRED');
		await expect(bank.control.payLink(id)).rejects.toThrow(/is EXPIRED/);
	});

	test.each<[string, object, string | RegExp]>([
		['no amount at all', { amount_inquired: euro('0') }, /more than zero/],
		['another currency', { amount_inquired: { value: '1', currency: 'USD' } }, /currency/],
		['9,001 characters', { description: 'x'.repeat(9_001) }, /9000/],
		['a field it does not know', { amount: '1' }, 'Superfluous field "amount".'],
	])('is refused with %s', async (_, entry, text) => {
		expect(refusalOf(await create(entry))).toEqual([
			400,
			typeof text === 'string' ? text : expect.stringMatching(text),
		]);
		expect((await bank.session.get(links())).json.Response).toEqual([]);
	});

	test('is refused without an entry, or with another status than CANCELLED', async () => {
		expect(refusalOf(await bank.session.post(links(), {}))).toEqual([
			400,
			'Missing required parameter "bunqme_tab_entry".',
		]);
		const id = await newLink();
		expect((await cancel(id, { status: 'PAID' })).status).toBe(400);
	});

	underEach(bank, 'linkCancellation', (linkCancellation) => {
		test('is cancelled by its status alone, or is not', async () => {
			const { status } = await cancel(await newLink());
			expect(status).toBe(linkCancellation === 'status only' ? 200 : 400);
		});
	});

	underEach(bank, 'oauthMayUseLinks', (mayUse) => {
		test('is a right of apps, or is not', async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			expect((await create(ENTRY, app)).status).toBe(mayUse ? 200 : 403);
		});
	});

	underEach(bank, 'linkCallback', (linkCallback) => {
		test('is the object of a callback when it is paid, or its result is (§10.2)', async () => {
			const filter = {
				category: 'BUNQME_TAB',
				notification_target: 'https://n8n.example.com/hook',
			};
			await bank.session.post('{user}/notification-filter-url', { notification_filters: [filter] });
			const id = await newLink();
			const { paymentId } = await bank.control.payLink(id);
			const called = (await bank.control.deliveries()).map(({ body }) => {
				const { event_type, object } = JSON.parse(body).NotificationUrl;
				return [event_type, object];
			});
			const result = { bunq_me_tab_id: id, payment: expect.objectContaining({ id: paymentId }) };
			const event = 'BUNQME_TAB_RESULT_INQUIRY_CREATED';
			const paid =
				linkCallback === 'tab' ? { BunqMeTab: await read(id) } : { BunqMeTabResultInquiry: result };
			expect(called).toEqual([
				['BUNQME_TAB_CREATED', { BunqMeTab: expect.objectContaining({ id }) }],
				[event, paid],
			]);
			const [newest] = (await bank.session.get('{user}/event')).json.Response;
			expect(newest.Event.object.Payment?.id).toBe(paymentId);
		});
	});
});
