import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { ibanOf, isOpen } from './accounts';
import { connect } from './api/connect';

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
	const wanted = filter.toLowerCase().replace(/\s/g, '');
	return {
		results: results.filter(({ name }) => name.toLowerCase().replace(/\s/g, '').includes(wanted)),
	};
}
