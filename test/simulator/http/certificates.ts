import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** bunq's host names (§1), and public addresses of servers on this machine (`forward.ts`), as in a certificate. */
const HOST_NAMES = [
	'bunq.com',
	'*.bunq.com',
	'*.oauth.bunq.com',
	'*.sandbox.bunq.com',
	'*.example.com',
	'localhost',
];

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

// Fixed, so that they are valid on this machine's clock even if a test fakes `Date`.
const VALIDITY = { notBefore: new Date(Date.UTC(2020, 0)), notAfter: new Date(Date.UTC(2120, 0)) };

export interface Certificates {
	caPem: string;
	certPem: string;
	keyPem: string;
}

const keyPair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** A temporary certificate authority, and its certificate for bunq's host names. */
export const makeCertificates = async (): Promise<Certificates> => {
	const [caKeys, keys] = [await keyPair(), await keyPair()];
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		...VALIDITY,
		name: 'CN=Throw-away CA of the bunq simulator',
		keys: caKeys,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
		],
	});
	const certificate = await x509.X509CertificateGenerator.create({
		...VALIDITY,
		subject: 'CN=bunq simulator',
		issuer: ca.subject,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new x509.SubjectAlternativeNameExtension([
				...HOST_NAMES.map((value) => ({ type: 'dns' as const, value })),
				{ type: 'ip', value: '127.0.0.1' },
			]),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
		],
	});
	const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
	const lines = key.toString('base64').match(/.{1,64}/g) ?? [];
	return {
		caPem: ca.toString('pem'),
		certPem: certificate.toString('pem'),
		keyPem: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
	};
};
