import { BunqError } from '../api/errors';
import {
	accountType,
	describeId,
	hasIban,
	ibanOf,
	isId,
	isOpen,
	isOwnedAloneBy,
} from '../api/objects';
import { readIban, readId, readName } from '../api/readable';
import type { Account } from '../api/types';
import type { Bunq } from '../connect';
import { parseIban } from './iban';

/**
 * The ID of the account that a locator identifies. An ID costs no request; an IBAN or a name needs the execution's list
 * of accounts. Throws a BunqError of kind `invalidInput` that names `field`, and the candidates when several accounts
 * have the name.
 */
export const resolveAccountId = async (
	{ mode, value }: { mode: string; value: string },
	bunq: Bunq,
	field: string,
): Promise<number> => {
	// An expression may give any of the three, also where the user chose the list: an agent fills in the value it knows.
	const kind = mode === 'auto' || mode === 'list' ? locatorKind(value) : mode;
	if (kind === 'iban')
		return toObjectId(await findByIban(parseIban(value, field), bunq, field), field);
	if (kind === 'name') return toObjectId(await findByName(value, bunq, field), field);
	if (!isId(value))
		throw new BunqError(
			'invalidInput',
			`"${field}" must be an account ID (digits only), but is "${value}"`,
			{
				description:
					'Nothing was sent. Choose the account from the list, or enter its IBAN or name.',
			},
		);
	return Number(value);
};

/** The kind of value that an expression gave: an ID, an IBAN, otherwise a name. */
const locatorKind = (value: string) => {
	if (/^\d+$/.test(value)) return 'id';
	const isIban = /^[a-z]{2}\s?\d{2}[a-z0-9 .-]{8,}$/i.test(value);
	return isIban && value.replace(/\D/g, '').length >= 8 ? 'iban' : 'name';
};

/** The ID of what a locator found. Throws a BunqError that names `field` where bunq shows no ID that can be read. */
export const toObjectId = ({ id: raw }: { id: unknown }, field: string) => {
	const id = readId(raw);
	if (id !== undefined) return id;
	throw new BunqError('invalidInput', `"${field}": bunq shows this one without its ID`, {
		description: 'Nothing was sent. Enter its ID instead, as an earlier item has it.',
	});
};

const findByIban = async (iban: string, bunq: Bunq, field: string) => {
	const found = (await bunq.accounts()).find((account) => hasIban(account, iban));
	if (found) return found;
	throw new BunqError('invalidInput', `"${field}": none of your accounts has the IBAN ${iban}`, {
		description:
			'Nothing was sent. With OAuth, only the accounts that you shared while connecting are visible.',
	});
};

const findByName = async (name: string, bunq: Bunq, field: string) => {
	const open = (await bunq.accounts()).filter(isOpen);
	const found = open.filter((account) => readName(account.description) === readName(name));
	if (found.length === 1) return found[0];
	if (found.length === 0)
		throw new BunqError(
			'invalidInput',
			`"${field}": none of your open accounts is named "${name}"`,
			{
				description: `Nothing was sent. The name must match the one in the bunq app exactly, including capitals. Open accounts: ${namesOf(open)}.`,
			},
		);
	const candidates = found.map(
		(account) => `${describeId(account.id)} (${ibanOf(account) ?? accountType(account)})`,
	);
	throw new BunqError('invalidInput', `"${field}": ${found.length} accounts are named "${name}"`, {
		description: `Nothing was sent. Use the ID of the one you mean: ${candidates.join(', ')}.`,
	});
};

const MAX_NAMES = 10;

/** The names of accounts, at most ten. */
const namesOf = (accounts: Account[]) => {
	const names = accounts.map(({ id, description }) =>
		typeof description === 'string' ? `"${description}"` : describeId(id),
	);
	const more = names.length > MAX_NAMES ? [`${names.length - MAX_NAMES} more`] : [];
	return [...names.slice(0, MAX_NAMES), ...more].join(', ') || 'none';
};

/**
 * The account with this IBAN that certainly belongs to the user: to the user alone, or as `isOwn` says. Undefined where
 * there is none, or where that cannot be read. Throws a BunqError.
 */
export const findOwnIban = async (text: unknown, bunq: Bunq, isOwn = isOwnedAloneBy) => {
	const iban = readIban(text);
	if (!iban) return undefined;
	const accounts = await bunq.accounts();
	// No account belongs to a UserApiKey, so one whose grantor is unknown owns none.
	const { userId, grantorId = userId } = await bunq.user();
	return accounts.find((account) => hasIban(account, iban) && isOwn(account, grantorId));
};

/** One of the user's own accounts, from the execution's list. Throws a BunqError that names `field` when it is missing. */
export const findOwnAccount = async (id: number, bunq: Bunq, field: string) =>
	pickOwnAccount(id, await bunq.accounts(), field);

/** The same from a list that the caller has read. */
export const pickOwnAccount = (id: number, accounts: Account[], field: string) => {
	const found = accounts.find((account) => readId(account.id) === id);
	if (found) return found;
	throw new BunqError('invalidInput', `"${field}": you have no account with the ID ${id}`, {
		description:
			'Nothing was sent. With OAuth, only the accounts that you shared while connecting are visible.',
	});
};
