import type { IDataObject, INodeProperties } from 'n8n-workflow';

/**
 * The type of a field's value once `readParams` has checked and converted it: an amount (a number with
 * `numberPrecision: 2`) is a decimal string, a date is milliseconds UTC, a resource locator is the ID that it
 * identifies, JSON is an object, a fixed collection has lists of rows.
 */
type Value<P> = P extends { type: 'number'; typeOptions: { numberPrecision: 2 } }
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

/** Checked values of any fields, for the code that handles every operation alike. */
export type AnyParams = Record<string, unknown>;

/** A shared field with its literal name and type, so that operations get typed values. */
export const field = <const P extends INodeProperties>(definition: P) => definition;
