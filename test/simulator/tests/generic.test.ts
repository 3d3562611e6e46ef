import { callBank, euro, openSession, pick, refusalOf } from '../control/testClient';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** What the simulated bank does with the parts of bunq's API for which it has no rules of its own. */

const bank = useSimulator({ unlimited: true, secret: ({ apiKey }) => apiKey });

const NOT_FOUND = [404, 'The item you requested could not be found.'];
const callbacks = async () =>
	`{user}/oauth-client/${await bank.control.addObject('/user/{user}/oauth-client')}/callback-url`;
const ribs = (account: string) => `{user}/monetary-account/${bank.account(account).id}/export-rib`;
const remove = async (path: string) =>
	await callBank(
		`${bank.url}/v1`,
		'DELETE',
		path.replace('{user}', `/user/${bank.session.userId}`),
		{ token: bank.session.token },
	);

test('an object is created, read, changed, listed and deleted', async () => {
	const path = await callbacks();
	const urls = async () =>
		(await bank.session.get(path)).json.Response.map(
			({ OauthCallbackUrl }: { OauthCallbackUrl: { url: string } }) => OauthCallbackUrl.url,
		);
	const { id } = pick(await bank.session.post(path, { url: 'https://one.example' }), 'Id');
	const { created, updated, ...rest } = pick(
		await bank.session.get(`${path}/${id}`),
		'OauthCallbackUrl',
	);
	expect(rest).toEqual({ id, url: 'https://one.example' });
	expect(updated).toBe(created);
	await bank.session.post(path, { url: 'https://two.example' });
	expect(await urls()).toEqual(['https://two.example', 'https://one.example']);

	const changed = await bank.session.put(`${path}/${id}`, { url: 'https://three.example' });
	expect(pick(changed, 'Id')).toEqual({ id });
	const after = pick(await bank.session.get(`${path}/${id}`), 'OauthCallbackUrl');
	expect(after).toMatchObject({ url: 'https://three.example', created });
	expect(after.updated > updated).toBe(true);
	expect((await remove(`${path}/${id}`)).json).toEqual({ Response: [] });
	expect(await urls()).toEqual(['https://two.example']);
	expect(refusalOf(await bank.session.get(`${path}/${id}`))).toEqual(NOT_FOUND);
});

test('a list has pages', async () => {
	const path = await callbacks();
	for (let count = 0; count < 12; count++) await bank.session.post(path, { url: `${count}` });
	const first = await bank.session.get(path);
	expect(first.json.Response).toHaveLength(10);
	const { pathname, search } = new URL(first.json.Pagination.older_url, 'https://x');
	const second = await bank.session.get(pathname.slice('/v1'.length) + search);
	expect(second.json.Response).toMatchObject([
		{ OauthCallbackUrl: { url: '1' } },
		{ OauthCallbackUrl: { url: '0' } },
	]);
	expect(second.json.Pagination.older_url).toBeNull();
});

test('what was sent is shown where answers have it, and every other key has a value', async () => {
	const path = '{user}/whitelist-sdd-recurring';
	const shown = {
		monetary_account_paying_id: bank.account('Main').id,
		maximum_amount_per_month: euro('10.00'),
	};
	const { id } = pick(await bank.session.post(path, { ...shown, request_id: 7 }), 'Id');
	const made = pick(await bank.session.get(`${path}/${id}`), 'WhitelistSddRecurring');
	expect(made).toMatchObject({
		id,
		...shown,
		type: 'type',
	});
	expect(made).not.toHaveProperty('request_id');
});

test('a pointer comes back as a label', async () => {
	const path = `{user}/monetary-account/${bank.account('Main').id}/share-invite-monetary-account-inquiry`;
	const counter_user_alias = { type: 'EMAIL', value: 'sam@example.com', name: 'Sam' };
	const body = { counter_user_alias, access_type: 'VIEW_BALANCE' };
	const { id } = pick(await bank.session.post(path, body), 'Id');
	const made = await bank.session.get(`${path}/${id}`);
	expect(made.json.Response[0].ShareInviteMonetaryAccountInquiry.counter_user_alias).toMatchObject({
		display_name: 'Sam',
	});
});

describe('refuses', () => {
	test.each([
		['a missing field', {}, 'Missing required parameter "url".'],
		['another type', { url: 7 }, 'Invalid type for field "url" (expected STRING).'],
		['an unknown field', { url: 'x', no: 1 }, 'Superfluous field "no".'],
	])('%s', async (_, body, words) => {
		const answer = await bank.session.post(await callbacks(), body);
		expect(refusalOf(answer)).toEqual([400, words]);
	});

	test('a wrong type within an object', async () => {
		const answer = await bank.session.post('{user}/whitelist-sdd-recurring', {
			monetary_account_paying_id: 1,
			request_id: 1,
			maximum_amount_per_month: { value: 1, currency: 'EUR' },
		});
		expect(refusalOf(answer)).toEqual([400, 'Invalid type for field "value" (expected STRING).']);
	});

	test('what is not in its account, its parent or its user', async () => {
		const { id } = pick(await bank.session.post(ribs('Main'), {}), 'Id');
		expect((await bank.session.get(`${ribs('Main')}/${id}`)).status).toBe(200);
		for (const path of [
			`${ribs('Household')}/${id}`,
			`${ribs('Main')}/${id + 1}`,
			`/user/${bank.world.person.id + 1}/monetary-account/${bank.account('Main').id}/export-rib/${id}`,
			`{user}/monetary-account/1/export-rib`,
			'{user}/oauth-client/1/callback-url',
			`{user}/monetary-account/${bank.account('Main').id}/payment/1/note-attachment`,
			`{user}/monetary-account/${bank.account('Main').id}/whitelist/1/whitelist-result/1/note-text`,
		])
			expect(refusalOf(await bank.session.get(path))).toEqual(NOT_FOUND);
		expect(refusalOf(await remove(`${ribs('Household')}/${id}`))).toEqual(NOT_FOUND);
	});

	test('a path that bunq does not have, and a method', async () => {
		expect(refusalOf(await bank.session.get('{user}/export-rib'))).toEqual([
			404,
			'Route not found.',
		]);
		expect((await bank.session.put('{user}/oauth-client', {})).status).toBe(405);
	});
});

test('something that every user has once is there', async () => {
	const limits = async () => pick(await bank.session.get('{user}/limit'), 'CustomerLimit');
	expect(await limits()).toMatchObject({ limit_monetary_account: expect.any(Number) });
	expect(await limits()).toEqual(await limits());
	expect((await bank.session.get('{user}/limit')).json.Response).toHaveLength(1);
});

test('a file is bytes with a content type', async () => {
	const { id } = pick(await bank.session.post(ribs('Main'), {}), 'Id');
	const { headers, text } = await bank.session.get(`${ribs('Main')}/${id}/content`);
	expect(headers['content-type']).toBe('application/pdf');
	expect(text).toMatch(/^%PDF-/);
	expect((await bank.session.get(`${ribs('Main')}/${id + 1}/content`)).status).toBe(404);
});

describe('an app', () => {
	underEach(bank, 'oauthMayUseTheRest', (mayUseTheRest) => {
		test(`${mayUseTheRest ? 'may use' : 'is refused'} what is not in bunq's list of rights`, async () => {
			const app = await openSession(bank.url, bank.world.oauth.accessToken);
			const made = await app.post(ribs('Main'), {});
			if (!mayUseTheRest) {
				expect(refusalOf(made)).toEqual([403, 'Not enough permissions to create export-rib.']);
				return;
			}
			// The user sees what the app has made.
			const { id } = pick(made, 'Id');
			expect((await bank.session.get(`${ribs('Main')}/${id}`)).status).toBe(200);
		});
	});

	test('may see cards in every way', async () => {
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		const path = `{user}/card/${bank.world.cards[0].id}/export-statement-card`;
		expect((await app.get(path)).status).toBe(200);
	});
});

test('the tests add objects only where a user cannot, and where bunq has a list', async () => {
	const add = async (path: string) => await bank.control.addObject(path);
	await expect(add('/user/{user}/hologram')).rejects.toThrow('no list');
	await expect(add('/user/{user}/card')).rejects.toThrow('rules of its own');
});
