import { monotonicNow } from './clock';
import type { BunqCredential } from './credential';
import { BunqError, type FailureKind } from './errors';
import type { ApiRequest, Reply, SentReply } from './http';
import {
	classifyReply,
	isRateLimited,
	MAX_RATE_LIMIT_WAIT_MS,
	rateLimitWindowMs,
	saysInstallationLost,
	saysMissingRight,
	saysSessionExpired,
	saysTooLittleMoney,
	saysWrongCredentials,
	wasKeptByProxy,
} from './replies';
import { contentOf, describeRequest } from './requestBody';

/** Replies as errors: what each means, and what to do next. */

type Secret = Pick<BunqCredential, 'isOAuth2'>;

interface ReplyError {
	when: (reply: Reply, request: ApiRequest) => boolean;
	kind: FailureKind;
	/** Used when bunq gave no reason. */
	message?: string;
	description: string | ((reply: Reply, credential: Secret) => string);
}

const HANDSHAKE_PATHS = ['/installation', '/device-server', '/session-server'];
/** Rows of their own say more about these. */
const isExplained = (reply: Reply) =>
	isRateLimited(reply) || saysInstallationLost(reply) || reply.status === 491;

const HOW_TO_CHECK =
	'Check the bunq app, or use Get Many, before you run this again: otherwise it may happen twice.';

/** What is wrong with an answer that was not used, by its fault. */
const NOT_USED = {
	unsigned: "bunq's signature is missing from its answer",
	badSignature: "The signature of bunq's answer is wrong",
	otherRequest: "bunq's answer belongs to another request",
};

/** The next step where a right is missing; an operation that knows a better one puts it here. */
export const KEY_MAY_HAVE_RIGHT =
	'Your own API key may have rights that an OAuth app does not have.';

/** What a reply means and what to do next; the first match applies. */
const REPLY_ERRORS: ReplyError[] = [
	{
		when: wasKeptByProxy,
		kind: 'unavailable',
		description:
			'Nothing was sent: a proxy wants n8n to sign in first. Check the proxy in the settings of n8n (HTTPS_PROXY), then run it again.',
	},
	{
		when: ({ fault }) => fault === 'notFromBunq',
		kind: 'outcomeUnknown',
		description:
			'It was not bunq that answered, but a proxy, a firewall or a sign-in page of the network. Check the connection from n8n to bunq, or try again later.',
	},
	...Object.entries(NOT_USED).map(
		([name, message]): ReplyError => ({
			when: ({ fault }) => fault === name,
			kind: 'outcomeUnknown',
			message,
			description:
				'The answer may have been changed in transit, so it was not used. Check for proxies between n8n and bunq.',
		}),
	),
	{
		when: ({ status }) => status === 408,
		kind: 'outcomeUnknown',
		message: 'bunq says that the request took too long to arrive',
		description: 'Something between n8n and bunq is slow. Try again later.',
	},
	{
		when: saysWrongCredentials,
		kind: 'authentication',
		description: (_, { isOAuth2 }) =>
			isOAuth2
				? 'Nothing was done. The connection was revoked, replaced by a later one of the same OAuth client, or is of the other environment (sandbox or production): connect again. Or it comes from a new IP address: allow that in the bunq app, under Developers.'
				: 'Nothing was done. A new key is mistyped, half copied or of the other environment (sandbox or production): paste it again. One that worked before was revoked or replaced (create a new one), or comes from a new IP address (allow it in the bunq app, under Developers).',
	},
	{
		when: (reply, { path }) =>
			reply.status >= 300 &&
			reply.status < 500 &&
			HANDSHAKE_PATHS.includes(path) &&
			!isExplained(reply),
		kind: 'authentication',
		description: (_, { isOAuth2 }) =>
			`Nothing was done: bunq opened no session. ${isOAuth2 ? 'Connect again.' : 'Test the credential; if bunq refuses that too, create a new key.'}`,
	},
	{
		when: saysMissingRight,
		kind: 'rejected',
		description: `Nothing was done: bunq does not grant this right to the connected credential. ${KEY_MAY_HAVE_RIGHT}`,
	},
	{
		when: (reply) => reply.status === 401 || (reply.status === 403 && saysSessionExpired(reply)),
		kind: 'authentication',
		description: ({ status }, { isOAuth2 }) =>
			`Nothing was done: bunq does not accept the session, even a new one${status === 403 ? ', or does not allow this to the credential' : ''}. ${isOAuth2 ? 'Connect again.' : 'Test the credential.'}`,
	},
	{
		when: ({ status }) => status === 403,
		kind: 'rejected',
		description: 'Nothing was done: bunq does not allow this for the connected user.',
	},
	{
		when: ({ status, message }) =>
			status === 405 || (status === 404 && /route not found/i.test(message ?? '')),
		kind: 'rejected',
		description:
			'Nothing was done: bunq has no such endpoint. Check the method and the path, as bunq documents them.',
	},
	{
		when: ({ status }) => status === 404,
		kind: 'rejected',
		description:
			'Nothing was done: you have nothing with this ID at bunq. Check the ID and the account that it belongs to. OAuth2: bunq shows only the accounts that you shared while connecting.',
	},
	{
		when: (reply) => isRateLimited(reply) && rateLimitWindowMs(reply) > MAX_RATE_LIMIT_WAIT_MS,
		kind: 'rateLimited',
		description: (reply) =>
			`Nothing was done. bunq counts this over ${toMinutes(rateLimitWindowMs(reply))}, too long to wait here. Run it again after that, and less often.`,
	},
	{
		when: isRateLimited,
		kind: 'rateLimited',
		description:
			'Nothing was done. The node waited, but bunq kept refusing: something else at this IP address calls bunq too. Run this later, or less often.',
	},
	{
		when: saysInstallationLost,
		kind: 'rejected',
		description:
			'Nothing was done: bunq did not accept the signature, even after re-registering this device.',
	},
	{
		when: ({ status }) => status === 491,
		kind: 'unavailable',
		message: 'bunq is under maintenance',
		description: 'Nothing was done. Try again later.',
	},
	{
		when: ({ status }) => status === 409,
		kind: 'rejected',
		description:
			'Nothing was done. It conflicts with what bunq has now, which may have changed since. Read it again before you repeat this.',
	},
	{
		when: ({ status }) => status === 478,
		kind: 'rejected',
		message: 'bunq does not accept a character of this request',
		description:
			"Nothing was done. Use only letters, digits, spaces and / - ? : ( ) . , ' + in the description, then run it again.",
	},
	{
		when: ({ message }) => /support notes/i.test(message ?? ''),
		kind: 'rejected',
		description:
			'Nothing was done: bunq takes no notes here. For a payment by card, iDEAL or Sofort, set "Subject" to the card transaction or the money request that it belongs to.',
	},
	{
		when: saysTooLittleMoney,
		kind: 'rejected',
		description:
			'Nothing was done: the account that pays has too little money. Add money to it or pay less, then run it again.',
	},
	{
		when: ({ status }) => status >= 400 && status < 500,
		kind: 'rejected',
		description:
			'Nothing was done, for the reason that bunq gives. Correct the values, or what it names in the bunq app, then run it again.',
	},
	{
		when: ({ fault }) => fault === 'notSent',
		kind: 'unavailable',
		description:
			'Nothing was sent: this n8n cannot reach bunq. Check the network (DNS, firewall, proxy), then run it again.',
	},
	{
		when: ({ status }) => status > 0 && status < 400,
		kind: 'outcomeUnknown',
		message: "bunq's answer could not be read",
		description: 'It was cut off, or it does not have the documented format. Try again later.',
	},
	{
		when: ({ status }) => status >= 500,
		kind: 'outcomeUnknown',
		message: 'bunq failed internally',
		description: 'Something broke inside bunq. Try again later.',
	},
	{
		when: () => true,
		kind: 'outcomeUnknown',
		description: 'The connection ended before bunq answered. Try again later.',
	},
];

const toMinutes = (ms: number) => `${Math.round(ms / 60_000)} minutes`;

/**
 * The error that a reply other than `ok` becomes: bunq's reason, its meaning, and what to do next.
 */
export const errorFromReply = (reply: SentReply, request: ApiRequest, credential: Secret = {}) => {
	// A text of a refusal proves nothing where the status is none.
	const isUnknown = classifyReply(reply) === 'outcomeUnknown';
	const meaning = REPLY_ERRORS.find(
		(one) => (!isUnknown || one.kind === 'outcomeUnknown') && one.when(reply, request),
	)!;
	const { kind, message, description: says } = meaning;
	const description = typeof says === 'string' ? says : says(reply, credential);
	const warning = reply.warning && `bunq also warns: ${reply.warning.replace(/\.$/, '')}.`;
	const isUnknownWrite = kind === 'outcomeUnknown' && request.method !== 'GET';
	return new BunqError(
		kind,
		reply.message ?? message ?? `bunq answered ${reply.status} without a reason`,
		{
			description: [
				...(isUnknownWrite
					? [
							`Outcome unknown: bunq may have carried this out: ${describeRequest(request)}.`,
							HOW_TO_CHECK,
						]
					: [description]),
				warning,
			]
				.filter(Boolean)
				.join(' '),
			httpCode: reply.status ? String(reply.status) : undefined,
			reference: reply.responseId,
			unknownWrite: isUnknownWrite
				? {
						method: request.method,
						path: request.path,
						body: JSON.stringify(contentOf(request)),
						sentAt: reply.sentAt,
						failedAt: monotonicNow(),
					}
				: undefined,
		},
	);
};
