import { uuidOf } from './keys';
import { extraFields, labelAccount } from './objects';
import {
	type Bank,
	type BankEnvironment,
	type Card,
	type Json,
	type PinAssignment,
	nextId,
	timestamp,
} from './state';

/** The properties of a new card; the rest are defaults. */
export interface CardOrder {
	type?: Card['type'];
	productType?: string;
	nameOnCard?: string;
	preferredName?: string;
	firstLine?: string;
	secondLine: string;
	status?: string;
	orderStatus?: string;
	countries?: string[];
	/** Account IDs by PIN type. */
	pins?: Record<string, number>;
	fallbackAccountId?: number | null;
}

/** The name formats that bunq accepts: Name Surname, N. Surname, N Surname or Surname (§9.7). */
export const namesOnCard = (legalName: string): string[] => {
	const [first, ...rest] = legalName.split(' ');
	const last = rest.join(' ') || first;
	return [legalName, `${first[0]}. ${last}`, `${first[0]} ${last}`, last];
};

/** A new entry of a card's `pin_code_assignment`. */
export const assignPin = (
	bank: Bank,
	env: BankEnvironment,
	pin: Pick<PinAssignment, 'type' | 'accountId'> & { routingType?: string },
): PinAssignment => ({
	id: nextId(env),
	created: timestamp(bank),
	routingType: pin.routingType ?? 'MANUAL',
	type: pin.type,
	accountId: pin.accountId,
});

/** Country permissions of a card, each with an ID. */
export const permitCountries = (
	env: BankEnvironment,
	given: Array<{ country: string; expiry_time?: string }>,
): Card['countries'] =>
	given.map(({ country, expiry_time }) => ({
		id: nextId(env),
		country,
		expiryTime: expiry_time ?? null,
	}));

/** Creates a card; a new order waits for production (§9.7). */
export const orderCard = (
	bank: Bank,
	env: BankEnvironment,
	userId: number,
	order: CardOrder,
): Card => {
	const id = nextId(env);
	const created = timestamp(bank);
	const { legalName = '' } = env.users.get(userId) ?? {};
	const countries = (order.countries ?? ['NL']).map((country) => ({ country }));
	const card: Card = {
		id,
		type: order.type ?? 'CardDebit',
		userId,
		created,
		updated: created,
		productType: order.productType ?? 'MASTERCARD_DEBIT',
		nameOnCard: order.nameOnCard ?? namesOnCard(legalName)[1],
		preferredName: order.preferredName ?? null,
		firstLine: order.firstLine,
		secondLine: order.secondLine,
		status: order.status ?? 'ACTIVE',
		orderStatus: order.orderStatus ?? 'NEW_CARD_REQUEST_RECEIVED',
		limit: '1000.00',
		limitAtm: '500.00',
		countries: permitCountries(env, countries),
		pins: Object.entries(order.pins ?? {}).map(([type, accountId]) =>
			assignPin(bank, env, { type, accountId }),
		),
		fallbackAccountId: order.fallbackAccountId ?? null,
		number: { id: id + 1, description: '', status: 'ACTIVE', monetary_account_id: null },
	};
	env.cards.set(id, card);
	return card;
};

const pinObject = ({ id, created, type, routingType, accountId }: PinAssignment): Json => ({
	id,
	created,
	updated: created,
	type,
	routing_type: routingType,
	monetary_account_id: accountId,
	status: 'ACTIVE',
});

/** A card with all keys of bunq's CardListing, in the wrapper of its kind (§9.7). */
export const cardObject = (bank: Bank, env: BankEnvironment, card: Card): Json => {
	const account = env.accounts.get(
		card.pins.find(({ type }) => type === 'PRIMARY')?.accountId ?? 0,
	);
	const label = account ? labelAccount(env, account) : null;
	return {
		[card.type]: {
			id: card.id,
			created: card.created,
			updated: card.updated,
			public_uuid: uuidOf(`card ${card.id}`),
			user_id: card.userId,
			user_owner_id: card.userId,
			user_holder_id: card.userId,
			type: 'MASTERCARD',
			sub_type: 'NONE',
			product_type: card.productType,
			product_sub_type: null,
			first_line: card.firstLine ?? card.nameOnCard,
			second_line: card.secondLine,
			status: card.status,
			sub_status: 'NONE',
			order_status: card.orderStatus,
			expiry_date: '2030-06-13',
			name_on_card: card.nameOnCard,
			preferred_name_on_card: card.preferredName,
			primary_account_numbers: [
				{
					...card.number,
					uuid: uuidOf(`number of card ${card.id}`),
					four_digit: String(card.id).slice(-4),
					type: 'MANUAL',
				},
			],
			payment_account_reference: null,
			card_limit: { currency: 'EUR', value: card.limit },
			card_limit_atm: { currency: 'EUR', value: card.limitAtm },
			country_permission: card.countries.map(({ id, country, expiryTime }) => ({
				id,
				country,
				expiry_time: expiryTime,
			})),
			label_monetary_account_ordered: label,
			label_monetary_account_current: label,
			monetary_account: null,
			pin_code_assignment: card.pins.map(pinObject),
			monetary_account_id_fallback: card.fallbackAccountId,
			country: 'NL',
			card_shipment_tracking_url: null,
			is_card_eligible_for_free_replacement: false,
			card_replacement: null,
			card_generated_cvc2: {
				id: card.id + 2,
				created: card.created,
				updated: card.created,
				type: 'STATIC',
				cvc2: '907',
				status: 'AVAILABLE',
				expiry_time: null,
			},
			is_limited_edition: false,
			card_metal_member_since_date: null,
			company_employee_card: null,
			...extraFields(bank),
		},
	};
};
