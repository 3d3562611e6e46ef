import { BoundedMap } from './boundedMap';
import { monotonicNow } from './clock';
import { type BunqCredential, fingerprint } from './credential';
import { BunqError } from './errors';
import {
	createInstallation,
	type Device,
	type Installation,
	isToken,
	registerDevice,
	type Send,
	type Session,
	startSession,
} from './handshake';
import { isRecord, parseJson } from './json';
import { readId } from './readable';
import { claimReplacement, forgetRejection, recentRejection } from './rejectedSecrets';
import { isPrivateKey, isPublicKey } from './signature';

/** This process's installations, devices and sessions, one of each per secret and its device settings. */

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
	const open = async () => restoreSession(credential) ?? (await createSession(credential, send));
	return await shareByKey(sessions, fingerprint(credential), open);
};

/** Drops an expired session, unless another caller has renewed it already. */
export const forgetSession = async (credential: BunqCredential, expired: Session) => {
	const key = fingerprint(credential);
	const current = await sessions.get(key)?.catch(() => undefined);
	if (current === expired) sessions.delete(key);
};

/**
 * Begins a handshake with a new installation in place of a session that bunq no longer knows, unless another caller did.
 * @returns false where the last one was replaced less than 15 minutes ago
 */
export const replaceInstallation = async (
	credential: BunqCredential,
	send: Send,
	dead: Session,
): Promise<boolean> => {
	const key = fingerprint(credential);
	const shared = sessions.get(key);
	const current = await shared?.catch(() => undefined);
	if (current !== dead || sessions.get(key) !== shared) return true;
	if (!claimReplacement(credential)) return false;
	sessions.delete(key);
	// Shared from here on, so that no caller meets the old device.
	void shareByKey(sessions, key, async () => {
		await dropInstallation(key, dead.installationToken);
		return await createSession(credential, send);
	});
	return true;
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
 * make it wait (docs/bunq-api.md 4). Starts with a new installation where bunq refuses the known one, or where an answer
 * has a wrong signature, as after bunq changed its key of this installation.
 * @returns the session to store in the credential, as JSON. Throws bunq's rejection as a BunqError.
 */
export const refreshSession = async (credential: BunqCredential, send: Send): Promise<string> => {
	const key = fingerprint(credential);
	const known = await sessions.get(key)?.catch(() => undefined);
	if (known && !isFresh(known)) await forgetSession(credential, known);
	// Uses the stored installation, never the stored session: a test must ask bunq.
	if (!sessions.has(key)) restoreSession(credential);
	const old = installations.get(key);
	let sawWrongSignature = false;
	const watchedSend: Send = async (request, keys) => {
		const reply = await send(request, keys);
		sawWrongSignature ||= reply.fault === 'badSignature';
		return reply;
	};
	const session = await openSession(credential, watchedSend).catch(async (error: BunqError) => {
		const isRefusal =
			sawWrongSignature || error.kind === 'rejected' || error.kind === 'authentication';
		if (!old || installations.get(key) !== old || !isRefusal) throw error;
		await dropInstallation(key, (await old).token);
		forgetRejection(credential);
		return await openSession(credential, send);
	});
	return JSON.stringify(session);
};

/**
 * Opens a session on the known device, or on a new one where there is none or bunq refuses it. Where bunq refuses the
 * device, the installation is kept for the next attempt: bunq counts installations.
 */
const createSession = async (credential: BunqCredential, send: Send): Promise<Session> => {
	const key = fingerprint(credential);
	const isNew = !devices.has(key);
	const device = await shareByKey(devices, key, async () => await createDevice(credential, send));
	const mayReplace = () => !isNew && claimReplacement(credential);
	const session = await startSession(credential, send, device, mayReplace);
	if (session) {
		openedAt.set(session, monotonicNow());
		forgetRejection(credential);
		return session;
	}
	await dropInstallation(key, device.token);
	return await createSession(credential, send);
};

/** Registers a device on the known installation, or on a new one. */
const createDevice = async (credential: BunqCredential, send: Send): Promise<Device> => {
	const key = fingerprint(credential);
	const isNew = !installations.has(key);
	const installation = await shareByKey(
		installations,
		key,
		async () => await createInstallation(credential, send),
	);
	const mayReplace = () => !isNew && claimReplacement(credential);
	const device = await registerDevice(credential, send, installation, mayReplace);
	if (device) return device;
	// `devices` holds this very registration, which continues.
	installations.delete(key);
	return await createDevice(credential, send);
};

/** Starts from the session that the credential stored, if this process has no installation of its own yet. */
const restoreSession = (credential: BunqCredential) => {
	const key = fingerprint(credential);
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
		isToken(session.token) &&
		isToken(session.installationToken) &&
		readId(session.userId) !== undefined &&
		!deadInstallations.has(session.installationToken) &&
		isPublicKey(session.serverKey) &&
		isPrivateKey(session.privateKey);
	return isUsable ? (session as Session) : undefined;
};
