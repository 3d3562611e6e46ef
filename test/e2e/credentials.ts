import type { Control, Environment } from '../simulator';
import type { N8nApi } from './api';
import { connect, type BankAddress } from './consent';

export type Authentication = 'oAuth2' | 'apiKey';

/**
 * The two credentials, as n8n stores them. Each has its own environment: bunq opens one session in 30 seconds in each, so
 * neither waits for the other.
 */
export const credentials = {
	oAuth2: {
		type: 'bunqOAuth2Api',
		name: 'bunq, by OAuth (simulated)',
		environment: 'production',
	},
	apiKey: {
		type: 'bunqApiKeyApi',
		name: 'bunq, by API key (simulated)',
		environment: 'sandbox',
	},
} as const;

/**
 * Saves both and connects them as a person would, with consent on bunq's page and the Test button. Returns their IDs in n8n,
 * by type.
 * @param environmentOfKey may be another one
 * @param isKeyTested without the test, the key opens its session when it is first used
 */
export const saveCredentials = async (
	api: N8nApi,
	bank: BankAddress & { control: Control },
	environmentOfKey: Environment = credentials.apiKey.environment,
	isKeyTested = true,
): Promise<Record<string, string>> => {
	const { oAuth2, apiKey } = credentials;
	const { oauth } = await bank.control.world(oAuth2.environment);
	await bank.control.registerRedirectUri(`${api.url}/rest/oauth2-credential/callback`);
	const oAuth2Id = await api.saveCredential(oAuth2.name, oAuth2.type, {
		environment: oAuth2.environment,
		clientId: oauth.clientId,
		clientSecret: oauth.clientSecret,
	});
	await connect(api, oAuth2Id, bank);

	const world = await bank.control.world(environmentOfKey);
	const apiKeyId = await api.saveCredential(apiKey.name, apiKey.type, {
		environment: environmentOfKey,
		apiKey: world.apiKey,
	});
	const ids = { [oAuth2.type]: oAuth2Id, [apiKey.type]: apiKeyId };
	if (!isKeyTested) return ids;
	const { status, message } = await api.testCredential(apiKeyId);
	if (status !== 'OK') throw new Error(`The API key credential was refused: ${message}`);
	return ids;
};
