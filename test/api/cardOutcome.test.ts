import { cardCents, cardOutcome, wasAllowed } from '../../nodes/Bunq/api/cardOutcome';
import type { CardTransaction } from '../../nodes/Bunq/api/cardTypes';

const transaction = (more: object) =>
	({
		_type: 'MasterCardAction',
		id: 1,
		amount_billing: { value: '25.00', currency: 'EUR' },
		decision: 'ALLOWED',
		authorisation_status: 'AUTHORISED',
		authorisation_type: 'NORMAL_AUTHORISATION',
		clearing_status: 'PENDING',
		payment_status: 'PAYMENT_SUCCESSFUL',
		...more,
	}) as CardTransaction;
const outcome = (more: object) => cardOutcome(transaction(more));

test.each([
	['reserved', {}],
	['paid', { clearing_status: 'FIRST_PRESENTMENT_COMPLETE' }],
	['paid', { authorisation_status: 'PRE_AUTHORISATION_FINALISED' }],
	['reserved', { authorisation_status: 'PRE_AUTHORISED', clearing_status: null }],
	['refunded', { authorisation_status: 'CLEARING_REFUND', decision: undefined }],
	['refunded', { authorisation_type: 'CLEARING_REFUND' }],
	['refunded', { payment_status: 'CREDIT_TRANSFER' }],
	['reversed', { authorisation_status: 'REVERSED', payment_status: 'CREDIT_TRANSFER' }],
	['reversed', { authorisation_status: 'PRE_AUTHORISATION_EXPIRED' }],
	['declined', { authorisation_status: 'BLOCKED', decision: 'PIN_INCORRECT' }],
	['declined', { authorisation_status: null, decision: 'PIN_INCORRECT' }],
	['declined', { authorisation_status: 'BLOCKED', decision: null }],
])('%s: %j', (expected, more) => {
	expect(outcome(more)).toBe(expected);
});

/** Values that say nothing. */
const UNKNOWN: unknown[] = [
	undefined,
	null,
	'',
	'SOMETHING_NEW',
	'constructor',
	7,
	{},
	['AUTHORISED'],
	{ toString: 1 },
];

test.each(UNKNOWN)('%p is unknown', (word) => {
	expect(outcome({ authorisation_status: word })).toBe('unknown');
	expect(outcome({ clearing_status: word })).toBe('unknown');
});

test('words that contradict each other are unknown', () => {
	expect(outcome({ decision: 'PIN_INCORRECT' })).toBe('unknown');
});

test.each(['25.00', '-25.00', '25', 25])("the sign does not depend on bunq's: %p", (value) => {
	const cents = (more: object) => cardCents(transaction({ amount_billing: { value }, ...more }));
	expect(cents({})).toBe(-2500);
	expect(cents({ authorisation_status: 'CLEARING_REFUND' })).toBe(2500);
	expect(cents({ authorisation_status: 'REVERSED' })).toBe(-2500);
	expect(cents({ authorisation_status: 'SOMETHING_NEW' })).toBe(-2500);
});

test.each<unknown>([undefined, null, 'x', {}, { value: null }, { value: {} }, { value: '1.234' }])(
	'an amount of %p is none',
	(amount_billing) => expect(cardCents(transaction({ amount_billing }))).toBeUndefined(),
);

test('an amount of zero has no sign', () => {
	expect(Object.is(cardCents(transaction({ amount_billing: { value: '0.00' } })), 0)).toBe(true);
});

test('it was allowed unless bunq names a reason, and unknown where bunq names nothing', () => {
	expect(wasAllowed(transaction({}))).toBe(true);
	expect(wasAllowed(transaction({ decision: 'PIN_INCORRECT' }))).toBe(false);
	expect(wasAllowed(transaction({ decision: {}, authorisation_status: 'BLOCKED' }))).toBe(false);
	expect(wasAllowed(transaction({ decision: null }))).toBeUndefined();
});
