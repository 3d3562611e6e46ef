import { startSimulator, type Environment, type Simulator, type World } from '..';
import type { Json } from '../bank/state';
import { under } from '../../support/underEach';
import { openSession, pick, wordsOf, type Session } from '../control/testClient';

/** Requests for money in the simulated bank (docs/bunq-api.md 9.5, 9.6, 11). */

let bank: Simulator;
const banked = {
	get control() {
		return bank.control;
	},
};
let world: World;
let key: Session;
let app: Session;

beforeAll(async () => {
	bank = await startSimulator();
});
afterAll(() => bank.stop());
const enter = async (environment: Environment) => {
	world = await bank.control.world(environment);
	key = await openSession(bank.url, world.apiKey, { environment });
	app = await openSession(bank.url, world.oauth.accessToken, { environment });
};
beforeEach(async () => {
	await bank.control.reset();
	await bank.control.switches({ limits: 'off' });
	await enter('production');
});

const account = (description: string, { accounts } = world) => {
	const found = accounts.find((each) => each.description === description);
	if (!found) throw new Error(`No account ${description}`);
	return found;
};
const balance = async (description: string) =>
	account(description, await bank.control.world(world.environment)).balance;
const inquiries = (description = 'Main', id: number | string = '') =>
	`{user}/monetary-account/${account(description).id}/request-inquiry${id && `/${id}`}`;
const responses = (description = 'Main', id: number | string = '') =>
	`{user}/monetary-account/${account(description).id}/request-response${id && `/${id}`}`;
const body = (more: Json = {}) => ({
	amount_inquired: { value: '12.50', currency: 'EUR' },
	counterparty_alias: { type: 'EMAIL', value: 'nathan@example.com' },
	description: 'Pizza',
	allow_bunqme: true,
	...more,
});
const make = async (more: Json = {}, by = app) => {
	const answer = await by.post(inquiries(), body(more));
	expect(answer.text).toContain('"Id"');
	return pick(answer, 'Id').id as number;
};
const inquiry = async (id: number) => pick(await app.get(inquiries('Main', id)), 'RequestInquiry');
const response = async (id: number, description = 'Main') =>
	pick(await app.get(responses(description, id)), 'RequestResponse');
const refusedWith = async (answer: ReturnType<Session['get']>) => {
	const { status } = await answer;
	return [status, wordsOf(await answer)];
};

describe('the seed', () => {
	const shown = async (path: string) =>
		(await app.get(path)).json.Response.flatMap((each: Json) => Object.values(each)).map(
			({ status, description }: Json) => `${description}: ${status}`,
		);

	test('has requests in both directions, open and answered, which moved no money', async () => {
		expect(await shown(inquiries())).toEqual(['Pizza: PENDING', 'Concert tickets: ACCEPTED']);
		expect(await shown(responses())).toEqual([
			'Share of the rent: PENDING',
			"You're the best!: PENDING",
			'Train to Ghent: ACCEPTED',
		]);
		expect(await shown(inquiries('Household'))).toEqual(['Share of the rent: PENDING']);
		expect([await balance('Main'), await balance('Household')]).toEqual(['2500.00', '300.00']);
	});
});

describe('asking', () => {
	test('somebody without bunq creates a payment link, which expires', async () => {
		const shown = await inquiry(await make({ merchant_reference: 'invoice 7', minimum_age: 18 }));
		expect(shown).toMatchObject({
			status: 'PENDING',
			amount_inquired: { value: '12.50' },
			amount_responded: null,
			bunqme_share_url: expect.stringMatching(/^https:\/\/bunq\.me\//),
			time_expiry: expect.stringMatching(/^\d{4}-\d\d-\d\d [\d:]{8}\.\d{6}$/),
			merchant_reference: 'invoice 7',
			minimum_age: 18,
			counterparty_alias: { display_name: 'nathan@example.com', iban: null },
		});
		await bank.control.switches({ merchantReference: 'drop' });
		expect(await inquiry(Number(shown.id))).toMatchObject({ merchant_reference: null });
	});

	test('a bunq user creates no link; an own account gets a request response', async () => {
		const [{ email }] = world.thirdParties;
		const sam = await make({ counterparty_alias: { type: 'EMAIL', value: email } });
		expect(await inquiry(sam)).toMatchObject({ bunqme_share_url: null, time_expiry: null });
		const { iban } = account('Household');
		const own = await make({ counterparty_alias: { type: 'IBAN', value: iban, name: 'E. Levy' } });
		const [{ RequestResponse: asked }] = (await app.get(responses('Household'))).json.Response;
		expect(asked).toMatchObject({
			status: 'PENDING',
			type: 'INTERNAL',
			amount_inquired: { value: '12.50' },
			counterparty_alias: { iban: account('Main').iban },
		});
		expect(asked.id).not.toBe(own);
	});

	test.each([
		[
			'without a link',
			{ allow_bunqme: false },
			/^No bunq user was found for "nathan@example\.com"/,
		],
		['for nothing', { amount_inquired: { value: '0.00', currency: 'EUR' } }, /more than zero/],
		['for dollars', { amount_inquired: { value: '1.00', currency: 'USD' } }, /EUR/],
		['without saying whether by link', { allow_bunqme: undefined }, /"allow_bunqme"/],
		['a wrong IBAN', { counterparty_alias: { type: 'IBAN', value: 'NL00', name: 'x' } }, /IBAN/],
	])('%s is refused', async (_, more, words) => {
		const answer = await app.post(inquiries(), body(more));
		expect([answer.status, wordsOf(answer)]).toEqual([400, expect.stringMatching(words)]);
	});

	test('the same account is refused', async () => {
		const { iban } = account('Main');
		const counterparty_alias = { type: 'IBAN', value: iban, name: 'Me' };
		expect((await app.post(inquiries(), body({ counterparty_alias }))).status).toBe(400);
	});

	describe('to sugar daddy', () => {
		/** The request at once, and after two seconds. */
		const asked = async (value: string) => {
			await enter('sandbox');
			const id = await make({
				amount_inquired: { value, currency: 'EUR' },
				counterparty_alias: { type: 'EMAIL', value: 'sugardaddy@bunq.com' },
			});
			expect(await inquiry(id)).toMatchObject({ status: 'PENDING', time_responded: null });
			await bank.control.advance(2_000);
			return await inquiry(id);
		};

		test('500.00 is paid after two seconds', async () => {
			const shown = await asked('500.00');
			expect(shown).toMatchObject({ status: 'ACCEPTED', time_responded: shown.updated });
			expect(shown.updated).not.toBe(shown.created);
			expect(await balance('Main')).toBe('3000.00');
		});

		under(banked, 'sandboxRequests', 'rejected', () => {
			test('more is rejected', async () => {
				expect(await asked('500.01')).toMatchObject({ status: 'REJECTED' });
				expect(await balance('Main')).toBe('2500.00');
			});
		});

		under(banked, 'sandboxRequests', 'pending', () => {
			test('more stays pending', async () => {
				expect(await asked('500.01')).toMatchObject({ status: 'PENDING' });
				expect(await balance('Main')).toBe('2500.00');
			});
		});
	});
});

describe('an answer', () => {
	test.each([
		['ACCEPTED', '2512.50', { value: '12.50', currency: 'EUR' }],
		['REJECTED', '2500.00', null],
		['EXPIRED', '2500.00', null],
	] as const)('%s by somebody without bunq', async (status, after, amount_responded) => {
		const id = await make();
		const { updated } = await inquiry(id);
		await bank.control.answerRequest(id, status);
		expect(await inquiry(id)).toMatchObject({ status, amount_responded });
		const isKept = (await inquiry(id)).updated === updated;
		expect(isKept).toBe(status === 'EXPIRED');
		expect(await balance('Main')).toBe(after);
		await expect(bank.control.answerRequest(id, 'ACCEPTED')).rejects.toThrow(status);
	});

	test('revoked by the sender: the receiver sees it', async () => {
		const { iban } = account('Household');
		const id = await make({ counterparty_alias: { type: 'IBAN', value: iban, name: 'E. Levy' } });
		expect((await key.put(inquiries('Main', id), { status: 'REVOKED' })).status).toBe(200);
		expect(await inquiry(id)).toMatchObject({
			status: 'REVOKED',
			user_alias_revoked: { display_name: 'E. Levy' },
		});
		const [{ RequestResponse: asked }] = (await app.get(responses('Household'))).json.Response;
		expect(asked).toMatchObject({ status: 'REVOKED' });
		expect(await refusedWith(key.put(inquiries('Main', id), { status: 'REVOKED' }))).toEqual([
			400,
			'The request is REVOKED.',
		]);
	});

	const answerOf = (status: string, value = '8.00') => ({
		status,
		amount_responded: { value, currency: 'EUR' },
	});
	const asked = async (more = {}) =>
		await bank.control.addRequestResponse({
			accountId: account('Main').id,
			amount: '8.00',
			description: 'Drinks',
			...more,
		});

	test('accepted by the user: the money leaves as a payment', async () => {
		const id = await asked();
		const { updated } = await response(id);
		const answer = await key.put(responses('Main', id), answerOf('ACCEPTED'));
		expect(pick(answer, 'Id')).toEqual({ id });
		expect(await response(id)).toMatchObject({
			status: 'ACCEPTED',
			amount_responded: { value: '8.00' },
		});
		expect((await response(id)).updated).not.toBe(updated);
		expect(await balance('Main')).toBe('2492.00');
		const payments = `{user}/monetary-account/${account('Main').id}/payment?count=1`;
		expect(pick(await app.get(payments), 'Payment')).toMatchObject({
			amount: { value: '-8.00' },
			description: 'Drinks',
			sub_type: 'REQUEST',
			counterparty_alias: { iban: world.thirdParties[0].iban },
		});
		expect(await refusedWith(key.put(responses('Main', id), answerOf('REJECTED')))).toEqual([
			400,
			'The request is ACCEPTED.',
		]);
	});

	test('accepted with a lower amount where the sender allows it, and with an address', async () => {
		const { iban } = account('Household');
		const more = { status: 'PENDING', want_tip: false, event_id: 7, allow_amount_lower: true };
		await make({ counterparty_alias: { type: 'IBAN', value: iban, name: 'Me' }, ...more });
		const [{ RequestResponse: asked }] = (await app.get(responses('Household'))).json.Response;
		const address_billing = { street: 'Damrak', house_number: '1' };
		const pay = (value: string) =>
			key.put(responses('Household', asked.id), {
				...answerOf('ACCEPTED', value),
				address_billing,
				currency_conversion_quote_id: 1,
			});
		expect((await pay('12.51')).status).toBe(400);
		expect((await pay('10.00')).status).toBe(200);
		const paid = { amount_responded: { value: '10.00' }, address_billing };
		expect(await response(asked.id, 'Household')).toMatchObject(paid);
		expect(await balance('Household')).toBe('290.00');
	});

	test('rejected by the user: no money moves', async () => {
		const id = await asked({ fromAccountId: account('Household').id });
		expect((await key.put(responses('Main', id), { status: 'REJECTED' })).status).toBe(200);
		expect(await response(id)).toMatchObject({ status: 'REJECTED', amount_responded: null });
		expect(await balance('Main')).toBe('2500.00');
	});

	test('with another amount or above the balance is refused', async () => {
		const id = await asked();
		expect((await key.put(responses('Main', id), answerOf('ACCEPTED', '7.00'))).status).toBe(400);
		const rich = await asked({ amount: '9000.00' });
		expect(
			await refusedWith(key.put(responses('Main', rich), answerOf('ACCEPTED', '9000.00'))),
		).toEqual([400, expect.stringContaining('balance')]);
		expect(await response(rich)).toMatchObject({ status: 'PENDING' });
	});

	test('must be signed', async () => {
		const answer = await key.put(responses('Main', await asked()), answerOf('ACCEPTED'), {
			signature: false,
		});
		expect(answer.status).toBe(466);
	});
});

describe('an app may', () => {
	test('create and read, but not answer', async () => {
		await make();
		const id = await bank.control.addRequestResponse({ accountId: account('Main').id });
		expect(await response(id)).toMatchObject({
			status: 'PENDING',
			monetary_account_id: account('Main').id,
		});
		expect(await refusedWith(app.put(responses('Main', id), { status: 'REJECTED' }))).toEqual([
			403,
			'Not enough permissions to update request-response.',
		]);
	});

	test('revoking is a right of apps, or is not, by switch', async () => {
		const id = await make();
		expect(await refusedWith(app.put(inquiries('Main', id), { status: 'REVOKED' }))).toEqual([
			403,
			'Not enough permissions to update request-inquiry.',
		]);
		await bank.control.switches({ oauthMayRevokeRequests: true });
		expect((await app.put(inquiries('Main', id), { status: 'REVOKED' })).status).toBe(200);
	});
});

describe('a batch', () => {
	const batches = (id: number | string = '') =>
		`{user}/monetary-account/${account('Main').id}/request-inquiry-batch${id && `/${id}`}`;
	const batchOf = (values: string[], total: string, more: Json = {}) => ({
		request_inquiries: values.map((value) =>
			body({ amount_inquired: { value, currency: 'EUR' }, ...more }),
		),
		total_amount_inquired: { value: total, currency: 'EUR' },
	});

	test('sends all requests, also as an app', async () => {
		const made = await app.post(batches(), batchOf(['1.00', '2.50'], '3.50'));
		const id = pick(made, 'Id').id as number;
		const shown = pick(await app.get(batches(id)), 'RequestInquiryBatch');
		expect(shown).toMatchObject({
			id,
			request_inquiries: [
				{ amount_inquired: { value: '1.00' }, batch_id: id, status: 'PENDING' },
				{ amount_inquired: { value: '2.50' }, batch_id: id },
			],
			total_amount_inquired: { value: '3.50', currency: 'EUR' },
		});
		const [, second] = shown.request_inquiries as Json[];
		expect(await inquiry(second.id as number)).toMatchObject({ batch_id: id });
		expect(pick(await app.get(batches()), 'RequestInquiryBatch')).toMatchObject({ id });
		await bank.control.answerRequest(second.id as number, 'ACCEPTED');
		expect(await balance('Main')).toBe('2502.50');
	});

	test.each([
		['without entries', batchOf([], '0.00'), /between 1 and 50/],
		['of 51', batchOf(Array(51).fill('1.00'), '51.00'), /between 1 and 50/],
		['with another total', batchOf(['1.00', '2.00'], '3.01'), /the sum of/],
		['with a bad entry', batchOf(['1.00', '0.00'], '1.00'), /more than zero/],
		['of no bunq user', batchOf(['1.00'], '1.00', { allow_bunqme: false }), /No bunq user/],
	])('%s is refused as a whole', async (_, sent, words) => {
		const before = (await app.get(inquiries())).json.Response.length;
		expect(await refusedWith(app.post(batches(), sent))).toEqual([
			400,
			expect.stringMatching(words),
		]);
		expect((await app.get(inquiries())).json.Response).toHaveLength(before);
	});
});

test('a request is not found below another account', async () => {
	const id = await make();
	const asked = await bank.control.addRequestResponse({ accountId: account('Main').id });
	expect((await app.get(inquiries('Household', id))).status).toBe(404);
	expect((await app.get(responses('Household', asked))).status).toBe(404);
	// Each side has its own ID.
	expect((await app.get(responses('Main', id))).status).toBe(404);
	expect((await app.get(inquiries('Main', asked))).status).toBe(404);
});
