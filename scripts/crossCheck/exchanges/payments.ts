import {
	ACCOUNT,
	type Exchange,
	FRIEND,
	NOWHERE,
	OWN,
	USER,
	collection,
	euro,
	get,
	post,
	put,
} from '../exchange';

const payments = `${ACCOUNT}/payment`;
const pay = (more: object = {}) => ({
	amount: euro('0.01'),
	counterparty_alias: OWN,
	description: 'Cross check',
	...more,
});
const refused = (name: string, more: object) => post(`payment: ${name}`, payments, pay(more));

export const payment: Exchange[] = [
	...(['none', 'empty', 'wrong'] as const).map((signature) =>
		post(`payment: signature ${signature}`, payments, pay(), { signature }),
	),
	...collection({ name: 'payment', path: payments, id: 'payment', body: pay() }),
	refused('more than there is', { amount: euro('9999999.00') }),
	refused('nothing', { amount: euro('0.00') }),
	refused('a negative amount', { amount: euro('-1.00') }),
	refused('three decimals', { amount: euro('0.011') }),
	refused('no decimals', { amount: euro('1') }),
	refused('a comma', { amount: euro('0,01') }),
	refused('an amount that is a number', { amount: euro(0.01) }),
	refused('an amount that is a text', { amount: '0.01' }),
	refused('an amount of null', { amount: null }),
	refused('another currency', { amount: { value: '0.01', currency: 'USD' } }),
	refused('an amount without a currency', { amount: { value: '0.01' } }),
	refused('no description', { description: undefined }),
	refused('an empty description', { description: '' }),
	refused('a description of 141 characters', { description: 'x'.repeat(141) }),
	refused('a description of 9001 characters', { description: 'x'.repeat(9001) }),
	// Two clients report these.
	...['#', '|', '_'].map((one) =>
		refused(`a description with ${one}`, { description: `Cross check ${one}` }),
	),
	refused('a description that is a number', { description: 1 }),
	refused('an IBAN with a wrong check digit', {
		counterparty_alias: { type: 'IBAN', value: 'NL00BUNQ0000000000', name: 'Nobody' },
	}),
	refused('an IBAN without a name', { counterparty_alias: { ...OWN, name: undefined } }),
	refused('an IBAN in small letters and groups', {
		counterparty_alias: { ...OWN, value: '{ownIbanSpaced}' },
	}),
	refused('to itself', { counterparty_alias: { ...OWN, value: '{iban}' } }),
	refused('an unknown type of recipient', { counterparty_alias: { type: 'CROSS', value: 'x' } }),
	refused('a recipient that is a text', { counterparty_alias: '{ownIban}' }),
	refused('an invalid email address', { counterparty_alias: { type: 'EMAIL', value: 'x' } }),
	refused('an invalid phone number', {
		counterparty_alias: { type: 'PHONE_NUMBER', value: 'x' },
	}),
	refused('a reference', { merchant_reference: 'cross-check-1' }),
	refused('an attachment that nobody has', { attachment: [{ id: NOWHERE }] }),
	refused('attachment is an object', { attachment: { id: 1 } }),
	post('payment: to a friend', payments, pay({ counterparty_alias: FRIEND })),
	post('payment: from an unknown account', `${USER}/monetary-account/${NOWHERE}/payment`, pay()),
	post('payment: a list instead of an object', payments, [pay()]),
	{ name: 'payment: no JSON', method: 'POST', path: payments, raw: '{"amount":' },
	post('payment: without Content-Type', payments, pay(), {
		headers: { 'Content-Type': undefined },
	}),
	post('payment: Content-Type text', payments, pay(), {
		headers: { 'Content-Type': 'text/plain' },
	}),
	put('payment: change', `${payments}/{payment}`, { description: 'x' }),
	get('payments: first page of two', `${payments}?count=2`, {
		keep: (objects) => ({ newest: objects[0]?.id, older: objects.at(-1)?.id }),
	}),
	get('payments: second page of two', `${payments}?count=2&older_id={older}`, {
		keep: (objects) => ({ oldest: objects.at(-1)?.id }),
	}),
	get('payments: newer than, more than fit', `${payments}?count=1&newer_id={oldest}`),
	get('payments: newer than the newest', `${payments}?newer_id={newest}`),
	get('payments: both directions', `${payments}?newer_id={oldest}&older_id={newest}`),
	get('payments: older than an ID that is no number', `${payments}?older_id=abc`),
	get('payments: a count above the limit', `${payments}?count=201`),
	get('payments: a negative count', `${payments}?count=-1`),
	get('payments: an unknown parameter', `${payments}?cross_check=1`),
	get('payments: the limit of GET', `${payments}?count=1`, { times: 5 }),
	{ name: 'payments: HEAD', method: 'HEAD', path: payments },
];

const batches = `${ACCOUNT}/payment-batch`;

export const batch: Exchange[] = [
	...collection({
		name: 'batch',
		path: batches,
		id: 'batch',
		body: { payments: [pay(), pay({ description: 'Cross check 2' })] },
	}),
	post('batch: no payments', batches, { payments: [] }),
	post('batch: payments is an object', batches, { payments: pay() }),
	post('batch: unsigned', batches, { payments: [pay()] }, { signature: 'none' }),
	post('batch: one of two is wrong', batches, {
		payments: [pay(), pay({ amount: euro('-1.00') })],
	}),
	post('batch: more than there is', batches, { payments: [pay({ amount: euro('9999999.00') })] }),
	put('batch: nothing', `${batches}/{batch}`, {}),
	put('batch: a status', `${batches}/{batch}`, { status: 'CANCELLED' }),
];

const drafts = `${ACCOUNT}/draft-payment`;
const draftOf = (entry: object = {}) => ({
	entries: [pay(entry)],
	number_of_required_accepts: 1,
});
const TIMESTAMP = '{updated}';

export const draft: Exchange[] = [
	...collection({ name: 'draft', path: drafts, id: 'draft', body: draftOf() }),
	get('draft: the time of its last change', `${drafts}/{draft}`, {
		keep: ([one]) => ({ updated: one?.updated }),
	}),
	post('draft: unsigned', drafts, draftOf(), { signature: 'none' }),
	post('draft: no entries', drafts, { entries: [], number_of_required_accepts: 1 }),
	post('draft: entries is an object', drafts, { ...draftOf(), entries: pay() }),
	post('draft: two accepts', drafts, { ...draftOf(), number_of_required_accepts: 2 }),
	post('draft: a status', drafts, { ...draftOf(), status: 'PENDING' }),
	post('draft: with a schedule', drafts, {
		...draftOf(),
		schedule: {
			time_start: '2099-01-01 09:00:00.000000',
			recurrence_unit: 'ONCE',
			recurrence_size: 1,
		},
	}),
	post('draft: a negative amount', drafts, draftOf({ amount: euro('-1.00') })),
	post('draft: more than there is', drafts, draftOf({ amount: euro('9999999.00') })),
	post(
		'draft: two entries',
		drafts,
		{ ...draftOf(), entries: [pay(), pay({ description: 'b' })] },
		{
			keep: ([one]) => ({ draft2: one?.id }),
		},
	),
	get('draft: two entries, read', `${drafts}/{draft2}`),
	put('draft: an unknown status', `${drafts}/{draft}`, { status: 'CROSS_CHECK' }),
	put(
		'draft: accept, unsigned',
		`${drafts}/{draft}`,
		{ status: 'ACCEPTED' },
		{
			signature: 'none',
		},
	),
	put('draft: cancel with a wrong time', `${drafts}/{draft}`, {
		status: 'CANCELLED',
		previous_updated_timestamp: '2001-01-01 00:00:00.000000',
	}),
	put('draft: cancel without the time', `${drafts}/{draft2}`, { status: 'CANCELLED' }),
	put('draft: cancel', `${drafts}/{draft}`, {
		status: 'CANCELLED',
		previous_updated_timestamp: TIMESTAMP,
	}),
	put('draft: cancel again', `${drafts}/{draft}`, {
		status: 'CANCELLED',
		previous_updated_timestamp: TIMESTAMP,
	}),
	get('draft: read a cancelled one', `${drafts}/{draft}`),
];
