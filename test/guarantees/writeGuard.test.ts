import type { IDataObject } from 'n8n-workflow';
import { assertWriteAllowed } from '../../nodes/Bunq/resources/writeGuard';
import { LEFT_TO_BUNQ, type SpendingPolicy } from '../../nodes/Bunq/spendingPolicy';
import { read } from '../support/project';

/** Every write in bunq's OpenAPI file, as API Request decides on it where payments to others are not unlimited. */

const { operations, schemas } = JSON.parse(read('test/support/bunqOpenApi.json')) as {
	operations: Record<string, { body?: string }>;
	schemas: Record<string, Record<string, string>>;
};
const WRITES = Object.keys(operations).filter((name) => /^(POST|PUT|DELETE) /.test(name));
const NOTES = /\/note-(text|attachment)(\/\{\})?$/;

/** bunq's writes that certainly move no money and give nobody access. A draft needs its number of approvals. */
const SAFE = [
	'DELETE /user/{}/card/{}/export-statement-card-csv/{}',
	'DELETE /user/{}/card/{}/export-statement-card-pdf/{}',
	'DELETE /user/{}/export-annual-overview/{}',
	'DELETE /user/{}/invoice/{}/invoice-export/{}',
	'DELETE /user/{}/monetary-account/{}/customer-statement/{}',
	'DELETE /user/{}/monetary-account/{}/export-rib/{}',
	'POST /user/{}/additional-transaction-information-category-user-defined',
	'POST /user/{}/card-batch',
	'POST /user/{}/card-batch-replace',
	'POST /user/{}/card-credit',
	'POST /user/{}/card-debit',
	'POST /user/{}/card/{}/export-statement-card-csv',
	'POST /user/{}/card/{}/export-statement-card-pdf',
	'POST /user/{}/card/{}/replace',
	'POST /user/{}/export-annual-overview',
	'POST /user/{}/invoice/{}/invoice-export',
	'POST /user/{}/monetary-account-bank',
	'POST /user/{}/monetary-account-savings',
	'POST /user/{}/monetary-account/{}/attachment',
	'POST /user/{}/monetary-account/{}/bunqme-tab',
	'POST /user/{}/monetary-account/{}/customer-statement',
	'POST /user/{}/monetary-account/{}/draft-payment',
	'POST /user/{}/monetary-account/{}/event/{}/statement',
	'POST /user/{}/monetary-account/{}/export-rib',
	'POST /user/{}/monetary-account/{}/request-inquiry',
	'POST /user/{}/monetary-account/{}/request-inquiry-batch',
	'POST /user/{}/notification-filter-email',
	'POST /user/{}/notification-filter-failure',
	'POST /user/{}/notification-filter-push',
	'PUT /user/{}/card/{}',
	'PUT /user/{}/invoice/{}/invoice-export/{}',
	'PUT /user/{}/monetary-account-bank/{}',
	'PUT /user/{}/monetary-account-savings/{}',
	'PUT /user/{}/monetary-account/{}/bunqme-tab/{}',
	'PUT /user/{}/monetary-account/{}/request-inquiry-batch/{}',
	'PUT /user/{}/monetary-account/{}/request-inquiry/{}',
];

const GUARDED: SpendingPolicy[] = [
	LEFT_TO_BUNQ,
	{ toOthers: 'never' },
	{ toOthers: 'limited', maxCents: 100 },
];

/** The message of the refusal, if there is one; any policy but `unlimited` gives the same. */
const refusalOf = (operation: string, more: IDataObject = {}) => {
	const [method, template] = operation.split(' ') as ['POST', string];
	const path = template.replace('/user/{}', '/user/{user}').replaceAll('{}', '7');
	const body = {
		...(path.endsWith('/draft-payment') && { number_of_required_accepts: 1 }),
		...more,
	};
	const refusals = GUARDED.map((policy) => {
		try {
			assertWriteAllowed({ method, path, body }, policy);
			return undefined;
		} catch (error) {
			return (error as Error).message;
		}
	});
	expect(new Set(refusals).size).toBe(1);
	return refusals[0];
};

test('of all of them, exactly these and the notes are sent', () => {
	expect(WRITES.length).toBeGreaterThan(200);
	const sent = WRITES.filter((operation) => !refusalOf(operation));
	expect(sent.filter((operation) => !NOTES.test(operation)).sort()).toEqual(SAFE);
	expect(sent.filter((operation) => NOTES.test(operation)).sort()).toEqual(
		WRITES.filter((operation) => NOTES.test(operation)).sort(),
	);
});

test('of their fields, exactly these are refused', () => {
	const refused = SAFE.flatMap((operation) =>
		Object.keys(schemas[operations[operation].body ?? ''] ?? {})
			.filter((key) => refusalOf(operation, { [key]: 'x' }))
			.map((key) => `${operation}: ${key}`),
	);
	expect(refused).toEqual([
		'POST /user/{}/monetary-account-bank: setting',
		'POST /user/{}/monetary-account-savings: all_co_owner',
		'POST /user/{}/monetary-account-savings: setting',
		'POST /user/{}/monetary-account/{}/draft-payment: status',
		'POST /user/{}/monetary-account/{}/draft-payment: number_of_required_accepts',
		'PUT /user/{}/card/{}: pin_code',
		'PUT /user/{}/card/{}: activation_code',
		'PUT /user/{}/monetary-account-bank/{}: setting',
		'PUT /user/{}/monetary-account-savings/{}: all_co_owner',
		'PUT /user/{}/monetary-account-savings/{}: setting',
	]);
});

test('a field is refused at any depth and in any case', () => {
	const pin = { pin_code_assignment: [{ type: 'PRIMARY', pin_code: '1234' }] };
	expect(refusalOf('PUT /user/{}/card/{}', pin)).toContain('"pin_code" in PUT');
	expect(refusalOf('POST /user/{}/card-debit', pin)).toContain('"pin_code" in POST');
	const draft = 'POST /user/{}/monetary-account/{}/draft-payment';
	expect(refusalOf(draft, { Status: 'ACCEPTED' })).toContain('"status" in POST');
	expect(refusalOf(draft, { entries: [{ description: '"status": x' }] })).toBeUndefined();
	for (const accepts of [undefined, null, 0, '1', true, 2, [1]])
		expect(refusalOf(draft, { number_of_required_accepts: accepts as number })).toContain(
			'"number_of_required_accepts" in POST',
		);
});

test('an API key that may pay others without a limit sends all', () => {
	for (const operation of WRITES) {
		const [method, path] = operation.split(' ') as ['POST', string];
		expect(() =>
			assertWriteAllowed({ method, path, body: {} }, { toOthers: 'unlimited' }),
		).not.toThrow();
	}
});

test('a refusal says why, and what does the same', () => {
	const path = '/user/{user}/monetary-account/7/payment';
	const refuse = (policy: SpendingPolicy) => () =>
		assertWriteAllowed({ method: 'POST', path, body: {} }, policy);
	const described = (text: string) =>
		expect.objectContaining({ description: expect.stringContaining(text) });
	expect(refuse(LEFT_TO_BUNQ)).toThrow(described('With OAuth'));
	for (const policy of GUARDED) expect(refuse(policy)).toThrow(described('Use "Payment: Create"'));
});
