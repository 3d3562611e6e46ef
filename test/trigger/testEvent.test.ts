import { useBank } from '../support/bank';
import { descriptionsOf } from '../support/triggerHarness';
import { passMinutes } from '../support/fakeClock';

/** "Fetch Test Event": the newest match, without a change to the stored poll state. */

const bank = useBank();

const onMain = async (event: string, more = {}) => ({
	event,
	allAccounts: false,
	account: await bank.locate('Main'),
	...more,
});
const NOTHING = 'bunq has no matching event yet';

test('delivers the newest match, which the next poll delivers too', async () => {
	const trigger = await bank.trigger(
		await onMain('paymentCreated', { filters: { direction: 'in' } }),
	);
	await trigger.activate();
	await bank.receive('Main', { description: 'newest in', amount: '3.00' });
	await bank.receive('Main', { description: 'newer out', amount: '-3.00' });
	passMinutes();
	expect(descriptionsOf(await trigger.test())).toEqual(['newest in']);
	expect(descriptionsOf(await trigger.tick())).toEqual(['newest in']);
	trigger.set({ filters: { amountMin: 99_999 } });
	passMinutes();
	await expect(trigger.test()).rejects.toMatchObject({
		message: NOTHING,
		description: expect.stringContaining('only a test'),
	});
});

test.each(['requestInquiryUpdated', 'requestResponseCreated'])(
	'%s: tells that nothing matches, or delivers the newest',
	async (event) => {
		const filters = { status: ['NONE'], descriptionContains: 'not there' };
		const none = await bank.trigger(await onMain(event, { filters }));
		await expect(none.test()).rejects.toMatchObject({ message: NOTHING });
		const accounts = [await bank.accountId('Main'), await bank.accountId('Household')];
		if (event === 'requestInquiryUpdated') accounts.reverse();
		for (const description of ['older', 'newest']) {
			const id = await bank.control.addRequestResponse({
				accountId: accounts[0],
				fromAccountId: accounts[1],
				description,
			});
			await bank.control.answerRequest(id, 'ACCEPTED');
		}
		const trigger = await bank.trigger(await onMain(event));
		expect(descriptionsOf(await trigger.test())).toEqual(['newest']);
	},
);
