import type { IDataObject } from 'n8n-workflow';
import type { TestBank } from './bank';
import type { RunOptions, RunResult } from './engine';
import { locator, MAY_PAY_OTHERS } from './parameters';

/** Create Batch of the three resources that have it. */

export const EXTERNAL_IBAN = 'NL14RABO0169202917';

/** Parameters of Create Batch. An item may name account, amount and so on; the default is 1.00 EUR from Main to Peter. */
export const batchParameters = (resource: string, more: IDataObject = {}): IDataObject => ({
	resource,
	operation: 'createBatch',
	account: locator('name', '={{ $json.from ?? "Main" }}'),
	recipientType: 'iban',
	recipientIban: `={{ $json.iban ?? "${EXTERNAL_IBAN}" }}`,
	recipientName: 'Peter',
	amount: '={{ $json.amount ?? 1 }}',
	currency: '={{ $json.currency ?? "EUR" }}',
	paymentDescription: '={{ "Invoice " + ($json.number ?? $itemIndex) }}',
	...more,
});

export interface Batch {
	resource: string;
	/** The end of the path that the batch is posted to. */
	path: string;
	run(
		items: IDataObject[],
		options?: Partial<RunOptions>,
		parameters?: IDataObject,
	): Promise<RunResult>;
	/** What the output of a batch has in addition. */
	output: IDataObject;
	/** An item that only bunq refuses, and the error. */
	refusedItem(from: string): Promise<IDataObject>;
	refusal: RegExp;
}

export const batches = (bank: TestBank): Record<'draft' | 'payment' | 'request', Batch> => {
	const tooLong = async (from: string) => ({ from, number: 'x'.repeat(140) });
	return {
		draft: {
			resource: 'draftPayment',
			path: 'draft-payment',
			run: async (items, options, parameters) =>
				await bank.oauth(batchParameters('draftPayment', parameters), { items, ...options }),
			output: { status: 'PENDING' },
			refusedItem: tooLong,
			refusal: /140 characters/,
		},
		payment: {
			resource: 'payment',
			path: 'payment-batch',
			run: async (items, options, parameters) =>
				await bank.apiKey(batchParameters('payment', parameters), {
					items,
					credential: MAY_PAY_OTHERS,
					...options,
				}),
			output: {},
			refusedItem: tooLong,
			refusal: /140 characters/,
		},
		request: {
			resource: 'requestInquiry',
			path: 'request-inquiry-batch',
			run: async (items, options, parameters) =>
				await bank.oauth(batchParameters('requestInquiry', parameters), { items, ...options }),
			output: {},
			refusedItem: async (from) => ({ from, iban: (await bank.account(from)).iban }),
			refusal: /the same account/,
		},
	};
};
