import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { descriptionsOf, idsOf } from '../support/triggerHarness';

/** "Payment Created", and with it what all events do that read a list: which accounts a poll reads, and how far. */

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
