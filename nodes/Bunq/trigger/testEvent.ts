import type { IDataObject } from 'n8n-workflow';
import { BunqError } from '../api/errors';
import { accountPath } from '../api/listPaths';
import { isOpen } from '../api/objects';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { mergeNewestFirst } from '../movements';
import { balanceOf, readAccountList } from './accountList';
import type { BalanceEvent, FeedRecord, ListEvent, PartList } from './event';
import { hasHappened, readEntry } from './feedEntries';
import { toItem, toOutput, type Settings } from './pollRun';

/** "Fetch Test Event": an example of an event that the trigger emits. */

/** How many of the newest records to try. */
const MAX_TRIED = 200;
/** How many of them to read the lists of. */
const MAX_LISTS = 10;

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
			'This was only a test: nothing is wrong. Relax the filters, or trigger the event once in bunq, then test again. Once the workflow is published, it runs when the event happens.',
	});
};

const newestMatch = async (event: ListEvent, settings: Settings, bunq: Bunq) => {
	const { account, params } = settings;
	const ids = account === undefined ? (await openAccounts(bunq)).map(({ id }) => id) : [account];
	const failures: Error[] = [];
	const accountOf = new Map<FeedRecord, number>();
	const listOf = async function* (id: number) {
		try {
			for await (const entry of bunq.each(event.path(id), MAX_TRIED)) {
				const record = readEntry(entry);
				if (!record) continue;
				accountOf.set(record, id);
				yield record;
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
		const list = tried < MAX_LISTS ? event.parts?.(record) : undefined;
		const entry = list && (await newestEntry(list, accountOf.get(record)!, settings, bunq));
		if (entry) return entry;
		if (++tried >= MAX_TRIED) break;
	}
	return failures.length > 0 ? await Promise.reject(failures[0]) : undefined;
};

/** The newest matching entry in the list of a record. */
const newestEntry = async (
	list: PartList,
	account: number,
	{ params }: Settings,
	bunq: Bunq,
): Promise<IDataObject | undefined> => {
	const { readEntry: toRecord = readEntry } = list;
	for await (const { items } of bunq.pages(list.path(account))) {
		for (const entry of items) {
			const record = toRecord(entry);
			const json = record && (await toItem(list, record, { params, bunq }));
			if (json) return json;
		}
		break;
	}
	return undefined;
};

const openAccounts = async (bunq: Bunq) => {
	const { accounts, result } = await readAccountList({ bunq });
	if (accounts) return accounts.filter(isOpen);
	return await Promise.reject(result.error!);
};

/** An account as if its balance had crossed to its current side with the last payment, by as little as can be. */
const currentBalance = async (event: BalanceEvent, settings: Settings, bunq: Bunq) => {
	const { account: id, params } = settings;
	const accounts =
		id === undefined ? await openAccounts(bunq) : [await bunq.get<Account>(accountPath(id))];
	for (const account of accounts) {
		const balance = balanceOf(account);
		if (balance && event.isWanted(event.side(balance, params), params))
			return {
				...toOutput(account, settings),
				...event.crossing(event.beforeCrossing(balance, params), balance, params),
			};
	}
	return undefined;
};
