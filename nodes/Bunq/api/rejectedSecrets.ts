import { BoundedMap } from './boundedMap';
import { monotonicNow } from './clock';
import { type BunqCredential, fingerprint, secretKey } from './credential';
import type { BunqError } from './errors';
import type { ApiRequest, Reply } from './http';
import { routeTemplate, withoutQuery } from './path';
import { saysWrongCredentials } from './replies';

/** How long a refused secret is left alone: bunq may allow only 10 installations a day (docs/bunq-api.md 4). */
const PAUSE_MS = 15 * 60_000;
/** More than one process ever uses; a reconnect leaves a dead secret behind. */
const MAX_ENTRIES = 500;

/** A pause that one execution began. Another one that a person started does not wait for its end. */
interface Pause {
	/** `monotonicNow` */
	until: number;
	by: unknown;
}

/** What a person started: an execution, each of whose nodes connects by itself. */
const startedBy = (credential: BunqCredential) => credential.executionId ?? credential;

const appliesTo = (pause: Pause, credential: BunqCredential) =>
	pause.until > monotonicNow() && !(credential.isManual && pause.by !== startedBy(credential));

const beginPause = (credential: BunqCredential): Pause => ({
	until: monotonicNow() + PAUSE_MS,
	by: startedBy(credential),
});

/** The end of an error that comes from memory. */
export const NOT_ASKED_AGAIN =
	'n8n did not ask bunq again: bunq refused this credential less than 15 minutes ago. To ask at once, execute the node by hand.';

const rejections = new BoundedMap<string, Pause & { error: BunqError }>(MAX_ENTRIES);

/** A secret, or one path that is read, or one kind of write with it: bunq may refuse one of these and answer the others. */
const keyOf = (credential: BunqCredential, request?: ApiRequest) => {
	const { method = '', path = '' } = request ?? {};
	const place = method === 'GET' ? withoutQuery(path) : routeTemplate(path);
	return [fingerprint(credential), ...(request ? [method, place] : [])].join(' ');
};

/**
 * bunq's refusal of this secret within the last 15 minutes, or of this read or kind of write; none where a person waits
 * for the first answer.
 */
export const recentRejection = (credential: BunqCredential, request?: ApiRequest) => {
	const rejection = rejections.get(keyOf(credential, request));
	return rejection && appliesTo(rejection, credential) ? rejection.error : undefined;
};

/**
 * Keeps bunq's error for 15 minutes if it refused the secret, or the installation that it had (`isLost`): from then on
 * callers get it from memory.
 * @param request what bunq refused; undefined: the handshake, without which nothing works
 * @returns the error for this caller
 */
export const noteRefusal = (
	credential: BunqCredential,
	reply: Reply,
	{ error, isLost }: { error: BunqError; isLost: boolean },
	request?: ApiRequest,
): BunqError => {
	const isWrongSecret = saysWrongCredentials(reply);
	if (!isWrongSecret && !isLost) return error;
	const rejection =
		isWrongSecret && credential.acceptsAnyIp
			? error.withCause(
					'"Allow Any IP Address" is on, but bunq may honor only the setting in its app.',
				)
			: error;
	rejections.set(keyOf(credential, isWrongSecret ? undefined : request), {
		...beginPause(credential),
		error: rejection.withDescription(`${rejection.description} ${NOT_ASKED_AGAIN}`),
	});
	return rejection;
};

/** Forgets a rejection, because bunq has accepted the secret since. */
export const forgetRejection = (credential: BunqCredential, request?: ApiRequest) => {
	rejections.delete(keyOf(credential));
	rejections.delete(keyOf(credential, request));
};

const replacements = new BoundedMap<string, Pause>(MAX_ENTRIES);

/**
 * Whether a new installation may replace one that bunq refuses: once in 15 minutes for each secret, and once in each
 * execution that a person started. The caller replaces it.
 */
export const claimReplacement = (credential: BunqCredential) => {
	const last = replacements.get(secretKey(credential));
	if (last && appliesTo(last, credential)) return false;
	replacements.set(secretKey(credential), beginPause(credential));
	return true;
};
