import type { INodeCredentialDescription } from 'n8n-workflow';
import { field } from './field';

/** The choice between the two credentials. */

export const authentication = field({
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{ name: 'API Key', value: 'apiKey', description: 'Everything that the key may do' },
		{ name: 'OAuth2', value: 'oAuth2', description: 'Connect with a click' },
	],
	default: 'oAuth2',
	description: 'How to connect to bunq',
});

export const credentials: INodeCredentialDescription[] = [
	{
		name: 'bunqOAuth2Api',
		required: true,
		displayOptions: { show: { authentication: ['oAuth2'] } },
	},
	{
		name: 'bunqApiKeyApi',
		required: true,
		displayOptions: { show: { authentication: ['apiKey'] } },
	},
];
