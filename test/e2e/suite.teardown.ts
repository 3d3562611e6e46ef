import { rmSync } from 'node:fs';
import { stopProcess } from './instance';
import { stopStore } from './stores';
import { running } from './suite';

/** Stops the processes that the set-up or a later restart has started. */
const tearDown = async () => {
	const { pid, options, workers = [], stores = [] } = running();
	for (const one of [...workers, { pid, options }]) {
		await stopProcess(one.pid);
		rmSync(one.options.userFolder, { recursive: true, force: true });
	}
	for (const store of stores) await stopStore(store);
	await globalThis.suiteBank?.stop();
};

export default tearDown;
