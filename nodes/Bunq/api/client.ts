import type { IDataObject } from 'n8n-workflow';
import { stoppable } from './abort';
import type { Call, Reply } from './http';
import { judge, refusal } from './replies';
import { type ClientOptions, clocks, exchangeWith, persist } from './retry';
import { forgetInstallation, forgetSession, openSession, type Session } from './session';

/** bunq's largest page (docs/bunq-api.md 6). */
export const LARGEST_PAGE = 200;

/** One of bunq's objects, taken out of its wrapper: `{ Payment: {…} }` → `{ _type: 'Payment', … }`. */
export interface BunqObject extends IDataObject {
	_type: string;
}

/** What a caller expects to read: one of types.ts, where any key but `_type` may be missing. */
export interface Typed {
	_type: string;
}

export interface Page<T> {
	items: T[];
	/** Whether bunq has nothing older. */
	isLast: boolean;
}

export interface BunqClient {
	get<T extends Typed = BunqObject>(path: string): Promise<T>;
	post(path: string, body: IDataObject): Promise<BunqObject>;
	put(path: string, body: IDataObject): Promise<BunqObject>;
	/** Any request but a read of a list: all that bunq answered, each object still in its wrapper, perhaps nothing. */
	send(method: Call['method'], path: string, body?: IDataObject): Promise<IDataObject[]>;
	/** Newest first, in pages of `count` (200 if not given), for as long as the caller keeps reading. */
	pages<T extends Typed = BunqObject>(path: string, count?: number): AsyncGenerator<Page<T>>;
	/** The same one by one. */
	each<T extends Typed = BunqObject>(path: string, count?: number): AsyncGenerator<T>;
	/** The same, each object still in its wrapper; the path says how long a page is. */
	eachWrapped(path: string): AsyncGenerator<IDataObject>;
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
	const now = () => Date.now() + (clocks.get(credential.host) ?? 0);

	const call = async (request: Call): Promise<Reply> => {
		const session = await stoppable(openSession(credential, exchangeWith(options)), signal);
		const sentAt = Date.now();
		const reply = await withSession(request, session);
		if (judge(reply) === 'ok') return reply;
		throw refusal(reply, request, sentAt);
	};

	/** The one object that a request is about; an answer without it says nothing. */
	const one = async <T extends Typed = BunqObject>(request: Call) => {
		const sentAt = Date.now();
		const reply = await call(request);
		const object = unwrap(reply.items[0]);
		const isThere = object._type && (object._type !== 'Id' || Number.isSafeInteger(object.id));
		if (isThere || request.method === 'PUT') return object as T;
		throw refusal({ ...reply, fault: 'unreadable' }, request, sentAt);
	};

	/** Renews once what bunq says is gone: the session, or the installation under it. */
	const withSession = async (request: Call, session: Session, renewals = 1): Promise<Reply> => {
		const url = request.path.replaceAll('{user}', String(session.userId));
		const reply = await persist(options, { ...request, path: url }, session, signal);
		const verdict = judge(reply);
		if (renewals === 0 || (verdict !== 'expired' && verdict !== 'unsigned')) return reply;

		const forget = verdict === 'expired' ? forgetSession : forgetInstallation;
		await forget(credential, session);
		const renewed = await stoppable(openSession(credential, exchangeWith(options)), signal);
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

	async function* eachWrapped(path: string) {
		for await (const { items } of eachPage(path)) yield* items;
	}

	async function* pages<T extends Typed = BunqObject>(path: string, count = LARGEST_PAGE) {
		for await (const { items, isLast } of eachPage(withCount(path, count)))
			yield { items: items.map((item) => unwrap(item) as T), isLast };
	}

	async function* each<T extends Typed = BunqObject>(path: string, count?: number) {
		for await (const { items } of pages<T>(path, count)) yield* items;
	}

	return {
		get: async <T extends Typed>(path: string) => await one<T>({ method: 'GET', path }),
		post: async (path, body) => await one({ method: 'POST', path, body }),
		put: async (path, body) => await one({ method: 'PUT', path, body }),
		send: async (method, path, body) => (await call({ method, path, body })).items,
		pages,
		each,
		eachWrapped,
		now,
		host: credential.host,
	};
};

/** The path of a list, with how many objects a page shall have. */
export const withCount = (path: string, count: number) =>
	`${path}${path.includes('?') ? '&' : '?'}count=${count}`;

/** `{ Payment: {…} }` → `{ _type: 'Payment', … }`. */
export const unwrap = (wrapped: IDataObject | undefined): Typed & Record<string, unknown> => {
	const [type, value] = Object.entries(wrapped ?? {})[0] ?? ['', {}];
	return value !== null && typeof value === 'object' && !Array.isArray(value)
		? { _type: type, ...(value as IDataObject) }
		: { _type: type, value };
};
