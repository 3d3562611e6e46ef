import type { IDataObject } from 'n8n-workflow';
import { resources } from '../../nodes/Bunq/resources';
import type { TestBank } from './bank';

/** For every row of the table, parameters with which it succeeds: for the tests that run over the whole table. */

export const rows = resources.flatMap((resource) =>
	Object.entries(resource.operations).map(([operation, row]) => ({
		...row,
		id: `${resource.value}.${operation}`,
		resource: resource.value,
		operation,
		label: `${resource.name}: ${row.name}`,
	})),
);

export type TableRow = (typeof rows)[number];

const by = (mode: string, value: string | number) => ({ __rl: true, mode, value });
const main = async (bank: TestBank) => ({ account: by('id', (await bank.account('Main')).id) });
const card = async (bank: TestBank) => ({ card: by('id', (await bank.world()).cards[0].id) });

/** A card after this was done to it. */
const cardThatIs = async (operation: 'freeze' | 'unfreeze', bank: TestBank) => {
	await bank.apiKey({ resource: 'card', operation, ...(await card(bank)) });
	return await card(bank);
};

const toSam = async (bank: TestBank) => {
	const [{ iban, displayName }] = (await bank.world()).strangers;
	return { recipientType: 'iban', recipientIban: iban, recipientName: displayName };
};

/** 2 euros from Main to somebody else. */
const order = async (bank: TestBank) => ({
	...(await main(bank)),
	...(await toSam(bank)),
	amount: 2,
	currency: 'EUR',
});

/** Something that exists, made by another operation of the table. */
const made = async (bank: TestBank, resource: string, name: string) => {
	const { json, error } = await bank.apiKey(
		{ resource, operation: 'create', ...(await order(bank)) },
		ANYBODY,
	);
	if (error) throw new Error(`${resource}: ${error.message}`);
	return { ...(await main(bank)), [name]: String(json[0].id) };
};

const asked = async (bank: TestBank) => {
	const { id: accountId } = await bank.account('Main');
	const id = await bank.control.addRequestResponse({ accountId });
	return { ...(await main(bank)), requestResponseId: String(id) };
};

/** May pay everybody. */
export const ANYBODY = { credential: { allowPaymentsToOthers: true } };

/** What each row cannot do without. One that cannot fail for want of anything has none. */
const REQUIRED: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	'account.close': async (bank) => ({ account: by('id', await bank.control.addAccount({})) }),
	'account.create': async () => ({ accountType: 'bank', description: 'Sample', currency: 'EUR' }),
	'account.get': main,
	'account.getAll': async () => ({}),
	// What is to change is required, if nothing of it by itself.
	'account.update': async (bank) => ({
		account: by('id', (await bank.account('Holiday')).id),
		updateFields: { description: 'Holiday' },
	}),
	'api.request': async () => ({ method: 'GET', path: '/user/{user}' }),
	'card.create': async (bank) => ({ ...(await main(bank)), nameOnCard: 'E. Levy' }),
	'card.freeze': async (bank) => await cardThatIs('unfreeze', bank),
	'card.get': card,
	'card.getAll': async () => ({}),
	'card.getNames': async () => ({}),
	'card.linkAccount': async (bank) => ({ ...(await card(bank)), ...(await main(bank)) }),
	'card.unfreeze': async (bank) => await cardThatIs('freeze', bank),
	'card.update': async (bank) => ({ ...(await card(bank)), updateFields: { cardLimit: 200 } }),
	'cardTransaction.get': async (bank) => {
		const [id] = await bank.control.addCardTransactions((await bank.account('Main')).id, [{}]);
		return { ...(await main(bank)), cardTransactionId: String(id) };
	},
	'cardTransaction.getAll': main,
	'draftPayment.cancel': async (bank) => await made(bank, 'draftPayment', 'draftPaymentId'),
	'draftPayment.create': order,
	'draftPayment.createBatch': order,
	'draftPayment.get': async (bank) => await made(bank, 'draftPayment', 'draftPaymentId'),
	'draftPayment.getAll': main,
	'payment.create': order,
	'payment.createBatch': order,
	'payment.get': async (bank) => await made(bank, 'payment', 'paymentId'),
	'payment.getAll': main,
	'requestInquiry.create': order,
	'requestInquiry.createBatch': order,
	'requestInquiry.get': async (bank) => await made(bank, 'requestInquiry', 'requestInquiryId'),
	'requestInquiry.getAll': main,
	'requestInquiry.revoke': async (bank) => await made(bank, 'requestInquiry', 'requestInquiryId'),
	'requestResponse.accept': asked,
	'requestResponse.get': asked,
	'requestResponse.getAll': main,
	'requestResponse.reject': asked,
	'user.get': async () => ({}),
};

/** Another value than its default for every field that may be left out, by `resource.operation.field` or `field`. */
const OPTIONAL: Record<string, unknown> = {
	accountTypes: ['bank'],
	allAccounts: true,
	allowBunqme: false,
	amountMax: 100_000,
	amountMin: 0.01,
	body: '{}',
	cardLimit: 300,
	cardLimitAtm: 100,
	cardType: 'credit',
	'account.create.accountType': 'savings',
	color: '#FF7819',
	counterparty: 'e',
	countryPermissions: 'NL, DE',
	createdAfter: '2020-01-01T00:00:00',
	createdBefore: '2100-01-01T00:00:00',
	currency: 'EUR',
	dailyLimit: 400,
	description: 'Sample',
	descriptionContains: 'a',
	direction: 'out',
	fallbackAccount: by('name', 'Household'),
	includeClosed: true,
	limit: 3,
	lookBackDays: 3,
	merchantReference: 'SAMPLE-1',
	method: 'GET',
	minimumAge: 18,
	pinSlot: 'PRIMARY',
	productType: 'MASTERCARD_TRAVEL',
	queryParameters: { parameters: [{ name: 'count', value: '10' }] },
	reason: 'No longer needed',
	recipientType: 'iban',
	redirectUrl: 'https://example.com/thanks',
	requireAddress: 'BILLING',
	returnAll: true,
	returnFullObject: true,
	savingsGoal: 5_000,
	secondLine: 'Holiday',
	simplify: false,
	skipIfDuplicate: true,
	status: ['ACTIVE', 'PENDING'],
	types: ['BUNQ', 'MASTERCARD'],
	unwrap: false,
	virtual: true,
};

const missing = (what: string): never => {
	throw new Error(`test/support/samples.ts has no sample of ${what}`);
};

/** What the row cannot do without. Throws where there is no sample of the row. */
export const required = async (
	bank: TestBank,
	{ id, resource, operation }: TableRow,
): Promise<IDataObject> => ({
	resource,
	operation,
	...(await (REQUIRED[id] ?? missing(id))(bank)),
});

/** The same, and a value for every field and every entry of a collection. Throws where there is no sample of one. */
export const complete = async (bank: TestBank, row: TableRow): Promise<IDataObject> => {
	const given: IDataObject = await required(bank, row);
	const valueOf = (name: string) => {
		const own = `${row.id}.${name}`;
		if (own in OPTIONAL) return OPTIONAL[own];
		return name in OPTIONAL ? OPTIONAL[name] : missing(own);
	};
	for (const { name, type, required: isRequired, options = [] } of row.fields) {
		if (isRequired) continue;
		if (type !== 'collection') given[name] = valueOf(name) as IDataObject;
		else
			given[name] = Object.fromEntries(
				options.map((option) => [option.name, valueOf(option.name)]),
			) as IDataObject;
	}
	return given;
};

/** What bunq grants every OAuth app (facts/bunq-api.md 8), and the operations that use it. */
export const RIGHTS: Array<[right: string, operations: string[]]> = [
	['read and create monetary accounts', ['account.getAll', 'account.get', 'account.create']],
	[
		'read payments and transactions',
		['payment.getAll', 'payment.get', 'cardTransaction.getAll', 'cardTransaction.get'],
	],
	['create payments between monetary accounts of the same user', ['payment.create']],
	['create draft payments, which the user approves in the app', ['draftPayment.create']],
	['assign a monetary account to a card', ['card.linkAccount']],
	[
		'read, create and manage cards',
		['card.getAll', 'card.get', 'card.getNames', 'card.create', 'card.update', 'card.freeze'],
	],
	[
		'read and create request inquiries',
		['requestInquiry.getAll', 'requestInquiry.get', 'requestInquiry.create'],
	],
	['read request responses', ['requestResponse.getAll', 'requestResponse.get']],
];
