import { randomUUID } from 'node:crypto';
import { HookContext, TriggerContext, WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type ITriggerResponse,
	type IWebhookData,
	type WorkflowActivateMode,
} from 'n8n-workflow';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import { additionalData, nodeTypes } from './engine';
import { answersTake, passMinutes } from './fakeClock';

/**
 * The trigger as n8n runs it: in n8n-core's own TriggerContext, saved as n8n saves it. n8n keeps the static data that the
 * trigger changes in memory, and stores it when the trigger emits and once after activation; a restart forgets the memory.
 */

export interface TriggerOptions {
	parameters: IDataObject;
	/** What the credential holds, decrypted. */
	credential: IDataObject;
	/** How long n8n takes to decrypt it, each time. */
	decrypting?: () => Promise<void>;
	/** 1: an n8n that shows a failed poll only in its log. */
	version?: 1 | 2;
	/** How long each of bunq's answers takes while n8n starts the trigger or its clock polls, in seconds. */
	answersTake?: number;
	/** Where the internet reaches n8n. Without it, n8n runs no hooks, and bunq is not asked to call. */
	publicUrl?: string;
	/** Whether n8n runs the hook only after it has started the trigger. */
	isHookLate?: boolean;
	/** The node's name, by which n8n keeps static data. */
	node?: string;
	workflowId?: string;
	/** The workflow's static data, as after a copy or an import. */
	database?: IDataObject;
	/** Changes the state before it is stored, to check that tests notice. */
	corrupt?: (stored: IDataObject) => IDataObject;
}

let workflows = 0;

const failLate = () => {
	throw new Error('No bridge acquired for this context');
};

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

/** The trigger's workflow while it is active: what n8n has loaded, and what the trigger gave it. */
interface Active {
	workflow: Workflow;
	/** The process in which it runs. */
	process: BunqTrigger;
	response?: ITriggerResponse;
	/** What n8n calls, and when. */
	crons: Array<{ expression: string; onTick: (time: Date) => unknown }>;
}

export class TriggerHarness {
	/** Every item that started a workflow, in order. */
	readonly delivered: IDataObject[] = [];

	/** The errors of failed executions; with version 1, what n8n's log has instead. */
	readonly failures: Error[] = [];

	/** What n8n's log has, other than errors that it cannot show as failed executions. */
	readonly logged: string[] = [];

	/** What came since a step began. */
	private fresh: { items?: IDataObject[]; error?: Error } = {};

	private readonly id: string;
	private readonly webhookId = randomUUID();
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

	private active?: Active;

	/** The process that runs the trigger. */
	private process = new BunqTrigger();

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

	/**
	 * A person publishes the workflow, or n8n starts while it is published (`init`). n8n loads it, stops the trigger that
	 * runs, starts the new one and stores its static data. Returns the items of the first poll, or null; throws why the
	 * activation failed, or the failed execution.
	 */
	async activate(mode: WorkflowActivateMode = 'activate') {
		const active: Active = { workflow: this.load(), process: this.process, crons: [] };
		this.deactivate();
		this.active = active;
		return await this.collect(async () => {
			const hook = async () => await this.hook(active, 'checkExists', mode);
			if (!this.options.isHookLate) await hook();
			const context = this.context(active, 'trigger', mode);
			active.response = await this.process.trigger.call(context).catch(async (error: Error) => {
				if (this.active === active) this.active = undefined;
				return await Promise.reject(error);
			});
			if (this.active === active) this.save(active.workflow);
			if (this.options.isHookLate) await hook();
			// Newer versions evaluate no expression any more.
			Object.assign(context, { getNodeParameter: () => failLate() });
		});
	}

	/** n8n stops the trigger, as when it shuts down. */
	deactivate() {
		const { active } = this;
		this.active = undefined;
		void active?.response?.closeFunction?.();
	}

	/**
	 * A person unpublishes the workflow: n8n also runs the hook that removes the webhook.
	 * @param first what n8n does first: it may run the hook while the trigger still runs
	 */
	async unpublish(first: 'trigger' | 'hook' = 'trigger') {
		const { active } = this;
		if (first === 'trigger') this.deactivate();
		if (active) await this.hook(active, 'delete', 'update');
		if (first === 'hook') this.deactivate();
	}

	async reactivate() {
		return await this.activate('update');
	}

	/** n8n dies, and another process continues with the stored state. */
	async moveToNewProcess() {
		const { active } = this;
		// Nothing of the process that died reaches anybody, and it asks bunq nothing more.
		this.active = undefined;
		this.process = newProcess();
		void active?.response?.closeFunction?.();
		for (const one of this.delivered.slice(this.knownToOlderState ?? this.delivered.length))
			this.mayBeRedelivered.add(identityOf(one));
		return await this.activate('init');
	}

	/**
	 * Restores older state. n8n does so when an execution that began earlier ends and one of its nodes wrote static data:
	 * it stores all static data as it was when the execution began. Our nodes never do that.
	 * @param pick chooses from the states so far, by index
	 */
	restoreOlderState(pick: (count: number) => number) {
		if (this.history.length === 0) return;
		const { state, delivered } = this.history[pick(this.history.length)];
		this.stored = state;
		this.knownToOlderState = Math.min(delivered, this.knownToOlderState ?? Infinity);
	}

	/** When n8n calls it. */
	get times() {
		return this.active?.crons.map(({ expression }) => expression) ?? [];
	}

	/** Whether n8n runs it: not after an activation that failed. */
	get isActive() {
		return this.active !== undefined;
	}

	/**
	 * n8n's clock: returns what the poll emits, or null; throws the failed execution.
	 * @param isDue which of its times have come; not given: all
	 */
	async tick(isDue: (expression: string) => boolean = () => true) {
		const { active } = this;
		if (!active) throw new Error('The workflow is not active');
		return await this.collect(async () => {
			const due = active.crons.filter(({ expression }) => isDue(expression));
			await Promise.all(due.map(({ onTick }) => onTick(new Date())));
		});
	}

	/**
	 * Somebody calls the trigger's URL. Returns whether n8n has one.
	 * @param raw the bytes of a body that n8n does not parse, because no header declares it as JSON
	 */
	async call(body: unknown, raw?: Buffer) {
		const { active } = this;
		if (!active) return false;
		const { workflow } = active;
		const [webhookDescription] = active.process.description.webhooks!;
		const more = { httpRequest: { body, rawBody: raw, headers: {}, params: {}, query: {} } };
		const context = new WebhookContext(
			workflow,
			workflow.getNode(this.node)!,
			Object.assign(this.data(), more),
			'webhook',
			{ webhookDescription } as IWebhookData,
			[],
			null,
		);
		const { workflowData } = await active.process.webhook.call(context);
		if (workflowData) throw new Error('A call started an execution');
		return true;
	}

	/** The URL of the trigger's webhook. */
	get path() {
		return `/webhook/${this.webhookId}/bunq`;
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

	/** So many minutes pass without any of the Poll Times. */
	async betweenPolls(minutes: number) {
		for (let left = minutes; left > 0; left -= 8) {
			passMinutes(8);
			await this.tick((expression) => expression.includes('*/8 '));
		}
	}

	/** "Fetch Test Event" in the editor. */
	async test() {
		const emitted: INodeExecutionData[] = [];
		const context = this.context(
			{ workflow: this.load(), process: this.process, crons: [] },
			'manual',
			'manual',
		);
		const { manualTriggerFunction } = await this.process.trigger.call(context);
		// n8n sets what it does with the event only now.
		Object.assign(context, { emit: ([items]: INodeExecutionData[][]) => emitted.push(...items) });
		await manualTriggerFunction!();
		return emitted.map(({ json }) => json);
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

	/** What is emitted meanwhile, or null. Throws a failed execution of this time. */
	private async collect(work: () => Promise<void>) {
		this.fresh = {};
		answersTake(this.options.answersTake ?? 0);
		await work().finally(() => answersTake(0));
		const { items, error } = this.fresh;
		this.fresh = {};
		if (error) throw error;
		return items ?? null;
	}

	private emit({ workflow, process }: Active, [items]: INodeExecutionData[][]) {
		// A process that died emits nothing.
		if (process !== this.process) return;
		const emitted = items.map(({ json }) => json);
		this.delivered.push(...emitted);
		this.redelivered.push(
			...emitted.filter((one) => this.mayBeRedelivered.delete(identityOf(one))),
		);
		this.fresh.items = [...(this.fresh.items ?? []), ...emitted];
		this.save(workflow);
	}

	private fail({ process }: Active, error: Error) {
		if (process !== this.process) return;
		this.failures.push(error);
		this.fresh.error ??= error;
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
					id: 't',
					name: this.node,
					type: 'n8n-nodes-bunq-connect.bunqTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: parameters as INode['parameters'],
					credentials: { [type]: { id: '1', name: 'bunq' } },
					webhookId: this.webhookId,
				},
			],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(JSON.stringify(this.database)) as IDataObject,
			settings: { timezone: 'Europe/Amsterdam' },
		});
	}

	private async hook(
		active: Active,
		name: 'checkExists' | 'delete',
		activation: WorkflowActivateMode,
	) {
		const { publicUrl, parameters } = this.options;
		if (!publicUrl || parameters.instant === false) return;
		const [webhookDescription] = active.process.description.webhooks!;
		const context = new HookContext(
			active.workflow,
			active.workflow.getNode(this.node)!,
			Object.assign(this.data(), { webhookBaseUrl: `${publicUrl}/webhook` }),
			'trigger',
			activation,
			{ webhookDescription } as IWebhookData,
		);
		const warn = (message: string) => this.logged.push(message);
		Object.defineProperty(context, 'logger', { value: { warn } });
		expect(await active.process.webhookMethods.default[name].call(context)).toBe(true);
	}

	private data() {
		const { credential, decrypting } = this.options;
		const data = additionalData(credential);
		const { credentialsHelper } = data;
		const decrypt = credentialsHelper.getDecrypted.bind(credentialsHelper);
		credentialsHelper.getDecrypted = async (...order) => {
			await decrypting?.();
			return await decrypt(...order);
		};
		return data;
	}

	private context(active: Active, mode: 'trigger' | 'manual', activation: WorkflowActivateMode) {
		const { workflow, crons } = active;
		const context = new TriggerContext(
			workflow,
			workflow.getNode(this.node)!,
			this.data(),
			mode,
			activation,
			(data) => this.emit(active, data),
			(error) => this.fail(active, error),
			(error) => this.fail(active, error),
			{ registerCron: ({ expression }, onTick) => void crons.push({ expression, onTick }) },
		);
		const isOld = this.options.version === 1;
		const error = (message: string) =>
			isOld ? this.fail(active, new Error(message)) : this.logged.push(message);
		Object.defineProperty(context, 'logger', { value: { error } });
		if (isOld) Object.defineProperty(context, 'saveFailedExecution', { value: undefined });
		return context;
	}
}

export const descriptionsOf = (items: IDataObject[] | null) =>
	(items ?? []).map(({ description }) => description);

/** A link is delivered with each of its payments, a scheduled payment with each of its runs: a failed one has no payment. */
const identityOf = ({ paymentId, id, runAt }: IDataObject) =>
	`${String(paymentId ?? id)} ${String(runAt ?? '')}`;

export const idsOf = (items: IDataObject[] | null) => (items ?? []).map(({ id }) => id);
