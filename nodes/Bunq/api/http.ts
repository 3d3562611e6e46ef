import { randomUUID } from 'node:crypto';
import type { IDataObject, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { isRecord, parseJson } from './json';
import { sign, verify } from './signature';

/** n8n's `helpers.httpRequest`, as every request of this package uses it. */
export type HttpRequest = (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>;

/** bunq refuses requests without the last two (docs/bunq-api.md 3). */
export const HEADERS = {
	'Content-Type': 'application/json',
	'Cache-Control': 'no-cache',
	'User-Agent': 'n8n-nodes-bunq-connect',
};

export interface ApiRequest {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below `/v1`, already encoded. */
	path: string;
	body?: IDataObject;
	/** An answer without an object, or its ID, counts as malformed. */
	expectsObject?: boolean;
}

/** What a request is signed and recognised with. Before the installation there is none of it. */
export interface RequestKeys {
	/** Of the installation for the handshake, of the session for everything else. */
	token?: string;
	privateKey?: string;
	/** bunq's public key; without it the server's signature cannot be checked. */
	serverKey?: string;
}

export interface Reply {
	/** 0: no answer came. */
	status: number;
	/** bunq's objects, each still wrapped in its type name: `{ Payment: {…} }`. */
	items: IDataObject[];
	/** The next older page, below `/v1`. */
	olderUrl?: string;
	/** Why bunq refused, in its own words; or what the network said. */
	message?: string;
	/** `X-Bunq-Client-Response-Id`: what bunq's support asks for. */
	responseId?: string;
	/** bunq's clock when it answered, milliseconds UTC. */
	serverTime?: number;
	/**
	 * `notSent`: bunq never got the request. `noResponse`: it may have, no answer came.
	 * `malformed`: an answer that is not bunq's JSON. `badSignature`: the server's signature does not fit.
	 */
	fault?: 'notSent' | 'noResponse' | 'malformed' | 'badSignature';
}

/** What a person is told for a network failure before anything reached bunq; other failures are `noResponse`. */
const NOT_SENT: Record<string, string> = {
	ECONNREFUSED: 'The connection to bunq was refused',
	ENOTFOUND: "bunq's address was not found",
	EAI_AGAIN: "bunq's address could not be looked up",
	EHOSTUNREACH: 'There is no way to bunq from this network',
	ENETUNREACH: 'There is no way to bunq from this network',
	CERT_HAS_EXPIRED: 'The certificate of the connection to bunq has expired',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'The connection to bunq is not trusted',
	ERR_TLS_CERT_ALTNAME_INVALID: 'The connection to bunq is not trusted',
	SELF_SIGNED_CERT_IN_CHAIN: 'The connection to bunq is not trusted',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The connection to bunq is not trusted',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The connection to bunq is not trusted',
};

const TIMED_OUT = ['ECONNABORTED', 'ETIMEDOUT'];

/** A failure of the network as a reply, so that one function judges everything that can come back. */
export const networkFailure = (error: {
	code?: string;
	syscall?: string;
	cause?: { code?: string; syscall?: string };
}): Reply => {
	const code = error.code ?? error.cause?.code ?? '';
	const syscall = error.syscall ?? error.cause?.syscall;
	if (NOT_SENT[code]) return { status: 0, items: [], fault: 'notSent', message: NOT_SENT[code] };
	if (syscall === 'connect')
		return { status: 0, items: [], fault: 'notSent', message: 'No connection to bunq came about' };
	const message = TIMED_OUT.includes(code)
		? 'bunq did not answer in time'
		: 'The connection to bunq broke off';
	return { status: 0, items: [], fault: 'noResponse', message };
};

/** bunq's envelope; every part may be missing or something else than documented. */
interface Envelope {
	Response?: unknown;
	Pagination?: { older_url?: unknown } | null;
	Error?: unknown;
}

const parseEnvelope = (text: string): Envelope | undefined => {
	const { value } = parseJson(text);
	return isRecord(value) ? value : undefined;
};

/**
 * One signed round trip, and the only place a byte leaves from: the body becomes a string once, that very string is
 * signed and sent. Never throws for what the network or bunq does; what a reply means is for the caller to judge.
 * @param timeout milliseconds without an answer
 * @param signal ends a read; never given for a write, which may not be cut off half way
 */
export const roundTrip = async (
	httpRequest: HttpRequest,
	host: string,
	{ method, path, body }: ApiRequest,
	{ token, privateKey, serverKey }: RequestKeys,
	timeout: number,
	signal?: AbortSignal,
): Promise<Reply> => {
	const payload = body && JSON.stringify(body);
	const response = await httpRequest({
		method,
		url: host + path,
		body: payload,
		headers: {
			...HEADERS,
			'X-Bunq-Client-Request-Id': randomUUID(),
			...(token && { 'X-Bunq-Client-Authentication': token }),
			...(payload && privateKey && { 'X-Bunq-Client-Signature': sign(payload, privateKey) }),
		},
		encoding: 'arraybuffer',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		timeout,
		abortSignal: signal,
	}).catch(networkFailure);
	return 'statusCode' in response ? readReply(response, method, serverKey) : response;
};

/** A page's address as bunq gives it (docs/bunq-api.md 6). Another is not followed, and not taken for the end. */
const OLDER_PAGE_PATH = /^\/v1(\/[\w-]+)+(\?[\w=&%.,:+-]*)?$/;

/** What is left of something deleted may be nothing at all (its schemas in bunq's OpenAPI file have no properties). */
const EMPTY_ENVELOPE: Envelope = { Response: [] };

const readReply = (
	{ statusCode, headers, body }: IN8nHttpFullResponse,
	method: ApiRequest['method'],
	serverKey?: string,
): Reply => {
	const bytes = Buffer.from(body as Buffer);
	const isEmpty = method === 'DELETE' && bytes.length === 0;
	const json = isEmpty ? EMPTY_ENVELOPE : parseEnvelope(bytes.toString('utf8'));
	const signature = headers['x-bunq-server-signature'];
	const items = Array.isArray(json?.Response) ? (json.Response as IDataObject[]) : undefined;
	const errors = Array.isArray(json?.Error) ? (json.Error as IDataObject[]) : [];
	const given = json?.Pagination?.older_url;
	const olderUrl = typeof given === 'string' ? given : undefined;
	const isOdd = olderUrl !== undefined && !OLDER_PAGE_PATH.test(olderUrl);
	const forged = serverKey && typeof signature === 'string' && !verify(bytes, signature, serverKey);
	return {
		status: statusCode,
		items: items ?? [],
		olderUrl: isOdd ? undefined : olderUrl?.replace('/v1', ''),
		message: forged
			? undefined
			: errors
					.map((error) => error?.error_description)
					.filter(Boolean)
					.join(' ') || undefined,
		responseId: headers['x-bunq-client-response-id'] as string | undefined,
		// A proxy has a clock of its own.
		serverTime:
			forged || !(items ?? json?.Error) ? undefined : Date.parse(String(headers.date)) || undefined,
		fault: faultOf({
			isReadable: items !== undefined && !isOdd,
			forged: Boolean(forged),
			statusCode,
		}),
	};
};

/** An answer that was cut off does not fit its signature either; of a refusal, the signature comes first. */
const faultOf = (seen: { isReadable: boolean; forged: boolean; statusCode: number }) => {
	if (seen.forged && (seen.isReadable || seen.statusCode >= 300)) return 'badSignature';
	return seen.isReadable ? undefined : 'malformed';
};
