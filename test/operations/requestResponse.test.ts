import type { IDataObject } from 'n8n-workflow';
import type { NewRequest } from '../simulator/control/protocol';
import { useBank } from '../support/bank';
import { LOST_RESPONSES } from '../support/outcome';
import { MAY_PAY_OTHERS, RETRY_ON_FAIL } from '../support/parameters';
import { underEach } from '../support/underEach';

const bank = useBank();
const LIST = '/user/{}/monetary-account/{}/request-response';
const ACCOUNTS = 'GET /user/{}/monetary-account';

/** Sam asks Main for 8.00. Returns the ID of the request response. */
const asked = async (more: Partial<NewRequest> = {}) =>
	await bank.control.addRequestResponse({
		accountId: await bank.accountId('Main'),
		amount: '8.00',
		description: 'Drinks',
		...more,
	});

const order = async (operation: string, requestResponseId: unknown): Promise<IDataObject> => ({
	resource: 'requestResponse',
	operation,
	account: await bank.locate('Main'),
	requestResponseId: requestResponseId as string,
	...(operation === 'accept' && { atMost: 9_999 }),
});

/** The status that bunq shows. */
const statusOf = async (id: number) => {
	const { json } = await bank.oauth(await order('get', id));
	return json[0].status;
};

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('get', () => {
	test.each(['oauth', 'apiKey'] as const)(
		'%s: simplified, or as bunq sent it: one request each',
		async (credential) => {
			const id = await asked({ expires: '2031-01-02 03:04:05.678901', type: 'DIRECT_DEBIT' });
			const [sam] = (await bank.world()).thirdParties;
			const { json, items } = await bank[credential](await order('get', id));
			expect(json).toEqual([
				{
					id,
					created: expect.stringMatching(ISO),
					accountId: await bank.accountId('Main'),
					amount: 8,
					currency: 'EUR',
					status: 'PENDING',
					type: 'DIRECT_DEBIT',
					description: 'Drinks',
					counterpartyName: 'S. Friend',
					counterpartyIban: sam.iban,
					expires: '2031-01-02T03:04:05.678Z',
				},
			]);
			expect(items[0].pairedItem).toEqual({ item: 0 });
			const raw = await bank[credential]({ ...(await order('get', id)), simplify: false });
			expect(raw.json).toMatchObject([
				{ _type: 'RequestResponse', id, amount_inquired: { value: '8.00' } },
			]);
			expect(await bank.requestShapes()).toEqual(Array(2).fill(`GET ${LIST}/{}`));
		},
	);

	test.each(['1/2', '..', 'ten', ' ', '={{ null }}', { id: 1 }])(
		'only digits reach bunq: ID %p',
		async (requestResponseId) => {
			for (const operation of ['get', 'accept', 'reject']) {
				const { error } = await bank.apiKey(await order(operation, requestResponseId), {
					credential: MAY_PAY_OTHERS,
				});
				expect(error?.message).toContain('"Money Request ID"');
			}
			expect(await bank.requests()).toEqual([]);
		},
	);

	test('one of another account is not found', async () => {
		const id = await asked({ accountId: await bank.accountId('Household') });
		const { error } = await bank.oauth(await order('get', id));
		expect(error).toMatchObject({
			httpCode: '404',
			description: expect.stringContaining('the account that it belongs to'),
		});
	});
});

describe('getAll', () => {
	const list = async (more: IDataObject = {}): Promise<IDataObject> => ({
		...(await order('getAll', '')),
		account: await bank.locate('Household'),
		returnAll: true,
		...more,
	});

	/** One request of each status, oldest first. */
	const oneOfEach = async () => {
		const accountId = await bank.accountId('Household');
		await asked({ accountId, description: 'PENDING' });
		for (const status of ['ACCEPTED', 'REJECTED', 'EXPIRED'] as const)
			await bank.control.answerRequest(await asked({ accountId, description: status }), status);
		await bank.control.clearLog();
	};

	test.each([
		[{}, ['EXPIRED', 'REJECTED', 'ACCEPTED', 'PENDING']],
		[{ status: ['PENDING'] }, ['PENDING']],
		[{ status: ['ACCEPTED', 'EXPIRED'] }, ['EXPIRED', 'ACCEPTED']],
		[{ status: '={{ "rejected" }}' }, ['REJECTED']],
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
			{ _type: 'RequestResponse', status: 'EXPIRED' },
			{ _type: 'RequestResponse', status: 'REJECTED' },
		]);
		expect((await bank.log()).map(({ query }) => query)).toEqual([{ count: '2' }]);
	});
});

describe('accept', () => {
	test('pays the requested amount: two requests', async () => {
		const id = await asked();
		const { json } = await bank.apiKey(await order('accept', id), { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([
			{ id, status: 'ACCEPTED', amount: 8, counterpartyName: 'S. Friend' },
		]);
		expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, `PUT ${LIST}/{}`]);
		expect((await bank.log())[1].body).toEqual({
			amount_responded: { value: '8.00', currency: 'EUR' },
			status: 'ACCEPTED',
		});
		expect(await bank.balance('Main')).toBe('2492.00');
		expect(await statusOf(id)).toBe('ACCEPTED');
	});

	describe('At Most', () => {
		const accept = async (atMost: unknown, more: Partial<NewRequest> = {}) => {
			const id = await asked(more);
			await bank.control.clearLog();
			const parameters = { ...(await order('accept', id)), atMost: atMost as string };
			return await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
		};
		const nothingWasSent = async () => {
			expect(await bank.requestCount('PUT')).toBe(0);
			expect(await bank.balance('Main')).toBe('2500.00');
		};

		test.each(['8', '8.00', '8,00', 8, '9.50'])('%p pays a request for 8.00', async (atMost) => {
			const { json } = await accept(atMost);
			expect(json).toMatchObject([{ status: 'ACCEPTED', amount: 8 }]);
			expect(await bank.balance('Main')).toBe('2492.00');
		});

		test.each(['7.99', '0.01', 7, '7,99'])('%p refuses a request for 8.00', async (atMost) => {
			const { error } = await accept(atMost);
			expect(error?.message).toMatch(/^The request is for 8\.00 EUR, and "At Most" is \d\.\d\d$/);
			expect(error?.description).toMatch(/^Nothing was sent\. .*raise "At Most"/);
			await nothingWasSent();
		});

		test.each(['0', '-8', 'eight', '1.250', {}])(
			'%p is no amount: bunq is not even asked',
			async (atMost) => {
				const { error } = await accept(atMost);
				expect(error?.message).toMatch(/^"At Most" /);
				expect(await bank.requests()).toEqual([]);
				await nothingWasSent();
			},
		);

		test.each([
			[{ value: null, currency: 'EUR' }],
			[{ value: '8.005', currency: 'EUR' }],
			[{ value: '8.00' }],
			[null],
		])('a request for %j cannot be compared: it is refused', async (amount) => {
			const id = await asked();
			const body = { RequestResponse: { id, status: 'PENDING', amount_inquired: amount } };
			await bank.control.fault({
				kind: 'other',
				method: 'GET',
				path: 'request-response',
				body: JSON.stringify({ Response: [body] }),
			});
			const { error } = await bank.apiKey(await order('accept', id), {
				credential: MAY_PAY_OTHERS,
			});
			expect(error?.message).toBe('bunq does not say how much the request is for');
			await nothingWasSent();
		});
	});

	describe('limits of the credential', () => {
		const refused = async (credential: IDataObject, more: Partial<NewRequest> = {}) => {
			const id = await asked(more);
			const { error } = await bank.apiKey(await order('accept', id), { credential });
			expect(await bank.balance('Main')).toBe('2500.00');
			expect(await bank.requestCount('PUT')).toBe(0);
			expect(await statusOf(id)).toBe('PENDING');
			return error;
		};

		test.each([{}, { allowPaymentsToOthers: false, maxAmount: 100 }])(
			'%j: nobody else is paid',
			async (credential) => {
				expect(await refused(credential)).toMatchObject({
					message: 'This credential may only pay between your own accounts',
					description: expect.stringMatching(
						/^Nothing was sent\. .*Answer the request in the bunq app, or turn on "Allow Payments to Others"/,
					),
				});
				expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, ACCOUNTS, `GET ${LIST}/{}`]);
			},
		);

		test('more than Maximum Amount (EUR) is refused', async () => {
			const credential = { allowPaymentsToOthers: true, maxAmount: 7.99 };
			expect(await refused(credential)).toMatchObject({
				message: '8.00 is more than this credential may pay to others at once',
				description: expect.stringContaining(
					'Its Maximum Amount (EUR) is 7.99. Answer the request in the bunq app, or change it in the credential.',
				),
			});
			const exactly = { ...credential, maxAmount: 8 };
			const { json } = await bank.apiKey(await order('accept', await asked()), {
				credential: exactly,
			});
			expect(json).toMatchObject([{ status: 'ACCEPTED' }]);
		});

		test('do not apply if an own account asks', async () => {
			const id = await asked({ fromAccountId: await bank.accountId('Household'), amount: '25.00' });
			const credential = { maxAmount: 1 };
			const { json } = await bank.apiKey(await order('accept', id), { credential });
			expect(json).toMatchObject([{ status: 'ACCEPTED', amount: 25 }]);
			expect([await bank.balance('Main'), await bank.balance('Household')]).toEqual([
				'2475.00',
				'325.00',
			]);
			expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, ACCOUNTS, `PUT ${LIST}/{}`]);
		});
	});

	test("more than the balance: the error is bunq's", async () => {
		const id = await asked({ amount: '9000.00' });
		const { error } = await bank.apiKey(await order('accept', id), { credential: MAY_PAY_OTHERS });
		expect(error).toMatchObject({
			httpCode: '400',
			message: 'The account does not have enough balance.',
			description:
				'Nothing was done: the account that pays has too little money. Add money to it or pay less, then run it again.',
		});
		expect(await statusOf(id)).toBe('PENDING');
	});
});

test('reject: no money moves, so every credential may do it; two requests', async () => {
	const id = await asked();
	const { json } = await bank.apiKey(await order('reject', id));
	expect(json).toMatchObject([{ id, status: 'REJECTED', amount: 8 }]);
	expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, `PUT ${LIST}/{}`]);
	expect((await bank.log())[1].body).toEqual({ status: 'REJECTED' });
	expect(await bank.balance('Main')).toBe('2500.00');
	expect(await statusOf(id)).toBe('REJECTED');
});

describe.each([
	['accept', 'ACCEPTED', '2492.00'],
	['reject', 'REJECTED', '2500.00'],
])('%s', (operation, status, after) => {
	test.each(['ACCEPTED', 'REJECTED', 'EXPIRED'] as const)(
		'one that is already %s: nothing is sent',
		async (now) => {
			const id = await asked();
			await bank.control.answerRequest(id, now);
			const { error } = await bank.apiKey(await order(operation, id), {
				credential: MAY_PAY_OTHERS,
			});
			expect(error).toMatchObject({
				message: `The request can no longer be answered: it is ${now}`,
				description: expect.stringMatching(/^Nothing was sent\./),
			});
			expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`]);
		},
	);

	underEach(bank, 'permissionStatus', (permissionStatus) => {
		test('with OAuth, bunq refuses, and the error names an alternative', async () => {
			const id = await asked();
			const { error } = await bank.oauth(await order(operation, id));
			expect(error).toMatchObject({
				httpCode: String(permissionStatus),
				message: 'Not enough permissions to update request-response.',
				description: expect.stringMatching(
					/^Nothing was done: bunq does not grant this right to the connected credential\. An OAuth app may not answer requests\. Answer it in the bunq app, or use the Bunq API credential\.$/,
				),
			});
			expect(await bank.balance('Main')).toBe('2500.00');
		});
	});

	underEach(bank, 'requestResponseAnswer', () => {
		test('the output is the request with its answer; two requests', async () => {
			const id = await asked();
			const { json } = await bank.apiKey(await order(operation, id), {
				credential: MAY_PAY_OTHERS,
			});
			expect(json).toMatchObject([{ id, status, amount: 8, currency: 'EUR' }]);
			expect(await bank.requestShapes()).toEqual([`GET ${LIST}/{}`, `PUT ${LIST}/{}`]);
			expect(await bank.balance('Main')).toBe(after);
		});
	});

	test('a lost response: the outcome is unknown, and it is sent once', async () => {
		const id = await asked();
		await bank.control.fault({ kind: 'drop-after', method: 'PUT' });
		const { error } = await bank.apiKey(await order(operation, id), { credential: MAY_PAY_OTHERS });
		const what = operation === 'accept' ? 'payment' : 'rejection';
		expect(error?.description).toMatch(
			new RegExp(
				`^bunq may have carried this out: ${what} of received money request \\d+.*Check the bunq app`,
			),
		);
		expect(error?.description?.includes('8.00 EUR')).toBe(operation === 'accept');
		expect(await bank.requestCount('PUT')).toBe(1);
		expect(await bank.balance('Main')).toBe(after);
	});

	test.each(LOST_RESPONSES)(
		'%s for the second of three, with Retry On Fail: each is answered once',
		async (kind) => {
			const ids = [await asked({ amount: '1.00' }), await asked(), await asked({ amount: '3.00' })];
			await bank.control.fault({ kind, method: 'PUT', skip: 1 });
			const { json, error } = await bank.apiKey(await order(operation, '={{ $json.id }}'), {
				items: ids.map((id) => ({ id })),
				settings: RETRY_ON_FAIL,
				credential: MAY_PAY_OTHERS,
			});
			expect(error).toBeUndefined();
			expect(json).toMatchObject(ids.map((id) => ({ id, status })));
			expect(await bank.changes()).toBe(3);
			expect(await bank.requestCount('PUT')).toBe(kind === 'drop-before' ? 4 : 3);
			expect(await bank.balance('Main')).toBe(operation === 'accept' ? '2488.00' : '2500.00');
		},
	);

	test.each(['SETTLING', null, 5])(
		'a lost response, and a status of %p since: whether it was carried out stays unknown',
		async (now) => {
			const id = await asked();
			const executionId = `${operation} ${now}`;
			await bank.control.fault({ kind: 'drop-after', method: 'PUT' });
			const answer = async () =>
				await bank.apiKey(await order(operation, id), {
					executionId,
					credential: MAY_PAY_OTHERS,
				});
			await answer();
			const body = JSON.stringify({ Response: [{ RequestResponse: { id, status: now } }] });
			await bank.control.fault({ kind: 'other', method: 'GET', body });
			const { error } = await answer();
			expect(error?.message).toMatch(/^Outcome unknown: /);
			const shown = typeof now === 'string' ? now : 'unknown';
			expect(error?.description).toMatch(
				new RegExp(
					`^Not sent again\\. bunq shows the request as ${shown}\\. Outcome unknown: bunq may have carried this out: `,
				),
			);
			expect(error?.description).not.toContain('Nothing was done');
			expect(await bank.requestCount('PUT')).toBe(1);
			expect(await bank.balance('Main')).toBe(after);
		},
	);

	test('another status in the answer of bunq is the one of the output', async () => {
		const id = await asked();
		const body = JSON.stringify({ Response: [{ RequestResponse: { id, status: 'PENDING' } }] });
		await bank.control.fault({ kind: 'other', method: 'PUT', body });
		const { json } = await bank.apiKey(await order(operation, id), { credential: MAY_PAY_OTHERS });
		expect(json).toMatchObject([{ id, status: 'PENDING', amount: 8 }]);
	});

	test('one that somebody else has answered since is not answered again', async () => {
		const id = await asked();
		const executionId = `meanwhile ${operation}`;
		await bank.control.fault({ kind: 'drop-before', method: 'PUT' });
		await bank.apiKey(await order(operation, id), { executionId, credential: MAY_PAY_OTHERS });
		await bank.control.answerRequest(id, 'EXPIRED');
		const { error } = await bank.apiKey(await order(operation, id), {
			executionId,
			credential: MAY_PAY_OTHERS,
		});
		expect(error?.message).toBe('The request can no longer be answered: it is EXPIRED');
		expect(await bank.requestCount('PUT')).toBe(1);
	});
});
