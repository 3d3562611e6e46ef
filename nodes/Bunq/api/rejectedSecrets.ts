import { BoundedMap } from './boundedMap';
import { monotonicNow } from './clock';
import { type BunqCredential, credentialKey } from './credential';
import type { BunqError } from './errors';

/** How long a rejected secret is left alone: bunq may allow only 10 installations a day (docs/bunq-api.md 4). */
const REJECTION_PAUSE_MS = 15 * 60_000;
/** More than one process ever uses; a reconnect leaves a dead secret behind. */
const MAX_REJECTIONS = 500;

const rejections = new BoundedMap<string, { until: number; error: BunqError }>(MAX_REJECTIONS);

/** bunq's rejection of this secret within the last 15 minutes; none while a person waits for the answer. */
export const recentRejection = (credential: BunqCredential) => {
	const rejection = rejections.get(credentialKey(credential));
	const isRecent = rejection && rejection.until > monotonicNow() && !credential.isManual;
	return isRecent ? rejection.error : undefined;
};

/** Keeps bunq's rejection of this secret for 15 minutes. `error` is what callers get meanwhile. */
export const rememberRejection = (credential: BunqCredential, error: BunqError) => {
	const until = monotonicNow() + REJECTION_PAUSE_MS;
	rejections.set(credentialKey(credential), { until, error });
};

/** Forgets a rejection, because bunq has accepted the secret since. */
export const forgetRejection = (credential: BunqCredential) => {
	rejections.delete(credentialKey(credential));
};
