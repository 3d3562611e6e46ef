import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Real RSA keys, used again: to find one takes up to half a second, and every test installs a new session. A process
 * makes the first keys of a kind as always, and then hands them out in turn, so that keys which follow each other differ.
 */

/** More than any test compares. */
const KEYS = 8;

type Answer = [error: Error | null, publicKey: unknown, privateKey: unknown];
type Callback = (...answer: Answer) => void;

/** `node:crypto` and so this state exist once per process, but Jest runs this file for each test file. */
const STATE = Symbol.for('RSA keys used again');
const builtin = crypto as typeof crypto & { [STATE]?: true };
const later = setImmediate;

/** The keys of each kind, and how many were asked for. */
const kinds = new Map<string, { keys: Answer[]; asked: number }>();
const kindOf = (...what: unknown[]) => {
	const name = JSON.stringify(what);
	const kind = kinds.get(name) ?? { keys: [], asked: 0 };
	kinds.set(name, kind);
	return kind;
};

if (!builtin[STATE]) {
	builtin[STATE] = true;
	const { generateKeyPair, generateKeyPairSync } = crypto as unknown as {
		generateKeyPair(type: string, options: object, callback: Callback): void;
		generateKeyPairSync(type: string, options: object): { publicKey: unknown; privateKey: unknown };
	};
	Object.assign(crypto, {
		generateKeyPair(type: string, options: object, callback: Callback) {
			const kind = kindOf(type, options);
			const known = kind.keys[kind.asked++ % KEYS];
			if (type === 'rsa' && known) later(callback, ...known);
			else
				generateKeyPair(type, options, (...answer) => {
					if (!answer[0] && kind.keys.length < KEYS) kind.keys.push(answer);
					callback(...answer);
				});
		},
		generateKeyPairSync(type: string, options: object) {
			const kind = kindOf('sync', type, options);
			const known = kind.keys[kind.asked++ % KEYS];
			if (type === 'rsa' && known) return { publicKey: known[1], privateKey: known[2] };
			const { publicKey, privateKey } = generateKeyPairSync(type, options);
			if (kind.keys.length < KEYS) kind.keys.push([null, publicKey, privateKey]);
			return { publicKey, privateKey };
		},
	});
	syncBuiltinESMExports();
}
