import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';
import { ibanOf, isOpen } from './accounts';
import { connect } from './api/connect';
import type { Card } from './api/types';
import { simplified } from './simplify';

/** Accounts for a picker: name, IBAN and balance, searchable by all three. Closed accounts cannot be chosen. */
export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { accounts } = await connect(this);
	const results = (await accounts()).filter(isOpen).map((account) => {
		const balance = account.balance && `${account.balance.value} ${account.balance.currency}`;
		const name = [account.description || 'Account', ibanOf(account), balance].filter(Boolean);
		return { name: name.join(' · '), value: account.id };
	});
	return matching(results, filter);
}

/** Cards for a picker: what the user calls it, name, last four digits and status, searchable by all of them. */
export async function searchCards(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const { each } = await connect(this);
	const results: INodeListSearchItems[] = [];
	for await (const card of each<Card>('/user/{user}/card')) {
		const { id, second_line } = card;
		const { nameOnCard, lastFour, status } = simplified(card);
		const name = [second_line, nameOnCard || 'Card', lastFour, status].filter(Boolean);
		results.push({ name: name.join(' · '), value: id });
	}
	return matching(results, filter);
}

/** Spaces and capitals do not matter. */
const matching = (results: INodeListSearchItems[], filter: string) => {
	const plain = (text: string) => text.toLowerCase().replace(/\s/g, '');
	return { results: results.filter(({ name }) => plain(name).includes(plain(filter))) };
};
