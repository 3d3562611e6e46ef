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

/** For a whole answer, however slowly it comes. */
const LONGEST_MS = 30_000;
/** For an answer as sent, and once more when it is unpacked. */
const LARGEST_BYTES = 20_000_000;
const UNPACK: Record<string, typeof gunzipSync | undefined> = {
	gzip: gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync,
};

const unpacked = (body: Buffer, encoding = '') =>
	body.length === 0 ? body : (UNPACK[encoding]?.(body, { maxOutputLength: LARGEST_BYTES }) ?? body);

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

/**
 * Sends one request with exactly these headers, and follows no redirection. Rejects without a whole answer in time, and if
 * the answer is too long.
 */
export const send = (sent: Sent, longestMs = LONGEST_MS): Promise<Arrived> =>
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
		const tooLate = () =>
			request.destroy(new Error(`no whole answer in ${longestMs / 1000} seconds`));
		const timer = setTimeout(tooLate, longestMs);
		request.on('close', () => clearTimeout(timer));
		request.on('error', reject);
		request.end(sent.body);
	});
