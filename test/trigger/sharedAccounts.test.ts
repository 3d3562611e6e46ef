import { openSession } from '../simulator/control/testClient';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { idsOf } from '../support/triggerHarness';

/** An account that the user shares with the connection later: what is in it by then is no event. */

const bank = useBank();

test.each([
	['is read at once', 0],
	['cannot be read at first', 4],
])('an account that is shared since and %s begins when it is read', async (_what, failures) => {
	const trigger = await bank.trigger({ event: 'paymentCreated' });
	await trigger.activate();
	const account = await bank.control.addAccount({ description: 'Shared', balance: '0.00' });
	await bank.receive('Shared', { count: 2 });
	passMinutes();
	const owner = await openSession(bank.url, (await bank.world()).apiKey);
	const { json } = await owner.get('{user}/monetary-account');
	const accounts = json.Response as Array<Record<string, { id: number }>>;
	const others = accounts.filter((one) => Object.values(one).every(({ id }) => id !== account));
	const body = JSON.stringify({ Response: others, Pagination: null });
	await bank.control.fault({ kind: 'other', path: 'monetary-account$', body, times: 3 });
	await trigger.nextPollsDeliverNothing(3);

	const path = `${account}/payment$`;
	if (failures > 0) await bank.control.fault({ kind: '500-before', path, times: failures });
	await trigger.nextPollsDeliverNothing(4);
	const [id] = await bank.receive('Shared');
	expect(idsOf(await trigger.nextPoll())).toEqual([id]);
});
