import type { IDataObject } from 'n8n-workflow';
import { createClient } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import { useBank } from '../support/bank';
import { requestHelper } from '../support/engine';
import { locator, MAY_PAY_OTHERS } from '../support/parameters';

/** A change that sends back a part of what bunq has is not sent where that part cannot be read. */

const bank = useBank();

/** Answers every further read of this path with what bunq has, changed. */
const show = async (path: string, change: IDataObject) => {
	const { apiKey } = await bank.world();
	const credential = toBunqCredential({ apiKey });
	const client = createClient({ httpRequest: await requestHelper(), credential });
	const [wrapped] = await client.send({ method: 'GET', path: `/user/{user}/${path}` });
	const [[type, object]] = Object.entries(wrapped);
	const body = JSON.stringify({
		Response: [{ [type]: { ...(object as IDataObject), ...change } }],
	});
	await bank.control.fault({ kind: 'other', method: 'GET', path: `${path}$`, body, times: 9 });
};

const expectRefused = async (parameters: IDataObject, what: string) => {
	const { error } = await bank.apiKey(parameters, { credential: MAY_PAY_OTHERS });
	expect(error?.message).toBe(`bunq's answer about ${what} could not be read`);
	expect(error?.description).toContain('Nothing was sent');
	expect(await bank.requestCount('PUT')).toBe(0);
};

const PIN = { type: 'PRIMARY', monetary_account_id: 7 };

test.each([
	[null],
	[undefined],
	['none'],
	[{}],
	[[PIN, null]],
	[[PIN, [PIN]]],
	[[PIN, {}]],
	[[{ ...PIN, monetary_account_id: 'Main' }]],
	[[{ ...PIN, monetary_account_id: { id: 7 } }]],
	[[{ ...PIN, routing_type: 7 }]],
])('linking an account to a card whose PINs are %j', async (pin_code_assignment) => {
	const { id } = await bank.card('Groceries');
	await show(`card/${id}`, { pin_code_assignment } as IDataObject);
	const account = await bank.locate('Main');
	await expectRefused(
		{ resource: 'card', operation: 'linkAccount', card: locator('id', id), account },
		'the PINs of this card',
	);
});

test.each(['Main', {}, [7], -1, true])(
	'freezing a card whose fallback account is %j',
	async (monetary_account_id_fallback) => {
		const { id } = await bank.card('Groceries');
		await show(`card/${id}`, { monetary_account_id_fallback });
		await expectRefused(
			{ resource: 'card', operation: 'freeze', card: locator('id', id) },
			'the fallback account of this card',
		);
	},
);

test.each([null, '', 'yesterday', 7, {}])(
	'cancelling a draft that was last changed at %j',
	async (updated) => {
		const account = await bank.locate('Main');
		const draft = { resource: 'draftPayment', account };
		const recipientAccount = await bank.locate('Household');
		const { json } = await bank.apiKey({
			...draft,
			operation: 'create',
			recipientType: 'ownAccount',
			recipientAccount,
			amount: 1,
		});
		const draftPaymentId = json[0].id;
		const path = `monetary-account/${await bank.accountId('Main')}/draft-payment/${String(draftPaymentId)}`;
		await show(path, { updated });
		await expectRefused(
			{ ...draft, operation: 'cancel', draftPaymentId },
			'when this draft last changed',
		);
	},
);

test.each(['close', 'update'])('to %s an account of no known kind', async (operation) => {
	const account = await bank.locate('Household');
	const id = await bank.accountId('Household');
	const body = JSON.stringify({ Response: [{ Payment: { id } }] });
	await bank.control.fault({
		kind: 'other',
		method: 'GET',
		path: `account/${id}$`,
		body,
		times: 9,
	});
	const updateFields = { accountName: 'Home' };
	await expectRefused({ resource: 'account', operation, account, updateFields }, 'this account');
});
