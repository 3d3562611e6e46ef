import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Execution } from '../test/e2e/api';
import type { Demo } from '../test/e2e/demo';
import workflow from '../test/e2e/demo.workflow.json';
import { openBank, type DemoBank } from '../test/e2e/demoBank';

const TRIGGER = workflow.nodes[0].name;
const INTERRUPTED = 130;

/**
 * `npm start`: runs the demo until Ctrl-C. The bank and its page are there first, n8n once it is installed.
 * `npm start -- --once`: runs its workflow, prints the items and exits, with 1 if the workflow failed.
 */
const start = async (once: boolean): Promise<number> => {
	const bank = await openBank();
	let demo: Demo | undefined;
	try {
		if (!once) console.log(`\n  bunq app  ${bank.appUrl}  (open now; n8n follows)\n`);
		const began = await Promise.race([interrupted, launch(bank, once)]);
		if (began === 'interrupted') return INTERRUPTED;
		demo = began;
		return once ? await runOnce(demo) : await serve(demo);
	} finally {
		await (demo ?? { stop: bank.close }).stop();
	}
};

const interrupted = new Promise<'interrupted'>((resolve) => {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => resolve('interrupted'));
	}
});

const launch = async (bank: DemoBank, once: boolean): Promise<Demo> => {
	await install();
	// Only now: these need packages of n8n.
	const { startDemo } = await import('../test/e2e/demo');
	return await startDemo({ bank, isInstant: !once });
};

/** Installs n8n if it is not there, while the bank answers. What went wrong is on the screen. */
const install = async (): Promise<void> =>
	await new Promise((resolve, reject) => {
		const args = [join(__dirname, 'install.cjs'), 'n8n'];
		spawn(process.execPath, args, { stdio: 'inherit' })
			.once('error', reject)
			.once('close', (code) =>
				code === 0 ? resolve() : reject(new Error('n8n is not installed')),
			);
	});

const runOnce = async ({ api, workflowId }: Demo): Promise<number> => {
	const { step } = await import('../test/e2e/demo');
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
const serve = async ({ api, bank, workflowId, instantId }: Demo): Promise<number> => {
	const { owner } = await import('../test/e2e/api');
	console.log(`
  n8n       ${api.url}/workflow/${workflowId}
  Sign in   ${owner.email} / ${owner.password}
  Press     "Execute workflow", then a node, to see its items

  bunq app  ${bank.appUrl}
  Instant   "Salary comes in" there starts ${api.url}/workflow/${instantId} within a second

  To connect a credential yourself (environment Production):
  Client ID      ${bank.client.clientId}
  Client Secret  ${bank.client.clientSecret}
  API Key        ${bank.apiKey}

The bunq behind all this is simulated, its consent page too when you press Connect: no request of n8n leaves this
machine and no money moves. The demo workflows and the examples are put back at each start; duplicate one to keep your
changes. Ctrl-C stops everything.
`);
	await interrupted;
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
