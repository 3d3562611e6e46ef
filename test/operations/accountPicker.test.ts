import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { searchAccounts, searchAccountsAtBunq } from '../../nodes/Bunq/parameters/listSearch';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';

/** What n8n's picker of accounts shows and stores. */

const bank = useBank();

const pickerOf = async (otherKey?: string) => {
	const { apiKey } = await bank.world();
	const httpRequest = await requestHelper();
	return {
		getNodeParameter: () => 'apiKey',
		getCredentials: async () => ({ environment: 'production', apiKey: otherKey ?? apiKey }),
		getNode: () => ({ name: 'Bunq' }),
		helpers: { httpRequest },
	} as unknown as ILoadOptionsFunctions;
};

test('the name of a choice, which n8n stores, has neither the balance nor the whole IBAN', async () => {
	const picker = await pickerOf();
	const found = async (filter: string) => (await searchAccounts.call(picker, filter)).results;
	const { id, iban, balance } = await bank.account('Household');
	const household = {
		name: `Household · …${iban!.slice(-4)}`,
		value: id,
		description: `${iban} · ${balance} EUR`,
	};
	for (const filter of ['house', iban!, `${balance} EUR`])
		expect(await found(filter)).toEqual([household]);
	expect(await found('')).toContainEqual(household);
});

test('what moves money offers all accounts but those of other banks', async () => {
	const picker = await pickerOf();
	const { results: all } = await searchAccounts.call(picker);
	const { results: atBunq } = await searchAccountsAtBunq.call(picker);
	const names = all.map(({ name }) => name);
	expect(names).toEqual(expect.arrayContaining(['Other Bank', expect.stringMatching(/^Mystery/)]));
	expect(atBunq).toEqual(all.filter(({ name }) => name !== 'Other Bank'));
});

test('an error fits into the picker: what bunq said, whether it was asked, and what to do', async () => {
	const picker = await pickerOf('f'.repeat(64));
	const said = async () =>
		await searchAccounts.call(picker).then(
			() => undefined,
			(error: Error & { httpCode?: unknown }) => error,
		);
	const first = await said();
	expect(first?.message).toMatch(
		/^User credentials are incorrect\. Incorrect API key or IP address\. A new key is mistyped/,
	);
	// n8n cuts the rest.
	expect(first?.message.length).toBeLessThan(380);
	const again = await said();
	expect(again?.message).toMatch(
		/IP address\. n8n did not ask bunq again: .* A new key is mistyped/,
	);
	// n8n would put it before the message.
	expect(again?.httpCode).toBeFalsy();
});
