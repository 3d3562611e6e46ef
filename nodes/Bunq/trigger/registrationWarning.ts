import type { Registration } from './registration';

/** What a person has to know about a trigger that bunq does not call. */

/** One warning: what is so, what it means, what to do. */
export interface Warning {
	message: string;
	description: string;
}

/** The first sentence. */
const POLLS = 'Events still come: this trigger polls instead.';
const ADVICE = 'To poll only, turn off "Instant".';

const KEY_ADVICE = 'The Bunq API credential may have the right.';

/**
 * The warning of a registration; undefined where there is nothing to do for a person.
 * @param usesKey whether the credential is an API key, which has all rights
 */
export const warningOf = (registration: Registration, usesKey: boolean): Warning | undefined => {
	switch (registration.state) {
		case 'registered':
		case 'stopped':
		case 'unavailable':
			return undefined;
		case 'noAddress':
			return {
				message: 'bunq cannot call this n8n, so events come with the next poll',
				description: `${POLLS} Instant needs a public address with https and no port: bunq would have to call ${originOf(registration.url)}. Set WEBHOOK_URL of your n8n to the address at which the internet reaches it, restart n8n, and publish the workflow again. ${ADVICE}`,
			};
		case 'full':
			return {
				message: `bunq has no room for another callback of ${registration.categories.join(' and ')}`,
				description: `${POLLS} bunq calls two URLs for each kind of event, and both are in use, at ${registration.hosts.join(' and ')}. They were left alone: they are of other programs, or of this n8n at an earlier address. If one is not needed any more, remove it with "Callback: Delete", and publish the workflow again. ${ADVICE}`,
			};
		case 'refused':
			return {
				message: `bunq does not let this credential set callbacks: ${registration.error.message}`,
				description: [POLLS, registration.error.description, usesKey ? '' : KEY_ADVICE, ADVICE]
					.filter(Boolean)
					.join(' '),
			};
		default:
			return {
				message: registration.error.message,
				description: `${POLLS} ${registration.error.description} "Callback: Get Many" shows the list. ${ADVICE}`,
			};
	}
};

/** The beginning of a URL: its path is a secret of the workflow. */
const originOf = (url: string | undefined) =>
	url && URL.canParse(url) ? new URL(url).origin : 'an unknown address';
