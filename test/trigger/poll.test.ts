import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { locator } from '../support/parameters';

/** The trigger, polled by n8n-core's own PollContext; what n8n saves when is in support/triggerHarness.ts. */

const bank = useBank();
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
	account: await bank.locate('Main'),
	...more,
});

describe('payments', () => {
	test('one account: the first poll is silent, later ones give what came, oldest first, one request each', async () => {
		const trigger = await bank.trigger(await onMain());
		expect(await trigger.activate()).toBeNull();
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		await arrive('one');
		await arrive('two', { amount: '-2.50' });
		passMinutes();
		expect(await trigger.tick()).toEqual([
			expect.objectContaining({ description: 'one', amount: 1, direction: 'in' }),
			expect.objectContaining({ description: 'two', amount: -2.5, direction: 'out' }),
		]);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		expect(await bank.requestShapes()).toEqual(
			Array(4).fill('GET /user/{}/monetary-account/{}/payment'),
		);
	});

	test('all accounts: a moved balance tells where to look', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		expect(await trigger.activate()).toBeNull();
		passMinutes();
		expect(await cost(async () => expect(await trigger.tick()).toBeNull())).toBe(4);
		for (const account of ['Main', 'Household', 'Holiday', 'Together'])
			await arrive(account, { account });
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['Main', 'Household', 'Holiday', 'Together']);
	});

	test('money that comes in and is sorted away at once is seen within a third of the accounts', async () => {
		for (let more = 0; more < 4; more++) await bank.control.addAccount({ balance: '10.00' });
		const open = (await bank.world()).accounts.filter(({ status }) => status !== 'CANCELLED');
		expect(open).toHaveLength(10);
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		for (const { id } of open) {
			await bank.control.addPayments({ accountId: id, amount: '5.00', description: `in ${id}` });
			await bank.control.addPayments({ accountId: id, amount: '-5.00', description: `out ${id}` });
		}
		for (let polls = 0; polls < 4; polls++) {
			passMinutes();
			expect(await cost(() => trigger.tick())).toBeLessThanOrEqual(4);
		}
		const expected = open.flatMap(({ id }) => [`in ${id}`, `out ${id}`]);
		expect(texts(trigger.delivered)?.sort()).toEqual(expected.sort());
	});

	test('450 new payments at once: all, in order, two further pages', async () => {
		const { id } = await bank.account('Main');
		const all = await bank.trigger({ event: 'paymentCreated' });
		const one = await bank.trigger(await onMain());
		await all.activate();
		await one.activate();
		const ids = await bank.control.addPayments({ accountId: id, count: 450 });
		passMinutes();
		expect(await cost(() => all.tick())).toBeLessThanOrEqual(4 + 2);
		expect(await cost(() => one.tick())).toBe(3);
		expect(all.delivered.map((payment) => payment.id)).toEqual(ids);
		expect(one.delivered.map((payment) => payment.id)).toEqual(ids);
		passMinutes();
		expect(await one.tick()).toBeNull();
		expect(await all.tick()).toBeNull();
	});

	test('when the time of a poll is over half way, the rest comes with the next ones, in order', async () => {
		const { id } = await bank.account('Main');
		const trigger = await bank.trigger(await onMain(), { budget: 0 });
		await trigger.activate();
		const ids = await bank.control.addPayments({ accountId: id, count: 700 });
		for (let polls = 0; polls < 4; polls++) {
			passMinutes();
			expect(await cost(() => trigger.tick())).toBe(1);
		}
		const later = await bank.control.addPayments({ accountId: id, count: 3 });
		for (let polls = 0; polls < 8; polls++) {
			passMinutes();
			await trigger.tick();
		}
		expect(trigger.delivered.map((payment) => payment.id)).toEqual([...ids, ...later]);
	});

	test('when the time is over before every account was looked at, the others come next', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, { budget: 0 });
		passMinutes();
		await trigger.activate();
		const accounts = ['Main', 'Household', 'Holiday', 'Together'];
		for (const account of accounts) await arrive(account, { account });
		for (let polls = 0; polls < 6; polls++) {
			passMinutes();
			await trigger.tick();
		}
		expect(texts(trigger.delivered)?.sort()).toEqual(accounts.sort());
	});

	test('one that shows up late with a lower id is not missed', async () => {
		const { id } = await bank.account('Main');
		const [first] = await arrive('before');
		await bank.control.addPayments({ accountId: id, count: 3, description: 'before' });
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		const [second] = await arrive('after');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['after']);
		const free = Array.from({ length: second - first }, (_, index) => first + index);
		const taken = (await bank.world()).accounts.map((account) => account.id);
		for (const late of free) {
			const added = await bank.control
				.addPayments({ accountId: id, description: 'late', id: late })
				.catch(() => undefined);
			if (added && !taken.includes(late)) break;
		}
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['late']);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
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
		const trigger = await bank.trigger(await onMain({ filters }));
		await trigger.activate();
		await arrive('in', { amount: '10.00' });
		await arrive('big in', { amount: '500.00' });
		await arrive('out', { amount: '-20.00' });
		await bank.control.addPayments({
			accountId: id,
			amount: '-1.00',
			description: 'own',
			counterpartyIban: iban,
		});
		passMinutes();
		expect(texts((await trigger.tick()) ?? [])).toEqual(expected);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
	});

	test('not simplified: as bunq shows it, with its type', async () => {
		const trigger = await bank.trigger(await onMain({ simplify: false }));
		await trigger.activate();
		await arrive('raw', { amount: '10.00' });
		passMinutes();
		expect(await trigger.tick()).toEqual([
			expect.objectContaining({ _type: 'Payment', amount: { value: '10.00', currency: 'EUR' } }),
		]);
	});
});

describe('accounts', () => {
	test('one that appears later is followed from its creation, a closed one to its end', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		const accountId = await bank.control.addAccount({ description: 'Young' });
		await bank.control.addPayments({ accountId, description: 'first' });
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['first']);

		await bank.control.addPayments({ accountId, description: 'emptied', amount: '-1.00' });
		const closed = await bank.apiKey({
			resource: 'account',
			operation: 'close',
			account: locator('id', accountId),
			reason: 'Test',
		});
		expect(closed.error).toBeUndefined();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['emptied']);
		await bank.control.clearLog();
		for (let polls = 0; polls < 3; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		expect((await bank.requests()).filter((one) => one.includes(`/${accountId}/`))).toEqual([]);
	});

	test('one given by name costs the list of accounts once', async () => {
		const trigger = await bank.trigger(await onMain({ account: locator('name', 'Main') }));
		expect(await cost(() => trigger.activate())).toBe(2);
		passMinutes();
		expect(await cost(() => trigger.tick())).toBe(1);
		await arrive('found');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['found']);
	});

	test('another account, event or credential begins anew, silently', async () => {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		await arrive('on main');
		await arrive('on household', { account: 'Household' });
		trigger.set({ account: await bank.locate('Household') });
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
		await arrive('later', { account: 'Household' });
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['later']);
	});
});

describe('marks', () => {
	test('what came while n8n was down is delivered after the restart, once', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await arrive('seen');
		passMinutes();
		await trigger.tick();
		trigger.deactivate();
		await arrive('while down');
		await arrive('while down too', { account: 'Holiday' });
		passMinutes(3 * DAY);
		expect(texts(await trigger.activate())).toEqual(['while down', 'while down too']);
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
		expect(texts(trigger.delivered)).toEqual(['seen', 'while down', 'while down too']);
	});

	test('a stored mark wins after weeks, but what is older than the days to catch up is passed over', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated', catchUpDays: 7 });
		await trigger.activate();
		trigger.deactivate();
		await arrive('too old');
		passMinutes(20 * DAY);
		await arrive('new enough');
		passMinutes(DAY);
		expect(texts(await trigger.activate())).toEqual(['new enough']);
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	});

	test.each<[what: string, marks: unknown]>([
		['no object', 'marks'],
		['an unknown version', { version: 2 }],
		['an account without ids', { version: 1, accounts: { 1: {} } }],
	])('a damaged mark counts as none: %s', async (_what, damage) => {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		const { pollState } = trigger.stored;
		trigger.stored = {
			pollState:
				typeof damage === 'object' ? { ...(pollState as object), ...damage } : (damage as string),
		};
		await arrive('before');
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
		await arrive('after');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['after']);
	});

	test('nothing is marked when the poll fails before it hands over', async () => {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		const marks = JSON.stringify(trigger.stored);
		await arrive('precious');
		await bank.control.fault({ kind: '500-before', method: 'GET', path: 'payment', times: 2 });
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		expect(JSON.stringify(trigger.stored)).toBe(marks);
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['precious']);
	});

	test('a poll that starts while another runs gives nothing twice', async () => {
		const trigger = await bank.trigger(await onMain());
		await trigger.activate();
		await arrive('once');
		passMinutes();
		const both = await Promise.all([trigger.tick(), trigger.tick(), trigger.tick()]);
		expect(both.flatMap((items) => texts(items) ?? [])).toEqual(['once']);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
	});

	test.each([
		['says nothing of a budget, as older versions', { budget: null }],
		['keeps marks outside the workflow, as newer versions may', { durable: true }],
	])('an n8n that %s', async (_what, order) => {
		const trigger = await bank.trigger({ event: 'paymentCreated' }, order);
		await trigger.activate();
		for (const text of ['one', 'two']) {
			await arrive(text);
			passMinutes();
			expect(texts(await trigger.tick())).toEqual([text]);
			passMinutes();
			expect(await trigger.reactivate()).toBeNull();
		}
	});

	test('a manual test gives the newest match and moves no mark', async () => {
		const trigger = await bank.trigger(await onMain({ filters: { direction: 'in' } }));
		await trigger.activate();
		await arrive('newest in', { amount: '3.00' });
		await arrive('newer out', { amount: '-3.00' });
		passMinutes();
		expect(texts(await trigger.test())).toEqual(['newest in']);
		expect(texts(await trigger.tick())).toEqual(['newest in']);
		trigger.set({ filters: { amountMin: 99_999 } });
		passMinutes();
		await expect(trigger.test()).rejects.toMatchObject({
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
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await failing('Household', 1_000);
		await arrive('on main');
		await arrive('on household', { account: 'Household' });
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['on main']);
		for (let polls = 2; polls <= 3; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		await arrive('on main again');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['on main again']);
		passMinutes();
		const { id } = await bank.account('Household');
		await expect(trigger.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/\w/),
			description: expect.stringContaining(`The account with the ID ${id} could not be read`),
		});
		await bank.control.clearFaults();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['on household']);
	});

	test('a bank that is down for a moment is no error, one that stays down is', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await arrive('waiting');
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		for (let polls = 1; polls <= 3; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		passMinutes();
		await expect(trigger.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/maintenance/i),
			description: expect.stringContaining('The list of accounts could not be read'),
			failure: { cause: 'temporarily-unavailable' },
		});
		await bank.control.clearFaults();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['waiting']);
	});

	test('at the first poll every failure is told, so that the workflow is not published half', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await bank.control.fault({ kind: 'maintenance', times: 1_000 });
		await expect(trigger.activate()).rejects.toMatchObject({ name: 'NodeApiError' });
		expect(trigger.stored).toEqual({});
	});

	test('a revoked connection fails at once, says to connect again, and leaves the bank alone', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await arrive('after reconnecting');
		await bank.control.revoke((await bank.world()).oauth.accessToken);
		passMinutes();
		await expect(trigger.tick()).rejects.toMatchObject({
			message: expect.stringMatching(/incorrect/i),
			description: expect.stringContaining('connect again'),
			failure: { cause: 'credential-invalid' },
		});
		await bank.control.clearLog();
		for (let polls = 0; polls < 12; polls++) {
			passMinutes();
			await expect(trigger.tick()).rejects.toMatchObject({ name: 'NodeApiError' });
		}
		expect(await bank.control.log()).toEqual([]);
	});

	test('revoked under a poll each minute: at most four attempts an hour', async () => {
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await bank.control.revoke((await bank.world()).oauth.accessToken);
		await bank.control.clearLog();
		for (let polls = 0; polls < 60; polls++) {
			passMinutes();
			await expect(trigger.tick()).rejects.toMatchObject({ name: 'NodeApiError' });
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
		const trigger = await bank.trigger({ event: 'paymentCreated' });
		await trigger.activate();
		await arrive('here');
		await happen();
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['here']);
	});
});

describe('balances', () => {
	const watch = async (more: IDataObject = {}) =>
		await bank.trigger({ event: 'balanceCrossed', threshold: 100, ...more });
	const pay = async (amount: string) => await arrive('move', { account: 'Household', amount });
	const onHousehold = async (more: IDataObject) => ({
		allAccounts: false,
		account: await bank.locate('Household'),
		...more,
	});

	test('each crossing once, one request', async () => {
		const trigger = await watch({ crossing: 'both' });
		expect(await trigger.activate()).toBeNull();
		await pay('-200.00');
		passMinutes();
		expect(await cost(async () => expect(await trigger.tick()).toBeNull())).toBe(1);
		await pay('-0.01');
		passMinutes();
		expect(await trigger.tick()).toEqual([
			expect.objectContaining({
				description: 'Household',
				balance: 99.99,
				balanceBefore: 100,
				balanceAfter: 99.99,
				crossing: 'below',
				threshold: 100,
			}),
		]);
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		await pay('0.01');
		passMinutes();
		expect(await trigger.tick()).toEqual([
			expect.objectContaining({ balanceBefore: 99.99, balanceAfter: 100, crossing: 'above' }),
		]);
	});

	test('over and back between two polls is not told', async () => {
		const trigger = await watch({ crossing: 'both' });
		await trigger.activate();
		await pay('-250.00');
		await pay('250.00');
		passMinutes();
		expect(await trigger.tick()).toBeNull();
	});

	test('only the way that was asked for', async () => {
		const trigger = await watch(await onHousehold({ crossing: 'below' }));
		await trigger.activate();
		for (const amount of ['-250.00', '250.00', '-250.00']) {
			await pay(amount);
			passMinutes();
			await trigger.tick();
		}
		expect(trigger.delivered.map(({ crossing }) => crossing)).toEqual(['below', 'below']);
	});

	test('a side that only a silent poll saw is found again after a restart', async () => {
		const trigger = await watch({ crossing: 'below' });
		await trigger.activate();
		await pay('-250.00');
		passMinutes();
		expect(await trigger.tick()).toHaveLength(1);
		passMinutes();
		// Up again: nothing to tell, so n8n writes nothing down.
		await pay('250.00');
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		trigger.deactivate();
		await pay('-250.00');
		passMinutes();
		expect(await trigger.activate()).toEqual([
			expect.objectContaining({ balanceBefore: 300, balanceAfter: 50, crossing: 'below' }),
		]);
		passMinutes();
		expect(await trigger.reactivate()).toBeNull();
	});

	test('an account that was opened later began with nothing', async () => {
		const trigger = await watch({ crossing: 'above' });
		await trigger.activate();
		passMinutes();
		await bank.control.addAccount({ description: 'Young', balance: '500.00' });
		passMinutes();
		expect(await trigger.tick()).toEqual([
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
		const trigger = await bank.trigger({ event: 'draftPaymentUpdated' });
		await trigger.activate();
		const young = await draft();
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		await bank.control.approveDraft(old);
		await bank.control.rejectDraft(refused);
		await bank.control.approveDraft(young);
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await cost(() => trigger.tick())).toBeLessThanOrEqual(4);
		}
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

	test('an answer given while n8n was down, to a draft that only silent polls saw', async () => {
		const trigger = await bank.trigger({
			event: 'draftPaymentUpdated',
			filters: { status: ['REJECTED'] },
		});
		await trigger.activate();
		const [wanted, other] = [await draft(), await draft()];
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		trigger.deactivate();
		await bank.control.rejectDraft(wanted);
		await bank.control.approveDraft(other);
		passMinutes();
		const found = [...((await trigger.activate()) ?? [])];
		passMinutes();
		found.push(...((await trigger.tick()) ?? []));
		expect(found.map(({ id }) => id)).toEqual([wanted]);
	});

	test('one that waits behind hundreds of newer ones is still followed', async () => {
		const old = await draft();
		const trigger = await bank.trigger({ ...(await onMain()), event: 'draftPaymentUpdated' });
		await trigger.activate();
		await drafts('Main', 205);
		passMinutes();
		expect(await cost(() => trigger.tick())).toBe(2);
		await bank.control.approveDraft(old);
		passMinutes();
		expect((await trigger.tick())?.map(({ id }) => id)).toEqual([old]);
	});

	test.each([0, 7])(
		'hundreds that were answered above one that waits, %d milliseconds apart: each once',
		async (apart) => {
			await bank.control.switches({ limits: 'off' });
			const account = await bank.locate('Household');
			const old = await draft('Household');
			const trigger = await bank.trigger({
				event: 'draftPaymentUpdated',
				allAccounts: false,
				account,
			});
			await trigger.activate();
			const ids = await drafts('Household', 450);
			for (const id of ids) {
				jest.setSystemTime(Date.now() + apart);
				await bank.control.rejectDraft(id);
			}
			for (let polls = 0; polls < 3; polls++) {
				passMinutes();
				await trigger.tick();
			}
			expect(trigger.delivered.map(({ id }) => id)).toEqual(ids);
			await bank.control.approveDraft(old);
			passMinutes();
			expect((await trigger.reactivate())?.map(({ id }) => id)).toEqual([old]);
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		},
	);

	test('when there is no time to read down to one that waits, the new ones come all the same', async () => {
		await bank.control.switches({ limits: 'off' });
		const order = { ...(await onMain()), event: 'draftPaymentUpdated' };
		const old = await draft();
		const trigger = await bank.trigger(order, { budget: 0 });
		await trigger.activate();
		const answered = await drafts('Main', 450);
		for (const id of answered) await bank.control.rejectDraft(id);
		const polls = async (count: number) => {
			for (; count > 0; count--) {
				passMinutes();
				await trigger.tick();
			}
		};
		await polls(8);
		expect(trigger.delivered.map(({ id }) => id)).toEqual(answered);
		const young = await draft();
		await bank.control.rejectDraft(young);
		await bank.control.approveDraft(old);
		await polls(6);
		expect(trigger.delivered.map(({ id }) => id)).toHaveLength(answered.length + 2);
		expect(
			trigger.delivered
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
			account: locator('id', (await bank.account(account)).id),
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
		const trigger = await bank.trigger({ event });
		await trigger.activate();
		const [revoked, expired, open] = [await ask({ to }), await ask(), await ask({ to })];
		passMinutes();
		expect(await trigger.tick()).toBeNull();
		await bank.control.answerRequest(paid, 'ACCEPTED');
		await bank.control.answerRequest(refused, 'REJECTED');
		await bank.control.answerRequest(expired, 'EXPIRED');
		const account = await bank.locate('Main');
		await bank.apiKey({
			resource: 'requestInquiry',
			operation: 'revoke',
			account,
			requestInquiryId: `${revoked}`,
		});
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await cost(() => trigger.tick())).toBeLessThanOrEqual(4);
		}
		expect(outcomes(trigger)).toEqual([
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
		passMinutes();
		await trigger.tick();
		passMinutes();
		await trigger.tick();
		expect(trigger.delivered).toHaveLength(5);
		expect(trigger.delivered[4]).toMatchObject({ id: open, status: 'ACCEPTED', amountPaid: 3 });
	});

	test('an answer given while n8n was down, to a request that only silent polls saw', async () => {
		const to = await sam();
		const trigger = await bank.trigger({ event, filters: { status: ['ACCEPTED'] } });
		await trigger.activate();
		const [wanted, other] = [await ask({ to }), await ask({ to })];
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			expect(await trigger.tick()).toBeNull();
		}
		trigger.deactivate();
		await bank.control.answerRequest(wanted, 'ACCEPTED');
		await bank.control.answerRequest(other, 'REJECTED');
		passMinutes();
		const found = [...((await trigger.activate()) ?? [])];
		passMinutes();
		found.push(...((await trigger.tick()) ?? []));
		expect(found.map(({ id }) => id)).toEqual([wanted]);
	});

	test.each([true, false])(
		'one that expires weeks after it was made, whether that changes it (%p) or not',
		async (expiryUpdates) => {
			await bank.control.switches({ expiryUpdates });
			const old = await ask();
			const trigger = await bank.trigger({ ...(await onMain()), event });
			await trigger.activate();
			for (let weeks = 0; weeks < 3; weeks++) {
				passMinutes(7 * DAY);
				expect(await trigger.tick()).toBeNull();
			}
			await bank.control.answerRequest(old, 'EXPIRED');
			passMinutes();
			expect(await trigger.tick()).toMatchObject([{ id: old, status: 'EXPIRED' }]);
			passMinutes();
			expect(await trigger.reactivate()).toBeNull();
		},
	);

	test('one that waits behind hundreds of newer ones is still followed', async () => {
		const to = await sam();
		const old = await ask({ to });
		const trigger = await bank.trigger({ ...(await onMain()), event });
		await trigger.activate();
		for (let more = 0; more < 205; more++) await ask();
		passMinutes();
		expect(await cost(() => trigger.tick())).toBe(2);
		await bank.control.answerRequest(old, 'REJECTED');
		passMinutes();
		expect((await trigger.tick())?.map(({ id }) => id)).toEqual([old]);
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
		const trigger = await bank.trigger({ ...(await onMain()), event });
		expect(await trigger.activate()).toBeNull();
		await asked({ description: 'first' });
		await bank.control.answerRequest(await asked({ description: 'second' }), 'REJECTED');
		passMinutes();
		expect(texts(await trigger.tick())).toEqual(['first', 'second']);
		passMinutes();
		expect(await cost(async () => expect(await trigger.reactivate()).toBeNull())).toBe(1);
		trigger.deactivate();
		await asked({ description: 'while it was off' });
		passMinutes();
		expect(texts(await trigger.activate())).toEqual(['while it was off']);
	});

	test('250 at once: one further page', async () => {
		const trigger = await bank.trigger({ ...(await onMain()), event });
		await trigger.activate();
		for (let number = 0; number < 250; number++) await asked({ description: `${number}` });
		passMinutes();
		expect(await cost(() => trigger.tick())).toBe(2);
		expect(texts(trigger.delivered)).toEqual(Array.from({ length: 250 }, (_, each) => `${each}`));
	});

	test.each<[filters: IDataObject, expected: string[]]>([
		[{}, ['rent', 'Drinks', 'gift']],
		[{ amountMin: 10 }, ['rent', 'gift']],
		[{ amountMax: 10 }, ['Drinks', 'gift']],
		[{ descriptionContains: 'drink' }, ['Drinks']],
		[{ amountMin: 5, amountMax: 20, descriptionContains: 'r' }, ['Drinks']],
	])('the filters %j let %j through', async (filters, expected) => {
		const trigger = await bank.trigger({ event, filters });
		await trigger.activate();
		await asked({ amount: '900.00', description: 'rent' });
		await asked({ amount: '8.50', description: 'Drinks' });
		await asked({ amount: '10.00', description: 'gift' });
		for (let polls = 0; polls < 2; polls++) {
			passMinutes();
			await trigger.tick();
		}
		expect(texts(trigger.delivered)).toEqual(expected);
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
		const trigger = await bank.trigger({ ...(await onMain()), event });
		expect(texts(await trigger.test())).toEqual(['newest']);
	},
);
