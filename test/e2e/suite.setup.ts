import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STRICTER_THAN_BUNQ, startSimulator, type Simulator } from '../simulator';
import { packPackage } from '../../scripts/pack';
import { N8nApi } from './api';
import { saveCredentials } from './credentials';
import { freePort, startN8n } from './instance';
import { noteRunning } from './suite';

declare global {
	/** The bank of this run; jest runs set-up and tear-down in one process. */
	var suiteBank: Simulator | undefined;
}

/** Starts the bank and an n8n for this run, with both credentials connected. */
const setUp = async () => {
	const packageFolder = packPackage();
	const simulator = await startSimulator({ switches: STRICTER_THAN_BUNQ });
	globalThis.suiteBank = simulator;
	const options = {
		userFolder: mkdtempSync(join(tmpdir(), 'bunq-n8n-')),
		port: await freePort(),
		packageFolder,
		simulator: { tlsPort: simulator.tlsPort, caFile: simulator.caFile },
	};
	const { url, pid } = await startN8n(options);
	const credentialIds = await saveCredentials(await N8nApi.signIn(url), simulator);
	noteRunning({ url, pid, options, credentialIds, simulatorUrl: simulator.url });
};

export default setUp;
