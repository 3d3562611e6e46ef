import axios, { type AxiosInstance } from 'axios';
import { parse } from 'flatted';
import { setTimeout as sleep } from 'node:timers/promises';

/** The person every n8n that is started here belongs to. */
export const owner = {
	email: 'demo@bunq.example',
	password: 'Demo-bunq-2026',
	firstName: 'Demo',
	lastName: 'Owner',
};

export type Json = Record<string, unknown>;

/** A node as n8n stores it, as far as the tests write one. */
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

/** What a node left behind in an execution. */
interface NodeRun {
	data?: { main: Array<Array<{ json: Json; pairedItem?: unknown }> | null> };
	error?: ExecutionError;
}

export interface ExecutionError extends Json {
	message: string;
	description?: string | null;
	httpCode?: string | null;
}

/** A finished execution, unpacked from what n8n keeps of it. */
export interface Execution {
	id: string;
	status: string;
	mode: string;
	error?: ExecutionError;
	/** The items of a node's first output. */
	items(node: string): Json[];
	runs(node: string): NodeRun[];
}

/** n8n's REST interface as its editor uses it, signed in as the owner. */
export class N8nApi {
	private readonly http: AxiosInstance;

	/** Until 2.8 n8n wants to be told what to run, and answers only once a trigger is registered. */
	private isOld = false;

	private constructor(readonly url: string) {
		this.http = axios.create({ baseURL: `${url}/rest`, validateStatus: () => true });
	}

	/** Makes the owner when the instance is new, and signs in. */
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
		// Only who is signed in is told the version.
		const { versionCli } = await api.call('GET', '/settings');
		const [major, minor] = String(versionCli).split('.').map(Number);
		api.isOld = major < 2 || (major === 2 && minor <= 8);
		return api;
	}

	/** One call; the value under `data` of n8n's answer. n8n's own message is the error. */
	async call<T = Json>(method: string, path: string, data?: unknown): Promise<T> {
		const answer = await this.http.request({ method, url: path, data });
		if (answer.status >= 400) {
			throw new Error(
				`n8n answered ${answer.status} to ${method} ${path}: ${answer.data?.message ?? answer.data}`,
			);
		}
		return answer.data.data ?? answer.data;
	}

	/** Opens a page of n8n as the signed-in person's browser would. */
	async visit(url: string): Promise<{ status: number; page: string }> {
		const answer = await this.http.get(url, {
			baseURL: '',
			responseType: 'text',
			transformResponse: (text) => text,
		});
		return { status: answer.status, page: String(answer.data) };
	}

	/** Creates the credential, or gives the one of that name this data. Returns its id. */
	async saveCredential(name: string, type: string, data: Json): Promise<string> {
		const all = await this.call<Array<{ id: string; name: string }>>('GET', '/credentials');
		const known = all.find((credential) => credential.name === name);
		const body = { name, type, data };
		const saved = known
			? await this.call('PATCH', `/credentials/${known.id}`, body)
			: await this.call('POST', '/credentials', body);
		return String(saved.id);
	}

	/** What the credential's Test (or Retry) button does, with the data that is stored. */
	async testCredential(id: string): Promise<{ status: string; message: string }> {
		// The editor sends back what it was shown, secrets masked.
		const { name, type, data } = await this.call(`GET`, `/credentials/${id}?includeData=true`);
		return await this.call('POST', '/credentials/test', { credentials: { id, name, type, data } });
	}

	/** Creates the workflow, or puts the one of that name into this state. Returns its id. */
	async saveWorkflow(workflow: WorkflowData): Promise<string> {
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

	/** What the editor's Execute button does; waits for the end. */
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
		// The first poll belongs to it: a session, which bunq opens once in 30 seconds, and each account's list.
		const deadline = Date.now() + 90_000;
		while (Date.now() < deadline) {
			const publication = await this.call('GET', `/workflows/${workflowId}/publication-status`);
			if (publication.status === 'published') return;
			if (publication.status === 'failed') break;
			await sleep(100);
		}
		throw new Error(`Workflow ${workflowId} was not published`);
	}

	/** Takes the workflow out of use: its triggers end. */
	async deactivate(workflowId: string): Promise<void> {
		await this.call('POST', `/workflows/${workflowId}/deactivate`);
	}

	/** The ids of a workflow's executions, newest first; of the newest 100. */
	async executionIds(workflowId: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.call<{ results: Array<{ id: string }> }>(
			'GET',
			`/executions?filter=${filter}&limit=100`,
		);
		return results.map(({ id }) => id);
	}

	/** The "Retry execution" button, with the workflow as it was then; waits for the end. */
	async retry(id: string): Promise<Execution> {
		const again = await this.call('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		return await this.finished(String(again.id));
	}

	/** Waits for the end of an execution. */
	async finished(id: string, patience = 90_000): Promise<Execution> {
		for (let waited = 0; waited < patience; waited += 100) {
			const execution = await this.call('GET', `/executions/${id}`);
			const isOver = !['new', 'running', 'waiting'].includes(String(execution.status));
			// n8n 1.x notes the end first and what happened a moment later.
			if (isOver && execution.data !== '[]') return unpack(execution);
			await sleep(100);
		}
		throw new Error(`Execution ${id} did not end within ${patience / 1000} s`);
	}
}

/** n8n keeps an execution's data as a flattened string, because nodes share objects in it. */
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
