import type { Reply } from './http';

/**
 * What to do about a reply. retry.ts and client.ts act on it.
 * - `sessionExpired`: renew the session and repeat · `installationLost`: register a new installation and repeat ·
 *   `rateLimited`: wait and repeat · `notSent`: repeat. In these four cases, bunq certainly did not act.
 * - `outcomeUnknown`: bunq may have acted: never repeat a write · `rejected`: final, bunq did not act
 */
export type ReplyClass =
	| 'ok'
	| 'sessionExpired'
	| 'rateLimited'
	| 'installationLost'
	| 'notSent'
	| 'outcomeUnknown'
	| 'rejected';

/** Both texts of an expired session, with status 401 or 403 (docs/bunq-api.md 2.5). Any other 403 is a missing right. */
const SESSION_EXPIRED = /^Insufficient (authentication|authorisation)\.?$/;

/** Whether a reply has the text of an expired session (docs/bunq-api.md 2.5). */
export const saysSessionExpired = ({ message }: Reply) => SESSION_EXPIRED.test(message ?? '');

/** A wrong key, a wrong IP address, revoked, or replaced by a later connection (docs/bunq-api.md 2.5). */
const WRONG_CREDENTIALS = /User credentials are incorrect|Incorrect API key or IP address/;

const TOO_MANY_REQUESTS = /too many requests/i;

/** bunq's rate limit: 429, and in the sandbox also 409, with or without the text (docs/bunq-api.md 4). */
export const isRateLimited = ({ status, message }: Reply) =>
	status === 429 || (status === 409 && (!message || TOO_MANY_REQUESTS.test(message)));

const SIGNATURE_REFUSED = /\brequest signature is (?:invalid|required)/i;

/** Whether bunq does not know the key that signed, as after it lost an installation (docs/bunq-api.md 2.5, 3). */
export const saysInstallationLost = ({ status, message }: Pick<Reply, 'status' | 'message'>) =>
	status === 466 || (status === 400 && SIGNATURE_REFUSED.test(message ?? ''));

/** Whether a reply may be somebody else's than bunq's. */
const isUntrusted = ({ fault }: Reply) =>
	['badSignature', 'unsigned', 'otherRequest', 'notFromBunq'].includes(fault ?? '');

/** A proxy that asks n8n to sign in has passed nothing on (RFC 9110, 15.5.8). Other refusals of a proxy do not show it. */
export const wasKeptByProxy = ({ fault, status }: Reply) =>
	fault === 'notFromBunq' && status === 407;

/** What to do about a reply (docs/bunq-api.md 2.5, 5). */
export const classifyReply = (reply: Reply): ReplyClass => {
	const { status, fault } = reply;
	if (fault === 'notSent' || wasKeptByProxy(reply)) return 'notSent';
	// Whatever its status says, such a reply proves nothing: not even that bunq refused.
	if (isUntrusted(reply) || fault === 'noResponse' || status === 408) return 'outcomeUnknown';
	if (status === 401 || (status === 403 && saysSessionExpired(reply))) return 'sessionExpired';
	if (isRateLimited(reply)) return 'rateLimited';
	if (saysInstallationLost(reply)) return 'installationLost';
	if (status >= 300) return status >= 400 && status < 500 ? 'rejected' : 'outcomeUnknown';
	return fault ? 'outcomeUnknown' : 'ok';
};

/** Whether bunq rejected the secret itself (docs/bunq-api.md 2.5). */
export const saysWrongCredentials = (reply: Reply) =>
	reply.status >= 400 && !isUntrusted(reply) && WRONG_CREDENTIALS.test(reply.message ?? '');

/** Whether bunq says that the credential lacks a right (docs/bunq-api.md 8): what is sent next may depend on it. */
export const saysMissingRight = ({ message = '' }: { message?: string }) =>
	/^not enough permissions/i.test(message);

/** Whether bunq may say so: that text is recorded for payments only. For a hint, this is enough. */
export const maySayMissingRight = ({ message = '' }: { message?: string }) =>
	/permission|not allowed/i.test(message);

/** Whether the account that pays has too little. bunq's words are not recorded: others get the general next step. */
export const saysTooLittleMoney = (reply: Reply) =>
	reply.status === 400 &&
	!isUntrusted(reply) &&
	/not (?:have )?enough (?:balance|money|funds)|insufficient (?:balance|funds)/i.test(
		reply.message ?? '',
	);

/** Whether the installation has a session of another process, and bunq allows no second one (docs/bunq-api.md 2.4). */
export const saysHasSession = (reply: Reply) =>
	reply.status === 400 &&
	!isUntrusted(reply) &&
	/already has a user session/i.test(reply.message ?? '');

/** The longest rate limit window that a request waits for. */
export const MAX_RATE_LIMIT_WAIT_MS = 60_000;

const SECONDS_PER_UNIT: Record<string, number> = {
	second: 1,
	minute: 60,
	hour: 3_600,
	day: 86_400,
};

/** The window that a 429 names, milliseconds: "…a maximum of 3 calls per 3 second…" → 3000 (docs/bunq-api.md 4). */
export const rateLimitWindowMs = ({ message }: Reply) => {
	const [, count = '1', unit] =
		/calls? per (?:(\d+) )?(second|minute|hour|day)/i.exec(message ?? '') ?? [];
	return unit ? Number(count) * SECONDS_PER_UNIT[unit.toLowerCase()] * 1_000 : 3_000;
};
