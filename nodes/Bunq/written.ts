import type { IDataObject } from 'n8n-workflow';
import type { Finding } from './operation';
import { simplified, simplifiedSent } from './simplify';

/**
 * What a write returns: what bunq made of it where that is read back, else what was sent. When the reading fails, the
 * write is still done, and the item says so: `_readFailed`.
 */
export const readBack = async (
	sent: object,
	read?: () => Promise<object>,
): Promise<IDataObject> => {
	if (!read) return simplifiedSent(sent);
	const object = await read().catch(() => undefined);
	return object ? simplified(object) : { ...simplifiedSent(sent), _readFailed: true };
};

/** What a look-up found, if it did. */
export const findingOf = (outcome: Finding['outcome'], object?: object): Finding | undefined =>
	object && { outcome, object: simplified(object) };
