import { createHash } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { BoundedMap } from './boundedMap';
import type { BunqCredential } from './credential';
import { BunqError } from './errors';
import type { ApiRequest, RequestKeys, Reply } from './http';
import { isRecord, parseJson } from './json';
import { classifyReply, errorFromReply, saysWrongCredentials } from './replies';
import { generateKeys } from './signature';

export interface Session extends RequestKeys {
	/** Goes into `/user/{user}`: of the UserApiKey under OAuth, else of the UserPerson or UserCompany (docs/bunq-api.md 7.4). */
	userId: number;
	installationToken: string;
	/** The `fingerprint` of the credential that made the installation. */
	madeFor: string;
	openedAt: number;
}

interface Installation extends RequestKeys {
	token: string;
}

/** An installation on which the secret is registered. */
interface Device extends Installation {
	madeFor: string;
}

/** One request of the handshake, repeated as the client repeats any other; its reply is not judged yet. */
export type Send = (call: ApiRequest, keys: RequestKeys) => Promise<Reply>;

/** A refused secret is left alone this long: bunq counts installations, perhaps 10 a day (docs/bunq-api.md 4). */
const REJECTED_SECRET_PAUSE_MS = 15 * 60_000;
/** bunq opens one session in 30 seconds: a younger one is as good as new. */
const FRESH_SESSION_MS = 30_000;
/** Secrets remembered in this process; a reconnect leaves a dead one behind. */
const MAX_SECRETS = 500;

const installations = new BoundedMap<string, Promise<Installation>>(MAX_SECRETS);
const devices = new BoundedMap<string, Promise<Device>>(MAX_SECRETS);
const sessions = new BoundedMap<string, Promise<Session>>(MAX_SECRETS);
const rejectedSecrets = new BoundedMap<string, { until: number; error: BunqError }>(MAX_SECRETS);
/** Installations that bunq no longer knows, so that a credential's stored copy is not tried again. */
const deadInstallations = new Set<string>();

const digest = (...parts: string[]) => createHash('sha256').update(parts.join('\n')).digest('hex');
const keyOf = ({ host, secret }: BunqCredential) => digest(host, secret);

/** Shares one promise among all who ask for the same; forgets it when it fails. */
const shareByKey = <T>(memory: Map<string, Promise<T>>, key: string, make: () => Promise<T>) => {
	const known = memory.get(key);
	if (known) return known;
	const made = make();
	memory.set(key, made);
	made.catch(() => memory.get(key) === made && memory.delete(key));
	return made;
};

/**
 * The open session of this secret; parallel callers share one handshake. Starts from memory, else from what the
 * credential stored, else with installation, device and session: three requests.
 * Throws the refusal, from memory for 15 minutes unless a person waits.
 */
export const openSession = async (credential: BunqCredential, exchange: Send): Promise<Session> => {
	const key = keyOf(credential);
	const refused = rejectedSecrets.get(key);
	if (refused && refused.until > Date.now() && !credential.isManual) throw refused.error;
	return await shareByKey(sessions, key, async () => {
		const session = restoreSession(credential) ?? (await createSession(credential, exchange));
		rejectedSecrets.delete(key);
		return session;
	});
};

/** Drops an expired session, unless another caller has renewed it already. */
export const forgetSession = async (credential: BunqCredential, expired: Session) => {
	const key = keyOf(credential);
	const current = await sessions.get(key)?.catch(() => undefined);
	if (current === expired) sessions.delete(key);
};

/** Drops a session and the installation under it: bunq does not know them any more. */
export const forgetInstallation = async (credential: BunqCredential, dead: Session) => {
	await forgetSession(credential, dead);
	await dropInstallation(keyOf(credential), dead.installationToken);
};

const dropInstallation = async (key: string, token: string) => {
	deadInstallations.add(token);
	for (const memory of [installations, devices]) {
		const current = await memory.get(key)?.catch(() => undefined);
		if (current?.token === token) memory.delete(key);
	}
};

/**
 * The handshake for a credential's test: always asks bunq, except within 30 seconds of the last time, when bunq would
 * make it wait. Returns what the credential stores; throws bunq's refusal.
 */
export const refreshSession = async (
	credential: BunqCredential,
	exchange: Send,
): Promise<string> => {
	const known = await sessions.get(keyOf(credential))?.catch(() => undefined);
	// Other device settings than before: only a new device has them.
	if (known && known.madeFor !== fingerprint(credential))
		await forgetInstallation(credential, known);
	else if (known && known.openedAt < Date.now() - FRESH_SESSION_MS)
		await forgetSession(credential, known);
	// The stored installation, never the stored session: a test must hear it from bunq.
	if (!sessions.has(keyOf(credential))) restoreSession(credential);
	return JSON.stringify(await openSession(credential, exchange));
};

/**
 * Opens a session on the device at hand, or on a new one where there is none or bunq has lost it. Where bunq refuses the
 * device, the installation stays for the next try: bunq counts installations.
 */
const createSession = async (credential: BunqCredential, exchange: Send): Promise<Session> => {
	const key = keyOf(credential);
	const isNew = !devices.has(key);
	const device = await shareByKey(
		devices,
		key,
		async () => await registerDevice(credential, exchange),
	);
	const call: ApiRequest = {
		method: 'POST',
		path: '/session-server',
		body: { secret: credential.secret },
	};
	const reply = await exchange(call, device);

	const lost = classifyReply(reply) === 'installationLost' || saysWrongCredentials(reply);
	if (lost && !isNew) {
		await dropInstallation(key, device.token);
		return await createSession(credential, exchange);
	}
	const { Token, ...rest } = objectOrThrow(credential, reply, call);
	const user = Object.entries(rest).find(([name]) => name.startsWith('User'))?.[1] as
		| { id?: number }
		| undefined;
	const { token } = (Token ?? {}) as { token?: string };
	if (!isToken(token) || !Number.isSafeInteger(user?.id))
		throw new BunqError('unavailable', 'bunq opened a session without a token or a user', {
			description: 'Nothing else was sent. Try again later.',
		});
	return {
		...device,
		token,
		userId: user!.id!,
		installationToken: device.token,
		openedAt: Date.now(),
	};
};

/** What may be in a header. */
const isToken = (token: unknown) => typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);

/** Registers a new key pair (docs/bunq-api.md 2.1). */
const createInstallation = async (
	credential: BunqCredential,
	exchange: Send,
): Promise<Installation> => {
	const { publicKey, privateKey } = await generateKeys();
	const call: ApiRequest = {
		method: 'POST',
		path: '/installation',
		body: { client_public_key: publicKey },
	};
	const { Token, ServerPublicKey } = objectOrThrow(credential, await exchange(call, {}), call) as {
		Token?: { token?: string };
		ServerPublicKey?: { server_public_key?: string };
	};
	if (!isToken(Token?.token))
		throw new BunqError('unavailable', 'bunq registered this n8n without a token', {
			description: 'Nothing else was sent. Try again later.',
		});
	return { token: Token!.token!, privateKey, serverKey: ServerPublicKey?.server_public_key };
};

/** Registers this device and its secret, on the installation at hand or on a new one (docs/bunq-api.md 2.2). */
const registerDevice = async (credential: BunqCredential, exchange: Send): Promise<Device> => {
	const key = keyOf(credential);
	const isNew = !installations.has(key);
	const installation = await shareByKey(
		installations,
		key,
		async () => await createInstallation(credential, exchange),
	);
	const call: ApiRequest = {
		method: 'POST',
		path: '/device-server',
		body: {
			description: credential.deviceName,
			secret: credential.secret,
			...(credential.acceptsAnyIp && { permitted_ips: ['*'] }),
		},
	};
	const reply = await exchange(call, installation);
	const isGone = ['installationLost', 'sessionExpired'].includes(classifyReply(reply));
	if (isGone && !isNew) {
		// The device at hand is the one that is being registered here.
		installations.delete(key);
		return await registerDevice(credential, exchange);
	}
	// A repeat of a request whose answer was lost: the device is there, which is what was wanted (docs/bunq-api.md 2.2).
	const exists = reply.status === 400 && /device already exists/i.test(reply.message ?? '');
	if (!exists) objectOrThrow(credential, reply, call);
	return { ...installation, madeFor: fingerprint(credential) };
};

/** The handshake's answer as one object by type name, or bunq's refusal, remembered if the secret is to blame. */
const objectOrThrow = (credential: BunqCredential, reply: Reply, call: ApiRequest): IDataObject => {
	if (classifyReply(reply) === 'ok') return Object.assign({}, ...reply.items) as IDataObject;
	const withoutSecret: ApiRequest = { method: 'GET', path: call.path };
	const error = errorFromReply(reply, withoutSecret, 0);
	if (error.kind === 'outcomeUnknown')
		throw new BunqError('unavailable', error.message, {
			description: `n8n could not sign on at bunq. Nothing else was sent. ${error.description}`,
			httpCode: error.httpCode,
		});
	if (!saysWrongCredentials(reply)) throw error;
	const refused = credential.acceptsAnyIp
		? error.withHint(
				'"Allow Any IP Address" was sent, but bunq may only honour its own switch in the app.',
			)
		: error;
	rejectedSecrets.set(keyOf(credential), {
		until: Date.now() + REJECTED_SECRET_PAUSE_MS,
		error: refused.withHint(
			'bunq was not asked again: it refused this credential less than 15 minutes ago.',
		),
	});
	throw refused;
};

/** What shaped a handshake: a stored one for another secret, host or device setting is not used. */
const fingerprint = ({ host, secret, deviceName, acceptsAnyIp }: BunqCredential) =>
	digest(host, secret, deviceName, String(acceptsAnyIp));

/** Starts from what the credential stored, where this process has no installation of its own yet. */
const restoreSession = (credential: BunqCredential) => {
	const key = keyOf(credential);
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
	const usable =
		session.madeFor === fingerprint(credential) &&
		session.token &&
		session.privateKey &&
		session.userId &&
		session.installationToken &&
		!deadInstallations.has(session.installationToken);
	return usable ? (session as Session) : undefined;
};
