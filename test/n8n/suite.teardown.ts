import { rmSync } from 'node:fs';
import { stopProcess } from './instance';
import { running } from './suite';

/** Stops what the set-up, or a restart since then, has started. */
export default async function tearDown() {
	const { pid, options } = running();
	await stopProcess(pid);
	await globalThis.suiteBank?.stop();
	rmSync(options.userFolder, { recursive: true, force: true });
}
