import { BunqError } from '../api/errors';

/**
 * The error of a change that sends back a part of what bunq has, where that part cannot be read: bunq would drop it or
 * change something else.
 * @param what what cannot be read, such as `the PINs of this card`
 */
export const unreadableState = (what: string) =>
	new BunqError('unavailable', `bunq's answer about ${what} could not be read`, {
		description:
			'Nothing was sent: this change depends on it. Try again later, or make the change in the bunq app.',
	});
