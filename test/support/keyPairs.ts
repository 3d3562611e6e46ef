import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Real RSA keys, used again: to find one takes up to half a second, and every test installs a new session. A process
 * makes the first keys of a kind at once, as the fake clock would jump meanwhile, and then hands them out in turn, so that
 * keys which follow each other differ.
 */

/** More than any test compares. */
const KEYS = 8;

interface KeyPair {
	publicKey: unknown;
	privateKey: unknown;
}
type Callback = (error: Error | null, publicKey?: unknown, privateKey?: unknown) => void;

/** `node:crypto` and so this state exist once per process, but Jest runs this file for each test file. */
const STATE = Symbol.for('RSA keys used again');
const builtin = crypto as typeof crypto & { [STATE]?: true };
const later = setImmediate;

/** The keys of each kind, and how many were asked for. */
const kinds = new Map<string, { keys: KeyPair[]; asked: number }>();

if (!builtin[STATE]) {
	builtin[STATE] = true;
	const { generateKeyPairSync: make } = crypto as unknown as {
		generateKeyPairSync(type: string, options: object): KeyPair;
	};
	const generateKeyPairSync = (type: string, options: object) => {
		if (type !== 'rsa') return make(type, options);
		const name = JSON.stringify(options);
		const kind = kinds.get(name) ?? { keys: [], asked: 0 };
		kinds.set(name, kind);
		return (kind.keys[kind.asked++ % KEYS] ??= make(type, options));
	};
	Object.assign(crypto, {
		generateKeyPairSync,
		generateKeyPair(type: string, options: object, callback: Callback) {
			const { publicKey, privateKey } = generateKeyPairSync(type, options);
			later(callback, null, publicKey, privateKey);
		},
	});
	syncBuiltinESMExports();
}
