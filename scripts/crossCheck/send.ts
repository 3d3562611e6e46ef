import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

export interface Sent {
	method: string;
	url: string;
	/** Undefined: not sent. */
	headers: Record<string, string | undefined>;
	body: string | Buffer;
}

export interface Arrived {
	status: number;
	headers: Record<string, string | undefined>;
	/** Unpacked. */
	body: Buffer;
}

const LONGEST_MS = 30_000;
const LARGEST_BYTES = 20_000_000;
const UNPACK: Record<string, ((body: Buffer) => Buffer) | undefined> = {
	gzip: gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync,
};

const unpacked = (body: Buffer, encoding = '') =>
	body.length === 0 ? body : (UNPACK[encoding]?.(body) ?? body);

const optionsOf = ({ method, url, headers, body }: Sent) => {
	const { host, hostname } = new URL(url);
	const given = Object.entries(headers).filter(([, value]) => value !== undefined);
	return {
		method,
		headers: {
			Host: host,
			...(body.length > 0 && { 'Content-Length': Buffer.byteLength(body) }),
			...Object.fromEntries(given as Array<[string, string]>),
		},
		// Every name below localhost is this machine, though not every resolver knows it.
		...(hostname.endsWith('.localhost') && { hostname: '127.0.0.1' }),
	};
};

/** Sends one request with exactly these headers, and follows no redirection. Rejects without an answer within 30 seconds. */
export const send = (sent: Sent): Promise<Arrived> =>
	new Promise((resolve, reject) => {
		const start = sent.url.startsWith('https:') ? secure : plain;
		const request = start(sent.url, optionsOf(sent), (response) => {
			const chunks: Buffer[] = [];
			let bytes = 0;
			response.on('data', (chunk: Buffer) => {
				chunks.push(chunk);
				bytes += chunk.length;
				if (bytes > LARGEST_BYTES) request.destroy(new Error('the answer is too long'));
			});
			response.on('error', reject);
			response.on('end', () => {
				const headers = response.headers as Arrived['headers'];
				try {
					const body = unpacked(Buffer.concat(chunks), headers['content-encoding']);
					resolve({ status: response.statusCode ?? 0, headers, body });
				} catch (error) {
					reject(error as Error);
				}
			});
		});
		request.setTimeout(LONGEST_MS, () => request.destroy(new Error('no answer in 30 seconds')));
		request.on('error', reject);
		request.end(sent.body);
	});
