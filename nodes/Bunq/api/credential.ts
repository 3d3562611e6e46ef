import { BunqError } from './errors';
import { type Environment, HOSTS } from './hosts';
import type { HttpRequest } from './http';
import { exchangeWith } from './retry';
import { type Access, testSession } from './session';

export interface CredentialData {
	environment?: Environment;
	deviceDescription?: string;
	allowAnyIp?: boolean;
	oauthTokenData?: { access_token?: string };
	apiKey?: string;
	handshakeSecret?: string;
	allowPaymentsToOthers?: boolean;
	maxAmount?: number | string;
}

/** Checks a credential's data before anything is sent. Throws a BunqError that says what is missing. */
export const accessOf = (data: CredentialData): Access => {
	const environment = data.environment === 'sandbox' ? 'sandbox' : 'production';
	const secret = (data.apiKey ?? data.oauthTokenData?.access_token ?? '').trim();
	if (!secret)
		throw new BunqError('credential', 'The bunq credential is not connected', {
			description:
				'Nothing was sent. Open the credential: press Connect (OAuth2), or paste an API key and test it.',
		});
	if (environment === 'production' && secret.startsWith('sandbox_'))
		throw new BunqError(
			'credential',
			'This is a sandbox key, but the credential is set to production',
			{
				description:
					'Nothing was sent. Set Environment to Sandbox in the credential, or use a production key.',
			},
		);
	return {
		host: HOSTS[environment],
		secret,
		deviceDescription: data.deviceDescription?.trim() || 'n8n',
		allowAnyIp: data.allowAnyIp === true,
		stored: data.handshakeSecret,
	};
};

/** The handshake for a credential's test: what the credential stores of it. Throws bunq's refusal. */
export const shakeHands = async (helpers: { httpRequest: unknown }, data: CredentialData) => {
	const httpRequest = helpers.httpRequest as HttpRequest;
	const access = { ...accessOf(data), manual: true };
	return await testSession(access, exchangeWith({ httpRequest, access })).catch(asTestShows);
};

/** n8n's test shows the message alone, and a text of its own in its place when the error has a status code. */
const asTestShows = async ({ message, description }: BunqError) =>
	await Promise.reject(new Error([message, description].filter(Boolean).join(' ')));
