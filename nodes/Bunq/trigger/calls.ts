import { isRecord, parseJson } from '../api/json';
import { readId } from '../api/readable';
import type { Event } from './event';
import { cursorOf, MAX_RECENT_IDS, type PollState } from './pollState';

/**
 * bunq's calls (docs/bunq-api.md 10.2). Nobody knows who sends one, so a call is only a hint where to read: nothing of it
 * is ever emitted or stored.
 */

/** Longer than any call about one object. */
const MAX_BYTES = 2 ** 20;

/**
 * The body of a call. n8n parses only what a header declares as JSON, and no source tells what bunq's calls declare.
 * @param parsed the body as n8n parsed it
 * @param raw the same as bytes, where n8n has them
 */
export const readBody = (parsed: unknown, raw?: Buffer): unknown => {
	const isParsed = isRecord(parsed) && Object.hasOwn(parsed, 'NotificationUrl');
	return isParsed || !raw || raw.length > MAX_BYTES ? parsed : parseJson(raw.toString()).value;
};

/** What a call says that happened. */
export interface Call {
	/** The wrapper of the object, for example `Payment`. */
	object: string;
	id: number;
	account: number;
	/** Whether it is an entry in the list of a record. */
	isPart?: true;
}

/** The objects of all calls that are about an event. */
type Objects = Pick<Event['callback'], 'objects' | 'parts'>;

/** Reads a call about one of these objects. Undefined for anything else, of whatever shape and size. */
export const readCall = (body: unknown, { objects, parts }: Objects): Call | undefined => {
	const notification = isRecord(body) ? body.NotificationUrl : undefined;
	const wrapped = isRecord(notification) ? notification.object : undefined;
	if (!isRecord(wrapped)) return undefined;
	const object = objects.find((name) => name in wrapped);
	const value = object && wrapped[object];
	if (!object || !isRecord(value)) return undefined;
	const readPart = parts?.[object];
	const { id, account } = readPart
		? readPart(value)
		: { id: readId(value.id), account: readId(value.monetary_account_id) };
	if (id === undefined || account === undefined) return undefined;
	return { object, id, account, ...(readPart && { isPart: true }) };
};

/** Whether a poll can read an account alone, because the state says where to begin. */
export const canBeNamed = (state: PollState | undefined, account: number) => {
	const cursor = cursorOf(state, account);
	return cursor ? !cursor.isClosed : state?.listing?.ids.includes(account) === true;
};

/** Whether a trigger on one account watches another one. */
export const isElsewhere = (state: PollState | undefined, account: number) =>
	state !== undefined && state.listing === undefined && !(account in state.accounts);

/** What `progressOf` says of an object that was read and needs no further poll. */
export const READ = 'read';

/**
 * What the state knows of a call's object, as a text that changes when a poll finds something: READ; `waiting` for its
 * answer; or what is known of the account's balance, or nothing.
 */
export const progressOf = (event: Event, state: PollState | undefined, call: Call): string => {
	const cursor = cursorOf(state, call.account);
	if (!('path' in event)) return `balance ${cursor?.balance ?? ''}`;
	if (!cursor) return '';
	if (call.isPart) {
		const lists = Object.values(cursor.parts ?? {});
		return lists.some(({ recentIds }) => recentIds.includes(call.id)) ? READ : '';
	}
	if (cursor.pendingIds.includes(call.id)) return 'waiting';
	// Of a list that is longer, only the newest IDs are kept.
	const lowest = cursor.recentIds.length < MAX_RECENT_IDS ? 0 : (cursor.recentIds.at(-1) ?? 0);
	return cursor.recentIds.includes(call.id) || call.id < lowest ? READ : '';
};
