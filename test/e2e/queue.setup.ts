import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STRICTER_THAN_BUNQ, startSimulator } from '../simulator';
import { packPackage } from '../../scripts/pack';
import { N8nApi } from './api';
import { saveCredentials } from './credentials';
import { freePort, startN8n, type InstanceOptions } from './instance';
import { startPostgres, startRedis } from './stores';
import { noteRunning, type Worker } from './suite';

const WORKERS = 2;

/** Starts the bank and an n8n in queue mode for this run, with both credentials connected. */
const setUp = async () => {
	const packageFolder = packPackage();
	const simulator = await startSimulator({ switches: STRICTER_THAN_BUNQ });
	globalThis.suiteBank = simulator;
	const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
	const settings = {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		// A dead worker is noticed within seconds instead of a minute and a half.
		QUEUE_WORKER_LOCK_DURATION: '6000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
		QUEUE_WORKER_STALLED_INTERVAL: '2000',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_PASSWORD: 'none',
	};
	const optionsOf = async (more: Partial<InstanceOptions> = {}): Promise<InstanceOptions> => ({
		userFolder: mkdtempSync(join(tmpdir(), 'bunq-n8n-')),
		port: await freePort(),
		packageFolder,
		simulator: { tlsPort: simulator.tlsPort, caFile: simulator.caFile },
		settings,
		...more,
	});

	const options = await optionsOf();
	const { url, pid } = await startN8n(options);
	// One after the other, as they share two cores.
	const workers: Worker[] = [];
	while (workers.length < WORKERS) {
		const port = await freePort();
		const health = { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port) };
		const worker = await optionsOf({
			port,
			command: 'worker',
			settings: { ...settings, ...health },
		});
		workers.push({ pid: (await startN8n(worker)).pid, options: worker });
	}
	const credentialIds = await saveCredentials(await N8nApi.signIn(url), simulator);
	const stores = [redis, postgres];
	noteRunning({ url, pid, options, credentialIds, simulatorUrl: simulator.url, workers, stores });
};

export default setUp;
