import type { IDataObject } from 'n8n-workflow';
import { readId, readText } from '../api/readable';
import type { Account } from '../api/types';

/** Flat output with the names of the accounts that are known, where it has a place for one. */
export const withAccountName = (item: IDataObject, accounts: Account[]): IDataObject => {
	if (item.accountName !== null) return item;
	const account = accounts.find(({ id }) => readId(id) === item.accountId);
	return { ...item, accountName: readText(account?.description) ?? null };
};

/** The item of an event, with the name of its account beside the account's ID; null where it is not known. */
export const withEventAccountName = (item: IDataObject, accounts: Account[]): IDataObject => {
	if (!('accountId' in item) || 'accountName' in item) return withAccountName(item, accounts);
	const entries = Object.entries(item).flatMap((entry) =>
		entry[0] === 'accountId' ? [entry, ['accountName', null]] : [entry],
	);
	return withAccountName(Object.fromEntries(entries) as IDataObject, accounts);
};
