import type { World } from '../simulator';
import { locator, useSuite } from './suite';

const suite = useSuite();

const accountOf = ({ accounts }: World, description: string) =>
	accounts.find((account) => account.description === description)!;

/** Pays each input item's amount from Main to Household. */
async function pay(amounts: number[], settings: Record<string, unknown> = {}) {
	const world = await suite.world('apiKey');
	return await suite.run(
		{
			resource: 'payment',
			operation: 'create',
			account: locator('id', accountOf(world, 'Main').id),
			recipientType: 'ownAccount',
			recipientAccount: locator('id', accountOf(world, 'Household').id),
			amount: '={{ $json.amount }}',
			description: '=Item {{ $itemIndex }}',
		},
		{ authentication: 'apiKey', input: amounts.map((amount) => ({ amount })), settings },
	);
}

const posts = async () =>
	(await suite.log('apiKey')).filter(
		({ method, path }) => method === 'POST' && path.endsWith('/payment'),
	);

const TOO_MUCH = 9_999_999;

test('items are paired with their inputs', async () => {
	const execution = await pay([1.01, 2.02, 3.03]);
	expect(execution.items('Bunq').map((item) => item.amount)).toEqual([-1.01, -2.02, -3.03]);
	const [run] = execution.runs('Bunq');
	expect(run.data?.main[0]?.map(({ pairedItem }) => pairedItem)).toEqual([
		{ item: 0 },
		{ item: 1 },
		{ item: 2 },
	]);
});

test('a failing item stops the execution: bunq’s own words, the item, and what was paid before', async () => {
	const execution = await pay([1.5, TOO_MUCH, 2.5]);
	expect(execution.status).toBe('error');
	const requests = await posts();
	expect(requests.map(({ status }) => status)).toEqual([200, 400]);
	const { message, description, context, httpCode } = execution.error!;
	expect(message).toMatch(/balance/i);
	expect(context).toMatchObject({ itemIndex: 1 });
	expect(httpCode).toBe('400');
	const [paid] = (await suite.world('apiKey')).accounts.filter(
		({ description }) => description === 'Main',
	);
	expect(paid).toBeDefined();
	expect(description).toMatch(/1\.5/);
});

test('with "continue", the other items go on and the failing one carries its reason', async () => {
	const execution = await pay([1.11, TOO_MUCH, 2.22], { onError: 'continueRegularOutput' });
	expect(execution.status).toBe('success');
	expect(execution.items('Bunq')).toEqual([
		expect.objectContaining({ amount: -1.11 }),
		expect.objectContaining({ error: expect.stringMatching(/balance/i) }),
		expect.objectContaining({ amount: -2.22 }),
	]);
});

test('with an error output, only the failing item takes it', async () => {
	const execution = await pay([1.21, TOO_MUCH], { onError: 'continueErrorOutput' });
	const [regular, failed] = execution.runs('Bunq')[0].data!.main;
	expect(regular?.map(({ json }) => json.amount)).toEqual([-1.21]);
	expect(failed).toHaveLength(1);
});

test('"Retry On Fail" pays nothing twice', async () => {
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
	const execution = await pay([1.31, TOO_MUCH], settings);
	expect(execution.status).toBe('error');
	const requests = await posts();
	expect(requests.filter(({ acted }) => acted)).toHaveLength(1);
	expect(requests.length).toBeGreaterThan(2);
});

test('a bad amount is refused before anything is sent', async () => {
	for (const amount of [0, -1, 1.005]) {
		const execution = await pay([amount]);
		expect(execution.status).toBe('error');
		expect(execution.error?.message).toMatch(/amount/i);
	}
	expect(await posts()).toEqual([]);
});

test('the picker lists the accounts with balance and IBAN', async () => {
	const world = await suite.world('apiKey');
	const household = accountOf(world, 'Household');
	const { results } = await suite.n8n.call<{ results: Array<{ name: string; value: number }> }>(
		'POST',
		'/dynamic-node-parameters/resource-locator-results',
		{
			path: 'parameters.account',
			methodName: 'searchAccounts',
			nodeTypeAndVersion: { name: 'n8n-nodes-bunq-connect.bunq', version: 1 },
			currentNodeParameters: { authentication: 'apiKey', resource: 'account', operation: 'get' },
			credentials: suite.credentialOf('apiKey'),
			filter: 'house',
		},
	);
	expect(results).toEqual([
		expect.objectContaining({ name: expect.stringContaining('Household') }),
	]);
	expect(Number(results[0].value)).toBe(household.id);
	expect(results[0].name).toContain(household.iban!.slice(-4));
});
