import { startSimulator, type Simulator } from '..';
import type { Json } from '../bank/state';
import { type BankAnswer, callBank } from '../control/testClient';
import { OWN_ROUTES } from '../resources';
import { recording } from '../../support/recordings';
import { AS_AN_APP, callEverything } from './everyAnswer';

/** The simulated bank's answers, compared with the shapes of those that a real bunq sent. */

let bank: Simulator;
let answers: Map<string, BankAnswer>;
beforeAll(async () => {
	bank = await startSimulator();
	answers = await callEverything(bank, OWN_ROUTES);
});
afterAll(() => bank.stop());

describe('recordings of the real bank', () => {
	const isObject = (value: unknown): value is Json =>
		typeof value === 'object' && value !== null && !Array.isArray(value);

	/** Paths of keys that a recording has and an answer lacks. Nothing is missing below a null. */
	const missing = (recorded: unknown, answer: unknown, way = ''): string[] => {
		if (Array.isArray(recorded) && Array.isArray(answer)) {
			const any = answer.length === 0 ? null : Object.assign({}, ...answer);
			return [...new Set(recorded.flatMap((item) => missing(item, any, `${way}[]`)))];
		}
		if (!isObject(recorded) || !isObject(answer)) return [];
		return Object.entries(recorded).flatMap(([key, value]) =>
			key in answer ? missing(value, answer[key], `${way}.${key}`) : [`${way}.${key}`],
		);
	};

	/** Keys of the oldest recordings (2017, 2018) that newer ones lack. */
	const GONE = [
		'.daily_spent',
		'.notification_filters',
		'.maturity_date',
		'.conversation',
		'.allow_chat',
	];

	const answerOf = (name: string) => answers.get(name)?.json;
	const accountOf = (type: string) =>
		answerOf('GET /user/{}/monetary-account').Response.find((item: Json) => type in item)[type];
	const paymentOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/payment/{}').Response[0].Payment;
	const paymentToBunq = () =>
		answerOf('GET /user/{}/monetary-account/{}/payment').Response.find(
			({ Payment }: { Payment: Json }) => Payment.type === 'BUNQ',
		).Payment;
	const draftOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/draft-payment/{}').Response[0].DraftPayment;
	const cardTransactionOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/mastercard-action/{}').Response[0].MasterCardAction;
	const inquiryOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/request-inquiry/{}').Response[0].RequestInquiry;
	const inquiryToBunq = () =>
		answerOf('GET /user/{}/monetary-account/{}/request-inquiry').Response.find(
			({ RequestInquiry }: { RequestInquiry: Json }) => !RequestInquiry.bunqme_share_url,
		).RequestInquiry;
	const responseOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/request-response/{}').Response[0].RequestResponse;
	const batchOf = () =>
		answerOf('GET /user/{}/monetary-account/{}/payment-batch/{}').Response[0].PaymentBatch;

	test.each<[string, () => unknown, () => unknown]>([
		[
			'an installation',
			() => recording('create-installation'),
			() => answerOf('POST /installation'),
		],
		['a device', () => recording('create-device'), () => answerOf('POST /device-server')],
		[
			'a session of a key',
			() => recording('create-session-apikey'),
			() => answerOf('POST /session-server'),
		],
		[
			'the accounts',
			() => recording('list-all-monetary-accounts-for-user'),
			() => answerOf('GET /user/{}/monetary-account'),
		],
		[
			'a bank account',
			() => recording('read-monetary-account-bank'),
			() => answerOf('GET /user/{}/monetary-account-bank/{}'),
		],
		[
			'a joint account',
			() => recording('monetary-account-joint'),
			() => accountOf('MonetaryAccountJoint'),
		],
		[
			'a user behind an app',
			() => ({ UserApiKey: recording('create-session-oauth').Response[0].UserApiKey }),
			() => answerOf(AS_AN_APP).Response[0],
		],
		[
			'a payment of 2023',
			() => recording('callback-live-MUTATION_CREATED').NotificationUrl.object.Payment,
			paymentToBunq,
		],
		[
			'a payment of 2017',
			() => recording('callback-Mutation').NotificationUrl.object.Payment,
			paymentOf,
		],
		[
			'a draft of 2017',
			() => recording('callback-DraftPayment').NotificationUrl.object.DraftPayment,
			draftOf,
		],
		[
			'a bunq.me tab of 2017',
			() => recording('callback-BunqMeTab').NotificationUrl.object.BunqMeTab,
			() => answerOf('GET /user/{}/monetary-account/{}/bunqme-tab/{}').Response[0].BunqMeTab,
		],
		[
			'a card transaction of 2017',
			() => recording('callback-MasterCardAction').NotificationUrl.object.MasterCardAction,
			cardTransactionOf,
		],
		[
			'a batch of 2017',
			// §9.3: newer batches nest their payments one level deeper; a payment's keys are compared above.
			() => ({
				...recording('callback-PaymentBatch').NotificationUrl.object.PaymentBatch,
				payments: { Payment: [] },
			}),
			batchOf,
		],
		...(
			[
				['callback-RequestInquiry', 'RequestInquiry', inquiryOf],
				['callback-live-REQUEST_INQUIRY_CREATED', 'RequestInquiry', inquiryToBunq],
				['callback-live-REQUEST_INQUIRY_ACCEPTED', 'RequestInquiry', inquiryToBunq],
				['callback-RequestResponse', 'RequestResponse', responseOf],
				['callback-live-REQUEST_RESPONSE_CREATED', 'RequestResponse', responseOf],
				['callback-live-REQUEST_RESPONSE_ACCEPTED', 'RequestResponse', responseOf],
			] as const
		).map(
			([name, type, shown]) =>
				[name, () => recording(name).NotificationUrl.object[type], shown] as [
					string,
					() => unknown,
					() => unknown,
				],
		),
		['a payment of 2025', () => recording('payment-2025'), paymentOf],
		[
			'a list of notification filters of 2019',
			() => recording('notification-filter-url-2019'),
			() => answerOf('POST /user/{}/notification-filter-url'),
		],
		[
			'a bank account in a list',
			() => recording('list-all-monetary-accounts-for-user').Response[0].MonetaryAccountBank,
			() => accountOf('MonetaryAccountBank'),
		],
	])('have only keys that the simulator has: %s', (_, recorded, answer) => {
		expect(missing(recorded(), answer()).filter((key) => !GONE.includes(key))).toEqual([]);
	});

	test.each(GONE)('had %s in the past', (key) => {
		const [joint, bankAccount] = [
			recording('monetary-account-joint'),
			recording('read-monetary-account-bank').Response[0].MonetaryAccountBank,
		];
		const [old, recent] = (['callback-Mutation', 'callback-live-MUTATION_CREATED'] as const).map(
			(name) => recording(name).NotificationUrl.object.Payment,
		);
		expect([...missing(joint, bankAccount), ...missing(old, recent)]).toContain(key);
	});

	test('have the same form of an error', async () => {
		const { json } = await callBank(bank.url, 'GET', '/v1/user');
		expect(json).toEqual(recording('error'));
	});

	test('reveal a missing key', () => {
		const rest = { ...paymentOf() };
		delete rest.amount;
		expect(missing(paymentOf(), rest)).toContain('.amount');
		expect(missing(paymentOf(), { ...rest, amount: {} })).toContain('.amount.value');
		expect(missing(paymentOf(), { ...rest, amount: null })).toEqual([]);
	});
});
