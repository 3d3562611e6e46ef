import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { MAY_PAY_OTHERS } from '../support/parameters';
import { type PaymentOrder, paymentOrders } from '../support/paymentOrders';
import { underEach } from '../support/underEach';

/** "Skip If Duplicate" of everything that orders a transfer: the same order is sent once, another one is sent. */

const bank = useBank();

const DAY_MS = 24 * 60 * 60_000;
const REFERENCE = { additionalFields: { merchantReference: 'invoice 12' } };
const OTHER_REFERENCE = { additionalFields: { merchantReference: 'invoice 1' } };

describe.each(paymentOrders(bank))(
	'$resource',
	({ resource, path, create, otherRecipients, accept, endings }: PaymentOrder) => {
		const runOnce = async (more: IDataObject = {}) =>
			await bank.oauth(
				await create({
					...REFERENCE,
					options: { skipIfDuplicate: true },
					paymentDescription: 'For invoice 12',
					...more,
				}),
			);
		const send = async (more: IDataObject = {}) => {
			const { json, error } = await runOnce(more);
			expect(error).toBeUndefined();
			expect(Object.keys(json[0]).slice(0, 2)).toEqual(['id', 'skipped']);
			expect(json[0].skipped).toBe(false);
			return json[0];
		};
		const sent = async () => await bank.requestCount('POST');

		underEach(bank, 'merchantReference', () => {
			test('is sent once, and its current state is the output', async () => {
				const { id, status, payUrl } = await send();
				expect(status).toBe(accept ? 'PENDING' : undefined);
				const repeated = await runOnce();
				expect(repeated.json).toMatchObject([{ id, skipped: true }]);
				expect(Object.keys(repeated.json[0]).slice(0, 2)).toEqual(['id', 'skipped']);
				expect(repeated.json[0].status).toBe(status);
				expect(repeated.json[0].payUrl).toBe(payUrl);
				await accept?.(Number(id));
				const later = await runOnce();
				expect(later.json).toMatchObject([{ id, skipped: true }]);
				if (accept) expect(later.json).toMatchObject([{ status: 'ACCEPTED' }]);
				else expect(await bank.balance('Household')).toBe('312.50');
				expect(await sent()).toBe(1);
			});
		});

		test.each<[what: string, IDataObject]>([
			['amount', { amount: 13 }],
			['reference', { ...OTHER_REFERENCE, paymentDescription: 'For invoice 1' }],
			...otherRecipients,
		])('another %s makes another order', async (_what, more) => {
			await send();
			await send(more);
			expect(await sent()).toBe(2);
			expect(await bank.changes()).toBe(2);
		});

		test('a reference that bunq shows decides alone, whatever the description says', async () => {
			await bank.oauth(
				await create({
					additionalFields: { merchantReference: 'invoice 11' },
					paymentDescription: 'invoice 12 and invoice 11',
				}),
			);
			const { id } = await send();
			const third = await runOnce({ paymentDescription: 'Rent' });
			expect(third.json).toMatchObject([{ id, skipped: true }]);
			expect(await bank.changes()).toBe(2);
		});

		test('without a reference from bunq or in a description, it is refused as ambiguous', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const amount = 7.77;
			const { id } = await send({ amount, paymentDescription: 'Rent' });
			const { error } = await runOnce({ amount, paymentDescription: 'Rent' });
			expect(error?.message).toBe('Cannot tell whether this is a duplicate');
			expect(error?.description).toMatch(/^Nothing was sent\..*put it in the Description/);
			expect(error?.description).toContain(`ID ${id}`);
			expect(await bank.changes()).toBe(1);
			// The advice in the error works.
			await send({ amount });
			expect((await runOnce({ amount })).json[0]).toMatchObject({ skipped: true });
			expect(await bank.changes()).toBe(2);
		});

		for (const [status, end] of endings)
			test(`one that is ${status} is no duplicate`, async () => {
				const { id } = await send();
				await end(Number(id));
				await send();
				expect(await sent()).toBe(2);
			});

		test('duplicates are looked for as many days back as set', async () => {
			await bank.control.switches({ sessionTimeoutSeconds: 10_000_000 });
			await send();
			await bank.control.advance(3 * DAY_MS);
			const skips = async (lookBackDays: number) => {
				const { json } = await runOnce({ options: { skipIfDuplicate: true, lookBackDays } });
				return json[0].skipped;
			};
			expect([await skips(4), await skips(2)]).toEqual([true, false]);
		});

		test('three executions at the same moment send it once', async () => {
			const results = await Promise.all([1, 2, 3].map(async () => await runOnce()));
			expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
			const items = results.map(({ json: [item] }) => item);
			expect(items.map(({ skipped }) => skipped).sort()).toEqual([false, true, true]);
			expect(new Set(items.map(({ id }) => id)).size).toBe(1);
			expect(await bank.changes()).toBe(1);
		});

		test('one that failed before it was sent holds back no other', async () => {
			await bank.control.fault({ kind: 'status', status: 400, method: 'GET', path });
			expect((await runOnce()).error).toBeDefined();
			const before = Date.now();
			await send();
			expect(Date.now() - before).toBeLessThan(10_000);
		});

		test('without a reference, nothing is sent', async () => {
			const { error } = await runOnce({ additionalFields: {} });
			expect(error?.message).toBe('"Skip If Duplicate" needs a "Merchant Reference"');
			const lookups = resource === 'payment' ? ['GET /user/{}/monetary-account'] : [];
			expect(await bank.requestShapes()).toEqual(lookups);
		});
	},
);

describe('payment', () => {
	const [{ create }] = paymentOrders(bank);
	const once = {
		...REFERENCE,
		options: { skipIfDuplicate: true },
		paymentDescription: 'invoice 12',
	};

	test('to an email address, for which bunq shows an account: amount and reference decide', async () => {
		const { email } = await bank.thirdParty();
		const toEmail = async (more: IDataObject) =>
			await bank.apiKey(
				await create({ ...once, recipientType: 'email', recipientEmail: email, ...more }),
				{ credential: MAY_PAY_OTHERS },
			);
		const first = await toEmail({});
		expect((await toEmail({})).json).toMatchObject([{ id: first.json[0].id, skipped: true }]);
		expect((await toEmail({ amount: 13 })).json).toMatchObject([{ skipped: false }]);
	});

	test('whose outcome is unknown, and which bunq makes late, is not made again by another execution', async () => {
		const { iban } = await bank.account('Household');
		const accountId = await bank.accountId('Main');
		const late = { accountId, amount: '-12.50', counterpartyIban: iban, description: 'invoice 12' };
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$' });
		setTimeout(() => void bank.control.addPayments(late), 20_000);
		expect((await bank.oauth(await create(once))).error).toBeDefined();
		expect((await bank.oauth(await create(once))).json).toMatchObject([{ skipped: true }]);
		expect(await bank.balance('Main')).toBe('2487.50');
	});

	test('with a reference that another one begins with: refused, and the advice in the error works', async () => {
		const reference = 'subscription-2026-1';
		const pay = async (merchantReference: string) => {
			const additionalFields = { merchantReference };
			const more = { ...once, additionalFields, paymentDescription: merchantReference };
			return await bank.oauth(await create(more));
		};
		await pay(reference);
		const { error } = await pay(`${reference}2`);
		expect(error?.description).toMatch(/if that is not enough, use one that begins otherwise\.$/);
		expect((await pay(`12-${reference}`)).json).toMatchObject([{ skipped: false }]);
	});

	test('at the same moment, with references that differ in spaces and case: paid once', async () => {
		const references = ['invoice 12', 'Invoice12'];
		const results = await Promise.all(
			references.map(async (merchantReference) => {
				const more = { ...once, additionalFields: { merchantReference } };
				return await bank.oauth(await create(more));
			}),
		);
		expect(results.filter(({ error }) => error)).toHaveLength(1);
		expect(await bank.changes()).toBe(1);
	});

	test('an incoming payment of the same amount is no duplicate', async () => {
		const { iban } = await bank.account('Household');
		await bank.control.addPayments({
			accountId: await bank.accountId('Main'),
			amount: '12.50',
			counterpartyIban: iban,
			description: 'invoice 12',
		});
		expect((await bank.oauth(await create(once))).json).toMatchObject([{ skipped: false }]);
		expect(await bank.balance('Household')).toBe('312.50');
	});
});
