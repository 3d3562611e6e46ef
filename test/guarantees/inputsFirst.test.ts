import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, locator, MAY_PAY_OTHERS } from '../support/parameters';

/** What is wrong by itself in any item is found before the first write: nobody has to sort out what was paid already. */

const bank = useBank();

const toOthers = async (resource: string, more: IDataObject = {}): Promise<IDataObject> => ({
	resource,
	operation: 'create',
	account: await bank.locate('Main'),
	...(await bank.toThirdParty()),
	amount: 1,
	paymentDescription: 'Rent',
	...more,
});

/** The parameters of all items, the third item's value, and the error. */
type Case = [
	what: string,
	resource: string,
	parameters: IDataObject,
	third: unknown,
	error: RegExp,
];

const FAR = '2098-12-01T09:00:00';

describe('the third of three items', () => {
	test.each<Case>([
		[
			'a wrong IBAN',
			'payment',
			{ recipientIban: '={{ $json.value }}' },
			'NL15RABO0169202917',
			/IBAN/,
		],
		['a wrong amount', 'payment', { amount: '={{ $json.value ?? 1 }}' }, 0, /^"Amount" must be/],
		[
			'no email address',
			'payment',
			{ recipientType: 'email', recipientEmail: '={{ $json.value }}' },
			'nobody',
			/^"Recipient Email" must be/,
		],
		[
			'no reference to skip duplicates by',
			'payment',
			{
				options: { skipIfDuplicate: true },
				additionalFields: { merchantReference: '={{ $json.value }}' },
			},
			'',
			/needs a "Merchant Reference"/,
		],
		['a wrong IBAN', 'draftPayment', { recipientIban: '={{ $json.value }}' }, 'NL15', /IBAN/],
		[
			'a start in the past',
			'draftPayment',
			{ additionalFields: { scheduleStart: '={{ $json.value }}' } },
			'2020-01-01',
			/^"Schedule Start" must be in the future/,
		],
		[
			'a start in the past',
			'scheduledPayment',
			{ startAt: '={{ $json.value }}', recurrence: 'once' },
			'2020-01-01',
			/^"Start At" must be in the future/,
		],
		[
			'no phone number',
			'requestInquiry',
			{ recipientType: 'phone', recipientPhone: '={{ $json.value }}' },
			'12',
			/^"Payer Phone" must be/,
		],
	])('has %s (%s): nothing is sent for any', async (_, resource, more, third, error) => {
		const good: Record<string, unknown> = {
			recipientIban: (await bank.toThirdParty()).recipientIban,
			recipientEmail: 'ann@example.com',
			recipientPhone: '+31612345678',
			startAt: FAR,
			additionalFields: resource === 'draftPayment' ? FAR : 'INV-1',
			amount: 1,
		};
		const [field] = Object.keys(more).filter((name) =>
			JSON.stringify(more[name]).includes('$json'),
		);
		const items = [good[field], good[field], third].map((value) => ({ value }) as IDataObject);
		const result = await bank.apiKey(await toOthers(resource, more), {
			items,
			credential: MAY_PAY_OTHERS,
		});
		expect(result.error?.context?.itemIndex).toBe(2);
		expect(result.error?.message).toMatch(error);
		expect(result.error?.description).toMatch(/^Nothing was sent\./);
		expect(result.error?.description).toMatch(/3rd item .*Nothing was done for any item\.$/);
		expect(await bank.requests()).toEqual([]);
	});

	test("has an expression that fails: n8n's error says that nothing was done for any", async () => {
		const amount = "={{ $json.bad ? $('Nowhere').first().json.amount : 1 }}";
		const { error } = await bank.oauth(await bank.payHousehold({ amount }), {
			items: [{}, {}, { bad: true }],
		});
		expect(error?.context?.itemIndex).toBe(2);
		expect(error?.description).toMatch(/3rd item .*Nothing was done for any item\.$/);
		expect(await bank.requests()).toEqual([]);
	});
});

test('with Continue, the good ones are paid', async () => {
	const parameters = await bank.payHousehold({ amount: '={{ $json.amount }}' });
	const { json } = await bank.oauth(parameters, {
		items: [{ amount: 1 }, { amount: 0 }, { amount: 2 }],
		settings: CONTINUE_ON_FAIL,
	});
	expect(json).toMatchObject([{ amount: -1 }, { error: expect.anything() }, { amount: -2 }]);
	expect(await bank.receivedByHousehold()).toBe(3);
});

test('an account is searched when its item is paid: the payments before it are named', async () => {
	const recipientAccount = locator('name', '={{ $json.to }}');
	const { error } = await bank.oauth(await bank.payHousehold({ recipientAccount }), {
		items: [{ to: 'Household' }, { to: 'Nowhere' }],
	});
	expect(error?.description).toMatch(/^Already done, and not undone: the 1st item/);
	expect(await bank.requestCount('POST')).toBe(1);
});

test('a repetition first settles what was sent, whatever the items say now', async () => {
	const parameters = await bank.payHousehold({ amount: '={{ $json.amount }}' });
	const executionId = 'settled first';
	await bank.control.fault({ kind: 'drop-after', method: 'POST', path: 'payment$' });
	await bank.oauth(parameters, { items: [{ amount: 1 }, { amount: 2 }], executionId });
	const { error } = await bank.oauth(parameters, {
		items: [{ amount: 1 }, { amount: 0 }],
		executionId,
	});
	expect(error?.context?.itemIndex).toBe(1);
	expect(error?.description).toMatch(/^Already done, and not undone: the 1st item/);
	expect(await bank.receivedByHousehold()).toBe(1);
});
