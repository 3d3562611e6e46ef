import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { idsOf } from '../support/triggerHarness';
import { underEach } from '../support/underEach';

/** "Money Request Answered": each request that was sent is delivered once, when it is paid or ends otherwise. */

const bank = useBank();

const onAll = { event: 'requestInquiryUpdated' };
const onMain = async () => ({
	...onAll,
	allAccounts: false,
	account: await bank.locate('Main'),
});
const DAY = 24 * 60;

const ask = async ({ to = 'sam@example.com', account = 'Main' } = {}) => {
	const { json, error } = await bank.oauth({
		resource: 'requestInquiry',
		operation: 'create',
		account: await bank.locate(account),
		recipientType: 'email',
		recipientEmail: to,
		amount: 3,
		paymentDescription: account,
	});
	expect(error).toBeUndefined();
	return Number(json[0].id);
};
const samsEmail = async () => (await bank.thirdParty()).email;

test('paid, rejected, revoked or expired: each once, from before and after activation', async () => {
	const to = await samsEmail();
	const [paid, refused] = [await ask({ to }), await ask({ to, account: 'Household' })];
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const [revoked, expired, open] = [await ask({ to }), await ask(), await ask({ to })];
	expect(await trigger.nextPoll()).toBeNull();
	await bank.control.answerRequest(paid, 'ACCEPTED');
	await bank.control.answerRequest(refused, 'REJECTED');
	await bank.control.answerRequest(expired, 'EXPIRED');
	await bank.apiKey({
		resource: 'requestInquiry',
		operation: 'revoke',
		account: await bank.locate('Main'),
		requestInquiryId: `${revoked}`,
	});
	for (let polls = 0; polls < 2; polls++)
		expect(await bank.cost(() => trigger.nextPoll())).toBeLessThanOrEqual(4);
	expect(trigger.delivered.map(({ id, status }) => [id, status]).sort()).toEqual([
		[paid, 'ACCEPTED'],
		[refused, 'REJECTED'],
		[revoked, 'REVOKED'],
		[expired, 'EXPIRED'],
	]);
	for (let polls = 0; polls < 3; polls++) {
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	}
	await bank.control.answerRequest(open, 'ACCEPTED');
	await trigger.nextPolls(2);
	expect(trigger.delivered).toHaveLength(5);
	expect(trigger.delivered[4]).toMatchObject({ id: open, status: 'ACCEPTED', amountPaid: 3 });
});

test('an answer while n8n was down, to a request that only polls without items saw', async () => {
	const to = await samsEmail();
	const trigger = await bank.trigger({ ...onAll, filters: { status: ['ACCEPTED'] } });
	await trigger.activate();
	const [wanted, other] = [await ask({ to }), await ask({ to })];
	await trigger.nextPollsDeliverNothing(2);
	trigger.deactivate();
	await bank.control.answerRequest(wanted, 'ACCEPTED');
	await bank.control.answerRequest(other, 'REJECTED');
	passMinutes();
	const found = [...idsOf(await trigger.activate()), ...idsOf(await trigger.nextPoll())];
	expect(found).toEqual([wanted]);
});

describe('a request that expires weeks later is delivered', () => {
	underEach(bank, 'expiryUpdates', () => {
		test('after it was sent', async () => {
			const old = await ask();
			const trigger = await bank.trigger(await onMain());
			await trigger.activate();
			for (let weeks = 0; weeks < 3; weeks++) {
				passMinutes(7 * DAY);
				expect(await trigger.tick()).toBeNull();
			}
			await bank.control.answerRequest(old, 'EXPIRED');
			expect(await trigger.nextPoll()).toMatchObject([{ id: old, status: 'EXPIRED' }]);
			passMinutes();
			expect(await trigger.reactivate()).toBeNull();
		});
	});

	test('if bunq shows the expiry weeks late', async () => {
		const tomorrow = new Date(Date.now() + DAY * 60_000).toISOString();
		const id = await bank.control.addRequestResponse({
			accountId: await bank.accountId('Household'),
			fromAccountId: await bank.accountId('Main'),
			expires: tomorrow.replace('T', ' ').replace('Z', '000'),
		});
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		for (let weeks = 0; weeks < 3; weeks++) {
			passMinutes(7 * DAY);
			expect(await trigger.tick()).toBeNull();
		}
		await bank.control.answerRequest(id, 'EXPIRED');
		expect(await trigger.nextPoll()).toMatchObject([{ status: 'EXPIRED' }]);
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});
});

test('a request that waits behind hundreds of newer ones is followed', async () => {
	const to = await samsEmail();
	const old = await ask({ to });
	const trigger = await bank.trigger(await onMain());
	await trigger.activate();
	for (let more = 0; more < 205; more++) await ask();
	expect(await bank.cost(() => trigger.nextPoll())).toBe(2);
	await bank.control.answerRequest(old, 'REJECTED');
	expect(idsOf(await trigger.nextPoll())).toEqual([old]);
});
