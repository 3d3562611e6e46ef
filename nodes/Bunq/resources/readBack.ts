import type { IDataObject } from 'n8n-workflow';
import { simplified, simplifiedSent } from '../simplify';

/**
 * The output of a write: the object as bunq has it where `read` is given, otherwise what was sent. When reading fails,
 * the write is still done, and the item says so with `_readFailed`.
 */
export const readBack = async (
	sent: object,
	read?: () => Promise<object>,
): Promise<IDataObject> => {
	if (!read) return simplifiedSent(sent);
	const object = await read().catch(() => undefined);
	return object ? simplified(object) : { ...simplifiedSent(sent), _readFailed: true };
};
