import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import type { SentAt } from './clock';
import { type Answer, exchange, type HttpRequest } from './exchange';
import {
	bodyOf,
	contentTypeOf,
	headerText,
	mimeType,
	type FileContent,
	type Upload,
} from './files';
import type { Method } from './hosts';
import { isRecord, parseJson } from './json';
import { readPagination } from './pages';
import { readText } from './readable';
import { cleanText, reasonIn, intermediarySaid } from './reason';
import { sign, verify } from './signature';

/** The headers of every request. bunq requires the last two (docs/bunq-api.md 3). */
export const HEADERS = {
	'Content-Type': 'application/json',
	'Cache-Control': 'no-cache',
	'User-Agent': 'n8n-nodes-bunq-connect',
};

/** bunq answers with the ID of the request, so that an answer to another one shows (docs/bunq-api.md 3). */
const REQUEST_ID = 'X-Bunq-Client-Request-Id';

/** One request to bunq's API. */
export interface ApiRequest {
	method: Method;
	/** Below `/v1`, already encoded; may hold `{user}`. */
	path: string;
	body?: IDataObject;
	/** Sent as it is, instead of a body (docs/bunq-api.md 9.10). */
	file?: Upload;
	/** An answer without an object, or its ID, counts as malformed. */
	expectsObject?: boolean;
	/** The answer is a file, and an empty one or bunq's own JSON counts as malformed. */
	expectsFile?: boolean;
	/** For a body that was computed from what bunq has: if bunq's limits delay it for longer, it is computed again. */
	renewal?: BodyRenewal;
}

export interface BodyRenewal {
	/** Until when the body is current; `monotonicNow`. */
	currentUntil: number;
	/** Throws a BunqError; nothing is sent then. */
	renew(): Promise<IDataObject>;
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
	/** The file, where one was asked for. */
	file?: FileContent;
	/** The paths of the next older and the next newer page, below `/v1`. */
	olderUrl?: string;
	newerUrl?: string;
	/** Whether the answer has links to further pages, or says that there are none. */
	hasPagination?: boolean;
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
	 * success without bunq's signature. `otherRequest`: bunq's reply to another request. `notFromBunq`: something between n8n
	 * and bunq replied.
	 */
	fault?:
		| 'notSent'
		| 'noResponse'
		| 'malformed'
		| 'badSignature'
		| 'unsigned'
		| 'otherRequest'
		| 'notFromBunq';
}

/** A reply, and when its request was sent. */
export interface SentReply extends Reply {
	sentAt: SentAt;
}

/** bunq's envelope (docs/bunq-api.md 5, 6). Any part may be missing or differ from the documentation. */
interface Envelope {
	Response?: unknown;
	Pagination?: unknown;
	Error?: unknown;
}

const parseEnvelope = (text: string): Envelope | undefined => {
	const { value } = parseJson(text);
	return isRecord(value) ? value : undefined;
};

/**
 * One signed round trip (docs/bunq-api.md 3). Apart from the token relay, everything that this package sends leaves
 * here: the body becomes a string once, and that string is signed and sent, or the bytes of a file are. A failure of bunq or of the network is a
 * reply too, not an exception.
 * @param timeout milliseconds to wait for the whole reply
 * @param signal ends a read; never given for a write, which must not be cut off halfway
 */
export const roundTrip = async (
	httpRequest: HttpRequest,
	host: string,
	request: ApiRequest,
	keys: RequestKeys | undefined,
	timeout: number,
	signal?: AbortSignal,
): Promise<Reply> => {
	const { method, path, body, file } = request;
	const payload = file?.bytes ?? (body && JSON.stringify(body));
	const headers = {
		...HEADERS,
		...(file && {
			'Content-Type': file.contentType,
			'X-Bunq-Attachment-Description': headerText(file.description),
		}),
		[REQUEST_ID]: randomUUID(),
		...(keys && { 'X-Bunq-Client-Authentication': keys.token }),
		...(keys && payload && { 'X-Bunq-Client-Signature': sign(payload, keys.privateKey) }),
	};
	const options = { method, url: host + path, body: file ? bodyOf(file) : payload, headers };
	const answer = await exchange(httpRequest, options, timeout, signal);
	return 'statusCode' in answer
		? readReply(answer, { ...request, id: headers[REQUEST_ID] }, keys?.serverKey, [
				keys?.token,
				body?.secret,
			])
		: answer;
};

const readReply = (
	{ statusCode, headers, body: bytes }: Answer,
	{ id, method, expectsFile }: ApiRequest & { id: string },
	serverKey: string | undefined,
	secrets: unknown[],
): Reply => {
	const hasBunqHeader = Object.keys(headers).some((name) => name.startsWith('x-bunq-'));
	const isFile = expectsFile && statusCode < 300 && hasBunqHeader && !isEnvelope(bytes);
	// A file is not copied as text.
	const text = isFile ? '' : bytes.toString('utf8');
	const json = parseEnvelope(text);
	// The reply to a DELETE may have no body (docs/bunq-api.md 9.9). Then only its headers show that it is bunq's.
	const answered = method === 'DELETE' && bytes.length === 0 ? [] : json?.Response;
	const items = Array.isArray(answered) ? (answered as IDataObject[]) : undefined;
	const file = isFile ? readFile(bytes, headers['content-type']) : undefined;
	const { hasUnknownUrl, ...links } = readPagination(method === 'GET' ? json?.Pagination : null);
	const isFromBunq = [json?.Response, json?.Error].some(Array.isArray) || hasBunqHeader;
	const fault = faultOf({
		isFromBunq,
		isOther: namesOther(headers[REQUEST_ID.toLowerCase()], id),
		isReadable:
			expectsFile && statusCode < 300 ? file !== undefined : items !== undefined && !hasUnknownUrl,
		signature: signatureOf(bytes, headers[SIGNATURE_HEADER], serverKey),
		statusCode,
	});
	const isTrusted = fault === undefined || fault === 'malformed';
	return {
		status: statusCode,
		items: items ?? [],
		file,
		...links,
		message: isFromBunq
			? (isTrusted && reasonIn(json?.Error, secrets)) || undefined
			: intermediarySaid(statusCode, text, secrets),
		warning: cleanText(readText(headers['x-bunq-warning']) ?? '', secrets) || undefined,
		responseId: headers['x-bunq-client-response-id'] as string | undefined,
		serverTime: isTrusted && (file ?? items ?? json?.Error) ? timeOf(headers.date) : undefined,
		fault,
	};
};

/** Whether an answer names another request than this one. It may name none. */
const namesOther = (named: unknown, id: string) =>
	!(readText(named) ?? id).toLowerCase().includes(id);

/** bunq's time. The clock of a proxy may differ from it. */
const timeOf = (date: unknown) => Date.parse(String(date)) || undefined;

const ENVELOPE_KEYS = ['Response', 'Error', 'Pagination'];

/** Whether bytes are bunq's JSON, whatever type their header names. Only what begins as JSON does is copied as text. */
const isEnvelope = (bytes: Buffer) => {
	if (!/^\s*\{/.test(bytes.subarray(0, 16).toString('latin1'))) return false;
	const keys = Object.keys(parseEnvelope(bytes.toString('utf8')) ?? {});
	return keys.length > 0 && keys.every((key) => ENVELOPE_KEYS.includes(key));
};

/** A file in an answer, with the type of its content or else of its header; undefined for an empty one. */
const readFile = (bytes: Buffer, header: unknown): FileContent | undefined =>
	bytes.length > 0 ? { bytes, contentType: contentTypeOf(bytes) ?? mimeType(header) } : undefined;

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
	isOther: boolean;
	isReadable: boolean;
	signature: ReturnType<typeof signatureOf>;
	statusCode: number;
}): Reply['fault'] => {
	const { isFromBunq, isOther, isReadable, signature, statusCode } = reply;
	if (!isFromBunq) return 'notFromBunq';
	if (isOther) return 'otherRequest';
	if (signature === 'wrong' && (isReadable || statusCode >= 300)) return 'badSignature';
	if (!isReadable) return 'malformed';
	return signature === 'missing' && statusCode < 300 ? 'unsigned' : undefined;
};
