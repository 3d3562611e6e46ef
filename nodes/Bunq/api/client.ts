import type { IDataObject } from 'n8n-workflow';
import { abortable } from './abort';
import { serverNow } from './clock';
import type { ApiRequest, Reply } from './http';
import { classifyReply, errorFromReply } from './replies';
import { type ClientOptions, createSend, sendWithRetry } from './retry';
import { forgetInstallation, forgetSession, openSession, type Session } from './session';

/** bunq's largest page (docs/bunq-api.md 6). */
export const MAX_PAGE_SIZE = 200;

/** One of bunq's objects, taken out of its wrapper: `{ Payment: {…} }` → `{ _type: 'Payment', … }`. */
export interface BunqObject extends IDataObject {
	_type: string;
}

/** What a caller expects to read: one of types.ts, where any key but `_type` may be missing. */
export interface BunqRecord {
	_type: string;
}

export interface Page<T> {
	items: T[];
	/** Whether bunq has nothing older. */
	isLast: boolean;
}

export interface BunqClient {
	get<T extends BunqRecord = BunqObject>(path: string): Promise<T>;
	post(path: string, body: IDataObject): Promise<BunqObject>;
	put(path: string, body: IDataObject): Promise<BunqObject>;
	/** Any request but a read of a list: all that bunq answered, each object still in its wrapper, perhaps nothing. */
	send(method: ApiRequest['method'], path: string, body?: IDataObject): Promise<IDataObject[]>;
	/** Newest first, in pages of `count` (200 if not given), for as long as the caller keeps reading. */
	pages<T extends BunqRecord = BunqObject>(path: string, count?: number): AsyncGenerator<Page<T>>;
	/** The same one by one. */
	each<T extends BunqRecord = BunqObject>(path: string, count?: number): AsyncGenerator<T>;
	/** The same, each object still in its wrapper; the path says how long a page is. */
	eachRaw(path: string): AsyncGenerator<IDataObject>;
	/** What bunq's clock says, milliseconds UTC, as far as its answers told. */
	now(): number;
	/** Where it is, with `/v1`. */
	host: string;
}

/**
 * Talks to bunq as one credential. Every method throws a BunqError; after one whose kind is not `unclear`, bunq did
 * not act.
 */
export const createClient = (options: ClientOptions): BunqClient => {
	const { credential, signal } = options;

	const call = async (request: ApiRequest): Promise<Reply> => {
		const session = await abortable(openSession(credential, createSend(options)), signal);
		const sentAt = Date.now();
		const reply = await withSession(request, session);
		if (classifyReply(reply) === 'ok') return reply;
		throw errorFromReply(reply, request, sentAt);
	};

	/** The one object that a request is about; an answer without it says nothing. */
	const objectOf = async <T extends BunqRecord = BunqObject>(request: ApiRequest) => {
		const sentAt = Date.now();
		const reply = await call(request);
		const object = unwrap(reply.items[0]);
		const isThere = object._type && (object._type !== 'Id' || Number.isSafeInteger(object.id));
		if (isThere || request.method === 'PUT') return object as T;
		throw errorFromReply({ ...reply, fault: 'malformed' }, request, sentAt);
	};

	/** Renews once what bunq says is gone: the session, or the installation under it. */
	const withSession = async (
		request: ApiRequest,
		session: Session,
		renewals = 1,
	): Promise<Reply> => {
		const url = request.path.replaceAll('{user}', String(session.userId));
		const reply = await sendWithRetry(options, { ...request, path: url }, session, signal);
		const verdict = classifyReply(reply);
		if (renewals === 0 || (verdict !== 'sessionExpired' && verdict !== 'installationLost'))
			return reply;

		const forget = verdict === 'sessionExpired' ? forgetSession : forgetInstallation;
		await forget(credential, session);
		const renewed = await abortable(openSession(credential, createSend(options)), signal);
		return await withSession(request, renewed, renewals - 1);
	};

	async function* eachPage(path: string): AsyncGenerator<Page<IDataObject>> {
		let url: string | undefined = path;
		while (url) {
			const page: Reply = await call({ method: 'GET', path: url });
			// A page that names itself as the older one would never end.
			url = page.olderUrl === url ? undefined : page.olderUrl;
			yield { items: page.items, isLast: !url };
		}
	}

	async function* eachRaw(path: string) {
		for await (const { items } of eachPage(path)) yield* items;
	}

	async function* pages<T extends BunqRecord = BunqObject>(path: string, count = MAX_PAGE_SIZE) {
		for await (const { items, isLast } of eachPage(withCount(path, count)))
			yield { items: items.map((item) => unwrap(item) as T), isLast };
	}

	async function* each<T extends BunqRecord = BunqObject>(path: string, count?: number) {
		for await (const { items } of pages<T>(path, count)) yield* items;
	}

	return {
		get: async <T extends BunqRecord>(path: string) => await objectOf<T>({ method: 'GET', path }),
		post: async (path, body) => await objectOf({ method: 'POST', path, body }),
		put: async (path, body) => await objectOf({ method: 'PUT', path, body }),
		send: async (method, path, body) => (await call({ method, path, body })).items,
		pages,
		each,
		eachRaw,
		now: () => serverNow(credential.host),
		host: credential.host,
	};
};

/** The path of a list, with how many objects a page shall have. */
export const withCount = (path: string, count: number) =>
	`${path}${path.includes('?') ? '&' : '?'}count=${count}`;

/** `{ Payment: {…} }` → `{ _type: 'Payment', … }`. */
export const unwrap = (wrapped: IDataObject | undefined): BunqRecord & Record<string, unknown> => {
	const [type, value] = Object.entries(wrapped ?? {})[0] ?? ['', {}];
	return value !== null && typeof value === 'object' && !Array.isArray(value)
		? { _type: type, ...(value as IDataObject) }
		: { _type: type, value };
};
