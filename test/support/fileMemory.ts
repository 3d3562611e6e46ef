import '../../scripts/resolveTsBeforeJson';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IBinaryData, IDataObject } from 'n8n-workflow';

/**
 * A process of its own that uploads and downloads one file, and prints how much memory that took beside the file. Other
 * work would hide it: run by guarantees/fileMemory.test.ts.
 */

const MB = 1024 * 1024;

interface Order {
	apiKey: string;
	account: number;
	payment: number;
	megabytes: number;
	mode: 'default' | 'filesystem';
}

const order = JSON.parse(process.argv[2]) as Order;
const folder = mkdtempSync(join(tmpdir(), 'bunq-files-'));
process.env.N8N_USER_FOLDER = folder;
process.env.N8N_ENCRYPTION_KEY = 'test';
process.env.N8N_DEFAULT_BINARY_DATA_MODE = order.mode;
process.env.N8N_BINARY_DATA_STORAGE_PATH = join(folder, 'binary');

const rss = () => process.memoryUsage.rss() / MB;

const { gc } = global as unknown as { gc(options?: { type: 'minor' }): void };

/**
 * The peak of this process while the work runs, above what it was before, in MB. What was received and passed on is
 * collected as it grows, so that only what is held counts, and what one step makes at once.
 */
const growth = async (work: () => Promise<unknown>) => {
	for (let round = 0; round < 3; round++) {
		gc();
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	const before = rss();
	const seen = { peak: before, collected: before, isRunning: true };
	const watch = () => {
		const now = rss();
		seen.peak = Math.max(seen.peak, now);
		if (now > seen.collected + 1) {
			gc({ type: 'minor' });
			seen.collected = rss();
		}
		if (seen.isRunning) setImmediate(watch);
	};
	watch();
	await work();
	watch();
	seen.isRunning = false;
	return seen.peak - before;
};

const main = async () => {
	// As n8n-core itself loads it: otherwise there are two containers.
	const load = createRequire(createRequire(__filename).resolve('n8n-core'));
	const { Container } = load('@n8n/di') as typeof import('@n8n/di');
	const { BinaryDataService } = load('n8n-core') as typeof import('n8n-core');
	const { runNode } = await import('./engine');
	const { fileOf } = await import('./files');
	const service = Container.get(BinaryDataService);
	if (order.mode === 'filesystem') await service.init();
	else (service as unknown as { mode: string }).mode = 'default';

	const store = async (bytes: Buffer) =>
		await service.store({ type: 'execution', workflowId: '1', executionId: '1' }, bytes, {
			data: '',
			mimeType: 'application/pdf',
			fileName: 'file.pdf',
		});
	const run = async (operation: string, more: IDataObject = {}, binary = {}) => {
		const { error, items } = await runNode({
			parameters: {
				authentication: 'apiKey',
				resource: 'note',
				operation,
				account: { __rl: true, mode: 'id', value: order.account },
				subjectId: String(order.payment),
				...more,
			},
			credential: { environment: 'production', apiKey: order.apiKey },
			binary,
		});
		if (error) throw new Error(`${operation}: ${error.message} ${error.description}`);
		return items;
	};

	// Loads everything.
	const [warm] = await run('addFile', {}, { data: await store(fileOf('pdf', 1_000)) });
	await run('downloadFiles');
	await run('delete', { noteType: 'file', noteId: String(warm.json.id) });

	const data: IBinaryData = await store(fileOf('pdf', order.megabytes * MB));
	const upload = await growth(async () => await run('addFile', {}, { data }));
	const download = await growth(async () => {
		const [item] = await run('downloadFiles');
		const { bytes } = item.binary!.data;
		if (bytes !== order.megabytes * MB) throw new Error(`${bytes} bytes came back`);
	});
	console.log(JSON.stringify({ upload, download, isOnDisk: Boolean(data.id) }));
	rmSync(folder, { recursive: true });
};

void main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
