import type { ICredentialType, INodeProperties } from 'n8n-workflow';

export class BunqOAuth2Api implements ICredentialType {
	name = 'bunqOAuth2Api';

	displayName = 'Bunq OAuth2 API';

	extends = ['oAuth2Api'];

	icon = { light: 'file:../icons/bunq.svg', dark: 'file:../icons/bunq.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-bunq-connect/n8n-nodes-bunq-connect#connect';

	/** The HTTP Request node cannot sign, so it must not offer this credential. */
	restrictToSupportedNodes = true as const;

	supportedNodes = ['bunq', 'bunqTrigger'];

	properties: INodeProperties[] = [
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Production', value: 'production' },
				{ name: 'Sandbox', value: 'sandbox' },
			],
			default: 'production',
			description: "Real money, or bunq's sandbox for trying things out",
		},
		{
			displayName: 'Token Relay URL',
			name: 'tokenRelayUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://localhost:5678/webhook/bunq-token',
			description:
				'Leave empty at first. Only if connecting fails at the token step: the URL of a Bunq Token Relay Trigger, which asks bunq in the form that bunq documents.',
		},
		{
			displayName: 'Device Description',
			name: 'deviceDescription',
			type: 'string',
			default: 'n8n',
			description: 'What bunq shows in its list of devices',
		},
		{
			displayName: 'Allow Any IP Address',
			name: 'allowAnyIp',
			type: 'boolean',
			default: false,
			description:
				'Whether bunq should accept this connection from any IP address. For hosts whose address changes, such as n8n Cloud.',
		},
		{
			displayName: 'Grant Type',
			name: 'grantType',
			type: 'hidden',
			default: 'authorizationCode',
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			required: true,
			default:
				'={{ $self["environment"] === "sandbox" ? "https://oauth.sandbox.bunq.com/auth" : "https://oauth.bunq.com/auth" }}',
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			required: true,
			default:
				'={{ $self["tokenRelayUrl"] || ($self["environment"] === "sandbox" ? "https://api-oauth.sandbox.bunq.com/v1/token" : "https://api.oauth.bunq.com/v1/token") }}',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'hidden',
			default: 'body',
		},
	];
}
