import type { Simulator, World } from '..';
import {
	type BankAnswer,
	callBank,
	clientKeys,
	euro,
	openSession,
	pick,
	type Session,
} from '../control/testClient';
import { ROUTES } from '../resources';
import type { Route } from '../http/routes';
import { shapeOf } from '../../support/openapi';
import { bodyOf, entry, type Given, link, NOTED, request, statement, TARGET } from './sampleBodies';

/** The simulated bank's answer to every operation of bunq's file. */

/** An operation as bunq's file names it: `GET /user/{}/card`. */
export const operationName = ({ method, path }: Pick<Route, 'method' | 'path'>) =>
	shapeOf(`${method} ${path}`);

/** What an app sees instead of its user. */
export const AS_AN_APP = 'GET /user as an app';

/** Requests with a file as their body (§9.10). */
const TAKES_FILE = /^POST .*\/attachment(-public)?$/;
const OF_FILE = { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'Receipt' };
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

const kindOf = (shape: string) => {
	const words = /monetary-account((?:-[a-z]+)+)/.exec(shape)?.[1];
	return `MonetaryAccount${(words ?? '-bank').replace(/-(.)/g, (_, letter) => letter.toUpperCase())}`;
};

/** Creates drafts: approved with one and with two entries, rejected, and pending, which it returns. */
const answeredDrafts = async (
	{ control }: Simulator,
	by: Session,
	given: Omit<Given, 'draft' | 'failureId'>,
) => {
	const path = `{user}/monetary-account/${given.accounts[0].id}/draft-payment`;
	const open = async (entries: number) => {
		const made = await by.post(path, {
			entries: Array.from({ length: entries }, () => entry(given)),
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

const freshInstallation = async (url: string) =>
	pick(
		await callBank(url, 'POST', '/v1/installation', {
			body: { client_public_key: clientKeys().publicKeyPem },
		}),
		'Token',
	).token as string;

const register = (url: string, token: string | undefined, { apiKey: secret }: World) =>
	callBank(url, 'POST', '/v1/device-server', { body: { description: 'n8n', secret }, token });

const ACCOUNT = '/user/{}/monetary-account/{}';

/** IDs of objects for paths, by the shape of their list. Others are added at the path. */
const samples = async (bank: Simulator, by: Session) => {
	const { control } = bank;
	const world = await control.world();
	const { accounts } = world;
	const [{ id: main }] = accounts;
	const upload = async (path: string) => await by.post(path, PNG, { headers: OF_FILE });
	const attachmentId: number = pick(
		await upload(`{user}/monetary-account/${main}/attachment`),
		'Id',
	).id;
	const { uuid } = pick(await upload('/attachment-public'), 'Uuid');
	const draft = await answeredDrafts(bank, by, { ...world, attachmentId, uuid });
	const failureId = await failedCallback(bank, by, main);
	const given: Given = { ...world, attachmentId, uuid, draft, failureId };
	const requests = `{user}/monetary-account/${main}/request-inquiry`;
	const inquiry = pick(await by.get(requests), 'RequestInquiry');
	const batch = await by.post(`${requests}-batch`, {
		request_inquiries: [request(given)],
		total_amount_inquired: euro('1.00'),
	});
	const payment = async () => (await control.addPayments({ accountId: main }))[0];
	const ids: Record<string, (path: string) => unknown> = {
		'/user/{}/card': () => world.cards[0].id,
		'/session': () => 0,
		// §10.3: the next ID after the object's.
		'/user/{}/event': async () => (await payment()) + 1,
		[`${ACCOUNT}/event`]: async () => (await payment()) + 1,
		'/user/{}/attachment': () => attachmentId,
		[`${ACCOUNT}/attachment`]: () => attachmentId,
		'/attachment-public': () => uuid,
		[`${ACCOUNT}/payment`]: payment,
		[`${ACCOUNT}/payment-batch`]: () => draft.batchId,
		[`${ACCOUNT}/draft-payment`]: () => draft.id,
		[`${ACCOUNT}/mastercard-action`]: async () =>
			(await control.addCardTransactions(main, [{}]))[0],
		[`${ACCOUNT}/request-inquiry`]: () => inquiry.id,
		[`${ACCOUNT}/request-inquiry-batch`]: () => pick(batch, 'Id').id,
		[`${ACCOUNT}/request-response`]: () => control.addRequestResponse({ accountId: main }),
		[`${ACCOUNT}/bunqme-tab`]: async (path) => pick(await by.post(path, link()), 'Id').id,
		[`${ACCOUNT}/bunqme-tab-result-response`]: async () => {
			const own = `{user}/monetary-account/${accounts[1].id}/bunqme-tab`;
			const { id } = pick(await by.post(own, link()), 'Id');
			return (await control.payLink(id, { fromAccountId: main })).responseId;
		},
	};
	const invoices = await by.get('{user}/invoice');
	for (const owner of ['/user/{}', ACCOUNT]) {
		ids[`${owner}/invoice`] = () => pick(invoices, 'Invoice').id;
	}
	ids[`${ACCOUNT}/customer-statement`] = async (path) => {
		const { id } = pick(await by.post(path, statement()), 'Id');
		// The bank takes its time.
		await control.advance(10_000);
		return id;
	};
	const schedule = async (path: string, change: object) => {
		const body = bodyOf('POST /user/{}/monetary-account/{}/schedule-payment', given);
		return pick(await by.post(path, { ...body, ...change }), 'Id').id as number;
	};
	ids[`${ACCOUNT}/schedule-payment`] = (path) => schedule(path, {});
	// One that has run, and failed.
	const time_start = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
	const ran = await schedule(`{user}/monetary-account/${main}/schedule-payment`, {
		payment: { ...entry(given), amount: euro('99999.00') },
		schedule: { time_start, recurrence_unit: 'ONCE', recurrence_size: 1 },
	});
	await control.advance(2 * 3_600_000);
	ids[`${ACCOUNT}/schedule`] = () => ran;
	ids[`${ACCOUNT}/schedule/{}/schedule-instance`] = async (path) =>
		pick(await by.get(path), 'ScheduledInstance').id;
	for (const subject of NOTED) {
		for (const [kind, body] of Object.entries({
			'note-text': { content: 'Paid' },
			'note-attachment': { attachment_id: attachmentId, description: '' },
		})) {
			ids[`${ACCOUNT}/${subject}/{}/${kind}`] = async (path) =>
				pick(await by.post(path, body), 'Id').id;
		}
	}
	const idIn = async (shape: string, path: string): Promise<unknown> => {
		if (/^\/user\/\{\}\/monetary-account[a-z-]*$/.test(shape))
			return accounts.find(({ type }) => type === kindOf(shape))?.id;
		return await (ids[shape] ?? control.addObject)(path);
	};
	/** The path of an operation, with an existing object for each of its IDs. */
	const pathOf = async (shape: string, userId: number) => {
		const parts = shape.split('/');
		for (const [at, part] of parts.entries()) {
			if (part !== '{}') continue;
			const isUser = at === 2 && /^user(-person|-company)?$/.test(parts[1]);
			const list = shape.split('/').slice(0, at).join('/');
			parts[at] = String(isUser ? userId : await idIn(list, parts.slice(0, at).join('/')));
		}
		return parts.join('/');
	};
	return { given, pathOf };
};

/** Calls every operation once, without rate limits. Returns the answers by operation. */
export const callEverything = async (
	bank: Simulator,
	routes: readonly Route[] = ROUTES,
): Promise<Map<string, BankAnswer>> => {
	const { control, url } = bank;
	await control.switches({ limits: 'off' });
	const world = await control.world();
	const company = pick(
		await callBank(url, 'POST', '/v1/sandbox-user-company', { environment: 'sandbox' }),
		'ApiKey',
	).api_key;
	const person = await openSession(url, world.apiKey);
	const companySession = await openSession(url, company, { environment: 'sandbox' });
	for (const type of ['MonetaryAccountExternalSavings', 'MonetaryAccountCard'])
		await control.addAccount({ type });
	const { given, pathOf } = await samples(bank, person);

	const answers = new Map<string, BankAnswer>();
	// Ending the session comes last.
	const isEnd = ({ path }: Route) => Number(path.startsWith('/session/'));
	for (const row of [...routes].sort((one, other) => isEnd(one) - isEnd(other))) {
		const name = operationName(row);
		const isOfCompany = row.path.startsWith('/user-company');
		const caller = isOfCompany ? companySession : person;
		const path = await pathOf(shapeOf(row.path), caller.userId);
		const isSandbox = isOfCompany || row.path.startsWith('/sandbox-user');
		const token =
			'auth' in row
				? { installation: await freshInstallation(url), none: undefined }[row.auth]
				: caller.token;
		const isUpload = TAKES_FILE.test(name);
		const body = isUpload ? PNG : row.body && bodyOf(name, given);
		const headers = isUpload ? OF_FILE : undefined;
		const environment = isSandbox ? 'sandbox' : 'production';
		if (name === 'POST /session-server') await register(url, token, world);
		answers.set(
			name,
			await callBank(url, row.method, `/v1${path}${row.method === 'GET' ? '?count=200' : ''}`, {
				body,
				token,
				environment,
				headers,
			}),
		);
	}
	const app = await openSession(url, world.oauth.accessToken);
	answers.set(AS_AN_APP, await app.get('/user'));
	return answers;
};
