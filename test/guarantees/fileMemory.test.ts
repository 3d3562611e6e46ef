import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSimulator, type Simulator } from '../simulator';
import { root } from '../support/project';

/** Files of 15 MB go out and come in without a copy of ours or of Node's, wherever n8n keeps binary data. */

const MEGABYTES = 15;

type Mode = 'default' | 'filesystem';

/** How many MB a new process grows by. */
interface Growth {
	upload: number;
	download: number;
	isOnDisk: boolean;
}

/** n8n's own: in memory it keeps a file as base64. A copy more, ours or Node's, adds 15 MB. */
const HELD = {
	default: { upload: 1, download: 1 + 4 / 3 },
	filesystem: { upload: 1, download: 1 },
};

/** In files: pages of memory differ by up to 2 MB between runs. */
const MARGIN = 0.5;

const measureAt = async (bank: Simulator, mode: Mode) => {
	const { apiKey, accounts } = await bank.control.world();
	const { id: account } = accounts.find(({ description }) => description === 'Main')!;
	const [payment] = await bank.control.addPayments({ accountId: account });
	const order = JSON.stringify({ apiKey, account, payment, megabytes: MEGABYTES, mode });
	const env = {
		...process.env,
		BUNQ_SIMULATOR_TLS_PORT: String(bank.tlsPort),
		BUNQ_SIMULATOR_CA_FILE: bank.caFile,
		NODE_OPTIONS: `--require ${join(root, 'test/simulator/http/redirect.cjs')}`,
	};
	const args = ['--expose-gc', '--import', 'tsx', 'test/support/fileMemory.ts', order];
	const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
	return JSON.parse(stdout.split('\n').at(-2)!) as Growth;
};

/** With a bank for each process: two that open a session at one bank wait 30 seconds for each other. */
const measure = async (mode: Mode) => {
	const bank = await startSimulator();
	try {
		return await measureAt(bank, mode);
	} finally {
		await bank.stop();
	}
};

let measured: Record<Mode, Growth>;

beforeAll(async () => {
	const [inMemory, onDisk] = await Promise.all([measure('default'), measure('filesystem')]);
	measured = { default: inMemory, filesystem: onDisk };
}, 240_000);

test.each(['default', 'filesystem'] as const)('mode %s: a file of 15 MB is not copied', (mode) => {
	const { upload, download, isOnDisk } = measured[mode];
	console.log(`${mode}: upload ${upload.toFixed(1)} MB, download ${download.toFixed(1)} MB`);
	expect(isOnDisk).toBe(mode === 'filesystem');
	expect(upload).toBeLessThan((HELD[mode].upload + MARGIN) * MEGABYTES);
	expect(download).toBeLessThan((HELD[mode].download + MARGIN) * MEGABYTES);
});
