import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passSeconds } from '../support/fakeClock';
import { locator, OWN_REFERENCE, RETRY_ON_FAIL } from '../support/parameters';
import { under } from '../support/underEach';

const bank = useBank();
const main = async () => await bank.locate('Main');
const LIST = '/user/{}/monetary-account/{}/request-inquiry';

/** Asks somebody without an account at bunq for 12.50, to Main. */
const fromNathan = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'requestInquiry',
	operation: 'create',
	account: await main(),
	recipientEmail: 'nathan@example.com',
	amount: 12.5,
	paymentDescription: 'Dinner',
	...more,
});

/** Asks Sam, another user of bunq. */
const fromSam = async (more: IDataObject = {}): Promise<IDataObject> =>
	await fromNathan({ ...(await bank.toThirdParty()), ...more });

const ask = async (more: IDataObject = {}) => {
	const { json, error } = await bank.oauth(await fromNathan(more));
	expect(error).toBeUndefined();
	return Number(json[0].id);
};

const order = async (operation: string, requestInquiryId: unknown): Promise<IDataObject> => ({
	resource: 'requestInquiry',
	operation,
	account: await main(),
	requestInquiryId: requestInquiryId as string,
});

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('create', () => {
	test.each(['oauth', 'apiKey'] as const)(
		'%s: somebody without bunq gets a payment link; two requests',
		async (credential) => {
			const { json, items } = await bank[credential](await fromNathan());
			expect(json).toEqual([
				{
					id: expect.any(Number),
					created: expect.stringMatching(ISO),
					accountId: await bank.accountId('Main'),
					amount: 12.5,
					currency: 'EUR',
					status: 'PENDING',
					description: 'Dinner',
					counterpartyName: 'nathan@example.com',
					counterpartyIban: null,
					payUrl: expect.stringMatching(/^https:\/\/bunq\.me\//),
					amountPaid: null,
					expires: expect.stringMatching(ISO),
				},
			]);
			expect(items[0].pairedItem).toEqual({ item: 0 });
			expect(await bank.requestShapes()).toEqual([`POST ${LIST}`, `GET ${LIST}/{}`]);
			expect((await bank.log())[0].body).toEqual({
				amount_inquired: { value: '12.50', currency: 'EUR' },
				counterparty_alias: {
					type: 'EMAIL',
					value: 'nathan@example.com',
					name: 'nathan@example.com',
				},
				description: 'Dinner',
				merchant_reference: expect.stringMatching(OWN_REFERENCE),
				allow_bunqme: true,
			});
		},
	);

	test('a user of bunq gets no link, and pays by accepting', async () => {
		const { json } = await bank.oauth(await fromSam());
		const sam = await bank.thirdParty();
		expect(json).toMatchObject([
			{ counterpartyName: 'S. Friend', counterpartyIban: sam.iban, payUrl: null, expires: null },
		]);
		await bank.control.answerRequest(Number(json[0].id), 'ACCEPTED');
		const read = await bank.oauth(await order('get', json[0].id));
		expect(read.json).toMatchObject([{ status: 'ACCEPTED', amount: 12.5, amountPaid: 12.5 }]);
		expect(await bank.balance('Main')).toBe('2512.50');
	});

	describe("the sandbox's sugar daddy", () => {
		/** What the request and its account show three seconds later. */
		const asked = async (amount: number) => {
			const { apiKey, accounts } = await bank.world('sandbox');
			const run = async (more: IDataObject) =>
				await bank.apiKey(await fromNathan({ account: locator('id', accounts[0].id), ...more }), {
					credential: { environment: 'sandbox', apiKey },
				});
			const { json } = await run({ recipientEmail: 'sugardaddy@bunq.com', amount });
			expect(json).toMatchObject([{ status: 'PENDING', amountPaid: null }]);
			passSeconds(3);
			const later = await run({ operation: 'get', requestInquiryId: json[0].id });
			const after = (await bank.world('sandbox')).accounts[0].balance;
			return { later: later.json, received: Number(after) - Number(accounts[0].balance) };
		};

		test('pays 500.00 within seconds', async () => {
			const { later, received } = await asked(500);
			expect(later).toMatchObject([{ status: 'ACCEPTED', amountPaid: 500 }]);
			expect(received).toBe(500);
		});

		under(bank, 'sandboxRequests', 'rejected', () => {
			test('rejects more', async () => {
				const { later, received } = await asked(500.01);
				expect(later).toMatchObject([{ status: 'REJECTED', amountPaid: null }]);
				expect(received).toBe(0);
			});
		});

		under(bank, 'sandboxRequests', 'pending', () => {
			test('does not answer more', async () => {
				const { later, received } = await asked(500.01);
				expect(later).toMatchObject([{ status: 'PENDING', amountPaid: null }]);
				expect(received).toBe(0);
			});
		});
	});

	test('a request is not a payment: it needs no permission of the credential', async () => {
		const credential = { allowPaymentsToOthers: false, maxAmount: 1 };
		expect((await bank.apiKey(await fromSam(), { credential })).json).toMatchObject([
			{ status: 'PENDING', amount: 12.5 },
		]);
	});

	test('every additional field is sent', async () => {
		await ask({
			recipientType: 'phone',
			recipientPhone: '+31 6 9999 9999',
			additionalFields: {
				merchantReference: 'invoice-7',
				redirectUrl: 'https://example.com/thanks',
				minimumAge: '18',
				requireAddress: 'BILLING',
				allowBunqme: true,
			},
		});
		expect((await bank.log())[0].body).toMatchObject({
			counterparty_alias: { type: 'PHONE_NUMBER', value: '+31699999999' },
			merchant_reference: 'invoice-7',
			redirect_url: 'https://example.com/thanks',
			minimum_age: 18,
			require_address: 'BILLING',
			allow_bunqme: true,
		});
	});

	test('without a payment link, bunq accepts only users of bunq', async () => {
		const additionalFields = { allowBunqme: false };
		const { error } = await bank.oauth(await fromNathan({ additionalFields }));
		expect(error).toMatchObject({
			httpCode: '400',
			message: 'No bunq user was found for "nathan@example.com".',
		});
		const { json } = await bank.oauth(await fromSam({ additionalFields }));
		expect(json).toMatchObject([{ status: 'PENDING' }]);
	});

	test.each([
		['an IBAN', { recipientType: 'iban', recipientIban: 'NL15RABO0169202917' }, 'Payer IBAN'],
		['an address', { recipientEmail: 'nathan' }, 'Payer Email'],
		['a number', { recipientType: 'phone', recipientPhone: '0612345678' }, 'Payer Phone'],
		['an amount', { amount: 12.345 }, 'Amount'],
		['a way', { recipientType: 'ownAccount' }, 'Payer Type'],
		['an age', { additionalFields: { minimumAge: 'old' } }, 'Minimum Age'],
	])('not %s: refused before anything is sent', async (_what, more, field) => {
		const named = { recipientName: 'Peter', ...more };
		const { error } = await bank.oauth(await fromNathan(named));
		expect(error?.message).toContain(`"${field}"`);
		expect(error?.description).toMatch(/^Nothing was sent\./);
		expect(await bank.requests()).toEqual([]);
	});

	describe('output', () => {
		const additionalFields = { merchantReference: 'invoice-7' };

		test('Return Full Object makes no difference: the request is read back once', async () => {
			const { json } = await bank.oauth(
				await fromNathan({ additionalFields, options: { returnFullObject: true } }),
			);
			expect(json[0].payUrl).toMatch(/^https/);
			expect(json[0]).not.toHaveProperty('_referenceDropped');
			expect(await bank.requests()).toHaveLength(2);
		});

		test('tells if bunq dropped the reference', async () => {
			await bank.control.switches({ merchantReference: 'drop' });
			const { json } = await bank.oauth(await fromNathan({ additionalFields }));
			expect(json).toMatchObject([{ status: 'PENDING', _referenceDropped: true }]);
		});

		test('the ID and the sent values are reported even if reading back fails', async () => {
			await bank.control.fault({ kind: 'drop-before', method: 'GET', times: 2 });
			const { json, error } = await bank.oauth(await fromNathan());
			expect(error).toBeUndefined();
			expect(json).toEqual([
				{
					id: expect.any(Number),
					created: expect.any(String),
					accountId: await bank.accountId('Main'),
					amount: 12.5,
					currency: 'EUR',
					description: 'Dinner',
					counterpartyName: 'nathan@example.com',
					_readFailed: true,
				},
			]);
			expect(await bank.requestCount('POST')).toBe(1);
		});
	});
});

describe('get', () => {
	test.each(['oauth', 'apiKey'] as const)(
		'%s: simplified, or as bunq sent it: one request each',
		async (credential) => {
			const id = await ask();
			await bank.control.clearLog();
			const { json } = await bank[credential](await order('get', id));
			expect(json).toMatchObject([{ id, status: 'PENDING', amount: 12.5, amountPaid: null }]);
			const raw = await bank[credential]({
				...(await order('get', String(id))),
				simplify: false,
			});
			expect(raw.json).toMatchObject([
				{ _type: 'RequestInquiry', id, amount_inquired: { value: '12.50' } },
			]);
			expect(await bank.requestShapes()).toEqual(Array(2).fill(`GET ${LIST}/{}`));
		},
	);

	test.each(['1/2', '..', 'ten', ' ', '={{ null }}', { id: 1 }])(
		'only digits reach bunq: ID %p',
		async (requestInquiryId) => {
			for (const operation of ['get', 'revoke']) {
				const { error } = await bank.oauth(await order(operation, requestInquiryId));
				expect(error?.message).toContain('"Money Request ID"');
			}
			expect(await bank.requests()).toEqual([]);
		},
	);
});

describe('getAll', () => {
	const list = async (more: IDataObject = {}): Promise<IDataObject> => ({
		...(await order('getAll', '')),
		account: await bank.locate('Holiday'),
		returnAll: true,
		...more,
	});

	/** One request of each status, oldest first. */
	const oneOfEach = async () => {
		const account = await bank.locate('Holiday');
		await ask({ account, paymentDescription: 'Pending' });
		for (const status of ['ACCEPTED', 'REJECTED', 'EXPIRED'] as const)
			await bank.control.answerRequest(await ask({ account, paymentDescription: status }), status);
		const id = await ask({ account, paymentDescription: 'Revoked' });
		await bank.apiKey({ ...(await order('revoke', id)), account });
		await bank.control.clearLog();
	};

	test.each([
		[{}, ['Revoked', 'EXPIRED', 'REJECTED', 'ACCEPTED', 'Pending']],
		[{ status: ['PENDING'] }, ['Pending']],
		[{ status: ['ACCEPTED', 'EXPIRED'] }, ['EXPIRED', 'ACCEPTED']],
		[{ status: '={{ "revoked" }}' }, ['Revoked']],
		[{ status: ['HOVERING'] }, []],
	])('newest first, filtered by %j', async (filters, expected) => {
		await oneOfEach();
		const { json } = await bank.oauth(await list({ filters }));
		expect(json.map(({ description }) => description)).toEqual(expected);
		expect(await bank.requestShapes()).toEqual([`GET ${LIST}`]);
	});

	test('a limit requests no more than it needs; objects as bunq sent them', async () => {
		await oneOfEach();
		const { json } = await bank.apiKey(await list({ returnAll: false, limit: 2, simplify: false }));
		expect(json).toMatchObject([
			{ _type: 'RequestInquiry', status: 'REVOKED' },
			{ _type: 'RequestInquiry', status: 'EXPIRED' },
		]);
		expect((await bank.log()).map(({ query }) => query)).toEqual([{ count: '2' }]);
	});
});

describe('revoke', () => {
	test('revokes the request: two requests', async () => {
		const id = await ask();
		await bank.control.clearLog();
		const { json } = await bank.apiKey(await order('revoke', id));
		expect(json).toMatchObject([{ id, status: 'REVOKED', amount: 12.5 }]);
		expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, `PUT ${LIST}/{}`]);
		expect((await bank.log())[1].body).toEqual({ status: 'REVOKED' });
		const read = await bank.oauth(await order('get', id));
		expect(read.json).toMatchObject([{ status: 'REVOKED' }]);
		await expect(bank.control.answerRequest(id, 'ACCEPTED')).rejects.toThrow('REVOKED');
	});

	test('one that is already revoked is left unchanged: one request', async () => {
		const id = await ask();
		await bank.apiKey(await order('revoke', id));
		await bank.control.clearLog();
		const { json } = await bank.apiKey(await order('revoke', id));
		expect(json).toMatchObject([{ id, status: 'REVOKED' }]);
		expect(await bank.requests()).toHaveLength(1);
	});

	test("one that was paid: bunq refuses, in bunq's words", async () => {
		const id = await ask();
		await bank.control.answerRequest(id, 'ACCEPTED');
		const { error } = await bank.apiKey(await order('revoke', id));
		expect(error).toMatchObject({ httpCode: '400', message: 'The request is ACCEPTED.' });
	});

	test('the response is lost, with Retry On Fail: revoked once, and reported', async () => {
		const id = await ask();
		await bank.control.fault({ kind: 'drop-after', method: 'PUT' });
		const { json, error } = await bank.apiKey(await order('revoke', id), {
			settings: RETRY_ON_FAIL,
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id, status: 'REVOKED' }]);
		expect((await bank.requests()).filter((one) => one.startsWith('PUT'))).toHaveLength(1);
	});

	under(bank, 'oauthMayRevokeRequests', false, () => {
		test('with OAuth: the error names an alternative', async () => {
			const id = await ask();
			const { error } = await bank.oauth(await order('revoke', id));
			expect(error?.message).toBe('Not enough permissions to update request-inquiry.');
			expect(error?.description).toMatch(
				/^Nothing was done: bunq does not grant this right to the connected credential\. bunq does not list revoking requests among the rights of OAuth apps\. Use the Bunq API credential, or revoke it in the bunq app\.$/,
			);
		});
	});

	under(bank, 'oauthMayRevokeRequests', true, () => {
		test('with OAuth: it is revoked', async () => {
			const id = await ask();
			expect((await bank.oauth(await order('revoke', id))).json).toMatchObject([
				{ id, status: 'REVOKED' },
			]);
		});
	});
});
