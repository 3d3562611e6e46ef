import { monotonicNow } from './clock';
import { describeRequest } from './entries';
import { BunqError, type FailureKind } from './errors';
import type { ApiRequest, Reply, SentReply } from './http';
import {
	isRateLimited,
	MAX_RATE_LIMIT_WAIT_MS,
	rateLimitWindowMs,
	saysInstallationLost,
	saysSessionExpired,
	saysWrongCredentials,
	wasKeptByProxy,
} from './replies';

/** Replies as errors: what each means, and what to do next. */

interface ReplyError {
	when: (reply: Reply, request: ApiRequest) => boolean;
	kind: FailureKind;
	/** Used when bunq gave no reason. */
	message?: string;
	description: string | ((reply: Reply) => string);
}

const HANDSHAKE_PATHS = ['/installation', '/device-server', '/session-server'];
/** Rows of their own say more about these. */
const isExplained = (reply: Reply) =>
	isRateLimited(reply) || saysInstallationLost(reply) || reply.status === 491;

const HOW_TO_CHECK =
	'Check the bunq app, or use Get Many, before you run this again: otherwise it may happen twice.';

const NOT_USED =
	'The answer may have been changed in transit, so it was not used. Check for proxies between n8n and bunq.';

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
			'These are not words of bunq: a proxy, a firewall or a sign-in page of the network answered. Check the connection from n8n to bunq, or try again later.',
	},
	{
		when: ({ fault }) => fault === 'unsigned',
		kind: 'outcomeUnknown',
		message: "bunq's signature is missing from its answer",
		description: NOT_USED,
	},
	{
		when: ({ fault }) => fault === 'badSignature',
		kind: 'outcomeUnknown',
		message: "The signature of bunq's answer is wrong",
		description: NOT_USED,
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
			'Nothing was done. There are three possible causes. The key was revoked or replaced by a later connection: connect again, or create a new key. bunq knows this key from another IP address: in the bunq app, under Developers, allow this server\'s address or all addresses; or turn on "Allow Any IP Address" in the credential and then connect again (API key: create a new key), because that setting only takes effect when a key is first used. The key belongs to the other environment (sandbox or production).',
	},
	{
		when: (reply, { path }) =>
			reply.status >= 300 &&
			reply.status < 500 &&
			HANDSHAKE_PATHS.includes(path) &&
			!isExplained(reply),
		kind: 'authentication',
		description:
			'bunq opened no session. Nothing was done. Test the credential, which repeats the whole handshake. If that is refused too, connect again (API key: create a new key).',
	},
	{
		when: (reply) => reply.status === 403 && saysSessionExpired(reply),
		kind: 'authentication',
		description:
			'bunq ended the session and did not accept the new one. Nothing was done. Test the credential, or connect it again.',
	},
	{
		when: ({ message }) => /not enough permissions/i.test(message ?? ''),
		kind: 'rejected',
		description:
			'bunq does not grant this right to the connected credential. Nothing was done. Your own API key may have rights that an OAuth app does not have.',
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
		when: ({ status, message }) =>
			status === 405 || (status === 404 && /route not found/i.test(message ?? '')),
		kind: 'rejected',
		description:
			'bunq has no such endpoint. Nothing was done. Check the method and the path, as bunq documents them.',
	},
	{
		when: ({ status }) => status === 404,
		kind: 'rejected',
		description:
			'Nothing with this ID exists for the connected user, so nothing was done. Check the ID and the account it belongs to; with OAuth, only the accounts that you shared while connecting are visible.',
	},
	{
		when: (reply) => isRateLimited(reply) && rateLimitWindowMs(reply) > MAX_RATE_LIMIT_WAIT_MS,
		kind: 'rateLimited',
		description: (reply) =>
			`Nothing was done. bunq counts this over ${toMinutes(rateLimitWindowMs(reply))}, which is too long to wait for. Run it again after that, and less often.`,
	},
	{
		when: isRateLimited,
		kind: 'rateLimited',
		description:
			"The node waited for bunq's rate limit, but bunq kept refusing. Nothing was done. Something else at this IP address uses bunq too: run this later or less often.",
	},
	{
		when: saysInstallationLost,
		kind: 'rejected',
		description:
			'bunq did not accept the signature, even after re-registering this device. Nothing was done.',
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
			'Nothing was done. It conflicts with what bunq has now, which may have changed since you read it. Read it again before you repeat this.',
	},
	{
		when: ({ status }) => status === 478,
		kind: 'rejected',
		message: 'bunq does not accept a character of this request',
		description:
			"Nothing was done. Use only letters, digits, spaces and / - ? : ( ) . , ' + in the description, then run it again.",
	},
	{
		when: ({ status }) => status >= 300 && status < 500,
		kind: 'rejected',
		description:
			'bunq refused this request, so nothing was done. Correct the values that bunq names, then run it again.',
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
		description: 'It was cut off, or it does not have the documented format. Try again later.',
	},
	{
		when: ({ status }) => status >= 500,
		kind: 'outcomeUnknown',
		message: 'bunq failed internally',
		description: 'Try again later.',
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
export const errorFromReply = (reply: SentReply, request: ApiRequest) => {
	const meaning = REPLY_ERRORS.find(({ when }) => when(reply, request))!;
	const { kind, message } = meaning;
	const description =
		typeof meaning.description === 'string' ? meaning.description : meaning.description(reply);
	const warning = reply.warning && `bunq also warns: ${reply.warning.replace(/\.$/, '')}.`;
	const reference = reply.responseId && `bunq's reference: ${reply.responseId}.`;
	const isUnknownWrite = kind === 'outcomeUnknown' && request.method !== 'GET';
	return new BunqError(
		kind,
		reply.message ?? message ?? `bunq answered ${reply.status} without a reason`,
		{
			description: [
				...(isUnknownWrite
					? [
							`Outcome unknown: bunq may have carried this out. Request: ${describeRequest(request)}.`,
							HOW_TO_CHECK,
						]
					: [description]),
				warning,
				reference,
			]
				.filter(Boolean)
				.join(' '),
			httpCode: reply.status ? String(reply.status) : undefined,
			unknownWrite: isUnknownWrite
				? {
						method: request.method,
						path: request.path,
						body: JSON.stringify(request.body ?? {}),
						sentAt: reply.sentAt,
						failedAt: monotonicNow(),
					}
				: undefined,
		},
	);
};
