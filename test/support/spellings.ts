import type { DirtChange, DirtKind } from '../simulator';

/** Other spellings of the same values: a run must go as over a clean bank. */
export const SPELLINGS: DirtKind[] = [
	'iban in groups',
	'iban in small letters',
	'amount with fewer decimals',
	'amount with more decimals',
	'amount as number',
	'id as text',
	'time in ISO format',
	'time with an offset',
	'unknown keys',
];

/** Every value in another spelling; the variants together have all of them. */
export const SPELLED: DirtChange[][] = [
	['iban in groups', 'amount with fewer decimals', 'id as text', 'time in ISO format'],
	['iban in small letters', 'amount with more decimals', 'time with an offset'],
	['amount as number', 'id as text', 'unknown keys'],
].map((kinds) => kinds.map((kind) => ({ kind }) as DirtChange));
