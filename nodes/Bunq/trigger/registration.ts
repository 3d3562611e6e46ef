import { BoundedMap } from '../api/boundedMap';
import { CallbackListError, type Callback } from '../api/callbackEntries';
import { bunqUserKey, changeCallbacks } from '../api/callbackList';
import type { BunqClient } from '../api/client';
import { monotonicNow } from '../api/clock';
import { BunqError } from '../api/errors';
import { comparableUrl, publicUrl } from '../triggerUrl';
import { planUrls, type CalledTrigger, type LiveTrigger, type UrlPlan } from './registrationPlan';

/**
 * Which URLs bunq calls for the triggers of this process. bunq calls two URLs per category (docs/bunq-api.md 10.1), so all
 * triggers of a bunq user share one: whoever's URL is called, all of them are woken.
 */

/**
 * Whether bunq calls this process about a trigger's event. The trigger polls whatever this is.
 * - `registered`: bunq calls
 * - `noAddress`: bunq cannot call this n8n; it was not asked
 * - `full`: other programs use the two URLs of these categories; `hosts` says where
 * - `refused`: bunq refused, for example the right
 * - `unreadable`: an entry of the list cannot be read or sent back, so the list was left alone
 * - `replaced`: the list does not stay as it was set
 * - `unavailable`: no answer, or an unknown outcome; asked again with the first clock after a minute
 * - `stopped`: the trigger was stopped meanwhile
 */
export type Registration =
	| { state: 'registered' | 'stopped' }
	| { state: 'noAddress'; url: string | undefined }
	| { state: 'full'; categories: string[]; hosts: string[] }
	| { state: 'refused' | 'unreadable' | 'replaced' | 'unavailable'; error: BunqError };

type Failure = Extract<Registration, { error: BunqError }>;

/** What bunq's list was when it was last asked for. */
interface Check {
	at: number;
	/** Where bunq's list is not right for a trigger, why; undefined: it is. */
	failureFor(categories: readonly string[]): Failure | undefined;
	/** Categories without room, each with the hosts that are called. */
	full: UrlPlan['full'];
}

/** What this process knows of one of bunq's lists. */
interface KnownList {
	/** The URLs that its triggers have given up, comparable, and bunq may still have. */
	givenUp: BoundedMap<string, true>;
	check?: Check;
}

const live = new Map<string, LiveTrigger>();
const lists = new Map<string, KnownList>();
/** How often each trigger was stopped: one that stopped while bunq was asked for its user is not live. */
const stops = new BoundedMap<string, number>(10_000);
const startedAt = monotonicNow();

const knownList = (key: string): KnownList => {
	const known = lists.get(key) ?? { givenUp: new BoundedMap(1_000) };
	lists.set(key, known);
	return known;
};

/** From now on, whatever bunq has of this URL is removed, unless a live trigger has it. */
const giveUp = (list: string, url: string) =>
	void knownList(list).givenUp.set(comparableUrl(url), true);

/** How long after its start a process may not know all its triggers: n8n starts one after another. */
const STARTING_MS = 10 * 60_000;
const CHECK_EVERY_MS = 15 * 60_000;
const RETRY_AFTER_MS = 60_000;

const listKey = async (bunq: BunqClient) => `${bunq.host} ${(await bunq.user()).userId}`;

/**
 * Makes bunq call this process about the trigger's event. Call it when n8n starts or activates the trigger, from hooks too:
 * where nothing has changed since, it asks bunq nothing. Throws only errors that are not bunq's.
 */
export const registerTrigger = async (
	bunq: BunqClient,
	trigger: CalledTrigger,
): Promise<Registration> => await register(bunq, trigger, RETRY_AFTER_MS);

/**
 * Keeps bunq's list right: asks every 15 minutes, as another program may have replaced it, and a minute after a failure.
 * Call it with the trigger's clock, beside the poll. Throws only errors that are not bunq's.
 */
export const keepRegistered = async (
	bunq: BunqClient,
	trigger: CalledTrigger,
): Promise<Registration> => await register(bunq, trigger, CHECK_EVERY_MS);

const register = async (
	bunq: BunqClient,
	trigger: CalledTrigger,
	maxAge: number,
): Promise<Registration> => {
	const url = publicUrl(trigger.url);
	if (!url) return { state: 'noAddress', url: trigger.url };
	const stopped = stops.get(trigger.key);
	const users = await resultOf(Promise.all([bunqUserKey(bunq), listKey(bunq)]));
	if (users instanceof BunqError) return toRegistration(users);
	const [user, list] = users;
	if (stops.get(trigger.key) !== stopped) return { state: 'stopped' };
	const before = live.get(trigger.key);
	const now = { ...trigger, url, user, list };
	// Also while it runs: the credential may be connected again, even to another bunq user.
	if (JSON.stringify(before) !== JSON.stringify(now)) {
		if (before && (before.url !== url || before.list !== list)) giveUp(before.list, before.url);
		live.set(trigger.key, now);
		knownList(list).check = undefined;
	}
	knownList(list).givenUp.delete(comparableUrl(url));
	return await check(bunq, now, maxAge);
};

/**
 * Removes what bunq has of a trigger that n8n deactivated. Another trigger of the user takes over. Throws a BunqError: the
 * URL then stays at bunq until another trigger of this process is registered or its list is asked for.
 */
export const unregisterTrigger = async (bunq: BunqClient, trigger: CalledTrigger) => {
	forgetTrigger(trigger.key);
	const url = publicUrl(trigger.url);
	if (!url) return;
	const list = await listKey(bunq);
	giveUp(list, url);
	knownList(list).check = undefined;
	// What bunq refuses to another trigger must not keep this URL there.
	await syncList(bunq).catch(async (error: unknown) => {
		const isRefused = error instanceof BunqError && error.kind === 'rejected';
		await (isRefused ? syncList(bunq, []) : Promise.reject(error as Error));
	});
};

/** A trigger that stopped, on this process or on all: it is not called any more. Its URL stays at bunq. */
export const forgetTrigger = (key: string) => {
	live.delete(key);
	stops.set(key, (stops.get(key) ?? 0) + 1);
};

/** The keys of the triggers that a call to this one's URL may be about: all of its bunq user. */
export const triggersCalledWith = (key: string): string[] => {
	const user = live.get(key)?.user;
	return user === undefined
		? []
		: [...live.values()].filter((one) => one.user === user).map((one) => one.key);
};

/** The trigger's registration: from memory for so long, otherwise bunq's list is read, and changed where it is not right. */
const check = async (
	bunq: BunqClient,
	{ list, categories }: LiveTrigger,
	maxAge: number,
): Promise<Registration> => {
	const known = knownList(list).check;
	const isPassing = known?.failureFor(categories)?.state === 'unavailable';
	const isFresh = known && monotonicNow() - known.at < (isPassing ? RETRY_AFTER_MS : maxAge);
	const { failureFor, full } = isFresh ? known : await settle(bunq, list);
	const failure = failureFor(categories);
	if (failure) return failure;
	const without = categories.filter((category) => full.has(category));
	const hosts = [...new Set(without.flatMap((category) => full.get(category) ?? []))];
	return without.length > 0
		? { state: 'full', categories: without, hosts }
		: { state: 'registered' };
};

const settle = async (bunq: BunqClient, list: string): Promise<Check> => {
	const { plan, failure } = await trySyncList(bunq);
	const missing = new Set(plan?.change.add.map(({ category }) => category));
	const failures = new Map([...missing].map((category) => [category, failure]));
	// bunq takes all of a list or nothing: a category that it refuses must not keep the others from being called.
	if (failure?.state === 'refused') {
		if (plan && plan.change.remove.length > 0) await trySyncList(bunq, []);
		for (const category of missing.size > 1 ? missing : [])
			failures.set(category, (await trySyncList(bunq, [category])).failure);
	}
	const failureFor = (categories: readonly string[]) =>
		plan ? categories.map((category) => failures.get(category)).find(Boolean) : failure;
	const settled = { at: monotonicNow(), failureFor, full: plan?.full ?? new Map() };
	knownList(list).check = settled;
	return settled;
};

/**
 * Makes the list right; returns the last plan, undefined where the list could not be read, and why it is not right.
 * @param only the categories to add, if not all
 */
const trySyncList = async (
	bunq: BunqClient,
	only?: string[],
): Promise<{ plan?: UrlPlan; failure?: Failure }> => {
	const last: { plan?: UrlPlan } = {};
	const syncing = syncList(bunq, only, (plan) => (last.plan = plan));
	const error = await resultOf(syncing.then(() => undefined));
	return { ...last, failure: error && toRegistration(error) };
};

/**
 * Makes the list of the client's user right, whatever it is meanwhile. Throws a BunqError.
 * @param only the categories to add, if not all
 * @param onPlan takes each plan, as it is for all categories
 */
const syncList = async (
	bunq: BunqClient,
	only?: string[],
	onPlan: (plan: UrlPlan) => void = () => undefined,
): Promise<void> => {
	const [user, list] = await Promise.all([bunqUserKey(bunq), listKey(bunq)]);
	const isGivenUp = (url: string) => knownList(list).givenUp.has(comparableUrl(url));
	await changeCallbacks(bunq, (entries) => {
		const triggers = [...live.values()].filter((one) => one.user === user);
		const isStarting = monotonicNow() - startedAt < STARTING_MS;
		const plan = planUrls({ triggers, list, isGivenUp, isStarting }, entries);
		onPlan(plan);
		const { add } = plan.change;
		const isChosen = ({ category }: Callback) => only?.includes(category) ?? true;
		return { ...plan.change, add: add.filter(isChosen) };
	});
};

/** The value, or bunq's error. */
const resultOf = async <T>(work: Promise<T>): Promise<T | BunqError> =>
	await work.catch((error: unknown) =>
		error instanceof BunqError ? error : Promise.reject(error as Error),
	);

const toRegistration = (error: BunqError): Failure => {
	if (error instanceof CallbackListError)
		return { state: error.problem === 'replaced' ? 'replaced' : 'unreadable', error };
	return { state: error.kind === 'rejected' ? 'refused' : 'unavailable', error };
};
