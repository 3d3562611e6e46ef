import { BunqError } from './errors';

/**
 * Why bunq's list of callbacks cannot be set; nothing was changed, or another program undid it.
 * - `unreadable`: an entry cannot be read
 * - `unsendable`: an entry of another program has a field that no POST takes, or names accounts that are not visible
 * - `replaced`: the list does not stay as it was set
 */
export type ListProblem = 'unreadable' | 'unsendable' | 'replaced';

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

export const unreadableList = () =>
	new CallbackListError(
		'unreadable',
		"An entry of bunq's list of callbacks cannot be read",
		'Nothing was sent: bunq replaces the whole list, and that entry, which may be of another program, would be lost. Try again later.',
	);

/** @param host of the entry */
export const hiddenAccounts = (host: string) =>
	new CallbackListError(
		'unsendable',
		"bunq's list of callbacks names accounts that this credential does not see",
		`Nothing was sent: bunq replaces the whole list, and only who sees all accounts can tell whether the entry of ${host} is for all of them or for some. Use the Bunq API credential.`,
	);

export const replacedList = (posts: number) =>
	new CallbackListError(
		'replaced',
		"bunq's list of callbacks does not stay as it was set",
		`It was set ${posts} times, and read as something else each time: another program keeps replacing it, or bunq does not take a category.`,
	);
