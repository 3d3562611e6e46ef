import { entriesIn } from '../api/requestBody';
import { BunqError } from '../api/errors';
import type { ApiRequest } from '../api/http';
import { describeItems, listFirst } from './ordinals';

/** What banks accept in descriptions, and letters of other languages. bunq has refused `#`, `|` and `_` (docs/bunq-api.md 5). */
const SPECIAL_CHARACTER = /[^\p{L}\p{M}\p{N}\s/?:().,'+-]/gu;

/**
 * Adds the special characters of the descriptions, and their items, to bunq's refusal of a description. bunq does not say
 * which entry of a batch it refused.
 * @param items the index of the item of each entry
 */
export const withSpecialCharacters =
	(items: number[], request: ApiRequest | undefined) =>
	async (error: unknown): Promise<never> => {
		const isRefused =
			error instanceof BunqError &&
			error.kind === 'rejected' &&
			(error.httpCode === '478' || /description|character/i.test(error.message));
		const hint = isRefused && specialCharactersIn(items, request);
		return await Promise.reject(hint ? error.withCause(hint) : error);
	};

const specialCharactersIn = (items: number[], request: ApiRequest | undefined) => {
	const itemsOf = new Map<string, number[]>();
	for (const [index, entry] of entriesIn(request?.body ?? {}).entries())
		for (const character of new Set(String(entry?.description ?? '').match(SPECIAL_CHARACTER)))
			itemsOf.set(character, [...(itemsOf.get(character) ?? []), items[index]]);
	if (itemsOf.size === 0) return undefined;
	const named = [...itemsOf].map(([character, of]) =>
		items.length > 1 ? `"${character}" (${describeItems(of)})` : `"${character}"`,
	);
	return `bunq may not accept ${listFirst(named)} in a description.`;
};
