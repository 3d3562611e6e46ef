import { useBank } from '../support/bank';
import { CONTINUE_ON_FAIL, emptyItems } from '../support/parameters';

/**
 * Items of a failed operation. n8n tells them by their keys: `error` alone, or `error` and `message`. Its versions before 2.41
 * count a key without a value too, and pass such an item on as a success.
 */

const bank = useBank();

test.each([
	['an expression about a node that is not there', "={{ $('Nowhere').first().json.id }}", {}],
	['no credential', '1', { credentials: {} }],
	['bunq’s refusal', '999999', {}],
	['a wrong value', 'x', {}],
])('%s: no key without a value', async (_what, paymentId, settings) => {
	const account = await bank.locate('Main');
	const { json } = await bank.apiKey(
		{ resource: 'payment', operation: 'get', account, paymentId },
		{ items: emptyItems(2), settings: { ...CONTINUE_ON_FAIL, ...settings } },
	);
	expect(json).toHaveLength(2);
	for (const item of json) {
		expect(['error', 'error,message']).toContain(Object.keys(item).join());
		expect(Object.values(item)).toEqual(Object.values(item).map(() => expect.stringMatching(/\S/)));
	}
});
