import { extraFields } from './objects';
import { refusals, refuse } from '../http/refusal';
import type { Bank, FilterFailure, Json, NotificationFilter } from './state';

/** Notification filters: which URLs the bank calls about what (§10.1). */

/** §10.1: the categories of bunq's documentation. */
const CATEGORIES = new Set([
	'BILLING',
	'BUNQME_TAB',
	'CARD_TRANSACTION_FAILED',
	'CARD_TRANSACTION_SUCCESSFUL',
	'CHAT',
	'DRAFT_PAYMENT',
	'IDEAL',
	'MUTATION',
	'OAUTH',
	'PAYMENT',
	'REQUEST',
	'SCHEDULE_RESULT',
	'SCHEDULE_STATUS',
	'SHARE',
	'SOFORT',
	'SUPPORT',
	'TAB_RESULT',
]);

const MOST_URLS = 2;

/** A filter as a client sends it. */
export type Ordered = Pick<NotificationFilter, 'category' | 'target'>;

/** §10.1: HTTPS, a known category, two URLs. bunq's words for none of these are known. */
export const checkFilters = <T extends Ordered>(
	{ switches }: Bank,
	ordered: readonly T[],
	others: readonly Ordered[],
): T[] => {
	const isKnown = ({ category }: Ordered) => CATEGORIES.has(category);
	for (const { target } of ordered) {
		const isCallable = switches.httpsCallbacks ? /^https:\/\/./ : /^https?:\/\/./;
		if (!isCallable.test(target) || !URL.canParse(target)) {
			throw refusals.wrongValue('notification_target', 'an HTTPS URL');
		}
	}
	const unknown = ordered.find((each) => !isKnown(each));
	if (unknown && switches.unknownCategory === 'refuse') {
		throw refusals.wrongValue('category', `no "${unknown.category}"`);
	}
	for (const category of CATEGORIES) {
		const counted = switches.callbackLimit === 'user' ? [...ordered, ...others] : ordered;
		const urls = new Set(
			counted.filter((each) => each.category === category).map(({ target }) => target),
		);
		if (switches.callbackLimit !== 'none' && urls.size > MOST_URLS) {
			throw refuse('targets', { most: MOST_URLS, category });
		}
	}
	return switches.unknownCategory === 'ignore' ? ordered.filter(isKnown) : [...ordered];
};

/** Whether bunq calls the filter's URL about something that happened to a user, in an account or in none. */
export const isAbout = (
	{ switches }: Bank,
	filter: NotificationFilter,
	{ userId, accountId }: { userId: number; accountId: number | null },
): boolean => {
	if (filter.userId !== userId) return false;
	if (accountId === null) return filter.accountId === null;
	const isNarrow = switches.accountIdsNarrowFilters && filter.allAccountIds.length > 0;
	return (
		(filter.accountId ?? accountId) === accountId &&
		(filter.grantedAccountIds?.includes(accountId) ?? true) &&
		(!isNarrow || filter.allAccountIds.includes(accountId))
	);
};

/** §10.1: the lists are empty in the answer to a POST, and filled in that to a GET. */
const listsOf = (filter: NotificationFilter, accountIds: readonly number[]): Json => ({
	all_user_id:
		filter.allUserIds.length > 0 || !accountIds.length ? filter.allUserIds : [filter.userId],
	all_monetary_account_id: filter.allAccountIds.length > 0 ? filter.allAccountIds : accountIds,
	all_verification_type: filter.verificationTypes,
});

/** The filters as bunq shows them. `accountIds` fills the empty lists, after a GET. */
export const filterObjects = (
	bank: Bank,
	filters: readonly NotificationFilter[],
	accountIds: readonly number[],
): Json[] => {
	const { filterAnswer } = bank.switches;
	const shown = filters.map((filter) => ({
		...(filterAnswer === 'full' && {
			id: filter.id,
			created: filter.created,
			updated: filter.updated,
		}),
		category: filter.category,
		...((filterAnswer === 'full' || filterAnswer === 'lists') && listsOf(filter, accountIds)),
		notification_target: filter.target,
		...extraFields(bank),
	}));
	if (filterAnswer === 'nested')
		return [{ NotificationFilterUrl: { notification_filters: shown } }];
	return shown.map((NotificationFilterUrl) => ({ NotificationFilterUrl }));
};

/** A call that the bank gave up, as in the partner API's example (§10.2). */
export const failureObject = (bank: Bank, failure: FilterFailure): Json => {
	const { filter, eventType, objectId } = failure.delivery;
	const named = { category: filter.category, notification_target: filter.target };
	return {
		NotificationFilterFailure: {
			id: failure.id,
			created: failure.created,
			updated: failure.updated,
			notification_filters: [named],
			...named,
			event_type: eventType,
			object_id: objectId,
			exception_message: failure.message,
			response_code: failure.status,
			...extraFields(bank),
		},
	};
};
