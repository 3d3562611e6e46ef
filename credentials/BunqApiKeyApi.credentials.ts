import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	INodeProperties,
} from 'n8n-workflow';
import { HOSTS } from '../nodes/Bunq/api/hosts';
import { HEADERS } from '../nodes/Bunq/api/http';
import { handshakeForTest } from '../nodes/Bunq/connect';

export class BunqApiKeyApi implements ICredentialType {
	name = 'bunqApiKeyApi';

	displayName = 'Bunq API';

	icon = { light: 'file:../icons/bunq.svg', dark: 'file:../icons/bunq.dark.svg' } as const;

	documentationUrl =
		'https://github.com/n8n-nodes-bunq-connect/n8n-nodes-bunq-connect/blob/main/docs/connect.md#with-an-api-key';

	/** The HTTP Request node must not offer this credential, because it cannot sign requests. */
	restrictToSupportedNodes = true as const;

	supportedNodes = ['bunq', 'bunqTrigger'];

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'An API key or an OAuth access token of bunq. Sandbox keys start with "sandbox_".',
			hint: 'In the bunq app, under Profile, Developers, API keys: create a key and copy it at once. For play money, the operation "Sandbox: Create User" of the Bunq node gives one.',
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
				'Whether bunq should accept this key from any IP address, for hosts whose address changes, such as n8n Cloud',
			hint: 'If the IP address of your n8n changes, as in many homes, turn it on before the key is first used. It has no effect later.',
		},
		{
			displayName: 'Allow Payments to Others',
			name: 'allowPaymentsToOthers',
			type: 'boolean',
			default: false,
			description:
				"Whether nodes with this credential may pay anyone but yourself. When off, no AI agent and no typing error can send money to others. A joint account counts as others', because its co-owners can take the money out; so does an account that somebody shares with you.",
		},
		{
			displayName: 'Limit Each Payment',
			name: 'limitAmount',
			type: 'boolean',
			default: true,
			displayOptions: { show: { allowPaymentsToOthers: [true] } },
			description: 'Whether to limit each payment to others',
			hint: 'Off means that each payment to others may be of any amount.',
		},
		{
			displayName: 'Maximum Amount (EUR)',
			name: 'maxAmount',
			type: 'string',
			required: true,
			default: '100.00',
			placeholder: 'e.g. 100.00',
			displayOptions: { show: { allowPaymentsToOthers: [true], limitAmount: [true] } },
			description:
				'The maximum of one payment to others, in euros. If it cannot be read, nothing is paid.',
			hint: 'Limits each payment to others, not how many there are: two payments of this amount pass. 0 allows none.',
		},
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'all',
		},
		{
			displayName: 'Handshake',
			name: 'handshakeSecret',
			type: 'hidden',
			typeOptions: { password: true, expirable: true },
			default: '',
		},
	];

	/** Only for the test below; the nodes sign their own requests. */
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				'X-Bunq-Client-Authentication': '={{ JSON.parse($credentials.handshakeSecret).token }}',
			},
		},
	};

	/** The whole handshake. n8n encrypts and stores the session that it returns, and the nodes start from it. */
	async preAuthentication(
		this: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
	): Promise<IDataObject> {
		return { handshakeSecret: await handshakeForTest(this.helpers, credentials) };
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ $credentials.environment === "sandbox" ? "${HOSTS.sandbox}" : "${HOSTS.production}" }}`,
			url: '/user',
			headers: HEADERS,
		},
	};
}
