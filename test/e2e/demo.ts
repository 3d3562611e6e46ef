import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageName, packPackage, repo } from '../../scripts/pack';
import { showProgress } from '../../scripts/progress.cjs';
import { N8nApi, type WorkflowData } from './api';
import { credentials, saveCredentials } from './credentials';
import instantWorkflow from './demo.instant.workflow.json';
import workflow from './demo.workflow.json';
import { openBank, portFor, type DemoBank } from './demoBank';
import { startN8n, type Instance } from './instance';

/**
 * A running demonstration: a simulated bunq, and n8n with the package, both credentials, the demo workflows and the
 * examples.
 */
export interface Demo {
	api: N8nApi;
	bank: DemoBank;
	workflowId: string;
	/** The published workflow that a payment starts at once. */
	instantId: string;
	/** Saves a workflow whose nodes name the demo's credentials. Returns its ID. */
	save(workflow: WorkflowData): Promise<string>;
	stop(): Promise<void>;
}

/** What n8n takes for its public address. The simulated bank passes on what is sent there, so no request leaves this machine. */
const PUBLIC_ORIGIN = 'https://n8n.example.com';

/** Starts n8n for a bank, by default for a new one. `isInstant`: publishes the workflow that bunq calls. */
export const startDemo = async ({
	bank = undefined as DemoBank | undefined,
	isInstant = true,
} = {}): Promise<Demo> => {
	const { simulator, userFolder, close } = (bank ??= await openBank());
	let n8n: Instance | undefined;
	const stop = async () => {
		await n8n?.stop();
		await close();
	};
	try {
		const packageFolder = packPackage(console.log);
		const port = await portFor('n8n', 5678);
		n8n = await step('Starting n8n', async () => {
			const consentPort = Number(new URL(simulator.url).port);
			const publicOrigin = PUBLIC_ORIGIN;
			return await startN8n({
				...{ userFolder, port, packageFolder, simulator, consentPort, publicOrigin },
			});
		});
		const { url } = n8n;
		await simulator.control.routeCallbacks({
			[PUBLIC_ORIGIN]: url.replace('localhost', '127.0.0.1'),
		});
		const api = await N8nApi.signIn(url);
		// The bank forgot everything when it last stopped, so both are connected again at each start.
		const credentialIds = await step('Connecting both credentials', async () => {
			// The node opens a session in 30 seconds in each environment: the workflow that is published gets the first.
			return await saveCredentials(api, simulator, 'production', false);
		});
		const save = async (data: WorkflowData) =>
			await api.saveWorkflow(withCredentials(data, credentialIds));
		const [workflowId, instantId] = await step('Saving the workflows', async () => {
			for (const example of examples()) await save(example);
			return [
				await save(workflow as unknown as WorkflowData),
				await save(instantWorkflow as unknown as WorkflowData),
			];
		});
		if (isInstant) {
			await step('Publishing the instant one', async () => await api.activate(instantId));
		}
		const end = async () => {
			// Or n8n would ask the next bank with a token of this one, before it is connected again.
			if (isInstant) await api.deactivate(instantId).catch(() => undefined);
			await stop();
		};
		return { api, bank, workflowId, instantId, save, stop: end };
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
