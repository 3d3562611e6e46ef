import type { Session } from '../simulator/control/testClient';
import type { SentFilter } from './callbackProcess';
import { passMinutes } from './fakeClock';

const PATH = '{user}/notification-filter-url';

/** A program that uses bunq's list of callbacks as well, and keeps what it reads of others, or, careless, replaces all. */
export const writeForeign = async (
	by: Session,
	kind: 'add' | 'remove' | 'replace all' | 'add many',
	entry: SentFilter,
) => {
	const before = await readAll(by);
	const url = entry.notification_target;
	const many = Array.from({ length: 230 }, (_, at) => ({
		...entry,
		notification_target: `${url}/${at}`,
	}));
	const after = {
		add: [...before, entry],
		remove: before.slice(1),
		'replace all': [entry],
		'add many': [...before, ...many],
	}[kind];
	await by.post(PATH, { notification_filters: after });
	passMinutes();
};

interface ListAnswer {
	Response?: Array<{ NotificationFilterUrl: SentFilter & { notification_filters?: SentFilter[] } }>;
	Pagination?: { older_url: string | null };
}

const readAll = async (by: Session) => {
	const found: SentFilter[] = [];
	for (let path: string | undefined = `${PATH}?count=200`; path; ) {
		const { Response = [], Pagination } = (await by.get(path)).json as ListAnswer;
		for (const { NotificationFilterUrl: one } of Response)
			found.push(...(one.notification_filters ?? [one]).map(toSent));
		path = Pagination?.older_url?.replace('/v1', '') ?? undefined;
	}
	return found;
};

/** The entries of these tests are limited to two accounts, or not at all: bunq then shows all accounts. */
const toSent = (filter: SentFilter): SentFilter => {
	const { category, notification_target, all_monetary_account_id, all_verification_type } = filter;
	return {
		category,
		notification_target,
		...(all_monetary_account_id?.length === 2 && { all_monetary_account_id }),
		...(all_verification_type?.length && { all_verification_type }),
	};
};
