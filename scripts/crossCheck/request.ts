import { generateKeyPairSync, sign } from 'node:crypto';
import type { Exchange, Json } from './exchange';
import type { Sent } from './send';

/** What earlier exchanges kept, by name. */
export type Kept = Record<string, unknown>;

/** Nothing can be sent: an earlier exchange did not give this. */
export class Missing extends Error {}

const valueOf = (kept: Kept, name: string) => {
	if (kept[name] === undefined) throw new Missing(name);
	return kept[name];
};
const fillText = (text: string, kept: Kept) =>
	text.replace(/\{(\w+)\}/g, (_, name: string) => String(valueOf(kept, name)));
const fill = (value: Json, kept: Kept): Json => {
	if (typeof value === 'string') {
		const [, name] = /^\{(\w+)\}$/.exec(value) ?? [];
		return name ? valueOf(kept, name) : value;
	}
	if (Array.isArray(value)) return value.map((entry) => fill(entry, kept));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, kept)]));
};

/** bunq's other hosts, by that of its API. A simulator has one for all. */
const SITES: Record<string, Record<string, string>> = {
	'api.bunq.com': { token: 'https://api.oauth.bunq.com', consent: 'https://oauth.bunq.com' },
	'public-api.sandbox.bunq.com': {
		token: 'https://api-oauth.sandbox.bunq.com',
		consent: 'https://oauth.sandbox.bunq.com',
	},
};

/** A client with a key pair of its own. Returns the public key, and what builds each request. */
export const newClient = (base: URL) => {
	const { publicKey, privateKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});

	const tokenOf = ({ token = 'session' }: Exchange, kept: Kept) => {
		if (token === 'none') return undefined;
		return token === 'other' ? '0'.repeat(64) : String(valueOf(kept, token));
	};
	const signatureOf = ({ method, token, signature }: Exchange, body: string | Buffer) => {
		const isSigned = (method === 'POST' || method === 'PUT') && token !== 'none';
		const how = signature ?? (isSigned ? 'right' : 'none');
		if (how === 'none') return undefined;
		if (how === 'empty') return '';
		const signed = Buffer.from(how === 'wrong' ? 'another text' : body);
		return sign('sha256', signed, privateKey).toString('base64');
	};

	const requestOf = (exchange: Exchange, kept: Kept): Sent => {
		const { method, path, body, raw, site = 'api' } = exchange;
		const origin = SITES[base.hostname]?.[site] ?? base.origin;
		const sent = raw ?? (body === undefined ? '' : JSON.stringify(fill(body, kept)));
		return {
			method,
			url: `${site === 'api' ? base.href : origin}${fillText(path, kept)}`,
			headers: {
				'User-Agent': 'bunq cross-check',
				'Cache-Control': 'no-cache',
				'Content-Type': sent.length > 0 ? 'application/json' : undefined,
				'X-Bunq-Client-Authentication': tokenOf(exchange, kept),
				'X-Bunq-Client-Signature': signatureOf(exchange, sent),
				...exchange.headers,
			},
			body: sent,
		};
	};
	return { publicKey, requestOf };
};
