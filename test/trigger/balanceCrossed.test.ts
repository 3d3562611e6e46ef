import type { IDataObject } from 'n8n-workflow';
import type { PollState } from '../../nodes/Bunq/trigger/pollState';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';

/** "Balance Crossed a Limit": every crossing that a poll can see is delivered once, also after a restart. */

const bank = useBank();

const onAll = async (more: IDataObject = {}, options = {}) =>
	await bank.trigger({ event: 'balanceCrossed', threshold: 100, ...more }, options);
const pay = async (amount: string, account = 'Household') =>
	await bank.receive(account, { amount });

test('each crossing once, with one request', async () => {
	const trigger = await onAll({ crossing: 'both' });
	expect(await trigger.activate()).toBeNull();
	await pay('-200.00');
	expect(await bank.cost(async () => expect(await trigger.nextPoll()).toBeNull())).toBe(1);
	await pay('-0.01');
	expect(await trigger.nextPoll()).toEqual([
		expect.objectContaining({
			name: 'Household',
			balance: 99.99,
			balanceBefore: 100,
			balanceAfter: 99.99,
			crossing: 'below',
			threshold: 100,
		}),
	]);
	expect(await trigger.nextPoll()).toBeNull();
	await pay('0.01');
	expect(await trigger.nextPoll()).toEqual([
		expect.objectContaining({ balanceBefore: 99.99, balanceAfter: 100, crossing: 'above' }),
	]);
});

test.each([
	['above', 100, 99.99],
	['below', 1_000_000, 1_000_000],
])('the sample of a test is a crossing: %s', async (crossing, threshold, balanceBefore) => {
	const trigger = await onAll({ crossing, threshold });
	const [item] = (await trigger.test()) ?? [];
	expect(item).toMatchObject({ crossing, threshold, balanceBefore });
	expect(item.balanceAfter).toBe(item.balance);
	expect(Number(item.balanceAfter) < threshold).toBe(crossing === 'below');
	expect(balanceBefore < threshold).toBe(crossing === 'above');
});

test('a threshold may be below zero', async () => {
	const trigger = await onAll({ crossing: 'below', threshold: -50 });
	await trigger.activate();
	await pay('-340.00');
	expect(await trigger.nextPoll()).toBeNull();
	await pay('-10.01');
	expect(await trigger.nextPoll()).toMatchObject([{ balanceAfter: -50.01, threshold: -50 }]);
});

test('only crossings in the chosen direction are emitted', async () => {
	const trigger = await onAll({
		crossing: 'below',
		allAccounts: false,
		account: await bank.locate('Household'),
	});
	await trigger.activate();
	for (const amount of ['-250.00', '250.00', '-250.00']) {
		await pay(amount);
		await trigger.nextPoll();
	}
	expect(trigger.delivered.map(({ crossing }) => crossing)).toEqual(['below', 'below']);
});

describe('a crossing that reverses between two polls is not detected', () => {
	test('neither by this process nor by the next one', async () => {
		const trigger = await onAll({ crossing: 'both' });
		await trigger.activate();
		passMinutes();
		await pay('-250.00');
		await pay('250.00');
		expect(await trigger.nextPoll()).toBeNull();
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test('right after activation', async () => {
		const trigger = await onAll({ crossing: 'both' });
		await trigger.activate();
		await pay('-250.00');
		await pay('250.00');
		expect(await trigger.nextPoll()).toBeNull();
	});

	test('before an account was read for the first time', async () => {
		const trigger = await onAll({ crossing: 'below' });
		await trigger.activate();
		await bank.control.addAccount({ description: 'Young', balance: '0.00' });
		await pay('500.00', 'Young');
		await pay('-450.00', 'Young');
		expect(await trigger.nextPoll()).toBeNull();
	});
});

test('an account that is opened later started at zero', async () => {
	const trigger = await onAll({ crossing: 'above' });
	await trigger.activate();
	passMinutes();
	await bank.control.addAccount({ description: 'Young', balance: '500.00' });
	expect(await trigger.nextPoll()).toEqual([
		expect.objectContaining({ name: 'Young', balanceBefore: 0, balanceAfter: 500 }),
	]);
});

test('with another threshold, crossings from before do not count', async () => {
	const trigger = await onAll({ crossing: 'below', threshold: 10 });
	await pay('-150.00');
	await trigger.activate();
	passMinutes();
	await pay('300.00');
	await trigger.nextPoll();
	await pay('-300.00');
	await trigger.nextPoll();
	trigger.set({ threshold: 400 });
	passMinutes();
	expect(await trigger.moveToNewProcess()).toBeNull();
});

test('a failed poll does not lose the crossings of other accounts', async () => {
	const trigger = await onAll({ crossing: 'both' });
	await trigger.activate();
	await pay('-250.00');
	await pay('-1.00', 'Main');
	await bank.control.fault({ kind: '500-before', path: 'monetary-account$', times: 2 });
	expect(await trigger.nextPoll()).toBeNull();
	expect(await trigger.nextPoll()).toMatchObject([{ name: 'Household' }]);
});

describe('a balance that only a poll without items saw', () => {
	/** The trigger after Household has crossed the threshold, which was delivered and so was stored. */
	const belowThreshold = async () => {
		const trigger = await onAll({ crossing: 'below' });
		await trigger.activate();
		await pay('-250.00');
		expect(await trigger.nextPoll()).toHaveLength(1);
		return trigger;
	};
	const CROSSING = [
		expect.objectContaining({ balanceBefore: 300, balanceAfter: 50, crossing: 'below' }),
	];

	test('is found again after a restart', async () => {
		const trigger = await belowThreshold();
		passMinutes();
		await pay('250.00');
		expect(await trigger.nextPoll()).toBeNull();
		trigger.deactivate();
		await pay('-250.00');
		passMinutes();
		expect(await trigger.moveToNewProcess()).toEqual(CROSSING);
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	});

	test('is known to the same process', async () => {
		const trigger = await belowThreshold();
		await pay('250.00');
		expect(await trigger.nextPoll()).toBeNull();
		trigger.deactivate();
		await pay('-250.00');
		await bank.control.clearLog();
		passMinutes();
		expect(await trigger.activate()).toEqual(CROSSING);
		expect(await bank.accountsRead()).toEqual([]);
	});

	test('is found again after a restart once bunq can be read', async () => {
		const trigger = await belowThreshold();
		await pay('250.00');
		expect(await trigger.nextPoll()).toBeNull();
		trigger.deactivate();
		await pay('-250.00');
		await bank.control.fault({ kind: '500-before', path: 'payment', times: 1_000 });
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
		await bank.control.clearFaults();
		const found: IDataObject[] = [];
		for (let polls = 0; polls < 3; polls++) found.push(...((await trigger.nextPoll()) ?? []));
		expect(found).toEqual(CROSSING);
	});

	test('is not taken from the state of another process that polled as often', async () => {
		const trigger = await belowThreshold();
		const saved = trigger.stored;
		await pay('250.00');
		await trigger.nextPoll();
		trigger.deactivate();
		// What a process that polled as often, and last, would have stored had it not seen that the balance rose.
		const { listing, ...pollState } = saved.pollState as PollState;
		const later = { ...listing, at: Date.now() };
		trigger.stored = {
			pollState: { ...pollState, listing: later, revision: 'another' } as IDataObject,
		};
		await pay('-250.00');
		passMinutes();
		await bank.control.clearLog();
		expect(await trigger.activate()).toHaveLength(1);
		expect(await bank.accountsRead()).not.toEqual([]);
	});

	test('is looked up in the next polls if the time is too short for all accounts', async () => {
		const trigger = await onAll({ crossing: 'below' }, { answersTake: 31 });
		const accounts = await Promise.all(['Household', 'Holiday', 'Together'].map(bank.account));
		for (const { description, balance } of accounts)
			if (Number(balance) <= 100) throw new Error(`${description} must start above the threshold`);
		const excess = (balance: string) => (Number(balance) - 50).toFixed(2);
		const emptyAll = async () => {
			for (const { description, balance } of accounts)
				await pay(`-${excess(balance)}`, description);
		};
		await trigger.activate();
		await emptyAll();
		expect(await trigger.nextPoll()).toHaveLength(3);
		for (const { description, balance } of accounts) await pay(excess(balance), description);
		expect(await trigger.nextPoll()).toBeNull();
		trigger.deactivate();
		await emptyAll();
		passMinutes();
		await bank.control.clearLog();
		await trigger.moveToNewProcess();
		expect(await bank.accountsRead()).toHaveLength(1);
		await trigger.nextPolls(4);
		expect(trigger.delivered).toHaveLength(6);
	});
});
