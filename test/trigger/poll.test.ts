import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';

/** The trigger, polled by n8n-core's own PollContext; what n8n saves when is in support/poller.ts. */

const bank = useBank();
const by = (mode: string, value: string | number) => ({ __rl: true, mode, value });
const shapes = async () => (await bank.requests()).map((one) => one.replace(/\/\d+/g, '/{}'));
const minutes = (count = 1) => jest.setSystemTime(Date.now() + count * 60_000);
const DAY = 24 * 60;

/** Money on an account, from outside. */
const arrive = async (description: string, more: { account?: string; amount?: string } = {}) => {
	const { account = 'Main', ...rest } = more;
	const { id } = await bank.account(account);
	return await bank.control.addPayments({ accountId: id, description, ...rest });
};

const texts = (items: IDataObject[] | null) => items?.map(({ description }) => description);

/** So many requests does `poll` cost. */
const cost = async (poll: () => Promise<unknown>) => {
	await bank.control.clearLog();
	await poll();
	return (await bank.requests()).length;
};

const onMain = async (more: IDataObject = {}) => ({
	event: 'paymentCreated',
	allAccounts: false,
	account: by('id', (await bank.account('Main')).id),
	...more,
});

describe('payments', () => {
	test('one account: the first poll is silent, later ones give what came, oldest first, one request each', async () => {
		const poller = await bank.trigger(await onMain());
		expect(await poller.activate()).toBeNull();
		minutes();
		expect(await poller.tick()).toBeNull();
		await arrive('one');
		await arrive('two', { amount: '-2.50' });
		minutes();
		expect(await poller.tick()).toEqual([
			expect.objectContaining({ description: 'one', amount: 1, direction: 'in' }),
			expect.objectContaining({ description: 'two', amount: -2.5, direction: 'out' }),
		]);
		minutes();
		expect(await poller.tick()).toBeNull();
		expect(await shapes()).toEqual(Array(4).fill('GET /user/{}/monetary-account/{}/payment'));
	});

	test('all accounts: a moved balance tells where to look', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		expect(await poller.activate()).toBeNull();
		minutes();
		expect(await cost(async () => expect(await poller.tick()).toBeNull())).toBe(4);
		for (const account of ['Main', 'Household', 'Holiday', 'Together'])
			await arrive(account, { account });
		minutes();
		expect(texts(await poller.tick())).toEqual(['Main', 'Household', 'Holiday', 'Together']);
	});

	test('money that comes in and is sorted away at once is seen within a third of the accounts', async () => {
		for (let more = 0; more < 4; more++) await bank.control.addAccount({ balance: '10.00' });
		const open = (await bank.world()).accounts.filter(({ status }) => status !== 'CANCELLED');
		expect(open).toHaveLength(10);
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		for (const { id } of open) {
			await bank.control.addPayments({ accountId: id, amount: '5.00', description: `in ${id}` });
			await bank.control.addPayments({ accountId: id, amount: '-5.00', description: `out ${id}` });
		}
		for (let polls = 0; polls < 4; polls++) {
			minutes();
			expect(await cost(() => poller.tick())).toBeLessThanOrEqual(4);
		}
		const expected = open.flatMap(({ id }) => [`in ${id}`, `out ${id}`]);
		expect(texts(poller.delivered)?.sort()).toEqual(expected.sort());
	});

	test('450 new payments at once: all, in order, two further pages', async () => {
		const { id } = await bank.account('Main');
		const all = await bank.trigger({ event: 'paymentCreated' });
		const one = await bank.trigger(await onMain());
		await all.activate();
		await one.activate();
		const ids = await bank.control.addPayments({ accountId: id, count: 450 });
		minutes();
		expect(await cost(() => all.tick())).toBeLessThanOrEqual(4 + 2);
		expect(await cost(() => one.tick())).toBe(3);
		expect(all.delivered.map((payment) => payment.id)).toEqual(ids);
		expect(one.delivered.map((payment) => payment.id)).toEqual(ids);
		minutes();
		expect(await one.tick()).toBeNull();
		expect(await all.tick()).toBeNull();
	});

	test('when the time of a poll is over half way, the rest comes with the next ones, in order', async () => {
		const { id } = await bank.account('Main');
		const poller = await bank.trigger(await onMain(), { budget: 0 });
		await poller.activate();
		const ids = await bank.control.addPayments({ accountId: id, count: 700 });
		for (let polls = 0; polls < 4; polls++) {
			minutes();
			expect(await cost(() => poller.tick())).toBe(1);
		}
		const later = await bank.control.addPayments({ accountId: id, count: 3 });
		for (let polls = 0; polls < 8; polls++) {
			minutes();
			await poller.tick();
		}
		expect(poller.delivered.map((payment) => payment.id)).toEqual([...ids, ...later]);
	});

	test('when the time is over before every account was looked at, the others come next', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' }, { budget: 0 });
		minutes();
		await poller.activate();
		const accounts = ['Main', 'Household', 'Holiday', 'Together'];
		for (const account of accounts) await arrive(account, { account });
		for (let polls = 0; polls < 6; polls++) {
			minutes();
			await poller.tick();
		}
		expect(texts(poller.delivered)?.sort()).toEqual(accounts.sort());
	});

	test('one that shows up late with a lower id is not missed', async () => {
		const { id } = await bank.account('Main');
		const [first] = await arrive('before');
		await bank.control.addPayments({ accountId: id, count: 3, description: 'before' });
		const poller = await bank.trigger(await onMain());
		await poller.activate();
		const [second] = await arrive('after');
		minutes();
		expect(texts(await poller.tick())).toEqual(['after']);
		const free = Array.from({ length: second - first }, (_, index) => first + index);
		const taken = (await bank.world()).accounts.map((account) => account.id);
		for (const late of free) {
			const added = await bank.control
				.addPayments({ accountId: id, description: 'late', id: late })
				.catch(() => undefined);
			if (added && !taken.includes(late)) break;
		}
		minutes();
		expect(texts(await poller.tick())).toEqual(['late']);
		minutes();
		expect(await poller.tick()).toBeNull();
	});

	test.each<[filters: IDataObject, expected: string[]]>([
		[{ direction: 'in' }, ['in', 'big in']],
		[{ direction: 'out' }, ['out', 'own']],
		[{ amountMin: 100 }, ['big in']],
		[{ amountMax: '50' }, ['in', 'out', 'own']],
		[{ descriptionContains: 'BIG' }, ['big in']],
		[{ counterparty: 'household' }, []],
		[{ ignoreOwnTransfers: true }, ['in', 'big in', 'out']],
		[{}, ['in', 'big in', 'out', 'own']],
	])('filter %j', async (filters, expected) => {
		const { id } = await bank.account('Main');
		const { iban } = await bank.account('Household');
		const poller = await bank.trigger(await onMain({ filters }));
		await poller.activate();
		await arrive('in', { amount: '10.00' });
		await arrive('big in', { amount: '500.00' });
		await arrive('out', { amount: '-20.00' });
		await bank.control.addPayments({
			accountId: id,
			amount: '-1.00',
			description: 'own',
			counterpartyIban: iban,
		});
		minutes();
		expect(texts((await poller.tick()) ?? [])).toEqual(expected);
		minutes();
		expect(await poller.tick()).toBeNull();
	});

	test('not simplified: as bunq shows it, with its type', async () => {
		const poller = await bank.trigger(await onMain({ simplify: false }));
		await poller.activate();
		await arrive('raw', { amount: '10.00' });
		minutes();
		expect(await poller.tick()).toEqual([
			expect.objectContaining({ _type: 'Payment', amount: { value: '10.00', currency: 'EUR' } }),
		]);
	});
});

describe('accounts', () => {
	test('one that appears later is followed from its creation, a closed one to its end', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		const accountId = await bank.control.addAccount({ description: 'Young' });
		await bank.control.addPayments({ accountId, description: 'first' });
		minutes();
		expect(texts(await poller.tick())).toEqual(['first']);

		await bank.control.addPayments({ accountId, description: 'emptied', amount: '-1.00' });
		const closed = await bank.apiKey({
			resource: 'account',
			operation: 'close',
			account: by('id', accountId),
			reason: 'Test',
		});
		expect(closed.error).toBeUndefined();
		minutes();
		expect(texts(await poller.tick())).toEqual(['emptied']);
		await bank.control.clearLog();
		for (let polls = 0; polls < 3; polls++) {
			minutes();
			expect(await poller.tick()).toBeNull();
		}
		expect((await bank.requests()).filter((one) => one.includes(`/${accountId}/`))).toEqual([]);
	});

	test('one given by name costs the list of accounts once', async () => {
		const poller = await bank.trigger(await onMain({ account: by('name', 'Main') }));
		expect(await cost(() => poller.activate())).toBe(2);
		minutes();
		expect(await cost(() => poller.tick())).toBe(1);
		await arrive('found');
		minutes();
		expect(texts(await poller.tick())).toEqual(['found']);
	});

	test('another account, event or credential begins anew, silently', async () => {
		const poller = await bank.trigger(await onMain());
		await poller.activate();
		await arrive('on main');
		await arrive('on household', { account: 'Household' });
		poller.set({ account: by('id', (await bank.account('Household')).id) });
		minutes();
		expect(await poller.restart()).toBeNull();
		await arrive('later', { account: 'Household' });
		minutes();
		expect(texts(await poller.tick())).toEqual(['later']);
	});
});

describe('marks', () => {
	test('what came while n8n was down is delivered after the restart, once', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await arrive('seen');
		minutes();
		await poller.tick();
		poller.deactivate();
		await arrive('while down');
		await arrive('while down too', { account: 'Holiday' });
		minutes(3 * DAY);
		expect(texts(await poller.activate())).toEqual(['while down', 'while down too']);
		minutes();
		expect(await poller.restart()).toBeNull();
		expect(texts(poller.delivered)).toEqual(['seen', 'while down', 'while down too']);
	});

	test('a stored mark wins after weeks, but what is older than the days to catch up is passed over', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated', catchUpDays: 7 });
		await poller.activate();
		poller.deactivate();
		await arrive('too old');
		minutes(20 * DAY);
		await arrive('new enough');
		minutes(DAY);
		expect(texts(await poller.activate())).toEqual(['new enough']);
		minutes();
		expect(await poller.restart()).toBeNull();
	});

	test.each<[what: string, marks: unknown]>([
		['no object', 'marks'],
		['an unknown version', { version: 2 }],
		['an account without ids', { version: 1, accounts: { 1: {} } }],
	])('a damaged mark counts as none: %s', async (_what, damage) => {
		const poller = await bank.trigger(await onMain());
		await poller.activate();
		const { pollState } = poller.stored;
		poller.stored = {
			pollState:
				typeof damage === 'object' ? { ...(pollState as object), ...damage } : (damage as string),
		};
		await arrive('before');
		minutes();
		expect(await poller.restart()).toBeNull();
		await arrive('after');
		minutes();
		expect(texts(await poller.tick())).toEqual(['after']);
	});

	test('nothing is marked when the poll fails before it hands over', async () => {
		const poller = await bank.trigger(await onMain());
		await poller.activate();
		const marks = JSON.stringify(poller.stored);
		await arrive('precious');
		await bank.control.fault({ kind: '500-before', method: 'GET', path: 'payment', times: 2 });
		minutes();
		expect(await poller.tick()).toBeNull();
		expect(JSON.stringify(poller.stored)).toBe(marks);
		minutes();
		expect(texts(await poller.tick())).toEqual(['precious']);
	});

	test('a poll that starts while another runs gives nothing twice', async () => {
		const poller = await bank.trigger(await onMain());
		await poller.activate();
		await arrive('once');
		minutes();
		const both = await Promise.all([poller.tick(), poller.tick(), poller.tick()]);
		expect(both.flatMap((items) => texts(items) ?? [])).toEqual(['once']);
		minutes();
		expect(await poller.tick()).toBeNull();
	});

	test.each([
		['says nothing of a budget, as older versions', { budget: null }],
		['keeps marks outside the workflow, as newer versions may', { durable: true }],
	])('an n8n that %s', async (_what, order) => {
		const poller = await bank.trigger({ event: 'paymentCreated' }, order);
		await poller.activate();
		for (const text of ['one', 'two']) {
			await arrive(text);
			minutes();
			expect(texts(await poller.tick())).toEqual([text]);
			minutes();
			expect(await poller.restart()).toBeNull();
		}
	});

	test('a manual test gives the newest match and moves no mark', async () => {
		const poller = await bank.trigger(await onMain({ filters: { direction: 'in' } }));
		await poller.activate();
		await arrive('newest in', { amount: '3.00' });
		await arrive('newer out', { amount: '-3.00' });
		minutes();
		expect(texts(await poller.test())).toEqual(['newest in']);
		expect(texts(await poller.tick())).toEqual(['newest in']);
		poller.set({ filters: { amountMin: 99_999 } });
		minutes();
		await expect(poller.test()).rejects.toMatchObject({
			message: 'bunq has nothing yet that matches this event',
			description: expect.stringContaining('only a test'),
		});
	});
});

describe('failures', () => {
	const failing = async (account: string, times: number) =>
		await bank.control.fault({
			kind: '500-before',
			method: 'GET',
			path: `/monetary-account/${(await bank.account(account)).id}/payment`,
			times,
		});

	test("one account's failure is not another's; after three polls it is named; nothing is lost", async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await failing('Household', 1_000);
		await arrive('on main');
		await arrive('on household', { account: 'Household' });
		minutes();
		expect(texts(await poller.tick())).toEqual(['on main']);
		for (let polls = 2; polls <= 3; polls++) {
			minutes();
			expect(await poller.tick()).toBeNull();
		}
		await arrive('on main again');
		minutes();
		expect(texts(await poller.tick())).toEqual(['on main again']);
		minutes();
		const { id } = await bank.account('Household');
		await expect(poller.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/\w/),
			description: expect.stringContaining(`The account with the ID ${id} could not be read`),
		});
		await bank.control.clearFaults();
		minutes();
		expect(texts(await poller.tick())).toEqual(['on household']);
	});

	test('a bank that is down for a moment is no error, one that stays down is', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await arrive('waiting');
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		for (let polls = 1; polls <= 3; polls++) {
			minutes();
			expect(await poller.tick()).toBeNull();
		}
		minutes();
		await expect(poller.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/maintenance/i),
			description: expect.stringContaining('The list of accounts could not be read'),
			failure: { cause: 'temporarily-unavailable' },
		});
		await bank.control.clearFaults();
		minutes();
		expect(texts(await poller.tick())).toEqual(['waiting']);
	});

	test('at the first poll every failure is told, so that the workflow is not published half', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		await expect(poller.activate()).rejects.toMatchObject({ name: 'NodeApiError' });
		expect(poller.stored).toEqual({});
	});

	test('a revoked connection fails at once, says to connect again, and leaves the bank alone', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await arrive('after reconnecting');
		await bank.control.revoke((await bank.world()).oauth.accessToken);
		minutes();
		await expect(poller.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/incorrect/i),
			description: expect.stringContaining('connect again'),
			failure: { cause: 'credential-invalid' },
		});
		await bank.control.clearLog();
		for (let polls = 0; polls < 12; polls++) {
			minutes();
			await expect(poller.tick()).rejects.toMatchObject({ name: 'NodeApiError' });
		}
		expect(await bank.control.log()).toEqual([]);
	});

	test('revoked under a poll each minute: at most four attempts an hour', async () => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await bank.control.revoke((await bank.world()).oauth.accessToken);
		await bank.control.clearLog();
		for (let polls = 0; polls < 60; polls++) {
			minutes();
			await expect(poller.tick()).rejects.toMatchObject({ name: 'NodeApiError' });
		}
		const attempts = (await bank.control.log()).filter(({ path }) => path === '/v1/device-server');
		expect(attempts.length).toBeGreaterThan(1);
		expect(attempts.length).toBeLessThanOrEqual(4);
	});

	test.each([
		['an expired session', async () => await bank.control.expireSessions()],
		['429s', async () => await bank.control.fault({ kind: '429', path: 'payment', times: 4 })],
		['a lost answer', async () => await bank.control.fault({ kind: 'drop-after', times: 1 })],
	])('%s in the middle loses nothing', async (_what, happen) => {
		const poller = await bank.trigger({ event: 'paymentCreated' });
		await poller.activate();
		await arrive('here');
		await happen();
		minutes();
		expect(texts(await poller.tick())).toEqual(['here']);
	});
});

describe('balances', () => {
	const watch = async (more: IDataObject = {}) =>
		await bank.trigger({ event: 'balanceCrossed', threshold: 100, ...more });
	const pay = async (amount: string) => await arrive('move', { account: 'Household', amount });
	const onHousehold = async (more: IDataObject) => ({
		allAccounts: false,
		account: by('id', (await bank.account('Household')).id),
		...more,
	});

	test('each crossing once, one request', async () => {
		const poller = await watch({ crossing: 'both' });
		expect(await poller.activate()).toBeNull();
		await pay('-200.00');
		minutes();
		expect(await cost(async () => expect(await poller.tick()).toBeNull())).toBe(1);
		await pay('-0.01');
		minutes();
		expect(await poller.tick()).toEqual([
			expect.objectContaining({
				description: 'Household',
				balance: 99.99,
				balanceBefore: 100,
				balanceAfter: 99.99,
				crossing: 'below',
				threshold: 100,
			}),
		]);
		minutes();
		expect(await poller.tick()).toBeNull();
		await pay('0.01');
		minutes();
		expect(await poller.tick()).toEqual([
			expect.objectContaining({ balanceBefore: 99.99, balanceAfter: 100, crossing: 'above' }),
		]);
	});

	test('over and back between two polls is not told', async () => {
		const poller = await watch({ crossing: 'both' });
		await poller.activate();
		await pay('-250.00');
		await pay('250.00');
		minutes();
		expect(await poller.tick()).toBeNull();
	});

	test('only the way that was asked for', async () => {
		const poller = await watch(await onHousehold({ crossing: 'below' }));
		await poller.activate();
		for (const amount of ['-250.00', '250.00', '-250.00']) {
			await pay(amount);
			minutes();
			await poller.tick();
		}
		expect(poller.delivered.map(({ crossing }) => crossing)).toEqual(['below', 'below']);
	});

	test('a side that only a silent poll saw is found again after a restart', async () => {
		const poller = await watch({ crossing: 'below' });
		await poller.activate();
		await pay('-250.00');
		minutes();
		expect(await poller.tick()).toHaveLength(1);
		minutes();
		// Up again: nothing to tell, so n8n writes nothing down.
		await pay('250.00');
		minutes();
		expect(await poller.tick()).toBeNull();
		poller.deactivate();
		await pay('-250.00');
		minutes();
		expect(await poller.activate()).toEqual([
			expect.objectContaining({ balanceBefore: 300, balanceAfter: 50, crossing: 'below' }),
		]);
		minutes();
		expect(await poller.restart()).toBeNull();
	});

	test('an account that was opened later began with nothing', async () => {
		const poller = await watch({ crossing: 'above' });
		await poller.activate();
		minutes();
		await bank.control.addAccount({ description: 'Young', balance: '500.00' });
		minutes();
		expect(await poller.tick()).toEqual([
			expect.objectContaining({ description: 'Young', balanceBefore: 0, balanceAfter: 500 }),
		]);
	});
});

describe('draft payments', () => {
	const drafts = async (account: string, count: number) =>
		await bank.control.addDrafts({ accountId: (await bank.account(account)).id, count });
	const draft = async (account = 'Main') => (await drafts(account, 1))[0];

	test('answers to old and new ones, each once', async () => {
		const [old, refused] = [await draft(), await draft('Household')];
		const poller = await bank.trigger({ event: 'draftPaymentUpdated' });
		await poller.activate();
		const young = await draft();
		minutes();
		expect(await poller.tick()).toBeNull();
		await bank.control.approveDraft(old);
		await bank.control.rejectDraft(refused);
		await bank.control.approveDraft(young);
		for (let polls = 0; polls < 2; polls++) {
			minutes();
			expect(await cost(() => poller.tick())).toBeLessThanOrEqual(4);
		}
		expect(poller.delivered.map(({ id, status }) => [id, status]).sort()).toEqual([
			[old, 'ACCEPTED'],
			[refused, 'REJECTED'],
			[young, 'ACCEPTED'],
		]);
		for (let polls = 0; polls < 3; polls++) {
			minutes();
			expect(await poller.restart()).toBeNull();
		}
	});

	test('an answer given while n8n was down, to a draft that only silent polls saw', async () => {
		const poller = await bank.trigger({
			event: 'draftPaymentUpdated',
			filters: { status: ['REJECTED'] },
		});
		await poller.activate();
		const [wanted, other] = [await draft(), await draft()];
		for (let polls = 0; polls < 2; polls++) {
			minutes();
			expect(await poller.tick()).toBeNull();
		}
		poller.deactivate();
		await bank.control.rejectDraft(wanted);
		await bank.control.approveDraft(other);
		minutes();
		const found = [...((await poller.activate()) ?? [])];
		minutes();
		found.push(...((await poller.tick()) ?? []));
		expect(found.map(({ id }) => id)).toEqual([wanted]);
	});

	test('one that waits behind hundreds of newer ones is still followed', async () => {
		const old = await draft();
		const poller = await bank.trigger({ ...(await onMain()), event: 'draftPaymentUpdated' });
		await poller.activate();
		await drafts('Main', 205);
		minutes();
		expect(await cost(() => poller.tick())).toBe(2);
		await bank.control.approveDraft(old);
		minutes();
		expect((await poller.tick())?.map(({ id }) => id)).toEqual([old]);
	});

	test.each([0, 7])(
		'hundreds that were answered above one that waits, %d milliseconds apart: each once',
		async (apart) => {
			await bank.control.switches({ limits: 'off' });
			const account = by('id', (await bank.account('Household')).id);
			const old = await draft('Household');
			const poller = await bank.trigger({
				event: 'draftPaymentUpdated',
				allAccounts: false,
				account,
			});
			await poller.activate();
			const ids = await drafts('Household', 450);
			for (const id of ids) {
				jest.setSystemTime(Date.now() + apart);
				await bank.control.rejectDraft(id);
			}
			for (let polls = 0; polls < 3; polls++) {
				minutes();
				await poller.tick();
			}
			expect(poller.delivered.map(({ id }) => id)).toEqual(ids);
			await bank.control.approveDraft(old);
			minutes();
			expect((await poller.restart())?.map(({ id }) => id)).toEqual([old]);
			minutes();
			expect(await poller.tick()).toBeNull();
		},
	);

	test('when there is no time to read down to one that waits, the new ones come all the same', async () => {
		await bank.control.switches({ limits: 'off' });
		const order = { ...(await onMain()), event: 'draftPaymentUpdated' };
		const old = await draft();
		const poller = await bank.trigger(order, { budget: 0 });
		await poller.activate();
		const answered = await drafts('Main', 450);
		for (const id of answered) await bank.control.rejectDraft(id);
		const polls = async (count: number) => {
			for (; count > 0; count--) {
				minutes();
				await poller.tick();
			}
		};
		await polls(8);
		expect(poller.delivered.map(({ id }) => id)).toEqual(answered);
		const young = await draft();
		await bank.control.rejectDraft(young);
		await bank.control.approveDraft(old);
		await polls(6);
		expect(poller.delivered.map(({ id }) => id)).toHaveLength(answered.length + 2);
		expect(
			poller.delivered
				.map(({ id }) => id)
				.slice(-2)
				.sort(),
		).toEqual([old, young].sort());
	});
});

describe('money requests that were sent', () => {
	const event = 'requestInquiryUpdated';
	const ask = async ({ to = 'sam@example.com', account = 'Main' } = {}) => {
		const { json, error } = await bank.oauth({
			resource: 'requestInquiry',
			operation: 'create',
			account: by('id', (await bank.account(account)).id),
			recipientType: 'email',
			recipientEmail: to,
			amount: 3,
			description: account,
		});
		expect(error).toBeUndefined();
		return Number(json[0].id);
	};
	const sam = async () => (await bank.world()).thirdParties[0].email;
	const outcomes = ({ delivered }: { delivered: IDataObject[] }) =>
		delivered.map(({ id, status }) => [id, status]).sort();

	test('paid, refused, taken back, expired: each answer once, to old and new ones', async () => {
		const to = await sam();
		const [paid, refused] = [await ask({ to }), await ask({ to, account: 'Household' })];
		const poller = await bank.trigger({ event });
		await poller.activate();
		const [revoked, expired, open] = [await ask({ to }), await ask(), await ask({ to })];
		minutes();
		expect(await poller.tick()).toBeNull();
		await bank.control.answerRequest(paid, 'ACCEPTED');
		await bank.control.answerRequest(refused, 'REJECTED');
		await bank.control.answerRequest(expired, 'EXPIRED');
		const account = by('id', (await bank.account('Main')).id);
		await bank.apiKey({
			resource: 'requestInquiry',
			operation: 'revoke',
			account,
			requestInquiryId: `${revoked}`,
		});
		for (let polls = 0; polls < 2; polls++) {
			minutes();
			expect(await cost(() => poller.tick())).toBeLessThanOrEqual(4);
		}
		expect(outcomes(poller)).toEqual([
			[paid, 'ACCEPTED'],
			[refused, 'REJECTED'],
			[revoked, 'REVOKED'],
			[expired, 'EXPIRED'],
		]);
		for (let polls = 0; polls < 3; polls++) {
			minutes();
			expect(await poller.restart()).toBeNull();
		}
		await bank.control.answerRequest(open, 'ACCEPTED');
		minutes();
		await poller.tick();
		minutes();
		await poller.tick();
		expect(poller.delivered).toHaveLength(5);
		expect(poller.delivered[4]).toMatchObject({ id: open, status: 'ACCEPTED', amountPaid: 3 });
	});

	test('an answer given while n8n was down, to a request that only silent polls saw', async () => {
		const to = await sam();
		const poller = await bank.trigger({ event, filters: { status: ['ACCEPTED'] } });
		await poller.activate();
		const [wanted, other] = [await ask({ to }), await ask({ to })];
		for (let polls = 0; polls < 2; polls++) {
			minutes();
			expect(await poller.tick()).toBeNull();
		}
		poller.deactivate();
		await bank.control.answerRequest(wanted, 'ACCEPTED');
		await bank.control.answerRequest(other, 'REJECTED');
		minutes();
		const found = [...((await poller.activate()) ?? [])];
		minutes();
		found.push(...((await poller.tick()) ?? []));
		expect(found.map(({ id }) => id)).toEqual([wanted]);
	});

	test.each([true, false])(
		'one that expires weeks after it was made, whether that changes it (%p) or not',
		async (expiryUpdates) => {
			await bank.control.switches({ expiryUpdates });
			const old = await ask();
			const poller = await bank.trigger({ ...(await onMain()), event });
			await poller.activate();
			for (let weeks = 0; weeks < 3; weeks++) {
				minutes(7 * DAY);
				expect(await poller.tick()).toBeNull();
			}
			await bank.control.answerRequest(old, 'EXPIRED');
			minutes();
			expect(await poller.tick()).toMatchObject([{ id: old, status: 'EXPIRED' }]);
			minutes();
			expect(await poller.restart()).toBeNull();
		},
	);

	test('one that waits behind hundreds of newer ones is still followed', async () => {
		const to = await sam();
		const old = await ask({ to });
		const poller = await bank.trigger({ ...(await onMain()), event });
		await poller.activate();
		for (let more = 0; more < 205; more++) await ask();
		minutes();
		expect(await cost(() => poller.tick())).toBe(2);
		await bank.control.answerRequest(old, 'REJECTED');
		minutes();
		expect((await poller.tick())?.map(({ id }) => id)).toEqual([old]);
	});
});

describe('money that somebody asks for', () => {
	const event = 'requestResponseCreated';
	const asked = async (more: { account?: string; amount?: string; description?: string } = {}) => {
		const { account = 'Main', ...rest } = more;
		return await bank.control.addRequestResponse({
			accountId: (await bank.account(account)).id,
			...rest,
		});
	};

	test('each once, oldest first, answered or not; none of before', async () => {
		await asked({ description: 'before' });
		const poller = await bank.trigger({ ...(await onMain()), event });
		expect(await poller.activate()).toBeNull();
		await asked({ description: 'first' });
		await bank.control.answerRequest(await asked({ description: 'second' }), 'REJECTED');
		minutes();
		expect(texts(await poller.tick())).toEqual(['first', 'second']);
		minutes();
		expect(await cost(async () => expect(await poller.restart()).toBeNull())).toBe(1);
		poller.deactivate();
		await asked({ description: 'while it was off' });
		minutes();
		expect(texts(await poller.activate())).toEqual(['while it was off']);
	});

	test('250 at once: one further page', async () => {
		const poller = await bank.trigger({ ...(await onMain()), event });
		await poller.activate();
		for (let number = 0; number < 250; number++) await asked({ description: `${number}` });
		minutes();
		expect(await cost(() => poller.tick())).toBe(2);
		expect(texts(poller.delivered)).toEqual(Array.from({ length: 250 }, (_, each) => `${each}`));
	});

	test.each<[filters: IDataObject, expected: string[]]>([
		[{}, ['rent', 'Drinks', 'gift']],
		[{ amountMin: 10 }, ['rent', 'gift']],
		[{ amountMax: 10 }, ['Drinks', 'gift']],
		[{ descriptionContains: 'drink' }, ['Drinks']],
		[{ amountMin: 5, amountMax: 20, descriptionContains: 'r' }, ['Drinks']],
	])('the filters %j let %j through', async (filters, expected) => {
		const poller = await bank.trigger({ event, filters });
		await poller.activate();
		await asked({ amount: '900.00', description: 'rent' });
		await asked({ amount: '8.50', description: 'Drinks' });
		await asked({ amount: '10.00', description: 'gift' });
		for (let polls = 0; polls < 2; polls++) {
			minutes();
			await poller.tick();
		}
		expect(texts(poller.delivered)).toEqual(expected);
	});
});

test.each(['requestInquiryUpdated', 'requestResponseCreated'])(
	'%s: a manual test says that there is nothing, or gives the newest',
	async (event) => {
		const filters = { status: ['NONE'], descriptionContains: 'not there' };
		const none = await bank.trigger({ ...(await onMain()), event, filters });
		await expect(none.test()).rejects.toMatchObject({
			message: 'bunq has nothing yet that matches this event',
		});
		const [main, household] = [await bank.account('Main'), await bank.account('Household')];
		const accounts = event === 'requestInquiryUpdated' ? [household, main] : [main, household];
		for (const description of ['older', 'newest']) {
			const id = await bank.control.addRequestResponse({
				accountId: accounts[0].id,
				fromAccountId: accounts[1].id,
				description,
			});
			await bank.control.answerRequest(id, 'ACCEPTED');
		}
		const poller = await bank.trigger({ ...(await onMain()), event });
		expect(texts(await poller.test())).toEqual(['newest']);
	},
);
