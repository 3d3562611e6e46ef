import { uuidOf } from './keys';
import { toAmount } from './money';
import type { Account, Bank, BankEnvironment, Counterparty, Json, User } from './state';

const IMAGES =
	'https://bunq-prod-model-storage-public.s3.eu-central-1.amazonaws.com/bunq_file/File/content';

/** A picture with the keys of the recordings. */
export const avatar = (owner: string): Json => ({
	uuid: uuidOf(`avatar of ${owner}`),
	image: [
		{
			attachment_public_uuid: uuidOf(`image of ${owner}`),
			height: 1023,
			width: 1024,
			content_type: 'image/png',
			urls: [{ type: 'ORIGINAL', url: `${IMAGES}/${uuidOf(`image of ${owner}`)}.png` }],
		},
	],
	anchor_uuid: uuidOf(owner),
	style: 'NONE',
});

/** Undocumented fields: bunq adds some at any time, and clients must ignore them (§12). */
export const extraFields = (bank: Bank): Json =>
	bank.switches.extraFields
		? { _future_field: { anything: ['new', 1, null] }, _future_flag: true }
		: {};

const nameOfUser = (user: User) => `user ${user.id}`;

/** LabelUser, with `type` as in newer answers. */
export const labelUser = (user: User): Json => ({
	uuid: uuidOf(nameOfUser(user)),
	display_name: user.displayName,
	country: 'NL',
	avatar: avatar(nameOfUser(user)),
	public_nick_name: user.nickName,
	type: user.kind === 'UserPerson' ? 'PERSON' : 'COMPANY',
});

/** LabelMonetaryAccount of an account at this bank (§9). */
export const labelAccount = (env: BankEnvironment, account: Account): Json => {
	const owner = env.users.get(account.userId);
	return {
		iban: account.iban,
		is_light: false,
		display_name: owner?.displayName ?? '',
		avatar: avatar(`account ${account.id}`),
		label_user: owner ? labelUser(owner) : null,
		country: 'NL',
	};
};

/** LabelMonetaryAccount of the counterparty; at other banks most of it is null, unless bunq knows who it is (§9). */
export const labelCounterparty = (env: BankEnvironment, counterparty: Counterparty): Json => {
	const account = env.accounts.get(counterparty.accountId ?? 0);
	if (account) return labelAccount(env, account);
	const { iban, name, isKnown = false } = counterparty;
	const country = iban?.slice(0, 2) ?? 'NL';
	const picture = isKnown ? avatar(`outsider ${name}`) : null;
	return {
		iban,
		is_light: null,
		display_name: name,
		avatar: picture,
		label_user: {
			uuid: isKnown ? uuidOf(`outsider ${name}`) : null,
			display_name: name,
			country,
			avatar: picture,
			public_nick_name: name,
		},
		country,
	};
};

const anchoredUser = (bank: Bank, user: User): Json => ({
	[user.kind]: {
		id: user.id,
		display_name: user.displayName,
		public_nick_name: user.nickName,
		avatar: avatar(nameOfUser(user)),
		session_timeout: bank.switches.sessionTimeoutSeconds,
	},
});

/** UserApiKey (§2.3), with a few keys of its two users. */
export const userApiKey = (
	bank: Bank,
	grant: { id: number; created: string },
	requestedBy: User,
	grantedBy: User,
): Json => ({
	UserApiKey: {
		id: grant.id,
		created: grant.created,
		updated: grant.created,
		requested_by_user: anchoredUser(bank, requestedBy),
		granted_by_user: anchoredUser(bank, grantedBy),
		...extraFields(bank),
	},
});

/** An address with the keys of the recordings. */
export const address = (mailbox: string | null): Json => ({
	street: 'Zimmermann Cul de Sac',
	house_number: '851',
	postal_code: '1161 TL',
	city: 'Winsum',
	country: 'NL',
	province: null,
	extra: null,
	mailbox_name: mailbox,
	is_user_address_updated: false,
});

const ONLY_OF: Record<User['kind'], (user: User) => Json> = {
	UserPerson: (user) => ({
		first_name: user.nickName,
		middle_name: '',
		last_name: user.legalName.split(' ').at(-1),
		legal_name: user.legalName,
		date_of_birth: '1970-11-30',
		place_of_birth: 'Winsum',
		country_of_birth: 'NL',
		nationality: 'NL',
		all_nationality: ['NL'],
		gender: 'FEMALE',
		document_issuing_authority: null,
		document_expiry_date: null,
		document_status: 'ACTIVE',
		is_primary_document: true,
		pack_membership: null,
		premium_trial: null,
	}),
	UserCompany: (user) => ({
		name: user.legalName,
		country: 'NL',
		chamber_of_commerce_number: '62318438',
		legal_form: 'BV',
		type_of_business_entity: 'PRIVATE_LIMITED_COMPANY',
		sector_of_industry: 'SOFTWARE',
		counter_bank_iban: null,
		directors: [],
		ubo: [],
	}),
};

const CUSTOMER_LIMIT: Json = {
	limit_monetary_account: 25,
	limit_monetary_account_remaining: 25,
	limit_card_debit_maestro: 1,
	limit_card_debit_mastercard: 2,
	limit_card_wildcard: 3,
	limit_card_debit_wildcard: 3,
	limit_card_debit_maestro_virtual_subscription: 5,
	limit_card_debit_maestro_virtual_total: 0,
	limit_card_debit_mastercard_virtual_subscription: 5,
	limit_card_debit_mastercard_virtual_total: 0,
	limit_card_replacement: 1,
	limit_amount_monthly: null,
	spent_amount_monthly: null,
	limit_card_credit_mastercard: 1,
};

/** UserPerson or UserCompany, with all keys of the recorded session (§2.3). */
export const userObject = (bank: Bank, env: BankEnvironment, user: User): Json => {
	const dates = { created: user.created, updated: user.created };
	const account = [...env.accounts.values()].find((each) => each.userId === user.id);
	return {
		[user.kind]: {
			id: user.id,
			...dates,
			status: 'ACTIVE',
			sub_status: 'NONE',
			public_uuid: uuidOf(nameOfUser(user)),
			display_name: user.displayName,
			public_nick_name: user.nickName,
			language: 'en_US',
			region: 'en_US',
			session_timeout: bank.switches.sessionTimeoutSeconds,
			daily_limit_without_confirmation_login: toAmount(25_000),
			relations: [],
			alias: user.alias,
			avatar: avatar(nameOfUser(user)),
			tax_resident: null,
			notification_filters: [
				{ notification_delivery_method: 'PUSH', category: 'BILLING' },
				{ notification_delivery_method: 'PUSH', category: 'MUTATION' },
			],
			address_main: address(null),
			address_postal: address(user.legalName),
			version_terms_of_service: '1',
			deny_reason: null,
			...ONLY_OF[user.kind](user),
			customer: {
				id: user.id + 1,
				...dates,
				billing_account_id: account?.id ?? null,
				invoice_notification_preference: 'NONE',
			},
			customer_limit: CUSTOMER_LIMIT,
			billing_contract: [
				{
					BillingContractSubscription: {
						id: user.id + 2,
						...dates,
						contract_date_start: user.created.slice(0, 10),
						contract_date_end: null,
						contract_version: 1,
						subscription_type: 'PERSON_PREMIUM_V1',
						subscription_type_downgrade: null,
						status: 'ACTIVE',
						sub_status: 'NONE',
					},
				},
			],
			...extraFields(bank),
		},
	};
};
