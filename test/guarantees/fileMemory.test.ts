import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startSimulator, type Simulator } from '../simulator';
import { root } from '../support/project';

/** Files of 15 MB go out and come in without copies of ours, wherever n8n keeps binary data. */

const MEGABYTES = 15;

type Mode = 'default' | 'filesystem';

/** How many MB a new process grows by. */
interface Growth {
	upload: number;
	download: number;
	isOnDisk: boolean;
}

const measure = async (bank: Simulator, mode: Mode) => {
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

/**
 * A copy of ours adds a whole file, so the limit is halfway between three and four of them: the file, and two that Node
 * makes where one `write` holds headers and body (it joins them, then keeps what TLS has encrypted). Pages of memory differ
 * by up to 1 MB between machines.
 */
const LIMIT = 3.5 * MEGABYTES;

test.each(['default', 'filesystem'] as const)(
	'mode %s: a file of 15 MB is copied only by Node',
	async (mode) => {
		const bank = await startSimulator();
		const best = { upload: Infinity, download: Infinity };
		try {
			// Other work on the machine only adds.
			for (let run = 0; run < 4 && Math.max(best.upload, best.download) >= LIMIT; run++) {
				const { upload, download, isOnDisk } = await measure(bank, mode);
				expect(isOnDisk).toBe(mode === 'filesystem');
				best.upload = Math.min(best.upload, upload);
				best.download = Math.min(best.download, download);
			}
		} finally {
			await bank.stop();
		}
		console.log(
			`${mode}: upload ${best.upload.toFixed(1)} MB, download ${best.download.toFixed(1)} MB`,
		);
		expect(Math.max(best.upload, best.download)).toBeLessThan(LIMIT);
	},
	240_000,
);
