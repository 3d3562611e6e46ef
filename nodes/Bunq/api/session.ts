import { BoundedMap } from './boundedMap';
import { monotonicNow } from './clock';
import { type BunqCredential, credentialKey, fingerprint } from './credential';
import {
	createInstallation,
	type Device,
	type Installation,
	registerDevice,
	type Send,
	type Session,
	startSession,
} from './handshake';
import { isRecord, parseJson } from './json';
import { forgetRejection, recentRejection } from './rejectedSecrets';
import { isPublicKey } from './signature';

/** This process's installations, devices and sessions, one of each per secret. */

/** bunq opens one session in 30 seconds (docs/bunq-api.md 4): a younger one counts as new. */
const FRESH_SESSION_MS = 30_000;
/** More than one process ever uses; a reconnect leaves a dead secret behind. */
const MAX_SECRETS = 500;

const installations = new BoundedMap<string, Promise<Installation>>(MAX_SECRETS);
const devices = new BoundedMap<string, Promise<Device>>(MAX_SECRETS);
const sessions = new BoundedMap<string, Promise<Session>>(MAX_SECRETS);
/** When this process opened a session, `monotonicNow`; none for one that a credential stored. */
const openedAt = new WeakMap<Session, number>();
/** Installations that bunq no longer knows, so that a credential's stored copy is not tried again. */
const deadInstallations = new BoundedMap<string, true>(MAX_SECRETS);

/** Shares one promise among all who ask for the same key; forgets it when it fails. */
const shareByKey = <T>(memory: Map<string, Promise<T>>, key: string, create: () => Promise<T>) => {
	const known = memory.get(key);
	if (known) return known;
	const created = create();
	memory.set(key, created);
	created.catch(() => memory.get(key) === created && memory.delete(key));
	return created;
};

/**
 * The open session of a secret; parallel callers share one handshake. Starts from memory, else from the session that
 * the credential stored, else with installation, device and session: three requests (docs/bunq-api.md 2).
 * Throws bunq's rejection as a BunqError, for 15 minutes from memory unless a person waits.
 */
export const openSession = async (credential: BunqCredential, send: Send): Promise<Session> => {
	const rejection = recentRejection(credential);
	if (rejection) throw rejection;
	return await shareByKey(sessions, credentialKey(credential), async () => {
		const session = restoreSession(credential) ?? (await createSession(credential, send));
		forgetRejection(credential);
		return session;
	});
};

/** Drops an expired session, unless another caller has renewed it already. */
export const forgetSession = async (credential: BunqCredential, expired: Session) => {
	const key = credentialKey(credential);
	const current = await sessions.get(key)?.catch(() => undefined);
	if (current === expired) sessions.delete(key);
};

/** Drops a session and the installation under it, because bunq no longer knows them. */
export const forgetInstallation = async (credential: BunqCredential, dead: Session) => {
	await forgetSession(credential, dead);
	await dropInstallation(credentialKey(credential), dead.installationToken);
};

const dropInstallation = async (key: string, token: string) => {
	deadInstallations.set(token, true);
	for (const memory of [installations, devices]) {
		const current = await memory.get(key)?.catch(() => undefined);
		if (current?.token === token) memory.delete(key);
	}
};

const isFresh = (session: Session) =>
	monotonicNow() - (openedAt.get(session) ?? -Infinity) <= FRESH_SESSION_MS;

/**
 * The handshake for a credential's test. Always asks bunq, except within 30 seconds of the last session, when bunq would
 * make it wait (docs/bunq-api.md 4).
 * @returns the session to store in the credential, as JSON. Throws bunq's rejection as a BunqError.
 */
export const refreshSession = async (credential: BunqCredential, send: Send): Promise<string> => {
	const key = credentialKey(credential);
	const known = await sessions.get(key)?.catch(() => undefined);
	// Only a new device has other device settings.
	if (known && known.madeFor !== fingerprint(credential))
		await forgetInstallation(credential, known);
	else if (known && !isFresh(known)) await forgetSession(credential, known);
	// Uses the stored installation, never the stored session: a test must ask bunq.
	if (!sessions.has(key)) restoreSession(credential);
	return JSON.stringify(await openSession(credential, send));
};

/**
 * Opens a session on the known device, or on a new one where there is none or bunq has lost it. Where bunq refuses the
 * device, the installation is kept for the next attempt: bunq counts installations.
 */
const createSession = async (credential: BunqCredential, send: Send): Promise<Session> => {
	const key = credentialKey(credential);
	const isNew = !devices.has(key);
	const device = await shareByKey(devices, key, async () => await createDevice(credential, send));
	const session = await startSession(credential, send, device, isNew);
	if (session) {
		openedAt.set(session, monotonicNow());
		return session;
	}
	await dropInstallation(key, device.token);
	return await createSession(credential, send);
};

/** Registers a device on the known installation, or on a new one. */
const createDevice = async (credential: BunqCredential, send: Send): Promise<Device> => {
	const key = credentialKey(credential);
	const isNew = !installations.has(key);
	const installation = await shareByKey(
		installations,
		key,
		async () => await createInstallation(credential, send),
	);
	const device = await registerDevice(credential, send, installation, isNew);
	if (device) return device;
	// `devices` holds this very registration, which goes on.
	installations.delete(key);
	return await createDevice(credential, send);
};

/** Starts from the session that the credential stored, if this process has no installation of its own yet. */
const restoreSession = (credential: BunqCredential) => {
	const key = credentialKey(credential);
	const session = installations.has(key) ? undefined : parseStoredSession(credential);
	if (!session) return undefined;
	const device = Promise.resolve({ ...session, token: session.installationToken });
	installations.set(key, device);
	devices.set(key, device);
	return session;
};

const parseStoredSession = (credential: BunqCredential): Session | undefined => {
	const { value } = parseJson(credential.storedSession ?? '');
	const session: Partial<Session> = isRecord(value) ? value : {};
	const isUsable =
		session.madeFor === fingerprint(credential) &&
		session.token &&
		session.privateKey &&
		isPublicKey(session.serverKey) &&
		session.userId &&
		session.installationToken &&
		!deadInstallations.has(session.installationToken);
	return isUsable ? (session as Session) : undefined;
};
