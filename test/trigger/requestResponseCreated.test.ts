import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { descriptionsOf } from '../support/triggerHarness';

/** "Money Request Received": each request for money that arrives is delivered once. */

const bank = useBank();

const onAll = { event: 'requestResponseCreated' };
const onMain = async () => ({
	...onAll,
	allAccounts: false,
	account: await bank.locate('Main'),
});
const askMain = async (more: { amount?: string; description?: string } = {}) =>
	await bank.control.addRequestResponse({ accountId: await bank.accountId('Main'), ...more });

test('each once, oldest first, answered or not; none from before activation', async () => {
	await askMain({ description: 'before' });
	const trigger = await bank.trigger(await onMain());
	expect(await trigger.activate()).toBeNull();
	await askMain({ description: 'first' });
	await bank.control.answerRequest(await askMain({ description: 'second' }), 'REJECTED');
	expect(descriptionsOf(await trigger.nextPoll())).toEqual(['first', 'second']);
	passMinutes();
	expect(await bank.cost(async () => expect(await trigger.reactivate()).toBeNull())).toBe(1);
	trigger.deactivate();
	await askMain({ description: 'while it was off' });
	passMinutes();
	expect(descriptionsOf(await trigger.activate())).toEqual(['while it was off']);
});

test('250 at once: one more page', async () => {
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	for (let number = 0; number < 250; number++) await askMain({ description: `${number}` });
	expect(await bank.cost(() => trigger.nextPoll())).toBe(2);
	expect(descriptionsOf(trigger.delivered)).toEqual(
		Array.from({ length: 250 }, (_, number) => `${number}`),
	);
});

test.each<[filters: IDataObject, expected: string[]]>([
	[{}, ['rent', 'Drinks', 'gift']],
	[{ amountMin: 10 }, ['rent', 'gift']],
	[{ amountMax: 10 }, ['Drinks', 'gift']],
	[{ descriptionContains: 'drink' }, ['Drinks']],
	[{ amountMin: 5, amountMax: 20, descriptionContains: 'r' }, ['Drinks']],
])('the filters %j let %j through', async (filters, expected) => {
	const trigger = await bank.trigger({ ...onAll, filters });
	await trigger.activate();
	await askMain({ amount: '900.00', description: 'rent' });
	await askMain({ amount: '8.50', description: 'Drinks' });
	await askMain({ amount: '10.00', description: 'gift' });
	await trigger.nextPolls(2);
	expect(descriptionsOf(trigger.delivered)).toEqual(expected);
});
