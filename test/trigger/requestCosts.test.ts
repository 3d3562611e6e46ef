import { events } from '../../nodes/Bunq/trigger/events';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { expectBlock, markdownTable } from '../support/markdown';

/** What each event costs, and how late it can be: the measurements in docs/trigger.md. */

const bank = useBank();

// Without the right, nothing could be measured with an app's token.
beforeEach(async () => void (await bank.control.switches({ oauthMayUseTheRest: true })));

const open = async () =>
	(await bank.world()).accounts.filter(({ status }) => status !== 'CANCELLED').map(({ id }) => id);

const openAccounts = async (count: number) => {
	for (let more = (await open()).length; more < count; more++)
		await bank.control.addAccount({ balance: '20.00' });
	const ids = await open();
	expect(ids).toHaveLength(count);
	return ids;
};

/** So many requests does an idle poll cost, after several; all within one window of bunq's limits. */
const idle = async (event: string, parameters = {}) => {
	const trigger = await bank.trigger({ event, threshold: 1_000_000, ...parameters });
	await trigger.activate();
	const costs: number[] = [];
	for (let polls = 0; polls < 5; polls++) {
		passMinutes();
		await bank.control.clearLog();
		const started = Date.now();
		expect(await trigger.tick()).toBeNull();
		expect(Date.now() - started).toBeLessThan(3_000);
		costs.push((await bank.control.log()).length);
	}
	return Math.max(...costs);
};

/** What happens in an account without leaving a trace in its balance; before the trigger starts, what is needed for it. */
const HIDDEN: Record<string, (account: number) => Promise<() => Promise<unknown>>> = {
	paymentCreated: async (accountId) => async () => {
		await bank.control.addPayments({ accountId, amount: '5.00' });
		await bank.control.addPayments({ accountId, amount: '-5.00' });
	},
	cardTransactionCreated: async (accountId) => async () =>
		await bank.control.addCardTransactions(accountId, [{ decision: 'PIN_INCORRECT' }]),
	draftPaymentUpdated: async (accountId) => {
		const [id] = await bank.control.addDrafts({ accountId });
		return async () => await bank.control.rejectDraft(id);
	},
	requestInquiryUpdated: async (fromAccountId) => {
		const accountId = (await open()).find((id) => id !== fromAccountId)!;
		const id = await bank.control.addRequestResponse({ accountId, fromAccountId });
		return async () => await bank.control.answerRequest(id, 'REJECTED');
	},
	requestResponseCreated: async (accountId) => async () =>
		await bank.control.addRequestResponse({ accountId }),
	scheduledPaymentUpdated: async (accountId) => {
		const id = await bank.control.addSchedule({ accountId });
		return async () => await bank.control.cancelSchedule(id);
	},
};

/** How many polls it takes to emit the events of ten accounts that happen at once. */
const pollsUntilSeen = async (event: string) => {
	const all = await openAccounts(10);
	const changes = await Promise.all(all.map(HIDDEN[event]));
	const trigger = await bank.trigger({ event });
	await trigger.activate();
	for (const change of changes) await change();
	const expected = event === 'paymentCreated' ? 20 : 10;
	for (let polls = 1; polls <= 10; polls++) {
		passMinutes();
		await bank.control.clearLog();
		await trigger.tick();
		// Of each scheduled payment that was cancelled, the runs before are read too.
		const most = event === 'scheduledPaymentUpdated' ? 4 + 3 : 4;
		expect((await bank.control.log()).length).toBeLessThanOrEqual(most);
		if (trigger.delivered.length === expected) return polls;
	}
	throw new Error(`${event}: ${trigger.delivered.length} of ${expected}`);
};

const figures: Array<Array<string | number>> = [];

test.each(Object.entries(events))(
	'%s: requests of an idle poll, and how late',
	async (event, { name }) => {
		const [one] = await open();
		const account = locator('id', one);
		const ofOne = await idle(event, { allAccounts: false, account });
		const late = HIDDEN[event] ? await pollsUntilSeen(event) : 1;
		await openAccounts(10);
		const ofTen = await idle(event);
		await openAccounts(25);
		const ofMany = await idle(event);
		expect(ofOne).toBe(1);
		expect(ofTen).toBeLessThanOrEqual(4);
		expect(ofMany).toBeLessThanOrEqual(4);
		expect(late).toBeLessThanOrEqual(Math.ceil(10 / 3));
		figures.push([name, ofOne, ofTen, ofMany, late]);
	},
);

test('450 new payments at once, and the table of docs/trigger.md', async () => {
	const [accountId] = await openAccounts(10);
	const account = locator('id', accountId);
	const triggers = [
		await bank.trigger({ event: 'paymentCreated', allAccounts: false, account }),
		await bank.trigger({ event: 'paymentCreated' }),
	];
	for (const trigger of triggers) await trigger.activate();
	const ids = await bank.control.addPayments({ accountId, count: 450 });
	const costs: number[] = [];
	for (const trigger of triggers) {
		passMinutes();
		await bank.control.clearLog();
		expect((await trigger.tick())?.map(({ id }) => id)).toEqual(ids);
		costs.push((await bank.control.log()).length);
	}
	expect(costs[0]).toBeLessThanOrEqual(3);
	expect(costs[1]).toBeLessThanOrEqual(4 + 2);
	const head = ['', 'One account', 'All of 10', 'All of 25', 'Polls until seen, all of 10'];
	const table = markdownTable(head, [...figures, ['450 new payments at once', ...costs, '', 1]]);
	await expectBlock('docs/trigger.md', 'measurements', table);
});
