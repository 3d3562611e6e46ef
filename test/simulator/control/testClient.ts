import { generateKeyPairSync, randomUUID, sign, verify, type KeyObject } from 'node:crypto';
import axios, { type AxiosResponse } from 'axios';
import type { Environment } from './protocol';

/** An answer of the bank, with its body as text and as JSON if it is JSON. */
export interface BankAnswer {
	status: number;
	text: string;
	/** The body as it came. */
	bytes: Buffer;
	json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests read it freely
	headers: Record<string, string>;
}

let pair: { privateKey: KeyObject; publicKeyPem: string } | undefined;

/** A client's key pair, generated once per file as that takes time. */
export const clientKeys = () => {
	if (!pair) {
		const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		pair = {
			privateKey,
			publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
		};
	}
	return pair;
};

export interface CallOptions {
	/** JSON, text or bytes. */
	body?: unknown;
	token?: string;
	/** Default: sign POST and PUT with a token. A string is sent unchanged. */
	signature?: string | boolean;
	headers?: Record<string, string | undefined>;
	environment?: Environment;
	/** Milliseconds to wait for an answer. */
	timeout?: number;
	/** False: a compressed body stays as it came. */
	decompress?: boolean;
}

const bytesOf = (body: unknown): Buffer => {
	if (body === undefined) return Buffer.alloc(0);
	if (Buffer.isBuffer(body)) return body;
	return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
};

/** A request with a real signature and the required headers (docs/bunq-api.md 3). */
export const callBank = async (
	url: string,
	method: string,
	path: string,
	{ body, token, signature = token !== undefined, headers, environment, ...more }: CallOptions = {},
): Promise<BankAnswer> => {
	const sent = bytesOf(body);
	const writes = method === 'POST' || method === 'PUT';
	const signed =
		typeof signature === 'string'
			? signature
			: signature && writes
				? sign('sha256', sent, clientKeys().privateKey).toString('base64')
				: undefined;
	const response: AxiosResponse<Buffer> = await axios.request({
		method,
		url: `${url}${path}`,
		data: sent.length === 0 ? undefined : sent,
		responseType: 'arraybuffer',
		...more,
		proxy: false,
		maxRedirects: 0,
		validateStatus: () => true,
		transformResponse: (data: Buffer) => data,
		transformRequest: (data: Buffer) => data,
		headers: {
			'Cache-Control': 'no-cache',
			'User-Agent': 'simulator-test',
			'X-Bunq-Client-Request-Id': randomUUID(),
			...(sent.length > 0 && { 'Content-Type': 'application/json' }),
			...(token !== undefined && { 'X-Bunq-Client-Authentication': token }),
			...(signed !== undefined && { 'X-Bunq-Client-Signature': signed }),
			...(environment && { 'X-Simulator-Environment': environment }),
			...headers,
		},
	});
	const text = response.data.toString('utf8');
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return {
		status: response.status,
		text,
		bytes: response.data,
		json,
		headers: response.headers as Record<string, string>,
	};
};

/** The single object of that name in an answer. */
export const pick = (answer: BankAnswer, name: string) => {
	const found = answer.json?.Response?.find((item: object) => name in item);
	if (!found) throw new Error(`No ${name} in ${answer.status} ${answer.text}`);
	return found[name];
};

/** The words of an error. */
export const wordsOf = (answer: BankAnswer): string =>
	(answer.json?.Error ?? [])
		.map((error: { error_description: string }) => error.error_description)
		.join(' ');

export interface Session {
	installationToken: string;
	serverPublicKey: string;
	token: string;
	/** The id for URLs. */
	userId: number;
	get(path: string, options?: CallOptions): Promise<BankAnswer>;
	post(path: string, body: unknown, options?: CallOptions): Promise<BankAnswer>;
	put(path: string, body: unknown, options?: CallOptions): Promise<BankAnswer>;
	delete(path: string): Promise<BankAnswer>;
}

/** The handshake: installation, device, session (docs/bunq-api.md 2). */
export const openSession = async (
	url: string,
	secret: string,
	options: { environment?: Environment; permittedIps?: string[] } = {},
): Promise<Session> => {
	const { environment, permittedIps } = options;
	const installation = await callBank(url, 'POST', '/v1/installation', {
		body: { client_public_key: clientKeys().publicKeyPem },
		environment,
	});
	const installationToken: string = pick(installation, 'Token').token;
	const device = await callBank(url, 'POST', '/v1/device-server', {
		body: { description: 'test', secret, ...(permittedIps && { permitted_ips: permittedIps }) },
		token: installationToken,
		environment,
	});
	pick(device, 'Id');
	const session = await callBank(url, 'POST', '/v1/session-server', {
		body: { secret },
		token: installationToken,
		environment,
	});
	const token: string = pick(session, 'Token').token;
	const [user] = session.json.Response.flatMap((item: Record<string, { id: number }>) =>
		Object.entries(item)
			.filter(([name]) => name.startsWith('User'))
			.map(([, value]) => value),
	);
	const base = `${url}/v1`;
	const fill = (path: string) => path.replace('{user}', `/user/${user.id}`);
	return {
		installationToken,
		serverPublicKey: pick(installation, 'ServerPublicKey').server_public_key,
		token,
		userId: user.id,
		get: (path, more) => callBank(base, 'GET', fill(path), { token, environment, ...more }),
		post: (path, body, more) =>
			callBank(base, 'POST', fill(path), { body, token, environment, ...more }),
		put: (path, body, more) =>
			callBank(base, 'PUT', fill(path), { body, token, environment, ...more }),
		delete: (path) => callBank(base, 'DELETE', fill(path), { token, environment }),
	};
};

/** Whether the bank's signature fits the exact bytes of its answer. */
export const isSignedBy = (serverPublicKey: string, { bytes, headers }: BankAnswer) =>
	verify(
		'sha256',
		bytes,
		serverPublicKey,
		Buffer.from(headers['x-bunq-server-signature'] ?? '', 'base64'),
	);

/** A refusal: the status and bunq's words. */
export const refusalOf = (answer: BankAnswer) => [answer.status, wordsOf(answer)];

export const euro = (value: string) => ({ value, currency: 'EUR' });

/** A counterparty by IBAN. */
export const toIban = (value: string, name = 'Somebody') => ({ type: 'IBAN', value, name });

/** An account at another bank. */
export const EXTERNAL_IBAN = 'NL14RABO0169202917';
