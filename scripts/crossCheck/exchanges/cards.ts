import {
	ACCOUNT,
	type Exchange,
	NOWHERE,
	USER,
	collection,
	euro,
	get,
	keepId,
	post,
	put,
} from '../exchange';

const cards = `${USER}/card`;
const order = (more: object = {}) => ({
	second_line: 'Cross check',
	name_on_card: '{cardName}',
	type: 'MASTERCARD',
	product_type: 'MASTERCARD_DEBIT',
	...more,
});

/** Changes only the card that was ordered here; what is read may be any. */
export const card: Exchange[] = [
	get('card names', `${USER}/card-name`, {
		keep: ([names]) => ({ cardName: names?.possible_card_name_array?.[0] }),
	}),
	post(
		'card: order one that is virtual',
		`${USER}/card-debit`,
		order({ order_status: 'VIRTUAL_DELIVERY' }),
		{ keep: keepId('card') },
	),
	...collection({ name: 'card', path: cards, id: 'anyCard' }),
	post('card: order without a name', `${USER}/card-debit`, order({ name_on_card: undefined })),
	post(
		'card: order with another name',
		`${USER}/card-debit`,
		order({ name_on_card: 'Cross Check' }),
	),
	post('card: an unknown product', `${USER}/card-debit`, order({ product_type: 'CROSS_CHECK' })),
	post('card: a long second line', `${USER}/card-debit`, order({ second_line: 'x'.repeat(30) })),
	post(
		'card: order a credit card',
		`${USER}/card-credit`,
		order({ product_type: 'MASTERCARD_TRAVEL' }),
	),
	put('card: nothing', `${cards}/{card}`, {}),
	put('card: an unknown status', `${cards}/{card}`, { status: 'CROSS_CHECK' }),
	put('card: freeze', `${cards}/{card}`, { status: 'DEACTIVATED' }),
	put('card: unfreeze', `${cards}/{card}`, { status: 'ACTIVE' }),
	put('card: a limit', `${cards}/{card}`, { card_limit: euro('50.00') }),
	put('card: a limit above the limit', `${cards}/{card}`, { card_limit: euro('9999999.00') }),
	put('card: countries', `${cards}/{card}`, { country_permission: [{ country: 'NL' }] }),
	put('card: an unknown country', `${cards}/{card}`, { country_permission: [{ country: 'XX' }] }),
	put('card: an account', `${cards}/{card}`, {
		pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: '{account}' }],
	}),
	put('card: an account that is a text', `${cards}/{card}`, {
		pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: 'abc' }],
	}),
	put('card: an unknown account', `${cards}/{card}`, {
		pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: NOWHERE }],
	}),
	put('card: a PIN without encryption', `${cards}/{card}`, { pin_code: '0000' }),
	put('card: change an unknown one', `${cards}/${NOWHERE}`, { status: 'ACTIVE' }),
	get('card: statements', `${cards}/{anyCard}/export-statement-card`),
	...collection({ name: 'card transaction', path: `${ACCOUNT}/mastercard-action`, id: 'action' }),
	get('card transaction: its payment', `${ACCOUNT}/mastercard-action/{action}/payment`),
	post('card transaction: a note', `${ACCOUNT}/mastercard-action/{action}/note-text`, {
		content: 'Cross check',
	}),
];
