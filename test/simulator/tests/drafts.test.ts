import { euro, EXTERNAL_IBAN, pick, refusalOf, toIban } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Draft payments in the simulated bank (docs/bunq-api.md 9.4). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey });
const { account } = bank;

describe('a draft payment (§9.4)', () => {
	const entry = (change: object = {}) => ({
		amount: euro('12.50'),
		counterparty_alias: toIban(EXTERNAL_IBAN),
		description: 'Test',
		...change,
	});
	const drafts = () => `{user}/monetary-account/${account('Main').id}/draft-payment`;
	const draft = (entries: object[], change: object = {}) =>
		bank.session.post(drafts(), { entries, number_of_required_accepts: 1, ...change });
	const read = async (id: number) =>
		pick(await bank.session.get(`${drafts()}/${id}`), 'DraftPayment');
	const cancel = (id: number, previous_updated_timestamp?: string) =>
		bank.session.put(`${drafts()}/${id}`, { status: 'CANCELLED', previous_updated_timestamp });

	test('pays nothing until it is approved in the app, then all its entries', async () => {
		const household = entry({ counterparty_alias: toIban(account('Household').iban ?? '') });
		const { id } = pick(await draft([entry(), household]), 'Id');
		expect(await read(id)).toMatchObject({ status: 'PENDING', object: null, responses: null });
		expect((await bank.balances()).Main).toBe('2500.00');

		const paid = await bank.control.approveDraft(id);
		expect(await bank.balances()).toMatchObject({ Main: '2475.00', Household: '312.50' });
		const approved = await read(id);
		expect(approved).toMatchObject({ status: 'ACCEPTED', responses: [{ status: 'ACCEPTED' }] });
		expect(approved.updated > approved.created).toBe(true);
		const { Payment } = approved.object.PaymentBatch.payments;
		expect(Payment.map((one: { id: number }) => one.id)).toEqual(paid);
		await expect(bank.control.approveDraft(id)).rejects.toThrow(/is ACCEPTED/);
		await expect(bank.control.rejectDraft(1)).rejects.toThrow(/No draft 1/);
	});

	test('of one entry becomes one payment; above the balance it cannot be approved', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		const { id: tooMuch } = pick(await draft([entry({ amount: euro('2500') })]), 'Id');
		const [paid] = await bank.control.approveDraft(id);
		expect((await read(id)).object.Payment).toMatchObject({ id: paid, amount: euro('-12.50') });
		await expect(bank.control.approveDraft(tooMuch)).rejects.toThrow(/enough balance/);
		expect((await read(tooMuch)).status).toBe('PENDING');
	});

	test('can be cancelled with the time of its last change, unless it was answered', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		const { updated, created } = await read(id);
		expect((await cancel(id, updated)).status).toBe(200);
		const cancelled = await read(id);
		expect(cancelled).toMatchObject({ status: 'CANCELLED', created, object: null });
		await bank.control.advance(3_000);
		expect(refusalOf(await cancel(id, updated))[1]).toMatch(/was updated after/);
		expect(refusalOf(await cancel(id, cancelled.updated))[1]).toMatch(/is CANCELLED/);
		await expect(bank.control.approveDraft(id)).rejects.toThrow(/is CANCELLED/);
	});

	test('can be accepted over the API, signed', async () => {
		const { id } = pick(await draft([entry()], { previous_updated_timestamp: 'none yet' }), 'Id');
		const accept = { status: 'ACCEPTED', entries: [entry()], number_of_required_accepts: 1 };
		const path = `${drafts()}/${id}`;
		expect((await bank.session.put(path, accept, { signature: false })).status).toBe(466);
		expect((await read(id)).status).toBe('PENDING');
		expect((await bank.session.put(path, accept)).status).toBe(200);
		expect(await read(id)).toMatchObject({ status: 'ACCEPTED', object: { Payment: {} } });
		expect((await bank.balances()).Main).toBe('2487.50');
	});

	test('is not found on another account or with another ID', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		expect((await bank.session.get(`${drafts()}/${id + 1}`)).status).toBe(404);
		const elsewhere = `{user}/monetary-account/${account('Household').id}/draft-payment/${id}`;
		expect((await bank.session.get(elsewhere)).status).toBe(404);
	});

	test.each<[string, object[], object, string | RegExp]>([
		['no entries', [], {}, /between 1 and 50/],
		['two accepts', [entry()], { number_of_required_accepts: 2 }, /expected 1\)/],
		[
			'no number of accepts',
			[entry()],
			{ number_of_required_accepts: undefined },
			'Missing required parameter "number_of_required_accepts".',
		],
		['a second entry of nothing', [entry(), entry({ amount: euro('0') })], {}, /more than zero/],
		[
			'wrong check digits',
			[entry({ counterparty_alias: toIban('NL15RABO0169202917') })],
			{},
			'Invalid IBAN format',
		],
		['141 characters to another bank', [entry({ description: 'x'.repeat(141) })], {}, /140/],
		['another currency', [entry({ amount: { value: '1', currency: 'USD' } })], {}, /currency/],
		['a field it does not know', [entry({ iban: 'x' })], {}, 'Superfluous field "iban".'],
	])('is refused with %s', async (_, entries, change, text) => {
		const answer = await draft(entries, change);
		expect(refusalOf(answer)).toEqual([
			400,
			typeof text === 'string' ? text : expect.stringMatching(text),
		]);
		expect((await bank.session.get(drafts())).json.Response).toEqual([]);
	});
});
