import type { Json } from '../bank/state';
import { say, wordsOf, type WordValues, type Wording } from './words';

/** A refusal: a status and a text per error. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly texts: string[],
		/** Further keys of each error. */
		readonly more: Json = {},
	) {
		super(texts.join(' '));
	}
}

/** The refusal that says these words, with further keys, and with another status than its own where a switch says so. */
export const refuse = (
	wording: Wording,
	values: WordValues = {},
	more?: Json,
	otherStatus?: number,
): Refusal => {
	const { status = 400, translated } = wordsOf(wording);
	const translation = translated && { error_description_translated: translated };
	return new Refusal(otherStatus ?? status, [say(wording, values)], { ...translation, ...more });
};

/** The refusals of several routes. */
export const refusals = {
	notFound: () => refuse('notFound'),
	/** §3: with a key that no other error has. */
	signatureRequired: () =>
		refuse('signatureRequired', undefined, {
			error_additional_parameter: [{ url_together_post: 'https://together.bunq.com/d/15399' }],
		}),
	/** §2.5: the same text for a wrong key, a wrong address, a revoked or replaced token. */
	credentials: () => refuse('credentials'),
	/** §4, with the singular "second" of the recordings. */
	tooMany: (status: number, calls: number, seconds: number) =>
		refuse('tooMany', { calls, seconds }, {}, status),
	maintenance: () => refuse('maintenance'),
	broken: () => refuse('broken'),
	/** §9.9: without its "not". */
	noNotes: () => refuse('noNotes'),
	/** §5: an error per unknown field. */
	superfluous: (names: string[]) =>
		new Refusal(
			400,
			names.map((name) => say('superfluous', { name })),
		),
	/** §2.5. */
	wrongType: (name: string, expected: string) => refuse('wrongType', { name, expected }),
	wrongValue: (name: string, expected: string) => refuse('wrongValue', { name, expected }),
	/** That the text names the parameter is inferred. */
	missing: (name: string) => refuse('missing', { name }),
};

/** §5: `{"Error":[{"error_description","error_description_translated"}]}`. */
export const errorBody = (refusal: Refusal) => ({
	Error: refusal.texts.map((text) => ({
		error_description: text,
		error_description_translated: text,
		...refusal.more,
	})),
});
