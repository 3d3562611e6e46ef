import { failureObject } from '../bank/filters';
import { enqueue } from '../bank/announce';
import { STRING, required } from '../http/fields';
import { shownPage } from '../http/pagination';
import { refusals } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';

const RETRY_FIELDS = { notification_filter_failed_ids: required(STRING) };

/** §10.2 */
const MOST_IDS = 100;

const failuresOf = ({ env, user }: SessionCall) =>
	env.failures.filter(({ delivery }) => delivery.filter.userId === user.id);

/** §10.2. Inferred: that all are sent again or none, that they leave the list, and that six tries follow. */
const retry = (call: SessionCall<typeof RETRY_FIELDS>) => {
	const { bank, env, body } = call;
	const ids = body.notification_filter_failed_ids.split(',').map((id) => id.trim());
	if (!ids.every((id) => /^\d+$/.test(id))) {
		throw refusals.wrongValue('notification_filter_failed_ids', 'IDs with commas between them');
	}
	if (ids.length > MOST_IDS)
		throw refusals.wrongValue('notification_filter_failed_ids', `at most ${MOST_IDS}`);
	const failures = failuresOf(call as unknown as SessionCall);
	const chosen = ids.map((id) => failures.find((each) => each.id === Number(id)));
	// An ID that is named twice is sent once (inferred).
	const found = [...new Set(chosen)].filter((each) => each !== undefined);
	if (chosen.includes(undefined)) throw refusals.notFound();
	env.failures = env.failures.filter((each) => !found.includes(each));
	for (const { delivery } of found) enqueue(bank, env, delivery);
	return { items: [] };
};

const path = '/user/{userId}/notification-filter-failure';

/** §10.2 */
export const notificationFilterFailure: Route[] = [
	route({
		method: 'POST',
		path,
		body: RETRY_FIELDS,
		oauth: 'oauthMayFilter',
		does: 'create notification-filter-failure',
		run: retry,
	}),
	route({
		method: 'GET',
		path,
		oauth: 'oauthMayFilter',
		does: 'read notification-filter-failure',
		run(call) {
			return shownPage(call.request, failuresOf(call), (each) => failureObject(call.bank, each));
		},
	}),
];
