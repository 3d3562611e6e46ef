import { BunqError } from '../api/errors';
import { describeId, isId, isUsable } from '../api/objects';
import { collect } from '../api/pagination';
import { readId, readName, readText } from '../api/readable';
import type { Card } from '../api/cardTypes';
import { CARDS_PATH } from '../api/listPaths';
import type { Bunq } from '../connect';
import { toObjectId } from './accounts';
import { simplified } from '../simplify';

/**
 * The ID of the card that a locator identifies. An ID costs no request; a card's label, the name on it and its last
 * four digits need the list of cards. Throws a BunqError of kind `invalidInput` that names `field`, and the candidates
 * when several cards match.
 */
export const resolveCardId = async (
	{ mode, value }: { mode: string; value: string },
	bunq: Bunq,
	field: string,
): Promise<number> => {
	// Four digits are the last ones of a card's number: no ID at bunq is that short.
	if (isId(value) && (mode === 'id' || value.length !== 4)) return Number(value);
	if (mode === 'id')
		throw new BunqError(
			'invalidInput',
			`"${field}" must be a card ID (digits only), but is "${value}"`,
			{
				description: 'Nothing was sent. Choose the card from the list.',
			},
		);
	const cards = await collect(bunq.each<Card>(CARDS_PATH));
	const matching = cards.filter((card) => namesOf(card).includes(toName(value)));
	const usable = matching.filter(isUsable);
	const found = usable.length > 0 ? usable : matching;
	if (found.length === 1) return toObjectId(found[0], field);
	if (found.length === 0)
		throw new BunqError('invalidInput', `"${field}": none of your cards matches "${value}"`, {
			description:
				'Nothing was sent. Enter its ID, its label, the name on it or its last four digits, as in the bunq app.',
		});
	throw new BunqError('invalidInput', `"${field}": ${found.length} cards match "${value}"`, {
		description: `Nothing was sent. Use the ID of the one you mean: ${found.map(describeCard).join(', ')}.`,
	});
};

const namesOf = (card: Card) =>
	[String(readId(card.id) ?? ''), card.second_line, card.name_on_card, simplified(card).lastFour]
		.map(toName)
		.filter(Boolean);

/** For comparison; capitals do not matter. */
const toName = (value: unknown) => readName(value)?.toLowerCase();

const describeCard = (card: Card) => {
	const { nameOnCard, lastFour, status } = simplified(card);
	return `${describeId(card.id)} (${[readText(card.second_line), nameOnCard, lastFour, status].filter(Boolean).join(', ')})`;
};
