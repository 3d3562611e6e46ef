import {
	createPrivateKey,
	createPublicKey,
	generateKeyPair,
	sign as signBytes,
	verify as verifyBytes,
	type KeyObject,
} from 'node:crypto';

/** A new key pair as PEM: RSA with 2048 bits, as `POST /installation` requires (docs/bunq-api.md 2.1). */
export const generateKeys = async () =>
	await new Promise<{ publicKey: string; privateKey: string }>((resolve, reject) => {
		const options = {
			modulusLength: 2048,
			publicKeyEncoding: { type: 'spki', format: 'pem' },
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		} as const;
		generateKeyPair('rsa', options, (error, publicKey, privateKey) =>
			error ? reject(error) : resolve({ publicKey, privateKey }),
		);
	});

/** Whether a value is a public key that can verify bunq's signatures. */
export const isPublicKey = (value: unknown): value is string => {
	try {
		return typeof value === 'string' && createPublicKey(value).asymmetricKeyType === 'rsa';
	} catch {
		return false;
	}
};

/** Whether a value is a private key that can sign. */
export const isPrivateKey = (value: unknown): value is string => {
	try {
		return typeof value === 'string' && createPrivateKey(value).asymmetricKeyType === 'rsa';
	} catch {
		return false;
	}
};

/** Reads a key once for all requests that follow each other with it: that takes longer than to sign or verify with it. */
const keepingLast = (read: (pem: string) => KeyObject) => {
	let last: { pem: string; key: KeyObject } | undefined;
	return (pem: string) => {
		if (last?.pem !== pem) last = { pem, key: read(pem) };
		return last.key;
	};
};
const privateKeyOf = keepingLast(createPrivateKey);
const publicKeyOf = keepingLast(createPublicKey);

/** The signature of a body, a text or bytes: RSA-SHA256 with PKCS#1 v1.5 padding, in base64 (docs/bunq-api.md 3). */
export const sign = (body: string | Buffer, privateKey: string) =>
	signBytes(
		'sha256',
		typeof body === 'string' ? Buffer.from(body) : body,
		privateKeyOf(privateKey),
	).toString('base64');

/**
 * Whether bunq's signature matches the bytes of a reply (docs/bunq-api.md 3). False for a key or a signature that cannot
 * be read.
 */
export const verify = (body: Buffer, signature: string, publicKey: string) => {
	try {
		return verifyBytes('sha256', body, publicKeyOf(publicKey), Buffer.from(signature, 'base64'));
	} catch {
		return false;
	}
};
