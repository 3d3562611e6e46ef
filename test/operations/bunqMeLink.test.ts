import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { LOST_RESPONSES } from '../support/outcome';
import { CONTINUE_ON_FAIL, RETRY_ON_FAIL } from '../support/parameters';
import { under, underEach } from '../support/underEach';

const bank = useBank();

const order = async (operation: string, more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'bunqMeLink',
	operation,
	account: await bank.locate('Main'),
	...more,
});

const ticket = async (more: IDataObject = {}) =>
	await order('create', { amount: '12,50', paymentDescription: 'Ticket', ...more });

/** A link to Main; returns its item. */
const link = async (more: IDataObject = {}) => {
	const { json, error } = await bank.oauth(await ticket(more));
	expect(error).toBeUndefined();
	return json[0];
};

const read = async ({ id }: IDataObject, more: IDataObject = {}) =>
	await bank.oauth(await order('get', { bunqMeLinkId: `${id as number}`, ...more }));

const list = async (filters: IDataObject, more: IDataObject = {}) => {
	const { json, error } = await bank.oauth(
		await order('getAll', { returnAll: true, filters, ...more }),
	);
	expect(error).toBeUndefined();
	return json.map(({ id }) => id);
};

const POST = 'POST /user/{}/monetary-account/{}/bunqme-tab';
const GET = 'GET /user/{}/monetary-account/{}/bunqme-tab/{}';

describe('create', () => {
	test('reads back, as only a read has the URL: two requests', async () => {
		const item = await link({ additionalFields: { redirectUrl: 'https://example.com/thanks' } });
		expect(item).toEqual({
			id: expect.any(Number),
			created: expect.stringMatching(/Z$/),
			accountId: await bank.accountId('Main'),
			amount: 12.5,
			currency: 'EUR',
			status: 'WAITING_FOR_PAYMENT',
			description: 'Ticket',
			url: expect.stringMatching(/^https:\/\/bunq\.me\/t\//),
			expires: expect.stringMatching(/Z$/),
			paid: false,
			amountPaid: 0,
			payments: 0,
			payerName: null,
			payerIban: null,
		});
		expect(await bank.requestShapes()).toEqual([POST, GET]);
		expect((await bank.log())[0].body).toEqual({
			bunqme_tab_entry: {
				amount_inquired: { value: '12.50', currency: 'EUR' },
				description: 'Ticket',
				redirect_url: 'https://example.com/thanks',
			},
		});
	});

	test('with Payer Chooses Amount: no amount is sent, and none is shown', async () => {
		const item = await link({ payerChoosesAmount: true, amount: '' });
		expect(item).toMatchObject({ amount: null, currency: null, url: expect.any(String) });
		expect((await bank.log())[0].body).toEqual({ bunqme_tab_entry: { description: 'Ticket' } });
		await bank.control.payLink(Number(item.id), { amount: '3.20', name: 'J. Doe' });
		expect((await read(item)).json).toMatchObject([
			{ amount: null, currency: 'EUR', paid: true, amountPaid: 3.2, payerName: 'J. Doe' },
		]);
	});

	test('without an amount and without the switch: an error of that item, and nothing is sent for it', async () => {
		const { json } = await bank.oauth(await ticket({ amount: '={{ $json.amount }}' }), {
			items: [{ amount: '' }, { amount: 0 }, { amount: 5 }],
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toMatchObject([
			{ error: '"Amount" is empty', message: expect.stringMatching(/^Nothing was sent/) },
			{ error: expect.stringMatching(/^"Amount" must be more than zero/) },
			{ amount: 5 },
		]);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('the link is reported even if reading it back fails', async () => {
		await bank.control.fault({ kind: 'drop-before', method: 'GET', times: 2 });
		expect(await link()).toEqual({
			id: expect.any(Number),
			created: expect.any(String),
			accountId: await bank.accountId('Main'),
			amount: 12.5,
			currency: 'EUR',
			status: 'WAITING_FOR_PAYMENT',
			description: 'Ticket',
			_readFailed: true,
		});
	});

	test.each([...LOST_RESPONSES])(
		'after %s, a retry finds the link and makes no second',
		async (kind) => {
			await link({ paymentDescription: 'Another one' });
			await bank.control.fault({ kind, method: 'POST', path: 'bunqme-tab$' });
			const { json, error } = await bank.oauth(await ticket(), { settings: RETRY_ON_FAIL });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ amount: 12.5, url: expect.any(String) }]);
			expect(await list({})).toHaveLength(2);
		},
	);

	test('after a lost response, a link with another amount or text is not taken for it', async () => {
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'bunqme-tab$' });
		const running = bank.oauth(await ticket(), { settings: RETRY_ON_FAIL });
		const { json } = await running;
		expect(json).toMatchObject([{ amount: 12.5, description: 'Ticket' }]);
		expect(await list({})).toEqual([json[0].id]);
	});
});

describe('who paid', () => {
	test('a paid link keeps waiting, and can be paid again: the sum, and the latest payer', async () => {
		const item = await link();
		await bank.control.payLink(Number(item.id), { name: 'J. Doe' });
		const [once] = (await read(item)).json;
		expect(once).toMatchObject({
			status: 'WAITING_FOR_PAYMENT',
			paid: true,
			amountPaid: 12.5,
			payments: 1,
			payerName: 'J. Doe',
			payerIban: null,
		});
		passMinutes();
		const household = await bank.account('Household');
		await bank.control.payLink(Number(item.id), { fromAccountId: household.id });
		const [twice] = (await read(item)).json;
		expect(twice).toMatchObject({
			status: 'WAITING_FOR_PAYMENT',
			amountPaid: 25,
			payments: 2,
			payerIban: household.iban,
		});
		expect((await read(item, { simplify: false })).json).toMatchObject([
			{ _type: 'BunqMeTab', result_inquiries: [{ payment: {} }, { payment: {} }] },
		]);
	});

	test('what cannot be read is neither paid nor unpaid', async () => {
		const item = await link();
		const key = 'BunqMeTab\\.result_inquiries$';
		await bank.control.dirty({ changes: [{ kind: 'missing', key }] });
		expect((await read(item)).json).toMatchObject([
			{ paid: null, amountPaid: null, payments: null, payerName: null },
		]);
		expect(await list({ paid: 'paid' })).toEqual([item.id]);
		expect(await list({ paid: 'unpaid' })).toEqual([item.id]);
	});
});

describe('what bunq may answer about a link that was paid twice', () => {
	/** The next reads show this link, with its payments changed. */
	const show = async (
		item: IDataObject,
		change: (results: Array<{ payment: IDataObject }>) => unknown[],
		more: IDataObject = {},
	) => {
		const [raw] = (await read(item, { simplify: false })).json;
		const results = change(raw.result_inquiries as Array<{ payment: IDataObject }>);
		const body = { Response: [{ BunqMeTab: { ...raw, result_inquiries: results, ...more } }] };
		const path = 'bunqme-tab/\\d+$';
		await bank.control.fault({ kind: 'other', method: 'GET', path, body: JSON.stringify(body) });
		return (await read(item)).json[0];
	};
	const paidTwice = async () => {
		const item = await link();
		for (const name of ['J. Doe', 'A. Roe']) await bank.control.payLink(Number(item.id), { name });
		return item;
	};

	test('a payment that is listed twice counts once', async () => {
		const item = await paidTwice();
		expect(await show(item, (results) => [...results, results[0]])).toMatchObject({
			payments: 2,
			amountPaid: 25,
		});
	});

	test('payments in two currencies have no sum', async () => {
		const amount = { value: '1.00', currency: 'USD' };
		const change = ([first, { payment }]: Array<{ payment: IDataObject }>) => [
			first,
			{ payment: { ...payment, amount } },
		];
		expect(await show(await paidTwice(), change)).toMatchObject({ payments: 2, amountPaid: null });
		const inDollars = ([{ payment }]: Array<{ payment: IDataObject }>) => [
			{ payment: { ...payment, amount } },
		];
		expect(await show(await paidTwice(), inDollars)).toMatchObject({
			currency: 'EUR',
			paid: true,
			amountPaid: null,
		});
	});

	test.each([null, '', 7])('a URL that is %j is none', async (bunqme_tab_share_url) => {
		const shown = await show(await paidTwice(), (results) => results, { bunqme_tab_share_url });
		expect(shown).toMatchObject({ url: null, payments: 2 });
	});
});

describe('get many', () => {
	test('newest first, with filters by status and by payment', async () => {
		const [paid, cancelled, waiting] = [await link(), await link(), await link()];
		await bank.control.payLink(Number(paid.id));
		await bank.control.switches({ linkCancellation: 'status only' });
		await bank.oauth(await order('cancel', { bunqMeLinkId: `${cancelled.id as number}` }));
		expect(await list({})).toEqual([waiting.id, cancelled.id, paid.id]);
		expect(await list({ paid: 'paid' })).toEqual([paid.id]);
		expect(await list({ paid: 'unpaid' })).toEqual([waiting.id, cancelled.id]);
		expect(await list({ status: ['CANCELLED'] })).toEqual([cancelled.id]);
		expect(await list({ status: ['WAITING_FOR_PAYMENT'], paid: 'unpaid' })).toEqual([waiting.id]);
		expect(await list({ paid: 'any' }, { returnAll: false, limit: 1 })).toEqual([waiting.id]);
	});

	test('a link expires after 30 days', async () => {
		const item = await link();
		await bank.control.advance(31 * 24 * 60 * 60_000);
		expect(await list({ status: ['EXPIRED'] })).toEqual([item.id]);
	});
});

describe('cancel', () => {
	const cancel = async ({ id }: IDataObject) =>
		await bank.oauth(await order('cancel', { bunqMeLinkId: `${id as number}` }));

	underEach(bank, 'linkCancellation', () => {
		test.each([{}, { payerChoosesAmount: true }, { paymentDescription: '' }])(
			'a link with %j: one read, one change',
			async (more) => {
				const item = await link(more);
				await bank.control.clearLog();
				expect((await cancel(item)).json).toEqual([{ ...item, status: 'CANCELLED' }]);
				expect(await bank.requestShapes()).toEqual([GET, GET.replace('GET', 'PUT')]);
				expect((await read(item)).json).toMatchObject([{ status: 'CANCELLED' }]);
			},
		);
	});

	test('a cancelled link is not cancelled again', async () => {
		const item = await link();
		await cancel(item);
		const before = await bank.changes();
		expect((await cancel(item)).json).toMatchObject([{ status: 'CANCELLED' }]);
		expect(await bank.changes()).toBe(before);
	});

	test('of an entry that cannot be read, only the status is sent', async () => {
		const item = await link();
		const key = 'bunqme_tab_entry\\.amount_inquired\\.value$';
		await bank.control.dirty({ changes: [{ kind: 'a text', key }] });
		await bank.control.clearLog();
		await cancel(item);
		expect((await bank.log()).at(-1)).toMatchObject({
			method: 'PUT',
			body: { status: 'CANCELLED' },
		});
		expect((await bank.log()).at(-1)?.rawBody).toBe('{"status":"CANCELLED"}');
	});
});

under(bank, 'oauthMayUseLinks', false, () => {
	test('without the right, the error names what an app may do instead', async () => {
		const { error } = await bank.oauth(await ticket());
		expect(error?.message).toMatch(/^Not enough permissions/);
		expect(error?.description).toContain('Use "Money Request (Sent): Create"');
	});
});

under(bank, 'oauthMayUseLinks', true, () => {
	test('with the right, an app makes a link', async () => {
		expect(await link()).toMatchObject({ status: 'WAITING_FOR_PAYMENT' });
	});
});
