import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '../simulator';
import { packageName, packPackage, repo } from '../../scripts/pack';
import { showProgress } from '../../scripts/progress.cjs';
import { N8nApi, type WorkflowData } from './api';
import { credentials, saveCredentials } from './credentials';
import workflow from './demo.workflow.json';
import { freePort, isRunning, logFile, startN8n, type Instance } from './instance';

/**
 * A running demonstration: a simulated bunq, and n8n with the package, both credentials, the demo workflow and the
 * examples.
 */
export interface Demo {
	api: N8nApi;
	workflowId: string;
	/** Saves a workflow whose nodes name the demo's credentials. Returns its ID. */
	save(workflow: WorkflowData): Promise<string>;
	stop(): Promise<void>;
}

/** Kept between starts, so that later ones take seconds. */
const userFolder = join(repo, '.run', 'n8n');
const pidFile = join(userFolder, 'demo.pid');

export const startDemo = async (): Promise<Demo> => {
	claimFolder();
	const packageFolder = packPackage(console.log);
	const simulator = await startSimulator();
	let n8n: Instance | undefined;
	const stop = async () => {
		await n8n?.stop();
		await simulator.stop();
		rmSync(pidFile, { force: true });
	};
	try {
		const port = await freePort(5678);
		n8n = await step('Starting n8n', async () => {
			const consentPort = Number(new URL(simulator.url).port);
			return await startN8n({ userFolder, port, packageFolder, simulator, consentPort });
		});
		const api = await N8nApi.signIn(n8n.url);
		// The bank forgot everything when it last stopped, so both are connected anew at each start.
		const credentialIds = await step('Connecting both credentials', async () => {
			return await saveCredentials(api, simulator);
		});
		const save = async (data: WorkflowData) =>
			await api.saveWorkflow(withCredentials(data, credentialIds));
		await step('Saving the examples', async () => {
			for (const example of examples()) await save(example);
		});
		const workflowId = await save(workflow as unknown as WorkflowData);
		return { api, workflowId, save, stop };
	} catch (error) {
		await stop();
		throw error;
	}
};

/** Shows the progress of some work. */
export const step = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
	const done = showProgress(text);
	try {
		const result = await work();
		done('done');
		return result;
	} catch (error) {
		done('failed');
		throw error;
	}
};

/** Refuses a second demo, which would damage the database. */
const claimFolder = (): void => {
	mkdirSync(userFolder, { recursive: true });
	const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
	if (pid && isRunning(pid)) {
		throw new Error(
			`The demo is running already, as process ${pid}. Stop it first; if that process is another one, delete ${pidFile}.`,
		);
	}
	writeFileSync(pidFile, String(process.pid));
	rmSync(logFile(userFolder), { force: true });
};

/** Adds the IDs by which n8n finds credentials. */
const withCredentials = (data: WorkflowData, ids: Record<string, string>): WorkflowData => {
	const nodes = data.nodes.map((node) => {
		const used = Object.entries(node.credentials ?? {});
		if (used.length === 0) return node;
		const known = used.map(([type, { name }]) => [type, { name, id: ids[type] }]);
		return { ...node, credentials: Object.fromEntries(known) };
	});
	return { ...data, nodes };
};

/** The workflows of `examples/` with the OAuth credential in each Bunq node. */
const examples = (): WorkflowData[] => {
	const folder = join(repo, 'examples');
	const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
	const { type: credential, name } = credentials.oAuth2;
	return files.map((file) => {
		const example = JSON.parse(readFileSync(join(folder, file), 'utf8')) as WorkflowData;
		const nodes = example.nodes.map((node) => {
			const asks = node.type.startsWith(packageName) && !node.type.endsWith('RelayTrigger');
			return asks ? { ...node, credentials: { [credential]: { id: '', name } } } : node;
		});
		return { ...example, nodes };
	});
};
