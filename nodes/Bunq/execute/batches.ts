import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError } from '../api/errors';
import { sum } from '../api/totals';
import type { Batch, BatchOperation, BatchParams, WritePlan } from '../resources/operation';

/** Grouping items into batches: which are sent together, and why a batch is not sent. */

/** One client of bunq's sends at most 50 entries; bunq's own limit is not documented (docs/bunq-api.md 9.3). */
const MAX_BATCH_ENTRIES = 50;

/** An item that is ready to be sent, or the error that prevents it; without an account where that failed first. */
export type PreparedItem = { item: number; account?: number } & (
	| { params: BatchParams; entry: IDataObject }
	| { error: unknown }
);

/** The items of one account, in their order. */
export interface Group {
	account: number;
	items: number[];
	/** The items without an error of their own, to which `blockedBy` applies. */
	validItems: number[];
	/** Why the group must not be sent. */
	blockedBy?: BunqError;
	/** The entries to send. */
	batch: Batch;
}

/**
 * One group per account, in the order of their first items. A bad item keeps its whole group from being sent. One whose
 * account is not known may belong to any group, so then nothing at all is sent: running it again once it is corrected
 * pays nothing twice and leaves nothing out.
 */
export const groupByAccount = (checked: PreparedItem[]): Group[] => {
	const unresolved = checked.find(({ account }) => account === undefined);
	const accounts = new Set(checked.flatMap(({ account }) => account ?? []));
	return [...accounts].map((account) => {
		const members = checked.filter((one) => one.account === account);
		const valid = members.filter((one) => 'params' in one);
		const orders = valid.map(({ params }) => params);
		return {
			account,
			items: members.map(({ item }) => item),
			validItems: valid.map(({ item }) => item),
			blockedBy: blockerOf(account, members, unresolved),
			batch: {
				account,
				entries: valid.map(({ entry }) => entry),
				total: {
					value: (sum(orders.map(({ amount: value }) => ({ value }))) ?? 0).toFixed(2),
					currency: orders[0]?.currency.toUpperCase(),
				},
			},
		};
	});
};

const blockerOf = (account: number, members: PreparedItem[], unresolved?: PreparedItem) => {
	const bad = members.find((one) => !('params' in one));
	if (bad)
		return new BunqError(
			'invalidInput',
			`Not sent because of item ${bad.item} of the same account: ${reasonOf(bad)}`,
			{
				description: `Nothing was sent for this account. Correct item ${bad.item}, then run it again.`,
			},
		);
	if (unresolved)
		return new BunqError(
			'invalidInput',
			`Not sent: the account of item ${unresolved.item} could not be determined: ${reasonOf(unresolved)}`,
			{
				description: `Nothing was sent for any account, because item ${unresolved.item} may belong to any of them. Correct it, then run it again.`,
			},
		);
	if (members.length > MAX_BATCH_ENTRIES)
		return new BunqError(
			'invalidInput',
			`${members.length} items are for the account ${account}, and this node sends at most ${MAX_BATCH_ENTRIES} at once`,
			{
				description: `Nothing was sent for this account. Split the items: put a Loop Over Items node with Batch Size ${MAX_BATCH_ENTRIES} around this node.`,
			},
		);
	return mixedCurrencies(members);
};

/** All entries of a batch are in the currency of its account. */
const mixedCurrencies = (members: PreparedItem[]) => {
	const currencies = members.map((one) =>
		'params' in one ? one.params.currency.toUpperCase() : undefined,
	);
	const other = currencies.findIndex((currency) => currency !== currencies[0]);
	return other < 0
		? undefined
		: new BunqError(
				'invalidInput',
				`Items ${members[0].item} and ${members[other].item} of the same account have different currencies: ${currencies[0]} and ${currencies[other]}`,
				{
					description:
						'Nothing was sent for this account. A batch pays from one account in one currency: run each currency separately.',
				},
			);
};

const reasonOf = (one: PreparedItem) =>
	'error' in one && one.error instanceof Error ? one.error.message : 'it could not be read';

/** The plan of a batch; its output is what was sent, with the ID. The amount is the sum of all entries. */
export const planBatch = (operation: BatchOperation, batch: Batch): WritePlan => {
	const { account, entries, total } = batch;
	const { request, status } = operation.planBatch(batch);
	return {
		request,
		output: ([created]) => ({
			id: unwrap(created).id,
			accountId: account,
			entries: entries.length,
			amount: Number(total.value),
			currency: total.currency,
			...(status !== undefined && { status }),
		}),
	};
};

/** The same keys of a batch that was found at bunq, simplified. */
export const toBatchOutput = (found: IDataObject): IDataObject => {
	const { id, accountId, entries, amount, currency, status } = found;
	return { id, accountId, entries, amount, currency, ...(status ? { status } : {}) };
};
