import 'reflect-metadata';
import { DirectoryLoader, ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	LoggerProxy,
	NodeHelpers,
	Workflow,
	type IBinaryKeyData,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { BunqApiKeyApi } from '../../credentials/BunqApiKeyApi.credentials';
import { BunqOAuth2Api } from '../../credentials/BunqOAuth2Api.credentials';
import type { HttpRequest } from '../../nodes/Bunq/api/exchange';
import { Bunq } from '../../nodes/Bunq/Bunq.node';
import { BunqTrigger } from '../../nodes/Bunq/BunqTrigger.node';
import { SAMPLE_BINARY } from './files';

/** Runs the node in n8n's own engine (n8n-core), in this process: expressions, pairing, retries and cancelling are real. */

/** Passes on the items that a test starts with. */
class Start implements INodeType {
	description = {
		displayName: 'Start',
		name: 'start',
		group: [],
		version: 1,
		description: '',
		defaults: {},
		inputs: [],
		outputs: ['main'],
		properties: [],
	} as unknown as INodeType['description'];

	async execute() {
		return [[]];
	}
}

/** Exposes n8n's own request helper, as nodes and credentials get it. */
class Capture extends Start {
	httpRequest?: HttpRequest;

	async execute(this: IExecuteFunctions) {
		capture.httpRequest = this.helpers.httpRequest as HttpRequest;
		return [[]];
	}
}

const capture = new Capture();
const node = new Bunq();
const types: Record<string, INodeType> = {
	'test.capture': capture,
	'n8n-nodes-bunq-connect.bunq': node,
	'n8n-nodes-bunq-connect.bunqTool': node,
	'n8n-nodes-bunq-connect.bunqTrigger': new BunqTrigger(),
	'test.start': new Start(),
};

/** n8n adds Poll Times to a trigger that polls, when it loads the node. */
const loader = DirectoryLoader.prototype as unknown as {
	applySpecialNodeParameters(type: INodeType): void;
};
loader.applySpecialNodeParameters(types['n8n-nodes-bunq-connect.bunqTrigger']);

/** The node types that a test's workflow may use. */
export const nodeTypes = {
	getByName: (name: string) => types[name],
	getByNameAndVersion: (name: string, version?: number) =>
		NodeHelpers.getVersionedNodeType(types[name], version),
	getKnownTypes: () => ({}),
} as INodeTypes;

const byResource = new Map<unknown, INodeType>();

/**
 * The node with the properties of one resource. n8n compares each property with every other one before it runs a node, and
 * those of other resources would not show. All properties where an expression names the resource.
 */
const ofResource = (resource: unknown): INodeType => {
	const known = byResource.get(resource);
	if (known) return known;
	const { description } = node;
	const isShown = ({ displayOptions }: INodeProperties) =>
		displayOptions?.show?.resource?.includes(resource as string);
	const properties = description.properties.filter(
		(one) => !one.displayOptions?.show?.resource || isShown(one),
	);
	const value = description.properties.some(isShown) ? { ...description, properties } : description;
	const view = Object.create(node, { description: { value } }) as INodeType;
	byResource.set(resource, view);
	return view;
};

const typesFor = (resource: unknown): INodeTypes => ({
	...nodeTypes,
	getByNameAndVersion: (name, version) =>
		types[name] === node ? ofResource(resource) : nodeTypes.getByNameAndVersion(name, version),
});

export interface RunOptions {
	parameters: IDataObject;
	/** Default: the Bunq node. */
	type?: string;
	/** The decrypted credential, hidden fields included; n8n resolves its expressions for each item. */
	credential: IDataObject;
	items?: IDataObject[];
	/** The files of each item. Default: a PDF in the field `data`. */
	binary?: IBinaryKeyData;
	/** Settings of the node, such as `retryOnFail` or `onError`. */
	settings?: Partial<INode>;
	mode?: WorkflowExecuteMode;
	executionId?: string;
	/** Default "1". */
	workflowId?: string;
	/** Default 0: the first run of the node in its execution. */
	runIndex?: number;
	timezone?: string;
	/** Called when the execution has started, with a function that stops it as the editor's button does. */
	whileRunning?: (stop: () => void) => void;
}

export interface RunResult {
	items: INodeExecutionData[];
	json: IDataObject[];
	/** The node's error, as n8n stores it. */
	error?: {
		message: string;
		description?: string | null;
		httpCode?: string | null;
		/** What n8n shows under its error details. */
		messages?: string[];
		context?: { itemIndex?: number };
	};
	/** What n8n shows above the output. */
	hints: NodeExecutionHint[];
	status: IRun['status'];
	run: IRun;
}

const ignore = () => {};
const NO_LOG = { error: ignore, warn: ignore, info: ignore, debug: ignore };

let executions = 0;

export const runNode = async (options: RunOptions): Promise<RunResult> => {
	const { parameters, credential, items = [{}], settings = {}, mode = 'trigger' } = options;
	const { binary = SAMPLE_BINARY } = options;
	// n8n's own logger, even a silent one, reads the stack at each entry.
	LoggerProxy.init(NO_LOG);
	const { name: nodeName = 'Bunq' } = settings;
	if (!options.type || options.type.endsWith('.bunq')) expectKnown(parameters);
	const credentialType = parameters.authentication === 'apiKey' ? 'bunqApiKeyApi' : 'bunqOAuth2Api';
	const workflow = new Workflow({
		id: options.workflowId ?? '1',
		nodes: [
			{
				id: 's',
				name: 'Start',
				type: 'test.start',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'b',
				name: 'Bunq',
				type: options.type ?? 'n8n-nodes-bunq-connect.bunq',
				typeVersion: 1,
				position: [0, 0],
				parameters: parameters as INode['parameters'],
				credentials: { [credentialType]: { id: '1', name: 'bunq' } },
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: nodeName, type: 'main', index: 0 }]] } },
		active: false,
		nodeTypes: typesFor(parameters.resource),
		settings: { timezone: options.timezone ?? 'Europe/Amsterdam' },
	});
	const hooks = new ExecutionLifecycleHooks(mode, '1', {
		id: '1',
		name: 'test',
		nodes: [],
		connections: {},
	} as never);
	const finished = new Promise<IRun>((resolve) =>
		hooks.addHandler('workflowExecuteAfter', (run) => resolve(run)),
	);

	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [
				{
					node: workflow.getNode(nodeName)!,
					data: { main: [items.map((json, item) => ({ json, binary, pairedItem: { item } }))] },
					source: { main: [{ previousNode: 'Start' }] },
					...(options.runIndex && { runIndex: options.runIndex }),
				},
			],
		},
		// Expressions read the node's input from the run of the node before it.
		resultData: {
			runData: {
				Start: [
					{
						startTime: 0,
						executionIndex: 0,
						executionTime: 0,
						source: [],
						data: { main: [items.map((json) => ({ json }))] },
					},
				],
			},
		},
	});
	const execution = new WorkflowExecute(
		{ ...additionalData(credential, options.executionId), hooks },
		mode,
		data,
	).processRunExecutionData(workflow);
	options.whileRunning?.(() => void execution.cancel());
	await Promise.resolve(execution).catch(() => undefined);
	const run = await finished;
	const { runData, error } = run.data.resultData;
	const last = runData[nodeName]?.at(-1);
	const output = last?.data?.main[0] ?? [];
	expectNoUndefined(output);
	return {
		items: output,
		json: output.map(({ json }) => json),
		error: (last?.error ?? error) as RunResult['error'],
		hints: last?.hints ?? [],
		status: run.status,
		run,
	};
};

/** n8n ignores a parameter that the resource does not have, and a test with one would test something else. */
const expectKnown = (parameters: IDataObject) => {
	const names = ofResource(parameters.resource).description.properties.map(({ name }) => name);
	const unknown = Object.keys(parameters).filter((name) => !names.includes(name));
	if (unknown.length > 0) throw new Error(`The node has no parameter ${unknown.join(', ')} here`);
};

/** A key without a value sends an error to the success output of older versions of n8n. */
const expectNoUndefined = (items: INodeExecutionData[]) => {
	for (const { json } of items) {
		const missing = Object.keys(json).filter((key) => json[key] === undefined);
		if (missing.length > 0) throw new Error(`An item has no value for ${missing.join(', ')}`);
	}
};

/** n8n's own `helpers.httpRequest`, for tests of the client without the node. */
export const requestHelper = async () => {
	await runNode({ type: 'test.capture', parameters: {}, credential: {} });
	return capture.httpRequest!;
};

type DecryptArguments = Parameters<
	IWorkflowExecuteAdditionalData['credentialsHelper']['getDecrypted']
>;

/** As n8n does it: an expression in a credential is resolved for the item that asks. */
const resolveCredential = (
	credential: IDataObject,
	mode: WorkflowExecuteMode,
	{
		workflow,
		runExecutionData,
		runIndex,
		itemIndex,
		node,
		connectionInputData,
	}: NonNullable<DecryptArguments[6]>,
) =>
	workflow.expression.getParameterValue(
		credential as INode['parameters'],
		runExecutionData,
		runIndex,
		itemIndex,
		node.name,
		connectionInputData,
		mode,
		{},
	) as IDataObject;

/** What n8n's engine needs besides the workflow, with one credential. */
export const additionalData = (
	credential: IDataObject,
	executionId = `execution ${++executions}`,
) => {
	const nothing = () => undefined;
	const url = 'http://localhost';
	return {
		credentialsHelper: {
			getParentTypes: (type: string) => (type === 'bunqOAuth2Api' ? ['oAuth2Api'] : []),
			getDecrypted: async (...[, , , mode, , , values]: DecryptArguments) =>
				values ? resolveCredential(credential, mode, values) : { ...credential },
			getCredentialsProperties: (type: string) =>
				(type === 'bunqOAuth2Api' ? new BunqOAuth2Api() : new BunqApiKeyApi()).properties,
			isCredentialUsableByNode: () => true,
			authenticate: async (_credential: unknown, _type: string, options: unknown) => options,
			preAuthentication: async () => undefined,
			runPreAuthentication: async () => undefined,
			updateCredentials: async () => undefined,
			updateCredentialsOauthTokenData: async () => undefined,
			getCredentials: async () => undefined,
		},
		executionId,
		restApiUrl: `${url}/rest`,
		instanceBaseUrl: url,
		formWaitingBaseUrl: `${url}/form`,
		webhookBaseUrl: `${url}/webhook`,
		webhookTestBaseUrl: `${url}/test`,
		webhookWaitingBaseUrl: `${url}/wait`,
		variables: {},
		secretsHelpers: {},
		externalSecretsProxy: {},
		logAiEvent: nothing,
		setExecutionStatus: nothing,
		sendDataToUI: nothing,
		executeWorkflow: nothing,
		getRunExecutionData: nothing,
		startRunnerTask: nothing,
	} as unknown as IWorkflowExecuteAdditionalData;
};
