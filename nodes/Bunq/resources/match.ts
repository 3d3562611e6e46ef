/**
 * Whether an object that bunq shows is what was sent. Only a value that can be read may tell two objects apart: a missing or
 * unreadable one leaves it open.
 * - `same`: certainly
 * - `different`: a value that can be read rules it out
 * - `possible`: neither
 */
export type Match = 'same' | 'different' | 'possible';

/** Compares a value that bunq shows, undefined where it cannot be read, with the one that was sent. */
export const compare = (shown: string | number | undefined, sent: string | number): Match =>
	shown === undefined ? 'possible' : shown === sent ? 'same' : 'different';

/** `same` only if every part is, `different` as soon as one is. */
export const combine = (parts: Match[]): Match => {
	if (parts.includes('different')) return 'different';
	return parts.every((part) => part === 'same') ? 'same' : 'possible';
};
