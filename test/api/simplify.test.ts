import { simplified } from '../../nodes/Bunq/simplify';

/** Simplify reads values of any type: what is not of the right one is null, never another value and never an error. */

const TYPES = [
	'UserPerson',
	'MonetaryAccountBank',
	'Payment',
	'PaymentBatch',
	'DraftPayment',
	'CardDebit',
	'MasterCardAction',
	'RequestInquiry',
	'RequestInquiryBatch',
	'RequestResponse',
];
const KEYS =
	'id created updated monetary_account_id amount amount_inquired amount_responded amount_billing balance description status type currency display_name counterparty_alias alias entries payments request_inquiries granted_by_user requested_by_user session_timeout pin_code_assignment primary_account_numbers card_limit decision authorisation_status merchant_reference time_expiry';

/** Values that are of no key's type, alone and inside. */
const WRONG: unknown[] = [
	null,
	true,
	{},
	[],
	[null],
	[[null]],
	{ value: {} },
	{ value: { toString: 1 } },
	{ toString: 1, valueOf: 1 },
	{ value: [1], currency: {} },
	{ UserPerson: null },
	[{ amount: { value: null } }],
	[{ type: 'PRIMARY', monetary_account_id: {} }],
];

describe.each(TYPES)('%s', (_type) => {
	test.each(WRONG)('every key as %j', (wrong) => {
		const raw = Object.fromEntries(KEYS.split(' ').map((key) => [key, wrong]));
		const { type, outcome, entries, ...rest } = simplified({ ...raw, _type });
		expect(Object.values(rest).filter((value) => value !== null)).toEqual([]);
		expect([null, expect.any(Number)]).toContainEqual(entries ?? null);
		expect(typeof type === 'string' || type === null || type === undefined).toBe(true);
		if (_type === 'MasterCardAction') expect(outcome).toBe('unknown');
	});
});

describe('a sum is of all entries in one currency', () => {
	const entry = (value: unknown, currency: unknown = 'EUR') => ({ amount: { value, currency } });
	test.each([
		[[entry('0.10'), entry('0.20')], 0.3, 'EUR', 2],
		[[entry('1.00'), null], null, null, 2],
		[[entry('1.00'), entry('x')], null, 'EUR', 2],
		[[entry('1.00'), entry('1.00', 'USD')], null, null, 2],
		[[], null, null, 0],
		[null, null, null, null],
		[{ 0: entry('1.00') }, null, null, null],
	])('%j', (entries, amount, currency, count) => {
		const draft = simplified({ _type: 'DraftPayment', id: 1, entries });
		expect(draft).toMatchObject({ amount, currency, entries: count });
	});
});

test("an app's ID is not the granting user's", () => {
	const granted_by_user = { UserPerson: { display_name: 'Alice' } };
	const user = simplified({ _type: 'UserApiKey', id: 7, granted_by_user });
	expect(user).toMatchObject({ id: 7, userId: null, displayName: 'Alice' });
});
