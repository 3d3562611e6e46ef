import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import {
	createServer as createHttpServer,
	type IncomingMessage,
	type Server,
	type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endCalls, sendOnTime } from './http/callbacks';
import { makeCertificates } from './http/certificates';
import { controlBy } from './control/client';
import type { Control, DirtOrder, Switches } from './control/protocol';
import { completeOrder } from './http/dirt';
import { seed } from './bank/seed';
import { catchUp, serve, serveControl } from './http/server';

export * from './control/protocol';
export { STRICTER_THAN_BUNQ } from './bank/switches';
export { controlOf } from './control/client';

/** A bunq on this machine. */
export interface Simulator {
	/** Plain HTTP: bunq's API below `/v1/`, the control interface below `/_simulator/` for other processes. */
	url: string;
	/** TLS on 127.0.0.1, for the host names of bunq. */
	tlsPort: number;
	/** The temporary CA for those names; `stop` removes the file. */
	caPem: string;
	caFile: string;
	control: Control;
	/** Closes all connections at once. */
	stop(): Promise<void>;
}

export interface SimulatorOptions {
	/** Default: any free port. */
	port?: number;
	tlsPort?: number;
	/** Dirt from the start. */
	dirt?: DirtOrder[];
	/**
	 * Whether what is new gets an ID that no earlier bank of this machine gave, as at the real bank: a program that remembers IDs
	 * would take it for known otherwise. The seed's IDs are always the same.
	 */
	neverOldIds?: boolean;
	/** Other defaults of the switches, also after a reset. */
	switches?: Partial<Switches>;
}

const TICK_MS = 100;

/** Before the first bank with `neverOldIds`. */
const FIRST_DAY = Date.UTC(2026, 10, 1);
/** IDs are three apart, and a bank makes less than one in a second. */
const IDS_PER_SECOND = 3;

/** Listens on this machine only. Returns the port and a function that closes it. */
const listen = async (server: Server, port: number) => {
	const sockets = new Set<Socket>();
	// Never closes an idle connection: a test could send its next request at that moment.
	server.keepAliveTimeout = 0;
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	const close = () =>
		new Promise<void>((resolve) => {
			server.close(() => resolve());
			for (const socket of sockets) socket.destroy();
		});
	return { port: (server.address() as AddressInfo).port, close };
};

/** Starts a bank with the seed's world. */
export const startSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
	const bank = seed();
	bank.defaults = { ...bank.defaults, ...options.switches };
	bank.switches = { ...bank.defaults };
	if (options.neverOldIds) {
		const passed = IDS_PER_SECOND * Math.floor((Date.now() - FIRST_DAY) / 1000);
		for (const env of Object.values(bank.environments)) env.lastId += passed;
	}
	bank.dirt = (options.dirt ?? []).map(completeOrder);
	const { caPem, certPem, keyPem } = await makeCertificates();
	const handle = (request: IncomingMessage, response: ServerResponse) => {
		serve(bank, request, response).catch((error: unknown) => {
			// The client has closed the connection.
			if (request.destroyed && !request.complete) return;
			console.error('Simulator:', error);
			if (!response.headersSent) response.writeHead(500);
			response.end(`The simulator has a bug: ${String(error)}`);
		});
	};
	const plain = await listen(createHttpServer(handle), options.port ?? 0);
	const tls = await listen(
		createHttpsServer({ cert: certPem, key: keyPem }, handle),
		options.tlsPort ?? 0,
	);
	// Real time: what a clock makes due happens, and is told, even if nobody calls the bank.
	const tick = () => {
		catchUp(bank);
		sendOnTime(bank);
	};
	const ticking = setInterval(tick, TICK_MS).unref();
	const folder = await mkdtemp(join(tmpdir(), 'bunq-simulator-'));
	const caFile = join(folder, 'ca.pem');
	await writeFile(caFile, caPem);
	const url = `http://127.0.0.1:${plain.port}`;
	return {
		url,
		tlsPort: tls.port,
		caPem,
		caFile,
		control: controlBy(async (name, args) => await serveControl(bank, name, args)),
		async stop() {
			clearInterval(ticking);
			await Promise.all([plain.close(), tls.close()]);
			endCalls(bank);
			await Promise.all(bank.openCalls.keys());
			await rm(folder, { recursive: true, force: true });
		},
	};
};
