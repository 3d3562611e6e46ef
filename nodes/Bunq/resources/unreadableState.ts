import { BunqError } from '../api/errors';

/**
 * The error of an operation that depends on a part of what bunq has, where that part cannot be read: a change that sends it
 * back would drop it or change something else, and a list would be shorter without a word.
 * @param what what cannot be read, such as `the PINs of this card`
 */
export const unreadableState = (what: string) =>
	new BunqError('unavailable', `bunq's answer about ${what} could not be read`, {
		description:
			'Nothing was sent: the operation depends on it. Try again later, or use the bunq app.',
	});
