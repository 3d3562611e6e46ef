import { useBank } from '../support/bank';
import { passMinutes } from '../support/fakeClock';
import { LOST_RESPONSES, OUTCOME_UNKNOWN } from '../support/outcome';
import { emptyItems, RETRY_ON_FAIL } from '../support/parameters';
import { createDraft, type PaymentOrder, paymentOrders } from '../support/paymentOrders';

/** The response to Create is lost: the order is looked up before it is sent again. */

const bank = useBank();

describe.each(paymentOrders(bank))(
	'$resource',
	({ resource, path, create, getAll, endings }: PaymentOrder) => {
		const toThirdParty = async () =>
			await create(resource === 'payment' ? {} : await bank.toThirdParty());
		const name = resource === 'payment' ? 'E\\. Levy' : 'S\\. Friend';
		const shown = path
			.replace('$', '')
			.replace('request-inquiry', 'money request')
			.replace('-', ' ');

		test('the error says that the outcome is unknown and what was sent, and it is sent once', async () => {
			await bank.control.fault({ kind: 'drop-after', method: 'POST', path });
			const { error } = await bank.oauth(await toThirdParty());
			expect(error?.description).toMatch(
				new RegExp(
					`^${OUTCOME_UNKNOWN.source}: ${shown} in account \\d+, 12\\.50 EUR, to ${name}, ` +
						'NL\\d\\d….*, "Dinner"\\. Check the bunq app, or use Get Many',
				),
			);
			expect(await bank.requestCount('POST')).toBe(1);
		});

		test.each(LOST_RESPONSES)(
			'%s at the third of five equal orders, with Retry On Fail: five orders, five IDs',
			async (kind) => {
				const before = (await bank.oauth(await getAll())).json.length;
				await bank.control.clearLog();
				await bank.control.fault({ kind, method: 'POST', path, skip: 2 });
				const { json, error } = await bank.oauth(await toThirdParty(), {
					items: emptyItems(5),
					settings: RETRY_ON_FAIL,
				});
				expect(error).toBeUndefined();
				expect(new Set(json.map(({ id }) => id)).size).toBe(5);
				expect((await bank.oauth(await getAll())).json).toHaveLength(before + 5);
				expect(await bank.requestCount('POST')).toBe(kind === 'drop-before' ? 6 : 5);
			},
		);

		test('an equal order from before is not mistaken for the lost one', async () => {
			const { json: earlier } = await bank.oauth(await create());
			passMinutes();
			await bank.control.fault({ kind: 'drop-before', method: 'POST', path });
			const { json, error } = await bank.oauth(await create(), { settings: RETRY_ON_FAIL });
			expect(error).toBeUndefined();
			expect(json).toMatchObject([{ id: expect.any(Number) }]);
			expect(json[0].id).not.toBe(earlier[0].id);
		});

		for (const [status, end] of endings)
			test(`it was created and is ${status} by now: the error says so, and no other is created`, async () => {
				await bank.oauth(await create({ amount: 1 }));
				await bank.control.fault({ kind: 'drop-after', method: 'POST', path });
				const executionId = `${resource} ended ${status}`;
				await bank.oauth(await create(), { executionId });
				const { json } = await bank.oauth({ ...(await getAll()), returnAll: false, limit: 1 });
				await end(Number(json[0].id));
				const { error } = await bank.oauth(await create(), { executionId });
				expect(error?.message).toBe(`An earlier attempt created this; its status is now ${status}`);
				expect(error?.description).toContain(`ID ${json[0].id}, 12.50 EUR`);
				expect(error?.description).not.toMatch(/Nothing was/);
				expect(await bank.requestCount('POST')).toBe(2);
			});
	},
);

test('requestInquiry: each of several equal requests that were looked up has its payment link', async () => {
	const [, , { create, path }] = paymentOrders(bank);
	for (const kind of LOST_RESPONSES) {
		passMinutes();
		await bank.control.fault({ kind, method: 'POST', path, skip: 1 });
		const { json } = await bank.oauth(await create(), {
			items: emptyItems(3),
			settings: RETRY_ON_FAIL,
		});
		expect(json).toHaveLength(3);
		expect(json.every(({ payUrl }) => payUrl)).toBe(true);
	}
});

test('draftPayment: a draft with a further entry is not mistaken for the lost one', async () => {
	const [, { create, path }] = paymentOrders(bank);
	await bank.control.fault({ kind: 'drop-before', method: 'POST', path });
	const executionId = 'further';
	await bank.oauth(await create(), { executionId });
	const other = await createDraft(bank, ['12.50', 'Dinner'], ['3.00', 'Drinks']);
	const { json, error } = await bank.oauth(await create(), { executionId });
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ entries: 1, status: 'PENDING' }]);
	expect(json[0].id).not.toBe(other);
});
