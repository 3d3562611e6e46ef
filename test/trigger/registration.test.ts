import { randomUUID } from 'node:crypto';
import type { BunqClient } from '../../nodes/Bunq/api/client';
import type { DirtKind } from '../simulator';
import { callBank, openSession, pick, type Session } from '../simulator/control/testClient';
import { useBank } from '../support/bank';
import {
	type CallbackProcess,
	meaningOf,
	type SentFilter,
	startCallbackProcess,
} from '../support/callbackProcess';
import { passMinutes, until } from '../support/fakeClock';
import { under, underEach } from '../support/underEach';

/** The URLs that bunq calls for the triggers of a process: trigger/registration.ts, api/callbackList.ts. */

const bank = useBank();

const HOOK = 'https://other.example.com/hook/secret';
const filter = (category: string, url = HOOK, more: object = {}): SentFilter => ({
	category,
	notification_target: url,
	...more,
});

interface Setup {
	n8n: CallbackProcess;
	bunq: BunqClient;
	/** Another program of the same bunq user. */
	other: Session;
}
const now = {} as Setup;

beforeEach(async () => {
	await bank.control.switches({ extraFields: false, filterAnswer: 'lists' });
	now.n8n = startCallbackProcess();
	now.bunq = await now.n8n.connect({ apiKey: (await bank.world()).apiKey });
	now.other = await openSession(bank.url, (await bank.world()).apiKey);
	// The process knows all its triggers.
	passMinutes(11);
});

const list = async (filters: SentFilter[], by = now.other) => {
	const { status, text } = await by.post('{user}/notification-filter-url', {
		notification_filters: filters,
	});
	expect([status, text]).toEqual([200, expect.anything()]);
	await bank.control.clearLog();
	passMinutes();
};
/** bunq's list: category and URL. */
const listed = async (by = now.other) => {
	passMinutes();
	const { json } = await by.get('{user}/notification-filter-url?count=200');
	const filters = json.Response.flatMap(
		({ NotificationFilterUrl: one }: Record<string, { notification_filters?: SentFilter[] }>) =>
			one.notification_filters ?? [one],
	) as SentFilter[];
	return filters.map((one) => `${one.category} ${one.notification_target}`).sort();
};
/** What was sent to the list, each with its lists. */
const posts = async () =>
	(await bank.log())
		.filter(({ method, path }) => method === 'POST' && path.endsWith('notification-filter-url'))
		.map(({ body }) =>
			(body as { notification_filters: SentFilter[] }).notification_filters.map(meaningOf).sort(),
		);
const trigger = (categories: string[], key: string = randomUUID()) => ({
	key,
	url: `https://n8n.example.com/webhook/${randomUUID()}/bunq`,
	categories,
});
const register = async (...triggers: Array<ReturnType<typeof trigger>>) => {
	const results = [];
	for (const one of triggers) results.push(await now.n8n.registerTrigger(now.bunq, one));
	return results;
};
const REGISTERED = { state: 'registered' };

describe('a list with entries of other programs', () => {
	underEach(bank, 'filterAnswer', () => {
		test('gets one URL per category, for all triggers', async () => {
			await list([filter('MUTATION'), filter('REQUEST')]);
			const [one, two] = [trigger(['MUTATION']), trigger(['MUTATION', 'DRAFT_PAYMENT'])];
			expect(await register(one, two)).toEqual([REGISTERED, REGISTERED]);
			expect(await listed()).toEqual(
				[
					`DRAFT_PAYMENT ${two.url}`,
					`MUTATION ${one.url}`,
					`MUTATION ${HOOK}`,
					`REQUEST ${HOOK}`,
				].sort(),
			);
		});
	});

	test('keeps each entry as narrow or as wide as it was: bunq shows wide ones with all accounts', async () => {
		const all_monetary_account_id = [await bank.accountId('Main')];
		const narrow = filter('MUTATION', HOOK, { all_monetary_account_id });
		const verified = filter('REQUEST', HOOK, { all_verification_type: ['BUNQ_CERTIFICATE'] });
		await list([narrow, verified, filter('OAUTH')]);
		const one = trigger(['MUTATION']);
		await register(one);
		expect(await posts()).toEqual([
			[narrow, verified, filter('OAUTH'), filter('MUTATION', one.url)].map(meaningOf).sort(),
		]);
	});

	test('keeps a wide entry wide where the user has closed an account', async () => {
		await bank.closeAccount(await bank.control.addAccount({ balance: '0.00' }));
		const open = (await bank.world()).accounts.filter(({ status }) => status === 'ACTIVE');
		const all_monetary_account_id = open.map(({ id }) => id);
		await list([filter('OAUTH', HOOK, { all_monetary_account_id })]);
		const one = trigger(['MUTATION']);
		await register(one);
		expect(await posts()).toEqual([
			[filter('OAUTH'), filter('MUTATION', one.url)].map(meaningOf).sort(),
		]);
	});

	test.each(['status', 'id'])(
		'that may be wide is not written while an account has no %s that can be read',
		async (key) => {
			await list([filter('OAUTH')]);
			await bank.control.dirty({
				changes: [{ kind: 'null', key: `MonetaryAccount[^.]*\\.${key}$`, entry: 0 }],
				path: 'monetary-account$',
			});
			expect(await register(trigger(['MUTATION']))).toMatchObject([{ state: 'unreadable' }]);
			expect(await posts()).toEqual([]);
		},
	);

	test('that shows entries twice, as where pages overlap, is sent without repetitions', async () => {
		await bank.control.switches({ filterAnswer: 'full' });
		await list([filter('REQUEST')]);
		await bank.control.dirty({
			changes: [{ kind: 'every entry twice' }],
			path: 'notification-filter-url',
		});
		const one = trigger(['MUTATION']);
		await register(one);
		expect((await posts())[0]).toEqual(
			[filter('REQUEST'), filter('MUTATION', one.url)].map(meaningOf).sort(),
		);
	});

	test('of more than 200 entries keeps all', async () => {
		await bank.control.switches({ callbackLimit: 'none' });
		const many = Array.from({ length: 450 }, (_, at) => filter('BILLING', `${HOOK}/${at}`));
		await list(many);
		expect(await register(trigger(['MUTATION']))).toEqual([REGISTERED]);
		// Three pages, before and after the POST.
		const reads = (await bank.requestShapes()).filter((one) => /^GET .*filter-url$/.test(one));
		expect(reads).toHaveLength(6);
		expect(await listed()).toHaveLength(200);
		expect((await posts())[0]).toEqual(expect.arrayContaining(many.map(meaningOf)));
		expect((await posts())[0]).toHaveLength(451);
	});

	test('of one ID keeps all', async () => {
		const ofOthers = [filter('MUTATION'), filter('REQUEST'), filter('BILLING')];
		await list(ofOthers);
		const shown = ofOthers.map((one) => ({ NotificationFilterUrl: { id: 7, ...one } }));
		const body = JSON.stringify({ Response: shown, Pagination: null });
		const path = 'notification-filter-url';
		await bank.control.fault({ kind: 'other', method: 'GET', path, body });
		const one = trigger(['MUTATION']);
		expect(await register(one)).toEqual([REGISTERED]);
		expect(await posts()).toEqual([
			[...ofOthers, filter('MUTATION', one.url)].map(meaningOf).sort(),
		]);
	});

	test('keeps a wide entry wide that also names an account that is gone', async () => {
		const ids = (await bank.world()).accounts.map(({ id }) => id);
		const wide = filter('REQUEST', HOOK, {
			all_user_id: [],
			all_monetary_account_id: [...ids, 1],
			all_verification_type: [],
		});
		const body = JSON.stringify({
			Response: [{ NotificationFilterUrl: wide }],
			Pagination: null,
		});
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'filter-url', body });
		const one = trigger(['MUTATION']);
		expect((await register(one))[0].state).not.toBe('unreadable');
		expect((await posts())[0]).toEqual(
			[filter('REQUEST'), filter('MUTATION', one.url)].map(meaningOf).sort(),
		);
	});

	test('of two equal entries without an ID keeps both', async () => {
		const shown = { NotificationFilterUrl: filter('REQUEST') };
		const body = JSON.stringify({ Response: [shown, shown], Pagination: null });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'filter-url', body });
		const one = trigger(['MUTATION']);
		await register(one);
		expect((await posts())[0]).toEqual(
			[filter('REQUEST'), filter('REQUEST'), filter('MUTATION', one.url)].map(meaningOf).sort(),
		);
	});

	test.each<[string, DirtKind, string]>([
		['no category', 'null', '.category'],
		['no URL', 'missing', '.notification_target'],
		['accounts that are no list', 'a text', '.all_monetary_account_id'],
		['no list of accounts', 'missing', '.all_monetary_account_id'],
		['an account without ID', 'an object', '.all_monetary_account_id.*'],
		['users that are no list', 'null', '.all_user_id'],
		['a kind of verification that is no text', 'true', '.all_verification_type.*'],
		['no content', 'null', ''],
	])('with %s is never written', async (_, kind, key) => {
		await list([filter('REQUEST', HOOK, { all_verification_type: ['X'] })]);
		const shape = `Response.*.NotificationFilterUrl${key}`;
		await bank.control.dirty({
			changes: [{ kind, key: `^${shape.replace(/[.*]/g, '\\$&')}$` }],
			path: 'notification-filter-url',
		});
		expect(await register(trigger(['MUTATION']))).toMatchObject([{ state: 'unreadable' }]);
		const [{ dirt }] = (await bank.log()).filter(({ path }) => path.endsWith('filter-url'));
		expect(dirt).toHaveLength(key.endsWith('id.*') ? (await bank.world()).accounts.length : 1);
		expect(await posts()).toEqual([]);
	});

	under(bank, 'extraFields', true, () => {
		test('with a field that no POST takes is never written, and the error names host and field only', async () => {
			await list([filter('REQUEST')]);
			const [result] = await register(trigger(['MUTATION']));
			expect(result).toMatchObject({
				state: 'unreadable',
				error: {
					message: expect.stringContaining('_future_field'),
					description: expect.stringContaining('other.example.com'),
				},
			});
			expect(JSON.stringify(result)).not.toContain('secret');
			expect(await posts()).toEqual([]);
		});

		test('without entries of others is written, whatever fields ours have', async () => {
			const [one, two] = [trigger(['MUTATION']), trigger(['REQUEST'])];
			expect(await register(one, two)).toEqual([REGISTERED, REGISTERED]);
			expect(await listed()).toEqual([`MUTATION ${one.url}`, `REQUEST ${two.url}`]);
		});
	});
});

describe('an own URL that bunq shows in another form', () => {
	const forms: Record<string, (url: string) => string> = {
		'with a host in capitals': (url) =>
			url.replace('https://n8n.example.com', 'HTTPS://N8N.Example.COM'),
		'with a port': (url) => url.replace('.com/', '.com:443/'),
		'with a slash at its end': (url) => `${url}/`,
		'with escapes': (url) => url.replace('/webhook/', '/%77ebhook/').replace('(1)', '%281%29'),
	};

	test.each(Object.entries(forms))('%s is neither added again nor left behind', async (_, form) => {
		const one = trigger(['MUTATION']);
		one.url = one.url.replace('/webhook/', '/n8n(1)/webhook/');
		const show = async (times: number) => {
			const shown = { NotificationFilterUrl: filter('MUTATION', form(one.url)) };
			const body = JSON.stringify({ Response: [shown], Pagination: null });
			const path = 'notification-filter-url';
			await bank.control.fault({ kind: 'other', method: 'GET', path, body, times });
		};
		await now.bunq.user();
		await show(1);
		expect(await register(one)).toEqual([REGISTERED]);
		expect(await posts()).toEqual([]);
		await show(1);
		await now.n8n.unregisterTrigger(now.bunq, one);
		expect(await posts()).toEqual([[]]);
	});
});

describe('room for two URLs per category', () => {
	const taken = [filter('MUTATION'), filter('MUTATION', `${HOOK}/2`)];

	test('is not taken from others, who are named, and other categories are registered', async () => {
		await list(taken);
		const one = trigger(['MUTATION', 'REQUEST']);
		expect(await register(one)).toEqual([
			{
				state: 'full',
				categories: ['MUTATION'],
				hosts: ['other.example.com'],
			},
		]);
		expect(await listed()).toEqual(
			[...taken.map((each) => `MUTATION ${each.notification_target}`), `REQUEST ${one.url}`].sort(),
		);
		expect(await register(trigger(['REQUEST']))).toEqual([REGISTERED]);
	});

	test('is made by dropping a URL that a dead trigger left, once all triggers have started', async () => {
		const dead = trigger([]).url;
		await list([filter('MUTATION'), filter('MUTATION', dead), filter('REQUEST', dead)]);
		const one = trigger(['MUTATION']);
		expect(await register(one)).toEqual([REGISTERED]);
		// Where no room is needed, it stays.
		expect(await listed()).toEqual(
			[`MUTATION ${HOOK}`, `MUTATION ${one.url}`, `REQUEST ${dead}`].sort(),
		);
	});

	test('counts as used by a trigger that may be about to start, soon after the start of n8n', async () => {
		const young = startCallbackProcess();
		const bunq = await young.connect({ apiKey: (await bank.world()).apiKey });
		const left = trigger(['MUTATION']);
		await list([filter('MUTATION'), filter('MUTATION', left.url)]);
		const one = trigger(['MUTATION']);
		expect(await young.registerTrigger(bunq, one)).toEqual(REGISTERED);
		expect(await posts()).toEqual([]);
		passMinutes(16);
		expect(await young.keepRegistered(bunq, one)).toEqual(REGISTERED);
		expect(await listed()).toEqual([`MUTATION ${HOOK}`, `MUTATION ${one.url}`].sort());
	});

	test.each([
		['another n8n', `https://n8n.other.example.com/webhook/${randomUUID()}/bunq`],
		['another path', `https://n8n.example.com/hooks/${randomUUID()}/bunq`],
		['another node', `https://n8n.example.com/webhook/${randomUUID()}/stripe`],
		['no webhook of a trigger', 'https://n8n.example.com/webhook/payments/bunq'],
	])('is not made by dropping a URL of %s', async (_, url) => {
		await list([filter('MUTATION'), filter('MUTATION', url)]);
		expect(await register(trigger(['MUTATION']))).toMatchObject([{ state: 'full' }]);
		expect(await posts()).toEqual([]);
	});
});

describe('triggers that stop', () => {
	test('leave nothing at bunq, and another one takes over', async () => {
		await list([filter('MUTATION')]);
		const [one, two] = [trigger(['MUTATION']), trigger(['MUTATION'])];
		await register(one, two);
		await now.n8n.unregisterTrigger(now.bunq, one);
		expect(await listed()).toEqual([`MUTATION ${two.url}`, `MUTATION ${HOOK}`].sort());
		await now.n8n.unregisterTrigger(now.bunq, two);
		expect(await listed()).toEqual([`MUTATION ${HOOK}`]);
	});

	test('without an answer of bunq are removed with the next clock of another one', async () => {
		const [one, two, three] = [trigger(['MUTATION']), trigger(['REQUEST']), trigger(['OAUTH'])];
		await register(one, two, three);
		for (const stopped of [one, three]) {
			await bank.control.fault({ kind: 'maintenance', path: 'notification-filter-url' });
			await expect(now.n8n.unregisterTrigger(now.bunq, stopped)).rejects.toMatchObject({
				kind: 'unavailable',
			});
		}
		passMinutes();
		await now.n8n.keepRegistered(now.bunq, two);
		expect(await listed()).toEqual([`REQUEST ${two.url}`]);
	});

	test('are not woken any more, and their URL stays for the trigger that n8n starts again', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger(['MUTATION'])];
		await register(one, two);
		expect(now.n8n.triggersCalledWith(two.key).sort()).toEqual([one.key, two.key].sort());
		now.n8n.forgetTrigger(one.key);
		expect(now.n8n.triggersCalledWith(two.key)).toEqual([two.key]);
		expect(now.n8n.triggersCalledWith(one.key)).toEqual([]);
		expect(await listed()).toEqual([`MUTATION ${one.url}`]);
	});

	test('and were published again before have not given up their URL', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger(['REQUEST'])];
		await register(one);
		await now.n8n.unregisterTrigger(now.bunq, one);
		await register(one);
		now.n8n.forgetTrigger(one.key);
		await register(two);
		expect(await listed()).toEqual([`MUTATION ${one.url}`, `REQUEST ${two.url}`]);
	});

	test('after the same URL got another name, as with a node that was renamed, keep it', async () => {
		const one = trigger(['MUTATION']);
		await register(one, { ...one, key: randomUUID() });
		await now.n8n.unregisterTrigger(now.bunq, one);
		expect(await listed()).toEqual([`MUTATION ${one.url}`]);
	});

	test('while bunq is asked for its user are not registered', async () => {
		const bunq = await now.n8n.connect({ apiKey: (await bank.world()).apiKey });
		const one = trigger(['MUTATION']);
		const registering = now.n8n.registerTrigger(bunq, one);
		now.n8n.forgetTrigger(one.key);
		expect(await registering).toEqual({ state: 'stopped' });
		expect(await posts()).toEqual([]);
	});
});

test('a trigger with another URL leaves the old one nowhere', async () => {
	const one = trigger(['MUTATION']);
	const moved = { ...one, url: trigger([]).url };
	await register(one, moved);
	expect(await listed()).toEqual([`MUTATION ${moved.url}`]);
});

test('a registration reads the list, writes it and reads it again; two at once do so one after the other', async () => {
	const path = 'GET /user/{}/notification-filter-url';
	await bank.control.clearLog();
	await Promise.all([register(trigger(['MUTATION'])), register(trigger(['REQUEST']))]);
	// The first change makes the list right for both.
	expect(await bank.requestShapes()).toEqual([path, path.replace('GET', 'POST'), path, path]);
});

test('where all entries are of this n8n, a registration reads no accounts', async () => {
	await register(trigger(['MUTATION']));
	await bank.control.clearLog();
	await register(trigger(['REQUEST']));
	expect((await bank.requests()).filter((one) => !one.endsWith('filter-url'))).toEqual([]);
});

describe('the clock of the triggers', () => {
	test('puts right, every 15 minutes, what another program replaced', async () => {
		const one = trigger(['MUTATION']);
		await register(one);
		await list([filter('REQUEST')]);
		passMinutes(13);
		await now.n8n.keepRegistered(now.bunq, one);
		expect(await bank.requests()).toEqual([]);
		passMinutes(2);
		expect(await now.n8n.keepRegistered(now.bunq, one)).toEqual(REGISTERED);
		expect(await listed()).toEqual([`MUTATION ${one.url}`, `REQUEST ${HOOK}`]);
	});

	test('asks once for all triggers of a user, and writes nothing where nothing has to change', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger(['REQUEST'])];
		await register(one, two);
		passMinutes(15);
		await bank.control.clearLog();
		for (const each of [one, two]) await now.n8n.keepRegistered(now.bunq, each);
		expect(await bank.requestShapes()).toEqual(['GET /user/{}/notification-filter-url']);
	});

	test('asks again a minute after a failure', async () => {
		const one = trigger(['MUTATION']);
		await bank.control.fault({ kind: 'maintenance', path: 'notification-filter-url' });
		expect(await register(one)).toMatchObject([{ state: 'unavailable' }]);
		passMinutes(2);
		expect(await now.n8n.keepRegistered(now.bunq, one)).toEqual(REGISTERED);
	});

	test('registers a trigger for which bunq gave no user at the start of n8n', async () => {
		const bunq = await now.n8n.connect({ apiKey: (await bank.world()).apiKey });
		const one = trigger(['MUTATION']);
		await bank.control.fault({ kind: 'maintenance', path: 'installation' });
		expect(await now.n8n.registerTrigger(bunq, one)).toMatchObject({ state: 'unavailable' });
		passMinutes(2);
		expect(await now.n8n.keepRegistered(bunq, one)).toEqual(REGISTERED);
	});
});

test('a list that another program changes while bunq refuses a POST for its limits is read again', async () => {
	const one = trigger(['MUTATION']);
	await bank.control.fault({ kind: '429', method: 'POST', path: 'notification-filter-url' });
	const registering = register(one);
	await until(async () => (await bank.log()).some(({ fault }) => fault === '429'));
	await now.other.post('{user}/notification-filter-url', {
		notification_filters: [filter('REQUEST')],
	});
	expect(await registering).toEqual([REGISTERED]);
	expect(await listed()).toEqual([`MUTATION ${one.url}`, `REQUEST ${HOOK}`]);
});

describe('a category that bunq refuses', () => {
	const OWN_WORD = 'SOMETHING_NEW';

	underEach(bank, 'unknownCategory', (unknownCategory) => {
		test('keeps no other from being called, and is reported to its trigger only', async () => {
			await list([filter('MUTATION')]);
			const one = trigger(['MUTATION', OWN_WORD, 'REQUEST']);
			const two = trigger(['REQUEST']);
			const states = (await register(one, two)).map(({ state }) => state);
			const told = { refuse: 'refused', ignore: 'replaced', keep: 'registered' }[unknownCategory];
			expect(states).toEqual([told, 'registered']);
			expect((await listed()).filter((each) => !each.startsWith(OWN_WORD))).toEqual(
				[`MUTATION ${HOOK}`, `MUTATION ${one.url}`, `REQUEST ${one.url}`].sort(),
			);
		});
	});

	test('is asked for once, and keeps nothing there that has to go', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger([OWN_WORD])];
		await register(one);
		await bank.control.fault({ kind: 'maintenance', path: 'notification-filter-url' });
		await now.n8n.unregisterTrigger(now.bunq, one).catch(() => undefined);
		expect(await register(two)).toMatchObject([{ state: 'refused' }]);
		expect(await listed()).toEqual([]);

		passMinutes(16);
		await bank.control.clearLog();
		await now.n8n.keepRegistered(now.bunq, two);
		expect((await bank.log()).map(({ method }) => method)).toEqual(['GET', 'POST']);
	});

	test('does not keep the URL of a trigger that stops', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger([OWN_WORD])];
		await register(one, two);
		await now.n8n.unregisterTrigger(now.bunq, one);
		expect(await listed()).toEqual([]);
	});
});

test('a list that bunq shows as it was for some seconds after a POST is not set again', async () => {
	const body = JSON.stringify({ Response: [], Pagination: null });
	await bank.control.fault({
		kind: 'other',
		method: 'GET',
		path: 'notification-filter-url$',
		body,
		times: 3,
	});
	expect(await register(trigger(['MUTATION']))).toEqual([REGISTERED]);
	expect(await posts()).toHaveLength(1);
});

describe('a POST whose answer is lost', () => {
	test.each(['drop-after', '500-after', 'truncated'] as const)(
		'and that bunq carried out is not sent again: %s',
		async (kind) => {
			const one = trigger(['MUTATION']);
			await bank.control.fault({ kind, method: 'POST', path: 'notification-filter-url' });
			expect(await register(one)).toEqual([REGISTERED]);
			expect(await posts()).toHaveLength(1);
		},
	);

	test('and that bunq did not carry out is sent again only when it cannot come late any more', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger(['REQUEST'])];
		await bank.control.fault({
			kind: 'drop-before',
			method: 'POST',
			path: 'notification-filter-url',
		});
		expect(await register(one)).toMatchObject([{ state: 'unavailable' }]);
		expect(await register(two)).toEqual([REGISTERED]);
		const [first, second] = (await bank.log()).filter(({ method }) => method === 'POST');
		expect(Date.parse(second.time) - Date.parse(first.time)).toBeGreaterThanOrEqual(30_000);
		expect(await listed()).toEqual([`MUTATION ${one.url}`, `REQUEST ${two.url}`]);
	});

	test('and that bunq carried out late is not sent again', async () => {
		const [one, two] = [trigger(['MUTATION']), trigger(['REQUEST'])];
		const path = 'notification-filter-url';
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path });
		expect(await register(one)).toMatchObject([{ state: 'unavailable' }]);
		await bank.control.clearLog();
		const registering = register(two);
		await until(async () => (await bank.requests()).length > 0);
		await now.other.post(`{user}/${path}`, {
			notification_filters: [filter('MUTATION', one.url), filter('REQUEST', two.url)],
		});
		expect(await registering).toEqual([REGISTERED]);
		expect(await posts()).toHaveLength(1);
	});

	test('to a program that replaces the list each time ends after three', async () => {
		const one = trigger(['MUTATION']);
		await bank.control.switches({ unknownCategory: 'ignore' });
		expect(await register({ ...one, categories: ['SOMETHING_NEW'] })).toMatchObject([
			{ state: 'replaced' },
		]);
		expect(await posts()).toHaveLength(3);
	});
});

test('two triggers and two processes at once: each is registered, and nothing of others is lost', async () => {
	await list([filter('MUTATION'), filter('REQUEST')]);
	const second = startCallbackProcess();
	const elsewhere = await second.connect({ apiKey: (await bank.world()).apiKey });
	const [one, two, three] = ['MUTATION', 'REQUEST', 'OAUTH'].map((category) => trigger([category]));
	const results = await Promise.all([
		now.n8n.registerTrigger(now.bunq, one),
		now.n8n.registerTrigger(now.bunq, two),
		second.registerTrigger(elsewhere, three),
	]);
	expect(results).toEqual([REGISTERED, REGISTERED, REGISTERED]);
	passMinutes(16);
	await now.n8n.keepRegistered(now.bunq, one);
	await second.keepRegistered(elsewhere, three);
	expect(await listed()).toEqual(
		[
			`MUTATION ${HOOK}`,
			`REQUEST ${HOOK}`,
			`MUTATION ${one.url}`,
			`REQUEST ${two.url}`,
			`OAUTH ${three.url}`,
		].sort(),
	);
});

test('two bunq users share neither list nor calls', async () => {
	const environment = 'sandbox' as const;
	const arrive = async () => {
		const made = await callBank(bank.url, 'POST', '/v1/sandbox-user-person', { environment });
		const { api_key: apiKey } = pick(made, 'ApiKey') as { api_key: string };
		return { apiKey, bunq: await now.n8n.connect({ environment, apiKey }) };
	};
	const [anna, ben] = [await arrive(), await arrive()];
	const [one, two] = [trigger(['MUTATION']), trigger(['MUTATION'])];
	await now.n8n.registerTrigger(anna.bunq, one);
	await now.n8n.registerTrigger(ben.bunq, two);
	for (const [{ apiKey }, { key, url }] of [
		[anna, one],
		[ben, two],
	] as const) {
		passMinutes();
		expect(await listed(await openSession(bank.url, apiKey, { environment }))).toEqual([
			`MUTATION ${url}`,
		]);
		expect(now.n8n.triggersCalledWith(key)).toEqual([key]);
	}
	// A trigger that moves to the other user's credential leaves nothing in the first list.
	const three = trigger(['MUTATION']);
	await now.n8n.registerTrigger(anna.bunq, three);
	await now.n8n.registerTrigger(ben.bunq, one);
	passMinutes(16);
	await now.n8n.keepRegistered(anna.bunq, three);
	passMinutes();
	expect(await listed(await openSession(bank.url, anna.apiKey, { environment }))).toEqual([
		`MUTATION ${three.url}`,
	]);
});

describe('an OAuth app', () => {
	const app = async () => ({
		oauthTokenData: { access_token: (await bank.world()).oauth.accessToken },
	});

	under(bank, 'oauthMayFilter', false, () => {
		test("without the right is refused: the result has bunq's words", async () => {
			const bunq = await now.n8n.connect(await app());
			const one = trigger(['MUTATION']);
			expect(await now.n8n.registerTrigger(bunq, one)).toMatchObject({
				state: 'refused',
				error: { message: expect.stringMatching(/^Not enough permissions/) },
			});
			passMinutes(13);
			await bank.control.clearLog();
			await now.n8n.keepRegistered(bunq, one);
			expect(await bank.requests()).toEqual([]);
		});
	});

	under(bank, 'appCallbacks', 'own', () => {
		test('sends back what others have in its list as wide and as narrow as it was', async () => {
			const other = await openSession(bank.url, (await bank.world()).oauth.accessToken);
			const narrow = filter('OAUTH', HOOK, { all_user_id: [4_711] });
			await list([filter('REQUEST'), narrow], other);
			const one = trigger(['MUTATION']);
			await now.n8n.registerTrigger(await now.n8n.connect(await app()), one);
			expect(await posts()).toEqual([
				[filter('REQUEST'), narrow, filter('MUTATION', one.url)].map(meaningOf).sort(),
			]);
		});
	});

	test.each(['userId', 'grantorId'] as const)(
		'sends back as wide what bunq shows as limited to its own %s',
		async (key) => {
			const bunq = await now.n8n.connect(await app());
			const all_user_id = [(await bunq.user())[key]];
			const shown = {
				NotificationFilterUrl: {
					...filter('REQUEST', HOOK, { all_user_id }),
					all_monetary_account_id: [],
					all_verification_type: [],
				},
			};
			const body = JSON.stringify({ Response: [shown], Pagination: null });
			await bank.control.fault({ kind: 'other', method: 'GET', path: 'filter-url', body });
			await bank.control.clearLog();
			const one = trigger(['MUTATION']);
			await now.n8n.registerTrigger(bunq, one);
			expect(await posts()).toEqual([
				[filter('REQUEST'), filter('MUTATION', one.url)].map(meaningOf).sort(),
			]);
		},
	);

	describe('that sees one account', () => {
		const register = async (limit: number) => {
			const ids = (await bank.world()).accounts.map(({ id }) => id);
			await list([
				filter('MUTATION', HOOK, { all_monetary_account_id: ids.slice(0, limit) }),
				filter('REQUEST', HOOK, { all_monetary_account_id: ids.slice(1, 3) }),
			]);
			const { json } = await now.other.get('{user}/monetary-account');
			const [first] = (json.Response as Array<Record<string, { id: number }>>).filter((one) =>
				Object.values(one).some(({ id }) => id === ids[0]),
			);
			const body = JSON.stringify({ Response: [first], Pagination: null });
			await bank.control.fault({ kind: 'other', path: 'monetary-account$', body });
			const bunq = await now.n8n.connect(await app());
			await bunq.user();
			await bank.control.clearLog();
			return await now.n8n.registerTrigger(bunq, trigger(['OAUTH']));
		};

		test('leaves a list alone whose entry is for it and for others: all, or some of them', async () => {
			expect(await register(2)).toMatchObject({
				state: 'unreadable',
				error: { message: expect.stringContaining('does not see') },
			});
			expect(await posts()).toEqual([]);
		});

		test('sends back an entry that is for others only', async () => {
			expect(await register(1)).toEqual(REGISTERED);
			expect((await posts())[0]).toHaveLength(3);
			const others = (await bank.world()).accounts.slice(1, 3).map(({ id }) => id);
			const kept = filter('REQUEST', HOOK, { all_monetary_account_id: others });
			expect((await posts())[0]).toContain(meaningOf(kept));
		});
	});

	underEach(bank, 'appCallbacks', (appCallbacks) => {
		test('and its user wake each other, and have a URL in each list', async () => {
			const bunq = await now.n8n.connect(await app());
			const [one, two] = [trigger(['MUTATION']), trigger(['MUTATION'])];
			await now.n8n.registerTrigger(now.bunq, one);
			await now.n8n.registerTrigger(bunq, two);
			expect(now.n8n.triggersCalledWith(one.key).sort()).toEqual([one.key, two.key].sort());
			const { accessToken } = (await bank.world()).oauth;
			passMinutes();
			const ofApp = await listed(await openSession(bank.url, accessToken));
			const isShared = appCallbacks === 'shared';
			expect(ofApp).toEqual([`MUTATION ${isShared ? one.url : two.url}`]);
			expect(await listed()).toEqual([`MUTATION ${one.url}`]);
		});
	});
});

test.each([undefined, 'http://localhost:5678/webhook/1/bunq'])(
	'where bunq cannot call %s, it is asked nothing',
	async (url) => {
		const one = { ...trigger(['MUTATION']), url };
		await bank.control.clearLog();
		expect(await now.n8n.registerTrigger(now.bunq, one)).toEqual({ state: 'noAddress', url });
		await now.n8n.unregisterTrigger(now.bunq, one);
		expect(await bank.control.log()).toEqual([]);
	},
);
