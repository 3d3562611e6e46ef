import { startSimulator, type Simulator } from '..';
import type { Json } from '../bank/state';
import { type BankAnswer, callBank } from '../control/testClient';
import { OWN_ROUTES, ROUTES } from '../resources';
import { type RecordingName, recording } from '../../support/recordings';
import { AS_AN_APP, callEverything, operationName } from './everyAnswer';

/** The simulated bank's answers, compared with the shapes of those that a real bunq sent: their keys and types. */

const ACCOUNT = '/user/{}/monetary-account/{}';
/** Operations without rules of their own, of which there are recordings. */
const GENERIC = [
	'GET /user/{}/credential-password-ip',
	'GET /user/{}/credential-password-ip/{}/ip',
	'GET /user/{}/export-annual-overview/{}',
	'GET /user/{}/invoice/{}',
];

/** Hundreds of signed calls. */
const CALLS_MS = 90_000;

let bank: Simulator;
let answers: Map<string, BankAnswer>;
beforeAll(async () => {
	bank = await startSimulator();
	const generic = ROUTES.filter((route) => GENERIC.includes(operationName(route)));
	answers = await callEverything(bank, [...new Set([...OWN_ROUTES, ...generic])]);
}, CALLS_MS);
afterAll(() => bank.stop());

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Paths of keys that a recording has and an answer lacks, or has with another type. Nothing is missing below a null, and
 * entries of lists are taken together.
 */
const deviations = (recorded: unknown, answer: unknown, way = ''): string[] => {
	if (recorded === null || answer === null) return [];
	if (Array.isArray(recorded) && Array.isArray(answer)) {
		const all = answer.every(isObject) ? Object.assign({}, ...answer) : answer[0];
		const any = answer.length === 0 ? null : all;
		return [...new Set(recorded.flatMap((item) => deviations(item, any, `${way}[]`)))];
	}
	if (isObject(recorded) && isObject(answer)) {
		return Object.entries(recorded).flatMap(([key, value]) =>
			key in answer ? deviations(value, answer[key], `${way}.${key}`) : [`${way}.${key}`],
		);
	}
	// Of an error, the texts are kept.
	const type = /^(string|number|boolean)$/.test(String(recorded)) ? recorded : typeof recorded;
	return type === typeof answer && !isObject(answer) ? [] : [`${way}: ${typeof answer}`];
};

/** An object in the answer to an operation; by default the first one of that name. */
const objectIn = (
	operation: string,
	wrapper: string,
	isIt: (object: Json) => boolean = () => true,
) => {
	const objects: Json[] = answers.get(operation)?.json.Response;
	const found = objects.map((item) => item[wrapper] as Json).find((each) => each && isIt(each));
	if (!found) throw new Error(`No ${wrapper} in ${operation}`);
	return found;
};

const payment = () => objectIn(`GET ${ACCOUNT}/payment/{}`, 'Payment');
const paymentToBunq = () =>
	objectIn(`GET ${ACCOUNT}/payment`, 'Payment', ({ type }) => type === 'BUNQ');
const inquiry = () => objectIn(`GET ${ACCOUNT}/request-inquiry/{}`, 'RequestInquiry');
const inquiryToBunq = () =>
	objectIn(`GET ${ACCOUNT}/request-inquiry`, 'RequestInquiry', (each) => !each.bunqme_share_url);
const response = () => objectIn(`GET ${ACCOUNT}/request-response/{}`, 'RequestResponse');
const cardUse = () => objectIn(`GET ${ACCOUNT}/mastercard-action/{}`, 'MasterCardAction');
const card = () => objectIn('GET /user/{}/card', 'CardDebit');
const account = (kind: string) => () => objectIn('GET /user/{}/monetary-account', kind);
const whole = (operation: string) => () => answers.get(operation)?.json;

/** The object in a recording: of an answer or of a callback. */
const objectOf = (name: RecordingName, wrapper: string) => {
	const { Response, NotificationUrl } = recording(name);
	if (NotificationUrl) return NotificationUrl.object[wrapper];
	return Response.find((item: Json) => wrapper in item)[wrapper];
};

type Compared = [name: RecordingName, wrapper: string | null, answer: () => unknown];

/** Of a recording: the name of its object, or null for the whole of it; and the bank's answer. */
const COMPARED: Compared[] = [
	['create-installation', null, whole('POST /installation')],
	['create-device', null, whole('POST /device-server')],
	['create-session-apikey', null, whole('POST /session-server')],
	['create-session-oauth', 'UserApiKey', () => objectIn(AS_AN_APP, 'UserApiKey')],
	['list-all-monetary-accounts-for-user', null, whole('GET /user/{}/monetary-account')],
	['list-all-monetary-accounts-for-user', 'MonetaryAccountBank', account('MonetaryAccountBank')],
	['read-monetary-account-bank', null, whole('GET /user/{}/monetary-account-bank/{}')],
	['callback-MonetaryAccountBank', 'MonetaryAccountBank', account('MonetaryAccountBank')],
	['callback-live-MUTATION_CREATED', 'Payment', paymentToBunq],
	['callback-live-MUTATION_RECEIVED', 'Payment', paymentToBunq],
	['callback-Mutation', 'Payment', payment],
	['payment-list-partner', 'Payment', payment],
	[
		'callback-DraftPayment',
		'DraftPayment',
		() => objectIn(`GET ${ACCOUNT}/draft-payment/{}`, 'DraftPayment'),
	],
	['callback-BunqMeTab', 'BunqMeTab', () => objectIn(`GET ${ACCOUNT}/bunqme-tab/{}`, 'BunqMeTab')],
	['callback-MasterCardAction', 'MasterCardAction', cardUse],
	['mastercard-action-list-partner', 'MasterCardAction', cardUse],
	['card-list-partner', 'CardDebit', card],
	['card-2017', 'CardDebit', card],
	['callback-RequestInquiry', 'RequestInquiry', inquiry],
	['callback-live-REQUEST_INQUIRY_CREATED', 'RequestInquiry', inquiryToBunq],
	['callback-live-REQUEST_INQUIRY_ACCEPTED', 'RequestInquiry', inquiryToBunq],
	[
		'callback-live-REQUEST_INQUIRY_BATCH_CREATED',
		'RequestInquiryBatch',
		() => objectIn(`GET ${ACCOUNT}/request-inquiry-batch/{}`, 'RequestInquiryBatch'),
	],
	['callback-RequestResponse', 'RequestResponse', response],
	['callback-live-REQUEST_RESPONSE_CREATED', 'RequestResponse', response],
	['callback-live-REQUEST_RESPONSE_ACCEPTED', 'RequestResponse', response],
	['request-response-2017', 'RequestResponse', response],
	['notification-filter-url-2019', null, whole('POST /user/{}/notification-filter-url')],
	['notification-filter-url-post', null, whole('POST /user/{}/notification-filter-url')],
	['notification-filter-url-list', null, whole('GET /user/{}/notification-filter-url')],
	['notification-filter-failure-list', null, whole('GET /user/{}/notification-filter-failure')],
	['attachment', null, whole(`POST ${ACCOUNT}/attachment`)],
	['sandbox-user', null, whole('POST /sandbox-user-person')],
	['credential-password-ip-list', null, whole('GET /user/{}/credential-password-ip')],
	['permitted-ip-list', null, whole('GET /user/{}/credential-password-ip/{}/ip')],
	['export-annual-overview', null, whole('GET /user/{}/export-annual-overview/{}')],
	['invoice', null, whole('GET /user/{}/invoice/{}')],
];

/** Keys of labels in examples of 2017 that no newer recording has. */
const labelsOf2017 = (way: string) =>
	['bunq_me', 'swift_bic', 'swift_account_number'].map((key) => `${way}.${key}`);

/** Until 2019, one could chat about everything. */
const CHAT = ['.conversation', '.allow_chat'];

/** What recordings have and the bank lacks: keys of the past, a fixture's misspelling, and keys of the Partner API. */
const LACKS: Partial<Record<RecordingName, string[]>> = {
	'monetary-account-joint': ['.daily_spent', '.notification_filters'],
	'callback-MonetaryAccountBank': [
		'.daily_spent',
		'.notification_filters',
		'.avatar.image[].content_type|',
	],
	'callback-Mutation': ['.maturity_date', ...CHAT],
	'callback-MasterCardAction': CHAT,
	'callback-RequestInquiry': CHAT,
	'callback-RequestResponse': CHAT,
	invoice: [
		...labelsOf2017('.Response[].Invoice.alias'),
		...labelsOf2017('.Response[].Invoice.counterparty_alias'),
	],
	'payment-list-partner': ['.status', '.counterparty_alias.name'],
	'card-list-partner': [
		'.expected_delivery_date',
		'.setting',
		'.is_card_frozen_payment_tokenized_allowed',
	],
	'card-2017': [
		'.primary_account_number_four_digit',
		'.limit',
		'.mag_stripe_permission',
		...labelsOf2017('.label_monetary_account_ordered'),
		...labelsOf2017('.label_monetary_account_current'),
	],
	'callback-live-REQUEST_INQUIRY_BATCH_CREATED': ['.request_inquiries[].all_auto_save_entry'],
	'request-response-2017': [
		...labelsOf2017('.alias'),
		...labelsOf2017('.counterparty_alias'),
		'.credit_scheme_identifier',
		'.mandate_identifier',
		'.allow_chat',
	],
};

test.each(COMPARED)('%s: the bank has its keys and types', (name, wrapper, answer) => {
	const recorded = wrapper === null ? recording(name) : objectOf(name, wrapper);
	expect([...deviations(recorded, answer())].sort()).toEqual([...(LACKS[name] ?? [])].sort());
});

test('monetary-account-joint: the bank has its keys and types', () => {
	const found = deviations(recording('monetary-account-joint'), account('MonetaryAccountJoint')());
	expect(found).toEqual(LACKS['monetary-account-joint']);
});

test('payment-2025: the bank has its keys and types', () => {
	expect(deviations(recording('payment-2025'), payment())).toEqual([]);
});

test('callback-PaymentBatch: the bank has its keys and types', () => {
	// §9.3: newer batches nest their payments one level deeper; a payment's keys are compared above.
	const recorded = {
		...objectOf('callback-PaymentBatch', 'PaymentBatch'),
		payments: { Payment: [] },
	};
	expect(deviations(recorded, objectIn(`GET ${ACCOUNT}/payment-batch/{}`, 'PaymentBatch'))).toEqual(
		[],
	);
});

test.each(['error', 'error-404', 'error-session-timeout', 'error-400-invalid-iban'] as const)(
	'%s: an error has the same keys',
	async (name) => {
		const { json } = await callBank(bank.url, 'GET', '/v1/user');
		expect(deviations(json, recording(name))).toEqual([]);
		expect(deviations(recording(name), json)).toEqual([]);
	},
);

test('a missing key and another type are noticed', () => {
	const shape = { id: 'number', amount: { value: 'string' }, list: [{ id: 'number' }] };
	const same = { id: 1, amount: { value: '1' }, list: [{ id: 1 }] };
	expect(deviations(shape, same)).toEqual([]);
	expect(deviations(shape, { ...same, amount: null })).toEqual([]);
	expect(deviations(shape, { id: 1, list: [] })).toEqual(['.amount']);
	expect(deviations(shape, { ...same, amount: {} })).toEqual(['.amount.value']);
	expect(deviations(shape, { ...same, id: '1', list: [{ id: '1' }] })).toEqual([
		'.id: string',
		'.list[].id: string',
	]);
});
