import type { IDataObject } from 'n8n-workflow';
import { fingerprint } from '../../nodes/Bunq/api/credential';
import { generateKeys } from '../../nodes/Bunq/api/signature';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import type { OpenSession, Simulator } from '../simulator';

/**
 * Credentials that hold a session, as n8n stores it when it tests an API key: their tests begin after the handshake. A
 * process that has been running for a while has such a session for an access token, too.
 */

/** The credential that these fields are; undefined where the package refuses them. */
const read = (fields: IDataObject) => {
	try {
		return toBunqCredential(fields);
	} catch {
		return undefined;
	}
};

/** The fields of a credential with a session. */
export type StoreSession = (fields: IDataObject) => Promise<IDataObject>;

/** Stores sessions of one bank: one per key or token, opened when it is asked for first. */
export const storeSessions = (control: Simulator['control']): StoreSession => {
	const opened = new Map<string, Promise<(OpenSession & { privateKey: string }) | undefined>>();

	const open = async (secret: string) => {
		const { publicKey, privateKey } = await generateKeys();
		const session = await control.openSession(secret, publicKey).catch(() => undefined);
		return session && { ...session, privateKey };
	};

	return async (fields) => {
		const credential = read(fields);
		if (!credential) return fields;
		const { secret } = credential;
		const session = opened.get(secret) ?? open(secret);
		opened.set(secret, session);
		const stored = await session;
		if (!stored) return fields;
		const madeFor = fingerprint(credential);
		return { handshakeSecret: JSON.stringify({ ...stored, madeFor }), ...fields };
	};
};
