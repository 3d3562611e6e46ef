import {
	AMOUNT,
	POINTER,
	STRING,
	listOf,
	object,
	optional,
	required,
	type BodyOf,
} from '../http/fields';
import { uuidOf } from './keys';
import { makeIban, toAmount, toCents } from './money';
import { avatar, extraFields } from './objects';
import {
	type Account,
	type Bank,
	type BankEnvironment,
	type Json,
	type User,
	nextId,
	timestamp,
} from './state';

/** The writable fields of all kinds of accounts (§9.2). */
export const ACCOUNT_FIELDS = {
	currency: optional(STRING),
	description: optional(STRING),
	daily_limit: optional(AMOUNT),
	avatar_uuid: optional(STRING),
	display_name: optional(STRING),
	country_iban: optional(STRING),
	status: optional(STRING),
	sub_status: optional(STRING),
	reason: optional(STRING),
	reason_description: optional(STRING),
	setting: optional(
		object({
			color: optional(STRING),
			icon: optional(STRING),
			default_avatar_status: optional(STRING),
			restriction_chat: optional(STRING),
			sdd_expiration_action: optional(STRING),
		}),
	),
	savings_goal: optional(AMOUNT),
	all_co_owner: optional(listOf(object({ alias: required(POINTER), status: optional(STRING) }))),
	alias: optional(listOf(POINTER)),
	overdraft_limit: optional(AMOUNT),
	service: optional(STRING),
};

type FieldName = keyof typeof ACCOUNT_FIELDS;

export type AccountBody = Partial<BodyOf<typeof ACCOUNT_FIELDS>>;

const COMMON: FieldName[] = [
	'currency',
	'description',
	'daily_limit',
	'avatar_uuid',
	'status',
	'sub_status',
	'reason',
	'reason_description',
	'setting',
];

export interface AccountKind {
	/** The last part of its own path. */
	path: string;
	/** Fields that a POST or PUT may have. */
	fields: FieldName[];
	/** Fields that a POST must have; undefined if there is no POST. */
	requires?: FieldName[];
	/** External accounts and cards have none (§9.2). */
	hasIban: boolean;
	/** Keys that not every account has. */
	view?(account: Account): Json;
}

const savingsView = ({ cents, more }: Account): Json => {
	const goal = more.savings_goal as { value: string } | undefined;
	return {
		savings_goal: goal ?? null,
		savings_goal_progress: goal ? Math.floor((cents / toCents(goal.value)) * 100) : null,
		number_of_payment_remaining: '2',
		all_co_owner: more.all_co_owner ?? [],
	};
};

const externalView = ({ more }: Account): Json => ({
	service: more.service ?? null,
	open_banking_account: null,
});

/** The kinds with endpoints of their own (§9.2). Others appear only in the list of all accounts. */
export const ACCOUNT_KINDS: Record<string, AccountKind> = {
	MonetaryAccountBank: {
		path: 'monetary-account-bank',
		fields: [...COMMON, 'display_name', 'country_iban'],
		requires: ['currency'],
		hasIban: true,
	},
	MonetaryAccountSavings: {
		path: 'monetary-account-savings',
		fields: [...COMMON, 'savings_goal', 'all_co_owner'],
		requires: ['currency'],
		hasIban: true,
		view: savingsView,
	},
	MonetaryAccountJoint: {
		path: 'monetary-account-joint',
		fields: [...COMMON, 'alias', 'overdraft_limit', 'all_co_owner'],
		requires: ['currency', 'all_co_owner'],
		hasIban: true,
		view: ({ more }) => ({ all_co_owner: more.all_co_owner ?? [] }),
	},
	MonetaryAccountExternal: {
		path: 'monetary-account-external',
		fields: [...COMMON, 'display_name', 'service'],
		requires: ['currency', 'service'],
		hasIban: false,
		view: externalView,
	},
	MonetaryAccountExternalSavings: {
		path: 'monetary-account-external-savings',
		fields: [...COMMON, 'display_name', 'service', 'savings_goal'],
		requires: ['currency', 'service'],
		hasIban: false,
		view: (account) => ({ ...savingsView(account), ...externalView(account) }),
	},
	MonetaryAccountCard: {
		path: 'monetary-account-card',
		// bunq's file has a PUT without fields.
		fields: [],
		hasIban: false,
		view: ({ cents, currency }) => ({ balance_real: toAmount(cents, currency) }),
	},
};

/** The properties of a new account; the rest are bunq's defaults (§9.2). */
export interface Opening {
	type: string;
	description?: string;
	cents?: number;
	currency?: string;
	status?: string;
	subStatus?: string;
	withIban?: boolean;
	dailyLimit?: string;
	setting?: Json;
	more?: Json;
}

/** §9.2 and the recordings. */
const DEFAULT_SETTING: Json = {
	color: '#FF7819',
	icon: null,
	default_avatar_status: 'AVATAR_DEFAULT',
	restriction_chat: 'ALLOW_INCOMING',
	sdd_expiration_action: 'AUTO_ACCEPT',
};

/** Opens an account, with an IBAN unless it is external or a card. */
export const openAccount = (
	bank: Bank,
	env: BankEnvironment,
	userId: number,
	opening: Opening,
): Account => {
	const id = nextId(env);
	const created = timestamp(bank);
	const hasIban = opening.withIban ?? ACCOUNT_KINDS[opening.type]?.hasIban ?? true;
	const account: Account = {
		id,
		type: opening.type,
		userId,
		created,
		updated: created,
		description: opening.description ?? 'bunq account',
		cents: opening.cents ?? 0,
		currency: opening.currency ?? 'EUR',
		iban: hasIban ? makeIban('BUNQ', 2_000_000_000 + id) : null,
		status: opening.status ?? 'ACTIVE',
		subStatus: opening.subStatus ?? 'NONE',
		dailyLimit: opening.dailyLimit ?? '1000.00',
		setting: { ...DEFAULT_SETTING, ...opening.setting },
		more: opening.more ?? {},
	};
	env.accounts.set(id, account);
	env.payments.set(id, []);
	return account;
};

const aliases = (account: Account, user: User) => [
	// In no fixed order, and not only the IBAN (§9.2).
	...(account.more.hasUserAlias ? user.alias : []),
	...(account.iban ? [{ type: 'IBAN', value: account.iban, name: user.legalName }] : []),
];

/** An account as bunq shows it, with all keys of the recordings, under the name of its kind. */
export const accountObject = (bank: Bank, env: BankEnvironment, account: Account): Json => {
	const user = env.users.get(account.userId);
	const { currency } = account;
	const { reason, reason_description } = account.more;
	return {
		[account.type]: {
			id: account.id,
			created: account.created,
			updated: account.updated,
			alias: user ? aliases(account, user) : [],
			avatar: avatar(`account ${account.id}`),
			balance: toAmount(account.cents, currency),
			country: 'NL',
			currency,
			display_name: account.more.display_name ?? user?.displayName,
			daily_limit: { currency, value: account.dailyLimit },
			description: account.description,
			public_uuid: uuidOf(`account ${account.id}`),
			status: account.status,
			sub_status: account.subStatus,
			...(reason !== undefined && { reason, reason_description }),
			timezone: 'europe/amsterdam',
			user_id: account.userId,
			monetary_account_profile: null,
			setting: account.setting,
			connected_cards: [],
			budget: [],
			credit_line: null,
			overdraft_limit: toAmount(0, currency),
			share: null,
			all_auto_save_id: [],
			relation_user: null,
			...ACCOUNT_KINDS[account.type]?.view?.(account),
			...extraFields(bank),
		},
	};
};
