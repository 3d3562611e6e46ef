import { PollContext } from 'n8n-core';
import { Workflow, type IDataObject, type INode } from 'n8n-workflow';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import type * as TriggerModule from '../../nodes/Bunq/BunqTrigger.node';
import { additionalData, nodeTypes } from './engine';

/**
 * The trigger as n8n polls it: in n8n-core's own PollContext, with n8n's own rule of saving. n8n keeps what polls note
 * in memory and writes it down when a poll gives items, and once after activating; a restart forgets the memory.
 */

export interface PollOrder {
	parameters: IDataObject;
	/** What the credential holds, decrypted. */
	credential: IDataObject;
	/** What n8n says about a poll's time, milliseconds; null as in versions that say nothing. */
	budget?: number | null;
	/** Newer versions keep marks outside the workflow and save them after every poll. */
	durable?: boolean;
	/** Changes what is written down: to see that a broken rule is noticed. */
	spoil?: (stored: IDataObject) => IDataObject;
}

let workflows = 0;

/** The package as a process of n8n has it: what it remembers is its own. */
const newProcess = () => {
	const loaded: { trigger?: BunqTrigger } = {};
	jest.isolateModules(() => {
		const module = jest.requireActual<typeof TriggerModule>('../../nodes/Bunq/BunqTrigger.node');
		loaded.trigger = new module.BunqTrigger();
	});
	return loaded.trigger!;
};

export class Poller {
	/** Every item that started a workflow, in order. */
	readonly delivered: IDataObject[] = [];

	private readonly id = `workflow ${++workflows}`;

	/** What n8n has written down of the workflow's static data. */
	private database: IDataObject = {};

	private workflow?: Workflow;

	/** The process that polls. */
	private trigger = new BunqTrigger();

	constructor(private readonly order: PollOrder) {}

	/** Publishing the workflow, and every start of n8n while it is published: loads, polls at once, saves. */
	async activate() {
		this.workflow = this.loaded();
		const items = await this.poll(this.workflow);
		this.save(this.workflow);
		return items;
	}

	deactivate() {
		this.workflow = undefined;
	}

	/** The workflow is published again. */
	async restart() {
		this.deactivate();
		return await this.activate();
	}

	/** n8n dies, and another process goes on with what is stored. */
	async die() {
		this.trigger = newProcess();
		return await this.restart();
	}

	/**
	 * An execution that began when `copy` was stored ends now, and a node of it wrote static data: n8n stores the copy
	 * that the execution began with.
	 */
	saveOlder(copy: IDataObject) {
		this.stored = copy;
	}

	/** One tick of the clock: what the poll gave, or null. Throws what the poll throws. */
	async tick() {
		if (!this.workflow) throw new Error('The workflow is not active');
		return await this.poll(this.workflow);
	}

	/** "Fetch Test Event" in the editor. */
	async test() {
		const context = this.context(this.loaded(), 'manual');
		const [items] = (await this.trigger.poll.call(context)) ?? [[]];
		return items.map(({ json }) => json);
	}

	/** What is stored for the node, to look at and to damage. */
	get stored() {
		return (this.database['node:Bunq Trigger'] ?? {}) as IDataObject;
	}

	set stored(data: IDataObject) {
		this.database = { 'node:Bunq Trigger': data };
	}

	/** Another setting of the node; takes effect with the next activation, as in n8n. */
	set(parameters: IDataObject) {
		Object.assign(this.order.parameters, parameters);
	}

	private async poll(workflow: Workflow) {
		const output = await this.trigger.poll.call(this.context(workflow, 'trigger'));
		// n8n hands on nothing of a workflow that was deactivated meanwhile.
		if (this.workflow !== workflow) return null;
		if (output !== null || this.order.durable) this.save(workflow);
		const items = output?.[0].map(({ json }) => json) ?? null;
		this.delivered.push(...(items ?? []));
		return items;
	}

	private save({ staticData }: Workflow) {
		this.database = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		if (this.order.spoil) this.stored = this.order.spoil(this.stored);
	}

	private loaded() {
		const { parameters } = this.order;
		const type = parameters.authentication === 'apiKey' ? 'bunqApiKeyApi' : 'bunqOAuth2Api';
		return new Workflow({
			id: this.id,
			nodes: [
				{
					id: 't',
					name: 'Bunq Trigger',
					type: 'n8n-nodes-bunq-connect.bunqTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: parameters as INode['parameters'],
					credentials: { [type]: { id: '1', name: 'bunq' } },
				},
			],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(JSON.stringify(this.database)) as IDataObject,
			settings: { timezone: 'Europe/Amsterdam' },
		});
	}

	private context(workflow: Workflow, mode: 'trigger' | 'manual') {
		const { credential, budget } = this.order;
		const context = new PollContext(
			workflow,
			workflow.getNode('Bunq Trigger')!,
			additionalData(credential),
			mode,
			'activate',
		);
		if (budget !== undefined)
			Object.assign(context, {
				getPollBudgetMs: budget === null ? undefined : () => budget,
			});
		return context;
	}
}
