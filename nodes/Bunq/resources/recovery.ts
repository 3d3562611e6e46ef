import type { IDataObject } from 'n8n-workflow';
import { CLOCK_SKEW_MS, createdAt, type SentAt, sentBetween } from '../api/clock';
import { amountOf, entriesIn } from '../api/requestBody';
import { BunqError } from '../api/errors';
import { isRecord } from '../api/json';
import { createdSince } from '../api/pagination';
import { readId } from '../api/readable';
import type { Entry, ListedObject, OrderEntry } from '../api/types';
import { simplified } from '../simplify';
import { combine, type Match } from './match';
import type { Reconciliation, Recovery } from './operation';
import {
	hasOurReference,
	isReversal,
	matchEntries,
	mayReturn,
	type ShownEntry,
} from './transferMatch';

/** Finding what a write created whose response was lost. The engine calls it: execute/reconcile.ts. */

const NOT_FOUND: Reconciliation = { outcome: 'notFound' };

const reconciliation = (outcome: 'applied' | 'ambiguous' | 'reverted', object: object) => ({
	outcome,
	object: simplified(object),
});

/** An object that may be what a lost response created. */
interface Candidate {
	object: object;
	match: Match;
	/** Whether it is in force, not cancelled or refused. */
	isActive: boolean;
	/** Whether money came back that may be this one's. */
	isReversed: boolean;
}

/** Picks the object that a lost response created, among all that were created since, newest first. */
const pickCreated = (candidates: Candidate[]): Reconciliation => {
	const same = candidates.filter(({ match }) => match === 'same');
	const applied = same.find(({ isActive, isReversed }) => isActive && !isReversed);
	if (applied) return reconciliation('applied', applied.object);
	if (same.length > 0) return reconciliation('reverted', same[0].object);
	// Of one that is only possible, the money that came back may be another one's.
	const possible = candidates.find(({ match, isActive }) => match === 'possible' && isActive);
	return possible ? reconciliation('ambiguous', possible.object) : NOT_FOUND;
};

/** The list in which bunq shows orders of one kind, or batches of them. */
export interface OrderList<T extends ListedObject> {
	/** Where an account's are listed. */
	path(account: number): string;
	/** The transfers that one of them holds; undefined where they cannot be read. */
	entriesOf(created: T): Entry[] | undefined;
	/** Whether the money left or still may. Not given: always. */
	isActive?(created: T): boolean;
	/** Whether it has what a body says beside its transfers. Not given: a body says nothing else. */
	matchRest?(created: T, body: IDataObject): Match;
}

/** The transfers in one of bunq's objects; an entry that is no object is one that cannot be read. */
export const entriesOf = <T extends ListedObject>(
	list: OrderList<T>,
	created: T,
): ShownEntry[] | undefined => {
	const entries: unknown = list.entriesOf(created);
	return Array.isArray(entries)
		? entries.map((one: unknown) => (isRecord(one) ? one : undefined))
		: undefined;
};

/** Whether the money of an order left or still may. */
export const isActive = <T extends ListedObject>(list: OrderList<T>, created: T) =>
	list.isActive?.(created) ?? true;

/** Finds the order that a lost response created, of one entry or of several. */
export const findCreatedOrder =
	<T extends ListedObject>(list: OrderList<T>): Exclude<Recovery, string> =>
	async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
		const sentBody = JSON.parse(body) as IDataObject;
		const sent = sentTransfers(sentBody);
		const account = Number(/monetary-account\/(\d+)/.exec(sentTo)?.[1]);
		const reversals: Entry[] = [];
		const objects = createdSince(bunq.pages<T>(list.path(account)), earliestTime(sentAt));
		return await findCreated(objects, sentAt, {
			isCandidate: ({ id }) => isUnclaimed(id),
			matchOf: (object) => {
				// Newer than what it reverses, so it comes first.
				if (isReversal(object)) reversals.push(object);
				const shown = entriesOf(list, object);
				const rest = list.matchRest?.(object, sentBody) ?? 'same';
				const match = combine([matchEntries(shown, sent), rest]);
				// Ours, whatever else bunq shows: an account may have several IBANs.
				return match === 'different' && hasOurReference(shown ?? [], sent) ? 'possible' : match;
			},
			isActive: (object) => isActive(list, object),
			isReversed: () => reversals.some((reversal) => sent.some((one) => mayReturn(reversal, one))),
		});
	};

/** An object this much older than the write may still be the write's, as the clocks differ. */
const LOOKUP_SKEW_MS = 5_000;

/** From when on an object may be the write's; milliseconds UTC by bunq's clock, which is known once bunq has replied. */
export const earliestTime = (sentAt: SentAt) => () => sentBetween(sentAt).first - LOOKUP_SKEW_MS;

/** How to recognize the object that a write created. */
interface Recognition<T> {
	/** Whether it may be the write's at all. */
	isCandidate(object: T): boolean;
	matchOf(object: T): Match;
	/** Whether it is in force, not cancelled or refused. */
	isActive(object: T): boolean;
	/** Whether money came back, among the newer objects, that may be the write's. Not given: never. */
	isReversed?(): boolean;
}

/**
 * Finds the object that a lost response created among these, newest first. An object that may be older than the write, or
 * whose time cannot be read, is never the same for certain.
 */
export const findCreated = async <T extends { created?: string }>(
	objects: AsyncIterable<T>,
	sentAt: SentAt,
	{ isCandidate, matchOf, isActive, isReversed }: Recognition<T>,
): Promise<Reconciliation> => {
	const earliest = earliestTime(sentAt);
	const candidates: Candidate[] = [];
	for await (const object of objects) {
		if (!isCandidate(object) || createdAt(object) < earliest()) continue;
		const isSinceThen = createdAt(object) >= sentBetween(sentAt).last - CLOCK_SKEW_MS;
		const match = matchOf(object);
		const candidate = {
			object,
			match: match === 'same' && !isSinceThen ? 'possible' : match,
			isActive: isActive(object),
			isReversed: isReversed?.() ?? false,
		} as const;
		candidates.push(candidate);
		if (candidate.match === 'same' && candidate.isActive && !candidate.isReversed) break;
	}
	return pickCreated(candidates);
};

/** The transfers in a body; a request has its amount in a field of its own. */
const sentTransfers = (body: IDataObject) =>
	entriesIn(body).map((entry) => ({ ...entry, amount: amountOf(entry) }) as OrderEntry);

/** Whether a delete whose response was lost was carried out: the object is gone. */
export const findDeleted: Exclude<Recovery, string> = async ({ path }, bunq) =>
	await bunq.get(path).then(
		() => NOT_FOUND,
		(error: unknown) => {
			if (!(error instanceof BunqError && error.httpCode === '404')) throw error as Error;
			return reconciliation('applied', deleted(path));
		},
	);

/** The output of a delete. */
export const deleted = (path: string) => ({
	id: readId(path.split('/').at(-1)),
	deleted: true,
});
