import { underEach } from '../../support/underEach';
import { EXTERNAL_IBAN, euro, openSession, pick, refusalOf, toIban } from '../control/testClient';
import { useSimulator } from './useSimulator';

/** Notes in the simulated bank (docs/bunq-api.md 9.9). */

const bank = useSimulator({ secret: ({ apiKey }) => apiKey, unlimited: true });
const { account } = bank;

const path = () => `{user}/monetary-account/${account('Main').id}`;
const make = async (kind: string, body: object) =>
	pick(await bank.session.post(`${path()}/${kind}`, body), 'Id').id as number;
const upload = async () => {
	const headers = { 'Content-Type': 'image/png', 'X-Bunq-Attachment-Description': 'x' };
	const answer = await bank.session.post(`${path()}/attachment`, Buffer.from('x'), { headers });
	return pick(answer, 'Id').id as number;
};
const order = { counterparty_alias: toIban(EXTERNAL_IBAN), description: 'Test' };
const entry = { ...order, amount: euro('1.00') };
const inquiry = { ...order, amount_inquired: euro('1.00'), allow_bunqme: true };

/** An object of each kind that can have notes. */
const SUBJECTS: Record<string, () => Promise<number>> = {
	payment: () => make('payment', entry),
	'payment-batch': () => make('payment-batch', { payments: [entry] }),
	'draft-payment': () => make('draft-payment', { entries: [entry], number_of_required_accepts: 1 }),
	'request-inquiry': () => make('request-inquiry', inquiry),
	'request-inquiry-batch': () =>
		make('request-inquiry-batch', {
			request_inquiries: [inquiry],
			total_amount_inquired: euro('1.00'),
		}),
	'request-response': () => bank.control.addRequestResponse({ accountId: account('Main').id }),
	'mastercard-action': async () =>
		(await bank.control.addCardTransactions(account('Main').id, [{}]))[0],
};

test.each(Object.keys(SUBJECTS))(
	'texts and files of a %s: made, changed, deleted',
	async (kind) => {
		const subject = `${path()}/${kind}/${await SUBJECTS[kind]()}`;
		const attachment_id = await upload();
		const shown = [{ id: attachment_id, monetary_account_id: account('Main').id }];
		for (const [notes, name, first, second] of [
			['note-text', 'NoteText', { content: 'One' }, { content: 'Two' }],
			[
				'note-attachment',
				'NoteAttachment',
				{ attachment_id, description: '' },
				{ attachment_id, description: 'Two' },
			],
		] as const) {
			const { id } = pick(await bank.session.post(`${subject}/${notes}`, first), 'Id');
			const read = () => bank.session.get(`${subject}/${notes}/${id}`);
			const files = name === 'NoteAttachment' ? { attachment: shown } : {};
			const creator = { label_user_creator: { display_name: 'E. Levy' } };
			const before = pick(await read(), name);
			expect(before).toMatchObject({ id, ...creator, ...files });
			await bank.session.put(`${subject}/${notes}/${id}`, second);
			const changed = 'content' in second ? second : { description: second.description };
			const after = pick(await read(), name);
			expect(after).toMatchObject({ ...changed, ...files, created: before.created });
			expect(after.updated > before.updated).toBe(true);
			expect((await bank.session.get(`${subject}/${notes}`)).json.Response).toEqual([
				{ [name]: after },
			]);
			await bank.session.delete(`${subject}/${notes}/${id}`);
			expect((await read()).status).toBe(404);
			expect((await bank.session.get(`${subject}/${notes}`)).json.Response).toEqual([]);
		}
		expect((await bank.session.get(`${subject}0/note-text`)).status).toBe(404);
	},
);

describe('a payment by card', () => {
	const payments = async (id: number) =>
		(await bank.session.get(`${path()}/mastercard-action/${id}/payment`)).json.Response;

	test('is found from its card transaction', async () => {
		const id = await SUBJECTS['mastercard-action']();
		const [{ Payment }] = (await bank.session.get(`${path()}/payment`)).json.Response;
		expect(Payment.type).toBe('MASTERCARD');
		expect(await payments(id)).toEqual([{ Payment }]);
	});

	test.each(['MASTERCARD', 'FIS'])('of type %s refuses notes', async (type) => {
		const accountId = bank.account('Main').id;
		const [id] = await bank.control.addPayments({ accountId, type });
		const answer = await bank.session.post(`${path()}/payment/${id}/note-text`, { content: 'x' });
		expect(refusalOf(answer)).toEqual([400, 'The provided object does note support notes.']);
	});

	test('refuses notes; a declined card transaction has no payment and takes them', async () => {
		await SUBJECTS['mastercard-action']();
		const [{ Payment }] = (await bank.session.get(`${path()}/payment`)).json.Response;
		const attachment_id = await upload();
		for (const [kind, body] of Object.entries({
			'note-text': { content: 'x' },
			'note-attachment': { attachment_id },
		})) {
			const answer = await bank.session.post(`${path()}/payment/${Payment.id}/${kind}`, body);
			expect(refusalOf(answer)).toEqual([400, 'The provided object does note support notes.']);
		}
		const use = [{ decision: 'PIN_INCORRECT' }];
		const [declined] = await bank.control.addCardTransactions(account('Main').id, use);
		expect(await payments(declined)).toEqual([]);
		await make(`mastercard-action/${declined}/note-text`, { content: 'x' });
		const bare = `${path()}/mastercard-action/${declined}/note-attachment`;
		expect(refusalOf(await bank.session.post(bare, { attachment_id }))[1]).toMatch(/"description"/);
	});
});

test('a file of somebody else, or none, cannot be in a note', async () => {
	const notes = `${path()}/payment/${await SUBJECTS.payment()}/note-attachment`;
	const unknown = await bank.session.post(notes, { attachment_id: 1 });
	expect(refusalOf(unknown)).toEqual([400, 'Attachment for id "1" not found.']);
	expect(refusalOf(await bank.session.post(notes, {}))[1]).toMatch(/"attachment_id"/);
});

underEach(bank, 'noteAttachments', (form) => {
	test('how a note shows its file', async () => {
		const notes = `payment/${await SUBJECTS.payment()}/note-attachment`;
		const id = await upload();
		await make(notes, { attachment_id: id });
		const { attachment } = pick(await bank.session.get(`${path()}/${notes}`), 'NoteAttachment');
		const object = { id, monetary_account_id: account('Main').id };
		expect(attachment).toEqual([form === 'ids' ? id : object]);
	});
});

underEach(bank, 'oauthMayNote', (allowed) => {
	test('an OAuth app writes and reads notes', async () => {
		const notes = `${path()}/payment/${await SUBJECTS.payment()}/note-text`;
		const app = await openSession(bank.url, bank.world.oauth.accessToken);
		const refused = (does: string) => [403, `Not enough permissions to ${does} note-text.`];
		expect(refusalOf(await app.post(notes, { content: 'x' }))).toEqual(
			allowed ? [200, ''] : refused('create'),
		);
		expect(refusalOf(await app.get(notes))).toEqual(allowed ? [200, ''] : refused('read'));
	});
});
