import {
	createHash,
	createPublicKey,
	generateKeyPairSync,
	randomBytes,
	sign,
	verify,
	type KeyObject,
} from 'node:crypto';
import type { SecretKind } from '../control/protocol';
import { refuse } from '../http/refusal';

/** The bank's key pair, generated once per process (§2.1: RSA 2048). */
const serverKeys = (() => {
	let pair: { privateKey: KeyObject; publicKeyPem: string } | undefined;
	return () => {
		if (!pair) {
			const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
			pair = {
				privateKey,
				publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
			};
		}
		return pair;
	};
})();

export const serverPublicKey = () => serverKeys().publicKeyPem;

/** Many answers are the same as before: of a poll, half to three quarters. */
const signatures = new Map<string, string>();
const MOST_SIGNATURES = 2_000;

/** X-Bunq-Server-Signature (§3): RSA-SHA256, PKCS#1 v1.5, over the body of the answer. */
export const signAnswer = (body: string | Buffer) => {
	const hash = createHash('sha256').update(body).digest('base64');
	const known = signatures.get(hash);
	if (known) return known;
	const signature = sign('sha256', Buffer.from(body), serverKeys().privateKey).toString('base64');
	if (signatures.size >= MOST_SIGNATURES) signatures.clear();
	signatures.set(hash, signature);
	return signature;
};

/** X-Bunq-Client-Signature (§3): over the exact bytes of the request's body. */
export const signatureIsRight = (body: Buffer, signature: string, publicKey: KeyObject) =>
	verify('sha256', body, publicKey, Buffer.from(signature, 'base64'));

/** §2.1: RSA 2048 in SPKI PEM (`BEGIN PUBLIC KEY`). */
export const readClientPublicKey = (pem: string): KeyObject => {
	const refusal = refuse('clientKey');
	if (!pem.startsWith('-----BEGIN PUBLIC KEY-----')) throw refusal;
	let key: KeyObject;
	try {
		key = createPublicKey(pem);
	} catch {
		throw refusal;
	}
	if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== 2048) {
		throw refusal;
	}
	return key;
};

/** Secrets issued in this process, so that a test can search for leaks. */
const issued = new Map<string, SecretKind>();

export const issuedSecrets = () => [...issued].map(([value, what]) => ({ what, value }));

/** A token, code or key: 64 hexadecimal digits (§2.3, §7.1). */
export const newToken = (what: SecretKind) => {
	const token = randomBytes(32).toString('hex');
	issued.set(token, what);
	return token;
};

/** Always the same 64 digits for the same words, so that the seed's keys survive a reset. */
export const tokenOf = (words: string) => createHash('sha256').update(words).digest('hex');

/** Most answers name the same few owners many times. */
const uuids = new Map<string, string>();
const MOST_UUIDS = 10_000;

/** Always the same UUID for the same words. */
export const uuidOf = (words: string) => {
	const known = uuids.get(words);
	if (known) return known;
	const uuid = tokenOf(words).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
	if (uuids.size >= MOST_UUIDS) uuids.clear();
	uuids.set(words, uuid);
	return uuid;
};
