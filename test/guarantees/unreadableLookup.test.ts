import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { collect } from '../../nodes/Bunq/api/pagination';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { matchDuplicate, matchEntries, matchEntry } from '../../nodes/Bunq/resources/transferMatch';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { passMinutes } from '../support/fakeClock';
import { MAY_PAY_OTHERS } from '../support/parameters';

/**
 * A value that cannot be read never proves that bunq does not have a payment yet: neither when a lost response is looked
 * up, nor with Skip If Duplicate.
 */

const bank = useBank();
const REFERENCE = 'INV-7';
const OTHER_IBAN = 'DE89370400440532013000';

const pay = async (more: IDataObject = {}): Promise<IDataObject> => ({
	resource: 'payment',
	operation: 'create',
	account: await bank.locate('Main'),
	recipientAccount: await bank.locate('Household'),
	amount: 10,
	paymentDescription: `Invoice ${REFERENCE}`,
	...more,
});

/** Answers every further read of a list of Main with what bunq has, changed. */
const show = async (list: string, change: (objects: IDataObject[]) => IDataObject[]) => {
	const { apiKey } = await bank.world();
	const credential = toBunqCredential({ apiKey });
	const client = createClient({ httpRequest: await requestHelper(), credential });
	const path = `/user/{user}/monetary-account/${await bank.accountId('Main')}/${list}?count=200`;
	const objects = await collect(client.eachRaw(path));
	const body = JSON.stringify({ Response: change(objects), Pagination: null });
	await bank.control.clearLog();
	await bank.control.fault({ kind: 'other', method: 'GET', path: `${list}$`, body, times: 99 });
};

/** Changes the newest object of a list. */
const newest = (change: (object: IDataObject) => IDataObject) => (objects: IDataObject[]) => {
	const [[type, object]] = Object.entries(objects[0]);
	return [
		{ [type]: { ...(object as IDataObject), ...change(object as IDataObject) } },
		...objects.slice(1),
	];
};
const other = (object: IDataObject) => object.counterparty_alias as { iban: string };
/** A time of bunq's, moved by some seconds. */
const earlier = (object: IDataObject, seconds: number) => {
	const time = Date.parse(`${String(object.created).replace(' ', 'T').slice(0, 23)}Z`);
	return new Date(time - seconds * 1_000).toISOString().replace('T', ' ').replace('Z', '000');
};

/** The newest payment, and above it the one that returned its money. */
const returned = (objects: IDataObject[]) => {
	const { Payment: paid } = objects[0] as { Payment: IDataObject & { id: number } };
	const amount = { value: '10.00', currency: 'EUR' };
	const reversal = { ...paid, id: paid.id + 1, amount, sub_type: 'REVERSAL' };
	return [{ Payment: reversal }, ...objects];
};

const UNREADABLE: Array<[what: string, change: (object: IDataObject) => IDataObject]> = [
	['no IBAN', (one) => ({ counterparty_alias: { ...other(one), iban: null } })],
	['no counterparty', () => ({ counterparty_alias: null })],
	['no amount', () => ({ amount: null })],
	['an amount that is no number', () => ({ amount: { value: 'ten', currency: 'EUR' } })],
	['no currency', () => ({ amount: { value: '-10.00' } })],
];

describe('a lost response', () => {
	let executionId = '';
	beforeEach(() => (executionId = randomUUID()));
	const retry = async (parameters: IDataObject) =>
		await bank.apiKey(parameters, { executionId, credential: MAY_PAY_OTHERS });
	const lose = async (list: string, parameters: IDataObject) => {
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: `${list}$` });
		expect((await retry(parameters)).error?.description).toContain(
			'bunq may have carried this out',
		);
	};

	test.each([
		...UNREADABLE,
		['another description', () => ({ description: 'Shortened' })],
		['no time', () => ({ created: null })],
		['a time a little before it was sent', (one: IDataObject) => ({ created: earlier(one, 4) })],
	] as typeof UNREADABLE)('with %s, it is not sent again', async (_what, change) => {
		await bank.control.switches({ merchantReference: 'drop' });
		await lose('payment', await pay());
		await show('payment', newest(change));
		const { error } = await retry(await pay());
		expect(error?.description).toMatch(/^Not sent again: bunq has a similar object \(ID \d+/);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test.each(['time_start', 'recurrence_unit', 'recurrence_size'] as const)(
		'of a scheduled payment with another %s and our reference, it is not sent again',
		async (key) => {
			const order = await pay({
				resource: 'scheduledPayment',
				recipientType: 'ownAccount',
				startAt: '2099-03-01T09:00:00',
				recurrence: 'monthly',
			});
			await lose('schedule-payment', order);
			const value = {
				time_start: '2099-03-02 09:00:00.000000',
				recurrence_unit: 'DAILY',
				recurrence_size: 2,
			}[key];
			await show(
				'schedule-payment',
				newest((one) => ({ schedule: { ...(one.schedule as IDataObject), [key]: value } })),
			);
			passMinutes();
			const { error } = await retry(order);
			expect(error?.description).toMatch(/^Not sent again: bunq has a similar object \(ID \d+/);
			expect(await bank.requestCount('POST')).toBe(0);
		},
	);

	test.each<[what: string, change: (object: IDataObject) => IDataObject]>([
		['another IBAN of the recipient', () => ({ counterparty_alias: { iban: OTHER_IBAN } })],
		['another amount', () => ({ amount: { value: '-9.90', currency: 'EUR' } })],
		['another currency', () => ({ amount: { value: '-10.00', currency: 'GBP' } })],
	])('with %s and our reference, it is not sent again', async (_what, change) => {
		await lose('payment', await pay());
		await show('payment', newest(change));
		passMinutes();
		const { error } = await retry(await pay());
		expect(error?.description).toMatch(/^Not sent again: bunq has a similar object \(ID \d+/);
		expect(await bank.requestCount('POST')).toBe(0);
		expect(await bank.receivedByHousehold()).toBe(10);
	});

	test.each(UNREADABLE)('with %s and our reference, it is found', async (_what, change) => {
		await lose('payment', await pay());
		await show('payment', newest(change));
		const { json, error } = await retry(await pay());
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: expect.any(Number), merchantReference: null }]);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('money that came back is reported, and not sent again', async () => {
		await lose('payment', await pay());
		await show('payment', returned);
		const { error } = await retry(await pay());
		expect(error?.message).toBe('An earlier attempt created this, and the money came back');
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('money that came back, perhaps of another payment, does not allow one that may be there', async () => {
		await bank.control.switches({ merchantReference: 'drop' });
		await lose('payment', await pay());
		await show('payment', (objects) => returned(newest(() => ({ description: 'Cut' }))(objects)));
		const { error } = await retry(await pay());
		expect(error?.description).toMatch(/^Not sent again: bunq has a similar object \(ID \d+/);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('an equal payment with another reference of ours is somebody else’s', async () => {
		await bank.control.fault({ kind: 'drop-before', method: 'POST', path: 'payment$' });
		expect((await retry(await pay())).error?.description).toContain(
			'bunq may have carried this out',
		);
		await bank.apiKey(await pay(), { executionId: 'another' });
		await show(
			'payment',
			newest(() => ({ id: 77, merchant_reference: 'n8n-0123456789abcdef' })),
		);
		passMinutes();
		const { json } = await retry(await pay());
		expect(json).toMatchObject([{ amount: -10 }]);
		expect(await bank.requestCount('POST')).toBe(1);
	});

	test.each([
		['spaces', (iban: string) => iban.replace(/(.{4})/g, '$1 ')],
		['small letters', (iban: string) => iban.toLowerCase()],
	])('with an IBAN that has %s, it is found', async (_what, spell) => {
		await lose('payment', await pay());
		await show(
			'payment',
			newest((one) => ({ counterparty_alias: { ...other(one), iban: spell(other(one).iban) } })),
		);
		const { json } = await retry(await pay());
		expect(json).toMatchObject([{ amount: -10 }]);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('an older object above it does not end the search', async () => {
		await bank.apiKey(await pay({ amount: 3 }));
		await bank.control.advance(600_000);
		await lose('payment', await pay());
		await show('payment', ([lost, old, ...rest]) => [old, lost, ...rest]);
		const { json } = await retry(await pay());
		expect(json).toMatchObject([{ amount: -10 }]);
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('of a batch of which bunq shows one payment less: it is not sent again', async () => {
		const batch = await pay({ operation: 'createBatch', amount: '={{ $json.amount }}' });
		const items = [{ amount: 10 }, { amount: 11 }, { amount: 12 }];
		const run = async () =>
			await bank.apiKey(batch, { executionId, items, credential: MAY_PAY_OTHERS });
		await bank.control.switches({ batchPayments: 'list' });
		await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment-batch$' });
		await run();
		await show(
			'payment-batch',
			newest((one) => ({ payments: (one.payments as unknown[]).slice(1) as IDataObject[] })),
		);
		passMinutes();
		const { error } = await run();
		expect(error?.description).toMatch(/^Not sent again: bunq has a similar object/);
		expect(await bank.requestCount('POST')).toBe(0);
		expect(await bank.receivedByHousehold()).toBe(33);
	});

	test.each([
		['payment-batch', 'payment', () => ({ payments: null })],
		['payment-batch', 'payment', () => ({ payments: [] })],
		['payment-batch', 'payment', () => ({ payments: { Payment: [null] } })],
		['draft-payment', 'draftPayment', () => ({ entries: null })],
		['draft-payment', 'draftPayment', () => ({ entries: [{}] })],
	])(
		'of a %s that bunq shows without its entries: it is not sent again',
		async (list, resource, change) => {
			const batch = await pay({ resource, operation: 'createBatch', recipientType: 'ownAccount' });
			await lose(list, batch);
			await show(list, newest(change));
			const { error } = await retry(batch);
			expect(error?.description).toMatch(/^Not sent again/);
			expect(await bank.requestCount('POST')).toBe(0);
		},
	);
});

describe('Skip If Duplicate', () => {
	const once = {
		additionalFields: { merchantReference: REFERENCE },
		options: { skipIfDuplicate: true },
	};
	const withoutReference = (change: (one: IDataObject) => IDataObject) =>
		newest((one) => ({ merchant_reference: null, ...change(one) }));

	test.each(UNREADABLE)(
		'without a reference and with %s, nothing is sent',
		async (_what, change) => {
			await bank.apiKey(await pay(once));
			await show('payment', withoutReference(change));
			const { error } = await bank.apiKey(await pay(once));
			expect(error?.message).toBe('Cannot tell whether this is a duplicate');
			expect(await bank.requestCount('POST')).toBe(0);
		},
	);

	test('nothing is sent where the money came back', async () => {
		await bank.apiKey(await pay(once));
		await show('payment', returned);
		const { error } = await bank.apiKey(await pay(once));
		expect(error?.message).toBe('This was paid before, and the money came back');
		expect(await bank.requestCount('POST')).toBe(0);
	});

	test('with an equal reference and no IBAN, it is a duplicate', async () => {
		const { json } = await bank.apiKey(await pay(once));
		await show(
			'payment',
			newest((one) => ({ counterparty_alias: { ...other(one), iban: null } })),
		);
		expect((await bank.apiKey(await pay(once))).json).toMatchObject([
			{ id: json[0].id, skipped: true },
		]);
	});

	test.each([`${REFERENCE}-2`, `Invoice ${REFERENCE}/B`, `Invoice ${REFERENCE}.`])(
		'with the description %p, nothing is sent',
		async (description) => {
			await bank.apiKey(await pay(once));
			await show(
				'payment',
				withoutReference(() => ({ description })),
			);
			const { error } = await bank.apiKey(await pay(once));
			expect(error?.message).toBe('Cannot tell whether this is a duplicate');
		},
	);

	test('a reference with other spaces and case, and another description: nothing is sent', async () => {
		await bank.apiKey(await pay(once));
		const merchant_reference = ` ${REFERENCE.toLowerCase()}`;
		await show(
			'payment',
			newest(() => ({ merchant_reference, description: 'Cut' })),
		);
		const { error } = await bank.apiKey(await pay(once));
		expect(error?.message).toBe('Cannot tell whether this is a duplicate');
	});

	test.each(['ACTIVE', 'SOMETHING_NEW', null])(
		'a draft whose status is %p counts',
		async (status) => {
			const draft = await pay({ ...once, resource: 'draftPayment', recipientType: 'ownAccount' });
			const { json } = await bank.apiKey(draft);
			await show(
				'draft-payment',
				newest(() => ({ status })),
			);
			expect((await bank.apiKey(draft)).json).toMatchObject([{ id: json[0].id, skipped: true }]);
		},
	);
});

describe('transferMatch', () => {
	const OWN = 'n8n-0123456789abcdef';
	const sent = {
		amount: { value: '10.00', currency: 'EUR' },
		counterparty_alias: { type: 'IBAN' as const, value: 'NL14RABO0169202917', name: 'Peter' },
		description: 'Invoice INV-7',
		merchant_reference: REFERENCE,
	};
	const shown = {
		amount: { value: '-10.00', currency: 'EUR' },
		counterparty_alias: { iban: 'NL14RABO0169202917', display_name: 'P. Jansen' },
		description: 'Invoice INV-7',
		merchant_reference: null,
	};

	test.each([
		['the same', {}, 'same', 'same'],
		['another amount', { amount: { value: '-10.01', currency: 'EUR' } }, 'different', 'different'],
		[
			'another currency',
			{ amount: { value: '-10.00', currency: 'GBP' } },
			'different',
			'different',
		],
		[
			'another IBAN',
			{ counterparty_alias: { iban: 'DE89370400440532013000' } },
			'different',
			'different',
		],
		['another reference', { merchant_reference: 'INV-8' }, 'possible', 'different'],
		['an equal reference', { merchant_reference: REFERENCE }, 'same', 'same'],
		[
			'an equal reference, another text',
			{ merchant_reference: REFERENCE, description: 'Rent' },
			'possible',
			'same',
		],
		[
			'the reference with other spaces and case',
			{ merchant_reference: ` ${REFERENCE.toLowerCase()} ` },
			'possible',
			'same',
		],
		[
			'the reference with other spaces and case, another text',
			{ merchant_reference: `${REFERENCE} `, description: 'Rent' },
			'possible',
			'possible',
		],
		['a reference of our own', { merchant_reference: OWN }, 'different', 'same'],
		[
			'a shortened one of our own',
			{ merchant_reference: OWN.slice(0, 9) },
			'possible',
			'different',
		],
		['another text', { description: 'Rent' }, 'possible', 'different'],
		['no text', { description: undefined }, 'possible', 'possible'],
		['an amount without decimals', { amount: { value: '-10', currency: 'EUR' } }, 'same', 'same'],
	] as const)('%s', (_what, change, lookup, duplicate) => {
		const entry = { ...shown, ...change };
		expect([matchEntry(entry, sent), matchDuplicate(entry, sent)]).toEqual([lookup, duplicate]);
	});

	test('a reference that was cut off may be the one that was sent', () => {
		const long = 'ORDER-2026-11-30-000000000000004711';
		const order = { ...sent, merchant_reference: long };
		const cut = (length: number) => ({ ...shown, merchant_reference: long.slice(0, length) });
		expect(matchDuplicate(cut(16), order)).toBe('possible');
		expect(matchDuplicate(cut(15), order)).toBe('different');
		expect(matchDuplicate({ ...shown, merchant_reference: `${long}2` }, order)).toBe('different');
	});

	test('a reference of our own decides, but for a recipient by email', () => {
		const own = { ...sent, merchant_reference: OWN };
		const unreadable = { ...shown, merchant_reference: OWN, description: 'Cut', amount: undefined };
		const email = {
			...own,
			counterparty_alias: { type: 'EMAIL' as const, value: 'p@example.com' },
		};
		expect(matchEntry(unreadable, own)).toBe('same');
		expect(matchEntry(unreadable, email)).toBe('possible');
		expect(matchEntry({ ...shown, merchant_reference: OWN }, sent)).toBe('different');
		const other = { amount: { value: '-9.00', currency: 'EUR' } };
		expect(matchEntry({ ...unreadable, ...other }, own)).toBe('different');
	});

	test('an email address is known by itself alone', () => {
		const byEmail = {
			...sent,
			counterparty_alias: { type: 'EMAIL' as const, value: 'Sam@example.com' },
		};
		const named = (display_name: string) => ({ ...shown, counterparty_alias: { display_name } });
		expect(matchEntry(named('sam@example.com'), byEmail)).toBe('same');
		expect(matchEntry(named('nora@example.com'), byEmail)).toBe('different');
		expect(matchEntry(named('S. Friend'), byEmail)).toBe('possible');
	});

	test('the holder of an IBAN may have an email address for a name', () => {
		const name = 'Sam@example.com';
		const byIban = { ...sent, counterparty_alias: { ...sent.counterparty_alias, name } };
		const named = (display_name: string) => ({ ...shown, counterparty_alias: { display_name } });
		expect(matchEntry(named('sam@example.com'), byIban)).toBe('possible');
		expect(matchEntry(named('nora@example.com'), byIban)).toBe('different');
	});

	test('entries match one to one, in any order', () => {
		const second = { ...sent, amount: { value: '5.00', currency: 'EUR' } };
		const shownSecond = { ...shown, amount: { value: '-5.00', currency: 'EUR' } };
		expect(matchEntries([shownSecond, shown], [sent, second])).toBe('same');
		expect(matchEntries([shown, shown], [sent, second])).toBe('different');
		expect(matchEntries([shown], [sent, second])).toBe('different');
		expect(matchEntries([undefined, shown], [sent, second])).toBe('possible');
		expect(matchEntries(undefined, [sent])).toBe('possible');
	});
});
