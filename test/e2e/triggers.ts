import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json, WorkflowNode } from './api';
import type { Authentication } from './credentials';
import { bunqNode, chain, locator, type Suite } from './suite';

/** Published workflows with a Bunq Trigger, for a test file of the real n8n. */

/** Poll Times of so many seconds: several schedules of one second each. */
export const every = (seconds: number, from = 0) => ({
	item: Array.from({ length: 60 / seconds }, (_, index) => ({
		mode: 'custom',
		cronExpression: `${from + index * seconds} * * * * *`,
	})),
});

/** A trigger node called "Bunq Trigger". */
export const bunqTriggerNode = (
	parameters: Json,
	credentials: WorkflowNode['credentials'],
): WorkflowNode => ({
	id: randomUUID(),
	webhookId: randomUUID(),
	name: 'Bunq Trigger',
	type: 'n8n-nodes-bunq-connect.bunqTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters,
	credentials,
});

export const idsOf = (items: Json[]) => items.map(({ id }) => Number(id));
export const sorted = (ids: number[]) => [...ids].sort((a, b) => a - b);

/** Call it at the top of the file. Workflows end, and faults are cleared, after each test. */
export const useTriggers = (suite: Suite) => {
	const active = new Set<string>();
	/** Workflows with only a trigger, whose executions no restart can interrupt. */
	const alone = new Set<string>();
	/** The items of executions that have ended. */
	const read = new Map<string, Json[]>();

	const end = async () => {
		for (const id of active) await suite.n8n.deactivate(id);
		active.clear();
	};
	afterEach(async () => {
		await end();
		await suite.bank.clearFaults();
	});

	/** A trigger node, which polls every five seconds, and which bunq does not call, unless the parameters say otherwise. */
	const triggerNode = (authentication: Authentication, parameters: Json) =>
		bunqTriggerNode(
			{ authentication, instant: false, pollTimes: every(5), ...parameters },
			suite.credentialOf(authentication),
		);

	/** Publishes a workflow of nodes, the first of which is its trigger. */
	const publishNodes = async (nodes: WorkflowNode[], { isAlone = false } = {}) => {
		const id = await suite.n8n.saveWorkflow({
			name: `Trigger ${randomUUID()}`,
			nodes,
			connections: nodes[1] ? chain('Bunq Trigger', nodes[1].name) : {},
		});
		if (isAlone) alone.add(id);
		await suite.n8n.activate(id);
		active.add(id);
		return id;
	};

	/** Publishes a workflow with a trigger, followed by a Bunq node unless the trigger is alone. */
	const publish = async (
		authentication: Authentication,
		parameters: Json = {},
		{ isAlone = false } = {},
	) => {
		const { accounts } = await suite.world(authentication);
		const action = bunqNode(
			{ resource: 'account', operation: 'get', account: locator('id', accounts[0].id) },
			// Once per execution: a read for each of 450 payments would take too long with bunq's limits.
			{ authentication, settings: { executeOnce: true } },
		);
		const trigger = triggerNode(authentication, { event: 'paymentCreated', ...parameters });
		return await publishNodes(isAlone ? [trigger] : [trigger, action], { isAlone });
	};

	/** The items that started an execution. One that has ended does not change, and 450 items take long to read. */
	const itemsOf = async (workflowId: string, executionId: string) => {
		const known = read.get(executionId);
		if (known) return known;
		const execution = await suite.n8n.finished(executionId);
		if (!alone.has(workflowId)) expect(execution.items('Bunq')).toHaveLength(1);
		const items = execution.items('Bunq Trigger');
		read.set(executionId, items);
		return items;
	};

	/** Every item that started the workflow, oldest first. */
	const delivered = async (workflowId: string) => {
		const items: Json[] = [];
		for (const id of (await suite.n8n.executionIds(workflowId)).reverse())
			items.push(...(await itemsOf(workflowId, id)));
		return items;
	};

	/** The same, once there are so many, or when the patience has ended; milliseconds. */
	const until = async (workflowId: string, count: number, patience = 45_000) => {
		const deadline = Date.now() + patience;
		for (;;) {
			const items = await delivered(workflowId);
			if (items.length >= count || Date.now() > deadline) return items;
			await sleep(300);
		}
	};

	return { triggerNode, publishNodes, publish, delivered, until, end };
};
