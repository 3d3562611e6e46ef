import {
	ACCOUNT,
	type Exchange,
	FRIEND,
	type Json,
	NOWHERE,
	OWN,
	USER,
	collection,
	euro,
	get,
	post,
	put,
} from '../exchange';

const ibanOf = ({ alias = [] }: Json) => alias.find(({ type }: Json) => type === 'IBAN')?.value;
const ACCOUNTS = `${USER}/monetary-account`;
const banks = `${USER}/monetary-account-bank`;

/** A user, and accounts; the first one has money, the second one was made here. */
export const accounts: Exchange[] = [
	get('user: list', '/user', { keep: ([user]) => ({ nick: user?.public_nick_name }) }),
	get('user: read', USER),
	get('user: an unknown ID', `/user/${NOWHERE}`),
	get('user: an ID that is no number', '/user/abc'),
	put('user: the list', '/user', {}),
	get('user: as a person', '/user-person/{user}'),
	get('user: as a company', '/user-company/{user}'),
	put('user: a field that nobody knows', '/user-person/{user}', { cross_check: 1 }),
	get('user: without User-Agent', '/user', { headers: { 'User-Agent': undefined } }),
	get('user: without Cache-Control', '/user', { headers: { 'Cache-Control': undefined } }),
	get('user: a compressed answer', '/user', { headers: { 'Accept-Encoding': 'gzip' } }),
	get('user: in Dutch', '/user/abc', { headers: { 'X-Bunq-Language': 'nl_NL' } }),
	get('user: a signature on a GET', '/user', { signature: 'right' }),
	get('user: a wrong signature on a GET', '/user', { signature: 'wrong' }),
	get('user: a request ID', '/user', { headers: { 'X-Bunq-Client-Request-Id': 'cross-check' } }),
	get('user: the same request ID', '/user', {
		headers: { 'X-Bunq-Client-Request-Id': 'cross-check' },
	}),
	get('limits', `${USER}/limit`),
	get('legal names', `${USER}/legal-name`),
	get('contract', `${USER}/billing-contract-subscription`),
	get('accounts: list', `${ACCOUNTS}?count=200`, {
		keep: (objects) => {
			const open = objects.filter((one) => one?.status === 'ACTIVE' && ibanOf(one));
			const richest = open.sort((a, b) => Number(b.balance?.value) - Number(a.balance?.value))[0];
			return { account: richest?.id, iban: richest && ibanOf(richest) };
		},
	}),
	get('accounts: a list of one', `${ACCOUNTS}?count=1`),
	get('accounts: a count of 0', `${ACCOUNTS}?count=0`),
	get('accounts: a count above the limit', `${ACCOUNTS}?count=201`),
	get('accounts: a count that is no number', `${ACCOUNTS}?count=abc`),
	get('account: read', ACCOUNT),
	get('account: an unknown ID', `${ACCOUNTS}/${NOWHERE}`),
	get('account: an ID that is no number', `${ACCOUNTS}/abc`),
	...collection({
		name: 'bank account',
		path: banks,
		id: 'own',
		body: { currency: 'EUR', description: 'Cross check' },
	}),
	get('bank account: its IBAN', `${ACCOUNTS}/{own}`, {
		keep: ([account]) => {
			const ownIban = account && ibanOf(account);
			const spaced = ownIban?.toLowerCase().replace(/(.{4})(?=.)/g, '$1 ');
			return { ownIban, ownIbanSpaced: spaced };
		},
	}),
	post('bank account: an unknown currency', banks, { currency: 'XXX' }),
	post('bank account: the currency is a number', banks, { currency: 1 }),
	post(
		'bank account: unsigned',
		banks,
		{ currency: 'EUR' },
		{
			signature: 'none',
			keep: ([one]) => ({ second: one?.id }),
		},
	),
	put('bank account: another description', `${banks}/{own}`, { description: 'Checked' }),
	put('bank account: a limit that is no amount', `${banks}/{own}`, { daily_limit: 'much' }),
	put('bank account: nothing', `${banks}/{own}`, {}),
	put('bank account: an unknown status', `${banks}/{own}`, { status: 'CROSS_CHECK' }),
	put('bank account: change an unknown one', `${banks}/${NOWHERE}`, { description: 'x' }),
	...collection({
		name: 'savings account',
		path: `${USER}/monetary-account-savings`,
		id: 'savings',
		body: { currency: 'EUR', description: 'Cross check', savings_goal: euro('100.00') },
	}),
	get('joint accounts: list', `${USER}/monetary-account-joint`),
	get('external accounts: list', `${USER}/monetary-account-external`),
	get('card accounts: list', `${USER}/monetary-account-card`),
];

const CLOSE = { status: 'CANCELLED', sub_status: 'REDEMPTION_VOLUNTARY', reason: 'OTHER' };

/** Money moves into the account that was made here, which cannot be closed until it is gone again. */
export const closing: Exchange[] = [
	put('closing: an account with money', `${banks}/{own}`, CLOSE),
	put('closing: without a reason', `${banks}/{second}`, { status: 'CANCELLED' }),
	put('closing: an empty account', `${banks}/{second}`, CLOSE),
	put('closing: a closed account', `${banks}/{second}`, CLOSE),
	get('closing: read a closed account', `${ACCOUNTS}/{second}`),
	post('closing: pay from a closed account', `${ACCOUNTS}/{second}/payment`, {
		amount: euro('0.01'),
		counterparty_alias: OWN,
		description: 'x',
	}),
	put('closing: savings', `${USER}/monetary-account-savings/{savings}`, CLOSE),
	post('closing: pay a friend from an empty account', `${ACCOUNTS}/{savings}/payment`, {
		amount: euro('0.01'),
		counterparty_alias: FRIEND,
		description: 'x',
	}),
];
