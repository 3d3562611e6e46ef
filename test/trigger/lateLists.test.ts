import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { callAbout, delivered, settle } from '../support/calls';
import { passMinutes, passSeconds } from '../support/fakeClock';
import { locator } from '../support/parameters';
import { idsOf } from '../support/triggerHarness';
import { openSession } from '../simulator/control/testClient';

/** Lists that are behind for a moment, as where another machine of bunq's answers, or that lack something for good. */

const bank = useBank();

const onAll = { event: 'paymentCreated' };

/** bunq's list of accounts as it is now, without one of them, or with another ID for it. */
const listWithout = async (without?: number, replaced?: { id: unknown }) => {
	passMinutes();
	const owner = await openSession(bank.url, (await bank.world()).apiKey);
	const { json } = await owner.get('{user}/monetary-account');
	const accounts = json.Response as Array<Record<string, { id: number }>>;
	const shown = accounts.flatMap((one) => {
		const [[type, account]] = Object.entries(one);
		if (account.id !== without) return [one];
		return replaced ? [{ [type]: { ...account, ...replaced } }] : [];
	});
	return JSON.stringify({ Response: shown, Pagination: null });
};
const showAccounts = async (body: string, times = 1) =>
	await bank.control.fault({ kind: 'other', path: 'monetary-account$', body, times });

/** A trigger on an account whose list the test writes, and how to write it. */
const onList = async (event: string) => {
	const accountId = await bank.control.addAccount({ description: 'Behind' });
	const account = locator('id', accountId);
	const trigger = await bank.trigger({ event, allAccounts: false, account });
	const path = `/monetary-account/${accountId}/[a-z-]+$`;
	const show = async (Response: object[], Pagination: object | null = null) => {
		const body = JSON.stringify({ Response, Pagination });
		await bank.control.fault({ kind: 'other', method: 'GET', path, body });
	};
	return { trigger, show, accountId };
};
const now = () => new Date().toISOString().replace('T', ' ').replace('Z', '000');

test.each([['PENDING'], [null], ['']])(
	'an answer that the list shows as %p again for a moment is delivered once',
	async (status) => {
		const { trigger, show } = await onList('draftPaymentUpdated');
		const draft = (shown: unknown) => ({
			DraftPayment: { id: 10, status: shown, created: now(), updated: now(), entries: [] },
		});
		await show([draft('PENDING')]);
		await trigger.activate();
		for (const shown of ['ACCEPTED', status, 'ACCEPTED', status, 'ACCEPTED']) {
			await show([draft(shown)]);
			await trigger.nextPoll().catch(() => undefined);
		}
		expect(idsOf(trigger.delivered)).toEqual([10]);
	},
);

test.each([[['PENDING', 'ACCEPTED']], [['ACCEPTED']]])(
	'a draft that the list lacks for days, and then shows as %j, is followed on',
	async (shown) => {
		const { trigger, show } = await onList('draftPaymentUpdated');
		const created = now();
		const draft = (id: number, status: string) => ({
			DraftPayment: { id, status, created, updated: now(), entries: [] },
		});
		await show([draft(12, 'PENDING'), draft(10, 'PENDING')]);
		await trigger.activate();
		for (let hours = 0; hours <= 30; hours++) {
			passMinutes(60);
			await show([draft(12, 'PENDING')]);
			expect(await trigger.tick()).toBeNull();
		}
		for (const status of [...shown, ...shown]) {
			await show([draft(12, 'PENDING'), draft(10, status)]);
			await trigger.nextPoll();
		}
		expect(idsOf(trigger.delivered)).toEqual([10]);
	},
);

test('a page without entries is not the end of a list', async () => {
	const { trigger, show, accountId } = await onList('paymentCreated');
	const payment = (id: number) => ({
		Payment: { id, created: now(), amount: { value: '1.00', currency: 'EUR' } },
	});
	await show([payment(10)]);
	await trigger.activate();
	const [{ path }] = (await bank.log()).filter((one) => one.path.endsWith('/payment'));
	const olderThan = (id: number) => ({ older_url: `${path}?older_id=${id}`, newer_url: null });
	passMinutes();
	await show([payment(14)], olderThan(14));
	await show([], olderThan(13));
	await show([payment(12), payment(11), payment(10)]);
	expect(path).toContain(String(accountId));
	expect(idsOf(await trigger.nextPoll()).sort()).toEqual([11, 12, 14]);
});

describe('an account that was opened, and that the list of accounts lacks for some seconds', () => {
	test('delivers everything', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		passMinutes();
		const before = await listWithout();
		await bank.control.addAccount({ description: 'New', balance: '0.00' });
		const ids = await bank.receive('New', { count: 2 });
		passSeconds(10);
		await showAccounts(before);
		expect(await trigger.tick()).toBeNull();
		await trigger.nextPolls(2);
		expect(idsOf(trigger.delivered)).toEqual(ids);
	});

	test('delivers what bunq called about within a minute, without the clock', async () => {
		const trigger = await bank.trigger(onAll);
		await trigger.activate();
		passMinutes();
		const before = await listWithout();
		const account = await bank.control.addAccount({ description: 'New', balance: '0.00' });
		const [id] = await bank.receive('New');
		await showAccounts(before);
		await trigger.call(callAbout('Payment', { id, account }));
		await settle(65);
		expect(idsOf(trigger.delivered)).toEqual([id]);
	});
});

test('two accounts that are opened within a minute: calls about both are heard, without the clock', async () => {
	const trigger = await bank.trigger(onAll);
	await trigger.activate();
	passMinutes();
	const open = async (description: string) => {
		const account = await bank.control.addAccount({ description, balance: '0.00' });
		const [id] = await bank.receive(description);
		await trigger.call(callAbout('Payment', { id, account }));
		return id;
	};
	const first = await open('First');
	await delivered(trigger, 1);
	const second = await open('Second');
	const wait = async () => await settle(200);
	// One poll of everything: the list, the account, and three in rotation.
	expect(await bank.cost(wait)).toBe(5);
	expect(idsOf(trigger.delivered)).toEqual([first, second]);
});

const BOTH_KINDS: Array<[event: string, more: IDataObject]> = [
	['paymentCreated', {}],
	['balanceCrossed', { threshold: 100 }],
];

test.each(BOTH_KINDS)(
	'%s: an account that the list does not show any more is named once',
	async (event, more) => {
		const trigger = await bank.trigger({ event, ...more });
		await trigger.activate();
		passMinutes();
		const id = await bank.accountId('Household');
		await showAccounts(await listWithout(id), 12);
		await bank.receive('Household', { amount: '-250.00' });
		const said: unknown[] = [];
		for (let polls = 0; polls < 12; polls++)
			await trigger.nextPoll().catch((error: unknown) => said.push(error));
		expect(said).toEqual([
			expect.objectContaining({
				message: 'bunq does not list this account any more',
				description: expect.stringContaining(`The account with the ID ${id} could not be read.`),
			}),
		]);
		// It is listed again.
		await trigger.nextPolls(3);
		expect(trigger.delivered).toHaveLength(1);
	},
);

test.each(BOTH_KINDS)(
	'%s: a list with an entry without an ID does not say which account is missing',
	async (event, more) => {
		const trigger = await bank.trigger({ event, ...more });
		await trigger.activate();
		const id = await bank.accountId('Household');
		await showAccounts(await listWithout(id, { id: null }), 12);
		const said: unknown[] = [];
		for (let polls = 0; polls < 12; polls++)
			await trigger.nextPoll().catch((error: Error) => said.push(error.message));
		expect(said).toEqual(["Accounts in bunq's list without a readable ID: 1"]);
	},
);

test.each(BOTH_KINDS)('%s: an account that was closed may leave the list', async (event, more) => {
	const account = await bank.control.addAccount({ description: 'Old', balance: '0.00' });
	const trigger = await bank.trigger({ event, ...more });
	await trigger.activate();
	await bank.closeAccount(account);
	await trigger.nextPolls(4);
	await showAccounts(await listWithout(account), 12);
	await trigger.nextPollsDeliverNothing(12);
});
