import { openSession, pick, refusalOf, type Session } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Callbacks of the simulated bank (docs/bunq-api.md 10). */

const bank = useSimulator({ unlimited: true, secret: ({ apiKey }) => apiKey });
const { account } = bank;

const HOOK = 'https://n8n.example.com/hook';
const filter = (category: string, notification_target = HOOK) => ({
	category,
	notification_target,
});
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

	test.each([
		['full', /^(id|created|updated|category|all_.*|notification_target|_future.*)$/, 10],
		['lists', /^(category|all_.*|notification_target|_future.*)$/, 7],
		['bare', /^(category|notification_target|_future.*)$/, 4],
	] as const)('has the keys of the switch: %s', async (filterAnswer, key, count) => {
		await bank.control.switches({ filterAnswer });
		for (const answer of [await order([filter('MUTATION')]), await bank.session.get(USER)]) {
			const keys = Object.keys(pick(answer, 'NotificationFilterUrl'));
			expect(keys).toEqual(Array.from({ length: count }, () => expect.stringMatching(key)));
		}
	});

	test('is nested with a switch, as in the file of bunq', async () => {
		await bank.control.switches({ filterAnswer: 'nested' });
		expect(pick(await order([filter('MUTATION')]), 'Id').id).toEqual(expect.any(Number));
		const { notification_filters } = pick(await bank.session.get(USER), 'NotificationFilterUrl');
		expect(notification_filters).toMatchObject([filter('MUTATION')]);
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

	test('may have two URLs per category; with a switch all lists of a user together', async () => {
		const two = ['a', 'b'].map((path) => filter('MUTATION', `${HOOK}/${path}`));
		expect((await order([...two, ...two])).status).toBe(200);
		expect((await order([filter('MUTATION')], ofAccount('Main'))).status).toBe(200);
		await bank.control.switches({ callbackLimit: 'user' });
		expect((await order([filter('MUTATION')], ofAccount('Main'))).status).toBe(400);
		await bank.control.switches({ callbackLimit: 'none' });
		expect((await order([...two, filter('MUTATION')])).status).toBe(200);
	});

	test('leaves out or keeps an unknown category with a switch', async () => {
		await bank.control.switches({ unknownCategory: 'ignore' });
		await order([filter('WEATHER'), filter('MUTATION')]);
		expect(await listed()).toEqual([['MUTATION', HOOK]]);
		await bank.control.switches({ unknownCategory: 'keep' });
		await order([filter('WEATHER')]);
		expect(await listed()).toEqual([['WEATHER', HOOK]]);
	});

	test('accepts plain HTTP with a switch, for receivers on this machine', async () => {
		await bank.control.switches({ httpsCallbacks: false });
		expect((await order([filter('MUTATION', 'http://127.0.0.1:1/hook')])).status).toBe(200);
	});

	test('is one for an app and its user, or each has its own, or an app has none', async () => {
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		await order([filter('MUTATION')]);
		expect(await listed(USER, app)).toEqual([['MUTATION', HOOK]]);
		await bank.control.switches({ appCallbacks: 'own' });
		expect(await listed(USER, app)).toEqual([]);
		await order([filter('REQUEST')], USER, app);
		expect(await listed()).toEqual([['MUTATION', HOOK]]);
		await bank.control.switches({ oauthMayFilter: false });
		expect(refusalOf(await app.get(USER))[1]).toMatch(/^Not enough permissions/);
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
