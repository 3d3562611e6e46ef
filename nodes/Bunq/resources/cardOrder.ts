import { unwrap } from '../api/client';
import { isUsable } from '../api/objects';
import { path } from '../api/path';
import type { Card } from '../api/cardTypes';
import { CARDS_PATH } from '../api/listPaths';
import { account as accountField } from '../parameters/fields';
import { cardPath } from './cardChanges';
import { post, writeOperation } from './operation';
import { readBack } from './readBack';
import { findCreated } from './recovery';

/** Ordering a card. */

const CARD_TYPES = { credit: 'CardCredit', debit: 'CardDebit' };

export const create = writeOperation({
	name: 'Create',
	action: 'Order card',
	description: 'Order a physical or virtual debit or credit card. bunq may charge for it.',
	notice: 'Orders a card for each input item. bunq may charge for it.',
	fields: [
		{
			displayName: 'Card Type',
			name: 'cardType',
			type: 'options',
			options: [
				{ name: 'Credit', value: 'credit' },
				{ name: 'Debit', value: 'debit' },
			],
			default: 'debit',
			description: 'What kind of card to order',
		},
		{
			displayName: 'Product Type',
			name: 'productType',
			type: 'options',
			allowArbitraryValues: true,
			options: [
				{ name: 'Mastercard Business', value: 'MASTERCARD_BUSINESS' },
				{ name: 'Mastercard Debit', value: 'MASTERCARD_DEBIT' },
				{ name: 'Mastercard Green', value: 'MASTERCARD_GREEN' },
				{ name: 'Mastercard Metal', value: 'MASTERCARD_METAL' },
				{ name: 'Mastercard Travel', value: 'MASTERCARD_TRAVEL' },
			],
			default: 'MASTERCARD_DEBIT',
			description: 'The card product. Other products of bunq can be set with an expression.',
		},
		{
			displayName: 'Name on Card',
			name: 'nameOnCard',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. E. Levy',
			description: 'One of the names that Get Names lists; bunq takes no others',
		},
		{
			displayName: 'Label on Card',
			name: 'secondLine',
			type: 'string',
			default: '',
			placeholder: 'e.g. Travel',
			description: 'What to call the card, at most 17 characters. May be empty.',
		},
		{ ...accountField, description: 'The account that the card is charged to' },
		{
			displayName: 'Virtual',
			name: 'virtual',
			type: 'boolean',
			default: false,
			description: 'Whether to order a card that exists in the bunq app only',
		},
	],
	plan: async ({ cardType, productType, nameOnCard, secondLine, account, virtual }, bunq) => {
		const sent = {
			second_line: secondLine,
			name_on_card: nameOnCard,
			type: 'MASTERCARD',
			product_type: productType,
			pin_code_assignment: [{ type: 'PRIMARY', monetary_account_id: account }],
			...(virtual && { order_status: 'VIRTUAL_DELIVERY' }),
		};
		return {
			request: post(path`/user/{user}/card-${cardType}`, sent),
			output: async ([created]) => {
				const { id } = unwrap(created);
				return await readBack(
					{ ...sent, _type: CARD_TYPES[cardType], id },
					async () => await bunq.get(cardPath(Number(id))),
				);
			},
		};
	},
	recovery: async ({ path: sentTo, body, sentAt }, bunq, isUnclaimed) => {
		const sent = JSON.parse(body) as Card;
		const type = sentTo.endsWith('credit') ? CARD_TYPES.credit : CARD_TYPES.debit;
		const isExactMatch = ({ name_on_card, second_line, product_type }: Card) =>
			name_on_card === sent.name_on_card &&
			(second_line ?? '') === sent.second_line &&
			product_type === sent.product_type;
		return await findCreated(bunq.each<Card>(CARDS_PATH), sentAt, {
			isCandidate: (one) =>
				isUnclaimed(one.id) &&
				(one._type === type || !Object.values(CARD_TYPES).includes(one._type)),
			matchOf: (one) => (one._type === type && isExactMatch(one) ? 'same' : 'possible'),
			isActive: isUsable,
		});
	},
});
