import {
	euro,
	EXTERNAL_IBAN,
	openSession,
	pick,
	refusalOf,
	toIban,
	wordsOf,
} from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Payments and batches of them in the simulated bank (docs/bunq-api.md 9.3). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey });
const { account } = bank;

const pay = (change: object = {}, from = account('Main').id, by = bank.session) =>
	by.post(`{user}/monetary-account/${from}/payment`, {
		amount: euro('12.50'),
		counterparty_alias: toIban(EXTERNAL_IBAN),
		description: 'Test',
		...change,
	});
const newest = async (id: number, by = bank.session) =>
	pick(await by.get(`{user}/monetary-account/${id}/payment?count=1`), 'Payment');

describe('a payment (§9.3)', () => {
	test('to another bank leaves the account', async () => {
		const { id } = pick(await pay({ merchant_reference: 'A-1' }), 'Id');
		expect((await bank.balances()).Main).toBe('2487.50');
		expect(await newest(account('Main').id)).toMatchObject({
			id,
			amount: euro('-12.50'),
			balance_after_mutation: euro('2487.50'),
			description: 'Test',
			type: 'EBA_SCT',
			merchant_reference: 'A-1',
			counterparty_alias: { iban: EXTERNAL_IBAN, display_name: 'Somebody', avatar: null },
		});
		const one = await bank.session.get(
			`{user}/monetary-account/${account('Main').id}/payment/${id}`,
		);
		expect(pick(one, 'Payment').id).toBe(id);
	});

	test('to an own account arrives there as another payment', async () => {
		const { id } = pick(
			await pay({ counterparty_alias: toIban(account('Household').iban ?? '') }),
			'Id',
		);
		expect(await bank.balances()).toMatchObject({ Main: '2487.50', Household: '312.50' });
		const incoming = await newest(account('Household').id);
		expect(incoming).toMatchObject({
			amount: euro('12.50'),
			type: 'BUNQ',
			counterparty_alias: { iban: account('Main').iban, display_name: 'E. Levy' },
		});
		expect(incoming.id).not.toBe(id);
	});

	test('finds a bunq user by email address and by phone number', async () => {
		const [sam] = bank.world.thirdParties;
		for (const [type, value] of [
			['EMAIL', sam.email],
			['PHONE_NUMBER', sam.phone],
		]) {
			expect((await pay({ counterparty_alias: { type, value } })).status).toBe(200);
			expect((await newest(account('Main').id)).counterparty_alias.iban).toBe(sam.iban);
		}
	});

	test('to an unknown address needs bunq.to', async () => {
		const unknown = { counterparty_alias: { type: 'EMAIL', value: 'who@example.com' } };
		expect((await pay(unknown)).status).toBe(400);
		expect((await pay({ ...unknown, allow_bunqto: true })).status).toBe(200);
	});

	test('does not echo its reference, by switch', async () => {
		await bank.control.switches({ merchantReference: 'drop' });
		await pay({ merchant_reference: 'A-1' });
		expect((await newest(account('Main').id)).merchant_reference).toBeNull();
	});

	test('may have 9000 characters to a bunq user', async () => {
		const toSam = { counterparty_alias: toIban(bank.world.thirdParties[0].iban) };
		expect((await pay({ ...toSam, description: 'x'.repeat(9000) })).status).toBe(200);
		expect((await pay({ ...toSam, description: 'x'.repeat(9001) })).status).toBe(400);
		expect((await pay({ description: 'x'.repeat(140) })).status).toBe(200);
	});

	test.each([
		['more than there is', { amount: euro('2500.01') }, /enough balance/],
		['nothing', { amount: euro('0.00') }, /more than zero/],
		['a negative amount', { amount: euro('-1.00') }, /expected an amount/],
		['three decimals', { amount: euro('1.001') }, /expected an amount/],
		['a comma', { amount: euro('1,00') }, /expected an amount/],
		[
			'a number',
			{ amount: { value: 1, currency: 'EUR' } },
			'Invalid type for field "value" (expected STRING).',
		],
		['another currency', { amount: { value: '1.00', currency: 'USD' } }, /currency of the account/],
		[
			'wrong check digits',
			{ counterparty_alias: toIban('NL15RABO0169202917') },
			'Invalid IBAN format',
		],
		[
			'an IBAN without a name',
			{ counterparty_alias: { type: 'IBAN', value: EXTERNAL_IBAN } },
			'Pointer has no name set',
		],
		[
			'no recipient',
			{ counterparty_alias: undefined },
			'Missing required parameter "counterparty_alias".',
		],
		['no description', { description: undefined }, 'Missing required parameter "description".'],
		[
			'a kind of alias that does not exist',
			{ counterparty_alias: { type: 'BIC', value: 'x' } },
			/one of IBAN/,
		],
		['141 characters to another bank', { description: 'x'.repeat(141) }, /140/],
		['a field it does not know', { iban: 'x' }, 'Superfluous field "iban".'],
	])('is refused with %s, and nothing moves', async (_, change, text) => {
		const answer = await pay(change);
		expect(answer.status).toBe(400);
		expect(wordsOf(answer)).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
		expect((await bank.control.world()).accounts).toEqual(bank.world.accounts);
		expect((await bank.control.log()).at(-1)).toMatchObject({
			status: 400,
			changedSomething: false,
		});
	});

	test('is refused to the paying account itself, to a closed one and from accounts that cannot pay', async () => {
		const to = (description: string) => ({
			counterparty_alias: toIban(account(description).iban ?? ''),
		});
		expect(refusalOf(await pay(to('Main')))).toEqual([400, expect.stringMatching(/same account/)]);
		expect(refusalOf(await pay(to('Old Main')))).toEqual([
			400,
			expect.stringMatching(/is CANCELLED/),
		]);
		expect(refusalOf(await pay({}, account('Old Main').id))).toEqual([
			400,
			expect.stringMatching(/is CANCELLED/),
		]);
		expect(refusalOf(await pay({}, account('Other Bank').id))).toEqual([
			400,
			expect.stringMatching(/has no IBAN/),
		]);
		expect(refusalOf(await pay({}, 1))).toEqual([
			404,
			'The item you requested could not be found.',
		]);
	});

	test('can have an unknown type, and a counterparty without an IBAN', async () => {
		const { json } = await bank.session.get(
			`{user}/monetary-account/${account('Main').id}/payment`,
		);
		const types = json.Response.map((item: { Payment: { type: string } }) => item.Payment.type);
		expect(types).toEqual(['EBA_SCT', 'HOLOGRAM', 'EBA_SDD', 'MASTERCARD', 'IDEAL', 'EBA_SCT']);
		expect(json.Response[4].Payment.counterparty_alias).toMatchObject({ iban: null, avatar: null });
	});

	test('is not found on another account or with another ID', async () => {
		const { id } = await newest(account('Main').id);
		const path = (of: string, payment: number) =>
			`{user}/monetary-account/${account(of).id}/payment/${payment}`;
		expect((await bank.session.get(path('Household', id))).status).toBe(404);
		expect((await bank.session.get(path('Main', id + 1))).status).toBe(404);
	});

	test('has times in bunq’s format, no two of them equal', async () => {
		await pay();
		await pay();
		const { json } = await bank.session.get(
			`{user}/monetary-account/${account('Main').id}/payment?count=2`,
		);
		const times = json.Response.map(
			(item: { Payment: { created: string } }) => item.Payment.created,
		);
		expect(times[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
		expect(times[0] > times[1]).toBe(true);
	});
});

describe('a batch of payments (§9.3)', () => {
	const entry = (change: object = {}) => ({
		amount: euro('12.50'),
		counterparty_alias: toIban(EXTERNAL_IBAN),
		description: 'Test',
		...change,
	});
	const batches = () => `{user}/monetary-account/${account('Main').id}/payment-batch`;
	const payAll = (payments: object[], by = bank.session) => by.post(batches(), { payments });

	test.each(['nested', 'list'] as const)(
		'pays all and shows them as %s, each with its batch',
		async (batchPayments) => {
			await bank.control.switches({ batchPayments });
			const household = entry({ counterparty_alias: toIban(account('Household').iban ?? '') });
			const { id } = pick(await payAll([entry(), household]), 'Id');
			expect(await bank.balances()).toMatchObject({ Main: '2475.00', Household: '312.50' });
			const { payments } = pick(await bank.session.get(`${batches()}/${id}`), 'PaymentBatch');
			const shown = batchPayments === 'nested' ? payments.Payment : payments;
			expect(shown).toMatchObject([{ batch_id: id }, { batch_id: id }]);
			expect(pick(await bank.session.get(batches()), 'PaymentBatch')).toMatchObject({
				id,
				payments,
			});
			expect((await newest(account('Main').id)).batch_id).toBe(id);
			expect((await bank.session.get(`${batches()}/${id + 1}`)).status).toBe(404);
		},
	);

	test('is the result of an approved draft of several entries', async () => {
		const drafts = `{user}/monetary-account/${account('Main').id}/draft-payment`;
		const body = { entries: [entry(), entry()], number_of_required_accepts: 1 };
		await bank.control.approveDraft(pick(await bank.session.post(drafts, body), 'Id').id);
		const { object } = pick(await bank.session.get(drafts), 'DraftPayment');
		expect(object.PaymentBatch).toEqual(pick(await bank.session.get(batches()), 'PaymentBatch'));
	});

	test('must be signed', async () => {
		const answer = await bank.session.post(
			batches(),
			{ payments: [entry()] },
			{ signature: false },
		);
		expect(answer.status).toBe(466);
	});

	test.each<[string, object[], RegExp]>([
		['none', [], /between 1 and 50/],
		['51 of them', Array.from({ length: 51 }, () => entry()), /between 1 and 50/],
		['a bad one', [entry(), entry({ amount: euro('0') })], /more than zero/],
		['more than there is', [entry(), entry({ amount: euro('2490') })], /enough balance/],
	])('is refused with %s, and nothing moves', async (_, payments, text) => {
		expect(refusalOf(await payAll(payments))).toEqual([400, expect.stringMatching(text)]);
		expect((await bank.balances()).Main).toBe('2500.00');
		expect((await bank.session.get(batches())).json.Response).toEqual([]);
	});

	test('of an OAuth app is refused, or by switch only to others', async () => {
		await bank.control.advance(30_000);
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		const own = entry({ counterparty_alias: toIban(account('Household').iban ?? '') });
		const no = [403, 'Not enough permissions to create payment-batch.'];
		expect(refusalOf(await payAll([own], app))).toEqual(no);
		await bank.control.switches({ oauthMayPayBatches: true });
		expect(refusalOf(await payAll([own, entry()], app))).toEqual(no);
		expect((await payAll([own, own], app)).status).toBe(200);
		expect((await bank.balances()).Household).toBe('325.00');
	});
});
