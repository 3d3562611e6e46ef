import { PollContext } from 'n8n-core';
import { Workflow, type IDataObject, type INode } from 'n8n-workflow';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
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
	/**
	 * Newer versions keep marks outside the workflow and save them after every poll but a silent one at activation; each
	 * poll begins with what is saved.
	 */
	durable?: boolean;
	/** Changes what is written down: to see that a broken rule is noticed. */
	spoil?: (stored: IDataObject) => IDataObject;
}

let workflows = 0;

/** The package as a process of n8n has it: what it remembers is its own. */
const newProcess = () => {
	const loaded: { trigger?: BunqTrigger } = {};
	jest.isolateModules(() => {
		const module = jest.requireActual<typeof import('../../nodes/Bunq/BunqTrigger.node')>(
			'../../nodes/Bunq/BunqTrigger.node',
		);
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

	/** Each time it did: what it wrote, and how much was delivered then. */
	private readonly copies: Array<{ stored: IDataObject; delivered: number }> = [];

	/** Since an execution brought an older copy back, and until n8n writes the newer one: how much is delivered in it. */
	private olderFrom?: number;

	/** What such a copy may bring back, by id, and what of it came, as the documentation says. */
	private readonly older = new Set<unknown>();
	readonly again: IDataObject[] = [];

	private workflow?: Workflow;

	/** The process that polls. */
	private trigger = new BunqTrigger();

	constructor(private readonly order: PollOrder) {}

	/** Publishing the workflow, and every start of n8n while it is published: loads, polls at once, saves. */
	async activate() {
		this.workflow = this.loaded();
		for (const { id } of this.delivered.slice(this.olderFrom ?? this.delivered.length))
			this.older.add(id);
		const items = await this.poll(this.workflow, true);
		if (!this.order.durable) this.save(this.workflow);
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
	 * An execution that began earlier ends now, and a node of it wrote static data: n8n stores the copy that the
	 * execution began with, everything else in it included. Ours never write any. Marks outside the workflow are not in it.
	 * @param which of the copies so far
	 */
	saveOlder(which: (copies: number) => number) {
		if (this.order.durable || this.copies.length === 0) return;
		const { stored, delivered } = this.copies[which(this.copies.length)];
		this.stored = stored;
		this.olderFrom = Math.min(delivered, this.olderFrom ?? Infinity);
	}

	/** One tick of the clock: what the poll gave, or null. Throws what the poll throws. */
	async tick() {
		if (!this.workflow) throw new Error('The workflow is not active');
		if (this.order.durable) this.workflow = this.loaded();
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

	private async poll(workflow: Workflow, isActivation = false) {
		const output = await this.trigger.poll.call(this.context(workflow, 'trigger'));
		// n8n hands on nothing of a workflow that was deactivated meanwhile.
		if (this.workflow !== workflow) return null;
		const items = output?.[0].map(({ json }) => json) ?? null;
		this.delivered.push(...(items ?? []));
		this.again.push(...(items ?? []).filter(({ id }) => this.older.delete(id)));
		if (items || (this.order.durable && !isActivation)) this.save(workflow);
		return items;
	}

	private save({ staticData }: Workflow) {
		this.database = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		if (this.order.spoil) this.stored = this.order.spoil(this.stored);
		this.copies.push({ stored: this.stored, delivered: this.delivered.length });
		this.olderFrom = undefined;
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
