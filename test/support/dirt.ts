import fc from 'fast-check';
import type { DirtChange, DirtKind } from '../simulator';
import type { TestBank } from './bank';
import type { RunResult } from './engine';
import { SPELLINGS } from './spellings';

/** Runs over a dirty bank, and what must hold in each of them. */

export const INVARIANTS = [
	'nothing happens twice',
	'what is reported is true',
	'what is sent is what was asked',
	'no event is lost',
	'no event is delivered twice',
	'no success with less than bunq has',
	'no value that bunq does not have',
	'no secret comes out',
	'every run ends',
	'every error explains itself',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface Violation {
	invariant: Invariant;
	detail: string;
}

/** A run over a dirty bank: what was changed in answers, and what was broken. */
export interface DirtyRun {
	dirt: string[];
	violations: Violation[];
}

const UNREADABLE: DirtKind[] = [
	...(['null', 'null', 'missing', 'missing', 'a number', 'a text', 'an empty text'] as const),
	...(['an object', 'a list', 'true', 'an unknown word', 'no time', 'a later time'] as const),
	...(['without its wrapper', 'in a wrapper of another name', 'as a list of one'] as const),
	...(['in another order', 'every entry twice'] as const),
	...(['the same page again', 'an unreadable next page'] as const),
];

/** Keys that decide something; a change of any other key is rarely of use. */
const DECIDING =
	'(^Response|\\*|id|created|updated|amount\\w*|value|currency|iban|counterparty_alias|display_name|description|merchant_reference|status|type|alias|balance|user_id|entries|payments|Payment|request_inquiries|pin_code_assignment|authorisation_status|decision)$';

/** One to three changes. They shrink to few changes in the first places. */
export const anyDirt: fc.Arbitrary<DirtChange[]> = fc.array(
	fc.record(
		{
			kind: fc.constantFrom(...UNREADABLE, ...SPELLINGS),
			key: fc.constantFrom(DECIDING, DECIDING, DECIDING, ''),
			at: fc.nat(40),
			entry: fc.nat(3),
		},
		{ requiredKeys: ['kind', 'key', 'at'] },
	),
	{ minLength: 1, maxLength: 3 },
);

/** An error of JavaScript's, or a value that nobody meant to show. */
export const UNEXPLAINED =
	/Cannot (read|set|convert|destructure)|is not (a function|iterable|defined|a constructor)|undefined|\[object|Maximum call|Invalid time value|toISO|circular/i;

/** More requests than any run needs. After so many dirty answers the bank is clean again, so that a loop ends. */
export const MAX_REQUESTS = 120;

const CARD_SECRETS = /"(cvc2?|card_generated_cvc2|pin_code)":\s*"?\d/i;

/** What must hold of everything that the package says, in items and in errors. */
export const ofOutput = async (
	bank: TestBank,
	items: unknown,
	errors: string[],
): Promise<Violation[]> => {
	const said = errors.join(' ');
	const output = `${JSON.stringify(items)} ${said}`;
	const { accounts, thirdParties } = await bank.world();
	const ibans = [...accounts, ...thirdParties].flatMap(({ iban }) => iban ?? []);
	const flat = said.replace(/\s/g, '').toUpperCase();
	const secret = (await bank.control.secrets()).find(({ value }) => output.includes(value));
	const requests = (await bank.log()).length;
	return [
		...broken('no secret comes out', secret && `${secret.what} in the output`),
		...broken('no secret comes out', CARD_SECRETS.exec(output)?.[0]),
		...broken('no secret comes out', ibans.some((iban) => flat.includes(iban)) && said),
		...broken('every run ends', requests >= MAX_REQUESTS && `${requests} requests`),
		...broken('every error explains itself', errors.find(isUnexplained)),
	];
};

const isUnexplained = (text: string) => UNEXPLAINED.test(text) || !/\S/.test(text);

/** The same of a run of the node. */
export const inEveryRun = async (bank: TestBank, { error, json, run }: RunResult) => {
	const errors = [error, ...json.map((item) => item.error)].flatMap((one) => one ?? []);
	const said = errors.map((one) => (typeof one === 'string' ? one : textOf(one as Said)));
	return await ofOutput(bank, run.data.resultData.runData.Bunq, said);
};

type Said = Partial<NonNullable<RunResult['error']>>;

/** What an error says. */
export const textOf = ({ message = '', description }: Said) => `${message} ${description ?? ''}`;

/** A violation, if there is a detail. */
export const broken = (invariant: Invariant, detail: string | false | undefined): Violation[] =>
	detail ? [{ invariant, detail }] : [];

/** The changes in the answers that the log holds. */
export const dirtIn = async (bank: TestBank) =>
	(await bank.control.log()).flatMap(({ path, dirt = [] }) =>
		dirt.map((one) => `${path.replace(/\/\d+/g, '')} ${one.replace(/\.\d+/g, '.*')}`),
	);
