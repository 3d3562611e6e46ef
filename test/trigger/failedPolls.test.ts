import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { descriptionsOf } from '../support/triggerHarness';

/** When bunq cannot be read: nothing is lost, and an error appears when the failure lasts. */

const bank = useBank();

const onAll = { event: 'paymentCreated' };

/** From now on, this account cannot be read. */
const breakAccount = async (account: string) =>
	await bank.control.fault({
		kind: '500-before',
		method: 'GET',
		path: `/monetary-account/${await bank.accountId(account)}/`,
		times: 1_000,
	});

describe('an account that cannot be read', () => {
	test('does not affect the others, is named after three polls, and loses nothing', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await breakAccount('Household');
		await bank.receive('Main');
		await bank.receive('Household');
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
		await trigger.nextPollsDeliverNothing(2);
		await bank.receive('Main', { description: 'Main again' });
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main again']);
		const id = await bank.accountId('Household');
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			message: expect.stringMatching(/\w/),
			description: expect.stringContaining(`The account with the ID ${id} could not be read`),
		});
		await bank.control.clearFaults();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Household']);
	});

	test('is tried in every poll after an error has named it', async () => {
		for (let more = 0; more < 6; more++) await bank.control.addAccount({});
		const trigger = await bank.trigger({ event: 'requestResponseCreated' });
		await trigger.activate();
		const accountId = await bank.accountId('Household');
		await bank.control.addRequestResponse({ accountId, description: 'waits' });
		await breakAccount('Household');
		const errors: unknown[] = [];
		const poll = async () => await trigger.nextPoll().catch((error: unknown) => errors.push(error));
		for (let polls = 0; polls < 8; polls++) await poll();
		expect(errors.length).toBeGreaterThan(0);
		for (let polls = 0; polls < 16; polls++) {
			await bank.control.clearLog();
			await poll();
			expect(await bank.accountsRead()).toContain(accountId);
		}
		await bank.control.clearFaults();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['waits']);
	});

	test('neither fails nor recovers in a poll that did not try it', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await breakAccount('Household');
		await bank.receive('Household');
		await trigger.nextPollsDeliverNothing(2);
		await bank.control.fault({ kind: 'maintenance', path: 'monetary-account$' });
		await trigger.nextPollsDeliverNothing(2);
		const id = await bank.accountId('Household');
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			description: expect.stringContaining(`with the ID ${id} could not`),
		});
	});

	test('is named together with the others', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		for (const account of ['Household', 'Holiday']) {
			await bank.receive(account);
			await breakAccount(account);
		}
		await trigger.nextPollsDeliverNothing(3);
		const ids = [await bank.accountId('Household'), await bank.accountId('Holiday')];
		const named = ids.sort((a, b) => a - b).join(', ');
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			description: expect.stringContaining(`The accounts with the IDs ${named} could not`),
		});
	});

	test('is not one in which the filters cannot judge a record: that is emitted', async () => {
		const trigger = await bank.trigger({ ...onAll, filters: { descriptionContains: 'o' } });
		await trigger.activate();
		await bank.receive('Household');
		await bank.receive('Together');
		const odd = { id: 999_999_999, created: new Date().toISOString(), description: 5 };
		await bank.control.fault({
			kind: 'other',
			method: 'GET',
			path: `/monetary-account/${await bank.accountId('Household')}/payment`,
			body: JSON.stringify({ Response: [{ Payment: odd }] }),
		});
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Together', null]);
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Household']);
	});

	test('because it was closed and bunq no longer shows it is dropped without an error', async () => {
		const accountId = await bank.control.addAccount({ description: 'Short' });
		const trigger = await bank.trigger({ event: 'requestResponseCreated' });
		await trigger.activate();
		await bank.closeAccount(accountId);
		await bank.control.fault({ kind: '466', path: `/monetary-account/${accountId}/`, times: 2 });
		await bank.control.clearLog();
		await trigger.nextPollsDeliverNothing(6);
		expect((await bank.accountsRead()).filter((one) => one === accountId)).toHaveLength(2);
	});
});

describe('an account that bunq refuses for good', () => {
	/** From now on, bunq refuses the account with this status and reason. */
	const refuse = async (account: string, status: number, reason = 'No.') =>
		await bank.control.fault({
			kind: 'status',
			method: 'GET',
			path: `/monetary-account/${await bank.accountId(account)}/`,
			status,
			body: JSON.stringify({ Error: [{ error_description: reason }] }),
			times: 1_000,
		});
	const errorsIn = async (polls: number, trigger: Awaited<ReturnType<typeof bank.trigger>>) => {
		const errors: string[] = [];
		for (let left = polls; left > 0; left--)
			await trigger.nextPoll().catch((error: Error) => errors.push(error.message));
		return errors;
	};

	test.each([403, 404, 400])(
		'with %i is named once, costs no extra request, and the others go on',
		async (status) => {
			for (let more = 0; more < 4; more++) await bank.control.addAccount({ balance: '5.00' });
			const trigger = await bank.trigger(onAll);
			await refuse('Household', status);
			await trigger.activate();
			expect(await errorsIn(12, trigger)).toEqual(['No.']);
			await bank.receive('Main');
			expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
			await bank.receive('Household');
			expect(await errorsIn(8, trigger)).toEqual([]);
			passMinutes();
			expect(await bank.cost(async () => await trigger.tick())).toBeLessThanOrEqual(4);
			await bank.control.clearFaults();
			await trigger.nextPolls(4);
			expect(descriptionsOf(trigger.delivered)).toEqual(['Main', 'Household']);
		},
	);

	test('is named again when bunq answers differently', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await refuse('Household', 403);
		expect(await errorsIn(12, trigger)).toEqual(['No.']);
		await bank.control.clearFaults();
		await refuse('Household', 404, 'Never.');
		expect(await errorsIn(12, trigger)).toEqual(['Never.']);
	});

	test('is named every few polls if it is the only one that is watched', async () => {
		const account = await bank.locate('Household');
		const trigger = await bank.trigger({ ...onAll, allAccounts: false, account });
		await trigger.activate();
		await refuse('Household', 403);
		expect((await errorsIn(12, trigger)).length).toBeGreaterThan(1);
	});

	test('does not keep a workflow from being published', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await refuse('Household', 403);
		for (let polls = 0; polls < 8; polls++) {
			await bank.receive('Main');
			await trigger.nextPoll();
		}
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test('does not keep the test event from showing another one', async () => {
		const trigger = await bank.trigger(onAll);
		await bank.receive('Main');
		await refuse('Household', 403);
		expect(descriptionsOf(await trigger.test())).toEqual(['Main']);
		const filters = { descriptionContains: 'nothing has this' };
		const none = await bank.trigger({ ...onAll, filters });
		await expect(none.test()).rejects.toMatchObject({ message: 'No.' });
	});
});

describe('bunq', () => {
	test('is down for a moment: no error; for longer: an error, and nothing is lost', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await bank.receive('Main');
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		await trigger.nextPollsDeliverNothing(3);
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			message: expect.stringMatching(/maintenance/i),
			description: expect.stringContaining('The list of accounts could not be read'),
			failure: { cause: 'temporarily-unavailable' },
		});
		await bank.control.clearFaults();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
	});

	test('is down at activation: an error, so that no workflow is published without a starting point', async () => {
		const trigger = await bank.trigger(onAll);
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		await expect(trigger.activate()).rejects.toMatchObject({ name: 'NodeApiError' });
		expect(trigger.stored).toEqual({});
	});

	test.each([
		['an expired session', async () => await bank.control.expireSessions()],
		['429s', async () => await bank.control.fault({ kind: '429', path: 'payment', times: 4 })],
		['a lost response', async () => await bank.control.fault({ kind: 'drop-after', times: 1 })],
	])('%s within a poll loses nothing', async (_what, occur) => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await bank.receive('Main');
		await occur();
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
	});
});

describe('a revoked connection', () => {
	const revoke = async () => await bank.control.revoke((await bank.world()).oauth.accessToken);

	test('fails at once, asks to connect again, and sends bunq nothing for a while', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await bank.receive('Main');
		await revoke();
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			message: expect.stringMatching(/incorrect/i),
			description: expect.stringContaining('connect again'),
			failure: { cause: 'credential-invalid' },
		});
		await bank.control.clearLog();
		for (let polls = 0; polls < 12; polls++)
			await expect(trigger.nextPoll()).rejects.toMatchObject({ name: 'NodeApiError' });
		expect(await bank.control.log()).toEqual([]);
	});

	test('is tried at most four times an hour by a poll per minute', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		await revoke();
		await bank.control.clearLog();
		for (let polls = 0; polls < 60; polls++)
			await expect(trigger.nextPoll()).rejects.toMatchObject({ name: 'NodeApiError' });
		const attempts = (await bank.control.log()).filter(({ path }) => path === '/v1/device-server');
		expect(attempts.length).toBeGreaterThan(1);
		expect(attempts.length).toBeLessThanOrEqual(4);
	});
});
