import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { startSimulator } from '..';
import {
	EXTERNAL_IBAN,
	euro,
	isSignedBy,
	openSession,
	pick,
	refusalOf,
	toIban,
	type BankAnswer,
	type Session,
} from '../control/testClient';
import { under, underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** Callbacks of the simulated bank (docs/bunq-api.md 10). */

const bank = useSimulator({ unlimited: true, secret: ({ apiKey }) => apiKey });
const { account } = bank;

const HOOK = 'https://n8n.example.com/hook';
const filter = (category: string, notification_target = HOOK) => ({
	category,
	notification_target,
});
/** Keys that bunq may add (§12). */
const FUTURE = ['_future_field', '_future_flag'];
const USER = '{user}/notification-filter-url';
const ofAccount = (name: string) =>
	`{user}/monetary-account/${account(name).id}/notification-filter-url`;
const order = (filters: unknown, path = USER, by: Session = bank.session) =>
	by.post(path, { notification_filters: filters });
const listed = async (path = USER, by: Session = bank.session) =>
	(await by.get(`${path}?count=200`)).json.Response.map(
		({ NotificationFilterUrl: one }: Record<string, ReturnType<typeof filter>>) => [
			one.category,
			one.notification_target,
		],
	);

describe('a list of notification filters (§10.1)', () => {
	test('is replaced as a whole by a POST, at each level alone', async () => {
		expect(await listed()).toEqual([]);
		await order([filter('MUTATION'), filter('REQUEST')]);
		await order([filter('PAYMENT')], ofAccount('Main'));
		const answer = await order([filter('DRAFT_PAYMENT')]);
		expect(pick(answer, 'NotificationFilterUrl')).toMatchObject(filter('DRAFT_PAYMENT'));
		expect(await listed()).toEqual([['DRAFT_PAYMENT', HOOK]]);
		expect(await listed(ofAccount('Main'))).toEqual([['PAYMENT', HOOK]]);
		expect(await listed(ofAccount('Household'))).toEqual([]);
		await order([]);
		expect(await listed()).toEqual([]);
	});

	test('keeps the lists of IDs, and fills empty ones when it is read', async () => {
		const all_monetary_account_id = [account('Main').id];
		const given = { all_monetary_account_id, all_user_id: [1], all_verification_type: ['X'] };
		const answer = await order([{ ...filter('MUTATION'), ...given }, filter('REQUEST')]);
		expect(answer.json.Response[1].NotificationFilterUrl).toMatchObject({
			all_user_id: [],
			all_monetary_account_id: [],
		});
		const [request, mutation] = (await bank.session.get(USER)).json.Response;
		expect(mutation.NotificationFilterUrl).toMatchObject(given);
		expect(request.NotificationFilterUrl).toMatchObject({
			all_user_id: [bank.world.person.id],
			all_monetary_account_id: expect.arrayContaining(bank.world.accounts.map(({ id }) => id)),
			all_verification_type: [],
		});
	});

	underEach(bank, 'filterAnswer', (filterAnswer) => {
		test('has these keys, after a POST and a GET', async () => {
			const answers = [await order([filter('MUTATION')]), await bank.session.get(USER)];
			const bare = [...Object.keys(filter('MUTATION')), ...FUTURE].sort();
			const lists = ['all_monetary_account_id', 'all_user_id', 'all_verification_type', ...bare];
			const keys = answers.map(({ json }) =>
				Object.keys(json.Response[0].NotificationFilterUrl ?? json.Response[0].Id).sort(),
			);
			const full = [...lists, 'id', 'created', 'updated'].sort();
			expect(keys).toEqual(
				{
					full: [full, full],
					lists: [lists.sort(), lists.sort()],
					bare: [bare, bare],
					nested: [['id'], ['notification_filters']],
				}[filterAnswer],
			);
		});
	});

	under(bank, 'filterAnswer', 'nested', () => {
		test('has one entry with all filters', async () => {
			await order([filter('MUTATION'), filter('REQUEST')]);
			const { notification_filters } = pick(await bank.session.get(USER), 'NotificationFilterUrl');
			expect(notification_filters).toMatchObject([filter('REQUEST'), filter('MUTATION')]);
		});
	});

	test('comes in pages', async () => {
		await bank.control.switches({ callbackLimit: 'none' });
		await order(Array.from({ length: 201 }, (_, at) => filter('MUTATION', `${HOOK}/${at}`)));
		const first = await bank.session.get(`${USER}?count=200`);
		const [, second] = first.json.Pagination.older_url.split('/v1');
		expect(first.json.Response).toHaveLength(200);
		expect((await bank.session.get(second)).json).toMatchObject({
			Response: [{ NotificationFilterUrl: filter('MUTATION', `${HOOK}/0`) }],
			Pagination: { older_url: null },
		});
	});

	test.each<[string, unknown, string | RegExp]>([
		[
			'an object',
			filter('MUTATION'),
			'Invalid type for field "notification_filters" (expected ARRAY containing STRUCT).',
		],
		['an ID', [{ ...filter('MUTATION'), id: 7 }], 'Superfluous field "id".'],
		[
			'times',
			[{ ...filter('MUTATION'), created: 'x', updated: 'y' }],
			'Superfluous field "created". Superfluous field "updated".',
		],
		['plain HTTP', [filter('MUTATION', 'http://n8n.example.com/hook')], /HTTPS/],
		['no URL', [filter('MUTATION', 'https://')], /HTTPS/],
		['an unknown category', [filter('WEATHER')], /"WEATHER"/],
		[
			'a third URL of a category',
			['a', 'b', 'c'].map((path) => filter('MUTATION', `${HOOK}/${path}`)),
			/at most 2/,
		],
	])('is refused with %s, and stays as it was', async (_, filters, text) => {
		await order([filter('REQUEST')]);
		expect(refusalOf(await order(filters))).toEqual([
			400,
			typeof text === 'string' ? text : expect.stringMatching(text),
		]);
		expect(await listed()).toEqual([['REQUEST', HOOK]]);
	});

	underEach(bank, 'callbackLimit', (callbackLimit) => {
		test('may have two URLs per category', async () => {
			const two = ['a', 'b'].map((path) => filter('MUTATION', `${HOOK}/${path}`));
			expect((await order([...two, ...two])).status).toBe(200);
			const third = filter('MUTATION', `${HOOK}/c`);
			const answers = [await order([third], ofAccount('Main')), await order([...two, third])];
			expect(answers.map(({ status }) => status)).toEqual(
				{ list: [200, 400], user: [400, 400], none: [200, 200] }[callbackLimit],
			);
		});
	});

	underEach(bank, 'unknownCategory', (unknownCategory) => {
		test('treats an unknown category so', async () => {
			await order([filter('WEATHER'), filter('MUTATION')]);
			const categories = (await listed()).map(([category]: string[]) => category);
			expect(categories).toEqual(
				{ refuse: [], ignore: ['MUTATION'], keep: ['MUTATION', 'WEATHER'] }[unknownCategory],
			);
		});
	});

	underEach(bank, 'httpsCallbacks', (isHttpsOnly) => {
		test('treats plain HTTP so, for receivers on this machine', async () => {
			const { status } = await order([filter('MUTATION', 'http://127.0.0.1:1/hook')]);
			expect(status).toBe(isHttpsOnly ? 400 : 200);
		});
	});

	underEach(bank, 'appCallbacks', (appCallbacks) => {
		test('is shared by an app and its user, or is not', async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			await order([filter('MUTATION')]);
			const isShared = appCallbacks === 'shared';
			expect(await listed(USER, app)).toEqual(isShared ? [['MUTATION', HOOK]] : []);
			await order([filter('REQUEST')], USER, app);
			expect(await listed()).toEqual([[isShared ? 'REQUEST' : 'MUTATION', HOOK]]);
		});
	});

	underEach(bank, 'oauthMayFilter', (mayFilter) => {
		test('is a right of apps, or is not', async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			const answers = [await app.get(USER), await order([], ofAccount('Main'), app)];
			const status = mayFilter ? 200 : 403;
			expect(answers.map((each) => each.status)).toEqual([status, status]);
		});
	});

	test('was once a field of an account, which is superfluous now', async () => {
		const path = `{user}/monetary-account-bank/${account('Main').id}`;
		const answer = await bank.session.put(path, { notification_filters: [] });
		expect(refusalOf(answer)).toEqual([400, 'Superfluous field "notification_filters".']);
	});

	test('can be read three times in three seconds, for all accounts together (§4)', async () => {
		await bank.control.switches({ limits: 'classic' });
		const names = ['Main', 'Household', 'Holiday', 'Together'];
		const answers = [];
		for (const name of names) answers.push(await bank.session.get(ofAccount(name)));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
	});
});

const NEW_RECEIVER = {
	status: 200,
	delayMs: 0,
	/** Whether its answers never end. */
	drips: false,
	/** Calls that wait for an answer. */
	open: 0,
	mostOpen: 0,
};
/** A program that bunq calls. */
const receiver = { ...NEW_RECEIVER, server: undefined as Server | undefined, calls: [] as Call[] };
interface Call {
	url: string;
	text: string;
	headers: Record<string, string>;
	/** The parts of the body. */
	category: string;
	eventType: string;
	object: Record<string, Record<string, unknown>>;
}

const port = () => (receiver.server?.address() as AddressInfo).port;

beforeAll(async () => {
	receiver.server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const text = Buffer.concat(chunks).toString();
			const { category, event_type: eventType, object } = JSON.parse(text).NotificationUrl;
			const headers = request.headers as Record<string, string>;
			receiver.calls.push({ url: request.url ?? '', text, headers, category, eventType, object });
			// 0: never answers.
			if (receiver.status === 0) return;
			response.statusCode = receiver.status;
			if (receiver.drips) {
				const drops = setInterval(() => response.write('.'), 1);
				response.on('close', () => clearInterval(drops));
				return;
			}
			receiver.open += 1;
			receiver.mostOpen = Math.max(receiver.mostOpen, receiver.open);
			setTimeout(() => {
				receiver.open -= 1;
				response.end();
			}, receiver.delayMs);
		});
	});
	await new Promise<void>((resolve) => receiver.server?.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => Object.assign(receiver, NEW_RECEIVER, { calls: [] }));
afterAll(() => receiver.server?.closeAllConnections());
afterAll((done) => void receiver.server?.close(done));

/** Orders callbacks, which come to the receiver. */
const listen = async (categories: string[], path = USER) => {
	await bank.control.routeCallbacks({ 'https://n8n.example.com': `http://127.0.0.1:${port()}` });
	await order(
		categories.map((category) => filter(category)),
		path,
	);
};
/** What came, after everything that is due has been sent. */
const called = async () => {
	await bank.control.deliverDue();
	return receiver.calls;
};
const types = async () => (await called()).map(({ eventType }) => eventType);
const received = (options = {}) =>
	bank.control.addPayments({ accountId: account('Main').id, ...options });

describe('a callback (§10.2)', () => {
	test('is sent after the answer, with the object as a GET shows it', async () => {
		await listen(['MUTATION']);
		const path = `{user}/monetary-account/${account('Main').id}/payment`;
		const paid = await bank.session.post(path, {
			amount: euro('1.00'),
			counterparty_alias: toIban(EXTERNAL_IBAN),
			description: 'Café / week 1',
		});
		const { id } = pick(paid, 'Id');
		const [call, ...others] = await called();
		expect(others).toEqual([]);
		expect(call).toMatchObject({ url: '/hook', eventType: 'MUTATION_CREATED' });
		expect(call.headers['content-type']).toBe('application/json');
		expect(JSON.parse(call.text).NotificationUrl).toMatchObject({
			target_url: HOOK,
			category: 'MUTATION',
		});
		expect(call.object).toEqual((await bank.session.get(`${path}/${id}`)).json.Response[0]);
	});

	test('is sent by the bank itself, without anybody who asks for it', async () => {
		await listen(['MUTATION']);
		await received();
		while (receiver.calls.length === 0) await pause(1);
	});

	test('comes from a scheduled payment at its time, also if nobody calls the bank', async () => {
		await listen(['MUTATION']);
		const soon = new Date(Date.now() + 500).toISOString().replace('T', ' ').replace('Z', '000');
		const path = `{user}/monetary-account/${account('Main').id}/schedule-payment`;
		const planned = await bank.session.post(path, {
			payment: {
				amount: euro('1.00'),
				counterparty_alias: toIban(EXTERNAL_IBAN),
				description: 'Rent',
			},
			schedule: { time_start: soon, recurrence_unit: 'ONCE', recurrence_size: 1 },
		});
		pick(planned, 'Id');
		for (let left = 50; left > 0 && receiver.calls.length === 0; left--) await pause(100);
		expect(receiver.calls.map(({ object }) => object.Payment.description)).toEqual(['Rent']);
	});

	test('tells of both sides of a payment, by direction, and of a payment as such', async () => {
		await listen(['MUTATION', 'PAYMENT']);
		const path = `{user}/monetary-account/${account('Main').id}/payment`;
		const household = toIban(account('Household').iban ?? '');
		await bank.session.post(path, {
			amount: euro('1.00'),
			counterparty_alias: household,
			description: '',
		});
		expect((await types()).sort()).toEqual([
			'MUTATION_CREATED',
			'MUTATION_RECEIVED',
			'PAYMENT_CREATED',
			'PAYMENT_RECEIVED',
		]);
	});

	test('tells of cards, allowed and declined', async () => {
		await listen(['MUTATION', 'PAYMENT', 'CARD_TRANSACTION_SUCCESSFUL', 'CARD_TRANSACTION_FAILED']);
		const use = (transaction: object) =>
			bank.control.addCardTransactions(account('Main').id, [transaction]);
		const [id] = await use({ decision: 'PIN_INCORRECT' });
		expect(await called()).toMatchObject([
			{
				category: 'CARD_TRANSACTION_FAILED',
				eventType: 'CARD_TRANSACTION_NOT_ALLOWED',
				object: { MasterCardAction: { id, decision: 'PIN_INCORRECT' } },
			},
		]);
		receiver.calls = [];
		for (const transaction of [{}, { entryMode: 'ATM' }, { amount: '-1.00' }])
			await use(transaction);
		expect((await types()).filter((type) => !type.startsWith('MUTATION')).sort()).toEqual([
			'CARD_PAYMENT_ALLOWED',
			'CARD_REVERSAL_ALLOWED',
			'CARD_WITHDRAWAL_ALLOWED',
		]);
	});

	underEach(bank, 'draftCallbacks', (isTold) => {
		test('tells of drafts, or does not', async () => {
			await listen(['DRAFT_PAYMENT']);
			const drafts = { accountId: account('Main').id, count: 2 };
			const [approved, rejected] = await bank.control.addDrafts(drafts);
			await bank.control.approveDraft(approved);
			await bank.control.rejectDraft(rejected);
			const seen = (await called()).map(({ eventType, object }) => [
				eventType,
				object.DraftPayment.id,
				object.DraftPayment.status,
			]);
			const all = [
				['DRAFT_PAYMENT_CREATED', approved, 'PENDING'],
				['DRAFT_PAYMENT_CREATED', rejected, 'PENDING'],
				['DRAFT_PAYMENT_ACCEPTED', approved, 'ACCEPTED'],
				['DRAFT_PAYMENT_REJECTED', rejected, 'REJECTED'],
			];
			expect(seen).toEqual(isTold ? expect.arrayContaining(all) : []);
			expect(seen).toHaveLength(isTold ? all.length : 0);
		});
	});

	underEach(bank, 'scheduleCallbacks', (categories) => {
		test('tells of scheduled payments and of their runs', async () => {
			await listen(['SCHEDULE_RESULT', 'SCHEDULE_STATUS']);
			const path = `{user}/monetary-account/${account('Main').id}/schedule-payment`;
			const plan = async (value: string) => {
				const time_start = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19);
				const made = await bank.session.post(path, {
					payment: {
						amount: euro(value),
						counterparty_alias: toIban(EXTERNAL_IBAN),
						description: 'Rent',
					},
					schedule: {
						time_start: time_start.replace('T', ' '),
						recurrence_unit: 'ONCE',
						recurrence_size: 1,
					},
				});
				return pick(made, 'Id').id as number;
			};
			const [paid, poor, cancelled] = [
				await plan('1.00'),
				await plan('9999.00'),
				await plan('1.00'),
			];
			await bank.session.delete(`${path}/${cancelled}`);
			await bank.control.advance(2 * 3_600_000);
			const seen = (await called()).map(({ category, eventType, object }) => {
				const { ScheduledInstance: run } = object;
				const { ScheduledPayment: schedule } = (run?.scheduled_object ?? object) as typeof object;
				return [category, eventType, schedule.id, run?.state ?? schedule.status];
			});
			const [ofRuns, ofSchedules] =
				categories === 'documented'
					? ['SCHEDULE_RESULT', 'SCHEDULE_STATUS']
					: ['SCHEDULE_STATUS', 'SCHEDULE_RESULT'];
			const all = [
				...[paid, poor, cancelled].map((id) => ['CREATED', id, 'ACTIVE'] as const),
				['CANCELLED', cancelled, 'CANCELLED'] as const,
				...[paid, poor].map((id) => ['FINISHED', id, 'FINISHED'] as const),
			].map(([event, ...rest]) => [ofSchedules, `SCHEDULE_DEFINITION_PAYMENT_${event}`, ...rest]);
			all.push(
				[ofRuns, 'SCHEDULE_INSTANCE_PAYMENT_SUCCEEDED', paid, 'FINISHED_SUCCESSFULLY'],
				[ofRuns, 'SCHEDULE_INSTANCE_PAYMENT_FAILED', poor, 'FAILED_USER_ERROR'],
			);
			expect(seen).toEqual(expect.arrayContaining(all));
			expect(seen).toHaveLength(all.length);
		});
	});

	test('tells each side of a request of its own object, and of a batch', async () => {
		await listen(['REQUEST']);
		const household = account('Household').id;
		const id = await bank.control.addRequestResponse({
			accountId: account('Main').id,
			fromAccountId: household,
		});
		await bank.control.answerRequest(id, 'REJECTED');
		const calls = await called();
		expect(calls.map(({ eventType }) => eventType).sort()).toEqual([
			'REQUEST_INQUIRY_CREATED',
			'REQUEST_INQUIRY_REJECTED',
			'REQUEST_RESPONSE_CREATED',
			'REQUEST_RESPONSE_REJECTED',
		]);
		const response = calls.find(({ eventType }) => eventType === 'REQUEST_RESPONSE_REJECTED');
		expect(response?.object.RequestResponse).toMatchObject({ id, status: 'REJECTED' });
		receiver.calls = [];
		await bank.session.post(`{user}/monetary-account/${household}/request-inquiry-batch`, {
			request_inquiries: [
				{
					amount_inquired: euro('1.00'),
					counterparty_alias: { type: 'EMAIL', value: 'new@example.com' },
					description: '',
					allow_bunqme: true,
				},
			],
			total_amount_inquired: euro('1.00'),
		});
		expect((await types()).sort()).toEqual([
			'REQUEST_INQUIRY_BATCH_CREATED',
			'REQUEST_INQUIRY_CREATED',
		]);
	});

	test('tells of a revoked app', async () => {
		await listen(['OAUTH']);
		await listen(['OAUTH'], ofAccount('Main'));
		await bank.control.revoke(bank.world.oauth.accessToken);
		const { userApiKeyId } = bank.world.oauth;
		expect((await called()).map(({ object }) => object.UserApiKey.id)).toEqual([userApiKeyId]);
	});

	test('comes once for the user and once for the account, and not for other accounts', async () => {
		await listen(['MUTATION']);
		await listen(['MUTATION'], ofAccount('Main'));
		await received();
		expect(await called()).toHaveLength(2);
		await bank.control.addPayments({ accountId: account('Household').id });
		expect(await called()).toHaveLength(3);
	});

	underEach(bank, 'accountIdsNarrowFilters', (isNarrow) => {
		test('is only about the accounts that a filter names, or about all', async () => {
			await listen([]);
			const all_monetary_account_id = [account('Household').id];
			await order([{ ...filter('MUTATION'), all_monetary_account_id }]);
			await received();
			expect(await called()).toHaveLength(isNarrow ? 0 : 1);
			await bank.control.addPayments({ accountId: account('Household').id });
			expect(await called()).toHaveLength(isNarrow ? 1 : 2);
		});
	});

	test('of an app is only about the accounts that its user selected', async () => {
		await listen([]);
		const { clientId, clientSecret, redirectUris } = bank.world.oauth;
		const [redirect_uri] = redirectUris;
		const { host } = new URL(bank.url);
		const consent = `client_id=${clientId}&response_type=code&redirect_uri=${encodeURIComponent(redirect_uri)}`;
		const { headers } = await fetch(`http://${host}/auth?${consent}`, {
			method: 'POST',
			redirect: 'manual',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
			body: `decision=approve&account=${account('Household').id}`,
		});
		const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
		const exchange = new URLSearchParams({
			grant_type: 'authorization_code',
			code,
			redirect_uri,
			client_id: clientId,
			client_secret: clientSecret,
		});
		const token = await fetch(`${bank.url}/v1/token?${exchange}`, { method: 'POST' });
		const { access_token } = (await token.json()) as { access_token: string };
		await order([filter('MUTATION')], USER, await openSession(bank.url, access_token));
		await received();
		expect(await called()).toEqual([]);
		await bank.control.addPayments({ accountId: account('Household').id });
		expect(await called()).toHaveLength(1);
	});

	underEach(bank, 'signCallbacks', (isSigned) => {
		test('is signed, or is not', async () => {
			await listen(['MUTATION']);
			await received();
			const [{ text, headers }] = await called();
			const call = { bytes: Buffer.from(text), headers } as BankAnswer;
			expect(isSignedBy(bank.session.serverPublicKey, call)).toBe(isSigned);
		});
	});

	test('delays no answer, and no end of the bank, while the receiver is silent', async () => {
		const other = await startSimulator();
		const { apiKey, accounts } = await other.control.world();
		const session = await openSession(other.url, apiKey);
		await other.control.routeCallbacks({ 'https://n8n.example.com': `http://127.0.0.1:${port()}` });
		await order([filter('MUTATION')], USER, session);
		receiver.status = 0;
		await other.control.addPayments({ accountId: accounts[0].id });
		expect((await session.get(USER)).status).toBe(200);
		while (receiver.calls.length === 0) await pause(1);
		expect(await other.control.deliveries()).toMatchObject([{ state: 'calling' }]);
		await other.stop();
	});
});

describe('a callback that fails (§10.2)', () => {
	const MINUTE = 60_000;
	const FAILURES = '{user}/notification-filter-failure';
	const states = async () =>
		(await bank.control.deliveries()).map(({ state, tries }) => [state, tries.length]);
	const failures = async () =>
		(await bank.session.get(FAILURES)).json.Response.map(
			({ NotificationFilterFailure: one }: Record<string, { id: number }>) => one,
		);

	test('is tried six times, a minute apart, and then listed and sent again', async () => {
		await listen(['MUTATION']);
		receiver.status = 404;
		const [objectId] = await received();
		await bank.control.deliverDue();
		await bank.control.advance(MINUTE - 1_000);
		await bank.control.deliverDue();
		expect(await states()).toEqual([['waiting', 1]]);
		for (const tries of [2, 3, 4, 5]) {
			await bank.control.advance(MINUTE);
			await bank.control.deliverDue();
			expect(await states()).toEqual([['waiting', tries]]);
			expect(await failures()).toEqual([]);
		}
		await bank.control.advance(MINUTE);
		await bank.control.deliverDue();
		await bank.control.advance(60 * MINUTE);
		await bank.control.deliverDue();
		expect(await states()).toEqual([['failed', 6]]);
		expect(receiver.calls).toHaveLength(6);
		const [failure, ...others] = await failures();
		expect(others).toEqual([]);
		expect(failure).toMatchObject({
			notification_filters: [filter('MUTATION')],
			...filter('MUTATION'),
			event_type: 'MUTATION_RECEIVED',
			object_id: objectId,
			response_code: 404,
		});

		receiver.status = 200;
		const again = (ids: string) =>
			bank.session.post(FAILURES, { notification_filter_failed_ids: ids });
		expect((await again(`${failure.id},${failure.id}`)).json).toEqual({ Response: [] });
		expect(await called()).toHaveLength(7);
		expect(receiver.calls[6].text).toBe(receiver.calls[0].text);
		expect(await failures()).toEqual([]);
		expect((await again(`${failure.id}`)).status).toBe(404);
		expect((await again('one')).status).toBe(400);
		expect((await again(Array.from({ length: 101 }, () => '1').join())).status).toBe(400);
	});

	test('may have met a redirection, which nobody follows (inferred)', async () => {
		await listen(['MUTATION']);
		receiver.status = 302;
		await received();
		await bank.control.deliverDue();
		expect(await states()).toEqual([['waiting', 1]]);
	});

	test('recovers with the receiver', async () => {
		await listen(['MUTATION']);
		receiver.status = 500;
		await received();
		await bank.control.deliverDue();
		receiver.status = 204;
		await bank.control.advance(MINUTE);
		await bank.control.deliverDue();
		const [{ state, tries }] = await bank.control.deliveries();
		expect([state, tries.map(({ status }) => status)]).toEqual(['delivered', [500, 204]]);
		expect(Date.parse(tries[1].time) - Date.parse(tries[0].time)).toBe(MINUTE);
	});

	const firstTry = async () => {
		await received();
		await bank.control.deliverDue();
		const [{ state, tries }] = await bank.control.deliveries();
		expect([state, tries.length, tries[0].status]).toEqual(['waiting', 1, null]);
		return tries[0].error;
	};

	under(bank, 'callbackTimeoutSeconds', 0.05, () => {
		test('may have met silence', async () => {
			await listen(['MUTATION']);
			receiver.status = 0;
			expect(await firstTry()).toBe('Connection timeout after 0.05 seconds');
		});

		test('may have met an answer without an end', async () => {
			await listen(['MUTATION']);
			receiver.drips = true;
			expect(await firstTry()).toBe('Connection timeout after 0.05 seconds');
		}, 5_000);
	});

	test('is one of a hundred at most that are open at the same time', async () => {
		await listen(Array<string>(250).fill('MUTATION'));
		receiver.delayMs = 500;
		await received();
		await bank.control.deliverDue();
		expect(receiver.calls).toHaveLength(250);
		expect(receiver.mostOpen).toBeLessThanOrEqual(100);
		expect(new Set((await states()).map(([state]) => state))).toEqual(new Set(['delivered']));
	});

	under(bank, 'callbackTimeoutSeconds', 10, () => {
		test('is waited for', async () => {
			await listen(['MUTATION']);
			receiver.delayMs = 100;
			await received();
			await bank.control.deliverDue();
			expect(await states()).toEqual([['delivered', 1]]);
		});
	});

	test('may have met a port without a server, or no machine that a test may call', async () => {
		await listen(['MUTATION']);
		await bank.control.routeCallbacks({ 'https://n8n.example.com': 'http://127.0.0.1:1' });
		expect(await firstTry()).toMatch(/ECONNREFUSED/);
		await bank.control.reset();
		bank.session = await openSession(bank.url, bank.world.apiKey);
		await listen(['MUTATION']);
		await bank.control.routeCallbacks({});
		expect(await firstTry()).toBe('No route to https://n8n.example.com');
	});
});

describe('a fault of callbacks', () => {
	const descriptions = async () => (await called()).map(({ object }) => object.Payment.description);

	test('lost: the call never comes, and nothing is listed', async () => {
		await listen(['MUTATION']);
		await bank.control.callbackFault({ kind: 'lost', skip: 1 });
		for (const description of ['a', 'b', 'c']) await received({ description });
		expect(await descriptions()).toEqual(['a', 'c']);
		await bank.control.advance(3_600_000);
		expect(await descriptions()).toEqual(['a', 'c']);
		expect((await bank.control.deliveries()).map(({ state }) => state)).toEqual([
			'delivered',
			'lost',
			'delivered',
		]);
	});

	test('doubled: the same call comes twice', async () => {
		await listen(['MUTATION', 'PAYMENT']);
		await bank.control.callbackFault({
			kind: 'doubled',
			category: 'PAYMENT',
			eventType: '.*_RECEIVED',
		});
		await received();
		expect((await types()).sort()).toEqual([
			'MUTATION_RECEIVED',
			'PAYMENT_RECEIVED',
			'PAYMENT_RECEIVED',
		]);
	});

	test('late and out of order: the call comes after another', async () => {
		await listen(['MUTATION']);
		await bank.control.callbackFault({ kind: 'late', delayMs: 5_000 });
		await bank.control.callbackFault({ kind: 'out of order' });
		for (const description of ['late', 'after next']) await received({ description });
		expect(await descriptions()).toEqual([]);
		await received({ description: 'next' });
		expect(await descriptions()).toEqual(['next', 'after next']);
		await bank.control.advance(5_000);
		expect(await descriptions()).toEqual(['next', 'after next', 'late']);
	});

	test.each([
		['payment', () => received().then(([id]) => id)],
		[
			'draft-payment',
			() => bank.control.addDrafts({ accountId: account('Main').id }).then(([id]) => id),
		],
		[
			'mastercard-action',
			() => bank.control.addCardTransactions(account('Main').id, [{}]).then(([id]) => id),
		],
		['request-response', () => bank.control.addRequestResponse({ accountId: account('Main').id })],
	])('early: the call comes before a GET shows the %s', async (resource, create) => {
		await listen(['MUTATION', 'DRAFT_PAYMENT', 'CARD_TRANSACTION_SUCCESSFUL', 'REQUEST']);
		await bank.control.callbackFault({ kind: 'early', times: 9, delayMs: 60_000 });
		const id = await create();
		expect(await called()).not.toEqual([]);
		const path = `{user}/monetary-account/${account('Main').id}/${resource}`;
		const inList = async () =>
			JSON.stringify((await bank.session.get(path)).json).includes(`"id":${id},`);
		expect([await inList(), (await bank.session.get(`${path}/${id}`)).status]).toEqual([
			false,
			404,
		]);
		await bank.control.advance(60_000);
		expect([await inList(), (await bank.session.get(`${path}/${id}`)).status]).toEqual([true, 200]);
	});

	test('ends with clearFaults', async () => {
		await listen(['MUTATION']);
		await bank.control.callbackFault({ kind: 'lost', times: 9 });
		await bank.control.clearFaults();
		await received();
		expect(await called()).toHaveLength(1);
	});

	test('is not needed to hold all calls until a test sends them', async () => {
		await listen(['MUTATION']);
		await bank.control.holdCallbacks(true);
		await received();
		await bank.session.get(USER);
		await pause(150);
		expect(receiver.calls).toEqual([]);
		expect(await called()).toHaveLength(1);
	});
});
