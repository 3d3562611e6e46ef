import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import type { HttpRequest } from './api/exchange';
import { relayTokenRequest } from './api/tokenRelay';

export class BunqTokenRelayTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq Token Relay Trigger',
		name: 'bunqTokenRelayTrigger',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["environment"].toTitleCase() }}',
		description:
			'Lets a Bunq OAuth2 credential connect: passes on the token request of n8n as bunq documents it',
		defaults: { name: 'Bunq Token Relay Trigger' },
		inputs: [],
		outputs: [],
		webhooks: [
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'bunq-token' },
			// Opened in a browser, the address says what it is for.
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				path: 'bunq-token',
				ndvHideUrl: true,
			},
		],
		// There are no events to fetch.
		triggerPanel: false,
		// Shown for as long as "Execute workflow" waits.
		eventTriggerDescription:
			'There is nothing to execute here: publish this workflow, then press Connect in the credential',
		activationMessage:
			'Open this node, copy its Production URL (not the Test URL) into "Token Relay URL" of your Bunq OAuth2 credential, and press Connect.',
		properties: [
			{
				displayName:
					'Publish this workflow. Open <b>Webhook URLs</b> above, choose <b>Production URL</b> (not the Test URL) and click it to copy it. Paste it into <b>Token Relay URL</b> of your Bunq OAuth2 credential and press Connect. It executes and stores nothing. Once you are connected, you only need it to connect again.',
				name: 'notice',
				type: 'notice',
				default: '',
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
				description: 'The environment of bunq; the same as in the credential',
			},
		],
	};

	/** Nothing is registered at bunq: the URL is for n8n itself. */
	webhookMethods = {
		default: {
			async checkExists() {
				return true;
			},
			async create() {
				return true;
			},
			async delete() {
				return true;
			},
		},
	};

	/** Without `workflowData`, n8n starts no execution, so neither the secret nor the token is ever stored. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { method = '', headers, query } = this.getRequestObject();
		const { status, body } = await relayTokenRequest(
			this.helpers.httpRequest as HttpRequest,
			this.getNodeParameter('environment') === 'sandbox' ? 'sandbox' : 'production',
			{
				method,
				contentType: String(headers['content-type'] ?? '').toLowerCase(),
				form: Object.assign({}, this.getBodyData()),
				environment: query.environment,
			},
		);
		const response = this.getResponseObject();
		response
			.status(status)
			.set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/json' });
		response.end(body);
		return { noWebhookResponse: true };
	}
}
