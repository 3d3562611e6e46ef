import {
	type CardOrder,
	assignPin,
	cardObject,
	namesOnCard,
	orderCard,
	permitCountries,
} from '../bank/cards';
import {
	AMOUNT,
	type BodyOf,
	INTEGER,
	POINTER,
	STRING,
	listOf,
	object,
	oneOf,
	optional,
	required,
} from '../http/fields';
import { shownPage } from '../http/pagination';
import { checkActive } from '../bank/payments';
import { refusals, refuse } from '../http/refusal';
import { type Route, type SessionCall, route } from '../http/routes';
import { type Card, type Json, timestamp } from '../bank/state';
import { accountOf, visibleAccounts } from './monetaryAccount';

/** An entry without ID, dates and status, which bunq sets (§9.7). A PIN would need encryption. */
const PINS = listOf(
	object({
		type: required(oneOf('PRIMARY', 'SECONDARY', 'TERTIARY')),
		routing_type: optional(STRING),
		monetary_account_id: optional(INTEGER),
	}),
);

/** §9.7: the body of an order. */
const ORDER_FIELDS = {
	second_line: required(STRING),
	name_on_card: required(STRING),
	preferred_name_on_card: optional(STRING),
	alias: optional(POINTER),
	type: required(oneOf('MASTERCARD', 'MAESTRO')),
	product_type: required(STRING),
	pin_code_assignment: optional(PINS),
	monetary_account_id_fallback: optional(INTEGER),
	order_status: optional(oneOf('CARD_REQUEST_PENDING', 'VIRTUAL_DELIVERY')),
};

/** A credit card has a first line of its own too. */
const CREDIT_FIELDS = { ...ORDER_FIELDS, first_line: optional(STRING) };

/** §9.7: the body of a change. */
const CHANGE_FIELDS = {
	status: optional(oneOf('ACTIVE', 'DEACTIVATED', 'LOST', 'STOLEN', 'CANCELLED')),
	card_limit: optional(AMOUNT),
	card_limit_atm: optional(AMOUNT),
	country_permission: optional(
		listOf(object({ country: required(STRING), expiry_time: optional(STRING) })),
	),
	pin_code_assignment: optional(PINS),
	primary_account_numbers: optional(
		listOf(
			object({
				id: required(INTEGER),
				description: optional(STRING),
				status: optional(STRING),
				monetary_account_id: optional(INTEGER),
			}),
		),
	),
	monetary_account_id_fallback: optional(INTEGER),
	order_status: optional(oneOf('CARD_REQUEST_PENDING')),
	preferred_name_on_card: optional(STRING),
	second_line: optional(STRING),
	cancellation_reason: optional(STRING),
};

type Pins = NonNullable<BodyOf<typeof ORDER_FIELDS>['pin_code_assignment']>;

/** §9.7: statuses of cards that can be deactivated. */
const ACTIVATED = [
	'DELIVERED_TO_CUSTOMER',
	'CARD_UPDATE_REQUESTED',
	'CARD_UPDATE_SENT',
	'CARD_UPDATE_ACCEPTED',
];

/** §9.7: final statuses, possible once a card is produced. */
const FINAL = ['LOST', 'STOLEN', 'CANCELLED'];
const PRODUCED = ['ACCEPTED_FOR_PRODUCTION', ...ACTIVATED];

/** The number of cards that a user may have of a kind: the `customer_limit` of the recorded user (§2.3). */
const MOST = { virtual: 5, CardDebit: 3, CardCredit: 1 };

const kindOf = ({ type, orderStatus }: { type: Card['type']; orderStatus?: string }) =>
	orderStatus === 'VIRTUAL_DELIVERY' ? 'virtual' : type;

const cardsOf = ({ env, user }: SessionCall): Card[] =>
	[...env.cards.values()].filter(({ userId }) => userId === user.id);

const cardOf = (call: SessionCall): Card => {
	const card = cardsOf(call).find(({ id }) => id === Number(call.params.cardId));
	if (!card) throw refusals.notFound();
	return card;
};

/** An open account of the caller, to pay from. */
const checkAccount = (call: SessionCall, id: number | undefined): void => {
	if (id === undefined) return;
	const account = accountOf({ ...call, params: { accountId: String(id) } });
	checkActive(account);
};

const checkAccounts = (
	call: SessionCall,
	pins: Array<{ type: string; monetary_account_id?: number }> = [],
	fallback?: number,
): void => {
	for (const { monetary_account_id } of pins) checkAccount(call, monetary_account_id);
	checkAccount(call, fallback);
	if (new Set(pins.map(({ type }) => type)).size < pins.length) {
		throw refuse('pinTwice');
	}
};

/** §9.7: the account that a new card pays from at first. One client was refused the field in the sandbox. */
const firstPins = (call: SessionCall, alias: BodyOf<typeof ORDER_FIELDS>['alias']): Pins => {
	if (!alias) return [];
	const owned = visibleAccounts(call).find(({ iban }) => iban === alias.value);
	if (alias.type !== 'IBAN' || !owned) throw refusals.wrongValue('alias', 'an IBAN of your own');
	return [{ type: 'PRIMARY', routing_type: undefined, monetary_account_id: owned.id }];
};

const answer = ({ bank, env }: SessionCall, card: Card): { items: Json[] } => ({
	items: [
		bank.switches.cardAnswer === 'id' ? { Id: { id: card.id } } : cardObject(bank, env, card),
	],
});

const order = (path: string, type: Card['type']) =>
	route({
		method: 'POST',
		path: `/user/{userId}/${path}`,
		body: (type === 'CardCredit' ? CREDIT_FIELDS : ORDER_FIELDS) as typeof CREDIT_FIELDS,
		oauth: true,
		does: `create ${path}`,
		run({ body, ...rest }) {
			const call = { ...rest, body } as unknown as SessionCall;
			const { bank, env, user } = rest;
			if (!namesOnCard(user.legalName).includes(body.name_on_card)) {
				throw refuse('cardName');
			}
			const { secondLineLength } = bank.switches;
			if (body.second_line.length > secondLineLength) {
				throw refuse('tooLong', { what: 'second line', most: secondLineLength });
			}
			if (type === 'CardCredit' && body.type !== 'MASTERCARD') {
				throw refusals.wrongValue('type', 'one of MASTERCARD');
			}
			const pins = body.pin_code_assignment ?? firstPins(call, body.alias);
			checkAccounts(call, pins, body.monetary_account_id_fallback);
			const ordered: CardOrder & { type: Card['type'] } = {
				type,
				productType: body.product_type,
				nameOnCard: body.name_on_card,
				preferredName: body.preferred_name_on_card,
				firstLine: body.first_line,
				secondLine: body.second_line,
				// A virtual card is active at once, another one must be activated.
				status: body.order_status === 'VIRTUAL_DELIVERY' ? 'ACTIVE' : 'DEACTIVATED',
				orderStatus: body.order_status,
				fallbackAccountId: body.monetary_account_id_fallback,
			};
			const kind = kindOf(ordered);
			const had = cardsOf(call).filter(
				(card) => kindOf(card) === kind && !FINAL.includes(card.status),
			);
			if (had.length >= MOST[kind]) throw refuse('cardLimit');
			const card = orderCard(bank, env, user.id, ordered);
			card.pins = pins.map((pin) =>
				assignPin(bank, env, {
					type: pin.type,
					routingType: pin.routing_type,
					accountId: pin.monetary_account_id ?? null,
				}),
			);
			return answer(call, card);
		},
	});

const checkStatus = (card: Card, status: string | undefined): void => {
	if (status === undefined || status === card.status) return;
	if (FINAL.includes(card.status)) {
		throw refuse('wrongStatus', { what: 'card', status: card.status });
	}
	const allowed = FINAL.includes(status) ? PRODUCED : ACTIVATED;
	if (status !== 'ACTIVE' && !allowed.includes(card.orderStatus)) {
		throw refuse('cardStatus', { status, orderStatus: card.orderStatus });
	}
};

/** §9.7 */
export const card: Route[] = [
	route({
		method: 'GET',
		path: '/user/{userId}/card',
		oauth: true,
		does: 'read card',
		run(call) {
			const { bank, env, request } = call;
			return shownPage(request, cardsOf(call), (each) => cardObject(bank, env, each));
		},
	}),
	route({
		method: 'GET',
		path: '/user/{userId}/card/{cardId}',
		oauth: true,
		does: 'read card',
		run: (call) => ({ items: [cardObject(call.bank, call.env, cardOf(call))] }),
	}),
	route({
		method: 'PUT',
		path: '/user/{userId}/card/{cardId}',
		body: CHANGE_FIELDS,
		oauth: true,
		does: 'update card',
		run({ body, ...rest }) {
			const call = { ...rest, body } as unknown as SessionCall;
			const { bank, env } = rest;
			const card = cardOf(call);
			const { pin_code_assignment: pins, monetary_account_id_fallback: fallback } = body;
			checkStatus(card, body.status);
			checkAccounts(call, pins, fallback);
			for (const { country } of body.country_permission ?? []) {
				if (!/^[A-Z]{2}$/.test(country)) {
					throw refusals.wrongValue('country', 'an ISO 3166-1 alpha-2 code');
				}
			}
			card.status = body.status ?? card.status;
			card.limit = body.card_limit?.value ?? card.limit;
			card.limitAtm = body.card_limit_atm?.value ?? card.limitAtm;
			card.secondLine = body.second_line ?? card.secondLine;
			card.preferredName = body.preferred_name_on_card ?? card.preferredName;
			// bunq's file: "Set to CARD_REQUEST_PENDING to get a virtual card produced."
			card.orderStatus = body.order_status ?? card.orderStatus;
			for (const { id, ...change } of body.primary_account_numbers ?? []) {
				if (id !== card.number.id) throw refusals.notFound();
				checkAccount(call, change.monetary_account_id);
				Object.assign(card.number, change);
			}
			card.countries = body.country_permission
				? permitCountries(env, body.country_permission)
				: card.countries;
			// Omitted entries are removed, and so is an omitted fallback account (§9.7).
			card.pins =
				pins?.map(({ type, routing_type, monetary_account_id = null }) =>
					assignPin(bank, env, { type, routingType: routing_type, accountId: monetary_account_id }),
				) ?? card.pins;
			card.fallbackAccountId = fallback ?? null;
			card.updated = timestamp(bank);
			return answer(call, card);
		},
	}),
	order('card-debit', 'CardDebit'),
	order('card-credit', 'CardCredit'),
	route({
		method: 'GET',
		path: '/user/{userId}/card-name',
		oauth: true,
		does: 'read card-name',
		run: ({ user }) => ({
			items: [{ CardUserNameArray: { possible_card_name_array: namesOnCard(user.legalName) } }],
		}),
	}),
];
