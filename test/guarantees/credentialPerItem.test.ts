import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator } from '../support/parameters';

/** An expression in a credential gives each item its own customer: what an item moves is that customer's money. */

const bank = useBank();

const BY_ITEM = { environment: '={{ $json.environment }}', apiKey: '={{ $json.key }}' };

/** One item for each: of production's customer, of the sandbox's, or of none. */
const itemsOf = async (...customers: Array<'production' | 'sandbox' | 'nobody'>) =>
	await Promise.all(
		customers.map(async (environment) => ({
			environment,
			key: environment === 'nobody' ? '' : (await bank.world(environment)).apiKey,
		})),
	);

const pay = (more: IDataObject = {}) => ({
	resource: 'payment',
	operation: 'create',
	account: locator('name', 'Main'),
	recipientAccount: locator('name', 'Household'),
	amount: 1,
	paymentDescription: 'Rent',
	...more,
});

const payments = async () =>
	(await bank.log())
		.filter(({ method }) => method === 'POST')
		.map(({ host }) => (host.includes('sandbox') ? 'sandbox' : 'production'));

test('two items of two customers: each pays from its own account', async () => {
	const items = await itemsOf('production', 'sandbox', 'production');
	const { json, error } = await bank.apiKey(pay(), { items, credential: BY_ITEM });
	expect(error).toBeUndefined();
	const accounts = await Promise.all(
		(['production', 'sandbox', 'production'] as const).map(
			async (environment) =>
				(await bank.world(environment)).accounts.find(({ description }) => description === 'Main')!
					.id,
		),
	);
	expect(json.map(({ accountId }) => accountId)).toEqual(accounts);
	expect(await payments()).toEqual(['production', 'sandbox', 'production']);
});

test('a read gives each item its own accounts', async () => {
	const items = await itemsOf('sandbox', 'production');
	const read = { resource: 'user', operation: 'get' };
	const { json } = await bank.apiKey(read, { items, credential: BY_ITEM });
	const ids = [await bank.world('sandbox'), await bank.world()].map(({ person }) => person.id);
	expect(json.map(({ id }) => id)).toEqual(ids);
});

test('the accounts of each customer are read once, and of one customer no more often than before', async () => {
	const two = await itemsOf('production', 'sandbox', 'production', 'sandbox');
	await bank.apiKey(pay(), { items: two, credential: BY_ITEM });
	const lists = (shapes: string[]) =>
		shapes.filter((one) => one === 'GET /user/{}/monetary-account');
	expect(lists(await bank.requestShapes())).toHaveLength(2);
	await bank.control.clearLog();
	await bank.apiKey(pay(), { items: [{}, {}, {}] });
	expect(await bank.requestShapes()).toEqual([
		'GET /user/{}/monetary-account',
		...Array<string>(3).fill('POST /user/{}/monetary-account/{}/payment'),
	]);
});

test.each([
	['its credential is not connected', 'nobody', /The bunq credential is not connected$/],
	['its credential is of the other environment', 'mixed', /sandbox key/],
] as const)(
	'%s: the error is of that item, and the others continue',
	async (_what, kind, reason) => {
		const items = await itemsOf('production', 'nobody', 'sandbox');
		if (kind === 'mixed')
			items[1] = { environment: 'production', key: (await bank.world('sandbox')).apiKey };
		const order = { items, credential: BY_ITEM };
		const continued = await bank.apiKey(pay(), { ...order, settings: CONTINUE_ON_FAIL });
		expect(continued.json).toEqual([
			expect.objectContaining({ amount: -1 }),
			expect.objectContaining({ error: expect.stringMatching(reason) }),
			expect.objectContaining({ amount: -1 }),
		]);
		expect(await payments()).toEqual(['production', 'sandbox']);
		const { error } = await bank.apiKey(pay(), order);
		expect(error?.context?.itemIndex).toBe(1);
		expect(error?.message).toMatch(reason);
	},
);

test.each([12345678, { key: 'x' }, ['x'], true])(
	'an API key that an expression gives as %p is none',
	async (key) => {
		const credential = { apiKey: '={{ $json.key }}' };
		const { error } = await bank.apiKey(pay(), { items: [{ key }], credential });
		expect(error?.message).toBe('The bunq credential is not connected');
	},
);

test.each(['Sandbox', '', null, 5])(
	'an environment that an expression gives as %p is refused, never production',
	async (environment) => {
		const { apiKey } = await bank.world();
		const credential = { apiKey, environment: '={{ $json.environment }}' };
		const { error } = await bank.apiKey(pay(), { items: [{ environment }], credential });
		expect(error?.message).toBe('"Environment" in the credential is neither of the two');
		expect(await payments()).toEqual([]);
	},
);

test('an expression in a credential that fails is the error of its item', async () => {
	const items = await itemsOf('production', 'production');
	const credential = {
		...BY_ITEM,
		apiKey: `={{ $itemIndex === 1 ? $('Nowhere').first().json.key : $json.key }}`,
	};
	const { json } = await bank.apiKey(pay(), { items, credential, settings: CONTINUE_ON_FAIL });
	expect(json).toEqual([
		expect.objectContaining({ amount: -1 }),
		expect.objectContaining({ error: expect.any(String) }),
	]);
});

describe('a batch', () => {
	const batch = () => pay({ operation: 'createBatch' });

	test('one for each customer, even where their accounts have one ID', async () => {
		const items = await itemsOf('production', 'sandbox', 'production');
		const { items: given } = await bank.apiKey(batch(), { items, credential: BY_ITEM });
		expect(given.map(({ json, pairedItem }) => [json.entries, pairedItem])).toEqual([
			[2, [{ item: 0 }, { item: 2 }]],
			[1, { item: 1 }],
		]);
		expect(await payments()).toEqual(['production', 'sandbox']);
	});

	test('with an item of an unknown customer: nothing is sent for anybody', async () => {
		const items = await itemsOf('production', 'nobody', 'sandbox');
		const { json } = await bank.apiKey(batch(), {
			items,
			credential: BY_ITEM,
			settings: CONTINUE_ON_FAIL,
		});
		expect(json.map(({ error }) => error)).toEqual([
			expect.stringMatching(/^Not sent: the account of the 2nd item could not be determined/),
			'The bunq credential is not connected',
			expect.stringMatching(/^Not sent: the account of the 2nd item could not be determined/),
		]);
		expect(await payments()).toEqual([]);
	});

	test('with an unknown account of one customer: nothing is sent for that customer only', async () => {
		const items = (await itemsOf('production', 'production', 'sandbox')).map((one, index) => ({
			...one,
			from: index === 1 ? 'Nowhere' : 'Main',
		}));
		const account = { __rl: true, mode: 'name', value: '={{ $json.from }}' };
		const { json } = await bank.apiKey(
			{ ...batch(), account },
			{
				items,
				credential: BY_ITEM,
				settings: CONTINUE_ON_FAIL,
			},
		);
		expect(json).toEqual([
			expect.objectContaining({ error: expect.stringMatching(/of the 2nd item could not/) }),
			expect.objectContaining({ error: expect.stringMatching(/"Nowhere"/) }),
			expect.objectContaining({ entries: 1 }),
		]);
		expect(await payments()).toEqual(['sandbox']);
	});
});
