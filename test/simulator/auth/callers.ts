import type { KeyObject } from 'node:crypto';
import { signatureIsRight } from '../bank/keys';
import { LOST_INSTALLATION } from '../bank/switches';
import { Refusal, refusals, refuse } from '../http/refusal';
import { say } from '../http/words';
import {
	type Bank,
	type BankEnvironment,
	type Credential,
	type Installation,
	type Session,
	now,
} from '../bank/state';

/** The parts of a request to the API that the bank reads. */
export interface ApiRequest {
	method: string;
	/** Below `/v1`. */
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: Buffer;
	/** The caller whose requests the limits count. */
	caller: string;
	/** The address that a key is bound to. */
	ip: string;
}

/** §2.5: an expired or unknown session; status and text by switch. */
export const expiredSession = (bank: Bank) =>
	new Refusal(bank.switches.expiredStatus, [bank.switches.expiredText]);

/** §2.6: the addresses that a credential is bound to, as the bank reads `permitted_ips`. */
export const permittedIps = (bank: Bank, asked: string[] | undefined, ip: string): string[] => {
	const honoured = (asked ?? []).filter((each) => each !== '*' || bank.switches.honourWildcardIp);
	return honoured.length > 0 ? honoured : [ip];
};

const mayCallFrom = (credential: Credential, ip: string) =>
	!credential.permittedIps ||
	credential.permittedIps.some((permitted) => permitted === '*' || permitted === ip);

/** §2.5: one text for every wrong key, address, revoked or superseded token. */
export const knownCredential = (env: BankEnvironment, secret: string, ip: string): Credential => {
	const credential = env.credentials.get(secret);
	if (!credential || credential.revoked || !mayCallFrom(credential, ip)) {
		throw refusals.credentials();
	}
	return credential;
};

/** §2.5: a lost installation; the answer by switch. */
export const lostInstallation = (bank: Bank) => {
	const [status, text] = LOST_INSTALLATION[bank.switches.lostInstallation];
	return new Refusal(status, [text]);
};

/** The installation of X-Bunq-Client-Authentication. */
export const installationOf = (
	bank: Bank,
	env: BankEnvironment,
	token: string | undefined,
): Installation => {
	if (!token) throw expiredSession(bank);
	const installation = env.installations.get(token);
	if (!installation) throw lostInstallation(bank);
	return installation;
};

const EXTENSION_MS = { none: 0, '30 seconds': 30_000, '30 minutes': 30 * 60_000 };

/** The session of X-Bunq-Client-Authentication, alive and called from an address of its key. */
export const sessionOf = (
	bank: Bank,
	env: BankEnvironment,
	token: string | undefined,
	ip: string,
): Session => {
	const session = env.sessions.get(token ?? '');
	if (!session || session.expires <= now(bank)) throw expiredSession(bank);
	if (!mayCallFrom(session.credential, ip)) throw refusals.credentials();
	const { sessionExtension, sessionTimeoutSeconds } = bank.switches;
	if (session.expires - now(bank) <= EXTENSION_MS[sessionExtension]) {
		session.expires = now(bank) + sessionTimeoutSeconds * 1000;
	}
	return session;
};

/** §3: headers that bunq's documentation requires, by switch. For a sandbox user it names only the first (§11). */
export const checkHeaders = (bank: Bank, { headers, path }: ApiRequest): void => {
	if (!bank.switches.requireHeaders) return;
	const names = ['User-Agent', ...(path.startsWith('/sandbox-user') ? [] : ['Cache-Control'])];
	for (const name of names) {
		if (!headers[name.toLowerCase()]) throw refuse('missingHeader', { name });
	}
};

/**
 * §3: bunq reads a signature where it is known to require one (`mandatory`), and ignores it elsewhere. By switch, every
 * POST and PUT needs one, and no other request may have a wrong one.
 */
export const checkSignature = (
	bank: Bank,
	request: ApiRequest,
	publicKey: KeyObject | undefined,
	mandatory: boolean,
): void => {
	const { strictSignatures } = bank.switches;
	if (!mandatory && !strictSignatures) return;
	const signature = request.headers['x-bunq-client-signature'];
	const writes = request.method === 'POST' || request.method === 'PUT';
	if (!signature) {
		if (mandatory || writes) throw refusals.signatureRequired();
		return;
	}
	if (!publicKey) throw lostInstallation(bank);
	if (!signatureIsRight(request.body, signature, publicKey)) {
		throw refuse('signatureInvalid', {}, {}, bank.switches.wrongSignature);
	}
};

/** §3: "error when the same id is used again on the same DeviceServer"; by switch. */
export const checkRequestId = (
	bank: Bank,
	request: ApiRequest,
	installation: Installation,
): void => {
	const id = request.headers['x-bunq-client-request-id'];
	if (!id) return;
	if (bank.switches.rejectRequestIdReuse && installation.requestIds.has(id)) {
		throw refuse('requestIdUsed');
	}
	installation.requestIds.add(id);
};

/** The id in an app's URLs is that of its UserApiKey, not that of the user behind it (§7.4). */
export const urlUserId = (credential: Credential) => credential.grant?.id ?? credential.userId;

/** §8: the refusal of a right; text as recorded, status by switch. */
export const notPermitted = (bank: Bank, does: string) =>
	new Refusal(bank.switches.permissionStatus, [say('notPermitted', { does })]);
