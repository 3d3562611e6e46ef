import { expiredSession, knownCredential, permittedIps, urlUserId } from '../auth/callers';
import { STRING, listOf, optional, required } from '../http/fields';
import { newToken, readClientPublicKey, serverPublicKey } from '../bank/keys';
import { refusals, refuse } from '../http/refusal';
import { type Route, installationRoute, openRoute, route } from '../http/routes';
import {
	type Bank,
	type BankEnvironment,
	type Credential,
	type Installation,
	nextId,
	now,
	timestamp,
} from '../bank/state';
import type { OpenSession } from '../control/protocol';
import { callerObject } from './user';

const newTokenObject = (
	bank: Bank,
	env: BankEnvironment,
	what: 'an installation token' | 'a session token',
) => {
	const created = timestamp(bank);
	return { id: nextId(env), created, updated: created, token: newToken(what) };
};

/** §2.4: what another session of the same installation and secret means, by switch. */
const admitSession = (
	bank: Bank,
	env: BankEnvironment,
	installation: Installation,
	credential: Credential,
): void => {
	const { sessionsPerInstallation } = bank.switches;
	if (sessionsPerInstallation === 'several') return;
	for (const session of env.sessions.values()) {
		const isSame = session.installation === installation && session.credential === credential;
		if (!isSame || session.expires <= now(bank)) continue;
		if (sessionsPerInstallation === 'first') throw refuse('hasSession');
		env.sessions.delete(session.token);
	}
};

/** §2.1: a client's new key. */
const install = (bank: Bank, env: BankEnvironment, pem: string) => {
	const publicKey = readClientPublicKey(pem);
	const Token = newTokenObject(bank, env, 'an installation token');
	const { token } = Token;
	const installation: Installation = { token, publicKey, hasDevice: false, requestIds: new Set() };
	env.installations.set(token, installation);
	return { Token, installation };
};

/** §2.2: a device for a key or token. */
const addDevice = (
	bank: Bank,
	installation: Installation,
	credential: Credential,
	{ asked, ip }: { asked?: string[]; ip: string },
) => {
	installation.hasDevice = true;
	const more = permittedIps(bank, asked, ip);
	credential.permittedIps = [...new Set([...(credential.permittedIps ?? []), ...more])];
};

/** §2.3: a session on an installation with a device. */
const start = (
	bank: Bank,
	env: BankEnvironment,
	installation: Installation,
	credential: Credential,
) => {
	const Token = newTokenObject(bank, env, 'a session token');
	const { id, token } = Token;
	const expires = now(bank) + bank.switches.sessionTimeoutSeconds * 1000;
	env.sessions.set(token, { id, token, credential, installation, expires });
	return Token;
};

/** The session of a client on this machine that has made the handshake some time ago. */
export const openSession = (
	bank: Bank,
	env: BankEnvironment,
	credential: Credential,
	publicKey: string,
): OpenSession => {
	const { installation } = install(bank, env, publicKey);
	addDevice(bank, installation, credential, { ip: '127.0.0.1' });
	return {
		installationToken: installation.token,
		serverKey: serverPublicKey(),
		token: start(bank, env, installation, credential).token,
		userId: urlUserId(credential),
		...(credential.grant && { grantorId: credential.userId }),
	};
};

/** §2: the handshake, and the end of a session. */
export const handshake: Route[] = [
	/** §2.1 */
	openRoute({
		method: 'POST',
		path: '/installation',
		body: { client_public_key: required(STRING) },
		run({ bank, env, body }) {
			const { Token } = install(bank, env, body.client_public_key);
			return {
				unsigned: true,
				items: [
					{ Id: { id: nextId(env) } },
					{ Token },
					{ ServerPublicKey: { server_public_key: serverPublicKey() } },
				],
			};
		},
	}),

	/** §2.2 */
	installationRoute({
		method: 'POST',
		path: '/device-server',
		body: {
			description: required(STRING),
			secret: required(STRING),
			permitted_ips: optional(listOf(STRING)),
		},
		run({ bank, env, installation, request, body }) {
			const credential = knownCredential(env, body.secret, request.ip);
			if (installation.hasDevice && bank.switches.deviceAlreadyExists === 'refuse') {
				throw refuse('deviceExists');
			}
			addDevice(bank, installation, credential, { asked: body.permitted_ips, ip: request.ip });
			return { items: [{ Id: { id: nextId(env) } }] };
		},
	}),

	/** §2.3 */
	installationRoute({
		method: 'POST',
		path: '/session-server',
		mandatorySignature: true,
		body: { secret: required(STRING) },
		run({ bank, env, installation, request, body }) {
			const credential = knownCredential(env, body.secret, request.ip);
			// A key opens a session only after a device registered it (§2.2, §2.5).
			if (!installation.hasDevice || !credential.permittedIps) throw refusals.credentials();
			admitSession(bank, env, installation, credential);
			const Token = start(bank, env, installation, credential);
			return { items: [{ Id: { id: Token.id } }, { Token }, callerObject(bank, env, credential)] };
		},
	}),

	/** §2.4: ends the current session, regardless of the ID; SDKs send 0. */
	route({
		method: 'DELETE',
		path: '/session/{sessionId}',
		oauth: true,
		does: 'delete session',
		run({ bank, env, session }) {
			if (!env.sessions.delete(session.token)) throw expiredSession(bank);
			return { items: [] };
		},
	}),
];
