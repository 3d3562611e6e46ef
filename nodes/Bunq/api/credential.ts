import { createHash } from 'node:crypto';
import { BunqError } from './errors';
import { HOSTS, type Environment } from './hosts';
import { readText } from './readable';

/** The data of a credential that `createCredential` has checked. */
export interface BunqCredential {
	/** The address of bunq's API, with `/v1`, in the credential's environment. */
	host: string;
	/** The API key or the OAuth access token: bunq accepts either (docs/bunq-api.md 7.3). */
	secret: string;
	/** The name in bunq's list of devices. */
	deviceName: string;
	/** Registers the device for every IP address (docs/bunq-api.md 2.6). */
	acceptsAnyIp: boolean;
	/** n8n got the secret by its OAuth2 connection; otherwise somebody pasted it. */
	isOAuth2?: boolean;
	/** The session that an earlier handshake left in the credential, as JSON. */
	storedSession?: string;
	/** A person is waiting, so a secret that bunq rejected is tried again immediately. */
	isManual?: boolean;
	/** n8n's ID of the execution, which may run the node several times. */
	executionId?: string;
}

/** An expression may give a value of any type. */
interface CredentialInput extends Partial<Omit<BunqCredential, 'host' | 'secret' | 'deviceName'>> {
	secret?: unknown;
	deviceName?: unknown;
	environment?: unknown;
}

/** Throws a BunqError for a word that names none: an expression that fails must not pay with real money. */
const readEnvironment = (environment: unknown = 'production'): Environment => {
	if (environment === 'sandbox' || environment === 'production') return environment;
	throw new BunqError('authentication', '"Environment" in the credential is neither of the two', {
		description:
			'Nothing was sent. It must be production or sandbox; if it is an expression, check its value.',
	});
};

/**
 * Checks a credential before anything is sent. Throws a BunqError of kind `authentication` when the secret is missing or
 * belongs to the other environment (docs/bunq-api.md 11).
 */
export const createCredential = (input: CredentialInput): BunqCredential => {
	const secret = readText(input.secret)?.trim();
	if (!secret)
		throw new BunqError('authentication', 'The bunq credential is not connected', {
			description:
				'Nothing was sent. Open the credential. OAuth2: press Connect. API key: paste the key and save.',
		});
	const environment = readEnvironment(input.environment);
	if (environment === 'production' && secret.startsWith('sandbox_'))
		throw new BunqError(
			'authentication',
			'This is a sandbox key, but the credential is set to production',
			{
				description:
					'Nothing was sent. Set Environment to Sandbox in the credential, or use a production key.',
			},
		);
	return {
		host: HOSTS[environment],
		secret,
		deviceName: readText(input.deviceName)?.trim() || 'n8n',
		acceptsAnyIp: input.acceptsAnyIp === true,
		isOAuth2: input.isOAuth2,
		storedSession: input.storedSession,
		isManual: input.isManual,
		executionId: input.executionId,
	};
};

const digest = (...parts: string[]) => createHash('sha256').update(parts.join('\n')).digest('hex');

/** Identifies a secret; the secret cannot be read from it. */
export const secretKey = ({ host, secret }: BunqCredential) => digest(host, secret);

/** Identifies the settings that shape a handshake: one for another secret, host or device is not used. */
export const fingerprint = ({ host, secret, deviceName, acceptsAnyIp }: BunqCredential) =>
	digest(host, secret, deviceName, String(acceptsAnyIp));
