import type { IDataObject } from 'n8n-workflow';
import type { FaultKind } from '../simulator';
import { useBank } from '../support/bank';
import { runNode } from '../support/engine';
import { passMinutes, until } from '../support/fakeClock';
import { emptyItems, locator, RETRY_ON_FAIL } from '../support/parameters';
import { underEach } from '../support/underEach';

const bank = useBank();

const add = async (amount: unknown): Promise<IDataObject> => ({
	resource: 'sandbox',
	operation: 'addMoney',
	account: await bank.locate('Main', 'sandbox'),
	amount: amount as string,
});

const balance = async () =>
	Number(
		(await bank.world('sandbox')).accounts.find(({ description }) => description === 'Main')
			?.balance,
	);

/** The amounts that were asked for, in order. */
const asked = async () =>
	(await bank.log())
		.filter(({ method, path }) => method === 'POST' && path.endsWith('/request-inquiry'))
		.map(({ body }) => ((body as IDataObject).amount_inquired as IDataObject).value);

describe('create user: without a credential', () => {
	/** n8n leaves hidden parameters out, and the credential with them. */
	const createUser = async (more: IDataObject = {}, items: IDataObject[] = [{}]) =>
		await runNode({
			parameters: { resource: 'sandbox', operation: 'createUser', ...more },
			credential: {},
			items,
		});

	test.each(['person', 'company'])('a %s, whose key opens a session', async (userType) => {
		const { json, error } = await createUser({ userType });
		expect(error).toBeUndefined();
		expect(json).toEqual([
			{
				apiKey: expect.stringMatching(/^sandbox_/),
				userType,
				environment: 'sandbox',
				nextStep: expect.stringContaining('Bunq API'),
			},
		]);
		expect(await bank.requests()).toEqual([`POST /sandbox-user-${userType}`]);
		const [{ headers, rawBody, host }] = await bank.log();
		expect([rawBody, host]).toEqual(['', 'public-api.sandbox.bunq.com']);
		expect(Object.keys(headers).filter((name) => /authentication|signature/.test(name))).toEqual(
			[],
		);

		const { apiKey } = json[0];
		const user = await bank.apiKey(
			{ resource: 'user', operation: 'get' },
			{ credential: { environment: 'sandbox', apiKey } },
		);
		expect(user.json).toMatchObject([
			{ type: userType === 'person' ? 'UserPerson' : 'UserCompany' },
		]);
	});

	test('from nothing to money: the new key, and Add Money to its account', async () => {
		const { apiKey } = (await createUser()).json[0];
		const { json, error } = await bank.apiKey(
			{ ...(await add(750)), account: locator('name', 'Main') },
			{ credential: { apiKey } },
		);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ amount: 750, balance: 750, status: 'ACCEPTED' }]);
	});

	test('one for each item', async () => {
		const { json } = await createUser({}, emptyItems(3));
		expect(new Set(json.map(({ apiKey }) => apiKey)).size).toBe(3);
	});

	test.each<[FaultKind, RegExp]>([
		['drop-after', /^A user in the sandbox costs nothing, .*Outcome unknown/],
		['500-before', /^A user in the sandbox costs nothing, .*Outcome unknown/],
		['html', /^A user in the sandbox costs nothing, .*Outcome unknown/],
		['maintenance', /Nothing was done/],
	])('a failure (%s) is reported, and it is not sent again', async (kind, told) => {
		await bank.control.fault({ kind, path: 'sandbox-user' });
		const { error } = await createUser();
		expect(error?.description).toMatch(told);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('a lost answer, and Retry On Fail: one more user, whose key nobody knows', async () => {
		await bank.control.fault({ kind: 'drop-after', path: 'sandbox-user' });
		const { json, error } = await runNode({
			parameters: { resource: 'sandbox', operation: 'createUser' },
			credential: {},
			settings: RETRY_ON_FAIL,
		});
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ apiKey: expect.stringMatching(/^sandbox_/) }]);
		expect(await bank.changes()).toBe(2);
	});

	test('an answer without a key is no key', async () => {
		const body = JSON.stringify({ Response: [{ Id: { id: 7 } }] });
		await bank.control.fault({ kind: 'other', path: 'sandbox-user', body });
		const { json } = await createUser();
		expect(json).toMatchObject([
			{ apiKey: null, nextStep: expect.stringMatching(/^bunq's answer/) },
		]);
	});
});

describe('add money', () => {
	test('at most 500 euros: one request, one look, and the new balance', async () => {
		const before = await balance();
		const { json } = await bank.apiKey(await add('500,00'));
		expect(json).toEqual([
			{
				id: expect.any(Number),
				accountId: expect.any(Number),
				amount: 500,
				currency: 'EUR',
				status: 'ACCEPTED',
				balance: before + 500,
			},
		]);
		expect(await bank.requestShapes()).toEqual([
			'POST /user/{}/monetary-account/{}/request-inquiry',
			'GET /user/{}/monetary-account/{}/request-inquiry/{}',
			'GET /user/{}/monetary-account/{}',
		]);
		expect((await bank.log())[0].body).toEqual({
			amount_inquired: { value: '500.00', currency: 'EUR' },
			counterparty_alias: { type: 'EMAIL', value: 'sugardaddy@bunq.com', name: 'Sugar Daddy' },
			description: 'Play money',
			merchant_reference: expect.stringMatching(/^n8n-[0-9a-f]{16}$/),
			allow_bunqme: false,
		});
	});

	underEach(bank, 'sandboxRequests', (fate) => {
		test('more than 500 euros in one request are not paid; in steps they are', async () => {
			const before = await balance();
			const request = await bank.apiKey(
				{
					...(await add(500.01)),
					resource: 'requestInquiry',
					operation: 'create',
					recipientEmail: 'sugardaddy@bunq.com',
				},
				{ credential: { environment: 'sandbox', apiKey: (await bank.world('sandbox')).apiKey } },
			);
			expect(request.error).toBeUndefined();
			await bank.control.clearLog();

			const { json } = await bank.apiKey(await add('1200.50'));
			expect(json).toMatchObject([{ amount: 1200.5, balance: before + 1200.5 }]);
			expect(await asked()).toEqual(['500.00', '500.00', '200.50']);
			const again = await bank.apiKey(
				{
					...(await add(1)),
					resource: 'requestInquiry',
					operation: 'get',
					requestInquiryId: `${request.json[0].id as number}`,
				},
				{ credential: { environment: 'sandbox', apiKey: (await bank.world('sandbox')).apiKey } },
			);
			expect(again.json).toMatchObject([{ status: fate.toUpperCase() }]);
		});
	});

	test.each(['100000.01', '10.000.000,00'])(
		'%s is refused: it would take too long',
		async (amount) => {
			const { error } = await bank.apiKey(await add(amount));
			expect(error).toMatchObject({
				message: '"Amount" is more than 100000.00 EUR',
				description: expect.stringContaining('Nothing was sent.'),
			});
			expect(await asked()).toEqual([]);
		},
	);

	test('works with OAuth too', async () => {
		const { json } = await bank.oauth(await add(1));
		expect(json).toMatchObject([{ amount: 1, status: 'ACCEPTED' }]);
	});

	test.each(['apiKey', 'oauth'] as const)(
		'in production with %s: refused before anything is sent, also a lookup of the account',
		async (way) => {
			const world = await bank.world();
			const { error } = await bank[way](
				{ ...(await add(10)), account: locator('name', 'Main') },
				{
					credential: {
						environment: 'production',
						...(way === 'apiKey'
							? { apiKey: world.apiKey }
							: { oauthTokenData: { access_token: world.oauth.accessToken } }),
					},
				},
			);
			expect(error?.message).toBe(
				'This works only in the sandbox, and the credential is for production',
			);
			expect(error?.description).toMatch(/^Nothing was sent/);
			expect(error?.context).toMatchObject({ itemIndex: 0 });
			expect(await bank.control.log()).toEqual([]);
		},
	);

	/** The next step but `skip` meets this. */
	const lose = async (kind: FaultKind, skip: number) =>
		await bank.control.fault({ kind, method: 'POST', path: 'request-inquiry$', skip });

	test('a step that is refused: the error says what was added, and not that nothing was', async () => {
		const before = await balance();
		await lose('maintenance', 1);
		const { error } = await bank.apiKey(await add(1500));
		expect(error?.description).toMatch(
			/^Already done, and not undone: part of the 1st item \(ID \d+, 500\.00 EUR\)\. 500\.00 EUR was added before this step\. Nothing was done for this step/,
		);
		expect(await balance()).toBe(before + 500);
	});

	describe('Retry On Fail goes on after what is done, and adds nothing twice', () => {
		test.each<[FaultKind, number]>([
			['maintenance', 0],
			['maintenance', 1],
			['maintenance', 2],
			['drop-before', 0],
			['drop-before', 1],
			['drop-before', 2],
			['drop-after', 0],
			['drop-after', 1],
			['drop-after', 2],
			['truncated', 2],
		])('%s, after %d steps', async (kind, skip) => {
			const before = await balance();
			await lose(kind, skip);
			const { json, error } = await bank.apiKey(await add('1200.50'), {
				settings: RETRY_ON_FAIL,
			});
			expect(error).toBeUndefined();
			expect(json).toEqual([
				{
					id: expect.any(Number),
					accountId: expect.any(Number),
					amount: 1200.5,
					currency: 'EUR',
					status: 'ACCEPTED',
					balance: before + 1200.5,
				},
			]);
			expect(await balance()).toBe(before + 1200.5);
		});

		test('two items, and the second one meets the fault', async () => {
			const before = await balance();
			await lose('drop-after', 3);
			const { json } = await bank.apiKey(await add(1000), {
				items: emptyItems(2),
				settings: RETRY_ON_FAIL,
			});
			expect(json).toMatchObject([{ amount: 1000 }, { amount: 1000 }]);
			expect(await balance()).toBe(before + 2000);
		});

		underEach(bank, 'merchantReference', (shown) => {
			test('a lost answer to the second of three steps', async () => {
				const before = await balance();
				await lose('drop-after', 1);
				const { json, error } = await bank.apiKey(await add(1500), { settings: RETRY_ON_FAIL });
				if (shown === 'echo') expect(json).toMatchObject([{ amount: 1500 }]);
				// Nobody can tell then whether it was this one.
				else
					expect(error?.description).toMatch(
						/^Not sent again: bunq has a similar object.* 500\.00 EUR was added before this step\. Outcome unknown/,
					);
				passMinutes();
				expect(await balance()).toBe(before + (shown === 'echo' ? 1500 : 1000));
			});
		});
	});

	test('as a tool: a call for another amount never counts what a lost one added', async () => {
		const tool = { type: 'n8n-nodes-bunq-connect.bunqTool', executionId: 'chat' };
		const before = await balance();
		await lose('drop-after', 0);
		await bank.apiKey(await add(500), tool);
		const { error } = await bank.apiKey(await add(750), tool);
		expect(error?.message).toMatch(/^bunq carried out an earlier request for another amount/);
		const { json } = await bank.apiKey(await add(750), tool);
		expect(json).toMatchObject([{ amount: 750, balance: before + 1250 }]);
	});

	test('stopped while it waits for a step: nothing more is sent', async () => {
		const { status } = await bank.apiKey(await add(1500), {
			whileRunning: (stop) =>
				void until(async () => (await bank.requestCount('POST')) > 0).then(stop),
		});
		expect(status).toBe('canceled');
		passMinutes();
		await new Promise((resolve) => setImmediate(resolve));
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test('a step whose status cannot be read: the error does not say that nothing was sent', async () => {
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: 'request-inquiry',
			times: 2,
		});
		const { error } = await bank.apiKey(await add(1000));
		expect(error?.description).toMatch(
			/ 0\.00 EUR was added before this step\. It was sent, and whether it was paid could not be read\./,
		);
		expect(error?.description).not.toMatch(/nothing was/i);
	});

	test('a last step whose status cannot be read: the amount that was added is null', async () => {
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: 'request-inquiry',
			times: 2,
		});
		const { json } = await bank.apiKey(await add(5));
		expect(json).toMatchObject([{ amount: null, status: null, _readFailed: true }]);
	});

	test('a request whose status is an unknown word: the same, after half a minute', async () => {
		const [{ id }] = (await bank.world('sandbox')).accounts;
		const key = 'RequestInquiry\\.status$';
		await bank.control.dirty({ changes: [{ kind: 'an unknown word', key }] });
		const before = Date.now();
		const { json } = await bank.apiKey({ ...(await add(5)), account: locator('id', id) });
		expect(json).toMatchObject([{ amount: null, status: expect.any(String) }]);
		expect(Date.now() - before).toBeGreaterThanOrEqual(30_000);
	});
});
