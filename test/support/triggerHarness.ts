import { PollContext } from 'n8n-core';
import { Workflow, type IDataObject, type INode } from 'n8n-workflow';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import { additionalData, nodeTypes } from './engine';
import { passMinutes } from './fakeClock';

/**
 * The trigger as n8n polls it: in n8n-core's own PollContext, saved as n8n saves it. n8n keeps the static data that polls
 * change in memory, and stores it when a poll returns items and once after activation; a restart forgets the memory.
 */

export interface TriggerOptions {
	parameters: IDataObject;
	/** What the credential holds, decrypted. */
	credential: IDataObject;
	/** The time that n8n grants a poll, in milliseconds; null for versions that name none. */
	budget?: number | null;
	/**
	 * Whether n8n keeps poll state outside the workflow, as newer versions can: it stores the state after every poll except
	 * for one at activation without items, and each poll starts from the stored state.
	 */
	durable?: boolean;
	/** The node's name, by which n8n keeps static data. */
	node?: string;
	/** The node's ID, by which the durable scheduler keeps poll state. */
	nodeId?: string;
	workflowId?: string;
	/** The workflow's static data, as after a copy or an import. */
	database?: IDataObject;
	/** Changes the state before it is stored, to check that tests notice. */
	corrupt?: (stored: IDataObject) => IDataObject;
}

let workflows = 0;

/** The trigger in another process of n8n: with modules, and so a memory, of its own. */
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

export class TriggerHarness {
	/** Every item that started a workflow, in order. */
	readonly delivered: IDataObject[] = [];

	private readonly id: string;
	private readonly node: string;

	/** The workflow's static data as n8n stored it. */
	private database: IDataObject;

	/** Each state that was stored, and how many items had been delivered by then. */
	private readonly history: Array<{ state: IDataObject; delivered: number }> = [];

	/** After older state was restored, until n8n stores newer state: how many items the older state knows. */
	private knownToOlderState?: number;

	/** IDs that older state may deliver again, as the documentation says. */
	private readonly mayBeRedelivered = new Set<unknown>();
	readonly redelivered: IDataObject[] = [];

	private workflow?: Workflow;

	/** The process that polls. */
	private trigger = new BunqTrigger();

	constructor(private readonly options: TriggerOptions) {
		this.id = options.workflowId ?? `workflow ${++workflows}`;
		this.node = options.node ?? 'Bunq Trigger';
		this.database = options.database ?? {};
	}

	/** The trigger of another node or workflow, with a copy of this one's static data. */
	copyAs(more: Partial<TriggerOptions>) {
		const database = JSON.parse(JSON.stringify(this.database)) as IDataObject;
		return new TriggerHarness({ ...this.options, workflowId: this.id, database, ...more });
	}

	/** What the credential holds changes, for example because the user connected it again. */
	reconnect(credential: IDataObject) {
		Object.assign(this.options.credential, credential);
	}

	/** The workflow is published, or n8n starts while it is: n8n loads it, polls at once and stores its static data. */
	async activate() {
		this.workflow = this.load();
		for (const { id } of this.delivered.slice(this.knownToOlderState ?? this.delivered.length))
			this.mayBeRedelivered.add(id);
		const items = await this.poll(this.workflow, true);
		if (!this.options.durable) this.save(this.workflow);
		return items;
	}

	deactivate() {
		this.workflow = undefined;
	}

	async reactivate() {
		this.deactivate();
		return await this.activate();
	}

	/** n8n dies, and another process continues with the stored state. */
	async moveToNewProcess() {
		this.trigger = newProcess();
		return await this.reactivate();
	}

	/**
	 * Restores older state. n8n does so when an execution that began earlier ends and one of its nodes wrote static data:
	 * it stores all static data as it was when the execution began. Our nodes never do that. State outside the workflow is
	 * not affected.
	 * @param pick chooses from the states so far, by index
	 */
	restoreOlderState(pick: (count: number) => number) {
		if (this.options.durable || this.history.length === 0) return;
		const { state, delivered } = this.history[pick(this.history.length)];
		this.stored = state;
		this.knownToOlderState = Math.min(delivered, this.knownToOlderState ?? Infinity);
	}

	/** One scheduled poll: its items, or null. Throws what the poll throws. */
	async tick() {
		if (!this.workflow) throw new Error('The workflow is not active');
		if (this.options.durable) this.workflow = this.load();
		return await this.poll(this.workflow);
	}

	/** A minute passes, and n8n polls. */
	async nextPoll() {
		passMinutes();
		return await this.tick();
	}

	/** The same several times. */
	async nextPolls(count: number) {
		for (let left = count; left > 0; left--) await this.nextPoll();
	}

	/** The same, and none of the polls may deliver anything. */
	async nextPollsDeliverNothing(count: number) {
		for (let left = count; left > 0; left--) expect(await this.nextPoll()).toBeNull();
	}

	/** "Fetch Test Event" in the editor. */
	async test() {
		const context = this.context(this.load(), 'manual');
		const [items] = (await this.trigger.poll.call(context)) ?? [[]];
		return items.map(({ json }) => json);
	}

	/** The node's stored state, to inspect and to damage. */
	get stored() {
		return (this.database[`node:${this.node}`] ?? {}) as IDataObject;
	}

	set stored(state: IDataObject) {
		this.database = { ...this.database, [`node:${this.node}`]: state };
	}

	/** Changes parameters; they take effect at the next activation, as in n8n. */
	set(parameters: IDataObject) {
		Object.assign(this.options.parameters, parameters);
	}

	private async poll(workflow: Workflow, isActivation = false) {
		// Every scheduled poll of the durable scheduler has this mode.
		const activation = this.options.durable && !isActivation ? 'update' : 'activate';
		const context = this.context(workflow, 'trigger', activation);
		const output = await this.trigger.poll.call(context);
		// n8n drops the items of a workflow that was deactivated in the meantime.
		if (this.workflow !== workflow) return null;
		const items = output?.[0].map(({ json }) => json) ?? null;
		this.delivered.push(...(items ?? []));
		this.redelivered.push(...(items ?? []).filter(({ id }) => this.mayBeRedelivered.delete(id)));
		if (items || (this.options.durable && !isActivation)) this.save(workflow);
		return items;
	}

	private save({ staticData }: Workflow) {
		this.database = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		if (this.options.corrupt) this.stored = this.options.corrupt(this.stored);
		this.history.push({ state: this.stored, delivered: this.delivered.length });
		this.knownToOlderState = undefined;
	}

	private load() {
		const { parameters } = this.options;
		const type = parameters.authentication === 'apiKey' ? 'bunqApiKeyApi' : 'bunqOAuth2Api';
		return new Workflow({
			id: this.id,
			nodes: [
				{
					id: this.options.nodeId ?? 't',
					name: this.node,
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

	private context(
		workflow: Workflow,
		mode: 'trigger' | 'manual',
		activation: 'activate' | 'update' = 'activate',
	) {
		const { credential, budget } = this.options;
		const context = new PollContext(
			workflow,
			workflow.getNode(this.node)!,
			additionalData(credential),
			mode,
			activation,
		);
		if (budget !== undefined)
			Object.assign(context, {
				getPollBudgetMs: budget === null ? undefined : () => budget,
			});
		return context;
	}
}

export const descriptionsOf = (items: IDataObject[] | null) =>
	(items ?? []).map(({ description }) => description);

export const idsOf = (items: IDataObject[] | null) => (items ?? []).map(({ id }) => id);
