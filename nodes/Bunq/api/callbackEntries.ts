import type { IDataObject } from 'n8n-workflow';
import { BunqError } from './errors';
import { isRecord } from './json';
import { readId, readText } from './readable';

/** The entries of bunq's list of callbacks, and what a POST may send of them (docs/bunq-api.md 10.1). */

/** A URL that bunq is to call about events of a category. */
export interface Callback {
	category: string;
	url: string;
}

/** An entry of bunq's list. */
export interface CallbackEntry extends Callback {
	/** Where bunq shows one. */
	id?: number;
	/** The users, accounts and kinds of verification that it is limited to, as bunq shows them. */
	users: number[];
	accounts: number[];
	verifications: string[];
	/** Fields that no POST takes, and whose meaning nobody knows. */
	unknownFields: string[];
}

/** Whom bunq shows where an entry is not limited: the reader's own IDs, and the open accounts. */
export interface Everything {
	users: number[];
	accounts: number[];
	/** For a reader who may see only some of the accounts: those that it sees, closed ones too. */
	visible?: number[];
}

/**
 * Why bunq's list of callbacks cannot be set; nothing was changed, or another program undid it.
 * - `unreadable`: an entry cannot be read
 * - `unsendable`: an entry of another program has a field that no POST takes, or names accounts that are not visible
 * - `replaced`: the list does not stay as it was set
 */
type ListProblem = 'unreadable' | 'unsendable' | 'replaced';

/** An error of bunq's list of callbacks. */
export class CallbackListError extends BunqError {
	constructor(
		readonly problem: ListProblem,
		message: string,
		description: string,
	) {
		super('unavailable', message, { description });
	}
}

/** Fields that bunq sets at every POST and takes in none. */
const SET_BY_BUNQ = ['id', 'created', 'updated'];
const LISTS = ['all_user_id', 'all_monetary_account_id', 'all_verification_type'];
const KNOWN_FIELDS = [...SET_BY_BUNQ, ...LISTS, 'category', 'notification_target'];

const CATEGORY = /^[A-Z][A-Z\d_]+$/;

/**
 * The filters in an answer, without their wrappers: one per wrapper as recorded, or all in one as in bunq's file. What is
 * neither stays as it is, and is no entry that can be read.
 */
export const filtersIn = (items: unknown[]): unknown[] =>
	items.flatMap((item) => {
		const [[type, filter] = ['', item]] = isRecord(item) ? Object.entries(item) : [];
		if (!/^NotificationFilter/.test(type) || !isRecord(filter)) return [item];
		const { category, notification_filters: nested } = filter;
		return category === undefined && Array.isArray(nested) ? (nested as unknown[]) : [filter];
	});

/** An entry; undefined where something that a POST has to send back cannot be read. */
export const readCallbackEntry = (filter: unknown): CallbackEntry | undefined => {
	if (!isRecord(filter)) return undefined;
	const category = readText(filter.category);
	const url = readText(filter.notification_target);
	const users = readList(filter.all_user_id, readId);
	const accounts = readList(filter.all_monetary_account_id, readId);
	const verifications = readList(filter.all_verification_type, readText);
	// bunq shows all three lists or none: one that is missing alone may have had a value.
	const shown = LISTS.filter((key) => (filter[key] ?? null) !== null).length;
	if (!category || !CATEGORY.test(category) || !url || !URL.canParse(url)) return undefined;
	if (!users || !accounts || !verifications) return undefined;
	if (shown > 0 && shown < LISTS.length) return undefined;
	const unknownFields = Object.keys(filter).filter(
		(key) => !KNOWN_FIELDS.includes(key) && filter[key] !== null,
	);
	return { id: readId(filter.id), category, url, users, accounts, verifications, unknownFields };
};

/** The values of a list, none where it is missing; undefined where one cannot be read. */
const readList = <T>(value: unknown, read: (one: unknown) => T | undefined): T[] | undefined => {
	if (!Array.isArray(value)) return (value ?? null) === null ? [] : undefined;
	const values = value.map(read).filter((one) => one !== undefined);
	return values.length === value.length ? values : undefined;
};

/** A new entry of a POST. */
export const toFilter = ({ category, url }: Callback): IDataObject => ({
	category,
	notification_target: url,
});

/**
 * An entry of another program for the POST that keeps it. A GET may fill lists that were sent empty with all users and
 * accounts: sent back so, the entry would no longer be called for an account that is opened later. Throws a BunqError
 * where the entry has a field that cannot be sent back, or may be limited or not.
 */
export const toKeptFilter = (entry: CallbackEntry, everything: Everything): IDataObject => {
	const { users, accounts, verifications, unknownFields } = entry;
	if (unknownFields.length > 0)
		throw new CallbackListError(
			'unsendable',
			`bunq's list of callbacks has a field that this package does not know: ${unknownFields.join(', ')}`,
			`Nothing was sent: bunq replaces the whole list, and the entry of ${hostOf(entry.url)} would lose that field. ${UPDATE_HINT}`,
		);
	const isLimited =
		accounts.length > 0 && !everything.accounts.every((id) => accounts.includes(id));
	const isHidden = (id: number) => everything.visible?.includes(id) === false;
	if (!isLimited && accounts.some(isHidden)) throw hiddenAccounts(hostOf(entry.url));
	const isOthers = users.some((id) => !everything.users.includes(id));
	return {
		...toFilter(entry),
		...(isOthers && { all_user_id: users }),
		...(isLimited && { all_monetary_account_id: accounts }),
		...(verifications.length > 0 && { all_verification_type: verifications }),
	};
};

/** @param host of the entry */
export const hiddenAccounts = (host: string) =>
	new CallbackListError(
		'unsendable',
		"bunq's list of callbacks names accounts that this credential does not see",
		`Nothing was sent: bunq replaces the whole list, and only who sees all accounts can tell whether the entry of ${host} is for all of them or for some. Use the Bunq API credential.`,
	);

const UPDATE_HINT = 'Update this package, or remove the other entry with the program that made it.';

/** The host of a URL, for messages: the rest may be secret. */
export const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : 'an unknown host');
