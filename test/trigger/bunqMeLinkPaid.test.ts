import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { underEach } from '../support/underEach';

/** "Bunq.me Link Paid": each payment to a link is delivered once, also a second one to the same link. */

const bank = useBank();

const onAll = { event: 'bunqMeLinkPaid' };
const onMain = async () => ({ ...onAll, allAccounts: false, account: await bank.locate('Main') });

const link = async (account = 'Main', more: IDataObject = {}) => {
	const { json, error } = await bank.oauth({
		resource: 'bunqMeLink',
		operation: 'create',
		account: await bank.locate(account),
		amount: 12.5,
		paymentDescription: 'Ticket',
		...more,
	});
	expect(error).toBeUndefined();
	return Number(json[0].id);
};
const pay = async (
	id: number,
	payment: { amount?: string; name?: string; fromAccountId?: number } = {},
) => (await bank.control.payLink(id, payment)).paymentId;
const delivered = (items: IDataObject[]) => items.map(({ paymentId }) => paymentId);

test('who paid what: the keys of the link, and those of this payment', async () => {
	const trigger = await bank.trigger(await onMain());
	expect(await trigger.activate()).toBeNull();
	const id = await link();
	const first = await pay(id, { name: 'Ann' });
	await trigger.nextPoll();
	passMinutes();
	const { iban, id: fromAccountId } = await bank.account('Household');
	const second = await pay(id, { fromAccountId, amount: '20.00' });
	await trigger.nextPoll();
	expect(trigger.delivered).toEqual([
		expect.objectContaining({
			id,
			status: 'WAITING_FOR_PAYMENT',
			amount: 12.5,
			description: 'Ticket',
			url: expect.stringContaining('https://bunq.me/'),
			paid: true,
			payments: 1,
			paymentId: first,
			payment: 12.5,
			payerName: 'Ann',
			payerIban: null,
		}),
		expect.objectContaining({
			id,
			payments: 2,
			amountPaid: 32.5,
			paymentId: second,
			payment: 20,
			payerIban: iban,
		}),
	]);
});

test('each once, oldest first, of all links and accounts; no other payment, and none from before', async () => {
	const [before, other] = [await link(), await link('Household')];
	await pay(before);
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.receive('Main', { amount: '12.50', description: 'Ticket' });
	await bank.receive('Main', { amount: '-12.50' });
	const ids = [await pay(before, { name: 'Again' }), await pay(other), await pay(before)];
	await trigger.nextPolls(2);
	expect(delivered(trigger.delivered).sort()).toEqual([...ids].sort());
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
	trigger.deactivate();
	const missed = await pay(other);
	passMinutes();
	await trigger.activate();
	await trigger.nextPolls(2);
	expect(delivered(trigger.delivered).slice(3)).toEqual([missed]);
});

test('an idle poll of an account costs one request; fifty payments one list of links', async () => {
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const id = await link();
	passMinutes();
	expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	for (let count = 0; count < 50; count++) await pay(id);
	passMinutes();
	expect(await bank.cost(() => trigger.nextPoll())).toBeLessThanOrEqual(3);
	expect(trigger.delivered).toHaveLength(50);
});

test.each<[filters: IDataObject, expected: number[]]>([
	[{}, [5, 10, 20]],
	[{ amountMin: 10 }, [10, 20]],
	[{ amountMax: 10 }, [5, 10]],
	[{ amountMin: 6, amountMax: 19 }, [10]],
])('the filters %j let payments of %j through', async (filters, expected) => {
	const trigger = await bank.trigger({ ...(await onMain()), filters });
	await trigger.activate();
	const id = await link('Main', { payerChoosesAmount: true });
	for (const amount of ['5.00', '10.00', '20.00']) await pay(id, { amount });
	await trigger.nextPolls(2);
	expect(trigger.delivered.map(({ payment }) => payment)).toEqual(expected);
});

test('as bunq sent it: the link, and the payment', async () => {
	const trigger = await bank.trigger({ ...(await onMain()), simplify: false });
	await trigger.activate();
	const id = await link();
	const paymentId = await pay(id);
	await trigger.nextPoll();
	expect(trigger.delivered).toEqual([
		expect.objectContaining({
			_type: 'BunqMeTab',
			id,
			payment: expect.objectContaining({ _type: 'Payment', id: paymentId }),
		}),
	]);
});

test.each([
	['list', 'BunqMeTab\\.result_inquiries$'],
	['payment', 'result_inquiries\\.\\*\\.payment$'],
	['ID', 'result_inquiries\\.\\*\\.payment\\.id$'],
])('a link whose payment cannot be read (%s): nothing is lost', async (_what, key) => {
	for (const kind of ['missing', 'an object'] as const) {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		const paymentId = await pay(await link());
		await bank.control.dirty({ changes: [{ kind, key }] });
		await trigger.nextPoll().catch(() => undefined);
		expect(trigger.delivered).toEqual([]);
		await bank.control.clearDirt();
		passMinutes();
		await trigger.nextPolls(2);
		expect(delivered(trigger.delivered)).toEqual([paymentId]);
	}
});

test('a payment that a link shows without its ID holds back none with another amount', async () => {
	const [old, young] = [await link(), await link()];
	await pay(old, { amount: '3.00' });
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const key = 'result_inquiries\\.\\*\\.payment\\.id$';
	await bank.receive('Main', { amount: '7.00' });
	const paymentId = await pay(young);
	// The newest link is listed first.
	await bank.control.dirty({ changes: [{ kind: 'null', key, entry: 1 }] });
	await trigger.nextPolls(2);
	expect(delivered(trigger.delivered)).toEqual([paymentId]);
});

underEach(bank, 'linkCallback', () => {
	test('whatever bunq calls about links, the event comes once', async () => {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		const paymentId = await pay(await link());
		await trigger.nextPolls(2);
		expect(delivered(trigger.delivered)).toEqual([paymentId]);
	});
});

test.each<[what: string, write: (time: number) => string | null]>([
	['that cannot be read', () => null],
	['of another time zone', (time) => new Date(time + 3_600_000).toISOString()],
])('many payments with times %s: the links are read three times', async (_what, write) => {
	const accountId = await bank.accountId('Main');
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	passMinutes();
	const payments = Array.from({ length: 40 }, (_, at) => ({
		id: 900_000_040 - at,
		monetary_account_id: accountId,
		created: write(Date.now()),
		amount: { value: '1.00', currency: 'EUR' },
	}));
	const list = async (path: string, Response: object[]) => {
		const body = JSON.stringify({ Response });
		await bank.control.fault({ kind: 'other', method: 'GET', path, body, times: 100 });
	};
	await list(
		`${accountId}/payment$`,
		payments.map((Payment) => ({ Payment })),
	);
	const results = [{ payment: payments[0] }];
	await list('bunqme-tab$', [{ BunqMeTab: { id: 5, result_inquiries: results } }]);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(4);
	expect(delivered(trigger.delivered)).toEqual([900_000_040]);
});
