import { BunqError } from '../api/errors';
import { isOpen } from '../api/objects';
import { path } from '../api/path';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { mergeNewestFirst } from '../movements';
import { balanceOf, readAccountList } from './accountList';
import type { BalanceEvent, ListEvent } from './event';
import { hasHappened, readEntry } from './feedEntries';
import { toItem, toOutput, type Settings } from './pollRun';

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
	const ids = account === undefined ? (await openAccounts(bunq)).map(({ id }) => id) : [account];
	const failures: Error[] = [];
	const listOf = async function* (id: number) {
		try {
			for await (const entry of bunq.each(event.path(id), MAX_TRIED)) {
				const record = readEntry(entry);
				if (record) yield record;
			}
		} catch (error) {
			// Another account may have an example.
			failures.push(error as Error);
		}
	};
	let tried = 0;
	for await (const record of mergeNewestFirst(ids.map(listOf))) {
		const json = hasHappened(event, record) && (await toItem(event, record, { params, bunq }));
		if (json) return json;
		if (++tried >= MAX_TRIED) break;
	}
	return failures.length > 0 ? await Promise.reject(failures[0]) : undefined;
};

const openAccounts = async (bunq: Bunq) => {
	const { accounts, result } = await readAccountList({ bunq });
	if (accounts) return accounts.filter(isOpen);
	return await Promise.reject(result.error!);
};

/** An account as if its balance had crossed to its current side with the last payment. */
const currentBalance = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const { account: id, params } = settings;
	const accounts =
		id === undefined
			? await openAccounts(bunq)
			: [await bunq.get<Account>(path`/user/{user}/monetary-account/${id}`)];
	for (const account of accounts) {
		const balance = balanceOf(account);
		if (balance && event.isWanted(event.side(balance, params), params))
			return { ...toOutput(account, settings), ...event.crossing(balance, balance, params) };
	}
	return undefined;
};
