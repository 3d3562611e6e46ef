import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Bank } from '../bank/state';
import type { Reply } from './reply';

const PACK = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

/**
 * The answer, compressed if the client accepts that (§3), by switch. The signature stays that of the uncompressed body:
 * inferred, as no client sees anything else once its HTTP library has read the answer.
 */
export const compressed = (bank: Bank, accepted: string | undefined, reply: Reply): Reply => {
	const { compressedAnswers: way } = bank.switches;
	const names = (accepted ?? '').split(',').map((each) => each.split(';')[0].trim());
	if (way === 'never' || !names.includes(way) || reply.body.length === 0) return reply;
	return {
		...reply,
		headers: { ...reply.headers, 'Content-Encoding': way },
		body: PACK[way](reply.body),
	};
};
