import type { World } from '../simulator';
import type { Execution } from './api';
import { openSession } from '../simulator/control/testClient';
import { credentials, type Authentication } from './credentials';
import { locator, running, useSuite } from './suite';

const suite = useSuite();

/** The user ID in URLs: with OAuth, that of the UserApiKey (docs/bunq-api.md 7.4). */
const userIdOf = (world: World, authentication: Authentication) =>
	authentication === 'oAuth2' ? world.oauth.userApiKeyId : world.person.id;

/** The node's output for an account, as far as the simulator's world has its values. */
const expected = ({
	id,
	description,
	iban,
	balance,
	currency,
	status,
}: World['accounts'][number]) =>
	expect.objectContaining({
		id,
		name: description,
		iban,
		balance: Number(balance),
		currency,
		status,
	});

const itemsOf = (execution: Execution) => {
	expect(execution.error?.message).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution.items('Bunq');
};

/** The file of the first item, as the editor downloads it. */
const fileOf = async (execution: Execution) => {
	const [item] = execution.runs('Bunq')[0].data?.main[0] as unknown as Array<{
		binary: { data: { id: string } };
	}>;
	const query = new URLSearchParams({ id: item.binary.data.id, action: 'download' });
	const { status, page } = await suite.n8n.visit(`${suite.n8n.url}/rest/binary-data?${query}`);
	expect(status).toBe(200);
	return page;
};

describe.each(['oAuth2', 'apiKey'] as const)('with %s', (authentication) => {
	const run = async (parameters: Record<string, unknown>) =>
		await suite.run(parameters, { authentication });
	const accountOf = async (description: string) => {
		const { accounts } = await suite.world(authentication);
		return accounts.find((account) => account.description === description)!;
	};
	let user: string;
	let others: World['thirdParties'];

	beforeAll(async () => {
		const world = await suite.world(authentication);
		user = `/user/${userIdOf(world, authentication)}`;
		others = world.thirdParties;
		// Other suites may have emptied it.
		const [{ id: accountId }] = world.accounts.filter(({ description }) => description === 'Main');
		const { environment } = world;
		await suite.bank.addPayments({ accountId, amount: '1000.00', environment });
	});

	test('user: get', async () => {
		const [item] = itemsOf(await run({ resource: 'user', operation: 'get' }));
		const { person } = await suite.world(authentication);
		expect(item).toMatchObject({ userId: person.id, displayName: person.displayName });
		expect(await suite.sent(authentication)).toHaveLength(1);
	});

	test('account: get many', async () => {
		const items = itemsOf(await run({ resource: 'account', operation: 'getAll', returnAll: true }));
		const open = (await suite.world(authentication)).accounts.filter(
			({ status }) => status === 'ACTIVE',
		);
		expect(items).toHaveLength(open.length);
		expect(items).toEqual(expect.arrayContaining(open.map(expected)));
		expect(await suite.sent(authentication)).toEqual([`GET ${user}/monetary-account`]);
	});

	test.each(['list', 'id', 'iban', 'name'] as const)('account: get, by %s', async (mode) => {
		const main = await accountOf('Main');
		const value = { list: main.id, id: main.id, iban: main.iban!, name: main.description }[mode];
		const account = locator(mode, value);
		const items = itemsOf(await run({ resource: 'account', operation: 'get', account }));
		expect(items).toEqual([expected(main)]);
		const needsLookup = mode === 'iban' || mode === 'name';
		expect(await suite.sent(authentication)).toEqual([
			...(needsLookup ? [`GET ${user}/monetary-account`] : []),
			`GET ${user}/monetary-account/${main.id}`,
		]);
	});

	test('api: request, with pages as entered, and never to another host', async () => {
		const { id } = await accountOf('Main');
		const request = { resource: 'api', operation: 'request' };
		const items = itemsOf(
			await run({
				...request,
				path: `/v1/user/{user}/monetary-account/${id}/payment`,
				queryParameters: { parameters: [{ name: 'count', value: '2' }] },
				limit: 3,
			}),
		);
		expect(items[0]).toMatchObject({ _type: 'Payment', monetary_account_id: id });
		expect(items).toHaveLength(3);
		const sent = await suite.sent(authentication);
		expect(sent).toEqual(Array(2).fill(`GET ${user}/monetary-account/${id}/payment`));
		const { error } = await run({ ...request, path: '//evil.example/user' });
		expect(error?.message).toContain('must be a path of bunq');
		expect(await suite.sent(authentication)).toHaveLength(sent.length);
	});

	test('account: get, as bunq sent it', async () => {
		const { id } = await accountOf('Main');
		const account = locator('id', id);
		const parameters = { resource: 'account', operation: 'get', account, simplify: false };
		expect(itemsOf(await run(parameters))).toEqual([
			expect.objectContaining({ id, _type: 'MonetaryAccountBank', alias: expect.any(Array) }),
		]);
	});

	test('account: create', async () => {
		const description = `New with ${authentication}`;
		const items = itemsOf(
			await run({
				resource: 'account',
				operation: 'create',
				accountType: 'savings',
				accountName: description,
				additionalFields: { savingsGoal: 750 },
			}),
		);
		const made = await accountOf(description);
		expect(items).toEqual([expected(made)]);
		expect(made.type).toBe('MonetaryAccountSavings');
		expect(await suite.sent(authentication)).toEqual([
			`POST ${user}/monetary-account-savings`,
			`GET ${user}/monetary-account/${made.id}`,
		]);
	});

	describe('operations that bunq does not grant to OAuth apps', () => {
		afterEach(async () => {
			await suite.bank.switches({ oauthMayUpdateAccounts: false });
		});

		test('account: update', async () => {
			await suite.bank.switches({ oauthMayUpdateAccounts: true });
			const { id } = await accountOf('Together');
			const items = itemsOf(
				await run({
					resource: 'account',
					operation: 'update',
					account: locator('id', id),
					updateFields: { accountName: 'The two of us' },
				}),
			);
			expect(items).toEqual([expected(await accountOf('The two of us'))]);
			expect(await suite.sent(authentication)).toEqual([
				`GET ${user}/monetary-account/${id}`,
				`PUT ${user}/monetary-account-joint/${id}`,
			]);
		});

		test('account: close', async () => {
			await suite.bank.switches({ oauthMayUpdateAccounts: true });
			const id = await suite.bank.addAccount({
				description: 'To be closed',
				balance: '0.00',
				environment: (await suite.world(authentication)).environment,
			});
			const items = itemsOf(
				await run({
					resource: 'account',
					operation: 'close',
					account: locator('name', 'To be closed'),
					reason: 'No longer needed',
				}),
			);
			expect(items).toEqual([expect.objectContaining({ id, status: 'CANCELLED' })]);
			expect((await accountOf('To be closed')).status).toBe('CANCELLED');
		});

		test('the error of a missing right names an alternative', async () => {
			const { id } = await accountOf('Holiday');
			const execution = await run({
				resource: 'account',
				operation: 'update',
				account: locator('id', id),
				updateFields: { accountName: 'Elsewhere' },
			});
			if (authentication === 'apiKey') {
				expect(itemsOf(execution)).toHaveLength(1);
				return;
			}
			expect(execution.status).toBe('error');
			expect(execution.error?.description).toContain('Bunq API credential');
			expect((await accountOf('Holiday')).id).toBe(id);
		});
	});

	describe('card', () => {
		const on = async (operation: string, more: Record<string, unknown> = {}) =>
			itemsOf(await run({ resource: 'card', operation, ...more }));
		const delivered = async () => {
			const cards = await on('getAll', { filters: { status: ['ACTIVE'] } });
			return cards.find(({ orderStatus }) => orderStatus === 'DELIVERED_TO_CUSTOMER')!;
		};

		test('freeze and unfreeze', async () => {
			const { id } = await delivered();
			expect(await on('freeze', { card: locator('id', Number(id)) })).toMatchObject([
				{ id, status: 'DEACTIVATED' },
			]);
			expect(await on('unfreeze', { card: locator('id', Number(id)) })).toMatchObject([
				{ id, status: 'ACTIVE' },
			]);
		});

		test('link account, with everything else unchanged', async () => {
			const before = await delivered();
			const household = await accountOf('Household');
			const link = {
				card: locator('id', Number(before.id)),
				account: locator('name', 'Household'),
			};
			const [after] = await on('linkAccount', { ...link, pinSlot: 'SECONDARY' });
			expect(after).toEqual({ ...before, secondaryAccountId: household.id });
		});

		test('update limits', async () => {
			const { id, fallbackAccountId } = await delivered();
			const card = locator('id', Number(id));
			await on('update', {
				card,
				updateFields: { cardLimit: 123.45, countryPermissions: 'NL,DE' },
			});
			expect(await on('get', { card })).toMatchObject([
				{ id, cardLimit: 123.45, fallbackAccountId },
			]);
		});

		test('create, with a name that bunq accepts', async () => {
			const [{ name }] = await on('getNames');
			const order = { cardType: 'debit', nameOnCard: name, virtual: true };
			const [card] = await on('create', { ...order, account: locator('name', 'Main') });
			const main = await accountOf('Main');
			expect(card).toMatchObject({ type: 'debit', nameOnCard: name, primaryAccountId: main.id });
		});
	});

	test('callback: get many, delete', async () => {
		const { apiKey } = await suite.world(authentication);
		const { environment } = credentials[authentication];
		// bunq opens one session in 30 seconds, for this program and for n8n.
		await suite.bank.advance(31_000);
		const program = await openSession(running().simulatorUrl, apiKey, { environment });
		await suite.bank.advance(31_000);
		const url = 'https://program.example.com/hook';
		const notification_filters = [{ category: 'MUTATION', notification_target: url }];
		await program.post('{user}/notification-filter-url', { notification_filters });
		await suite.bank.clearLog();

		const about = { resource: 'callback' };
		expect(itemsOf(await run({ ...about, operation: 'getAll' }))).toEqual([
			{ category: 'MUTATION', url, isOurs: false },
		]);
		const deletion = { ...about, operation: 'delete', url };
		const deleted = { url, categories: ['MUTATION'], deleted: true };
		expect(itemsOf(await run(deletion))).toEqual([deleted]);
		expect(itemsOf(await run(deletion))).toEqual([{ url, categories: [], deleted: false }]);
		const path = `${user}/notification-filter-url`;
		const methods = ['GET', 'GET', 'POST', 'GET'];
		expect(await suite.sent(authentication)).toEqual(methods.map((one) => `${one} ${path}`));
	});

	test('card transactions: get many of all accounts, then one', async () => {
		const { id } = await accountOf('Main');
		const [declined] = await suite.bank.addCardTransactions(id, [
			{ amount: '4.20', decision: 'PIN_INCORRECT', merchant: 'Corner Café' },
		]);
		const resource = 'cardTransaction';
		const filters = { counterparty: 'corner café', direction: 'out' };
		const all = { resource, operation: 'getAll', allAccounts: true, returnAll: true, filters };
		const items = itemsOf(await run(all));
		expect(items).toEqual([
			expect.objectContaining({ id: declined, amount: -4.2, decision: 'PIN_INCORRECT' }),
		]);
		const account = locator('id', id);
		const one = { resource, operation: 'get', account, cardTransactionId: declined };
		// The account's name would cost a request of its own.
		expect(itemsOf(await run(one))).toEqual([{ ...items[0], accountName: null }]);
	});

	describe('draft payment', () => {
		const draft = async (operation: string, more: Record<string, unknown>) => {
			const account = locator('id', (await accountOf('Main')).id);
			return itemsOf(await run({ resource: 'draftPayment', operation, account, ...more }));
		};
		const toThirdParty = async () => {
			const [{ iban, displayName }] = others;
			const recipient = { recipientIban: iban, recipientName: displayName };
			const order = {
				recipientType: 'iban',
				...recipient,
				amount: 3.21,
				paymentDescription: 'Lunch',
			};
			const [{ id }] = await draft('create', order);
			return id as number;
		};

		test('to a third party: paid after approval in the app', async () => {
			const before = Number((await accountOf('Main')).balance);
			const id = await toThirdParty();
			const [waiting] = await draft('get', { draftPaymentId: String(id) });
			expect(waiting).toMatchObject({ id, status: 'PENDING', amount: 3.21, description: 'Lunch' });
			expect(Number((await accountOf('Main')).balance)).toBeCloseTo(before);

			await suite.bank.approveDraft(id);
			const accepted = await draft('getAll', { filters: { status: ['ACCEPTED'] } });
			expect(accepted).toContainEqual(expect.objectContaining({ id, status: 'ACCEPTED' }));
			expect(Number((await accountOf('Main')).balance)).toBeCloseTo(before - 3.21);
		});

		test('cancel before an answer', async () => {
			await suite.bank.switches({ oauthMayCancelDrafts: true });
			const id = await toThirdParty();
			const [cancelled] = await draft('cancel', { draftPaymentId: String(id) });
			expect(cancelled).toMatchObject({ id, status: 'CANCELLED' });
			const [read] = await draft('get', { draftPaymentId: String(id) });
			expect(read).toMatchObject({ status: 'CANCELLED' });
		});
	});

	test('payment: create, to an own account', async () => {
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		const items = itemsOf(
			await run({
				resource: 'payment',
				operation: 'create',
				account: locator('id', main.id),
				recipientType: 'ownAccount',
				recipientAccount: locator('list', household.id),
				amount: 12.34,
				paymentDescription: 'Groceries',
				additionalFields: { merchantReference: 'week-7' },
				options: { returnFullObject: true },
			}),
		);
		expect(items).toEqual([
			expect.objectContaining({
				accountId: main.id,
				amount: -12.34,
				currency: 'EUR',
				direction: 'out',
				description: 'Groceries',
				counterpartyIban: household.iban,
				merchantReference: 'week-7',
			}),
		]);
		expect(Number((await accountOf('Household')).balance)).toBeCloseTo(
			Number(household.balance) + 12.34,
		);
		expect(await suite.sent(authentication)).toEqual([
			`GET ${user}/monetary-account`,
			`POST ${user}/monetary-account/${main.id}/payment`,
			`GET ${user}/monetary-account/${main.id}/payment/${items[0].id}`,
		]);
	});

	test('payment: keep at target, up and down', async () => {
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		const keep = {
			resource: 'payment',
			operation: 'keepAtTarget',
			account: locator('id', household.id),
			counterAccount: locator('id', main.id),
		};
		const before = Number(household.balance);
		const more = (before + 12.34).toFixed(2);
		const up = itemsOf(await run({ ...keep, targetBalance: more }));
		expect(up).toMatchObject([{ moved: 12.34, balanceBefore: before, amount: -12.34 }]);
		expect(itemsOf(await run({ ...keep, targetBalance: more }))).toMatchObject([
			{ moved: 0, reason: 'onTarget' },
		]);
		const down = itemsOf(await run({ ...keep, targetBalance: household.balance }));
		expect(down).toMatchObject([{ moved: 12.34, target: before }]);
		expect((await accountOf('Household')).balance).toBe(household.balance);
	});

	test('payment: create, with a draft where it is not allowed', async () => {
		const [{ iban, displayName }] = others;
		const main = await accountOf('Main');
		const items = itemsOf(
			await run({
				resource: 'payment',
				operation: 'create',
				account: locator('id', main.id),
				recipientType: 'iban',
				recipientIban: iban,
				recipientName: displayName,
				amount: 5,
				options: { draftIfNotAllowed: true },
			}),
		);
		expect(items).toMatchObject([{ status: 'PENDING', amount: 5, _madeAs: 'draft' }]);
		expect((await accountOf('Main')).balance).toBe(main.balance);
	});

	test('bunq.me link: create, paid twice, and cancel', async () => {
		const about = {
			resource: 'bunqMeLink',
			account: locator('id', (await accountOf('Main')).id),
		};
		const order = { amount: 7.5, paymentDescription: 'Ticket' };
		const [made] = itemsOf(await run({ ...about, operation: 'create', ...order }));
		expect(made).toMatchObject({ amount: 7.5, url: expect.stringContaining('bunq.me') });
		for (const name of ['Ann', 'Ben']) await suite.bank.payLink(Number(made.id), { name });
		const one = { ...about, bunqMeLinkId: String(made.id) };
		const [paid] = itemsOf(await run({ ...one, operation: 'get' }));
		expect(paid).toMatchObject({ paid: true, amountPaid: 15, payments: 2, payerName: 'Ben' });
		const filters = { paid: 'paid' };
		const all = itemsOf(await run({ ...about, operation: 'getAll', limit: 1, filters }));
		expect(all).toEqual([paid]);
		expect(itemsOf(await run({ ...one, operation: 'cancel' }))).toMatchObject([
			{ status: 'CANCELLED', paid: true },
		]);
	});

	test('scheduled payment: create, get, cancel; with OAuth a draft with a schedule', async () => {
		const about = {
			resource: 'scheduledPayment',
			account: locator('id', (await accountOf('Main')).id),
		};
		const recipientAccount = locator('id', (await accountOf('Household')).id);
		const to = { recipientType: 'ownAccount', recipientAccount, amount: 3 };
		const order = { ...about, operation: 'create', ...to, startAt: '2098-07-01T09:00:00' };
		const made = await run({ ...order, recurrence: 'monthly' });
		if (authentication === 'oAuth2') {
			expect(made.error?.description).toContain('Use "Draft Payment: Create" with a schedule');
			const fields = { scheduleStart: '2098-07-01T09:00:00', scheduleRecurrence: 'monthly' };
			const draft = { ...about, resource: 'draftPayment', operation: 'create', ...to };
			expect(itemsOf(await run({ ...draft, additionalFields: fields }))).toMatchObject([
				{ status: 'PENDING', amount: 3 },
			]);
			await suite.bank.switches({ oauthMayUseTheRest: true });
		}
		const [{ created, ...item }] = itemsOf(
			authentication === 'oAuth2' ? await run({ ...order, recurrence: 'monthly' }) : made,
		);
		expect(created).toEqual(expect.any(String));
		expect(item).toMatchObject({ status: 'ACTIVE', amount: -3, recurrence: 'monthly' });
		const one = { ...about, scheduledPaymentId: String(item.id) };
		expect(itemsOf(await run({ ...one, operation: 'get' }))).toMatchObject([item]);
		expect(itemsOf(await run({ ...one, operation: 'cancel' }))).toMatchObject([
			{ status: 'CANCELLED', nextAt: null },
		]);
		const filters = { status: ['CANCELLED'] };
		const cancelled = itemsOf(await run({ ...about, operation: 'getAll', limit: 1, filters }));
		expect(cancelled).toMatchObject([{ id: item.id }]);
		await suite.bank.switches({ oauthMayUseTheRest: false });
	});

	test('sandbox: a user without a credential, and money only in the sandbox', async () => {
		const [user] = itemsOf(await run({ resource: 'sandbox', operation: 'createUser' }));
		expect(user).toMatchObject({ apiKey: expect.stringMatching(/^sandbox_/) });
		const { environment } = await suite.world(authentication);
		const main = await accountOf('Main');
		const added = await run({
			resource: 'sandbox',
			operation: 'addMoney',
			account: locator('id', main.id),
			amount: 600,
		});
		if (environment === 'production')
			expect(added.error?.message).toContain('works only in the sandbox');
		else
			expect(itemsOf(added)).toMatchObject([
				{ amount: 600, status: 'ACCEPTED', balance: Number(main.balance) + 600 },
			]);
	});

	describe('notes, statements and invoices', () => {
		beforeEach(async () => {
			const granted = { oauthMayNote: true, oauthMayUpload: true, oauthMayUseTheRest: true };
			await suite.bank.switches(granted);
		});
		afterEach(async () => {
			const refused = { oauthMayNote: false, oauthMayUpload: false, oauthMayUseTheRest: false };
			await suite.bank.switches(refused);
		});

		test('notes: a text and a file, listed, downloaded and deleted', async () => {
			const { id } = await accountOf('Main');
			const { environment } = await suite.world(authentication);
			const [payment] = await suite.bank.addPayments({ accountId: id, environment });
			const place = { resource: 'note', account: locator('id', id), subjectId: String(payment) };
			const on = async (operation: string, more: Record<string, unknown> = {}, binary = {}) =>
				itemsOf(await suite.run({ ...place, operation, ...more }, { authentication, binary }));
			const bytes = Buffer.from('%PDF-1.4\nA receipt');
			const data = {
				data: bytes.toString('base64'),
				mimeType: 'text/html',
				fileName: 'receipt.pdf',
			};
			const [text] = await on('addText', { content: 'For the books' });
			const [file] = await on('addFile', {}, { data });
			const attached = { attachedTo: 'payment', attachedToId: payment };
			expect([text, file]).toMatchObject([
				{ type: 'text', content: 'For the books', ...attached },
				{ type: 'file', content: 'receipt.pdf', ...attached },
			]);
			expect((await on('getAll')).map((one) => one.id).sort()).toEqual([text.id, file.id].sort());
			const downloaded = await suite.run(
				{ ...place, operation: 'downloadFiles' },
				{ authentication },
			);
			expect(itemsOf(downloaded)).toMatchObject([{ fileName: 'receipt.pdf', ...attached }]);
			expect(await fileOf(downloaded)).toBe(bytes.toString());
			expect(await on('delete', { noteId: String(text.id) })).toEqual([
				{ id: text.id, deleted: true },
			]);
			expect(await on('getAll')).toMatchObject([{ id: file.id }]);
		});

		test('statements: made, read, listed, fetched again and deleted', async () => {
			const account = locator('name', 'Main');
			const on = async (operation: string, more: Record<string, unknown> = {}) =>
				await run({ resource: 'statement', operation, account, ...more });
			const days = { dateStart: '2026-01-01', dateEnd: '2026-01-31' };
			const made = await on('download', days);
			const [{ id, ...statement }] = itemsOf(made);
			expect(statement).toMatchObject({
				status: 'COMPLETED',
				...days,
				fileName: 'main-2026-01.csv',
			});
			expect(await fileOf(made)).toMatch(/^"Date";"Interest Date"/);
			const statementId = String(id);
			expect(itemsOf(await on('get', { statementId }))).toMatchObject([{ id, format: 'csv' }]);
			const listed = async () => itemsOf(await on('getAll')).map((one) => one.id);
			// Other tests make statements too.
			expect(await listed()).toContain(id);
			expect(await fileOf(await on('getFile', { statementId }))).toBe(await fileOf(made));
			expect(itemsOf(await on('delete', { statementId }))).toEqual([{ id, deleted: true }]);
			expect(await listed()).not.toContain(id);
		});

		test('invoices of bunq', async () => {
			const [{ id }] = itemsOf(await run({ resource: 'invoice', operation: 'getAll' }));
			const invoice = await run({ resource: 'invoice', operation: 'download', invoiceId: `${id}` });
			expect(itemsOf(invoice)).toMatchObject([{ id, fileName: `bunq-invoice-${id}.pdf` }]);
			expect(await fileOf(invoice)).toMatch(/^%PDF-/);
		});

		test('api: a file out and in', async () => {
			const { id } = await accountOf('Main');
			const request = { resource: 'api', operation: 'request' };
			const bytes = Buffer.from('%PDF-1.4\nRaw');
			const data = { data: bytes.toString('base64'), mimeType: 'application/pdf' };
			const path = `/user/{user}/monetary-account/${id}/attachment`;
			const upload = { ...request, method: 'POST', path, inputDataFieldName: 'data' };
			const [{ id: file }] = itemsOf(await suite.run(upload, { authentication, binary: { data } }));
			const read = await run({ ...request, path: `/user/{user}/attachment/${file}/content` });
			expect(await fileOf(read)).toBe(bytes.toString());
		});
	});

	test('draft payment: create batch, paid with one approval', async () => {
		const [{ iban, displayName }] = others;
		const before = Number((await accountOf('Main')).balance);
		const input = [{ amount: 0.1 }, { amount: '0.20' }, { amount: 3 }];
		const execution = await suite.run(
			{
				resource: 'draftPayment',
				operation: 'createBatch',
				account: locator('name', 'Main'),
				recipientType: 'iban',
				recipientIban: iban,
				recipientName: displayName,
				amount: '={{ $json.amount }}',
				paymentDescription: '={{ "Invoice " + $itemIndex }}',
			},
			{ authentication, input },
		);
		const { id: accountId } = await accountOf('Main');
		const items = itemsOf(execution);
		expect(items).toEqual([
			{
				id: expect.any(Number),
				created: expect.any(String),
				accountId,
				entries: 3,
				amount: 3.3,
				currency: 'EUR',
				status: 'PENDING',
			},
		]);
		expect(await suite.sent(authentication)).toEqual([
			`GET ${user}/monetary-account`,
			`POST ${user}/monetary-account/${accountId}/draft-payment`,
		]);
		await suite.bank.approveDraft(Number(items[0].id));
		expect(Number((await accountOf('Main')).balance)).toBeCloseTo(before - 3.3);
	});

	test('payment: create batch, to an own account', async () => {
		await suite.bank.switches({ oauthMayPayBatches: true });
		const before = Number((await accountOf('Household')).balance);
		const execution = await suite.run(
			{
				resource: 'payment',
				operation: 'createBatch',
				account: locator('id', (await accountOf('Main')).id),
				recipientAccount: locator('id', (await accountOf('Household')).id),
				amount: '={{ $json.amount }}',
			},
			{ authentication, input: [{ amount: 1 }, { amount: 2.5 }] },
		);
		expect(itemsOf(execution)).toEqual([expect.objectContaining({ entries: 2, amount: 3.5 })]);
		expect(Number((await accountOf('Household')).balance)).toBeCloseTo(before + 3.5);
		await suite.bank.switches({ oauthMayPayBatches: false });
	});

	test('payment: create, to a third party, is refused, and the error names an alternative', async () => {
		const { iban, displayName } = others[0];
		const main = await accountOf('Main');
		const execution = await run({
			resource: 'payment',
			operation: 'create',
			account: locator('id', main.id),
			recipientType: 'iban',
			recipientIban: iban,
			recipientName: displayName,
			amount: 5,
			paymentDescription: 'Not allowed',
		});
		expect(execution.status).toBe('error');
		expect(execution.error?.context).toMatchObject({ itemIndex: 0 });
		const posts = (await suite.sent(authentication)).filter((request) =>
			request.startsWith('POST'),
		);
		// bunq refuses an OAuth app; an API key credential refuses before anything is sent.
		expect(posts).toHaveLength(authentication === 'oAuth2' ? 1 : 0);
		expect(execution.error?.description).toMatch(
			authentication === 'oAuth2' ? /Draft Payment/ : /Allow Payments to Others/,
		);
		expect((await accountOf('Main')).balance).toBe(main.balance);
	});

	test('payment: get', async () => {
		const household = await accountOf('Household');
		const { environment } = await suite.world(authentication);
		const [id] = await suite.bank.addPayments({
			accountId: household.id,
			amount: '3.21',
			description: 'From a friend',
			environment,
		});
		const parameters = { account: locator('id', household.id), paymentId: id };
		const items = itemsOf(await run({ resource: 'payment', operation: 'get', ...parameters }));
		expect(items).toEqual([
			expect.objectContaining({ id, amount: 3.21, direction: 'in', description: 'From a friend' }),
		]);
		expect(await suite.sent(authentication)).toEqual([
			`GET ${user}/monetary-account/${household.id}/payment/${id}`,
		]);
	});

	test('payment: get many', async () => {
		const { environment } = await suite.world(authentication);
		const id = await suite.bank.addAccount({ description: 'Busy', environment });
		const ids = await suite.bank.addPayments({ accountId: id, count: 250, environment });
		const parameters = {
			resource: 'payment',
			operation: 'getAll',
			account: locator('name', 'Busy'),
		};
		const items = itemsOf(await run({ ...parameters, returnAll: true }));
		expect(items.map((item) => item.id)).toEqual([...ids].reverse());
		// The list of accounts for the name, and two pages of up to 200.
		expect(await suite.sent(authentication)).toEqual([
			`GET ${user}/monetary-account`,
			`GET ${user}/monetary-account/${id}/payment`,
			`GET ${user}/monetary-account/${id}/payment`,
		]);
	});

	test('payment: get many, of all accounts, filtered', async () => {
		const { environment } = await suite.world(authentication);
		const [main, household] = [await accountOf('Main'), await accountOf('Household')];
		for (const { id: accountId } of [main, household]) {
			await suite.bank.addPayments({
				accountId,
				amount: '77.00',
				description: 'Find me',
				environment,
			});
		}
		const items = itemsOf(
			await run({
				resource: 'payment',
				operation: 'getAll',
				allAccounts: true,
				returnAll: true,
				filters: { direction: 'in', amountMin: 50, descriptionContains: 'find ME' },
			}),
		);
		expect(items.map((item) => item.accountId).sort()).toEqual([main.id, household.id].sort());
	});

	test('request inquiry: create, get, and revoke if bunq grants it', async () => {
		const { id: accountId } = await accountOf('Main');
		const path = `${user}/monetary-account/${accountId}/request-inquiry`;
		const about = { resource: 'requestInquiry', account: locator('id', accountId) };
		const [made] = itemsOf(
			await run({
				...about,
				operation: 'create',
				recipientEmail: 'nathan@example.com',
				amount: '={{ 5 * 2.5 }}',
				paymentDescription: 'Dinner',
				additionalFields: { merchantReference: 'invoice 7' },
			}),
		);
		expect(made).toMatchObject({
			accountId,
			amount: 12.5,
			status: 'PENDING',
			payUrl: expect.stringMatching(/^https:\/\/bunq\.me\//),
		});
		expect(await suite.sent(authentication)).toEqual([`POST ${path}`, `GET ${path}/${made.id}`]);

		const filters = { status: ['PENDING'] };
		const [newest] = itemsOf(await run({ ...about, operation: 'getAll', limit: 1, filters }));
		expect(newest).toEqual(made);
		const one = { ...about, requestInquiryId: String(made.id) };
		expect(itemsOf(await run({ ...one, operation: 'get' }))).toEqual([made]);

		const revoked = await run({ ...one, operation: 'revoke' });
		if (authentication === 'oAuth2') {
			expect(revoked.error?.description).toContain('Use the Bunq API credential');
			await suite.bank.switches({ oauthMayRevokeRequests: true });
			await run({ ...one, operation: 'revoke' });
			await suite.bank.switches({ oauthMayRevokeRequests: false });
		} else expect(itemsOf(revoked)).toEqual([{ ...made, status: 'REVOKED' }]);
		expect(itemsOf(await run({ ...one, operation: 'get' }))).toMatchObject([{ status: 'REVOKED' }]);
	});

	test('request inquiry: create batch, one of whose requests is paid', async () => {
		const { id: accountId, balance } = await accountOf('Main');
		const about = { resource: 'requestInquiry', account: locator('id', accountId) };
		const execution = await suite.run(
			{
				...about,
				operation: 'createBatch',
				recipientEmail: '={{ $json.email }}',
				amount: '={{ $json.amount }}',
			},
			{
				authentication,
				input: [
					{ email: 'nathan@example.com', amount: 0.1 },
					{ email: 'nora@example.com', amount: '0.20' },
				],
			},
		);
		expect(itemsOf(execution)).toEqual([
			{
				id: expect.any(Number),
				created: expect.any(String),
				accountId,
				entries: 2,
				amount: 0.3,
				currency: 'EUR',
			},
		]);
		expect(await suite.sent(authentication)).toEqual([
			`POST ${user}/monetary-account/${accountId}/request-inquiry-batch`,
		]);
		const made = itemsOf(await run({ ...about, operation: 'getAll', limit: 2 }));
		expect(made.map(({ counterpartyName }) => counterpartyName)).toEqual([
			'nora@example.com',
			'nathan@example.com',
		]);
		await suite.bank.answerRequest(Number(made[0].id), 'ACCEPTED');
		expect(Number((await accountOf('Main')).balance)).toBeCloseTo(Number(balance) + 0.2);
	});

	test('request response: get; accept and reject only with an API key', async () => {
		const { id: accountId, balance } = await accountOf('Main');
		const { id: fromAccountId } = await accountOf('Household');
		const path = `${user}/monetary-account/${accountId}/request-response`;
		const about = { resource: 'requestResponse', account: locator('id', accountId) };
		const ids: number[] = [];
		for (const from of [{ fromAccountId }, {}])
			ids.push(await suite.bank.addRequestResponse({ accountId, amount: '2.00', ...from }));
		const [own, thirdParties] = ids.map((id) => ({ ...about, requestResponseId: String(id) }));

		const filters = { status: ['PENDING'] };
		const [newest, other] = itemsOf(
			await run({ ...about, operation: 'getAll', limit: 2, filters }),
		);
		expect([newest.id, other.id]).toEqual([...ids].reverse());
		expect(itemsOf(await run({ ...thirdParties, operation: 'get' }))).toEqual([newest]);

		await suite.bank.clearLog();
		const accepted = await run({ ...own, operation: 'accept', atMost: '2.00' });
		const rejected = await run({ ...thirdParties, operation: 'reject' });
		const [first, second] = ids.map((id) => `${path}/${id}`);
		const now = Number((await accountOf('Main')).balance);
		if (authentication === 'oAuth2') {
			for (const { error } of [accepted, rejected])
				expect(error?.description).toContain('An OAuth app may not answer requests.');
			expect(now).toBe(Number(balance));
		} else {
			expect(itemsOf(accepted)).toEqual([{ ...other, status: 'ACCEPTED' }]);
			expect(itemsOf(rejected)).toEqual([{ ...newest, status: 'REJECTED' }]);
			expect(await suite.sent(authentication)).toEqual([
				`GET ${first}`,
				`GET ${user}/monetary-account`,
				`PUT ${first}`,
				`GET ${second}`,
				`PUT ${second}`,
			]);
			expect(now).toBeCloseTo(Number(balance) - 2);
		}
	});
});
