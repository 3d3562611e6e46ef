import { verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Json } from './exchange';
import { sender } from './pace';
import { type Kept, Missing, newClient } from './request';
import type { Arrived } from './send';
import { anonymizer, shapeOf } from './shape';

/** What is written of one exchange. */
export interface Seen {
	request: string;
	/** Why nothing was sent. */
	notSent?: string;
	/** The failure of a connection that brought no answer. */
	failed?: string;
	status?: number;
	/** bunq's words of refusal. */
	words?: string[];
	contentType?: string;
	/** The names of bunq's headers, and its warning. */
	headers?: string[];
	/** Whether the bank's signature fits the bytes of its answer. */
	signature?: 'none' | 'fits' | 'does not fit';
	/** The order of the IDs in a list. */
	order?: string;
	shape?: Record<string, string[]>;
}

export interface Report {
	host: string;
	exchanges: Record<string, Seen>;
}

export interface CrossCheck {
	/** bunq's API: `https://public-api.sandbox.bunq.com/v1`. */
	base: string;
	/** Without one, the sandbox is asked for a user. */
	key?: string;
	exchanges: Exchange[];
	/** Sends no request that changes something. */
	readsOnly?: boolean;
	/** Keeps to bunq's rate limits. */
	paced: boolean;
	/** How to wait for what takes its time at bunq. Default: by the clock. */
	pause?: (ms: number) => Promise<unknown>;
	progress?: (done: number, name: string) => void;
}

/** The hosts where no real money is. */
export const TEST_HOST =
	/^(localhost|127\.0\.0\.1|[\w.-]+\.localhost|public-api\.sandbox\.bunq\.com)$/;

/** Without these nothing can be read. */
const OPENING = ['installation', 'device', 'session'];
const HANDSHAKE = new Set([...OPENING, 'session: end']);

/** The objects of an answer without their wrappers. */
const objectsOf = (json: Json): Json[] =>
	Array.isArray(json?.Response)
		? json.Response.map((item: Json) => Object.values(item ?? {})[0] ?? {})
		: [];

/** The words of a refusal, of the API or of the token endpoint; undefined for anything else. */
const wordsOf = (json: Json): string[] | undefined => {
	const errors = Array.isArray(json?.Error) ? json.Error : json?.error ? [json] : undefined;
	return errors?.flatMap((one: Json) => {
		const texts = [one?.error, one?.error_description, one?.error_description_translated];
		return [...new Set(texts.filter((text) => typeof text === 'string'))];
	});
};

const orderOf = (objects: Json[]): Pick<Seen, 'order'> => {
	const ids = objects.map(({ id }) => Number(id)).filter((id) => id > 0);
	const rises = ids.slice(1).map((id, index) => id > ids[index]);
	if (rises.length === 0) return {};
	if (rises.every(Boolean)) return { order: 'oldest first' };
	return { order: rises.some(Boolean) ? 'mixed' : 'newest first' };
};

const jsonOf = ({ body }: Arrived): Json => {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined;
	}
};

const signatureOf = ({ headers, body }: Arrived, serverKey: unknown): Seen['signature'] => {
	const signature = headers['x-bunq-server-signature'];
	if (!signature) return 'none';
	try {
		const bytes = Buffer.from(signature, 'base64');
		return verify('sha256', body, String(serverKey), bytes) ? 'fits' : 'does not fit';
	} catch {
		return 'does not fit';
	}
};

const headersOf = ({ headers }: Arrived) => {
	const names = Object.keys(headers).filter((name) => /^x-|^retry-after$/.test(name));
	const warning = headers['x-bunq-warning'];
	return [...names, ...(warning ? [`x-bunq-warning: ${warning}`] : [])].sort();
};

const see = (answer: Arrived, json: Json, kept: Kept): Omit<Seen, 'request'> => {
	const words = wordsOf(json);
	const { 'content-type': type, 'content-encoding': encoding } = answer.headers;
	return {
		status: answer.status,
		...(words && { words }),
		contentType: [type, encoding].filter(Boolean).join(', '),
		headers: headersOf(answer),
		signature: signatureOf(answer, kept.serverKey),
		...orderOf(objectsOf(json)),
		...(json !== undefined && { shape: shapeOf(json) }),
	};
};

/** What an exchange wants kept; nothing if the answer is of another form. */
const keepFrom = ({ keep }: Exchange, json: Json): Kept => {
	try {
		const kept = Object.entries(keep?.(objectsOf(json)) ?? {});
		return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
	} catch {
		return {};
	}
};

const SANDBOX_USER: Exchange = {
	name: 'sandbox user',
	method: 'POST',
	path: '/sandbox-user-person',
	token: 'none',
	keep: ([user]) => ({ key: user?.api_key }),
};

/** Nothing more can be asked: there is no key, or no session. */
export class Stopped extends Error {}

/** Why there is no session: the first step that failed, and bunq's words. */
const noSession = (seen: Record<string, Seen>, clean: (words: string) => string) => {
	const steps = OPENING.filter((name) => seen[name]);
	const failed = steps.find((name) => seen[name].status !== 200) ?? 'session';
	const { status, words = ['an answer of another form'], failed: failure, notSent } = seen[failed];
	if (status === undefined) return new Stopped(`No session (${failed}): ${failure ?? notSent}`);
	return new Stopped(`No session (${failed}, status ${status}): ${words.map(clean).join(' ')}`);
};

/**
 * Sends the exchanges in their order. Whatever comes back, each gets its entry. Rejects only without a key or a session.
 */
export const crossCheck = async (order: CrossCheck): Promise<Report> => {
	const base = new URL(order.base.replace(/\/?(v1\/?)?$/, '/v1'));
	const { publicKey, requestOf } = newClient(base);
	const deliver = sender(order.paced);
	const kept: Kept = { publicKey };
	if (order.key) kept.key = order.key;
	if (TEST_HOST.test(base.hostname)) kept.friend = 'sugardaddy@bunq.com';
	const { learn, hide, clean } = anonymizer();

	const run = async (exchange: Exchange): Promise<Seen> => {
		const { name, method, path } = exchange;
		const request = `${method} ${path}`;
		const reads = method === 'GET' || method === 'HEAD' || HANDSHAKE.has(name);
		if (order.readsOnly && !reads) return { request, notSent: 'it may change something' };
		learn(exchange.body, 'keys');
		try {
			const answer = await deliver(exchange, requestOf(exchange, kept));
			const json = jsonOf(answer);
			// What an answer other than a refusal says may be a person's.
			if (!wordsOf(json)) learn(json);
			Object.assign(kept, keepFrom(exchange, json));
			return { request, ...see(answer, json, kept) };
		} catch (error) {
			if (error instanceof Missing) return { request, notSent: `no {${error.message}}` };
			const { code, message } = error as NodeJS.ErrnoException;
			return { request, failed: code ?? message };
		}
	};

	if (!kept.key) await run(SANDBOX_USER);
	if (!kept.key) {
		throw new Stopped(
			`${base.hostname} gives no sandbox user: an API key is needed, in --key or CROSS_CHECK_KEY`,
		);
	}
	const seen: Record<string, Seen> = {};
	for (const exchange of order.exchanges) {
		if (exchange.waits) await (order.pause ?? sleep)(exchange.waits);
		order.progress?.(Object.keys(seen).length, exchange.name);
		seen[exchange.name] = await run(exchange);
		if (exchange.name === 'session' && !kept.session) {
			hide(String(kept.key));
			throw noSession(seen, clean);
		}
	}
	// Only now is every text known that must not be in the words.
	for (const value of Object.values(kept)) hide(String(value));
	for (const one of Object.values(seen)) {
		if (one.words) one.words = one.words.map(clean);
		if (one.headers) one.headers = one.headers.map(clean);
	}
	return { host: base.hostname, exchanges: seen };
};
