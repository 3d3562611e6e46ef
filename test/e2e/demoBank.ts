import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '../simulator';
import { APP_PATH } from '../simulator/app';
import { repo } from '../../scripts/pack';
import { freePort, isRunning, logFile } from './instance';

/** The bank of a demonstration, which is there before n8n is: its page, and what a person needs to connect by hand. */
export interface DemoBank {
	simulator: Simulator;
	/** The page with accounts, payments and buttons. */
	appUrl: string;
	/** Another OAuth client than that of the demo's own credential, whose token another connection would end. */
	client: { clientId: string; clientSecret: string };
	apiKey: string;
	/** Where n8n keeps its data. */
	userFolder: string;
	close(): Promise<void>;
}

/** Kept between starts, so that later ones take seconds. */
const KEPT_FOLDER = join(repo, '.run', 'n8n');

/** The wanted port, or any if another program has it. */
export const portFor = async (what: string, wanted: number): Promise<number> => {
	const port = await freePort(wanted);
	if (port !== wanted) console.log(`Port ${wanted} is taken, so ${what} uses ${port}`);
	return port;
};

/** One person with the same accounts is behind every credential of the demo: bunq's production. */
export const openBank = async (userFolder = KEPT_FOLDER): Promise<DemoBank> => {
	const pidFile = claim(userFolder);
	try {
		const port = await portFor('the bunq app', 5690);
		// Nobody who tries something waits half a minute for a second session.
		const simulator = await startSimulator({
			port,
			neverOldIds: true,
			switches: { limits: 'off' },
		});
		const { control } = simulator;
		return {
			simulator,
			appUrl: `${simulator.url}${APP_PATH}`,
			client: await control.addClient('n8n by hand'),
			apiKey: (await control.world()).apiKey,
			userFolder,
			async close() {
				await simulator.stop();
				rmSync(pidFile, { force: true });
			},
		};
	} catch (error) {
		rmSync(pidFile, { force: true });
		throw error;
	}
};

/** Refuses a second demo, which would damage the database. Returns the file that says so. */
const claim = (userFolder: string): string => {
	mkdirSync(userFolder, { recursive: true });
	const pidFile = join(userFolder, 'demo.pid');
	const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
	if (pid && pid !== process.pid && isRunning(pid)) {
		throw new Error(
			`The demo is running already, as process ${pid}. Stop it first; if that process is another one, delete ${pidFile}.`,
		);
	}
	writeFileSync(pidFile, String(process.pid));
	rmSync(logFile(userFolder), { force: true });
	return pidFile;
};
