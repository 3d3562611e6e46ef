import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { SentAt } from './clock';
import { type Answer, exchange, type HttpRequest } from './exchange';
import type { Method } from './hosts';
import { isRecord, parseJson } from './json';
import { readText } from './readable';
import { cleanText, reasonIn } from './reason';
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

/** The keys that sign a request and its reply. The first request of a handshake has none. */
export interface RequestKeys {
	/** The installation's during the handshake, otherwise the session's. */
	token?: string;
	privateKey?: string;
	/** bunq's public key. Without it, bunq's signature is not verified. */
	serverKey?: string;
}

/** What came back, from bunq or from the network. `classifyReply` says what to do about it. */
export interface Reply {
	/** bunq's HTTP status; 0 when no reply arrived. */
	status: number;
	/** bunq's objects, each in its wrapper: `{ Payment: {…} }`. */
	items: IDataObject[];
	/** The path of the next older page, below `/v1`. */
	olderUrl?: string;
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
	 * `malformed`: the reply is not bunq's JSON. `badSignature`: bunq's signature does not match the reply.
	 */
	fault?: 'notSent' | 'noResponse' | 'malformed' | 'badSignature';
}

/** A reply, and when its request was sent. */
export interface SentReply extends Reply {
	sentAt: SentAt;
}

/** bunq's envelope (docs/bunq-api.md 5, 6). Any part may be missing or differ from the documentation. */
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
	{ token, privateKey, serverKey }: RequestKeys,
	timeout: number,
	signal?: AbortSignal,
): Promise<Reply> => {
	const payload = body && JSON.stringify(body);
	const headers = {
		...HEADERS,
		'X-Bunq-Client-Request-Id': randomUUID(),
		...(token && { 'X-Bunq-Client-Authentication': token }),
		...(payload && privateKey && { 'X-Bunq-Client-Signature': sign(payload, privateKey) }),
	};
	const options = { method, url: host + path, body: payload, headers };
	const answer = await exchange(httpRequest, options, timeout, signal);
	return 'statusCode' in answer
		? readReply(answer, method, serverKey, [token, body?.secret])
		: answer;
};

/** The path of a page as bunq gives it (docs/bunq-api.md 6). A reply with any other is malformed: it is not the last page. */
const OLDER_PAGE_PATH = /^\/v1(\/[\w-]+)+(\?[\w=&%.,:+-]*)?$/;

/** The reply to a DELETE may have no body (docs/bunq-api.md 9.9). */
const EMPTY_ENVELOPE: Envelope = { Response: [] };

const readReply = (
	{ statusCode, headers, body: bytes }: Answer,
	method: Method,
	serverKey: string | undefined,
	secrets: unknown[],
): Reply => {
	const isEmpty = method === 'DELETE' && bytes.length === 0;
	const json = isEmpty ? EMPTY_ENVELOPE : parseEnvelope(bytes.toString('utf8'));
	const signature = headers['x-bunq-server-signature'];
	const items = Array.isArray(json?.Response) ? (json.Response as IDataObject[]) : undefined;
	const rawUrl = json?.Pagination?.older_url;
	const olderUrl = typeof rawUrl === 'string' ? rawUrl : undefined;
	const isUnknownUrl = olderUrl !== undefined && !OLDER_PAGE_PATH.test(olderUrl);
	const isForged = Boolean(
		serverKey && typeof signature === 'string' && !verify(bytes, signature, serverKey),
	);
	return {
		status: statusCode,
		items: items ?? [],
		olderUrl: isUnknownUrl ? undefined : olderUrl?.replace('/v1', ''),
		message: isForged ? undefined : reasonIn(json?.Error, secrets),
		warning: cleanText(readText(headers['x-bunq-warning']) ?? '', secrets) || undefined,
		responseId: headers['x-bunq-client-response-id'] as string | undefined,
		// The clock of a proxy may differ from bunq's.
		serverTime:
			isForged || !(items ?? json?.Error)
				? undefined
				: Date.parse(String(headers.date)) || undefined,
		fault: faultOf({
			isReadable: items !== undefined && !isUnknownUrl,
			isForged,
			statusCode,
		}),
	};
};

/**
 * The signature of a reply that was cut off does not match either: that reply is malformed. Of a refusal, the signature
 * decides first.
 */
const faultOf = (reply: { isReadable: boolean; isForged: boolean; statusCode: number }) => {
	if (reply.isForged && (reply.isReadable || reply.statusCode >= 300)) return 'badSignature';
	return reply.isReadable ? undefined : 'malformed';
};
