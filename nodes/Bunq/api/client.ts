import type { IDataObject } from 'n8n-workflow';
import { abortable } from './abort';
import { serverNow } from './clock';
import type { FileContent } from './files';
import type { ApiRequest, SentReply } from './http';
import { isRecord } from './json';
import { walkPages, type Page } from './pages';
import { readId } from './readable';
import { classifyReply } from './replies';
import { errorFromReply } from './replyErrors';
import { type ClientOptions, createSend, sendWithRetry } from './retry';
import type { Session, SessionUser } from './handshake';
import { removeSecrets } from './secrets';
import { forgetRejection, noteRefusal, recentRejection } from './rejectedSecrets';
import { forgetSession, openSession, replaceInstallation } from './session';

/** bunq's largest page (docs/bunq-api.md 6). */
export const MAX_PAGE_SIZE = 200;

/** One of bunq's objects without its wrapper: `{ Payment: {…} }` → `{ _type: 'Payment', … }`. */
export interface BunqObject extends IDataObject {
	_type: string;
}

/** The type that a caller expects to read, one of types.ts: any key but `_type` may be missing. */
export interface BunqRecord {
	_type: string;
}

/**
 * bunq's API as one credential. Paths are below `/v1` and already encoded; the client fills in `{user}`. Answers have no
 * secrets. Every method throws a BunqError; after one whose kind is not `outcomeUnknown`, bunq did not act.
 */
export interface BunqClient {
	/** Reads one object. */
	get<T extends BunqRecord = BunqObject>(path: string): Promise<T>;
	/** Sends any request but a read of a list. Returns bunq's objects, each in its wrapper, perhaps none. */
	send(request: ApiRequest): Promise<IDataObject[]>;
	/** Reads a file (docs/bunq-api.md 9.10). */
	download(path: string): Promise<FileContent>;
	/** Reads a list newest first, page by page, only as far as the caller does. `count` is a page's size, 200 by default. */
	pages<T extends BunqRecord = BunqObject>(path: string, count?: number): AsyncGenerator<Page<T>>;
	/** Reads a list in the same way, object by object. */
	each<T extends BunqRecord = BunqObject>(path: string, count?: number): AsyncGenerator<T>;
	/** Reads a list in the same way, each object in its wrapper. The query of the path sets the size of a page. */
	eachRaw(path: string): AsyncGenerator<IDataObject>;
	/** The session's user. Sends something only where no session is open. */
	user(): Promise<SessionUser>;
	/** The current time by bunq's clock, milliseconds UTC; by this machine's until bunq's first reply. */
	now(): number;
	/** The address of the API, with `/v1`. */
	host: string;
	/** Ends all waiting. */
	signal?: AbortSignal;
}

/** A client for one credential. It sends nothing before its first method is called. */
export const createClient = (options: ClientOptions): BunqClient => {
	const { host } = options.credential;

	async function* pages<T extends BunqRecord = BunqObject>(path: string, count = MAX_PAGE_SIZE) {
		for await (const { items, isLast } of readPages(options, withCount(path, count)))
			yield { items: items.map((item) => unwrap(item) as T), isLast };
	}

	async function* each<T extends BunqRecord = BunqObject>(path: string, count?: number) {
		for await (const { items } of pages<T>(path, count)) yield* items;
	}

	async function* eachRaw(path: string) {
		for await (const { items } of readPages(options, path)) yield* items;
	}

	return {
		get: async <T extends BunqRecord>(path: string) => {
			const { items } = await sendOrThrow(options, { method: 'GET', path, expectsObject: true });
			return unwrap(items[0]) as T;
		},
		send: async (request) => (await sendOrThrow(options, request)).items,
		download: async (path) =>
			(await sendOrThrow(options, { method: 'GET', path, expectsFile: true })).file!,
		pages,
		each,
		eachRaw,
		user: async () => {
			const { userId, grantorId } = await joinSession(options);
			return { userId, grantorId };
		},
		now: () => serverNow(host),
		host,
		signal: options.signal,
	};
};

/** Sends a request in the credential's session. Throws the BunqError of a reply that is not `ok`. */
const sendOrThrow = async (options: ClientOptions, request: ApiRequest): Promise<SentReply> => {
	const { credential } = options;
	const rejection = recentRejection(credential) ?? recentRejection(credential, request);
	if (rejection) throw rejection;
	const session = await joinSession(options);
	const reply = await sendInSession(options, request, session);
	removeSecrets(reply.items);
	const isComplete = !request.expectsObject || isObject(reply.items[0]);
	const replyClass = classifyReply(reply);
	if (replyClass === 'ok') forgetRejection(credential, request);
	if (replyClass === 'ok' && isComplete) return reply;
	const error = errorFromReply(
		replyClass === 'ok' ? { ...reply, fault: 'malformed' } : reply,
		request,
		credential,
	);
	const isLost = replyClass === 'installationLost';
	throw noteRefusal(credential, reply, { error, isLost }, request);
};

/**
 * Sends a request that needs no session, to the sandbox (docs/bunq-api.md 11). The answer keeps its secrets: a key to play
 * money is what was asked for. Throws the BunqError of a reply that is not `ok`.
 */
export const sendWithoutSession = async (options: ClientOptions, request: ApiRequest) => {
	const reply = await sendWithRetry(options, request, undefined, options.signal);
	const isOk = classifyReply(reply) === 'ok';
	if (isOk && (!request.expectsObject || isObject(reply.items[0]))) return reply.items;
	throw errorFromReply(isOk ? { ...reply, fault: 'malformed' } : reply, request);
};

/** Whether this is one of bunq's objects in its wrapper, or the ID of one. */
const isObject = (wrapped: unknown) => {
	const [type, value] = isRecord(wrapped) ? (Object.entries(wrapped)[0] ?? []) : [];
	const isNamed = /^[A-Z]/.test(type ?? '');
	return isNamed && isRecord(value) && (type !== 'Id' || readId(value.id) !== undefined);
};

/** The session that all callers of the credential share; the execution's signal ends only the waiting for it. */
const joinSession = async (options: ClientOptions) =>
	await abortable(openSession(options.credential, createSend(options)), options.signal);

/** Renews, once, the session or the installation under it when bunq no longer knows them (docs/bunq-api.md 2.5). */
const sendInSession = async (
	options: ClientOptions,
	request: ApiRequest,
	session: Session,
	renewals = 1,
): Promise<SentReply> => {
	const path = request.path.replaceAll('{user}', String(session.userId));
	const reply = await sendWithRetry(options, { ...request, path }, session, options.signal);
	if (renewals === 0 || !(await renew(options, reply, session))) return reply;
	return await sendInSession(options, request, await joinSession(options), renewals - 1);
};

/** Drops what bunq no longer knows. Returns whether a new session can be joined. */
const renew = async (options: ClientOptions, reply: SentReply, session: Session) => {
	switch (classifyReply(reply)) {
		case 'sessionExpired':
			await forgetSession(options.credential, session);
			return true;
		case 'installationLost':
			return await replaceInstallation(options.credential, createSend(options), session);
		default:
			return false;
	}
};

/** A list page by page, for as long as the caller reads. */
const readPages = (options: ClientOptions, path: string) =>
	walkPages(async (url) => await sendOrThrow(options, { method: 'GET', path: url }), path);

/** The path of a list with the size of its pages, at most MAX_PAGE_SIZE. */
export const withCount = (path: string, count: number) =>
	`${path}${path.includes('?') ? '&' : '?'}count=${count}`;

/**
 * `{ Payment: {…} }` → `{ _type: 'Payment', … }`. Anything but an object in a wrapper becomes `value`, and has no type
 * without a wrapper.
 */
export const unwrap = (wrapped: unknown): BunqRecord & Record<string, unknown> => {
	const [type, value] = isRecord(wrapped)
		? (Object.entries(wrapped)[0] ?? ['', {}])
		: ['', wrapped];
	return isRecord(value)
		? Object.assign({ _type: type }, value, { _type: type })
		: { _type: type, value };
};
