import { ibanIsRight } from '../bank/money';
import { euro, pick, refusalOf, wordsOf } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Accounts in the simulated bank (docs/bunq-api.md 9.2). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey });
const { account } = bank;

describe('the list of accounts (§9.2)', () => {
	test('has every kind, closed ones, an unknown kind and one without an IBAN', async () => {
		const { json } = await bank.session.get('{user}/monetary-account');
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

	test('has IBANs with valid check digits', () => {
		const ibans = bank.world.accounts.flatMap((each) => each.iban ?? []);
		expect(ibans.every(ibanIsRight)).toBe(true);
		expect(ibanIsRight('NL14RABO0169202917')).toBe(true);
		expect(ibanIsRight('NL15RABO0169202917')).toBe(false);
	});

	test('shows one account, at either path, and no account of others', async () => {
		const { id } = account('Holiday');
		const one = await bank.session.get(`{user}/monetary-account/${id}`);
		expect(pick(one, 'MonetaryAccountSavings')).toMatchObject({
			savings_goal: euro('2000.00'),
			savings_goal_progress: 50,
			balance: euro('1000.00'),
		});
		const typed = await bank.session.get('{user}/monetary-account-savings');
		expect(typed.json.Response).toHaveLength(1);
		expect((await bank.session.get(`{user}/monetary-account-savings/${id}`)).status).toBe(200);
		const noAccount = (which: unknown) => [404, `Monetary account for id "${which}" not found.`];
		const noItem = [404, 'The item you requested could not be found.'];
		await bank.control.switches({ accountNotFound: 'account' });
		const elsewhere = `{user}/monetary-account-bank/${id}`;
		expect(refusalOf(await bank.session.get(elsewhere))).toEqual(noAccount(id));
		const sandbox = await bank.control.world('sandbox');
		await bank.control.advance(3_000);
		for (const other of [1, sandbox.accounts[0].id, 'x']) {
			const answer = await bank.session.get(`{user}/monetary-account/${other}`);
			expect(refusalOf(answer)).toEqual(noAccount(other));
		}
		await bank.control.advance(3_000);
		expect(refusalOf(await bank.session.get('/user/1/monetary-account'))).toEqual(noItem);
		await bank.control.switches({ accountNotFound: 'item' });
		expect(refusalOf(await bank.session.get(elsewhere))).toEqual(noItem);
	});

	test('has undocumented fields or none, by switch', async () => {
		expect((await bank.session.get('{user}/monetary-account')).text).toContain('_future_field');
		await bank.control.switches({ extraFields: false });
		expect((await bank.session.get('{user}/monetary-account')).text).not.toContain('_future');
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
		const created = await bank.session.post(`{user}/monetary-account-${kind}`, body);
		const { id } = pick(created, 'Id');
		const read = pick(await bank.session.get(`{user}/monetary-account/${id}`), type);
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
		['too high a limit', { currency: 'EUR', daily_limit: euro('10000.01') }, /"daily_limit"/],
		['no currency code', { currency: 'euro' }, /ISO 4217/],
		['no colour', { currency: 'EUR', setting: { color: 'red' } }, /colour/],
		[
			'fields it does not know',
			{ currency: 'EUR', colour: 'red', name: 'x' },
			'Superfluous field "colour". Superfluous field "name".',
		],
		['no JSON', '{', /not a JSON object/],
		['no object', '[]', /not a JSON object/],
	])('is refused with %s', async (_, body, text) => {
		const answer = await bank.session.post('{user}/monetary-account-bank', body);
		expect(answer.status).toBe(400);
		expect(wordsOf(answer)).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
	});

	test('is refused for a body without a JSON content type, by switch', async () => {
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
		const open = () =>
			bank.session.post('{user}/monetary-account-bank', { currency: 'EUR' }, { headers });
		expect((await open()).status).toBe(200);
		await bank.control.switches({ requireHeaders: true });
		expect(refusalOf(await open())).toEqual([
			400,
			'Missing required header "Content-Type: application/json".',
		]);
	});

	test('does not exist for cards', async () => {
		expect(
			(await bank.session.post('{user}/monetary-account-card', { currency: 'EUR' })).status,
		).toBe(405);
	});
});

describe('changing and closing an account (§9.2)', () => {
	const put = (description: string, body: object, kind = 'bank') =>
		bank.session.put(`{user}/monetary-account-${kind}/${account(description).id}`, body);
	const CLOSE = { status: 'CANCELLED', sub_status: 'REDEMPTION_VOLUNTARY', reason: 'OTHER' };

	test('changes the given fields and keeps the rest', async () => {
		const { id } = account('Main');
		const change = {
			description: 'Daily',
			setting: { color: '#112233' },
			daily_limit: euro('10000'),
		};
		expect(pick(await put('Main', change), 'Id').id).toBe(id);
		const read = pick(
			await bank.session.get(`{user}/monetary-account/${id}`),
			'MonetaryAccountBank',
		);
		expect(read).toMatchObject({
			description: 'Daily',
			setting: { color: '#112233', restriction_chat: 'ALLOW_INCOMING' },
			balance: euro('2500.00'),
		});
		expect(read.updated > read.created).toBe(true);
	});

	test('closes an empty one with the documented body', async () => {
		const id = await bank.control.addAccount({ description: 'Empty' });
		const answer = await bank.session.put(`{user}/monetary-account-bank/${id}`, {
			...CLOSE,
			reason_description: 'Not needed',
		});
		expect(answer.status).toBe(200);
		const read = pick(
			await bank.session.get(`{user}/monetary-account/${id}`),
			'MonetaryAccountBank',
		);
		expect(read).toMatchObject({ ...CLOSE, reason_description: 'Not needed' });
	});

	test.each([
		['with money on it', 'Main', CLOSE, /must be zero/],
		['twice', 'Old Main', CLOSE, /is CANCELLED/],
		['with only a status', 'Main', { status: 'CANCELLED' }, /sub_status REDEMPTION_VOLUNTARY/],
		['for another reason', 'Main', { ...CLOSE, reason: 'BORED' }, /reason OTHER/],
	])('does not close one %s', async (_, description, body, text) => {
		const answer = await put(description, body);
		expect([answer.status, wordsOf(answer)]).toEqual([400, expect.stringMatching(text)]);
	});
});
