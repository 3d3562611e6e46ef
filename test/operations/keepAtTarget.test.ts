import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { LOST_RESPONSES } from '../support/outcome';
import { CONTINUE_ON_FAIL, locator, OWN_REFERENCE, RETRY_ON_FAIL } from '../support/parameters';

/** Payment: Keep at Target. Household has 300.00 and Main 2500.00. */

const bank = useBank();

const keep = async (targetBalance: unknown, more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'keepAtTarget',
	account: await bank.locate('Household'),
	counterAccount: await bank.locate('Main'),
	targetBalance: targetBalance as string,
	paymentDescription: 'Target',
	...more,
});

const run = async (targetBalance: unknown, more: IDataObject = {}) => {
	const { json, error } = await bank.oauth(await keep(targetBalance, more));
	expect(error).toBeUndefined();
	return json[0];
};

const balances = async () => [await bank.balance('Household'), await bank.balance('Main')];

const PLAN = ['GET /user/{}/monetary-account'];
const PAID = [...PLAN, 'POST /user/{}/monetary-account/{}/payment'];

test('top up: one payment of exactly what is missing, from the counter account', async () => {
	const { iban } = await bank.account('Household');
	expect(await run('412,34')).toEqual({
		id: expect.any(Number),
		created: expect.any(String),
		accountId: await bank.accountId('Main'),
		accountName: 'Main',
		amount: -112.34,
		currency: 'EUR',
		direction: 'out',
		description: 'Target',
		counterpartyName: expect.any(String),
		counterpartyIban: iban,
		moved: 112.34,
		balanceBefore: 300,
		target: 412.34,
	});
	expect(await balances()).toEqual(['412.34', '2387.66']);
	expect(await bank.requestShapes()).toEqual(PAID);
	expect((await bank.log())[1].body).toMatchObject({
		amount: { value: '112.34', currency: 'EUR' },
		merchant_reference: expect.stringMatching(OWN_REFERENCE),
	});
});

test('skim: the surplus goes to the counter account', async () => {
	expect(await run('250')).toMatchObject({
		accountId: await bank.accountId('Household'),
		amount: -50,
		moved: 50,
		balanceBefore: 300,
		target: 250,
	});
	expect(await balances()).toEqual(['250.00', '2550.00']);
});

test('a target of zero empties the account', async () => {
	expect(await run(0)).toMatchObject({ moved: 300, target: 0 });
	expect(await balances()).toEqual(['0.00', '2800.00']);
});

test.each([
	['the balance is the target', '300.00', {}, 'onTarget'],
	['only a skim is wanted, and money is missing', '400', { direction: 'skim' }, 'onTarget'],
	['only a top-up is wanted, and there is a surplus', '200', { direction: 'topUp' }, 'onTarget'],
	[
		'less is missing than the minimum',
		'304.99',
		{ options: { minimumTransfer: 5 } },
		'belowMinimum',
	],
	[
		'less is over than the minimum',
		'295.01',
		{ options: { minimumTransfer: '5,00' } },
		'belowMinimum',
	],
	['the counter account has less', '2800.01', {}, 'notEnough'],
	[
		'it would be left with less',
		'400',
		{ options: { keepInCounterAccount: '2400.01' } },
		'notEnough',
	],
	[
		'it has nothing above what it keeps, also with Partial',
		'400',
		{ options: { keepInCounterAccount: 2500, partial: true } },
		'notEnough',
	],
	[
		'the part is less than the minimum',
		'400',
		{ options: { keepInCounterAccount: 2499, partial: true, minimumTransfer: 2 } },
		'belowMinimum',
	],
])('nothing moves where %s', async (_, target, more, reason) => {
	expect(await run(target, more)).toEqual({
		accountId: await bank.accountId('Household'),
		counterAccountId: await bank.accountId('Main'),
		moved: 0,
		reason,
		currency: 'EUR',
		balanceBefore: 300,
		target: Number(target),
	});
	expect(await bank.requestShapes()).toEqual(PLAN);
});

test.each([
	['2800.00', {}, 2500],
	['305.00', { options: { minimumTransfer: '5' } }, 5],
	['400', { options: { keepInCounterAccount: 2400 } }, 100],
	['400', { options: { keepInCounterAccount: 2450, partial: true } }, 50],
	['100', { options: { keepInCounterAccount: 99_999 } }, 200],
])('a target of %s with %j moves %d', async (target, more, moved) => {
	expect(await run(target, more)).toMatchObject({ moved, balanceBefore: 300 });
});

test('an overdrawn counter account gives nothing, and takes a surplus', async () => {
	const id = await bank.control.addAccount({ description: 'Overdrawn', balance: '-500.00' });
	const counterAccount = locator('id', id);
	expect(await run('400', { counterAccount })).toMatchObject({ moved: 0, reason: 'notEnough' });
	expect(await run('290', { counterAccount })).toMatchObject({ moved: 10 });
});

test('balances are read for each item: two items move the money once', async () => {
	const { json } = await bank.oauth(await keep('400'), { items: [{}, {}] });
	expect(json).toMatchObject([{ moved: 100 }, { moved: 0, reason: 'onTarget' }]);
	expect(await balances()).toEqual(['400.00', '2400.00']);
});

describe('executions at the same moment move the money once', () => {
	test.each([
		['topUp', '400', ['400.00', '2400.00']],
		['skim', '200', ['200.00', '2600.00']],
	])('%s to %s', async (direction, target, expected) => {
		const parameters = await keep(target, { direction });
		const results = await Promise.all([1, 2, 3].map(async () => await bank.oauth(parameters)));
		expect(results.map(({ json }) => json[0].moved).sort()).toEqual([0, 0, 100]);
		expect(await balances()).toEqual(expected);
	});

	test('from one counter account, which keeps its amount; whichever account is which', async () => {
		const options = { keepInCounterAccount: '2400' };
		const holiday = await bank.locate('Holiday');
		const topUps = [
			await keep('390', { options }),
			await keep('1090', { account: holiday, options }),
		];
		const others = await keep('2450', {
			account: await bank.locate('Main'),
			counterAccount: await bank.locate('Household'),
			direction: 'topUp',
		});
		const results = await Promise.all(
			[...topUps, others].map(async (parameters) => await bank.oauth(parameters)),
		);
		expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
		expect(results.slice(0, 2).map(({ json }) => json[0].moved)).toContain(90);
		expect(results.slice(0, 2).map(({ json }) => json[0].reason)).toContain('notEnough');
	});

	test('one that failed before it sent anything holds back no other', async () => {
		await bank.control.dirty({ changes: [{ kind: 'null', key: 'balance\\.value$' }] });
		const failed = await bank.oauth(await keep('400'));
		expect(failed.error).toBeDefined();
		await bank.control.clearDirt();
		const before = Date.now();
		expect(await run('400')).toMatchObject({ moved: 100 });
		expect(Date.now() - before).toBeLessThan(10_000);
	});
});

describe('while bunq makes the payment wait for more than ten seconds', () => {
	const runDelayed = async (happen: () => Promise<unknown>) => {
		await bank.control.fault({ kind: '429', method: 'POST', path: 'payment$', times: 5 });
		setTimeout(() => void happen(), 5_000);
		return await bank.oauth(await keep('400'));
	};

	test('a balance that changes stops it, and nothing is sent', async () => {
		const accountId = await bank.accountId('Household');
		const { error } = await runDelayed(
			async () => await bank.control.addPayments({ accountId, amount: '60.00' }),
		);
		expect(error?.message).toContain('The balances changed while bunq made n8n wait');
		expect(error?.description).toContain('Nothing was sent.');
		expect(await balances()).toEqual(['360.00', '2500.00']);
	});

	test('balances that cannot be read again stop it, and hold back no other', async () => {
		const path = 'monetary-account$';
		await bank.control.fault({ kind: 'drop-before', method: 'GET', path, skip: 1, times: 2 });
		const { error } = await runDelayed(async () => await Promise.resolve());
		expect(error?.description).toMatch(/^Nothing was sent: a lookup/);
		const before = Date.now();
		expect(await run('400')).toMatchObject({ moved: 100 });
		expect(Date.now() - before).toBeLessThan(10_000);
	});

	test('balances that stay are no reason to stop', async () => {
		const { json } = await runDelayed(async () => await Promise.resolve());
		expect(json).toMatchObject([{ moved: 100 }]);
		expect(await balances()).toEqual(['400.00', '2400.00']);
	});
});

test('a payment of unknown outcome that bunq makes late is not made again by the next item', async () => {
	const parameters = await keep('400');
	const [accountId, mainId] = [await bank.accountId('Household'), await bank.accountId('Main')];
	await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$' });
	setTimeout(() => void bank.control.addPayments({ accountId: mainId, amount: '-100.00' }), 20_000);
	setTimeout(() => void bank.control.addPayments({ accountId, amount: '100.00' }), 20_000);
	const { json } = await bank.oauth(parameters, { items: [{}, {}], settings: CONTINUE_ON_FAIL });
	expect(json).toMatchObject([
		{ message: expect.stringContaining('Outcome unknown') },
		{ moved: 0, reason: 'onTarget' },
	]);
	expect(await balances()).toEqual(['400.00', '2400.00']);
});

test('with an API key that may not pay others: own accounts are allowed', async () => {
	const { json } = await bank.apiKey(await keep('310'));
	expect(json).toMatchObject([{ moved: 10 }]);
});

test('with an API key that may not pay others: a joint account is refused, and nothing is sent', async () => {
	const counterAccount = await bank.locate('Together');
	const { error } = await bank.apiKey(await keep('290', { counterAccount }));
	expect(error?.message).toBe('This credential may only pay between your own accounts');
	expect(await bank.changes()).toBe(0);
});

describe('bad input: an error of that item names the field, and nothing is sent for it', () => {
	test('a target below zero, none, or one that has two readings', async () => {
		const { json } = await bank.oauth(await keep('={{ $json.target }}'), {
			items: [{ target: -1 }, { target: '' }, { target: '1.250' }, { target: '310.00' }],
			settings: CONTINUE_ON_FAIL,
		});
		expect(json).toMatchObject([
			{ error: '"Target Balance" must be 0 or more, but is -1' },
			{ error: '"Target Balance" is empty' },
			{ error: expect.stringMatching(/^"Target Balance" must be written as/) },
			{ moved: 10 },
		]);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test.each([
		[{ minimumTransfer: -1 }, '"Minimum Transfer" must be 0 or more, but is -1'],
		[{ keepInCounterAccount: '-0.01' }, '"Keep in Counter Account" must be 0 or more'],
		[{ keepInCounterAccount: 'all' }, '"Keep in Counter Account" must be'],
	])('the options %j', async (options, message) => {
		const { error } = await bank.oauth(await keep('310', { options }));
		expect(error?.message).toContain(message);
		expect(await bank.requests()).toEqual([]);
	});

	test('the account itself is refused as the counter account', async () => {
		const { error } = await bank.oauth(
			await keep('310', { counterAccount: await bank.locate('Household') }),
		);
		expect(error).toMatchObject({
			message: 'Payer and recipient are the same account',
			description: 'Nothing was sent. Choose another Counter Account.',
		});
		expect(await bank.changes()).toBe(0);
	});

	test('a closed account, or one that is not there', async () => {
		const id = await bank.control.addAccount({ balance: '0.00' });
		await bank.closeAccount(id);
		const closed = await bank.oauth(await keep('310', { counterAccount: locator('id', id) }));
		expect(closed.error?.message).toBe('"Counter Account" is closed');
		const absent = await bank.oauth(await keep('310', { counterAccount: locator('id', 1) }));
		expect(absent.error?.message).toBe('"Counter Account": you have no account with the ID 1');
		expect(await bank.requestCount('POST')).toBe(0);
	});
});

test.each(['missing', 'null', 'a text'] as const)(
	'a balance that is %s is never zero: nothing is sent',
	async (kind) => {
		await bank.control.dirty({ changes: [{ kind, key: 'balance\\.value$' }] });
		const { error } = await bank.oauth(await keep('310'));
		expect(error?.message).toBe('"Account": bunq shows no balance that can be read');
		expect(error?.description).toMatch(/^Nothing was sent/);
		expect(await bank.changes()).toBe(0);
	},
);

test.each([...LOST_RESPONSES])('after %s, a retry moves the money once', async (kind) => {
	await bank.control.fault({ kind, method: 'POST', path: 'payment$' });
	const { json, error } = await bank.oauth(await keep('400'), { settings: RETRY_ON_FAIL });
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ amount: -100, moved: 100, balanceBefore: 300, target: 400 }]);
	expect(await balances()).toEqual(['400.00', '2400.00']);
});
