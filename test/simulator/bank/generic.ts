import { type Schema, nameOf, schemaOf } from '../../support/openapi';
import { uuidOf } from './keys';
import { toAmount } from './money';
import { avatar, labelAccount, labelCounterparty, labelUser } from './objects';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	type StoredObject,
	type User,
	nextId,
	timestamp,
} from './state';

/**
 * Objects of the kinds for which the bank has no rules of its own: a client's values, and around them every key of bunq's
 * file with a value of its type. Those values mean nothing: a text is the name of its key, a number is 0.
 */

/** Whose object it is. */
export interface Owner {
	bank: Bank;
	env: BankEnvironment;
	user: User;
	/** The account in the URL. */
	account?: Account;
}

/** How deep the objects within an object are filled; below, they are null and lists are empty. */
const DEPTH = 2;

const isWord = (key: string) => /^[A-Z]/.test(key);

const textOf = ({ bank }: Owner, key: string) => {
	if (/uuid$/.test(key)) return uuidOf(key);
	if (/^date_|_date$|^date$/.test(key)) return timestamp(bank).slice(0, 10);
	if (/^time_|_time$|^created$|^updated$|timestamp/.test(key)) return timestamp(bank);
	if (/currency/.test(key)) return 'EUR';
	if (/country/.test(key)) return 'NL';
	return key;
};

const numberOf = ({ user, account }: Owner, key: string) =>
	({ user_id: user.id, monetary_account_id: account?.id })[key] ?? 0;

const LABELS: Record<string, (owner: Owner, key: string) => unknown> = {
	Amount: () => toAmount(0),
	Avatar: (_, key) => avatar(key),
	LabelUser: ({ user }) => labelUser(user),
	LabelMonetaryAccount: ({ env, user, account }) =>
		account
			? labelAccount(env, account)
			: labelCounterparty(env, { iban: null, name: user.displayName }),
	Pointer: ({ user }) => user.alias[0],
};

/** A value of the schema's type. */
const valueOf = (owner: Owner, key: string, schema: Schema, depth: number): unknown => {
	if (schema.items) return depth < DEPTH ? [valueOf(owner, key, schema.items, depth)] : [];
	const name = nameOf(schema);
	if (LABELS[name]) return LABELS[name](owner, key);
	if (name && depth === DEPTH) return null;
	if (name) {
		const inner = schemaOf(name);
		return inner.items ? valueOf(owner, key, inner, depth + 1) : filled(owner, inner, depth + 1);
	}
	// A number, although bunq's file says text (§9.1).
	if (key === 'billing_account_id') return 0;
	if (schema.type === 'integer') return numberOf(owner, key);
	if (schema.type === 'boolean') return false;
	return schema.type === 'string' ? textOf(owner, key) : {};
};

/** Every key of the schema that an answer may have, with a value of its type. Of alternatives, the first one. */
export const filled = (owner: Owner, { properties = {} }: Schema, depth = 0): Json => {
	const keys = Object.keys(properties).filter((key) => !properties[key].writeOnly);
	const shown = keys.length > 1 && keys.every(isWord) ? keys.slice(0, 1) : keys;
	return Object.fromEntries(shown.map((key) => [key, valueOf(owner, key, properties[key], depth)]));
};

/** A client's value as the bank shows it; undefined if the file has another type for answers. */
const shownAs = ({ env }: Owner, value: unknown, sent: Schema, shown: Schema): unknown => {
	if (/^Label(MonetaryAccount|User)$/.test(nameOf(shown))) {
		const { type, value: text, name } = value as Record<string, string>;
		const iban = type === 'IBAN' ? text : null;
		const label = labelCounterparty(env, { iban, name: name ?? text });
		return nameOf(shown) === 'LabelUser' ? label.label_user : label;
	}
	const isSame =
		sent.type === shown.type &&
		nameOf(sent) === nameOf(shown) &&
		nameOf(sent.items ?? {}) === nameOf(shown.items ?? {});
	return isSame ? value : undefined;
};

/** The client's values under the keys that an answer has too. */
const sentValues = (owner: Owner, body: Json, sent: Schema, shown: Schema): Json =>
	Object.fromEntries(
		Object.entries(body).flatMap(([key, value]) => {
			const [one, other] = [sent.properties?.[key], shown.properties?.[key]];
			const seen = one && other && shownAs(owner, value, one, other);
			return seen === undefined ? [] : [[key, seen]];
		}),
	);

/** A new object with the values of `body`, whose schema is `sent`; answers have the schema `shown`. */
export const newObject = (
	owner: Owner,
	body: Json,
	{ sent, shown }: { sent: Schema; shown: Schema },
): StoredObject => {
	const id = nextId(owner.env);
	const created = timestamp(owner.bank);
	return {
		...filled(owner, shown),
		...(shown.properties?.uuid && { uuid: uuidOf(`object ${id}`) }),
		...sentValues(owner, body, sent, shown),
		id,
		created,
		updated: created,
	};
};

/** Changes an object as a client asks. */
export const changeObject = (
	owner: Owner,
	object: StoredObject,
	body: Json,
	{ sent, shown }: { sent: Schema; shown: Schema },
): void => {
	Object.assign(object, sentValues(owner, body, sent, shown), { updated: timestamp(owner.bank) });
};
