import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';
import type { TriggerHarness } from '../support/triggerHarness';

/** The trigger when bunq, n8n or people do what is not in the plan: nothing is lost, nothing comes twice. */

const bank = useBank();
const DAY = 24 * 60;

const polls = async (trigger: TriggerHarness, count: number) => {
	for (let left = count; left > 0; left--) {
		passMinutes();
		await trigger.tick();
	}
};

const arrive = async (account: string, more: { amount?: string; description?: string } = {}) =>
	await bank.control.addPayments({
		accountId: await bank.accountId(account),
		description: account,
		...more,
	});
const texts = (items: IDataObject[] | null) => (items ?? []).map(({ description }) => description);
const idsOf = (items: IDataObject[] | null) => (items ?? []).map(({ id }) => id);

const onOne = async (account: string, more: IDataObject = {}) => ({
	event: 'paymentCreated',
	allAccounts: false,
	account: await bank.locate(account),
	...more,
});

/** Which accounts were read, in order, without the list of them. */
const looked = async () =>
	(await bank.requests())
		.map((one) => Number(/monetary-account\/(\d+)\//.exec(one)?.[1]))
		.filter(Boolean);

const close = async (account: number) => {
	const { error } = await bank.apiKey({
		resource: 'account',
		operation: 'close',
		account: locator('id', account),
		reason: 'Test',
	});
	expect(error).toBeUndefined();
};

describe('accounts that fail', () => {
	const failing = async (account: string, times = 1_000) =>
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: `/monetary-account/${await bank.accountId(account)}/`,
			times,
		});

	test('one that hangs takes no time from the others: it is read last, and a poll ends', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 10_000 });
		await trigger.activate();
		await bank.control.fault({
			kind: 'timeout-before',
			path: `/monetary-account/${await bank.accountId('Main')}/`,
			times: 1_000,
		});
		const accounts = ['Main', 'Household', 'Holiday', 'Together'];
		for (const account of accounts) await arrive(account);
		passMinutes();
		const started = performance.now();
		await trigger.tick();
		expect(performance.now() - started).toBeLessThan(10_000);
		passMinutes();
		await bank.control.clearLog();
		await trigger.tick();
		expect(texts(trigger.delivered).sort()).toEqual(['Holiday', 'Household', 'Together']);
		expect((await looked()).at(-1)).toBe(await bank.accountId('Main'));
		await bank.control.clearFaults();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Main']);
	});

	test('all of them hang: a poll ends within what n8n gives it, and says so in the end', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 8_000 });
		await trigger.activate();
		await bank.control.fault({ kind: 'timeout-before', path: 'monetary-account', times: 1_000 });
		passMinutes();
		const started = performance.now();
		expect(await trigger.tick()).toBeNull();
		expect(performance.now() - started).toBeLessThan(8_000);
	});

	test('one that was named by an error is tried with every poll all the same', async () => {
		for (let more = 0; more < 6; more++) await bank.control.addAccount({});
		const trigger = await bank.trigger({ event: 'requestResponseCreated' });
		await trigger.activate();
		const accountId = await bank.accountId('Household');
		await bank.control.addRequestResponse({ accountId, description: 'waits' });
		await failing('Household');
		const errors: unknown[] = [];
		for (let polls = 0; polls < 8; polls++) {
			passMinutes();
			await trigger.tick().catch((error: unknown) => errors.push(error));
		}
		expect(errors.length).toBeGreaterThan(0);
		for (let polls = 0; polls < 16; polls++) {
			await bank.control.clearLog();
			passMinutes();
			await trigger.tick().catch((error: unknown) => errors.push(error));
			expect(await looked()).toContain(accountId);
		}
		await bank.control.clearFaults();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['waits']);
	});

	test('a poll in which it was not tried does not count, neither for it nor against it', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await failing('Household');
		await arrive('Household');
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		await bank.control.fault({ kind: 'maintenance', path: 'monetary-account$' });
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		passMinutes();
		await expect(trigger.tick()).rejects.toMatchObject({
			description: expect.stringContaining(
				`with the ID ${await bank.accountId('Household')} could not`,
			),
		});
	});

	test('several are named together', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		for (const account of ['Household', 'Holiday']) {
			await arrive(account);
			await failing(account);
		}
		for (let polls = 0; polls < 3; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		passMinutes();
		const ids = [await bank.accountId('Household'), await bank.accountId('Holiday')].sort(
			(a, b) => a - b,
		);
		await expect(trigger.tick()).rejects.toMatchObject({
			description: expect.stringContaining(`The accounts with the IDs ${ids.join(', ')} could not`),
		});
	});

	test('something of bunq that nobody understands stops its own account only', async () => {
		const filters = { descriptionContains: 'o' };
		const trigger = await bank.trigger({ event: 'paymentCreated', filters });
		await trigger.activate();
		await arrive('Household');
		await arrive('Together');
		const odd = { id: 999_999_999, created: new Date().toISOString(), description: 5 };
		await bank.control.fault({
			kind: 'other',
			method: 'GET',
			path: `/monetary-account/${await bank.accountId('Household')}/payment`,
			body: JSON.stringify({ Response: [{ Payment: odd }] }),
		});
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Together']);
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Household']);
	});

	test('a payment without a readable time is handed over', async () => {
		const trigger = await bank.trigger(await onOne('Main'));
		await trigger.activate();
		const body = { Response: [{ Payment: { id: 999_999_999, description: 'odd' } }] };
		await bank.control.fault({ kind: 'other', path: 'payment', body: JSON.stringify(body) });
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['odd']);
	});
});

describe('too little time', () => {
	test('one account that is busy all the time does not keep the others waiting', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 0 });
		passMinutes();
		await trigger.activate();
		await polls(trigger, 8);
		const accounts = ['Main', 'Household', 'Holiday'];
		for (const account of accounts) await arrive(account);
		for (let polls = 0; polls < 8; polls++) {
			// The first that bunq lists of those with payments.
			await arrive('Together');
			passMinutes();
			await trigger.tick();
		}
		const others = texts(trigger.delivered).filter((one) => one !== 'Together');
		expect(others.sort()).toEqual(accounts.sort());
	});

	test('a first poll that ends half way is silent, and nothing that happens from then on is lost', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 0 });
		const accounts = ['Main', 'Household', 'Holiday', 'Together'];
		for (const account of accounts) await arrive(account, { description: 'before' });
		passMinutes();
		expect(await trigger.activate()).toBeNull();
		for (const account of accounts) await arrive(account);
		await polls(trigger, 8);
		expect(texts(trigger.delivered).sort()).toEqual(accounts.sort());
	});

	test('an account that is closed before it was read to the end is read to the end', async () => {
		const accountId = await bank.control.addAccount({ description: 'Short' });
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 0 });
		passMinutes();
		await trigger.activate();
		await polls(trigger, 8);
		const ids = await bank.control.addPayments({ accountId, count: 350 });
		ids.push(...(await bank.control.addPayments({ accountId, count: 350, amount: '-1.00' })));
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		await close(accountId);
		await polls(trigger, 80);
		expect(idsOf(trigger.delivered)).toEqual(ids);
		await bank.control.clearLog();
		passMinutes();
		await trigger.tick();
		expect(await looked()).not.toContain(accountId);
	});

	test('450 new payments with ten accounts: two further pages, six requests', async () => {
		for (let more = 0; more < 6; more++) await bank.control.addAccount({});
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		const ids = await bank.control.addPayments({
			accountId: await bank.accountId('Main'),
			count: 450,
		});
		await bank.control.clearLog();
		passMinutes();
		expect(idsOf(await trigger.tick())).toEqual(ids);
		expect((await bank.requests()).length).toBeLessThanOrEqual(6);
	});
});

describe('time', () => {
	test('what bunq dates as eight days ago, because the clocks differ, is not passed over', async () => {
		const trigger = await bank.trigger(await onOne('Main'));
		await trigger.activate();
		await bank.control.advance(-8 * DAY * 60_000);
		await bank.control.switches({ limits: 'off' });
		await arrive('Main');
		passMinutes();
		expect(texts(await trigger.moveToNewProcess())).toEqual(['Main']);
	});

	test('what shows up late in an account that had nothing is handed over', async () => {
		await bank.control.addAccount({ description: 'Empty' });
		const trigger = await bank.trigger(await onOne('Empty'));
		await trigger.activate();
		await bank.control.advance(-60 * 60_000);
		await arrive('Empty');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Empty']);
	});

	test('a request that expired weeks ago, as bunq finds out today, is handed over', async () => {
		const [accountId, asked] = [await bank.accountId('Main'), await bank.accountId('Household')];
		const tomorrow = new Date(Date.now() + DAY * 60_000).toISOString();
		const id = await bank.control.addRequestResponse({
			accountId: asked,
			fromAccountId: accountId,
			expires: tomorrow.replace('T', ' ').replace('Z', '000'),
		});
		const trigger = await bank.trigger(await onOne('Main', { event: 'requestInquiryUpdated' }));
		await trigger.activate();
		for (let weeks = 0; weeks < 3; weeks++) {
			passMinutes(7 * DAY);
			expect(await trigger.tick()).toBeNull();
		}
		await bank.control.answerRequest(id, 'EXPIRED');
		passMinutes();
		expect(await trigger.tick()).toMatchObject([{ status: 'EXPIRED' }]);
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test('a filter that is loosened lets through what it held back since something was handed over last', async () => {
		const trigger = await bank.trigger(await onOne('Main', { filters: { direction: 'in' } }));
		await trigger.activate();
		await arrive('Main', { amount: '-1.00', description: 'long ago' });
		await arrive('Main');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Main']);
		await arrive('Main', { amount: '-1.00', description: 'just now' });
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		trigger.set({ filters: {} });
		passMinutes();
		expect(texts(await trigger.reactivate())).toEqual(['just now']);
	});

	test('equal times, hundreds of them: each once, by their ids', async () => {
		const trigger = await bank.trigger(await onOne('Main'));
		await trigger.activate();
		const ids = await bank.control.addPayments({
			accountId: await bank.accountId('Main'),
			count: 205,
		});
		passMinutes();
		await trigger.tick();
		ids.push(
			...(await bank.control.addPayments({ accountId: await bank.accountId('Main'), count: 205 })),
		);
		passMinutes();
		await trigger.tick();
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
		expect(idsOf(trigger.delivered)).toEqual(ids);
	});
});

describe('drafts', () => {
	test('answered before the account was closed: told, and then the account is left alone', async () => {
		const accountId = await bank.control.addAccount({ description: 'Short' });
		const trigger = await bank.trigger({ event: 'draftPaymentUpdated' });
		await trigger.activate();
		const [id] = await bank.control.addDrafts({ accountId });
		for (let polls = 0; polls < 3; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		await bank.control.rejectDraft(id);
		await close(accountId);
		passMinutes();
		expect(idsOf(await trigger.tick())).toEqual([id]);
		await bank.control.clearLog();
		for (let polls = 0; polls < 3; polls++) {
			passMinutes();
			expect(await trigger.moveToNewProcess()).toBeNull();
		}
		expect((await looked()).filter((one) => one === accountId).length).toBeLessThanOrEqual(1);
	});
});

test('a closed account that bunq does not show any more is given up without a word', async () => {
	const accountId = await bank.control.addAccount({ description: 'Short' });
	const trigger = await bank.trigger({ event: 'requestResponseCreated' });
	await trigger.activate();
	await close(accountId);
	await bank.control.fault({ kind: '466', path: `/monetary-account/${accountId}/`, times: 2 });
	await bank.control.clearLog();
	for (let polls = 0; polls < 6; polls++) {
		passMinutes();
		expect(await trigger.tick()).toBeNull();
	}
	expect((await looked()).filter((one) => one === accountId)).toHaveLength(2);
});

describe('balances', () => {
	const watch = async (more: IDataObject = {}, order = {}) =>
		await bank.trigger({ event: 'balanceCrossed', threshold: 100, ...more }, order);
	const pay = async (amount: string, account = 'Household') => await arrive(account, { amount });

	test('over and back between two polls is not told by the next process either', async () => {
		const trigger = await watch({ crossing: 'both' });
		await trigger.activate();
		passMinutes();
		await pay('-250.00');
		await pay('250.00');
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test.each([
		['the workflow is published again', false],
		['another process takes over', true],
	])(
		'a side that only a silent poll saw, read again as soon as bunq lets it: %s',
		async (_what, isNewProcess) => {
			const trigger = await watch({ crossing: 'below' });
			await trigger.activate();
			await pay('-250.00');
			passMinutes();
			expect(await trigger.tick()).toHaveLength(1);
			await pay('250.00');
			passMinutes();
			expect(await trigger.tick()).toBeNull();
			trigger.deactivate();
			await pay('-250.00');
			await bank.control.fault({ kind: '500-before', path: 'payment', times: 1_000 });
			passMinutes();
			expect(await (isNewProcess ? trigger.moveToNewProcess() : trigger.activate())).toBeNull();
			await bank.control.clearFaults();
			const found: IDataObject[] = [];
			for (let polls = 0; polls < 3; polls++) {
				passMinutes();
				found.push(...((await trigger.tick()) ?? []));
			}
			expect(found).toEqual([
				expect.objectContaining({ balanceBefore: 300, balanceAfter: 50, crossing: 'below' }),
			]);
		},
	);

	test('the marks of another process, with as many polls: not taken for its own', async () => {
		const trigger = await watch({ crossing: 'below' });
		await trigger.activate();
		await pay('-250.00');
		passMinutes();
		await trigger.tick();
		const saved = trigger.stored;
		await pay('250.00');
		passMinutes();
		await trigger.tick();
		trigger.deactivate();
		// What a process that polled as often would have stored, before the balance rose.
		const pollState = saved.pollState as IDataObject;
		trigger.stored = { pollState: { ...pollState, revision: 'another' } };
		await pay('-250.00');
		passMinutes();
		expect(await trigger.activate()).toHaveLength(1);
	});

	test('when the time is too short for all accounts, the others are read with the next polls', async () => {
		const accounts = ['Household', 'Holiday', 'Together'];
		const trigger = await watch({ crossing: 'below' }, { budget: 0 });
		const balances = await Promise.all(accounts.map(async (one) => await bank.account(one)));
		const down = async () => {
			for (const { description, balance } of balances)
				await pay(`-${(Number(balance) - 50).toFixed(2)}`, description);
		};
		for (const { description, balance } of balances)
			if (Number(balance) <= 100) throw new Error(`${description} must begin above the line`);
		await trigger.activate();
		await down();
		passMinutes();
		expect(await trigger.tick()).toHaveLength(3);
		for (const { description, balance } of balances)
			await pay((Number(balance) - 50).toFixed(2), description);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		trigger.deactivate();
		await down();
		passMinutes();
		await bank.control.clearLog();
		await trigger.moveToNewProcess();
		expect(await looked()).toHaveLength(1);
		await polls(trigger, 4);
		expect(trigger.delivered).toHaveLength(6);
	});

	test('another line than before finds nothing in what was before it', async () => {
		const trigger = await watch({ crossing: 'below', threshold: 10 });
		await pay('-150.00');
		await trigger.activate();
		passMinutes();
		await pay('300.00');
		passMinutes();
		await trigger.tick();
		await pay('-300.00');
		passMinutes();
		await trigger.tick();
		trigger.set({ threshold: 400 });
		passMinutes();
		expect(await trigger.moveToNewProcess()).toBeNull();
	});

	test('over and back before an account was looked at for the first time is not told', async () => {
		const trigger = await watch({ crossing: 'below' });
		await trigger.activate();
		await bank.control.addAccount({ description: 'Young', balance: '0.00' });
		await pay('500.00', 'Young');
		await pay('-450.00', 'Young');
		passMinutes();
		expect(await trigger.tick()).toBeNull();
	});

	test("an account that fails keeps its mark, the others' crossings come", async () => {
		const trigger = await watch({ crossing: 'both' });
		await trigger.activate();
		await pay('-250.00');
		await pay('-1.00', 'Main');
		await bank.control.fault({ kind: '500-before', path: 'monetary-account$', times: 2 });
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		passMinutes();
		expect((await trigger.tick())?.map(({ description }) => description)).toEqual(['Household']);
	});
});
