import { randomUUID } from 'node:crypto';
import { running, type Suite } from './suite';

export const RELAY_NODE = 'Bunq Token Relay Trigger';

/** Publishes a relay. */
export interface Relay {
	url: string;
	workflowId: string;
}

export const publishRelay = async (
	{ n8n }: Suite,
	environment: 'production' | 'sandbox' = 'production',
): Promise<Relay> => {
	const webhookId = randomUUID();
	const workflowId = await n8n.saveWorkflow({
		name: `Relay ${webhookId}`,
		nodes: [
			{
				id: randomUUID(),
				webhookId,
				name: RELAY_NODE,
				type: 'n8n-nodes-bunq-connect.bunqTokenRelayTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: { environment },
			},
		],
		connections: {},
	});
	await n8n.activate(workflowId);
	return { workflowId, url: `${running().url}/webhook/${webhookId}/bunq-token` };
};
