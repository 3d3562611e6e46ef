import { useBank } from '../support/bank';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { idsOf } from '../support/triggerHarness';

/** "Draft Payment Answered": each draft is delivered once, when it is approved, rejected or cancelled. */

const bank = useBank();

const onAll = { event: 'draftPaymentUpdated' };
const onAccount = async (name: string) => ({
	...onAll,
	allAccounts: false,
	account: await bank.locate(name),
});
const drafts = async (account: string, count: number) =>
	await bank.control.addDrafts({ accountId: await bank.accountId(account), count });
const draft = async (account = 'Main') => (await drafts(account, 1))[0];

test('answers to drafts from before and after activation, each once', async () => {
	const [old, refused] = [await draft(), await draft('Household')];
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const young = await draft();
	expect(await trigger.nextPoll()).toBeNull();
	await bank.control.approveDraft(old);
	await bank.control.rejectDraft(refused);
	await bank.control.approveDraft(young);
	for (let polls = 0; polls < 2; polls++)
		expect(await bank.cost(() => trigger.nextPoll())).toBeLessThanOrEqual(4);
	expect(trigger.delivered.map(({ id, status }) => [id, status]).sort()).toEqual([
		[old, 'ACCEPTED'],
		[refused, 'REJECTED'],
		[young, 'ACCEPTED'],
	]);
	for (let polls = 0; polls < 3; polls++) {
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	}
});

test('an answer while n8n was down, to a draft that only polls without items saw', async () => {
	const trigger = await bank.trigger({ ...onAll, filters: { status: ['REJECTED'] } });
	await trigger.activate();
	const [wanted, other] = [await draft(), await draft()];
	await trigger.nextPollsDeliverNothing(2);
	trigger.deactivate();
	await bank.control.rejectDraft(wanted);
	await bank.control.approveDraft(other);
	passMinutes();
	const found = [...idsOf(await trigger.activate()), ...idsOf(await trigger.nextPoll())];
	expect(found).toEqual([wanted]);
});

test('a draft that waits behind hundreds of newer ones is followed', async () => {
	const old = await draft();
	const trigger = await bank.trigger(await onAccount('Main'));
	await trigger.activate();
	await drafts('Main', 205);
	expect(await bank.cost(() => trigger.nextPoll())).toBe(2);
	await bank.control.approveDraft(old);
	expect(idsOf(await trigger.nextPoll())).toEqual([old]);
});

test.each([0, 7])(
	'hundreds of answers above a draft that waits, %d milliseconds apart: each once',
	async (apart) => {
		await bank.control.switches({ limits: 'off' });
		const old = await draft('Household');
		const trigger = await bank.trigger(await onAccount('Household'));
		await trigger.activate();
		const ids = await drafts('Household', 450);
		for (const id of ids) {
			passSeconds(apart / 1_000);
			await bank.control.rejectDraft(id);
		}
		await trigger.nextPolls(3);
		expect(idsOf(trigger.delivered)).toEqual(ids);
		await bank.control.approveDraft(old);
		passMinutes();
		expect(idsOf(await trigger.reactivate())).toEqual([old]);
		expect(await trigger.nextPoll()).toBeNull();
	},
);

test('new answers are delivered even if there is no time to read down to a draft that waits', async () => {
	await bank.control.switches({ limits: 'off' });
	const old = await draft();
	const trigger = await bank.trigger(await onAccount('Main'), { answersTake: 31 });
	await trigger.activate();
	const answered = await drafts('Main', 450);
	for (const id of answered) await bank.control.rejectDraft(id);
	await trigger.nextPolls(8);
	expect(idsOf(trigger.delivered)).toEqual(answered);
	const young = await draft();
	await bank.control.rejectDraft(young);
	await bank.control.approveDraft(old);
	await trigger.nextPolls(6);
	expect(trigger.delivered).toHaveLength(answered.length + 2);
	expect(idsOf(trigger.delivered).slice(-2).sort()).toEqual([old, young].sort());
});

test('answered before its account was closed: delivered, and then the account is no longer read', async () => {
	const accountId = await bank.control.addAccount({ description: 'Short' });
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	const id = await draft('Short');
	await trigger.nextPollsDeliverNothing(3);
	await bank.control.rejectDraft(id);
	await bank.closeAccount(accountId);
	expect(idsOf(await trigger.nextPoll())).toEqual([id]);
	await bank.control.clearLog();
	for (let polls = 0; polls < 3; polls++) {
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	}
	const reads = (await bank.accountsRead()).filter((one) => one === accountId);
	expect(reads.length).toBeLessThanOrEqual(1);
});
