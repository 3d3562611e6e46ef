import { describeRequest } from './entries';
import { BunqError, type FailureKind } from './errors';
import type { ApiRequest, Reply } from './http';

/**
 * What to do about a reply; the retry policy in client.ts acts on it.
 * - `expired`: renew the session, again · `limited`: wait, again · `unsigned`: new installation, again ·
 *   `unsent`: bunq never got it, again: after these four bunq certainly did not act
 * - `unclear`: bunq may have acted, never again for a write · `refused`: final
 */
export type ReplyClass =
	| 'ok'
	| 'sessionExpired'
	| 'rateLimited'
	| 'installationLost'
	| 'notSent'
	| 'outcomeUnknown'
	| 'rejected';

/** The two texts of an expired session, with 401 or 403 (docs/bunq-api.md 2.5). Any other 403 is a missing right. */
const SESSION_EXPIRED = /^Insufficient (authentication|authorisation)\.?$/;

/** Wrong key, wrong address, revoked, or superseded by a later connect (docs/bunq-api.md 2.5). */
const WRONG_CREDENTIALS = /User credentials are incorrect|Incorrect API key or IP address/;

export const classifyReply = ({ status, message, fault }: Reply): ReplyClass => {
	if (fault === 'notSent') return 'notSent';
	// A forged answer says nothing, whatever its status: not even that bunq refused.
	if (fault === 'noResponse' || fault === 'badSignature' || status === 408) return 'outcomeUnknown';
	if (status === 401 || (status === 403 && SESSION_EXPIRED.test(message ?? '')))
		return 'sessionExpired';
	if (status === 429) return 'rateLimited';
	if (status === 466) return 'installationLost';
	if (status >= 500) return 'outcomeUnknown';
	if (status >= 300) return 'rejected';
	return fault ? 'outcomeUnknown' : 'ok';
};

export const saysWrongCredentials = ({ status, message, fault }: Reply) =>
	status >= 400 && fault !== 'badSignature' && WRONG_CREDENTIALS.test(message ?? '');

/** The longest window of a limit that is waited for, milliseconds. */
export const MAX_RATE_LIMIT_WAIT_MS = 60_000;

const SECONDS_PER_UNIT: Record<string, number> = {
	second: 1,
	minute: 60,
	hour: 3_600,
	day: 86_400,
};

/** "…a maximum of 3 calls per 3 second…" → 3000 milliseconds; the numbers vary (docs/bunq-api.md 4). */
export const rateLimitWindowMs = ({ message }: Reply) => {
	const [, count = '1', unit] =
		/calls? per (?:(\d+) )?(second|minute|hour|day)/i.exec(message ?? '') ?? [];
	return unit ? Number(count) * SECONDS_PER_UNIT[unit.toLowerCase()] * 1_000 : 3_000;
};

interface ReplyError {
	when: (reply: Reply) => boolean;
	kind: FailureKind;
	/** Only when bunq gave no words of its own. */
	message?: string;
	description: string | ((reply: Reply) => string);
}

const HOW_TO_CHECK =
	'Look in the bunq app, or use Get Many, before you run this again; running it blindly may do it twice.';

/** What a reply means and what to do, first match counts. */
const REPLY_ERRORS: ReplyError[] = [
	{
		when: ({ fault }) => fault === 'badSignature',
		kind: 'outcomeUnknown',
		message: "The signature of bunq's answer is wrong",
		description:
			'The answer may have been changed on its way and was not used. Check proxies between n8n and bunq.',
	},
	{
		when: ({ status }) => status === 408,
		kind: 'outcomeUnknown',
		message: 'bunq says that the request took too long to arrive',
		description: 'Something between n8n and bunq is slow. Try again later.',
	},
	{
		when: saysWrongCredentials,
		kind: 'authentication',
		description:
			'There are three causes. The key was revoked or replaced by a later connect: connect again, or make a new key. bunq knows this key from another IP address: in the bunq app, under Developers, allow this server\'s address or all addresses; or turn on "Allow Any IP Address" in the credential and then connect again (API key: make a new key), since bunq takes that only with the first use. Or the key belongs to the other environment (sandbox or production). Nothing was done.',
	},
	{
		when: ({ status, message }) => status === 403 && SESSION_EXPIRED.test(message ?? ''),
		kind: 'authentication',
		description:
			'bunq ended the session and did not accept the new one. Nothing was done. Test the credential, or connect it again.',
	},
	{
		when: ({ message }) => /not enough permissions/i.test(message ?? ''),
		kind: 'rejected',
		description:
			'The connected credential does not have this right at bunq. Nothing was done. An API key of your own may do what an OAuth app may not.',
	},
	{
		when: ({ status }) => status === 401,
		kind: 'authentication',
		description:
			'bunq does not accept the session, even a new one. Nothing was done. Test the credential, or connect it again.',
	},
	{
		when: ({ status }) => status === 403,
		kind: 'rejected',
		description: 'bunq does not allow this for the connected user. Nothing was done.',
	},
	{
		when: ({ status }) => status === 404,
		kind: 'rejected',
		description:
			'Nothing with this ID exists for the connected user, so nothing was done. Check the ID and the account it belongs to; with OAuth only the accounts that were shared while connecting can be seen.',
	},
	{
		when: (reply) => reply.status === 429 && rateLimitWindowMs(reply) > MAX_RATE_LIMIT_WAIT_MS,
		kind: 'rateLimited',
		description: (reply) =>
			`Nothing was done. bunq counts this over ${toMinutes(rateLimitWindowMs(reply))}, too long to wait for here: run it again after that, and less often.`,
	},
	{
		when: ({ status }) => status === 429,
		kind: 'rateLimited',
		description:
			'bunq limits how often it can be asked, and kept refusing after waiting. Nothing was done. Something else on this IP address uses bunq as well; run this later or less often.',
	},
	{
		when: ({ status }) => status === 466,
		kind: 'rejected',
		description:
			'bunq did not accept the signature, even after registering this device anew. Nothing was done.',
	},
	{
		when: ({ status }) => status === 491,
		kind: 'unavailable',
		message: 'bunq is under maintenance',
		description: 'Nothing was done. Try again later.',
	},
	{
		when: ({ status }) => status >= 300 && status < 500,
		kind: 'rejected',
		description:
			'bunq refused this request, so nothing was done. Correct what bunq names and run it again.',
	},
	{
		when: ({ fault }) => fault === 'notSent',
		kind: 'unavailable',
		description:
			'Nothing was sent. Check that this n8n can reach bunq over the internet (DNS, firewall, proxy), then run it again.',
	},
	{
		when: ({ fault, status }) => fault === 'malformed' && status < 300,
		kind: 'outcomeUnknown',
		message: "bunq's answer could not be read",
		description: 'It was cut off, or is not what bunq documents. Try again later.',
	},
	{
		when: ({ status }) => status >= 500,
		kind: 'outcomeUnknown',
		message: 'bunq failed internally',
		description: 'The fault is at bunq. Try again later.',
	},
	{
		when: () => true,
		kind: 'outcomeUnknown',
		description: 'The connection to bunq ended before an answer came. Try again later.',
	},
];

const toMinutes = (ms: number) => `${Math.round(ms / 60_000)} minutes`;

/** The error for a reply that is not `ok`. `sentAt` is when the request left, by this machine's clock. */
export const errorFromReply = (reply: Reply, call: ApiRequest, sentAt: number) => {
	const meaning = REPLY_ERRORS.find(({ when }) => when(reply))!;
	const { kind, message } = meaning;
	const description =
		typeof meaning.description === 'string' ? meaning.description : meaning.description(reply);
	const reference = reply.responseId && `bunq's reference: ${reply.responseId}.`;
	const isUnknownWrite = kind === 'outcomeUnknown' && call.method !== 'GET';
	return new BunqError(
		kind,
		reply.message ?? message ?? `bunq answered ${reply.status} without a reason`,
		{
			description: [
				...(isUnknownWrite
					? [
							`Maybe done: bunq may have acted on this. Sent was ${describeRequest(call)}.`,
							HOW_TO_CHECK,
						]
					: [description]),
				reference,
			]
				.filter(Boolean)
				.join(' '),
			httpCode: reply.status ? String(reply.status) : undefined,
			unknownWrite: isUnknownWrite
				? {
						method: call.method,
						path: call.path,
						body: JSON.stringify(call.body ?? {}),
						sentAt,
						failedAt: Date.now(),
					}
				: undefined,
		},
	);
};
