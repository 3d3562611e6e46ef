import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '../simulator';
import { packPackage, repo } from '../tools/pack';
import { showProgress } from '../tools/progress.cjs';
import { N8nApi, owner, type Execution, type WorkflowData } from './api';
import { saveCredentials } from './credentials';
import demo from './demo.workflow.json';
import { freePort, startN8n, type Instance } from './instance';

/**
 * `npm start`: a simulated bunq and a real n8n with the packed package, both credentials connected, and a demo workflow.
 * `npm start -- --once` runs that workflow, prints its items and ends.
 */
async function start(once: boolean): Promise<number> {
	const packageFolder = packPackage(console.log);
	const simulator = await startSimulator();
	let n8n: Instance | undefined;
	try {
		const userFolder = join(repo, '.run', 'n8n');
		mkdirSync(userFolder, { recursive: true });
		const port = await freePort(5678);
		n8n = await step('Starting n8n', () =>
			startN8n({ userFolder, port, packageFolder, simulator }),
		);

		const api = await N8nApi.signIn(n8n.url);
		// The bank forgot everything when it last stopped, so both are connected anew at each start.
		const credentials = await step('Connecting both credentials', () =>
			saveCredentials(api, simulator),
		);
		const workflowId = await api.saveWorkflow(
			withCredentials(demo as unknown as WorkflowData, credentials),
		);

		if (once) {
			const execution = await step('Running the demo workflow', () =>
				api.runManually(workflowId, 'When you press Execute'),
			);
			return report(execution);
		}
		console.log(greeting(n8n.url, workflowId));
		await interrupted();
		console.log('\nStopping …');
		return 0;
	} finally {
		await n8n?.stop();
		await simulator.stop();
	}
}

/** The workflow as a file names its credentials; n8n goes by their ids. */
function withCredentials(workflow: WorkflowData, ids: Record<string, string>): WorkflowData {
	const nodes = workflow.nodes.map((node) => {
		const used = Object.entries(node.credentials ?? {});
		if (used.length === 0) return node;
		const credentials = used.map(([type, { name }]) => [type, { name, id: ids[type] }]);
		return { ...node, credentials: Object.fromEntries(credentials) };
	});
	return { ...workflow, nodes };
}

function greeting(url: string, workflowId: string): string {
	return `
  Open      ${url}/workflow/${workflowId}
  Sign in   ${owner.email} / ${owner.password}
  Press     "Execute workflow", then a node, to see its items

The bunq behind it is simulated: no request leaves this machine. "Bunq demo" is put back at each start; duplicate
it to keep your changes. Ctrl-C stops everything.
`;
}

/** Prints each node's items; the exit code. */
function report(execution: Execution): number {
	for (const { name, type } of demo.nodes) {
		const items = execution.items(name);
		if (!type.endsWith('.bunq') || items.length === 0) continue;
		console.log(`\n${name}: ${items.length} ${items.length === 1 ? 'item' : 'items'}`);
		// What no item has only makes the table wider.
		const filled = Object.keys(items[0]).filter((key) => items.some((item) => item[key] !== null));
		console.table(items, filled);
	}
	const { status, error } = execution;
	console.log(`\nThe workflow ended with: ${status}`);
	if (error) console.error([error.message, error.description].filter(Boolean).join('\n'));
	return status === 'success' ? 0 : 1;
}

async function step<T>(text: string, work: () => Promise<T>): Promise<T> {
	const done = showProgress(text);
	try {
		const result = await work();
		done('done');
		return result;
	} catch (error) {
		done('failed');
		throw error;
	}
}

/** Resolves at Ctrl-C, or when the terminal is closed. */
async function interrupted(): Promise<void> {
	await new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
			process.once(signal, () => resolve());
	});
}

start(process.argv.includes('--once')).then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
