import { type Callback, type CallbackEntry, hostOf } from '../api/callbackEntries';
import type { CallbackChange } from '../api/callbackList';
import { comparableUrl, webhookBase } from '../triggerUrl';

/** How bunq's list of callbacks should be for the triggers of a process: a decision, without I/O. */

/** A trigger that bunq is to call. */
export interface CalledTrigger {
	/** Identifies the trigger in this process. */
	key: string;
	/** The URL of its webhook, as n8n gives it. */
	url: string | undefined;
	/** bunq's categories of its event. */
	categories: readonly string[];
}

/** A trigger of this process that is to be called. */
export interface LiveTrigger extends CalledTrigger {
	url: string;
	/** The host and the bunq user whose calls wake it. */
	user: string;
	/** The host and the user or app in whose list its URL is. */
	list: string;
}

/** What a process knows when it decides. */
export interface Situation {
	/** All triggers of the bunq user. */
	triggers: LiveTrigger[];
	/** The list that is read: only its triggers get a URL in it. */
	list: string;
	/** Whether a trigger of this process had the URL, given as `comparableUrl`, and stopped. */
	isGivenUp(url: string): boolean;
	/** Whether more triggers may be about to start. */
	isStarting: boolean;
}

/** What to change, and the categories that have no room, each with the hosts that are called. */
export interface UrlPlan {
	change: Required<CallbackChange>;
	full: Map<string, string[]>;
}

/** bunq calls so many URLs of a category (docs/bunq-api.md 10.1). */
const MAX_URLS = 2;

/** Decides what to change in a list. */
export const planUrls = (situation: Situation, entries: CallbackEntry[]): UrlPlan => {
	const { triggers, list } = situation;
	const urls = new Set(triggers.map(({ url }) => comparableUrl(url)));
	const isOwn = ({ url }: Callback) => urls.has(comparableUrl(url));
	const own = entries.filter(isOwn);
	const obsolete = entries.filter((entry) => isObsolete(situation, entry, own));
	const kept = entries.filter((entry) => !obsolete.includes(entry));
	const plan: UrlPlan = { change: { remove: obsolete, add: [], own }, full: new Map() };
	const baseOf = ({ url }: Callback | LiveTrigger) => webhookBase(comparableUrl(url));
	const bases = new Set(triggers.map(baseOf).filter(Boolean));
	/** Left by a trigger that is gone, or, soon after the start, of one that is about to start. */
	const isLeft = (one: Callback) => bases.has(baseOf(one));

	for (const [category, url] of firstUrls(triggers.filter((one) => one.list === list))) {
		const there = kept.filter((one) => one.category === category);
		const left = there.filter(isLeft);
		if (there.some(isOwn) || (situation.isStarting && left.length > 0)) continue;
		const called = [...new Set(there.map((one) => one.url))];
		if (called.length >= MAX_URLS && left.length === 0) {
			plan.full.set(category, called.map(hostOf));
			continue;
		}
		const dropped = called.length < MAX_URLS ? [] : there.filter((one) => one.url === left[0].url);
		plan.change.remove = [...plan.change.remove, ...dropped];
		plan.change.add.push({ category, url });
	}
	return plan;
};

/** For each category, the URL of the first trigger that wants it. */
const firstUrls = (triggers: LiveTrigger[]) => {
	const first = new Map<string, string>();
	for (const { categories, url } of triggers)
		for (const category of categories) if (!first.has(category)) first.set(category, url);
	return first;
};

/** Whether an entry of this process is not needed any more. While triggers start, only what was given up is not. */
const isObsolete = (
	{ triggers, isGivenUp, isStarting }: Situation,
	{ category, url }: CallbackEntry,
	own: CallbackEntry[],
) => {
	if (!own.some((one) => one.url === url)) return isGivenUp(comparableUrl(url));
	const isWanted = triggers.some(({ categories }) => categories.includes(category));
	// Of two, one is enough: the first in the alphabet, which all processes choose.
	const isSecond = own.some((one) => one.category === category && one.url < url);
	return !isStarting && (!isWanted || isSecond);
};
