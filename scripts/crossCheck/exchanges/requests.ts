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
	keepId,
	post,
	put,
} from '../exchange';

const inquiries = `${ACCOUNT}/request-inquiry`;
const ask = (more: object = {}) => ({
	amount_inquired: euro('0.10'),
	counterparty_alias: FRIEND,
	description: 'Cross check',
	allow_bunqme: false,
	...more,
});
const asked = (name: string, body: object, more: Partial<Exchange> = {}) =>
	post(`request: ${name}`, inquiries, ask(body), more);

/** The sandbox's friend pays what is asked; the own user is asked through an account of its own. */
export const request: Exchange[] = [
	post('request: money for the cross-check', inquiries, ask({ amount_inquired: euro('100.00') }), {
		keep: ([one]) => ({ funded: one?.id }),
	}),
	...collection({
		name: 'request',
		path: inquiries,
		id: 'request',
		// The friend would pay at once.
		body: ask({ counterparty_alias: OWN }),
	}),
	asked(
		'above the limit of the sandbox',
		{ amount_inquired: euro('500.01') },
		{ keep: keepId('above') },
	),
	asked('nothing', { amount_inquired: euro('0.00') }),
	asked('a negative amount', { amount_inquired: euro('-1.00') }),
	asked('without allow_bunqme', { allow_bunqme: undefined }),
	asked('allow_bunqme is a text', { allow_bunqme: 'yes' }),
	asked('with a bunq.me link', {
		allow_bunqme: true,
		counterparty_alias: { type: 'EMAIL', value: 'cross-check@example.com', name: 'Nobody' },
	}),
	asked('to the friend', {}),
	asked('an invalid redirect URL', { redirect_url: 'x' }),
	asked('a minimum age', { minimum_age: 18 }),
	asked('an address', { require_address: 'SHIPPING' }),
	asked('an unknown demand for an address', { require_address: 'CROSS_CHECK' }),
	asked('a reference', { merchant_reference: 'cross-check-1' }),
	post('request: unsigned', inquiries, ask(), { signature: 'none' }),
	post('request: to oneself', `${USER}/monetary-account/{own}/request-inquiry`, {
		...ask(),
		counterparty_alias: { type: 'IBAN', value: '{iban}', name: 'Cross Check' },
	}),
	put('request: an unknown status', `${inquiries}/{request}`, { status: 'CROSS_CHECK' }),
	put('request: revoke', `${inquiries}/{request}`, { status: 'REVOKED' }),
	put('request: revoke again', `${inquiries}/{request}`, { status: 'REVOKED' }),
	put('request: revoke an unknown one', `${inquiries}/${NOWHERE}`, { status: 'REVOKED' }),
	get('request: read a revoked one', `${inquiries}/{request}`),
	get('request: one that the friend paid', `${inquiries}/{funded}`, { waits: 3_000 }),
	get('request: one above the limit of the sandbox, later', `${inquiries}/{above}`),
];

const batches = `${ACCOUNT}/request-inquiry-batch`;

export const requestBatch: Exchange[] = [
	...collection({
		name: 'request batch',
		path: batches,
		id: 'requests',
		body: {
			request_inquiries: [ask({ counterparty_alias: OWN })],
			total_amount_inquired: euro('0.10'),
		},
	}),
	post('request batch: a wrong total', batches, {
		request_inquiries: [ask({ counterparty_alias: OWN })],
		total_amount_inquired: euro('5.00'),
	}),
	post('request batch: no requests', batches, {
		request_inquiries: [],
		total_amount_inquired: euro('0.10'),
	}),
	put('request batch: revoke', `${batches}/{requests}`, { status: 'REVOKED' }),
];

const responses = `${ACCOUNT}/request-response`;

export const response: Exchange[] = [
	...collection({ name: 'request response', path: responses, id: 'response' }),
	get('request response: one of the own user', responses, {
		keep: (objects) => ({ response: objects.find(({ status }) => status === 'PENDING')?.id }),
	}),
	post('request response: create', responses, {}),
	put('request response: an unknown status', `${responses}/{response}`, { status: 'CROSS_CHECK' }),
	put(
		'request response: accept, unsigned',
		`${responses}/{response}`,
		{ status: 'ACCEPTED' },
		{
			signature: 'none',
		},
	),
	put('request response: another amount', `${responses}/{response}`, {
		status: 'ACCEPTED',
		amount_responded: euro('9999999.00'),
	}),
	put('request response: reject', `${responses}/{response}`, { status: 'REJECTED' }),
	put('request response: reject again', `${responses}/{response}`, { status: 'REJECTED' }),
	put('request response: change an unknown one', `${responses}/${NOWHERE}`, { status: 'REJECTED' }),
];

const tabs = `${ACCOUNT}/bunqme-tab`;
const tabOf = (more: object = {}) => ({
	bunqme_tab_entry: { amount_inquired: euro('1.00'), description: 'Cross check', ...more },
});

export const bunqMe: Exchange[] = [
	...collection({ name: 'bunq.me', path: tabs, id: 'tab', body: tabOf() }),
	post('bunq.me: without an amount', tabs, { bunqme_tab_entry: { description: 'x' } }),
	post('bunq.me: a redirect URL', tabs, tabOf({ redirect_url: 'https://example.com/paid' })),
	post('bunq.me: a negative amount', tabs, tabOf({ amount_inquired: euro('-1.00') })),
	post('bunq.me: the entry is a list', tabs, { bunqme_tab_entry: [] }),
	put('bunq.me: an unknown status', `${tabs}/{tab}`, { status: 'CROSS_CHECK' }),
	put('bunq.me: cancel with a status only', `${tabs}/{tab}`, { status: 'CANCELLED' }),
	get('bunq.me: read a cancelled one', `${tabs}/{tab}`),
	put('bunq.me: cancel again', `${tabs}/{tab}`, { status: 'CANCELLED' }),
	get('bunq.me: fundraisers', `${USER}/bunqme-fundraiser-profile`),
];
