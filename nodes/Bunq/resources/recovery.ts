import type { IDataObject } from 'n8n-workflow';
import type { Reconciliation } from './operation';
import { simplified, simplifiedSent } from '../simplify';

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
export const toReconciliation = (
	outcome: Reconciliation['outcome'],
	object?: object,
): Reconciliation | undefined => object && { outcome, object: simplified(object) };

/** What became of a wish, among all that was made since: just that one, that one undone meanwhile, or something like it. */
export const pickCreated = <T extends object>(
	made: T[],
	isJust: (one: T) => boolean,
	isActive: (one: T) => boolean,
): Reconciliation | undefined => {
	const just = made.filter(isJust);
	return (
		toReconciliation('found', just.find(isActive)) ??
		toReconciliation('undone', just[0]) ??
		toReconciliation('like', made.find(isActive))
	);
};
