import { urlUserId } from '../auth/callers';
import { checkFilters, filterObjects } from '../bank/filters';
import { INTEGER, STRING, listOf, object, optional, required } from '../http/fields';
import { pageOf } from '../http/pagination';
import { type Route, type SessionCall, route } from '../http/routes';
import { type NotificationFilter, nextId, timestamp } from '../bank/state';
import { accountOf, visibleAccounts } from './monetaryAccount';

/** §10.1. IDs and times of an earlier answer are superfluous. That the list is required is inferred. */
const FILTER_FIELDS = {
	notification_filters: required(
		listOf(
			object({
				category: required(STRING),
				notification_target: required(STRING),
				all_user_id: optional(listOf(INTEGER)),
				all_monetary_account_id: optional(listOf(INTEGER)),
				all_verification_type: optional(listOf(STRING)),
			}),
		),
	),
};

/** The account in the URL, or null at the user level. */
const levelOf = (call: SessionCall): number | null =>
	call.params.accountId === undefined ? null : accountOf(call).id;

/** Whether the call is about the list that holds a filter. */
const isListed = (call: SessionCall) => {
	const { bank, credential, user } = call;
	const accountId = levelOf(call);
	const isTheirs = ({ ownerId }: NotificationFilter) =>
		bank.switches.appCallbacks === 'shared' || ownerId === urlUserId(credential);
	return (filter: NotificationFilter) =>
		filter.userId === user.id && filter.accountId === accountId && isTheirs(filter);
};

/** §10.1: replaces the whole list of its level. */
const replace = (call: SessionCall<typeof FILTER_FIELDS>) => {
	const { bank, env, user, credential, body } = call;
	const isOfList = isListed(call as unknown as SessionCall);
	const accountId = levelOf(call as unknown as SessionCall);
	const ordered = body.notification_filters.map((each) => ({
		category: each.category,
		target: each.notification_target,
		allUserIds: each.all_user_id ?? [],
		allAccountIds: each.all_monetary_account_id ?? [],
		verificationTypes: each.all_verification_type ?? [],
	}));
	const others = env.filters.filter((filter) => !isOfList(filter));
	const kept = checkFilters(
		bank,
		ordered,
		others.filter(({ userId }) => userId === user.id),
	);
	const created = timestamp(bank);
	const filters = kept.map((each) => ({
		...each,
		id: nextId(env),
		created,
		updated: created,
		userId: user.id,
		ownerId: urlUserId(credential),
		accountId,
		grantedAccountIds: credential.accountIds,
	}));
	env.filters = [...others, ...filters];
	if (bank.switches.filterAnswer === 'nested') return { items: [{ Id: { id: nextId(env) } }] };
	return { items: filterObjects(bank, filters, []) };
};

const list = (call: SessionCall) => {
	const { path, query } = call.request;
	const { items, pagination } = pageOf(call.env.filters.filter(isListed(call)), path, query);
	const accountId = levelOf(call);
	const accountIds = accountId === null ? visibleAccounts(call).map(({ id }) => id) : [accountId];
	return { items: filterObjects(call.bank, items, accountIds), pagination };
};

/** §10.1: both levels. */
export const notificationFilter: Route[] = ['', '/monetary-account/{accountId}'].flatMap(
	(level) => {
		const path = `/user/{userId}${level}/notification-filter-url`;
		return [
			route({
				method: 'POST',
				path,
				body: FILTER_FIELDS,
				oauth: 'oauthMayFilter',
				does: 'create notification-filter-url',
				run: replace,
			}),
			route({
				method: 'GET',
				path,
				oauth: 'oauthMayFilter',
				does: 'read notification-filter-url',
				run: list,
			}),
		];
	},
);
