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
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'From the bunq app under Developers. An OAuth access token works as well. Sandbox keys start with "sandbox_".',
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
				'Whether bunq should accept this key from any IP address. For hosts whose address changes, such as n8n Cloud. Turn it on before the key is first used: bunq takes it only then.',
		},
		{
			displayName: 'Allow Payments to Others',
			name: 'allowPaymentsToOthers',
			type: 'boolean',
			default: false,
			description:
				'Whether nodes with this credential may pay anyone else than your own accounts. Off, an AI agent or a typing error cannot send money to strangers.',
		},
		{
			displayName: 'Max Amount',
			name: 'maxAmount',
			type: 'number',
			typeOptions: { numberPrecision: 2, minValue: 0 },
			default: 0,
			displayOptions: { show: { allowPaymentsToOthers: [true] } },
			description:
				'The most that one payment to others may be, in euros. 0 means no limit of its own.',
		},
		{
			displayName: 'Handshake',
			name: 'handshakeSecret',
			type: 'hidden',
			typeOptions: { password: true, expirable: true },
			default: '',
		},
	];

	/** For the test below only; the nodes sign their requests themselves. */
	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: {
			headers: {
				'X-Bunq-Client-Authentication': '={{ JSON.parse($credentials.handshakeSecret).token }}',
			},
		},
	};

	/** The whole handshake. n8n stores what it gives, encrypted, and the nodes start from it. */
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
