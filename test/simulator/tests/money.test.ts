/** Accounts, payments and what an OAuth app may do, in the simulated bank (docs/bunq-api.md 8, 9.2, 9.3). */
import { startSimulator, type Simulator, type World } from '..';
import { ibanIsRight, makeIban } from '../bank/money';
import { openSession, pick, wordsOf, type BankAnswer, type Session } from '../control/testClient';

let bank: Simulator;
let world: World;
let session: Session;

beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());
beforeEach(async () => {
	await bank.control.reset();
	world = await bank.control.world();
	session = await openSession(bank.url, world.apiKey);
});

const OUTSIDE = makeIban('RABO', 169_202_917);
const euro = (value: string) => ({ value, currency: 'EUR' });
const account = (description: string) => {
	const found = world.accounts.find((each) => each.description === description);
	if (!found) throw new Error(`No account ${description}`);
	return found;
};
const balances = async () =>
	Object.fromEntries(
		(await bank.control.world()).accounts.map((each) => [each.description, each.balance]),
	);
const iban = (value: string, name = 'Somebody') => ({ type: 'IBAN', value, name });
const pay = (change: object = {}, from = account('Main').id, by = session) =>
	by.post(`{user}/monetary-account/${from}/payment`, {
		amount: euro('12.50'),
		counterparty_alias: iban(OUTSIDE),
		description: 'Test',
		...change,
	});
const newest = async (id: number, by = session) =>
	pick(await by.get(`{user}/monetary-account/${id}/payment?count=1`), 'Payment');
const refused = (answer: BankAnswer) => [answer.status, wordsOf(answer)];

describe('the list of accounts (§9.2)', () => {
	test('has every kind, closed ones, one that nobody knows and one without IBAN', async () => {
		const { json } = await session.get('{user}/monetary-account');
		const seen = json.Response.map(
			(item: Record<string, { status: string; alias: { type: string }[] }>) => {
				const [[type, { status, alias }]] = Object.entries(item);
				return [type, status, alias.map((each) => each.type).join()];
			},
		);
		expect(seen.reverse()).toEqual([
			['MonetaryAccountBank', 'ACTIVE', 'PHONE_NUMBER,EMAIL,IBAN'],
			['MonetaryAccountBank', 'ACTIVE', 'IBAN'],
			['MonetaryAccountSavings', 'ACTIVE', 'IBAN'],
			['MonetaryAccountJoint', 'ACTIVE', 'IBAN'],
			['MonetaryAccountExternal', 'ACTIVE', ''],
			['MonetaryAccountBank', 'CANCELLED', 'IBAN'],
			['MonetaryAccountMystery', 'ACTIVE', 'IBAN'],
		]);
	});

	test('has IBANs with the right check digits', () => {
		const ibans = world.accounts.flatMap((each) => each.iban ?? []);
		expect(ibans.every(ibanIsRight)).toBe(true);
		expect(ibanIsRight('NL14RABO0169202917')).toBe(true);
		expect(ibanIsRight('NL15RABO0169202917')).toBe(false);
	});

	test('shows one account, also by its kind, and nobody else’s', async () => {
		const { id } = account('Holiday');
		const one = await session.get(`{user}/monetary-account/${id}`);
		expect(pick(one, 'MonetaryAccountSavings')).toMatchObject({
			savings_goal: euro('2000.00'),
			savings_goal_progress: 50,
			balance: euro('1000.00'),
		});
		const typed = await session.get('{user}/monetary-account-savings');
		expect(typed.json.Response).toHaveLength(1);
		expect((await session.get(`{user}/monetary-account-savings/${id}`)).status).toBe(200);
		const gone = [404, 'The item you requested could not be found.'];
		expect(refused(await session.get(`{user}/monetary-account-bank/${id}`))).toEqual(gone);
		const sandbox = await bank.control.world('sandbox');
		await bank.control.advance(3_000);
		for (const other of [1, sandbox.accounts[0].id, 'x']) {
			expect(refused(await session.get(`{user}/monetary-account/${other}`))).toEqual(gone);
		}
		expect(refused(await session.get('/user/1/monetary-account'))).toEqual(gone);
	});

	test('has unknown fields, or none, by switch', async () => {
		expect((await session.get('{user}/monetary-account')).text).toContain('_future_field');
		await bank.control.switches({ extraFields: false });
		expect((await session.get('{user}/monetary-account')).text).not.toContain('_future');
	});
});

describe('opening an account (§9.2)', () => {
	test.each([
		['bank', { currency: 'EUR' }, 'MonetaryAccountBank', true],
		['savings', { currency: 'EUR', savings_goal: euro('100') }, 'MonetaryAccountSavings', true],
		[
			'joint',
			{ currency: 'EUR', all_co_owner: [{ alias: { type: 'EMAIL', value: 'sam@example.com' } }] },
			'MonetaryAccountJoint',
			true,
		],
		['external', { currency: 'EUR', service: 'OPEN_BANKING' }, 'MonetaryAccountExternal', false],
		[
			'external-savings',
			{ currency: 'EUR', service: 'OPEN_BANKING' },
			'MonetaryAccountExternalSavings',
			false,
		],
	])('%s', async (kind, body, type, hasIban) => {
		const created = await session.post(`{user}/monetary-account-${kind}`, body);
		const { id } = pick(created, 'Id');
		const read = pick(await session.get(`{user}/monetary-account/${id}`), type);
		expect(read).toMatchObject({
			description: 'bunq account',
			daily_limit: euro('1000.00'),
			balance: euro('0.00'),
			status: kind === 'joint' ? 'PENDING_ACCEPTANCE' : 'ACTIVE',
		});
		expect(read.alias.filter((alias: { type: string }) => alias.type === 'IBAN')).toHaveLength(
			hasIban ? 1 : 0,
		);
	});

	test.each([
		['no currency', {}, 'Missing required parameter "currency".'],
		[
			'a number as text',
			{ currency: 'EUR', description: 5 },
			'Invalid type for field "description" (expected STRING).',
		],
		[
			'no amount',
			{ currency: 'EUR', daily_limit: '5' },
			'Invalid type for field "daily_limit" (expected OBJECT).',
		],
		['too high a limit', { currency: 'EUR', daily_limit: euro('10000.01') }, /daily limit/],
		['no currency code', { currency: 'euro' }, /ISO 4217/],
		['no colour', { currency: 'EUR', setting: { color: 'red' } }, /colour/],
		[
			'fields it does not know',
			{ currency: 'EUR', colour: 'red', name: 'x' },
			'Superfluous field "colour". Superfluous field "name".',
		],
		['no JSON', '{', /not valid JSON/],
		['no object', '[]', /not a JSON object/],
	])('is refused with %s', async (_, body, text) => {
		const answer = await session.post('{user}/monetary-account-bank', body);
		expect(answer.status).toBe(400);
		expect(wordsOf(answer)).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
	});

	test('is refused for a body that does not say it is JSON', async () => {
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
		const answer = await session.post(
			'{user}/monetary-account-bank',
			{ currency: 'EUR' },
			{ headers },
		);
		expect(refused(answer)).toEqual([400, 'The Content-Type must be application/json.']);
	});

	test('does not exist for cards', async () => {
		expect((await session.post('{user}/monetary-account-card', { currency: 'EUR' })).status).toBe(
			405,
		);
	});
});

describe('changing and closing an account (§9.2)', () => {
	const put = (description: string, body: object, kind = 'bank') =>
		session.put(`{user}/monetary-account-${kind}/${account(description).id}`, body);
	const CLOSE = { status: 'CANCELLED', sub_status: 'REDEMPTION_VOLUNTARY', reason: 'OTHER' };

	test('changes what is given and leaves the rest', async () => {
		const { id } = account('Main');
		const change = {
			description: 'Daily',
			setting: { color: '#112233' },
			daily_limit: euro('10000'),
		};
		expect(pick(await put('Main', change), 'Id').id).toBe(id);
		const read = pick(await session.get(`{user}/monetary-account/${id}`), 'MonetaryAccountBank');
		expect(read).toMatchObject({
			description: 'Daily',
			setting: { color: '#112233', restriction_chat: 'ALLOW_INCOMING' },
			balance: euro('2500.00'),
		});
		expect(read.updated > read.created).toBe(true);
	});

	test('closes an empty one with the documented body', async () => {
		const id = await bank.control.addAccount({ description: 'Empty' });
		const answer = await session.put(`{user}/monetary-account-bank/${id}`, {
			...CLOSE,
			reason_description: 'Not needed',
		});
		expect(answer.status).toBe(200);
		const read = pick(await session.get(`{user}/monetary-account/${id}`), 'MonetaryAccountBank');
		expect(read).toMatchObject({ ...CLOSE, reason_description: 'Not needed' });
	});

	test.each([
		['with money on it', 'Main', CLOSE, /must be zero/],
		['twice', 'Old Main', CLOSE, /closed/],
		['with only a status', 'Main', { status: 'CANCELLED' }, /sub_status REDEMPTION_VOLUNTARY/],
		['for another reason', 'Main', { ...CLOSE, reason: 'BORED' }, /reason OTHER/],
	])('does not close one %s', async (_, description, body, text) => {
		const answer = await put(description, body);
		expect([answer.status, wordsOf(answer)]).toEqual([400, expect.stringMatching(text)]);
	});
});

describe('a payment (§9.3)', () => {
	test('to another bank leaves the account', async () => {
		const { id } = pick(await pay({ merchant_reference: 'A-1' }), 'Id');
		expect((await balances()).Main).toBe('2487.50');
		expect(await newest(account('Main').id)).toMatchObject({
			id,
			amount: euro('-12.50'),
			balance_after_mutation: euro('2487.50'),
			description: 'Test',
			type: 'EBA_SCT',
			merchant_reference: 'A-1',
			counterparty_alias: { iban: OUTSIDE, display_name: 'Somebody', avatar: null },
		});
		const one = await session.get(`{user}/monetary-account/${account('Main').id}/payment/${id}`);
		expect(pick(one, 'Payment').id).toBe(id);
	});

	test('to one’s own account arrives there, as a payment of its own', async () => {
		const { id } = pick(
			await pay({ counterparty_alias: iban(account('Household').iban ?? '') }),
			'Id',
		);
		expect(await balances()).toMatchObject({ Main: '2487.50', Household: '312.50' });
		const incoming = await newest(account('Household').id);
		expect(incoming).toMatchObject({
			amount: euro('12.50'),
			type: 'BUNQ',
			counterparty_alias: { iban: account('Main').iban, display_name: 'E. Levy' },
		});
		expect(incoming.id).not.toBe(id);
	});

	test('finds a bunq user by e-mail address and by number', async () => {
		const [sam] = world.thirdParties;
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

	test('does not give its reference back, by switch', async () => {
		await bank.control.switches({ merchantReference: 'drop' });
		await pay({ merchant_reference: 'A-1' });
		expect((await newest(account('Main').id)).merchant_reference).toBeNull();
	});

	test('takes 9000 characters to a bunq user', async () => {
		const toSam = { counterparty_alias: iban(world.thirdParties[0].iban) };
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
		['wrong check digits', { counterparty_alias: iban('NL15RABO0169202917') }, /not valid/],
		[
			'an IBAN without a name',
			{ counterparty_alias: { type: 'IBAN', value: OUTSIDE } },
			'Missing required parameter "name".',
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
		expect((await bank.control.world()).accounts).toEqual(world.accounts);
		expect((await bank.control.log()).at(-1)).toMatchObject({
			status: 400,
			changedSomething: false,
		});
	});

	test('is refused to the paying account itself, to a closed one, and from ones that cannot pay', async () => {
		const to = (description: string) => ({
			counterparty_alias: iban(account(description).iban ?? ''),
		});
		expect(refused(await pay(to('Main')))).toEqual([400, expect.stringMatching(/same account/)]);
		expect(refused(await pay(to('Old Main')))).toEqual([400, expect.stringMatching(/not active/)]);
		expect(refused(await pay({}, account('Old Main').id))).toEqual([
			400,
			expect.stringMatching(/not active/),
		]);
		expect(refused(await pay({}, account('Other Bank').id))).toEqual([
			400,
			expect.stringMatching(/cannot make payments/),
		]);
		expect(refused(await pay({}, 1))).toEqual([404, 'The item you requested could not be found.']);
	});

	test('can have a type that nobody knows, and a counterparty without IBAN', async () => {
		const { json } = await session.get(`{user}/monetary-account/${account('Main').id}/payment`);
		const types = json.Response.map((item: { Payment: { type: string } }) => item.Payment.type);
		expect(types).toEqual(['EBA_SCT', 'HOLOGRAM', 'EBA_SDD', 'MASTERCARD', 'IDEAL', 'EBA_SCT']);
		expect(json.Response[4].Payment.counterparty_alias).toMatchObject({ iban: null, avatar: null });
	});

	test('is unknown on another account and under another id', async () => {
		const { id } = await newest(account('Main').id);
		const path = (of: string, payment: number) =>
			`{user}/monetary-account/${account(of).id}/payment/${payment}`;
		expect((await session.get(path('Household', id))).status).toBe(404);
		expect((await session.get(path('Main', id + 1))).status).toBe(404);
	});

	test('has times as bunq writes them, that never stand still', async () => {
		await pay();
		await pay();
		const { json } = await session.get(
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
		counterparty_alias: iban(OUTSIDE),
		description: 'Test',
		...change,
	});
	const batches = () => `{user}/monetary-account/${account('Main').id}/payment-batch`;
	const payAll = (payments: object[], by = session) => by.post(batches(), { payments });

	test.each(['nested', 'list'] as const)(
		'pays all, and shows them (%s), each with its batch',
		async (batchPayments) => {
			await bank.control.switches({ batchPayments });
			const household = entry({ counterparty_alias: iban(account('Household').iban ?? '') });
			const { id } = pick(await payAll([entry(), household]), 'Id');
			expect(await balances()).toMatchObject({ Main: '2475.00', Household: '312.50' });
			const { payments } = pick(await session.get(`${batches()}/${id}`), 'PaymentBatch');
			const shown = batchPayments === 'nested' ? payments.Payment : payments;
			expect(shown).toMatchObject([{ batch_id: id }, { batch_id: id }]);
			expect(pick(await session.get(batches()), 'PaymentBatch')).toMatchObject({ id, payments });
			expect((await newest(account('Main').id)).batch_id).toBe(id);
			expect((await session.get(`${batches()}/${id + 1}`)).status).toBe(404);
		},
	);

	test('is what an approved draft of several entries becomes', async () => {
		const drafts = `{user}/monetary-account/${account('Main').id}/draft-payment`;
		const body = { entries: [entry(), entry()], number_of_required_accepts: 1 };
		await bank.control.approveDraft(pick(await session.post(drafts, body), 'Id').id);
		const { object } = pick(await session.get(drafts), 'DraftPayment');
		expect(object.PaymentBatch).toEqual(pick(await session.get(batches()), 'PaymentBatch'));
	});

	test('must be signed', async () => {
		await bank.control.switches({ strictSignatures: false });
		const answer = await session.post(batches(), { payments: [entry()] }, { signature: false });
		expect(answer.status).toBe(466);
	});

	test.each<[string, object[], RegExp]>([
		['none', [], /must have an entry/],
		['51 of them', Array.from({ length: 51 }, () => entry()), /more than 50/],
		['a bad one', [entry(), entry({ amount: euro('0') })], /more than zero/],
		[
			'more than there is',
			[entry(), entry({ amount: euro('2490') })],
			/enough balance for these payments/,
		],
	])('is refused with %s, and nothing moves', async (_, payments, text) => {
		expect(refused(await payAll(payments))).toEqual([400, expect.stringMatching(text)]);
		expect((await balances()).Main).toBe('2500.00');
		expect((await session.get(batches())).json.Response).toEqual([]);
	});

	test('is refused to an OAuth app, or only to others, by switch', async () => {
		await bank.control.advance(30_000);
		const app = await openSession(bank.url, world.oauth.accessToken);
		const own = entry({ counterparty_alias: iban(account('Household').iban ?? '') });
		const no = [403, 'Not enough permissions to create payment-batch.'];
		expect(refused(await payAll([own], app))).toEqual(no);
		await bank.control.switches({ oauthMayPayBatches: true });
		expect(refused(await payAll([own, entry()], app))).toEqual(no);
		expect((await payAll([own, own], app)).status).toBe(200);
		expect((await balances()).Household).toBe('325.00');
	});
});

describe('a draft payment (§9.4)', () => {
	const entry = (change: object = {}) => ({
		amount: euro('12.50'),
		counterparty_alias: iban(OUTSIDE),
		description: 'Test',
		...change,
	});
	const drafts = () => `{user}/monetary-account/${account('Main').id}/draft-payment`;
	const draft = (entries: object[], change: object = {}) =>
		session.post(drafts(), { entries, number_of_required_accepts: 1, ...change });
	const read = async (id: number) => pick(await session.get(`${drafts()}/${id}`), 'DraftPayment');
	const cancel = (id: number, previous_updated_timestamp?: string) =>
		session.put(`${drafts()}/${id}`, { status: 'CANCELLED', previous_updated_timestamp });

	test('moves nothing until it is approved in the app, then pays all its entries', async () => {
		const household = entry({ counterparty_alias: iban(account('Household').iban ?? '') });
		const { id } = pick(await draft([entry(), household]), 'Id');
		expect(await read(id)).toMatchObject({ status: 'PENDING', object: null, responses: null });
		expect((await balances()).Main).toBe('2500.00');

		const paid = await bank.control.approveDraft(id);
		expect(await balances()).toMatchObject({ Main: '2475.00', Household: '312.50' });
		const approved = await read(id);
		expect(approved).toMatchObject({ status: 'ACCEPTED', responses: [{ status: 'ACCEPTED' }] });
		expect(approved.updated > approved.created).toBe(true);
		const { Payment } = approved.object.PaymentBatch.payments;
		expect(Payment.map((one: { id: number }) => one.id)).toEqual(paid);
		await expect(bank.control.approveDraft(id)).rejects.toThrow(/is ACCEPTED/);
		await expect(bank.control.rejectDraft(1)).rejects.toThrow(/No draft 1/);
	});

	test('of one entry becomes one payment; of more than there is it cannot be approved', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		const { id: tooMuch } = pick(await draft([entry({ amount: euro('2500') })]), 'Id');
		const [paid] = await bank.control.approveDraft(id);
		expect((await read(id)).object.Payment).toMatchObject({ id: paid, amount: euro('-12.50') });
		await expect(bank.control.approveDraft(tooMuch)).rejects.toThrow(/enough balance/);
		expect((await read(tooMuch)).status).toBe('PENDING');
	});

	test('is cancelled by who knows its last change, while nobody answered it', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		const { updated, created } = await read(id);
		expect(refused(await cancel(id))).toEqual([
			400,
			'Missing required parameter "previous_updated_timestamp".',
		]);
		expect((await cancel(id, updated)).status).toBe(200);
		const cancelled = await read(id);
		expect(cancelled).toMatchObject({ status: 'CANCELLED', created, object: null });
		await bank.control.advance(3_000);
		expect(refused(await cancel(id, updated))[1]).toMatch(/was updated after/);
		expect(refused(await cancel(id, cancelled.updated))[1]).toMatch(/is CANCELLED/);
		await expect(bank.control.approveDraft(id)).rejects.toThrow(/is CANCELLED/);
	});

	test('is unknown on another account and under another id', async () => {
		const { id } = pick(await draft([entry()]), 'Id');
		expect((await session.get(`${drafts()}/${id + 1}`)).status).toBe(404);
		const elsewhere = `{user}/monetary-account/${account('Household').id}/draft-payment/${id}`;
		expect((await session.get(elsewhere)).status).toBe(404);
	});

	test.each<[string, object[], object, string | RegExp]>([
		['no entries', [], {}, /must have an entry/],
		[
			'two accepts',
			[entry()],
			{ number_of_required_accepts: 2 },
			/"number_of_required_accepts" is 1/,
		],
		[
			'no number of accepts',
			[entry()],
			{ number_of_required_accepts: undefined },
			'Missing required parameter "number_of_required_accepts".',
		],
		['a second entry of nothing', [entry(), entry({ amount: euro('0') })], {}, /more than zero/],
		[
			'wrong check digits',
			[entry({ counterparty_alias: iban('NL15RABO0169202917') })],
			{},
			/valid/,
		],
		['141 characters to another bank', [entry({ description: 'x'.repeat(141) })], {}, /140/],
		['another currency', [entry({ amount: { value: '1', currency: 'USD' } })], {}, /currency/],
		['a field it does not know', [entry({ iban: 'x' })], {}, 'Superfluous field "iban".'],
	])('is refused with %s', async (_, entries, change, text) => {
		const answer = await draft(entries, change);
		expect(refused(answer)).toEqual([
			400,
			typeof text === 'string' ? text : expect.stringMatching(text),
		]);
		expect((await session.get(drafts())).json.Response).toEqual([]);
	});
});

describe('an OAuth app (§8)', () => {
	let app: Session;
	beforeEach(async () => {
		await bank.control.advance(30_000);
		app = await openSession(bank.url, world.oauth.accessToken);
	});

	test.each([403, 400] as const)('may not pay others: %i', async (permissionStatus) => {
		await bank.control.switches({ permissionStatus });
		for (const to of [OUTSIDE, world.thirdParties[0].iban]) {
			const answer = await pay({ counterparty_alias: iban(to) }, account('Main').id, app);
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
		expect((await balances()).Main).toBe('2500.00');
	});

	test('may move money between the accounts of its user, read and open accounts', async () => {
		const own = { counterparty_alias: iban(account('Household').iban ?? '') };
		expect((await pay(own, account('Main').id, app)).status).toBe(200);
		expect((await balances()).Household).toBe('312.50');
		expect((await app.get('{user}/monetary-account')).json.Response).toHaveLength(7);
		expect((await app.post('{user}/monetary-account-savings', { currency: 'EUR' })).status).toBe(
			200,
		);
	});

	test('may not change accounts, or may, by switch', async () => {
		const change = () =>
			app.put(`{user}/monetary-account-bank/${account('Main').id}`, { description: 'Daily' });
		expect(refused(await change())).toEqual([
			403,
			'Not enough permissions to update monetary-account-bank.',
		]);
		await bank.control.switches({ oauthMayUpdateAccounts: true });
		expect((await change()).status).toBe(200);
	});

	test('may draft a payment to others, and cancel it only by switch', async () => {
		const drafts = `{user}/monetary-account/${account('Main').id}/draft-payment`;
		const made = await app.post(drafts, {
			entries: [
				{ amount: euro('1.00'), counterparty_alias: iban(OUTSIDE), description: 'For others' },
			],
			number_of_required_accepts: 1,
		});
		const { id } = pick(made, 'Id');
		const { updated } = pick(await app.get(`${drafts}/${id}`), 'DraftPayment');
		const cancel = () =>
			app.put(`${drafts}/${id}`, { status: 'CANCELLED', previous_updated_timestamp: updated });
		expect(refused(await cancel())).toEqual([
			403,
			'Not enough permissions to update draft-payment.',
		]);
		await bank.control.switches({ oauthMayCancelDrafts: true });
		expect((await cancel()).status).toBe(200);
	});
});
