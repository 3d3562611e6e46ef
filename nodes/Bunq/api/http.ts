import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { SentAt } from './clock';
import { type Answer, exchange, type HttpRequest } from './exchange';
import type { Method } from './hosts';
import { isRecord, parseJson } from './json';
import { readPagination, type Pagination } from './pages';
import { readText } from './readable';
import { cleanText, reasonIn, strangerSaid } from './reason';
import { sign, verify } from './signature';

/** The headers of every request. bunq requires the last two (docs/bunq-api.md 3). */
export const HEADERS = {
	'Content-Type': 'application/json',
	'Cache-Control': 'no-cache',
	'User-Agent': 'n8n-nodes-bunq-connect',
};

/** One request to bunq's API. */
export interface ApiRequest {
	method: Method;
	/** Below `/v1`, already encoded; may hold `{user}`. */
	path: string;
	body?: IDataObject;
	/** An answer without an object, or its ID, counts as malformed. */
	expectsObject?: boolean;
}

/** The keys that sign a request and its reply. Only the first request of a handshake has none. */
export interface RequestKeys {
	/** The installation's during the handshake, otherwise the session's. */
	token: string;
	privateKey: string;
	/** bunq's public key, which verifies the reply. */
	serverKey: string;
}

/** What came back, from bunq or from the network. `classifyReply` says what to do about it. */
export interface Reply {
	/** bunq's HTTP status; 0 when no reply arrived. */
	status: number;
	/** bunq's objects, each in its wrapper: `{ Payment: {…} }`. */
	items: IDataObject[];
	/** The paths of the next older and the next newer page, below `/v1`. */
	olderUrl?: string;
	newerUrl?: string;
	/** bunq's reason for refusing, or the failure of the network. */
	message?: string;
	/** `X-Bunq-Warning`: what may affect the account or the access to it (docs/bunq-api.md 3). */
	warning?: string;
	/** `X-Bunq-Client-Response-Id`, which bunq's support asks for. */
	responseId?: string;
	/** The time of the reply by bunq's clock, milliseconds UTC. */
	serverTime?: number;
	/**
	 * `notSent`: bunq did not receive the request. `noResponse`: bunq may have received it, but no reply arrived.
	 * `malformed`: the reply is not bunq's JSON. `badSignature`: bunq's signature does not match the reply. `unsigned`: a
	 * success without bunq's signature. `notFromBunq`: something between n8n and bunq replied.
	 */
	fault?: 'notSent' | 'noResponse' | 'malformed' | 'badSignature' | 'unsigned' | 'notFromBunq';
}

/** A reply, and when its request was sent. */
export interface SentReply extends Reply {
	sentAt: SentAt;
}

/** bunq's envelope (docs/bunq-api.md 5, 6). Any part may be missing or differ from the documentation. */
interface Envelope {
	Response?: unknown;
	Pagination?: Pagination | null;
	Error?: unknown;
}

const parseEnvelope = (text: string): Envelope | undefined => {
	const { value } = parseJson(text);
	return isRecord(value) ? value : undefined;
};

/**
 * One signed round trip (docs/bunq-api.md 3). Apart from the token relay, everything that this package sends leaves
 * here: the body becomes a string once, and that string is signed and sent. A failure of bunq or of the network is a
 * reply too, not an exception.
 * @param timeout milliseconds to wait for the whole reply
 * @param signal ends a read; never given for a write, which must not be cut off halfway
 */
export const roundTrip = async (
	httpRequest: HttpRequest,
	host: string,
	{ method, path, body }: ApiRequest,
	keys: RequestKeys | undefined,
	timeout: number,
	signal?: AbortSignal,
): Promise<Reply> => {
	const payload = body && JSON.stringify(body);
	const headers = {
		...HEADERS,
		'X-Bunq-Client-Request-Id': randomUUID(),
		...(keys && { 'X-Bunq-Client-Authentication': keys.token }),
		...(keys && payload && { 'X-Bunq-Client-Signature': sign(payload, keys.privateKey) }),
	};
	const options = { method, url: host + path, body: payload, headers };
	const answer = await exchange(httpRequest, options, timeout, signal);
	return 'statusCode' in answer
		? readReply(answer, method, keys?.serverKey, [keys?.token, body?.secret])
		: answer;
};

/** The reply to a DELETE may have no body (docs/bunq-api.md 9.9). */
const EMPTY_ENVELOPE: Envelope = { Response: [] };

const readReply = (
	{ statusCode, headers, body: bytes }: Answer,
	method: Method,
	serverKey: string | undefined,
	secrets: unknown[],
): Reply => {
	const text = bytes.toString('utf8');
	const isEmpty = method === 'DELETE' && bytes.length === 0;
	const json = isEmpty ? EMPTY_ENVELOPE : parseEnvelope(text);
	const items = Array.isArray(json?.Response) ? (json.Response as IDataObject[]) : undefined;
	const { hasUnknownUrl, ...links } = readPagination(json?.Pagination);
	const isFromBunq =
		[json?.Response, json?.Error].some(Array.isArray) ||
		Object.keys(headers).some((name) => name.startsWith('x-bunq-'));
	const fault = faultOf({
		isFromBunq,
		isReadable: items !== undefined && !hasUnknownUrl,
		signature: signatureOf(bytes, headers[SIGNATURE_HEADER], serverKey),
		statusCode,
	});
	const isTrusted = fault === undefined || fault === 'malformed';
	return {
		status: statusCode,
		items: items ?? [],
		...links,
		message: isFromBunq
			? (isTrusted && reasonIn(json?.Error, secrets)) || undefined
			: strangerSaid(statusCode, text, secrets),
		warning: cleanText(readText(headers['x-bunq-warning']) ?? '', secrets) || undefined,
		responseId: headers['x-bunq-client-response-id'] as string | undefined,
		// The clock of a proxy may differ from bunq's.
		serverTime:
			isTrusted && (items ?? json?.Error)
				? Date.parse(String(headers.date)) || undefined
				: undefined,
		fault,
	};
};

const SIGNATURE_HEADER = 'x-bunq-server-signature';

/** Whether bunq signed these bytes. Without a key, which the first request of a handshake asks for, nobody can tell. */
const signatureOf = (bytes: Buffer, signature: unknown, serverKey?: string) => {
	if (serverKey === undefined) return 'valid';
	if (typeof signature !== 'string') return 'missing';
	return verify(bytes, signature, serverKey) ? 'valid' : 'wrong';
};

/**
 * The signature of a reply that was cut off does not match either: that reply is malformed. Of a refusal, the signature
 * decides first; whether bunq signs refusals is unknown, so they may do without (docs/bunq-api.md 3).
 */
const faultOf = (reply: {
	isFromBunq: boolean;
	isReadable: boolean;
	signature: ReturnType<typeof signatureOf>;
	statusCode: number;
}): Reply['fault'] => {
	const { isFromBunq, isReadable, signature, statusCode } = reply;
	if (!isFromBunq) return 'notFromBunq';
	if (signature === 'wrong' && (isReadable || statusCode >= 300)) return 'badSignature';
	if (!isReadable) return 'malformed';
	return signature === 'missing' && statusCode < 300 ? 'unsigned' : undefined;
};
