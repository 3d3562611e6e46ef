import type { IDataObject } from 'n8n-workflow';
import { createClient, unwrap } from '../../nodes/Bunq/api/client';
import { toBunqCredential } from '../../nodes/Bunq/connect';
import type { TestBank } from './bank';
import { requestHelper } from './engine';
import { locator } from './parameters';

/** The three resources whose Create orders a transfer, for the tests of what they share. */

export interface PaymentOrder {
	resource: 'payment' | 'draftPayment' | 'requestInquiry';
	/** The end of the path that Create posts to. */
	path: string;
	/** Parameters of Create: 12.50 EUR from or to Main, with OAuth. */
	create(more?: IDataObject): Promise<IDataObject>;
	/** Parameters of Get Many. */
	getAll(): Promise<IDataObject>;
	/** Other recipients than Create's. */
	otherRecipients: Array<[kind: string, parameters: IDataObject]>;
	/** The person whom it waits for agrees, and money moves. A payment waits for nobody. */
	accept?: (id: number) => Promise<unknown>;
	/** Ways in which it ends without a transfer, by the status that bunq then shows. */
	endings: Array<[status: string, end: (id: number) => Promise<unknown>]>;
}

const PETER = {
	recipientType: 'iban',
	recipientIban: 'NL14RABO0169202917',
	recipientName: 'Peter',
};

export const paymentOrders = (bank: TestBank): PaymentOrder[] => {
	const order = async (resource: string, operation: string, more: IDataObject = {}) => ({
		resource,
		operation,
		account: await bank.locate('Main'),
		...more,
	});
	const create = async (resource: string, more: IDataObject) =>
		await order(resource, 'create', { amount: 12.5, paymentDescription: 'Dinner', ...more });
	/** Changes an existing order; bunq grants that to no app. */
	const change = async (resource: string, operation: string, more: IDataObject) => {
		const { error } = await bank.apiKey(await order(resource, operation, more));
		if (error) throw new Error(error.message);
	};

	return [
		{
			resource: 'payment',
			path: 'payment$',
			create: async (more) =>
				await create('payment', {
					recipientType: 'ownAccount',
					recipientAccount: locator('list', await bank.accountId('Household')),
					...more,
				}),
			getAll: async () => await order('payment', 'getAll', { returnAll: true }),
			otherRecipients: [['account', { recipientAccount: locator('name', 'Holiday') }]],
			endings: [],
		},
		{
			resource: 'draftPayment',
			path: 'draft-payment$',
			create: async (more) =>
				await create('draftPayment', { ...(await bank.toThirdParty()), ...more }),
			getAll: async () => await order('draftPayment', 'getAll', { returnAll: true }),
			otherRecipients: [['IBAN', PETER]],
			accept: async (id) => await bank.control.approveDraft(id),
			endings: [
				['REJECTED', async (id) => await bank.control.rejectDraft(id)],
				['CANCELLED', async (id) => await change('draftPayment', 'cancel', { draftPaymentId: id })],
			],
		},
		{
			resource: 'requestInquiry',
			path: 'request-inquiry$',
			create: async (more) =>
				await create('requestInquiry', { recipientEmail: 'nathan@example.com', ...more }),
			getAll: async () => await order('requestInquiry', 'getAll', { returnAll: true }),
			otherRecipients: [
				['email address', { recipientEmail: 'nora@example.com' }],
				['IBAN', PETER],
			],
			accept: async (id) => await bank.control.answerRequest(id, 'ACCEPTED'),
			endings: [
				['REJECTED', async (id) => await bank.control.answerRequest(id, 'REJECTED')],
				['EXPIRED', async (id) => await bank.control.answerRequest(id, 'EXPIRED')],
				[
					'REVOKED',
					async (id) => await change('requestInquiry', 'revoke', { requestInquiryId: id }),
				],
			],
		},
	];
};

/** Creates a draft of several payments to Sam, as another program might. Returns its ID. */
export const createDraft = async (
	bank: TestBank,
	...entries: Array<[value: string, description: string]>
) => {
	const { apiKey, person } = await bank.world();
	const { iban } = await bank.thirdParty();
	const client = createClient({
		httpRequest: await requestHelper(),
		credential: toBunqCredential({ apiKey }),
	});
	const [created] = await client.send({
		method: 'POST',
		path: `/user/${person.id}/monetary-account/${await bank.accountId('Main')}/draft-payment`,
		body: {
			number_of_required_accepts: 1,
			entries: entries.map(([value, description]) => ({
				amount: { value, currency: 'EUR' },
				counterparty_alias: { type: 'IBAN', value: iban, name: 'Sam' },
				description,
			})),
		},
	});
	return Number(unwrap(created).id);
};
