import {
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { toNodeError } from './nodeError';
import { authentication, credentials } from './parameters/authentication';
import { searchAccounts } from './parameters/listSearch';
import { readBody } from './trigger/calls';
import { eventProperties } from './trigger/event';
import { events } from './trigger/events';
import { registerUrl, unregisterUrl } from './trigger/n8nRegistration';
import { triggerKey } from './trigger/settings';
import { startTrigger, checkUrlAgain, wakeTriggers } from './trigger/startTrigger';
import { WEBHOOK_PATH } from './triggerUrl';

const eventNames = Object.fromEntries(
	Object.entries(events).map(([value, { name }]) => [value, name]),
);

export class BunqTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq Trigger',
		name: 'bunqTrigger',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: `={{ (${JSON.stringify(eventNames)})[$parameter["event"]] }}`,
		description: 'Start on payments, and read accounts or move money, at the bank bunq',
		defaults: { name: 'Bunq Trigger' },
		// n8n adds "Poll Times" and "Fetch Test Event". The trigger keeps the times itself.
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		webhooks: [
			{
				name: 'default',
				// Without a method n8n registers no webhook: there is nothing to wait for in a test, or without "Instant".
				httpMethod: '={{ $workflow.active && $parameter["instant"] ? "POST" : "" }}',
				responseMode: 'onReceived',
				path: WEBHOOK_PATH,
				ndvHideUrl: true,
			},
		],
		properties: [authentication, ...eventProperties(events)],
	};

	methods = { listSearch: { searchAccounts } };

	/** They never fail: n8n would stop a trigger that can poll. `checkExists` registers, as n8n always calls it. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions) {
				try {
					await registerUrl(this, events);
					await checkUrlAgain(triggerKey(this));
				} catch (error) {
					this.logger.warn(`bunq does not call this trigger yet: ${(error as Error).message}`);
				}
				return true;
			},
			async create() {
				return true;
			},
			async delete(this: IHookFunctions) {
				try {
					await unregisterUrl(this, events);
				} catch (error) {
					this.logger.warn(`A callback stays at bunq: ${(error as Error).message}`);
				}
				return true;
			},
		},
	};

	async trigger(this: ITriggerFunctions) {
		try {
			return await startTrigger(this, events);
		} catch (error) {
			// n8n shows only the message of what fails when a workflow is published.
			throw toNodeError(this.getNode(), error, { isMessageComplete: true });
		}
	}

	/** Without `workflowData` n8n starts no execution: the trigger reads from bunq what is new, and emits that. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { rawBody } = this.getRequestObject();
		wakeTriggers(triggerKey(this), readBody(this.getBodyData(), rawBody));
		return {};
	}
}
