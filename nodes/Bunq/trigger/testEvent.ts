import { BunqError } from '../api/errors';
import { isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { mergeNewestFirst } from '../movements';
import type { BalanceEvent, FeedRecord, ListEvent } from './event';
import { type Settings, toOutput } from './pollRun';

/** "Fetch Test Event": an example of what the trigger gives. */

/** The newest event that the user wants; no mark is read or moved. Throws when there is none. */
export const fetchTestEvent = async (settings: Settings, bunq: Bunq) => {
	const { event } = settings;
	const found =
		'path' in event
			? await newestMatch(event, settings, bunq)
			: await currentBalance(event, settings, bunq);
	if (found) return found;
	throw new BunqError('invalidInput', 'bunq has nothing yet that matches this event', {
		description:
			'This was only a test: nothing is wrong. Loosen the filters, or let it happen once at bunq and test again. Once the workflow is active, it runs when it happens.',
	});
};

/** So many of an account's newest are tried for an example. */
const MAX_TRIED = 200;

const newestMatch = async (event: ListEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const ids =
		account === undefined ? (await bunq.accounts()).filter(isOpen).map(({ id }) => id) : [account];
	const streams = ids.map((id) => bunq.each<FeedRecord>(event.path(id), MAX_TRIED));
	const tried = { now: 0 };
	for await (const one of mergeNewestFirst(streams)) {
		const isOver = event.isResolved?.(one) ?? true;
		if (isOver && (await event.matches(one, params, bunq))) return toOutput(one, settings);
		if (++tried.now >= MAX_TRIED) return undefined;
	}
	return undefined;
};

/** An account as it stands, as if its balance had just come to where it is. */
const currentBalance = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const accounts =
		account === undefined
			? (await bunq.accounts()).filter(isOpen)
			: [await bunq.get<Account>(path`/user/{user}/monetary-account/${account}`)];
	for (const one of accounts) {
		const balance = one.balance?.value;
		if (balance && event.isWanted(event.side(balance, params), params))
			return { ...toOutput(one, settings), ...event.crossing(balance, balance, params) };
	}
	return undefined;
};
