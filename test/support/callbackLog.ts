import type { LoggedRequest } from '../simulator';
import type { Instance } from './callbackHistory';
import { CALLBACK_LIST, meaningOf, type SentFilter } from './callbackProcess';

/** What a history did to bunq's list of callbacks, by the bank's log. */

export interface LogResult {
	/** Entries of other programs that a POST of ours changed, though nobody wrote between its GET and itself. */
	changed: string[];
	/** POSTs of ours without a GET since the one before; the client repeats what bunq's rate limit refused. */
	blind: number;
	/** Entries that are lost because another program wrote between our GET and our POST: nobody can exclude that. */
	lostInWindow: number;
	posts: number;
	foreignPosts: number;
	/** The list at the end. */
	list: SentFilter[];
}

const FOREIGN = 'https://program.example.net/';
const foreignIn = (list: SentFilter[]) =>
	list.filter((one) => one.notification_target.startsWith(FOREIGN)).map(meaningOf);

/** What is in one list and not in the other, with the number of times. */
const difference = (one: string[], other: string[]) => {
	const rest = [...other];
	return one.filter((each) => {
		const at = rest.indexOf(each);
		if (at >= 0) rest.splice(at, 1);
		return at < 0;
	});
};

const tokenOf = ({ headers }: LoggedRequest) =>
	Object.entries(headers).find(([name]) => /^x-bunq-client-authentication$/i.test(name))?.[1];

export const evaluateLog = (log: LoggedRequest[], foreignToken: string): LogResult => {
	const result: LogResult = {
		changed: [],
		blind: 0,
		lostInWindow: 0,
		posts: 0,
		foreignPosts: 0,
		list: [],
	};
	const requests = log.filter(({ path }) => CALLBACK_LIST.test(path));
	requests.forEach((request, at) => {
		if (request.method !== 'POST' || !request.changedSomething) return;
		const sent = (request.body as { notification_filters: SentFilter[] }).notification_filters;
		const token = tokenOf(request);
		const before = result.list;
		result.list = sent;
		if (token === foreignToken) return void (result.foreignPosts += 1);
		result.posts += 1;
		const own = requests.slice(0, at).filter((one) => tokenOf(one) === token);
		const read = own.filter(({ method, query }) => method === 'GET' && !query.older_id).at(-1);
		const written = own.filter(({ method, status }) => method === 'POST' && status !== 429).at(-1);
		if (!read || (written && requests.indexOf(written) > requests.indexOf(read))) result.blind += 1;
		const since = requests.slice(read ? requests.indexOf(read) : 0, at);
		const isInWindow = since.some(
			(one) => one.method === 'POST' && one.changedSomething && tokenOf(one) !== token,
		);
		const [was, is] = [foreignIn(before), foreignIn(sent)];
		const differences = [...difference(was, is), ...difference(is, was)];
		if (isInWindow) result.lostInWindow += differences.length;
		else result.changed.push(...differences);
	});
	return result;
};

/** What is not as it should be at the end: each category that a trigger wants has one URL of its n8n, or no room. */
export const wrongIn = (list: SentFilter[], instances: Instance[]): string[] => {
	const wrong: string[] = [];
	for (const { base, triggers, givenUp } of instances) {
		const live = triggers.map(({ url }) => url);
		const own = list.filter((one) => one.notification_target.startsWith(base));
		for (const category of new Set(triggers.flatMap(({ categories }) => categories))) {
			const there = list.filter((one) => one.category === category);
			const called = there.filter((one) => live.includes(one.notification_target));
			const others = new Set(there.map((one) => one.notification_target));
			if (called.length > 1) wrong.push(`${category} has ${called.length} URLs of ${base}`);
			if (called.length === 0 && others.size < 2) wrong.push(`${category} has none of ${base}`);
		}
		const stayed = own.filter((one) => givenUp.includes(one.notification_target));
		// Nobody asks for the list any more.
		if (live.length > 0) wrong.push(...stayed.map((one) => `given up: ${one.category}`));
	}
	return wrong;
};
