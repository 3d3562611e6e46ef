import { sleep, type IDataObject } from 'n8n-workflow';
import { abortable } from './abort';
import {
	CallbackListError,
	filtersIn,
	readCallbackEntry,
	toFilter,
	toKeptFilter,
	type Callback,
	type CallbackEntry,
	type Everything,
} from './callbackEntries';
import { MAX_PAGE_SIZE, withCount, type BunqClient } from './client';
import { monotonicNow } from './clock';
import { isUnknownOutcome } from './errors';
import type { BodyRenewal } from './http';
import { ACCOUNTS_PATH } from './listPaths';
import { Locks } from './locks';
import { isOpen } from './objects';
import { collect } from './pagination';
import { readId, readText } from './readable';
import type { Account } from './types';

/**
 * bunq's list of callbacks: one per bunq user, which other programs use as well. A POST replaces all of it (docs/bunq-api.md
 * 10.1), so a change reads the list, sends all of it with the change, and reads it again. What another program writes
 * between that read and that POST is lost: bunq offers no way to notice it.
 */

export const CALLBACKS_PATH = '/user/{user}/notification-filter-url';

/** What to change in a list; everything else stays. */
export interface CallbackChange {
	remove: CallbackEntry[];
	add: Callback[];
	/** The entries that this process made: they are not limited, so they go back without lists. */
	own?: CallbackEntry[];
}

/** Decides, from a list as it is now, what to change. */
export type PlanChange = (entries: CallbackEntry[]) => CallbackChange;

/** The filters of the whole list without their wrappers, each as bunq shows it. Throws a BunqError. */
export const readFilters = async (bunq: BunqClient): Promise<unknown[]> =>
	filtersIn(await collect(bunq.eachRaw(withCount(CALLBACKS_PATH, MAX_PAGE_SIZE))));

/** The whole list. Throws a BunqError, also where one entry cannot be read: the list is then unknown. */
export const readCallbacks = async (bunq: BunqClient): Promise<CallbackEntry[]> => {
	const entries = (await readFilters(bunq)).map(readCallbackEntry);
	const readable = entries.filter((entry) => entry !== undefined);
	if (readable.length < entries.length) throw unreadableList();
	// Two pages may overlap. No source says that an ID is that of one entry, so the whole entry has to be the same.
	const texts = readable.map((entry) => JSON.stringify(entry));
	return readable.filter(({ id }, at) => id === undefined || texts.indexOf(texts[at]) === at);
};

export const unreadableList = () =>
	new CallbackListError(
		'unreadable',
		"An entry of bunq's list of callbacks cannot be read",
		'Nothing was sent: bunq replaces the whole list, and that entry, which may be of another program, would be lost. Try again later.',
	);

/** By host and bunq user: under OAuth the granting one, as an app may share its list with its user (docs/bunq-api.md 10.1). */
const locks = new Locks();

/** Identifies the bunq user, in memory only. Throws a BunqError. */
export const bunqUserKey = async (bunq: BunqClient) => {
	const { userId, grantorId } = await bunq.user();
	return `${bunq.host} ${grantorId ?? userId}`;
};

/** Replaces the list by a body that was computed from it at most two seconds before it is sent. */
export interface CallbackPost {
	method: 'POST';
	path: string;
	body: IDataObject;
	renewal: BodyRenewal;
}

/** How long a list counts as current after it was read; bunq's limits could delay a POST much longer. */
const CURRENT_MS = 2_000;

/** A list that is locked: nothing else of this process changes it. */
export interface ListLock {
	/**
	 * The POST that makes the change; undefined where nothing has to change. Waits while an earlier POST may still be carried
	 * out. Throws a BunqError where an entry of another program cannot be sent back.
	 */
	prepare(plan: PlanChange): Promise<CallbackPost | undefined>;
	/** Unlocks the list. @param error what the POST ended with */
	release(error?: unknown): void;
}

/** Locks the list of the client's user, after the changes that began earlier. Throws a BunqError. */
export const lockCallbacks = async (bunq: BunqClient): Promise<ListLock> => {
	const lock = await locks.take(await bunqUserKey(bunq), bunq.signal);
	return {
		async prepare(plan) {
			const read = async () => {
				const entries = await readCallbacks(bunq);
				return { entries, change: plan(entries), currentUntil: monotonicNow() + CURRENT_MS };
			};
			const renew = async () => await toBody(bunq, await read());
			for (;;) {
				const planned = await read();
				const { change, currentUntil } = planned;
				if (isDone(change)) return undefined;
				const body = await toBody(bunq, planned);
				const wait = lock.lateFor();
				const renewal = { currentUntil, renew };
				if (wait <= 0) return { method: 'POST', path: CALLBACKS_PATH, body, renewal };
				await abortable(sleep(wait), bunq.signal);
			}
		},
		release: lock.release,
	};
};

/** The whole list with a change. */
const toBody = async (
	bunq: BunqClient,
	{ entries, change }: { entries: CallbackEntry[]; change: CallbackChange },
): Promise<IDataObject> => {
	const { remove, add, own = [] } = change;
	const kept = entries.filter((entry) => !remove.includes(entry));
	const isLimited = ({ accounts }: CallbackEntry) => accounts.length > 0;
	const foreign = kept.filter((entry) => !own.includes(entry));
	const everything = await readEverything(bunq, foreign.some(isLimited));
	return {
		notification_filters: [
			...kept.map((entry) =>
				own.includes(entry) ? toFilter(entry) : toKeptFilter(entry, everything),
			),
			...add.map(toFilter),
		],
	};
};

/** What an entry that is not limited covers. Reads the accounts only where an entry names some. */
const readEverything = async (bunq: BunqClient, needsAccounts: boolean): Promise<Everything> => {
	const { userId, grantorId } = await bunq.user();
	const users = [userId, grantorId ?? userId];
	if (!needsAccounts) return { users, accounts: [] };
	const all = await collect(bunq.each<Account>(ACCOUNTS_PATH));
	const idsOf = (accounts: Account[]) => accounts.flatMap(({ id }) => readId(id) ?? []);
	const isReadable = all.every(
		({ id, status }) => readId(id) !== undefined && readText(status) !== undefined,
	);
	if (!isReadable) throw unreadableList();
	// A user may grant an app some accounts only.
	const visible = grantorId === undefined ? undefined : idsOf(all);
	return { users, accounts: idsOf(all.filter(isOpen)), visible };
};

/** How long to wait before the list is read after a POST, each time, as bunq may show it as it was; milliseconds. */
const BEHIND_MS = [0, 1_000, 3_000];

/** How often a change is sent: other programs may replace the list meanwhile. */
const MAX_POSTS = 3;

/**
 * Changes the list, and reads it again until it is as planned. After a POST of unknown outcome it only reads. Throws a
 * BunqError; of kind `outcomeUnknown` where bunq may still make the change.
 */
export const changeCallbacks = async (bunq: BunqClient, plan: PlanChange): Promise<void> => {
	const lock = await lockCallbacks(bunq);
	let lost: unknown;
	try {
		for (let posts = 0; ; posts++) {
			const request = await lock.prepare(plan);
			if (!request) return;
			if (posts === MAX_POSTS) throw replacedList(MAX_POSTS);
			await bunq
				.send(request)
				.catch((error: unknown) =>
					isUnknownOutcome(error) ? (lost = error) : Promise.reject(error as Error),
				);
			for (const wait of BEHIND_MS) {
				await sleep(wait);
				if (isDone(plan(await readCallbacks(bunq)))) return;
			}
			if (lost) throw lost as Error;
		}
	} finally {
		lock.release(lost);
	}
};

export const replacedList = (posts: number) =>
	new CallbackListError(
		'replaced',
		"bunq's list of callbacks does not stay as it was set",
		`It was set ${posts} times, and read as something else each time: another program keeps replacing it, or bunq does not take a category.`,
	);

const isDone = ({ remove, add }: CallbackChange) => remove.length + add.length === 0;
