import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { resources } from '../../nodes/Bunq/resources';
import type { TestBank } from './bank';
import { locator, MAY_PAY_OTHERS } from './parameters';

/** Parameters with which each operation succeeds, for tests that run every operation. */

export const rows = resources.flatMap((resource) =>
	Object.entries(resource.operations).map(([operation, row]) => ({
		...row,
		id: `${resource.value}.${operation}`,
		resource: resource.value,
		operation,
		label: `${resource.name}: ${row.name}`,
		writes: 'recovery' in row,
		/** Whether a write of unknown outcome is looked up. */
		isLookedUp: 'recovery' in row && typeof row.recovery === 'function',
	})),
);

export type OperationRow = (typeof rows)[number];

const main = async (bank: TestBank) => ({ account: await bank.locate('Main') });
const card = async (bank: TestBank) => ({ card: locator('id', (await bank.world()).cards[0].id) });

/** A card after this operation. */
const cardAfter = async (operation: 'freeze' | 'unfreeze', bank: TestBank) => {
	await bank.apiKey({ resource: 'card', operation, ...(await card(bank)) });
	return await card(bank);
};

const requestResponse = async (bank: TestBank) => {
	const accountId = await bank.accountId('Main');
	const id = await bank.control.addRequestResponse({ accountId });
	return { requestResponseId: String(id) };
};

/** Values of required fields, by field. An ID without an entry is that of an object which `createdBy` creates. */
const BY_FIELD: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	account: main,
	amount: async () => ({ amount: 2, currency: 'EUR' }),
	card,
	recipientIban: async (bank) => await bank.toThirdParty(),
	requestResponseId: requestResponse,
	cardTransactionId: async (bank) => {
		const [id] = await bank.control.addCardTransactions(await bank.accountId('Main'), [{}]);
		return { cardTransactionId: String(id) };
	},
};

/** For operations that need more than their required fields to succeed or to change something. */
const REQUIRED: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	'account.close': async (bank) => ({ account: locator('id', await bank.control.addAccount({})) }),
	'account.create': async () => ({ accountType: 'bank', description: 'Sample', currency: 'EUR' }),
	// No single field is required, but one of them is.
	'account.update': async (bank) => ({
		account: await bank.locate('Holiday'),
		updateFields: { description: 'Holiday' },
	}),
	'api.request': async () => ({ method: 'GET', path: '/user/{user}' }),
	'card.create': async (bank) => ({ ...(await main(bank)), nameOnCard: 'E. Levy' }),
	'card.freeze': async (bank) => await cardAfter('unfreeze', bank),
	'card.unfreeze': async (bank) => await cardAfter('freeze', bank),
	'card.update': async (bank) => ({ ...(await card(bank)), updateFields: { cardLimit: 200 } }),
};

/** Creates the object that an ID field refers to: `batchId` with Create Batch, the others with Create. */
const createdBy = async (bank: TestBank, resource: string, name: string): Promise<IDataObject> => {
	const operation = name === 'batchId' ? 'createBatch' : 'create';
	const row = rows.find((one) => one.id === `${resource}.${operation}`);
	if (!row || !name.endsWith('Id')) return missing(`${resource}: ${name}`);
	const { json, error } = await bank.apiKey(await requiredParameters(bank, row), {
		credential: MAY_PAY_OTHERS,
	});
	if (error) throw new Error(`${row.id}: ${error.message}`);
	return { [name]: String(json[0].id) };
};

/** The samples name the recipient by IBAN. */
const OTHER_RECIPIENT = /^recipient(Account|Email|Name|Phone)$/;

/** A value for every required field that has no default. */
const fromFields = async (bank: TestBank, { resource, fields }: OperationRow) => {
	const given: IDataObject = {};
	for (const { name, required: isRequired, type, default: preset } of fields) {
		if (!isRequired || OTHER_RECIPIENT.test(name) || (type === 'string' && preset)) continue;
		Object.assign(given, await (BY_FIELD[name]?.(bank) ?? createdBy(bank, resource, name)));
	}
	return given;
};

/**
 * Values of optional fields that differ from the default, by `resource.operation.field` or `field`. Fields without an
 * entry get a value by their type.
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

/** A value that differs from the default, where the type is enough to choose one. */
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

/** The parameters that an operation needs. Throws if a value is missing here. */
export const requiredParameters = async (
	bank: TestBank,
	row: OperationRow,
): Promise<IDataObject> => ({
	resource: row.resource,
	operation: row.operation,
	...(await (REQUIRED[row.id]?.(bank) ?? fromFields(bank, row))),
});

/** The same, with every optional field and every entry of a collection. */
export const allParameters = async (bank: TestBank, row: OperationRow): Promise<IDataObject> => {
	const given: IDataObject = await requiredParameters(bank, row);
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
