import { createHash } from 'node:crypto';
import {
	type CallOptions,
	euro,
	EXTERNAL_IBAN,
	isSignedBy,
	openSession,
	pick,
	refusalOf,
	toIban,
} from '../control/testClient';
import { underEach } from '../../support/underEach';
import { useSimulator } from './useSimulator';

/** Files in the simulated bank (docs/bunq-api.md 9.10). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });
const { account } = bank;

/** Bytes that are no text. */
const PNG = Buffer.from('89504e470d0a1a0a00fffe0d0a80c3280000', 'hex');

const of = (description: string) => `{user}/monetary-account/${account(description).id}/attachment`;
const upload = (
	{ body = PNG, type = 'image/png', ...headers }: Record<string, unknown> = {},
	path = of('Main'),
	by = bank.session,
) =>
	by.post(path, body, {
		headers: { 'Content-Type': type, 'X-Bunq-Attachment-Description': 'Receipt', ...headers },
	} as CallOptions);
const content = async (path: string, by = bank.session) => {
	const { status, bytes, headers } = await by.get(`${path}/content`);
	return [status, headers['content-type'], bytes];
};

test('an uploaded file comes back byte for byte with its type, signed, at the user and at its account', async () => {
	const { id } = pick(await upload({ type: 'image/PNG; x=y' }), 'Id');
	for (const path of [`{user}/attachment/${id}`, `${of('Main')}/${id}`]) {
		const answer = await bank.session.get(`${path}/content`);
		expect(answer.bytes).toEqual(PNG);
		expect(answer.headers['content-type']).toBe('image/png');
		expect(isSignedBy(bank.session.serverPublicKey, answer)).toBe(true);
	}
	const about = pick(await bank.session.get(`{user}/attachment/${id}`), 'AttachmentUser');
	expect(about).toMatchObject({
		id,
		attachment: { description: 'Receipt', content_type: 'image/png' },
	});
	expect((await content(`${of('Household')}/${id}`))[0]).toBe(404);
	expect((await content(`{user}/attachment/${id + 1}`))[0]).toBe(404);
});

underEach(bank, 'fileContentType', (shown) => {
	test('the type of a file', async () => {
		const { id } = pick(await upload(), 'Id');
		const [, type, bytes] = await content(`{user}/attachment/${id}`);
		expect([type, bytes]).toEqual([shown === 'own' ? 'image/png' : shown, PNG]);
	});
});

underEach(bank, 'attachmentContent', (where) => {
	test('a file is found there, and only there', async () => {
		const { id } = pick(await upload(), 'Id');
		const paths = { user: `{user}/attachment/${id}`, account: `${of('Main')}/${id}` };
		for (const [level, path] of Object.entries(paths)) {
			expect((await content(path))[0]).toBe(where === 'both' || where === level ? 200 : 404);
		}
	});
});

test('a public file has a UUID, and everybody at bunq can read it', async () => {
	const { uuid } = pick(await upload({ type: 'application/pdf' }, '/attachment-public'), 'Uuid');
	const path = `/attachment-public/${uuid}`;
	expect(await content(path)).toEqual([200, 'application/pdf', PNG]);
	expect(pick(await bank.session.get(path), 'AttachmentPublic')).toMatchObject({
		uuid,
		attachment: { content_type: 'application/pdf' },
	});
	expect((await content(`${path}0`))[0]).toBe(404);
});

test.each<[string, Record<string, unknown>, RegExp]>([
	['another type', { type: 'image/webp' }, /"image\/webp" is not supported/],
	['JSON', { type: 'application/json', body: {} }, /"application\/json" is not supported/],
	['no bytes', { body: Buffer.alloc(0) }, /is empty/],
])('an upload is refused with %s', async (_, change, text) => {
	expect(refusalOf(await upload(change))).toEqual([400, expect.stringMatching(text)]);
});

underEach(bank, 'attachmentDescription', (needed) => {
	test('an upload without a description', async () => {
		const answer = await upload({ 'X-Bunq-Attachment-Description': undefined });
		expect(refusalOf(answer)).toEqual(
			needed === 'required'
				? [400, 'Missing required header "X-Bunq-Attachment-Description".']
				: [200, ''],
		);
	});
});

underEach(bank, 'attachmentMaxBytes', (most) => {
	test('an upload of 11 MB', async () => {
		const answer = await upload({ body: Buffer.alloc(11 * 1024 * 1024, PNG) });
		expect(refusalOf(answer)).toEqual(
			most === null ? [200, ''] : [400, expect.stringMatching(/larger than 10485760 bytes/)],
		);
	});
});

test('15 MB pass, and the log keeps their size and hash instead of the bytes', async () => {
	const body = Buffer.alloc(15 * 1024 * 1024, PNG);
	await bank.control.clearLog();
	const { id } = pick(await upload({ body }), 'Id');
	const [{ body: logged, rawBody }] = await bank.control.log();
	const sha256 = createHash('sha256').update(body).digest('hex');
	expect(logged).toEqual({ contentType: 'image/png', bytes: body.length, sha256 });
	expect(rawBody).toBe('');
	const [, , bytes] = await content(`{user}/attachment/${id}`);
	expect(body.equals(bytes as Buffer)).toBe(true);
});

test('a fault truncates a file, and dirt leaves it alone', async () => {
	const { id } = pick(await upload(), 'Id');
	await bank.control.dirty({ changes: [{ kind: 'null' }] });
	expect((await content(`{user}/attachment/${id}`))[2]).toEqual(PNG);
	await bank.control.fault({ kind: 'truncated', path: '/content$' });
	expect((await content(`{user}/attachment/${id}`))[2]).toEqual(PNG.subarray(0, 9));
});

test('a payment, a draft and a request bring along files of the same user', async () => {
	const { id } = pick(await upload(), 'Id');
	const shown = [{ id, monetary_account_id: account('Main').id }];
	const path = `{user}/monetary-account/${account('Household').id}`;
	const order = { counterparty_alias: toIban(EXTERNAL_IBAN), description: '' };
	const make = async (kind: string, attachment: number) => {
		const entry = { ...order, amount: euro('1.00'), attachment: [{ id: attachment }] };
		const body = {
			payment: entry,
			'draft-payment': { entries: [entry], number_of_required_accepts: 1 },
			'request-inquiry': {
				...order,
				amount_inquired: euro('1.00'),
				attachment: [{ id: attachment }],
				allow_bunqme: true,
			},
		}[kind];
		return await bank.session.post(`${path}/${kind}`, body);
	};
	const read = async (kind: string, name: string) => {
		const made = pick(await make(kind, id), 'Id');
		return pick(await bank.session.get(`${path}/${kind}/${made.id}`), name);
	};
	expect((await read('payment', 'Payment')).attachment).toEqual(shown);
	expect((await read('draft-payment', 'DraftPayment')).entries[0].attachment).toEqual(shown);
	expect((await read('request-inquiry', 'RequestInquiry')).attachment).toEqual(shown);
	for (const kind of ['payment', 'draft-payment', 'request-inquiry']) {
		expect(refusalOf(await make(kind, id + 1))).toEqual([
			400,
			`Attachment for id "${id + 1}" not found.`,
		]);
	}
});

underEach(bank, 'oauthMayUpload', (allowed) => {
	test('an OAuth app uploads a file', async () => {
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		expect(refusalOf(await upload({}, of('Main'), app))).toEqual(
			allowed ? [200, ''] : [403, 'Not enough permissions to create attachment.'],
		);
	});
});

underEach(bank, 'oauthMayReadFiles', (allowed) => {
	test('an OAuth app downloads a file', async () => {
		const { id } = pick(await upload(), 'Id');
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		const [status, , bytes] = await content(`{user}/attachment/${id}`, app);
		expect(status).toBe(allowed ? 200 : 403);
		expect(PNG.equals(bytes as Buffer)).toBe(allowed);
	});
});
