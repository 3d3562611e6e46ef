import type { IDataObject } from 'n8n-workflow';
import type { BunqRecord } from '../api/client';
import { toBunqClock } from '../api/clock';
import { amountOf, entriesIn } from '../api/entries';
import { takeSince } from '../api/pagination';
import type { Entry, OrderEntry } from '../api/types';
import { simplified } from '../simplify';
import type { Reconciliation, Recovery } from './operation';

/** Finding what a write created whose response was lost. The engine calls it: execute/write.ts. */

const NOT_FOUND: Reconciliation = { outcome: 'notFound' };

const reconciliation = (outcome: 'applied' | 'ambiguous' | 'reverted', object: object) => ({
	outcome,
	object: simplified(object),
});

/**
 * Picks the object that a lost response created, among all that were created since.
 * @param isExactMatch whether it is exactly what was sent
 * @param isActive whether it is in force, not cancelled or refused
 */
export const pickCreated = <T extends object>(
	created: T[],
	isExactMatch: (one: T) => boolean,
	isActive: (one: T) => boolean,
): Reconciliation => {
	const exact = created.filter(isExactMatch);
	const applied = exact.find(isActive);
	if (applied) return reconciliation('applied', applied);
	if (exact.length > 0) return reconciliation('reverted', exact[0]);
	const similar = created.find(isActive);
	return similar ? reconciliation('ambiguous', similar) : NOT_FOUND;
};

/** The list in which bunq shows orders of one kind, or batches of them. */
export interface OrderList<T extends BunqRecord> {
	/** Where an account's are listed. */
	path(account: number): string;
	/** The transfers that one of them holds. */
	entriesOf(created: T): Entry[];
	/** Whether the money left or still may. Not given: always. */
	isActive?(created: T): boolean;
}

/** The transfers in one of bunq's objects; whatever is no object is left out. */
export const entriesOf = <T extends BunqRecord>(list: OrderList<T>, created: T): Entry[] =>
	[list.entriesOf(created)].flat().filter((one) => one !== null && typeof one === 'object');

export const isActive = <T extends BunqRecord>(list: OrderList<T>, created: T) =>
	list.isActive?.(created) ?? true;

/** Finds the order that a lost response created, of one entry or of several. */
export const findCreatedOrder =
	<T extends BunqRecord & { id: number; created?: string }>(
		list: OrderList<T>,
	): Exclude<Recovery, string> =>
	async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
		const sent = sentTransfers(JSON.parse(body) as IDataObject);
		const account = Number(/monetary-account\/(\d+)/.exec(sentTo)?.[1]);
		const similar: T[] = [];
		const recent = takeSince(bunq.each<T>(list.path(account)), toBunqClock(sentAt, bunq));
		for await (const one of recent) {
			const entries = entriesOf(list, one);
			if (!isUnclaimed(one.id) || !entriesMatch(entries, sent, isSameTransfer)) continue;
			similar.push(one);
			if (isActive(list, one) && entriesMatch(entries, sent, isExactMatch)) break;
		}
		return pickCreated(
			similar,
			(one) => entriesMatch(entriesOf(list, one), sent, isExactMatch),
			(one) => isActive(list, one),
		);
	};

/** The transfers in a body; a request has its amount in a field of its own. */
const sentTransfers = (body: IDataObject) =>
	entriesIn(body).map((entry) => ({ ...entry, amount: amountOf(entry) }) as OrderEntry);

/**
 * Whether exactly these entries are shown, in any order. One that is shown may match several that were sent (by email,
 * by IBAN): each takes one, and moves on where another has no choice.
 */
const entriesMatch = (
	shown: Entry[],
	sent: OrderEntry[],
	matches: (shown: Entry, sent: OrderEntry) => boolean,
) => {
	const takenBy = new Map<number, number>();
	const assign = (at: number, tried: Set<number>): boolean =>
		sent.some((entry, index) => {
			if (tried.has(index) || !matches(shown[at], entry)) return false;
			tried.add(index);
			const other = takenBy.get(index);
			if (other !== undefined && !assign(other, tried)) return false;
			takenBy.set(index, at);
			return true;
		});
	return shown.length === sent.length && shown.every((_, at) => assign(at, new Set()));
};

/** Whether bunq shows the transfer that was sent: the same amount, negative in a payment, to the same recipient. */
export const isSameTransfer = (shown: Entry, { amount, counterparty_alias: to }: OrderEntry) =>
	Math.abs(Number(shown.amount?.value)) === Number(amount.value) &&
	shown.amount?.currency === amount.currency &&
	(to.type === 'IBAN'
		? shown.counterparty_alias?.iban === to.value
		: !isOtherPointer(shown.counterparty_alias?.display_name ?? '', to));

/** Whether it also has the same description, and no other reference. */
const isExactMatch = (shown: Entry, entry: OrderEntry) =>
	isSameTransfer(shown, entry) &&
	(shown.description ?? '') === entry.description &&
	(!shown.merchant_reference || shown.merchant_reference === entry.merchant_reference);

/** bunq shows an email address or phone number as the account behind it, or as itself where there is none. */
const isOtherPointer = (name: string, { value }: { value: string }) =>
	/^(\S+@\S+|\+\d+)$/.test(name) && name.toLowerCase() !== value.toLowerCase();
