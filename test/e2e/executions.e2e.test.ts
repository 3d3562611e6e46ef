import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../simulator';
import { bunqNode, chain, locator, manualTrigger, useSuite } from './suite';

const suite = useSuite();

const accountOf = ({ accounts }: World, description: string) =>
	accounts.find((account) => account.description === description)!;

/** Pays each input item's amount from Main to Household. */
const pay = async (amounts: number[], settings: Record<string, unknown> = {}) => {
	const world = await suite.world('apiKey');
	return await suite.run(
		{
			resource: 'payment',
			operation: 'create',
			account: locator('id', accountOf(world, 'Main').id),
			recipientType: 'ownAccount',
			recipientAccount: locator('id', accountOf(world, 'Household').id),
			amount: '={{ $json.amount }}',
			paymentDescription: '=Item {{ $itemIndex }}',
		},
		{ authentication: 'apiKey', input: amounts.map((amount) => ({ amount })), settings },
	);
};

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

test('a failed item stops the execution: the error has bunq’s words, the item and the earlier payments', async () => {
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

test('with "continue", the other items continue and the failed one has the reason', async () => {
	const execution = await pay([1.11, TOO_MUCH, 2.22], { onError: 'continueRegularOutput' });
	expect(execution.status).toBe('success');
	expect(execution.items('Bunq')).toEqual([
		expect.objectContaining({ amount: -1.11 }),
		expect.objectContaining({ error: expect.stringMatching(/balance/i) }),
		expect.objectContaining({ amount: -2.22 }),
	]);
});

test('with an error output, only the failed item goes there', async () => {
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
	expect(requests.filter(({ changedSomething }) => changedSomething)).toHaveLength(1);
	expect(requests.length).toBeGreaterThan(2);
});

describe('"Retry On Fail" if the fifth of ten equal payments fails', () => {
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
	const TEN = Array.from({ length: 10 }, () => 1.41);
	afterEach(async () => await suite.bank.clearFaults());

	test.each([
		['nothing reached bunq’s books', 'drop-before', 11],
		['bunq paid and the answer was lost', 'drop-after', 10],
		['bunq paid and answered with an error', '500-after', 10],
	] as const)('%s: ten payments', async (_what, kind, sent) => {
		await suite.bank.fault({ kind, method: 'POST', path: 'payment$', skip: 4 });
		const execution = await pay(TEN, settings);
		expect(execution.error?.message).toBeUndefined();
		const requests = await posts();
		expect(requests).toHaveLength(sent);
		expect(requests.filter(({ changedSomething }) => changedSomething)).toHaveLength(10);
		expect(new Set(execution.items('Bunq').map(({ id }) => id)).size).toBe(10);
		// Sent again after a lookup, or not sent again.
		const log = await suite.log('apiKey');
		const failed = log.findIndex(({ fault }) => fault === kind);
		const next = log.slice(failed + 1).filter(({ path }) => path.endsWith('/payment'));
		expect(next[0].method).toBe('GET');
	});
});

describe('n8n is killed while bunq handles a payment', () => {
	afterEach(async () => {
		await suite.bank.clearFaults();
		await suite.bank.switches({ merchantReference: 'echo' });
	});

	/** Starts the payment, kills n8n, and retries the execution. Returns the number of payments. */
	const killedAndRetried = async (kind: 'timeout-before' | 'timeout-after', skip: boolean) => {
		const world = await suite.world('apiKey');
		const reference = `R${randomUUID()}`;
		const parameters = {
			resource: 'payment',
			operation: 'create',
			account: locator('id', accountOf(world, 'Main').id),
			recipientType: 'ownAccount',
			recipientAccount: locator('id', accountOf(world, 'Household').id),
			amount: 1.51,
			paymentDescription: `Invoice ${reference}`,
			additionalFields: { merchantReference: reference },
			options: { skipIfDuplicate: skip },
		};
		const workflowId = await suite.n8n.saveWorkflow({
			name: `Killed ${reference}`,
			nodes: [manualTrigger, bunqNode(parameters, { authentication: 'apiKey' })],
			connections: chain(manualTrigger.name, 'Bunq'),
			// Without it, n8n stores nothing of a killed execution that could be retried.
			settings: { saveManualExecutions: true, saveExecutionProgress: true },
		});
		await suite.bank.fault({ kind, method: 'POST', path: 'payment$' });
		const { executionId } = await suite.n8n.call('POST', `/workflows/${workflowId}/run`, {
			triggerToStartFrom: { name: manualTrigger.name },
		});
		while (!(await posts()).some(({ fault }) => fault === kind)) await sleep(50);
		await suite.restart('SIGKILL');
		await suite.bank.advance(31_000);
		await suite.n8n.finished(String(executionId));
		const again = await suite.n8n.retry(String(executionId));
		expect(again).toMatchObject({ status: 'success', mode: 'retry' });
		return (await posts()).filter(({ changedSomething }) => changedSomething).length;
	};

	test.each([
		['made, reference echoed', 'timeout-after', 'echo'],
		['made, reference dropped', 'timeout-after', 'drop'],
		['not made', 'timeout-before', 'echo'],
	] as const)(
		'with "Skip If Duplicate", "Retry execution" makes no second payment: %s',
		async (_what, kind, merchantReference) => {
			await suite.bank.switches({ merchantReference });
			expect(await killedAndRetried(kind, true)).toBe(1);
		},
	);

	test('without it there can be two payments, as the docs say', async () => {
		expect(await killedAndRetried('timeout-after', false)).toBe(2);
	});
});

test('an invalid amount is refused before anything is sent', async () => {
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
