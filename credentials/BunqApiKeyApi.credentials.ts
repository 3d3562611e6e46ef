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

	displayName = 'Bunq API Key API';

	icon = { light: 'file:../icons/bunq.svg', dark: 'file:../icons/bunq.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-bunq-connect/n8n-nodes-bunq-connect#connect';

	/** The HTTP Request node must not offer this credential, because it cannot sign requests. */
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
			description: "Real money, or bunq's sandbox for testing",
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'From the bunq app under Developers. An OAuth access token also works. Sandbox keys start with "sandbox_".',
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
				'Whether bunq should accept this key from any IP address, for hosts whose address changes, such as n8n Cloud. Turn it on before the key is first used: it has no effect later.',
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
			displayName: 'Limit Amount',
			name: 'limitAmount',
			type: 'boolean',
			default: true,
			displayOptions: { show: { allowPaymentsToOthers: [true] } },
			description: 'Whether to limit each payment to others',
		},
		{
			displayName: 'Max Amount',
			name: 'maxAmount',
			type: 'string',
			default: '100.00',
			displayOptions: { show: { allowPaymentsToOthers: [true], limitAmount: [true] } },
			description:
				'The maximum of one payment to others, in euros, for example 100.00. 0 allows none. If it cannot be read, nothing is paid.',
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
