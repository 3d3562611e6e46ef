import {
	createPublicKey,
	generateKeyPair,
	sign as signBytes,
	verify as verifyBytes,
} from 'node:crypto';

/** RSA 2048, public half as SPKI PEM: what `POST /installation` asks for (docs/bunq-api.md 2.1). */
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

/** RSA-SHA256, PKCS#1 v1.5, base64, over the body alone (docs/bunq-api.md 3). */
export const sign = (body: string, privateKey: string) =>
	signBytes('sha256', Buffer.from(body), privateKey).toString('base64');

/** Whether bunq's signature fits the bytes that arrived. A key or signature that is no such thing does not fit. */
export const verify = (body: Buffer, signature: string, publicKey: string) => {
	try {
		return verifyBytes(
			'sha256',
			body,
			createPublicKey(publicKey),
			Buffer.from(signature, 'base64'),
		);
	} catch {
		return false;
	}
};
