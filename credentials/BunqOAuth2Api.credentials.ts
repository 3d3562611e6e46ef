import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { OAUTH } from '../nodes/Bunq/api/hosts';

/** An expression that chooses by the credential's environment. */
const byEnvironment = ({ production, sandbox }: Record<'production' | 'sandbox', string>) =>
	`$self["environment"] === "sandbox" ? "${sandbox}" : "${production}"`;

/** The URL of the relay with the credential's environment. n8n shows the Test URL first, but only the Production URL always works. */
const RELAY =
	'$self["tokenRelayUrl"].trim().split("?")[0].replace("/webhook-test/", "/webhook/") + "?environment=" + $self["environment"]';

export class BunqOAuth2Api implements ICredentialType {
	name = 'bunqOAuth2Api';

	displayName = 'Bunq OAuth2 API';

	extends = ['oAuth2Api'];

	icon = { light: 'file:../icons/bunq.svg', dark: 'file:../icons/bunq.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-bunq-connect/n8n-nodes-bunq-connect/blob/main/docs/connect.md';

	/** The HTTP Request node must not offer this credential, because it cannot sign requests. */
	restrictToSupportedNodes = true as const;

	supportedNodes = ['bunq', 'bunqTrigger'];

	properties: INodeProperties[] = [
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			description:
				'A second credential with the same client ends the connection of the first: use one credential in all workflows',
			hint: 'In the bunq app, under Profile, Developers, OAuth: add the redirect URL above, then show the client details.',
		},
		{
			displayName: 'Environment',
			name: 'environment',
			type: 'options',
			options: [
				{ name: 'Production', value: 'production' },
				{ name: 'Sandbox', value: 'sandbox' },
			],
			default: 'production',
			description: "Real money, or bunq's sandbox for testing",
		},
		{
			displayName: 'Token Relay URL',
			name: 'tokenRelayUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://localhost:5678/webhook/…/bunq-token',
			description:
				'The Production URL of a Bunq Token Relay Trigger, not its Test URL. n8n then requests the token from the relay, which requests it from bunq as bunq documents it.',
			hint: 'Publish a workflow with a Bunq Token Relay Trigger, and paste the Production URL of that node: <a href="https://github.com/n8n-nodes-bunq-connect/n8n-nodes-bunq-connect/blob/main/docs/connect.md#with-oauth2" target="_blank">step by step</a>. If it is empty, bunq probably cannot read n8n\'s request: the window then says "Failed to connect" although you approved.',
		},
		{
			displayName: 'Device Description',
			name: 'deviceDescription',
			type: 'string',
			default: 'n8n',
			description: "The name of this n8n in bunq's list of devices",
		},
		{
			displayName: 'Allow Any IP Address',
			name: 'allowAnyIp',
			type: 'boolean',
			default: false,
			description:
				'Whether bunq should accept this connection from any IP address, for hosts whose address changes, such as n8n Cloud',
			hint: 'If the IP address of your n8n changes, as in many homes, turn it on before you connect. It has no effect later.',
		},
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'all',
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
			default: `={{ ${byEnvironment(OAUTH.authorize)} }}`,
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			required: true,
			default: `={{ $self["tokenRelayUrl"]?.trim() ? ${RELAY} : ${byEnvironment(OAUTH.token)} }}`,
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
