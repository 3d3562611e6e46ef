import { useBank } from '../support/bank';
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

	test('because bunq sent something unknown does not affect the others', async () => {
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
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Together']);
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
