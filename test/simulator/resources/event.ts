import { isShown } from '../bank/announce';
import { extraFields } from '../bank/objects';
import { itemOf, shownPage } from '../http/pagination';
import { refusals } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import type { Bank, BankEnvironment, BankEvent } from '../bank/state';
import { visibleAccounts } from './monetaryAccount';

const statusOf = (event: BankEvent) => (event.awaitsReply() ? 'AWAITING_REPLY' : 'FINALIZED');

/** §10.3; that an account's event names the user too is inferred. */
const eventObject = (bank: Bank, env: BankEnvironment, event: BankEvent) => {
	const shown = (id: number) => (bank.switches.eventIds === 'text' ? String(id) : id);
	return {
		Event: {
			id: event.id,
			created: event.created,
			updated: event.updated,
			action: event.action,
			user_id: shown(event.userId),
			monetary_account_id: shown(event.accountId),
			object: event.show(bank, env),
			status: statusOf(event),
			...extraFields(bank),
		},
	};
};

/** The events of the accounts that the caller may see, and whose objects a GET shows. */
const eventsOf = (call: SessionCall): BankEvent[] => {
	const { bank, env } = call;
	const accounts = new Set(visibleAccounts(call).map(({ id }) => id));
	return env.events.filter(
		({ accountId, objectId }) => accounts.has(accountId) && isShown(bank, env, objectId),
	);
};

const STATUSES = ['AWAITING_REPLY', 'FINALIZED'];

/** §10.3. Every event here is one of an account, so `display_user_event` changes nothing. The words are invented. */
const isWanted = (query: Record<string, string>) => {
	const { status, display_user_event: userEvents = 'true' } = query;
	const accountIds = query.monetary_account_id?.split(',');
	if (status !== undefined && !STATUSES.includes(status)) {
		throw refusals.wrongValue('status', `one of ${STATUSES.join(', ')}`);
	}
	if (!['true', 'false'].includes(userEvents)) {
		throw refusals.wrongType('display_user_event', 'BOOLEAN');
	}
	return (event: BankEvent) =>
		(accountIds?.includes(String(event.accountId)) ?? true) &&
		(status === undefined || statusOf(event) === status);
};

const path = '/user/{userId}/event';

/** §10.3 */
export const event: Route[] = [
	route({
		method: 'GET',
		path,
		oauth: 'oauthMayReadEvents',
		does: 'read event',
		run(call) {
			const { bank, env, request } = call;
			const wanted = eventsOf(call).filter(isWanted(request.query));
			return shownPage(request, wanted, (each) => eventObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: `${path}/{eventId}`,
		oauth: 'oauthMayReadEvents',
		does: 'read event',
		run(call) {
			const found = itemOf(eventsOf(call), call.params.eventId);
			return { items: [eventObject(call.bank, call.env, found)] };
		},
	}),
];
