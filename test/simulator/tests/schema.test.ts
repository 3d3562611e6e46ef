import { startSimulator, type Simulator } from '..';
import type { BankAnswer } from '../control/testClient';
import { OWN_ROUTES } from '../resources';
import { nameOf, OPERATIONS, operationOf, schemaOf } from '../../support/openapi';
import { AS_AN_APP, callEverything, operationName } from './everyAnswer';
import { ALL, ERRORS, problemsOf, type Mistake } from './specErrors';

/** The simulated bank's answer to each operation of bunq's OpenAPI file, compared with that file. */

/** "An endpoint that will always throw an error", says the file. */
const ALWAYS_AN_ERROR = 'POST /server-error';

/** Hundreds of signed calls. */
const CALLS_MS = 90_000;

let bank: Simulator;
let answers: Map<string, BankAnswer>;
beforeAll(async () => {
	bank = await startSimulator();
	answers = await callEverything(bank);
}, CALLS_MS);
afterAll(() => bank.stop());

const answerTo = (operation: string) => answers.get(operation) as BankAnswer;

test('all 480 operations are answered', () => {
	const refused = [...answers].filter(([, { status }]) => status !== 200);
	expect(refused.map(([name, { status, text }]) => [name, status, text])).toEqual([
		[ALWAYS_AN_ERROR, 500, expect.stringContaining('error_description')],
	]);
	expect([...answers.keys()].sort()).toEqual([...OPERATIONS, AS_AN_APP].sort());
	expect(OPERATIONS).toHaveLength(480);
});

/** Deviations of all answers, each with its operation. */
const problems = (mended: Mistake[]) =>
	OPERATIONS.filter((name) => name !== ALWAYS_AN_ERROR).flatMap((name) =>
		problemsOf(name, answerTo(name), mended).map((problem) => `${name}: ${problem}`),
	);

test('their answers fit the file', () => {
	expect(problems(ALL)).toEqual([]);
});

test('the answer to an app fits the file', () => {
	expect(problemsOf('GET /user', answerTo(AS_AN_APP), ALL)).toEqual([]);
});

test.each(Object.entries(ERRORS) as [Mistake, string][])(
	'the file is wrong about the %s: it %s',
	(mistake) => {
		expect(problems(ALL.filter((each) => each !== mistake))).not.toEqual([]);
	},
);

test.each(OWN_ROUTES.filter(({ body }) => body).map((row) => [operationName(row), row] as const))(
	'%s: the bank allows the fields of the file and requires no others',
	(_, { body = {}, ...row }) => {
		const { properties = {}, required = [] } = schemaOf(nameOf(operationOf(row)?.body ?? {}));
		const writable = Object.keys(properties).filter((name) => !properties[name].readOnly);
		// The bank has one order for both kinds of card; the file names this field for credit cards only.
		if (row.path.endsWith('/card-debit')) writable.push('first_line');
		expect(writable).toEqual(expect.arrayContaining(Object.keys(body)));
		// A PUT may omit fields that a POST must have; the file has one schema for both (§9.4).
		if (row.method === 'PUT') return;
		for (const name of required) expect(body[name]).toMatchObject({ required: true });
	},
);

test('a value of a wrong type is noticed', () => {
	const name = 'GET /user/{}/monetary-account/{}/payment/{}';
	const spoilt = JSON.parse(answerTo(name).text);
	spoilt.Response[0].Payment.amount.value = 1;
	expect(problemsOf(name, { json: spoilt } as BankAnswer, ALL)).not.toEqual([]);
});
