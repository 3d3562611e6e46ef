import {
	ACCOUNT,
	type Exchange,
	type Json,
	NOWHERE,
	USER,
	get,
	post,
	put,
	remove,
	collection,
	euro,
	OWN,
} from '../exchange';

const TARGET = 'https://example.com/cross-check';
const filter = (more: object = {}) => ({
	category: 'MUTATION',
	notification_target: TARGET,
	...more,
});
const filters = (...list: object[]) => ({ notification_filters: list });

/** What bunq takes back of a filter that it showed. */
const restorable = ({
	category,
	notification_target,
	all_user_id,
	all_monetary_account_id,
	all_verification_type,
}: Json) => ({
	category,
	notification_target,
	all_user_id,
	all_monetary_account_id,
	all_verification_type,
});

/** Each POST replaces the whole list; the last one restores it. */
const level = (name: string, path: string): Exchange[] => {
	const set = (what: string, body: unknown) => post(`callbacks of ${name}: ${what}`, path, body);
	const list = (what: string) => get(`callbacks of ${name}: list ${what}`, path);
	return [
		get(`callbacks of ${name}: list before`, path, {
			keep: (objects) => ({ filtersBefore: objects.map(restorable) }),
		}),
		set('one', filters(filter())),
		list('of one'),
		set(
			'three addresses for a category',
			filters(...[1, 2, 3].map((n) => filter({ notification_target: `${TARGET}/${n}` }))),
		),
		set('the same twice', filters(filter(), filter())),
		set('an unknown category', filters(filter({ category: 'CROSS_CHECK' }))),
		set('a category of push messages', filters(filter({ category: 'CARD_TRANSACTION_UPDATED' }))),
		set('without TLS', filters(filter({ notification_target: 'http://example.com/' }))),
		set('another port', filters(filter({ notification_target: 'https://example.com:8443/' }))),
		set('a query in the address', filters(filter({ notification_target: `${TARGET}?a=b` }))),
		list('with a query'),
		set('only for an account', filters(filter({ all_monetary_account_id: ['{account}'] }))),
		list('only for an account'),
		set('with an ID', filters(filter({ id: 1, created: '2026-01-01 00:00:00.000000' }))),
		set('an object instead of a list', { notification_filters: filter() }),
		set('without the list', {}),
		set('none', filters()),
		list('of none'),
		set('as before', { notification_filters: '{filtersBefore}' }),
	];
};

export const callbacks: Exchange[] = [
	...level('the user', `${USER}/notification-filter-url`),
	...level('an account', `${ACCOUNT}/notification-filter-url`),
	remove('callbacks: delete by ID', `${USER}/notification-filter-url/1`),
	get('callbacks that failed', `${USER}/notification-filter-failure`),
	post('callbacks that failed: again', `${USER}/notification-filter-failure`, {
		notification_filter_failed_ids: '1',
	}),
	get('certificates', `${USER}/certificate-pinned`),
	get('messages by push', `${USER}/notification-filter-push`),
	get('messages by email', `${USER}/notification-filter-email`),
];

const schedules = `${ACCOUNT}/schedule-payment`;
const planned = (payment: object = {}, schedule: object = {}) => ({
	payment: {
		amount: euro('0.01'),
		counterparty_alias: OWN,
		description: 'Cross check',
		...payment,
	},
	schedule: {
		time_start: '2099-01-01 09:00:00.000000',
		time_end: '2099-03-01 09:00:00.000000',
		recurrence_unit: 'MONTHLY',
		recurrence_size: 1,
		...schedule,
	},
});

export const schedule: Exchange[] = [
	...collection({ name: 'scheduled payment', path: schedules, id: 'scheduled', body: planned() }),
	post('scheduled payment: unsigned', schedules, planned(), { signature: 'none' }),
	post(
		'scheduled payment: in the past',
		schedules,
		planned({}, { time_start: '2001-01-01 09:00:00.000000' }),
	),
	post(
		'scheduled payment: the end before the start',
		schedules,
		planned({}, { time_end: '2098-01-01 09:00:00.000000' }),
	),
	post(
		'scheduled payment: an unknown unit',
		schedules,
		planned({}, { recurrence_unit: 'CROSS_CHECK' }),
	),
	post('scheduled payment: a negative amount', schedules, planned({ amount: euro('-1.00') })),
	put(
		'scheduled payment: another amount',
		`${schedules}/{scheduled}`,
		planned({ amount: euro('0.02') }),
	),
	get('schedules: of the account', `${ACCOUNT}/schedule`, {
		keep: ([one]) => ({ schedule: one?.id }),
	}),
	get('schedules: of the user', `${USER}/schedule`),
	get('schedules: of a type', `${USER}/schedule?type=SCHEDULE_DEFINITION_PAYMENT`),
	get('schedules: read', `${ACCOUNT}/schedule/{schedule}`),
	get('schedules: runs', `${ACCOUNT}/schedule/{schedule}/schedule-instance`),
	remove('scheduled payment: delete', `${schedules}/{scheduled}`),
	get('scheduled payment: read a deleted one', `${schedules}/{scheduled}`),
	remove('scheduled payment: delete again', `${schedules}/{scheduled}`),
	remove('scheduled payment: delete an unknown one', `${schedules}/${NOWHERE}`),
];
