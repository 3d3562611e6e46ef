import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { descriptionsOf, idsOf } from '../support/triggerHarness';

/** "Payment Made or Received", and with it what all events do that read a list: which accounts a poll reads, and how far. */

const bank = useBank();

const onMain = async (more: IDataObject = {}) => ({
	event: 'paymentCreated',
	allAccounts: false,
	account: await bank.locate('Main'),
	...more,
});
const onAll = { event: 'paymentCreated' };

test('one account: nothing at activation, then new payments, oldest first, one request per poll', async () => {
	const trigger = await bank.trigger(await onMain());
	expect(await trigger.activate()).toBeNull();
	expect(await trigger.nextPoll()).toBeNull();
	await bank.receive('Main', { description: 'one' });
	await bank.receive('Main', { description: 'two', amount: '-2.50' });
	expect(await trigger.nextPoll()).toEqual([
		expect.objectContaining({ description: 'one', amount: 1, direction: 'in' }),
		expect.objectContaining({ description: 'two', amount: -2.5, direction: 'out' }),
	]);
	expect(await trigger.nextPoll()).toBeNull();
	expect(await bank.requestShapes()).toEqual(
		Array(4).fill('GET /user/{}/monetary-account/{}/payment'),
	);
});

test('all accounts: those with a changed balance are read first', async () => {
	const trigger = await bank.trigger(onAll);
	expect(await trigger.activate()).toBeNull();
	expect(await bank.cost(async () => expect(await trigger.nextPoll()).toBeNull())).toBe(4);
	const accounts = ['Main', 'Household', 'Holiday', 'Together'];
	for (const account of accounts) await bank.receive(account);
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(accounts);
});

test('an item names its account where a poll has read the list of accounts, and costs no request for it', async () => {
	const [all, one] = [await bank.trigger(onAll), await bank.trigger(await onMain())];
	const asked = await bank.trigger({ event: 'requestResponseCreated' });
	const raw = await bank.trigger({ ...onAll, simplify: false });
	for (const trigger of [all, one, asked, raw]) await trigger.activate();
	await bank.receive('Main');
	const accountId = await bank.accountId('Main');
	await bank.control.addRequestResponse({ accountId });
	expect(await all.nextPoll()).toMatchObject([{ accountId, accountName: 'Main' }]);
	expect(await one.nextPoll()).toMatchObject([{ accountId, accountName: null }]);
	expect(await bank.cost(() => one.nextPoll())).toBe(1);
	await asked.nextPolls(2);
	const [request] = asked.delivered;
	expect(request).toMatchObject({ accountId, accountName: 'Main' });
	expect(Object.keys(request).join()).toContain('accountId,accountName');
	expect((await raw.nextPoll())![0]).not.toHaveProperty('accountName');
	expect(await all.test()).toMatchObject([{ accountName: 'Main' }]);
});

test('money that comes in and leaves between two polls is found within a third as many polls as accounts', async () => {
	for (let more = 0; more < 4; more++) await bank.control.addAccount({ balance: '10.00' });
	const open = (await bank.world()).accounts.filter(({ status }) => status !== 'CANCELLED');
	expect(open).toHaveLength(10);
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	for (const { id } of open) {
		await bank.control.addPayments({ accountId: id, amount: '5.00', description: `in ${id}` });
		await bank.control.addPayments({ accountId: id, amount: '-5.00', description: `out ${id}` });
	}
	for (let polls = 0; polls < 4; polls++)
		expect(await bank.cost(() => trigger.nextPoll())).toBeLessThanOrEqual(4);
	const expected = open.flatMap(({ id }) => [`in ${id}`, `out ${id}`]);
	expect(descriptionsOf(trigger.delivered).sort()).toEqual(expected.sort());
});

test('450 new payments at once: all of them in order, two more pages', async () => {
	const all = await bank.trigger(onAll);
	const one = await bank.trigger(await onMain());
	await all.activate();
	await one.activate();
	const ids = await bank.receive('Main', { count: 450 });
	passMinutes();
	expect(await bank.cost(() => all.tick())).toBeLessThanOrEqual(4 + 2);
	expect(await bank.cost(() => one.tick())).toBe(3);
	expect(idsOf(all.delivered)).toEqual(ids);
	expect(idsOf(one.delivered)).toEqual(ids);
	passMinutes();
	expect(await one.tick()).toBeNull();
	expect(await all.tick()).toBeNull();
});

test('450 new payments with ten accounts: six requests', async () => {
	for (let more = 0; more < 6; more++) await bank.control.addAccount({});
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const ids = await bank.receive('Main', { count: 450 });
	const cost = await bank.cost(async () => expect(idsOf(await trigger.nextPoll())).toEqual(ids));
	expect(cost).toBeLessThanOrEqual(6);
});

test('a payment that appears late, with a lower ID, is delivered', async () => {
	const accountId = await bank.accountId('Main');
	const [first] = await bank.receive('Main', { description: 'before' });
	await bank.receive('Main', { count: 3, description: 'before' });
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const [second] = await bank.receive('Main', { description: 'after' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['after']);
	const free = Array.from({ length: second - first }, (_, index) => first + index);
	const taken = (await bank.world()).accounts.map((account) => account.id);
	for (const late of free) {
		const added = await bank.control
			.addPayments({ accountId, description: 'late', id: late })
			.catch(() => undefined);
		if (added && !taken.includes(late)) break;
	}
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['late']);
	expect(await trigger.nextPoll()).toBeNull();
});

test.each<[filters: IDataObject, expected: string[]]>([
	[{ direction: 'in' }, ['in', 'big in']],
	[{ direction: 'out' }, ['out', 'own']],
	[{ amountMin: 100 }, ['big in']],
	[{ amountMax: '50' }, ['in', 'out', 'own']],
	[{ descriptionContains: 'BIG' }, ['big in']],
	[{ counterparty: 'household' }, []],
	[{ ignoreOwnTransfers: true }, ['in', 'big in', 'out']],
	[{}, ['in', 'big in', 'out', 'own']],
])('the filters %j let %j through', async (filters, expected) => {
	const { iban } = await bank.account('Household');
	const trigger = await bank.trigger(await onMain({ filters }));
	await trigger.activate();
	await bank.receive('Main', { description: 'in', amount: '10.00' });
	await bank.receive('Main', { description: 'big in', amount: '500.00' });
	await bank.receive('Main', { description: 'out', amount: '-20.00' });
	await bank.control.addPayments({
		accountId: await bank.accountId('Main'),
		amount: '-1.00',
		description: 'own',
		counterpartyIban: iban,
	});
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(expected);
	expect(await trigger.nextPoll()).toBeNull();
});

describe('Ignore Own Transfers', () => {
	const list = async (change: IDataObject) => {
		const { iban } = await bank.account('Household');
		const account = {
			id: 7,
			user_id: (await bank.world()).person.id,
			alias: [{ type: 'IBAN', value: iban }],
			...change,
		};
		const body = JSON.stringify({
			Response: [{ [String(change._type ?? 'MonetaryAccountBank')]: account }],
			Pagination: null,
		});
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'monetary-account$', body });
	};
	/** A payment from Main to Household, as bunq shows it. */
	const isIgnored = async (change: IDataObject) => {
		const trigger = await bank.trigger(await onMain({ filters: { ignoreOwnTransfers: true } }));
		await trigger.activate();
		const { iban } = await bank.account('Household');
		const payment = {
			id: 99_999_999,
			created: '2031-01-01 00:00:00.000000',
			amount: { value: '-1.00', currency: 'EUR' },
			alias: { label_user: { uuid: 'me' } },
			counterparty_alias: { iban, label_user: { uuid: 'you' } },
			...change,
		};
		const body = JSON.stringify({ Response: [{ Payment: payment }], Pagination: null });
		await bank.control.fault({ kind: 'other', method: 'GET', path: 'payment$', body });
		return (await trigger.nextPoll()) === null;
	};
	const held = (uuid: unknown) => ({ label_user: { uuid } });

	test.each<[string, boolean, IDataObject, IDataObject]>([
		['of this user', true, {}, {}],
		['of this user, and of others', true, { _type: 'MonetaryAccountJoint' }, {}],
		['of this user, in small letters', true, {}, { counterparty_alias: { iban: 'small' } }],
		['not shared, of the same holder', true, { alias: [] }, { counterparty_alias: held('me') }],
		['not shared, of another holder', false, { alias: [] }, {}],
		['not shared, of an unknown holder', false, { alias: null }, { counterparty_alias: null }],
		[
			'of nobody, as both holders are unknown',
			false,
			{ alias: [] },
			{ alias: held(null), counterparty_alias: held(null) },
		],
		['of another user', false, { user_id: 7 }, {}],
		['of an unknown user', false, { user_id: null }, {}],
		['that somebody shares', false, { relation_user: {} }, {}],
	])('with an account %s: ignored is %p', async (_what, ignored, account, payment) => {
		const { iban } = await bank.account('Household');
		await list(account);
		const small = { ...payment, counterparty_alias: { iban: iban!.toLowerCase() } };
		const isSmall = (payment.counterparty_alias as IDataObject | null)?.iban === 'small';
		expect(await isIgnored(isSmall ? small : payment)).toBe(ignored);
	});

	test('if bunq does not list the accounts, the payment is not lost', async () => {
		const trigger = await bank.trigger(await onMain({ filters: { ignoreOwnTransfers: true } }));
		await trigger.activate();
		await bank.control.addPayments({
			accountId: await bank.accountId('Main'),
			description: 'in',
			counterpartyIban: (await bank.thirdParty()).iban,
		});
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: 'monetary-account$',
			times: 99,
		});
		expect(await trigger.nextPoll()).toBeNull();
		await bank.control.clearFaults();
		passMinutes();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['in']);
	});
});

test('without Simplify: as bunq sent it, with its type', async () => {
	const trigger = await bank.trigger(await onMain({ simplify: false }));
	await trigger.activate();
	await bank.receive('Main', { amount: '10.00' });
	expect(await trigger.nextPoll()).toEqual([
		expect.objectContaining({ _type: 'Payment', amount: { value: '10.00', currency: 'EUR' } }),
	]);
});

test('a payment without a readable time is delivered', async () => {
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	const body = { Response: [{ Payment: { id: 999_999_999, description: 'odd' } }] };
	await bank.control.fault({ kind: 'other', path: 'payment', body: JSON.stringify(body) });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['odd']);
});

test('an account given by name costs the list of accounts once', async () => {
	const trigger = await bank.trigger(await onMain({ account: locator('name', 'Main') }));
	expect(await bank.cost(() => trigger.activate())).toBe(2);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	await bank.receive('Main', { description: 'found' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['found']);
});

test('an account that is opened later is read from its first payment, a closed one to its last', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const accountId = await bank.control.addAccount({ description: 'Young' });
	await bank.receive('Young', { description: 'first' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['first']);

	await bank.receive('Young', { description: 'emptied', amount: '-1.00' });
	await bank.closeAccount(accountId);
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['emptied']);
	await bank.control.clearLog();
	await trigger.nextPollsDeliverNothing(3);
	expect((await bank.requests()).filter((one) => one.includes(`/${accountId}/`))).toEqual([]);
});
