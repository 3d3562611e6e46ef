import axios, { type AxiosInstance } from 'axios';
import { parse } from 'flatted';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The owner of every n8n that is started here. */
export const owner = {
	email: 'demo@bunq.example',
	password: 'Demo-bunq-2026',
	firstName: 'Demo',
	lastName: 'Owner',
};

export type Json = Record<string, unknown>;

/** A node as n8n stores it; the keys that tests use. */
export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Json;
	id?: string;
	credentials?: Record<string, { id: string; name: string }>;
	[setting: string]: unknown;
}

export interface WorkflowData {
	name: string;
	nodes: WorkflowNode[];
	connections: Json;
	pinData?: Json;
	settings?: Json;
}

/** The result of a node in an execution. */
interface NodeRun {
	data?: { main: Array<Array<{ json: Json; pairedItem?: unknown }> | null> };
	error?: ExecutionError;
}

export interface ExecutionError extends Json {
	message: string;
	description?: string | null;
	httpCode?: string | null;
}

/** A finished execution, decoded from n8n's stored data. */
export interface Execution {
	id: string;
	status: string;
	mode: string;
	error?: ExecutionError;
	/** The items of a node's first output. */
	items(node: string): Json[];
	runs(node: string): NodeRun[];
}

/**
 * All of an execution. Without them n8n reads the running ones and the ended ones apart, and one that ends between the two
 * is missing in both.
 */
const STATUSES = [
	'new',
	'running',
	'waiting',
	'success',
	'error',
	'crashed',
	'canceled',
	'unknown',
];

/** n8n's REST interface as its editor uses it, signed in as the owner. */
export class N8nApi {
	private readonly http: AxiosInstance;

	/** Until 2.8 n8n wants to be told what to run, and answers only once a trigger is registered. */
	private isOld = false;

	private constructor(readonly url: string) {
		// A connection that waits while a busy machine loads a test is one that n8n has closed.
		const httpAgent = new Agent({ keepAlive: false });
		this.http = axios.create({ baseURL: `${url}/rest`, httpAgent, validateStatus: () => true });
	}

	/** Creates the owner if the instance is new, and signs in. */
	static async signIn(url: string): Promise<N8nApi> {
		const api = new N8nApi(url);
		const settings = await api.call('GET', '/settings');
		const isNew = (settings.userManagement as Json).showSetupOnFirstLoad === true;
		const login = { emailOrLdapLoginId: owner.email, password: owner.password };
		const answer = isNew
			? await api.http.post('/owner/setup', owner)
			: await api.http.post('/login', login);
		if (answer.status !== 200)
			throw new Error(`n8n refused the login: ${JSON.stringify(answer.data)}`);
		const cookies = answer.headers['set-cookie'] ?? [];
		api.http.defaults.headers.Cookie = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
		// n8n tells its version only to signed-in users.
		const { versionCli } = await api.call('GET', '/settings');
		const [major, minor] = String(versionCli).split('.').map(Number);
		api.isOld = major < 2 || (major === 2 && minor <= 8);
		return api;
	}

	/** Sends a request. Returns `data` of the answer; throws n8n's message. */
	async call<T = Json>(method: string, path: string, data?: unknown): Promise<T> {
		const answer = await this.http.request({ method, url: path, data });
		if (answer.status >= 400) {
			throw new Error(
				`n8n answered ${answer.status} to ${method} ${path}: ${answer.data?.message ?? answer.data}`,
			);
		}
		return answer.data.data ?? answer.data;
	}

	/** Opens a page of n8n as the browser of the signed-in owner. */
	async visit(url: string): Promise<{ status: number; page: string }> {
		const answer = await this.http.get(url, {
			baseURL: '',
			responseType: 'text',
			transformResponse: (text) => text,
		});
		return { status: answer.status, page: String(answer.data) };
	}

	/** Creates the credential, or updates the one of that name. Returns its ID. */
	async saveCredential(name: string, type: string, data: Json): Promise<string> {
		const all = await this.call<Array<{ id: string; name: string }>>('GET', '/credentials');
		const known = all.find((credential) => credential.name === name);
		const body = { name, type, data };
		const saved = known
			? await this.call('PATCH', `/credentials/${known.id}`, body)
			: await this.call('POST', '/credentials', body);
		return String(saved.id);
	}

	/** Tests the stored credential, as its Test or Retry button does. */
	async testCredential(id: string): Promise<{ status: string; message: string }> {
		// The editor sends back the data that it got, with masked secrets.
		const { name, type, data } = await this.call(`GET`, `/credentials/${id}?includeData=true`);
		return await this.call('POST', '/credentials/test', { credentials: { id, name, type, data } });
	}

	/** Creates the workflow, or updates the one of that name. Returns its ID. */
	async saveWorkflow(given: WorkflowData): Promise<string> {
		// As the editor saves it: without pinned data n8n stores null, with which "Execute step" fails in the editor.
		const workflow = { pinData: {}, ...given };
		const filter = encodeURIComponent(JSON.stringify({ name: workflow.name }));
		const found = await this.call<Array<{ id: string; name: string }>>(
			'GET',
			`/workflows?filter=${filter}`,
		);
		const known = found.find(({ name }) => name === workflow.name);
		const saved = known
			? await this.call('PATCH', `/workflows/${known.id}`, workflow)
			: await this.call('POST', '/workflows', { active: false, ...workflow });
		return String(saved.id);
	}

	/** Executes the workflow as the editor's button does, and waits for the end. */
	async runManually(workflowId: string, trigger: string, patience?: number): Promise<Execution> {
		const { executionId } = await this.call('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: trigger },
			...(this.isOld && { workflowData: await this.call('GET', `/workflows/${workflowId}`) }),
		});
		return await this.finished(String(executionId), patience);
	}

	/** Publishes the workflow and waits until n8n has registered its triggers. */
	async activate(workflowId: string): Promise<void> {
		const { versionId } = await this.call('GET', `/workflows/${workflowId}`);
		await this.call('POST', `/workflows/${workflowId}/activate`, { versionId });
		if (this.isOld) return;
		// Includes the first poll: a session, which bunq opens once in 30 seconds, and a list per account.
		const deadline = Date.now() + 90_000;
		while (Date.now() < deadline) {
			const publication = await this.call('GET', `/workflows/${workflowId}/publication-status`);
			if (publication.status === 'published') return;
			if (publication.status === 'failed') break;
			await sleep(100);
		}
		throw new Error(`Workflow ${workflowId} was not published`);
	}

	/** Unpublishes the workflow: its triggers end. */
	async deactivate(workflowId: string): Promise<void> {
		await this.call('POST', `/workflows/${workflowId}/deactivate`);
	}

	/** The IDs of a workflow's newest 100 executions, newest first. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: STATUSES }));
		const { results } = await this.call<{ results: Array<{ id: string }> }>(
			'GET',
			`/executions?filter=${filter}&limit=100`,
		);
		return results.map(({ id }) => id);
	}

	/** Retries an execution with its original workflow, as the editor's button does, and waits for the end. */
	async retry(id: string): Promise<Execution> {
		const again = await this.call('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		return await this.finished(String(again.id));
	}

	/** Waits for the end of an execution. */
	async finished(id: string, patience = 90_000): Promise<Execution> {
		for (let waited = 0; waited < patience; waited += 100) {
			const execution = await this.call('GET', `/executions/${id}`);
			const isOver = !['new', 'running', 'waiting'].includes(String(execution.status));
			// n8n 1.x stores the end first and the data a moment later.
			if (isOver && execution.data !== '[]') return unpack(execution);
			await sleep(100);
		}
		throw new Error(`Execution ${id} did not end within ${patience / 1000} s`);
	}
}

/** Decodes n8n's flattened execution data, in which nodes share objects. */
const unpack = ({ id, status, mode, data }: Json): Execution => {
	const { resultData } = parse(String(data)) as {
		resultData: { runData: Record<string, NodeRun[]>; error?: ExecutionError };
	};
	const runs = (node: string) => resultData.runData[node] ?? [];
	return {
		id: String(id),
		status: String(status),
		mode: String(mode),
		error: resultData.error,
		runs,
		items: (node) => (runs(node)[0]?.data?.main[0] ?? []).map(({ json }) => json),
	};
};
