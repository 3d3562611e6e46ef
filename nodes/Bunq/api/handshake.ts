import type { IDataObject } from 'n8n-workflow';
import { type BunqCredential, fingerprint } from './credential';
import { BunqError } from './errors';
import type { ApiRequest, RequestKeys, SentReply } from './http';
import { innerOf } from './json';
import { readId } from './readable';
import { noteRefusal } from './rejectedSecrets';
import { classifyReply, saysHasSession, saysWrongCredentials } from './replies';
import { errorFromReply } from './replyErrors';
import { generateKeys, isPublicKey } from './signature';

/** The three requests of bunq's handshake (docs/bunq-api.md 2). session.ts keeps their results. */

/** A key pair that bunq knows, and the token that came with it. */
export type Installation = RequestKeys;

/** An installation on which a secret is registered. */
export interface Device extends Installation {
	/** The `fingerprint` of the credential that registered it. */
	madeFor: string;
}

/** The user of a session. */
export interface SessionUser {
	/** Fills in `{user}`: the UserApiKey under OAuth, otherwise the UserPerson or UserCompany (docs/bunq-api.md 7.4). */
	userId: number;
	/** Under OAuth, the ID of the user who granted access; undefined where bunq does not show it. */
	grantorId?: number;
}

/** An open session. A credential may store it as JSON, so its keys are a format. */
export interface Session extends RequestKeys, SessionUser {
	installationToken: string;
	/** The `fingerprint` of the credential that registered the device. */
	madeFor: string;
}

/** Sends one request of the handshake with the client's retries. Returns the reply, whatever it means. */
export type Send = (request: ApiRequest, keys?: RequestKeys) => Promise<SentReply>;

/** Whether a value can be sent as a header. */
export const isToken = (token: unknown): token is string =>
	typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);

/** Registers a new key pair (docs/bunq-api.md 2.1). Throws a BunqError. */
export const createInstallation = async (
	credential: BunqCredential,
	send: Send,
): Promise<Installation> => {
	const { publicKey, privateKey } = await generateKeys();
	const request: ApiRequest = {
		method: 'POST',
		path: '/installation',
		body: { client_public_key: publicKey },
	};
	const { Token, ServerPublicKey } = objectOrThrow(credential, await send(request), request) as {
		Token?: { token?: unknown };
		ServerPublicKey?: { server_public_key?: unknown };
	};
	const [token, serverKey] = [Token?.token, ServerPublicKey?.server_public_key];
	// Without bunq's key, no later answer could be told from somebody else's.
	if (!isToken(token) || !isPublicKey(serverKey))
		throw new BunqError('unavailable', 'bunq registered this device without a token or a key', {
			description: 'Nothing else was sent. Try again later.',
		});
	return { token, privateKey, serverKey };
};

/** The answers of device-server and session-server to an installation that bunq has lost (docs/bunq-api.md 2.5). */
const saysLost = (reply: SentReply) =>
	['installationLost', 'sessionExpired'].includes(classifyReply(reply));

/**
 * Registers this device and the secret on an installation (docs/bunq-api.md 2.2). Throws a BunqError.
 * @param mayReplace whether a new installation may replace this one; asked only if bunq has lost it
 * @returns undefined when a new installation is to replace this one
 */
export const registerDevice = async (
	credential: BunqCredential,
	send: Send,
	installation: Installation,
	mayReplace: () => boolean,
): Promise<Device | undefined> => {
	const request: ApiRequest = {
		method: 'POST',
		path: '/device-server',
		body: {
			description: credential.deviceName,
			secret: credential.secret,
			...(credential.acceptsAnyIp && { permitted_ips: ['*'] }),
		},
	};
	const reply = await send(request, installation);
	if (saysLost(reply) && mayReplace()) return undefined;
	// The response to an earlier attempt was lost, and the device exists (docs/bunq-api.md 2.2).
	const exists =
		classifyReply(reply) === 'rejected' && /device already exists/i.test(reply.message ?? '');
	if (!exists) objectOrThrow(credential, reply, request);
	return { ...installation, madeFor: fingerprint(credential) };
};

/**
 * Opens a session on a device (docs/bunq-api.md 2.3). Throws a BunqError.
 * @param mayReplace whether a new installation may replace this one; asked only if bunq refuses it
 * @returns undefined when a new installation is to replace this one
 */
export const startSession = async (
	credential: BunqCredential,
	send: Send,
	device: Device,
	mayReplace: () => boolean,
): Promise<Session | undefined> => {
	const request: ApiRequest = {
		method: 'POST',
		path: '/session-server',
		body: { secret: credential.secret },
	};
	const reply = await send(request, device);
	const isRefused = saysLost(reply) || saysWrongCredentials(reply) || saysHasSession(reply);
	if (isRefused && mayReplace()) return undefined;
	const { Token, ...rest } = objectOrThrow(credential, reply, request);
	const user = Object.entries(rest).find(([name]) => name.startsWith('User'))?.[1] as
		| { id?: unknown; granted_by_user?: unknown }
		| undefined;
	const { token } = (Token ?? {}) as { token?: string };
	const userId = readId(user?.id);
	if (!isToken(token) || userId === undefined)
		throw new BunqError('unavailable', 'bunq opened a session without a token or a user', {
			description: 'Nothing else was sent. Try again later.',
		});
	return {
		...device,
		token,
		userId,
		// Who granted access (docs/bunq-api.md 2.3).
		grantorId: readId(innerOf(user?.granted_by_user)?.id),
		installationToken: device.token,
	};
};

/** The handshake's reply as one object by type name, or bunq's rejection, remembered when the secret is the reason. */
const objectOrThrow = (
	credential: BunqCredential,
	reply: SentReply,
	request: ApiRequest,
): IDataObject => {
	if (classifyReply(reply) === 'ok')
		return Object.fromEntries(reply.items.flatMap((item) => Object.entries(item ?? {})));
	const withoutSecret: ApiRequest = { method: 'GET', path: request.path };
	const error = errorFromReply(reply, withoutSecret, credential);
	if (error.kind === 'outcomeUnknown')
		throw new BunqError('unavailable', error.message, {
			description: `n8n could not open a session at bunq. Nothing else was sent. ${error.description}`,
			httpCode: error.httpCode,
			reference: error.reference,
		});
	throw noteRefusal(credential, reply, { error, isLost: saysLost(reply) });
};
