import type { IDataObject } from 'n8n-workflow';
import { removeSecrets } from '../../nodes/Bunq/api/secrets';
import { useBank } from '../support/bank';
import { locator, MAY_PAY_OTHERS } from '../support/parameters';
import { read } from '../support/project';

/** No code of a card, PIN, client secret, token or key comes into execution data, whatever bunq answers. */

const bank = useBank();

const SECRETS = [
	...['card_generated_cvc2', 'cvc2', 'cvc', 'cvv', 'cvv2', 'pin', 'pin_code', 'activation_code'],
	...['secret', 'client_secret', 'token', 'session_token', 'access_token', 'refresh_token'],
	...['token_value', 'api_key', 'private_key', 'password', 'oauth_code'],
];
const KEPT = {
	id: 7,
	pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: 7 }],
	pin_status: 'CORRECT',
	token_status: 'ACTIVE',
	description: 'the secret token',
	merchant_category_code: '5411',
};
const LEAK = 'top secret';
const leaks = (): IDataObject => Object.fromEntries(SECRETS.map((name) => [name, LEAK]));
/** An object of bunq's with every secret, at three depths. */
const full = (): IDataObject => ({
	...KEPT,
	...leaks(),
	inner: { ...leaks(), list: [leaks(), [{ ...leaks(), secret: { of: LEAK } }]] },
});

test('secrets are removed at any depth, and nothing else', () => {
	const answer = [{ Card: full() }];
	removeSecrets(answer);
	expect(answer).toEqual([{ Card: { ...KEPT, inner: { list: [{}, [{}]] } } }]);
});

test('an answer may be nested to any depth, and hold anything', () => {
	const root: IDataObject = {};
	let inner = root;
	for (let depth = 0; depth < 100_000; depth++) inner = inner.a = {};
	inner.cvc2 = LEAK;
	removeSecrets([root, null, 7, 'text', [null]]);
	expect(inner).toEqual({});
});

test('every secret of bunq’s OpenAPI file is known', () => {
	const { schemas } = JSON.parse(read('test/support/bunqOpenApi.json')) as {
		schemas: Record<string, Record<string, string>>;
	};
	const names = [...new Set(Object.values(schemas).flatMap((one) => Object.keys(one)))];
	const object = Object.fromEntries(names.map((name) => [name, 1]));
	removeSecrets(object);
	expect(names.filter((name) => !(name in object)).sort()).toEqual([
		'activation_code',
		'card_generated_cvc2',
		'cvc2',
		'oauth_code',
		'pin_code',
		'secret',
		'token',
		'token_value',
	]);
});

describe('no item has one', () => {
	const reply = async (method: string, path: string, more: IDataObject = {}) => {
		const body = JSON.stringify({ Response: [{ Card: { ...full(), ...more } }], Pagination: null });
		await bank.control.fault({ kind: 'other', method, path, body });
	};
	const check = ({ json, error }: { json: IDataObject[]; error?: { message: string } }) => {
		expect(error?.message).toBeUndefined();
		expect(json.length).toBeGreaterThan(0);
		expect(JSON.stringify(json)).not.toContain(LEAK);
	};
	test.each([
		{},
		{ unwrap: false },
		{ returnAll: true },
		{ path: 'one' },
		{ method: 'PUT', path: 'one', body: '{ "second_line": "Food" }' },
		{ method: 'POST', path: '/user/{user}/monetary-account-bank', body: '{ "currency": "EUR" }' },
	])('of API Request: %j', async ({ method = 'GET', path = '/user/{user}/card', ...more }) => {
		const { id } = await bank.card('Groceries');
		const at = path === 'one' ? `/user/{user}/card/${id}` : path;
		await reply(method, `${at.replace(/.*}/, '')}$`);
		check(await bank.apiKey({ resource: 'api', operation: 'request', method, path: at, ...more }));
	});

	test('of cards, with and without Simplify', async () => {
		const { id } = await bank.card('Groceries');
		const card = locator('id', id);
		for (const simplify of [true, false]) {
			await reply('GET', 'card$');
			check(await bank.oauth({ resource: 'card', operation: 'getAll', simplify }));
			await reply('GET', `card/${id}$`);
			check(await bank.oauth({ resource: 'card', operation: 'get', card, simplify }));
		}
	});

	test('of payments and the trigger, without Simplify', async () => {
		const account = await bank.locate('Main');
		await reply('GET', 'payment$');
		check(await bank.oauth({ resource: 'payment', operation: 'getAll', account, simplify: false }));
		const trigger = await bank.trigger({ event: 'paymentCreated', account, simplify: false });
		await trigger.activate();
		await reply('GET', 'payment$', { id: 99_999_999, created: '2031-01-01 00:00:00.000000' });
		check({ json: (await trigger.nextPoll()) as IDataObject[] });
	});

	test('of the cards of a real answer', async () => {
		const { json } = await bank.oauth({ resource: 'card', operation: 'getAll', simplify: false });
		expect(json[0]).toMatchObject({ pin_code_assignment: expect.any(Array) });
		expect(JSON.stringify(json)).not.toMatch(/cvc2|907"/);
	});
});

test.each([
	'/user/{user}/card/7/generated-cvc2',
	'/user/{user}/card/7/Generated-CVC2/8',
	'/user/{user}/oauth-client',
	'/user/7/oauth-client/8',
	'/v1/user/{user}/OAUTH-CLIENT?count=5',
	'/payment-service-provider-credential',
	'/sandbox-user-person',
])('%s is about secrets: nothing is sent', async (path) => {
	for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
		const { error } = await bank.apiKey(
			{ resource: 'api', operation: 'request', path, method, body: '{}' },
			{ credential: MAY_PAY_OTHERS },
		);
		expect(error?.message).toContain('is about secrets');
		expect(error?.description).toContain('Nothing was sent');
	}
	expect(await bank.control.log()).toEqual([]);
});
