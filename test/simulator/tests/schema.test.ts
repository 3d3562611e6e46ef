import Ajv from 'ajv';
import { startSimulator, type Simulator, type World } from '..';
import { ROUTES } from '../resources';
import type { Route } from '../http/routes';
import type { Json } from '../bank/state';
import {
	type BankAnswer,
	callBank,
	clientKeys,
	euro,
	openSession,
	pick,
	type Session,
} from '../control/testClient';
import { nameOf, operationOf, schemaOf, schemas, type Schema } from '../../support/openapi';
import { recording } from '../../support/recordings';

/** The simulated bank's answers, compared with bunq's OpenAPI file and with recordings of the real bank. */

const rowName = ({ method, path }: Route) => `${method} ${path}`;

/** The file that payments, drafts and requests bring along, once it is uploaded. */
const receipt = { id: 0, uuid: '' };
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const entry = ({ thirdParties }: World) => ({
	amount: euro('1.00'),
	counterparty_alias: { type: 'IBAN', value: thirdParties[0].iban, name: 'Somebody' },
	description: 'Test',
	attachment: [{ id: receipt.id }],
});

const request = ({ thirdParties }: World) => ({
	amount_inquired: euro('1.00'),
	counterparty_alias: { type: 'EMAIL', value: thirdParties[0].email },
	description: 'Test',
	attachment: [{ id: receipt.id }],
	minimum_age: 18,
	require_address: 'NONE',
	redirect_url: 'https://example.com',
	allow_bunqme: true,
});

/** Values of bodies that are not in the world. */
interface Sample {
	/** The time of the last change of the draft in the URL. */
	updated: string;
	failureId: number;
}

const NOTES_PATH = '/user/{userId}/monetary-account/{accountId}/payment/{paymentId}/note-text';

const TARGET = 'https://n8n.example.com/hook';

/** A body for each route that has one. */
const BODIES: Record<string, (world: World, sample: Sample) => Json> = {
	'POST /installation': () => ({ client_public_key: clientKeys().publicKeyPem }),
	'POST /device-server': ({ apiKey }) => ({
		description: 'n8n',
		secret: apiKey,
		permitted_ips: ['*'],
	}),
	'POST /session-server': ({ apiKey }) => ({ secret: apiKey }),
	'POST /user/{userId}/monetary-account-bank': () => ({ currency: 'EUR' }),
	'POST /user/{userId}/monetary-account-savings': () => ({
		currency: 'EUR',
		savings_goal: euro('10'),
	}),
	'POST /user/{userId}/monetary-account-joint': () => ({
		currency: 'EUR',
		all_co_owner: [{ alias: { type: 'EMAIL', value: 'sam@example.com' } }],
	}),
	'POST /user/{userId}/monetary-account-external': () => ({ currency: 'EUR', service: 'x' }),
	'POST /user/{userId}/monetary-account-external-savings': () => ({
		currency: 'EUR',
		service: 'x',
	}),
	'POST /user/{userId}/monetary-account/{accountId}/payment': entry,
	'POST /user/{userId}/monetary-account/{accountId}/payment-batch': (world) => ({
		payments: [entry(world), entry(world)],
	}),
	'POST /user/{userId}/monetary-account/{accountId}/draft-payment': (world) => ({
		entries: [entry(world)],
		number_of_required_accepts: 1,
	}),
	'PUT /user/{userId}/monetary-account/{accountId}/draft-payment/{draftPaymentId}': (
		_,
		{ updated },
	) => ({ status: 'CANCELLED', previous_updated_timestamp: updated }),
	'POST /user/{userId}/monetary-account/{accountId}/request-inquiry': request,
	'POST /user/{userId}/monetary-account/{accountId}/request-inquiry-batch': (world) => ({
		request_inquiries: [request(world), request(world)],
		total_amount_inquired: euro('2.00'),
	}),
	'PUT /user/{userId}/monetary-account/{accountId}/request-inquiry/{requestInquiryId}': () => ({
		status: 'REVOKED',
	}),
	'PUT /user/{userId}/monetary-account/{accountId}/request-response/{requestResponseId}': () => ({
		status: 'ACCEPTED',
		amount_responded: euro('1.00'),
	}),
	...Object.fromEntries(
		['POST ', 'PUT '].map((method) => [
			`${method}${NOTES_PATH}${method === 'PUT ' ? '/{noteId}' : ''}`,
			() => ({ content: 'For the tax adviser' }),
		]),
	),
	...Object.fromEntries(
		['', '/monetary-account/{accountId}'].map((level) => [
			`POST /user/{userId}${level}/notification-filter-url`,
			() => ({ notification_filters: [{ category: 'MUTATION', notification_target: TARGET }] }),
		]),
	),
	'POST /user/{userId}/notification-filter-failure': (_, { failureId }) => ({
		notification_filter_failed_ids: String(failureId),
	}),
	'PUT /user/{userId}/card/{cardId}': () => ({ status: 'DEACTIVATED' }),
	...Object.fromEntries(
		['card-debit', 'card-credit'].map((path) => [
			`POST /user/{userId}/${path}`,
			() => ({
				second_line: '',
				name_on_card: 'E. Levy',
				type: 'MASTERCARD',
				product_type: 'MASTERCARD_TRAVEL',
			}),
		]),
	),
};

/** Requests with a file as their body (§9.10). */
const TAKES_FILE = /^POST .*\/attachment(-public)?$/;
const OF_FILE = { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'Receipt' };

/** Routes that need another caller, account or host than the seed's person. */
const OF_SANDBOX = /^POST \/sandbox-user/;
const kindOf = (path: string) => {
	const words = /monetary-account((?:-[a-z]+)+)/.exec(path)?.[1];
	return `MonetaryAccount${(words ?? '-bank').replace(/-(.)/g, (_, letter) => letter.toUpperCase())}`;
};

/** Calls every route once, within the rate limits. */
const callAllRows = async (bank: Simulator): Promise<Map<string, BankAnswer>> => {
	const { control, url } = bank;
	const world = await control.world();
	const company = pick(
		await callBank(url, 'POST', '/v1/sandbox-user-company', { environment: 'sandbox' }),
		'ApiKey',
	).api_key;
	const person = await openSession(url, world.apiKey);
	const companySession = await openSession(url, company, { environment: 'sandbox' });
	for (const type of ['MonetaryAccountExternalSavings', 'MonetaryAccountCard'])
		await control.addAccount({ type });
	const { accounts } = await control.world();
	const upload = async (path: string, name: string) =>
		pick(await person.post(path, PNG, { headers: OF_FILE }), name);
	Object.assign(
		receipt,
		await upload(`{user}/monetary-account/${accounts[0].id}/attachment`, 'Id'),
	);
	Object.assign(receipt, await upload('/attachment-public', 'Uuid'));
	const draft = await answeredDrafts(bank, person, world);
	const requests = `{user}/monetary-account/${accounts[0].id}/request-inquiry`;
	const inquiry = pick(await person.get(requests), 'RequestInquiry');
	const batch = await person.post(`${requests}-batch`, {
		request_inquiries: [request(world)],
		total_amount_inquired: euro('1.00'),
	});

	const failureId = await failedCallback(bank, person, accounts[0].id);

	const answers = new Map<string, BankAnswer>();
	// Ending the session comes last.
	const isEnd = ({ path }: Route) => Number(path.startsWith('/session/'));
	const inOrder = [...ROUTES].sort((one, other) => isEnd(one) - isEnd(other));
	for (const row of inOrder) {
		await control.advance(30_000);
		const name = rowName(row);
		const isOfCompany = row.path.startsWith('/user-company');
		const caller = isOfCompany ? companySession : person;
		const account = accounts.find(({ type }) => type === kindOf(row.path));
		const payments = await control.addPayments({ accountId: accounts[0].id });
		const params: Record<string, unknown> = {
			userId: caller.userId,
			accountId: account?.id,
			paymentId: payments[0],
			paymentBatchId: draft.batchId,
			draftPaymentId: draft.id,
			cardId: world.cards[0].id,
			cardTransactionId: (await control.addCardTransactions(accounts[0].id, [{}]))[0],
			requestInquiryId: inquiry.id,
			requestInquiryBatchId: pick(batch, 'Id').id,
			requestResponseId: await control.addRequestResponse({ accountId: accounts[0].id }),
			sessionId: 0,
			attachmentId: receipt.id,
			uuid: receipt.uuid,
		};
		if (row.path.includes('/note-text')) {
			const notes = NOTES_PATH.replace('/user/{userId}', '{user}')
				.replace('{accountId}', String(params.accountId))
				.replace('{paymentId}', String(params.paymentId));
			params.noteId = pick(await person.post(notes, { content: 'Paid' }), 'Id').id;
		}
		const path = row.path.replace(/\{(\w+)\}/g, (_, param) => {
			if (params[param] === undefined) throw new Error(`${name}: no sample of {${param}}`);
			return String(params[param]);
		});
		const isSandbox = isOfCompany || OF_SANDBOX.test(name);
		const token =
			'auth' in row
				? { installation: await freshInstallation(url), none: undefined }[row.auth]
				: caller.token;
		const isUpload = TAKES_FILE.test(name);
		const sample = { ...draft, failureId };
		const body = isUpload ? PNG : row.body && (BODIES[name]?.(world, sample) ?? {});
		const headers = isUpload ? OF_FILE : undefined;
		const environment = isSandbox ? 'sandbox' : 'production';
		if (name === 'POST /session-server') await register(url, token, world);
		answers.set(
			name,
			await callBank(url, row.method, `/v1${path}`, { body, token, environment, headers }),
		);
	}
	await control.advance(30_000);
	const app = await openSession(url, world.oauth.accessToken);
	answers.set('GET /user as an app', await app.get('/user'));
	return answers;
};

/** Two callbacks that the bank gives up, as nobody is called; the first one's ID. */
const failedCallback = async ({ control }: Simulator, by: Session, accountId: number) => {
	const notification_filters = [{ category: 'MUTATION', notification_target: TARGET }];
	await by.post('{user}/notification-filter-url', { notification_filters });
	await control.addPayments({ accountId, count: 2 });
	await control.advance(5 * 60_000);
	await control.deliverDue();
	const failures = await by.get('{user}/notification-filter-failure');
	return pick(failures, 'NotificationFilterFailure').id as number;
};

/** Creates drafts: approved with one and with two entries, rejected, and pending, which it returns. */
const answeredDrafts = async ({ control }: Simulator, by: Session, world: World) => {
	const path = `{user}/monetary-account/${world.accounts[0].id}/draft-payment`;
	const open = async (entries: number) => {
		const made = await by.post(path, {
			entries: Array.from({ length: entries }, () => entry(world)),
			number_of_required_accepts: 1,
		});
		return pick(made, 'Id').id as number;
	};
	for (const entries of [1, 2]) await control.approveDraft(await open(entries));
	// The approved draft of two entries is a batch.
	const batches = await by.get(path.replace('draft-payment', 'payment-batch'));
	await control.rejectDraft(await open(1));
	const id = await open(1);
	const { updated } = pick(await by.get(`${path}/${id}`), 'DraftPayment');
	return { id, updated: updated as string, batchId: pick(batches, 'PaymentBatch').id as number };
};

const freshInstallation = async (url: string) =>
	pick(
		await callBank(url, 'POST', '/v1/installation', {
			body: { client_public_key: clientKeys().publicKeyPem },
		}),
		'Token',
	).token as string;
const register = (url: string, token: string | undefined, { apiKey: secret }: World) =>
	callBank(url, 'POST', '/v1/device-server', { body: { description: 'n8n', secret }, token });

let bank: Simulator;
let answers: Map<string, BankAnswer>;
beforeAll(async () => {
	bank = await startSimulator();
	answers = await callAllRows(bank);
});
afterAll(() => bank.stop());

test.each(ROUTES.map(rowName))('%s is called', (name) => {
	expect([answers.get(name)?.status, answers.get(name)?.text]).toEqual([200, expect.anything()]);
});

describe("bunq's OpenAPI file", () => {
	/** Mistakes of the file, each with its proof. */
	const ERRORS = {
		nulls: 'names no value that may be null, and the recordings are full of them',
		wrapper: 'gives a single object bare, where bunq wraps it in its name (recordings, §5)',
		id: 'gives {id} as the answer to a creation, where bunq sends {Id: {id}} (create-device)',
		apiKey: 'promises an Id for a sandbox user, where bunq sends the ApiKey (§11)',
		number: 'gives billing_account_id as text, where bunq sends a number (create-session-apikey)',
		cards:
			'has a card without its wrapper, and an Id for an order, where bunq sends a card (§5, §9.7)',
		notes: 'calls the note of a payment otherwise than all others (§9.9: NoteText)',
		filters:
			'nests notification filters, where bunq lists them, and promises an Id for a new list (§10.1)',
		kinds: 'names nine kinds of account, and bunq adds others (§9.2)',
		files: 'promises a list for a file, and an Id for a public one, which has a UUID (§9.10)',
	};
	type Mistake = keyof typeof ERRORS;
	const ALL = Object.keys(ERRORS) as Mistake[];

	/** Wrappers that the file does not have, and their contents (§9.7). */
	const CARDS: Record<string, string> = {
		CardDebit: 'CardListing',
		CardCredit: 'CardListing',
		CardUserNameArray: 'CardNameListing',
	};

	const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

	/** Checks a value against a schema of the file, some of whose mistakes are corrected. */
	const checkerOf = (mended: Mistake[]) => {
		const mine = structuredClone(schemas);
		if (mended.includes('number')) mine.Customer.properties!.billing_account_id.type = 'integer';
		// OpenAPI: writeOnly fields are required only in requests.
		for (const schema of Object.values(mine))
			schema.required = schema.required?.filter((name) => !schema.properties?.[name]?.writeOnly);
		if (mended.includes('nulls')) {
			for (const { properties = {} } of Object.values(mine)) {
				for (const [name, schema] of Object.entries(properties)) properties[name] = orNull(schema);
			}
		}
		const ajv = new Ajv({ strict: false, validateFormats: false });
		ajv.addSchema({ $id: 'bunq', components: { schemas: mine } });
		return (name: string, value: unknown): string[] => {
			const validate = ajv.getSchema(`bunq#/components/schemas/${name}`);
			if (!validate) return [`no schema ${name}`];
			if (validate(value)) return [];
			return (validate.errors ?? []).map(
				({ instancePath, message }) => `${name}${instancePath} ${message}`,
			);
		};
	};
	const checkers = new Map<string, ReturnType<typeof checkerOf>>();
	const checkerFor = (mended: Mistake[]) => {
		const key = mended.join();
		if (!checkers.has(key)) checkers.set(key, checkerOf(mended));
		return checkers.get(key)!;
	};

	/** How an answer deviates from the file. */
	const problemsOf = (row: Route, answer: BankAnswer, mended: Mistake[]): string[] => {
		const { reply = {} } = operationOf(row) ?? {};
		const whole = nameOf(reply.items ?? reply);
		const { properties = {} } = schemaOf(whole);
		const check = checkerFor(mended);
		// A file is no JSON.
		if (mended.includes('files') && /ContentListing$/.test(whole) && !answer.json) return [];
		const pairs = (answer.json?.Response ?? [{ file: answer.bytes }]).flatMap((item: Json) =>
			Object.entries(item),
		) as [string, unknown][];
		return pairs.flatMap(([name, value]) => {
			if (properties[name]?.$ref) return check(nameOf(properties[name]), value);
			if (mended.includes('wrapper') && name === whole.replace(/(Listing|Read|Update)$/, ''))
				return check(whole, value);
			if (mended.includes('cards') && CARDS[name]) return check(CARDS[name], value);
			if (mended.includes('notes') && name === 'NoteText' && whole.startsWith(name))
				return check(whole, value);
			if (mended.includes('id') && name === 'Id' && properties.id) return check(whole, value);
			if (mended.includes('files') && name === 'Uuid' && whole === 'AttachmentPublicCreate')
				return [];
			if (mended.includes('apiKey') && name === 'ApiKey' && whole.startsWith('SandboxUser'))
				return [];
			if (mended.includes('filters') && name === 'NotificationFilterUrl') return [];
			if (mended.includes('kinds') && name === 'MonetaryAccountMystery') return [];
			return [`${whole} has no ${name}`];
		});
	};

	const problems = (mended: Mistake[]) =>
		ROUTES.flatMap((row) => {
			const answer = answers.get(rowName(row));
			return answer ? problemsOf(row, answer, mended) : [];
		});

	test.each(ROUTES.map((row) => [rowName(row), row] as const))(
		'has %s, and its answer fits',
		(name, row) => {
			expect(operationOf(row)).toBeDefined();
			expect(problemsOf(row, answers.get(name) as BankAnswer, ALL)).toEqual([]);
		},
	);

	test('fits the answer to an app', () => {
		const row = ROUTES.find((each) => rowName(each) === 'GET /user') as Route;
		expect(problemsOf(row, answers.get('GET /user as an app') as BankAnswer, ALL)).toEqual([]);
	});

	test.each(Object.entries(ERRORS) as [Mistake, string][])(
		'is wrong about the %s: it %s',
		(mistake) => {
			expect(problems(ALL)).toEqual([]);
			expect(problems(ALL.filter((each) => each !== mistake))).not.toEqual([]);
		},
	);

	test.each(ROUTES.filter(({ body }) => body).map((row) => [rowName(row), row] as const))(
		'allows the fields of %s and requires no others',
		(_, { body = {}, ...row }) => {
			const { properties = {}, required = [] } = schemaOf(nameOf(operationOf(row)?.body ?? {}));
			const writable = Object.keys(properties).filter((name) => !properties[name].readOnly);
			expect(writable).toEqual(expect.arrayContaining(Object.keys(body)));
			// A PUT may omit fields that a POST must have; the file has one schema for both (§9.4).
			if (row.method === 'PUT') return;
			for (const name of required) expect(body[name]).toMatchObject({ required: true });
		},
	);

	test('notices a value of a wrong type', () => {
		const row = ROUTES.find((each) => rowName(each).endsWith('/payment/{paymentId}')) as Route;
		const spoilt = JSON.parse(answers.get(rowName(row))?.text ?? '');
		spoilt.Response[0].Payment.amount.value = 1;
		expect(problemsOf(row, { json: spoilt } as BankAnswer, ALL)).not.toEqual([]);
	});
});

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
		answerOf('GET /user/{userId}/monetary-account').Response.find((item: Json) => type in item)[
			type
		];
	const paymentOf = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/payment/{paymentId}').Response[0]
			.Payment;
	const paymentToBunq = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/payment').Response.find(
			({ Payment }: { Payment: Json }) => Payment.type === 'BUNQ',
		).Payment;
	const draftOf = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/draft-payment/{draftPaymentId}')
			.Response[0].DraftPayment;
	const cardTransactionOf = () =>
		answerOf(
			'GET /user/{userId}/monetary-account/{accountId}/mastercard-action/{cardTransactionId}',
		).Response[0].MasterCardAction;
	const inquiryOf = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/request-inquiry/{requestInquiryId}')
			.Response[0].RequestInquiry;
	const inquiryToBunq = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/request-inquiry').Response.find(
			({ RequestInquiry }: { RequestInquiry: Json }) => !RequestInquiry.bunqme_share_url,
		).RequestInquiry;
	const responseOf = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/request-response/{requestResponseId}')
			.Response[0].RequestResponse;
	const batchOf = () =>
		answerOf('GET /user/{userId}/monetary-account/{accountId}/payment-batch/{paymentBatchId}')
			.Response[0].PaymentBatch;

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
			() => answerOf('GET /user/{userId}/monetary-account'),
		],
		[
			'a bank account',
			() => recording('read-monetary-account-bank'),
			() => answerOf('GET /user/{userId}/monetary-account-bank/{accountId}'),
		],
		[
			'a joint account',
			() => recording('monetary-account-joint'),
			() => accountOf('MonetaryAccountJoint'),
		],
		[
			'a user behind an app',
			() => ({ UserApiKey: recording('create-session-oauth').Response[0].UserApiKey }),
			() => answerOf('GET /user as an app').Response[0],
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
			() => answerOf('POST /user/{userId}/notification-filter-url'),
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
