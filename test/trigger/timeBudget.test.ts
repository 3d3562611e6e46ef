import { useBank } from '../support/bank';
import { fakeTimeouts, passMinutes } from '../support/fakeClock';
import { descriptionsOf, idsOf } from '../support/triggerHarness';

/** When the time of a poll, a minute, is too short: the next polls read the rest, and nothing is lost. */

const bank = useBank();

const onAll = { event: 'paymentCreated' };
const ACCOUNTS = ['Main', 'Household', 'Holiday', 'Together'];
/** A poll starts requests for half a minute. */
const NO_TIME = { answersTake: 31 };

test('one account: each poll reads a page, and everything is delivered in order', async () => {
	const trigger = await bank.trigger(
		{ ...onAll, allAccounts: false, account: await bank.locate('Main') },
		NO_TIME,
	);
	await trigger.activate();
	const ids = await bank.receive('Main', { count: 700 });
	for (let polls = 0; polls < 4; polls++) expect(await bank.cost(() => trigger.nextPoll())).toBe(1);
	ids.push(...(await bank.receive('Main', { count: 3 })));
	await trigger.nextPolls(8);
	expect(idsOf(trigger.delivered)).toEqual(ids);
});

test('all accounts: those that a poll did not reach come first in the next ones', async () => {
	const trigger = await bank.trigger(onAll, NO_TIME);
	passMinutes();
	await trigger.activate();
	for (const account of ACCOUNTS) await bank.receive(account);
	await trigger.nextPolls(6);
	expect(descriptionsOf(trigger.delivered).sort()).toEqual([...ACCOUNTS].sort());
});

test('an account that is always busy does not keep the others waiting', async () => {
	const trigger = await bank.trigger(onAll, NO_TIME);
	passMinutes();
	await trigger.activate();
	await trigger.nextPolls(8);
	const accounts = ['Main', 'Household', 'Holiday'];
	for (const account of accounts) await bank.receive(account);
	for (let polls = 0; polls < 8; polls++) {
		// bunq lists this one before the others that have payments.
		await bank.receive('Together');
		await trigger.nextPoll();
	}
	const others = descriptionsOf(trigger.delivered).filter((one) => one !== 'Together');
	expect(others.sort()).toEqual(accounts.sort());
});

test('a first poll that reads only some accounts delivers nothing, and later events are not lost', async () => {
	const trigger = await bank.trigger(onAll, NO_TIME);
	for (const account of ACCOUNTS) await bank.receive(account, { description: 'before' });
	passMinutes();
	expect(await trigger.activate()).toBeNull();
	for (const account of ACCOUNTS) await bank.receive(account);
	await trigger.nextPolls(8);
	expect(descriptionsOf(trigger.delivered).sort()).toEqual([...ACCOUNTS].sort());
});

test('accounts that a first poll did not reach are still known after a list that lacks them', async () => {
	const trigger = await bank.trigger(onAll, NO_TIME);
	passMinutes();
	await trigger.activate();
	const body = JSON.stringify({ Response: [], Pagination: null });
	await bank.control.fault({ kind: 'other', path: 'monetary-account$', body });
	await trigger.nextPoll().catch(() => undefined);
	for (const account of ACCOUNTS) await bank.receive(account);
	await trigger.nextPolls(8);
	expect(descriptionsOf(trigger.delivered).sort()).toEqual([...ACCOUNTS].sort());
});

test('an account that is closed before it was read is read, but not one that was closed before the trigger began', async () => {
	const open = await bank.control.addAccount({ description: 'Open' });
	const closed = await bank.control.addAccount({ description: 'Closed' });
	await bank.closeAccount(closed);
	// bunq lists this one first, so the first poll reads it and none other.
	await bank.control.addAccount({ description: 'Newest' });
	const trigger = await bank.trigger(onAll, NO_TIME);
	passMinutes();
	await trigger.activate();
	const ids = await bank.receive('Open', { count: 2 });
	ids.push(...(await bank.receive('Open', { amount: '-2.00' })));
	await bank.closeAccount(open);
	await trigger.nextPolls(8);
	expect(idsOf(trigger.delivered)).toEqual(ids);
	expect(await bank.accountsRead()).not.toContain(closed);
});

test('an account that is opened and closed between two polls is read', async () => {
	const trigger = await bank.trigger(onAll);
	passMinutes();
	await trigger.activate();
	passMinutes();
	const accountId = await bank.control.addAccount({ description: 'Short' });
	const ids = await bank.receive('Short', { count: 2 });
	ids.push(...(await bank.receive('Short', { amount: '-2.00' })));
	await bank.closeAccount(accountId);
	expect(idsOf(await trigger.nextPoll())).toEqual(ids);
	await trigger.nextPollsDeliverNothing(2);
	await bank.control.clearLog();
	await trigger.nextPoll();
	expect(await bank.accountsRead()).not.toContain(accountId);
});

test('an account that is closed before it was read to the end is read to the end', async () => {
	const accountId = await bank.control.addAccount({ description: 'Short' });
	const trigger = await bank.trigger(onAll, NO_TIME);
	passMinutes();
	await trigger.activate();
	await trigger.nextPolls(8);
	const ids = await bank.receive('Short', { count: 350 });
	ids.push(...(await bank.receive('Short', { count: 350, amount: '-1.00' })));
	await trigger.nextPollsDeliverNothing(2);
	await bank.closeAccount(accountId);
	await trigger.nextPolls(80);
	expect(idsOf(trigger.delivered)).toEqual(ids);
	await bank.control.clearLog();
	await trigger.nextPoll();
	expect(await bank.accountsRead()).not.toContain(accountId);
});

describe('when bunq does not answer', () => {
	const time: { restore?: () => void } = {};
	beforeEach(() => {
		time.restore = fakeTimeouts();
	});
	afterEach(() => time.restore?.());
	/** How long it takes, in seconds. */
	const duration = async (work: () => Promise<unknown>) => {
		const began = Date.now();
		await work();
		return (Date.now() - began) / 1_000;
	};

	test('for one account: it is read last, so that the others lose no time', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		const main = await bank.accountId('Main');
		await bank.control.fault({
			kind: 'timeout-before',
			path: `/monetary-account/${main}/`,
			times: 1_000,
		});
		for (const account of ACCOUNTS) await bank.receive(account);
		passMinutes();
		expect(await duration(async () => await trigger.tick())).toBeLessThan(60);
		passMinutes();
		await bank.control.clearLog();
		await trigger.tick();
		expect(descriptionsOf(trigger.delivered).sort()).toEqual(['Holiday', 'Household', 'Together']);
		expect((await bank.accountsRead()).at(-1)).toBe(main);
		await bank.control.clearFaults();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
	});

	test('for any account: a poll ends within a minute', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await bank.control.fault({ kind: 'timeout-before', path: 'monetary-account', times: 1_000 });
		passMinutes();
		expect(await duration(async () => expect(await trigger.tick()).toBeNull())).toBeLessThan(60);
	});
});
