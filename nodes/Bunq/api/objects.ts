import type { Account, Card } from './types';

const ID = /^\d{1,18}$/;

/** Whether a text is one of bunq's ids: 1 to 18 digits. */
export const isId = (text: string) => ID.test(text);

/** `MonetaryAccountExternalSavings` → `external`; what nobody knows is `other`. */
const ACCOUNT_TYPES: Record<string, string> = {
	MonetaryAccountBank: 'bank',
	MonetaryAccountSavings: 'savings',
	MonetaryAccountJoint: 'joint',
	MonetaryAccountExternal: 'external',
	MonetaryAccountExternalSavings: 'external',
	MonetaryAccountCard: 'card',
	MonetaryAccountInvestment: 'investment',
};

export const accountType = ({ _type }: Account) => ACCOUNT_TYPES[_type] ?? 'other';

/** The account's IBAN; external accounts and those of unknown types may have none (docs/bunq-api.md 9.2). */
export const ibanOf = ({ alias }: Account) =>
	Array.isArray(alias) ? alias.find((one) => one?.type === 'IBAN')?.value : undefined;

export const isOpen = ({ status }: Account) => status !== 'CANCELLED';

/** Finding a card. */

export const CARDS_PATH = '/user/{user}/card';

const UNUSABLE_STATUSES = ['CANCELLED', 'EXPIRED', 'LOST', 'STOLEN'];

export const isUsable = ({ status }: Card) => !UNUSABLE_STATUSES.includes(status ?? '');
