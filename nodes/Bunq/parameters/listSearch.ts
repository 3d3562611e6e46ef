import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { CARDS_PATH, ibanOf, isOpen } from '../api/objects';
import { collect } from '../api/pagination';
import type { Card } from '../api/types';
import { type Bunq, connect } from '../connect';
import { toNodeError } from '../nodeError';
import { simplified } from '../simplify';

/** Accounts for a picker: name, IBAN and balance, searchable by all three. Closed accounts cannot be chosen. */
export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchList(this, filter, async ({ accounts }) =>
		(await accounts()).filter(isOpen).map((account) => {
			const balance = account.balance && `${account.balance.value} ${account.balance.currency}`;
			const name = [account.description || 'Account', ibanOf(account), balance];
			return { name: name.filter(Boolean).join(' · '), value: account.id };
		}),
	);
}

/**
 * Cards for a picker: what the user calls it, name and last four digits, and the status where it is not active;
 * searchable by all of them.
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
				card.second_line,
				nameOnCard || 'Card',
				lastFour && `•••• ${String(lastFour)}`,
				status && status !== 'ACTIVE' && String(status).toLowerCase().replaceAll('_', ' '),
			];
			return { name: name.filter(Boolean).join(' · '), value: card.id };
		});
	});
}

/** What `read` lists and the filter leaves; spaces and capitals do not matter. The list shows an error's message only. */
const searchList = async (
	ctx: ILoadOptionsFunctions,
	filter: string,
	read: (bunq: Bunq) => Promise<INodeListSearchItems[]>,
): Promise<INodeListSearchResult> => {
	const plain = (text: string) => text.toLowerCase().replace(/\s/g, '');
	try {
		const found = (await read(await connect(ctx))).filter(({ name }) =>
			plain(name).includes(plain(filter)),
		);
		// bunq lists the newest first; a person looks for a name.
		return { results: found.sort((one, other) => one.name.localeCompare(other.name)) };
	} catch (error) {
		throw toNodeError(ctx.getNode(), error, { isMessageComplete: true });
	}
};
