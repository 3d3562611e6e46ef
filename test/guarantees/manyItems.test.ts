import type { IDataObject } from 'n8n-workflow';
import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL } from '../support/parameters';

/** The number of items has no limit of its own: more than a call can have arguments. */

const bank = useBank();
const COUNT = 130_000;

test.each([
	['payment', { resource: 'payment', operation: 'getAll' }],
	[
		'api',
		{ resource: 'api', operation: 'request', path: '/user/{user}/monetary-account/1/payment' },
	],
] as Array<[string, IDataObject]>)('%s: 130,000 items', async (_what, parameters) => {
	const account = parameters.path ? {} : { account: await bank.locate('Main') };
	const path = `/user/{user}/monetary-account/${await bank.accountId('Main')}/payment`;
	const objects = Array.from({ length: COUNT }, (_, index) => ({ Payment: { id: COUNT - index } }));
	const Pagination = { future_url: null, newer_url: null, older_url: null };
	const body = JSON.stringify({ Response: objects, Pagination });
	await bank.control.fault({ kind: 'other', method: 'GET', path: 'payment$', body });
	const { json, error } = await bank.apiKey(
		{ ...parameters, ...account, returnAll: true, ...(parameters.path && { path }) },
		{ settings: CONTINUE_ON_FAIL },
	);
	expect(error).toBeUndefined();
	expect(json).toHaveLength(COUNT);
	expect([json[0].id, json.at(-1)?.id]).toEqual([COUNT, 1]);
});
