import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { toNodeError } from './nodeError';
import { authentication, credentials } from './parameters/authentication';
import { searchAccounts } from './parameters/listSearch';
import { eventProperties } from './trigger/event';
import { events } from './trigger/events';
import { pollFromN8n } from './trigger/n8nPoll';

export class BunqTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bunq Trigger',
		name: 'bunqTrigger',
		icon: { light: 'file:../../icons/bunq.svg', dark: 'file:../../icons/bunq.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["event"].replace(/([A-Z])/g, " $1").toTitleCase() }}',
		description: 'Starts the workflow when something happens at the bank bunq',
		defaults: { name: 'Bunq Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		properties: [authentication, ...eventProperties(events)],
	};

	methods = { listSearch: { searchAccounts } };

	async poll(this: IPollFunctions) {
		try {
			return await pollFromN8n(this, events);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		}
	}
}
