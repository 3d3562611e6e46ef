import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { descriptionsOf } from '../support/triggerHarness';

/** Whose state it is: anything but the same bank, user, workflow, node, event and accounts begins without old events. */

const bank = useBank();

const onAll = { event: 'paymentCreated' };

/** A trigger that has delivered a payment, so that n8n stored its state, and has missed one since. */
const storedTrigger = async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.receive('Main', { description: 'delivered' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['delivered']);
	await bank.receive('Main', { description: 'missed' });
	passMinutes();
	return trigger;
};

test.each<[what: string, more: IDataObject]>([
	['another workflow', { workflowId: 'a copy' }],
	['a node of another name', { node: 'Bunq Trigger1' }],
])('%s with a copy of the state begins without old events', async (_what, more) => {
	const trigger = await storedTrigger();
	const copy = trigger.copyAs(more);
	copy.stored = trigger.stored;
	expect(await copy.activate()).toBeNull();
	await bank.receive('Main', { description: 'later' });
	expect(descriptionsOf(await copy.nextPoll())).toEqual(['later']);
	expect(descriptionsOf(await trigger.tick())).toEqual(['missed', 'later']);
});

test('the sandbox, then production: no old events, and none lost after', async () => {
	const { oauth } = await bank.world('sandbox');
	const { accessToken } = (await bank.world()).oauth;
	const trigger = await bank.trigger(onAll, {
		credential: { environment: 'sandbox', oauthTokenData: { access_token: oauth.accessToken } },
	});
	await trigger.activate();
	const [sandboxAccount] = (await bank.world('sandbox')).accounts;
	const addInSandbox = async () =>
		await bank.control.addPayments({ accountId: sandboxAccount.id, environment: 'sandbox' });
	await addInSandbox();
	await trigger.nextPoll();
	expect(trigger.delivered).toHaveLength(1);
	await bank.receive('Main', { description: 'of last week' });
	trigger.reconnect({ environment: 'production', oauthTokenData: { access_token: accessToken } });
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
	await bank.receive('Main', { description: 'later' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['later']);
	expect(await trigger.nextPoll()).toBeNull();
});

test('another credential of the same user continues', async () => {
	const trigger = await storedTrigger();
	trigger.set({ authentication: 'apiKey' });
	trigger.reconnect({ apiKey: (await bank.world()).apiKey });
	expect(descriptionsOf(await trigger.reactivate())).toEqual(['missed']);
});

test('while bunq opens no session, nobody knows whose state it is: nothing is lost', async () => {
	const trigger = await storedTrigger();
	await bank.control.expireSessions();
	const times = 1_000;
	await bank.control.fault({ kind: 'maintenance', times });
	const first = await trigger.moveToNewProcess().catch(({ message }: Error) => message);
	expect(first).toBeNull();
	await trigger.nextPollsDeliverNothing(2);
	await expect(trigger.nextPoll()).rejects.toMatchObject({ name: 'NodeApiError' });
	await bank.control.clearFaults();
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['missed']);
});

test('while bunq opens no session, a copy keeps what it knows, and not the state that it was copied with', async () => {
	const original = await storedTrigger();
	const copy = original.copyAs({ workflowId: 'another copy' });
	expect(await copy.activate()).toBeNull();
	await bank.receive('Main', { description: 'new' });
	await bank.control.expireSessions();
	await bank.control.fault({ kind: 'maintenance', path: 'session-server', times: 1_000 });
	// Another node of this process has found that the session expired.
	await bank.oauth({ resource: 'account', operation: 'getAll' });
	await copy.nextPollsDeliverNothing(2);
	await bank.control.clearFaults();
	expect(descriptionsOf(await copy.nextPoll())).toEqual(['new']);
});

test('two triggers with one ID in a workflow both deliver everything', async () => {
	const one = await bank.trigger(onAll, { node: 'One', workflowId: 'w' });
	const two = await bank.trigger(onAll, { node: 'Two', workflowId: 'w' });
	await one.activate();
	await two.activate();
	await bank.receive('Main');
	passMinutes();
	const delivered = await Promise.all([one.tick(), two.tick()]);
	expect(delivered.map(descriptionsOf)).toEqual([['Main'], ['Main']]);
});

describe('an account that the list of accounts did not have', () => {
	/** From now on, bunq lists only these accounts; undefined: all. */
	const list = async (accounts?: unknown[]) => {
		await bank.control.clearFaults();
		if (accounts)
			await bank.control.fault({
				kind: 'other',
				path: 'monetary-account$',
				times: 1_000,
				body: JSON.stringify({ Response: accounts }),
			});
	};
	const shown = async (...names: string[]) => {
		const all = (await bank.world()).accounts.filter(({ description }) =>
			names.includes(description),
		);
		return all.map(({ id, type, status, balance }) => ({
			[type]: { id, status, created: '2020-01-01 00:00:00.000000', balance: { value: balance } },
		}));
	};

	test.each([['paymentCreated'], ['balanceCrossed']])(
		'and that is older begins at that moment: %s',
		async (event) => {
			const trigger = await bank.trigger({ event, threshold: 100, crossing: 'both' });
			await list(await shown('Main'));
			await trigger.activate();
			await bank.receive('Household', { amount: '-250.00' });
			await trigger.nextPollsDeliverNothing(2);
			await list(await shown('Main', 'Household'));
			await trigger.nextPollsDeliverNothing(2);
			await bank.receive('Household', { amount: '500.00' });
			await list(await shown('Main', 'Household'));
			expect(await trigger.nextPoll()).toHaveLength(1);
		},
	);

	test('and that was opened since delivers everything', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await trigger.nextPoll();
		await bank.control.addAccount({ description: 'New' });
		await bank.receive('New');
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['New']);
	});

	test('because it could not be read at first delivers everything since the start', async () => {
		const trigger = await bank.trigger(onAll);
		const path = `/monetary-account/${await bank.accountId('Household')}/`;
		await bank.control.fault({ kind: '500-before', path, times: 3 });
		await trigger.activate();
		await bank.receive('Household');
		await trigger.nextPolls(3);
		expect(descriptionsOf(trigger.delivered)).toEqual(['Household']);
	});
});

describe('an account that is given by name', () => {
	const byName = async () => {
		await bank.control.addAccount({ description: 'Trip', balance: '0.00' });
		const account = locator('name', 'Trip');
		return await bank.trigger({ ...onAll, allAccounts: false, account });
	};
	/** The account is closed, and another one gets its name. */
	const replace = async () => {
		await bank.closeAccount(await bank.accountId('Trip'));
		return await bank.control.addAccount({ description: 'Trip' });
	};

	test('costs no request for its ID in an idle poll', async () => {
		const trigger = await byName();
		await trigger.activate();
		passMinutes();
		expect(await bank.cost(async () => await trigger.tick())).toBe(1);
	});

	test.each<
		[when: string, find: (trigger: Awaited<ReturnType<typeof byName>>) => Promise<unknown>]
	>([
		['at activation', async (trigger) => await trigger.reactivate()],
		['in another process', async (trigger) => await trigger.moveToNewProcess()],
		['within 15 minutes', async (trigger) => await trigger.nextPolls(16)],
	])('is found again %s', async (_when, find) => {
		const trigger = await byName();
		await trigger.activate();
		const accountId = await replace();
		await bank.control.addPayments({ accountId, description: 'before' });
		passMinutes();
		await find(trigger);
		await bank.control.addPayments({ accountId, description: 'after' });
		await trigger.nextPoll();
		expect(descriptionsOf(trigger.delivered)).toEqual(['after']);
	});

	test('is an error when no open account has the name', async () => {
		const trigger = await byName();
		await trigger.activate();
		await bank.closeAccount(await bank.accountId('Trip'));
		await trigger.nextPolls(13);
		passMinutes(3);
		await expect(trigger.tick()).rejects.toMatchObject({
			message: expect.stringContaining('none of your open accounts is named "Trip"'),
		});
	});
});
