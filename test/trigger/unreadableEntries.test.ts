import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { locator } from '../support/parameters';
import { randomOf } from '../support/random';
import { idsOf, type TriggerHarness } from '../support/triggerHarness';

/** Entries of bunq's lists that cannot be read: each event around them is delivered once, and they are named once. */

const bank = useBank();

/** A list of a new account, newest first, as the test writes it. */
const openList = async (event = 'paymentCreated', more: IDataObject = {}) => {
	const accountId = await bank.control.addAccount({ description: 'Odd' });
	const show = async (...entries: unknown[]) => {
		await bank.control.clearFaults();
		await bank.control.fault({
			kind: 'other',
			method: 'GET',
			path: `/monetary-account/${accountId}/[a-z-]+$`,
			times: 1_000,
			body: JSON.stringify({ Response: entries }),
		});
	};
	const account = locator('id', accountId);
	const trigger = await bank.trigger({ event, allAccounts: false, account, ...more });
	return { accountId, show, trigger };
};

const now = (minutes = 0) =>
	new Date(Date.now() + minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '000');
const payment = (id: unknown, more: object = {}) => ({
	Payment: { id, created: now(), amount: { value: '1.00', currency: 'EUR' }, ...more },
});

/** What each of so many polls delivers: IDs, or the message of an error. */
const polls = async (trigger: TriggerHarness, count: number) => {
	const results: unknown[] = [];
	for (let left = count; left > 0; left--)
		await trigger.nextPoll().then(
			(items) => results.push(...idsOf(items)),
			({ message }: Error) => results.push(message),
		);
	return results;
};

const one = "Entries in bunq's lists that cannot be read: 1";

describe.each<[what: string, entry: unknown]>([
	['null', null],
	['a number', 7],
	['an empty object', {}],
	['a wrapper with null', { Payment: null }],
	['a wrapper with a list', { Payment: [{ id: 5 }] }],
	['an object without an ID', payment(undefined)],
	['an object with a text as its ID', payment('abc')],
	['an object with a fractional ID', payment(5.5)],
])('an entry that is %s', (_what, entry) => {
	test('is named once, and the events around it are delivered once', async () => {
		const { show, trigger, accountId } = await openList();
		await show(payment(10));
		await trigger.activate();
		await show(payment(12), entry, payment(11), payment(10));
		expect(await polls(trigger, 3)).toEqual([11, 12, one]);
		await show(payment(13), payment(12), entry, payment(11), payment(10));
		expect(await polls(trigger, 2)).toEqual([13]);
		await show(entry, payment(13), payment(12), entry, payment(11), payment(10));
		await expect(trigger.nextPoll()).rejects.toMatchObject({
			message: one,
			description: expect.stringContaining(`1 with the ID ${accountId}`),
		});
		expect(await polls(trigger, 2)).toEqual([]);
		await show(payment(14), entry, payment(13), payment(12), entry, payment(11), payment(10));
		expect(await polls(trigger, 2)).toEqual([14]);
		expect(await trigger.moveToNewProcess()).toBeNull();
		expect(await polls(trigger, 2)).toEqual([]);
	});

	test('from before the trigger is silent, also if the list has nothing else', async () => {
		const { show, trigger } = await openList();
		await show(entry);
		await trigger.activate();
		expect(await polls(trigger, 2)).toEqual([]);
		await show(payment(10), entry);
		expect(await polls(trigger, 2)).toEqual([10]);
	});
});

test('an ID as text is an ID', async () => {
	const { show, trigger } = await openList();
	await show(payment('10'));
	await trigger.activate();
	await show(payment('11'), payment('10'));
	expect(await polls(trigger, 3)).toEqual([11]);
	await show(payment(12), payment(11), payment(10));
	expect(await polls(trigger, 3)).toEqual([12]);
});

test('a list of accounts with an account that has no ID is read, and this is reported once', async () => {
	const { id } = await bank.account('Main');
	const main = (balance: string) => ({
		MonetaryAccountBank: { id, status: 'ACTIVE', balance: { value: balance, currency: 'EUR' } },
	});
	const trigger = await bank.trigger({ event: 'paymentCreated' });
	const show = async (balance: string, ...more: unknown[]) => {
		await bank.control.clearFaults();
		await bank.control.fault({
			kind: 'other',
			path: 'monetary-account$',
			times: 1_000,
			body: JSON.stringify({ Response: [...more, main(balance)] }),
		});
	};
	await show('1.00');
	await trigger.activate();
	await show('1.00', null, { MonetaryAccountBank: null });
	expect(await polls(trigger, 12)).toEqual(["Accounts in bunq's list without a readable ID: 2"]);
	const ids = await bank.receive('Main');
	expect(await polls(trigger, 6)).toEqual(ids);
});

const draft = (id: unknown, status: unknown) => ({
	DraftPayment: { id, status, created: now(), updated: now(), entries: [] },
});

test.each<[what: string, list: unknown[], told: string[]]>([
	['lacks', [], []],
	['shows as null', [null], [one]],
	['shows without an ID', [draft(undefined, 'PENDING')], [one]],
])(
	'a draft that waits and that the list %s for a while: its answer is delivered once',
	async (_what, list, told) => {
		const { show, trigger } = await openList('draftPaymentUpdated');
		await show(draft(10, 'PENDING'));
		await trigger.activate();
		await show(...list);
		expect(await polls(trigger, 2)).toEqual(told);
		await show(draft(11, 'REJECTED'), draft(10, 'ACCEPTED'));
		expect(await polls(trigger, 2)).toEqual([10, 11]);
	},
);

describe('a status that cannot be read', () => {
	test.each<[status: unknown]>([[null], [undefined], [7], ['']])(
		'%p is no answer: it is named once, and the answer is delivered once',
		async (status) => {
			const { show, trigger } = await openList('draftPaymentUpdated');
			await show(draft(10, 'PENDING'));
			await trigger.activate();
			await show(draft(10, status));
			expect(await polls(trigger, 2)).toEqual([one]);
			await show(draft(11, 'REJECTED'), draft(10, 'ACCEPTED'));
			expect(await polls(trigger, 2)).toEqual([10, 11]);
		},
	);
});

describe('times', () => {
	const FORMS: Array<[form: string, write: (time: string) => unknown]> = [
		['of bunq', (time) => time],
		['with T and Z', (time) => `${time.replace(' ', 'T')}Z`],
		['with an offset', (time) => `${time.replace(' ', 'T')}+00:00`],
		['that are null', () => null],
		['that are missing', () => undefined],
		['that are no times', () => 'yesterday'],
		['that are numbers', () => 7],
	];

	test.each(FORMS)('%s: each payment once and in order', async (_form, write) => {
		const { show, trigger } = await openList();
		const at = (id: number, minutes: number) => payment(id, { created: write(now(minutes)) });
		const old = [at(3, -60), at(2, -70), at(1, -80)];
		await show(...old);
		await trigger.activate();
		await show(at(5, 1), at(4, 1), ...old);
		expect(await polls(trigger, 3)).toEqual([4, 5]);
		expect(await trigger.moveToNewProcess()).toBeNull();
		await show(at(7, 5), payment(6, { created: now(5) }), at(5, 1), at(4, 1), ...old);
		expect(await polls(trigger, 3)).toEqual([6, 7]);
	});

	test.each(FORMS)('%s: each answer once', async (_form, write) => {
		const { show, trigger } = await openList('requestInquiryUpdated');
		const request = (id: number, status: string) => {
			const time = write(now());
			return { RequestInquiry: { id, status, created: time, updated: time, time_responded: time } };
		};
		await show(request(2, 'PENDING'), request(1, 'ACCEPTED'));
		await trigger.activate();
		await show(request(3, 'REJECTED'), request(2, 'EXPIRED'), request(1, 'ACCEPTED'));
		expect((await polls(trigger, 3)).sort()).toEqual([2, 3]);
		expect(await trigger.moveToNewProcess()).toBeNull();
		expect(await polls(trigger, 3)).toEqual([]);
	});

	test.each(FORMS)('%s: the test event shows a payment', async (_form, write) => {
		const { show, trigger } = await openList('paymentCreated', { allAccounts: true });
		await show(null, payment(2, { created: write(now()) }), payment(1, { created: write(now()) }));
		expect(await trigger.test()).toHaveLength(1);
	});
});

test('random lists of readable and unreadable entries: each payment once and in order', async () => {
	const ODD = [null, {}, { Payment: null }, payment('abc'), payment(undefined)];
	const TIMES = [now(), null, undefined, 'yesterday', new Date().toISOString()];
	for (let seed = 1; seed <= 8; seed++) {
		const random = randomOf(seed);
		const { show, trigger } = await openList();
		const list: unknown[] = [];
		const ids: number[] = [];
		const add = (from: number) => {
			if (random(3) === 0) list.unshift(ODD[random(ODD.length)]);
			list.unshift(payment(from, { created: TIMES[random(TIMES.length)] }));
		};
		for (let id = 1; id <= 3; id++) add(id);
		await show(...list);
		await trigger.activate();
		for (let steps = 0; steps < 8; steps++) {
			for (let more = random(4); more > 0; more--) {
				ids.push(4 + ids.length);
				add(ids[ids.length - 1]);
			}
			await show(...list);
			if (random(4) === 0) await trigger.moveToNewProcess();
			else await polls(trigger, 1 + random(2));
		}
		expect({ seed, delivered: idsOf(trigger.delivered) }).toEqual({ seed, delivered: ids });
	}
});

describe('a balance that cannot be read', () => {
	const watch = async (value: unknown, more: IDataObject) => {
		const { id } = await bank.account('Main');
		const show = async (balance: unknown) => {
			await bank.control.clearFaults();
			const account = { id, status: 'ACTIVE', balance };
			await bank.control.fault({
				kind: 'other',
				path: `monetary-account(/${id})?$`,
				times: 1_000,
				body: JSON.stringify({ Response: [{ MonetaryAccountBank: account }] }),
			});
		};
		const account = locator('id', id);
		const settings = { event: 'balanceCrossed', threshold: 100, crossing: 'both', account };
		const trigger = await bank.trigger({ ...settings, ...more });
		const euros = (amount: string) => ({ value: amount, currency: 'EUR' });
		await show(euros('50.00'));
		await trigger.activate();
		await show(value);
		const meanwhile = await polls(trigger, 5);
		await show(euros('150.00'));
		return [meanwhile, await polls(trigger, 2)];
	};

	test.each<[value: unknown]>([
		[{ value: '?', currency: 'EUR' }],
		[{ value: null }],
		['50.00'],
		[{}],
	])('%j crosses nothing, and is reported', async (value) => {
		const told = [expect.stringContaining('no balance that can be read')];
		expect(await watch(value, { allAccounts: true })).toEqual([told, [expect.any(Number)]]);
	});

	test('null is reported where nothing else is watched', async () => {
		const [told] = await watch(null, { allAccounts: false });
		expect(told).toEqual([expect.stringContaining('no balance that can be read')]);
		expect((await watch(null, { allAccounts: true }))[0]).toEqual([]);
	});
});
