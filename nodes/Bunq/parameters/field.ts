import type { IDataObject, INodeProperties } from 'n8n-workflow';
import type { InputFile } from './inputFile';

/**
 * The type of a field's value once `readParams` has checked and converted it: an amount (a text with
 * `numberPrecision: 2`, see `isAmount`) is a decimal string, a date is milliseconds UTC, a day (`dateOnly`) is a text such
 * as 2026-01-31, a resource locator is the ID that it identifies, JSON is an object, a fixed collection has lists of rows,
 * and the name of a binary field is its file.
 */
type Value<P> = P extends { name: 'inputDataFieldName'; required: true }
	? InputFile
	: P extends { name: 'inputDataFieldName' }
		? InputFile | undefined
		: P extends { type: 'dateTime'; typeOptions: { dateOnly: true } }
			? string
			: P extends { type: 'number' | 'dateTime' | 'resourceLocator' }
				? number
				: P extends { type: 'boolean' }
					? boolean
					: P extends { type: 'multiOptions' }
						? string[]
						: P extends { type: 'options'; options: ReadonlyArray<{ value: infer V }> }
							? V
							: P extends { type: 'collection'; options: infer O }
								? Partial<Params<O>>
								: P extends { type: 'fixedCollection'; options: infer O }
									? Partial<Rows<O>>
									: P extends { type: 'json' }
										? IDataObject
										: string;

/** The lists of a fixed collection by name, each with its rows. */
type Rows<O> =
	O extends ReadonlyArray<infer G>
		? {
				[K in G as K extends { name: infer N extends string } ? N : never]: K extends {
					values: infer F;
				}
					? Array<Params<F>>
					: never;
			}
		: never;

/** The values of a list of fields by name, as an operation gets them. */
export type Params<F> =
	F extends ReadonlyArray<infer P>
		? { [K in P as K extends { name: infer N extends string } ? N : never]: Value<K> }
		: never;

/** The values that need no lookup at bunq: all but accounts and cards. */
export type OwnValues<F> =
	F extends ReadonlyArray<infer P>
		? Params<ReadonlyArray<Exclude<P, { type: 'resourceLocator' }>>>
		: never;

/** Checked values of any fields, for the code that handles every operation alike. */
export type AnyParams = Record<string, unknown>;

/**
 * Whether a field is an amount. It is a text, because n8n's number field drops a decimal comma without a word: `12,50`
 * would become 1250. n8n itself reads `numberPrecision` only in number fields.
 */
export const isAmount = ({ typeOptions }: INodeProperties) => typeOptions?.numberPrecision === 2;

/** A shared field with its literal name and type, so that operations get typed values. */
export const field = <const P extends INodeProperties>(definition: P) => definition;
