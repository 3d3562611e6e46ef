import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { resources } from '../../nodes/Bunq/resources';
import type { TestBank } from './bank';
import { locator, MAY_PAY_OTHERS } from './parameters';

/** For every row of the table, parameters with which it succeeds: for the tests that run over the whole table. */

export const rows = resources.flatMap((resource) =>
	Object.entries(resource.operations).map(([operation, row]) => ({
		...row,
		id: `${resource.value}.${operation}`,
		resource: resource.value,
		operation,
		label: `${resource.name}: ${row.name}`,
		writes: 'recovery' in row,
		/** bunq is asked what became of a lost write. */
		isLookedUp: 'recovery' in row && typeof row.recovery === 'function',
	})),
);

export type TableRow = (typeof rows)[number];

const main = async (bank: TestBank) => ({ account: await bank.locate('Main') });
const card = async (bank: TestBank) => ({ card: locator('id', (await bank.world()).cards[0].id) });

/** A card after this was done to it. */
const cardThatIs = async (operation: 'freeze' | 'unfreeze', bank: TestBank) => {
	await bank.apiKey({ resource: 'card', operation, ...(await card(bank)) });
	return await card(bank);
};

const toSam = async (bank: TestBank) => {
	const [{ iban, displayName }] = (await bank.world()).thirdParties;
	return { recipientType: 'iban', recipientIban: iban, recipientName: displayName };
};

const asked = async (bank: TestBank) => {
	const { id: accountId } = await bank.account('Main');
	const id = await bank.control.addRequestResponse({ accountId });
	return { requestResponseId: String(id) };
};

/** May pay everybody. */
export const ANYBODY = { credential: MAY_PAY_OTHERS };

/** What a required field gets, by its name; an ID that is not here is of what `made` makes. */
const BY_FIELD: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	account: main,
	amount: async () => ({ amount: 2, currency: 'EUR' }),
	card,
	recipientIban: toSam,
	requestResponseId: asked,
	cardTransactionId: async (bank) => {
		const [id] = await bank.control.addCardTransactions(await bank.accountId('Main'), [{}]);
		return { cardTransactionId: String(id) };
	},
};

/** For the rows whose required fields alone do not make them succeed, or do nothing. */
const REQUIRED: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	'account.close': async (bank) => ({ account: locator('id', await bank.control.addAccount({})) }),
	'account.create': async () => ({ accountType: 'bank', description: 'Sample', currency: 'EUR' }),
	// What is to change is required, if nothing of it by itself.
	'account.update': async (bank) => ({
		account: await bank.locate('Holiday'),
		updateFields: { description: 'Holiday' },
	}),
	'api.request': async () => ({ method: 'GET', path: '/user/{user}' }),
	'card.create': async (bank) => ({ ...(await main(bank)), nameOnCard: 'E. Levy' }),
	'card.freeze': async (bank) => await cardThatIs('unfreeze', bank),
	'card.unfreeze': async (bank) => await cardThatIs('freeze', bank),
	'card.update': async (bank) => ({ ...(await card(bank)), updateFields: { cardLimit: 200 } }),
};

/** `paymentId` is of what the payment's Create makes, `batchId` of what its Create Batch does. */
const made = async (bank: TestBank, resource: string, name: string): Promise<IDataObject> => {
	const operation = name === 'batchId' ? 'createBatch' : 'create';
	const row = rows.find((one) => one.id === `${resource}.${operation}`);
	if (!row || !name.endsWith('Id')) return missing(`${resource}: ${name}`);
	const { json, error } = await bank.apiKey(await required(bank, row), ANYBODY);
	if (error) throw new Error(`${row.id}: ${error.message}`);
	return { [name]: String(json[0].id) };
};

/** The recipient is given by IBAN. */
const OTHER_RECIPIENT = /^recipient(Account|Email|Name|Phone)$/;

/** A value for every required field that has none of its own. */
const fromFields = async (bank: TestBank, { resource, fields }: TableRow) => {
	const given: IDataObject = {};
	for (const { name, required: isRequired, type, default: preset } of fields) {
		if (!isRequired || OTHER_RECIPIENT.test(name) || (type === 'string' && preset)) continue;
		Object.assign(given, await (BY_FIELD[name]?.(bank) ?? made(bank, resource, name)));
	}
	return given;
};

/**
 * Another value than its default for a field that may be left out, by `resource.operation.field` or `field`. What is not
 * here gets one by its type.
 */
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
	fallbackAccount: locator('name', 'Household'),
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

/** Another value than the default, where the type alone tells one. */
const byType = ({ type, default: preset, options = [] }: INodeProperties): unknown => {
	const values = (options as INodePropertyOptions[]).map(({ value }) => value);
	if (type === 'boolean') return !preset;
	if (type === 'number') return Number(preset) + 1;
	if (type === 'string') return 'Sample';
	if (type === 'options') return values.find((value) => value !== preset);
	return type === 'multiOptions' ? [values[0]] : undefined;
};

const missing = (what: string): never => {
	throw new Error(`test/support/sampleParameters.ts has no sample of ${what}`);
};

/** What the row cannot do without. Throws where there is no sample of the row. */
export const required = async (bank: TestBank, row: TableRow): Promise<IDataObject> => ({
	resource: row.resource,
	operation: row.operation,
	...(await (REQUIRED[row.id]?.(bank) ?? fromFields(bank, row))),
});

/** The same, and a value for every field and every entry of a collection. Throws where there is no sample of one. */
export const complete = async (bank: TestBank, row: TableRow): Promise<IDataObject> => {
	const given: IDataObject = await required(bank, row);
	const valueOf = (field: INodeProperties) => {
		const own = `${row.id}.${field.name}`;
		if (own in OPTIONAL) return OPTIONAL[own];
		return field.name in OPTIONAL ? OPTIONAL[field.name] : (byType(field) ?? missing(own));
	};
	for (const field of row.fields) {
		const { name, type, required: isRequired, options = [] } = field;
		if (isRequired) continue;
		if (type !== 'collection') given[name] = valueOf(field) as IDataObject;
		else
			given[name] = Object.fromEntries(
				(options as INodeProperties[]).map((option) => [option.name, valueOf(option)]),
			) as IDataObject;
	}
	return given;
};

/** What bunq grants every OAuth app (docs/bunq-api.md 8), and the operations that use it. */
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
