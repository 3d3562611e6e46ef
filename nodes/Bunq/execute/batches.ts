import type { IDataObject } from 'n8n-workflow';
import { unwrap } from '../api/client';
import { BunqError } from '../api/errors';
import { readId } from '../api/readable';
import { sum } from '../api/totals';
import type { Bunq } from '../connect';
import type { Batch, BatchOperation, BatchParams, WritePlan } from '../resources/operation';
import { ordinal } from './ordinals';

/** Grouping items into batches: which are sent together, and why a batch is not sent. */

/** One client of bunq's sends at most 50 entries; bunq's own limit is not documented (docs/bunq-api.md 9.3). */
const MAX_BATCH_ENTRIES = 50;

/**
 * An item that is ready to be sent, or the error that prevents it; without a connection or an account where that failed
 * first.
 */
export type PreparedItem = { item: number; bunq?: Bunq; account?: number } & (
	| { params: BatchParams; entry: IDataObject }
	| { error: unknown }
);

/** The items of one account and one credential, in their order. */
export interface Group {
	bunq: Bunq;
	items: number[];
	/** The items without an error of their own, to which `blockedBy` applies. */
	validItems: number[];
	/** Why the group must not be sent. */
	blockedBy?: BunqError;
	/** The entries to send. */
	batch: Batch;
}

/**
 * One group per account and credential, in the order of their first items. A bad item keeps its whole group from being
 * sent. One whose account is not known may belong to any group of its credential, and without a credential to any at all:
 * none of these is sent, so running it again once it is corrected pays nothing twice and leaves nothing out.
 */
export const groupByAccount = (checked: PreparedItem[]): Group[] => {
	const isSameGroup = (one: PreparedItem, other: PreparedItem) =>
		one.bunq === other.bunq && one.account === other.account;
	const firsts = checked.filter(
		(one, index) => checked.findIndex((other) => isSameGroup(one, other)) === index,
	);
	return firsts.flatMap((first) => {
		const { bunq, account } = first;
		if (!bunq || account === undefined) return [];
		const unresolved = checked.find(
			(one) => one.account === undefined && (!one.bunq || one.bunq === bunq),
		);
		const members = checked.filter((one) => isSameGroup(one, first));
		const valid = members.filter((one) => 'params' in one);
		const orders = valid.map(({ params }) => params);
		return {
			bunq,
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
			`Not sent because of the ${ordinal(bad.item)} item, of the same account: ${reasonOf(bad)}`,
			{
				description: `Nothing was sent for this account. Correct the ${ordinal(bad.item)} item, then run it again.`,
			},
		);
	if (unresolved)
		return new BunqError(
			'invalidInput',
			`Not sent: the account of the ${ordinal(unresolved.item)} item could not be determined: ${reasonOf(unresolved)}`,
			{
				description: `Nothing was sent for any account that the ${ordinal(unresolved.item)} item may belong to. Correct it, then run it again.`,
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
				`The ${ordinal(members[0].item)} and the ${ordinal(members[other].item)} item, of the same account, have different currencies: ${currencies[0]} and ${currencies[other]}`,
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
			id: readId(unwrap(created).id) ?? null,
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
	const { id, created, accountId, entries, amount, currency, status } = found;
	return { id, created, accountId, entries, amount, currency, ...(status ? { status } : {}) };
};
