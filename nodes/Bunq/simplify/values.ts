import type { IDataObject } from 'n8n-workflow';
import { parseBunqTime } from '../api/clock';
import { readCents, readId } from '../api/readable';
import type { Amount, Label } from '../api/types';

/** The values of flat output, each read in one way: undefined for what is missing or cannot be read. */

/** bunq's time as ISO 8601 UTC; undefined when there is none. */
export const isoTime = (value: unknown) => {
	const time = parseBunqTime(value);
	return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

/** A text, an empty one included. */
export const toText = (value: unknown) => (typeof value === 'string' ? value : undefined);

export const fromCents = (cents?: number) => (cents === undefined ? undefined : cents / 100);

export const toNumber = (amount?: Amount | null) => fromCents(readCents(amount?.value));

/** What most objects have. */
export const idsOf = (raw: { id?: unknown; created?: unknown; monetary_account_id?: unknown }) => ({
	id: readId(raw.id),
	created: isoTime(raw.created),
	accountId: readId(raw.monetary_account_id),
});

/**
 * The account's own side: with its IBAN, both rows of a transfer between own accounts are found. bunq's object does not have
 * the account's name: accountNames.ts.
 */
export const accountOf = (raw: { alias?: Label | null }) => ({
	accountName: undefined,
	accountIban: toText(raw.alias?.iban),
});

export const textsOf = (raw?: { description?: unknown; counterparty_alias?: Label | null }) => ({
	description: toText(raw?.description),
	counterpartyName: toText(raw?.counterparty_alias?.display_name),
	counterpartyIban: toText(raw?.counterparty_alias?.iban),
});

/** Null instead of undefined, so that every output of a kind has the same keys. */
export const withNulls = (keys: Record<string, unknown>) =>
	Object.fromEntries(
		Object.entries(keys).map(([key, value]) => [key, value ?? null]),
	) as IDataObject;
