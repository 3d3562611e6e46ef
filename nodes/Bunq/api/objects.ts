import type { IDataObject } from 'n8n-workflow';
import { readIban, readId } from './readable';
import type { Card } from './cardTypes';
import type { Account } from './types';

/** Whether a text is one of bunq's IDs: digits, as many as a number can hold exactly. */
export const isId = (text: string) => readId(text) !== undefined;

/** An object's ID for a message, whatever bunq sends there. */
export const describeId = (id: unknown) =>
	readId(id) === undefined ? 'its ID cannot be read' : `ID ${readId(id)}`;

/** A simplified object's amount for a message, such as `-12.50 EUR`; undefined where it cannot be read. */
export const describeAmount = (amount: unknown, currency: unknown) =>
	typeof amount === 'number' && typeof currency === 'string'
		? `${amount.toFixed(2)} ${currency}`
		: undefined;

/** A simplified object for a message: its ID, and its amount where that can be read. */
export const describeObject = ({ id, amount, currency }: IDataObject) =>
	[describeId(id), describeAmount(amount, currency)].filter(Boolean).join(', ');

/** bunq's kinds of accounts (docs/bunq-api.md 9.2) by their names in this package. */
const ACCOUNT_TYPES: Record<string, string> = {
	MonetaryAccountBank: 'bank',
	MonetaryAccountSavings: 'savings',
	MonetaryAccountJoint: 'joint',
	MonetaryAccountExternal: 'external',
	MonetaryAccountExternalSavings: 'external',
	MonetaryAccountCard: 'card',
	MonetaryAccountInvestment: 'investment',
};

/** The kind of an account: `MonetaryAccountExternalSavings` → `external`; `other` for a kind that bunq added later. */
export const accountType = ({ _type }: Account) => ACCOUNT_TYPES[_type] ?? 'other';

/** The account's IBAN. External accounts and those of unknown kinds may have none (docs/bunq-api.md 9.2). */
export const ibanOf = ({ alias }: Account) =>
	Array.isArray(alias)
		? readIban(alias.find((pointer) => pointer?.type === 'IBAN')?.value)
		: undefined;

/** Kinds of accounts at bunq itself that have one owner. */
const SOLE_OWNER_TYPES = ['bank', 'savings'];

/** Whether an account certainly belongs to this user, perhaps with others (docs/bunq-api.md 9.2). */
export const isOwnedBy = (account: Account, userId: number) =>
	readId(account.user_id) === userId && !account.relation_user;

/**
 * Whether an account certainly belongs to this user alone. One that is joint, shared, at another bank, of an unknown
 * kind, or whose owner cannot be read does not: somebody else may take the money out (docs/bunq-api.md 9.2).
 */
export const isOwnedAloneBy = (account: Account, userId: number) =>
	isOwnedBy(account, userId) &&
	SOLE_OWNER_TYPES.includes(accountType(account)) &&
	(account.all_co_owner ?? []).length === 0;

/** Whether an account has this IBAN, however bunq writes it; it may have several. */
export const hasIban = ({ alias }: Account, iban: string) =>
	Array.isArray(alias) &&
	alias.some((pointer) => pointer?.type === 'IBAN' && readIban(pointer.value) === iban);

/** Whether an account is not closed: closed ones stay in bunq's list (docs/bunq-api.md 9.2). */
export const isOpen = ({ status }: Account) => status !== 'CANCELLED';

const UNUSABLE_STATUSES = ['CANCELLED', 'EXPIRED', 'LOST', 'STOLEN'];

/** Whether a card is usable or can become so: a frozen one counts, a lost one does not (docs/bunq-api.md 9.7). */
export const isUsable = ({ status }: Card) => !UNUSABLE_STATUSES.includes(status ?? '');
