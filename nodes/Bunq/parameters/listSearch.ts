import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { BunqError, withoutNothingDone } from '../api/errors';
import { accountType, ibanOf, isOpen } from '../api/objects';
import { collect } from '../api/pagination';
import { readName, readText } from '../api/readable';
import { NOT_ASKED_AGAIN } from '../api/rejectedSecrets';
import type { Card } from '../api/cardTypes';
import { CARDS_PATH } from '../api/listPaths';
import type { Account } from '../api/types';
import { type Bunq, connect } from '../connect';
import { toNodeError } from '../nodeError';
import { simplified } from '../simplify';

/**
 * Open accounts for n8n's picker, searchable by name, IBAN and balance. n8n 2.41 shows only the name of a result, and stores
 * it in the workflow once it is chosen, so the name has neither the balance nor the whole IBAN. Throws n8n's error.
 */
export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchOpenAccounts(this, filter, () => true);
}

/** As `searchAccounts`, without accounts of other banks: they cannot give or get money here. */
export async function searchAccountsAtBunq(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchOpenAccounts(this, filter, (account) => accountType(account) !== 'external');
}

const searchOpenAccounts = async (
	ctx: ILoadOptionsFunctions,
	filter: string,
	isOffered: (account: Account) => boolean,
): Promise<INodeListSearchResult> =>
	await searchList(ctx, filter, async ({ accounts }) =>
		(await accounts())
			.filter((account) => isOpen(account) && isOffered(account))
			.map((account) => {
				const { value, currency } = account.balance ?? {};
				const balance = [readText(value), readText(currency)].filter(Boolean).join(' ');
				const iban = ibanOf(account);
				const name = [readText(account.description) ?? 'Account', iban && `…${iban.slice(-4)}`];
				return {
					name: name.filter(Boolean).join(' · '),
					value: account.id,
					description: [iban, balance].filter(Boolean).join(' · '),
				};
			}),
	);

/**
 * Cards for n8n's picker, by second line, name, last four digits and the status of those that are not active; searchable
 * by all of them. Throws n8n's error.
 */
export async function searchCards(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchList(this, filter, async ({ each }) => {
		const cards = await collect(each<Card>(CARDS_PATH));
		return cards.map((card) => {
			const { nameOnCard, lastFour, status } = simplified(card);
			const name = [
				readText(card.second_line),
				nameOnCard || 'Card',
				lastFour && `•••• ${String(lastFour)}`,
				status && status !== 'ACTIVE' && String(status).toLowerCase().replaceAll('_', ' '),
			];
			return { name: name.filter(Boolean).join(' · '), value: card.id };
		});
	});
}

/**
 * The error without what a list has no use for: n8n cuts the text of its picker after some 380 characters, puts the status
 * before it, and nobody who opens a list fears for money.
 */
const shortened = (error: unknown) => {
	if (!(error instanceof BunqError)) return error;
	const rest = withoutNothingDone(error.description).replace(` ${NOT_ASKED_AGAIN}`, '');
	// Who opens the list again after a correction must see that bunq was not asked.
	const isRemembered = error.description.includes(NOT_ASKED_AGAIN);
	return new BunqError(error.kind, error.message, {
		description: [isRemembered && NOT_ASKED_AGAIN, rest].filter(Boolean).join(' '),
	});
};

/**
 * The options of `read` that contain the filter, ignoring spaces and capitals. The picker shows only an error's message,
 * so the message is complete.
 */
const searchList = async (
	ctx: ILoadOptionsFunctions,
	filter: string,
	read: (bunq: Bunq) => Promise<INodeListSearchItems[]>,
): Promise<INodeListSearchResult> => {
	const normalize = (text: string) => (readName(text) ?? '').toLowerCase().replace(/\s/g, '');
	try {
		const matching = (await read(await connect(ctx))).filter(({ name, description = '' }) =>
			normalize(name + description).includes(normalize(filter)),
		);
		// By name, because people search by name; bunq lists the newest first.
		return { results: matching.sort((left, right) => left.name.localeCompare(right.name)) };
	} catch (error) {
		throw toNodeError(ctx.getNode(), shortened(error), { isMessageComplete: true });
	}
};
