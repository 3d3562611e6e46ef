import { BunqError } from '../api/errors';
import { isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { mergeNewestFirst } from '../movements';
import type { BalanceEvent, FeedRecord, ListEvent } from './event';
import { toOutput, type Settings } from './pollRun';

/** "Fetch Test Event": an example of an event that the trigger emits. */

/** How many of the newest records to try. */
const MAX_TRIED = 200;

/** Returns the newest event that matches the settings, emitted before or not. Throws a BunqError if there is none. */
export const fetchTestEvent = async (settings: Settings, bunq: Bunq) => {
	const { event } = settings;
	const example =
		'path' in event
			? await newestMatch(event, settings, bunq)
			: await currentBalance(event, settings, bunq);
	if (example) return example;
	throw new BunqError('invalidInput', 'bunq has no matching event yet', {
		description:
			'This was only a test: nothing is wrong. Relax the filters, or trigger the event once in bunq, then test again. Once the workflow is active, it runs when the event happens.',
	});
};

const newestMatch = async (event: ListEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const ids =
		account === undefined ? (await bunq.accounts()).filter(isOpen).map(({ id }) => id) : [account];
	const streams = ids.map((id) => bunq.each<FeedRecord>(event.path(id), MAX_TRIED));
	let tried = 0;
	for await (const record of mergeNewestFirst(streams)) {
		const isResolved = event.isResolved?.(record) ?? true;
		if (isResolved && (await event.matches(record, params, bunq)))
			return toOutput(record, settings);
		if (++tried >= MAX_TRIED) return undefined;
	}
	return undefined;
};

/** An account as if its balance had crossed to its current side with the last payment. */
const currentBalance = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const { account: id, params } = settings;
	const accounts =
		id === undefined
			? (await bunq.accounts()).filter(isOpen)
			: [await bunq.get<Account>(path`/user/{user}/monetary-account/${id}`)];
	for (const account of accounts) {
		const balance = account.balance?.value;
		if (balance && event.isWanted(event.side(balance, params), params))
			return { ...toOutput(account, settings), ...event.crossing(balance, balance, params) };
	}
	return undefined;
};
