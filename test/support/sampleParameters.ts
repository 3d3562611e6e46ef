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
		/** Whether something is read after the write, which a repetition reads again. */
		readsAfterwards: 'finish' in row && row.finish !== undefined,
		/** Whether a write of unknown outcome is looked up. */
		isLookedUp: 'recovery' in row && typeof row.recovery === 'function',
	})),
);

export type OperationRow = (typeof rows)[number];

/** Whether the operation has Skip If Duplicate. */
export const canSkipDuplicates = ({ fields }: OperationRow) =>
	fields
		.filter(({ name }) => name === 'options')
		.some(({ options = [] }) => options.some(({ name }) => name === 'skipIfDuplicate'));

const main = async (bank: TestBank) => ({ account: await bank.locate('Main') });
const card = async (bank: TestBank) => ({ card: locator('id', (await bank.world()).cards[0].id) });

/** A card after this operation. */
const cardAfter = async (operation: 'freeze' | 'unfreeze', bank: TestBank) => {
	await bank.apiKey({ resource: 'card', operation, ...(await card(bank)) });
	return await card(bank);
};

/** A URL that bunq calls. */
const callbackUrl = async (bank: TestBank) => {
	const url = 'https://other.example.com/hook';
	const body = { notification_filters: [{ category: 'MUTATION', notification_target: url }] };
	const path = '/user/{user}/notification-filter-url';
	const { error } = await bank.apiKey(
		{ resource: 'api', operation: 'request', method: 'POST', path, body: JSON.stringify(body) },
		{ credential: { allowPaymentsToOthers: true, limitAmount: false } },
	);
	if (error) throw new Error(`No callback: ${error.message}`);
	return url;
};

const requestResponse = async (bank: TestBank) => {
	const accountId = await bank.accountId('Main');
	const id = await bank.control.addRequestResponse({ accountId });
	return { requestResponseId: String(id) };
};

const subject = async (bank: TestBank) => {
	const [id] = await bank.receive('Main');
	return { account: await bank.locate('Main'), subjectId: String(id) };
};

/** A subject with a note. */
const noted = async (bank: TestBank, operation: 'addFile' | 'addText') => {
	const place = await subject(bank);
	const note = { resource: 'note', operation, ...place, content: 'Sample' };
	const { error, json } = await bank.apiKey(note);
	if (error) throw new Error(`note.${operation}: ${error.message}`);
	return { place, noteId: String(json[0].id) };
};

const JANUARY = { dateStart: '2026-01-01', dateEnd: '2026-01-31' };

/** A statement that is ready. */
const statement = async (bank: TestBank) => {
	const order = { resource: 'statement', operation: 'download', ...(await main(bank)), ...JANUARY };
	const { error, json } = await bank.apiKey(order);
	if (error) throw new Error(`statement.download: ${error.message}`);
	return { statementId: String(json[0].id) };
};

/** Values of required fields, by field. An ID without an entry is that of an object which `createdBy` creates. */
const BY_FIELD: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	account: main,
	amount: async () => ({ amount: 2, currency: 'EUR' }),
	atMost: async () => ({ atMost: '1000.00' }),
	card,
	content: async () => ({ content: 'Sample' }),
	dateEnd: async () => ({ dateEnd: JANUARY.dateEnd }),
	dateStart: async () => ({ dateStart: JANUARY.dateStart }),
	invoiceId: async (bank) => {
		const { json } = await bank.apiKey({ resource: 'invoice', operation: 'getAll' });
		return { invoiceId: String(json[0].id) };
	},
	recipientIban: async (bank) => await bank.toThirdParty(),
	requestResponseId: requestResponse,
	startAt: async () => ({ startAt: '2099-01-01T09:00:00' }),
	statementId: statement,
	subjectId: subject,
	cardTransactionId: async (bank) => {
		const [id] = await bank.control.addCardTransactions(await bank.accountId('Main'), [{}]);
		return { cardTransactionId: String(id) };
	},
};

/** For operations that need more than their required fields to succeed or to change something. */
const REQUIRED: Record<string, (bank: TestBank) => Promise<IDataObject>> = {
	'account.close': async (bank) => ({ account: locator('id', await bank.control.addAccount({})) }),
	'account.create': async () => ({ accountType: 'bank', accountName: 'Sample', currency: 'EUR' }),
	// No single field is required, but one of them is.
	'account.update': async (bank) => ({
		account: await bank.locate('Holiday'),
		updateFields: { accountName: 'Holiday' },
	}),
	'api.request': async () => ({ method: 'GET', path: '/user/{user}' }),
	'payment.keepAtTarget': async (bank) => ({
		account: await bank.locate('Household'),
		counterAccount: await bank.locate('Main'),
		targetBalance: `${Number(await bank.balance('Household')) + 2}`,
	}),
	'sandbox.addMoney': async (bank) => ({
		account: await bank.locate('Main', 'sandbox'),
		amount: 2,
	}),
	'callback.delete': async (bank) => ({ url: await callbackUrl(bank) }),
	'callback.getAll': async (bank) => {
		await callbackUrl(bank);
		return {};
	},
	'card.create': async (bank) => ({ ...(await main(bank)), nameOnCard: 'E. Levy' }),
	'card.freeze': async (bank) => await cardAfter('unfreeze', bank),
	'card.unfreeze': async (bank) => await cardAfter('freeze', bank),
	'note.delete': async (bank) => {
		const { place, noteId } = await noted(bank, 'addText');
		return { ...place, noteId };
	},
	'note.downloadFiles': async (bank) => (await noted(bank, 'addFile')).place,
	'note.getAll': async (bank) => (await noted(bank, 'addFile')).place,
	'statement.getAll': async (bank) => {
		await statement(bank);
		return await main(bank);
	},
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
	keepInCounterAccount: '1.00',
	minimumTransfer: '0.50',
	'payment.keepAtTarget.direction': 'topUp',
	endAt: '2099-12-31T09:00:00',
	paid: 'unpaid',
	scheduleEnd: '2099-12-31T09:00:00',
	scheduleStart: '2099-01-01T09:00:00',
	'bunqMeLink.getAll.status': ['WAITING_FOR_PAYMENT'],
	'account.create.accountType': 'savings',
	color: '#FF7819',
	counterparty: 'e',
	countryPermissions: 'NL, DE',
	createdAfter: '2020-01-01T00:00:00',
	createdBefore: '2100-01-01T00:00:00',
	currency: 'EUR',
	dailyLimit: 400,
	descriptionContains: 'a',
	direction: 'out',
	fallbackAccount: locator('name', 'Household'),
	format: 'pdf',
	includeClosed: true,
	'api.request.inputDataFieldName': '',
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
	subject: 'payment',
	noteType: 'text',
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
