import { owner, type Execution } from '../test/e2e/api';
import { startDemo, step, type Demo } from '../test/e2e/demo';
import workflow from '../test/e2e/demo.workflow.json';

const TRIGGER = workflow.nodes[0].name;

/**
 * `npm start`: runs the demo until Ctrl-C.
 * `npm start -- --once`: runs its workflow, prints the items and exits, with 1 if the workflow failed.
 */
const start = async (once: boolean): Promise<number> => {
	const demo = await startDemo();
	try {
		return once ? await runOnce(demo) : await serve(demo);
	} finally {
		await demo.stop();
	}
};

const runOnce = async ({ api, workflowId }: Demo): Promise<number> => {
	const execution = await step('Running the demo workflow', async () => {
		return await api.runManually(workflowId, TRIGGER);
	});
	report(execution);
	return execution.status === 'success' ? 0 : 1;
};

/** Prints the items of each Bunq node. */
const report = (execution: Execution): void => {
	for (const { name, type } of workflow.nodes) {
		const items = execution.items(name);
		if (!type.endsWith('.bunq') || items.length === 0) continue;
		console.log(`\n${name}: ${items.length} ${items.length === 1 ? 'item' : 'items'}`);
		// Omits columns without values.
		const filled = Object.keys(items[0]).filter((key) => items.some((item) => item[key] !== null));
		console.table(items, filled);
	}
	const { status, error } = execution;
	console.log(`\nThe workflow ended with: ${status}`);
	if (error) console.error([error.message, error.description].filter(Boolean).join('\n'));
};

/** Prints where to find n8n, and waits for Ctrl-C or the end of the terminal. */
const serve = async ({ api, workflowId }: Demo): Promise<number> => {
	console.log(`
  Open      ${api.url}/workflow/${workflowId}
  Sign in   ${owner.email} / ${owner.password}
  Press     "Execute workflow", then a node, to see its items

The bunq behind it is simulated, its consent page too when you press Connect in a credential: no request of n8n leaves
this machine and no money moves. "Bunq demo" and the examples are put back at each start; duplicate one
to keep your changes. Ctrl-C stops everything.
`);
	await new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.once(signal, () => resolve());
		}
	});
	console.log('\nStopping …');
	return 0;
};

start(process.argv.includes('--once')).then(
	(code) => process.exit(code),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
