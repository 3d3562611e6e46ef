import type { IDataObject } from 'n8n-workflow';
import { newCursor } from '../../nodes/Bunq/trigger/pollState';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { descriptionsOf, idsOf } from '../support/triggerHarness';

/** What the trigger stores between polls: after restarts and long breaks, every event is delivered once. */

const bank = useBank();
const DAY = 24 * 60;

const onAll = { event: 'paymentCreated' };
const onAccount = async (name: string, more: IDataObject = {}) => ({
	...onAll,
	allAccounts: false,
	account: await bank.locate(name),
	...more,
});

test('events while n8n was down are delivered once after the restart', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	await bank.receive('Main', { description: 'seen' });
	await trigger.nextPoll();
	trigger.deactivate();
	await bank.receive('Main', { description: 'while down' });
	await bank.receive('Holiday', { description: 'while down too' });
	passMinutes(3 * DAY);
	expect(descriptionsOf(await trigger.activate())).toEqual(['while down', 'while down too']);
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
	expect(descriptionsOf(trigger.delivered)).toEqual(['seen', 'while down', 'while down too']);
});

test('after weeks, events are delivered as many days back as Days to Catch Up says', async () => {
	const trigger = await bank.trigger({ ...onAll, catchUpDays: 7 });
	await trigger.activate();
	trigger.deactivate();
	await bank.receive('Main', { description: 'too old' });
	passMinutes(20 * DAY);
	await bank.receive('Main', { description: 'new enough' });
	passMinutes(DAY);
	expect(descriptionsOf(await trigger.activate())).toEqual(['new enough']);
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
});

test.each<[what: string, pollState: unknown]>([
	['no object', 'pollState'],
	['null', null],
	['a list', []],
	['an unknown version', { version: 2 }],
	['an account without IDs', { accounts: { 1: {} } }],
	['an ID that is no number', { listing: { at: 1, ids: ['1'] } }],
	['no user', { user: null }],
	['a balance that is no amount', { accounts: { 1: { ...newCursor(0), balance: '?' } } }],
	['a missing key', { refusals: undefined }],
])('damaged state is an error that says how to start again: %s', async (_what, damage) => {
	const trigger = await bank.trigger(await onAccount('Main'));
	await trigger.activate();
	const isPart = typeof damage === 'object' && damage !== null && !Array.isArray(damage);
	const whole = trigger.stored.pollState as IDataObject;
	trigger.stored = { pollState: (isPart ? { ...whole, ...damage } : damage) as IDataObject };
	const stored = JSON.stringify(trigger.stored);
	await bank.receive('Main', { description: 'before' });
	passMinutes();
	const damaged = expect.objectContaining({
		message: "The trigger's stored state cannot be read",
		description: expect.stringContaining('copy this node, delete the original'),
	});
	// All that n8n shows when a workflow is published.
	await expect(trigger.reactivate()).rejects.toThrow(
		/^The trigger's stored state cannot be read\. .*copy this node, delete the original/,
	);
	await expect(trigger.moveToNewProcess()).rejects.toEqual(damaged);
	await expect(trigger.nextPoll()).rejects.toEqual(damaged);
	expect(JSON.stringify(trigger.stored)).toBe(stored);

	const copy = trigger.copyAs({ node: 'Bunq Trigger1' });
	expect(await copy.activate()).toBeNull();
	await bank.receive('Main', { description: 'after' });
	expect(descriptionsOf(await copy.nextPoll())).toEqual(['after']);
});

test('with another account, the trigger starts again, and delivers nothing from before', async () => {
	const trigger = await bank.trigger(await onAccount('Main'));
	await trigger.activate();
	await bank.receive('Main');
	await bank.receive('Household');
	trigger.set({ account: await bank.locate('Household') });
	passMinutes();
	expect(await trigger.reactivate()).toBeNull();
	await bank.receive('Household', { description: 'later' });
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['later']);
});

test('a failed poll stores nothing, and the next one delivers', async () => {
	const trigger = await bank.trigger(await onAccount('Main'));
	await trigger.activate();
	const before = JSON.stringify(trigger.stored);
	await bank.receive('Main');
	await bank.control.fault({ kind: '500-before', method: 'GET', path: 'payment', times: 2 });
	expect(await trigger.nextPoll()).toBeNull();
	expect(JSON.stringify(trigger.stored)).toBe(before);
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
});

test('polls that overlap deliver nothing twice', async () => {
	const trigger = await bank.trigger(await onAccount('Main'));
	await trigger.activate();
	await bank.receive('Main');
	passMinutes();
	const polls = await Promise.all([trigger.tick(), trigger.tick(), trigger.tick()]);
	expect(polls.flatMap(descriptionsOf)).toEqual(['Main']);
	expect(await trigger.nextPoll()).toBeNull();
});

test.each([1, 2] as const)('works in version %i of n8n', async (version) => {
	const trigger = await bank.trigger(onAll, { version });
	await trigger.activate();
	for (const description of ['one', 'two']) {
		await bank.receive('Main', { description });
		expect(descriptionsOf(await trigger.nextPoll())).toEqual([description]);
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	}
});

test('a loosened filter lets through what it held back since the last delivery, if n8n restarts', async () => {
	const trigger = await bank.trigger(await onAccount('Main', { filters: { direction: 'in' } }));
	await trigger.activate();
	await bank.receive('Main', { amount: '-1.00', description: 'long ago' });
	await bank.receive('Main');
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Main']);
	await bank.receive('Main', { amount: '-1.00', description: 'recently' });
	expect(await trigger.nextPoll()).toBeNull();
	trigger.set({ filters: {} });
	passMinutes();
	// n8n has not stored that the trigger read it, and another process does not know.
	expect(descriptionsOf(await trigger.moveToNewProcess())).toEqual(['recently']);
});

describe('times at bunq', () => {
	test('a payment that seems to be eight days old because the clocks differ is delivered', async () => {
		const trigger = await bank.trigger(await onAccount('Main'));
		await trigger.activate();
		await bank.control.advance(-8 * DAY * 60_000);
		await bank.control.switches({ limits: 'off' });
		await bank.receive('Main');
		passMinutes();
		expect(descriptionsOf(await trigger.moveToNewProcess())).toEqual(['Main']);
	});

	test('a payment that appears late in an empty account is delivered', async () => {
		await bank.control.addAccount({ description: 'Empty' });
		const trigger = await bank.trigger(await onAccount('Empty'));
		await trigger.activate();
		await bank.control.advance(-60 * 60_000);
		await bank.receive('Empty');
		expect(descriptionsOf(await trigger.nextPoll())).toEqual(['Empty']);
	});

	test('hundreds of payments with the same time are told apart by their IDs', async () => {
		const trigger = await bank.trigger(await onAccount('Main'));
		await trigger.activate();
		const ids = await bank.receive('Main', { count: 205 });
		await trigger.nextPoll();
		ids.push(...(await bank.receive('Main', { count: 205 })));
		await trigger.nextPoll();
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
		expect(idsOf(trigger.delivered)).toEqual(ids);
	});
});
