import { BunqError } from '../api/errors';
import { isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { mergeNewestFirst } from '../movements';
import type { BalanceEvent, Happening, ListEvent } from './event';
import { type Settings, shown } from './pollRun';

/** "Fetch Test Event": an example of what the trigger gives. */

/** The newest event that the user wants; no mark is read or moved. Throws when there is none. */
export const sampleOf = async (settings: Settings, bunq: Bunq) => {
	const { event } = settings;
	const found =
		'path' in event
			? await newestOf(event, settings, bunq)
			: await currentOf(event, settings, bunq);
	if (found) return found;
	throw new BunqError('invalidInput', 'bunq has nothing yet that matches this event', {
		description:
			'This was only a test: nothing is wrong. Loosen the filters, or let it happen once at bunq and test again. Once the workflow is active, it runs when it happens.',
	});
};

/** So many of an account's newest are tried for an example. */
const MOST_TRIED = 200;

const newestOf = async (event: ListEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const ids =
		account === undefined ? (await bunq.accounts()).filter(isOpen).map(({ id }) => id) : [account];
	const streams = ids.map((id) => bunq.each<Happening>(event.path(id), MOST_TRIED));
	const tried = { now: 0 };
	for await (const one of mergeNewestFirst(streams)) {
		const isOver = event.isAnswered?.(one) ?? true;
		if (isOver && (await event.passes(one, params, bunq))) return shown(one, settings);
		if (++tried.now >= MOST_TRIED) return undefined;
	}
	return undefined;
};

/** An account as it stands, as if its balance had just come to where it is. */
const currentOf = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const accounts =
		account === undefined
			? (await bunq.accounts()).filter(isOpen)
			: [await bunq.get<Account>(path`/user/{user}/monetary-account/${account}`)];
	for (const one of accounts) {
		const balance = one.balance?.value;
		if (balance && event.isWanted(event.side(balance, params), params))
			return { ...shown(one, settings), ...event.crossing(balance, balance, params) };
	}
	return undefined;
};
